//! What is remembered of collections and their objects, and the operations that change it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::server::now;
use super::super::tree::Piece;
use super::super::vobject::parse;
use super::mail::Mail;
use crate::hash::digest;
use crate::model::HashAlgorithm;

/// What stands before the number in a sync token.
pub const SYNC_TOKEN: &str = "http://sabre.io/ns/sync/";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Calendar,
    AddressBook,
    Subscription,
    /// Where invitations arrive: one for an account, not listed as a calendar.
    Inbox,
}

/// Properties of a collection.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Props {
    pub name: Option<String>,
    pub description: Option<String>,
    pub colour: Option<String>,
    pub order: i64,
    pub time_zone: Option<String>,
    pub components: Vec<String>,
    pub transparent: bool,
    /// Of a subscription.
    pub source: Option<String>,
    /// Those that only clients know, by account and `{namespace}name`.
    pub dead: BTreeMap<String, BTreeMap<String, String>>,
}

/// Who else sees a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub user: String,
    pub writable: bool,
}

/// One entry of the list that `sync-collection` reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub token: u64,
    pub uri: String,
    /// 1 added, 2 changed, 3 removed (`addChange` in CalDavBackend.php).
    pub operation: u8,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    pub id: u64,
    pub uri: String,
    pub uid: String,
    /// MD5 of the bytes.
    pub etag: String,
    pub piece: Piece,
    /// `vevent`, `vtodo`, `vjournal`, or empty for a card.
    pub component: String,
    /// Seconds since 1970.
    pub modified: i64,
    /// `PUBLIC`, `PRIVATE`, `CONFIDENTIAL`.
    pub class: String,
    /// In the trash since then.
    #[serde(default)]
    pub deleted: Option<i64>,
}

impl Object {
    /// What the bytes say of themselves.
    pub fn of(id: u64, uri: &str, text: &[u8], piece: Piece) -> Self {
        let parsed = parse(text).ok();
        let main = parsed
            .as_ref()
            .and_then(|object| match object.name.as_str() {
                "VCARD" => Some(object),
                _ => object.components().find(|c| c.name != "VTIMEZONE"),
            });
        let class = main.and_then(|main| main.text("CLASS"));
        Self {
            id,
            uri: uri.to_owned(),
            uid: main.and_then(|main| main.text("UID")).unwrap_or_default(),
            etag: digest(HashAlgorithm::Md5, text).hex,
            piece,
            component: main
                .filter(|main| main.name != "VCARD")
                .map(|main| main.name.to_lowercase())
                .unwrap_or_default(),
            modified: now(),
            class: class.unwrap_or_else(|| "PUBLIC".to_owned()),
            deleted: None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    pub id: u64,
    pub kind: Kind,
    pub owner: String,
    pub uri: String,
    pub props: Props,
    /// The next change gets this number.
    pub token: u64,
    /// In the trash as a whole since then.
    #[serde(default)]
    pub deleted: Option<i64>,
    #[serde(default)]
    pub shares: Vec<Share>,
    #[serde(default)]
    pub changes: Vec<Change>,
    #[serde(skip)]
    pub objects: BTreeMap<u64, Object>,
}

impl Collection {
    /// All but what lies in it.
    pub fn head(&self) -> Self {
        Self {
            id: self.id,
            kind: self.kind,
            owner: self.owner.clone(),
            uri: self.uri.clone(),
            props: self.props.clone(),
            token: self.token,
            deleted: self.deleted,
            shares: self.shares.clone(),
            changes: Vec::new(),
            objects: BTreeMap::new(),
        }
    }

    /// One that is not in the trash.
    pub fn object(&self, uri: &str) -> Option<&Object> {
        self.living().find(|object| object.uri == uri)
    }

    pub fn living(&self) -> impl Iterator<Item = &Object> {
        self.objects
            .values()
            .filter(|object| object.deleted.is_none())
    }

    pub fn by_uid(&self, uid: &str) -> impl Iterator<Item = &Object> {
        self.objects
            .values()
            .filter(move |object| object.uid == uid)
    }

    fn change(&mut self, uri: &str, operation: u8) {
        self.changes.push(Change {
            token: self.token,
            uri: uri.to_owned(),
            operation,
        });
        self.token += 1;
    }
}

/// One change of calendars and address books.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "pim", rename_all = "snake_case")]
pub enum PimOp {
    /// A new collection, or one from a compacted journal.
    Collection {
        collection: Box<Collection>,
    },
    Props {
        collection: u64,
        props: Box<Props>,
    },
    Shares {
        collection: u64,
        shares: Vec<Share>,
    },
    TrashCollection {
        collection: u64,
        at: Option<i64>,
    },
    DropCollection {
        collection: u64,
    },
    /// New, or in the place of the one with this id.
    Put {
        collection: u64,
        object: Box<Object>,
    },
    /// As it is, from a compacted journal.
    Object {
        collection: u64,
        object: Box<Object>,
    },
    Trash {
        collection: u64,
        object: u64,
        uri: String,
        at: i64,
    },
    Restore {
        collection: u64,
        object: u64,
        uri: String,
    },
    Remove {
        collection: u64,
        object: u64,
    },
    Mail {
        mail: Mail,
    },
    /// Alarms that are no longer to be mailed.
    ForgetAlarms {
        collection: u64,
        object: u64,
    },
    /// The account has what a new one gets.
    Filled {
        user: String,
    },
    /// Collections made within the hour, for the limits.
    Made {
        user: String,
        books: bool,
        at: i64,
    },
}

/// All collections of all accounts.
#[derive(Debug, Default)]
pub struct Shelf {
    collections: BTreeMap<u64, Collection>,
    pub mails: Vec<Mail>,
    filled: Vec<String>,
    made: Vec<(String, bool, i64)>,
    pub next_id: u64,
}

impl Shelf {
    pub fn get(&self, id: u64) -> Option<&Collection> {
        self.collections.get(&id)
    }

    pub fn all(&self) -> impl Iterator<Item = &Collection> {
        self.collections.values()
    }

    /// One's own, by name; what lies in the trash, too.
    pub fn own(&self, owner: &str, kinds: &[Kind], uri: &str) -> Option<&Collection> {
        self.collections
            .values()
            .find(|c| c.owner == owner && kinds.contains(&c.kind) && c.uri == uri)
    }

    pub fn is_filled(&self, user: &str) -> bool {
        self.filled.iter().any(|filled| filled == user)
    }

    /// Collections that an account made since a moment.
    pub fn made_since(&self, user: &str, books: bool, since: i64) -> usize {
        self.made
            .iter()
            .filter(|(who, what, at)| who == user && *what == books && *at > since)
            .count()
    }

    /// A number that no collection and no object had before.
    pub fn new_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// Carries out one operation. Gives back the content that is used from now on, and that which no longer
    /// is.
    pub fn apply(&mut self, op: PimOp) -> (Vec<Piece>, Vec<Piece>) {
        let (mut used, mut freed) = (Vec::new(), Vec::new());
        match op {
            PimOp::Collection { collection } => {
                self.next_id = self.next_id.max(collection.id);
                self.collections.insert(collection.id, *collection);
            }
            PimOp::Props { collection, props } => {
                if let Some(collection) = self.collections.get_mut(&collection) {
                    collection.props = *props;
                    collection.change("", 2);
                }
            }
            PimOp::Shares { collection, shares } => {
                if let Some(collection) = self.collections.get_mut(&collection) {
                    collection.shares = shares;
                }
            }
            PimOp::TrashCollection { collection, at } => {
                if let Some(collection) = self.collections.get_mut(&collection) {
                    collection.deleted = at;
                }
            }
            PimOp::DropCollection { collection } => {
                if let Some(collection) = self.collections.remove(&collection) {
                    freed.extend(collection.objects.values().map(|object| object.piece));
                }
                self.forget_alarms(collection, None);
            }
            PimOp::Put { collection, object } => {
                self.next_id = self.next_id.max(object.id);
                if let Some(collection) = self.collections.get_mut(&collection) {
                    used.push(object.piece);
                    let uri = object.uri.clone();
                    let before = collection.objects.insert(object.id, *object);
                    collection.change(&uri, if before.is_some() { 2 } else { 1 });
                    freed.extend(before.map(|before| before.piece));
                }
            }
            PimOp::Object { collection, object } => {
                self.next_id = self.next_id.max(object.id);
                if let Some(collection) = self.collections.get_mut(&collection) {
                    used.push(object.piece);
                    collection.objects.insert(object.id, *object);
                }
            }
            PimOp::Trash { .. } | PimOp::Restore { .. } | PimOp::Remove { .. } => {
                freed = self.apply_removal(op);
            }
            PimOp::Mail { mail } => self.mails.push(mail),
            PimOp::ForgetAlarms { collection, object } => {
                self.forget_alarms(collection, Some(object));
            }
            PimOp::Filled { user } => self.filled.push(user),
            PimOp::Made { user, books, at } => self.made.push((user, books, at)),
        }
        (used, freed)
    }

    fn apply_removal(&mut self, op: PimOp) -> Vec<Piece> {
        match op {
            PimOp::Trash {
                collection,
                object,
                uri,
                at,
            } => {
                if let Some(collection) = self.collections.get_mut(&collection)
                    && let Some(object) = collection.objects.get_mut(&object)
                {
                    let before = std::mem::replace(&mut object.uri, uri);
                    object.deleted = Some(at);
                    collection.change(&before, 3);
                }
            }
            PimOp::Restore {
                collection,
                object,
                uri,
            } => {
                if let Some(collection) = self.collections.get_mut(&collection)
                    && let Some(object) = collection.objects.get_mut(&object)
                {
                    object.uri.clone_from(&uri);
                    object.deleted = None;
                    collection.change(&uri, 1);
                }
            }
            PimOp::Remove { collection, object } => {
                self.forget_alarms(collection, Some(object));
                if let Some(collection) = self.collections.get_mut(&collection)
                    && let Some(object) = collection.objects.remove(&object)
                {
                    if object.deleted.is_none() {
                        collection.change(&object.uri, 3);
                    }
                    return vec![object.piece];
                }
            }
            _ => {}
        }
        Vec::new()
    }

    fn forget_alarms(&mut self, collection: u64, object: Option<u64>) {
        self.mails
            .retain(|mail| !mail.is_alarm_of(collection, object));
    }

    /// The operations that make this out of nothing.
    pub fn snapshot(&self) -> Vec<PimOp> {
        let mut ops = Vec::new();
        for collection in self.collections.values() {
            ops.push(PimOp::Collection {
                collection: Box::new(Collection {
                    changes: collection.changes.clone(),
                    ..collection.head()
                }),
            });
            ops.extend(collection.objects.values().map(|object| PimOp::Object {
                collection: collection.id,
                object: Box::new(object.clone()),
            }));
        }
        ops.extend(
            self.mails
                .iter()
                .map(|mail| PimOp::Mail { mail: mail.clone() }),
        );
        ops.extend(
            self.filled
                .iter()
                .map(|user| PimOp::Filled { user: user.clone() }),
        );
        ops.extend(self.made.iter().map(|(user, books, at)| PimOp::Made {
            user: user.clone(),
            books: *books,
            at: *at,
        }));
        ops
    }
}
