//! Contacts as cards, made out of the JSON of the People API, with their pictures.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::labels::Labels;
use super::version;
use super::wire::{OtherContacts, Person};
use crate::model::{Item, ItemId};
use crate::pim::contact::google::{Groups, from_person, photo_url};
use crate::source::google::client::{Api, Client};
use crate::source::google::error::Failure;
use crate::source::{SourceError, SourceObject};

/// Everything that a person's card can hold.
const FIELDS: &str = "addresses,biographies,birthdays,calendarUrls,clientData,emailAddresses,events,externalIds,genders,\
     imClients,interests,locales,locations,memberships,metadata,miscKeywords,names,nicknames,occupations,\
     organizations,phoneNumbers,photos,relations,sipAddresses,skills,urls,userDefined";
const OTHER_FIELDS: &str = "emailAddresses,metadata,names,phoneNumbers,photos";

/// People whom one request names: twice as many are allowed, but make an address of some 9,000 characters.
const AT_ONCE: usize = 100;
/// Pictures that are fetched at once.
const PICTURES: usize = 6;
/// Far more than Google keeps of a picture, in bytes.
const LARGEST_PICTURE: usize = 20 * 1024 * 1024;

type Answer = (ItemId, Result<SourceObject, SourceError>);

/// The cards of the account's own contacts.
pub(in super::super) fn of_own<'a>(
    client: &'a Client,
    labels: Arc<Labels>,
    wanted: &'a [Item],
) -> BoxStream<'a, Answer> {
    let people = async move {
        match batch(client, wanted).await {
            Ok(found) => found,
            Err(error) => match wanted.first() {
                Some(item) => vec![(item, Err(error.into()))],
                None => Vec::new(),
            },
        }
    };
    cards(client, Some(labels), people)
}

/// The cards of those that Google noted by itself. One of them cannot be asked for alone.
pub(in super::super) fn of_others<'a>(
    client: &'a Client,
    wanted: &'a [Item],
) -> BoxStream<'a, Answer> {
    let people = async move {
        match others(client, wanted).await {
            Ok(found) => found,
            Err(error) => match wanted.first() {
                Some(item) => vec![(item, Err(error.into()))],
                None => Vec::new(),
            },
        }
    };
    cards(client, None, people)
}

type Found<'a> = Vec<(&'a Item, Result<Value, SourceError>)>;

fn cards<'a>(
    client: &'a Client,
    labels: Option<Arc<Labels>>,
    people: impl Future<Output = Found<'a>> + Send + 'a,
) -> BoxStream<'a, Answer> {
    let groups = match &labels {
        Some(labels) => Groups::from_json(labels.as_json()),
        None => Groups::default(),
    };
    let groups = Arc::new(groups);
    stream::once(people)
        .flat_map(stream::iter)
        .map(move |(item, person)| {
            let (groups, labels) = (groups.clone(), labels.clone());
            async move {
                let card = match person {
                    Ok(person) => card(client, &person, labels.as_deref(), &groups).await,
                    Err(error) => Err(error),
                };
                (item.id.clone(), card)
            }
        })
        .buffer_unordered(PICTURES)
        .boxed()
}

async fn card(
    client: &Client,
    raw: &Value,
    labels: Option<&Labels>,
    groups: &Groups,
) -> Result<SourceObject, SourceError> {
    let person = Person::read(raw.clone())?;
    let picture = picture(client, raw).await?;
    let made = from_person(raw, groups, picture.as_deref());
    Ok(SourceObject {
        text: Bytes::from(made.text),
        version: version(&person, labels),
        converted: true,
        lost: made.lost,
    })
}

/// A person's own picture in full size. `None`: there is none, or it is lost; then the card keeps its address,
/// and whoever makes the card counts it.
async fn picture(client: &Client, person: &Value) -> Result<Option<Vec<u8>>, SourceError> {
    let Some(address) = photo_url(person) else {
        return Ok(None);
    };
    let Ok(address) = Url::parse(&address) else {
        return Ok(None);
    };
    match client.picture(&address, LARGEST_PICTURE).await {
        Ok(bytes) => Ok(Some(bytes)),
        // What is gone, or leads elsewhere, stays so; the person's card moves all the same.
        Err(Failure::Api(error))
            if matches!(error.status, 400 | 403 | 404 | 410) && !error.is_throttling() =>
        {
            Ok(None)
        }
        Err(Failure::Untrusted(_)) => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

async fn batch<'a>(client: &Client, wanted: &'a [Item]) -> Result<Found<'a>, Failure> {
    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Batch {
        responses: Vec<Response>,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Response {
        person: Option<Value>,
        requested_resource_name: String,
    }

    let mut found: HashMap<String, Option<Value>> = HashMap::new();
    for some in wanted.chunks(AT_ONCE) {
        let mut query = vec![
            ("personFields", FIELDS),
            ("sources", "READ_SOURCE_TYPE_CONTACT"),
        ];
        query.extend(
            some.iter()
                .map(|item| ("resourceNames", item.locator.as_str())),
        );
        let batch: Batch = client
            .ask(Api::People, &["people:batchGet"], &query)
            .await?;
        for response in batch.responses {
            found.insert(response.requested_resource_name, response.person);
        }
    }
    let answers = wanted.iter().map(|item| {
        let person = found.remove(&item.locator).flatten();
        (item, person.ok_or(SourceError::NotFound))
    });
    Ok(answers.collect())
}

async fn others<'a>(client: &Client, wanted: &'a [Item]) -> Result<Found<'a>, Failure> {
    let mut left: HashMap<&str, &Item> = wanted
        .iter()
        .map(|item| (item.locator.as_str(), item))
        .collect();
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    while !left.is_empty() {
        let mut query = vec![("readMask", OTHER_FIELDS), ("pageSize", "1000")];
        query.extend(token.as_deref().map(|token| ("pageToken", token)));
        let page: OtherContacts = client.ask(Api::People, &["otherContacts"], &query).await?;
        for person in page.other_contacts {
            let name = person
                .get("resourceName")
                .and_then(Value::as_str)
                .unwrap_or_default();
            if let Some(item) = left.remove(name) {
                found.push((item, Ok(person)));
            }
        }
        token = page.next_page_token;
        if token.is_none() {
            break;
        }
    }
    found.extend(
        left.into_values()
            .map(|item| (item, Err(SourceError::NotFound))),
    );
    Ok(found)
}
