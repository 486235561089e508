use super::*;

const REDIRECT: &str = "http://127.0.0.1:51234/back";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// The answer to the address of the consent page: status, where it leads, and the page.
async fn auth(asking: &Asking, changes: &[(&str, &str)]) -> (u16, HashMap<String, String>, String) {
    let url = auth_url(asking, changes);
    follow(asking.client.get(url)).await
}

fn auth_url(asking: &Asking, changes: &[(&str, &str)]) -> Url {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let scope = format!("{SCOPE} email openid");
    let mut query: Vec<(&str, &str)> = vec![
        ("client_id", &asking.config.client_id),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", &scope),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("state", "s&t"),
        ("access_type", "offline"),
    ];
    for (name, value) in changes {
        query.retain(|(known, _)| known != name);
        query.push((name, value));
    }
    let mut url = asking.url("o/oauth2/v2/auth");
    url.query_pairs_mut().extend_pairs(query);
    url
}

async fn follow(request: reqwest::RequestBuilder) -> (u16, HashMap<String, String>, String) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let location = answer.headers().get("location").map(|to| {
        let to = Url::parse(to.to_str().unwrap()).unwrap();
        assert!(to.as_str().starts_with(REDIRECT));
        to.query_pairs().into_owned().collect()
    });
    (
        status,
        location.unwrap_or_default(),
        answer.text().await.unwrap(),
    )
}

async fn code(asking: &Asking) -> String {
    let consent = Some(AutoConsent::Allow);
    asking.server.control().set_auto_consent(consent);
    let (status, back, _) = auth(asking, &[]).await;
    assert_eq!((status, back["state"].as_str()), (302, "s&t"));
    back["code"].clone()
}

fn exchange<'a>(code: &'a str, verifier: &'a str, redirect: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("code_verifier", verifier),
        ("redirect_uri", redirect),
    ]
}

#[tokio::test]
async fn a_whole_sign_in() {
    let asking = Asking::with(0).await;
    let code = code(&asking).await;
    let (status, tokens) = asking.token(&exchange(&code, VERIFIER, REDIRECT)).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(tokens["expires_in"], 3599);
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(
        tokens["scope"],
        format!("{SCOPE} https://www.googleapis.com/auth/userinfo.email openid")
    );
    assert!(tokens["id_token"].as_str().unwrap().split('.').count() == 3);
    assert!(tokens.get("refresh_token_expires_in").is_none());
    let access = tokens["access_token"].as_str().unwrap();
    let info = asking.client.get(asking.url("oauth2/v3/userinfo"));
    let info: Value = info
        .bearer_auth(access)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(info["email"], asking.server.account());

    // A refresh gives no new refresh token.
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let (status, again) = asking.token(&form).await;
    assert_eq!((status, again.get("refresh_token")), (200, None));
    assert_ne!(again["access_token"], tokens["access_token"]);

    // Revoking either token ends the grant.
    let revoke = asking
        .client
        .post(asking.url("revoke"))
        .form(&[("token", access)]);
    assert_eq!(revoke.send().await.unwrap().status(), 200);
    let (status, refused) = asking.token(&form).await;
    assert_eq!((status, &refused["error"]), (400, &json!("invalid_grant")));
    let revoke = asking
        .client
        .post(asking.url("revoke"))
        .query(&[("token", access)]);
    assert_eq!(revoke.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn the_consent_page_is_a_form() {
    let asking = Asking::with(0).await;
    let calendar = "https://www.googleapis.com/auth/calendar.readonly";
    let scopes = format!("{SCOPE} {calendar} email");
    let (status, _, page) = auth(&asking, &[("scope", &scopes)]).await;
    assert_eq!(status, 200);
    assert_eq!(page.matches("type=\"checkbox\"").count(), 2);
    let url = auth_url(&asking, &[("scope", &scopes)]);
    let post = |form: &[(&str, &str)]| follow(asking.client.post(url.clone()).form(form));
    let (status, back, _) = post(&[("action", "deny")]).await;
    assert_eq!((status, back["error"].as_str()), (302, "access_denied"));
    let (_, back, _) = post(&[("action", "allow"), ("scope", calendar)]).await;
    assert!(back["scope"].contains(calendar) && !back["scope"].contains(SCOPE));
    let (_, tokens) = asking
        .token(&exchange(&back["code"], VERIFIER, REDIRECT))
        .await;
    assert!(!tokens["scope"].as_str().unwrap().contains("drive"));
    let (_, back, _) = post(&[("action", "allow"), ("scope", "all")]).await;
    assert!(back["scope"].contains(calendar) && back["scope"].contains(SCOPE));
    // One scope only: nothing to untick.
    let (_, _, page) = auth(&asking, &[]).await;
    assert!(!page.contains("checkbox") && page.contains(SCOPE));
    // A page may not be used to inject anything.
    let evil = format!("{SCOPE}<script> {calendar}");
    let (_, _, page) = auth(&asking, &[("scope", &evil)]).await;
    assert!(!page.contains("<script>"));
}

#[tokio::test]
async fn refuses_bad_requests_for_consent() {
    let asking = Asking::with(0).await;
    for (change, status, error) in [
        (("client_id", "other"), 401, "invalid_client"),
        (
            ("redirect_uri", "https://canard.example/"),
            400,
            "redirect_uri_mismatch",
        ),
        (
            ("redirect_uri", "urn:ietf:wg:oauth:2.0:oob"),
            400,
            "redirect_uri_mismatch",
        ),
        (("response_type", "token"), 400, "unsupported_response_type"),
        (("scope", "drive"), 400, "invalid_scope"),
        (("scope", ""), 400, "invalid_request"),
        (("code_challenge_method", "plain"), 400, "invalid_request"),
    ] {
        let (found, back, page) = auth(&asking, &[change]).await;
        assert_eq!(found, status, "{change:?}");
        assert!(back.is_empty() && page.contains(error), "{page}");
    }
    for port in [
        "http://127.0.0.1:1",
        "http://[::1]:2/x",
        "http://localhost:3",
    ] {
        let (status, _, _) = auth(&asking, &[("redirect_uri", port)]).await;
        assert_eq!(status, 200, "{port}");
    }
}

#[tokio::test]
async fn refuses_bad_exchanges() {
    let asking = Asking::with(0).await;
    let long = "x".repeat(129);
    for (verifier, redirect, error, text) in [
        ("", REDIRECT, "invalid_grant", "Missing code verifier."),
        ("wrong", REDIRECT, "invalid_grant", "Invalid code verifier."),
        (&long, REDIRECT, "invalid_grant", "Invalid code verifier."),
        (
            VERIFIER,
            "http://127.0.0.1:9",
            "redirect_uri_mismatch",
            "Bad Request",
        ),
    ] {
        let code = code(&asking).await;
        let (status, refused) = asking.token(&exchange(&code, verifier, redirect)).await;
        assert_eq!(status, 400);
        assert_eq!(refused, json!({"error": error, "error_description": text}));
        // A code is used up by a failure, too.
        let (status, refused) = asking.token(&exchange(&code, VERIFIER, REDIRECT)).await;
        assert_eq!(
            (status, &refused["error_description"]),
            (400, &json!("Bad Request"))
        );
    }
    let malformed = exchange("nonsense", VERIFIER, REDIRECT);
    let (_, refused) = asking.token(&malformed).await;
    assert_eq!(refused["error_description"], "Malformed auth code.");
    let old = code(&asking).await;
    asking.server.control().advance(Duration::from_secs(601));
    let (status, _) = asking.token(&exchange(&old, VERIFIER, REDIRECT)).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn refuses_bad_clients() {
    let asking = Asking::with(0).await;
    let refresh = asking.server.refresh_token();
    let (id, secret) = (&*asking.config.client_id, &*asking.config.client_secret);
    for (id, secret, grant, token, status, error, text) in [
        (
            id,
            "",
            "refresh_token",
            refresh,
            400,
            "invalid_request",
            "client_secret is missing.",
        ),
        (
            id,
            "x",
            "refresh_token",
            refresh,
            401,
            "invalid_client",
            "Unauthorized",
        ),
        (
            "x",
            secret,
            "refresh_token",
            refresh,
            401,
            "invalid_client",
            "The OAuth client was not found.",
        ),
        (
            id,
            secret,
            "refresh_token",
            "1//x",
            400,
            "invalid_grant",
            "Token has been expired or revoked.",
        ),
        (
            id,
            secret,
            "refresh_token",
            "x",
            400,
            "invalid_grant",
            "Bad Request",
        ),
        (
            id,
            secret,
            "password",
            "x",
            400,
            "unsupported_grant_type",
            "Invalid grant_type: password",
        ),
    ] {
        let form = [
            ("client_id", id),
            ("client_secret", secret),
            ("grant_type", grant),
            ("refresh_token", token),
        ];
        let (found, refused) = asking.token_with(&form).await;
        assert_eq!(found, status, "{form:?}");
        assert_eq!(refused, json!({"error": error, "error_description": text}));
    }
    let request = asking.client.post(asking.url("token"));
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let request = request.basic_auth(id, Some(secret)).form(&form);
    assert_eq!(request.send().await.unwrap().status(), 200);
    let control = asking.server.control();
    for (code, status) in [
        ("deleted_client", 401),
        ("admin_policy_enforced", 400),
        ("org_internal", 400),
    ] {
        control.set_token_refusal(Some((code, "no")));
        let (found, refused) = asking.token(&form).await;
        assert_eq!((found, &refused["error"]), (status, &json!(code)));
    }
}

#[tokio::test]
async fn tokens_end() {
    let mut asking = Asking::with(0).await;
    let control = asking.server.control().clone();
    let about = [("fields", "user")];
    control.advance(Duration::from_secs(3_600));
    let (status, answer) = asking.get("drive/v3/about", &about).await;
    assert_eq!(
        explain(status, &answer),
        failure(401, "authError", "Authorization")
    );
    assert_eq!(answer["error"]["status"], "UNAUTHENTICATED");
    assert_eq!(
        answer["error"]["errors"][0]["message"],
        "Invalid Credentials"
    );
    asking.refresh().await;
    asking.ok("drive/v3/about", &about).await;
    control.expire_access_tokens();
    assert_eq!(asking.error("drive/v3/about", &about).await.0, 401);
    control.set_token_lifetime(Duration::from_secs(5));
    asking.refresh().await;
    asking.ok("drive/v3/about", &about).await;
    control.advance(Duration::from_secs(6));
    assert_eq!(asking.error("drive/v3/about", &about).await.0, 401);
    control.revoke_all();
    let refresh = asking.server.refresh_token();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    assert_eq!(asking.token(&form).await.0, 400);
}

#[tokio::test]
async fn testing_mode_ends_after_seven_days() {
    let asking = Asking::with(0).await;
    asking.server.control().set_testing(true);
    let code = code(&asking).await;
    let (_, tokens) = asking.token(&exchange(&code, VERIFIER, REDIRECT)).await;
    assert_eq!(tokens["refresh_token_expires_in"], 604_799);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let day = Duration::from_secs(86_400);
    asking.server.control().advance(6 * day);
    assert_eq!(asking.token(&form).await.0, 200);
    asking.server.control().advance(2 * day);
    let (status, refused) = asking.token(&form).await;
    assert_eq!(status, 400);
    assert_eq!(
        refused["error_description"],
        "Token has been expired or revoked."
    );
}

#[tokio::test]
async fn scopes_and_projects_are_checked() {
    let asking = Asking::with(0).await;
    let control = asking.server.control();
    let about = [("fields", "user")];
    let file = asking.id("starred");
    let path = format!("drive/v3/files/{file}");
    control.set_scopes(&["https://www.googleapis.com/auth/drive.metadata.readonly"]);
    asking.ok(&path, &[]).await;
    let refused = failure(403, "insufficientPermissions", "");
    assert_eq!(asking.error(&path, &[("alt", "media")]).await, refused);
    control.set_scopes(&["openid"]);
    let (status, answer) = asking.get("drive/v3/about", &about).await;
    assert_eq!(explain(status, &answer), refused);
    assert_eq!(
        answer["error"]["details"][0]["reason"],
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    );
    control.set_scopes(&[SCOPE]);
    control.set_exhausted(true);
    let refused = failure(403, "dailyLimitExceeded", "");
    assert_eq!(asking.error("drive/v3/about", &about).await, refused);
    control.set_api_enabled(false);
    let (status, answer) = asking.get("drive/v3/about", &about).await;
    assert_eq!(
        explain(status, &answer),
        failure(403, "accessNotConfigured", "")
    );
    assert_eq!(answer["error"]["details"][0]["reason"], "SERVICE_DISABLED");
    let nobody = asking.client.get(asking.url("drive/v3/about?fields=user"));
    let answer = nobody.send().await.unwrap();
    assert_eq!(answer.status(), 403);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["error"]["status"], "PERMISSION_DENIED");
}

#[tokio::test]
async fn tokens_and_edits_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(1, 20);
    config.storage = Some(folder.path().join("google"));
    let asking = Asking::of(config.clone()).await;
    let made = asking.server.control().add_folder("root", "Neuf").unwrap();
    let token = asking.token.clone();
    asking.server.stop().await;
    let mut asking = Asking::of(config.clone()).await;
    asking.token = token;
    let file = asking.ok(&format!("drive/v3/files/{made}"), &[]).await;
    assert_eq!(file["name"], "Neuf");
    asking.server.control().revoke_all();
    asking.server.stop().await;
    let server = Server::start(config.clone()).await.unwrap();
    assert_eq!(server.control().item(&made).unwrap().0.name, "Neuf");
    server.stop().await;
    std::fs::write(folder.path().join("google/google.json"), "{").unwrap();
    let failed = Server::start(config).await;
    assert!(matches!(failed, Err(StartError::Storage { .. })));
}
