use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AuthType, ClientId, ClientSecret, EndpointNotSet, EndpointSet, ErrorResponseType,
    ExtraTokenFields, RequestTokenError, StandardErrorResponse, StandardRevocableToken,
    StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::{ClientCredentials, OAuthError, Provider, Refusal};
use crate::net::{Net, describe, retry_after};

/// Token answers are a few hundred bytes; more than this is something else.
const LONGEST_ANSWER: usize = 256 * 1024;

/// What Google adds to a token answer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct MoreFields {
    /// Seconds. Only where access is for a limited time: mostly, because the project is in "Testing".
    #[serde(default)]
    refresh_token_expires_in: Option<serde_json::Value>,
}

impl ExtraTokenFields for MoreFields {}

type TokenAnswer = StandardTokenResponse<MoreFields, BasicTokenType>;

pub(super) type TokenClient = oauth2::Client<
    BasicErrorResponse,
    TokenAnswer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// The provider's token endpoint, with our registration.
pub(super) struct TokenEndpoint {
    pub(super) provider: Provider,
    pub(super) client: ClientCredentials,
    http: reqwest::Client,
}

/// A token answer, in our terms.
pub(super) struct Tokens {
    pub(super) access: SecretString,
    pub(super) lifetime: Option<Duration>,
    pub(super) refresh: Option<SecretString>,
    /// The scopes, where the provider says them.
    pub(super) granted: Option<Vec<String>>,
    /// How long the refresh token lives, where that is limited.
    pub(super) ends_in: Option<Duration>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    #[error("throttled")]
    Throttled(Option<Duration>),
    #[error("status {0}")]
    Status(u16),
    #[error("network")]
    Network(#[source] reqwest::Error),
    #[error("answer too long")]
    TooLong,
}

impl From<WireError> for OAuthError {
    fn from(error: WireError) -> Self {
        match error {
            WireError::Throttled(retry_after) => Self::Throttled { retry_after },
            WireError::Status(status) => Self::Unavailable { status },
            WireError::Network(cause) => Self::Unreachable {
                detail: describe(&cause),
                cause: cause.without_url(),
            },
            WireError::TooLong => Self::Protocol("the answer is too long".to_owned()),
        }
    }
}

impl TokenEndpoint {
    pub(super) fn new(provider: Provider, client: ClientCredentials) -> Result<Self, OAuthError> {
        let http = Net::for_host(&provider.token_url)?.api;
        Ok(Self {
            provider,
            client,
            http,
        })
    }

    pub(super) fn oauth(&self) -> TokenClient {
        let client = oauth2::Client::new(ClientId::new(self.client.id.clone()))
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(TokenUrl::from_url(self.provider.token_url.clone()));
        match &self.client.secret {
            Some(secret) => {
                client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()))
            }
            None => client,
        }
    }

    /// What `oauth2` sends with.
    pub(super) fn sender(
        &self,
    ) -> impl Fn(oauth2::HttpRequest) -> BoxFuture<'static, Result<oauth2::HttpResponse, WireError>>
    + Send
    + Sync
    + 'static
    + use<> {
        let http = self.http.clone();
        move |request| Box::pin(send(http.clone(), request))
    }

    /// Asks the provider to forget the grant. A token that it no longer knows counts as forgotten.
    pub(super) async fn revoke(&self, token: &SecretString) -> Result<(), OAuthError> {
        let Some(address) = &self.provider.revoke_url else {
            return Ok(());
        };
        // In the body (RFC 7009, section 2.1), not in the address, which proxies log.
        let sent = self
            .http
            .post(address.clone())
            .form(&[("token", token.expose_secret())])
            .send()
            .await;
        revoked(sent)
    }

    /// As [`Self::revoke`], for providers whose own API does it, in the name of an access token.
    pub(super) async fn revoke_access(&self, access: &SecretString) -> Result<(), OAuthError> {
        let Some(address) = &self.provider.revoke_url else {
            return Ok(());
        };
        let sent = self
            .http
            .post(address.clone())
            .bearer_auth(access.expose_secret())
            .header(http::header::CONTENT_TYPE, "application/json")
            .body("null")
            .send()
            .await;
        revoked(sent)
    }

    /// What an answer without a token means.
    pub(super) fn failed<T: ErrorResponseType + AsRef<str> + std::fmt::Display>(
        &self,
        error: RequestTokenError<WireError, StandardErrorResponse<T>>,
    ) -> OAuthError {
        match error {
            // A passing trouble that comes as if it were a refusal.
            RequestTokenError::ServerResponse(error)
                if matches!(
                    error.error().as_ref(),
                    "temporarily_unavailable" | "server_error"
                ) =>
            {
                OAuthError::Unavailable { status: 503 }
            }
            RequestTokenError::ServerResponse(error) => {
                let description = error.error_description().map(String::as_str);
                let dialect = self.provider.dialect;
                OAuthError::Refused(dialect.refusal(error.error().as_ref(), description))
            }
            RequestTokenError::Request(error) => error.into(),
            // Its second part is the body, which may hold a token.
            RequestTokenError::Parse(error, _) => {
                OAuthError::Protocol(format!("unreadable at `{}`", error.path()))
            }
            RequestTokenError::Other(text) => OAuthError::Protocol(text),
        }
    }

    /// Reads what `oauth2` made of the answer, and checks the granted scopes.
    pub(super) fn tokens(
        &self,
        answer: Result<TokenAnswer, RequestTokenError<WireError, BasicErrorResponse>>,
    ) -> Result<Tokens, OAuthError> {
        self.granted(&answer.map_err(|error| self.failed(error))?)
    }

    /// What was granted, which must be all that was asked for.
    pub(super) fn granted(&self, answer: &TokenAnswer) -> Result<Tokens, OAuthError> {
        let granted: Option<Vec<String>> = answer
            .scopes()
            .map(|scopes| scopes.iter().map(|scope| scope.to_string()).collect());
        let missing = self.provider.lacks(granted.as_deref());
        if !missing.is_empty() {
            return Err(Refusal::ScopeMissing { missing }.into());
        }
        Ok(Tokens {
            access: SecretString::from(answer.access_token().secret().clone()),
            lifetime: answer.expires_in(),
            refresh: answer
                .refresh_token()
                .map(|token| SecretString::from(token.secret().clone())),
            granted,
            ends_in: answer
                .extra_fields()
                .refresh_token_expires_in
                .as_ref()
                .and_then(serde_json::Value::as_u64)
                .map(Duration::from_secs),
        })
    }
}

fn revoked(sent: Result<reqwest::Response, reqwest::Error>) -> Result<(), OAuthError> {
    let answer = sent.map_err(WireError::Network)?;
    match answer.status().as_u16() {
        // What is not known any more has ended already.
        200..300 | 400 | 401 => Ok(()),
        429 => {
            let wait = retry_after(answer.headers(), SystemTime::now());
            Err(WireError::Throttled(wait).into())
        }
        status => Err(WireError::Status(status).into()),
    }
}

/// Sends what `oauth2` prepared. What is not an OAuth answer at all (a gateway's page, a request to
/// slow down) is told apart here, before `oauth2` fails to parse it.
async fn send(
    http: reqwest::Client,
    request: oauth2::HttpRequest,
) -> Result<oauth2::HttpResponse, WireError> {
    let request = reqwest::Request::try_from(request).map_err(WireError::Network)?;
    let mut answer = http.execute(request).await.map_err(WireError::Network)?;
    let status = answer.status();
    if status == http::StatusCode::TOO_MANY_REQUESTS {
        let wait = retry_after(answer.headers(), SystemTime::now());
        return Err(WireError::Throttled(wait));
    }
    if status.is_server_error() {
        return Err(WireError::Status(status.as_u16()));
    }
    let mut response = http::Response::new(Vec::new());
    *response.status_mut() = status;
    *response.headers_mut() = answer.headers().clone();
    while let Some(bytes) = answer.chunk().await.map_err(WireError::Network)? {
        if response.body().len() + bytes.len() > LONGEST_ANSWER {
            return Err(WireError::TooLong);
        }
        response.body_mut().extend_from_slice(&bytes);
    }
    Ok(response)
}

impl std::fmt::Debug for TokenEndpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenEndpoint")
            .field("token_url", &self.provider.token_url.as_str())
            .finish_non_exhaustive()
    }
}
