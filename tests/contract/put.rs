use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use transhumance::dav::BoxError;
use transhumance::hash::digest;
use transhumance::model::HashAlgorithm;
use transhumance::target::{Body, Properties, Put, TargetError};

use crate::server::{answer, body, on_every_server, put_to, sha256, time};

#[tokio::test]
async fn a_new_file_answers_with_its_id_tag_and_the_computed_hash() {
    on_every_server(|b| async move {
        let path = b.at("Fête #1?/50% a+b%20é.txt");
        b.nextcloud.make_folder(&b.at("Fête #1?")).await.unwrap();
        let put = Put {
            created: Some(time(1_500_000_000)),
            ..put_to(&path)
        };
        let stored = b.nextcloud.put(&put, body("hello")).await.unwrap();
        assert_eq!(stored.hash, Some(digest(HashAlgorithm::Sha256, b"hello")));
        let entry = b.entry("Fête #1?/50% a+b%20é.txt").await.unwrap();
        assert_eq!(entry.file_id, stored.file_id);
        assert_eq!(entry.etag, stored.etag);
        assert_eq!(entry.size, Some(5));
        assert_eq!(entry.modified, Some(time(1_600_000_000)));
        assert_eq!(entry.created, Some(time(1_500_000_000)));
        assert_eq!(entry.permissions.as_deref(), Some("RGDNVW"));
        assert_eq!(entry.mount_type.as_deref(), Some(""));
        let stat = b.nextcloud.stat(&path).await.unwrap().unwrap();
        assert_eq!(stat.path, path);
        assert_eq!(Some(stat.etag), stored.etag);
    })
    .await;
}

#[tokio::test]
async fn created_answers_201_and_overwritten_204() {
    on_every_server(|b| async move {
        let first = b.put_raw("a", &[("X-OC-MTime", "1600000000.7")], "1").await;
        assert_eq!(first.status, 201);
        assert_eq!(first.header("X-OC-MTime"), Some("accepted"));
        assert_eq!(first.header("OC-ETag"), first.header("ETag"));
        assert!(first.body.is_empty());
        let second = b.put_raw("a", &[], "2").await;
        assert_eq!(second.status, 204);
        assert_ne!(first.header("ETag"), second.header("ETag"));
        assert_eq!(first.header("OC-FileId"), second.header("OC-FileId"));
    })
    .await;
}

#[tokio::test]
async fn every_digest_is_computed_of_what_arrived() {
    on_every_server(|b| async move {
        for algorithm in [
            HashAlgorithm::Md5,
            HashAlgorithm::Sha1,
            HashAlgorithm::Sha256,
        ] {
            let path = b.at(algorithm.name());
            let put = Put {
                hash: algorithm,
                ..put_to(&path)
            };
            let stored = b.nextcloud.put(&put, body("xyz")).await.unwrap();
            assert_eq!(stored.hash, Some(digest(algorithm, b"xyz")));
        }
    })
    .await;
}

#[tokio::test]
async fn a_checksum_that_a_client_sends_is_never_verified() {
    on_every_server(|b| async move {
        let wrong = format!("SHA1:{}", "0".repeat(40));
        let headers = [("OC-Checksum", wrong.as_str()), ("X-Hash", "sha1")];
        let stored = b.put_raw("a", &headers, "abc").await;
        assert_eq!(stored.status, 201);
        let right = digest(HashAlgorithm::Sha1, b"abc");
        assert_eq!(stored.header("X-Hash-SHA1"), Some(right.hex.as_str()));
        let kept = b.entry("a").await.unwrap().checksums;
        assert_eq!(
            kept,
            [wrong.parse().unwrap()],
            "echoed, so it proves nothing"
        );
        // The proof after the fact replaces it by the truth.
        let path = b.at("a");
        let computed = b.nextcloud.recalculate_hash(&path, HashAlgorithm::Sha1);
        assert_eq!(computed.await.unwrap(), right);
        assert_eq!(b.entry("a").await.unwrap().checksums, [right]);
        // Overwriting without one clears it.
        assert_eq!(b.put_raw("a", &[], "abcd").await.status, 204);
        assert_eq!(b.entry("a").await.unwrap().checksums, []);
        let garbage = [("OC-Checksum", "garbage <x>&")];
        assert_eq!(b.put_raw("b", &garbage, "abc").await.status, 201);
        assert_eq!(b.entry("b").await.unwrap().checksums, []);
    })
    .await;
}

#[tokio::test]
async fn recalculating_reads_what_is_stored() {
    on_every_server(|b| async move {
        let path = b.at("a");
        b.nextcloud.put(&put_to(&path), body("abc")).await.unwrap();
        for algorithm in [
            HashAlgorithm::Md5,
            HashAlgorithm::Sha1,
            HashAlgorithm::Sha256,
        ] {
            let hash = b.nextcloud.recalculate_hash(&path, algorithm).await;
            assert_eq!(hash.unwrap(), digest(algorithm, b"abc"));
        }
        let unknown = b
            .on("PATCH", "a")
            .await
            .header("X-Recalculate-Hash", "nonsense");
        assert_eq!(answer(unknown).await.status, 500);
        let missing = b.at("missing");
        let hash = b
            .nextcloud
            .recalculate_hash(&missing, HashAlgorithm::Md5)
            .await;
        assert!(matches!(hash, Err(TargetError::NotFound)), "{hash:?}");
    })
    .await;
}

#[tokio::test]
async fn an_early_date_answers_500_and_stores_the_file() {
    on_every_server(|b| async move {
        for (number, date) in ["0", "1", "-5", "86400", "nonsense"].iter().enumerate() {
            let name = format!("f{number}");
            let stored = b.put_raw(&name, &[("X-OC-MTime", date)], "abc").await;
            assert_eq!(stored.status, 500, "{date}");
            assert_eq!(b.read(&name).await.unwrap(), b"abc", "{date}");
        }
        for date in ["86401", "1e9", "4102444800"] {
            let stored = b.put_raw(date, &[("X-OC-MTime", date)], "abc").await;
            assert_eq!(stored.status, 201, "{date}");
        }
        let later = b.entry("4102444800").await.unwrap();
        assert_eq!(later.modified, Some(time(4_102_444_800)));
        // So ours are moved to the earliest date that it takes.
        let path = b.at("photo-of-1912.jpg");
        let put = Put {
            modified: Some(time(-1_800_000_000)),
            created: Some(time(-1_800_000_000)),
            ..put_to(&path)
        };
        b.nextcloud.put(&put, body("abc")).await.unwrap();
        let entry = b.entry("photo-of-1912.jpg").await.unwrap();
        assert_eq!(entry.modified, Some(time(86_401)));
    })
    .await;
}

#[tokio::test]
async fn nothing_is_overwritten_unless_it_is_the_known_version() {
    on_every_server(|b| async move {
        let path = b.at("a");
        let first = b.nextcloud.put(&put_to(&path), body("1")).await.unwrap();
        let again = b.nextcloud.put(&put_to(&path), body("2")).await;
        assert!(matches!(again, Err(TargetError::Taken)), "{again:?}");
        let other = Put {
            replace: Some("0123456789abcdef0123456789abcdef"),
            ..put_to(&path)
        };
        let changed = b.nextcloud.put(&other, body("3")).await;
        assert!(matches!(changed, Err(TargetError::Changed)), "{changed:?}");
        assert_eq!(b.read("a").await.unwrap(), b"1");
        let known = Put {
            replace: first.etag.as_deref(),
            ..put_to(&path)
        };
        let second = b.nextcloud.put(&known, body("44")).await.unwrap();
        assert_eq!(second.file_id, first.file_id);
        // Of the same date, length and inode it could have the same tag: local storage makes it of those.
        assert_ne!(second.etag, first.etag);
        assert_eq!(b.read("a").await.unwrap(), b"44");
        // Gone meanwhile is changed, too.
        b.nextcloud.delete(&path).await.unwrap();
        let gone = b.nextcloud.put(&known, body("5")).await;
        assert!(matches!(gone, Err(TargetError::Changed)), "{gone:?}");
    })
    .await;
}

#[tokio::test]
async fn a_missing_parent_is_404_for_a_file() {
    on_every_server(|b| async move {
        let refused = b.put_raw("none/a", &[], "abc").await;
        assert_eq!(
            (refused.status, refused.exception.as_str()),
            (404, "NotFound")
        );
        let path = b.at("none/a");
        let refused = b.nextcloud.put(&put_to(&path), body("abc")).await;
        assert!(
            matches!(refused, Err(TargetError::ParentMissing)),
            "{refused:?}"
        );
        // The server can make it, when asked in exactly this way.
        let other = [("AutoMkcol", "1")];
        assert_eq!(b.put_raw("none/a", &other, "abc").await.status, 404);
        let asked = [("X-NC-WebDAV-Auto-Mkcol", "1")];
        assert_eq!(b.put_raw("made/for/it/a", &asked, "abc").await.status, 201);
        assert!(b.entry("made/for").await.unwrap().is_folder);
    })
    .await;
}

#[tokio::test]
async fn a_folder_is_not_written_over() {
    on_every_server(|b| async move {
        b.nextcloud.make_folder(&b.at("d")).await.unwrap();
        assert_eq!(b.put_raw("d", &[], "abc").await.status, 409);
        let path = b.at("d");
        let refused = b.nextcloud.put(&put_to(&path), body("abc")).await;
        assert!(matches!(refused, Err(TargetError::Taken)), "{refused:?}");
        let range = [("Content-Range", "bytes 0-2/9")];
        assert_eq!(b.put_raw("f", &range, "abc").await.status, 400);
        assert!(b.entry("f").await.is_none());
    })
    .await;
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    on_every_server(|b| async move {
        let path = b.at("empty");
        let stored = b.nextcloud.put(&put_to(&path), body("")).await.unwrap();
        assert_eq!(stored.hash.unwrap().hex, sha256(b""));
        assert_eq!(b.entry("empty").await.unwrap().size, Some(0));
    })
    .await;
}

fn pieces(length: u64, pieces: Vec<Result<Bytes, BoxError>>) -> Body {
    Body {
        length,
        stream: stream::iter(pieces).boxed(),
    }
}

#[tokio::test]
async fn a_source_that_breaks_off_leaves_nothing_and_is_blamed() {
    on_every_server(|b| async move {
        let piece = || Ok(Bytes::from(vec![7_u8; 100_000]));
        let torn = || vec![piece(), piece(), Err(BoxError::from("the source tore"))];
        for (name, wrong) in [
            ("torn", pieces(300_000, torn())),
            ("short", pieces(300_000, vec![piece(), piece()])),
            ("long", pieces(200_000, vec![piece(), piece(), piece()])),
            ("longer than nothing", pieces(0, vec![piece()])),
        ] {
            let path = b.at(name);
            let failed = b.nextcloud.put(&put_to(&path), wrong).await;
            assert!(
                matches!(failed, Err(TargetError::Body { .. })),
                "{name}: {failed:?}"
            );
            assert!(b.entry(name).await.is_none(), "{name}");
        }
        let path = b.at("whole");
        let whole = pieces(200_000, vec![piece(), piece()]);
        let stored = b.nextcloud.put(&put_to(&path), whole).await.unwrap();
        assert_eq!(stored.hash.unwrap().hex, sha256(&[7; 200_000]));
    })
    .await;
}

#[tokio::test]
async fn a_file_can_be_read_from_any_byte_while_it_is_the_same() {
    on_every_server(|b| async move {
        let path = b.at("a");
        let stored = b
            .nextcloud
            .put(&put_to(&path), body("0123456789"))
            .await
            .unwrap();
        let etag = stored.etag.unwrap();
        let rest = b.dav.get(&b.path("a"), 7, Some(&etag)).await.unwrap();
        assert_eq!(rest.content_length(), Some(3));
        assert_eq!(rest.bytes().await.unwrap(), "789");
        let other = b.dav.get(&b.path("a"), 7, Some("0123456789abcdef")).await;
        assert!(matches!(other, Err(TargetError::Changed)), "{other:?}");
    })
    .await;
}

#[tokio::test]
async fn dates_and_the_favourite_mark_can_be_set_afterwards() {
    on_every_server(|b| async move {
        let path = b.at("a");
        b.nextcloud.put(&put_to(&path), body("abc")).await.unwrap();
        let properties = Properties {
            modified: Some(time(1_400_000_000)),
            created: Some(time(1_300_000_000)),
            favourite: Some(true),
        };
        b.nextcloud
            .set_properties(&path, &properties)
            .await
            .unwrap();
        let entry = b.entry("a").await.unwrap();
        assert_eq!(entry.modified, Some(time(1_400_000_000)));
        assert_eq!(entry.created, Some(time(1_300_000_000)));
        assert!(entry.favourite);
        let off = Properties {
            favourite: Some(false),
            ..Properties::default()
        };
        b.nextcloud.set_properties(&path, &off).await.unwrap();
        let entry = b.entry("a").await.unwrap();
        assert!(!entry.favourite);
        assert_eq!(entry.modified, Some(time(1_400_000_000)));
        let missing = b.at("missing");
        let set = b.nextcloud.set_properties(&missing, &properties).await;
        assert!(matches!(set, Err(TargetError::NotFound)), "{set:?}");
    })
    .await;
}

#[tokio::test]
async fn deleting_what_is_not_there_is_fine() {
    on_every_server(|b| async move {
        let path = b.at("a");
        b.nextcloud.put(&put_to(&path), body("abc")).await.unwrap();
        b.nextcloud.delete(&path).await.unwrap();
        assert!(b.nextcloud.stat(&path).await.unwrap().is_none());
        let again = answer(b.on("DELETE", "a").await).await;
        assert_eq!((again.status, again.exception.as_str()), (404, "NotFound"));
        b.nextcloud.delete(&path).await.unwrap();
    })
    .await;
}
