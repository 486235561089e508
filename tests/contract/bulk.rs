use bytes::Bytes;
use transhumance::dav::DavPath;
use transhumance::model::HashAlgorithm;
use transhumance::target::{BulkFile, Stored, TargetError};

use crate::server::{
    Answer, Bench, answer, body, bulk_file, on_every_server, put_to, sha256, time,
};

async fn raw_bulk(b: &Bench, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
    let path = DavPath::root().segment("bulk").unwrap();
    let request = b
        .request("POST", &path)
        .await
        .header("Content-Type", content_type)
        .body(body);
    answer(request).await
}

fn part(path: &str, checksum: &str, content: &str) -> String {
    format!(
        "--B\r\nX-File-Path: /{path}\r\nX-OC-MTime: 1600000000\r\n{checksum}Content-Length: {}\r\n\r\n{content}\r\n",
        content.len()
    )
}

fn checksum(content: &str) -> String {
    format!("OC-Checksum: sha256:{}\r\n", sha256(content.as_bytes()))
}

const TYPE: &str = "multipart/related; boundary=B";

#[tokio::test]
async fn many_files_arrive_as_they_were() {
    on_every_server(|b| async move {
        b.nextcloud.make_folder(&b.at("été")).await.unwrap();
        let boundary_like = "--B\r\nX-File-Path: /evil\r\n\r\n--B--\r\n";
        let files: Vec<BulkFile> = vec![
            bulk_file(b.at("été/a:b c.txt"), "hello"),
            bulk_file(b.at("empty"), ""),
            bulk_file(b.at("tricky"), boundary_like),
            bulk_file(b.at("large"), Bytes::from(vec![b'\n'; 1024 * 1024])),
            bulk_file(b.at("last"), "\r\n"),
        ];
        let results = b.nextcloud.bulk(&files).await.unwrap();
        assert_eq!(results.len(), files.len());
        for (file, result) in files.iter().zip(&results) {
            let stored: &Stored = result.as_ref().unwrap();
            assert_eq!(stored.hash.as_ref(), Some(&file.hash));
            let name = file.path.strip_prefix(&format!("{}/", b.folder)).unwrap();
            let entry = b.entry(name).await.unwrap();
            assert_eq!(
                (&entry.etag, &entry.file_id),
                (&stored.etag, &stored.file_id)
            );
            assert_eq!(entry.modified, Some(time(1_600_000_000)));
            assert_eq!(b.read(name).await.unwrap(), file.bytes);
        }
        assert_eq!(
            b.entry("large").await.unwrap().checksums,
            [],
            "none is kept"
        );
    })
    .await;
}

#[tokio::test]
async fn a_missing_folder_fails_only_its_file() {
    on_every_server(|b| async move {
        let files = [
            bulk_file(b.at("a"), "1"),
            bulk_file(b.at("none/b"), "2"),
            bulk_file(b.at("c"), "3"),
        ];
        let results = b.nextcloud.bulk(&files).await.unwrap();
        let ok: Vec<bool> = results.iter().map(Result::is_ok).collect();
        assert_eq!(ok, [true, false, true]);
        assert!(b.entry("none").await.is_none(), "no parent is made");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_hash_stops_the_rest() {
    on_every_server(|b| async move {
        let mut files = [
            bulk_file(b.at("a"), "1"),
            bulk_file(b.at("b"), "2"),
            bulk_file(b.at("c"), "3"),
        ];
        files[1].bytes = Bytes::from_static(b"X");
        let results = b.nextcloud.bulk(&files).await.unwrap();
        assert!(results[0].is_ok());
        for result in &results[1..] {
            assert!(
                matches!(result, Err(TargetError::Temporary { .. })),
                "{result:?}"
            );
        }
        assert_eq!(b.read("a").await.unwrap(), b"1");
        assert!(b.entry("b").await.is_none());
        assert!(b.entry("c").await.is_none());
    })
    .await;
}

#[tokio::test]
async fn the_first_file_s_wrong_hash_is_an_empty_report() {
    on_every_server(|b| async move {
        let mut file = bulk_file(b.at("a"), "1");
        file.hash = transhumance::hash::digest(HashAlgorithm::Md5, b"other");
        let results = b.nextcloud.bulk(&[file]).await.unwrap();
        assert!(matches!(results[..], [Err(TargetError::Temporary { .. })]));
    })
    .await;
}

#[tokio::test]
async fn the_hash_must_be_given_and_may_be_any() {
    on_every_server(|b| async move {
        let without = format!("{}--B--\r\n", part(&b.at("a"), "", "1"));
        assert_eq!(raw_bulk(&b, TYPE, without).await.status, 400);
        assert!(b.entry("a").await.is_none());
        for algorithm in [HashAlgorithm::Md5, HashAlgorithm::Sha1] {
            let mut file = bulk_file(b.at(algorithm.name()), "1");
            file.hash = transhumance::hash::digest(algorithm, b"1");
            let results = b.nextcloud.bulk(&[file]).await.unwrap();
            assert!(results[0].is_ok(), "{results:?}");
        }
        let upper = checksum("1")
            .to_uppercase()
            .replace("OC-CHECKSUM: SHA256", "OC-Checksum: sha256");
        let upper = format!("{}--B--\r\n", part(&b.at("u"), &upper, "1"));
        assert_eq!(
            raw_bulk(&b, TYPE, upper).await.status,
            400,
            "lower case only"
        );
    })
    .await;
}

#[tokio::test]
async fn the_last_line_end_matters() {
    on_every_server(|b| async move {
        let body = format!("{}--B--", part(&b.at("a"), &checksum("1"), "1"));
        let refused = raw_bulk(&b, TYPE, body).await;
        assert_eq!(refused.status, 400);
        let report = refused.json();
        assert_eq!(report[format!("/{}", b.at("a"))]["error"], false);
        assert_eq!(b.read("a").await.unwrap(), b"1", "written nevertheless");
    })
    .await;
}

#[tokio::test]
async fn only_one_parameter_and_one_type_are_read() {
    on_every_server(|b| async move {
        for content_type in [
            "multipart/form-data; boundary=B",
            "multipart/related",
            "multipart/related; type=x; boundary=B",
        ] {
            let body = format!("{}--B--\r\n", part(&b.at("a"), &checksum("1"), "1"));
            let refused = raw_bulk(&b, content_type, body).await;
            assert!(refused.status >= 400, "{content_type}: {}", refused.status);
            assert!(b.entry("a").await.is_none(), "{content_type}");
        }
        let quoted = "multipart/related; boundary=\"B\"";
        let body = format!("{}--B--\r\n", part(&b.at("a"), &checksum("1"), "1"));
        assert_eq!(raw_bulk(&b, quoted, body).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_bulk_overwrites_without_a_word() {
    on_every_server(|b| async move {
        let path = b.at("a");
        let first = b
            .nextcloud
            .put(&put_to(&path), body("theirs"))
            .await
            .unwrap();
        let results = b.nextcloud.bulk(&[bulk_file(path, "ours")]).await.unwrap();
        let second = results[0].as_ref().unwrap();
        assert_eq!(second.file_id, first.file_id);
        assert_eq!(b.read("a").await.unwrap(), b"ours");
    })
    .await;
}

#[tokio::test]
async fn a_backslash_is_a_slash_and_so_never_sent() {
    on_every_server(|b| async move {
        b.nextcloud.make_folder(&b.at("d")).await.unwrap();
        let body = format!("{}--B--\r\n", part(&b.at("d\\x"), &checksum("1"), "1"));
        assert_eq!(raw_bulk(&b, TYPE, body).await.status, 200);
        assert_eq!(b.read("d/x").await.unwrap(), b"1");
        let files = [bulk_file(b.at("d\\y"), "1"), bulk_file(b.at("z"), "1")];
        let results = b.nextcloud.bulk(&files).await.unwrap();
        assert!(results[0].is_err() && results[1].is_ok());
        assert!(b.entry("d/y").await.is_none());
    })
    .await;
}
