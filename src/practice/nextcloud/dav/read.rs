//! GET and HEAD.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, StatusCode, header};

use super::super::answer::{DavError, DavResult, HTML, empty, put_header, with_type};
use super::super::gate::Call;
use super::super::names::encode;
use super::super::view::Entry;
use super::conditions;
use super::props::{http_date, mime};
use super::{OC_ETAG, Place};

const INTERFACE: &str = "This is the WebDAV interface. It can only be accessed by WebDAV clients such as the Nextcloud desktop sync client.";

pub fn get(call: &Call, place: &Place) -> DavResult<Response> {
    if place.path.is_phantom() {
        return Err(DavError::unavailable(format!(
            "Could not open file: {} (-1), file doesn't seem to exist",
            place.path.text()
        )));
    }
    let entry = place.found()?;
    let head = call.method == http::Method::HEAD;
    if entry.folder {
        let body = if head { "" } else { INTERFACE };
        return Ok(with_type(StatusCode::OK, HTML, body));
    }
    let quoted = format!("\"{}\"", entry.etag);
    if call
        .header("if-none-match")
        .is_some_and(|list| list == "*" || list.contains(&quoted))
    {
        let mut response = empty(StatusCode::NOT_MODIFIED);
        response.headers_mut().remove(header::CONTENT_TYPE);
        put_header(&mut response, header::ETAG, &quoted);
        return Ok(response);
    }
    conditions::check(call, &place.who, Some(&entry.etag))?;
    let range = wanted_range(call, &entry).map_err(|error| {
        error
            .with_header(header::ETAG, quoted.clone())
            .with_header(header::LAST_MODIFIED, http_date(entry.mtime))
    })?;
    let (from, to) = range.unwrap_or((0, entry.size));
    let body = if head {
        Body::empty()
    } else {
        Body::from_stream(place.view.read(entry.id, from, to))
    };
    let mut response = Response::new(body);
    put_header(
        &mut response,
        header::CONTENT_LENGTH,
        &(to - from).to_string(),
    );
    if range.is_some() {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let value = format!("bytes {from}-{}/{}", to.saturating_sub(1), entry.size);
        put_header(&mut response, header::CONTENT_RANGE, &value);
    }
    describe(&mut response, &entry, &quoted);
    Ok(response)
}

fn describe(response: &mut Response, entry: &Entry, quoted: &str) {
    let mime = mime(&entry.name);
    let charset = if mime.starts_with("text/") {
        ";charset=UTF-8"
    } else {
        ""
    };
    put_header(response, header::CONTENT_TYPE, &format!("{mime}{charset}"));
    put_header(response, header::LAST_MODIFIED, &http_date(entry.mtime));
    put_header(response, header::ETAG, quoted);
    put_header(response, OC_ETAG, quoted);
    let name = encode([entry.name.as_str()]);
    let name = name.trim_start_matches('/');
    put_header(
        response,
        header::CONTENT_DISPOSITION,
        &format!("attachment; filename*=UTF-8''{name}; filename=\"{name}\""),
    );
    if !entry.checksum.is_empty() {
        put_header(
            response,
            HeaderName::from_static("oc-checksum"),
            &entry.checksum,
        );
    }
}

/// The one range that is asked for, from and up to; several are answered with everything.
fn wanted_range(call: &Call, entry: &Entry) -> DavResult<Option<(u64, u64)>> {
    let Some((start, end)) = call
        .header("range")
        .and_then(|range| range.trim().strip_prefix("bytes="))
        .filter(|range| !range.contains(','))
        .and_then(|range| range.split_once('-'))
    else {
        return Ok(None);
    };
    if let Some(condition) = call.header("if-range")
        && condition.trim_matches('"') != entry.etag
        && condition != http_date(entry.mtime)
    {
        return Ok(None);
    }
    let size = entry.size;
    let range = match (start.parse::<u64>(), end.parse::<u64>()) {
        (Ok(start), Ok(end)) if end >= start => (start, end.saturating_add(1).min(size)),
        (Ok(_), Ok(_)) => return Ok(None),
        (Ok(start), Err(_)) if end.is_empty() => (start, size),
        (Err(_), Ok(last)) if start.is_empty() => (size.saturating_sub(last), size),
        _ => return Ok(None),
    };
    if range.0 >= size {
        return Err(DavError::range(range.0, size));
    }
    Ok(Some(range))
}
