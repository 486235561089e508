use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode, Uri, header};
use oauth2::{
    AuthUrl, AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use super::tokens::Access;
use super::wire::TokenEndpoint;
use super::{ClientCredentials, Dialect, Grant, OAuthError, Provider, Refusal};

/// How long the browser has to fetch the last page after we have our answer.
const FAREWELL: Duration = Duration::from_secs(2);

/// What the browser shows, in the user's language; plain text, escaped here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserPage {
    pub title: String,
    pub text: String,
}

/// What the browser shows at the end of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserPages {
    /// Such as `fr`.
    pub language: String,
    /// Signed in; the window can be closed.
    pub success: BrowserPage,
    /// Not signed in; the program says why.
    pub failure: BrowserPage,
}

/// A sign-in under way: a port of this computer waits for the browser. Dropping it closes the port.
#[derive(Debug)]
pub struct SignIn {
    endpoint: TokenEndpoint,
    consent: Url,
    redirect: RedirectUrl,
    verifier: PkceCodeVerifier,
    answers: mpsc::Receiver<Answer>,
    open: DropGuard,
    serving: JoinHandle<()>,
}

/// What the browser brought back, and whom to tell what became of it.
#[derive(Debug)]
struct Answer {
    result: Result<AuthorizationCode, Refusal>,
    verdict: oneshot::Sender<bool>,
}

struct Shared {
    state: CsrfToken,
    answers: mpsc::Sender<Answer>,
    pages: BrowserPages,
    dialect: Dialect,
}

impl SignIn {
    /// Opens a port of this computer and prepares the consent page's address. `account`: whom to suggest.
    ///
    /// # Errors
    /// When no port can be opened, or the provider's addresses are not encrypted.
    pub async fn start(
        provider: Provider,
        client: ClientCredentials,
        account: Option<&str>,
        pages: BrowserPages,
    ) -> Result<Self, OAuthError> {
        let (listeners, redirect) = listen(&provider).await?;
        let redirect =
            RedirectUrl::new(redirect).map_err(|error| OAuthError::Protocol(error.to_string()))?;
        let endpoint = TokenEndpoint::new(provider, client)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let oauth = endpoint
            .oauth()
            .set_auth_uri(AuthUrl::from_url(endpoint.provider.auth_url.clone()))
            .set_redirect_uri(redirect.clone());
        let mut request = oauth
            .authorize_url(CsrfToken::new_random)
            .add_scopes(endpoint.provider.scopes.iter().cloned().map(Scope::new))
            .add_scopes(endpoint.provider.optional.iter().cloned().map(Scope::new))
            .set_pkce_challenge(challenge);
        for (name, value) in &endpoint.provider.extra {
            request = request.add_extra_param(*name, *value);
        }
        if let Some(account) = account {
            request = request.add_extra_param("login_hint", account.to_owned());
        }
        let (consent, state) = request.url();

        let (sender, answers) = mpsc::channel(1);
        let close = CancellationToken::new();
        let shared = Arc::new(Shared {
            state,
            answers: sender,
            pages,
            dialect: endpoint.provider.dialect,
        });
        let servers: Vec<_> = listeners
            .into_iter()
            .map(|listener| serve(listener, shared.clone(), close.clone()))
            .collect();
        let serving = tokio::spawn(async move {
            futures::future::join_all(servers).await;
        });
        Ok(Self {
            endpoint,
            consent,
            redirect,
            verifier,
            answers,
            open: close.drop_guard(),
            serving,
        })
    }

    /// The page to open in the user's browser.
    pub fn consent_page(&self) -> &Url {
        &self.consent
    }

    /// Waits for the browser, for as long as the user takes, then exchanges the code.
    ///
    /// # Errors
    /// [`OAuthError::Cancelled`] on `cancel`; else what the user or the provider said.
    pub async fn finish(mut self, cancel: &CancellationToken) -> Result<Grant, OAuthError> {
        let answer = tokio::select! {
            () = cancel.cancelled() => return Err(OAuthError::Cancelled),
            answer = self.answers.recv() => answer,
        };
        // A page that is loaded twice brings the same code, which is good once.
        self.answers.close();
        let Some(Answer { result, verdict }) = answer else {
            return Err(OAuthError::Cancelled);
        };
        let grant = match result {
            Err(refusal) => Err(refusal.into()),
            Ok(code) => tokio::select! {
                () = cancel.cancelled() => Err(OAuthError::Cancelled),
                grant = exchange(&self.endpoint, code, Some(self.redirect), self.verifier) => grant,
            },
        };
        let _ = verdict.send(grant.is_ok());
        // The program may end right after this; the browser still has to get its page.
        drop(self.open);
        let _ = self.serving.await;
        grant
    }
}

/// Ports of this computer, and the address with which the browser comes to them.
async fn listen(provider: &Provider) -> Result<(Vec<TcpListener>, String), OAuthError> {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let mut taken = None;
    for redirect in &provider.redirects {
        let port = Url::parse(redirect).ok().and_then(|url| url.port());
        match bind(port.unwrap_or(0)).await {
            Ok(listener) => return Ok((vec![listener], redirect.clone())),
            Err(error) => taken = Some(error),
        }
    }
    if let Some(error) = taken {
        return Err(OAuthError::Listener(error));
    }
    let listener = bind(0).await.map_err(OAuthError::Listener)?;
    let port = listener.local_addr().map_err(OAuthError::Listener)?.port();
    let host = provider.dialect.loopback_host();
    let mut listeners = vec![listener];
    if host == "localhost" {
        // To browsers that may be IPv6 first; they come to the other one where there is none.
        listeners.extend(TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok());
    }
    Ok((listeners, format!("http://{host}:{port}")))
}

pub(super) async fn exchange(
    endpoint: &TokenEndpoint,
    code: AuthorizationCode,
    redirect: Option<RedirectUrl>,
    verifier: PkceCodeVerifier,
) -> Result<Grant, OAuthError> {
    let mut client = endpoint.oauth();
    if let Some(redirect) = redirect {
        client = client.set_redirect_uri(redirect);
    }
    let send = endpoint.sender();
    let answer = client
        .exchange_code(code)
        .set_pkce_verifier(verifier)
        .request_async(&send)
        .await;
    let tokens = endpoint.tokens(answer)?;
    Ok(Grant {
        refresh_token: tokens.refresh.ok_or(Refusal::NoRefreshToken)?,
        not_granted: endpoint.provider.not_granted(tokens.granted.as_deref()),
        ends_in: tokens.ends_in,
        access: Access::new(tokens.access, tokens.lifetime).granting(tokens.granted),
    })
}

async fn serve(listener: TcpListener, shared: Arc<Shared>, close: CancellationToken) {
    let router = Router::new().fallback(answer_browser).with_state(shared);
    let server = axum::serve(listener, router)
        .with_graceful_shutdown(close.clone().cancelled_owned())
        .into_future();
    // Browsers open connections in advance and never use them: those must not keep the port open.
    let patience = async {
        close.cancelled().await;
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        result = server => if let Err(error) = result {
            tracing::warn!(%error, "the port for the browser's answer failed");
        },
        () = patience => {}
    }
}

/// Only a request with our own `state` is the browser coming back; anything else (a favicon, another
/// program, another page's attempt) gets nothing and changes nothing.
async fn answer_browser(State(shared): State<Arc<Shared>>, method: Method, uri: Uri) -> Response {
    let Some(result) = (method == Method::GET && uri.path() == "/")
        .then(|| read_answer(uri.query().unwrap_or_default(), &shared))
        .flatten()
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (verdict, outcome) = oneshot::channel();
    let signed_in = match shared.answers.try_send(Answer { result, verdict }) {
        Ok(()) => outcome.await.unwrap_or(false),
        Err(_) => return StatusCode::NOT_FOUND.into_response(),
    };
    let page = if signed_in {
        &shared.pages.success
    } else {
        &shared.pages.failure
    };
    render(&shared.pages.language, page).into_response()
}

fn read_answer(query: &str, shared: &Shared) -> Option<Result<AuthorizationCode, Refusal>> {
    let mut code = None;
    let mut error = None;
    let mut description = None;
    let mut ours = false;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "state" => ours = value == shared.state.secret().as_str(),
            "code" => code = Some(value.into_owned()),
            "error" => error = Some(value.into_owned()),
            "error_description" => description = Some(value.into_owned()),
            _ => {}
        }
    }
    match (ours, error, code) {
        (true, Some(error), _) => {
            let refusal = shared.dialect.refusal(&error, description.as_deref());
            Some(Err(refusal))
        }
        (true, None, Some(code)) => Some(Ok(AuthorizationCode::new(code))),
        _ => None,
    }
}

fn render(language: &str, page: &BrowserPage) -> impl IntoResponse + use<> {
    let (language, title, text) = (escape(language), escape(&page.title), escape(&page.text));
    let body = format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>body{{font:1.1em/1.5 system-ui,sans-serif;max-width:34em;margin:4em auto;\
         padding:0 1em;color-scheme:light dark}}</style></head>\
         <body><h1>{title}</h1><p>{text}</p></body></html>\n"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'",
        ),
        (header::CONNECTION, "close"),
    ];
    (headers, body)
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}
