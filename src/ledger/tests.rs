use super::*;
use crate::model::{
    Action, Decision, Item, ItemId, ItemKind, Outcome, OutcomeKind, Space, SpaceId, SpaceKind,
    Step, TargetEntry,
};

fn space(id: &str) -> Space {
    Space {
        id: SpaceId::new(id),
        kind: SpaceKind::Own,
        name: id.into(),
        change_token: Some("7".into()),
    }
}

fn item(id: &str, parent: Option<&str>, kind: ItemKind) -> Item {
    let parent = parent.map(crate::model::ItemId::new);
    let mut item = Item::new(SpaceId::new("own"), id, parent, id, kind);
    item.version = "1".into();
    item.size = Some(3);
    item
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

async fn surveyed(folder: &Path, items: Vec<Item>) -> Ledger {
    let ledger = Ledger::open(&folder.join("a.sqlite")).await.unwrap();
    let survey = ledger.begin_survey().await.unwrap();
    survey.space(space("own")).await.unwrap();
    survey.items(items).await.unwrap();
    survey.finish().await.unwrap();
    ledger
}

fn three() -> Vec<Item> {
    vec![
        item("folder", None, ItemKind::Folder),
        item("file", Some("folder"), ItemKind::File),
        item("lost", Some("nowhere"), ItemKind::File),
    ]
}

#[tokio::test]
async fn finds_children_and_orphans() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = surveyed(folder.path(), three()).await;
    let names = |list: Vec<PlannedItem>| -> Vec<String> {
        list.into_iter().map(|one| one.item.name).collect()
    };
    let top = FolderToPlan::Top(SpaceId::new("own"));
    assert_eq!(names(ledger.children(top).await.unwrap()), ["folder"]);
    let inside = FolderToPlan::Folder(crate::model::ItemId::new("folder"));
    assert_eq!(names(ledger.children(inside).await.unwrap()), ["file"]);
    let orphans = ledger.children(FolderToPlan::Orphans).await.unwrap();
    assert_eq!(names(orphans), ["lost"]);
    let totals = ledger.survey_totals().await.unwrap();
    assert_eq!((totals.folders, totals.files, totals.bytes), (1, 2, 6));
}

#[tokio::test]
async fn what_a_first_survey_is_told_twice_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let again = Item {
        name: "renamed".into(),
        ..item("file", Some("folder"), ItemKind::File)
    };
    let ledger = Ledger::open(&folder.path().join("a.sqlite")).await.unwrap();
    let survey = ledger.begin_survey().await.unwrap();
    survey.space(space("own")).await.unwrap();
    survey.items(three()).await.unwrap();
    survey.items(vec![again]).await.unwrap();
    let known = |id: &str| {
        let id = crate::model::ItemId::new(id);
        let survey = survey.clone();
        async move { survey.known(&id).await.unwrap().map(|item| item.name) }
    };
    assert_eq!(known("file").await.as_deref(), Some("renamed"));
    assert_eq!(known("none").await, None);
    // Also after it was looked for.
    let once_more = item("file", Some("folder"), ItemKind::File);
    survey.items(vec![once_more]).await.unwrap();
    assert_eq!(known("file").await.as_deref(), Some("file"));
    survey.finish().await.unwrap();
    let totals = ledger.survey_totals().await.unwrap();
    assert_eq!((totals.folders, totals.files), (1, 2));
}

#[tokio::test]
async fn a_first_survey_that_broke_off_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    for settled in [false, true] {
        let ledger = Ledger::open(&path).await.unwrap();
        let survey = ledger.begin_survey().await.unwrap();
        survey.space(space("own")).await.unwrap();
        survey.items(three()).await.unwrap();
        if settled {
            let id = crate::model::ItemId::new("file");
            assert!(survey.known(&id).await.unwrap().is_some());
        }
        assert!(!ledger.is_surveyed().await.unwrap());
        ledger.close().await.unwrap();
    }
    let two = three().into_iter().take(2).collect();
    let ledger = surveyed(folder.path(), two).await;
    let totals = ledger.survey_totals().await.unwrap();
    assert_eq!((totals.folders, totals.files), (1, 1));
    assert!(!ledger.has_orphans().await.unwrap());
}

#[tokio::test]
async fn a_second_survey_forgets_what_it_does_not_find() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = surveyed(folder.path(), three()).await;
    let survey = ledger.begin_survey().await.unwrap();
    assert!(!ledger.is_surveyed().await.unwrap());
    survey.space(space("own")).await.unwrap();
    survey
        .items(vec![item("folder", None, ItemKind::Folder)])
        .await
        .unwrap();
    survey.finish().await.unwrap();
    assert!(ledger.is_surveyed().await.unwrap());
    let totals = ledger.survey_totals().await.unwrap();
    assert_eq!((totals.folders, totals.files), (1, 0));
}

#[tokio::test]
async fn a_survey_of_changes_keeps_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = surveyed(folder.path(), three()).await;
    for (gone, left) in [(true, (0, 1)), (false, (1, 2))] {
        let survey = ledger.begin_survey().await.unwrap();
        survey.space(space("own")).await.unwrap();
        survey
            .unchanged_unless_told(&SpaceId::new("own"))
            .await
            .unwrap();
        if gone {
            let id = crate::model::ItemId::new("folder");
            survey.gone(vec![id]).await.unwrap();
        } else {
            // Back from the trash, with what lies in it.
            let back = item("folder", None, ItemKind::Folder);
            survey.items(vec![back]).await.unwrap();
        }
        survey.finish().await.unwrap();
        let totals = ledger.survey_totals().await.unwrap();
        assert_eq!((totals.folders, totals.files), left);
    }
}

fn at(id: &str, parent: Option<&str>, kind: ItemKind, path: &str) -> Item {
    Item {
        path: Some(path.to_owned()),
        ..item(id, parent, kind)
    }
}

#[tokio::test]
async fn what_comes_to_a_path_replaces_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let items = vec![
        at("a", None, ItemKind::Folder, "/a"),
        at("a1", Some("a"), ItemKind::File, "/a/1"),
        at("b", None, ItemKind::Folder, "/b"),
        at("b1", Some("b"), ItemKind::File, "/b/1"),
        at("c", None, ItemKind::File, "/c"),
    ];
    let ledger = surveyed(folder.path(), items).await;
    let survey = ledger.begin_survey().await.unwrap();
    survey.space(space("own")).await.unwrap();
    let own = SpaceId::new("own");
    survey.unchanged_unless_told(&own).await.unwrap();
    let there = async |path: &str| {
        let found = survey.known_at(&own, path).await.unwrap();
        found.map(|item| (item.id.0, item.parent.map(|parent| parent.0)))
    };
    let is = |id: &str, parent: Option<&str>| Some((id.to_owned(), parent.map(str::to_owned)));

    // A file instead of a folder: what lay in it is gone as well. A folder instead of a folder: it stays.
    let instead = vec![
        at("a2", None, ItemKind::File, "/a"),
        at("b2", None, ItemKind::Folder, "/b"),
        at("c2", None, ItemKind::Folder, "/c"),
    ];
    survey.items(instead).await.unwrap();
    assert_eq!(there("/a").await, is("a2", None));
    assert_eq!(there("/a/1").await, None);
    assert_eq!(there("/b").await, is("b2", None));
    assert_eq!(there("/b/1").await, is("b1", Some("b2")));
    assert_eq!(there("/c").await, is("c2", None));
    for gone in ["a", "a1", "b", "c"] {
        let known = survey.known(&ItemId::new(gone)).await.unwrap();
        assert!(known.is_none(), "{gone}");
    }
    let elsewhere = survey.known_at(&SpaceId::new("t"), "/c").await.unwrap();
    assert!(elsewhere.is_none());
}

#[tokio::test]
async fn what_is_gone_from_a_path_takes_along_what_is_below() {
    let folder = tempfile::tempdir().unwrap();
    let items = vec![
        at("a", None, ItemKind::Folder, "/a"),
        at("a1", Some("a"), ItemKind::File, "/a/1"),
        at("a2", Some("a"), ItemKind::File, "/a/2"),
        at("a-", None, ItemKind::File, "/a-"),
        at("a0", None, ItemKind::File, "/a0"),
    ];
    let ledger = surveyed(folder.path(), items).await;
    let own = SpaceId::new("own");
    // A folder was moved after one of its files was deleted: it is told of before or after its old path.
    let moved = || {
        vec![
            at("a", None, ItemKind::Folder, "/b"),
            at("a1", Some("a"), ItemKind::File, "/b/1"),
        ]
    };
    for gone_first in [true, false] {
        let survey = ledger.begin_survey().await.unwrap();
        survey.space(space("own")).await.unwrap();
        survey.unchanged_unless_told(&own).await.unwrap();
        if gone_first {
            survey.gone_at(&own, "/a").await.unwrap();
            survey.items(moved()).await.unwrap();
        } else {
            let back = vec![
                at("a", None, ItemKind::Folder, "/a"),
                at("a1", Some("a"), ItemKind::File, "/a/1"),
                at("a2", Some("a"), ItemKind::File, "/a/2"),
            ];
            survey.items(back).await.unwrap();
            survey.items(moved()).await.unwrap();
            survey.gone_at(&own, "/a").await.unwrap();
        }
        for (id, there) in [
            ("a", true),
            ("a1", true),
            ("a2", false),
            ("a-", true),
            ("a0", true),
        ] {
            let known = survey.known(&ItemId::new(id)).await.unwrap();
            assert_eq!(known.is_some(), there, "{id}");
        }
        survey.finish().await.unwrap();
    }
}

#[tokio::test]
async fn half_a_listing_is_nothing_to_go_on_from() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = surveyed(folder.path(), three()).await;
    let told = Space {
        change_token: Some("later".into()),
        ..space("own")
    };
    let token = async || {
        let spaces = ledger.surveyed_spaces().await.unwrap();
        spaces.into_iter().next().unwrap().change_token
    };
    // Changes that were half told can be told again.
    let survey = ledger.begin_survey().await.unwrap();
    survey.space(told.clone()).await.unwrap();
    survey.unchanged_unless_told(&told.id).await.unwrap();
    assert_eq!(token().await.as_deref(), Some("later"));
    let survey = ledger.begin_survey().await.unwrap();
    survey.space(told.clone()).await.unwrap();
    assert_eq!(token().await, None);
    // Nor is it, when another one follows.
    let survey = ledger.begin_survey().await.unwrap();
    survey.space(told).await.unwrap();
    assert_eq!(token().await, None);
    survey.finish().await.unwrap();
    assert_eq!(token().await.as_deref(), Some("later"));
}

async fn planned(folder: &Path) -> Ledger {
    let ledger = surveyed(folder, three()).await;
    let plan = ledger.begin_plan().await.unwrap();
    let upload = Step::Upload { replace: None };
    let steps = [
        (1, decision(Step::MakeFolder, "folder"), 0),
        (2, decision(upload.clone(), "folder/file"), 1),
        (3, decision(upload, "Orphans/lost"), 1),
    ];
    for (n, decision, depth) in steps {
        let placed = Placed {
            n,
            top: decision.target_path.clone(),
            decision,
            depth,
        };
        ledger.write_decisions(vec![placed]).await.unwrap();
    }
    assert_eq!(ledger.complete_plan().await.unwrap(), None);
    ledger.finish_plan(plan).await.unwrap();
    ledger
}

fn moved(n: i64, task: Task, path: &str) -> Finished {
    let mut outcome = Outcome::settled(OutcomeKind::Moved, None);
    outcome.source_version = Some("1".into());
    Finished {
        n,
        task,
        outcome,
        entry: Some(entry(n, task == Task::Folder, path).into()),
        properties: false,
    }
}

fn entry(n: i64, is_folder: bool, path: &str) -> TargetEntry {
    TargetEntry {
        path: path.into(),
        is_folder,
        size: 3,
        etag: "e".into(),
        file_id: Some(n.to_string()),
        modified: None,
        checksums: Vec::new(),
    }
}

#[tokio::test]
async fn jobs_survive_and_the_account_balances() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = planned(folder.path()).await;
    assert!(ledger.begin_run().await.unwrap());
    let Claim::Jobs(folders) = ledger.claim(Task::Folder, 10, 0).await.unwrap() else {
        panic!("no folder to make");
    };
    assert_eq!(folders.len(), 1);
    ledger
        .finish(vec![moved(1, Task::Folder, "folder")])
        .await
        .unwrap();
    assert_eq!(
        ledger.claim(Task::Folder, 10, 0).await.unwrap(),
        Claim::Done
    );
    let Claim::Jobs(files) = ledger.claim(Task::Content, 1, 0).await.unwrap() else {
        panic!("no file to send");
    };
    assert!(!files[0].interrupted);
    // Killed here.
    drop(ledger);
    let ledger = Ledger::open(&folder.path().join("a.sqlite")).await.unwrap();
    assert_eq!(ledger.run_state().await.unwrap(), RunState::Begun);
    assert!(ledger.begin_run().await.unwrap());
    let Claim::Jobs(files) = ledger.claim(Task::Content, 10, 0).await.unwrap() else {
        panic!("the jobs are lost");
    };
    assert_eq!(files.len(), 2);
    assert!(files[0].interrupted);
    assert!(!ledger.balance().await.unwrap().is_balanced());
    ledger.put_back(Task::Content, 3, 1, 500).await.unwrap();
    ledger
        .finish(vec![moved(2, Task::Content, "folder/file")])
        .await
        .unwrap();
    let later = ledger.claim(Task::Content, 10, 499).await.unwrap();
    assert_eq!(later, Claim::Later { at: Some(500) });
    ledger
        .finish(vec![moved(3, Task::Content, "Orphans/lost")])
        .await
        .unwrap();
    let balance = ledger.balance().await.unwrap();
    assert!(balance.is_balanced(), "{balance:?}");
    assert_eq!(balance.account.moved, 3);
    ledger.prepare_properties().await.unwrap();
    assert_eq!(ledger.run_state().await.unwrap(), RunState::Done);
}

fn failed(n: i64, task: Task, reason: crate::model::Reason) -> Finished {
    Finished {
        n,
        task,
        outcome: Outcome::failed(reason, "broken"),
        entry: None,
        properties: false,
    }
}

#[tokio::test]
async fn what_failed_can_be_tried_again() {
    use crate::model::Reason;
    let folder = tempfile::tempdir().unwrap();
    let ledger = planned(folder.path()).await;
    assert_eq!(ledger.try_again(None).await.unwrap(), (0, 0), "not begun");
    ledger.begin_run().await.unwrap();
    let ends = vec![
        moved(1, Task::Folder, "folder"),
        failed(2, Task::Content, Reason::TargetUnavailable),
        failed(3, Task::Content, Reason::SourceGone),
    ];
    ledger.finish(ends).await.unwrap();
    ledger.prepare_properties().await.unwrap();
    for job in 0..2 {
        // Dates of what was made; none of it matters here.
        let Claim::Jobs(jobs) = ledger.claim(Task::Properties, 9, 0).await.unwrap() else {
            break;
        };
        assert!(job == 0, "{jobs:?}");
    }
    let filter = ReportFilter::Kind(OutcomeKind::Failed);
    assert_eq!(ledger.report_count(filter).await.unwrap(), 2);

    // What is gone stays gone; the other is back in the queue, once.
    assert_eq!(ledger.try_again(Some(3)).await.unwrap(), (0, 0));
    assert_eq!(ledger.try_again(None).await.unwrap(), (1, 3));
    assert_eq!(ledger.try_again(Some(2)).await.unwrap(), (0, 0));
    assert_eq!(ledger.run_state().await.unwrap(), RunState::Begun);
    assert_eq!(ledger.balance().await.unwrap().missing, 1);
    let Claim::Jobs(jobs) = ledger.claim(Task::Content, 9, 0).await.unwrap() else {
        panic!("nothing to try again");
    };
    assert_eq!(jobs.len(), 1);
    assert_eq!(
        (jobs[0].n, jobs[0].attempts, jobs[0].interrupted),
        (2, 0, true)
    );
    ledger
        .finish(vec![moved(2, Task::Content, "folder/file")])
        .await
        .unwrap();
    assert!(ledger.balance().await.unwrap().is_balanced());
}

#[tokio::test]
async fn the_account_is_read_by_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = planned(folder.path()).await;
    ledger.begin_run().await.unwrap();
    let mut link = moved(3, Task::Content, "Orphans/lost");
    link.outcome.kind = OutcomeKind::Linked;
    let ends = vec![
        moved(1, Task::Folder, "folder"),
        moved(2, Task::Content, "folder/file"),
        link,
    ];
    ledger.finish(ends).await.unwrap();
    let page = async |filter, offset, limit| -> Vec<i64> {
        let rows = ledger.report_page(filter, offset, limit).await.unwrap();
        rows.iter().map(|row| row.n).collect()
    };
    assert_eq!(page(ReportFilter::All, 0, 2).await, [1, 2]);
    assert_eq!(page(ReportFilter::All, 2, 2).await, [3]);
    assert_eq!(page(ReportFilter::ByHand, 0, 9).await, [3]);
    let moved = ReportFilter::Kind(OutcomeKind::Moved);
    assert_eq!(page(moved, 1, 9).await, [2]);
    assert_eq!(page(ReportFilter::Renamed, 0, 9).await, [0_i64; 0]);
    for (filter, count) in [
        (ReportFilter::All, 3),
        (moved, 2),
        (ReportFilter::ByHand, 1),
    ] {
        assert_eq!(ledger.report_count(filter).await.unwrap(), count);
    }
}

#[tokio::test]
async fn remembers_where_what_was_moved_is_now() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = planned(folder.path()).await;
    ledger.begin_run().await.unwrap();
    ledger
        .finish(vec![moved(2, Task::Content, "folder/file")])
        .await
        .unwrap();
    let id = crate::model::ItemId::new("file");
    let before = ledger.planned_item(&id).await.unwrap().unwrap();
    assert!(before.moved.unwrap().there.is_some());
    let listing = ledger.begin_target_listing().await.unwrap();
    let renamed = entry(2, false, "folder/other");
    ledger
        .add_target_entries(listing, vec![renamed])
        .await
        .unwrap();
    ledger.finish_target_listing(listing).await.unwrap();
    let now = ledger.planned_item(&id).await.unwrap().unwrap();
    let moved = now.moved.unwrap();
    assert_eq!(moved.there, None);
    assert_eq!(moved.elsewhere.unwrap().path, "folder/other");
}

#[tokio::test]
async fn a_second_copy_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    let first = Ledger::open(&path).await.unwrap();
    let second = Ledger::open(&path).await;
    assert!(matches!(second, Err(LedgerError::InUse { .. })));
    drop(first);
    assert!(Ledger::open(&path).await.is_ok());
}

#[tokio::test]
async fn a_damaged_ledger_is_kept_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    std::fs::write(&path, b"this is no database, whatever its name says").unwrap();
    let Err(LedgerError::Damaged { kept_as, .. }) = Ledger::open(&path).await else {
        panic!("a damaged ledger was opened");
    };
    let kept = std::fs::read(kept_as).unwrap();
    assert!(kept.starts_with(b"this is no database"));
    assert!(Ledger::open(&path).await.is_ok());
}

#[tokio::test]
async fn a_newer_ledger_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    drop(Ledger::open(&path).await.unwrap());
    let db = Connection::open(&path).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    let newer = Ledger::open(&path).await;
    assert!(matches!(newer, Err(LedgerError::Newer { .. })));
    assert!(path.exists());
}

#[tokio::test]
async fn puts_source_paths_together() {
    let folder = tempfile::tempdir().unwrap();
    let mut items = three();
    let mut inside = item("inside", Some("folder"), ItemKind::File);
    inside.name = "12/05.txt".into();
    items.push(inside);
    // Each in the other.
    items.push(item("a", Some("b"), ItemKind::Folder));
    items.push(item("b", Some("a"), ItemKind::Folder));
    let ledger = surveyed(folder.path(), items).await;
    let paths = ledger.source_paths((1..=4).collect()).await.unwrap();
    assert_eq!(paths, ["folder", "folder/file", "lost", "folder/12∕05.txt"]);
    assert_eq!(ledger.source_paths(vec![99]).await.unwrap(), [""]);
    let round = ledger.source_paths(vec![5]).await.unwrap();
    assert!(round.first().unwrap().ends_with("b/a"));
}

mod tree {
    use super::*;
    use crate::model::{Branch, ItemId, Scope, Share, Sum};

    fn branch(id: &str) -> Branch {
        Branch::Item(ItemId::new(id))
    }

    async fn deep(folder: &Path) -> Ledger {
        let folders = [("a", None), ("b", Some("a")), ("c", Some("b")), ("d", None)];
        let mut items: Vec<Item> = folders
            .into_iter()
            .map(|(id, up)| item(id, up, ItemKind::Folder))
            .collect();
        for (id, up) in [("1", "a"), ("2", "b"), ("3", "c"), ("4", "c"), ("5", "d")] {
            items.push(item(id, Some(up), ItemKind::File));
        }
        items.push(item("6", None, ItemKind::File));
        // Folders that lie in each other have no sum that ends.
        items.push(item("x", Some("y"), ItemKind::Folder));
        items.push(item("y", Some("x"), ItemKind::Folder));
        surveyed(folder, items).await
    }

    #[tokio::test]
    async fn branches_are_summed_up() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = deep(folder.path()).await;
        let spaces = ledger.tree(None).await.unwrap();
        assert_eq!(spaces.len(), 1);
        assert_eq!((spaces[0].sum.items, spaces[0].sum.bytes), (6, 18));
        let top = ledger.tree(Some(spaces[0].branch.clone())).await.unwrap();
        let shown: Vec<_> = top
            .iter()
            .map(|node| (node.name.as_str(), node.sum.items, node.has_branches))
            .collect();
        assert_eq!(shown, [("a", 4, true), ("d", 1, false)]);
        let below = ledger.tree(Some(branch("b"))).await.unwrap();
        assert_eq!(below[0].sum, Sum { items: 2, bytes: 6 });
    }

    #[tokio::test]
    async fn a_tick_clears_those_below_and_says_nothing_twice() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = deep(folder.path()).await;
        let own = Branch::Space(SpaceId::new("own"));
        ledger
            .choose(branch("a"), false, Scope::default())
            .await
            .unwrap();
        let selection = ledger
            .choose(branch("c"), true, Scope::default())
            .await
            .unwrap();
        let all = ledger.tree(None).await.unwrap()[0].sum;
        let (share, sum) = selection.share(&own, &[], all, true);
        assert_eq!((share, sum.items), (Share::Some, 4));
        // What it was without any tick.
        let selection = ledger
            .choose(branch("a"), true, Scope::default())
            .await
            .unwrap();
        assert!(selection.is_empty());
    }

    #[tokio::test]
    async fn a_tick_makes_a_plan_stale() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = deep(folder.path()).await;
        let plan = ledger.begin_plan().await.unwrap();
        ledger.finish_plan(plan).await.unwrap();
        assert!(ledger.complete_plan().await.unwrap().is_some());
        ledger
            .choose(branch("a"), false, Scope::default())
            .await
            .unwrap();
        assert!(ledger.complete_plan().await.unwrap().is_none());
    }
}
