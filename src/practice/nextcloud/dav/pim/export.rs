//! `GET …?export`: a whole collection as one file (ICSExportPlugin, VCFExportPlugin).

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http::StatusCode;

use super::super::super::answer::with_type;
use super::super::super::pim::{Object, Seen};
use super::super::super::vobject::{Node, parse};
use super::{Home, object};

pub fn answer(home: &Home, seen: &Seen) -> Response {
    let all = home.objects(seen);
    match home.books {
        true => cards(home, all),
        false => events(home, seen, &all),
    }
}

/// One card after the other, each in its own version.
fn cards(home: &Home, all: Vec<Object>) -> Response {
    let home = home.again();
    let parts = stream::iter(all).map(move |object| {
        let bytes = home.read(&object);
        let card = parse(&bytes).map(|card| card.serialize()).unwrap_or(bytes);
        Ok::<_, std::io::Error>(Bytes::from(card))
    });
    with_type(
        StatusCode::OK,
        "text/directory;charset=UTF-8",
        Body::from_stream(parts),
    )
}

/// One calendar with everything in it, each time zone once.
fn events(home: &Home, seen: &Seen, all: &[Object]) -> Response {
    let name = seen.name.as_deref().unwrap_or_default();
    let mut head = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nCALSCALE:GREGORIAN\r\nPRODID:-//SabreDAV//SabreDAV//EN\r\nX-WR-CALNAME:{name}\r\n"
    );
    if let Some(colour) = &seen.head.props.colour {
        head.push_str(&format!("X-APPLE-CALENDAR-COLOR:{colour}\r\n"));
    }
    head.push_str("REFRESH-INTERVAL;VALUE=DURATION:PT4H\r\nX-PUBLISHED-TTL:PT4H\r\n");
    let mut zones: Vec<Option<String>> = Vec::new();
    let mut body = Vec::new();
    for object in all {
        let Ok(calendar) = parse(&object::shown(home, seen, object)) else {
            continue;
        };
        for child in &calendar.children {
            let Node::Component(component) = child else {
                continue;
            };
            if component.name == "VTIMEZONE" {
                let id = component.text("TZID");
                if !zones.contains(&id) {
                    head.push_str(&String::from_utf8_lossy(&component.serialize()));
                    zones.push(id);
                }
                continue;
            }
            body.extend(component.serialize());
        }
    }
    let whole = [head.as_bytes(), &body, b"END:VCALENDAR\r\n"].concat();
    with_type(StatusCode::OK, "text/calendar;charset=UTF-8", whole)
}
