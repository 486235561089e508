use std::io::{Cursor, Read as _};

use super::*;

const ODT: &str = "application/vnd.oasis.opendocument.text";

#[tokio::test]
async fn files_are_what_their_digests_say() {
    let asking = Asking::with(60).await;
    let fields = "nextPageToken,files(id,size,md5Checksum,sha1Checksum,sha256Checksum,capabilities(canDownload),resourceKey)";
    let files = asking
        .all(&[
            ("q", "trashed=false and 'me' in owners"),
            ("fields", fields),
        ])
        .await;
    let mut checked = 0;
    for file in files {
        let Some(md5) = file["md5Checksum"].as_str() else {
            continue;
        };
        let id = file["id"].as_str().unwrap();
        let request = asking.request(
            &format!("drive/v3/files/{id}"),
            &[("alt", "media"), ("acknowledgeAbuse", "true")],
        );
        let answer = request.send().await.unwrap();
        if answer.status() == 403 {
            assert_eq!(id, asking.id("quota-exceeded"));
            continue;
        }
        assert_eq!(
            answer.headers()["content-length"],
            file["size"].as_str().unwrap()
        );
        let bytes = answer.bytes().await.unwrap();
        assert_eq!(digest(HashAlgorithm::Md5, &bytes).hex, md5);
        for (name, algorithm) in [
            ("sha1Checksum", HashAlgorithm::Sha1),
            ("sha256Checksum", HashAlgorithm::Sha256),
        ] {
            if let Some(known) = file[name].as_str() {
                assert_eq!(digest(algorithm, &bytes).hex, known);
            }
        }
        checked += 1;
    }
    assert!(checked > 100, "{checked}");
    let digests = async |label: &str| {
        let path = format!("drive/v3/files/{}", asking.id(label));
        let query = [("fields", "md5Checksum,sha1Checksum,sha256Checksum")];
        asking.ok(&path, &query).await.as_object().unwrap().len()
    };
    assert_eq!(digests("no-digest").await, 0);
    assert_eq!(digests("md5-only").await, 1);
    assert_eq!(digests("empty-file").await, 3);
}

#[tokio::test]
async fn ranges_are_served() {
    let asking = Asking::with(0).await;
    let get = async |label: &str, range: &str| {
        let path = format!("drive/v3/files/{}", asking.id(label));
        let request = asking.request(&path, &[("alt", "media")]);
        let answer = request.header("range", range).send().await.unwrap();
        let place = answer.headers().get("content-range");
        let place = place
            .map(|p| p.to_str().unwrap().to_owned())
            .unwrap_or_default();
        (
            answer.status().as_u16(),
            place,
            answer.bytes().await.unwrap(),
        )
    };
    let (node, _) = asking.server.control().item(&asking.id("twin-1")).unwrap();
    let content = node.content().unwrap();
    let length = content.length;
    let (status, place, bytes) = get("twin-1", "bytes=10-19").await;
    assert_eq!((status, place), (206, format!("bytes 10-19/{length}")));
    assert_eq!(bytes, content.bytes(10, 20));
    let (status, place, bytes) = get("twin-1", "bytes=100-").await;
    assert_eq!(
        (status, place),
        (206, format!("bytes 100-{}/{length}", length - 1))
    );
    assert_eq!(bytes, content.bytes(100, length));
    let (status, place, _) = get("twin-1", &format!("bytes={length}-")).await;
    assert_eq!((status, place), (416, format!("bytes */{length}")));
    let (status, place, _) = get("empty-file", "bytes=0-").await;
    assert_eq!((status, &*place), (416, "bytes */0"));
    let (status, _, bytes) = get("twin-1", "bytes=1-2,4-5").await;
    assert_eq!((status, bytes.len() as u64), (200, length));
}

#[tokio::test]
async fn what_may_not_be_downloaded_is_refused() {
    let asking = Asking::with(0).await;
    for (label, reason, location) in [
        ("abusive", "cannotDownloadAbusiveFile", ""),
        ("shared-no-download", "cannotDownloadFile", ""),
        ("quota-exceeded", "downloadQuotaExceeded", ""),
        ("doc-budget", "fileNotDownloadable", "alt"),
        ("empty-folder", "fileNotDownloadable", "alt"),
        ("shortcut-own", "fileNotDownloadable", "alt"),
        ("form", "fileNotDownloadable", "alt"),
    ] {
        let path = format!("drive/v3/files/{}", asking.id(label));
        let refused = asking.error(&path, &[("alt", "media")]).await;
        assert_eq!(refused, failure(403, reason, location), "{label}");
    }
    let path = format!("drive/v3/files/{}", asking.id("abusive"));
    let query = [("alt", "media"), ("acknowledgeAbuse", "true")];
    let answer = asking.request(&path, &query).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let path = format!("drive/v3/files/{}", asking.id("shared-no-download"));
    let file = asking
        .ok(&path, &[("fields", "capabilities/canDownload")])
        .await;
    assert_eq!(file["capabilities"]["canDownload"], false);
}

async fn export(asking: &Asking, label: &str, media_type: &str) -> bytes::Bytes {
    let path = format!("drive/v3/files/{}/export", asking.id(label));
    let answer = asking
        .request(&path, &[("mimeType", media_type)])
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], media_type);
    answer.bytes().await.unwrap()
}

async fn link(asking: &Asking, label: &str, media_type: &str) -> Url {
    let path = format!("drive/v3/files/{}", asking.id(label));
    let file = asking.ok(&path, &[("fields", "exportLinks")]).await;
    Url::parse(file["exportLinks"][media_type].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn documents_are_exported() {
    let asking = Asking::with(0).await;
    let bytes = export(&asking, "doc-budget", ODT).await;
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes.clone())).unwrap();
    let mut text = String::new();
    archive
        .by_name("content.xml")
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert!(text.contains("Budget"));
    assert_eq!(export(&asking, "doc-budget", ODT).await, bytes);
    let alive = export(&asking, "doc-unstable", ODT).await;
    assert_ne!(export(&asking, "doc-unstable", ODT).await, alive);
    for (label, query, expected) in [
        ("doc-budget", &[][..], failure(400, "required", "mimeType")),
        (
            "doc-budget",
            &[("mimeType", "image/png")],
            failure(400, "badRequest", ""),
        ),
        (
            "form",
            &[("mimeType", "application/pdf")],
            failure(403, "fileNotExportable", ""),
        ),
        (
            "twin-1",
            &[("mimeType", "application/pdf")],
            failure(403, "fileNotExportable", ""),
        ),
        (
            "doc-large",
            &[("mimeType", ODT)],
            failure(403, "exportSizeLimitExceeded", ""),
        ),
    ] {
        let path = format!("drive/v3/files/{}/export", asking.id(label));
        assert_eq!(asking.error(&path, query).await, expected, "{label}");
    }
    let edited = asking.server.control();
    assert!(edited.rewrite(&asking.id("doc-budget"), Content::text(0, 0)));
    assert_ne!(export(&asking, "doc-budget", ODT).await, bytes);
}

#[tokio::test]
async fn export_links_have_no_limit() {
    let asking = Asking::with(0).await;
    let url = link(&asking, "doc-large", ODT).await;
    assert_eq!(url.origin(), asking.server.endpoint().origin());
    let answer = asking
        .client
        .get(url.clone())
        .bearer_auth(&asking.token)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.headers().get("content-length").is_none());
    assert!(answer.headers().contains_key("content-disposition"));
    assert!(answer.bytes().await.unwrap().len() > 12_000_000);
    let nobody = asking.client.get(url).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    for (label, media_type) in [
        (
            "sheet-budget",
            "application/vnd.oasis.opendocument.spreadsheet",
        ),
        ("slides", "application/pdf"),
        ("drawing", "image/svg+xml"),
        ("drawing", "image/jpeg"),
        ("drive-doc", "text/csv"),
    ] {
        let path = format!("drive/v3/files/{}", asking.id(label));
        let query = [("fields", "exportLinks"), ("supportsAllDrives", "true")];
        let file = asking.ok(&path, &query).await;
        let url = file["exportLinks"][media_type].as_str().unwrap();
        let answer = asking
            .client
            .get(url)
            .bearer_auth(&asking.token)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{url}");
        assert_eq!(answer.headers()["content-type"], media_type);
    }
}

#[tokio::test]
async fn behind_a_proxy_the_links_are_googles() {
    let asking = Asking::with(0).await;
    let path = format!("drive/v3/files/{}", asking.id("doc-budget"));
    let request = asking.request(&path, &[("fields", "exportLinks")]);
    let answer = request
        .header("host", "www.googleapis.com")
        .send()
        .await
        .unwrap();
    let file: Value = answer.json().await.unwrap();
    let url = file["exportLinks"][ODT].as_str().unwrap();
    assert!(url.starts_with("https://docs.google.com/feeds/download/documents/export/Export?id="));
}
