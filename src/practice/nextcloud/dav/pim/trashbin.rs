//! `…/calendars/{user}/trashbin/`: what was deleted, asked for, restored and removed for good.

use axum::response::Response;
use http::StatusCode;

use super::super::super::answer::{DavError, DavResult, empty, escape, put_header};
use super::super::super::gate::Call;
use super::super::super::pim::{Kind, Object, PimOp, Seen};
use super::super::propfind::{HEAD, TAIL, multistatus, wanted_names};
use super::super::props::chosen;
use super::super::xml::{CALDAV, DAV, NEXTCLOUD_COM, Name, parse};
use super::props::{Known, iso, of_object};
use super::{Home, object, refuse, streamed};

pub async fn answer(call: &mut Call, home: &Home, rest: &[&str]) -> DavResult<Response> {
    match (call.method.as_str(), rest) {
        ("OPTIONS", _) => Ok(super::super::options()),
        ("PROPFIND", ["objects"]) if call.header("depth") != Some("0") => Err(DavError::other(
            StatusCode::NOT_IMPLEMENTED,
            "Sabre\\DAV\\Exception\\NotImplemented",
            "",
            "",
        )),
        ("PROPFIND", [] | ["objects"] | ["restore"]) => list(call, home, rest).await,
        ("REPORT", ["objects"]) => query(call, home).await,
        ("DELETE", ["objects", name]) => {
            let (seen, trashed) = find(home, name)?;
            object::purge(call, home, &seen, &trashed)?;
            Ok(done(StatusCode::NO_CONTENT))
        }
        ("MOVE", ["objects", name]) => restore(home, name),
        ("MKCALENDAR" | "MKCOL", []) => Err(refuse::exists()),
        ("PUT" | "DELETE", _) => Err(refuse::access_denied()),
        (method, _) => Err(DavError::not_implemented(method)),
    }
}

fn done(status: StatusCode) -> Response {
    let mut response = empty(status);
    put_header(&mut response, http::header::CONTENT_LENGTH, "0");
    response
}

async fn list(call: &mut Call, home: &Home, rest: &[&str]) -> DavResult<Response> {
    let names = wanted_names(call).await?;
    let names = names.as_deref();
    let folder: Known = vec![(Name::new(DAV, "resourcetype"), "<d:collection/>".to_owned())];
    let mut path = vec!["trashbin"];
    path.extend_from_slice(rest);
    let mut body = String::from(HEAD);
    body.push_str(&chosen(&format!("{}/", home.href(&path)), names, &folder));
    if rest.is_empty() && call.header("depth") != Some("0") {
        for name in ["restore", "objects"] {
            let href = format!("{}/", home.href(&["trashbin", name]));
            body.push_str(&chosen(&href, names, &folder));
        }
    }
    body.push_str(TAIL);
    Ok(multistatus(body.into()))
}

/// Everything in the trash, whatever the filter says. What was in a calendar that is in the trash itself
/// is not told.
async fn query(call: &mut Call, home: &Home) -> DavResult<Response> {
    let body = call.small_body().await?;
    let root = parse(&body)?;
    if !root.name.is(CALDAV, "calendar-query") {
        return Err(DavError::report_not_supported());
    }
    if root.child(CALDAV, "filter").is_none() {
        return Err(DavError::bad_request(
            "The {urn:ietf:params:xml:ns:caldav}filter element is required for this request",
        ));
    }
    let names = root.props().unwrap_or_default();
    let wants_data = names.iter().any(|name| name.is(CALDAV, "calendar-data"));
    let all = trashed(home);
    let (prefix, home) = (home.href(&["trashbin", "objects"]), home.again());
    let part = move |(calendar, object): (String, Object)| {
        let href = format!("{prefix}/{}.ics", object.id);
        let mut known = of_object(&home.shared, &object, &home.user.id);
        known.push((Name::new(NEXTCLOUD_COM, "calendar-uri"), escape(&calendar)));
        known.push((
            Name::new(NEXTCLOUD_COM, "source-calendar-uri"),
            escape(&calendar),
        ));
        known.push((
            Name::new(NEXTCLOUD_COM, "deleted-at"),
            iso(object.deleted.unwrap_or(0)),
        ));
        if wants_data {
            let text = home.read(&object);
            let text = escape(&String::from_utf8_lossy(&text)).replace('\r', "");
            known.push((Name::new(CALDAV, "calendar-data"), text));
        }
        chosen(&href, Some(&names), &known)
    };
    Ok(streamed(String::new(), all, part, String::new()))
}

fn trashed(home: &Home) -> Vec<(String, Object)> {
    let inner = home.shared.store.lock();
    let calendars = inner
        .state
        .pim
        .all()
        .filter(|c| c.kind == Kind::Calendar && c.owner == home.user.id && c.deleted.is_none());
    calendars
        .flat_map(|calendar| {
            let gone = calendar
                .objects
                .values()
                .filter(|object| object.deleted.is_some());
            gone.map(|object| (calendar.uri.clone(), object.clone()))
        })
        .collect()
}

fn find(home: &Home, name: &str) -> DavResult<(Seen, Object)> {
    let id: Option<u64> = name.strip_suffix(".ics").and_then(|id| id.parse().ok());
    let found = trashed(home)
        .into_iter()
        .find(|(_, object)| Some(object.id) == id);
    let (calendar, object) = found.ok_or_else(|| DavError::not_found(""))?;
    Ok((home.find(&calendar)?, object))
}

fn restore(home: &Home, name: &str) -> DavResult<Response> {
    let (seen, object) = find(home, name)?;
    let uri = object.uri.replacen("-deleted", "", 1);
    let op = PimOp::Restore {
        collection: seen.head.id,
        object: object.id,
        uri,
    };
    home.shared.store.commit(op.into())?;
    Ok(done(StatusCode::CREATED))
}
