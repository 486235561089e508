//! The tests' way in: what the server holds, and the weather.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use http::StatusCode;
use sha2::{Digest as _, Sha256};

use super::super::faults::{Fault, Faults};
use super::answer::{JSON, with_type};
use super::gate::Call;
use super::names::DavPath;
use super::op::Op;
use super::pim::{Kind, Mail};
use super::server::{Shared, held};
use super::view::{Cursor, Entry, View};
use super::{Bulk, Limits};
use crate::hash::hex;

/// Entries that one look into the store brings.
const BATCH: usize = 256;

/// Looks inside a running server and changes the weather. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Control(Arc<Shared>);

/// How the `MOVE` that puts chunks together goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Assembly {
    /// How long the work takes at least; changing it counts for what is under way, too. A second `MOVE`
    /// meanwhile gets 423. It goes on when the client is gone.
    pub takes: Duration,
    /// After so long the client gets 504 from a gateway, while the work goes on.
    pub gateway_gives_up: Option<Duration>,
}

/// One request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    /// Decoded.
    pub path: String,
    /// `None`: reset before anything was done.
    pub status: Option<u16>,
    pub fault: Option<Fault>,
}

/// One file or folder, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileState {
    /// Below the home, with `/` between the names and none in front.
    pub path: String,
    pub folder: bool,
    /// Bytes; of a folder, of everything below.
    pub size: u64,
    /// Lower-case hexadecimal, of the bytes on the disk; `""` for a folder.
    pub sha256: String,
    /// Seconds since 1970.
    pub mtime: i64,
    /// Seconds since 1970; 0: unknown.
    pub created: i64,
    pub favourite: bool,
    /// `oc:checksums`, as the client said.
    pub checksum: String,
    pub etag: String,
}

/// One calendar or address book of an account's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionState {
    /// `/calendars/<uri>`, `/addressbooks/<uri>`.
    pub path: String,
    pub name: Option<String>,
    pub description: Option<String>,
    pub colour: Option<String>,
    pub order: i64,
    /// `VEVENT`, `VTODO`, `VJOURNAL`; none for an address book.
    pub components: Vec<String>,
    pub time_zone: Option<String>,
    pub transparent: bool,
    /// Where a subscription is fetched from.
    pub source: Option<String>,
    /// As the account set it.
    pub enabled: Option<String>,
    pub in_trash: bool,
    /// Objects that are not in the trash.
    pub objects: usize,
}

/// One object, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectState {
    /// The last part of its address.
    pub name: String,
    pub uid: String,
    pub etag: String,
    pub text: Vec<u8>,
    pub in_trash: bool,
}

/// A chunked upload that nobody has finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftUpload {
    pub name: String,
    /// Names and bytes.
    pub chunks: Vec<(String, u64)>,
}

impl Control {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    pub fn set_maintenance(&self, on: bool) {
        self.0.weather_mut().maintenance = on;
    }

    pub fn set_faults(&self, faults: Faults) {
        self.0.weather_mut().faults = faults;
    }

    pub fn faults(&self) -> Faults {
        self.0.weather().faults
    }

    pub fn set_latency(&self, latency: Duration) {
        self.0.weather_mut().latency = latency;
    }

    pub fn set_bulk(&self, bulk: Bulk) {
        self.0.weather_mut().bulk = bulk;
    }

    pub fn set_assembly(&self, assembly: Assembly) {
        self.0.weather_mut().assembly = assembly;
    }

    /// What a proxy before the server lets through in one request, in bytes (nginx calls it
    /// `client_max_body_size`); `None`: everything.
    pub fn set_longest_body(&self, bytes: Option<u64>) {
        self.0.weather_mut().longest_body = bytes;
    }

    /// Bytes; `None`: no limit. Survives a restart.
    ///
    /// # Errors
    /// When the storage cannot be written.
    pub fn set_quota(&self, user: &str, quota: Option<u64>) -> io::Result<()> {
        self.0.store.commit(Op::Quota {
            user: user.to_owned(),
            quota,
        })
    }

    /// Bytes that a user's files take.
    pub fn used(&self, user: &str) -> u64 {
        self.0.used(user)
    }

    /// Somebody else holds a file, or lets it go: writing it answers 423. `path` is below the home.
    pub fn lock_path(&self, user: &str, path: &str, locked: bool) {
        self.0.set_lock(user, &DavPath::of(path).text(), locked);
    }

    /// The chunked uploads of a user.
    pub fn uploads(&self, user: &str) -> Vec<LeftUpload> {
        let inner = self.0.store.lock();
        inner
            .state
            .uploads
            .iter()
            .filter(|((owner, _), _)| owner == user)
            .map(|((_, name), upload)| LeftUpload {
                name: name.clone(),
                chunks: upload
                    .chunks
                    .iter()
                    .map(|(name, chunk)| (name.clone(), chunk.piece.len))
                    .collect(),
            })
            .collect()
    }

    /// Throws a chunked upload away, as the daily job does after a day.
    ///
    /// # Errors
    /// When the storage cannot be written.
    pub fn drop_upload(&self, user: &str, name: &str) -> io::Result<()> {
        self.0.store.commit(Op::DropUpload {
            user: user.to_owned(),
            upload: name.to_owned(),
        })
    }

    /// The account's own password and all its app passwords work no more.
    ///
    /// # Errors
    /// When the storage cannot be written.
    pub fn revoke_passwords(&self, user: &str) -> io::Result<()> {
        held(&self.0.logins).revoked.insert(user.to_owned());
        let hashes: Vec<String> = {
            let inner = self.0.store.lock();
            let tokens = inner.state.tokens.values();
            tokens
                .filter(|token| token.user == user)
                .map(|token| token.hash.clone())
                .collect()
        };
        for hash in hashes {
            self.0.store.commit(Op::Revoke { hash })?;
        }
        Ok(())
    }

    /// The names under which app passwords of a user were made.
    pub fn app_passwords(&self, user: &str) -> Vec<String> {
        let inner = self.0.store.lock();
        let tokens = inner.state.tokens.values();
        tokens
            .filter(|token| token.user == user)
            .map(|token| token.name.clone())
            .collect()
    }

    pub fn set_disabled(&self, user: &str, disabled: bool) {
        let mut logins = held(&self.0.logins);
        if disabled {
            logins.disabled.insert(user.to_owned());
        } else {
            logins.disabled.remove(user);
        }
    }

    /// Failed logins that count for the brute force protection.
    pub fn failed_logins(&self) -> usize {
        held(&self.0.logins).failures()
    }

    pub fn forget_failed_logins(&self) {
        held(&self.0.logins).forget_failures();
    }

    /// How many requests came, by method.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.0.counts()
    }

    /// The last 10,000 requests, the oldest first.
    pub fn last_requests(&self) -> Vec<Seen> {
        self.0.last_seen()
    }

    /// Begins to count anew.
    pub fn forget_requests(&self) {
        self.0.forget_seen();
    }

    /// Everything below a user's home, folders before what they hold, one folder after the other. Contents
    /// are read from the disk as the iterator goes on, so it blocks; held are the paths of the folders
    /// still to come, and some entries.
    pub fn files(&self, user: &str) -> Files {
        let view = self.0.view(user);
        let home = view.as_ref().and_then(|view| view.find(&[]));
        Files {
            shared: Arc::clone(&self.0),
            view,
            folders: home
                .map(|home| (String::new(), home.id))
                .into_iter()
                .collect(),
            cursor: Cursor::Start,
            batch: VecDeque::new(),
        }
    }

    /// One file or folder of a user.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn file(&self, user: &str, path: &str) -> io::Result<Option<FileState>> {
        let path = DavPath::of(path);
        let found = self
            .0
            .view(user)
            .and_then(|view| Some((view.find(&path.stored)?, view)));
        found
            .map(|(entry, view)| file_state(&self.0, &view, entry, path.text()))
            .transpose()
    }

    /// What lies in a user's trash: the paths that it had.
    pub fn trash(&self, user: &str) -> Vec<String> {
        let inner = self.0.store.lock();
        inner
            .state
            .trash
            .iter()
            .filter(|((owner, _), _)| owner == user)
            .map(|(_, trashed)| trashed.original.clone())
            .collect()
    }

    pub fn set_limits(&self, limits: Limits) {
        self.0.weather_mut().limits = limits;
    }

    /// The mails that a real Nextcloud would have sent, and those that it would send when alarms come due.
    pub fn outbox(&self) -> Vec<Mail> {
        self.0.store.lock().state.pim.mails.clone()
    }

    /// An account's own calendars, subscriptions and address books.
    pub fn collections(&self, user: &str) -> Vec<CollectionState> {
        let inner = self.0.store.lock();
        let own = inner
            .state
            .pim
            .all()
            .filter(|collection| collection.owner == user && collection.kind != Kind::Inbox);
        own.map(|collection| {
            let props = &collection.props;
            let dead = props.dead.get(user);
            CollectionState {
                path: path(collection.kind, &collection.uri),
                name: props.name.clone(),
                description: props.description.clone(),
                colour: props.colour.clone(),
                order: props.order,
                components: props.components.clone(),
                time_zone: props.time_zone.clone(),
                transparent: props.transparent,
                source: props.source.clone(),
                enabled: dead
                    .and_then(|dead| dead.get("{http://owncloud.org/ns}calendar-enabled"))
                    .cloned(),
                in_trash: collection.deleted.is_some(),
                objects: collection.living().count(),
            }
        })
        .collect()
    }

    /// What lies in one of an account's own collections, the trash included; `path` as
    /// [`CollectionState::path`]. Contents are read from the disk.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn objects(&self, user: &str, wanted: &str) -> io::Result<Vec<ObjectState>> {
        let found = {
            let inner = self.0.store.lock();
            let mut own = inner.state.pim.all().filter(|c| c.owner == user);
            let found = own.find(|c| path(c.kind, &c.uri) == wanted);
            found.map(|c| c.objects.values().cloned().collect::<Vec<_>>())
        };
        let mut states = Vec::new();
        for object in found.unwrap_or_default() {
            let mut text = Vec::new();
            self.0
                .store
                .blobs
                .read_blocking(&[object.piece], |bytes| text.extend_from_slice(bytes))?;
            states.push(ObjectState {
                name: object.uri,
                uid: object.uid,
                etag: object.etag,
                text,
                in_trash: object.deleted.is_some(),
            });
        }
        Ok(states)
    }

    /// A write from somebody else into one of an account's own collections: as it is, without a judgement.
    ///
    /// # Errors
    /// When the disk fails or there is no such collection.
    pub fn write_object(
        &self,
        user: &str,
        wanted: &str,
        name: &str,
        text: &[u8],
    ) -> io::Result<()> {
        let mut inner = self.0.store.lock();
        let found = {
            let mut own = inner.state.pim.all().filter(|c| c.owner == user);
            own.find(|c| path(c.kind, &c.uri) == wanted).map(|c| c.id)
        };
        let id = found.ok_or(io::ErrorKind::NotFound)?;
        self.0.store.put_object(&mut inner, id, name, text)?;
        Ok(())
    }

    /// A write from somebody else: gives a file this content, making it and its folders where missing.
    ///
    /// # Errors
    /// When the disk fails or a folder of the path is a file.
    pub fn write(&self, user: &str, path: &str, content: &[u8]) -> io::Result<()> {
        super::dav::write_from_outside(&self.0, user, &DavPath::of(path), content)
    }
}

fn path(kind: Kind, uri: &str) -> String {
    match kind {
        Kind::AddressBook => format!("/addressbooks/{uri}"),
        _ => format!("/calendars/{uri}"),
    }
}

/// `GET /practice/outbox`: [`Control::outbox`] as JSON.
pub(super) fn outbox(call: &Call) -> Response {
    let mails = call.shared.store.lock().state.pim.mails.clone();
    let body = serde_json::to_vec(&mails).unwrap_or_default();
    with_type(StatusCode::OK, JSON, body)
}

/// See [`Control::files`].
#[derive(Debug)]
pub struct Files {
    shared: Arc<Shared>,
    view: Option<View>,
    folders: VecDeque<(String, u64)>,
    cursor: Cursor,
    batch: VecDeque<Entry>,
}

impl Iterator for Files {
    type Item = io::Result<FileState>;

    fn next(&mut self) -> Option<Self::Item> {
        let view = self.view.clone()?;
        loop {
            let (folder, id) = self.folders.front().cloned()?;
            if let Some(entry) = self.batch.pop_front() {
                let path = if folder.is_empty() {
                    entry.name.clone()
                } else {
                    format!("{folder}/{}", entry.name)
                };
                if entry.folder {
                    self.folders.push_back((path.clone(), entry.id));
                }
                return Some(file_state(&self.shared, &view, entry, path));
            }
            self.batch = view.children(id, &mut self.cursor, BATCH).into();
            if self.batch.is_empty() {
                self.folders.pop_front();
                self.cursor = Cursor::Start;
            }
        }
    }
}

fn file_state(shared: &Shared, view: &View, entry: Entry, path: String) -> io::Result<FileState> {
    let mut sha256 = String::new();
    if !entry.folder {
        let mut hasher = Sha256::new();
        match view {
            View::Stored { .. } => {
                let pieces = {
                    let inner = shared.store.lock();
                    let node = inner.state.tree.get(entry.id);
                    node.map(|node| node.pieces().to_vec()).unwrap_or_default()
                };
                shared
                    .store
                    .blobs
                    .read_blocking(&pieces, |bytes| hasher.update(bytes))?;
            }
            View::Seeded(seeded) => {
                let content = seeded.content(entry.id);
                let step = 1 << 16;
                for at in (0..content.length).step_by(step) {
                    hasher.update(content.bytes(at, at + step as u64));
                }
            }
        }
        sha256 = hex(&hasher.finalize());
    }
    Ok(FileState {
        path,
        folder: entry.folder,
        size: entry.size,
        sha256,
        mtime: entry.mtime,
        created: entry.created,
        favourite: entry.favourite,
        checksum: entry.checksum,
        etag: entry.etag,
    })
}
