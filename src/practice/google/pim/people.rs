//! The people of the practice world, with every field that a contact can have.

use serde_json::{Map, Value, json};

use super::super::super::content::mix;
use super::super::super::world::{PEOPLE, sentence};
use super::contact::{Contact, Group, Photo};

/// 2024-05-06T07:08:09.123Z in milliseconds since 1970.
const BASE: i64 = 1_714_979_289_123;
/// Contacts that are made once each have the numbers from here on.
const FIRST: u64 = 4_611_686_018_427_387_905;
/// Seeded ones, from here on.
const SEEDED: u64 = 1_152_921_504_606_846_976;

const BUREAU: &str = "2a1c0b5e0d1f";
const FARMS: &str = "3b2d1c6f1e2a";
const EMPTY: &str = "4c3e2d7a2f3b";

pub(super) fn groups() -> Vec<Group> {
    let system = |id: &str, formatted: &str| Group {
        id: id.to_owned(),
        name: id.to_owned(),
        formatted: formatted.to_owned(),
        system: true,
        deleted: false,
        revision: 1,
        changed: 0,
    };
    let label = |id: &str, name: &str| Group {
        system: false,
        name: name.to_owned(),
        formatted: name.to_owned(),
        ..system(id, "")
    };
    vec![
        system("myContacts", "Mes contacts"),
        system("starred", "Favoris"),
        system("friends", "Amis"),
        system("family", "Famille"),
        system("coworkers", "Collègues"),
        system("chatBuddies", "Contacts Chat"),
        system("all", "Tous les contacts"),
        system("blocked", "Bloqués"),
        label(BUREAU, "Bureau, CA ; élu·es"),
        label(FARMS, "Producteurs & productrices 🥕"),
        label(EMPTY, "Personne"),
    ]
}

/// The fields of an object, which a JSON literal makes.
fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn contact(number: u64, value: Value) -> Contact {
    Contact {
        number: FIRST + number,
        fields: fields(value),
        groups: vec!["myContacts".to_owned()],
        photo: Photo::Drawn,
        updated: BASE + i64::try_from(number).unwrap_or(0) * 3_600_000,
        deleted: false,
        other: false,
        revision: 1,
        changed: 0,
    }
}

pub(super) fn fixed(seed: u64) -> Vec<Contact> {
    let mut all = vec![everything(seed)];
    // The members of the board, with the birthdays that the calendar has.
    for (number, (person, born)) in (1..).zip(PEOPLE.iter().zip([
        (1987, 11, 2),
        (1992, 2, 29),
        (0, 7, 14),
        (1979, 1, 31),
        (0, 0, 0),
        (0, 0, 0),
    ])) {
        let (given, family) = person.name.split_once(' ').unwrap_or((person.name, ""));
        let mut one = contact(
            number,
            json!({
                "names": [{
                    "displayName": person.name, "givenName": given, "familyName": family,
                    "displayNameLastFirst": format!("{family}, {given}"), "unstructuredName": person.name,
                }],
                "emailAddresses": [{"value": person.mail}],
            }),
        );
        let (year, month, day) = born;
        let date = match (year, month) {
            (_, 0) => None,
            (0, _) => Some(json!({"month": month, "day": day})),
            _ => Some(json!({"year": year, "month": month, "day": day})),
        };
        if let Some(date) = date {
            let text = format!("{day:02}/{month:02}");
            one.fields
                .insert("birthdays".into(), json!([{"date": date, "text": text}]));
        }
        if number <= 4 {
            one.groups.push(BUREAU.to_owned());
        }
        if number % 2 == 1 {
            one.groups.push("starred".to_owned());
            one.photo = Photo::Own {
                seed: mix(seed, number),
                size: 720,
            };
        }
        all.push(one);
    }
    all.extend(odd_ones());
    all
}

/// Every field at once.
fn everything(seed: u64) -> Contact {
    let mut one = contact(
        100,
        json!({
            "names": [{
                "displayName": "Dr Élise-Anne Marie Van den Bœuf-Lœwy, Jr.",
                "displayNameLastFirst": "Van den Bœuf-Lœwy, Élise-Anne Marie, Jr.",
                "honorificPrefix": "Dr", "givenName": "Élise-Anne", "middleName": "Marie Rose",
                "familyName": "Van den Bœuf-Lœwy", "honorificSuffix": "Jr.",
                "phoneticGivenName": "é-liz-ane", "phoneticFamilyName": "van den beuf",
                "unstructuredName": "Dr Élise-Anne Marie Rose Van den Bœuf-Lœwy, Jr.",
            }],
            "nicknames": [{"value": "Lili ; « la vétérinaire », dite \"Bœuf\""}],
            "fileAses": [{"value": "Bœuf (vétérinaire)"}],
            "emailAddresses": [
                {"value": "elise@veto.example", "type": "work", "formattedType": "Professionnelle", "displayName": "Cabinet vétérinaire"},
                {"value": "Lili.Bœuf@exämple.example", "type": "home", "formattedType": "Domicile"},
                {"value": "elise+amap@exemple.example", "type": "Pour l'AMAP", "formattedType": "Pour l'AMAP"},
                {"value": "sans-type@exemple.example"},
            ],
            "phoneNumbers": [
                {"value": "02 35 00 00 01", "canonicalForm": "+33235000001", "type": "work", "formattedType": "Professionnel"},
                {"value": "+33 6 00 00 00 01", "canonicalForm": "+33600000001", "type": "mobile", "formattedType": "Mobile"},
                {"value": "02 35 00 00 02", "type": "homeFax", "formattedType": "Fax (domicile)"},
                {"value": "02 35 00 00 03", "type": "workFax"},
                {"value": "02 35 00 00 04", "type": "pager"},
                {"value": "02 35 00 00 05", "type": "main"},
                {"value": "06 00 00 00 06", "type": "workMobile"},
                {"value": "poste 12 ; demander Élise, SVP", "type": "Grange"},
                {"value": "3949"},
            ],
            "addresses": [
                {
                    "formattedValue": "BP 12\n3, rue du Four, bâtiment C\n76000 Saint-Ouen-l'Étang\nFrance",
                    "type": "work", "formattedType": "Professionnelle", "poBox": "BP 12",
                    "streetAddress": "3, rue du Four", "extendedAddress": "bâtiment C", "city": "Saint-Ouen-l'Étang",
                    "region": "Seine-Maritime", "postalCode": "76000", "country": "France", "countryCode": "FR",
                },
                {"formattedValue": "Le Gué ; chemin\nsans numéro", "type": "home", "streetAddress": "Le Gué ; chemin\nsans numéro"},
                {"formattedValue": "Quelque part", "type": "Gîte d'été"},
            ],
            "organizations": [
                {
                    "name": "Cabinet vétérinaire du Gué", "title": "Vétérinaire, associée", "department": "Bovins ; caprins",
                    "type": "work", "current": true, "location": "Rez-de-chaussée", "jobDescription": "Suivi des élevages",
                    "symbol": "VETO", "domain": "veto.example", "phoneticName": "ka-bi-né", "costCenter": "12",
                    "startDate": {"year": 2012, "month": 9, "day": 1},
                },
                {"name": "École d'Alfort", "type": "school", "endDate": {"year": 2005}},
            ],
            "birthdays": [{"date": {"year": 1980, "month": 2, "day": 29}, "text": "29/02/1980"}],
            "events": [
                {"date": {"year": 2009, "month": 6, "day": 20}, "type": "anniversary", "formattedType": "Anniversaire"},
                {"date": {"month": 12, "day": 6}, "type": "Saint-Nicolas", "formattedType": "Saint-Nicolas"},
                {"date": {"year": 2001}, "type": "other"},
            ],
            "biographies": [{"value": format!("Soigne les chèvres des Trois Chênes.\n\n{}\nAttention : n'aime pas le téléphone ; préfère le courrier, vraiment \\o/ 🐐", sentence(3)), "contentType": "TEXT_PLAIN"}],
            "urls": [
                {"value": "https://veto.example/?a=1,2;b", "type": "work", "formattedType": "Professionnel"},
                {"value": "https://blog.example/lili", "type": "blog"},
                {"value": "http://perso.example", "type": "homePage"},
                {"value": "https://recettes.example", "type": "Recettes"},
            ],
            "imClients": [
                {"username": "elise@jabber.example", "protocol": "jabber", "formattedProtocol": "Jabber", "type": "home"},
                {"username": "lili.boeuf", "protocol": "skype", "formattedProtocol": "Skype"},
                {"username": "@lili:matrix.example", "protocol": "Matrix"},
            ],
            "relations": [
                {"person": "Paul Lœwy", "type": "spouse", "formattedType": "Conjoint"},
                {"person": "Rose", "type": "child"},
                {"person": "Noémie Lefèvre", "type": "Marraine", "formattedType": "Marraine"},
                {"person": "Yann Le Goff", "type": "assistant"},
                {"person": "Fatou Diallo", "type": "manager"},
            ],
            "userDefined": [
                {"key": "Panier", "value": "Grand, sans betteraves"},
                {"key": "N° d'adhésion ; ancien", "value": "AMAP-2012/007"},
            ],
            "sipAddresses": [{"value": "sip:elise@voip.example", "type": "work"}],
            "calendarUrls": [{"url": "https://calendrier.example/elise.ics", "type": "freeBusy"}],
            "externalIds": [{"value": "0042", "type": "customer"}, {"value": "V-7", "type": "organization"}],
            "genders": [{"value": "female", "formattedValue": "Femme", "addressMeAs": "elle/la"}],
            "interests": [{"value": "Chèvres"}, {"value": "Chorale"}],
            "skills": [{"value": "Obstétrique bovine"}],
            "occupations": [{"value": "Vétérinaire rurale"}],
            "locales": [{"value": "fr-FR"}],
            "locations": [{"value": "Cabinet, 1er étage", "type": "desk", "buildingId": "C", "floor": "1", "current": true}],
            "miscKeywords": [{"value": "urgent", "type": "OUTLOOK_KEYWORD"}, {"value": "domicile", "type": "HOME"}],
            "clientData": [{"key": "synchro", "value": "42"}],
        }),
    );
    one.groups
        .extend([BUREAU, FARMS, "starred", "family"].map(str::to_owned));
    one.photo = Photo::Own {
        seed: mix(seed, 100),
        size: 720,
    };
    one
}

/// What real address books are full of.
fn odd_ones() -> Vec<Contact> {
    let mut all = vec![
        contact(
            200,
            json!({"emailAddresses": [{"value": "anonyme@exemple.example"}]}),
        ),
        contact(201, json!({"phoneNumbers": [{"value": "01 00 00 00 00"}]})),
        contact(
            202,
            json!({"organizations": [{"name": "Ressourcerie « Le Grenier », SARL"}]}),
        ),
        contact(
            203,
            json!({"names": [{"displayName": "Ngũgĩ", "givenName": "Ngũgĩ", "unstructuredName": "Ngũgĩ"}]}),
        ),
        contact(
            204,
            json!({"names": [{"displayName": "山田 花子", "familyName": "山田", "givenName": "花子", "phoneticFamilyName": "やまだ", "phoneticGivenName": "はなこ"}]}),
        ),
        contact(
            205,
            json!({"names": [{"displayName": "فاطمة 🦆", "givenName": "فاطمة 🦆"}], "biographies": [{"value": "<p>Note en <b>HTML</b>&nbsp;: 3&lt;4</p>", "contentType": "TEXT_HTML"}]}),
        ),
        contact(206, json!({"nicknames": [{"value": "Le facteur"}]})),
        contact(
            207,
            json!({"names": [{"displayName": "Doublon Dupont", "givenName": "Doublon", "familyName": "Dupont"}], "emailAddresses": [{"value": "d@exemple.example"}]}),
        ),
        contact(
            208,
            json!({"names": [{"displayName": "Doublon Dupont", "givenName": "Doublon", "familyName": "Dupont"}], "emailAddresses": [{"value": "d@exemple.example"}]}),
        ),
        contact(
            209,
            json!({"names": [{"displayName": "Née le 3, on ne sait quand", "familyName": "Née", "givenName": "Inconnue"}], "birthdays": [{"text": "le 3 du mois"}]}),
        ),
        contact(
            210,
            json!({"names": [{"displayName": "Année seule", "givenName": "Année", "familyName": "Seule"}], "birthdays": [{"date": {"year": 1950}}]}),
        ),
        contact(
            211,
            json!({"names": [{"displayName": "Très Longue Note", "givenName": "Note"}], "biographies": [{"value": sentence(5).repeat(600), "contentType": "TEXT_PLAIN"}]}),
        ),
        contact(
            212,
            json!({"names": [{"displayName": "Entreprise; virgule, \\barre", "givenName": "Entreprise; virgule,", "familyName": "\\barre"}]}),
        ),
        contact(213, json!({})),
    ];
    for (number, one) in (0u64..).zip(&mut all) {
        match number {
            3 => one.photo = Photo::Own { seed: 3, size: 96 },
            7 => one.photo = Photo::Profile { seed: 7, size: 512 },
            2 => one.groups.push(FARMS.to_owned()),
            _ => {}
        }
    }
    all
}

/// Those that the account wrote to, and that Google remembered.
pub(super) fn others() -> Vec<Contact> {
    let other = |number: u64, value: Value| Contact {
        groups: Vec::new(),
        other: true,
        ..contact(300 + number, value)
    };
    let mut all = vec![
        other(
            0,
            json!({"emailAddresses": [{"value": "ne-pas-repondre@boutique.example"}]}),
        ),
        other(
            1,
            json!({"names": [{"displayName": "Jardinerie du Pont", "givenName": "Jardinerie", "familyName": "du Pont"}], "emailAddresses": [{"value": "contact@jardinerie.example"}], "phoneNumbers": [{"value": "02 35 11 11 11"}]}),
        ),
        other(
            2,
            json!({"names": [{"displayName": "Sacha", "givenName": "Sacha"}], "emailAddresses": [{"value": "sacha@exemple.example"}]}),
        ),
    ];
    if let Some(last) = all.last_mut() {
        last.photo = Photo::Profile {
            seed: 302,
            size: 256,
        };
    }
    all
}

/// Which seeded contact has this number.
pub(super) fn seeded_number(number: u64) -> Option<u64> {
    number
        .checked_sub(SEEDED)
        .filter(|number| *number < 1 << 40)
}

const GIVEN: [&str; 16] = [
    "Camille",
    "Dominique",
    "Noémie",
    "Yann",
    "Fatou",
    "Gaëlle",
    "Mehdi",
    "Inès",
    "Łukasz",
    "Zoé",
    "Björn",
    "Aïcha",
    "Jean-Baptiste",
    "Đặng",
    "Sacha",
    "Maël",
];
const FAMILY: [&str; 16] = [
    "Martin",
    "Bernard",
    "Le Goff",
    "Diallo",
    "Nguyễn",
    "Lefèvre",
    "D'Almeida",
    "Müller",
    "Rousseau",
    "Benali",
    "Da Silva",
    "Petit",
    "Moreau",
    "Kowalski",
    "Roux",
    "Fontaine",
];

/// Three of four have a picture.
pub(super) fn seeded(seed: u64, number: u64) -> Contact {
    let random = mix(seed ^ 0xc0_47ac, number);
    let pick = |n: u64| mix(random, n);
    let of = |list: &[&str; 16], n: u64| {
        let place = usize::try_from(pick(n) % 16).unwrap_or(0);
        list.get(place).copied().unwrap_or_default().to_owned()
    };
    let (given, family) = (of(&GIVEN, 1), of(&FAMILY, 2));
    let name = format!("{given} {family}");
    let phone = format!(
        "06 {:02} {:02} {:02} {:02}",
        pick(3) % 100,
        pick(4) % 100,
        pick(5) % 100,
        number % 100
    );
    let mut value = json!({
        "names": [{"displayName": name, "givenName": given, "familyName": family, "unstructuredName": name}],
        "emailAddresses": [{"value": format!("adherent{number}@exemple.example"), "type": "home"}],
        "phoneNumbers": [{"value": phone, "type": "mobile"}],
    });
    if let Some(fields) = value.as_object_mut() {
        if random.is_multiple_of(2) {
            let street = format!("{} rue du Four", 1 + pick(6) % 90);
            let all = json!([{
                "type": "home", "streetAddress": street, "postalCode": "76000", "city": "Saint-Ouen-l'Étang",
                "country": "France", "countryCode": "FR",
                "formattedValue": format!("{street}\n76000 Saint-Ouen-l'Étang\nFrance"),
            }]);
            fields.insert("addresses".into(), all);
        }
        if random.is_multiple_of(3) {
            let lines: Vec<&str> = (0..1 + pick(7) % 4)
                .map(|n| sentence(pick(8 + n)))
                .collect();
            let note = json!([{"value": lines.join("\n"), "contentType": "TEXT_PLAIN"}]);
            fields.insert("biographies".into(), note);
        }
        if random.is_multiple_of(5) {
            let date = json!([{"date": {"year": 1940 + pick(20) % 65, "month": 1 + pick(21) % 12, "day": 1 + pick(22) % 28}}]);
            fields.insert("birthdays".into(), date);
        }
    }
    let mut groups = vec!["myContacts".to_owned()];
    if random.is_multiple_of(6) {
        groups.push(BUREAU.to_owned());
    }
    Contact {
        number: SEEDED + number,
        fields: fields(value),
        groups,
        photo: match number % 4 {
            3 => Photo::Drawn,
            _ => Photo::Own {
                seed: pick(23),
                size: 480,
            },
        },
        updated: BASE + i64::try_from(pick(24) % 60_000_000_000).unwrap_or(0),
        deleted: false,
        other: false,
        revision: 1,
        changed: 0,
    }
}
