use std::sync::Arc;
use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable as _};
use oauth2::RefreshToken;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;

use super::wire::{TokenEndpoint, Tokens};
use super::{ClientCredentials, Grant, OAuthError, Provider, Refusal};

/// A token is renewed this long before it ends, so that it does not end on the way.
const MARGIN: Duration = Duration::from_secs(60);

/// Access to one account, shared by all of its requests. Cheap to clone.
///
/// The access token is kept until shortly before it ends; however many requests need a new one at the same
/// moment, it is asked for once.
#[derive(Debug, Clone)]
pub struct TokenSource(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    endpoint: TokenEndpoint,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    refresh: SecretString,
    access: Option<Access>,
    /// The provider's last word: asking again for every waiting request would only annoy it.
    refused: Option<Refusal>,
}

#[derive(Debug, Clone)]
pub(crate) struct Access {
    token: SecretString,
    renew_at: Option<Instant>,
    /// What it covers, where the provider says it.
    granted: Option<Vec<String>>,
}

impl Access {
    pub(super) fn new(token: SecretString, lifetime: Option<Duration>) -> Self {
        let renew_at = lifetime.and_then(|lifetime| {
            // A practice server's tokens may live for seconds only.
            let usable = lifetime.saturating_sub(MARGIN.min(lifetime / 10));
            Instant::now().checked_add(usable)
        });
        Self {
            token,
            renew_at,
            granted: None,
        }
    }

    pub(super) fn granting(self, granted: Option<Vec<String>>) -> Self {
        Self { granted, ..self }
    }

    fn is_fresh(&self) -> bool {
        self.renew_at.is_none_or(|at| Instant::now() < at)
    }
}

impl TokenSource {
    /// Access without a person at hand: the refresh token comes from an earlier sign-in.
    ///
    /// # Errors
    /// When no client for the token endpoint can be set up; nothing is sent yet.
    pub fn headless(
        provider: Provider,
        client: ClientCredentials,
        refresh_token: SecretString,
    ) -> Result<Self, OAuthError> {
        Self::with(provider, client, refresh_token, None)
    }

    /// Access right after a sign-in.
    ///
    /// # Errors
    /// As [`Self::headless`].
    pub fn from_grant(
        provider: Provider,
        client: ClientCredentials,
        grant: Grant,
    ) -> Result<Self, OAuthError> {
        Self::with(provider, client, grant.refresh_token, Some(grant.access))
    }

    fn with(
        provider: Provider,
        client: ClientCredentials,
        refresh: SecretString,
        access: Option<Access>,
    ) -> Result<Self, OAuthError> {
        Ok(Self(Arc::new(Inner {
            endpoint: TokenEndpoint::new(provider, client)?,
            state: Mutex::new(State {
                refresh,
                access,
                refused: None,
            }),
        })))
    }

    /// A token that is good for the next request.
    ///
    /// # Errors
    /// What the token endpoint says to a refresh; [`Refusal::SignInAgain`] when the grant has ended.
    pub async fn access(&self) -> Result<SecretString, OAuthError> {
        let mut state = self.0.state.lock().await;
        match &state.access {
            Some(access) if access.is_fresh() => Ok(access.token.clone()),
            _ => self.0.renew(&mut state).await,
        }
    }

    /// Another token than `rejected`, which a server answered with 401.
    ///
    /// # Errors
    /// As [`Self::access`].
    pub async fn instead_of(&self, rejected: &SecretString) -> Result<SecretString, OAuthError> {
        let mut state = self.0.state.lock().await;
        match &state.access {
            Some(access) if access.token.expose_secret() != rejected.expose_secret() => {
                Ok(access.token.clone())
            }
            _ => self.0.renew(&mut state).await,
        }
    }

    /// What of all that the provider is asked for is not covered.
    ///
    /// # Errors
    /// As [`Self::access`].
    pub async fn not_granted(&self) -> Result<Vec<String>, OAuthError> {
        self.access().await?;
        let state = self.0.state.lock().await;
        let granted = state
            .access
            .as_ref()
            .and_then(|access| access.granted.as_deref());
        Ok(self.0.endpoint.provider.not_granted(granted))
    }

    /// The refresh token as it is now; a provider may have replaced it.
    pub async fn refresh_token(&self) -> SecretString {
        self.0.state.lock().await.refresh.clone()
    }

    /// Asks the provider to forget the grant. All scopes of this client and account end with it.
    ///
    /// # Errors
    /// When the provider cannot be reached or has a passing trouble.
    pub async fn revoke(&self) -> Result<(), OAuthError> {
        let mut state = self.0.state.lock().await;
        self.0.endpoint.revoke(&state.refresh).await?;
        state.access = None;
        state.refused = Some(Refusal::SignInAgain {
            detail: "signed out".to_owned(),
        });
        Ok(())
    }
}

impl Inner {
    /// Holds the lock while it asks: that is what makes all others wait for the same answer.
    async fn renew(&self, state: &mut State) -> Result<SecretString, OAuthError> {
        if let Some(refusal) = &state.refused {
            return Err(refusal.clone().into());
        }
        state.access = None;
        let retry = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(200))
            .with_max_delay(Duration::from_secs(10))
            .with_max_times(5)
            .with_jitter();
        let refresh = &state.refresh;
        let answer = (|| self.refresh(refresh))
            .retry(retry)
            .when(OAuthError::is_passing)
            .adjust(|error, pause| match error {
                OAuthError::Throttled {
                    retry_after: Some(wait),
                } if *wait > Duration::from_secs(60) => None,
                OAuthError::Throttled {
                    retry_after: Some(wait),
                } => pause.map(|pause| pause.max(*wait)),
                _ => pause,
            })
            .await;
        match answer {
            Ok(tokens) => {
                // Google gives no new refresh token; others replace it each time.
                if let Some(refresh) = tokens.refresh {
                    state.refresh = refresh;
                }
                let access = Access::new(tokens.access.clone(), tokens.lifetime);
                state.access = Some(access.granting(tokens.granted));
                Ok(tokens.access)
            }
            Err(error) => {
                state.refused = error.refusal().cloned();
                Err(error)
            }
        }
    }

    async fn refresh(&self, refresh: &SecretString) -> Result<Tokens, OAuthError> {
        let token = RefreshToken::new(refresh.expose_secret().to_owned());
        let client = self.endpoint.oauth();
        let send = self.endpoint.sender();
        let answer = client
            .exchange_refresh_token(&token)
            .request_async(&send)
            .await;
        self.endpoint.tokens(answer)
    }
}
