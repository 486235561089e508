//! States that the practice Nextcloud is put into and that a real one is never asked for: full, locked, in
//! maintenance, with a disabled account, with a proxy that gives up. What it then answers was seen on a
//! real 34.0.1.

use std::time::Duration;

use bytes::Bytes;
use transhumance::auth::login_flow::{Login, LoginError, LoginFlow};
use transhumance::dav::DavClient;
use transhumance::model::{BulkSupport, HashAlgorithm};
use transhumance::practice::faults::{Fault, Faults};
use transhumance::practice::nextcloud::{Assembly, Bulk};
use transhumance::target::{Nextcloud, TargetError, UploadId};

use crate::server::{Bench, LOGIN, PASSWORD, Practice, body, bulk_file, put_to, sha256};

async fn start() -> (Practice, Bench) {
    let practice = Practice::start(|_| {}).await;
    let mut bench = practice.bench().await;
    bench.nextcloud = practice.nextcloud(PASSWORD);
    (practice, bench)
}

/// Signs in as the person in front of the browser does.
async fn sign_in(practice: &Practice) -> Login {
    let flow = LoginFlow::start(&practice.server.url()).await.unwrap();
    assert!(flow.poll().await.unwrap().is_none());
    let token = flow.login_url().path().rsplit('/').next().unwrap();
    let form = [("token", token), ("user", LOGIN), ("password", PASSWORD)];
    let grant = practice.server.url().join("login/v2/grant").unwrap();
    let granted = reqwest::Client::new().post(grant).form(&form).send().await;
    assert_eq!(granted.unwrap().status(), 200);
    let cancel = tokio_util::sync::CancellationToken::new();
    let login = flow.wait(&cancel).await.unwrap();
    assert!(flow.poll().await.unwrap().is_none(), "told once");
    login
}

#[tokio::test]
async fn a_sign_in_gives_an_app_password_that_can_be_taken_back() {
    let (practice, _) = start().await;
    let login = sign_in(&practice).await;
    assert_eq!(login.login_name, LOGIN);
    assert_eq!(login.server, practice.server.url());
    let nextcloud =
        Nextcloud::new(&login.server, &login.login_name, login.app_password.clone()).unwrap();
    assert_eq!(nextcloud.connect().await.unwrap().user_id, "alice");
    let names = practice.server.control().app_passwords("alice");
    assert!(
        names.iter().any(|name| name.contains("Transhumance")),
        "{names:?}"
    );
    nextcloud.revoke_app_password().await.unwrap();
    let revoked = nextcloud.stat("").await;
    assert!(
        matches!(revoked, Err(TargetError::Unauthorized)),
        "{revoked:?}"
    );
}

#[tokio::test]
async fn an_app_password_belongs_to_the_name_that_signed_in() {
    let (practice, _) = start().await;
    let login = sign_in(&practice).await;
    let by_id = Nextcloud::new(&login.server, "alice", login.app_password).unwrap();
    let refused = by_id.connect().await;
    assert!(
        matches!(refused, Err(TargetError::Unauthorized)),
        "{refused:?}"
    );
    assert_eq!(practice.server.control().failed_logins(), 1, "tried once");
}

#[tokio::test]
async fn a_wrong_password_counts_once_and_eleven_lock_everybody_out() {
    let (practice, b) = start().await;
    let control = practice.server.control();
    for count in 1..=7 {
        let refused = practice.nextcloud("wrong").connect().await;
        assert!(
            matches!(refused, Err(TargetError::Unauthorized)),
            "{refused:?}"
        );
        assert_eq!(control.failed_logins(), count);
    }
    // Then the server says that it is close, and no further password is tried.
    let refused = practice.nextcloud("wrong").connect().await;
    assert!(
        matches!(
            refused,
            Err(TargetError::BruteForced | TargetError::Unauthorized)
        ),
        "{refused:?}"
    );
    while control.failed_logins() <= 10 {
        let wrong = "wrong".to_owned().into();
        let client = DavClient::new(&practice.server.url(), LOGIN, &wrong).unwrap();
        client.account().await.unwrap_err();
    }
    let locked_out = b.nextcloud.stat("").await;
    assert!(
        matches!(locked_out, Err(TargetError::BruteForced)),
        "{locked_out:?}"
    );
    let connecting = b.nextcloud.connect().await;
    assert!(
        matches!(connecting, Err(TargetError::BruteForced)),
        "{connecting:?}"
    );
}

#[tokio::test]
async fn a_disabled_account_is_told_and_not_asked_again() {
    let (practice, b) = start().await;
    practice.server.control().set_disabled("alice", true);
    let error = b.nextcloud.connect().await.unwrap_err();
    assert!(matches!(error, TargetError::AccountDisabled), "{error:?}");
    assert!(!error.is_passing());
}

#[tokio::test]
async fn maintenance_is_told_everywhere() {
    let (practice, b) = start().await;
    practice.server.control().set_maintenance(true);
    let path = b.at("a");
    let errors = [
        b.nextcloud.connect().await.unwrap_err(),
        b.nextcloud.stat("").await.unwrap_err(),
        b.nextcloud
            .put(&put_to(&path), body("abc"))
            .await
            .unwrap_err(),
        b.nextcloud
            .bulk(&[bulk_file(path.clone(), "abc")])
            .await
            .unwrap_err(),
        b.nextcloud.make_folder(&b.at("d")).await.unwrap_err(),
    ];
    for error in errors {
        assert!(
            matches!(error, TargetError::Maintenance { .. }),
            "{error:?}"
        );
        assert!(error.is_passing() && error.concerns_all());
    }
    practice.server.control().set_maintenance(false);
    b.nextcloud.put(&put_to(&path), body("abc")).await.unwrap();
}

#[tokio::test]
async fn an_old_server_is_refused() {
    let practice = Practice::start(|config| config.version = "27.1.11".into()).await;
    let error = practice.nextcloud(PASSWORD).connect().await.unwrap_err();
    assert!(matches!(error, TargetError::TooOld { .. }), "{error:?}");
}

#[tokio::test]
async fn what_does_not_fit_is_told_before_and_after() {
    let (practice, b) = start().await;
    practice
        .server
        .control()
        .set_quota("alice", Some(10_000))
        .unwrap();
    assert_eq!(b.nextcloud.free_space().await.unwrap(), Some(10_000));
    let path = b.at("fits");
    let half = "x".repeat(6_000);
    b.nextcloud.put(&put_to(&path), body(&half)).await.unwrap();
    assert_eq!(b.nextcloud.free_space().await.unwrap(), Some(4_000));
    let path = b.at("does not");
    let full = b.nextcloud.put(&put_to(&path), body(&half)).await;
    assert!(matches!(full, Err(TargetError::Full { .. })), "{full:?}");
    assert!(b.entry("does not").await.is_none());
    // A piece that would fit, of a whole that cannot, is refused at once.
    let upload = UploadId("full".into());
    b.nextcloud.begin_upload(&upload, &path).await.unwrap();
    let piece = Bytes::from_static(b"x");
    let full = b
        .nextcloud
        .put_chunk(&upload, 1, &path, Some(1 << 40), piece);
    let full = full.await;
    assert!(matches!(full, Err(TargetError::Full { .. })), "{full:?}");
    // In a bulk only the one that does not fit fails.
    let files = [
        bulk_file(b.at("a"), "1"),
        bulk_file(b.at("b"), half.clone()),
        bulk_file(b.at("c"), "3"),
    ];
    let results = b.nextcloud.bulk(&files).await.unwrap();
    let ok: Vec<bool> = results.iter().map(Result::is_ok).collect();
    assert_eq!(ok, [true, false, true]);
}

#[tokio::test]
async fn a_locked_file_is_locked_for_everything() {
    let (practice, b) = start().await;
    let path = b.at("a");
    let control = practice.server.control();
    control.lock_path("alice", &path, true);
    let locked = b.nextcloud.put(&put_to(&path), body("abc")).await;
    assert!(matches!(locked, Err(TargetError::Locked)), "{locked:?}");
    control.lock_path("alice", &path, false);
    b.nextcloud.put(&put_to(&path), body("abc")).await.unwrap();
}

async fn uploaded(b: &Bench, path: &str) -> UploadId {
    let upload = UploadId("u".into());
    b.nextcloud.begin_upload(&upload, path).await.unwrap();
    for number in [1, 2] {
        let bytes = Bytes::from(vec![7; 1000]);
        let sent = b
            .nextcloud
            .put_chunk(&upload, number, path, Some(2000), bytes);
        sent.await.unwrap();
    }
    upload
}

#[tokio::test]
async fn an_assembly_that_outlasts_the_proxy_is_awaited() {
    let (practice, b) = start().await;
    let control = practice.server.control();
    control.set_assembly(Assembly {
        takes: Duration::from_millis(600),
        gateway_gives_up: Some(Duration::from_millis(50)),
    });
    let path = b.at("big");
    let upload = uploaded(&b, &path).await;
    let stored = b
        .nextcloud
        .assemble(&upload, &put_to(&path), 2000)
        .await
        .unwrap();
    assert_eq!(stored.hash, None);
    let moves: Vec<_> = control
        .last_requests()
        .into_iter()
        .filter(|seen| seen.method == "MOVE")
        .filter_map(|seen| seen.status)
        .collect();
    assert_eq!(moves.first(), Some(&504), "{moves:?}");
    assert!(moves.contains(&423), "{moves:?}");
    let hash = b
        .nextcloud
        .recalculate_hash(&path, HashAlgorithm::Sha256)
        .await;
    assert_eq!(hash.unwrap().hex, sha256(&[7; 2000]));
    assert!(control.uploads("alice").is_empty());
}

#[tokio::test]
async fn an_assembly_whose_answer_is_lost_on_the_way_is_found() {
    let (practice, b) = start().await;
    let path = b.at("big");
    let upload = uploaded(&b, &path).await;
    let lost = Faults::none().then("MOVE", Fault::ResetAfter, 1);
    practice.server.control().set_faults(lost.clone());
    let stored = b
        .nextcloud
        .assemble(&upload, &put_to(&path), 2000)
        .await
        .unwrap();
    assert_eq!(lost.hits(), 1, "the fault struck");
    assert_eq!(b.entry("big").await.unwrap().etag, stored.etag);
}

#[tokio::test]
async fn an_upload_thrown_away_by_the_server_is_told() {
    let (practice, b) = start().await;
    let path = b.at("big");
    let upload = uploaded(&b, &path).await;
    practice.server.control().drop_upload("alice", "u").unwrap();
    let gone = b.nextcloud.assemble(&upload, &put_to(&path), 2000).await;
    assert!(matches!(gone, Err(TargetError::UploadGone)), "{gone:?}");
}

#[tokio::test]
async fn a_bulk_that_is_not_offered_or_refused_is_told() {
    let (practice, b) = start().await;
    let control = practice.server.control();
    let files = [bulk_file(b.at("a"), "1")];
    control.set_bulk(Bulk::Absent);
    assert_eq!(
        b.nextcloud.connect().await.unwrap().bulk,
        BulkSupport::Absent
    );
    for bulk in [
        Bulk::Absent,
        Bulk::Refused(500),
        Bulk::Refused(403),
        Bulk::Refused(400),
    ] {
        control.set_bulk(bulk);
        let refused = b.nextcloud.bulk(&files).await;
        assert!(refused.is_err(), "{bulk:?}: {refused:?}");
        assert!(b.entry("a").await.is_none());
    }
    control.set_bulk(Bulk::Offered);
    b.nextcloud.bulk(&files).await.unwrap()[0].as_ref().unwrap();
}

#[tokio::test]
async fn an_answer_lost_after_a_put_may_have_happened() {
    let (practice, b) = start().await;
    let lost = Faults::none().then("PUT", Fault::ResetAfter, 1);
    practice.server.control().set_faults(lost.clone());
    let path = b.at("a");
    let error = b
        .nextcloud
        .put(&put_to(&path), body("abc"))
        .await
        .unwrap_err();
    assert!(error.is_passing() && error.may_have_happened(), "{error:?}");
    assert_eq!(b.read("a").await.unwrap(), b"abc");
    let again = b.nextcloud.put(&put_to(&path), body("abc")).await;
    assert!(matches!(again, Err(TargetError::Taken)), "{again:?}");
}

#[tokio::test]
async fn a_flipped_byte_shows_in_the_computed_hash() {
    let (practice, b) = start().await;
    let flip = Faults::none().then("PUT", Fault::FlipUpload { at: 500 }, 1);
    practice.server.control().set_faults(flip);
    let path = b.at("a");
    let stored = b.nextcloud.put(&put_to(&path), body("abc")).await.unwrap();
    assert_ne!(stored.hash.unwrap().hex, sha256(b"abc"));
}

#[tokio::test]
async fn short_requests_ride_out_the_weather() {
    let (practice, b) = start().await;
    let path = b.at("a");
    b.nextcloud.put(&put_to(&path), body("abc")).await.unwrap();
    for fault in [
        Fault::ServerError,
        Fault::ResetBefore,
        Fault::Unavailable { retry_after: None },
        Fault::TooManyRequests {
            retry_after: Some(0),
        },
        Fault::ShortBody { kept: 500 },
        Fault::CloseAfter,
    ] {
        let faults = Faults::none().then("PROPFIND", fault, 2);
        practice.server.control().set_faults(faults.clone());
        let stat = b.nextcloud.stat(&path).await;
        assert!(matches!(stat, Ok(Some(_))), "{fault:?}: {stat:?}");
        assert!(faults.hits() > 0, "{fault:?}");
    }
}

#[tokio::test]
async fn lost_connections_are_the_host_s_and_wrong_paths_the_item_s() {
    let (practice, b) = start().await;
    b.nextcloud.connect().await.unwrap();
    practice.server.stop().await;
    let error = b.nextcloud.stat("").await.unwrap_err();
    assert!(error.is_passing() && error.concerns_all(), "{error:?}");
    let error = b.nextcloud.stat("a/../b").await.unwrap_err();
    assert!(!error.is_passing() && !error.concerns_all(), "{error:?}");
    let _: LoginError = LoginFlow::start(&b.url).await.unwrap_err();
}
