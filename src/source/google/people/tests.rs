use serde_json::json;

use super::wire::Person;
use super::*;

fn person(fields: serde_json::Value) -> Person {
    Person::read(fields).unwrap()
}

#[test]
fn somebody_without_a_name_is_known_by_something_else() {
    for (fields, name) in [
        (
            json!({"names": [{"displayName": "A B"}], "nicknames": [{"value": "C"}]}),
            "A B",
        ),
        (
            json!({"names": [{"displayName": " ", "unstructuredName": "U"}]}),
            "U",
        ),
        (
            json!({"nicknames": [{"value": "C"}], "organizations": [{"name": "O"}]}),
            "C",
        ),
        (
            json!({"organizations": [{"title": "T"}, {"name": "O"}]}),
            "O",
        ),
        (
            json!({"emailAddresses": [{"value": "a@b.example"}]}),
            "a@b.example",
        ),
        (json!({"phoneNumbers": [{"value": "01"}]}), "01"),
        (json!({}), ""),
    ] {
        assert_eq!(person(fields).name(), name);
    }
}

#[test]
fn a_version_is_that_of_the_contact_and_of_its_labels() {
    let with = |etag: &str, groups: &[&str]| {
        let memberships: Vec<_> = groups
            .iter()
            .map(|group| json!({"contactGroupMembership": {"contactGroupResourceName": format!("contactGroups/{group}")}}))
            .collect();
        person(json!({
            "resourceName": "people/c1", "etag": "%differs=",
            "metadata": {"sources": [{"type": "PROFILE", "etag": "#p="}, {"type": "CONTACT", "etag": etag}]},
            "memberships": memberships,
        }))
    };
    let labels = |name: &str| {
        Labels::of(vec![
            json!({"resourceName": "contactGroups/myContacts", "name": "myContacts"}),
            json!({"resourceName": "contactGroups/1", "name": name}),
        ])
    };
    let of =
        |etag: &str, groups: &[&str], name: &str| version(&with(etag, groups), Some(&labels(name)));
    assert_eq!(
        of("#a=", &["myContacts"], "X"),
        "#a=",
        "everybody has that label"
    );
    assert_ne!(
        of("#a=", &["myContacts"], "X"),
        of("#b=", &["myContacts"], "X")
    );
    assert_ne!(of("#a=", &["1"], "X"), of("#a=", &["1"], "Y"));
    assert_eq!(
        of("#a=", &["myContacts"], "X"),
        of("#a=", &["myContacts"], "Y")
    );
    assert_eq!(
        of("#a=", &["1", "myContacts"], "X"),
        of("#a=", &["myContacts", "1"], "X")
    );
    assert_ne!(labels("X").digest(), labels("Y").digest());
}

#[test]
fn a_contact_without_a_source_has_the_etag_of_the_person() {
    let other = person(json!({"resourceName": "people/c1", "etag": "\"x\""}));
    assert_eq!(version(&other, None), "x");
}
