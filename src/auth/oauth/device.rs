use std::time::Duration;

use oauth2::{DeviceAuthorizationUrl, Scope, StandardDeviceAuthorizationResponse};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::tokens::Access;
use super::wire::TokenEndpoint;
use super::{ClientCredentials, Grant, OAuthError, Provider, Refusal};

/// A sign-in under way in a browser elsewhere, for a computer without one: a person enters a code there
/// (RFC 8628).
#[derive(Debug)]
pub struct DeviceSignIn {
    endpoint: TokenEndpoint,
    details: StandardDeviceAuthorizationResponse,
    page: Url,
}

impl DeviceSignIn {
    /// Asks for a code.
    ///
    /// # Errors
    /// When the provider has no such way, refuses, or cannot be reached.
    pub async fn start(provider: Provider, client: ClientCredentials) -> Result<Self, OAuthError> {
        let url = provider
            .device_url
            .clone()
            .ok_or_else(|| OAuthError::Protocol("no sign-in by code".to_owned()))?;
        let endpoint = TokenEndpoint::new(provider, client)?;
        let oauth = endpoint
            .oauth()
            .set_device_authorization_url(DeviceAuthorizationUrl::from_url(url));
        let provider = &endpoint.provider;
        let scopes = provider.scopes.iter().chain(&provider.optional);
        let scopes = scopes.cloned().map(Scope::new);
        let send = endpoint.sender();
        let details: Result<StandardDeviceAuthorizationResponse, _> = oauth
            .exchange_device_code()
            .add_scopes(scopes)
            .request_async(&send)
            .await;
        let details = details.map_err(|error| endpoint.failed(error))?;
        let page = details.verification_uri().as_str();
        let page = Url::parse(page)
            .map_err(|_| OAuthError::Protocol("the page for the code has no address".into()))?;
        Ok(Self {
            endpoint,
            details,
            page,
        })
    }

    /// The page to open in any browser.
    pub fn page(&self) -> &Url {
        &self.page
    }

    /// What is to be entered there.
    pub fn code(&self) -> &str {
        self.details.user_code().secret()
    }

    /// How long the code is good for.
    pub fn lifetime(&self) -> Duration {
        self.details.expires_in()
    }

    /// Waits until the person has signed in.
    ///
    /// # Errors
    /// [`OAuthError::Cancelled`] on `cancel`; [`Refusal::DeviceCodeExpired`] when nobody came; else what
    /// the person or the provider said.
    pub async fn finish(self, cancel: &CancellationToken) -> Result<Grant, OAuthError> {
        let oauth = self.endpoint.oauth();
        let send = self.endpoint.sender();
        let polling = oauth
            .exchange_device_access_token(&self.details)
            .request_async(&send, tokio::time::sleep, None);
        let answer = tokio::select! {
            () = cancel.cancelled() => return Err(OAuthError::Cancelled),
            answer = polling => answer,
        };
        let answer = answer.map_err(|error| self.endpoint.failed(error))?;
        let tokens = self.endpoint.granted(&answer)?;
        Ok(Grant {
            not_granted: self
                .endpoint
                .provider
                .not_granted(tokens.granted.as_deref()),
            refresh_token: tokens.refresh.ok_or(Refusal::NoRefreshToken)?,
            ends_in: tokens.ends_in,
            access: Access::new(tokens.access, tokens.lifetime),
        })
    }
}
