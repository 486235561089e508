//! Content: Graph hands out an address, and another host the bytes.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures::StreamExt as _;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};

use super::error::ApiError;
use super::node::{Listing, Node, NodeKind};
use super::state::Shared;

/// `GET …/content`: 302 to where the bytes are.
pub(super) fn content(shared: &Shared, node: &Node) -> Result<Response, ApiError> {
    if !matches!(node.kind, NodeKind::File { .. }) {
        let message = "You cannot get content for a folder";
        return Err(ApiError::new(400, "notAFile", message));
    }
    if node.malware {
        return Err(ApiError::malware());
    }
    if node.listing == Listing::Locked {
        return Err(ApiError::locked());
    }
    let mut answer = StatusCode::FOUND.into_response();
    set(&mut answer, header::LOCATION, &shared.link(&node.id));
    Ok(answer)
}

/// The host that has the bytes. It knows nobody: whoever comes with a token has let it slip.
pub(super) fn download(shared: &Arc<Shared>, uri: &Uri, headers: &HeaderMap) -> Response {
    let refuse = |status: StatusCode| (status, "Access denied").into_response();
    if headers.contains_key(header::AUTHORIZATION) {
        shared.leaked.fetch_add(1, Ordering::Relaxed);
        return refuse(StatusCode::UNAUTHORIZED);
    }
    let id = uri.path().rsplit('/').next().unwrap_or_default();
    let id = percent_encoding::percent_decode_str(id).decode_utf8_lossy();
    let query = uri.query().unwrap_or_default();
    let get = |wanted: &str| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
    let expires = get("expires")
        .and_then(|text| text.parse::<i64>().ok())
        .unwrap_or(0);
    let signature = format!("{:016x}", shared.signature(&id, expires));
    if get("tempauth") != Some(signature) || expires < shared.now() {
        return refuse(StatusCode::UNAUTHORIZED);
    }
    let Some(node) = shared.store().find(&id) else {
        return refuse(StatusCode::NOT_FOUND);
    };
    let NodeKind::File {
        content,
        media_type,
        ..
    } = &node.kind
    else {
        return refuse(StatusCode::NOT_FOUND);
    };
    let ranges = !shared.no_ranges.load(Ordering::Relaxed);
    let range = headers.get(header::RANGE).filter(|_| ranges);
    let range = range.and_then(|range| range.to_str().ok());
    let length = content.length;
    let (status, from, to) = match range.map(|range| parse_range(range, length)) {
        None | Some(Range::Ignored) => (StatusCode::OK, 0, length),
        Some(Range::Part(from, to)) => (StatusCode::PARTIAL_CONTENT, from, to),
        Some(Range::Unsatisfiable) => {
            let mut answer = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            let place = format!("bytes */{length}");
            set(&mut answer, header::CONTENT_RANGE, &place);
            return answer;
        }
    };
    if !shared.store().was_downloaded(&node.id) {
        shared.change(|store, _| store.downloaded(&node.id));
    }
    let pieces = content.stream(from, to).map(Ok::<_, Infallible>);
    let mut answer = (status, Body::from_stream(pieces)).into_response();
    set(&mut answer, header::CONTENT_TYPE, media_type);
    set(
        &mut answer,
        header::CONTENT_LENGTH,
        &(to - from).to_string(),
    );
    if ranges {
        set(&mut answer, header::ACCEPT_RANGES, "bytes");
    }
    if status == StatusCode::PARTIAL_CONTENT {
        let place = format!("bytes {from}-{}/{length}", to - 1);
        set(&mut answer, header::CONTENT_RANGE, &place);
    }
    answer
}

#[derive(Debug, PartialEq, Eq)]
enum Range {
    /// From, and up to but not including.
    Part(u64, u64),
    Unsatisfiable,
    /// Not one range of bytes: the whole is given (RFC 9110, 14.2).
    Ignored,
}

fn parse_range(text: &str, length: u64) -> Range {
    let Some((from, to)) = text.strip_prefix("bytes=").and_then(|r| r.split_once('-')) else {
        return Range::Ignored;
    };
    let part = match (from.trim(), to.trim()) {
        ("", last) => match last.parse::<u64>() {
            Ok(last) => (length.saturating_sub(last), length),
            Err(_) => return Range::Ignored,
        },
        (from, "") => match from.parse() {
            Ok(from) => (from, length),
            Err(_) => return Range::Ignored,
        },
        (from, to) => match (from.parse::<u64>(), to.parse::<u64>()) {
            (Ok(from), Ok(to)) if from <= to => (from, to.saturating_add(1).min(length)),
            _ => return Range::Ignored,
        },
    };
    if part.0 < part.1 {
        Range::Part(part.0, part.1)
    } else {
        Range::Unsatisfiable
    }
}

pub(super) fn set(answer: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}
