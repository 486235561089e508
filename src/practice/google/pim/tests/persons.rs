use std::collections::BTreeSet;

use super::*;
use crate::practice::google::Photo;

const CONNECTIONS: &str = "v1/people/me/connections";

#[tokio::test]
async fn people_come_with_the_fields_that_were_asked_for() {
    let asking = asking(0, 1_200).await;
    let (status, answer) = asking.get(CONNECTIONS, &[]).await;
    assert_eq!(
        (status, text(&answer["error"], "status")),
        (400, "INVALID_ARGUMENT")
    );
    assert!(text(&answer["error"], "message").starts_with("personFields mask is required"));
    let (status, answer) = asking
        .get(CONNECTIONS, &[("personFields", "names,nonsense")])
        .await;
    assert_eq!(status, 400, "{answer}");
    let (status, _) = asking
        .get(CONNECTIONS, &[("personFields", "names"), ("nonsense", "1")])
        .await;
    assert_eq!(status, 400);
    let (status, _) = asking
        .get(
            CONNECTIONS,
            &[("personFields", "names"), ("pageSize", "1001")],
        )
        .await;
    assert_eq!(status, 400);
    let query = [
        ("personFields", "names,emailAddresses"),
        ("pageSize", "500"),
    ];
    let (people, last) = all(&asking, CONNECTIONS, &query, "connections").await;
    assert_eq!(people.len(), asking.server.control().contacts().len());
    assert_eq!(last["nextSyncToken"], Value::Null, "nobody asked for it");
    let known = ["resourceName", "etag", "names", "emailAddresses"];
    for person in &people {
        assert!(
            person
                .as_object()
                .unwrap()
                .keys()
                .all(|key| known.contains(&key.as_str()))
        );
    }
    let names: BTreeSet<&str> = people
        .iter()
        .map(|person| text(person, "resourceName"))
        .collect();
    assert_eq!(names.len(), people.len());
    let whole = super::super::people_api::FIELDS.join(",");
    let (people, _) = all(
        &asking,
        CONNECTIONS,
        &[("personFields", &whole), ("pageSize", "1000")],
        "connections",
    )
    .await;
    let everything = &people[0];
    // All but those that nobody but Google fills in.
    let there: Vec<&String> = everything.as_object().unwrap().keys().collect();
    for name in super::super::people_api::FIELDS {
        let google = ["ageRanges", "coverPhotos"].contains(&name);
        assert_eq!(there.iter().any(|one| *one == name), !google, "{name}");
    }
    assert_eq!(everything["emailAddresses"][0]["metadata"]["primary"], true);
    assert_eq!(everything["metadata"]["sources"][0]["type"], "CONTACT");
}

#[tokio::test]
async fn batches_tell_of_those_that_are_not_there() {
    let asking = asking(0, 10).await;
    let people = asking.server.control().contacts();
    let one = people.last().unwrap().resource_name();
    let query = [
        ("personFields", "names,metadata"),
        ("resourceNames", one.as_str()),
        ("resourceNames", "people/c1"),
    ];
    let answer = asking.ok("v1/people:batchGet", &query).await;
    assert_eq!(answer["responses"][0]["person"]["resourceName"], one);
    assert_eq!(answer["responses"][1]["status"]["code"], 5);
    let mut query = vec![("personFields", "names")];
    query.extend((0..201).map(|_| ("resourceNames", one.as_str())));
    assert_eq!(asking.get("v1/people:batchGet", &query).await.0, 400);
    let path = format!("v1/{one}");
    assert_eq!(
        asking.ok(&path, &[("personFields", "names")]).await["resourceName"],
        one
    );
}

#[tokio::test]
async fn changes_come_by_the_token_for_seven_days() {
    let asking = asking(0, 20).await;
    let control = asking.server.control();
    let full = [
        ("personFields", "names,metadata"),
        ("requestSyncToken", "true"),
    ];
    let (people, last) = all(&asking, CONNECTIONS, &full, "connections").await;
    let token = text(&last, "nextSyncToken").to_owned();
    let mut again = full.to_vec();
    again.push(("syncToken", &token));
    assert_eq!(
        asking.ok(CONNECTIONS, &again).await.get("connections"),
        None
    );
    let (first, second) = (
        text(&people[0], "resourceName"),
        text(&people[21], "resourceName"),
    );
    assert!(control.delete_contact(first));
    assert!(control.edit_contact(second, |contact| contact.photo = Photo::Drawn));
    let changed = asking.ok(CONNECTIONS, &again).await;
    assert_eq!(changed["connections"][0]["metadata"]["deleted"], true);
    assert_eq!(text(&changed["connections"][1], "resourceName"), second);
    let source = |person: &Value| person["metadata"]["sources"][0]["etag"].clone();
    assert_ne!(source(&changed["connections"][1]), source(&people[21]));
    // Other fields than before.
    let other = [
        ("personFields", "names"),
        ("requestSyncToken", "true"),
        ("syncToken", token.as_str()),
    ];
    assert_eq!(asking.get(CONNECTIONS, &other).await.0, 400);
    control.advance(std::time::Duration::from_secs(8 * 86_400));
    control.expire_access_tokens();
    let mut asking = asking;
    asking.refresh().await;
    let (status, answer) = asking.get(CONNECTIONS, &again).await;
    assert_eq!(status, 400);
    assert_eq!(
        answer["error"]["details"][0]["reason"],
        "EXPIRED_SYNC_TOKEN"
    );
}

#[tokio::test]
async fn labels_and_pictures_and_other_contacts() {
    let asking = asking(0, 0).await;
    let (groups, _) = all(
        &asking,
        "v1/contactGroups",
        &[("pageSize", "4")],
        "contactGroups",
    )
    .await;
    let board = groups
        .iter()
        .find(|group| text(group, "name") == "Bureau, CA ; élu·es")
        .unwrap();
    assert_eq!(
        (text(board, "groupType"), &board["memberCount"]),
        ("USER_CONTACT_GROUP", &json!(5))
    );
    let group = asking
        .ok(
            &format!("v1/{}", text(board, "resourceName")),
            &[("maxMembers", "2")],
        )
        .await;
    assert_eq!(group["memberResourceNames"].as_array().unwrap().len(), 2);
    assert_eq!(
        groups
            .iter()
            .filter(|group| text(group, "groupType") == "SYSTEM_CONTACT_GROUP")
            .count(),
        8
    );
    let (people, _) = all(
        &asking,
        CONNECTIONS,
        &[("personFields", "names,photos")],
        "connections",
    )
    .await;
    let own = people
        .iter()
        .find(|person| person["photos"][0].get("default").is_none())
        .unwrap();
    let address = text(&own["photos"][0], "url").to_owned();
    assert!(address.ends_with("=s100"), "{address}");
    for (address, size) in [
        (address.clone(), 100),
        (address.replace("=s100", "=s720"), 720),
        (address.replace("=s100", "=s0"), 720),
        (address.clone() + "?sz=50", 50),
    ] {
        // Nobody signs in for it.
        let answer = asking.client.get(&address).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "image/png");
        let png = answer.bytes().await.unwrap();
        assert_eq!(png[16..20], u32::to_be_bytes(size), "{address}");
    }
    let others = asking
        .ok("v1/otherContacts", &[("readMask", "names,emailAddresses")])
        .await;
    assert_eq!(others["totalSize"], 3);
    assert!(text(&others["otherContacts"][0], "resourceName").starts_with("otherContacts/c"));
    let (status, _) = asking
        .get("v1/otherContacts", &[("readMask", "addresses")])
        .await;
    assert_eq!(status, 400);
}
