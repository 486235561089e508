//! The pages and the handlers of signing in.

use std::collections::HashMap;

use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, StatusCode, header};
use quick_xml::escape::escape;

use super::super::world::ACCOUNT;
use super::call::Call;
use super::error::{Answer, Refusal, reply, set};
use super::oauth::{Asked, AutoConsent};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}\
button{font:inherit;padding:.5rem 1.5rem;margin:1rem 1rem 0 0}input{font:inherit;width:100%}\
.note{border-left:.3rem solid #e8a33d;padding-left:1rem}";

/// `/oauth2/authorize`: the consent page, and what was decided on it.
pub(super) fn authorize(call: &Call) -> Answer {
    let query: HashMap<String, String> = call.query.iter().cloned().collect();
    let permissions = call.shared.oauth().settings.permissions.clone();
    let asked = match Asked::check(&call.shared.app, &permissions, &query) {
        Ok(asked) => asked,
        Err(problem) => {
            return Ok(page(
                StatusCode::BAD_REQUEST,
                "Error (400)",
                &escape(&problem),
            ));
        }
    };
    let auto = call.shared.oauth().settings.auto_consent;
    let allowed = match (call.method == Method::POST, auto) {
        (true, _) => call.form().get("action").map(String::as_str) == Some("allow"),
        (false, Some(auto)) => auto == AutoConsent::Allow,
        (false, None) => return Ok(consent_page(&asked)),
    };
    if !allowed {
        let description = "The user chose not to give your app access to their Dropbox account.";
        let pairs = [
            ("error", "access_denied"),
            ("error_description", description),
        ];
        return Ok(match asked.back(&pairs) {
            Some(url) => redirect(url.as_str()),
            None => page(StatusCode::OK, "Dropbox", "<p>Access denied.</p>"),
        });
    }
    let code = call.shared.sign(|oauth, now| oauth.consent(&asked, now));
    Ok(match asked.back(&[("code", &code)]) {
        Some(url) => redirect(url.as_str()),
        None => {
            let code = escape(code.as_str());
            let body = format!(
                "<p>Enter this code into Transhumance to finish the process.</p>\
                 <input data-token=\"{code}\" value=\"{code}\" readonly>"
            );
            page(StatusCode::OK, "Access code generated", &body)
        }
    })
}

/// The form is sent back to the same address, so that the query travels with it.
fn consent_page(asked: &Asked) -> Response {
    let scopes: String = asked
        .scopes
        .iter()
        .map(|scope| format!("<li>{}</li>", escape(scope.as_str())))
        .collect();
    let body = format!(
        "<p class=\"note\">Serveur d’entraînement : rien de ceci n’est vrai. / Practice server: none of this is real.</p>\
<p>Transhumance would like to:</p><ul>{scopes}</ul><p>{account}</p>\
<form method=\"post\"><button name=\"action\" value=\"allow\">Allow</button>\
<button name=\"action\" value=\"deny\">Cancel</button></form>",
        account = escape(ACCOUNT.mail),
    );
    page(StatusCode::OK, "Dropbox", &body)
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let text = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>{body}</body></html>"
    );
    let mut answer = Response::new(Body::from(text));
    *answer.status_mut() = status;
    set(
        &mut answer,
        header::CONTENT_TYPE,
        "text/html; charset=utf-8",
    );
    answer
}

fn redirect(to: &str) -> Response {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::FOUND;
    set(&mut answer, header::LOCATION, to);
    answer
}

/// `POST /oauth2/token`
pub(super) fn token(call: &Call) -> Answer {
    let mut form = call.form();
    if let Some((id, secret)) = basic(call) {
        form.insert("client_id".into(), id);
        form.insert("client_secret".into(), secret);
    }
    let app = &call.shared.app;
    let tokens = call
        .shared
        .sign(|oauth, now| oauth.token(app, &form, now))?;
    let mut answer = reply(&tokens);
    set(&mut answer, header::CACHE_CONTROL, "no-cache, no-store");
    Ok(answer)
}

/// `POST /2/auth/token/revoke`
pub(super) fn revoke(call: &Call) -> Answer {
    let token = call
        .bearer()
        .ok_or_else(|| Refusal::auth("invalid_access_token"))?;
    call.shared.sign(|oauth, _| oauth.revoke(token));
    Ok(reply(&serde_json::Value::Null))
}

fn basic(call: &Call) -> Option<(String, String)> {
    let coded = call.header("authorization")?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(coded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}
