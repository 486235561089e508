//! Google's CalDAV (<https://developers.google.com/workspace/calendar/caldav>), with its own ways: a plain
//! `GET` of a collection is the whole calendar, and errors say nothing.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use jiff::Timestamp;

use super::super::error::ApiError;
use super::super::media::set;
use super::super::service::{READ_EVENTS, Service};
use super::super::state::Shared;
use super::caldav_xml::{Asked, Multistatus, Props};
use super::calendar::{Calendar, Role};
use super::event::{EventKind, Series};
use super::ics;
use super::shelf::Shelf;

type Answer = Result<Response, ApiError>;

/// Series written at a time.
const PIECE: u64 = 200;
/// Of a first synchronisation no more is told at a time.
const MOST_SYNCED: usize = 2_000;

/// What is wrong, without any words.
fn refused(status: u16) -> ApiError {
    ApiError::new(status, "forbidden", "").of(Service::CalDav)
}

fn enter(shared: &Shared, method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    shared.allow(headers, Service::CalDav, READ_EVENTS)?;
    match method.as_str() {
        "GET" | "HEAD" | "OPTIONS" | "PROPFIND" | "REPORT" => Ok(()),
        // This account was opened for reading.
        "PUT" | "POST" | "DELETE" | "PROPPATCH" => Err(ApiError::scope_missing(Service::CalDav)),
        _ => Err(refused(405)),
    }
}

fn options() -> Response {
    let mut answer = StatusCode::OK.into_response();
    set(
        &mut answer,
        header::HeaderName::from_static("dav"),
        "1, calendar-access, calendar-schedule, calendar-proxy",
    );
    set(
        &mut answer,
        header::ALLOW,
        "OPTIONS, GET, HEAD, POST, PUT, DELETE, PROPFIND, PROPPATCH, REPORT",
    );
    answer
}

/// `/caldav/v2/`
pub(in super::super) async fn root(
    State(shared): State<Arc<Shared>>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    enter(&shared, &method, &headers)?;
    match method.as_str() {
        "OPTIONS" => Ok(options()),
        "PROPFIND" => {
            let asked = Asked::read(&body).ok_or_else(|| refused(400))?;
            let mail = super::super::super::world::ACCOUNT.mail;
            let mut answer = Multistatus::default();
            let mut props = Props::default();
            props.raw("DAV:", "resourcetype", "<D:collection/>");
            props.href("DAV:", "current-user-principal", &user(mail));
            answer.response("/caldav/v2/", &props, &asked);
            Ok(answer.into_response())
        }
        _ => Err(refused(405)),
    }
}

/// `/caldav/v2/{calendar}/user`, the principal, and `/caldav/v2/{calendar}/`, its home.
pub(in super::super) async fn principal(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    method: Method,
    uri: http::Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    enter(&shared, &method, &headers)?;
    if method.as_str() != "PROPFIND" {
        return if method == Method::OPTIONS {
            Ok(options())
        } else {
            Err(refused(405))
        };
    }
    let asked = Asked::read(&body).ok_or_else(|| refused(400))?;
    let pim = shared.pim();
    let calendar = pim.calendars().entry(&id).ok_or_else(|| refused(404))?;
    let mut answer = Multistatus::default();
    let mut props = Props::default();
    props.text("DAV:", "displayname", &calendar.summary);
    props.href("DAV:", "current-user-principal", &user(&calendar.id));
    props.href("DAV:", "principal-URL", &user(&calendar.id));
    props.href(CALDAV, "calendar-home-set", &home(&calendar.id));
    props.href(
        CALDAV,
        "calendar-user-address-set",
        &format!("mailto:{}", calendar.id),
    );
    if uri.path().ends_with("/user") || uri.path().ends_with("/user/") {
        props.raw("DAV:", "resourcetype", "<D:principal/><D:collection/>");
        answer.response(&user(&calendar.id), &props, &asked);
        return Ok(answer.into_response());
    }
    props.raw("DAV:", "resourcetype", "<D:collection/>");
    answer.response(&home(&calendar.id), &props, &asked);
    if depth(&headers) > 0 {
        let all = pim.calendars().entries().all();
        // Others' calendars are not here unless somebody ticked them on a page that nobody knows.
        let own = all.filter(|one| one.role == Role::Owner && !one.hidden && !one.deleted);
        for one in own {
            let sequence = pim.calendars().events(&one.id).map_or(0, Shelf::sequence);
            answer.response(&events(&one.id), &collection(&one, sequence), &asked);
        }
    }
    Ok(answer.into_response())
}

/// `/caldav/v2/{calendar}/events`
pub(in super::super) async fn events_collection(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    enter(&shared, &method, &headers)?;
    let calendar = readable(&shared, &id)?;
    match method.as_str() {
        "OPTIONS" => Ok(options()),
        "GET" | "HEAD" => whole(shared, calendar),
        "PROPFIND" => find(&shared, &calendar, &headers, &body),
        _ => report(&shared, &calendar, &body),
    }
}

/// `/caldav/v2/{calendar}/events/{name}`
pub(in super::super) async fn object(
    State(shared): State<Arc<Shared>>,
    Path((id, name)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    enter(&shared, &method, &headers)?;
    let calendar = readable(&shared, &id)?;
    let pim = shared.pim();
    let shelf = pim
        .calendars()
        .events(&calendar.id)
        .ok_or_else(|| refused(404))?;
    let series = by_name(shelf, &name).ok_or_else(|| refused(404))?;
    match method.as_str() {
        "OPTIONS" => Ok(options()),
        "PROPFIND" => {
            let asked = Asked::read(&body).ok_or_else(|| refused(400))?;
            let mut answer = Multistatus::default();
            answer.response(&href(&calendar.id, &series), &resource(&series), &asked);
            Ok(answer.into_response())
        }
        "GET" | "HEAD" => {
            let text = ics::object(&series, &calendar, now(&shared));
            let mut answer = text.into_response();
            set(
                &mut answer,
                header::CONTENT_TYPE,
                "text/calendar; component=vevent; charset=UTF-8",
            );
            set(&mut answer, header::ETAG, &etag(&series));
            Ok(answer)
        }
        _ => Err(refused(403)),
    }
}

const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";
const CALENDARSERVER: &str = "http://calendarserver.org/ns/";
const APPLE: &str = "http://apple.com/ns/ical/";

fn user(id: &str) -> String {
    format!("/caldav/v2/{}/user", coded(id))
}

fn home(id: &str) -> String {
    format!("/caldav/v2/{}/", coded(id))
}

fn events(id: &str) -> String {
    format!("/caldav/v2/{}/events/", coded(id))
}

fn href(calendar: &str, series: &Series) -> String {
    format!("{}{}.ics", events(calendar), coded(series.uid()))
}

fn coded(text: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');
    utf8_percent_encode(text, PLAIN).to_string()
}

fn now(shared: &Shared) -> Timestamp {
    Timestamp::from_millisecond(shared.now()).unwrap_or_default()
}

fn depth(headers: &HeaderMap) -> u8 {
    match headers.get("depth").and_then(|depth| depth.to_str().ok()) {
        Some("0") => 0,
        _ => 1,
    }
}

fn readable(shared: &Shared, id: &str) -> Result<Calendar, ApiError> {
    let found = shared
        .pim()
        .calendars()
        .entry(id)
        .filter(|calendar| !calendar.deleted);
    let calendar = found.ok_or_else(|| refused(404))?;
    match calendar.role {
        Role::FreeBusyReader => Err(refused(403)),
        _ => Ok(calendar),
    }
}

/// Where somebody works is told by the Calendar API only.
fn told(series: &Series) -> bool {
    let working = |kind: &EventKind| matches!(kind, EventKind::WorkingLocation(_));
    !series.is_deleted() && !series.events.iter().any(|event| working(&event.kind))
}

fn by_name(shelf: &Shelf<Series>, name: &str) -> Option<Series> {
    let uid = name.strip_suffix(".ics").unwrap_or(name);
    // Google's own identifiers tell the event; those of other calendars have to be looked for.
    let found = uid
        .strip_suffix("@google.com")
        .and_then(|id| shelf.find(id));
    let found = found.or_else(|| shelf.all().find(|series| series.uid() == uid));
    found.filter(|series| told(series) && series.uid() == uid)
}

fn etag(series: &Series) -> String {
    let sum = series
        .events
        .iter()
        .map(|event| event.revision)
        .sum::<u64>();
    let changed = series
        .events
        .iter()
        .map(|event| event.updated)
        .max()
        .unwrap_or(0);
    format!(
        "\"{}\"",
        changed / 1_000 + 62_135_596_800 + i64::try_from(sum).unwrap_or(0)
    )
}

/// The whole calendar, as it is written.
fn whole(shared: Arc<Shared>, calendar: Calendar) -> Answer {
    let now = now(&shared);
    let head = {
        let pim = shared.pim();
        let shelf = pim
            .calendars()
            .events(&calendar.id)
            .ok_or_else(|| refused(404))?;
        let mut zones = BTreeSet::new();
        for series in shelf.all().filter(told) {
            zones.extend(ics::zones_of(&series, &calendar));
        }
        ics::head(&calendar, &zones)
    };
    let pieces = stream::unfold(Some((0, Some(head))), move |state| {
        let (shared, calendar) = (shared.clone(), calendar.clone());
        async move {
            let (from, head) = state?;
            if let Some(head) = head {
                return Some((Bytes::from(head), Some((0, None))));
            }
            let pim = shared.pim();
            let shelf = pim.calendars().events(&calendar.id)?;
            let all = (from..from + PIECE)
                .filter_map(|place| shelf.at(place))
                .filter(told);
            let mut text: String = all
                .map(|series| ics::events(&series, &calendar, now))
                .collect();
            let next = from + PIECE;
            let more = next < shelf.len();
            if !more {
                text.push_str(ics::FOOT);
            }
            Some((Bytes::from(text), more.then_some((next, None))))
        }
    });
    let body = Body::from_stream(futures::StreamExt::map(pieces, Ok::<_, Infallible>));
    let mut answer = body.into_response();
    set(
        &mut answer,
        header::CONTENT_TYPE,
        "text/calendar; charset=UTF-8",
    );
    answer.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache, no-store, max-age=0, must-revalidate"),
    );
    Ok(answer)
}

fn collection(calendar: &Calendar, sequence: u64) -> Props {
    let mut props = Props::default();
    let name = calendar
        .summary_override
        .as_ref()
        .unwrap_or(&calendar.summary);
    props.text("DAV:", "displayname", name);
    props.raw("DAV:", "resourcetype", "<D:collection/><caldav:calendar/>");
    props.text(
        CALENDARSERVER,
        "getctag",
        &format!("\"{}\"", 63_900_000_000 + sequence),
    );
    props.text(
        "DAV:",
        "getetag",
        &format!("\"{}\"", 63_900_000_000 + sequence),
    );
    props.text("DAV:", "sync-token", &sync_token(sequence));
    props.raw(
        CALDAV,
        "supported-calendar-component-set",
        "<caldav:comp name=\"VEVENT\"/>",
    );
    props.text(
        APPLE,
        "calendar-color",
        &format!("{}ff", calendar.background),
    );
    props.href(
        "DAV:",
        "owner",
        &user(calendar.owner.as_ref().unwrap_or(&calendar.id)),
    );
    props.href(
        "DAV:",
        "current-user-principal",
        &user(super::super::super::world::ACCOUNT.mail),
    );
    if let Some(description) = &calendar.description {
        props.text(CALDAV, "calendar-description", description);
    }
    let reports = ["calendar-query", "calendar-multiget"].map(|name| {
        format!("<D:supported-report><D:report><caldav:{name}/></D:report></D:supported-report>")
    });
    let sync = "<D:supported-report><D:report><D:sync-collection/></D:report></D:supported-report>";
    props.raw(
        "DAV:",
        "supported-report-set",
        &format!("{}{sync}", reports.concat()),
    );
    let may_write = matches!(calendar.role, Role::Owner | Role::Writer);
    let write = if may_write {
        "<D:privilege><D:write/></D:privilege>"
    } else {
        ""
    };
    let privileges = format!("<D:privilege><D:read/></D:privilege>{write}");
    props.raw("DAV:", "current-user-privilege-set", &privileges);
    props
}

fn resource(series: &Series) -> Props {
    let mut props = Props::default();
    props.text("DAV:", "getetag", &etag(series));
    props.text("DAV:", "getcontenttype", "text/calendar; component=vevent");
    props.raw("DAV:", "resourcetype", "");
    props
}

fn sync_token(sequence: u64) -> String {
    format!("https://apidata.googleusercontent.com/caldav/v2/sync/{sequence}")
}

fn find(shared: &Shared, calendar: &Calendar, headers: &HeaderMap, body: &[u8]) -> Answer {
    let asked = Asked::read(body).ok_or_else(|| refused(400))?;
    let pim = shared.pim();
    let shelf = pim
        .calendars()
        .events(&calendar.id)
        .ok_or_else(|| refused(404))?;
    let mut answer = Multistatus::default();
    answer.response(
        &events(&calendar.id),
        &collection(calendar, shelf.sequence()),
        &asked,
    );
    if depth(headers) > 0 {
        for series in shelf.all().filter(told) {
            answer.response(&href(&calendar.id, &series), &resource(&series), &asked);
        }
    }
    Ok(answer.into_response())
}

fn report(shared: &Shared, calendar: &Calendar, body: &[u8]) -> Answer {
    let asked = Asked::read(body).ok_or_else(|| refused(400))?;
    let pim = shared.pim();
    let shelf = pim
        .calendars()
        .events(&calendar.id)
        .ok_or_else(|| refused(404))?;
    let mut answer = Multistatus::default();
    let now = now(shared);
    let tell = |answer: &mut Multistatus, series: &Series| {
        let mut props = resource(series);
        if asked.wants(CALDAV, "calendar-data") {
            props.text(CALDAV, "calendar-data", &ics::object(series, calendar, now));
        }
        answer.response(&href(&calendar.id, series), &props, &asked);
    };
    match asked.root.as_str() {
        "calendar-multiget" => {
            for href in &asked.hrefs {
                let name = href.rsplit('/').next().unwrap_or_default();
                let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
                match by_name(shelf, &name) {
                    Some(series) => tell(&mut answer, &series),
                    None => answer.missing(href, 404),
                }
            }
        }
        "calendar-query" => {
            for series in shelf.all().filter(told) {
                let within = asked
                    .range
                    .is_none_or(|(from, to)| !series.occurrences(from, to).is_empty());
                if within {
                    tell(&mut answer, &series);
                }
            }
        }
        "sync-collection" => {
            let since = match asked.sync_token.as_deref() {
                None | Some("") => None,
                Some(token) => {
                    let number = token.rsplit('/').next().and_then(|n| n.parse::<u64>().ok());
                    let known = number.filter(|number| *number <= shelf.sequence());
                    Some(known.ok_or_else(|| refused(403))?)
                }
            };
            let all: Vec<Series> = match since {
                None => shelf.all().filter(told).collect(),
                Some(since) => shelf.changed_since(since),
            };
            for series in all.iter().take(MOST_SYNCED) {
                match told(series) {
                    true => tell(&mut answer, series),
                    false => answer.missing(&href(&calendar.id, series), 404),
                }
            }
            if all.len() > MOST_SYNCED {
                answer.missing(&events(&calendar.id), 507);
            }
            answer.sync_token(&sync_token(shelf.sequence()));
        }
        // Among them `free-busy-query`.
        _ => return Err(refused(403)),
    }
    Ok(answer.into_response())
}
