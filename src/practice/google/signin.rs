//! The handlers of signing in.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;
use url::Url;

use super::super::world::ACCOUNT;
use super::asked::Asked;
use super::consent;
use super::error::{ok, reply};
use super::oauth::{AutoConsent, Refused, subject};
use super::state::{Shared, bearer};

type Pairs = HashMap<String, String>;

/// `GET /o/oauth2/v2/auth`
pub(super) async fn auth(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<Pairs>,
) -> Response {
    let asked = match Asked::check(&shared.client, &query) {
        Ok(asked) => asked,
        Err(refused) => return consent::error(&refused),
    };
    let auto = shared.oauth().settings.auto_consent.clone();
    match auto {
        None => consent::page(&asked),
        Some(AutoConsent::Deny) => redirect(&asked.denied()),
        Some(AutoConsent::Allow) => allow(&shared, &asked, &asked.scopes),
        Some(AutoConsent::AllowOnly(scopes)) => allow(&shared, &asked, &scopes),
    }
}

/// `POST /o/oauth2/v2/auth`: the consent page's form. A script may send `action=allow&scope=all`.
pub(super) async fn decide(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<Pairs>,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    let asked = match Asked::check(&shared.client, &query) {
        Ok(asked) => asked,
        Err(refused) => return consent::error(&refused),
    };
    let of = |name: &'static str| {
        form.iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.clone())
    };
    if !of("action").any(|action| action == "allow") {
        return redirect(&asked.denied());
    }
    let ticked: Vec<String> = of("scope").collect();
    if ticked.iter().any(|scope| scope == "all") {
        return allow(&shared, &asked, &asked.scopes);
    }
    allow(&shared, &asked, &ticked)
}

fn allow(shared: &Shared, asked: &Asked, scopes: &[String]) -> Response {
    redirect(&shared.sign(|oauth, now| oauth.consent(asked, scopes, now)))
}

fn redirect(to: &Url) -> Response {
    let mut answer = StatusCode::FOUND.into_response();
    if let Ok(location) = HeaderValue::from_str(to.as_str()) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    answer
}

/// `POST /token`
pub(super) async fn token(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(mut form): Form<Pairs>,
) -> Response {
    if let Some((id, secret)) = basic(&headers) {
        form.insert("client_id".into(), id);
        form.insert("client_secret".into(), secret);
    }
    let answer = shared.sign(|oauth, now| oauth.token(&shared.client, &form, now));
    let mut answer = match answer {
        Ok(tokens) => ok(&tokens),
        Err(refused) => refuse(&refused),
    };
    let no_store = HeaderValue::from_static("no-cache, no-store, max-age=0, must-revalidate");
    answer.headers_mut().insert(header::CACHE_CONTROL, no_store);
    answer
}

/// `POST /revoke`, with the token in the query or in the body.
pub(super) async fn revoke(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<Pairs>,
    body: String,
) -> Response {
    let form = url::form_urlencoded::parse(body.as_bytes());
    let in_body = form.into_owned().find(|(name, _)| name == "token");
    let token = query.get("token").cloned();
    let Some(token) = token.or(in_body.map(|(_, token)| token)) else {
        return refuse(&Refused(
            400,
            "invalid_request".into(),
            "Missing required parameter: token".into(),
        ));
    };
    if shared.sign(|oauth, _| oauth.revoke(&token)) {
        ok(&json!({}))
    } else {
        refuse(&Refused(
            400,
            "invalid_token".into(),
            "Token expired or revoked".into(),
        ))
    }
}

/// `GET /oauth2/v3/userinfo`
pub(super) async fn userinfo(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let scopes = bearer(&headers).and_then(|token| {
        let now = shared.now();
        Some(shared.oauth().scopes(token, now)?.join(" "))
    });
    let Some(scopes) = scopes else {
        return refuse(&Refused(
            401,
            "invalid_request".into(),
            "Invalid Credentials".into(),
        ));
    };
    let mut user = json!({"sub": subject()});
    if let Some(user) = user.as_object_mut() {
        if scopes.contains("userinfo.email") {
            user.insert("email".into(), ACCOUNT.mail.into());
            user.insert("email_verified".into(), true.into());
        }
        if scopes.contains("userinfo.profile") {
            user.insert("name".into(), ACCOUNT.name.into());
        }
    }
    ok(&user)
}

fn refuse(refused: &Refused) -> Response {
    let status = StatusCode::from_u16(refused.0).unwrap_or(StatusCode::BAD_REQUEST);
    let body = json!({"error": refused.1, "error_description": refused.2});
    reply(status, &body)
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let coded = text.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(coded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let plain = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    Some((plain(id), plain(secret)))
}
