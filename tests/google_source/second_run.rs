use transhumance::model::{ItemId, ItemKind, Scope};
use transhumance::practice::content::Content;
use transhumance::practice::google::Owner;

use super::{Inventory, Practice, files_only, with_shared};

/// What a survey of changes must come to: the same as a survey of everything.
async fn same_as_afresh(practice: &Practice, inventory: &Inventory, scope: &Scope) {
    let afresh = practice.survey_with(scope).await;
    for item in afresh.all() {
        assert_eq!(inventory.get(item.id.as_str()), item);
    }
    for item in inventory.all() {
        assert!(afresh.find(item.id.as_str()).is_some(), "{item:?}");
    }
}

#[tokio::test]
async fn tells_only_of_what_changed() {
    let practice = Practice::with(2_200).await;
    let control = practice.control();
    let source = practice.source();
    let mut inventory = Inventory::default();
    inventory.survey(&source).await.unwrap();

    let folder = practice.id("documents");
    let added = control
        .add_file(&folder, "neuf.bin", Content::noise(5, 50))
        .unwrap();
    let branch = control.add_folder(&folder, "Nouvelle branche").unwrap();
    let inside = control
        .add_file(&branch, "dedans.bin", Content::noise(6, 60))
        .unwrap();
    assert!(control.rename(&practice.id("slides"), "AG 2027"));
    assert!(control.rewrite(&practice.id("starred"), Content::noise(7, 70)));
    assert!(control.move_to(&practice.id("to-be-moved"), &branch));
    assert!(control.trash(&practice.id("contents")));
    assert!(control.delete(&practice.id("described")));
    assert!(control.restore(&practice.id("trashed-folder")));
    let drive = control.drives()[0].clone();
    let in_drive = control
        .add_file(&drive.id, "commun.bin", Content::noise(8, 80))
        .unwrap();

    control.forget_requests();
    inventory.survey(&source).await.unwrap();
    let asked = control.requests();
    assert!(asked["changes.list"] >= 3, "{asked:?}");
    assert!(
        asked.get("files.list").copied().unwrap_or(0) < 20,
        "no full listing: {asked:?}"
    );
    assert_eq!(inventory.get(&added).size, Some(50));
    assert_eq!(inventory.get(&inside).parent, Some(ItemId(branch.clone())));
    assert_eq!(inventory.get(&practice.id("slides")).name, "AG 2027");
    let moved = inventory.get(&practice.id("to-be-moved"));
    assert_eq!(moved.parent, Some(ItemId(branch)));
    for label in ["contents", "empty-file", "starred", "described"] {
        assert!(inventory.find(&practice.id(label)).is_none(), "{label}");
    }
    for label in ["trashed-folder", "in-trashed-folder"] {
        assert!(inventory.find(&practice.id(label)).is_some(), "{label}");
    }
    let common = inventory.get(&in_drive);
    assert_eq!(common.space.0, format!("drive:{}", drive.id));
    same_as_afresh(&practice, &inventory, &files_only()).await;
}

#[tokio::test]
async fn nothing_changed_means_nothing_is_lost() {
    let practice = Practice::with(300).await;
    let source = practice.source();
    let mut inventory = Inventory::default();
    for _ in 0..3 {
        inventory.survey(&source).await.unwrap();
    }
    same_as_afresh(&practice, &inventory, &files_only()).await;
}

#[tokio::test]
async fn what_lies_outside_is_looked_at_again() {
    let practice = Practice::with(0).await;
    let control = practice.control();
    let source = practice.source();
    let mut inventory = Inventory::default();
    inventory.survey(&source).await.unwrap();
    let shortcut = practice.id("shortcut-outside-folder");
    let before = inventory.get(&practice.id("shortcut-outside-doc")).clone();
    assert!(control.delete(&practice.id("in-outside-folder")));
    control.advance(std::time::Duration::from_secs(60));
    assert!(control.rewrite(&practice.id("outside-doc"), Content::text(1, 1)));
    inventory.survey(&source).await.unwrap();
    assert_eq!(inventory.get(&shortcut).kind, ItemKind::Folder);
    assert!(inventory.below(&shortcut).is_empty());
    let after = inventory.get(&practice.id("shortcut-outside-doc"));
    assert_ne!(after.version, before.version);

    assert!(control.delete(&practice.id("outside-doc")));
    assert!(control.delete(&shortcut));
    inventory.survey(&source).await.unwrap();
    assert!(inventory.find(&shortcut).is_none());
    let dangling = inventory.get(&practice.id("shortcut-outside-doc"));
    assert_eq!(dangling.kind, ItemKind::Shortcut);
    assert!(dangling.obstacle.is_some());
    same_as_afresh(&practice, &inventory, &files_only()).await;
}

#[tokio::test]
async fn what_others_own_moves_between_the_spaces() {
    let practice = Practice::with(0).await;
    let control = practice.control();
    let source = practice.source();
    let mut inventory = Inventory::default();
    let folder = practice.id("documents");
    let theirs = control
        .add_file(&folder, "prêté.bin", Content::noise(1, 10))
        .unwrap();
    assert!(control.alter(&theirs, |node| node.owner = Owner::Other(2)));
    inventory.survey(&source).await.unwrap();
    assert_eq!(inventory.get(&theirs).space.0, "my-drive");

    assert!(control.alter(&theirs, |node| node.parent = None));
    inventory.survey(&source).await.unwrap();
    assert!(inventory.find(&theirs).is_none());
    let left_out = inventory.get(&format!("shared:{theirs}"));
    assert_eq!(left_out.space.0, "shared-with-me");

    assert!(control.move_to(&theirs, &folder));
    inventory.survey(&source).await.unwrap();
    assert_eq!(inventory.get(&theirs).parent, Some(ItemId(folder)));
    same_as_afresh(&practice, &inventory, &files_only()).await;
}

#[tokio::test]
async fn wanting_the_shared_items_later_lists_everything() {
    let practice = Practice::with(0).await;
    let mut inventory = Inventory::default();
    inventory.survey(&practice.source()).await.unwrap();
    for scope in [with_shared(), with_shared(), files_only()] {
        let source = practice.source_with(&scope);
        inventory.survey(&source).await.unwrap();
        same_as_afresh(&practice, &inventory, &scope).await;
    }
}

#[tokio::test]
async fn a_change_token_that_is_not_known_lists_everything() {
    let practice = Practice::with(50).await;
    let source = practice.source();
    let mut inventory = Inventory::default();
    inventory.survey(&source).await.unwrap();
    inventory.forget_tokens("not-a-token");
    practice.control().forget_requests();
    inventory.survey(&source).await.unwrap();
    assert!(practice.control().requests()["files.list"] >= 3);
    same_as_afresh(&practice, &inventory, &files_only()).await;
}
