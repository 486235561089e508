//! The handlers that give content: downloads by range, exports, export links.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::super::world::Document;
use super::api::{Params, flag, param, visible};
use super::error::ApiError;
use super::node::{Node, NodeKind, Obstacle, Owner, formats, time};
use super::oauth::Permit;
use super::state::Shared;

const PIECE: usize = 64 * 1024;

/// `alt=media`
pub(super) fn download(
    node: &Node,
    params: &Params,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let NodeKind::File {
        content,
        media_type,
        ..
    } = &node.kind
    else {
        return Err(ApiError::not_downloadable());
    };
    refuse(node, flag(params, "acknowledgeAbuse"))?;
    let range = headers
        .get(header::RANGE)
        .and_then(|range| range.to_str().ok());
    let length = content.length;
    let (status, from, to) = match range.map(|range| parse_range(range, length)) {
        None | Some(Range::Ignored) => (StatusCode::OK, 0, length),
        Some(Range::Part(from, to)) => (StatusCode::PARTIAL_CONTENT, from, to),
        Some(Range::Unsatisfiable) => {
            let mut answer = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            set(
                &mut answer,
                header::CONTENT_RANGE,
                &format!("bytes */{length}"),
            );
            return Ok(answer);
        }
    };
    let pieces = content.stream(from, to).map(Ok::<_, Infallible>);
    let mut answer = (status, Body::from_stream(pieces)).into_response();
    set(&mut answer, header::CONTENT_TYPE, media_type);
    set(
        &mut answer,
        header::CONTENT_LENGTH,
        &(to - from).to_string(),
    );
    set(&mut answer, header::ACCEPT_RANGES, "bytes");
    set(&mut answer, header::CONTENT_DISPOSITION, "attachment");
    if status == StatusCode::PARTIAL_CONTENT {
        let place = format!("bytes {from}-{}/{length}", to - 1);
        set(&mut answer, header::CONTENT_RANGE, &place);
    }
    Ok(answer)
}

fn refuse(node: &Node, acknowledged: bool) -> Result<(), ApiError> {
    let (reason, message) = match node.obstacle {
        Obstacle::None => return Ok(()),
        // Only the owner may insist.
        Obstacle::Abusive if acknowledged && node.owner == Owner::Me => return Ok(()),
        Obstacle::Abusive => (
            "cannotDownloadAbusiveFile",
            "This file has been identified as malware or spam and cannot be downloaded.",
        ),
        Obstacle::NoDownload => (
            "cannotDownloadFile",
            "This file cannot be downloaded by the user.",
        ),
        Obstacle::QuotaExceeded => (
            "downloadQuotaExceeded",
            "The download quota for this file has been exceeded.",
        ),
    };
    Err(ApiError::new(403, reason, message))
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

/// `GET /drive/v3/files/{id}/export`
pub(super) async fn export(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    shared.authorise(&headers, Permit::Content)?;
    let media_type = match param(&params, "mimeType") {
        "" => return Err(ApiError::required("mimeType")),
        media_type => media_type,
    };
    let (node, _) = visible(&shared.drive(), &id, None, &headers)?;
    if is_script(&node) && media_type == SCRIPT_JSON {
        return Ok(script(&node));
    }
    let NodeKind::Document { native, .. } = node.kind else {
        return Err(ApiError::new(
            403,
            "fileNotExportable",
            "Export only supports Docs Editors files.",
        ));
    };
    refuse(&node, false)?;
    let known = formats(native).iter().find(|(name, _)| *name == media_type);
    let bytes = known.and_then(|(_, extension)| exported(&shared, &node, extension));
    let bytes = bytes.ok_or_else(|| {
        ApiError::new(
            400,
            "badRequest",
            "The requested conversion is not supported.",
        )
    })?;
    if bytes.len() as u64 > shared.export_limit {
        return Err(ApiError::new(
            403,
            "exportSizeLimitExceeded",
            "This file is too large to be exported.",
        ));
    }
    let mut answer = bytes.into_response();
    set(&mut answer, header::CONTENT_TYPE, media_type);
    Ok(answer)
}

/// Apps Script is no editor's document and yet exported, in this form only.
const SCRIPT_JSON: &str = "application/vnd.google-apps.script+json";

fn is_script(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Page(kind) if kind == "application/vnd.google-apps.script")
}

fn script(node: &Node) -> Response {
    let source = format!("function rappel() {{ Logger.log({:?}); }}", node.name);
    let project = json!({"files": [
        {"id": node.id, "name": "Code", "type": "server_js", "source": source},
    ]});
    let mut answer = project.to_string().into_response();
    set(&mut answer, header::CONTENT_TYPE, SCRIPT_JSON);
    answer
}

/// The addresses of `exportLinks`: no size limit, no length, errors as pages.
pub(super) async fn export_link(
    State(shared): State<Arc<Shared>>,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Response {
    let page =
        |status: StatusCode| (status, Html(format!("<title>{status}</title>"))).into_response();
    if shared.authorise(&headers, Permit::Content).is_err() {
        return page(StatusCode::UNAUTHORIZED);
    }
    let found = visible(&shared.drive(), param(&params, "id"), None, &headers);
    let Ok((node, _)) = found else {
        return page(StatusCode::NOT_FOUND);
    };
    if refuse(&node, false).is_err() {
        return page(StatusCode::FORBIDDEN);
    }
    let extension = param(&params, "exportFormat");
    let NodeKind::Document { native, .. } = node.kind else {
        return page(StatusCode::BAD_REQUEST);
    };
    let known = formats(native)
        .iter()
        .find(|(_, known)| *known == extension);
    let bytes = exported(&shared, &node, extension);
    let (Some((media_type, _)), Some(bytes)) = (known, bytes) else {
        return page(StatusCode::BAD_REQUEST);
    };
    let bytes = Bytes::from(bytes);
    let pieces = stream::unfold(bytes, |mut rest| async move {
        let piece = rest.split_to(rest.len().min(PIECE));
        (!piece.is_empty()).then_some((Ok::<_, Infallible>(piece), rest))
    });
    let mut answer = Body::from_stream(pieces).into_response();
    set(&mut answer, header::CONTENT_TYPE, media_type);
    let name = utf8_percent_encode(&node.name, NON_ALPHANUMERIC);
    let name = format!(
        "attachment; filename=\"document.{extension}\"; filename*=UTF-8''{name}.{extension}"
    );
    set(&mut answer, header::CONTENT_DISPOSITION, &name);
    answer
}

fn exported(shared: &Shared, node: &Node, extension: &str) -> Option<Vec<u8>> {
    let NodeKind::Document {
        native,
        seed,
        stable,
        ballast,
    } = node.kind
    else {
        return None;
    };
    let number = shared.exports.fetch_add(1, Ordering::Relaxed);
    let exported = (!stable).then(|| {
        let now = shared.now() + i64::try_from(number).unwrap_or(0);
        time(now).as_str().unwrap_or_default().to_owned()
    });
    // What was edited reads differently.
    let seed = super::super::content::mix(seed, node.version);
    Document {
        kind: native,
        title: node.name.clone(),
        seed,
        exported,
        ballast,
    }
    .export(extension)
}

pub(super) fn set(answer: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let part = |text, length| parse_range(text, length);
        assert_eq!(part("bytes=0-99", 12_000), Range::Part(0, 100));
        assert_eq!(part("bytes=100-", 120), Range::Part(100, 120));
        assert_eq!(part("bytes=-20", 120), Range::Part(100, 120));
        assert_eq!(part("bytes=-200", 120), Range::Part(0, 120));
        assert_eq!(part("bytes=0-999", 10), Range::Part(0, 10));
        for beyond in ["bytes=120-", "bytes=120-130", "bytes=-0"] {
            assert_eq!(part(beyond, 120), Range::Unsatisfiable, "{beyond}");
        }
        for empty in ["bytes=0-", "bytes=0-99", "bytes=-1"] {
            assert_eq!(part(empty, 0), Range::Unsatisfiable, "{empty}");
        }
        for odd in [
            "bytes=5-3",
            "lines=1-2",
            "bytes=a-b",
            "bytes=1-2,4-5",
            "bytes=",
        ] {
            assert_eq!(part(odd, 120), Range::Ignored, "{odd}");
        }
    }
}
