use super::*;

const ABOUT: [(&str, &str); 1] = [("fields", "user")];

fn weather(asking: &Asking, needle: &str, fault: Fault) {
    let faults = Faults::none().then(needle, fault, 1);
    asking.server.control().set_faults(faults);
}

#[tokio::test]
async fn refuses_as_google_refuses() {
    let asking = Asking::with(0).await;
    let limit = |retry_after| Fault::TooManyRequests { retry_after };
    let busy = |retry_after| Fault::Unavailable { retry_after };
    for (fault, status, reason, wait) in [
        (limit(None), 403, "userRateLimitExceeded", None),
        (limit(Some(2)), 429, "rateLimitExceeded", Some("2")),
        (busy(Some(3)), 503, "backendError", Some("3")),
        (Fault::ServerError, 500, "backendError", None),
    ] {
        weather(&asking, "about", fault);
        let answer = asking
            .request("drive/v3/about", &ABOUT)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), status);
        let retry = answer.headers().get("retry-after").cloned();
        assert_eq!(retry.as_ref().map(|r| r.to_str().unwrap()), wait);
        let body: Value = answer.json().await.unwrap();
        assert_eq!(explain(status, &body).1, reason);
        asking.ok("drive/v3/about", &ABOUT).await;
    }
    weather(&asking, "about", Fault::GatewayTimeout);
    let answer = asking
        .request("drive/v3/about", &ABOUT)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    assert!(answer.text().await.unwrap().starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn breaks_connections_and_bytes() {
    let asking = Asking::with(0).await;
    let path = format!("drive/v3/files/{}", asking.id("twin-1"));
    let (node, _) = asking.server.control().item(&asking.id("twin-1")).unwrap();
    let content = node.content().unwrap();
    let right = content.bytes(0, content.length);
    let media = || asking.request(&path, &[("alt", "media")]).send();
    for fault in [Fault::ResetBefore, Fault::ResetAfter] {
        weather(&asking, "files.media", fault);
        assert!(media().await.is_err());
        assert_eq!(media().await.unwrap().bytes().await.unwrap(), right);
    }
    weather(&asking, "files.media", Fault::ShortBody { kept: 500 });
    let short = media().await.unwrap();
    assert_eq!(short.content_length(), Some(content.length));
    assert!(short.bytes().await.is_err());
    weather(&asking, "files.media", Fault::FlipDownload { at: 500 });
    let flipped = media().await.unwrap().bytes().await.unwrap();
    let wrong = flipped.iter().zip(&right).filter(|(a, b)| a != b).count();
    assert_eq!((flipped.len(), wrong), (right.len(), 1));
    weather(&asking, "files.media", Fault::CloseAfter);
    let answer = media().await.unwrap();
    assert_eq!(answer.headers()["connection"], "close");
    assert_eq!(answer.bytes().await.unwrap(), right);
    weather(&asking, "files.list", Fault::ShortBody { kept: 300 });
    let list = asking.request("drive/v3/files", &[]).send().await.unwrap();
    assert!(list.bytes().await.is_err());
}

#[tokio::test]
async fn a_seeded_storm_spares_what_nobody_can_prove() {
    let mut config = Config::new(1, 0);
    config.faults = Faults::seeded_only(3, 1.0, [Kind::FlipDownload]);
    let asking = Asking::of(config).await;
    let download = async |label: &str| {
        let (node, _) = asking.server.control().item(&asking.id(label)).unwrap();
        let content = node.content().unwrap();
        let path = format!("drive/v3/files/{}", node.id);
        let answer = asking
            .request(&path, &[("alt", "media")])
            .send()
            .await
            .unwrap();
        answer.bytes().await.unwrap() == content.bytes(0, content.length)
    };
    assert!(!download("twin-1").await);
    assert!(download("no-digest").await);
    let odt = [("mimeType", "application/vnd.oasis.opendocument.text")];
    let path = format!("drive/v3/files/{}/export", asking.id("doc-budget"));
    let one = asking.request(&path, &odt).send().await.unwrap();
    let two = asking.request(&path, &odt).send().await.unwrap();
    assert_eq!(one.bytes().await.unwrap(), two.bytes().await.unwrap());
}

#[tokio::test]
async fn requests_are_counted() {
    let asking = Asking::with(0).await;
    asking.server.control().forget_requests();
    let path = format!("drive/v3/files/{}", asking.id("twin-1"));
    asking.ok(&path, &[]).await;
    asking
        .request(&path, &[("alt", "media")])
        .send()
        .await
        .unwrap();
    asking
        .request(&path, &[("alt", "media")])
        .send()
        .await
        .unwrap();
    asking.ok("drive/v3/files", &[]).await;
    let control = asking.server.control();
    let counts = control.requests();
    assert_eq!(counts["files.media"], 2);
    assert_eq!((counts["files.get"], counts["files.list"]), (1, 1));
    assert_eq!(control.requests_of(&format!("/{path}")), 3);
}
