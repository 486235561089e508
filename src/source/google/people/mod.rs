//! Contacts, by the People API v1: the account's own, and those that Google noted by itself.

mod cards;
mod labels;
mod wire;

use self::wire::{Connections, OtherContacts, Person};
use super::client::{Api, Client, Query};
use super::error::Failure;
use super::listing::MOST_RESTARTS;
use crate::model::{Collection, Item, ItemId, ItemKind, Space, SpaceId, SpaceKind};
use crate::source::{SourceError, SurveySink};

pub(super) use self::cards::{of_others, of_own};
pub(super) use self::labels::Labels;

pub(super) const CONTACTS: &str = "contacts:own";
pub(super) const OTHERS: &str = "contacts:other";

/// What a survey wants of a person: a name, and what the version is made of.
const SURVEYED: &str =
    "emailAddresses,memberships,metadata,names,nicknames,organizations,phoneNumbers";
/// Likewise; of these people Google tells hardly more.
const OTHERS_SURVEYED: &str = "emailAddresses,metadata,names,phoneNumbers";

fn space(id: &str, name: &str) -> Space {
    Space {
        id: SpaceId::new(id),
        kind: SpaceKind::AddressBooks,
        name: name.to_owned(),
        change_token: None,
    }
}

fn book(id: &str, name: &str, primary: bool) -> Item {
    let mut item = Item::new(SpaceId::new(id), id, None, name, ItemKind::AddressBook);
    item.collection = Some(Collection {
        primary,
        ..Collection::default()
    });
    item
}

/// Tells of the account's own contacts.
pub(super) async fn survey(
    client: &Client,
    since: &[Space],
    sink: &mut dyn SurveySink,
) -> Result<(), SourceError> {
    let labels = Labels::list(client).await?;
    // One name in every language of ours, and that of a Nextcloud's own book.
    let mut survey = PeopleSurvey {
        client,
        sink,
        space: space(CONTACTS, "Contacts"),
        book: book(CONTACTS, "Contacts", true),
        labels: Some(labels),
    };
    survey.run(since).await
}

/// Tells of those that Google noted by itself.
pub(super) async fn survey_others(
    client: &Client,
    since: &[Space],
    sink: &mut dyn SurveySink,
) -> Result<(), SourceError> {
    let mut survey = PeopleSurvey {
        client,
        sink,
        space: space(OTHERS, "Other contacts"),
        book: book(OTHERS, "Other contacts", false),
        labels: None,
    };
    survey.run(since).await
}

struct PeopleSurvey<'a> {
    client: &'a Client,
    sink: &'a mut dyn SurveySink,
    space: Space,
    book: Item,
    /// `None`: other contacts, which have none.
    labels: Option<Labels>,
}

/// One page of people.
struct Page {
    people: Vec<Person>,
    next: Option<String>,
    sync: Option<String>,
}

impl PeopleSurvey<'_> {
    async fn run(&mut self, since: &[Space]) -> Result<(), SourceError> {
        let earlier = since.iter().find(|earlier| earlier.id == self.space.id);
        let earlier = earlier.and_then(|earlier| earlier.change_token.clone());
        if let Some((digest, sync)) = earlier.as_deref().and_then(|token| token.split_once(' '))
            && digest == self.labels_digest()
            && self.changes(&earlier, sync).await?
        {
            return Ok(());
        }
        self.sink.space(self.space.clone()).await?;
        self.sink.items(vec![self.book.clone()]).await?;
        let mut token: Option<String> = None;
        let mut restarts = 0;
        loop {
            let page = match self.page(token.as_deref(), None).await {
                Err(failure)
                    if token.is_some()
                        && restarts < MOST_RESTARTS
                        && failure.rejects_page_token() =>
                {
                    restarts += 1;
                    token = None;
                    continue;
                }
                page => page?,
            };
            let people = page.people.iter().filter(|person| !person.is_deleted());
            let items = people.map(|person| self.item(person)).collect();
            self.sink.items(items).await?;
            token = page.next;
            if token.is_none() {
                return self.finish(page.sync).await;
            }
        }
    }

    /// A label that is renamed or deleted changes cards, but no person.
    fn labels_digest(&self) -> String {
        self.labels
            .as_ref()
            .map_or_else(|| "-".to_owned(), Labels::digest)
    }

    async fn finish(&mut self, sync: Option<String>) -> Result<(), SourceError> {
        let token = sync.map(|sync| format!("{} {sync}", self.labels_digest()));
        let space = Space {
            change_token: token,
            ..self.space.clone()
        };
        self.sink.space(space).await
    }

    /// Tells of what changed. `false`: that is not known any more; nothing was told.
    async fn changes(&mut self, earlier: &Option<String>, sync: &str) -> Result<bool, SourceError> {
        let mut page = match self.page(None, Some(sync)).await {
            Ok(page) => page,
            Err(failure) if failure.rejects_sync_token() => {
                tracing::info!(space = %self.space.id, "the token is no longer known; listing all");
                return Ok(false);
            }
            Err(failure) => return Err(failure.into()),
        };
        let begun = Space {
            change_token: earlier.clone(),
            ..self.space.clone()
        };
        self.sink.space(begun).await?;
        self.sink.unchanged_unless_told(&self.space.id).await?;
        self.sink.items(vec![self.book.clone()]).await?;
        loop {
            let (gone, there): (Vec<&Person>, Vec<&Person>) =
                page.people.iter().partition(|person| person.is_deleted());
            // Two contacts that became one have the names of both.
            let former = there
                .iter()
                .flat_map(|person| &person.metadata.previous_resource_names);
            let former = former.filter(|name| there.iter().all(|one| one.resource_name != **name));
            let gone = gone.iter().map(|person| &person.resource_name);
            let gone = gone.chain(former).map(|name| item_id(name)).collect();
            let items = there.iter().map(|person| self.item(person)).collect();
            self.sink.gone(gone).await?;
            self.sink.items(items).await?;
            let Some(next) = page.next else { break };
            page = self.page(Some(&next), Some(sync)).await?;
        }
        self.finish(page.sync).await?;
        Ok(true)
    }

    async fn page(&mut self, token: Option<&str>, sync: Option<&str>) -> Result<Page, Failure> {
        let more = [("pageToken", token), ("syncToken", sync)];
        let more = more
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?)));
        if self.labels.is_none() {
            let mut query = vec![
                ("readMask", OTHERS_SURVEYED),
                ("pageSize", "1000"),
                ("requestSyncToken", "true"),
            ];
            query.extend(more);
            let page: OtherContacts = self
                .client
                .ask(Api::People, &["otherContacts"], &query)
                .await?;
            return Ok(Page {
                people: read(page.other_contacts)?,
                next: page.next_page_token,
                sync: page.next_sync_token,
            });
        }
        let mut query = vec![
            ("personFields", SURVEYED),
            ("sources", "READ_SOURCE_TYPE_CONTACT"),
            ("pageSize", "1000"),
            ("requestSyncToken", "true"),
        ];
        query.extend(more);
        let path = ["people", "me", "connections"];
        let page: Connections = self.client.ask(Api::People, &path, &query).await?;
        Ok(Page {
            people: read(page.connections)?,
            next: page.next_page_token,
            sync: page.next_sync_token,
        })
    }

    fn item(&self, person: &Person) -> Item {
        let mut item = Item::new(
            self.space.id.clone(),
            item_id(&person.resource_name).0,
            Some(self.book.id.clone()),
            person.name(),
            ItemKind::Contact,
        );
        let source = person.source();
        item.modified = source.and_then(|source| source.update_time.parse().ok());
        item.version = version(person, self.labels.as_ref());
        item.favourite = person
            .groups()
            .any(|group| group == "contactGroups/starred");
        item.media_type = Some("text/vcard".to_owned());
        item.locator.clone_from(&person.resource_name);
        item.uid = Some(person.uid());
        item
    }
}

fn read(people: Vec<serde_json::Value>) -> Result<Vec<Person>, Failure> {
    let people = people.into_iter().map(Person::read);
    people
        .collect::<Result<_, _>>()
        .map_err(|_| Failure::Unreadable("a person that is none".into()))
}

/// Changes with the contact itself, and with the names of its labels.
fn version(person: &Person, labels: Option<&Labels>) -> String {
    let etag = person
        .source()
        .map_or(person.etag.as_str(), |source| &source.etag);
    let etag = etag.trim_matches('"');
    match labels
        .map(|labels| labels.digest_of(person))
        .filter(|digest| !digest.is_empty())
    {
        Some(digest) => format!("{etag} {digest}"),
        None => etag.to_owned(),
    }
}

fn item_id(resource_name: &str) -> ItemId {
    ItemId(format!("person:{resource_name}"))
}

/// What a contact's version is now; `None`: it is gone.
pub(super) async fn version_now(
    client: &Client,
    item: &Item,
) -> Result<Option<String>, SourceError> {
    if item
        .parent
        .as_ref()
        .is_some_and(|book| book.as_str() == OTHERS)
    {
        // One of them cannot be asked for alone.
        return Ok(Some(item.version.clone()));
    }
    let labels = Labels::list(client).await?;
    let path: Vec<&str> = item.locator.split('/').collect();
    let query: &Query<'_> = &[
        ("personFields", SURVEYED),
        ("sources", "READ_SOURCE_TYPE_CONTACT"),
    ];
    match client.ask::<Person>(Api::People, &path, query).await {
        Ok(person) => Ok(Some(version(&person, Some(&labels)))),
        Err(Failure::Api(error)) if error.status == 404 => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

#[cfg(test)]
mod tests;
