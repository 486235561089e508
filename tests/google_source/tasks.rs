use std::collections::{BTreeMap, BTreeSet};

use transhumance::model::{Component, ItemKind, Scope};
use transhumance::practice::faults::{Faults, Kind};
use transhumance::practice::google::TaskList;
use transhumance::source::{Source as _, SourceError};

use super::calendars::texts;
use super::{Inventory, Practice};

fn tasks_only() -> Scope {
    Scope {
        files: false,
        calendars: false,
        contacts: false,
        ..Scope::default()
    }
}

async fn survey(practice: &Practice) -> Inventory {
    practice.survey_with(&tasks_only()).await
}

fn collection(list: &TaskList) -> String {
    format!("tasklist:{}", list.id)
}

#[tokio::test]
async fn lists_and_tasks_are_told_of_also_those_done_and_hidden() {
    let practice = Practice::with(3_200).await;
    let inventory = survey(&practice).await;
    let lists = practice.control().task_lists();
    assert_eq!(lists.len(), 4);
    for list in &lists {
        let item = inventory.get(&collection(list));
        assert_eq!((item.kind, &item.name), (ItemKind::Calendar, &list.title));
        assert_eq!(
            item.collection.as_ref().unwrap().components,
            [Component::Todo]
        );
        let found: BTreeSet<&str> = inventory
            .below(&collection(list))
            .iter()
            .map(|task| task.locator.as_str())
            .collect();
        let there = list.tasks.iter().filter(|task| !task.deleted);
        assert_eq!(found, there.map(|task| task.id.as_str()).collect());
    }
    assert_eq!(inventory.below(&collection(&lists[3])).len(), 200);
    assert!(
        inventory
            .all()
            .filter(|item| item.kind == ItemKind::Task)
            .all(|item| item.uid.is_some())
    );
}

#[tokio::test]
async fn tasks_become_todos() {
    let practice = Practice::with(800).await;
    let inventory = survey(&practice).await;
    let source = practice.source_with(&tasks_only());
    for list in practice.control().task_lists() {
        let found = texts(&source, &inventory, &collection(&list)).await;
        let uid = |id: &str| {
            inventory
                .get(&format!("task:{}/{id}", list.id))
                .uid
                .clone()
                .unwrap()
        };
        for task in list.tasks.iter().filter(|task| !task.deleted) {
            let id = format!("task:{}/{}", list.id, task.id);
            let object = found[&id].as_ref().unwrap();
            assert_eq!(object.version, inventory.get(&id).version);
            assert!(object.converted);
            let text = String::from_utf8(object.text.to_vec())
                .unwrap()
                .replace("\r\n ", "");
            let has = |needle: &str| assert!(text.contains(needle), "{needle} in {text}");
            has("BEGIN:VTODO\r\n");
            has(&format!("UID:{}\r\n", uid(&task.id)));
            assert_eq!(text.contains("STATUS:COMPLETED"), task.completed.is_some());
            if let Some(due) = &task.due {
                has(&format!("DUE;VALUE=DATE:{}", due.replace('-', "")));
            }
            if let Some(parent) = &task.parent
                && list.tasks.iter().any(|other| other.id == *parent)
            {
                has(&uid(parent));
            }
        }
    }
}

#[tokio::test]
async fn a_second_survey_sees_what_changed() {
    let practice = Practice::with(80).await;
    let control = practice.control();
    let source = practice.source_with(&tasks_only());
    let mut inventory = Inventory::default();
    inventory.survey(&source).await.unwrap();
    let list = control.task_lists()[0].clone();
    let versions = |inventory: &Inventory| -> BTreeMap<String, String> {
        inventory
            .all()
            .map(|item| (item.id.0.clone(), item.version.clone()))
            .collect()
    };
    let before = versions(&inventory);
    inventory.survey(&source).await.unwrap();
    assert_eq!(before, versions(&inventory));
    let (renamed, moved, gone) = (&list.tasks[0], &list.tasks[1], &list.tasks[5]);
    control.edit_task(&list.id, &renamed.id, |task| task.title = "Autre".into());
    control.edit_task(&list.id, &moved.id, |task| {
        task.position = "00000000000000000001".into()
    });
    control.edit_task(&list.id, &gone.id, |task| task.deleted = true);
    inventory.survey(&source).await.unwrap();
    let after = versions(&inventory);
    let id = |task: &str| format!("task:{}/{task}", list.id);
    assert_ne!(before[&id(&renamed.id)], after[&id(&renamed.id)]);
    assert_ne!(before[&id(&moved.id)], after[&id(&moved.id)]);
    assert!(!after.contains_key(&id(&gone.id)));
    assert_eq!(before.len(), after.len() + 1);
    let item = inventory.get(&id(&renamed.id));
    assert_eq!(
        source.version_now(item).await.unwrap().as_ref(),
        Some(&item.version)
    );
}

#[tokio::test]
async fn tasks_come_through_bad_weather_and_go_missing_by_name() {
    let practice = Practice::with(1_600).await;
    let inventory = survey(&practice).await;
    let list = practice.control().task_lists()[3].clone();
    let passing = [
        Kind::Unavailable,
        Kind::ResetBefore,
        Kind::ShortBody,
        Kind::CloseAfter,
    ];
    practice
        .control()
        .set_faults(Faults::seeded_only(3, 0.6, passing));
    let rough = survey(&practice).await;
    assert_eq!(
        inventory.all().collect::<Vec<_>>(),
        rough.all().collect::<Vec<_>>()
    );
    let gone = &list.tasks[2];
    practice
        .control()
        .edit_task(&list.id, &gone.id, |task| task.deleted = true);
    let found = texts(
        &practice.source_with(&tasks_only()),
        &inventory,
        &collection(&list),
    )
    .await;
    let missing = &found[&format!("task:{}/{}", list.id, gone.id)];
    assert!(matches!(missing, Err(SourceError::NotFound)), "{missing:?}");
    assert_eq!(found.values().filter(|task| task.is_err()).count(), 1);
}
