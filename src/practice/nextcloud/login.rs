//! Who asks: Basic authentication, app passwords, brute force protection, and Login Flow v2 with its
//! consent page.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use axum::response::Response;
use base64::Engine as _;
use http::{HeaderMap, Method, StatusCode, header};
use rand::distr::{Alphanumeric, SampleString as _};
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::answer::{HTML, Language, escape, with_type};
use super::gate::Call;
use super::ocs::{self, json_response};
use super::op::{Op, Token};
use super::server::{Shared, held};
use crate::hash::digest;
use crate::model::HashAlgorithm;

/// Failed logins that are borne; with more, all logins from the address are refused (IThrottler).
const MOST_FAILURES: usize = 10;
const FAILURES_COUNT_FOR: Duration = Duration::from_secs(30 * 60);
/// How long a login flow waits for its person (LoginFlowV2Mapper).
const FLOW_LIVES: Duration = Duration::from_secs(1200);

/// What is known about logins, for as long as the server runs.
#[derive(Debug, Default)]
pub(super) struct Logins {
    failures: VecDeque<Instant>,
    /// Accounts whose own password works no more.
    pub revoked: HashSet<String>,
    pub disabled: HashSet<String>,
    /// By login token, which is the part of the address that the person opens.
    flows: HashMap<String, Flow>,
}

#[derive(Debug)]
struct Flow {
    poll_token: String,
    client: String,
    begun: Instant,
    granted: Option<Granted>,
}

struct Granted {
    login_name: String,
    app_password: String,
}

impl std::fmt::Debug for Granted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Granted({})", self.login_name)
    }
}

impl Logins {
    fn failed(&mut self) {
        self.failures.push_back(Instant::now());
    }

    /// Failed logins that still count.
    pub fn failures(&mut self) -> usize {
        while self
            .failures
            .front()
            .is_some_and(|at| at.elapsed() > FAILURES_COUNT_FOR)
        {
            self.failures.pop_front();
        }
        self.failures.len()
    }

    pub fn forget_failures(&mut self) {
        self.failures.clear();
    }

    fn flow(&mut self, token: &str) -> Option<&mut Flow> {
        self.flows
            .retain(|_, flow| flow.begun.elapsed() < FLOW_LIVES);
        self.flows.get_mut(token)
    }
}

/// Somebody who has logged in.
#[derive(Debug, Clone)]
pub(super) struct Who {
    pub id: String,
    pub login_name: String,
    /// The hash of the app password; `None`: the account's own password.
    pub token: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denied {
    NoCredentials,
    Wrong,
    TooMany,
    Disabled,
}

/// # Errors
/// Why the request is nobody's.
pub(super) fn authenticate(shared: &Shared, headers: &HeaderMap) -> Result<Who, Denied> {
    let text = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .ok_or(Denied::NoCredentials)?;
    let (scheme, rest) = text.split_once(' ').ok_or(Denied::NoCredentials)?;
    let who = if scheme.eq_ignore_ascii_case("bearer") {
        check(shared, None, rest.trim())
    } else if scheme.eq_ignore_ascii_case("basic") {
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(rest.trim())
            .unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let (login, password) = text.split_once(':').unwrap_or((&text, ""));
        check(shared, Some(login), password)
    } else {
        return Err(Denied::NoCredentials);
    };
    admit(shared, who)
}

fn check(shared: &Shared, login: Option<&str>, password: &str) -> Option<Who> {
    let hash = token_hash(password);
    let token = shared.store.lock().state.tokens.get(&hash).cloned();
    if let Some(token) = token
        && login.is_none_or(|login| login == token.login_name)
    {
        return Some(Who {
            id: token.user,
            login_name: token.login_name,
            token: Some(hash),
        });
    }
    let login = login?;
    let user = shared
        .config
        .users
        .iter()
        .find(|user| user.login_name == login || user.id.eq_ignore_ascii_case(login))?;
    let right = user.password.expose_secret() == password
        && !held(&shared.logins).revoked.contains(&user.id);
    right.then(|| Who {
        id: user.id.clone(),
        login_name: login.to_owned(),
        token: None,
    })
}

fn admit(shared: &Shared, who: Option<Who>) -> Result<Who, Denied> {
    let mut logins = held(&shared.logins);
    if logins.failures() > MOST_FAILURES {
        return Err(Denied::TooMany);
    }
    match who {
        Some(who) if logins.disabled.contains(&who.id) => Err(Denied::Disabled),
        Some(who) => Ok(who),
        None => {
            logins.failed();
            Err(Denied::Wrong)
        }
    }
}

fn token_hash(password: &str) -> String {
    digest(HashAlgorithm::Sha256, password.as_bytes()).hex
}

/// Makes an app password that works with this login name only.
pub(super) fn new_app_password(
    shared: &Shared,
    user: &str,
    login_name: &str,
    name: &str,
) -> std::io::Result<String> {
    let password = Alphanumeric.sample_string(&mut rand::rng(), 72);
    let token = Token {
        hash: token_hash(&password),
        user: user.to_owned(),
        login_name: login_name.to_owned(),
        name: name.to_owned(),
    };
    shared.store.commit(Op::Token { token })?;
    Ok(password)
}

/// `/login/v2…`; `rest` is what follows `v2`.
pub(super) async fn answer(call: &mut Call, rest: &[String]) -> Response {
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    match (call.method.clone(), rest.as_slice()) {
        (Method::POST, []) => begin(call),
        (Method::POST, ["poll"]) => poll(call).await,
        (Method::GET, ["flow", token]) => page(call, token),
        (Method::POST, ["grant"]) => grant(call).await,
        _ => with_type(StatusCode::NOT_FOUND, HTML, "Not found"),
    }
}

fn begin(call: &Call) -> Response {
    let random = || Alphanumeric.sample_string(&mut rand::rng(), 128);
    let (poll_token, login_token) = (random(), random());
    let base = call.base();
    let body = json!({
        "poll": { "token": poll_token, "endpoint": format!("{base}/login/v2/poll") },
        "login": format!("{base}/login/v2/flow/{login_token}"),
    });
    let flow = Flow {
        poll_token,
        client: call.header("user-agent").unwrap_or("unknown").to_owned(),
        begun: Instant::now(),
        granted: None,
    };
    held(&call.shared.logins).flows.insert(login_token, flow);
    json_response(StatusCode::OK, &body)
}

/// Pending, unknown and expired all look the same; what was granted is told once.
async fn poll(call: &mut Call) -> Response {
    let form = call.form().await;
    let token = form.get("token").cloned().unwrap_or_default();
    let mut logins = held(&call.shared.logins);
    let found = logins
        .flows
        .iter()
        .find(|(_, flow)| flow.poll_token == token && flow.begun.elapsed() < FLOW_LIVES)
        .filter(|(_, flow)| flow.granted.is_some())
        .map(|(login_token, _)| login_token.clone());
    let granted = found
        .and_then(|login_token| logins.flows.remove(&login_token))
        .and_then(|flow| flow.granted);
    drop(logins);
    match granted {
        Some(granted) => json_response(
            StatusCode::OK,
            &json!({
                "server": call.base(),
                "loginName": granted.login_name,
                "appPassword": granted.app_password,
            }),
        ),
        None => json_response(StatusCode::NOT_FOUND, &json!([])),
    }
}

fn page(call: &Call, token: &str) -> Response {
    let french = call.shared.config.language == Language::French;
    let mut logins = held(&call.shared.logins);
    let Some(flow) = logins.flow(token) else {
        drop(logins);
        return forbidden(call);
    };
    let client = escape(&flow.client);
    drop(logins);
    let user = call
        .query()
        .get("user")
        .map(|user| escape(user))
        .unwrap_or_default();
    let (title, asks, name, password, button) = if french {
        (
            "Connexion à votre compte",
            "demande l'accès à votre compte de ce Nextcloud d'entraînement.",
            "Nom d'utilisateur ou e-mail",
            "Mot de passe",
            "Autoriser l'accès",
        )
    } else {
        (
            "Connect to your account",
            "asks for access to your account on this practice Nextcloud.",
            "Account name or email",
            "Password",
            "Grant access",
        )
    };
    html(
        call,
        StatusCode::OK,
        title,
        &format!(
            "<p><strong>{client}</strong> {asks}</p>\n\
             <form method=\"post\" action=\"/login/v2/grant\">\n\
             <input type=\"hidden\" name=\"token\" value=\"{}\">\n\
             <p><label>{name}<br><input name=\"user\" value=\"{user}\" autocomplete=\"username\"></label></p>\n\
             <p><label>{password}<br><input name=\"password\" type=\"password\" autocomplete=\"current-password\"></label></p>\n\
             <p><button type=\"submit\">{button}</button></p>\n</form>",
            escape(token),
        ),
    )
}

/// The form's answer; a script sends `token`, `user` and `password`.
async fn grant(call: &mut Call) -> Response {
    let form = call.form().await;
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let known = held(&call.shared.logins)
        .flow(field("token"))
        .map(|flow| flow.client.clone());
    let Some(client) = known else {
        return forbidden(call);
    };
    let who = check(&call.shared, Some(field("user")), field("password"));
    let who = match admit(&call.shared, who) {
        Ok(who) => who,
        Err(Denied::TooMany) => {
            return with_type(StatusCode::TOO_MANY_REQUESTS, HTML, "Too many requests");
        }
        Err(_) => return wrong_password(call),
    };
    let made = new_app_password(&call.shared, &who.id, &who.login_name, &client);
    let Ok(app_password) = made else {
        return with_type(StatusCode::INTERNAL_SERVER_ERROR, HTML, "");
    };
    if let Some(flow) = held(&call.shared.logins).flow(field("token")) {
        flow.granted = Some(Granted {
            login_name: who.login_name,
            app_password,
        });
    }
    let (title, text) = match call.shared.config.language {
        Language::English => ("Account connected", "You can close this window."),
        Language::French => ("Compte connecté", "Vous pouvez fermer cette fenêtre."),
    };
    html(call, StatusCode::OK, title, &format!("<p>{text}</p>"))
}

fn wrong_password(call: &Call) -> Response {
    let text = match call.shared.config.language {
        Language::English => "Wrong login or password.",
        Language::French => "Mauvais identifiant ou mot de passe.",
    };
    html(call, StatusCode::UNAUTHORIZED, text, "")
}

fn forbidden(call: &Call) -> Response {
    let text = match call.shared.config.language {
        Language::English => "Your login token is invalid or has expired",
        Language::French => "Votre jeton de connexion n'est pas valide ou a expiré",
    };
    html(call, StatusCode::FORBIDDEN, text, "")
}

fn html(call: &Call, status: StatusCode, title: &str, body: &str) -> Response {
    let language = match call.shared.config.language {
        Language::English => "en",
        Language::French => "fr",
    };
    with_type(
        status,
        HTML,
        format!(
            "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
        ),
    )
}

/// `core/getapppassword`, `core/apppassword`.
pub(super) fn app_password(call: &Call, who: &Who, rest: &[&str], v1: bool) -> Response {
    match (call.method.clone(), rest) {
        (Method::GET, ["getapppassword"]) => {
            if who.token.is_some() {
                return ocs::failure(call, v1, 403, "Password confirmation is required");
            }
            let client = call.header("user-agent").unwrap_or("unknown");
            match new_app_password(&call.shared, &who.id, &who.login_name, client) {
                Ok(password) => ocs::success(call, v1, json!({ "apppassword": password })),
                Err(error) => ocs::failure(call, v1, 500, &error.to_string()),
            }
        }
        (Method::DELETE, ["apppassword"]) => match &who.token {
            Some(hash) => {
                let op = Op::Revoke { hash: hash.clone() };
                match call.shared.store.commit(op) {
                    Ok(()) => ocs::success(call, v1, json!([])),
                    Err(error) => ocs::failure(call, v1, 500, &error.to_string()),
                }
            }
            None => ocs::failure(call, v1, 403, "no app password in use"),
        },
        _ => ocs::unknown(call, v1),
    }
}
