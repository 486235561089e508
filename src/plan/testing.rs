//! What the plan's tests share: a target that can be simulated, and names out of a messy Drive.

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

use super::*;
use crate::model::{ItemId, ItemKind, OutcomeKind, SpaceId, Step, Timestamp};

pub(super) const DOC: &str = "application/vnd.google-apps.document";

pub(super) fn at(second: i64) -> Option<Timestamp> {
    Some(Timestamp::from_second(second).unwrap())
}

pub(super) fn item(id: &str, name: &str, kind: ItemKind) -> Item {
    let mut item = Item::new(SpaceId::new("space"), id, None, name, kind);
    item.version = format!("{id}-1");
    if kind == ItemKind::File {
        item.size = Some(100);
        item.modified = at(1_600_000_000);
    }
    if kind == ItemKind::Document {
        item.media_type = Some(DOC.into());
        item.modified = at(1_600_000_000);
    }
    if kind == ItemKind::Webpage {
        item.web_link = Some("https://example.org/form".into());
    }
    item
}

pub(super) fn new(item: Item) -> Candidate {
    Candidate {
        item,
        previous: None,
        shortcut_target_known: false,
        chosen: Chosen::ByScope,
    }
}

pub(super) fn file(id: &str, name: &str) -> Candidate {
    new(item(id, name, ItemKind::File))
}

pub(super) fn folder(id: &str, name: &str) -> Candidate {
    new(item(id, name, ItemKind::Folder))
}

pub(super) fn entry(path: &str, is_folder: bool) -> TargetEntry {
    TargetEntry {
        path: path.into(),
        is_folder,
        size: 7,
        etag: format!("etag of {path}"),
        file_id: Some(format!("id of {path}")),
        modified: at(1_500_000_000),
        checksums: Vec::new(),
    }
}

pub(super) fn options() -> PlanOptions {
    PlanOptions::new(&Options::default(), &Scope::default()).unwrap()
}

pub(super) fn options_with(on_conflict: ConflictPolicy) -> PlanOptions {
    PlanOptions {
        on_conflict,
        ..options()
    }
}

pub(super) fn view<'a>(
    place: Place<'a>,
    children: &'a [Candidate],
    present: &'a [TargetEntry],
) -> FolderView<'a> {
    FolderView {
        space: SpaceKind::Own,
        place,
        source_path: "",
        children,
        present,
        claimed: &[],
    }
}

/// Plans the folder `Top` with the default rules.
pub(super) fn plan(
    children: &[Candidate],
    present: &[TargetEntry],
    options: &PlanOptions,
) -> Vec<Decision> {
    let view = view(Place::At("Top"), children, present);
    plan_folder(&view, &TargetRules::default(), options)
}

/// What `Windows compatible filenames` switches on in Nextcloud 30 and later.
pub(super) fn windows_rules() -> TargetRules {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    TargetRules {
        forbidden_names: texts(&[".htaccess", "desktop.ini", "thumbs.db"]),
        forbidden_basenames: texts(&[
            "con", "prn", "aux", "nul", "com0", "com1", "com2", "lpt1", "conin$", "conout$",
        ]),
        forbidden_characters: "\\/<>:\"|?*".chars().collect(),
        forbidden_extensions: texts(&[".filepart", ".part", " ", "."]),
        ..TargetRules::default()
    }
}

/// What is wrong with a name, if anything is: `FilenameValidator` of Nextcloud's server and design.md,
/// written anew, without a look at the code under test.
pub(super) fn complaint_about(name: &str, rules: &TargetRules) -> Option<String> {
    let wrong = |what: &str| Some(format!("{name:?}: {what}"));
    if name.is_empty() || name == "." || name == ".." {
        return wrong("empty or a relative folder");
    }
    if name.len() > rules.max_name_bytes || name.chars().count() > rules.max_name_chars {
        return wrong("too long");
    }
    if name.nfc().ne(name.chars()) {
        return wrong("not NFC");
    }
    if name.trim() != name || name.ends_with('.') {
        return wrong("untrimmed");
    }
    for c in name.chars() {
        if c.is_control() || c == '/' || rules.forbidden_characters.contains(&c) {
            return wrong("a character");
        }
    }
    let lower = name.to_lowercase();
    if rules.forbidden_names.contains(&lower) {
        return wrong("a forbidden name");
    }
    let dot = lower.chars().skip(1).position(|c| c == '.');
    let base: String = lower
        .chars()
        .take(dot.map_or(usize::MAX, |dot| dot + 1))
        .collect();
    if rules.forbidden_basenames.contains(&base) {
        return wrong("a forbidden base name");
    }
    for ending in rules
        .forbidden_extensions
        .iter()
        .map(String::as_str)
        .chain([".part"])
    {
        if lower.ends_with(ending) {
            return wrong("a forbidden ending");
        }
    }
    None
}

/// Few names, so that they meet, and every trap.
pub(super) fn any_name() -> impl Strategy<Value = String> {
    let trap = prop::sample::select(vec![
        "a",
        "A",
        "a.txt",
        "A.txt",
        "a.TXT",
        "a (2).txt",
        "a (3).txt",
        "a (2)",
        "Budget",
        "Budget.odt",
        "budget.ODT",
        "12/03",
        "12-03",
        "12\\03",
        "x.part",
        "x.part_",
        ".htaccess",
        ".htaccess_",
        "aux.c",
        "con",
        "é",
        "e\u{301}",
        "É",
        "straße",
        "STRASSE",
        "",
        " ",
        ".",
        "..",
        "_",
        "a ",
        "a.",
        " a",
        "a\u{0}",
        "\u{fffd}",
        "a\n",
        "Form",
        "Form.url",
        "👩‍🌾",
        "a.tar.gz",
    ]);
    let long = ("[aé👩]", 60usize..300, "(\\.[a-z]{1,4})?")
        .prop_map(|(letter, times, ending)| letter.repeat(times) + &ending);
    prop_oneof![
        6 => trap.prop_map(String::from),
        1 => long,
        1 => any::<String>(),
        1 => "[ab. /:]{0,6}",
    ]
}

fn any_kind() -> impl Strategy<Value = ItemKind> {
    prop::sample::select(vec![
        ItemKind::File,
        ItemKind::File,
        ItemKind::File,
        ItemKind::Folder,
        ItemKind::Document,
        ItemKind::Webpage,
        ItemKind::Shortcut,
        ItemKind::Special,
    ])
}

prop_compose! {
    fn any_item()(
        name in any_name(),
        kind in any_kind(),
        size in 0u64..3,
        modified in prop::option::of(0i64..4),
        created in prop::option::of(0i64..3),
        hash in prop::option::of(0u8..3),
        obstacle in prop::option::weighted(0.05, prop::sample::select(vec![Reason::Unreadable, Reason::DownloadForbidden])),
        linked in any::<bool>(),
        known in any::<bool>(),
        chosen in prop_oneof![
            6 => Just(Chosen::ByScope),
            1 => Just(Chosen::Taken),
            1 => Just(Chosen::Left),
            1 => Just(Chosen::Opened),
        ],
    ) -> Candidate {
        let mut item = item("", &name, kind);
        if kind == ItemKind::File {
            item.size = Some(size);
            item.hash = hash.map(some_hash);
        }
        item.modified = modified.and_then(|s| at(1_600_000_000 + s));
        item.created = created.and_then(|s| at(1_400_000_000 + s));
        item.obstacle = obstacle;
        item.web_link = linked.then(|| "https://example.org/".into());
        Candidate { shortcut_target_known: known, chosen, ..new(item) }
    }
}

pub(super) fn some_hash(byte: u8) -> HashValue {
    HashValue::new(
        crate::model::HashAlgorithm::Sha1,
        format!("{byte:02x}").repeat(20),
    )
}

/// A folder's children, each with an id of its own.
pub(super) fn any_children() -> impl Strategy<Value = Vec<Candidate>> {
    prop::collection::vec(any_item(), 0..14).prop_map(|mut children| {
        for (number, child) in children.iter_mut().enumerate() {
            child.item.id = ItemId::new(format!("id{number}"));
            child.item.version = format!("v{number}");
        }
        children
    })
}

prop_compose! {
    fn any_entry()(
        name in any_name(),
        is_folder in prop::bool::weighted(0.3),
        size in 0u64..3,
        modified in prop::option::of(0i64..4),
        hash in prop::option::of(0u8..3),
    ) -> TargetEntry {
        TargetEntry {
            size,
            modified: modified.and_then(|s| at(1_600_000_000 + s)),
            checksums: hash.map(some_hash).into_iter().collect(),
            ..entry(&name, is_folder)
        }
    }
}

/// What the target has in `folder`: only names that a server can have, no name twice.
pub(super) fn any_present(folder: &'static str) -> impl Strategy<Value = Vec<TargetEntry>> {
    prop::collection::vec(any_entry(), 0..8).prop_map(move |entries| {
        let mut present: Vec<TargetEntry> = Vec::new();
        for mut entry in entries {
            let name: String = entry.path.nfc().collect();
            let path = join(folder, &name);
            let possible = !name.is_empty() && !name.contains('/') && name != "." && name != "..";
            if possible && present.iter().all(|other| other.path != path) {
                entry.etag = format!("etag of {path}");
                entry.path = path;
                present.push(entry);
            }
        }
        present
    })
}

/// The target and the ledger after `decisions` have all been carried out.
pub(super) fn carried_out(
    children: &[Candidate],
    present: &[TargetEntry],
    decisions: &[Decision],
) -> (Vec<Candidate>, Vec<TargetEntry>) {
    let mut after: Vec<TargetEntry> = present.to_vec();
    let mut later = Vec::new();
    for (child, decision) in children.iter().zip(decisions) {
        let path = &decision.target_path;
        let sends = decision.step != Step::Nothing;
        if sends {
            after.retain(|entry| entry.path != *path);
            after.push(TargetEntry {
                size: child.item.size.unwrap_or(decision.bytes),
                modified: child.item.modified,
                checksums: child.item.hash.clone().into_iter().collect(),
                etag: format!("etag {}", child.item.version),
                ..entry(path, decision.step == Step::MakeFolder)
            });
        }
        let is_there = sends || decision.settled == Some(OutcomeKind::Kept);
        let there = after
            .iter()
            .find(|entry| is_there && entry.path == *path)
            .cloned();
        later.push(Candidate {
            previous: Some(Previous {
                target_path: path.clone(),
                moved: there.map(|entry| MovedBefore {
                    source_version: child.item.version.clone(),
                    target_etag: Some(entry.etag.clone()),
                    hash: child.item.hash.clone(),
                    source_hash: None,
                    now: TargetNow::There(entry),
                }),
            }),
            ..child.clone()
        });
    }
    (later, after)
}
