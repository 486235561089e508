use super::*;

const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0123456789";

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER.as_bytes()))
}

impl Asking {
    async fn authorize(&self, more: &[(&str, &str)]) -> reqwest::Response {
        let challenge = challenge();
        let mut query: HashMap<&str, &str> = [
            ("client_id", self.config.client_id.as_str()),
            ("response_type", "code"),
            ("token_access_type", "offline"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("state", "S"),
            ("scope", "account_info.read files.content.read"),
        ]
        .into();
        query.extend(more.iter().copied());
        let request = self.client.get(self.url("oauth2/authorize"));
        request.query(&query).send().await.unwrap()
    }

    /// The code that the browser brings back.
    async fn code(&self) -> String {
        let redirect = self.config.redirects[0].as_str();
        let answer = self.authorize(&[("redirect_uri", redirect)]).await;
        assert_eq!(answer.status(), 302);
        let to = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        assert!(to.as_str().starts_with(redirect), "{to}");
        let pairs: HashMap<_, _> = to.query_pairs().collect();
        assert_eq!(pairs["state"], "S");
        pairs["code"].to_string()
    }
}

#[tokio::test]
async fn a_code_is_exchanged_once_with_the_right_verifier_and_address() {
    let asking = Asking::with(0).await;
    asking.control().set_auto_consent(Some(AutoConsent::Allow));
    let redirect = asking.config.redirects[0].clone();
    let form = |code: &str, verifier: &str, redirect: &str| {
        [
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("code_verifier", verifier.to_owned()),
            ("redirect_uri", redirect.to_owned()),
        ]
    };
    let token = async |form: &[(&str, String)]| {
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
        asking.token(&form).await
    };
    let code = asking.code().await;
    let (status, answer) = token(&form(&code, VERIFIER, &redirect)).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["scope"], "account_info.read files.content.read");
    assert_eq!(answer["token_type"], "bearer");
    assert_eq!(answer["expires_in"], 14_400);
    assert!(answer["refresh_token"].is_string() && answer["account_id"].is_string());
    let (status, answer) = token(&form(&code, VERIFIER, &redirect)).await;
    assert_eq!(
        (status, answer["error"].as_str()),
        (400, Some("invalid_grant"))
    );
    for (verifier, redirect) in [
        (
            "another-verifier-of-at-least-forty-three-characters",
            &*redirect,
        ),
        (VERIFIER, "http://127.0.0.1:17646/"),
    ] {
        let code = asking.code().await;
        let (status, answer) = token(&form(&code, verifier, redirect)).await;
        assert_eq!(
            (status, answer["error"].as_str()),
            (400, Some("invalid_grant"))
        );
    }
}

#[tokio::test]
async fn only_registered_addresses_are_gone_back_to() {
    let asking = Asking::with(0).await;
    asking.control().set_auto_consent(Some(AutoConsent::Allow));
    for redirect in [
        "http://127.0.0.1:17645",
        "http://localhost:17645/",
        "http://127.0.0.1:17648/",
        "https://evil.example/",
    ] {
        let answer = asking.authorize(&[("redirect_uri", redirect)]).await;
        assert_eq!(answer.status(), 400, "{redirect}");
        assert!(answer.text().await.unwrap().contains("exactly match"));
    }
}

#[tokio::test]
async fn without_an_address_the_code_is_shown() {
    let asking = Asking::with(0).await;
    let page = asking.authorize(&[]).await;
    assert!(page.text().await.unwrap().contains("files.content.read"));
    asking.control().set_auto_consent(Some(AutoConsent::Allow));
    let page = asking.authorize(&[]).await.text().await.unwrap();
    let (_, rest) = page.split_once("data-token=\"").unwrap();
    let (code, _) = rest.split_once('"').unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("code_verifier", VERIFIER),
    ];
    let (status, answer) = asking.token(&form).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test]
async fn what_is_not_ticked_is_not_in_the_token() {
    let mut asking = Asking::with(0).await;
    asking.control().set_permissions(&["account_info.read"]);
    asking.control().set_auto_consent(Some(AutoConsent::Allow));
    let code = asking.code().await;
    let redirect = asking.config.redirects[0].clone();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("code_verifier", VERIFIER),
        ("redirect_uri", &redirect),
    ];
    let (_, answer) = asking.token(&form).await;
    assert_eq!(answer["scope"], "account_info.read");
    text(&answer, "access_token").clone_into(&mut asking.token);
    asking.ok("users/get_current_account", &Value::Null).await;
    let (status, answer) = asking.rpc("files/list_folder", &whole()).await;
    assert_eq!((status, tags(&answer).as_str()), (401, "missing_scope"));
    assert_eq!(answer["error"]["required_scope"], "files.metadata.read");
}

#[tokio::test]
async fn a_no_is_brought_back() {
    let asking = Asking::with(0).await;
    asking.control().set_auto_consent(Some(AutoConsent::Deny));
    let redirect = asking.config.redirects[0].as_str();
    let answer = asking.authorize(&[("redirect_uri", redirect)]).await;
    let to = answer.headers()["location"].to_str().unwrap();
    assert!(
        to.contains("error=access_denied") && to.contains("state=S"),
        "{to}"
    );
}

#[tokio::test]
async fn tokens_end_and_are_revoked() {
    let mut asking = Asking::with(0).await;
    let account = json!(null);
    asking.control().advance(Duration::from_secs(14_401));
    let refused = asking.refused("users/get_current_account", &account).await;
    assert_eq!(refused, (401, "expired_access_token".into()));
    asking.refresh().await;
    asking.ok("auth/token/revoke", &account).await;
    let refused = asking.refused("users/get_current_account", &account).await;
    assert_eq!(refused, (401, "invalid_access_token".into()));
    let token = asking.server.refresh_token().to_owned();
    let form = [("grant_type", "refresh_token"), ("refresh_token", &token)];
    let (status, answer) = asking.token(&form).await;
    assert_eq!(
        (status, answer["error"].as_str()),
        (400, Some("invalid_grant"))
    );
    asking.token = "nonsense".into();
    let (status, answer) = asking.rpc("users/get_current_account", &account).await;
    assert_eq!(status, 400);
    assert!(answer.as_str().unwrap().contains("malformed"), "{answer}");
}

#[tokio::test]
async fn sign_ins_outlive_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        storage: Some(folder.path().join("dropbox")),
        ..Config::new(1, 0)
    };
    let asking = Asking::of(config.clone()).await;
    asking.control().set_auto_consent(Some(AutoConsent::Allow));
    let code = asking.code().await;
    let redirect = asking.config.redirects[0].clone();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("code_verifier", VERIFIER),
        ("redirect_uri", &redirect),
    ];
    let (_, answer) = asking.token(&form).await;
    let refresh = text(&answer, "refresh_token").to_owned();
    let again = Asking::of(config).await;
    let form = [("grant_type", "refresh_token"), ("refresh_token", &refresh)];
    assert_eq!(again.token(&form).await.0, 200);
}
