use transhumance::model::{ItemId, ItemKind, Reason, SpaceId, SpaceKind};
use transhumance::practice::content::Content;
use transhumance::practice::microsoft::{Account, NodeKind};
use transhumance::source::Source as _;

use super::{BOTH, Practice, with_shared};

#[tokio::test]
async fn names_the_account() {
    for account in BOTH {
        let practice = Practice::with(account, 0).await;
        let found = practice.source().check().await.unwrap();
        assert_eq!(found.name, practice.server.account());
    }
}

#[tokio::test]
async fn every_listed_item_is_told_of_once_and_as_it_is() {
    for account in BOTH {
        let practice = Practice::with(account, 2_300).await;
        let inventory = practice.survey().await;
        let own = practice.control().drives().remove(0);
        let mut listed = 0;
        for node in practice.control().items(&own) {
            let id = format!("{}:{}", node.drive, node.id).to_lowercase();
            if node.id == own.root {
                assert!(inventory.find(&id).is_none());
                continue;
            }
            listed += 1;
            let item = inventory.get(&id);
            assert_eq!(item.name, node.name);
            assert_eq!(item.space, SpaceId::new("onedrive"));
            let parent = item.parent.as_ref().map(|parent| parent.0.clone());
            match node.parent {
                Some(parent) if parent == own.root => assert_eq!(item.parent, None),
                above => assert_eq!(parent, above.map(|above| practice.id_of(&above))),
            }
            if let NodeKind::File { .. } = node.kind {
                // The dates are those that people see.
                let seconds = item.modified.unwrap().as_second();
                assert_eq!(seconds, node.modified.div_euclid(1_000), "{}", node.name);
                let created = item.created.unwrap().as_second();
                assert_eq!(created, node.created.div_euclid(1_000), "{}", node.name);
            }
        }
        assert!(listed > 2_330, "{listed}");
        assert_eq!(practice.control().requests().get("write"), None);
        let asked = practice.control().requests();
        assert!(asked["delta"] < 20, "{asked:?}");
        assert!(
            asked.get("children").copied().unwrap_or(0) < 20,
            "{asked:?}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_moved_is_named() {
    for account in BOTH {
        let practice = Practice::with(account, 0).await;
        let inventory = practice.survey().await;
        let obstacle = |label: &str| inventory.get(&practice.id(label)).obstacle;
        for label in [
            "notebook",
            "section",
            "notebook-index",
            "notebook-deleted",
            "loose-section",
        ] {
            assert_eq!(obstacle(label), Some(Reason::OneNote), "{label}");
        }
        assert_eq!(obstacle("uploaded-section"), None);
        assert_eq!(obstacle("malware"), Some(Reason::Malware));
        let album = inventory.get(&practice.id("album"));
        assert_eq!((album.kind, album.obstacle), (ItemKind::Webpage, None));
        assert!(album.web_link.is_some());
        if account == Account::Personal {
            assert_eq!(obstacle("vault"), Some(Reason::PersonalVault));
            assert_eq!(obstacle("like-a-vault"), None);
        }
    }
}

#[tokio::test]
async fn digests_that_are_not_there_are_not_invented() {
    for account in BOTH {
        let practice = Practice::with(account, 0).await;
        let inventory = practice.survey().await;
        for label in ["no-digest", "digest-on-download"] {
            let item = inventory.get(&practice.id(label));
            assert_eq!(item.hash, None);
            assert!(item.version.contains(' '), "{}", item.version);
        }
        let empty = inventory.get(&practice.id("empty-file"));
        assert_eq!(empty.size, Some(0));
        assert!(empty.hash.is_some());
    }
}

#[tokio::test]
async fn folders_may_be_told_after_what_they_hold() {
    for account in BOTH {
        let practice = Practice::with(account, 60).await;
        let usual: Vec<_> = practice.survey().await.all().cloned().collect();
        practice.control().children_first();
        let upside_down: Vec<_> = practice.survey().await.all().cloned().collect();
        assert_eq!(usual, upside_down);
    }
}

#[tokio::test]
async fn the_last_of_two_rows_counts() {
    let practice = Practice::with(Account::Work, 0).await;
    let inventory = practice.survey().await;
    assert_eq!(
        inventory.get(&practice.id("renamed")).name,
        "nouveau nom.txt"
    );
}

#[tokio::test]
async fn shared_folders_that_were_added_are_crawled_in_place() {
    for account in BOTH {
        let practice = Practice::with(account, 0).await;
        let inventory = practice.survey().await;
        let shortcuts = practice.id("shortcuts");
        let farm = inventory.get(&practice.id("added-folder"));
        assert_eq!(
            (farm.kind, farm.name.as_str()),
            (ItemKind::Folder, "La ferme")
        );
        assert_eq!(farm.parent, Some(ItemId::new(shortcuts)));
        for (label, parent) in [
            ("in-outside-folder", "added-folder"),
            ("outside-inner", "added-folder"),
            ("in-outside-inner", "outside-inner"),
            // Its drive is spelt in another way.
            ("in-outside-town", "added-town"),
        ] {
            let item = inventory.get(&practice.id(label));
            let above = item.parent.as_ref().map(|parent| parent.0.clone());
            assert_eq!(above, Some(practice.id(parent)), "{label}");
            assert_eq!(item.space, SpaceId::new("onedrive"), "{label}");
        }
        let file = inventory.get(&practice.id("added-file"));
        assert_eq!((file.kind, file.obstacle), (ItemKind::File, None));
        assert!(file.hash.is_some(), "only its own drive knows it");
        let notebook = inventory.get(&practice.id("added-notebook"));
        assert_eq!(notebook.obstacle, Some(Reason::OneNote));
        let nowhere = inventory.get(&practice.id("added-nowhere"));
        assert_eq!(nowhere.obstacle, Some(Reason::ShortcutDangling));
        // Back to one's own files: those lie in their own place.
        let own = inventory.get(&practice.id("added-own"));
        assert_eq!(own.kind, ItemKind::Shortcut);
        assert_eq!(own.shortcut_target, Some(ItemId(practice.id("names"))));
        let nested = inventory.get(&practice.id("nested"));
        assert_eq!(nested.kind, ItemKind::Webpage);
    }
}

#[tokio::test]
async fn what_is_only_shared_is_named_or_taken_along() {
    for account in BOTH {
        let practice = Practice::with(account, 0).await;
        let inventory = practice.survey().await;
        let space = inventory.space_of("shared-with-me").unwrap();
        assert_eq!(space.kind, SpaceKind::SharedWithMe);
        let left_out = inventory.get(&format!("shared:{}", practice.id("shared-folder")));
        assert_eq!(left_out.name, "Covoiturage");
        assert!(inventory.find(&practice.id("in-shared-folder")).is_none());

        let inventory = practice.survey_with(&[], &with_shared()).await;
        let inside = inventory.get(&practice.id("in-shared-folder"));
        assert_eq!(inside.space, SpaceId::new("shared-with-me"));
        let file = inventory.get(&practice.id("shared-file"));
        assert_eq!((file.kind, file.parent.as_ref()), (ItemKind::File, None));
        assert!(file.hash.is_some());

        practice.control().set_no_shared_list(true);
        let inventory = practice.survey_with(&[], &with_shared()).await;
        assert!(inventory.find(&practice.id("shared-file")).is_none());
        assert!(inventory.find(&practice.id("in-outside-folder")).is_some());
    }
}

#[tokio::test]
async fn lists_of_children_that_come_short_are_asked_for_again() {
    // A folder of others, which only personal drives list whole.
    let practice = Practice::with(Account::Work, 0).await;
    let inner = practice.raw("outside-inner");
    for n in 0..30 {
        let content = Content::noise(n, 10);
        let name = format!("{n:02}.bin");
        practice.control().add_file(&inner, &name, content).unwrap();
    }
    let whole: Vec<_> = practice.survey().await.all().cloned().collect();
    for short in 1..=2 {
        practice.control().shorten_lists(short);
        let inventory = practice.survey().await;
        assert_eq!(inventory.all().cloned().collect::<Vec<_>>(), whole);
    }
}
