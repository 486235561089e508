use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::{Chosen, Exclusions, Place, place_inside};
use super::*;
use crate::model::{
    Access, Action, Collection, Component, ConflictPolicy, Decision, NameChange, OutcomeKind,
    Reason, SpaceId, Standing, Step, TargetCollection, TargetObject,
};

const VERSION: &str = "v1";

fn options() -> PimOptions {
    PimOptions::new(&Options::default(), &Scope::default())
}

fn calendar(id: &str, name: &str) -> CollectionCandidate {
    let mut item = Item::new(SpaceId::new("c"), id, None, name, ItemKind::Calendar);
    item.version = VERSION.into();
    item.collection = Some(Collection {
        components: Component::ALL.to_vec(),
        ..Collection::default()
    });
    CollectionCandidate {
        item,
        holds: Holds {
            events: 3,
            ..Holds::default()
        },
        place: None,
        made: false,
        used: false,
        chosen: Chosen::ByScope,
    }
}

fn with(
    mut candidate: CollectionCandidate,
    change: impl FnOnce(&mut CollectionCandidate, &mut Collection),
) -> CollectionCandidate {
    let mut collection = candidate.item.collection.take().unwrap_or_default();
    change(&mut candidate, &mut collection);
    candidate.item.collection = Some(collection);
    candidate
}

fn there(uri: &str, name: &str, components: &[Component]) -> TargetCollection {
    TargetCollection {
        path: format!("/calendars/{uri}"),
        kind: ItemKind::Calendar,
        name: name.into(),
        components: components.to_vec(),
        standing: Standing::Own,
        subscribed_to: None,
    }
}

/// As a new account has it.
fn personal() -> TargetCollection {
    there("personal", "Personnel", &[Component::Event])
}

fn plan(candidates: &[CollectionCandidate], present: &[TargetCollection]) -> Vec<Decision> {
    plan_with(candidates, present, &options())
}

fn plan_with(
    candidates: &[CollectionCandidate],
    present: &[TargetCollection],
    options: &PimOptions,
) -> Vec<Decision> {
    let view = CollectionsView {
        family: Family::Calendars,
        candidates,
        present,
    };
    plan_collections(&view, options, &Exclusions::default())
}

fn made_as(decision: &Decision) -> Option<(&str, &str)> {
    match &decision.step {
        Step::MakeCollection { name } => Some((&decision.target_path, name)),
        _ => None,
    }
}

#[test]
fn a_calendar_of_the_same_name_is_used_where_it_takes_everything() {
    let events = calendar("a", "Personnel");
    let mixed = with(calendar("b", "Personnel"), |one, _| one.holds.tasks = 1);
    let decisions = plan(&[events, mixed], &[personal()]);
    assert_eq!(decisions[0].reason, Some(Reason::CollectionExists));
    assert_eq!(decisions[0].target_path, "/calendars/personal");
    assert_eq!(
        made_as(&decisions[1]),
        Some(("/calendars/personnel", "Personnel (2)"))
    );
    assert_eq!(decisions[1].renamed, Some(NameChange::TakenAtTarget));
}

#[test]
fn task_lists_do_not_go_where_tasks_are_not_taken() {
    let list = with(calendar("a", "Personnel"), |one, collection| {
        collection.components = vec![Component::Todo];
        one.holds = Holds::default();
    });
    let decisions = plan(std::slice::from_ref(&list), &[personal()]);
    assert!(made_as(&decisions[0]).is_some(), "{decisions:?}");
    let decisions = plan(&[list], &[there("taches", "Personnel", &[])]);
    assert_eq!(decisions[0].target_path, "/calendars/taches");
}

#[test]
fn others_calendars_and_the_trash_are_not_used() {
    for standing in [Standing::Shared, Standing::Generated, Standing::Trashed] {
        let other = TargetCollection {
            standing,
            ..there("bureau", "Bureau", &[])
        };
        let decisions = plan(&[calendar("a", "Bureau")], &[other]);
        let (path, _) = made_as(&decisions[0]).unwrap();
        assert!(path.starts_with("/calendars/bureau-"), "{path}");
    }
}

#[test]
fn a_tick_goes_before_the_scope() {
    let ticked = |chosen, access: Access| {
        with(calendar("a", "Agenda"), |one, collection| {
            one.chosen = chosen;
            collection.access = access;
        })
    };
    let shared = || Access::Shared {
        owner: None,
        writable: false,
    };
    let candidates = [
        ticked(Chosen::Left, Access::Own),
        ticked(Chosen::Taken, shared()),
        ticked(Chosen::ByScope, shared()),
    ];
    let view = CollectionsView {
        family: Family::Calendars,
        candidates: &candidates,
        present: &[],
    };
    let decisions = plan_collections(&view, &options(), &Exclusions::default());
    let reasons: Vec<_> = decisions.iter().map(|decision| decision.reason).collect();
    assert_eq!(
        reasons,
        [Some(Reason::NotChosen), None, Some(Reason::SharedCalendar)]
    );
}

#[test]
fn what_was_not_chosen_stays() {
    let shared = with(calendar("shared", "A"), |_, collection| {
        collection.access = Access::Shared {
            owner: None,
            writable: true,
        };
    });
    let mut subscription = with(calendar("sub", "B"), |_, collection| {
        collection.access = Access::Subscribed {
            url: "https://example.org/a.ics".into(),
        };
    });
    subscription.item.kind = ItemKind::Subscription;
    let mut birthdays = calendar("birthdays", "C");
    birthdays.item.obstacle = Some(Reason::GeneratedCollection);
    let tasks_only = with(calendar("t", "D"), |one, _| one.holds.tasks = 2);
    let all = [shared, subscription, birthdays, tasks_only];
    let reasons = |options: &PimOptions| -> Vec<Option<Reason>> {
        let decisions = plan_with(&all, &[], options);
        decisions.iter().map(|one| one.reason).collect()
    };
    assert_eq!(
        reasons(&options()),
        [
            Some(Reason::SharedCalendar),
            None,
            Some(Reason::GeneratedCollection),
            None
        ]
    );
    let fewer = PimOptions {
        calendars: false,
        shared_calendars: true,
        ..options()
    };
    assert_eq!(
        reasons(&fewer),
        [
            Some(Reason::CalendarsNotChosen),
            Some(Reason::CalendarsNotChosen),
            Some(Reason::CalendarsNotChosen),
            // Its tasks come along.
            None
        ]
    );
    let none = PimOptions {
        tasks: false,
        ..fewer
    };
    assert_eq!(reasons(&none), [Some(Reason::CalendarsNotChosen); 4]);
}

#[test]
fn a_subscription_is_known_by_its_address() {
    let url = "https://example.org/vacances.ics";
    let mut one = with(calendar("sub", "Vacances"), |_, collection| {
        collection.access = Access::Subscribed { url: url.into() };
    });
    one.item.kind = ItemKind::Subscription;
    let other = TargetCollection {
        kind: ItemKind::Subscription,
        subscribed_to: Some(url.into()),
        ..there("x", "Vacances scolaires", &[])
    };
    let decisions = plan(std::slice::from_ref(&one), &[other]);
    assert_eq!(decisions[0].target_path, "/calendars/x");
    // A calendar of that name is none.
    let decisions = plan(&[one], &[there("x", "Vacances", &[])]);
    assert_eq!(made_as(&decisions[0]).unwrap().1, "Vacances (2)");
}

#[test]
fn what_is_over_the_limit_is_named() {
    let many: Vec<CollectionCandidate> = (0..4)
        .map(|n| {
            with(calendar(&format!("id{n}"), &format!("N{n}")), |_, c| {
                c.order = Some(10 - n);
                c.primary = n == 0;
            })
        })
        .collect();
    let options = PimOptions {
        calendars_at_most: 3,
        ..options()
    };
    let trashed = TargetCollection {
        standing: Standing::Trashed,
        ..there("old", "Old", &[])
    };
    let decisions = plan_with(&many, &[trashed], &options);
    let blocked: Vec<bool> = decisions
        .iter()
        .map(|one| one.reason == Some(Reason::TooManyCalendars))
        .collect();
    // The main one first, then as its owner has ordered them.
    assert_eq!(blocked, [false, true, true, false]);
    assert_eq!(decisions[1].action, Action::Block);
    assert_eq!(
        place_inside(&decisions[1]),
        Place::Nowhere(Reason::TooManyCalendars)
    );
}

#[test]
fn a_place_stays_and_what_was_deleted_is_not_made_again() {
    let mut one = calendar("a", "New name");
    one.place = Some("/calendars/old-name".into());
    one.made = true;
    let decisions = plan(
        std::slice::from_ref(&one),
        &[there("old-name", "Renamed", &[])],
    );
    assert_eq!(decisions[0].reason, Some(Reason::AlreadyMoved));
    let trashed = TargetCollection {
        standing: Standing::Trashed,
        ..there("old-name", "Renamed", &[])
    };
    for present in [vec![], vec![trashed]] {
        let decisions = plan(std::slice::from_ref(&one), &present);
        assert_eq!(decisions[0].reason, Some(Reason::DeletedAtTarget));
    }
    one.made = false;
    one.used = true;
    let decisions = plan(std::slice::from_ref(&one), &[]);
    assert_eq!(decisions[0].reason, Some(Reason::DeletedAtTarget));
    one.used = false;
    let decisions = plan(&[one], &[]);
    assert_eq!(
        made_as(&decisions[0]),
        Some(("/calendars/old-name", "New name"))
    );
}

// Objects.

fn event(id: &str, uid: &str) -> ObjectCandidate {
    let mut item = Item::new(SpaceId::new("c"), id, None, "Réunion", ItemKind::Event);
    item.version = VERSION.into();
    item.uid = Some(uid.into());
    ObjectCandidate {
        item,
        moved: None,
        twin: None,
        same_uid: None,
        in_trash: false,
    }
}

fn decide(candidate: ObjectCandidate) -> Decision {
    decide_with(candidate, ConflictPolicy::KeepBoth)
}

fn decide_with(candidate: ObjectCandidate, policy: ConflictPolicy) -> Decision {
    let view = ObjectsView {
        place: Place::At("/calendars/bureau"),
        candidates: &[candidate],
    };
    plan_objects(&view, &options(), policy).remove(0)
}

fn object(etag: &str) -> TargetObject {
    TargetObject {
        path: "/calendars/bureau/x.ics".into(),
        etag: etag.into(),
        uid: Some("u".into()),
    }
}

fn moved(now: Option<&str>) -> ObjectCandidate {
    let mut one = event("a", "u");
    one.moved = Some(MovedObject {
        target_path: "/calendars/bureau/x.ics".into(),
        source_version: VERSION.into(),
        target_etag: Some("e1".into()),
        uid: None,
        now: now.map(object),
    });
    one
}

#[test]
fn names_are_those_of_the_uid() {
    let decision = decide(event("a", "u"));
    assert_eq!(
        decision.target_path,
        format!("/calendars/bureau/{}", object_name("u", ItemKind::Event))
    );
    assert!(decision.target_path.ends_with(".ics"));
    assert!(object_name(&"é/".repeat(500), ItemKind::Contact).len() < 50);
}

#[test]
fn later_runs_look_three_ways() {
    assert_eq!(decide(moved(Some("e1"))).reason, Some(Reason::AlreadyMoved));
    assert_eq!(
        decide(moved(Some("e2"))).reason,
        Some(Reason::EditedAtTarget)
    );
    assert_eq!(decide(moved(None)).reason, Some(Reason::DeletedAtTarget));
    let changed = |now| {
        let mut one = moved(now);
        one.item.version = "v2".into();
        one
    };
    let update = decide(changed(Some("e1")));
    assert_eq!(
        update.step,
        Step::PutObject {
            replace: Some("e1".into()),
            uid: None,
            unless_same_as: None
        }
    );
    let twice = decide(changed(Some("e2")));
    assert_eq!(twice.action, Action::Conflict);
    assert_eq!(twice.reason, Some(Reason::ChangedOnBothSides));
    assert_ne!(twice.target_path, "/calendars/bureau/x.ics");
    let Step::PutObject {
        uid: Some(uid),
        replace: None,
        unless_same_as: Some(other),
    } = twice.step
    else {
        panic!("{twice:?}");
    };
    assert_eq!(other, "/calendars/bureau/x.ics");
    assert_eq!(uid, derived_uid(&changed(None).item));
    assert_eq!(decide(changed(None)).reason, Some(Reason::DeletedAtTarget));
    // The same edit at both ends.
    assert_eq!(decide(changed(Some("v2"))).reason, Some(Reason::SameObject));
}

#[test]
fn one_uid_never_comes_twice_into_a_collection() {
    let mut twin = event("b", "u");
    twin.twin = Some(Twin {
        version: VERSION.into(),
        target_path: "/calendars/bureau/y.ics".into(),
    });
    assert_eq!(decide(twin.clone()).reason, Some(Reason::DuplicateUid));
    twin.item.version = "v2".into();
    assert_eq!(decide(twin).reason, Some(Reason::UidTaken));

    let mut same = event("a", "u");
    same.same_uid = Some(object("other"));
    let decision = decide(same.clone());
    assert_eq!(decision.action, Action::Conflict);
    let skipped = decide_with(same.clone(), ConflictPolicy::Skip);
    assert_eq!(skipped.settled, Some(OutcomeKind::Skipped));
    same.same_uid = Some(object(VERSION));
    assert_eq!(decide(same).reason, Some(Reason::SameObject));

    let mut trashed = event("a", "u");
    trashed.in_trash = true;
    assert_eq!(decide(trashed).reason, Some(Reason::UidInTrash));
}

#[test]
fn what_no_server_takes_is_told_beforehand() {
    let mut large = event("a", "u");
    large.item.size = Some(LARGEST_CALENDAR_OBJECT + 1);
    assert_eq!(decide(large.clone()).reason, Some(Reason::ObjectTooLarge));
    // Its photo is scaled down.
    large.item.kind = ItemKind::Contact;
    assert_eq!(decide(large).reason, None);
}

// Properties.

fn any_components() -> impl Strategy<Value = Vec<Component>> {
    prop::sample::subsequence(Component::ALL.to_vec(), 0..=3)
}

fn any_kind() -> impl Strategy<Value = ItemKind> {
    prop::sample::select(vec![
        ItemKind::Calendar,
        ItemKind::Calendar,
        ItemKind::Calendar,
        ItemKind::Subscription,
    ])
}

fn any_name() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "",
        " ",
        "Bureau",
        "bureau",
        "Bureau ",
        "Bu\u{301}reau",
        "Perso",
        "inbox",
        "Bureau (2)",
        "予定",
        "A\u{0}B",
    ])
    .prop_map(String::from)
}

prop_compose! {
    fn any_candidate()(
        name in any_name(),
        kind in any_kind(),
        components in any_components(),
        events in 0u64..2,
        tasks in 0u64..2,
        shared in prop::bool::weighted(0.2),
        chosen in prop_oneof![
            6 => Just(Chosen::ByScope),
            1 => Just(Chosen::Taken),
            1 => Just(Chosen::Left),
        ],
        order in prop::option::of(0i64..3),
    ) -> CollectionCandidate {
        let mut one = with(calendar("", &name), |one, collection| {
            collection.components = components;
            collection.order = order;
            one.holds = Holds { events, tasks, journals: 0 };
            if kind == ItemKind::Subscription {
                collection.access = Access::Subscribed { url: format!("https://e.org/{events}") };
            } else if shared {
                collection.access = Access::Shared { owner: None, writable: false };
            }
            one.chosen = chosen;
        });
        one.item.kind = kind;
        one
    }
}

fn any_candidates() -> impl Strategy<Value = Vec<CollectionCandidate>> {
    prop::collection::vec(any_candidate(), 0..9).prop_map(|mut all| {
        for (n, one) in all.iter_mut().enumerate() {
            one.item.id = crate::model::ItemId::new(format!("id{n}"));
        }
        all
    })
}

prop_compose! {
    fn any_there()(
        name in any_name(),
        kind in any_kind(),
        components in any_components(),
        standing in prop::sample::select(Standing::ALL.to_vec()),
        url in 0u64..2,
    ) -> TargetCollection {
        TargetCollection {
            kind,
            standing,
            subscribed_to: (kind == ItemKind::Subscription).then(|| format!("https://e.org/{url}")),
            ..there("", &name, &components)
        }
    }
}

fn any_present() -> impl Strategy<Value = Vec<TargetCollection>> {
    prop::collection::vec(any_there(), 0..6).prop_map(|mut all| {
        let uris = ["bureau", "perso", "personal", "bureau-2", "calendar", "x"];
        for (one, uri) in all.iter_mut().zip(uris) {
            one.path = format!("/calendars/{uri}");
        }
        all
    })
}

/// The target after the plan was carried out, and the candidates as the next plan sees them.
fn carried_out(
    candidates: &[CollectionCandidate],
    present: &[TargetCollection],
    decisions: &[Decision],
) -> (Vec<CollectionCandidate>, Vec<TargetCollection>) {
    let mut after = present.to_vec();
    let mut later = Vec::new();
    for (candidate, decision) in candidates.iter().zip(decisions) {
        let mut candidate = candidate.clone();
        if let Some((path, name)) = made_as(decision) {
            let access = candidate.item.collection.as_ref().map(|c| &c.access);
            after.push(TargetCollection {
                path: path.into(),
                kind: candidate.item.kind,
                name: name.into(),
                components: Vec::new(),
                standing: Standing::Own,
                subscribed_to: match access {
                    Some(Access::Subscribed { url }) => Some(url.clone()),
                    _ => None,
                },
            });
            candidate.made = true;
        }
        if !decision.target_path.is_empty() {
            candidate.place = Some(decision.target_path.clone());
        }
        later.push(candidate);
    }
    (later, after)
}

proptest! {
    #[test]
    fn every_collection_has_a_place_of_its_own(
        candidates in any_candidates(), present in any_present(), most in 0u32..12,
    ) {
        let options = PimOptions { calendars_at_most: most, shared_calendars: true, ..options() };
        let decisions = plan_with(&candidates, &present, &options);
        prop_assert_eq!(decisions.len(), candidates.len());
        let mut paths = BTreeSet::new();
        let mut names: BTreeSet<String> = BTreeSet::new();
        let mut made = 0;
        let by_path: BTreeMap<&str, &TargetCollection> =
            present.iter().map(|one| (one.path.as_str(), one)).collect();
        for (candidate, decision) in candidates.iter().zip(&decisions) {
            if !decision.target_path.is_empty() {
                prop_assert!(paths.insert(decision.target_path.clone()), "{} twice", decision.target_path);
            }
            match made_as(decision) {
                Some((path, name)) => {
                    made += 1;
                    prop_assert!(!by_path.contains_key(path));
                    prop_assert!(names.insert(name.to_owned()));
                    prop_assert!(present.iter().all(|one| one.standing == Standing::Trashed || one.name != name));
                    let uri = path.strip_prefix("/calendars/").unwrap();
                    let plain = uri.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
                    prop_assert!(plain && !uri.is_empty() && !uri.contains("--"), "{}", uri);
                }
                None if decision.action == Action::Keep => {
                    let used = by_path[decision.target_path.as_str()];
                    prop_assert_eq!(used.standing, Standing::Own);
                    prop_assert_eq!(used.kind, candidate.item.kind);
                }
                None => prop_assert!(decision.reason.is_some() && decision.settled.is_some()),
            }
        }
        let counted = present.iter()
            .filter(|one| matches!(one.standing, Standing::Own | Standing::Trashed)).count();
        prop_assert!(made == 0 || made + counted <= most as usize);
        prop_assert_eq!(&plan_with(&candidates, &present, &options), &decisions);
    }

    #[test]
    fn the_order_of_the_survey_changes_nothing(candidates in any_candidates(), present in any_present()) {
        let decisions = plan(&candidates, &present);
        let mut turned = candidates.clone();
        turned.reverse();
        let mut again = plan(&turned, &present);
        again.reverse();
        prop_assert_eq!(again, decisions);
    }

    #[test]
    fn a_plan_carried_out_leaves_nothing_to_do(candidates in any_candidates(), present in any_present()) {
        let decisions = plan(&candidates, &present);
        let (later, after) = carried_out(&candidates, &present, &decisions);
        let again = plan(&later, &after);
        for (first, second) in decisions.iter().zip(&again) {
            prop_assert_eq!(made_as(second), None);
            prop_assert_eq!(&first.target_path, &second.target_path);
        }
    }

    #[test]
    fn an_object_put_is_an_object_kept(
        uid in prop::option::of("[a-c]"), version in "[a-b]", was in "[a-b]", etag in "[a-b]", now in prop::option::of("[a-b]"),
        was_moved in any::<bool>(), same in prop::option::of("[a-b]"), in_trash in any::<bool>(),
    ) {
        let mut one = event("a", "u");
        one.item.uid = uid;
        one.item.version = version;
        one.in_trash = in_trash;
        one.same_uid = same.as_deref().map(object);
        if was_moved {
            one.moved = Some(MovedObject {
                target_path: "/calendars/bureau/x.ics".into(),
                source_version: was,
                target_etag: Some(etag),
                uid: None,
                now: now.as_deref().map(object),
            });
        }
        let decision = decide(one.clone());
        if let Step::PutObject { uid, .. } = &decision.step {
            let put = TargetObject {
                path: decision.target_path.clone(), etag: "sent".into(), uid: None,
            };
            let later = ObjectCandidate {
                moved: Some(MovedObject {
                    target_path: put.path.clone(),
                    source_version: one.item.version.clone(),
                    target_etag: Some(put.etag.clone()),
                    uid: uid.clone(),
                    now: Some(put),
                }),
                same_uid: None,
                ..one.clone()
            };
            let again = decide(later);
            prop_assert_eq!(again.reason, Some(Reason::AlreadyMoved));
            prop_assert_eq!(&again.target_path, &decision.target_path);
        } else {
            prop_assert!(decision.settled.is_some() && decision.reason.is_some());
        }
        prop_assert_eq!(decide(one), decision);
    }
}
