use tokio_util::sync::CancellationToken;
use transhumance::auth::oauth::{
    BrowserPage, BrowserPages, ClientCredentials, GOOGLE_CALENDAR_SCOPE, GOOGLE_CONTACTS_SCOPE,
    GOOGLE_DRIVE_SCOPE, GOOGLE_TASKS_SCOPE, Grant, OAuthError, Provider, Refusal, SignIn,
    TokenSource,
};
use transhumance::model::Scope;
use transhumance::practice::google::AutoConsent;
use transhumance::source::Source as _;
use transhumance::source::google::GoogleSource;

use super::{Practice, files_only};

fn client(practice: &Practice, secret: Option<&str>) -> ClientCredentials {
    ClientCredentials {
        id: practice.config.client_id.clone(),
        secret: secret.map(Into::into),
    }
}

/// Another scope beside ours: with a single one, Google offers no boxes to untick.
const TASKS: &str = "https://www.googleapis.com/auth/tasks.readonly";

fn provider(practice: &Practice) -> Provider {
    let scopes = [GOOGLE_DRIVE_SCOPE, TASKS];
    Provider::google(&scopes, Some(practice.server.endpoint())).unwrap()
}

/// Signs in with a browser that follows redirects and shows the last page.
async fn sign_in(
    practice: &Practice,
    client: ClientCredentials,
) -> (Result<Grant, OAuthError>, String) {
    sign_in_with(provider(practice), client).await
}

async fn sign_in_with(
    provider: Provider,
    client: ClientCredentials,
) -> (Result<Grant, OAuthError>, String) {
    let page = |title: &str| BrowserPage {
        title: title.to_owned(),
        text: String::new(),
    };
    let pages = BrowserPages {
        language: "en".into(),
        success: page("Signed in"),
        failure: page("Not signed in"),
    };
    let waiting = SignIn::start(provider, client, None, pages).await.unwrap();
    let browser = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = browser.get(waiting.consent_page().clone());
    let cancel = CancellationToken::new();
    let (grant, shown) = tokio::join!(waiting.finish(&cancel), async {
        request.send().await.unwrap().text().await.unwrap()
    });
    (grant, shown)
}

#[tokio::test]
async fn a_consent_opens_the_drive() {
    let practice = Practice::with(0).await;
    practice
        .control()
        .set_auto_consent(Some(AutoConsent::Allow));
    let secret = practice.config.client_secret.clone();
    let credentials = client(&practice, Some(&secret));
    let (grant, shown) = sign_in(&practice, credentials.clone()).await;
    assert!(shown.contains("<h1>Signed in</h1>"), "{shown}");
    let tokens = TokenSource::from_grant(provider(&practice), credentials, grant.unwrap()).unwrap();
    let endpoint = Some(practice.server.endpoint());
    let source = GoogleSource::new(endpoint, tokens.clone(), &files_only()).unwrap();
    source.check().await.unwrap();
    practice.control().expire_access_tokens();
    source.check().await.unwrap();
    tokens.revoke().await.unwrap();
    assert!(source.check().await.is_err());
}

#[tokio::test]
async fn whoever_ticks_only_some_boxes_is_told_which_are_missing() {
    let practice = Practice::with(0).await;
    let wanted = Scope::default();
    let calendar = GOOGLE_CALENDAR_SCOPE.to_owned();
    practice
        .control()
        .set_auto_consent(Some(AutoConsent::AllowOnly(vec![calendar])));
    let secret = practice.config.client_secret.clone();
    let credentials = client(&practice, Some(&secret));
    let endpoint = Some(practice.server.endpoint());
    let provider = Provider::google_for(&wanted, endpoint).unwrap();
    let (grant, shown) = sign_in_with(provider.clone(), credentials.clone()).await;
    assert!(shown.contains("<h1>Signed in</h1>"), "{shown}");
    let grant = grant.unwrap();
    assert_eq!(
        grant.not_granted,
        [
            GOOGLE_DRIVE_SCOPE,
            GOOGLE_CONTACTS_SCOPE,
            GOOGLE_TASKS_SCOPE
        ]
    );
    let tokens = TokenSource::from_grant(provider.clone(), credentials.clone(), grant).unwrap();
    assert_eq!(tokens.not_granted().await.unwrap().len(), 3);
    let source = GoogleSource::new(endpoint, tokens, &wanted).unwrap();
    source.check().await.unwrap();
    // None at all is no sign-in.
    practice
        .control()
        .set_auto_consent(Some(AutoConsent::AllowOnly(Vec::new())));
    let (grant, _) = sign_in_with(provider, credentials).await;
    assert!(matches!(
        grant.unwrap_err().refusal(),
        Some(Refusal::ScopeMissing { missing }) if missing.len() == 4
    ));
}

#[tokio::test]
async fn what_can_go_wrong_at_the_consent_is_told_apart() {
    let practice = Practice::with(0).await;
    let secret = practice.config.client_secret.clone();
    let only = |scope: &str| AutoConsent::AllowOnly(vec![scope.to_owned()]);
    let missing = vec![GOOGLE_DRIVE_SCOPE.to_owned()];
    for (consent, secret, expected) in [
        (AutoConsent::Deny, Some(&secret), Refusal::AccessDenied),
        (AutoConsent::Allow, None, Refusal::ClientSecretMissing),
        (
            only(TASKS),
            Some(&secret),
            Refusal::ScopeMissing { missing },
        ),
    ] {
        practice.control().set_auto_consent(Some(consent));
        let credentials = client(&practice, secret.map(String::as_str));
        let (grant, shown) = sign_in(&practice, credentials).await;
        assert!(shown.contains("<h1>Not signed in</h1>"), "{shown}");
        assert_eq!(grant.unwrap_err().refusal(), Some(&expected));
    }
    practice
        .control()
        .set_auto_consent(Some(AutoConsent::Allow));
    let credentials = client(&practice, Some("wrong"));
    let (grant, _) = sign_in(&practice, credentials).await;
    assert!(matches!(
        grant.unwrap_err().refusal(),
        Some(Refusal::UnknownClient { .. })
    ));
}

#[tokio::test]
async fn a_sign_in_while_testing_ends_after_a_week() {
    let practice = Practice::with(0).await;
    let control = practice.control();
    control.set_testing(true);
    control.set_auto_consent(Some(AutoConsent::Allow));
    let secret = practice.config.client_secret.clone();
    let credentials = client(&practice, Some(&secret));
    let (grant, _) = sign_in(&practice, credentials.clone()).await;
    let refresh = grant.unwrap().refresh_token;
    let day = std::time::Duration::from_secs(86_400);
    control.advance(6 * day);
    let tokens = TokenSource::headless(provider(&practice), credentials.clone(), refresh.clone());
    tokens.unwrap().access().await.unwrap();
    control.advance(day + day / 2);
    let tokens = TokenSource::headless(provider(&practice), credentials, refresh);
    let error = tokens.unwrap().access().await.unwrap_err();
    assert!(matches!(error.refusal(), Some(Refusal::SignInAgain { .. })));
}
