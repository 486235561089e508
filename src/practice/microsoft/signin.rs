//! The handlers of signing in.

use std::collections::HashMap;

use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::json;
use url::Url;

use super::asked::Asked;
use super::consent;
use super::error::{ok, reply};
use super::oauth::{AutoConsent, Refused};
use super::state::Shared;

type Pairs = HashMap<String, String>;

/// `GET` and `POST /{tenant}/oauth2/v2.0/authorize`. A script may send `action=allow`.
pub(super) fn authorize(
    shared: &Shared,
    tenant: &str,
    method: &Method,
    query: &Pairs,
    form: &Pairs,
) -> Response {
    let asked = match Asked::check(&shared.client, tenant, query) {
        Ok(asked) => asked,
        Err(refused) if refused.code == "invalid_scope" => {
            // The address is right, so that the app gets to know it.
            let redirect = query
                .get("redirect_uri")
                .and_then(|url| Url::parse(url).ok());
            let Some(redirect) = redirect else {
                return consent::error(&refused);
            };
            let asked = Asked {
                redirect,
                state: query.get("state").cloned(),
                scopes: Vec::new(),
                challenge: None,
            };
            return to(&asked.refused(&refused.code, &refused.description));
        }
        Err(refused) => return consent::error(&refused),
    };
    let (auto, needs_administrator) = {
        let oauth = shared.oauth();
        (
            oauth.settings.auto_consent.clone(),
            oauth.needs_administrator(),
        )
    };
    let action = match (auto, form.get("action").map(String::as_str)) {
        (Some(AutoConsent::Allow), _) => "allow",
        (Some(AutoConsent::Deny), _) => "deny",
        (None, Some(action)) if *method == Method::POST => action,
        (None, _) if needs_administrator => return consent::needs_administrator(),
        (None, _) => return consent::page(&asked),
    };
    if needs_administrator {
        let words = "AADSTS90094: An admin has set a policy that prevents you from granting Transhumance the permissions it is requesting. Contact an admin, who can grant permissions on your behalf.";
        return to(&asked.refused("consent_required", words));
    }
    if action == "allow" {
        return to(&shared.sign(|oauth, now| oauth.consent(&asked, now)));
    }
    to(&asked.refused(
        "access_denied",
        "AADSTS65004: User declined to consent to access the app.",
    ))
}

fn to(address: &Url) -> Response {
    let mut answer = StatusCode::FOUND.into_response();
    if let Ok(location) = HeaderValue::from_str(address.as_str()) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    answer
}

/// `POST /{tenant}/oauth2/v2.0/token`
pub(super) fn token(
    shared: &Shared,
    tenant: &str,
    headers: &HeaderMap,
    mut form: Pairs,
) -> Response {
    if let Some((id, secret)) = basic(headers) {
        form.insert("client_id".into(), id);
        form.insert("client_secret".into(), secret);
    }
    let answer = shared.sign(|oauth, now| oauth.token(&shared.client, tenant, &form, now));
    let mut answer = match answer {
        Ok(tokens) => ok(&tokens),
        Err(refused) => refuse(&refused),
    };
    let no_store = HeaderValue::from_static("no-store, no-cache");
    answer.headers_mut().insert(header::CACHE_CONTROL, no_store);
    answer
}

/// `POST /{tenant}/oauth2/v2.0/devicecode`
pub(super) fn device_code(
    shared: &Shared,
    tenant: &str,
    headers: &HeaderMap,
    form: &Pairs,
) -> Response {
    let base = shared.base(headers);
    let answer = shared.sign(|oauth, now| oauth.device(&shared.client, tenant, form, &base, now));
    match answer {
        Ok(code) => ok(&code),
        Err(refused) => refuse(&refused),
    }
}

/// `GET` and `POST /devicelogin`, which a person opens on another device.
pub(super) fn device_login(shared: &Shared, method: &Method, form: &Pairs) -> Response {
    if *method != Method::POST {
        return consent::device(false);
    }
    let code = form
        .get("user_code")
        .map(String::as_str)
        .unwrap_or_default();
    let allow = form.get("action").is_none_or(|action| action == "allow");
    if shared.sign(|oauth, now| oauth.enter(code, allow, now)) {
        consent::done(
            "You have signed in to the Transhumance application on your device. You may now close this window.",
        )
    } else {
        consent::device(true)
    }
}

/// `GET` and `POST /{tenant}/adminconsent`, or with `/v2.0` before it: only an administrator comes here.
pub(super) fn admin_consent(
    shared: &Shared,
    tenant: &str,
    method: &Method,
    query: &Pairs,
    form: &Pairs,
) -> Response {
    let get = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let checked = shared
        .client
        .check(get("client_id"))
        .and_then(|()| shared.client.check_tenant(tenant));
    if let Err(refused) = checked {
        return consent::error(&refused);
    }
    let Ok(redirect) = Url::parse(get("redirect_uri")) else {
        return consent::error(&Refused::missing("redirect_uri"));
    };
    let asked = Asked {
        redirect,
        state: query.get("state").cloned(),
        scopes: get("scope").split_whitespace().map(str::to_owned).collect(),
        challenge: None,
    };
    if *method != Method::POST {
        return consent::page(&asked);
    }
    if form.get("action").is_some_and(|action| action != "allow") {
        let words = "AADSTS65004: The resource owner or authorization server denied the request.";
        return to(&asked.refused("access_denied", words));
    }
    shared.sign(|oauth, _| oauth.settings.admin_consented = true);
    let [guid, _] = &shared.client.tenants;
    to(&asked.back(&[("admin_consent", "True"), ("tenant", guid)]))
}

fn refuse(refused: &Refused) -> Response {
    let status = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::BAD_REQUEST);
    let trace = "8d1d6f5d-0000-4000-8000-000000000000";
    let mut body = json!({
        "error": refused.code,
        "error_description": format!(
            "{} Trace ID: {trace} Correlation ID: {trace} Timestamp: 2026-11-22 10:00:00Z",
            refused.description
        ),
        "error_codes": refused.number.into_iter().collect::<Vec<_>>(),
        "timestamp": "2026-11-22 10:00:00Z",
        "trace_id": trace,
        "correlation_id": trace,
    });
    if let (Some(65_001), Some(body)) = (refused.number, body.as_object_mut()) {
        body.insert("suberror".into(), "consent_required".into());
    }
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
