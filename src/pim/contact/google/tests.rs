use serde_json::json;

use super::*;
use crate::pim::contact::{Limits, prepare};

fn made(person: &Value, photo: Option<&[u8]>) -> (Vec<String>, Converted) {
    let groups = Groups::from_json(&[
        json!({"resourceName": "contactGroups/starred", "groupType": "SYSTEM_CONTACT_GROUP", "name": "starred", "formattedName": "Suivis"}),
        json!({"resourceName": "contactGroups/myContacts", "name": "myContacts", "formattedName": "Mes contacts"}),
        json!({"resourceName": "contactGroups/7f", "groupType": "USER_CONTACT_GROUP", "name": "Bureau, AMAP", "formattedName": "Bureau, AMAP"}),
    ]);
    let made = from_person(person, &groups, photo);
    let prepared = prepare(&made.text, &Limits::default()).unwrap();
    assert_eq!(
        prepared.changes,
        [],
        "{}",
        String::from_utf8_lossy(&made.text)
    );
    let text = String::from_utf8(made.text.clone())
        .unwrap()
        .replace("\r\n ", "");
    (text.lines().map(str::to_owned).collect(), made)
}

fn expect(lines: &[String], expected: &[&str]) {
    for line in expected {
        assert!(
            lines.iter().any(|known| known == line),
            "{line}\nin {lines:#?}"
        );
    }
}

#[test]
fn a_person_keeps_every_field() {
    let person = json!({
        "resourceName": "people/c123", "etag": "x",
        "metadata": {"sources": [{"type": "PROFILE", "id": "1"}, {"type": "CONTACT", "id": "5a7b", "updateTime": "2024-03-01T10:00:00.5Z"}]},
        "names": [
            {"metadata": {"primary": true}, "displayName": "Mme Léa Rose Martin, PhD", "familyName": "Martin", "givenName": "Léa", "middleName": "Rose",
             "honorificPrefix": "Mme", "honorificSuffix": "PhD", "phoneticGivenName": "Lé-a"},
            {"displayName": "L. Dupont", "familyName": "Dupont", "givenName": "L."}],
        "nicknames": [{"value": "Lélé"}, {"value": "Mia", "type": "DEFAULT"}, {"value": "Durand", "type": "MAIDEN_NAME"}, {"value": "LM", "type": "INITIALS"}],
        "fileAses": [{"value": "Martin, Léa"}],
        "emailAddresses": [
            {"metadata": {"primary": true}, "value": "lea@example.org", "type": "home", "displayName": "Léa M."},
            {"value": "l@work.example", "type": "work"}, {"value": "x@y", "type": "Asso; 2", "formattedType": "Asso; 2"}, {"value": "z@y", "type": "other"}],
        "phoneNumbers": [{"value": "06 01", "canonicalForm": "+336", "type": "mobile"}, {"value": "01", "type": "workFax"}, {"value": "02", "type": "googleVoice"}],
        "addresses": [{"type": "home", "streetAddress": "1, rue X", "extendedAddress": "Bât. B", "poBox": "BP 3", "city": "Lyon", "region": "Rhône",
            "postalCode": "69000", "country": "France", "countryCode": "FR", "formattedValue": "1, rue X\nBât. B\nBP 3\n69000 Lyon\nRhône\nFrance"},
            {"type": "Jardin", "formattedValue": "Au bout du chemin"}],
        "organizations": [{"name": "AMAP; du Canard", "department": "Bureau", "title": "Trésorière", "type": "work", "current": true, "startDate": {"year": 2020}},
            {"name": "Ancienne"}],
        "occupations": [{"value": "Maraîchère"}],
        "birthdays": [{"date": {"month": 11, "day": 2}, "text": "2 nov"}, {"text": "en hiver"}],
        "events": [{"date": {"year": 2010, "month": 6, "day": 5}, "type": "anniversary"}, {"date": {"month": 2, "day": 29}, "type": "Fête"}, {"date": {"year": 2001}}],
        "biographies": [{"value": "Un <b>mot</b><br>ici", "contentType": "TEXT_HTML"}, {"value": "Deux\nlignes", "contentType": "TEXT_PLAIN"}],
        "urls": [{"value": "https://x.org/a,b", "type": "homePage"}, {"value": "https://y.org", "type": "work"}],
        "imClients": [{"username": "lea", "protocol": "skype", "type": "home"}, {"username": "lea@j", "protocol": "jabber"}, {"username": "u", "protocol": "Mon Chat!", "type": "other"}],
        "sipAddresses": [{"value": "lea@sip", "type": "work"}, {"value": "SIP:a@b"}],
        "relations": [{"person": "Paul", "type": "spouse"}, {"person": "Zoé", "type": "Nièce"}, {"person": "X"}],
        "userDefined": [{"key": "Panier", "value": "grand"}],
        "clientData": [{"key": "k", "value": "v"}],
        "memberships": [{"contactGroupMembership": {"contactGroupId": "myContacts", "contactGroupResourceName": "contactGroups/myContacts"}},
            {"contactGroupMembership": {"contactGroupResourceName": "contactGroups/starred"}}, {"contactGroupMembership": {"contactGroupResourceName": "contactGroups/7f"}},
            {"contactGroupMembership": {"contactGroupResourceName": "contactGroups/unknown"}}, {"domainMembership": {"inViewerDomain": true}}],
        "externalIds": [{"value": "42", "type": "customer"}], "interests": [{"value": "poules"}], "skills": [{"value": "soudure"}],
        "locations": [{"value": "Bureau 3", "type": "desk", "floor": "2"}], "genders": [{"value": "female", "addressMeAs": "elle"}],
        "calendarUrls": [{"url": "https://c.org/x", "type": "home"}, {"url": "https://c.org/fb", "type": "freeBusy"}],
        "miscKeywords": [{"value": "m", "type": "OUTLOOK_KEYWORD"}], "locales": [{"value": "fr"}], "ageRanges": [{"ageRange": "TWENTY_ONE_OR_OLDER"}],
        "coverPhotos": [{"url": "https://cover", "default": true}],
        "photos": [{"url": "https://lh3.googleusercontent.com/contacts/AG6=s100"}],
        "taglines": [{"value": "tout ce qui vient"}]
    });
    let (lines, made) = made(&person, Some(b"GIF89a"));
    expect(
        &lines,
        &[
            "VERSION:3.0",
            "UID:5a7b",
            "FN:Mme Léa Rose Martin\\, PhD",
            "N:Martin;Léa;Rose;Mme;PhD",
            "X-PHONETIC-FIRST-NAME:Lé-a",
            "item1.X-GOOGLE-NAME:Dupont;L.;;;",
            "item1.X-ABLabel:L. Dupont",
            "NICKNAME:Lélé,Mia",
            "X-MAIDENNAME:Durand",
            "X-FILE-AS:Martin\\, Léa",
            "EMAIL;X-DISPLAY-NAME=Léa M.;TYPE=INTERNET,HOME,PREF:lea@example.org",
            "EMAIL;TYPE=INTERNET,WORK:l@work.example",
            "EMAIL;TYPE=INTERNET:z@y",
            "TEL;TYPE=CELL:06 01",
            "TEL;TYPE=WORK,FAX:01",
            "IMPP;X-SERVICE-TYPE=skype;TYPE=HOME:skype:lea",
            "IMPP;X-SERVICE-TYPE=jabber:xmpp:lea@j",
            "IMPP;X-SERVICE-TYPE=Mon Chat!:monchat:u",
            "IMPP;X-SERVICE-TYPE=SIP;TYPE=WORK:sip:lea@sip",
            "IMPP;X-SERVICE-TYPE=SIP:SIP:a@b",
            "ROLE:Maraîchère",
            "BDAY;X-APPLE-OMIT-YEAR=1604:1604-11-02",
            "X-GOOGLE-BIRTHDAY:en hiver",
            "NOTE:Un mot\\nici",
            "X-GOOGLE-NOTE-HTML:Un <b>mot</b><br>ici",
            "NOTE:Deux\\nlignes",
            "URL;TYPE=WORK:https://y.org",
            "CALURI;TYPE=HOME:https://c.org/x",
            "FBURL:https://c.org/fb",
            "CATEGORIES:Suivis,Bureau\\, AMAP,unknown",
            "X-GOOGLE-IN-DOMAIN:TRUE",
            "X-INTEREST:poules",
            "X-EXPERTISE:soudure",
            "X-GENDER:female",
            "PHOTO;ENCODING=b;TYPE=GIF:R0lGODlh",
            "X-GOOGLE-TAGLINES:[{\"value\":\"tout ce qui vient\"}]",
            "REV:20240301T100000Z",
        ],
    );
    let text = lines.join("\n");
    for (property, label) in [
        ("EMAIL;TYPE=INTERNET:x@y", "Asso\\; 2"),
        ("TEL:02", "googleVoice"),
        ("X-ABDATE:2010-06-05", "_$!<Anniversary>!$_"),
        ("X-ABDATE;X-APPLE-OMIT-YEAR=1604:1604-02-29", "Fête"),
        ("URL:https://x.org/a,b", "_$!<HomePage>!$_"),
        ("X-ABRELATEDNAMES:Paul", "_$!<Spouse>!$_"),
        ("X-ABRELATEDNAMES:Zoé", "Nièce"),
        ("X-ABRELATEDNAMES:X", "_$!<Other>!$_"),
        ("X-GOOGLE-USER-DEFINED:grand", "Panier"),
        ("X-GOOGLE-CLIENT-DATA:v", "k"),
        ("X-GOOGLE-EXTERNAL-ID:42", "customer"),
        ("ADR:;;Au bout du chemin;;;;", "Jardin"),
    ] {
        let line = lines
            .iter()
            .find(|line| line.ends_with(&format!(".{property}")));
        let group = line
            .unwrap_or_else(|| panic!("{property} in {text}"))
            .split('.')
            .next()
            .unwrap();
        assert!(
            lines.contains(&format!("{group}.X-ABLabel:{label}")),
            "{property} {label} in {text}"
        );
    }
    assert!(text.contains(".ADR;TYPE=HOME:BP 3;Bât. B;1\\, rue X;Lyon;Rhône;69000;France"));
    assert!(
        text.contains(".X-ABADR:fr") && !text.contains("LABEL;") && !text.contains("myContacts")
    );
    assert!(
        text.contains(".ORG:AMAP\\; du Canard;Bureau")
            && text.contains(".TITLE:Trésorière")
            && text.contains(".ORG:Ancienne")
    );
    assert!(
        text.contains(
            r#".X-GOOGLE-ORGANIZATION:{"current":true\,"startDate":{"year":2020}\,"type":"work"}"#
        ),
        "{text}"
    );
    assert!(text.contains(r#"X-GOOGLE-EVENT:{"date":{"year":2001}}"#));
    assert_eq!(
        (made.uid.as_str(), made.name.as_str(), made.lost),
        ("5a7b", "Mme Léa Rose Martin, PhD", 0)
    );
    assert!(
        made.extended.contains(&"X-GOOGLE-TAGLINES".to_owned())
            && !made.extended.contains(&"X-ABLabel".to_owned())
    );
}

#[test]
fn an_address_that_says_more_than_its_parts_keeps_a_label() {
    let (lines, _) = made(
        &json!({"addresses": [{"city": "Lyon", "formattedValue": "Derrière la gare\nLyon", "type": "work"}]}),
        None,
    );
    expect(
        &lines,
        &[
            "ADR;TYPE=WORK:;;;Lyon;;;",
            "LABEL;TYPE=WORK:Derrière la gare\\nLyon",
        ],
    );
}

#[test]
fn whoever_says_little_has_a_card() {
    for (person, name) in [
        (json!({}), "?"),
        (
            json!({"resourceName": "people/c1", "names": [{"givenName": "Léa", "familyName": "M"}]}),
            "Léa M",
        ),
        (json!({"nicknames": [{"value": "Lé"}]}), "Lé"),
        (json!({"organizations": [{"name": "AMAP"}]}), "AMAP"),
        (json!({"emailAddresses": [{"value": "a@x"}]}), "a@x"),
        (json!({"phoneNumbers": [{"value": "06"}]}), "06"),
        (
            json!({"names": "odd", "emailAddresses": [3, {"value": null}], "birthdays": [{"date": {"month": 13, "day": 40}}], "photos": [{}]}),
            "?",
        ),
    ] {
        let (_, made) = made(&person, None);
        assert_eq!(made.name, name);
    }
    assert_eq!(uid(&json!({"resourceName": "people/c1"})), "people/c1");
}

#[test]
fn photos_are_asked_for_in_full_size() {
    for (url, expected) in [
        (
            "https://lh3.googleusercontent.com/contacts/AG6=s100",
            "https://lh3.googleusercontent.com/contacts/AG6=s0",
        ),
        (
            "https://lh3.googleusercontent.com/contacts/AG6",
            "https://lh3.googleusercontent.com/contacts/AG6=s0",
        ),
        (
            "https://lh3.googleusercontent.com/a/AG6?sz=50",
            "https://lh3.googleusercontent.com/a/AG6=s0",
        ),
    ] {
        assert_eq!(
            photo_url(&json!({"photos": [{"url": "x", "default": true}, {"url": url}]})).as_deref(),
            Some(expected)
        );
    }
    assert_eq!(
        photo_url(&json!({"photos": [{"url": "https://x", "default": true}]})),
        None
    );
    let (lines, made) = made(&json!({"photos": [{"url": "https://x/y"}]}), None);
    expect(&lines, &["PHOTO;VALUE=uri:https://x/y"]);
    assert_eq!(made.lost, 1);
}
