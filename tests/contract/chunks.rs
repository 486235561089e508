use bytes::Bytes;
use transhumance::dav::DavPath;
use transhumance::model::HashAlgorithm;
use transhumance::target::{Put, StoredChunk, TargetError, UploadId};

use crate::server::{Answer, Bench, answer, body, on_every_server, put_to, sha256, time};

const MIB: usize = 1024 * 1024;

fn new_upload() -> UploadId {
    UploadId(format!("contract-{}", uuid::Uuid::new_v4().simple()))
}

fn piece(byte: u8, length: usize) -> Bytes {
    Bytes::from(vec![byte; length])
}

/// An upload folder with these chunks for `name`.
async fn upload(b: &Bench, name: &str, chunks: &[(u32, Bytes)]) -> UploadId {
    let upload = new_upload();
    let to = b.at(name);
    b.nextcloud.begin_upload(&upload, &to).await.unwrap();
    for (number, bytes) in chunks {
        b.nextcloud
            .put_chunk(&upload, *number, &to, None, bytes.clone())
            .await
            .unwrap();
    }
    upload
}

async fn raw_move(b: &Bench, upload: &UploadId, name: &str, headers: &[(&str, &str)]) -> Answer {
    let path = DavPath::upload(&b.user_id, &upload.0)
        .unwrap()
        .segment(".file")
        .unwrap();
    let to = b.dav.address(&b.path(name));
    let mut request = b.request("MOVE", &path).await.header("Destination", to);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(request).await
}

#[tokio::test]
async fn chunks_of_any_order_make_the_file() {
    on_every_server(|b| async move {
        let chunks = [
            (3, piece(3, 100)),
            (1, piece(1, 5 * MIB)),
            (2, piece(2, 5 * MIB)),
        ];
        let upload = upload(&b, "big é.bin", &chunks).await;
        let held = b.nextcloud.chunks(&upload).await.unwrap().unwrap();
        let sizes = [5 * MIB as u64, 5 * MIB as u64, 100];
        let expected: Vec<StoredChunk> = (1..)
            .zip(sizes)
            .map(|(number, size)| StoredChunk { number, size })
            .collect();
        assert_eq!(held, expected);
        let total: u64 = sizes.iter().sum();
        let path = b.at("big é.bin");
        let put = Put {
            created: Some(time(1_500_000_000)),
            ..put_to(&path)
        };
        let stored = b.nextcloud.assemble(&upload, &put, total).await.unwrap();
        let whole = [&chunks[1].1[..], &chunks[2].1[..], &chunks[0].1[..]].concat();
        assert_eq!(stored.hash.unwrap().hex, sha256(&whole));
        let entry = b.entry("big é.bin").await.unwrap();
        assert_eq!(entry.size, Some(total));
        assert_eq!(entry.modified, Some(time(1_600_000_000)));
        assert_eq!(entry.created, Some(time(1_500_000_000)));
        assert_eq!((entry.etag, entry.file_id), (stored.etag, stored.file_id));
        assert_eq!(b.nextcloud.chunks(&upload).await.unwrap(), None);
        assert_eq!(b.read("big é.bin").await.unwrap(), whole);
        // After a crash between the answer and the ledger, asking again finds the file.
        let again = b.nextcloud.assemble(&upload, &put, total).await.unwrap();
        assert_eq!(again.hash, None);
        let hash = b
            .nextcloud
            .recalculate_hash(&path, HashAlgorithm::Sha256)
            .await;
        assert_eq!(hash.unwrap().hex, sha256(&whole));
    })
    .await;
}

#[tokio::test]
async fn more_than_nine_chunks_keep_their_order() {
    on_every_server(|b| async move {
        let chunks: Vec<(u32, Bytes)> = (1..=12).map(|n| (n, piece(n as u8, 10))).collect();
        let upload = upload(&b, "f", &chunks).await;
        let path = b.at("f");
        b.nextcloud
            .assemble(&upload, &put_to(&path), 120)
            .await
            .unwrap();
        let whole: Vec<u8> = (1..=12).flat_map(|n| [n; 10]).collect();
        assert_eq!(b.read("f").await.unwrap(), whole);
    })
    .await;
}

#[tokio::test]
async fn a_missing_chunk_is_noticed_only_with_the_total() {
    on_every_server(|b| async move {
        let chunks = [(1, piece(1, 10)), (3, piece(3, 10))];
        let upload_id = upload(&b, "f", &chunks).await;
        let path = b.at("f");
        let refused = b.nextcloud.assemble(&upload_id, &put_to(&path), 30).await;
        assert!(
            matches!(refused, Err(TargetError::UploadIncomplete { .. })),
            "{refused:?}"
        );
        assert!(b.entry("f").await.is_none());
        let held = b.nextcloud.chunks(&upload_id).await.unwrap().unwrap();
        assert_eq!(held.len(), 2, "and the chunks are still there");
        let silent = raw_move(&b, &upload_id, "f", &[]).await;
        assert_eq!(silent.status, 201, "without it, the hole is not noticed");
        assert_eq!(b.entry("f").await.unwrap().size, Some(20));
    })
    .await;
}

#[tokio::test]
async fn a_chunk_can_be_sent_again() {
    on_every_server(|b| async move {
        let upload = upload(&b, "f", &[(1, piece(1, 5))]).await;
        let to = b.at("f");
        let send = |bytes| b.nextcloud.put_chunk(&upload, 1, &to, Some(10), bytes);
        send(piece(9, 10)).await.unwrap();
        assert_eq!(
            b.nextcloud.chunks(&upload).await.unwrap().unwrap(),
            [StoredChunk {
                number: 1,
                size: 10
            }]
        );
        let more = b.nextcloud.put_chunk(&upload, 2, &to, None, piece(2, 5));
        more.await.unwrap();
        b.nextcloud.remove_chunk(&upload, 2).await.unwrap();
        b.nextcloud.remove_chunk(&upload, 2).await.unwrap();
        // So can the beginning of the upload.
        b.nextcloud.begin_upload(&upload, &to).await.unwrap();
        b.nextcloud
            .assemble(&upload, &put_to(&to), 10)
            .await
            .unwrap();
        assert_eq!(b.read("f").await.unwrap(), [9; 10]);
    })
    .await;
}

#[tokio::test]
async fn assembling_overwrites_nothing_but_the_known_version() {
    on_every_server(|b| async move {
        let path = b.at("f");
        let first = b
            .nextcloud
            .put(&put_to(&path), body("theirs"))
            .await
            .unwrap();
        let id = upload(&b, "f", &[(1, piece(1, 10))]).await;
        let taken = b.nextcloud.assemble(&id, &put_to(&path), 10).await;
        assert!(matches!(taken, Err(TargetError::Taken)), "{taken:?}");
        let other = Put {
            replace: Some("0123456789abcdef0123456789abcdef"),
            ..put_to(&path)
        };
        let changed = b.nextcloud.assemble(&id, &other, 10).await;
        assert!(matches!(changed, Err(TargetError::Changed)), "{changed:?}");
        assert_eq!(b.read("f").await.unwrap(), b"theirs");
        let known = Put {
            replace: first.etag.as_deref(),
            ..put_to(&path)
        };
        let second = b.nextcloud.assemble(&id, &known, 10).await.unwrap();
        assert_eq!(second.file_id, first.file_id);
        assert_eq!(second.hash.unwrap().hex, sha256(&[1; 10]));
        assert_eq!(b.read("f").await.unwrap(), [1; 10]);
    })
    .await;
}

#[tokio::test]
async fn if_none_match_on_an_assembly_always_fails() {
    on_every_server(|b| async move {
        let id = upload(&b, "f", &[(1, piece(1, 10))]).await;
        let refused = raw_move(&b, &id, "f", &[("If-None-Match", "*")]).await;
        assert_eq!(refused.status, 412, "it is tested against .file");
        assert!(b.entry("f").await.is_none());
        b.nextcloud.abort_upload(&id).await.unwrap();
        b.nextcloud.abort_upload(&id).await.unwrap();
        assert_eq!(b.nextcloud.chunks(&id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn where_an_assembly_cannot_go() {
    on_every_server(|b| async move {
        let id = upload(&b, "f", &[(1, piece(1, 10))]).await;
        b.nextcloud.make_folder(&b.at("d")).await.unwrap();
        assert_eq!(raw_move(&b, &id, "d", &[]).await.status, 400);
        let path = b.at("none/f");
        let missing = b.nextcloud.assemble(&id, &put_to(&path), 10).await;
        assert!(
            matches!(missing, Err(TargetError::ParentMissing)),
            "{missing:?}"
        );
        let bad = raw_move(&b, &id, "x.part", &[]).await;
        assert_eq!((bad.status, bad.exception.as_str()), (400, "InvalidPath"));
        b.nextcloud.abort_upload(&id).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_chunk_for_a_place_in_a_missing_folder_is_not_taken() {
    on_every_server(|b| async move {
        let id = new_upload();
        let to = b.at("none/deep/f");
        // The upload itself can begin.
        b.nextcloud.begin_upload(&id, &to).await.unwrap();
        for total in [None, Some(10)] {
            let path = DavPath::upload(&b.user_id, &id.0).unwrap();
            let mut request = b.request("PUT", &path.segment("00001").unwrap()).await;
            request = request
                .header("Destination", b.dav.address(&b.path("none/deep/f")))
                .body(piece(1, 10));
            if let Some(total) = total {
                request = request.header("OC-Total-Length", total);
            }
            let refused = answer(request).await;
            assert_eq!(
                (refused.status, refused.exception.as_str()),
                (404, "NotFound"),
                "as if the upload were not there"
            );
            let told = b.nextcloud.put_chunk(&id, 1, &to, total, piece(1, 10));
            let told = told.await;
            assert!(matches!(told, Err(TargetError::ParentMissing)), "{told:?}");
        }
        assert_eq!(b.nextcloud.chunks(&id).await.unwrap(), Some(vec![]));
        b.nextcloud.make_folder(&b.at("none")).await.unwrap();
        b.nextcloud.make_folder(&b.at("none/deep")).await.unwrap();
        let send = |number, bytes| b.nextcloud.put_chunk(&id, number, &to, Some(20), bytes);
        send(1, piece(1, 10)).await.unwrap();
        // Once it is there, a chunk can be replaced without the folder; another one cannot come.
        b.nextcloud.delete(&b.at("none")).await.unwrap();
        send(1, piece(2, 10)).await.unwrap();
        let other = send(2, piece(3, 10)).await;
        assert!(
            matches!(other, Err(TargetError::ParentMissing)),
            "{other:?}"
        );
        b.nextcloud.make_folder(&b.at("none")).await.unwrap();
        b.nextcloud.make_folder(&b.at("none/deep")).await.unwrap();
        send(2, piece(3, 10)).await.unwrap();
        b.nextcloud.assemble(&id, &put_to(&to), 20).await.unwrap();
        let whole = [[2; 10], [3; 10]].concat();
        assert_eq!(b.read("none/deep/f").await.unwrap(), whole);
    })
    .await;
}

#[tokio::test]
async fn a_chunk_for_a_place_elsewhere_is_not_taken() {
    on_every_server(|b| async move {
        let id = upload(&b, "f", &[]).await;
        let path = DavPath::upload(&b.user_id, &id.0).unwrap();
        let request = b.request("PUT", &path.segment("00001").unwrap()).await;
        let elsewhere = request
            .header("Destination", "https://elsewhere.example/f")
            .body(piece(1, 10));
        let refused = answer(elsewhere).await;
        assert_eq!(
            (refused.status, refused.exception.as_str()),
            (403, "Forbidden")
        );
        b.nextcloud.abort_upload(&id).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_upload_that_the_server_lost_is_told() {
    on_every_server(|b| async move {
        let id = new_upload();
        let to = b.at("f");
        assert_eq!(b.nextcloud.chunks(&id).await.unwrap(), None);
        let chunk = b.nextcloud.put_chunk(&id, 1, &to, None, piece(1, 10)).await;
        assert!(matches!(chunk, Err(TargetError::UploadGone)), "{chunk:?}");
        let gone = b.nextcloud.assemble(&id, &put_to(&to), 10).await;
        assert!(matches!(gone, Err(TargetError::UploadGone)), "{gone:?}");
    })
    .await;
}

#[tokio::test]
async fn uploads_cannot_be_listed_nor_chunks_read() {
    on_every_server(|b| async move {
        let id = upload(&b, "f", &[(1, piece(1, 10))]).await;
        let mine = DavPath::upload(&b.user_id, &id.0).unwrap();
        let chunk = mine.clone().segment("00001").unwrap();
        assert_eq!(answer(b.request("GET", &chunk).await).await.status, 405);
        assert_eq!(answer(b.request("MKCOL", &mine).await).await.status, 405);
        let all = DavPath::root().segment("uploads").unwrap();
        let all = all.segment(&b.user_id).unwrap();
        let listed = answer(b.request("PROPFIND", &all).await.header("Depth", "1")).await;
        assert_eq!(listed.status, 405);
        b.nextcloud.abort_upload(&id).await.unwrap();
    })
    .await;
}
