use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use transhumance::dav::NotNextcloud;
use transhumance::target::{Nextcloud, Patience, TargetError};
use url::Url;

use crate::stranger::*;

#[tokio::test]
async fn what_is_no_nextcloud_gets_no_password() {
    let what = |error: TargetError| match error {
        TargetError::NotNextcloud { what } => what,
        other => panic!("{other:?}"),
    };
    let page = html(
        200,
        "<!DOCTYPE html><html><h1>Welcome to nginx!</h1></html>",
    );
    let (error, passwords) = connect_to(page).await;
    assert_eq!((what(error), passwords), (NotNextcloud::Html, 0));
    let portal = html(200, "<html><form><input type=\"password\"></form></html>");
    let (error, passwords) = connect_to(portal).await;
    assert_eq!((what(error), passwords), (NotNextcloud::LoginPage, 0));
    for strange in [
        reply(200, r#"{"hello":"world"}"#),
        reply(200, ""),
        html(404, "<html>Not Found</html>"),
        reply(403, ""),
        reply(401, ""),
    ] {
        let (error, passwords) = connect_to(strange.clone()).await;
        assert!(
            matches!(error, TargetError::NotNextcloud { .. }),
            "{strange:?}: {error:?}"
        );
        assert_eq!(passwords, 0);
    }
}

#[tokio::test]
async fn a_redirect_is_told_and_not_followed() {
    let to = "https://elsewhere.example/cloud/status.php?token=secret";
    let moved = (301, vec![("location", to.to_owned())], String::new());
    let (error, passwords) = connect_to(moved).await;
    let TargetError::Redirected { to } = error else {
        panic!("{error:?}")
    };
    assert_eq!(to, "https://elsewhere.example/cloud/status.php");
    assert_eq!(passwords, 0);
}

#[tokio::test]
async fn servers_that_cannot_be_used_now_or_ever() {
    let (error, _) = connect_to(reply(200, STATUS.replace("34.0.1", "27.1.11"))).await;
    assert!(matches!(error, TargetError::TooOld { version } if version == "27.1.11"));
    for flag in ["maintenance", "needsDbUpgrade"] {
        let status = STATUS.replace(&format!("\"{flag}\":false"), &format!("\"{flag}\":true"));
        let (error, _) = connect_to(reply(200, status)).await;
        assert!(
            matches!(error, TargetError::Maintenance { .. }),
            "{error:?}"
        );
    }
    let untrusted = reply(400, r#"{"error": "Trusted domain error.", "code": 15}"#);
    let (error, _) = connect_to(untrusted).await;
    assert!(matches!(error, TargetError::UntrustedDomain), "{error:?}");
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let patience = Patience {
        first_retry: Duration::from_millis(1),
        ..Patience::default()
    };
    let nextcloud = Nextcloud::new(&url, "alice", "x".to_owned().into())
        .unwrap()
        .with_patience(patience);
    let error = nextcloud.connect().await.unwrap_err();
    assert!(
        matches!(error, TargetError::Unreachable { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn close_to_a_lock_out_no_password_is_tried() {
    let stranger = Stranger::new(|asked| match asked.path.as_str() {
        "/ocs/v2.php/cloud/capabilities" => reply(
            200,
            r#"{"ocs":{"data":{"capabilities":{"bruteforce":{"delay":25000}}}}}"#,
        ),
        _ => healthy(asked),
    })
    .await;
    let error = stranger.nextcloud().connect().await.unwrap_err();
    assert!(matches!(error, TargetError::BruteForced), "{error:?}");
    assert_eq!(stranger.passwords(), 0);
}

#[tokio::test]
async fn a_bad_login_is_tried_once() {
    let unauthorized = sabre(401, r"Sabre\DAV\Exception\NotAuthenticated", "x");
    let second_factor = sabre(
        401,
        r"OCA\DAV\Connector\Sabre\Exception\PasswordLoginForbidden",
        "x",
    );
    let disabled = sabre(
        503,
        r"Sabre\DAV\Exception\ServiceUnavailable",
        r"OC\User\DisabledUserException: Compte désactivé",
    );
    let throttled = sabre(
        429,
        r"OCP\AppFramework\OCS\TooManyRequests",
        "Reached maximum delay",
    );
    for (answer, is) in [
        (unauthorized, "Unauthorized"),
        (second_factor, "PasswordLoginForbidden"),
        (disabled, "AccountDisabled"),
        (throttled, "BruteForced"),
    ] {
        let stranger = Stranger::new(move |asked| {
            if asked.headers.contains_key("authorization") {
                answer.clone()
            } else {
                healthy(asked)
            }
        })
        .await;
        let error = stranger.nextcloud().connect().await.unwrap_err();
        assert_eq!(format!("{error:?}"), is);
        assert!(error.concerns_all() && !error.is_passing());
        assert_eq!(stranger.passwords(), 1, "{is}");
    }
}

#[tokio::test]
async fn short_requests_are_repeated_by_themselves() {
    let failures = AtomicUsize::new(0);
    let stranger = Stranger::new(move |asked| {
        if asked.method == "PROPFIND" && failures.fetch_add(1, Ordering::SeqCst) < 2 {
            return html(502, "<html>Bad Gateway</html>");
        }
        healthy(asked)
    })
    .await;
    assert!(stranger.nextcloud().stat("a").await.unwrap().is_none());
    assert_eq!(stranger.count(|one| one.method == "PROPFIND"), 3);
}

#[tokio::test]
async fn a_long_pause_is_left_to_the_queue() {
    let stranger = Stranger::new(|asked| match asked.method.as_str() {
        "PROPFIND" => (429, vec![("retry-after", "3600".to_owned())], String::new()),
        _ => healthy(asked),
    })
    .await;
    let error = stranger.nextcloud().stat("a").await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(stranger.count(|one| one.method == "PROPFIND"), 1);
}
