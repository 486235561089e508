use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use tokio_util::sync::CancellationToken;
use transhumance::auth::oauth::{
    BrowserPage, BrowserPages, DeviceSignIn, Grant, KeepError, OAuthError, Provider, Refusal,
    SignIn, Tenant, TokenKeeper, TokenSource,
};
use transhumance::model::Scope;
use transhumance::practice::microsoft::{Account, AutoConsent};
use transhumance::source::Source as _;
use transhumance::source::microsoft::MicrosoftFiles;

use super::{BOTH, Practice};

/// Signs in with a browser that follows redirects and shows the last page.
async fn sign_in(practice: &Practice, tenant: &Tenant) -> (Result<Grant, OAuthError>, String) {
    let page = |title: &str| BrowserPage {
        title: title.to_owned(),
        text: String::new(),
    };
    let pages = BrowserPages {
        language: "en".into(),
        success: page("Signed in"),
        failure: page("Not signed in"),
    };
    let provider =
        Provider::microsoft(tenant, &Scope::default(), Some(practice.server.endpoint())).unwrap();
    let waiting = SignIn::start(provider, practice.client(), None, pages)
        .await
        .unwrap();
    let browser = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = browser.post(waiting.consent_page().clone());
    let request = request.form(&[("action", "return")]);
    let cancel = CancellationToken::new();
    let (grant, shown) = tokio::join!(waiting.finish(&cancel), async {
        request.send().await.unwrap().text().await.unwrap()
    });
    (grant, shown)
}

#[tokio::test]
async fn a_consent_opens_the_account() {
    for account in BOTH {
        let practice = Practice::with(account, 0).await;
        practice
            .control()
            .set_auto_consent(Some(AutoConsent::Allow));
        let own = match account {
            Account::Personal => "consumers",
            Account::Work => "organizations",
        };
        for tenant in [None, Some(own)] {
            let tenant = Tenant::new(tenant, false);
            let (grant, shown) = sign_in(&practice, &tenant).await;
            assert!(shown.contains("<h1>Signed in</h1>"), "{shown}");
            let endpoint = Some(practice.server.endpoint());
            let provider = Provider::microsoft(&tenant, &Scope::default(), endpoint).unwrap();
            let grant = grant.unwrap();
            let tokens = TokenSource::from_grant(provider, practice.client(), grant).unwrap();
            let source = MicrosoftFiles::new(endpoint, tokens, &[], &Scope::default()).unwrap();
            source.check().await.unwrap();
            practice.control().expire_access_tokens();
            source.check().await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_can_go_wrong_at_the_consent_is_told_apart() {
    let practice = Practice::with(Account::Work, 0).await;
    let control = practice.control();
    let tenant = Tenant::new(Some("organizations"), false);
    control.set_auto_consent(Some(AutoConsent::Deny));
    let (grant, shown) = sign_in(&practice, &tenant).await;
    assert!(shown.contains("<h1>Not signed in</h1>"), "{shown}");
    assert_eq!(grant.unwrap_err().refusal(), Some(&Refusal::AccessDenied));

    control.set_auto_consent(None);
    control.set_admin_only(true);
    let (grant, _) = sign_in(&practice, &tenant).await;
    let error = grant.unwrap_err();
    assert!(
        matches!(error.refusal(), Some(Refusal::AdminConsent { detail }) if detail.contains("AADSTS90094")),
        "{error:?}"
    );
    control.set_admin_only(false);

    control.set_auto_consent(Some(AutoConsent::Allow));
    control.set_not_public(true);
    let (grant, _) = sign_in(&practice, &tenant).await;
    let error = grant.unwrap_err();
    assert!(
        matches!(error.refusal(), Some(Refusal::NotPublicClient { .. })),
        "{error:?}"
    );
}

/// A personal account would be refused for a permission that only organisations know.
#[tokio::test]
async fn a_personal_account_is_not_asked_for_sites() {
    let practice = Practice::with(Account::Personal, 0).await;
    practice
        .control()
        .set_auto_consent(Some(AutoConsent::Allow));
    let (grant, _) = sign_in(&practice, &Tenant::new(None, false)).await;
    assert!(grant.is_ok());
}

#[tokio::test]
async fn a_code_signs_in_without_a_browser() {
    let practice = Practice::with(Account::Work, 0).await;
    let start = || async {
        DeviceSignIn::start(practice.provider(), practice.client())
            .await
            .unwrap()
    };
    let cancel = CancellationToken::new();

    let waiting = start().await;
    let code = waiting.code().to_owned();
    assert_eq!(waiting.lifetime().as_secs(), 900);
    assert!(waiting.page().path().ends_with("/devicelogin"));
    let control = practice.control().clone();
    let (grant, ()) = tokio::join!(waiting.finish(&cancel), async {
        // After it was asked for once in vain.
        while !practice.control().requests().contains_key("token") {
            tokio::task::yield_now().await;
        }
        assert!(control.enter_device_code(&code, true));
    });
    let tokens = TokenSource::from_grant(practice.provider(), practice.client(), grant.unwrap());
    tokens.unwrap().access().await.unwrap();

    let waiting = start().await;
    assert!(practice.control().enter_device_code(waiting.code(), false));
    let error = waiting.finish(&cancel).await.unwrap_err();
    assert_eq!(error.refusal(), Some(&Refusal::AccessDenied));

    let waiting = start().await;
    practice
        .control()
        .advance(std::time::Duration::from_secs(901));
    let error = waiting.finish(&cancel).await.unwrap_err();
    assert_eq!(error.refusal(), Some(&Refusal::DeviceCodeExpired));

    let waiting = start().await;
    cancel.cancel();
    let error = waiting.finish(&cancel).await.unwrap_err();
    assert!(matches!(error, OAuthError::Cancelled));
}

/// What several copies of the program share.
#[derive(Debug)]
struct Shelf(Mutex<String>);

#[async_trait]
impl TokenKeeper for Shelf {
    async fn newest(&self) -> Result<Option<SecretString>, KeepError> {
        Ok(Some(self.0.lock().unwrap().as_str().into()))
    }

    async fn keep(&self, token: &SecretString) -> Result<(), KeepError> {
        *self.0.lock().unwrap() = token.expose_secret().to_owned();
        Ok(())
    }
}

/// Even where a provider ends a refresh token as soon as a newer one is used.
#[tokio::test]
async fn renewed_tokens_are_kept_and_found_by_everybody() {
    let practice = Practice::with(Account::Work, 0).await;
    practice.control().set_strict_rotation(true);
    let first = practice.server.refresh_token().to_owned();
    let shelf = Arc::new(Shelf(Mutex::new(first.clone())));
    let copy = || {
        let refresh: SecretString = shelf.0.lock().unwrap().as_str().into();
        let (provider, client) = (practice.provider(), practice.client());
        TokenSource::kept(provider, client, refresh, shelf.clone()).unwrap()
    };
    let (one, other) = (copy(), copy());
    one.access().await.unwrap();
    let second = shelf.0.lock().unwrap().clone();
    assert_ne!(second, first);
    assert_eq!(one.refresh_token().await.expose_secret(), second);
    // It still holds the first one, and finds the second.
    other.access().await.unwrap();
    for _ in 0..3 {
        practice.control().expire_access_tokens();
        for tokens in [&one, &other] {
            let access = tokens.access().await.unwrap();
            tokens.instead_of(&access).await.unwrap();
        }
    }
    copy().access().await.unwrap();
}

/// A place that cannot be written does not end this run.
#[tokio::test]
async fn what_cannot_be_kept_is_still_used() {
    #[derive(Debug)]
    struct Full(SecretString);
    #[async_trait]
    impl TokenKeeper for Full {
        async fn newest(&self) -> Result<Option<SecretString>, KeepError> {
            Ok(Some(self.0.clone()))
        }

        async fn keep(&self, _: &SecretString) -> Result<(), KeepError> {
            Err("the disk is full".into())
        }
    }
    let practice = Practice::with(Account::Work, 0).await;
    practice.control().set_strict_rotation(true);
    let first = SecretString::from(practice.server.refresh_token());
    let keeper = Arc::new(Full(first.clone()));
    let (provider, client) = (practice.provider(), practice.client());
    let tokens = TokenSource::kept(provider, client, first, keeper).unwrap();
    for _ in 0..3 {
        let access = tokens.access().await.unwrap();
        tokens.instead_of(&access).await.unwrap();
    }
}
