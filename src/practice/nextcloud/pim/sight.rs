//! Which collections an account sees, and under which names.

use super::super::{Config, User};
use super::samples::SYSTEM;
use super::shelf::{Collection, Kind, Props, Shelf};

/// Why an account sees a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Owner,
    Reader,
    Writer,
    /// Made by the server for everybody.
    Server,
    /// Made by an app for this account: people whom one has written to.
    App,
}

/// A collection as one account sees it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Without what lies in it.
    pub head: Collection,
    /// The last part of its address.
    pub uri: String,
    pub name: Option<String>,
    pub role: Role,
    pub owner_name: String,
}

impl Seen {
    /// Whether objects may be put into it.
    pub fn is_writable(&self) -> bool {
        matches!(self.role, Role::Owner | Role::Writer)
            && !(self.head.kind == Kind::Calendar && self.uri == super::BIRTHDAYS)
    }

    pub fn is_shared(&self) -> bool {
        matches!(self.role, Role::Reader | Role::Writer)
    }
}

fn display_name(config: &Config, user: &str) -> String {
    let known = config.users.iter().find(|known| known.id == user);
    known.map_or_else(|| user.to_owned(), |user| user.display_name.clone())
}

fn own(config: &Config, collection: &Collection) -> Seen {
    Seen {
        head: collection.head(),
        uri: collection.uri.clone(),
        name: collection.props.name.clone(),
        role: Role::Owner,
        owner_name: display_name(config, &collection.owner),
    }
}

fn shared(config: &Config, collection: &Collection, user: &str) -> Option<Seen> {
    let share = collection.shares.iter().find(|share| share.user == user)?;
    if collection.owner == SYSTEM {
        return Some(Seen {
            head: collection.head(),
            uri: "z-server-generated--system".to_owned(),
            name: collection.props.name.clone(),
            role: Role::Server,
            owner_name: "Accounts".to_owned(),
        });
    }
    let owner_name = display_name(config, &collection.owner);
    let name = collection.props.name.as_deref().unwrap_or_default();
    Some(Seen {
        head: collection.head(),
        uri: format!("{}_shared_by_{}", collection.uri, collection.owner),
        name: Some(format!("{name} ({owner_name})")),
        role: if share.writable {
            Role::Writer
        } else {
            Role::Reader
        },
        owner_name,
    })
}

/// In the order of the home: own ones by their order, then received ones, then subscriptions.
pub fn calendars(config: &Config, shelf: &Shelf, user: &User) -> Vec<Seen> {
    let of = |kind: Kind| {
        let mut all: Vec<Seen> = shelf
            .all()
            .filter(|c| c.kind == kind && c.owner == user.id)
            .map(|c| own(config, c))
            .collect();
        all.sort_by_key(|seen| (seen.head.props.order, seen.head.id));
        all
    };
    let mut all = of(Kind::Calendar);
    let received = shelf
        .all()
        .filter(|c| c.kind == Kind::Calendar && c.owner != user.id && c.deleted.is_none());
    all.extend(received.filter_map(|c| shared(config, c, &user.id)));
    all.extend(of(Kind::Subscription));
    all
}

/// Own ones, received ones, then those that are made for everybody.
pub fn address_books(config: &Config, shelf: &Shelf, user: &User) -> Vec<Seen> {
    let books = || shelf.all().filter(|c| c.kind == Kind::AddressBook);
    let mut all: Vec<Seen> = books()
        .filter(|c| c.owner == user.id)
        .map(|c| own(config, c))
        .collect();
    all.extend(
        books()
            .filter(|c| c.owner != user.id)
            .filter_map(|c| shared(config, c, &user.id)),
    );
    all.sort_by_key(|seen| seen.role == Role::Server);
    all.push(recent(config, user));
    all
}

fn recent(config: &Config, user: &User) -> Seen {
    Seen {
        head: Collection {
            id: 0,
            kind: Kind::AddressBook,
            owner: user.id.clone(),
            uri: String::new(),
            props: Props::default(),
            token: 0,
            deleted: None,
            shares: Vec::new(),
            changes: Vec::new(),
            objects: std::collections::BTreeMap::new(),
        },
        uri: "z-app-generated--contactsinteraction--recent".to_owned(),
        name: Some("Recently contacted".to_owned()),
        role: Role::App,
        owner_name: display_name(config, &user.id),
    }
}

/// A collection by the name under which an account sees it.
pub fn find(config: &Config, shelf: &Shelf, user: &User, books: bool, uri: &str) -> Option<Seen> {
    let all = match books {
        true => address_books(config, shelf, user),
        false => calendars(config, shelf, user),
    };
    all.into_iter().find(|seen| seen.uri == uri)
}
