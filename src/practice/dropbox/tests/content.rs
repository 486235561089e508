use super::*;

#[tokio::test]
async fn downloads_by_range_with_the_metadata_in_a_header() {
    let asking = Asking::with(0).await;
    let id = asking.id("name-emoji");
    let node = asking.control().item(&id).unwrap();
    let whole = node.content().unwrap().bytes(0, u64::MAX);
    let arg = json!({"path": id});
    let answer = asking.content("files/download", &arg).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let result = answer.headers()["dropbox-api-result"].to_str().unwrap();
    assert!(result.is_ascii());
    let result: Value = serde_json::from_str(result).unwrap();
    assert_eq!(result["name"], node.name.as_str());
    assert!(result.get(".tag").is_none());
    let etag = answer.headers()["etag"].clone();
    assert_eq!(answer.content_length(), Some(whole.len() as u64));
    let bytes = answer.bytes().await.unwrap();
    assert_eq!(bytes, whole);
    assert_eq!(
        digest(HashAlgorithm::Dropbox, &bytes).hex,
        text(&result, "content_hash")
    );

    let part = asking
        .content("files/download", &arg)
        .header("Range", "bytes=2-4");
    let answer = part.send().await.unwrap();
    assert_eq!(answer.status(), 206);
    let range = format!("bytes 2-4/{}", whole.len());
    assert_eq!(answer.headers()["content-range"], range.as_str());
    assert_eq!(answer.bytes().await.unwrap(), whole[2..5]);
    let beyond = asking
        .content("files/download", &arg)
        .header("Range", "bytes=9999999-");
    assert_eq!(beyond.send().await.unwrap().status(), 416);
    let known = asking
        .content("files/download", &arg)
        .header("If-None-Match", etag);
    assert_eq!(known.send().await.unwrap().status(), 304);

    // As a GET, with the argument in the address.
    let url = Url::parse_with_params(
        asking.url("2/files/download").as_str(),
        [("arg", arg.to_string())],
    )
    .unwrap();
    let answer = asking
        .client
        .get(url)
        .bearer_auth(&asking.token)
        .send()
        .await;
    assert_eq!(answer.unwrap().bytes().await.unwrap(), whole);
}

#[tokio::test]
async fn an_argument_that_is_not_ascii_is_refused() {
    let asking = Asking::with(0).await;
    let request = asking
        .client
        .post(asking.url("2/files/download"))
        .bearer_auth(&asking.token)
        .header("Dropbox-API-Arg", "{\"path\":\"/été\"}".as_bytes());
    let (status, answer) = asking.send(request).await;
    assert_eq!(status, 400, "{answer}");
}

#[tokio::test]
async fn what_cannot_be_downloaded_says_so() {
    let asking = Asking::with(0).await;
    for (label, expected) in [
        ("restricted", "path/restricted_content"),
        ("unsupported", "unsupported_file"),
        ("unsupported-type", "path/unsupported_content_type"),
        ("paper", "unsupported_file"),
        ("names", "path/not_file"),
    ] {
        let request = asking.content("files/download", &json!({"path": asking.id(label)}));
        let (status, answer) = asking.send(request).await;
        assert_eq!((status, tags(&answer).as_str()), (409, expected), "{label}");
    }
}

#[tokio::test]
async fn documents_are_exported() {
    let asking = Asking::with(0).await;
    for (label, format, extension) in [
        ("paper", Some("markdown"), "md"),
        ("paper", Some("html"), "html"),
        ("paper", None, "html"),
        ("gsheet", Some("xlsx"), "xlsx"),
        ("gdoc", None, "docx"),
        ("web", Some("url"), "url"),
    ] {
        let mut arg = json!({"path": asking.id(label)});
        if let Some(format) = format {
            arg["export_format"] = format.into();
        }
        let answer = asking.content("files/export", &arg).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{label}");
        let result = answer.headers()["dropbox-api-result"].to_str().unwrap();
        let result: Value = serde_json::from_str(result).unwrap();
        let metadata = &result["export_metadata"];
        assert!(text(metadata, "name").ends_with(&format!(".{extension}")));
        let bytes = answer.bytes().await.unwrap();
        assert_eq!(metadata["size"], bytes.len());
        let hash = digest(HashAlgorithm::Dropbox, &bytes).hex;
        assert_eq!(text(metadata, "export_hash"), hash);
    }
    let export = async |label: &str, format: Option<&str>| {
        let mut arg = json!({"path": asking.id(label)});
        if let Some(format) = format {
            arg["export_format"] = format.into();
        }
        let (status, answer) = asking.send(asking.content("files/export", &arg)).await;
        (status, tags(&answer))
    };
    assert_eq!(
        export("gdoc", Some("html")).await.1,
        "invalid_export_format"
    );
    assert_eq!(export("plain", None).await.1, "non_exportable");
    assert_eq!(export("not-exportable", None).await.1, "non_exportable");
    assert_eq!(export("paper-slow", None).await.1, "retry_error");
    assert_eq!(export("paper-slow", None).await.1, "retry_error");
    let ready = asking.content("files/export", &json!({"path": asking.id("paper-slow")}));
    assert_eq!(ready.send().await.unwrap().status(), 200);
    asking.control().set_paper_disabled(true);
    assert_eq!(
        export("paper", None).await,
        (403, "paper_access_denied/paper_disabled".into())
    );
}
