use transhumance::model::{ItemKind, Reason, Scope, SpaceKind};
use transhumance::practice::microsoft::Account;
use transhumance::source::Source as _;
use transhumance::source::microsoft::{MicrosoftError, microsoft_error};

use super::{Inventory, Practice, read};

const HARVEST: &str = "https://canard-bleu.sharepoint.example/sites/Recoltes";

fn spaces(practice: &Practice, inventory: &Inventory) -> Vec<String> {
    let drives = practice.control().drives();
    let mut found: Vec<String> = drives
        .iter()
        .filter_map(|drive| inventory.space_of(&format!("drive:{}", drive.id.to_lowercase())))
        .map(|space| {
            assert_eq!(space.kind, SpaceKind::SharedDrive);
            space.name.clone()
        })
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn sites_and_teams_can_be_chosen_from() {
    let practice = Practice::with(Account::Work, 0).await;
    let sites = practice.source().sites().await.unwrap();
    let found: Vec<(&str, bool)> = sites
        .iter()
        .map(|site| (site.name.as_str(), site.is_team))
        .collect();
    assert_eq!(
        found,
        [
            ("AMAP du Canard bleu", false),
            ("Commission Légumes", true),
            ("Récoltes et paniers", false),
        ]
    );
    assert_eq!(sites[2].address, HARVEST);
}

#[tokio::test]
async fn a_chosen_site_brings_all_its_libraries() {
    let practice = Practice::with(Account::Work, 30).await;
    for wanted in [
        HARVEST,
        "https://canard-bleu.sharepoint.example/sites/Recoltes/Documents/Forms/AllItems.aspx?id=1",
        "récoltes et PANIERS",
    ] {
        let inventory = practice.survey_with(&[wanted], &Scope::default()).await;
        assert_eq!(
            spaces(&practice, &inventory),
            [
                "Récoltes et paniers – Documents",
                "Récoltes et paniers – Photos : été"
            ]
        );
        assert!(inventory.find(&practice.id("in-second-library")).is_some());
        assert!(inventory.find(&practice.id("in-general")).is_none());
        // What was added to one's own files and lies in a chosen library is not copied twice.
        let added = inventory.get(&practice.id("added-library"));
        assert_eq!(added.kind, ItemKind::Shortcut);
        let target = added.shortcut_target.as_ref().unwrap();
        assert!(inventory.find(target.as_str()).is_some());
    }
    let inventory = practice.survey().await;
    let added = inventory.get(&practice.id("added-library"));
    assert_eq!(added.kind, ItemKind::Folder);
    let inside = inventory.get(&practice.id("in-library-folder"));
    assert_eq!(inside.space.0, "onedrive");
}

#[tokio::test]
async fn a_team_brings_its_private_channels_too() {
    let practice = Practice::with(Account::Work, 0).await;
    let team = ["Commission Légumes"];
    let inventory = practice.survey_with(&team, &Scope::default()).await;
    assert_eq!(
        spaces(&practice, &inventory),
        ["Commission Légumes", "Commission Légumes – Bureau"]
    );
    for label in ["in-general", "in-seeds", "in-bureau"] {
        assert!(inventory.find(&practice.id(label)).is_some(), "{label}");
    }
}

#[tokio::test]
async fn what_the_list_leaves_out_is_found_by_counting() {
    let practice = Practice::with(Account::Work, 0).await;
    let inventory = practice.survey_with(&[HARVEST], &Scope::default()).await;
    let labelled = inventory.get(&practice.id("labelled"));
    assert_eq!(labelled.obstacle, None);
    let source = practice.source();
    read(&source, labelled, 0).await.unwrap();
    let locked = inventory.get(&practice.id("labelled-locked"));
    assert_eq!(locked.obstacle, Some(Reason::RetentionLocked));
    // Such a library must be listed anew each time; the others go on where they were.
    let of = |label: &str| {
        let drive = practice.control().item(&practice.raw(label)).unwrap().drive;
        let space = inventory.space_of(&format!("drive:{}", drive.to_lowercase()));
        space.unwrap().change_token.is_some()
    };
    assert!(!of("labelled"));
    assert!(of("in-second-library"));
}

#[tokio::test]
async fn a_site_that_is_not_there_is_said_with_those_that_are() {
    let practice = Practice::with(Account::Work, 0).await;
    for wanted in [
        "Nulle part",
        "https://canard-bleu.sharepoint.example/sites/Rien",
    ] {
        let source = practice.source_with(&[wanted], &Scope::default());
        let mut inventory = Inventory::default();
        let error = inventory.survey(&source).await.unwrap_err();
        let Some(MicrosoftError::SiteNotFound { found, .. }) = microsoft_error(&error) else {
            panic!("{error:?}");
        };
        assert_eq!(found.len(), 3);
    }
}

#[tokio::test]
async fn personal_accounts_have_no_sites() {
    let practice = Practice::with(Account::Personal, 0).await;
    let source = practice.source_with(&["Bureau"], &Scope::default());
    let error = source.check().await.unwrap_err();
    assert!(matches!(
        microsoft_error(&error),
        Some(MicrosoftError::NoSites)
    ));
    let error = practice.source().sites().await.unwrap_err();
    assert!(microsoft_error(&error).is_some(), "{error:?}");
}

#[tokio::test]
async fn sites_alone_need_no_onedrive() {
    let practice = Practice::with(Account::Work, 0).await;
    practice.control().set_no_drive(true);
    let error = practice.source().check().await.unwrap_err();
    assert!(matches!(
        microsoft_error(&error),
        Some(MicrosoftError::NoDrive { .. })
    ));
    let source = practice.source_with(&[HARVEST], &Scope::default());
    source.check().await.unwrap();
    let inventory = practice.survey_with(&[HARVEST], &Scope::default()).await;
    assert!(inventory.find(&practice.id("in-second-library")).is_some());
    assert!(inventory.space_of("onedrive").is_none());
}
