use transhumance::model::{ItemId, ItemKind, Reason, Scope};
use transhumance::practice::content::Content;
use transhumance::practice::microsoft::Account;

use super::{BOTH, Inventory, Practice, with_shared};

const HARVEST: &str = "https://canard-bleu.sharepoint.example/sites/Recoltes";

/// What a survey of changes must come to: the same as a survey of everything.
async fn same_as_afresh(practice: &Practice, inventory: &Inventory, sites: &[&str], scope: &Scope) {
    let afresh = practice.survey_with(sites, scope).await;
    for item in afresh.all() {
        assert_eq!(inventory.get(item.id.as_str()), item);
    }
    for item in inventory.all() {
        assert!(afresh.find(item.id.as_str()).is_some(), "{item:?}");
    }
}

#[tokio::test]
async fn tells_only_of_what_changed() {
    for account in BOTH {
        let practice = Practice::with(account, 2_200).await;
        let control = practice.control();
        let source = practice.source();
        let mut inventory = Inventory::default();
        inventory.survey(&source).await.unwrap();

        let folder = practice.raw("contents");
        let added = control
            .add_file(&folder, "neuf.bin", Content::noise(5, 50))
            .unwrap();
        let branch = control.add_folder(&folder, "Nouvelle branche").unwrap();
        let inside = control
            .add_file(&branch, "dedans.bin", Content::noise(6, 60))
            .unwrap();
        assert!(control.rename(&practice.raw("album"), "Fête 2027"));
        assert!(control.rewrite(&practice.raw("plain"), Content::noise(7, 70)));
        assert!(control.move_to(&practice.raw("to-be-moved"), &branch));
        assert!(control.delete(&practice.raw("names")));

        control.forget_requests();
        inventory.survey(&source).await.unwrap();
        let asked = control.requests();
        assert_eq!(
            asked["delta"],
            match account {
                // Two folders of others are listed whole each time.
                Account::Personal => 3,
                Account::Work => 1,
            }
        );
        assert_eq!(inventory.get(&practice.id_of(&added)).size, Some(50));
        let inside = inventory.get(&practice.id_of(&inside));
        assert_eq!(inside.parent, Some(ItemId(practice.id_of(&branch))));
        assert_eq!(inventory.get(&practice.id("album")).name, "Fête 2027");
        assert_eq!(inventory.get(&practice.id("plain")).size, Some(70));
        let moved = inventory.get(&practice.id("to-be-moved"));
        assert_eq!(moved.parent, Some(ItemId(practice.id_of(&branch))));
        same_as_afresh(&practice, &inventory, &[], &Scope::default()).await;
    }
}

#[tokio::test]
async fn nothing_changed_means_nothing_is_lost() {
    for account in BOTH {
        let practice = Practice::with(account, 300).await;
        let source = practice.source_with(&[], &with_shared());
        let mut inventory = Inventory::default();
        for _ in 0..3 {
            inventory.survey(&source).await.unwrap();
        }
        same_as_afresh(&practice, &inventory, &[], &with_shared()).await;
    }
}

/// The folder's end is told before its content is told to have moved, and of what lies deeper nothing is
/// told at all.
#[tokio::test]
async fn what_was_saved_from_a_folder_that_is_gone_stays_whole() {
    let practice = Practice::with(Account::Work, 0).await;
    let control = practice.control();
    let source = practice.source();
    let mut inventory = Inventory::default();
    inventory.survey(&source).await.unwrap();
    assert!(control.move_to(&practice.raw("saved"), &practice.raw("changing")));
    let doomed = [practice.id("doomed"), practice.id("in-doomed")];
    assert!(control.delete(&practice.raw("doomed")));
    inventory.survey(&source).await.unwrap();
    for label in ["saved", "in-saved", "below-saved", "in-below-saved"] {
        assert!(inventory.find(&practice.id(label)).is_some(), "{label}");
    }
    for id in doomed {
        assert!(inventory.find(&id).is_none(), "{id}");
    }
    same_as_afresh(&practice, &inventory, &[], &Scope::default()).await;
}

/// Of a folder that is restored, or moved in from elsewhere, only the folder itself is told.
#[tokio::test]
async fn a_folder_that_comes_back_brings_its_content() {
    for account in BOTH {
        let practice = Practice::with(account, 0).await;
        let control = practice.control();
        let source = practice.source();
        let mut inventory = Inventory::default();
        inventory.survey(&source).await.unwrap();
        let raw = practice.raw("changing");
        let below: Vec<String> = ["renamed", "saved", "in-below-saved"]
            .map(|label| practice.id(label))
            .to_vec();
        assert!(control.delete(&raw));
        inventory.survey(&source).await.unwrap();
        assert!(below.iter().all(|id| inventory.find(id).is_none()));
        assert!(control.restore(&raw));
        inventory.survey(&source).await.unwrap();
        assert!(below.iter().all(|id| inventory.find(id).is_some()));
        same_as_afresh(&practice, &inventory, &[], &Scope::default()).await;
    }
}

#[tokio::test]
async fn what_others_change_in_added_folders_is_looked_at_again() {
    for account in BOTH {
        let practice = Practice::with(account, 0).await;
        let control = practice.control();
        let source = practice.source();
        let mut inventory = Inventory::default();
        inventory.survey(&source).await.unwrap();
        let before = inventory.get(&practice.id("added-file")).clone();
        let gone = practice.id("in-outside-folder");
        assert!(control.delete(&practice.raw("in-outside-folder")));
        assert!(control.rewrite(&practice.raw("outside-file"), Content::noise(3, 33)));
        let added = control
            .add_file(
                &practice.raw("outside-inner"),
                "neuf.bin",
                Content::noise(4, 44),
            )
            .unwrap();
        inventory.survey(&source).await.unwrap();
        assert!(inventory.find(&gone).is_none());
        assert!(inventory.find(&practice.id_of(&added)).is_some());
        let after = inventory.get(&practice.id("added-file"));
        assert_ne!(after.version, before.version);
        assert_eq!(after.name, before.name);
        same_as_afresh(&practice, &inventory, &[], &Scope::default()).await;

        // The owner takes it all back; a shortcut is thrown away.
        let town = practice.id("added-town");
        let farm = practice.id("added-folder");
        assert!(control.delete(&practice.raw("outside-town")));
        assert!(control.delete(&practice.raw("added-folder")));
        inventory.survey(&source).await.unwrap();
        assert!(inventory.find(&farm).is_none());
        assert!(inventory.find(&practice.id_of(&added)).is_none());
        let town = inventory.get(&town);
        assert_eq!(town.obstacle, Some(Reason::ShortcutDangling));
        assert_eq!(town.kind, ItemKind::Folder);
    }
}

#[tokio::test]
async fn a_list_that_must_begin_anew_does() {
    for account in BOTH {
        let practice = Practice::with(account, 300).await;
        let control = practice.control();
        let source = practice.source();
        let mut inventory = Inventory::default();
        inventory.survey(&source).await.unwrap();
        let gone = practice.id("plain");
        assert!(control.delete(&practice.raw("plain")));
        control.forget_changes();
        inventory.survey(&source).await.unwrap();
        assert!(inventory.find(&gone).is_none());
        same_as_afresh(&practice, &inventory, &[], &Scope::default()).await;

        // A link of another place, and one that makes no sense, are not followed.
        let token = inventory.space_of("onedrive").unwrap().change_token.clone();
        let (_, rest) = token.as_deref().unwrap().split_once(' ').unwrap();
        let own = practice.server.endpoint();
        for link in [
            "http://127.0.0.1:1/v1.0/elsewhere".to_owned(),
            format!("{own}v1.0/me/drive/root/delta?token=x"),
        ] {
            inventory.forget_tokens(&format!("{link} {rest}"));
            inventory.survey(&source).await.unwrap();
        }
        same_as_afresh(&practice, &inventory, &[], &Scope::default()).await;
    }
}

#[tokio::test]
async fn sites_go_on_and_come_and_go() {
    let practice = Practice::with(Account::Work, 50).await;
    let control = practice.control();
    let mut inventory = Inventory::default();
    for sites in [&[HARVEST][..], &[HARVEST, "Commission Légumes"], &[]] {
        let source = practice.source_with(sites, &Scope::default());
        inventory.survey(&source).await.unwrap();
        same_as_afresh(&practice, &inventory, sites, &Scope::default()).await;
    }
    let source = practice.source_with(&[HARVEST], &Scope::default());
    inventory.survey(&source).await.unwrap();
    let photo = practice.raw("in-second-library");
    assert!(control.rename(&photo, "moisson 2024.jpg"));
    inventory.survey(&source).await.unwrap();
    assert_eq!(
        inventory.get(&practice.id_of(&photo)).name,
        "moisson 2024.jpg"
    );
    same_as_afresh(&practice, &inventory, &[HARVEST], &Scope::default()).await;
}
