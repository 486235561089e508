use std::collections::BTreeSet;
use std::time::Duration;

use transhumance::model::{Access, ItemKind, Reason, Scope, SpaceKind};
use transhumance::practice::faults::{Fault, Faults, Kind};
use transhumance::practice::google::{Contact, Photo, Service};
use transhumance::source::google::{GoogleError, google_error};
use transhumance::source::{Source as _, SourceError};

use super::calendars::texts;
use super::{Inventory, Practice};

fn contacts_only() -> Scope {
    Scope {
        files: false,
        calendars: false,
        tasks: false,
        ..Scope::default()
    }
}

fn with_others() -> Scope {
    Scope {
        other_contacts: true,
        ..contacts_only()
    }
}

async fn survey(practice: &Practice) -> Inventory {
    practice.survey_with(&contacts_only()).await
}

fn id(contact: &Contact) -> String {
    format!("person:{}", contact.resource_name())
}

/// The contact with this name to show.
fn named(practice: &Practice, name: &str) -> Contact {
    let found = practice.control().contacts().into_iter().find(|contact| {
        let shown = contact
            .fields
            .get("names")
            .and_then(|names| names[0]["displayName"].as_str());
        shown == Some(name)
    });
    found.unwrap_or_else(|| panic!("no contact {name}"))
}

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
async fn every_contact_is_told_of_once() {
    let practice = Practice::with(1_600).await;
    practice.control().set_page_limit(30);
    let inventory = survey(&practice).await;
    let book = inventory.get("contacts:own");
    assert_eq!(
        (book.kind, book.name.as_str()),
        (ItemKind::AddressBook, "Contacts")
    );
    assert_eq!(book.collection.as_ref().unwrap().access, Access::Own);
    assert_eq!(
        inventory.space_of("contacts:own").unwrap().kind,
        SpaceKind::AddressBooks
    );
    let found: BTreeSet<String> = inventory
        .below("contacts:own")
        .iter()
        .map(|item| item.id.0.clone())
        .collect();
    let expected: BTreeSet<String> = practice.control().contacts().iter().map(id).collect();
    assert_eq!(found, expected);
    assert!(expected.len() > 200);
    let uids: BTreeSet<_> = inventory
        .below("contacts:own")
        .iter()
        .map(|item| item.uid.clone().unwrap())
        .collect();
    assert_eq!(uids.len(), expected.len());
    let name = |number: usize| {
        let contact = practice
            .control()
            .contacts()
            .into_iter()
            .nth(number)
            .unwrap();
        inventory.get(&id(&contact)).name.clone()
    };
    assert_eq!(name(0), "Dr Élise-Anne Marie Van den Bœuf-Lœwy, Jr.");
    // Those without a name are known by something else.
    assert_eq!(name(7), "anonyme@exemple.example");
    assert_eq!(name(8), "01 00 00 00 00");
    assert_eq!(name(9), "Ressourcerie « Le Grenier », SARL");
    assert_eq!(name(13), "Le facteur");
    let starred = inventory.get(&id(&named(&practice, "Noémie Lefèvre")));
    assert!(starred.favourite);
    assert!(inventory.find("contacts:other").is_none());
}

#[tokio::test]
async fn other_contacts_are_a_book_of_their_own_when_wanted() {
    let practice = Practice::with(0).await;
    let inventory = practice.survey_with(&with_others()).await;
    assert_eq!(inventory.below("contacts:other").len(), 3);
    let source = practice.source_with(&with_others());
    let found = texts(&source, &inventory, "contacts:other").await;
    assert_eq!(found.len(), 3);
    for card in found.into_values() {
        let card = card.unwrap();
        assert!(card.converted);
        let text = String::from_utf8(card.text.to_vec()).unwrap();
        assert!(text.starts_with("BEGIN:VCARD\r\n"), "{text}");
    }
}

#[tokio::test]
async fn cards_have_what_people_filled_in() {
    let practice = Practice::with(160).await;
    let inventory = survey(&practice).await;
    let source = practice.source_with(&contacts_only());
    let found = texts(&source, &inventory, "contacts:own").await;
    assert_eq!(found.len(), practice.control().contacts().len());
    for contact in practice.control().contacts() {
        let card = found[&id(&contact)].as_ref().unwrap();
        assert_eq!(card.version, inventory.get(&id(&contact)).version);
        assert!(card.converted);
        let text = String::from_utf8(card.text.to_vec()).unwrap();
        let text = text.replace("\r\n ", "").replace("\r\n\t", "");
        let has = |needle: &str| assert!(text.contains(needle), "{needle} in {text}");
        has(&format!(
            "UID:{}",
            inventory.get(&id(&contact)).uid.as_ref().unwrap()
        ));
        assert_eq!(
            text.contains("PHOTO"),
            matches!(contact.photo, Photo::Own { .. } | Photo::Profile { .. }),
            "{text}"
        );
        for mail in contact
            .fields
            .get("emailAddresses")
            .iter()
            .flat_map(|mails| mails.as_array().unwrap())
        {
            has(mail["value"].as_str().unwrap());
        }
    }
    let everything = &found[&id(&practice.control().contacts()[0])]
        .as_ref()
        .unwrap();
    assert_eq!(everything.lost, 0);
    let text = String::from_utf8(everything.text.to_vec())
        .unwrap()
        .replace("\r\n ", "");
    assert!(
        text.contains("Bureau\\, CA") && text.contains("Producteurs & productrices"),
        "{text}"
    );
}

#[tokio::test]
async fn a_second_survey_asks_only_for_changes() {
    let practice = Practice::with(800).await;
    let control = practice.control();
    let source = practice.source_with(&contacts_only());
    let mut inventory = Inventory::default();
    inventory.survey(&source).await.unwrap();
    let (yann, fatou) = (
        named(&practice, "Yann Le Goff"),
        named(&practice, "Fatou Diallo"),
    );
    let before = inventory.get(&id(&fatou)).version.clone();
    assert!(control.delete_contact(&yann.resource_name()));
    assert!(control.edit_contact(&fatou.resource_name(), |contact| {
        contact.fields.insert(
            "biographies".into(),
            serde_json::json!([{"value": "Nouvelle"}]),
        );
    }));
    let added = control.add_contact(Contact {
        number: 42,
        ..fatou.clone()
    });
    control.forget_requests();
    inventory.survey(&source).await.unwrap();
    assert_eq!(control.requests()["connections.list"], 1);
    assert!(inventory.find(&id(&yann)).is_none());
    assert_ne!(inventory.get(&id(&fatou)).version, before);
    assert!(inventory.find(&format!("person:{added}")).is_some());
    same_as_afresh(&practice, &inventory, &contacts_only()).await;

    // A label that gets another name changes the cards it is on, and no contact.
    let label = control
        .groups()
        .into_iter()
        .find(|group| group.name.starts_with("Bureau"))
        .unwrap();
    assert!(control.edit_group(&label.id, |group| group.name = "CA".into()));
    let before = inventory.get(&id(&fatou)).version.clone();
    inventory.survey(&source).await.unwrap();
    assert_ne!(inventory.get(&id(&fatou)).version, before);
    same_as_afresh(&practice, &inventory, &contacts_only()).await;
}

#[tokio::test]
async fn a_token_that_is_too_old_lists_everything() {
    let practice = Practice::with(80).await;
    let control = practice.control();
    let mut inventory = Inventory::default();
    inventory
        .survey(&practice.source_with(&with_others()))
        .await
        .unwrap();
    let yann = named(&practice, "Yann Le Goff");
    control.delete_contact(&yann.resource_name());
    control.advance(Duration::from_secs(8 * 86_400));
    inventory
        .survey(&practice.source_with(&with_others()))
        .await
        .unwrap();
    assert!(inventory.find(&id(&yann)).is_none());
    same_as_afresh(&practice, &inventory, &with_others()).await;
    control.expire_sync_tokens();
    inventory
        .survey(&practice.source_with(&with_others()))
        .await
        .unwrap();
    same_as_afresh(&practice, &inventory, &with_others()).await;
}

#[tokio::test]
async fn the_quota_of_first_pages_is_waited_for() {
    let practice = Practice::with(0).await;
    let limit = Fault::TooManyRequests {
        retry_after: Some(1),
    };
    let faults = Faults::none().then("connections.list", limit, 2);
    practice.control().set_faults(faults.clone());
    survey(&practice).await;
    assert_eq!(faults.hits(), 2);
}

#[tokio::test]
async fn cards_and_pictures_come_through_bad_weather() {
    let practice = Practice::with(200).await;
    let inventory = survey(&practice).await;
    let calm = texts(
        &practice.source_with(&contacts_only()),
        &inventory,
        "contacts:own",
    )
    .await;
    let passing = [
        Kind::Unavailable,
        Kind::ResetBefore,
        Kind::ShortBody,
        Kind::CloseAfter,
    ];
    let faults = Faults::seeded_only(5, 0.4, passing);
    practice.control().set_faults(faults.clone());
    let rough = texts(
        &practice.source_with(&contacts_only()),
        &inventory,
        "contacts:own",
    )
    .await;
    assert!(faults.hits() > 4, "{}", faults.hits());
    for (id, card) in &calm {
        assert_eq!(card.as_ref().unwrap(), rough[id].as_ref().unwrap());
    }
}

#[tokio::test]
async fn a_picture_that_is_gone_does_not_stop_its_card() {
    let practice = Practice::with(0).await;
    let inventory = survey(&practice).await;
    let noemie = named(&practice, "Noémie Lefèvre");
    // One that the server does not know.
    practice
        .control()
        .edit_contact(&noemie.resource_name(), |contact| {
            contact.photo = Photo::Own { seed: 1, size: 0 };
        });
    let found = texts(
        &practice.source_with(&contacts_only()),
        &inventory,
        "contacts:own",
    )
    .await;
    let card = found[&id(&noemie)].as_ref().unwrap();
    // Its address stays, for whoever can make use of it.
    assert!(String::from_utf8_lossy(&card.text).contains("PHOTO;VALUE=uri:"));
    assert_eq!(card.lost, 1);
}

#[tokio::test]
async fn contacts_that_are_gone_are_told_so() {
    let practice = Practice::with(0).await;
    let inventory = survey(&practice).await;
    let yann = named(&practice, "Yann Le Goff");
    practice.control().delete_contact(&yann.resource_name());
    let source = practice.source_with(&contacts_only());
    let found = texts(&source, &inventory, "contacts:own").await;
    assert!(matches!(found[&id(&yann)], Err(SourceError::NotFound)));
    assert_eq!(found.values().filter(|card| card.is_err()).count(), 1);
    assert_eq!(
        source.version_now(inventory.get(&id(&yann))).await.unwrap(),
        None
    );
    let fatou = inventory.get(&id(&named(&practice, "Fatou Diallo")));
    assert_eq!(
        source.version_now(fatou).await.unwrap().as_ref(),
        Some(&fatou.version)
    );
}

#[tokio::test]
async fn an_api_that_is_not_enabled_is_named() {
    let practice = Practice::with(0).await;
    practice
        .control()
        .set_service_enabled(Service::People, false);
    let mut inventory = Inventory::default();
    let error = inventory
        .survey(&practice.source_with(&contacts_only()))
        .await
        .unwrap_err();
    assert!(
        matches!(google_error(&error), Some(GoogleError::ApiNotEnabled { api, .. }) if api == "People API"),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_was_not_ticked_is_told_and_the_rest_is_found() {
    let practice = Practice::with(0).await;
    let drive = "https://www.googleapis.com/auth/drive.readonly";
    let calendar = "https://www.googleapis.com/auth/calendar.readonly";
    practice.control().set_scopes(&[calendar]);
    let source = practice.asking_for(&Scope {
        other_contacts: true,
        ..Scope::default()
    });
    assert_eq!(
        source.check().await.unwrap().name,
        "camille@canard-bleu.example"
    );
    let mut inventory = Inventory::default();
    inventory.survey(&source).await.unwrap();
    let told: Vec<(&str, ItemKind)> = inventory
        .all()
        .filter(|item| item.obstacle == Some(Reason::NotGranted))
        .map(|item| (item.name.as_str(), item.kind))
        .collect();
    assert_eq!(
        told,
        [
            ("Google Contacts", ItemKind::AddressBook),
            ("Google Contacts: other contacts", ItemKind::AddressBook),
            ("Google Drive", ItemKind::Folder),
            ("Google Tasks", ItemKind::Calendar),
        ]
    );
    assert!(inventory.all().any(|item| item.kind == ItemKind::Event));

    practice.control().set_scopes(&[drive]);
    let source = practice.asking_for(&Scope::default());
    source.check().await.unwrap();
    inventory.survey(&source).await.unwrap();
    assert!(inventory.all().any(|item| item.kind == ItemKind::File));
    assert!(!inventory.all().any(|item| item.kind == ItemKind::Event));

    // Nothing at all is a trouble of the sign-in.
    practice.control().set_scopes(&["openid"]);
    let error = practice
        .asking_for(&Scope::default())
        .check()
        .await
        .unwrap_err();
    assert!(google_error(&error).is_some(), "{error:?}");
}
