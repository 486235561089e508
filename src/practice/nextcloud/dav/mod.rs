//! `/remote.php/dav/`.

mod bulk;
mod change;
mod conditions;
mod pim;
mod propfind;
mod proppatch;
mod props;
mod put;
mod read;
mod report;
mod trash;
mod uploads;
mod xml;

use axum::response::Response;
use http::{HeaderName, StatusCode, header};

use super::answer::{ALLOW, DavError, DavResult, empty, put_header};
use super::gate::Call;
use super::login::{Denied, Who, authenticate};
use super::names::DavPath;
use super::view::{Entry, View};

pub(super) use put::write_from_outside;

/// What every multistatus, and every 404 to a PROPFIND, says of the server.
const DAV_HEADER: &str = "1, 3, extended-mkcol, access-control, calendarserver-principal-property-search, nc-paginate, nextcloud-checksum-update, nc-calendar-search, nc-enable-birthday-calendar, 2";

/// A place in a user's own files.
pub(super) struct Place {
    pub who: Who,
    pub view: View,
    /// Below the home.
    pub path: DavPath,
    /// The whole path as the client said it, for `d:href`.
    pub said: Vec<String>,
}

impl Place {
    pub fn find(&self) -> Option<Entry> {
        self.view.find(&self.path.stored)
    }

    /// # Errors
    /// 404.
    pub fn found(&self) -> DavResult<Entry> {
        self.find()
            .ok_or_else(|| DavError::no_file(&self.path.text()))
    }

    /// The folder that this place is in.
    pub fn parent(&self) -> Option<Entry> {
        let (folder, _) = self.path.split()?;
        self.view.find(folder).filter(|parent| parent.folder)
    }
}

pub(super) async fn answer(call: &mut Call) -> Response {
    let mut response = match serve(call).await {
        Ok(response) => response,
        Err(error) => error.response(),
    };
    if matches!(call.method.as_str(), "PROPFIND" | "OPTIONS") {
        let features = pim::features(call).unwrap_or(DAV_HEADER);
        put_header(&mut response, HeaderName::from_static("dav"), features);
    }
    // A session begins with every answer; who sends its cookie back meets the limits of sessions.
    if !call.headers.contains_key(header::COOKIE) {
        let session = format!(
            "{}={}; path=/; HttpOnly; SameSite=Lax",
            call.shared.instance(),
            uuid::Uuid::new_v4().simple()
        );
        put_header(&mut response, header::SET_COOKIE, &session);
    }
    response
}

async fn serve(call: &mut Call) -> DavResult<Response> {
    if call.shared.weather().maintenance {
        return Err(DavError::maintenance());
    }
    let who = authenticate(&call.shared, &call.headers).map_err(|denied| match denied {
        Denied::NoCredentials => DavError::not_authenticated(false),
        Denied::Wrong => DavError::not_authenticated(true),
        Denied::TooMany => DavError::too_many_requests(),
        Denied::Disabled => {
            DavError::unavailable("OC\\User\\DisabledUserException: Account disabled")
        }
    })?;
    let path = call.path.below(2);
    let names: Vec<&str> = path.stored.iter().map(String::as_str).collect();
    match names.as_slice() {
        ["files", user, ..] if *user == who.id => {
            let place = place(call, who, path.below(2))?;
            files(call, &place).await
        }
        ["files", user, rest @ ..] => foreign_home(call, user, rest),
        ["uploads", user, rest @ ..] if *user == who.id => uploads::answer(call, &who, rest).await,
        ["trashbin", user, rest @ ..] if *user == who.id => trash::answer(call, &who, rest).await,
        ["bulk"] => bulk::answer(call, &who).await,
        ["files" | "uploads"] => Err(DavError::method_not_allowed(
            "Listing members of this collection is disabled",
        )),
        ["principals" | "calendars" | "addressbooks", ..] => pim::answer(call, who, &path).await,
        [] if call.method.as_str() == "PROPFIND" => propfind::top(call, &who.id).await,
        [] => Err(DavError::not_implemented(call.method.as_str())),
        [first, ..] => Err(DavError::not_found(format!(
            "File not found: {first} in 'root'"
        ))),
    }
}

fn place(call: &Call, who: Who, path: DavPath) -> DavResult<Place> {
    path.check_length()?;
    let view = call
        .shared
        .view(&who.id)
        .ok_or_else(|| DavError::not_found(format!("Principal with name {} not found", who.id)))?;
    Ok(Place {
        who,
        view,
        path,
        said: call.path.said.clone(),
    })
}

async fn files(call: &mut Call, place: &Place) -> DavResult<Response> {
    let method = call.method.to_string();
    let writes = !matches!(
        method.as_str(),
        "GET" | "HEAD" | "PROPFIND" | "REPORT" | "OPTIONS"
    );
    if writes && place.view.is_read_only() {
        let name = place.path.split().map_or("", |(_, name)| name);
        return Err(DavError::cannot_create(name));
    }
    match method.as_str() {
        "OPTIONS" => Ok(options()),
        "GET" | "HEAD" => read::get(call, place),
        "PUT" => put::put(call, place).await,
        "PATCH" => put::recalculate(call, place).await,
        "MKCOL" => change::mkcol(call, place).await,
        "DELETE" => change::delete(call, place),
        "MOVE" => change::relocate(call, place, false),
        "COPY" => change::relocate(call, place, true),
        "PROPFIND" => propfind::answer(call, place).await,
        "PROPPATCH" => proppatch::answer(call, place).await,
        "REPORT" => report::answer(call, place).await,
        method => {
            place.found()?;
            Err(DavError::not_implemented(method))
        }
    }
}

fn options() -> Response {
    let mut response = empty(StatusCode::OK);
    put_header(&mut response, header::ALLOW, ALLOW);
    put_header(&mut response, HeaderName::from_static("dav"), DAV_HEADER);
    put_header(&mut response, header::ACCEPT_RANGES, "bytes");
    response
}

/// The home of somebody else: it is there, it looks empty, and nothing can be done in it.
fn foreign_home(call: &Call, user: &str, rest: &[&str]) -> DavResult<Response> {
    if call.shared.user(user).is_none() {
        return Err(DavError::not_found(format!(
            "Principal with name {user} not found"
        )));
    }
    match (call.method.as_str(), rest) {
        ("PROPFIND", []) => Ok(propfind::bare_folder(&call.path.said)),
        ("PUT" | "MKCOL", [.., name]) => Err(DavError::cannot_create(name)),
        (_, [name, ..]) => Err(DavError::not_found(format!(
            "File not found: {name} in '{user}'"
        ))),
        (method, []) => Err(DavError::not_implemented(method)),
    }
}

/// `oc:id`: the file id with at least eight digits, and the instance.
fn file_id(call: &Call, id: u64) -> String {
    format!("{id:08}{}", call.shared.instance())
}

const FILE_ID: HeaderName = HeaderName::from_static("oc-fileid");
const OC_ETAG: HeaderName = HeaderName::from_static("oc-etag");

/// The etag, quoted, in both headers that carry it.
fn put_etag(response: &mut Response, etag: &str) {
    let quoted = format!("\"{etag}\"");
    put_header(response, header::ETAG, &quoted);
    put_header(response, OC_ETAG, &quoted);
}

/// A date header as MtimeSanitizer.php takes it: any number, but not the first day of 1970 or before.
fn sanitize_time(text: &str) -> DavResult<i64> {
    let trimmed = text.trim_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
    let is_number = trimmed
        .chars()
        .all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    let number = trimmed.parse::<f64>().ok().filter(|_| is_number);
    let Some(number) = number else {
        return Err(DavError::invalid_argument(&format!(
            "X-OC-MTime header must be a valid integer (unix timestamp), got \"{text}\"."
        )));
    };
    #[allow(clippy::cast_possible_truncation)]
    let seconds = number as i64;
    if seconds <= 24 * 60 * 60 {
        return Err(DavError::invalid_argument(&format!(
            "X-OC-MTime header must be a valid positive unix timestamp greater than one day, got \"{text}\"."
        )));
    }
    // Where ext4 ends: 10 May 2446.
    Ok(seconds.min(15_032_385_535))
}
