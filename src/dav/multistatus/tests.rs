use std::collections::VecDeque;
use std::io;

use bytes::Bytes;
use tokio_util::io::StreamReader;

use super::*;

const HEAD: &str = r#"<?xml version="1.0"?>
<d:multistatus xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns">"#;
const FILE: &str = r#"<d:response><d:href>/remote.php/dav/files/alice/%c3%a9t%c3%a9/a%26b.txt</d:href><d:propstat><d:prop><d:resourcetype/><oc:fileid>3862</oc:fileid><d:getetag>&quot;c515&quot;</d:getetag><oc:size>7</oc:size><oc:checksums><oc:checksum>SHA1:da39a3ee5e6b4b0d3255bfef95601890afd80709 MD5:d41d8cd98f00b204e9800998ecf8427e ADLER32:1</oc:checksum></oc:checksums><oc:favorite>1</oc:favorite><nc:creation_time>1500000000</nc:creation_time><nc:mount-type></nc:mount-type><oc:permissions>RGDNVW</oc:permissions><d:getlastmodified>Sun, 13 Sep 2020 12:26:40 GMT</d:getlastmodified></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat><d:propstat><d:prop><d:quota-available-bytes/><d:getcontenttype>wrong</d:getcontenttype></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>"#;
const FOLDER: &str = r#"<d:response><d:href>/remote.php/dav/files/alice/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/></d:resourcetype><d:quota-available-bytes>-3</d:quota-available-bytes><d:quota-used-bytes>12</d:quota-used-bytes></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"#;
const TAIL: &str = "</d:multistatus>";

fn reader(text: &str, piece: usize) -> Multistatus<impl AsyncBufRead + Unpin + Send + use<>> {
    let pieces: VecDeque<io::Result<Bytes>> = text
        .as_bytes()
        .chunks(piece)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    Multistatus::new(StreamReader::new(futures::stream::iter(pieces)))
}

async fn all(text: &str, piece: usize) -> Result<Vec<DavEntry>, DavError> {
    let mut reader = reader(text, piece);
    let mut entries = Vec::new();
    while let Some(answer) = reader.next().await? {
        entries.push(answer.entry);
    }
    Ok(entries)
}

#[tokio::test]
async fn reads_entries_cut_at_any_byte() {
    let text = format!("{HEAD}{FOLDER}{FILE}{TAIL}");
    for piece in [1, 2, 3, 7, 64, 100_000] {
        let entries = all(&text, piece).await.unwrap();
        let [folder, file] = &entries[..] else {
            panic!("{entries:?}")
        };
        assert!(folder.is_folder);
        assert_eq!(folder.quota_available, None);
        assert_eq!(folder.quota_used, Some(12));
        assert_eq!(folder.file_path("alice"), Some(""));
        assert_eq!(file.file_path("alice"), Some("été/a&b.txt"));
        assert_eq!(file.file_path("ali"), None);
        assert_eq!(file.etag.as_deref(), Some("c515"));
        assert_eq!(file.file_id.as_deref(), Some("3862"));
        assert_eq!(file.size, Some(7));
        assert!(file.favourite && !file.is_folder);
        assert_eq!(file.modified.unwrap().as_second(), 1_600_000_000);
        assert_eq!(file.created.unwrap().as_second(), 1_500_000_000);
        assert_eq!(file.checksums.len(), 2);
        assert_eq!(file.mount_type.as_deref(), Some(""));
        assert_eq!(file.content_type, None, "a property with status 404");
    }
}

#[tokio::test]
async fn a_missing_property_leaves_the_others() {
    let text = format!(
        "{HEAD}<d:response><d:href>/remote.php/dav/files/a/b</d:href><d:propstat><d:prop><oc:size>nonsense</oc:size><d:getlastmodified>yesterday</d:getlastmodified><oc:fileid>9</oc:fileid></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>{TAIL}"
    );
    let entries = all(&text, 10).await.unwrap();
    assert_eq!(entries[0].file_id.as_deref(), Some("9"));
    assert_eq!(entries[0].size, None);
    assert_eq!(entries[0].modified, None);
}

#[tokio::test]
async fn another_prefix_and_cdata_are_the_same_xml() {
    let text = r#"<multistatus xmlns="DAV:"><response><href><![CDATA[/remote.php/dav/files/a/b]]></href><propstat><prop><getetag>&#34;x&#x22;</getetag><x:fileid xmlns:x="http://owncloud.org/ns">7</x:fileid><x:size xmlns:x="urn:else">5</x:size></prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>"#;
    let entries = all(text, 5).await.unwrap();
    assert_eq!(entries[0].path, "files/a/b");
    assert_eq!(entries[0].etag.as_deref(), Some("x"));
    assert_eq!(entries[0].file_id.as_deref(), Some("7"));
    assert_eq!(entries[0].size, None, "of another namespace");
}

#[tokio::test]
async fn a_list_cut_anywhere_is_never_taken_as_whole() {
    let text = format!("{HEAD}{FOLDER}{FILE}{TAIL}");
    for cut in 0..text.len() {
        let result = all(&text[..cut], 50).await;
        assert!(result.is_err(), "cut at {cut}");
        if cut > HEAD.len() {
            assert!(result.unwrap_err().is_passing(), "cut at {cut}");
        }
    }
}

#[tokio::test]
async fn an_error_page_in_the_middle_is_a_passing_trouble() {
    let text = format!("{HEAD}{FOLDER}<br /><b>Fatal error</b>: Allowed memory size exhausted</p>");
    let mut reader = reader(&text, 100);
    assert!(reader.next().await.unwrap().is_some());
    assert!(reader.next().await.unwrap_err().is_passing());
    assert!(matches!(reader.next().await, Ok(None)));
}

#[tokio::test]
async fn a_web_page_is_no_list() {
    for text in [
        "<!DOCTYPE html><html><head><title>Login</title></head></html>",
        "Not found",
        "",
        r#"{"a": 1}"#,
    ] {
        let result = all(text, 100).await;
        assert!(
            matches!(result, Err(DavError::NotNextcloud { .. })),
            "{text}: {result:?}"
        );
    }
}

#[tokio::test]
async fn what_never_ends_does_not_fill_the_memory() {
    let endless = "x".repeat(10 * MAX_PIECE);
    let escaped = "&amp;".repeat(2 * MAX_PIECE);
    for text in [
        format!("{HEAD}<d:response><d:href>{endless}"),
        format!("{HEAD}<d:response><d:href a=\"{endless}"),
        format!("{HEAD}<!-- {endless}"),
        format!("{HEAD}<d:response><d:href>{escaped}"),
    ] {
        assert!(all(&text, 8192).await.is_err());
    }
}

#[tokio::test]
async fn an_unknown_entity_is_not_guessed() {
    let text = format!("{HEAD}<d:response><d:href>&lol;</d:href></d:response>{TAIL}");
    assert!(matches!(
        all(&text, 100).await,
        Err(DavError::Protocol { .. })
    ));
}

#[tokio::test]
async fn names_the_property_that_made_the_others_fail() {
    let text = format!(
        "{HEAD}<d:response><d:href>/remote.php/dav/files/a/b</d:href><d:propstat><d:prop><d:lastmodified/></d:prop><d:status>HTTP/1.1 424 Failed Dependency</d:status></d:propstat><d:propstat><d:prop><d:getlastmodified/></d:prop><d:status>HTTP/1.1 403 Forbidden</d:status></d:propstat></d:response>{TAIL}"
    );
    let answer = reader(&text, 100).next().await.unwrap().unwrap();
    assert_eq!(answer.worst, Some(403));
}

#[test]
fn dates_of_any_century() {
    assert_eq!(
        parse_date("Thu, 01 Jan 1970 00:00:00 GMT").unwrap(),
        Timestamp::UNIX_EPOCH
    );
    assert!(
        parse_date("Sat, 20 Jul 1912 20:17:40 GMT")
            .unwrap()
            .as_second()
            < 0
    );
    assert_eq!(parse_date(""), None);
}

#[test]
fn entity_tags_lose_their_dress() {
    for etag in ["\"abc\"", "W/\"abc\"", "abc", " \"abc\" "] {
        assert_eq!(unquote(etag), "abc");
    }
}

#[tokio::test]
async fn a_list_of_any_length_is_read_one_entry_at_a_time() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const ENTRIES: usize = 20_000;
    let sent = Arc::new(AtomicUsize::new(0));
    let counting = sent.clone();
    let pieces = (0..ENTRIES + 2).map(move |n| {
        counting.store(n, Ordering::SeqCst);
        let piece = match n {
            0 => HEAD,
            n if n <= ENTRIES => FILE,
            _ => TAIL,
        };
        Ok::<_, io::Error>(Bytes::from_static(piece.as_bytes()))
    });
    let mut reader =
        Multistatus::<_, DavEntry>::new(StreamReader::new(futures::stream::iter(pieces)));
    let mut read = 0;
    while reader.next().await.unwrap().is_some() {
        read += 1;
        let ahead = sent.load(Ordering::SeqCst) - read;
        assert!(ahead <= 2, "{ahead} entries ahead");
        assert!(reader.pieces.held() < 64 * 1024);
    }
    assert_eq!(read, ENTRIES);
}
