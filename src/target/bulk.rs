//! `POST /remote.php/dav/bulk`: many small files in one request.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use http::header;
use serde_json::Value;

use super::upload::{bare_file_id, clamp_modified};
use super::{Body, Lane, Nextcloud, Stored, TargetError, verb};
use crate::dav::{DavPath, Refusal};
use crate::model::{HashValue, Timestamp};

/// What each file may add to the time that a bulk may take before it counts as stalled.
const PER_FILE: Duration = Duration::from_secs(1);

/// A small file. What is at its path is replaced without a word: send only to free places, in folders
/// that are there.
#[derive(Debug, Clone)]
pub struct BulkFile {
    pub path: String,
    pub modified: Option<Timestamp>,
    pub bytes: Bytes,
    /// The server computes the same and refuses what differs.
    pub hash: HashValue,
}

/// Whether the path can stand in the headers of a bulk: the server reads `\` as `/` and drops white space
/// at the ends.
pub fn fits_bulk(path: &str) -> bool {
    path.trim() == path
        && !path.contains(|c: char| c == '\\' || c.is_control())
        && path.trim_matches(PHP_TRIM) == path
        && crate::dav::encode_path(path).is_ok()
}

/// What PHP's `trim` takes away.
const PHP_TRIM: [char; 6] = [' ', '\t', '\n', '\r', '\0', '\u{b}'];

impl Nextcloud {
    /// Sends many small files; one result for each, in their order. [`Stored::hash`] is what the server
    /// computed and compared.
    ///
    /// # Errors
    /// The outer one when nothing is known of any of them: look before sending again. A single file's:
    /// [`TargetError::Refused`] when the server would not write it (it says why to a request of its own
    /// only) or its path does not fit ([`fits_bulk`]); [`TargetError::Temporary`] when the server did not
    /// get as far as that.
    pub async fn bulk(
        &self,
        files: &[BulkFile],
    ) -> Result<Vec<Result<Stored, TargetError>>, TargetError> {
        let boundary = uuid::Uuid::new_v4().simple().to_string();
        let sent = files.iter().filter(|file| fits_bulk(&file.path));
        let body = multipart(&boundary, sent);
        let path = DavPath::root().segment("bulk")?;
        // The server's reader wants exactly one parameter.
        let content_type = format!("multipart/related; boundary={boundary}");
        let request = self
            .dav
            .request(Lane::Upload, verb("POST")?, &path)
            .await?
            .header(header::CONTENT_TYPE, content_type);
        let count = u32::try_from(files.len()).unwrap_or(u32::MAX);
        let patience = self.patience.stall + PER_FILE * count;
        let response = self.send_body_within(request, body, patience).await?;
        let (whole, answer) = match Refusal::check(response).await {
            Ok(response) => {
                let body = response.bytes().await.map_err(TargetError::wire)?;
                (true, serde_json::from_slice(&body).ok())
            }
            // Parsing broke off: the body tells which files were written before.
            Err(refusal) if refusal.status.as_u16() == 400 && refusal.exception.is_empty() => {
                (false, refusal.json())
            }
            Err(refusal) => return Err(refusal.into_error()),
        };
        let answer = answer
            .filter(|answer: &Value| is_report(answer))
            .ok_or_else(|| TargetError::protocol("not the answer to a bulk upload"))?;
        Ok(files
            .iter()
            .map(|file| result(file, &answer, whole))
            .collect())
    }
}

/// An object by path; PHP writes an empty one as an empty list.
fn is_report(answer: &Value) -> bool {
    answer.as_array().is_some_and(Vec::is_empty)
        || answer
            .as_object()
            .is_some_and(|files| files.values().all(|file| file.get("error").is_some()))
}

fn result(file: &BulkFile, answer: &Value, whole: bool) -> Result<Stored, TargetError> {
    if !fits_bulk(&file.path) {
        return Err(refused("its path does not fit into a bulk"));
    }
    let Some(entry) = answer.get(header_path(&file.path)) else {
        let what = if whole {
            "not mentioned"
        } else {
            "not reached"
        };
        return Err(TargetError::temporary(format!("{what} in a bulk")));
    };
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    if entry.get("error").and_then(Value::as_bool) != Some(false) {
        // Only words tell why; a request of its own says it properly.
        let words = text("message").unwrap_or_default();
        return Err(refused(&words.chars().take(200).collect::<String>()));
    }
    Ok(Stored {
        etag: text("etag").map(|etag| etag.trim_matches('"').to_owned()),
        file_id: text("fileid").and_then(bare_file_id),
        hash: Some(file.hash.clone()),
    })
}

fn refused(detail: &str) -> TargetError {
    TargetError::Refused {
        status: 0,
        exception: String::new(),
        detail: format!("in a bulk: {detail}"),
    }
}

fn header_path(path: &str) -> String {
    format!("/{path}")
}

fn part_head(boundary: &str, file: &BulkFile) -> String {
    let mut head = format!(
        "--{boundary}\r\nX-File-Path: {}\r\n",
        header_path(&file.path)
    );
    if let Some(modified) = file.modified {
        head.push_str(&format!("X-OC-MTime: {}\r\n", clamp_modified(modified).0));
    }
    head.push_str(&format!(
        "OC-Checksum: {}\r\nContent-Length: {}\r\n\r\n",
        file.hash,
        file.bytes.len()
    ));
    head
}

/// The files' own bytes, not copied, between their heads. The last line end matters: without it the
/// server answers 400 to what it has written.
fn multipart<'a>(boundary: &str, files: impl Iterator<Item = &'a BulkFile>) -> Body {
    let mut pieces: VecDeque<Bytes> = VecDeque::new();
    for file in files {
        pieces.push_back(part_head(boundary, file).into());
        pieces.push_back(file.bytes.clone());
        pieces.push_back(Bytes::from_static(b"\r\n"));
    }
    pieces.push_back(format!("--{boundary}--\r\n").into());
    Body {
        length: pieces.iter().map(|piece| piece.len() as u64).sum(),
        stream: stream::iter(pieces).map(Ok).boxed(),
    }
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt as _;

    use super::*;
    use crate::hash::digest;
    use crate::model::HashAlgorithm;

    fn file(path: &str, bytes: &'static str) -> BulkFile {
        BulkFile {
            path: path.into(),
            modified: Timestamp::from_second(1_600_000_000).ok(),
            bytes: Bytes::from_static(bytes.as_bytes()),
            hash: digest(HashAlgorithm::Md5, bytes.as_bytes()),
        }
    }

    #[tokio::test]
    async fn parts_are_byte_for_byte_what_the_server_reads() {
        let files = [file("é/a.txt", "abc"), file("empty", "")];
        let body = multipart("B", files.iter());
        let length = body.length;
        let pieces: Vec<Bytes> = body.stream.try_collect().await.unwrap();
        let text = String::from_utf8(pieces.concat()).unwrap();
        let expected = "--B\r\nX-File-Path: /é/a.txt\r\nX-OC-MTime: 1600000000\r\n\
             OC-Checksum: md5:900150983cd24fb0d6963f7d28e17f72\r\nContent-Length: 3\r\n\r\nabc\r\n\
             --B\r\nX-File-Path: /empty\r\nX-OC-MTime: 1600000000\r\n\
             OC-Checksum: md5:d41d8cd98f00b204e9800998ecf8427e\r\nContent-Length: 0\r\n\r\n\r\n\
             --B--\r\n";
        assert_eq!(text, expected);
        assert_eq!(length, expected.len() as u64);
    }

    #[test]
    fn paths_that_headers_would_change_are_told() {
        for path in ["a/b c.txt", "é", ".hidden", "a: b", "a\u{a0}b"] {
            assert!(fits_bulk(path), "{path:?}");
        }
        for path in [
            "a ",
            "a\\b",
            "a\r\nX-OC-MTime: 1",
            "a\0",
            "\u{a0}",
            "..",
            "a\u{b}",
        ] {
            assert!(!fits_bulk(path), "{path:?}");
        }
    }

    #[test]
    fn every_file_gets_its_own_result() {
        let answer: Value = serde_json::from_str(
            r#"{"/a":{"error":false,"etag":"e1","fileid":"00000042ocabc"},"/b":{"error":true,"message":"plein"}}"#,
        )
        .unwrap();
        assert!(is_report(&answer));
        let stored = result(&file("a", "x"), &answer, true).unwrap();
        assert_eq!(stored.file_id.as_deref(), Some("42"));
        assert_eq!(stored.etag.as_deref(), Some("e1"));
        assert_eq!(stored.hash, Some(digest(HashAlgorithm::Md5, b"x")));
        let error = |path: &str| result(&file(path, "x"), &answer, false).unwrap_err();
        for path in ["b", "d "] {
            assert!(matches!(error(path), TargetError::Refused { .. }));
        }
        assert!(error("c").is_passing());
    }

    #[test]
    fn tells_a_report_from_other_json() {
        let is = |text: &str| is_report(&serde_json::from_str(text).unwrap());
        assert!(is("[]"));
        assert!(is("{}"));
        for other in [r#"{"message":"CSRF"}"#, "[1]", "null", r#"{"a":{"b":1}}"#] {
            assert!(!is(other), "{other}");
        }
    }
}
