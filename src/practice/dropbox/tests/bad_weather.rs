use super::*;

fn weather(asking: &Asking, needle: &str, fault: Fault) {
    asking
        .control()
        .set_faults(Faults::none().then(needle, fault, 1));
}

#[tokio::test]
async fn too_many_requests_in_three_shapes() {
    let asking = Asking::with(0).await;
    let mut shapes = std::collections::BTreeSet::new();
    for (nth, retry_after) in [Some(1), None].into_iter().cycle().take(40).enumerate() {
        weather(
            &asking,
            "files/list_folder",
            Fault::TooManyRequests { retry_after },
        );
        let body = json!({"path": "", "limit": nth + 1}).to_string();
        let answer = asking
            .request("files/list_folder", body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 429);
        assert_eq!(answer.headers()["retry-after"], "1");
        let json = answer.headers()["content-type"] == "application/json";
        let text = answer.text().await.unwrap();
        if json {
            let body: Value = serde_json::from_str(&text).unwrap();
            let error = &body["error"];
            let reason = error["reason"][".tag"].as_str().unwrap().to_owned();
            assert_eq!(
                error.get("retry_after").is_some(),
                reason == "too_many_requests"
            );
            shapes.insert(reason);
        } else {
            shapes.insert(text);
        }
    }
    // The third shape has the words of the first, without JSON around them.
    assert_eq!(shapes.len(), 2, "{shapes:?}");
}

#[tokio::test]
async fn tokens_and_cursors_end_on_the_way() {
    let mut asking = Asking::with(0).await;
    let (_, cursor) = asking.list(&whole()).await;
    weather(&asking, "files/list_folder/continue", Fault::Expire);
    let refused = asking
        .refused("files/list_folder/continue", &json!({"cursor": cursor}))
        .await;
    assert_eq!(refused, (409, "reset".into()));
    asking.refresh().await;
    weather(&asking, "files/download", Fault::Expire);
    let request = asking.content("files/download", &json!({"path": asking.id("plain")}));
    let (status, answer) = asking.send(request).await;
    assert_eq!(
        (status, tags(&answer).as_str()),
        (401, "expired_access_token")
    );
    let refused = asking
        .refused("users/get_current_account", &Value::Null)
        .await;
    assert_eq!(refused, (401, "expired_access_token".into()));
}

#[tokio::test]
async fn bodies_break_off_and_bytes_flip() {
    let asking = Asking::with(0).await;
    let arg = json!({"path": asking.id("plain")});
    let whole = asking
        .control()
        .item(&asking.id("plain"))
        .unwrap()
        .content();
    let whole = whole.unwrap().bytes(0, u64::MAX);
    weather(&asking, "files/download", Fault::ShortBody { kept: 500 });
    let answer = asking.content("files/download", &arg).send().await.unwrap();
    assert!(answer.bytes().await.is_err());
    weather(&asking, "files/download", Fault::FlipDownload { at: 500 });
    let answer = asking.content("files/download", &arg).send().await.unwrap();
    let flipped = answer.bytes().await.unwrap();
    assert_eq!(flipped.len(), whole.len());
    assert_ne!(flipped, whole);
    weather(
        &asking,
        "files/export",
        Fault::Unavailable { retry_after: None },
    );
    let request = asking.content("files/export", &json!({"path": asking.id("paper")}));
    let (status, answer) = asking.send(request).await;
    assert_eq!((status, tags(&answer).as_str()), (409, "retry_error"));
}

#[tokio::test]
async fn what_nobody_could_notice_is_not_damaged() {
    let asking = Asking::with(0).await;
    let faults = Faults::seeded_only(1, 1.0, [Kind::FlipDownload]);
    asking.control().set_faults(faults);
    let id = asking.id("no-hash");
    let whole = asking.control().item(&id).unwrap().content().unwrap();
    let answer = asking.content("files/download", &json!({"path": id}));
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.bytes().await.unwrap(), whole.bytes(0, u64::MAX));
}
