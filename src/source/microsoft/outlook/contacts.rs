//! Contacts, each folder of them an address book
//! (<https://learn.microsoft.com/graph/api/resources/contactfolder>).

use std::collections::BTreeSet;

use serde_json::Value;
use url::Url;

use super::wire::{Contact, ContactFolder};
use super::{PREFER, Stopped, is_gone, opened};
use crate::model::{Collection, Item, ItemId, ItemKind, Space, SpaceId, SpaceKind};
use crate::pim::outlook::contact_uid;
use crate::source::microsoft::client::Client;
use crate::source::microsoft::error::Failure;
use crate::source::microsoft::wire::Page;
use crate::source::{SourceError, SurveySink};

const PREFIX: &str = "contacts:";
/// The account's own folder, under whatever id.
const OWN: &str = "contacts:own";

/// What a survey asks of every contact.
const SURVEYED: &str =
    "id,changeKey,displayName,parentFolderId,createdDateTime,lastModifiedDateTime";
/// A list of changes is of ten to the page unless more are asked for, with every request.
const CHANGES: &str = "IdType=\"ImmutableId\", odata.maxpagesize=200";
/// Changes are held; with more of them the whole folder is listed, which is quicker, too.
const MOST_CHANGED: usize = 5_000;
/// Lists that must begin anew more often than this have another trouble.
const MOST_RESTARTS: usize = 5;

/// One folder. Where its id is not known there is nothing in it.
struct Folder {
    id: Option<String>,
    name: String,
    is_own: bool,
}

/// Tells of all folders, and of their contacts or of what changed.
pub(super) async fn survey(
    client: &Client,
    since: &[Space],
    sink: &mut dyn SurveySink,
) -> Result<(), Stopped> {
    for folder in folders(client).await? {
        let id = match &folder.id {
            Some(id) if !folder.is_own => format!("{PREFIX}{id}"),
            _ => OWN.to_owned(),
        };
        let space = Space {
            id: SpaceId::new(&id),
            kind: SpaceKind::AddressBooks,
            name: folder.name.clone(),
            change_token: None,
        };
        let mut book = Item::new(
            space.id.clone(),
            &id,
            None,
            &folder.name,
            ItemKind::AddressBook,
        );
        book.locator = folder.id.clone().unwrap_or_default();
        book.version.clone_from(&folder.name);
        book.collection = Some(Collection {
            primary: folder.is_own,
            ..Collection::default()
        });
        let mut survey = FolderSurvey {
            client,
            sink: &mut *sink,
            space,
            book,
        };
        survey.run(since).await?;
    }
    Ok(())
}

/// The own folder first, then the others with what lies in them.
async fn folders(client: &Client) -> Result<Vec<Folder>, Stopped> {
    // Nothing tells the id of the own folder, which is not among the others, but what is in it.
    let query = [("$select", "id,parentFolderId"), ("$top", "1")];
    let address = client.address(&["me", "contacts"], &query);
    let first: Page<Contact> = opened(client.ask(&address, PREFER).await)?;
    let first = first.value.into_iter().next();
    let own = first.and_then(|contact| contact.parent_folder_id);
    // One name in every language of ours, and that of a Nextcloud's own book.
    let mut found = vec![Folder {
        id: own.clone(),
        name: "Contacts".to_owned(),
        is_own: true,
    }];
    let top: &[(&str, &str)] = &[("$top", "100")];
    let children = |id: &str| client.address(&["me", "contactFolders", id, "childFolders"], top);
    let mut told: BTreeSet<String> = own.iter().cloned().collect();
    let mut lists = vec![client.address(&["me", "contactFolders"], top)];
    lists.extend(own.as_deref().map(children));
    while let Some(list) = lists.pop() {
        let below: Vec<ContactFolder> = client.ask_all(&list, PREFER).await?;
        for folder in below {
            if told.insert(folder.id.clone()) {
                lists.push(children(&folder.id));
                found.push(Folder {
                    name: folder.display_name,
                    id: Some(folder.id),
                    is_own: false,
                });
            }
        }
    }
    Ok(found)
}

struct FolderSurvey<'a> {
    client: &'a Client,
    sink: &'a mut dyn SurveySink,
    space: Space,
    book: Item,
}

impl FolderSurvey<'_> {
    async fn run(&mut self, since: &[Space]) -> Result<(), SourceError> {
        let earlier = since.iter().find(|earlier| earlier.id == self.space.id);
        let earlier = earlier.and_then(|earlier| earlier.change_token.clone());
        if let Some(token) = earlier
            // A link of elsewhere belongs to another endpoint.
            && let Ok(link) = self.client.link(&token)
            && !self.book.locator.is_empty()
            && self.changes(link, &token).await?
        {
            return Ok(());
        }
        self.sink.space(self.space.clone()).await?;
        self.sink.items(vec![self.book.clone()]).await?;
        if self.book.locator.is_empty() {
            return Ok(());
        }
        let path = [
            "me",
            "contactFolders",
            &self.book.locator,
            "contacts",
            "delta",
        ];
        let beginning = self.client.address(&path, &[("$select", SURVEYED)]);
        let mut address = beginning.clone();
        let mut restarts = 0;
        loop {
            let page: Result<Page<Contact>, Failure> = self.client.ask(&address, CHANGES).await;
            let page = match page {
                Ok(page) => page,
                Err(failure) if restarts < MOST_RESTARTS && failure.resync().is_some() => {
                    restarts += 1;
                    address = beginning.clone();
                    continue;
                }
                Err(failure) => return Err(failure.into()),
            };
            let there = page.value.iter();
            let there = there.filter(|contact| contact.removed.is_none());
            let items = there.map(|contact| self.item(contact)).collect();
            self.sink.items(items).await?;
            match (page.next_link, page.delta_link) {
                (Some(next), _) => address = self.client.link(&next)?,
                (None, link) => return self.finish(link).await,
            }
        }
    }

    async fn finish(&mut self, link: Option<String>) -> Result<(), SourceError> {
        let space = Space {
            change_token: link,
            ..self.space.clone()
        };
        self.sink.space(space).await
    }

    /// Tells of what changed. `false`: that is not known any more, or too much; nothing was told.
    async fn changes(&mut self, link: Url, token: &str) -> Result<bool, SourceError> {
        let mut changed: Vec<Contact> = Vec::new();
        let mut address = link;
        let link = loop {
            let page: Result<Page<Contact>, Failure> = self.client.ask(&address, CHANGES).await;
            let page = match page {
                Ok(page) => page,
                Err(failure)
                    if failure.resync().is_some()
                        || is_gone(&failure)
                        || failure.status() == Some(400) =>
                {
                    tracing::info!(folder = %self.space.id, "the link is no longer known; listing all");
                    return Ok(false);
                }
                Err(failure) => return Err(failure.into()),
            };
            changed.extend(page.value);
            if changed.len() > MOST_CHANGED {
                return Ok(false);
            }
            match (page.next_link, page.delta_link) {
                (Some(next), _) => address = self.client.link(&next)?,
                (None, link) => break link,
            }
        };
        let space = Space {
            change_token: Some(token.to_owned()),
            ..self.space.clone()
        };
        self.sink.space(space).await?;
        self.sink.unchanged_unless_told(&self.space.id).await?;
        self.sink.items(vec![self.book.clone()]).await?;
        let gone = changed.iter().filter(|contact| contact.removed.is_some());
        let gone = gone.map(|contact| self.id(contact)).collect();
        self.sink.gone(gone).await?;
        let there = changed.iter().filter(|contact| contact.removed.is_none());
        let items = there.map(|contact| self.item(contact)).collect();
        self.sink.items(items).await?;
        self.finish(link).await?;
        Ok(true)
    }

    fn id(&self, contact: &Contact) -> ItemId {
        ItemId(format!("contact:{}/{}", self.book.id, contact.id))
    }

    fn item(&self, contact: &Contact) -> Item {
        let mut item = Item::new(
            self.space.id.clone(),
            self.id(contact).0,
            Some(self.book.id.clone()),
            contact.display_name.as_deref().unwrap_or_default(),
            ItemKind::Contact,
        );
        let time = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
        item.modified = time(&contact.last_modified_date_time);
        item.created = time(&contact.created_date_time);
        item.version = contact.change_key.clone().unwrap_or_default();
        item.uid = Some(contact_uid(&contact.id));
        item.media_type = Some("text/vcard".to_owned());
        item.locator.clone_from(&contact.id);
        item
    }
}

/// Where the contacts of a folder are listed.
pub(super) fn listing(client: &Client, folder: &str, query: &[(&str, &str)]) -> Url {
    client.address(&["me", "contactFolders", folder, "contacts"], query)
}

/// The picture, in full size. `None`: there is none, or it cannot be had.
pub(super) async fn picture(
    client: &Client,
    contact: &str,
    limit: usize,
) -> Result<Option<Vec<u8>>, Failure> {
    let address = client.address(&["me", "contacts", contact, "photo", "$value"], &[]);
    match client.ask_bytes(&address, limit).await {
        Ok(bytes) => Ok(Some(bytes).filter(|bytes| !bytes.is_empty())),
        // Personal accounts have them in no version that is promised to stay.
        Err(failure) if matches!(failure.status(), Some(400 | 403 | 404 | 405 | 410 | 501)) => {
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

/// Of a contact as Graph gives it.
pub(super) fn version(contact: &Value) -> String {
    super::calendars::version(contact)
}

pub(super) async fn version_now(client: &Client, item: &Item) -> Result<Option<String>, Failure> {
    let path = ["me", "contacts", item.locator.as_str()];
    let address = client.address(&path, &[("$select", "id,changeKey")]);
    let contact: Contact = client.ask(&address, PREFER).await?;
    Ok(contact.change_key)
}
