use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Bytes;
use transhumance::model::{HashAlgorithm, Timestamp};
use transhumance::target::{Body, Put, TargetError, UploadId};

use crate::stranger::*;

fn put(path: &str) -> Put<'_> {
    Put {
        path,
        modified: Some(Timestamp::from_second(1_600_000_000).unwrap()),
        created: None,
        hash: HashAlgorithm::Sha256,
        replace: None,
    }
}

/// A server whose proxy gives up on the first MOVE, which goes on behind it: the next ones are 423 until
/// after `looks` looks the upload folder is gone and, when `arrives`, the file there.
async fn slow_assembly(looks: usize, arrives: bool) -> (Stranger, Result<(), TargetError>) {
    let (moves, looked) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let stranger = Stranger::new(move |asked| {
        let done = looked.load(Ordering::SeqCst) >= looks;
        if asked.method == "MOVE" {
            return match moves.fetch_add(1, Ordering::SeqCst) {
                0 => html(504, "<html>Gateway Time-out</html>"),
                _ if done && arrives => sabre(412, r"Sabre\DAV\Exception\PreconditionFailed", "x"),
                _ if done => sabre(404, r"Sabre\DAV\Exception\NotFound", "x"),
                _ => sabre(423, r"OCA\DAV\Connector\Sabre\Exception\FileLocked", "x"),
            };
        }
        if asked.is("PROPFIND", "/uploads/alice/u") {
            looked.fetch_add(1, Ordering::SeqCst);
            if !done {
                return multistatus(&[]);
            }
        }
        if asked.is("PROPFIND", "/alice/big") && done && arrives {
            return multistatus(&[entry("big", false, 100, "")]);
        }
        healthy(asked)
    })
    .await;
    let upload = UploadId("u".into());
    let result = stranger
        .nextcloud()
        .assemble(&upload, &put("big"), 100)
        .await;
    let result = result.map(|stored| {
        assert_eq!(stored.hash, None, "nobody has said it");
        assert_eq!(stored.file_id.as_deref(), Some("1100"));
    });
    (stranger, result)
}

#[tokio::test]
async fn an_assembly_whose_answer_is_lost_is_awaited() {
    let (stranger, result) = slow_assembly(3, true).await;
    result.unwrap();
    assert!(stranger.count(|one| one.method == "MOVE") >= 2);
    let guarded = |one: &Asked| {
        one.headers
            .get("overwrite")
            .is_some_and(|value| value == "F")
            && !one.headers.contains_key("if-none-match")
            && one
                .headers
                .get("oc-total-length")
                .is_some_and(|value| value == "100")
    };
    assert_eq!(
        stranger.count(|one| one.method == "MOVE" && !guarded(one)),
        0
    );
}

#[tokio::test]
async fn an_assembly_that_left_nothing_is_told() {
    let (_, result) = slow_assembly(2, false).await;
    assert!(matches!(result, Err(TargetError::UploadGone)), "{result:?}");
}

#[tokio::test]
async fn an_assembly_that_never_ends_is_given_up_as_passing() {
    let (_, result) = slow_assembly(usize::MAX, true).await;
    assert!(matches!(result, Err(TargetError::Locked)), "{result:?}");
}

#[tokio::test]
async fn a_checksum_that_takes_longer_than_the_proxy_is_awaited() {
    let sha = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    let looks = AtomicUsize::new(0);
    let stranger = Stranger::new(move |asked| match asked.method.as_str() {
        "PATCH" => html(504, "<html>"),
        "PROPFIND" => {
            let sums = if looks.fetch_add(1, Ordering::SeqCst) < 3 {
                String::new()
            } else {
                format!("<o:checksums><o:checksum>SHA256:{sha}</o:checksum></o:checksums>")
            };
            multistatus(&[entry("big", false, 5_000_000_000, &sums)])
        }
        _ => healthy(asked),
    })
    .await;
    let hash = stranger
        .nextcloud()
        .recalculate_hash("big", HashAlgorithm::Sha256)
        .await
        .unwrap();
    assert_eq!(hash.hex, sha);
    assert_eq!(stranger.count(|one| one.method == "PATCH"), 1);
}

#[tokio::test]
async fn a_checksum_that_was_there_before_proves_nothing() {
    let sha = "0".repeat(64);
    let stranger = Stranger::new(move |asked| match asked.method.as_str() {
        "PATCH" => html(504, "<html>"),
        "PROPFIND" => {
            let sums = format!("<o:checksums><o:checksum>SHA256:{sha}</o:checksum></o:checksums>");
            multistatus(&[entry("big", false, 5_000_000_000, &sums)])
        }
        _ => healthy(asked),
    })
    .await;
    let asked = stranger.nextcloud();
    let hash = asked.recalculate_hash("big", HashAlgorithm::Sha256).await;
    assert!(
        matches!(hash, Err(TargetError::Temporary { .. })),
        "{hash:?}"
    );
}

#[tokio::test]
async fn a_proxy_s_limit_is_told_from_a_full_space() {
    for (answer, full) in [
        (
            html(413, "<html>413 Request Entity Too Large</html>"),
            false,
        ),
        (
            sabre(507, r"Sabre\DAV\Exception\InsufficientStorage", "x"),
            true,
        ),
        (
            sabre(
                413,
                r"OCA\DAV\Connector\Sabre\Exception\EntityTooLarge",
                "x",
            ),
            true,
        ),
    ] {
        let stranger = Stranger::new(move |asked| match asked.method.as_str() {
            "PUT" => answer.clone(),
            _ => healthy(asked),
        })
        .await;
        let body = Body::from_bytes(Bytes::from_static(b"abc"));
        let error = stranger.nextcloud().put(&put("a"), body).await.unwrap_err();
        match error {
            TargetError::Full { .. } => assert!(full),
            TargetError::TooLarge => assert!(!full),
            other => panic!("{other:?}"),
        }
        let length = |one: &Asked| one.headers.get("content-length").is_some_and(|n| n == "3");
        assert_eq!(stranger.count(|one| one.method == "PUT" && length(one)), 1);
    }
}
