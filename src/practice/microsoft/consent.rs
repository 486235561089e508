//! The pages that a person sees: plain HTML that works without a script.

use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use quick_xml::escape::escape;

use super::super::world::ACCOUNT;
use super::asked::Asked;
use super::oauth::Refused;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}\
button,input{font:inherit;padding:.5rem 1.5rem;margin:1rem 1rem 0 0}\
.note{border-left:.3rem solid #e8a33d;padding-left:1rem}@media(prefers-color-scheme:dark){body{background:#202124;color:#e8eaed}}";
const NOTE: &str = "<p class=\"note\">Serveur d’entraînement : rien de ceci n’est vrai. / Practice server: none of this is real.</p>";

/// The form is sent back to the same address, so that the query travels with it.
pub(super) fn page(asked: &Asked) -> Response {
    let scopes: String = asked
        .scopes
        .iter()
        .map(|scope| format!("<li>{}</li>", escape(scope.as_str())))
        .collect();
    let body = format!(
        "<h1>Permissions requested</h1><p>{account}</p><ul>{scopes}</ul>\
<form method=\"post\"><button name=\"action\" value=\"allow\">Accept</button>\
<button name=\"action\" value=\"deny\">Cancel</button></form>",
        account = escape(ACCOUNT.mail),
    );
    html(StatusCode::OK, "Sign in to your account", &body)
}

/// Where nobody but an administrator may accept.
pub(super) fn needs_administrator() -> Response {
    let body = format!(
        "<h1>Need admin approval</h1><p>{account}</p><p>Transhumance needs permission to access resources in your organization that only an admin can grant. (AADSTS90094)</p>\
<form method=\"post\"><button name=\"action\" value=\"return\">Return to the application without granting consent</button></form>",
        account = escape(ACCOUNT.mail),
    );
    html(StatusCode::OK, "Need admin approval", &body)
}

/// Where a code of another device is entered.
pub(super) fn device(wrong: bool) -> Response {
    let wrong = match wrong {
        true => "<p>That code didn't work. Check the code and try again.</p>",
        false => "",
    };
    let body = format!(
        "<h1>Enter code</h1>{wrong}<form method=\"post\"><input name=\"user_code\" autofocus>\
<button name=\"action\" value=\"allow\">Continue</button><button name=\"action\" value=\"deny\">Cancel</button></form>"
    );
    html(StatusCode::OK, "Enter code", &body)
}

pub(super) fn done(words: &str) -> Response {
    html(
        StatusCode::OK,
        "Sign in",
        &format!("<h1>{}</h1>", escape(words)),
    )
}

/// What is shown when the request itself is wrong.
pub(super) fn error(refused: &Refused) -> Response {
    let body = format!(
        "<h1>Sorry, but we’re having trouble signing you in.</h1><p>{}</p>",
        escape(refused.description.as_str()),
    );
    html(StatusCode::BAD_REQUEST, "Sign in", &body)
}

fn html(status: StatusCode, title: &str, body: &str) -> Response {
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head><body>{NOTE}{body}</body></html>"
    );
    (status, Html(page)).into_response()
}
