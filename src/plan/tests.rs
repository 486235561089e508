use std::collections::HashSet;
use std::slice::from_ref;

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

use super::testing::*;
use super::*;
use crate::model::{Action, HashAlgorithm, HashValue, ItemKind, NameChange, OutcomeKind, Step};

const UPLOAD: Step = Step::Upload { replace: None };

fn paths(decisions: &[Decision]) -> Vec<&str> {
    decisions.iter().map(|d| d.target_path.as_str()).collect()
}

fn brief(decision: &Decision) -> (Action, Option<Reason>, &str) {
    (decision.action, decision.reason, &decision.target_path)
}

fn replaces(etag: &str) -> Step {
    Step::Upload {
        replace: Some(etag.into()),
    }
}

// A first run.

#[test]
fn every_kind_has_its_step() {
    let mut dangling = item("5", "gone", ItemKind::Shortcut);
    dangling.web_link = None;
    let mut known = new(item("6", "there", ItemKind::Shortcut));
    known.shortcut_target_known = true;
    let mut map = item("9", "My map", ItemKind::Document);
    map.media_type = Some("application/vnd.google-apps.map".into());
    map.web_link = Some("https://example.org/map".into());
    let children = [
        folder("1", "Photos"),
        file("2", "a.jpg"),
        new(item("3", "Budget", ItemKind::Document)),
        new(item("4", "Form", ItemKind::Webpage)),
        new(dangling),
        known,
        new(item("7", "socket", ItemKind::Special)),
        new(item("8", "no address", ItemKind::Webpage)),
        new(map),
    ];
    let mut children = children.to_vec();
    children[7].item.web_link = None;
    let plan = plan(&children, &[], &options());
    let briefs: Vec<_> = plan.iter().map(brief).collect();
    assert_eq!(
        briefs,
        [
            (Action::Move, None, "Top/Photos"),
            (Action::Move, None, "Top/a.jpg"),
            (Action::Convert, None, "Top/Budget.odt"),
            (Action::Link, None, "Top/Form.url"),
            (Action::Skip, Some(Reason::ShortcutDangling), ""),
            (Action::Skip, Some(Reason::ShortcutTargetMoved), ""),
            (Action::Skip, Some(Reason::SpecialFile), ""),
            (Action::Skip, Some(Reason::NotExportable), ""),
            (Action::Link, None, "Top/My map.url"),
        ]
    );
    assert_eq!(plan[0].step, Step::MakeFolder);
    assert_eq!((plan[1].bytes, &plan[1].step), (100, &UPLOAD));
    assert!(plan[2].bytes > 0 && plan[3].bytes > 0);
    assert_eq!(plan[2].renamed, Some(NameChange::Extension));
}

#[test]
fn obstacles_are_skipped_and_the_unreadable_fails() {
    let with = |reason| {
        let mut candidate = file("1", "a");
        candidate.item.obstacle = Some(reason);
        plan(&[candidate], &[], &options()).remove(0)
    };
    let skipped = with(Reason::DownloadForbidden);
    assert_eq!(skipped.reason, Some(Reason::DownloadForbidden));
    assert_eq!(skipped.settled, Some(OutcomeKind::Skipped));
    assert_eq!(with(Reason::Unreadable).settled, Some(OutcomeKind::Failed));
}

#[test]
fn what_is_not_chosen_is_skipped() {
    let children = [file("1", "a"), folder("2", "b")];
    let in_space = |space, change: fn(&mut PlanOptions)| {
        let mut options = options();
        change(&mut options);
        let view = FolderView {
            space,
            ..view(Place::At("Top"), &children, &[])
        };
        plan_folder(&view, &TargetRules::default(), &options)[0].reason
    };
    let with_me = SpaceKind::SharedWithMe;
    assert_eq!(in_space(with_me, |_| {}), Some(Reason::SharedWithMe));
    assert_eq!(in_space(with_me, |o| o.shared_with_me = true), None);
    let drive = SpaceKind::SharedDrive;
    assert_eq!(in_space(drive, |_| {}), None);
    assert_eq!(
        in_space(drive, |o| o.shared_drives = false),
        Some(Reason::SharedDriveNotChosen)
    );
    assert_eq!(
        in_space(SpaceKind::Own, |o| o.files = false),
        Some(Reason::FilesNotChosen)
    );
}

#[test]
fn exclusions_take_the_content_along() {
    let mut options = options();
    options.exclude = Exclusions::new(&["Top secret/**".into(), "*.tmp".into()]).unwrap();
    let children = [
        folder("1", "Top secret"),
        file("2", "x.tmp"),
        file("3", "x"),
    ];
    let plan = plan(&children, &[], &options);
    assert_eq!(plan[0].reason, Some(Reason::Excluded));
    assert_eq!(plan[1].reason, Some(Reason::Excluded));
    assert_eq!(plan[2].action, Action::Move);

    let inside = view(place_inside(&plan[0]), &children, &[]);
    for decision in plan_folder(&inside, &TargetRules::default(), &options) {
        assert_eq!(
            brief(&decision),
            (Action::Skip, Some(Reason::FolderLeftOut), "")
        );
    }
}

#[test]
fn folders_are_merged() {
    let children = [folder("1", "Photos"), folder("2", "documents")];
    let present = [entry("Top/Photos", true), entry("Top/Documents", true)];
    let plan = plan(&children, &present, &options());
    for (decision, path) in plan.iter().zip(["Top/Photos", "Top/Documents"]) {
        assert_eq!(
            brief(decision),
            (Action::Keep, Some(Reason::FolderExists), path)
        );
        assert_eq!(place_inside(decision), Place::At(path));
    }
    assert_eq!(plan[1].renamed, Some(NameChange::CaseDuplicate));
}

#[test]
fn a_file_in_a_folders_place_is_a_conflict() {
    let children = [folder("1", "x")];
    let present = [entry("Top/x", false)];
    for policy in [ConflictPolicy::KeepBoth, ConflictPolicy::ReplaceOlder] {
        let decision = plan(&children, &present, &options_with(policy)).remove(0);
        assert_eq!(
            brief(&decision),
            (Action::Conflict, Some(Reason::NameTaken), "Top/x (2)")
        );
        assert_eq!(decision.step, Step::MakeFolder);
        assert_eq!(decision.renamed, Some(NameChange::TakenAtTarget));
    }
    let skip = options_with(ConflictPolicy::Skip);
    let decision = plan(&children, &present, &skip).remove(0);
    assert_eq!(decision.action, Action::Conflict);
    assert_eq!(decision.settled, Some(OutcomeKind::Skipped));
    assert_eq!(
        place_inside(&decision),
        Place::Nowhere(Reason::FolderLeftOut)
    );
}

#[test]
fn what_the_target_has_already_is_kept() {
    let mut candidate = file("1", "a");
    candidate.item.hash = Some(some_hash(1));
    let mut there = entry("Top/a", false);
    there.size = 100;
    let decide = |candidate: &Candidate, there: &TargetEntry| {
        let plan = plan(from_ref(candidate), from_ref(there), &options());
        (plan[0].action, plan[0].reason)
    };
    let conflict = (Action::Conflict, Some(Reason::NameTaken));

    assert_eq!(decide(&candidate, &there), conflict, "another date");
    there.checksums = vec![some_hash(1)];
    let same = (Action::Keep, Some(Reason::SameContent));
    assert_eq!(decide(&candidate, &there), same);
    there.size = 99;
    assert_eq!(decide(&candidate, &there), conflict, "another size");
    there.size = 100;
    there.modified = candidate.item.modified;
    there.checksums = vec![some_hash(2)];
    assert_eq!(decide(&candidate, &there), conflict, "another checksum");
    candidate.item.hash = None;
    let same = (Action::Keep, Some(Reason::SameSizeAndDate));
    assert_eq!(decide(&candidate, &there), same);
    // Nextcloud takes no date before 2 January 1970.
    candidate.item.modified = at(-5_000_000);
    there.modified = at(86_401);
    assert_eq!(decide(&candidate, &there), same);
}

#[test]
fn policies_settle_a_taken_name() {
    let newer = file("1", "a.txt");
    let mut older = file("1", "a.txt");
    older.item.modified = at(1_400_000_000);
    let there = [entry("Top/a.txt", false)];
    let settle = |candidate: &Candidate, policy| {
        let options = options_with(policy);
        plan(from_ref(candidate), &there, &options).remove(0)
    };

    let both = settle(&newer, ConflictPolicy::KeepBoth);
    assert_eq!((both.action, both.step), (Action::Conflict, UPLOAD));
    assert_eq!(both.target_path, "Top/a (2).txt");
    assert_eq!(both.renamed, Some(NameChange::TakenAtTarget));

    let skip = settle(&newer, ConflictPolicy::Skip);
    assert_eq!(
        (skip.action, skip.settled, skip.bytes),
        (Action::Conflict, Some(OutcomeKind::Skipped), 0)
    );

    let replaced = settle(&newer, ConflictPolicy::ReplaceOlder);
    assert_eq!(replaced.step, replaces("etag of Top/a.txt"));
    assert_eq!(replaced.target_path, "Top/a.txt");
    let left = settle(&older, ConflictPolicy::ReplaceOlder);
    assert_eq!(left.settled, Some(OutcomeKind::Skipped));
    older.item.modified = None;
    let unknown = settle(&older, ConflictPolicy::ReplaceOlder);
    assert_eq!(unknown.settled, Some(OutcomeKind::Skipped));
}

#[test]
fn another_case_is_never_overwritten() {
    let there = [entry("Top/A.txt", false)];
    for policy in [ConflictPolicy::KeepBoth, ConflictPolicy::ReplaceOlder] {
        let decision = plan(&[file("1", "a.txt")], &there, &options_with(policy)).remove(0);
        assert_eq!(
            brief(&decision),
            (Action::Conflict, Some(Reason::NameTaken), "Top/a (2).txt")
        );
    }
}

// Names within a folder.

fn created(mut candidate: Candidate, second: i64) -> Candidate {
    candidate.item.created = at(second);
    candidate
}

#[test]
fn duplicates_are_numbered_in_the_order_of_creation() {
    let children = [
        created(file("1", "a.txt"), 30),
        created(file("2", "a.txt"), 10),
        created(file("3", "A.TXT"), 20),
        file("4", "a.txt"),
    ];
    let plan = plan(&children, &[], &options());
    assert_eq!(
        paths(&plan),
        [
            "Top/a (3).txt",
            "Top/a.txt",
            "Top/A (2).TXT",
            "Top/a (4).txt"
        ]
    );
    let changes: Vec<_> = plan.iter().map(|decision| decision.renamed).collect();
    assert_eq!(
        changes,
        [
            Some(NameChange::Duplicate),
            None,
            Some(NameChange::CaseDuplicate),
            Some(NameChange::Duplicate)
        ]
    );
    assert!(plan.iter().all(|decision| decision.action == Action::Move));
}

#[test]
fn a_number_never_takes_anothers_name() {
    let children = [
        created(file("1", "a.txt"), 1),
        created(file("2", "a.txt"), 2),
        created(file("3", "a (2).txt"), 3),
    ];
    assert_eq!(
        paths(&plan(&children, &[], &options())),
        ["Top/a.txt", "Top/a (3).txt", "Top/a (2).txt"]
    );
}

#[test]
fn a_converted_document_and_a_real_file_are_told_apart() {
    let children = [
        created(new(item("1", "Budget", ItemKind::Document)), 1),
        created(file("2", "Budget.odt"), 2),
    ];
    let plan = plan(&children, &[], &options());
    assert_eq!(paths(&plan), ["Top/Budget (2).odt", "Top/Budget.odt"]);
    assert_eq!(plan[1].renamed, None);
}

#[test]
fn a_folder_and_a_file_of_one_name_are_told_apart() {
    let children = [created(file("1", "x"), 1), created(folder("2", "X"), 2)];
    assert_eq!(
        paths(&plan(&children, &[], &options())),
        ["Top/x", "Top/X (2)"]
    );
}

#[test]
fn who_is_there_already_keeps_the_name() {
    let mut second = created(file("2", "a.txt"), 2);
    second.item.size = Some(7);
    second.item.modified = at(1_500_000_000);
    let children = [created(file("1", "a.txt"), 1), second];
    let plan = plan(&children, &[entry("Top/a.txt", false)], &options());
    assert_eq!(paths(&plan), ["Top/a (2).txt", "Top/a.txt"]);
    assert_eq!(plan[0].action, Action::Move);
    assert_eq!(plan[1].reason, Some(Reason::SameSizeAndDate));
}

#[test]
fn names_of_other_items_are_left_alone() {
    let claimed = ["Orphans".to_owned()];
    let children = [folder("1", "orphans")];
    let present = [entry("Top/Orphans", true)];
    let view = FolderView {
        claimed: &claimed,
        ..view(Place::At("Top"), &children, &present)
    };
    let plan = plan_folder(&view, &TargetRules::default(), &options());
    assert_eq!(brief(&plan[0]), (Action::Move, None, "Top/orphans (2)"));
}

#[test]
fn a_planned_name_stays_when_others_arrive() {
    let children = [
        created(file("1", "a.txt"), 2),
        created(file("2", "a.txt"), 3),
    ];
    let first = plan(&children, &[], &options());
    assert_eq!(paths(&first), ["Top/a.txt", "Top/a (2).txt"]);
    let mut later: Vec<Candidate> = children
        .iter()
        .zip(&first)
        .map(|(child, decision)| Candidate {
            previous: Some(Previous {
                target_path: decision.target_path.clone(),
                moved: None,
            }),
            ..child.clone()
        })
        .collect();
    later.push(created(file("0", "a.txt"), 1));
    assert_eq!(
        paths(&plan(&later, &[], &options())),
        ["Top/a.txt", "Top/a (2).txt", "Top/a (3).txt"]
    );
    // Renamed before anything was moved: then the old name means nothing.
    later[0].item.name = "b.txt".into();
    assert_eq!(paths(&plan(&later, &[], &options()))[0], "Top/b.txt");
}

#[test]
fn a_path_that_is_too_long_blocks_with_its_content() {
    let deep = "x/".repeat(1_990);
    let children = [folder("1", &"y".repeat(100)), file("2", "ok")];
    let top = view(Place::At(deep.trim_end_matches('/')), &children, &[]);
    let plan = plan_folder(&top, &TargetRules::default(), &options());
    assert_eq!(
        brief(&plan[0]),
        (Action::Block, Some(Reason::PathTooLong), "")
    );
    assert_eq!(plan[0].settled, Some(OutcomeKind::Failed));
    assert_eq!(plan[1].action, Action::Move);
    let inside = view(place_inside(&plan[0]), &children, &[]);
    let plan = plan_folder(&inside, &TargetRules::default(), &options());
    assert_eq!(
        brief(&plan[1]),
        (Action::Block, Some(Reason::PathTooLong), "")
    );
}

// A later run.

/// A file that an earlier run moved to `Top/old.txt` and that is unchanged since.
fn moved() -> (Candidate, TargetEntry) {
    let there = entry("Top/old.txt", false);
    let mut candidate = file("1", "old.txt");
    candidate.previous = Some(Previous {
        target_path: there.path.clone(),
        moved: Some(MovedBefore {
            source_version: candidate.item.version.clone(),
            target_etag: Some(there.etag.clone()),
            hash: Some(some_hash(1)),
            source_hash: None,
            now: TargetNow::There(there.clone()),
        }),
    });
    (candidate, there)
}

fn set_now(candidate: &mut Candidate, now: TargetNow) {
    let moved = candidate.previous.as_mut().unwrap().moved.as_mut();
    moved.unwrap().now = now;
}

fn edited(entry: &TargetEntry) -> TargetEntry {
    TargetEntry {
        etag: "edited".into(),
        size: 8,
        ..entry.clone()
    }
}

fn again(candidate: &Candidate, present: &[TargetEntry]) -> Decision {
    plan(from_ref(candidate), present, &options()).remove(0)
}

#[test]
fn unchanged_at_both_ends() {
    let (mut candidate, there) = moved();
    let keep = (Action::Keep, Some(Reason::AlreadyMoved), "Top/old.txt");
    let present = [there];
    assert_eq!(brief(&again(&candidate, &present)), keep);
    // Renamed at the source: it keeps its place.
    candidate.item.name = "new.txt".into();
    assert_eq!(brief(&again(&candidate, &present)), keep);
    // And where it now lies in another folder of the source, too.
    let elsewhere = view(Place::At("Other"), from_ref(&candidate), &[]);
    let decision = &plan_folder(&elsewhere, &TargetRules::default(), &options())[0];
    assert_eq!(brief(decision), keep);
}

#[test]
fn changed_at_one_end() {
    let (mut candidate, there) = moved();
    let touched = edited(&there);
    set_now(&mut candidate, TargetNow::There(touched.clone()));
    assert_eq!(
        brief(&again(&candidate, &[touched])),
        (Action::Keep, Some(Reason::EditedAtTarget), "Top/old.txt")
    );

    let (mut candidate, there) = moved();
    candidate.item.version = "newer".into();
    let update = again(&candidate, from_ref(&there));
    assert_eq!(
        brief(&update),
        (Action::Move, Some(Reason::ChangedAtSource), "Top/old.txt")
    );
    assert_eq!(update.step, replaces(&there.etag));
    // Another version of the same content is no change.
    candidate.item.hash = Some(some_hash(1));
    assert_eq!(
        again(&candidate, from_ref(&there)).reason,
        Some(Reason::AlreadyMoved)
    );
    // Also where the source's digest is not the target's.
    let of_source =
        |byte: u8| HashValue::new(HashAlgorithm::Dropbox, format!("{byte:02x}").repeat(32));
    candidate.item.hash = Some(of_source(1));
    let mut reason = |then: Option<HashValue>| {
        let moved = candidate
            .previous
            .as_mut()
            .and_then(|previous| previous.moved.as_mut());
        moved.unwrap().source_hash = then;
        again(&candidate, from_ref(&there)).reason
    };
    assert_eq!(reason(None), Some(Reason::ChangedAtSource));
    assert_eq!(reason(Some(of_source(2))), Some(Reason::ChangedAtSource));
    assert_eq!(reason(Some(of_source(1))), Some(Reason::AlreadyMoved));
}

#[test]
fn changed_at_both_ends_is_kept_twice() {
    let (mut candidate, there) = moved();
    candidate.item.version = "newer".into();
    let touched = edited(&there);
    set_now(&mut candidate, TargetNow::There(touched.clone()));
    for policy in [
        ConflictPolicy::KeepBoth,
        ConflictPolicy::Skip,
        ConflictPolicy::ReplaceOlder,
    ] {
        let options = options_with(policy);
        let present = [touched.clone()];
        let decision = plan(from_ref(&candidate), &present, &options).remove(0);
        assert_eq!(
            brief(&decision),
            (
                Action::Conflict,
                Some(Reason::ChangedOnBothSides),
                "Top/old (2).txt"
            )
        );
        assert_eq!(decision.step, UPLOAD);
    }
    // Changed in the same way at both ends: nothing to do.
    candidate.item.hash = Some(some_hash(9));
    let same = TargetEntry {
        checksums: vec![some_hash(9)],
        size: 100,
        ..touched
    };
    set_now(&mut candidate, TargetNow::There(same.clone()));
    assert_eq!(again(&candidate, &[same]).reason, Some(Reason::SameContent));
}

#[test]
fn where_the_etag_is_not_known_nothing_is_overwritten() {
    let (mut candidate, there) = moved();
    candidate.item.version = "newer".into();
    let moved = candidate.previous.as_mut().unwrap().moved.as_mut();
    moved.unwrap().target_etag = None;
    assert_eq!(
        again(&candidate, &[there]).reason,
        Some(Reason::ChangedOnBothSides)
    );
}

#[test]
fn renamed_at_the_target() {
    let (mut candidate, there) = moved();
    let moved_away = TargetEntry {
        path: "Archive/old.txt".into(),
        ..there.clone()
    };
    set_now(&mut candidate, TargetNow::Elsewhere(moved_away.clone()));
    assert_eq!(
        brief(&again(&candidate, &[])),
        (Action::Keep, Some(Reason::MovedAtTarget), "Archive/old.txt")
    );
    candidate.item.version = "newer".into();
    let update = again(&candidate, &[]);
    assert_eq!(update.target_path, "Archive/old.txt");
    assert_eq!(update.step, replaces(&there.etag));
}

#[test]
fn deleted_at_the_target_stays_deleted() {
    let (mut candidate, _) = moved();
    candidate.item.version = "newer".into();
    set_now(&mut candidate, TargetNow::Gone);
    let decision = again(&candidate, &[]);
    assert_eq!(
        brief(&decision),
        (Action::Skip, Some(Reason::DeletedAtTarget), "")
    );
    assert_eq!(decision.settled, Some(OutcomeKind::Skipped));
}

#[test]
fn a_folder_is_followed_to_where_it_was_moved() {
    let mut candidate = folder("1", "x");
    let elsewhere = entry("Archive/x", true);
    candidate.previous = Some(Previous {
        target_path: "Top/x".into(),
        moved: Some(MovedBefore {
            source_version: String::new(),
            target_etag: Some("another".into()),
            hash: None,
            source_hash: None,
            now: TargetNow::Elsewhere(elsewhere),
        }),
    });
    let decision = again(&candidate, &[]);
    assert_eq!(decision.reason, Some(Reason::MovedAtTarget));
    assert_eq!(place_inside(&decision), Place::At("Archive/x"));
}

#[test]
fn what_is_no_longer_a_file_is_planned_afresh() {
    let (mut candidate, there) = moved();
    candidate.item.kind = ItemKind::Folder;
    assert_eq!(
        brief(&again(&candidate, &[there])),
        (Action::Conflict, Some(Reason::NameTaken), "Top/old.txt (2)")
    );
}

#[test]
fn who_is_at_the_target_stays_there_even_if_somebody_mixed_the_cases() {
    let (one, there) = moved();
    let (mut other, _) = moved();
    other.item.id = crate::model::ItemId::new("2");
    let renamed = entry("Top/OLD.txt", false);
    let moved = other.previous.as_mut().unwrap().moved.as_mut().unwrap();
    moved.target_etag = Some(renamed.etag.clone());
    moved.now = TargetNow::Elsewhere(renamed.clone());
    let plan = plan(&[one, other], &[there, renamed], &options());
    assert_eq!(paths(&plan), ["Top/old.txt", "Top/OLD.txt"]);
    assert!(plan.iter().all(|decision| decision.action == Action::Keep));
}

// What always holds.

fn any_policy() -> impl Strategy<Value = ConflictPolicy> {
    prop::sample::select(vec![
        ConflictPolicy::KeepBoth,
        ConflictPolicy::Skip,
        ConflictPolicy::ReplaceOlder,
    ])
}

/// Two paths that a desktop takes for one are one here: by lower case, by upper case, after NFC.
fn keys(path: &str) -> [String; 2] {
    let nfc = |text: String| text.nfc().collect::<String>();
    [
        nfc(nfc(path.into()).to_lowercase()),
        nfc(nfc(path.into()).to_uppercase()),
    ]
}

fn check_places(
    decisions: &[Decision],
    present: &[TargetEntry],
    rules: &TargetRules,
) -> Result<(), TestCaseError> {
    for which in [0, 1] {
        let mut taken = HashSet::new();
        for decision in decisions {
            if !decision.target_path.is_empty() {
                let key = keys(&decision.target_path)[which].clone();
                prop_assert!(taken.insert(key), "twice: {}", decision.target_path);
            }
        }
        for decision in decisions {
            let key = &keys(&decision.target_path)[which];
            let meets: Vec<_> = present
                .iter()
                .filter(|entry| keys(&entry.path)[which] == *key)
                .collect();
            if let Step::Upload { replace }
            | Step::Export { replace, .. }
            | Step::WriteLink { replace } = &decision.step
            {
                let replaced = present
                    .iter()
                    .find(|entry| entry.path == decision.target_path);
                prop_assert_eq!(replace.as_ref(), replaced.map(|entry| &entry.etag));
                prop_assert_eq!(meets.is_empty(), replace.is_none());
            } else if decision.step == Step::MakeFolder {
                prop_assert!(meets.is_empty());
            }
        }
    }
    for decision in decisions {
        let sends = decision.step != Step::Nothing;
        prop_assert_eq!(sends, decision.settled.is_none());
        prop_assert!(!sends || !decision.target_path.is_empty());
        if sends {
            let name = decision
                .target_path
                .strip_prefix("Top/")
                .expect("in the folder");
            prop_assert_eq!(complaint_about(name, rules), None);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_plan_is_whole_legal_and_without_doubles(
        children in any_children(),
        present in any_present("Top"),
        policy in any_policy(),
        windows in any::<bool>(),
    ) {
        let rules = if windows { windows_rules() } else { TargetRules::default() };
        let options = options_with(policy);
        let view = view(Place::At("Top"), &children, &present);
        let decisions = plan_folder(&view, &rules, &options);
        prop_assert_eq!(decisions.len(), children.len());
        check_places(&decisions, &present, &rules)?;
        prop_assert_eq!(&plan_folder(&view, &rules, &options), &decisions);
    }

    #[test]
    fn the_order_of_the_children_changes_nothing(
        children in any_children(),
        present in any_present("Top"),
        policy in any_policy(),
        seed in any::<u64>(),
    ) {
        let options = options_with(policy);
        let first = plan(&children, &present, &options);
        let mut order: Vec<usize> = (0..children.len()).collect();
        order.sort_by_key(|at| (*at as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
        let shuffled: Vec<Candidate> = order.iter().map(|at| children[*at].clone()).collect();
        let mut turned = present.clone();
        turned.reverse();
        let second = plan(&shuffled, &turned, &options);
        for (position, at) in order.iter().enumerate() {
            prop_assert_eq!(&second[position], &first[*at]);
        }
    }

    #[test]
    fn planning_again_before_anything_is_moved_changes_nothing(
        children in any_children(),
        present in any_present("Top"),
        policy in any_policy(),
    ) {
        let options = options_with(policy);
        let first = plan(&children, &present, &options);
        let planned: Vec<Candidate> = children.iter().zip(&first).map(|(child, decision)| Candidate {
            previous: Some(Previous { target_path: decision.target_path.clone(), moved: None }),
            ..child.clone()
        }).collect();
        prop_assert_eq!(plan(&planned, &present, &options), first);
    }

    #[test]
    fn planning_again_after_everything_is_moved_moves_nothing(
        children in any_children(),
        present in any_present("Top"),
        policy in any_policy(),
    ) {
        let options = options_with(policy);
        let first = plan(&children, &present, &options);
        let (later, target) = carried_out(&children, &present, &first);
        let second = plan(&later, &target, &options);
        for (one, other) in first.iter().zip(&second) {
            prop_assert_eq!(&other.step, &Step::Nothing);
            if one.step != Step::Nothing {
                prop_assert_eq!(other.settled, Some(OutcomeKind::Kept));
            } else {
                prop_assert_eq!(other.settled, one.settled);
            }
            prop_assert_eq!(&other.target_path, &one.target_path);
            prop_assert_eq!(other.bytes, 0);
        }
        let (last, target) = carried_out(&later, &target, &second);
        prop_assert_eq!(plan(&last, &target, &options), second);
    }

    #[test]
    fn a_second_run_after_changes_at_both_ends_overwrites_no_edit(
        children in any_children(),
        present in any_present("Top"),
        policy in any_policy(),
        fates in prop::collection::vec((any::<bool>(), 0u8..4, any_name()), 14),
    ) {
        let options = options_with(policy);
        let first = plan(&children, &present, &options);
        let (mut later, mut target) = carried_out(&children, &present, &first);
        let mut touched = HashSet::new();
        for (child, (changed, fate, name)) in later.iter_mut().zip(&fates) {
            if *changed {
                child.item.version.push('+');
                child.item.name = name.clone();
                child.item.hash = None;
                child.item.modified = at(1_700_000_000);
            }
            let Some(moved) = child.previous.as_mut().and_then(|p| p.moved.as_mut()) else { continue };
            let TargetNow::There(entry) = moved.now.clone() else { continue };
            target.retain(|other| other.path != entry.path);
            match fate {
                0 => moved.now = TargetNow::Gone,
                1 => {
                    let edit = TargetEntry { etag: "edit".into(), size: 9, checksums: Vec::new(), ..entry };
                    touched.insert(edit.path.clone());
                    moved.now = TargetNow::There(edit.clone());
                    target.push(edit);
                }
                _ => target.push(entry),
            }
        }
        let second = plan(&later, &target, &options);
        check_places(&second, &target, &TargetRules::default())?;
        for decision in second.iter().filter(|decision| decision.step != Step::Nothing) {
            prop_assert!(!touched.contains(&decision.target_path));
        }
    }
}
