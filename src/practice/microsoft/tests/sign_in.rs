use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::*;

const VERIFIER: &str = "0123456789012345678901234567890123456789012";

impl Asking {
    fn authorize(&self, tenant: &str, changes: &[(&str, &str)]) -> Url {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let mut query: Vec<(&str, &str)> = vec![
            ("client_id", &self.config.client_id),
            ("response_type", "code"),
            ("redirect_uri", "http://localhost:4711/"),
            ("scope", "offline_access User.Read Files.Read.All"),
            ("state", "s"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        query.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        query.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
        let path = format!("{tenant}/oauth2/v2.0/authorize");
        Url::parse_with_params(self.url(&path).as_str(), query).unwrap()
    }

    /// Where the browser is sent after a person's answer; `None`: a page is shown.
    async fn answered(&self, page: Url, action: &str) -> Option<HashMap<String, String>> {
        let request = self.client.post(page).form(&[("action", action)]);
        let answer = request.send().await.unwrap();
        let location = answer.headers().get("location")?.to_str().unwrap();
        let location = Url::parse(location).unwrap();
        Some(location.query_pairs().into_owned().collect())
    }

    async fn exchange(&self, code: &str, changes: &[(&str, &str)]) -> (u16, Value) {
        let mut form: Vec<(&str, &str)> = vec![
            ("client_id", &self.config.client_id),
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", "http://localhost:4711/"),
            ("code_verifier", VERIFIER),
        ];
        form.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        form.extend(changes);
        self.post("common/oauth2/v2.0/token", &form).await
    }
}

fn numbers(error: &Value) -> Vec<u64> {
    let codes = error["error_codes"].as_array().unwrap();
    codes.iter().map(|code| code.as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_code_is_exchanged_once() {
    let asking = Asking::with(Account::Work, 0).await;
    let page = asking.authorize("organizations", &[]);
    let back = asking.answered(page.clone(), "allow").await.unwrap();
    assert_eq!(back["state"], "s");
    let (status, tokens) = asking.exchange(&back["code"], &[]).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(tokens["token_type"], "Bearer");
    let scope = tokens["scope"].as_str().unwrap();
    assert!(
        scope.contains("https://graph.microsoft.com/Files.Read.All"),
        "{scope}"
    );
    assert!(!scope.contains("offline_access"));
    let (status, error) = asking.exchange(&back["code"], &[]).await;
    assert_eq!((status, &error["error"]), (400, &"invalid_grant".into()));

    let wrong = "x".repeat(43);
    for changes in [
        ("code_verifier", wrong.as_str()),
        ("redirect_uri", "http://localhost:4712/"),
    ] {
        let back = asking.answered(page.clone(), "allow").await.unwrap();
        let (status, error) = asking.exchange(&back["code"], &[changes]).await;
        assert_eq!((status, &error["error"]), (400, &"invalid_grant".into()));
    }
    let back = asking.answered(page.clone(), "allow").await.unwrap();
    let (status, error) = asking
        .exchange(&back["code"], &[("client_secret", "x")])
        .await;
    assert_eq!((status, numbers(&error)), (401, vec![700_025]));
    let back = asking.answered(page, "deny").await.unwrap();
    assert_eq!(back["error"], "access_denied");
    assert!(back["error_description"].starts_with("AADSTS65004"));
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_shown() {
    let asking = Asking::with(Account::Work, 0).await;
    for (tenant, change, shown) in [
        ("common", ("client_id", "nobody"), "AADSTS700016"),
        (
            "common",
            ("redirect_uri", "http://127.0.0.1:4711/"),
            "AADSTS50011",
        ),
        (
            "common",
            ("redirect_uri", "http://localhost:4711/back"),
            "AADSTS50011",
        ),
        (
            "common",
            ("redirect_uri", "https://evil.example/"),
            "AADSTS50011",
        ),
        ("consumers", ("state", "t"), "AADSTS50020"),
        ("other.example", ("state", "t"), "AADSTS90002"),
    ] {
        let page = asking.authorize(tenant, &[change]);
        let answer = asking.client.get(page).send().await.unwrap();
        assert_eq!(answer.status(), 400);
        let text = answer.text().await.unwrap();
        assert!(text.contains(shown), "{shown}: {text}");
    }
    let page = asking.authorize("common", &[("scope", "Nonsense.All")]);
    let back = asking.answered(page, "allow").await.unwrap();
    assert_eq!(back["error"], "invalid_scope");
}

#[tokio::test]
async fn personal_accounts_have_no_sites_to_allow() {
    let asking = Asking::with(Account::Personal, 0).await;
    let all = "offline_access Files.Read.All Sites.Read.All";
    let page = asking.authorize("common", &[("scope", all)]);
    let back = asking.answered(page, "allow").await.unwrap();
    assert_eq!(back["error"], "invalid_scope");
    assert!(back["error_description"].starts_with("AADSTS70011"));
    let page = asking.authorize("consumers", &[]);
    assert!(
        asking
            .answered(page, "allow")
            .await
            .unwrap()
            .contains_key("code")
    );
    let page = asking.authorize("organizations", &[]);
    assert!(asking.answered(page, "allow").await.is_none());
}

#[tokio::test]
async fn refresh_tokens_follow_each_other() {
    let asking = Asking::with(Account::Work, 0).await;
    let first = asking.server.refresh_token().to_owned();
    let next = |answer: &Value| answer["refresh_token"].as_str().unwrap().to_owned();
    let (_, answer) = asking.refresh("common", &first).await;
    let second = next(&answer);
    assert_ne!(second, first);
    // The older one is still good, as theirs are.
    assert_eq!(asking.refresh("common", &first).await.0, 200);
    asking.control().set_strict_rotation(true);
    let (_, answer) = asking.refresh("common", &second).await;
    let (status, error) = asking.refresh("common", &first).await;
    assert_eq!((status, numbers(&error)), (400, vec![50_173]));
    let third = next(&answer);
    assert_eq!(asking.refresh("common", &third).await.0, 200);
    let days = std::time::Duration::from_secs(91 * 86_400);
    asking.control().advance(days);
    let (status, error) = asking.refresh("common", &third).await;
    assert_eq!((status, numbers(&error)), (400, vec![700_082]));
    let (status, error) = asking.refresh("common", "M.C5nonsense").await;
    assert_eq!((status, &error["error"]), (400, &"invalid_grant".into()));
}

#[tokio::test]
async fn an_administrator_may_have_to_come_first() {
    let asking = Asking::with(Account::Work, 0).await;
    asking.control().set_admin_only(true);
    let page = asking.authorize("organizations", &[]);
    let shown = asking.client.get(page.clone()).send().await.unwrap();
    assert!(shown.text().await.unwrap().contains("Need admin approval"));
    let back = asking.answered(page.clone(), "return").await.unwrap();
    assert!(back["error_description"].starts_with("AADSTS90094"));
    let token = asking.server.refresh_token().to_owned();
    let (_, error) = asking.refresh("common", &token).await;
    assert_eq!(numbers(&error), [65_001]);
    assert_eq!(error["suberror"], "consent_required");

    let query = [
        ("client_id", asking.config.client_id.as_str()),
        ("redirect_uri", "http://localhost"),
        ("scope", "https://graph.microsoft.com/Files.Read.All"),
    ];
    let admin = asking.url("organizations/v2.0/adminconsent");
    let admin = Url::parse_with_params(admin.as_str(), query).unwrap();
    let back = asking.answered(admin, "allow").await.unwrap();
    assert_eq!(back["admin_consent"], "True");
    let back = asking.answered(page, "allow").await.unwrap();
    assert!(back.contains_key("code"));
    assert_eq!(asking.refresh("common", &token).await.0, 200);
}

#[tokio::test]
async fn a_code_is_entered_on_another_device() {
    let asking = Asking::with(Account::Work, 0).await;
    let ask = || async {
        let form = [
            ("client_id", asking.config.client_id.as_str()),
            ("scope", "offline_access Files.Read.All"),
        ];
        asking.post("common/oauth2/v2.0/devicecode", &form).await.1
    };
    let poll = |code: &Value| {
        let code = code["device_code"].as_str().unwrap().to_owned();
        let asking = &asking;
        async move {
            let form = [
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                ("client_id", asking.config.client_id.as_str()),
                ("device_code", &code),
            ];
            asking.post("common/oauth2/v2.0/token", &form).await
        }
    };
    let code = ask().await;
    assert_eq!(code["expires_in"], 900);
    assert_eq!(poll(&code).await.1["error"], "authorization_pending");
    let page: Url = code["verification_uri"].as_str().unwrap().parse().unwrap();
    let entered = asking.client.post(page).form(&[
        ("user_code", code["user_code"].as_str().unwrap()),
        ("action", "allow"),
    ]);
    assert_eq!(entered.send().await.unwrap().status(), 200);
    let (status, tokens) = poll(&code).await;
    assert_eq!(status, 200, "{tokens}");
    assert!(tokens["refresh_token"].is_string());
    assert_eq!(poll(&code).await.1["error"], "bad_verification_code");

    let code = ask().await;
    let user_code = code["user_code"].as_str().unwrap();
    assert!(asking.control().enter_device_code(user_code, false));
    assert_eq!(poll(&code).await.1["error"], "authorization_declined");
    let code = ask().await;
    asking
        .control()
        .advance(std::time::Duration::from_secs(901));
    assert_eq!(poll(&code).await.1["error"], "expired_token");
    assert!(!asking.control().enter_device_code("NONSENSE", true));
}
