use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use http::StatusCode;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::*;

type Fields = HashMap<String, String>;
type Script = Arc<dyn Fn(usize, &Fields) -> Response + Send + Sync>;

/// A token endpoint that answers as a test says, and remembers what it was asked.
struct Endpoint {
    url: Url,
    asked: Arc<Mutex<Vec<Fields>>>,
    revoked: Arc<AtomicUsize>,
}

#[derive(Clone)]
struct Served {
    script: Script,
    asked: Arc<Mutex<Vec<Fields>>>,
    revoked: Arc<AtomicUsize>,
}

async fn endpoint(script: impl Fn(usize, &Fields) -> Response + Send + Sync + 'static) -> Endpoint {
    let served = Served {
        script: Arc::new(script),
        asked: Arc::default(),
        revoked: Arc::default(),
    };
    let router = Router::new()
        .route(
            "/token",
            post(
                async |State(served): State<Served>, Form(fields): Form<Fields>| {
                    let mut asked = served.asked.lock().unwrap();
                    let answer = (served.script)(asked.len(), &fields);
                    asked.push(fields);
                    answer
                },
            ),
        )
        .route(
            "/revoke",
            post(
                async |State(served): State<Served>, Form(fields): Form<Fields>| {
                    assert!(fields.contains_key("token"));
                    served.revoked.fetch_add(1, Ordering::SeqCst);
                    StatusCode::OK
                },
            ),
        )
        .with_state(served.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Endpoint {
        url,
        asked: served.asked,
        revoked: served.revoked,
    }
}

fn granted(access: &str, lifetime: u64) -> Response {
    Json(json!({
        "access_token": access, "expires_in": lifetime, "token_type": "Bearer",
        "scope": GOOGLE_DRIVE_SCOPE,
    }))
    .into_response()
}

fn refused(status: u16, body: Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

fn provider(endpoint: &Endpoint) -> Provider {
    Provider::google(&[GOOGLE_DRIVE_SCOPE], Some(&endpoint.url)).unwrap()
}

fn client() -> ClientCredentials {
    ClientCredentials {
        id: "id".into(),
        secret: Some("shh-client".into()),
    }
}

fn source(endpoint: &Endpoint) -> TokenSource {
    TokenSource::headless(provider(endpoint), client(), "shh-refresh".into()).unwrap()
}

fn pages() -> BrowserPages {
    BrowserPages {
        language: "fr".into(),
        success: BrowserPage {
            title: "Connecté".into(),
            text: "À <bientôt> & merci".into(),
        },
        failure: BrowserPage {
            title: "Non connecté".into(),
            text: "Voir la fenêtre".into(),
        },
    }
}

#[tokio::test]
async fn many_requests_share_one_refresh() {
    let server = endpoint(|nth, _| granted(&format!("access-{nth}"), 3599)).await;
    let source = source(&server);
    let all = futures::future::join_all((0..20).map(|_| source.access())).await;
    for token in all {
        assert_eq!(token.unwrap().expose_secret(), "access-0");
    }
    let rejected = source.access().await.unwrap();
    let all = futures::future::join_all((0..20).map(|_| source.instead_of(&rejected))).await;
    for token in all {
        assert_eq!(token.unwrap().expose_secret(), "access-1");
    }
    let asked = server.asked.lock().unwrap();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0]["grant_type"], "refresh_token");
    assert_eq!(asked[0]["client_secret"], "shh-client");
    assert_eq!(asked[1]["refresh_token"], "shh-refresh");
}

#[tokio::test]
async fn a_token_that_ends_is_renewed_before() {
    let server = endpoint(|nth, _| granted(&format!("access-{nth}"), 0)).await;
    let source = source(&server);
    source.access().await.unwrap();
    assert_eq!(source.access().await.unwrap().expose_secret(), "access-1");
}

#[tokio::test]
async fn a_new_refresh_token_replaces_the_old_one() {
    let server = endpoint(|nth, _| {
        let mut body = json!({"access_token": "a", "expires_in": 0, "token_type": "bearer"});
        if nth == 0 {
            body["refresh_token"] = "second".into();
        }
        Json(body).into_response()
    })
    .await;
    let source = source(&server);
    source.access().await.unwrap();
    source.access().await.unwrap();
    assert_eq!(source.refresh_token().await.expose_secret(), "second");
    assert_eq!(server.asked.lock().unwrap()[1]["refresh_token"], "second");
}

#[tokio::test]
async fn a_dead_grant_is_asked_for_once() {
    let server = endpoint(|_, _| {
        let text = "Token has been expired or revoked.";
        refused(
            400,
            json!({"error": "invalid_grant", "error_description": text}),
        )
    })
    .await;
    let source = source(&server);
    for _ in 0..3 {
        let error = source.access().await.unwrap_err();
        assert!(
            matches!(error.refusal(), Some(Refusal::SignInAgain { detail }) if detail.contains("revoked"))
        );
    }
    assert_eq!(server.asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_passing_trouble_is_passed() {
    let server = endpoint(|nth, _| match nth {
        0 => (StatusCode::BAD_GATEWAY, "<html>Bad gateway</html>").into_response(),
        1 => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")], "").into_response(),
        _ => granted("at last", 3599),
    })
    .await;
    let token = source(&server).access().await.unwrap();
    assert_eq!(token.expose_secret(), "at last");
}

#[tokio::test]
async fn the_missing_scope_is_named() {
    let server = endpoint(|_, _| {
        Json(
            json!({"access_token": "a", "token_type": "Bearer", "expires_in": 3599,
            "scope": "https://www.googleapis.com/auth/tasks.readonly"}),
        )
        .into_response()
    })
    .await;
    let error = source(&server).access().await.unwrap_err();
    let missing = vec![GOOGLE_DRIVE_SCOPE.to_owned()];
    assert_eq!(error.refusal(), Some(&Refusal::ScopeMissing { missing }));
}

#[tokio::test]
async fn answers_and_secrets_stay_out_of_errors() {
    let server = endpoint(|_, _| (StatusCode::OK, "{\"access_token\": 1}").into_response()).await;
    let source = source(&server);
    let error = source.access().await.unwrap_err();
    assert!(matches!(error, OAuthError::Protocol(_)), "{error:?}");
    let shown = format!("{error:?} {error} {source:?}");
    assert!(!shown.contains("shh"), "{shown}");
}

#[tokio::test]
async fn revoking_ends_the_grant() {
    let server = endpoint(|_, _| granted("a", 3599)).await;
    let source = source(&server);
    source.access().await.unwrap();
    source.revoke().await.unwrap();
    assert_eq!(server.revoked.load(Ordering::SeqCst), 1);
    assert!(source.access().await.unwrap_err().refusal().is_some());
}

fn field(url: &Url, name: &str) -> String {
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned()).unwrap()
}

async fn browse(address: &str, query: &[(&str, &str)]) -> (u16, String) {
    let url = Url::parse_with_params(address, query).unwrap();
    let answer = reqwest::get(url).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn signs_in_through_the_browser() {
    let server = endpoint(|_, _| {
        Json(
            json!({"access_token": "a", "expires_in": 3599, "token_type": "Bearer",
            "scope": GOOGLE_DRIVE_SCOPE, "refresh_token": "shh-new"}),
        )
        .into_response()
    })
    .await;
    let sign_in = SignIn::start(provider(&server), client(), Some("a@x.org"), pages())
        .await
        .unwrap();
    let consent = sign_in.consent_page().clone();
    assert_eq!(consent.path(), "/o/oauth2/v2/auth");
    assert_eq!(field(&consent, "code_challenge_method"), "S256");
    assert_eq!(field(&consent, "scope"), GOOGLE_DRIVE_SCOPE);
    assert_eq!(field(&consent, "login_hint"), "a@x.org");
    let (back, state) = (field(&consent, "redirect_uri"), field(&consent, "state"));

    let cancel = CancellationToken::new();
    let waiting = tokio::spawn(async move { sign_in.finish(&cancel).await });
    assert_eq!(browse(&format!("{back}/favicon.ico"), &[]).await.0, 404);
    assert_eq!(
        browse(&back, &[("code", "c"), ("state", "forged")]).await.0,
        404
    );
    let (status, page) = browse(&back, &[("code", "the-code"), ("state", &state)]).await;
    assert_eq!(status, 200);
    assert!(
        page.contains("Connecté") && page.contains("À &lt;bientôt&gt; &amp; merci"),
        "{page}"
    );

    let grant = waiting.await.unwrap().unwrap();
    assert_eq!(grant.refresh_token.expose_secret(), "shh-new");
    let asked = server.asked.lock().unwrap().remove(0);
    assert_eq!(asked["code"], "the-code");
    assert_eq!(asked["redirect_uri"], back);
    let challenge = oauth2::PkceCodeChallenge::from_code_verifier_sha256(
        &oauth2::PkceCodeVerifier::new(asked["code_verifier"].clone()),
    );
    assert_eq!(challenge.as_str(), field(&consent, "code_challenge"));

    let source = TokenSource::from_grant(provider(&server), client(), grant).unwrap();
    assert_eq!(source.access().await.unwrap().expose_secret(), "a");
    assert_eq!(server.asked.lock().unwrap().len(), 0, "no needless refresh");
}

#[tokio::test]
async fn a_no_on_the_consent_page_is_a_no() {
    let server = endpoint(|_, _| granted("a", 1)).await;
    let sign_in = SignIn::start(provider(&server), client(), None, pages())
        .await
        .unwrap();
    let consent = sign_in.consent_page().clone();
    let (back, state) = (field(&consent, "redirect_uri"), field(&consent, "state"));
    let waiting = tokio::spawn(async move { sign_in.finish(&CancellationToken::new()).await });
    let (_, page) = browse(&back, &[("error", "access_denied"), ("state", &state)]).await;
    assert!(page.contains("Non connecté"));
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!(error.refusal(), Some(&Refusal::AccessDenied));
}

#[tokio::test]
async fn a_refused_code_shows_the_failure_page() {
    let server = endpoint(|_, _| {
        refused(
            400,
            json!({"error": "invalid_request", "error_description": "client_secret is missing."}),
        )
    })
    .await;
    let mut client = client();
    client.secret = None;
    let sign_in = SignIn::start(provider(&server), client, None, pages())
        .await
        .unwrap();
    let consent = sign_in.consent_page().clone();
    let (back, state) = (field(&consent, "redirect_uri"), field(&consent, "state"));
    let waiting = tokio::spawn(async move { sign_in.finish(&CancellationToken::new()).await });
    let (_, page) = browse(&back, &[("code", "c"), ("state", &state)]).await;
    assert!(page.contains("Non connecté"));
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!(error.refusal(), Some(&Refusal::ClientSecretMissing));
}

#[tokio::test]
async fn waiting_can_be_cancelled_and_closes_the_port() {
    let server = endpoint(|_, _| granted("a", 1)).await;
    let sign_in = SignIn::start(provider(&server), client(), None, pages())
        .await
        .unwrap();
    let back = Url::parse(&field(sign_in.consent_page(), "redirect_uri")).unwrap();
    let cancel = CancellationToken::new();
    cancel.cancel();
    let error = sign_in.finish(&cancel).await.unwrap_err();
    assert!(matches!(error, OAuthError::Cancelled));
    let address = ("127.0.0.1", back.port().unwrap());
    let closed = async {
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), closed)
        .await
        .expect("the port is closed");
}

#[test]
fn a_practice_provider_is_on_this_computer() {
    let elsewhere = Url::parse("https://evil.example").unwrap();
    assert!(Provider::google(&[GOOGLE_DRIVE_SCOPE], Some(&elsewhere)).is_err());
    let google = Provider::google(&[GOOGLE_DRIVE_SCOPE], None).unwrap();
    assert_eq!(
        google.token_url.as_str(),
        "https://oauth2.googleapis.com/token"
    );
}

#[test]
fn a_part_of_what_is_optional_is_enough() {
    let wanted = Scope {
        other_contacts: true,
        ..Scope::default()
    };
    let google = Provider::google_for(&wanted, None).unwrap();
    assert!(google.scopes.is_empty());
    assert_eq!(google.optional.len(), 5);
    let granted =
        |scopes: &[&str]| -> Vec<String> { scopes.iter().map(|&s| s.to_owned()).collect() };
    let some = granted(&[GOOGLE_CALENDAR_SCOPE, "openid"]);
    assert!(google.lacks(Some(&some)).is_empty());
    assert_eq!(google.not_granted(Some(&some)).len(), 4);
    assert!(google.not_granted(None).is_empty(), "as asked for");
    // Nothing at all is no sign-in.
    assert_eq!(google.lacks(Some(&granted(&["openid"]))), google.optional);
    let files = Scope {
        calendars: false,
        contacts: false,
        tasks: false,
        ..wanted
    };
    let google = Provider::google_for(&files, None).unwrap();
    assert_eq!(google.optional, [GOOGLE_DRIVE_SCOPE]);
    let needed = Provider::google(&[GOOGLE_DRIVE_SCOPE], None).unwrap();
    assert_eq!(needed.lacks(Some(&some)), [GOOGLE_DRIVE_SCOPE]);
}
