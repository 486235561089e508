//! `/remote.php/dav/` for principals, calendars and address books: CalDAV (RFC 4791), CardDAV (RFC 6352)
//! and what Nextcloud adds to them.

mod collection;
mod export;
mod filter;
mod home;
mod object;
mod principal;
mod props;
mod refuse;
mod report;
mod shared;
mod sync;
mod trashbin;

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::{StreamExt as _, stream};

use super::super::User;
use super::super::answer::{DavError, DavResult};
use super::super::gate::Call;
use super::super::login::Who;
use super::super::names::{DavPath, encode};
use super::super::pim::{self, Kind, Object, Seen};
use super::super::server::Shared;
use super::propfind::{HEAD, TAIL, multistatus};

/// One account's calendars, or its address books.
pub(super) struct Home {
    pub shared: Arc<Shared>,
    pub user: User,
    pub books: bool,
}

impl Home {
    /// For an answer that is made after the request is done with.
    fn again(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            user: self.user.clone(),
            books: self.books,
        }
    }

    /// The address of something in it; a collection's ends in a slash.
    fn href(&self, below: &[&str]) -> String {
        let mut path = vec!["remote.php", "dav"];
        if self.books {
            path.extend(["addressbooks", "users"]);
        } else {
            path.push("calendars");
        }
        path.push(&self.user.id);
        path.extend_from_slice(below);
        encode(path)
    }

    /// # Errors
    /// 404.
    fn find(&self, uri: &str) -> DavResult<Seen> {
        let inner = self.shared.store.lock();
        pim::find(
            &self.shared.config,
            &inner.state.pim,
            &self.user,
            self.books,
            uri,
        )
        .ok_or_else(|| refuse::no_node(uri))
    }

    /// What lies in a collection and is not in the trash, in the order of its making.
    fn objects(&self, seen: &Seen) -> Vec<Object> {
        let inner = self.shared.store.lock();
        let Some(collection) = inner.state.pim.get(seen.head.id) else {
            return Vec::new();
        };
        collection
            .living()
            .filter(|object| is_visible(seen, object))
            .cloned()
            .collect()
    }

    /// # Errors
    /// 404.
    fn object(&self, seen: &Seen, uri: &str) -> DavResult<Object> {
        let inner = self.shared.store.lock();
        let collection = inner.state.pim.get(seen.head.id);
        collection
            .and_then(|collection| collection.object(uri))
            .filter(|object| is_visible(seen, object))
            .cloned()
            .ok_or_else(|| refuse::no_object(self.books))
    }

    /// The bytes of an object as they are stored.
    fn read(&self, object: &Object) -> Vec<u8> {
        read(&self.shared, object)
    }
}

fn read(shared: &Shared, object: &Object) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = shared
        .store
        .blobs
        .read_blocking(&[object.piece], |piece| bytes.extend_from_slice(piece));
    bytes
}

/// Others do not see what is private.
fn is_visible(seen: &Seen, object: &Object) -> bool {
    !(seen.is_shared() && seen.head.kind == Kind::Calendar && object.class == "PRIVATE")
}

pub(super) async fn answer(call: &mut Call, who: Who, path: &DavPath) -> DavResult<Response> {
    let names: Vec<&str> = path.said.iter().map(String::as_str).collect();
    let (user, rest, books) = match names.as_slice() {
        ["principals", rest @ ..] => return principal::answer(call, &who, rest).await,
        ["calendars"] => {
            return Err(DavError::method_not_allowed(
                "Listing members of this collection is disabled",
            ));
        }
        ["calendars", user, rest @ ..] => (*user, rest, false),
        ["addressbooks", "users", user, rest @ ..] => (*user, rest, true),
        ["addressbooks"] => return home::top(call, &["users", "system"]).await,
        [.., name] => return Err(refuse::no_node(name)),
        [] => return Err(refuse::no_node("")),
    };
    if user != who.id {
        return Err(refuse::no_node(user));
    }
    let user = call.shared.user(&who.id).cloned();
    let home = Home {
        shared: Arc::clone(&call.shared),
        user: user.ok_or_else(|| refuse::no_node(&who.id))?,
        books,
    };
    match (rest, books) {
        ([], _) => home::answer(call, &home).await,
        ([uri @ ("inbox" | "outbox"), rest @ ..], false) => {
            home::scheduling(call, &home, uri, rest).await
        }
        (["trashbin", rest @ ..], false) => trashbin::answer(call, &home, rest).await,
        ([uri], _) => collection::answer(call, &home, uri).await,
        ([uri, name], _) => object::answer(call, &home, uri, name).await,
        ([.., name], _) => Err(refuse::no_node(name)),
    }
}

/// What the `DAV` header says here; `None`: what it says anywhere.
pub(super) fn features(call: &Call) -> Option<&'static str> {
    match call.path.stored.get(2)?.as_str() {
        "calendars" => Some(
            "1, 3, extended-mkcol, access-control, calendarserver-principal-property-search, oc-resource-sharing, calendar-access, calendar-proxy, calendar-auto-schedule, calendar-availability, nc-calendar-trashbin, nc-calendar-webcal-cache, calendarserver-subscribed, oc-calendar-publishing, calendarserver-sharing, nc-paginate, nextcloud-checksum-update, nc-calendar-search, nc-enable-birthday-calendar, 2",
        ),
        "addressbooks" => Some(
            "1, 3, extended-mkcol, access-control, calendarserver-principal-property-search, oc-resource-sharing, addressbook, nc-paginate, nextcloud-checksum-update, nc-calendar-search, nc-enable-birthday-calendar, 2",
        ),
        "principals" => Some(
            "1, 3, extended-mkcol, access-control, calendarserver-principal-property-search, oc-resource-sharing, calendar-access, calendar-proxy, calendar-auto-schedule, calendar-availability, nc-calendar-trashbin, nc-calendar-webcal-cache, calendarserver-subscribed, oc-calendar-publishing, calendarserver-sharing, addressbook, nc-paginate, nextcloud-checksum-update, nc-calendar-search, nc-enable-birthday-calendar, 2",
        ),
        _ => None,
    }
}

/// A multi-status of one part for each of `items`, made as it goes out.
fn streamed<T, F>(before: String, items: Vec<T>, part: F, after: String) -> Response
where
    T: Send + 'static,
    F: Fn(T) -> String + Send + 'static,
{
    let parts =
        stream::iter(items).map(move |item| Ok::<_, std::io::Error>(Bytes::from(part(item))));
    let head = format!("{HEAD}{before}");
    let whole = stream::iter([Ok(Bytes::from(head))])
        .chain(parts)
        .chain(stream::iter([Ok(Bytes::from(format!("{after}{TAIL}")))]));
    multistatus(Body::from_stream(whole))
}
