use serde_json::{Value, json};

use super::super::super::content::mix;
use super::super::super::world::{PEOPLE, person, sentence};
use super::super::{Folder, Thing};
use super::{id, millis};

fn contact(seed: u64, kind: &str, number: u64, given: &str, surname: &str) -> Thing {
    let display = format!("{given} {surname}").trim().to_owned();
    let value = json!({
        "createdDateTime": "2025-01-05T10:00:00Z", "categories": [], "birthday": null,
        "fileAs": format!("{surname}, {given}"), "displayName": display, "givenName": given,
        "initials": null, "middleName": null, "nickName": null, "surname": surname, "title": null,
        "yomiGivenName": null, "yomiSurname": null, "yomiCompanyName": null, "generation": null,
        "imAddresses": [], "jobTitle": null, "companyName": null, "department": null,
        "officeLocation": null, "profession": null, "businessHomePage": null, "assistantName": null,
        "manager": null, "homePhones": [], "mobilePhone": null, "businessPhones": [],
        "spouseName": null, "personalNotes": "", "children": [], "emailAddresses": [],
        "primaryEmailAddress": null, "secondaryEmailAddress": null, "tertiaryEmailAddress": null,
        "homeAddress": {}, "businessAddress": {}, "otherAddress": {},
    });
    let modified = millis("2025-06-01T08:00:00Z") + i64::try_from(number).unwrap_or(0) * 1_000;
    Thing::new(id(seed, kind, number), value, modified)
}

fn folder(seed: u64, number: u64, name: &str, parent: Option<&Folder>) -> Folder {
    let mut folder = Folder::new(id(seed, "contacts", number), json!({"displayName": name}));
    folder.parent = parent.map(|parent| parent.id.clone());
    folder
}

pub(super) fn all(seed: u64, contacts: u64) -> Vec<Folder> {
    let mut own = folder(seed, 0, "Contacts", None);
    own.things = traps(seed);
    own.things
        .extend((0..contacts).map(|number| plain(seed, number)));
    let mut suppliers = folder(seed, 1, "Fournisseurs", None);
    suppliers.things = vec![company(seed, 0, "Ferme des Trois Chênes")];
    let mut growers = folder(seed, 2, "Maraîchers", Some(&suppliers));
    growers.things = vec![company(seed, 1, "GAEC du Gué")];
    let empty = folder(seed, 3, "Anciens", None);
    vec![own, suppliers, growers, empty]
}

fn traps(seed: u64) -> Vec<Thing> {
    let key = |number, given, surname| contact(seed, "contact", number, given, surname);
    let [noemie, yann, ..] = PEOPLE;
    let mut full = key(0, "Noémie", "Lefèvre");
    full.picture = Some((seed, 48));
    for (field, value) in [
        (
            "emailAddresses",
            json!([{"name": noemie.mail, "address": noemie.mail}, {"name": "Perso", "address": "noemie@example.org"}]),
        ),
        ("businessPhones", json!(["+33 4 50 00 00 01"])),
        ("homePhones", json!(["+33 4 50 00 00 02"])),
        ("mobilePhone", json!("+33 6 00 00 00 03")),
        (
            "homeAddress",
            json!({"street": "3, rue du Four", "city": "Saint-Ouen-l'Étang", "state": "", "postalCode": "74000", "countryOrRegion": "France"}),
        ),
        ("companyName", json!("AMAP du Canard bleu")),
        ("department", json!("Bureau")),
        ("jobTitle", json!("Trésorière")),
        ("birthday", json!("1604-03-03T11:59:00Z")),
        ("categories", json!(["Bénévoles", "Bureau"])),
        (
            "personalNotes",
            json!("Préfère les appels\r\naprès 18 h ; sauf jeudi"),
        ),
        ("children", json!(["Zoé", "Élie"])),
        ("spouseName", json!("Gaëlle")),
        ("imAddresses", json!(["sip:noemie@canard-bleu.example"])),
    ] {
        full.set(field, value);
    }
    let mut second = key(1, "Yann", "Le Goff");
    second.set(
        "emailAddresses",
        json!([{"name": yann.mail, "address": yann.mail}]),
    );
    second.set("birthday", json!("1984-12-31T11:59:00Z"));
    second.picture = Some((seed + 1, 200));
    let mut nameless = key(2, "", "");
    for field in ["fileAs", "displayName"] {
        nameless.set(field, "");
    }
    nameless.set(
        "emailAddresses",
        json!([{"name": "", "address": "contact@inconnu.example"}]),
    );
    vec![full, second, nameless]
}

fn company(seed: u64, number: u64, name: &str) -> Thing {
    let mut thing = contact(seed, "company", number, "", "");
    for field in ["displayName", "fileAs", "companyName"] {
        thing.set(field, name);
    }
    thing
}

fn plain(seed: u64, number: u64) -> Thing {
    let random = mix(seed ^ 0xc0, number);
    let name = person(random).name;
    let (given, surname) = name.split_once(' ').unwrap_or((name, ""));
    let mut thing = contact(
        seed,
        "plain-contact",
        number,
        given,
        &format!("{surname} {}", number + 1),
    );
    let mail = format!("adherent-{}@example.org", number + 1);
    thing.set("emailAddresses", json!([{"name": mail, "address": mail}]));
    if random.is_multiple_of(3) {
        thing.set("personalNotes", sentence(random));
    }
    if random.is_multiple_of(5) {
        thing.picture = Some((random, 32));
    }
    thing.set(
        "mobilePhone",
        Value::from(format!("+33 6 {:08}", random % 100_000_000)),
    );
    thing
}
