//! PROPFIND: one entry, a folder, or everything below it, streamed.

use std::collections::VecDeque;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use http::{StatusCode, header};

use super::super::answer::{DavError, DavResult, XML, put_header, with_type};
use super::super::gate::Call;
use super::super::names::encode;
use super::super::view::{Cursor, Entry, View};
use super::Place;
use super::props::{Wanted, chosen, propstat};
use super::xml::{DAV, Name, parse};

pub const HEAD: &str = "<?xml version=\"1.0\"?>\n<d:multistatus xmlns:d=\"DAV:\" xmlns:s=\"http://sabredav.org/ns\" xmlns:cal=\"urn:ietf:params:xml:ns:caldav\" xmlns:cs=\"http://calendarserver.org/ns/\" xmlns:card=\"urn:ietf:params:xml:ns:carddav\" xmlns:oc=\"http://owncloud.org/ns\" xmlns:nc=\"http://nextcloud.org/ns\">";
pub const TAIL: &str = "</d:multistatus>";

/// Entries that one piece of the answer holds.
const BATCH: usize = 200;

pub async fn answer(call: &mut Call, place: &Place) -> DavResult<Response> {
    let names = wanted_names(call).await?;
    let wanted = Wanted::new(call, &place.who.id, names);
    if place.path.is_phantom() {
        return Ok(phantom(place));
    }
    let entry = place.found()?;
    let depth = match call.header("depth") {
        Some("infinity") => usize::MAX,
        Some(depth) => depth.trim().parse().unwrap_or(1),
        None => 1,
    };
    let walk = Walk::new(
        place.view.clone(),
        wanted,
        place.said.clone(),
        &entry,
        depth,
    );
    let pieces = stream::unfold(walk, |mut walk| async move {
        let piece = walk.next_piece()?;
        // Others get their turn even while a million entries go out.
        tokio::task::yield_now().await;
        Some((Ok::<_, std::io::Error>(Bytes::from(piece)), walk))
    });
    Ok(multistatus(Body::from_stream(pieces)))
}

/// What the request asks for; `None`: nothing by name.
pub async fn wanted_names(call: &mut Call) -> DavResult<Option<Vec<Name>>> {
    let body = call.small_body().await?;
    if body.is_empty() {
        return Ok(None);
    }
    let root = parse(&body)?;
    if !root.name.is(DAV, "propfind") {
        return Err(DavError::bad_request("Expected a propfind element"));
    }
    Ok(root.props())
}

pub fn multistatus(body: Body) -> Response {
    let mut response = with_type(StatusCode::MULTI_STATUS, XML, body);
    put_header(&mut response, header::VARY, "Brief,Prefer");
    response
}

/// The way through a folder, and through what is below it.
struct Walk {
    view: View,
    wanted: Wanted,
    depth: usize,
    /// What goes out before anything else; `None` when it has.
    first: Option<String>,
    open: Vec<Open>,
    done: bool,
}

struct Open {
    path: Vec<String>,
    folder: u64,
    cursor: Cursor,
    batch: VecDeque<Entry>,
}

impl Open {
    fn new(path: Vec<String>, folder: u64) -> Self {
        Self {
            path,
            folder,
            cursor: Cursor::Start,
            batch: VecDeque::new(),
        }
    }
}

impl Walk {
    fn new(view: View, wanted: Wanted, path: Vec<String>, entry: &Entry, depth: usize) -> Self {
        let first = format!("{HEAD}{}", wanted.response(&path, entry));
        let open = (entry.folder && depth > 0).then(|| Open::new(path, entry.id));
        Self {
            view,
            wanted,
            depth,
            first: Some(first),
            open: open.into_iter().collect(),
            done: false,
        }
    }

    fn next_piece(&mut self) -> Option<String> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        if self.done {
            return None;
        }
        let mut piece = String::new();
        for _ in 0..BATCH {
            match self.next_entry() {
                Some((path, entry)) => piece.push_str(&self.wanted.response(&path, &entry)),
                None => {
                    self.done = true;
                    piece.push_str(TAIL);
                    break;
                }
            }
        }
        Some(piece)
    }

    fn next_entry(&mut self) -> Option<(Vec<String>, Entry)> {
        loop {
            let level = self.open.len();
            let open = self.open.last_mut()?;
            if open.batch.is_empty() {
                open.batch = self
                    .view
                    .children(open.folder, &mut open.cursor, BATCH)
                    .into();
            }
            let Some(entry) = open.batch.pop_front() else {
                self.open.pop();
                continue;
            };
            let mut path = open.path.clone();
            path.push(entry.name.clone());
            if entry.folder && level < self.depth {
                self.open.push(Open::new(path.clone(), entry.id));
            }
            return Some((path, entry));
        }
    }
}

/// A file whose name ends in `.part` is answered for, although it is not there.
fn phantom(place: &Place) -> Response {
    let href = encode(place.said.iter().map(String::as_str));
    let props = propstat(
        "<d:getcontentlength>0</d:getcontentlength><d:resourcetype/><d:getetag>&quot;&quot;</d:getetag><d:getcontenttype></d:getcontenttype>",
        "200 OK",
    );
    multistatus(Body::from(format!(
        "{HEAD}<d:response><d:href>{href}</d:href>{props}</d:response>{TAIL}"
    )))
}

/// A folder of which nothing is told.
pub fn bare_folder(path: &[String]) -> Response {
    multistatus(Body::from(format!("{HEAD}{}{TAIL}", bare(path))))
}

fn bare(path: &[String]) -> String {
    let href = encode(path.iter().map(String::as_str));
    let props = propstat("<d:resourcetype><d:collection/></d:resourcetype>", "200 OK");
    format!("<d:response><d:href>{href}/</d:href>{props}</d:response>")
}

/// `/remote.php/dav/` itself.
pub async fn top(call: &mut Call, user: &str) -> DavResult<Response> {
    let names = wanted_names(call).await?;
    let known = [
        (Name::new(DAV, "resourcetype"), "<d:collection/>".to_owned()),
        principal(user),
    ];
    let href = |path: &[String]| format!("{}/", encode(path.iter().map(String::as_str)));
    let mut path = call.path.said.clone();
    let mut body = format!("{HEAD}{}", chosen(&href(&path), names.as_deref(), &known));
    if call.header("depth") != Some("0") {
        for name in [
            "principals",
            "files",
            "uploads",
            "trashbin",
            "calendars",
            "addressbooks",
        ] {
            path.push(name.to_owned());
            body.push_str(&chosen(&href(&path), names.as_deref(), &known));
            path.pop();
        }
    }
    body.push_str(TAIL);
    Ok(multistatus(Body::from(body)))
}

/// RFC 5397: who is signed in.
pub fn principal(user: &str) -> (Name, String) {
    let path = encode(["remote.php", "dav", "principals", "users", user]);
    (
        Name::new(DAV, "current-user-principal"),
        format!("<d:href>{path}/</d:href>"),
    )
}
