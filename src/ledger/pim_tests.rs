use super::*;
use crate::model::{
    Action, Decision, HashAlgorithm, HashValue, Item, ItemId, ItemKind, Outcome, OutcomeKind,
    Proof, Reason, Space, SpaceId, SpaceKind, Standing, Step, TargetCollection, TargetObject,
};

fn item(id: &str, parent: Option<&str>, kind: ItemKind) -> Item {
    let parent = parent.map(ItemId::new);
    let mut item = Item::new(SpaceId::new("calendars"), id, parent, id, kind);
    item.version = "1".into();
    item.uid = kind.is_object().then(|| format!("uid of {id}"));
    item.collection = kind.is_collection().then(crate::model::Collection::default);
    item
}

/// Two calendars; the first holds two events, the second a task.
async fn surveyed(folder: &Path) -> Ledger {
    let ledger = Ledger::open(&folder.join("a.sqlite")).await.unwrap();
    let survey = ledger.begin_survey().await.unwrap();
    let space = Space {
        id: SpaceId::new("calendars"),
        kind: SpaceKind::Calendars,
        name: "calendars".into(),
        change_token: None,
    };
    survey.space(space).await.unwrap();
    let items = vec![
        item("A", None, ItemKind::Calendar),
        item("B", None, ItemKind::Calendar),
        item("a1", Some("A"), ItemKind::Event),
        item("a2", Some("A"), ItemKind::Event),
        item("b1", Some("B"), ItemKind::Task),
    ];
    survey.items(items).await.unwrap();
    survey.finish().await.unwrap();
    ledger
}

fn decision(step: Step, path: &str) -> Decision {
    Decision {
        action: Action::Move,
        reason: None,
        step,
        target_path: path.into(),
        renamed: None,
        bytes: 3,
        settled: None,
    }
}

async fn planned(ledger: &Ledger) {
    let plan = ledger.begin_plan().await.unwrap();
    let make = || Step::MakeCollection { name: "x".into() };
    let put = || Step::PutObject {
        replace: None,
        uid: None,
        unless_same_as: None,
    };
    let steps = [
        (make(), "/calendars/a"),
        (make(), "/calendars/b"),
        (put(), "/calendars/a/1.ics"),
        (put(), "/calendars/a/2.ics"),
        (put(), "/calendars/b/1.ics"),
    ];
    let placed = (1..).zip(steps).map(|(n, (step, path))| Placed {
        n,
        decision: decision(step, path),
        top: String::new(),
        depth: 0,
    });
    ledger.write_decisions(placed.collect()).await.unwrap();
    let places = vec![(1, "/calendars/a".into()), (2, "/calendars/b".into())];
    ledger.set_collection_places(places).await.unwrap();
    ledger.finish_plan(plan).await.unwrap();
    assert!(ledger.begin_run().await.unwrap());
}

fn collection_made(n: i64, path: &str) -> Finished {
    Finished {
        n,
        task: Task::Collection,
        outcome: Outcome::settled(OutcomeKind::Moved, None),
        entry: Some(Arrival::Collection(TargetCollection {
            path: path.into(),
            kind: ItemKind::Calendar,
            name: "x".into(),
            components: vec![crate::model::Component::Event],
            standing: Standing::Own,
            subscribed_to: None,
        })),
        properties: false,
    }
}

fn object_put(n: i64, path: &str, etag: &str) -> Finished {
    let outcome = Outcome {
        source_version: Some("1".into()),
        proof: Some(Proof::Full(HashValue::new(HashAlgorithm::Md5, etag).into())),
        ..Outcome::settled(OutcomeKind::Moved, None)
    };
    Finished {
        n,
        task: Task::Object,
        outcome,
        entry: Some(Arrival::Object {
            object: TargetObject {
                path: path.into(),
                etag: etag.into(),
                uid: None,
            },
            uid: None,
        }),
        properties: false,
    }
}

async fn claimed(ledger: &Ledger, task: Task) -> Vec<i64> {
    match ledger.claim(task, 10, 0).await.unwrap() {
        Claim::Jobs(jobs) => jobs.iter().map(|job| job.n).collect(),
        Claim::Later { .. } => vec![-1],
        Claim::Done => Vec::new(),
    }
}

const MD5: &str = "0123456789abcdef0123456789abcdef";

#[tokio::test]
async fn objects_wait_for_their_own_collection_only() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = surveyed(folder.path()).await;
    planned(&ledger).await;
    assert_eq!(claimed(&ledger, Task::Collection).await, [1, 2]);
    // Neither is there.
    assert_eq!(claimed(&ledger, Task::Object).await, [-1]);
    let made = collection_made(2, "/calendars/b");
    assert_eq!(ledger.finish(vec![made]).await.unwrap(), 0);
    assert_eq!(claimed(&ledger, Task::Object).await, [5]);
    // The first one cannot be made: what belongs into it has failed with it.
    let mut failed = collection_made(1, "/calendars/a");
    failed.outcome = Outcome::failed(Reason::TooManyCalendars, "no");
    failed.entry = None;
    assert_eq!(ledger.finish(vec![failed]).await.unwrap(), 2);
    let put = object_put(5, "/calendars/b/1.ics", MD5);
    ledger.finish(vec![put]).await.unwrap();
    assert_eq!(claimed(&ledger, Task::Object).await, Vec::<i64>::new());
    let balance = ledger.balance().await.unwrap();
    assert!(balance.is_balanced(), "{balance:?}");
    assert_eq!((balance.account.moved, balance.account.failed), (2, 3));
    let rows = ledger.report_rows(2, 1, None).await.unwrap();
    assert_eq!(rows[0].reason, Some(Reason::CollectionFailed));
}

#[tokio::test]
async fn an_object_is_known_again() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = surveyed(folder.path()).await;
    planned(&ledger).await;
    ledger
        .finish(vec![
            collection_made(1, "/calendars/a"),
            object_put(3, "/calendars/a/1.ics", MD5),
        ])
        .await
        .unwrap();
    let collections = ledger.collections().await.unwrap();
    assert_eq!(collections[0].place.as_deref(), Some("/calendars/a"));
    assert_eq!((collections[0].made, collections[1].made), (true, false));
    assert_eq!((collections[0].events, collections[1].tasks), (2, 1));

    // Listed anew: an object of somebody else's has the UID of the second event.
    let listing = ledger.begin_object_listing().await.unwrap();
    let there = |path: &str, etag: &str| TargetObject {
        path: path.into(),
        etag: etag.into(),
        uid: None,
    };
    let objects = vec![
        there("/calendars/a/1.ics", "edited"),
        there("/calendars/a/foreign.ics", "f"),
    ];
    ledger.add_target_objects(listing, objects).await.unwrap();
    ledger.finish_object_listing(listing).await.unwrap();
    let unknown = |after: &str| {
        let (ledger, after) = (ledger.clone(), after.to_owned());
        async move { ledger.objects_without_uid("/calendars/a", after, 10).await }
    };
    // Ours need not be asked.
    assert_eq!(unknown("").await.unwrap(), ["/calendars/a/foreign.ics"]);
    let uids = vec![("/calendars/a/foreign.ics".into(), "uid of a2".into())];
    ledger.set_object_uids(uids).await.unwrap();
    let trash = vec![("/calendars/a".into(), "uid of a2".into())];
    ledger.set_target_trash(trash).await.unwrap();

    let place = Some("/calendars/a".to_owned());
    let objects = ledger
        .collection_objects(&ItemId::new("A"), place, i64::MIN, 10)
        .await
        .unwrap();
    let moved = objects[0].moved.as_ref().unwrap();
    assert_eq!(moved.target_etag.as_deref(), Some(MD5));
    assert_eq!(moved.now.as_ref().unwrap().etag, "edited");
    assert_eq!(objects[1].same_uid.as_ref().unwrap().etag, "f");
    assert!(objects[1].in_trash && objects[1].moved.is_none());

    // What is listed again unchanged keeps its UID; what changed loses it; what is gone goes.
    for (etag, still_known) in [("f", true), ("g", false)] {
        let listing = ledger.begin_object_listing().await.unwrap();
        let objects = vec![there("/calendars/a/foreign.ics", etag)];
        ledger.add_target_objects(listing, objects).await.unwrap();
        ledger.finish_object_listing(listing).await.unwrap();
        assert_eq!(unknown("").await.unwrap().is_empty(), still_known);
    }
    let now = ledger
        .target_objects(vec!["/calendars/a/1.ics".into()])
        .await
        .unwrap();
    assert_eq!(now, [None]);
}

#[tokio::test]
async fn twins_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = surveyed(folder.path()).await;
    let survey = ledger.begin_survey().await.unwrap();
    survey
        .space(Space {
            id: SpaceId::new("calendars"),
            kind: SpaceKind::Calendars,
            name: "calendars".into(),
            change_token: None,
        })
        .await
        .unwrap();
    let mut twin = item("a2", Some("A"), ItemKind::Event);
    twin.uid = Some("uid of a1".into());
    let items = vec![
        item("A", None, ItemKind::Calendar),
        item("a1", Some("A"), ItemKind::Event),
        twin,
    ];
    survey.items(items).await.unwrap();
    survey.finish().await.unwrap();
    let objects = ledger
        .collection_objects(&ItemId::new("A"), None, i64::MIN, 10)
        .await
        .unwrap();
    assert_eq!(objects[0].twin, None);
    assert_eq!(objects[1].twin, Some(("1".into(), None)));
    let totals = ledger.survey_totals().await.unwrap();
    assert_eq!((totals.calendars, totals.events, totals.tasks), (1, 2, 0));
}

#[tokio::test]
async fn the_very_same_counts_as_moved_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = surveyed(folder.path()).await;
    let listing = ledger.begin_object_listing().await.unwrap();
    let there = TargetObject {
        path: "/calendars/a/theirs.ics".into(),
        etag: MD5.into(),
        uid: Some("uid of a1".into()),
    };
    ledger
        .add_target_objects(listing, vec![there.clone()])
        .await
        .unwrap();
    ledger.finish_object_listing(listing).await.unwrap();
    let plan = ledger.begin_plan().await.unwrap();
    let placed = (1..=5).map(|n| Placed {
        n,
        decision: Decision {
            action: Action::Keep,
            reason: Some(Reason::SameObject),
            settled: Some(OutcomeKind::Kept),
            ..decision(Step::Nothing, if n == 3 { &there.path } else { "" })
        },
        top: String::new(),
        depth: 0,
    });
    ledger.write_decisions(placed.collect()).await.unwrap();
    ledger.finish_plan(plan).await.unwrap();
    ledger.begin_run().await.unwrap();
    let objects = ledger
        .collection_objects(&ItemId::new("A"), None, i64::MIN, 10)
        .await
        .unwrap();
    let moved = objects[0].moved.as_ref().unwrap();
    assert_eq!(moved.now.as_ref(), Some(&there));
    assert_eq!(moved.source_version, "1");
    assert!(objects[1].moved.is_none());
    let rows = ledger.report_rows(2, 1, None).await.unwrap();
    assert_eq!(
        rows[0].hash.as_ref().map(|hash| hash.hex.as_str()),
        Some(MD5)
    );
}
