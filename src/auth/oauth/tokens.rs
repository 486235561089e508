use std::sync::Arc;
use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable as _};
use oauth2::RefreshToken;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;

use super::wire::{TokenEndpoint, Tokens};
use super::{ClientCredentials, Dialect, Grant, OAuthError, Provider, Refusal, TokenKeeper};

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
    keeper: Option<Arc<dyn TokenKeeper>>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    refresh: SecretString,
    /// What the keeper had when it was last looked at.
    kept: SecretString,
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
        Self::with(provider, client, refresh_token, None, None)
    }

    /// As [`Self::headless`]; every new refresh token is left with `keeper`, where the next run, and other
    /// copies of this program, find it.
    ///
    /// # Errors
    /// As [`Self::headless`].
    pub fn kept(
        provider: Provider,
        client: ClientCredentials,
        refresh_token: SecretString,
        keeper: Arc<dyn TokenKeeper>,
    ) -> Result<Self, OAuthError> {
        Self::with(provider, client, refresh_token, None, Some(keeper))
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
        Self::with(
            provider,
            client,
            grant.refresh_token,
            Some(grant.access),
            None,
        )
    }

    fn with(
        provider: Provider,
        client: ClientCredentials,
        refresh: SecretString,
        access: Option<Access>,
        keeper: Option<Arc<dyn TokenKeeper>>,
    ) -> Result<Self, OAuthError> {
        Ok(Self(Arc::new(Inner {
            endpoint: TokenEndpoint::new(provider, client)?,
            keeper,
            state: Mutex::new(State {
                kept: refresh.clone(),
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
        if self.0.endpoint.provider.dialect == Dialect::Dropbox {
            // Whoever has access may end it, with the refresh token that it came from.
            let access = match &state.access {
                Some(access) if access.is_fresh() => access.token.clone(),
                _ => self.0.renew(&mut state).await?,
            };
            self.0.endpoint.revoke_access(&access).await?;
        } else {
            self.0.endpoint.revoke(&state.refresh).await?;
        }
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
        self.look_for_a_newer(state).await;
        let mut answer = self.refresh_patiently(&state.refresh).await;
        let ended =
            |error: &OAuthError| matches!(error.refusal(), Some(Refusal::SignInAgain { .. }));
        // Another copy may have been given a newer one at this very moment, which ended ours.
        if answer.as_ref().is_err_and(ended) && self.look_for_a_newer(state).await {
            answer = self.refresh_patiently(&state.refresh).await;
        }
        match answer {
            Ok(tokens) => {
                // Google gives no new refresh token; others replace it each time.
                if let Some(refresh) = tokens.refresh {
                    state.refresh = refresh;
                    self.keep(state).await;
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

    /// Takes what another copy has kept meanwhile; whether there was anything newer.
    async fn look_for_a_newer(&self, state: &mut State) -> bool {
        let Some(keeper) = &self.keeper else {
            return false;
        };
        match keeper.newest().await {
            Ok(Some(newest)) if newest.expose_secret() != state.kept.expose_secret() => {
                state.refresh = newest.clone();
                state.kept = newest;
                true
            }
            Ok(_) => false,
            Err(error) => {
                tracing::warn!(%error, "the kept sign-in cannot be read; going on with the one at hand");
                false
            }
        }
    }

    /// Before the access that came with it is used. What cannot be kept is still good for this run.
    async fn keep(&self, state: &mut State) {
        let Some(keeper) = &self.keeper else { return };
        match keeper.keep(&state.refresh).await {
            Ok(()) => state.kept = state.refresh.clone(),
            Err(error) => tracing::warn!(
                %error,
                "the renewed sign-in could not be kept; the next run may have to sign in again"
            ),
        }
    }

    async fn refresh_patiently(&self, refresh: &SecretString) -> Result<Tokens, OAuthError> {
        let retry = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(200))
            .with_max_delay(Duration::from_secs(10))
            .with_max_times(5)
            .with_jitter();
        (|| self.refresh(refresh))
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
            .await
    }

    async fn refresh(&self, refresh: &SecretString) -> Result<Tokens, OAuthError> {
        let provider = &self.endpoint.provider;
        let by_name = provider.dialect == Dialect::Microsoft;
        match self.refresh_once(refresh, by_name).await {
            Err(error)
                if by_name
                    && !provider.optional.is_empty()
                    && matches!(error.refusal(), Some(Refusal::AdminConsent { .. })) =>
            {
                // An earlier sign-in that does not cover all of it is good for what it covers.
                let covered = self.refresh_once(refresh, false).await;
                let too_little = |refused: &OAuthError| {
                    matches!(refused.refusal(), Some(Refusal::ScopeMissing { .. }))
                };
                match covered {
                    Err(refused) if too_little(&refused) => Err(error),
                    covered => covered,
                }
            }
            answer => answer,
        }
    }

    /// `by_name`: names what the access is for; else it is for what the sign-in was for.
    async fn refresh_once(
        &self,
        refresh: &SecretString,
        by_name: bool,
    ) -> Result<Tokens, OAuthError> {
        let token = RefreshToken::new(refresh.expose_secret().to_owned());
        let client = self.endpoint.oauth();
        let send = self.endpoint.sender();
        let mut request = client.exchange_refresh_token(&token);
        if by_name {
            let provider = &self.endpoint.provider;
            let scopes = provider.scopes.iter().chain(&provider.optional).cloned();
            request = request.add_scopes(scopes.map(oauth2::Scope::new));
        }
        let answer = request.request_async(&send).await;
        self.endpoint.tokens(answer)
    }
}
