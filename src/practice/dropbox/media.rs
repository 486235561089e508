//! The routes that give content.

use std::convert::Infallible;
use std::sync::PoisonError;

use axum::body::Body;
use axum::response::Response;
use futures::StreamExt as _;
use http::{HeaderName, StatusCode, header};
use serde_json::{Value, json};

use super::super::content::Content;
use super::call::Call;
use super::error::{Answer, Refusal, set};
use super::files::find;
use super::node::{Node, NodeKind, Obstacle, exported, stem};
use crate::model::HashAlgorithm;

const RESULT: HeaderName = HeaderName::from_static("dropbox-api-result");

/// `files/download`
pub(super) fn download(call: &Call) -> Answer {
    let arg = call.download(&["path", "rev"])?;
    let root = call.root()?;
    let store = call.shared.store();
    let node = find(&store, root, &arg, arg.needed("path")?)?;
    let content = readable(&node)?;
    let result = untagged(store.describe(&node, root));
    drop(store);
    give(call, content, &result)
}

/// The bytes of a file, or why there are none.
pub(super) fn readable(node: &Node) -> Result<Content, Refusal> {
    match node.obstacle {
        Obstacle::None => {}
        Obstacle::Restricted => return Err(Refusal::endpoint(&["path", "restricted_content"])),
        Obstacle::Unsupported => return Err(Refusal::endpoint(&["unsupported_file"])),
        Obstacle::UnsupportedType => {
            return Err(Refusal::endpoint(&["path", "unsupported_content_type"]));
        }
    }
    match &node.kind {
        NodeKind::File { content } => Ok(*content),
        NodeKind::Document(_) => Err(Refusal::endpoint(&["unsupported_file"])),
        NodeKind::Folder { .. } => Err(Refusal::endpoint(&["path", "not_file"])),
        // The link's target lies on somebody's computer.
        NodeKind::Symlink { .. } => Err(Refusal::endpoint(&["path", "unsupported_content_type"])),
    }
}

/// A `FileMetadata` as it stands alone: not one of several kinds, so without its tag.
fn untagged(mut value: Value) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.remove(".tag");
    }
    value
}

/// Content by range, with what it is in a header.
pub(super) fn give(call: &Call, content: Content, result: &Value) -> Answer {
    let length = content.length;
    let etag = result
        .get("rev")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let etag = format!("W/\"{etag}\"");
    if call.header("if-none-match") == Some(etag.as_str()) {
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(answer);
    }
    let range = call.header("range").and_then(|range| part(range, length));
    let (status, from, to) = match range {
        None => (StatusCode::OK, 0, length),
        Some(Some((from, to))) => (StatusCode::PARTIAL_CONTENT, from, to),
        Some(None) => {
            let mut answer = Response::new(Body::empty());
            *answer.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            let total = format!("bytes */{length}");
            set(&mut answer, header::CONTENT_RANGE, &total);
            return Ok(answer);
        }
    };
    let pieces = content.stream(from, to).map(Ok::<_, Infallible>);
    let mut answer = Response::new(Body::from_stream(pieces));
    *answer.status_mut() = status;
    set(
        &mut answer,
        header::CONTENT_LENGTH,
        &(to - from).to_string(),
    );
    if status == StatusCode::PARTIAL_CONTENT {
        let place = format!("bytes {from}-{}/{length}", to - 1);
        set(&mut answer, header::CONTENT_RANGE, &place);
    }
    set(&mut answer, header::ETAG, &etag);
    finish(&mut answer, result);
    Ok(answer)
}

fn finish(answer: &mut Response, result: &Value) {
    set(answer, header::CONTENT_TYPE, "application/octet-stream");
    set(answer, header::ACCEPT_RANGES, "bytes");
    set(answer, RESULT, &ascii_json(result));
}

/// From, and up to but not including; `None` where there are no such bytes. Outside: not one range at all
/// (RFC 9110, 14.2).
fn part(text: &str, length: u64) -> Option<Option<(u64, u64)>> {
    let (from, to) = text.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = match (from.trim(), to.trim()) {
        ("", last) => (length.saturating_sub(last.parse().ok()?), length),
        (from, "") => (from.parse().ok()?, length),
        (from, to) => (
            from.parse().ok()?,
            to.parse::<u64>().ok()?.saturating_add(1),
        ),
    };
    let to = to.min(length);
    Some((from < to).then_some((from, to)))
}

/// `files/export`
pub(super) fn export(call: &Call) -> Answer {
    let arg = call.download(&["path", "export_format"])?;
    let root = call.root()?;
    let store = call.shared.store();
    let node = find(&store, root, &arg, arg.needed("path")?)?;
    let NodeKind::Document(document) = &node.kind else {
        return Err(Refusal::endpoint(&["non_exportable"]));
    };
    if call.shared.oauth().settings.no_paper && node.name.contains(".paper") {
        return Err(Refusal::access("paper_access_denied", "paper_disabled"));
    }
    let format = arg.string("export_format")?.or(document.export_as);
    let format = format.ok_or_else(|| Refusal::endpoint(&["non_exportable"]))?;
    let bytes =
        exported(&node, format).ok_or_else(|| Refusal::endpoint(&["invalid_export_format"]))?;
    {
        let mut waited = call
            .shared
            .not_ready
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let waited = waited.entry(node.id.clone()).or_default();
        if *waited < document.not_ready {
            *waited += 1;
            return Err(Refusal::endpoint(&["retry_error"]));
        }
    }
    let extension = if format == "markdown" { "md" } else { format };
    let result = json!({
        "export_metadata": {
            "name": format!("{}.{extension}", stem(&node.name)),
            "size": bytes.len(),
            "export_hash": crate::hash::digest(HashAlgorithm::Dropbox, &bytes).hex,
        },
        "file_metadata": untagged(store.describe(&node, root)),
    });
    let mut answer = Response::new(Body::from(bytes));
    finish(&mut answer, &result);
    Ok(answer)
}

/// JSON that may stand in a header: what is not ASCII, and 0x7F, is escaped as UTF-16
/// (<https://www.dropbox.com/developers/reference/json-encoding>).
pub(super) fn ascii_json(value: &Value) -> String {
    let mut text = String::new();
    for c in value.to_string().chars() {
        if c.is_ascii() && c != '\u{7f}' {
            text.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_ascii() {
        // The example of the documentation.
        let value = json!({"field": "some_üñîcødé_and_\u{7f}\u{1f986}"});
        assert_eq!(
            ascii_json(&value),
            "{\"field\":\"some_\\u00fc\\u00f1\\u00eec\\u00f8d\\u00e9_and_\\u007f\\ud83e\\udd86\"}"
        );
    }

    #[test]
    fn ranges() {
        assert_eq!(part("bytes=0-99", 12_000), Some(Some((0, 100))));
        assert_eq!(part("bytes=100-", 120), Some(Some((100, 120))));
        assert_eq!(part("bytes=-20", 120), Some(Some((100, 120))));
        for beyond in ["bytes=120-", "bytes=120-130"] {
            assert_eq!(part(beyond, 120), Some(None), "{beyond}");
        }
        for odd in ["lines=1-2", "bytes=a-b", "bytes="] {
            assert_eq!(part(odd, 120), None, "{odd}");
        }
    }
}
