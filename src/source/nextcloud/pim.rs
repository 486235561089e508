//! The account's calendars, task lists, subscriptions and address books.
//!
//! Every object is read once by the survey, since no server tells UIDs and titles otherwise; later surveys
//! ask for what has changed since (RFC 6578) and read only that.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};

use super::{NextcloudSource, error};
use crate::dav::DavError;
use crate::dav::pim::{
    Access as WireAccess, AddressBook, Calendar, Change, Component as WireComponent, Fetched, Kind,
    Listed, Object, PimClient, PimError, System,
};
use crate::hash::digest;
use crate::model::{
    Access, Collection, Component, HashAlgorithm, Item, ItemId, ItemKind, Reason, Scope, Space,
    SpaceId, SpaceKind,
};
use crate::pim;
use crate::source::{SourceError, SourceObject, SurveySink};

/// Objects that are read in one request.
const BATCH: usize = 50;
/// Such requests under way at a time.
const AT_ONCE: usize = 3;

/// What of the scope concerns calendars and contacts.
#[derive(Debug, Clone, Copy)]
pub(super) struct PimScope {
    calendars: bool,
    contacts: bool,
    shared: bool,
}

impl PimScope {
    pub(super) const fn of(scope: &Scope) -> Self {
        Self {
            calendars: scope.calendars || scope.tasks,
            contacts: scope.contacts,
            shared: scope.shared_calendars,
        }
    }
}

/// Where the next survey of a space can go on: [`Space::change_token`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Token {
    /// Whether others' collections were read.
    shared: bool,
    /// The sync token of each collection, by its path.
    collections: BTreeMap<String, String>,
}

/// A collection as the survey tells of it.
struct Told {
    item: Item,
    sync_token: Option<String>,
    /// Whether what lies in it is told of, too.
    with_objects: bool,
}

/// Tells of all collections and what lies in them.
pub(super) async fn survey(
    source: &NextcloudSource,
    since: &[Space],
    sink: &mut dyn SurveySink,
) -> Result<(), SourceError> {
    let scope = source.0.pim_scope;
    if !scope.calendars && !scope.contacts {
        return Ok(());
    }
    let homes = error::retrying(|| async { source.0.pim.homes().await.map_err(wire) }).await?;
    if let (true, Some(home)) = (scope.calendars, &homes.calendars) {
        let found =
            error::retrying(|| async { source.0.pim.calendars(home).await.map_err(wire) }).await?;
        let space = space(source, SpaceKind::Calendars, "nextcloud-calendars");
        let told = found
            .into_iter()
            .filter_map(|one| calendar(one, &space.id, scope));
        let told = told.collect();
        Survey::new(source, Kind::Calendar, sink)
            .run(space, told, since)
            .await?;
    }
    if let (true, Some(home)) = (scope.contacts, &homes.address_books) {
        let asked = || async { source.0.pim.address_books(home).await.map_err(wire) };
        let found = error::retrying(asked).await?;
        let space = space(source, SpaceKind::AddressBooks, "nextcloud-address-books");
        let told = found
            .into_iter()
            .filter_map(|one| address_book(one, &space.id, scope));
        let told = told.collect();
        Survey::new(source, Kind::AddressBook, sink)
            .run(space, told, since)
            .await?;
    }
    Ok(())
}

fn space(source: &NextcloudSource, kind: SpaceKind, id: &str) -> Space {
    Space {
        id: SpaceId::new(id),
        kind,
        name: source
            .0
            .dav
            .base()
            .host_str()
            .unwrap_or_default()
            .to_owned(),
        change_token: None,
    }
}

struct Survey<'a> {
    source: &'a NextcloudSource,
    kind: Kind,
    sink: &'a mut dyn SurveySink,
    space: SpaceId,
}

impl<'a> Survey<'a> {
    fn new(source: &'a NextcloudSource, kind: Kind, sink: &'a mut dyn SurveySink) -> Self {
        Self {
            source,
            kind,
            sink,
            space: SpaceId::new(""),
        }
    }

    async fn run(
        &mut self,
        mut space: Space,
        told: Vec<Told>,
        since: &[Space],
    ) -> Result<(), SourceError> {
        self.space = space.id.clone();
        self.sink.space(space.clone()).await?;
        let items = told.iter().map(|one| one.item.clone()).collect();
        self.sink.items(items).await?;
        let shared = self.source.0.pim_scope.shared;
        let before = since
            .iter()
            .find(|earlier| earlier.id == space.id)
            .and_then(|earlier| earlier.change_token.as_deref())
            .and_then(|token| serde_json::from_str::<Token>(token).ok())
            .filter(|token| token.shared == shared);
        let caught_up = match &before {
            Some(before) => self.what_changed(&told, before).await?,
            None => false,
        };
        if caught_up {
            self.sink.unchanged_unless_told(&space.id).await?;
        } else {
            for one in told.iter().filter(|one| one.with_objects) {
                self.everything(&one.item).await?;
            }
        }
        // Only when all is told: a survey that breaks off leaves no token to go on from. The tokens are
        // older than what was read, so nothing that changed meanwhile is missed.
        let collections = told
            .into_iter()
            .filter(|one| one.with_objects)
            .filter_map(|one| Some((one.item.id.0, one.sync_token?)))
            .collect();
        let token = Token {
            shared,
            collections,
        };
        space.change_token = serde_json::to_string(&token).ok();
        self.sink.space(space).await
    }

    /// Tells of what has changed since `before`; `false`: the server does not know that any more.
    async fn what_changed(&mut self, told: &[Told], before: &Token) -> Result<bool, SourceError> {
        let gone: Vec<ItemId> = before
            .collections
            .keys()
            .filter(|path| !told.iter().any(|one| one.item.id.as_str() == *path))
            .map(ItemId::new)
            .collect();
        for one in told.iter().filter(|one| one.with_objects) {
            let path = one.item.id.as_str();
            match before.collections.get(path) {
                // New since.
                None => self.everything(&one.item).await?,
                Some(token) if Some(token) == one.sync_token.as_ref() => {}
                Some(token) => {
                    if !self.changes(&one.item, token).await? {
                        return Ok(false);
                    }
                }
            }
        }
        // A collection that is not told of by the list, but was: with all that lay in it.
        if !gone.is_empty() {
            self.sink.gone(gone).await?;
        }
        Ok(true)
    }

    /// Tells of what has changed in a collection; `false`: the server does not know the token any more.
    async fn changes(&mut self, collection: &Item, token: &str) -> Result<bool, SourceError> {
        for attempt in 1.. {
            match self.changes_since(collection, token).await {
                Err(Trouble::Dav(error)) => rest(attempt, error).await?,
                Err(Trouble::Sink(error)) => return Err(error),
                Ok(known) => return Ok(known),
            }
        }
        Ok(false)
    }

    async fn changes_since(&mut self, collection: &Item, token: &str) -> Result<bool, Trouble> {
        let path = collection.id.as_str();
        let asked = || async {
            match self.source.0.pim.changes(path, Some(token)).await {
                Ok(changes) => Ok(Some(changes)),
                Err(PimError::InvalidSyncToken) => Ok(None),
                Err(error) => Err(wire(error)),
            }
        };
        let Some(mut changes) = error::retrying(asked).await? else {
            return Ok(false);
        };
        let mut there = Vec::new();
        let mut gone = Vec::new();
        while let Some(change) = changes.try_next().await.map_err(wire)? {
            match change {
                Change::There(listed) => there.push(listed),
                Change::Gone(path) => gone.push(ItemId::new(path)),
                Change::Token(_) => {}
            }
            if there.len() >= BATCH {
                self.tell(collection, std::mem::take(&mut there)).await?;
            }
        }
        self.tell(collection, there).await?;
        self.sink.gone(gone).await.map_err(Trouble::Sink)?;
        Ok(true)
    }

    async fn tell(&mut self, collection: &Item, page: Vec<Listed>) -> Result<(), Trouble> {
        let items = self.source.read_items(self.kind, collection, page).await?;
        self.sink.items(items).await.map_err(Trouble::Sink)
    }

    /// Tells of everything that lies in a collection. A list that breaks off is asked for again; what was
    /// told of so far is told of again.
    async fn everything(&mut self, collection: &Item) -> Result<(), SourceError> {
        for attempt in 1.. {
            match self.list(collection).await {
                // Deleted since the list of collections.
                Err(Trouble::Dav(DavError::NotFound)) => break,
                Err(Trouble::Dav(error)) => rest(attempt, error).await?,
                Err(Trouble::Sink(error)) => return Err(error),
                Ok(()) => break,
            }
        }
        Ok(())
    }

    async fn list(&mut self, collection: &Item) -> Result<(), Trouble> {
        let (source, kind) = (self.source, self.kind);
        let pim = &source.0.pim;
        let path = collection.id.as_str();
        let listed = error::retrying(|| async { pim.list(kind, path).await.map_err(wire) }).await?;
        let mut pages = listed
            .map_err(wire)
            .try_chunks(BATCH)
            .map_err(|error| error.1)
            .map_ok(|page| source.read_items(kind, collection, page))
            .try_buffered(AT_ONCE);
        while let Some(items) = pages.try_next().await? {
            self.sink.items(items).await.map_err(Trouble::Sink)?;
        }
        Ok(())
    }
}

/// How often a list is begun anew when it breaks off.
const ATTEMPTS: u32 = 5;

/// A pause before the next attempt, where one makes sense.
async fn rest(attempt: u32, error: DavError) -> Result<(), SourceError> {
    if !error::is_passing(&error) || attempt >= ATTEMPTS {
        return Err(error.into());
    }
    tracing::debug!(%error, attempt, "a list of objects broke off");
    let pause = Duration::from_millis(300) * attempt;
    tokio::time::sleep(error.retry_after().unwrap_or(pause).max(pause)).await;
    Ok(())
}

enum Trouble {
    Dav(DavError),
    /// Nothing that asking again could help.
    Sink(SourceError),
}

impl From<DavError> for Trouble {
    fn from(error: DavError) -> Self {
        Self::Dav(error)
    }
}

impl NextcloudSource {
    /// Reads objects of a collection, as items.
    async fn read_items(
        &self,
        kind: Kind,
        collection: &Item,
        page: Vec<Listed>,
    ) -> Result<Vec<Item>, DavError> {
        let sizes: BTreeMap<&str, Option<u64>> = page
            .iter()
            .map(|listed| (listed.path.as_str(), listed.size))
            .collect();
        let paths: Vec<String> = page.iter().map(|listed| listed.path.clone()).collect();
        let read = || async {
            let fetched = self
                .0
                .pim
                .multiget(kind, collection.id.as_str(), &paths)
                .await
                .map_err(wire)?;
            fetched
                .map_err(wire)
                .try_filter_map(|one| async move {
                    Ok(match one {
                        Fetched::Found(object) => Some(object_item(kind, collection, object)),
                        // Deleted since the list.
                        Fetched::Missing(_) => None,
                    })
                })
                .try_collect::<Vec<Item>>()
                .await
        };
        let mut items = error::retrying(read).await?;
        for item in &mut items {
            let listed = sizes.get(item.id.as_str()).copied().flatten();
            item.size = listed.or(item.size);
        }
        Ok(items)
    }

    /// See [`crate::source::Source::objects`].
    pub(super) fn read_objects<'a>(
        &'a self,
        collection: &'a Item,
        wanted: &'a [Item],
    ) -> BoxStream<'a, (ItemId, Result<SourceObject, SourceError>)> {
        let Some(first) = wanted.first() else {
            return stream::empty().boxed();
        };
        let kind = match collection.kind {
            ItemKind::AddressBook => Kind::AddressBook,
            _ => Kind::Calendar,
        };
        let asked = async move {
            let paths: Vec<String> = wanted.iter().map(|item| item.id.0.clone()).collect();
            error::retrying(|| async {
                let path = collection.id.as_str();
                self.0.pim.multiget(kind, path, &paths).await.map_err(wire)
            })
            .await
        };
        stream::once(asked)
            .flat_map(|fetched| match fetched {
                Ok(fetched) => fetched.map_err(wire).boxed(),
                Err(error) => stream::once(async { Err(error) }).boxed(),
            })
            .scan(false, |broken, fetched| {
                let after = std::mem::replace(broken, fetched.is_err());
                std::future::ready((!after).then_some(fetched))
            })
            .map(|fetched| match fetched {
                Ok(Fetched::Found(object)) => (ItemId::new(object.path.clone()), Ok(text(object))),
                Ok(Fetched::Missing(path)) => (ItemId::new(path), Err(SourceError::NotFound)),
                Err(DavError::NotFound) => (first.id.clone(), Err(SourceError::NotFound)),
                Err(error) => (first.id.clone(), Err(error.into())),
            })
            .boxed()
    }

    /// The ETag of an object now.
    pub(super) async fn object_etag(&self, item: &Item) -> Result<Option<String>, SourceError> {
        let kind = match item.kind {
            ItemKind::Contact => Kind::AddressBook,
            _ => Kind::Calendar,
        };
        let path = item.id.as_str();
        let asked = || async { self.0.pim.get(kind, path).await.map_err(wire) };
        Ok(error::retrying(asked).await?.map(|object| object.etag))
    }
}

pub(super) fn client(dav: &crate::dav::DavClient) -> PimClient {
    PimClient::nextcloud(dav.clone())
}

/// The file that one of this server's own addresses opens: `/f/12`, `/index.php/f/12`, and with the
/// server's name before it. Nextcloud's calendar writes the first two.
pub(super) fn linked_file(base: &url::Url, address: &str) -> Option<ItemId> {
    let url = base.join(address).ok()?;
    if url.host() != base.host() || url.port_or_known_default() != base.port_or_known_default() {
        return None;
    }
    let below = url.path().strip_prefix(base.path().trim_end_matches('/'));
    // A server in a sub-path may be told of from the top.
    let path = below.unwrap_or(url.path()).trim_matches('/');
    let path = path.strip_prefix("index.php/").unwrap_or(path);
    let id = path.strip_prefix("f/")?;
    let plain = !id.is_empty() && id.bytes().all(|digit| digit.is_ascii_digit());
    plain.then(|| ItemId::new(id))
}

fn text(object: Object) -> SourceObject {
    SourceObject {
        text: object.text,
        version: object.etag,
        converted: false,
        lost: 0,
    }
}

fn object_item(kind: Kind, collection: &Item, object: Object) -> Item {
    let (item_kind, name, uid, modified) = match kind {
        Kind::Calendar => {
            let info = pim::calendar::info(&object.text);
            let kind = match info.kind {
                Some(pim::calendar::Kind::Task) => ItemKind::Task,
                Some(pim::calendar::Kind::Journal) => ItemKind::Journal,
                Some(pim::calendar::Kind::Event) | None => ItemKind::Event,
            };
            (kind, info.summary, info.uid, info.last_modified)
        }
        Kind::AddressBook => {
            let info = pim::contact::info(&object.text);
            (ItemKind::Contact, info.name, info.uid, None)
        }
    };
    let parent = Some(collection.id.clone());
    let mut item = Item::new(
        collection.space.clone(),
        object.path,
        parent,
        name,
        item_kind,
    );
    item.size = u64::try_from(object.text.len()).ok();
    item.version = object.etag;
    item.uid = uid;
    item.modified = modified;
    item
}

/// `None`: not told of at all.
fn calendar(calendar: Calendar, space: &SpaceId, scope: PimScope) -> Option<Told> {
    let mut kind = ItemKind::Calendar;
    let mut obstacle = None;
    let mut with_objects = true;
    let access = match calendar.access {
        WireAccess::Own => Access::Own,
        WireAccess::Shared { owner, writable } => {
            with_objects = scope.shared;
            Access::Shared {
                owner: Some(owner),
                writable,
            }
        }
        WireAccess::Subscribed { url } => {
            kind = ItemKind::Subscription;
            with_objects = false;
            Access::Subscribed { url }
        }
        WireAccess::System(System::Birthdays | System::App) => {
            obstacle = Some(Reason::GeneratedCollection);
            with_objects = false;
            Access::Own
        }
        WireAccess::System(_) | WireAccess::Deleted => return None,
    };
    let uri = calendar.path.rsplit('/').next().unwrap_or_default();
    let name = calendar.name.unwrap_or_else(|| uri.to_owned());
    let collection = Collection {
        description: calendar.description,
        colour: calendar.colour,
        order: calendar.order,
        components: calendar
            .components
            .iter()
            .map(|component| match component {
                WireComponent::Event => Component::Event,
                WireComponent::Task => Component::Todo,
                WireComponent::Journal => Component::Journal,
            })
            .collect(),
        time_zone: calendar.time_zone,
        access,
        primary: uri == "personal",
        enabled: calendar.enabled,
        transparent: calendar.transparent,
        reminders: Vec::new(),
    };
    let mut item = Item::new(space.clone(), calendar.path, None, name, kind);
    item.obstacle = obstacle;
    Some(Told {
        item: with_properties(item, collection),
        sync_token: calendar.sync_token,
        with_objects,
    })
}

fn address_book(book: AddressBook, space: &SpaceId, scope: PimScope) -> Option<Told> {
    let mut with_objects = true;
    let access = match book.access {
        WireAccess::Own => Access::Own,
        WireAccess::Shared { owner, writable } => {
            with_objects = scope.shared;
            Access::Shared {
                owner: Some(owner),
                writable,
            }
        }
        // All accounts of the server, the people one has written to, other apps' data.
        WireAccess::Subscribed { .. } | WireAccess::System(_) | WireAccess::Deleted => {
            return None;
        }
    };
    let uri = book.path.rsplit('/').next().unwrap_or_default();
    let name = book.name.unwrap_or_else(|| uri.to_owned());
    let collection = Collection {
        description: book.description,
        access,
        primary: uri == "contacts",
        ..Collection::default()
    };
    let item = Item::new(space.clone(), book.path, None, name, ItemKind::AddressBook);
    Some(Told {
        item: with_properties(item, collection),
        sync_token: book.sync_token,
        with_objects,
    })
}

/// A collection's own version is that of its properties; a server has none.
fn with_properties(mut item: Item, collection: Collection) -> Item {
    let properties = serde_json::to_string(&(&item.name, &collection)).unwrap_or_default();
    item.version = digest(HashAlgorithm::Sha1, properties.as_bytes()).hex;
    item.collection = Some(collection);
    item
}

/// Everything but what this module looks for itself is what any other request can meet.
fn wire(error: PimError) -> DavError {
    match error {
        PimError::Dav(error) => error,
        error => DavError::protocol(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_own_files_by_their_addresses() {
        let base = url::Url::parse("https://old.example/cloud").unwrap();
        let file = |address: &str| linked_file(&base, address).map(|id| id.0);
        for own in [
            "/f/12",
            "/index.php/f/12",
            "/cloud/index.php/f/12",
            "https://old.example/cloud/f/12",
            "https://old.example:443/cloud/index.php/f/12",
        ] {
            assert_eq!(file(own).as_deref(), Some("12"), "{own}");
        }
        for other in [
            "https://new.example/f/12",
            "https://old.example/s/AbC",
            "/f/12a",
            "/f/",
            "mailto:a@b",
            "",
        ] {
            assert_eq!(file(other), None, "{other}");
        }
    }
}
