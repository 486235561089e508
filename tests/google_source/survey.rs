use transhumance::model::{HashAlgorithm, Item, ItemId, ItemKind, Reason, SpaceId, SpaceKind};
use transhumance::practice::google::{NodeKind, Owner, Reach};
use transhumance::source::Source as _;

use super::{Inventory, Practice, files_only, with_shared};

#[tokio::test]
async fn names_the_account() {
    let practice = Practice::with(0).await;
    let account = practice.source().check().await.unwrap();
    assert_eq!(account.name, practice.server.account());
}

#[tokio::test]
async fn every_listed_item_is_told_of_once_and_as_it_is() {
    let practice = Practice::with(2_500).await;
    let inventory = practice.survey_with(&with_shared()).await;
    let root = practice.control().item("root").unwrap().0.id;
    let mut listed = 0;
    for (node, trashed) in practice.control().items() {
        let is_top = node.id == root || node.drive.as_ref() == Some(&node.id);
        if trashed || is_top {
            assert!(inventory.find(&node.id).is_none(), "{node:?}");
            continue;
        }
        listed += 1;
        let item = inventory.get(&node.id);
        if node.shortcut_target().is_some() {
            continue;
        }
        assert_eq!(item.name, node.name);
        assert_eq!(item.favourite, node.starred);
        assert_eq!(
            item.modified.map(|time| time.as_millisecond()),
            Some(node.modified)
        );
        if let Some(content) = node.content() {
            assert_eq!(item.size, Some(content.length));
        }
        let place = item.parent.as_ref().map(ItemId::as_str);
        match &node.parent {
            Some(parent) if *parent == root || node.drive.as_ref() == Some(parent) => {
                assert_eq!(place, None, "{node:?}");
            }
            Some(parent) => assert_eq!(place, Some(parent.as_str())),
            None if node.owner == Owner::Me => {
                assert!(inventory.find(place.unwrap()).is_none(), "an orphan");
            }
            None => assert_eq!(place, None, "{node:?}"),
        }
    }
    assert!(listed > 2_600, "{listed}");
    assert_eq!(practice.control().requests().get("write"), None);
    let flat = practice.control().requests()["files.list"];
    assert!(flat < 30, "{flat} listings");
}

#[tokio::test]
async fn spaces_and_where_they_go_on() {
    let practice = Practice::with(0).await;
    let inventory = practice.survey().await;
    let kind = |id: &str| inventory.space_of(id).map(|space| space.kind);
    assert_eq!(kind("my-drive"), Some(SpaceKind::Own));
    assert_eq!(kind("shared-with-me"), Some(SpaceKind::SharedWithMe));
    for drive in practice.control().drives() {
        let space = inventory.space_of(&format!("drive:{}", drive.id)).unwrap();
        assert_eq!(space.kind, SpaceKind::SharedDrive);
        assert_eq!(space.name, drive.name);
        assert!(space.change_token.is_some());
    }
    let own = inventory.space_of("my-drive").unwrap();
    assert!(own.change_token.is_some());
    let without = transhumance::model::Scope {
        shared_drives: false,
        ..Default::default()
    };
    let inventory = practice.survey_with(&without).await;
    let drives = |item: &&Item| item.space.0.starts_with("drive:");
    assert_eq!(inventory.all().filter(drives).count(), 0);
}

#[tokio::test]
async fn what_others_share_is_listed_folder_by_folder_when_wanted() {
    let practice = Practice::with(0).await;
    let inventory = practice.survey_with(&with_shared()).await;
    let shared = SpaceId::new("shared-with-me");
    for (label, parent) in [
        ("shared-file", None),
        ("shared-folder", None),
        ("in-shared-folder", Some("shared-folder")),
        ("folder-in-shared-folder", Some("shared-folder")),
        ("deep-in-shared-folder", Some("folder-in-shared-folder")),
        ("own-in-shared-folder", Some("folder-in-shared-folder")),
    ] {
        let item = inventory.get(&practice.id(label));
        assert_eq!(item.space, shared, "{label}");
        let parent = parent.map(|label| ItemId(practice.id(label)));
        assert_eq!(item.parent, parent, "{label}");
    }
    let locked = inventory.get(&practice.id("shared-no-download"));
    assert_eq!(locked.obstacle, Some(Reason::DownloadForbidden));
}

#[tokio::test]
async fn what_others_share_is_named_and_left_out_when_not_wanted() {
    let practice = Practice::with(0).await;
    let inventory = practice.survey().await;
    let shared: Vec<&Item> = inventory
        .all()
        .filter(|item| item.space.0 == "shared-with-me")
        .collect();
    assert_eq!(shared.len(), 5, "{shared:#?}");
    assert!(shared.iter().all(|item| item.parent.is_none()));
    assert!(
        inventory
            .find(&practice.id("deep-in-shared-folder"))
            .is_none()
    );
    // My own file in somebody's folder is mine all the same.
    let own = inventory.get(&practice.id("own-in-shared-folder"));
    assert_eq!(own.space.0, "my-drive");
    assert!(
        inventory
            .find(own.parent.as_ref().unwrap().as_str())
            .is_none()
    );
}

#[tokio::test]
async fn what_others_own_in_my_folders_stays_there() {
    for scope in [files_only(), with_shared()] {
        let practice = Practice::with(0).await;
        let control = practice.control();
        let mine = practice.id("documents");
        let theirs = control.add_folder(&mine, "De Lucie").unwrap();
        let inner = control.add_folder(&theirs, "Dedans").unwrap();
        let file = control
            .add_file(
                &inner,
                "De Lucie.bin",
                transhumance::practice::content::Content::noise(1, 10),
            )
            .unwrap();
        let hidden = control
            .add_file(
                &inner,
                "Pas listé.bin",
                transhumance::practice::content::Content::noise(2, 10),
            )
            .unwrap();
        for id in [&theirs, &inner, &file, &hidden] {
            assert!(control.alter(id, |node| node.owner = Owner::Other(3)));
        }
        assert!(control.alter(&hidden, |node| node.reach = Reach::InFolder));
        let inventory = practice.survey_with(&scope).await;
        for (id, parent) in [
            (&theirs, &mine),
            (&inner, &theirs),
            (&file, &inner),
            (&hidden, &inner),
        ] {
            let item = inventory.get(id);
            assert_eq!(item.space.0, "my-drive");
            assert_eq!(item.parent, Some(ItemId::new(parent)));
            assert!(inventory.find(&format!("shared:{id}")).is_none());
        }
    }
}

#[tokio::test]
async fn kinds_hashes_and_obstacles() {
    let practice = Practice::with(0).await;
    let inventory = practice.survey().await;
    let get = |label: &str| inventory.get(&practice.id(label));
    for label in ["doc-budget", "sheet-budget", "slides", "drawing", "script"] {
        assert_eq!(get(label).kind, ItemKind::Document, "{label}");
        assert_eq!(get(label).size, None);
    }
    for label in ["form", "site", "map", "jam", "vid", "third-party"] {
        let item = get(label);
        assert_eq!(item.kind, ItemKind::Webpage, "{label}");
        assert!(item.web_link.as_ref().unwrap().starts_with("http"));
    }
    let algorithm = |label| get(label).hash.as_ref().map(|hash| hash.algorithm);
    assert_eq!(algorithm("starred"), Some(HashAlgorithm::Md5));
    assert_eq!(algorithm("md5-only"), Some(HashAlgorithm::Md5));
    assert_eq!(algorithm("no-digest"), None);
    assert!(get("starred").favourite);
    assert_eq!(get("empty-file").size, Some(0));
    assert_eq!(
        get("before-1970").modified.unwrap().as_second(),
        -2_082_844_800
    );
    assert_eq!(get("name-slashes").name, "/etc/passwd");
    for label in ["trashed", "trashed-folder", "in-trashed-folder"] {
        assert!(inventory.find(&practice.id(label)).is_none(), "{label}");
    }
    for label in ["orphan", "orphan-folder", "orphan-elsewhere"] {
        let parent = get(label).parent.clone().unwrap();
        assert!(inventory.find(parent.as_str()).is_none(), "{label}");
    }
    let in_orphan = get("in-orphan-folder").parent.clone();
    assert_eq!(in_orphan, Some(ItemId(practice.id("orphan-folder"))));
    let drive = &practice.control().drives()[0].id;
    let locked: Vec<&Item> = inventory
        .all()
        .filter(|item| item.space.0 == format!("drive:{drive}") && item.obstacle.is_some())
        .collect();
    assert_eq!(locked.len(), 1);
    assert_eq!(locked[0].obstacle, Some(Reason::DownloadForbidden));
}

#[tokio::test]
async fn shortcuts_bring_what_is_outside_once() {
    let practice = Practice::with(0).await;
    let inventory = practice.survey().await;
    let get = |label: &str| inventory.get(&practice.id(label));
    let own = get("shortcut-own");
    assert_eq!((own.kind, own.obstacle), (ItemKind::Shortcut, None));

    let (first, second) = (get("shortcut-outside-1"), get("shortcut-outside-2"));
    let (file, other) = if first.kind == ItemKind::File {
        (first, second)
    } else {
        (second, first)
    };
    assert_eq!(file.kind, ItemKind::File);
    assert!(file.hash.is_some() && file.size.is_some());
    assert_eq!(other.kind, ItemKind::Shortcut);
    assert_eq!(other.shortcut_target, Some(file.id.clone()));
    assert_eq!(file.parent, Some(ItemId(practice.id("shortcuts"))));

    assert_eq!(get("shortcut-outside-doc").kind, ItemKind::Document);
    let folder = get("shortcut-outside-folder");
    assert_eq!(
        (folder.kind, folder.name.as_str()),
        (ItemKind::Folder, "La ferme")
    );
    let inside = get("in-outside-folder");
    assert_eq!(inside.parent, Some(folder.id.clone()));
    assert_eq!(inside.space, folder.space);

    let keyed = get("shortcut-keyed");
    assert_eq!(keyed.kind, ItemKind::File);
    let source = practice.source();
    let bytes = super::read(&source, keyed, 0).await.unwrap();
    assert_eq!(bytes.len() as u64, keyed.size.unwrap());

    for (label, reason) in [
        ("shortcut-dangling", Reason::ShortcutDangling),
        ("shortcut-trashed", Reason::ShortcutDangling),
        ("shortcut-root", Reason::ShortcutLoop),
        ("shortcut-drive", Reason::ShortcutTargetMoved),
    ] {
        let item = get(label);
        assert_eq!(item.kind, ItemKind::Shortcut, "{label}");
        assert_eq!(item.obstacle, Some(reason), "{label}");
    }
    // Its target, the folder it lies in, is moved anyway.
    assert_eq!(get("shortcut-loop").obstacle, None);
}

#[tokio::test]
async fn a_shortcut_to_what_is_shared_brings_it_when_the_rest_is_left_out() {
    let practice = Practice::with(0).await;
    let control = practice.control();
    let (folder, target) = (practice.id("documents"), practice.id("shared-folder"));
    let kind = |target: &str, target_type: &str| NodeKind::Shortcut {
        target: target.to_owned(),
        target_type: target_type.to_owned(),
        target_key: None,
    };
    let shortcut = control
        .add(
            &folder,
            "Mairie",
            kind(&target, transhumance::practice::google::FOLDER),
        )
        .unwrap();
    let inside = practice.id("deep-in-shared-folder");
    let to_file = control
        .add(&folder, "Annexe", kind(&inside, "application/pdf"))
        .unwrap();

    let inventory = practice.survey().await;
    assert_eq!(inventory.get(&shortcut).kind, ItemKind::Folder);
    let deep = inventory.get(&inside);
    assert_eq!(deep.space.0, "my-drive");
    assert_eq!(
        deep.parent,
        Some(ItemId(practice.id("folder-in-shared-folder")))
    );
    let own = inventory.get(&practice.id("own-in-shared-folder"));
    assert_eq!(own.parent, deep.parent);
    // The folder has brought it.
    assert_eq!(inventory.get(&to_file).kind, ItemKind::Shortcut);
    assert!(inventory.find(&format!("shared:{target}")).is_some());

    let inventory = practice.survey_with(&with_shared()).await;
    assert_eq!(inventory.get(&shortcut).kind, ItemKind::Shortcut);
    assert_eq!(inventory.get(&target).space.0, "shared-with-me");
}

#[tokio::test]
async fn a_shortcut_to_a_folder_above_it_is_a_loop() {
    let practice = Practice::with(0).await;
    let control = practice.control();
    // Mine, in somebody's folder that is not taken along.
    let folder = practice.id("shared-folder");
    let mine = control.add_folder(&folder, "À moi").unwrap();
    let kind = NodeKind::Shortcut {
        target: folder.clone(),
        target_type: transhumance::practice::google::FOLDER.to_owned(),
        target_key: None,
    };
    let shortcut = control.add(&mine, "Retour", kind).unwrap();
    let inventory = practice.survey().await;
    assert_eq!(
        inventory.get(&shortcut).obstacle,
        Some(Reason::ShortcutLoop)
    );
}

#[tokio::test]
async fn nested_shortcuts_outside_become_links() {
    let practice = Practice::with(0).await;
    let control = practice.control();
    let outside = practice.id("outside-folder");
    let add = |name: &str, target: String| {
        let kind = NodeKind::Shortcut {
            target,
            target_type: transhumance::practice::google::FOLDER.to_owned(),
            target_key: None,
        };
        let id = control.add(&outside, name, kind).unwrap();
        control.alter(&id, |node| {
            node.owner = Owner::Other(5);
            node.reach = Reach::InFolder;
        });
        id
    };
    let back = add("Retour", outside.clone());
    let to_mine = add("Budgets", practice.id("documents"));
    let inventory = practice.survey().await;
    let link = inventory.get(&back);
    assert_eq!(link.kind, ItemKind::Webpage);
    assert!(link.web_link.as_ref().unwrap().contains(&outside));
    assert_eq!(inventory.get(&to_mine).kind, ItemKind::Shortcut);
}

#[tokio::test]
async fn the_same_drive_gives_the_same_inventory() {
    let practice = Practice::with(300).await;
    let told = |inventory: &Inventory| inventory.all().cloned().collect::<Vec<_>>();
    let first = told(&practice.survey().await);
    assert!(!first.is_empty());
    assert_eq!(first, told(&practice.survey().await));
}
