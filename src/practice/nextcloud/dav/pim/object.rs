//! Events, tasks, journals and cards: what comes in, what is refused, what is told to whom.

use axum::response::Response;
use futures::StreamExt as _;
use http::{StatusCode, header};

use super::super::super::answer::{DavError, DavResult, empty, put_header, with_type};
use super::super::super::gate::Call;
use super::super::super::names::encode;
use super::super::super::pim::{
    self, Kind, Object, Occasion, PimOp, Role, Schedule, Seen, alarms, birthday_event, on_change,
};
use super::super::super::server::now;
use super::super::super::store::Inner;
use super::super::super::vobject::{
    Component, Profile, RuleError, Version, convert, last_occurrence, parse, validate,
};
use super::super::conditions::check_match;
use super::super::propfind::{HEAD, TAIL, multistatus, wanted_names};
use super::super::props::{chosen, http_date};
use super::super::put_etag;
use super::props::of_object;
use super::{Home, refuse, report};

/// Bytes of a calendar object and of a card (CalDavValidatePlugin.php, CardDavValidatePlugin.php).
const LARGEST_EVENT: u64 = 10_485_760;
const LARGEST_CARD: u64 = 5_242_880;
/// Bytes that are read at all.
const ENDLESS: usize = 64 << 20;

pub async fn answer(call: &mut Call, home: &Home, uri: &str, name: &str) -> DavResult<Response> {
    match call.method.as_str() {
        "OPTIONS" => Ok(super::super::options()),
        "PUT" => put(call, home, uri, name).await,
        "GET" | "HEAD" => {
            let seen = home.find(uri)?;
            let object = home.object(&seen, name)?;
            let bytes = shown(home, &seen, &object);
            Ok(match home.books {
                true => card(call, &object, &bytes),
                false => content(home, &object, bytes),
            })
        }
        "DELETE" => remove(call, home, uri, name),
        "PROPFIND" => {
            let names = wanted_names(call).await?;
            let seen = home.find(uri)?;
            let object = home.object(&seen, name)?;
            let mut known = of_object(&home.shared, &object, &home.user.id);
            known.extend(report::Data::unasked(names.as_deref()).of(home, &seen, &object));
            let href = format!("{}{}", home.href(&[uri]), encode([name]));
            let body = chosen(&href, names.as_deref(), &known);
            Ok(multistatus(format!("{HEAD}{body}{TAIL}").into()))
        }
        "MKCOL" | "MKCALENDAR" => {
            home.find(uri)?;
            Err(DavError::method_not_allowed(
                "Creating collections in calendar objects is not allowed",
            ))
        }
        method => {
            home.object(&home.find(uri)?, name)?;
            Err(DavError::not_implemented(method))
        }
    }
}

/// The bytes as the account sees them: what others share is written anew, without what they hide
/// (CalendarObject.php).
pub fn shown(home: &Home, seen: &Seen, object: &Object) -> Vec<u8> {
    let bytes = home.read(object);
    if !seen.is_shared() || home.books {
        return bytes;
    }
    let Ok(mut calendar) = parse(&bytes) else {
        return bytes;
    };
    if seen.role == Role::Reader {
        for component in calendar.components_mut() {
            component.remove("VALARM");
            if object.class == "CONFIDENTIAL" {
                hide(component);
            }
        }
    }
    calendar.serialize()
}

fn hide(component: &mut Component) {
    use super::super::super::vobject::{Node, Property};
    const KEPT: [&str; 11] = [
        "CREATED",
        "DTSTART",
        "RRULE",
        "RECURRENCE-ID",
        "RDATE",
        "DURATION",
        "DTEND",
        "CLASS",
        "EXRULE",
        "EXDATE",
        "UID",
    ];
    if !matches!(component.name.as_str(), "VEVENT" | "VTODO" | "VJOURNAL") {
        return;
    }
    if !component.has("SUMMARY") {
        component.add(Property::new("SUMMARY", "Busy"));
    }
    component.children.retain_mut(|child| match child {
        Node::Property(property) if property.name == "SUMMARY" => {
            property.value = b"Busy".to_vec();
            true
        }
        Node::Property(property) => KEPT.contains(&property.name.as_str()),
        Node::Component(_) => false,
    });
}

pub fn content(home: &Home, object: &Object, bytes: Vec<u8>) -> Response {
    let length = bytes.len();
    let mut response = with_type(StatusCode::OK, "text/calendar", bytes);
    let known = of_object(&home.shared, object, &home.user.id);
    let media = known
        .iter()
        .find(|(name, _)| name.local == "getcontenttype")
        .map(|(_, media)| media.as_str());
    put_header(
        &mut response,
        header::CONTENT_TYPE,
        media.unwrap_or_default(),
    );
    put_header(&mut response, header::CONTENT_LENGTH, &length.to_string());
    put_header(
        &mut response,
        header::LAST_MODIFIED,
        &http_date(object.modified),
    );
    put_etag(&mut response, &object.etag);
    response
}

/// A card in the version that is asked for, which is 3 unless somebody says 4.
fn card(call: &Call, object: &Object, bytes: &[u8]) -> Response {
    let four = call
        .header("accept")
        .is_some_and(|accept| accept.contains("version=4.0"));
    let (version, media) = match four {
        true => (Version::Four, "text/vcard; version=4.0; charset=utf-8"),
        false => (Version::Three, "text/vcard; charset=utf-8"),
    };
    let bytes = convert(bytes, version);
    let length = bytes.len();
    let mut response = with_type(StatusCode::OK, media, bytes);
    put_header(&mut response, header::CONTENT_LENGTH, &length.to_string());
    put_header(
        &mut response,
        header::LAST_MODIFIED,
        &http_date(object.modified),
    );
    put_etag(&mut response, &object.etag);
    response
}

/// Where something is written.
struct Place {
    seen: Seen,
    before: Option<Object>,
}

/// # Errors
/// As the access control says no: what only may be read looks as if it were not there, but for what the
/// server keeps itself.
fn place(home: &Home, uri: &str, name: &str) -> DavResult<Place> {
    let seen = home.find(uri).map_err(|error| match home.books {
        true => refuse::no_collection(true, uri),
        false => error,
    })?;
    let before = home.object(&seen, name).ok();
    if seen.head.kind == Kind::Subscription {
        return Err(DavError::cannot_create(name));
    }
    if !seen.is_writable() {
        return Err(match (&before, seen.role) {
            (Some(_), Role::Reader) => refuse::no_node(name),
            (None, Role::Reader) => refuse::no_collection(home.books, uri),
            (_, Role::Server) => refuse::no_node(uri),
            _ => refuse::access_denied(),
        });
    }
    Ok(Place { seen, before })
}

async fn put(call: &mut Call, home: &Home, uri: &str, name: &str) -> DavResult<Response> {
    let (largest, what) = match home.books {
        true => (LARGEST_CARD, "VCard object"),
        false => (LARGEST_EVENT, "VEvent or VTodo object"),
    };
    if call.content_length().is_some_and(|length| length > largest) {
        return Err(DavError::forbidden(format!(
            "{what} exceeds {largest} bytes"
        )));
    }
    let Place { seen, before } = place(home, uri, name)?;
    check_match(call, before.as_ref().map(|object| object.etag.as_str()))?;
    let bytes = whole(call).await?;
    let judged = match home.books {
        true => judge_card(&bytes)?,
        false => judge_event(&seen, &bytes)?,
    };
    let mut inner = home.shared.store.lock();
    // Somebody else may have come between.
    let before = inner
        .state
        .pim
        .get(seen.head.id)
        .and_then(|collection| collection.object(name))
        .cloned();
    check_match(call, before.as_ref().map(|object| object.etag.as_str()))?;
    let mut stored = judged.bytes.unwrap_or(bytes);
    let mut changed = judged.repaired;
    let schedule = match home.books {
        true => Schedule::default(),
        false => schedule(call, home, &seen, before.as_ref(), Some(&judged.object)),
    };
    if let Some(object) = &schedule.object {
        stored = object.serialize();
        changed = true;
    }
    let uid = Object::of(0, name, &stored, pim_piece()).uid;
    // The mails have left by then.
    send(home, &mut inner, &schedule)?;
    check_uid(home, &inner, &seen, before.as_ref(), &uid)?;
    let id = home
        .shared
        .store
        .put_object(&mut inner, seen.head.id, name, &stored)?;
    after_put(home, &mut inner, &seen, id, name, &stored)?;
    let etag = inner
        .state
        .pim
        .get(seen.head.id)
        .and_then(|collection| Some(collection.objects.get(&id)?.etag.clone()));
    drop(inner);
    let status = match before {
        None => StatusCode::CREATED,
        Some(_) => StatusCode::NO_CONTENT,
    };
    let mut response = empty(status);
    put_header(&mut response, header::CONTENT_LENGTH, "0");
    if let Some(warning) = judged.warning {
        let name = http::HeaderName::from_static("x-sabre-ew-gross");
        let words = warning.replace(['\r', '\n'], " ");
        response.headers_mut().insert(
            name,
            http::HeaderValue::from_bytes(words.as_bytes())
                .unwrap_or(http::HeaderValue::from_static("")),
        );
    }
    if let (false, Some(etag)) = (changed, etag) {
        put_etag(&mut response, &etag);
    }
    Ok(response)
}

fn pim_piece() -> super::super::super::tree::Piece {
    super::super::super::tree::Piece { blob: 0, len: 0 }
}

async fn whole(call: &mut Call) -> DavResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut content = call.content();
    while let Some(piece) = content.next().await {
        let broken = |_| DavError::bad_request("Expected filesize does not match");
        bytes.extend_from_slice(&piece.map_err(broken)?);
        if bytes.len() > ENDLESS {
            return Err(DavError::entity_too_large());
        }
    }
    Ok(bytes)
}

/// What was found out about an object that comes in.
struct Judged {
    object: Component,
    /// What is stored in its place.
    bytes: Option<Vec<u8>>,
    repaired: bool,
    warning: Option<String>,
}

/// # Errors
/// 415 for what is no iCalendar, 403 for a component that the calendar does not take or a series without
/// an occurrence, 500 for a rule that nobody can follow.
fn judge_event(seen: &Seen, bytes: &[u8]) -> DavResult<Judged> {
    let mut object = parse(bytes).map_err(|error| {
        DavError::unsupported_media(&format!(
            "This resource only supports valid iCalendar 2.0 data. Parse error: {error}"
        ))
    })?;
    if object.name != "VCALENDAR" {
        return Err(DavError::unsupported_media(
            "This collection can only support iCalendar objects.",
        ));
    }
    let supported = &seen.head.props.components;
    let found = object
        .components()
        .filter(|c| matches!(c.name.as_str(), "VEVENT" | "VTODO" | "VJOURNAL"))
        .last();
    if found.is_none_or(|found| !supported.contains(&found.name)) {
        return Err(refuse::wrong_component(supported));
    }
    let findings = validate(&mut object, Profile::CalDav);
    if let Some(refused) = findings.refused {
        return Err(DavError::unsupported_media(&format!(
            "Validation error in iCalendar: {refused}"
        )));
    }
    match last_occurrence(&object) {
        Err(RuleError::NoInstances) => {
            return Err(DavError::forbidden(
                "This recurrence rule does not generate any valid instances",
            ));
        }
        Err(RuleError::Invalid(words)) => {
            return Err(DavError::internal(
                "Sabre\\VObject\\InvalidDataException",
                &words,
            ));
        }
        Ok(_) => {}
    }
    Ok(Judged {
        bytes: findings.repaired.then(|| object.serialize()),
        object,
        repaired: findings.repaired,
        warning: findings
            .warning
            .map(|warning| format!("iCalendar validation warning: {warning}")),
    })
}

/// # Errors
/// 415 for what is no vCard of version 3 or 4.
fn judge_card(bytes: &[u8]) -> DavResult<Judged> {
    let mut object = parse(bytes).map_err(|error| {
        DavError::unsupported_media(&format!(
            "This resource only supports valid vCard or jCard data. Parse error: {error}"
        ))
    })?;
    if object.name != "VCARD" {
        return Err(DavError::unsupported_media(
            "This collection can only support vcard objects.",
        ));
    }
    let findings = validate(&mut object, Profile::CardDav);
    if let Some(refused) = findings.refused {
        return Err(DavError::unsupported_media(&format!(
            "Validation error in vCard: {refused}"
        )));
    }
    Ok(Judged {
        bytes: findings.repaired.then(|| object.serialize()),
        object,
        repaired: findings.repaired,
        warning: findings
            .warning
            .map(|warning| format!("vCard validation warning: {warning}")),
    })
}

/// # Errors
/// 400 when another object of the collection has the UID, 500 when one in its trash has it.
fn check_uid(
    home: &Home,
    inner: &Inner,
    seen: &Seen,
    before: Option<&Object>,
    uid: &str,
) -> DavResult<()> {
    let Some(collection) = inner.state.pim.get(seen.head.id) else {
        return Err(refuse::no_node(&seen.uri));
    };
    let others = || {
        collection
            .by_uid(uid)
            .filter(|other| before.is_none_or(|before| before.id != other.id))
    };
    if others().any(|other| other.deleted.is_none()) {
        // Only new objects are looked at; then it is the database that says no, to calendars alone.
        return match (before, home.books) {
            (None, books) => Err(refuse::uid_exists(books)),
            (Some(_), true) => Ok(()),
            (Some(_), false) => Err(refuse::unique(seen.head.id, uid)),
        };
    }
    match others().next() {
        Some(_) => Err(refuse::unique(seen.head.id, uid)),
        None => Ok(()),
    }
}

/// What the account that owns the calendar is invited as.
fn addresses(home: &Home, owner: &str) -> Vec<String> {
    let mail = home
        .shared
        .user(owner)
        .and_then(|user| user.mail().map(str::to_lowercase));
    let principal = encode(["remote.php", "dav", "principals", "users", owner]);
    mail.map(|mail| format!("mailto:{mail}"))
        .into_iter()
        .chain([format!("{principal}/")])
        .collect()
}

/// Whom a change concerns. Nobody, when the client says that it sees to that itself.
fn schedule(
    call: &Call,
    home: &Home,
    seen: &Seen,
    before: Option<&Object>,
    new: Option<&Component>,
) -> Schedule {
    let quiet = call.header("schedule-reply") == Some("F")
        || call.header("x-nc-scheduling") == Some("false");
    if quiet {
        return Schedule::default();
    }
    let old = before.and_then(|object| parse(&home.read(object)).ok());
    let mut addresses_of_all = addresses(home, &seen.head.owner);
    if seen.is_shared() {
        addresses_of_all.extend(addresses(home, &home.user.id));
    }
    on_change(&Occasion {
        account: &home.user.id,
        addresses: &addresses_of_all,
        old: old.as_ref(),
        new,
        now: now(),
    })
}

/// Puts mails into the outbox and invitations into the calendars of those who are on this server.
fn send(home: &Home, inner: &mut Inner, schedule: &Schedule) -> DavResult<()> {
    let store = &home.shared.store;
    for mail in &schedule.mails {
        store.commit_in(inner, PimOp::Mail { mail: mail.clone() }.into())?;
    }
    for delivery in &schedule.deliveries {
        let users = &home.shared.config.users;
        let to = users.iter().find(|user| {
            user.mail()
                .is_some_and(|mail| mail.eq_ignore_ascii_case(&delivery.to))
        });
        let Some(to) = to else {
            continue;
        };
        let name = format!("sabredav-{}.ics", uuid::Uuid::new_v4());
        let bytes = delivery.object.serialize();
        let id = |kind, uri| {
            let known = inner.state.pim.own(&to.id, &[kind], uri);
            known.map(|collection| collection.id)
        };
        let (inbox, calendar) = (id(Kind::Inbox, "inbox"), id(Kind::Calendar, "personal"));
        if let Some(inbox) = inbox {
            store.put_object(inner, inbox, &name, &bytes)?;
        }
        let uid = Object::of(0, &name, &bytes, pim_piece()).uid;
        let known = calendar
            .and_then(|calendar| inner.state.pim.get(calendar))
            .is_some_and(|calendar| calendar.by_uid(&uid).next().is_some());
        if let (Some(calendar), "REQUEST", false) = (calendar, delivery.method, known) {
            store.put_object(inner, calendar, &name, &bytes)?;
        }
    }
    Ok(())
}

/// What follows from an object that was stored: alarms to be mailed later, and birthdays.
fn after_put(
    home: &Home,
    inner: &mut Inner,
    seen: &Seen,
    id: u64,
    name: &str,
    stored: &[u8],
) -> DavResult<()> {
    let store = &home.shared.store;
    let collection = seen.head.id;
    if home.books {
        let birthdays = pim::birthdays(store, inner, &seen.head.owner)?;
        let uri = format!("{}-{name}.ics", seen.head.uri);
        if let Some(event) = birthday_event(stored) {
            store.put_object(inner, birthdays, &uri, &event)?;
        } else {
            forget_birthday(home, inner, seen, name)?;
        }
        return Ok(());
    }
    let op = PimOp::ForgetAlarms {
        collection,
        object: id,
    };
    store.commit_in(inner, op.into())?;
    if let Ok(object) = parse(stored) {
        let addresses = addresses(home, &seen.head.owner);
        let occasion = Occasion {
            account: &seen.head.owner,
            addresses: &addresses,
            old: None,
            new: None,
            now: now(),
        };
        for mut mail in alarms(&object, &occasion) {
            mail.belongs_to(collection, id);
            store.commit_in(inner, PimOp::Mail { mail }.into())?;
        }
    }
    Ok(())
}

fn forget_birthday(home: &Home, inner: &mut Inner, seen: &Seen, name: &str) -> DavResult<()> {
    let birthdays = inner
        .state
        .pim
        .own(&seen.head.owner, &[Kind::Calendar], pim::BIRTHDAYS);
    let uri = format!("{}-{name}.ics", seen.head.uri);
    let found = birthdays.and_then(|calendar| Some((calendar.id, calendar.object(&uri)?.id)));
    if let Some((collection, object)) = found {
        let op = PimOp::Remove { collection, object };
        home.shared.store.commit_in(inner, op.into())?;
    }
    Ok(())
}

fn remove(call: &Call, home: &Home, uri: &str, name: &str) -> DavResult<Response> {
    let seen = home.find(uri)?;
    let object = home.object(&seen, name)?;
    if !seen.is_writable() {
        return Err(match seen.role {
            Role::Reader => refuse::no_collection(home.books, uri),
            _ => refuse::access_denied(),
        });
    }
    check_match(call, Some(&object.etag))?;
    let store = &home.shared.store;
    let mut inner = store.lock();
    let collection = seen.head.id;
    if home.books {
        forget_birthday(home, &mut inner, &seen, name)?;
        let op = PimOp::Remove {
            collection,
            object: object.id,
        };
        store.commit_in(&mut inner, op.into())?;
    } else {
        let schedule = schedule(call, home, &seen, Some(&object), None);
        send(home, &mut inner, &schedule)?;
        // `X-NC-CalDAV-No-Trashbin` is for whole calendars.
        let op = trash(&inner, collection, &object)?;
        store.commit_in(&mut inner, op.into())?;
        let op = PimOp::ForgetAlarms {
            collection,
            object: object.id,
        };
        store.commit_in(&mut inner, op.into())?;
    }
    drop(inner);
    let mut response = empty(StatusCode::NO_CONTENT);
    put_header(&mut response, header::CONTENT_LENGTH, "0");
    Ok(response)
}

/// # Errors
/// 403 when something with the name that it would get lies in the trash already.
fn trash(inner: &Inner, collection: u64, object: &Object) -> DavResult<PimOp> {
    let uri = match object.uri.rsplit_once('.') {
        Some((stem, ending)) if !ending.is_empty() => format!("{stem}-deleted.{ending}"),
        _ => format!("{}-deleted", object.uri),
    };
    let taken = inner
        .state
        .pim
        .get(collection)
        .is_some_and(|collection| collection.objects.values().any(|other| other.uri == uri));
    if taken {
        return Err(DavError::forbidden(format!(
            "A calendar object with URI {uri} already exists in calendar {collection}, therefore this object can't be moved into the trashbin"
        )));
    }
    Ok(PimOp::Trash {
        collection,
        object: object.id,
        uri,
        at: now(),
    })
}

/// Removes what lies in the trash for good. That, too, is told to guests, unless the client asks otherwise.
pub fn purge(call: &Call, home: &Home, seen: &Seen, object: &Object) -> DavResult<()> {
    let schedule = schedule(call, home, seen, Some(object), None);
    let mut inner = home.shared.store.lock();
    send(home, &mut inner, &schedule)?;
    let op = PimOp::Remove {
        collection: seen.head.id,
        object: object.id,
    };
    Ok(home.shared.store.commit_in(&mut inner, op.into())?)
}
