use oauth2::{AuthUrl, AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, Scope};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::loopback::exchange;
use super::wire::TokenEndpoint;
use super::{ClientCredentials, Grant, OAuthError, Provider};

/// A sign-in without a way back for the browser: the provider shows a code, and a person copies it from
/// there to here.
#[derive(Debug)]
pub struct PasteSignIn {
    endpoint: TokenEndpoint,
    consent: Url,
    verifier: PkceCodeVerifier,
}

impl PasteSignIn {
    /// Prepares the consent page's address.
    ///
    /// # Errors
    /// When the provider's addresses are not encrypted.
    pub fn start(provider: Provider, client: ClientCredentials) -> Result<Self, OAuthError> {
        let endpoint = TokenEndpoint::new(provider, client)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let oauth = endpoint
            .oauth()
            .set_auth_uri(AuthUrl::from_url(endpoint.provider.auth_url.clone()));
        let mut request = oauth
            .authorize_url(CsrfToken::new_random)
            .add_scopes(endpoint.provider.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(challenge);
        for (name, value) in &endpoint.provider.extra {
            request = request.add_extra_param(*name, *value);
        }
        // Nobody brings the state back: PKCE alone binds the code to this sign-in.
        let (consent, _) = request.url();
        Ok(Self {
            endpoint,
            consent,
            verifier,
        })
    }

    /// The page to open in any browser.
    pub fn consent_page(&self) -> &Url {
        &self.consent
    }

    /// Exchanges the code that the page showed.
    ///
    /// # Errors
    /// [`OAuthError::Cancelled`] on `cancel`; else what the provider said.
    pub async fn finish(self, code: &str, cancel: &CancellationToken) -> Result<Grant, OAuthError> {
        let code = AuthorizationCode::new(code.trim().to_owned());
        tokio::select! {
            () = cancel.cancelled() => Err(OAuthError::Cancelled),
            grant = exchange(&self.endpoint, code, None, self.verifier) => grant,
        }
    }
}
