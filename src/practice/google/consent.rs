//! The page on which a person allows or denies: plain HTML that works without a script.

use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use quick_xml::escape::escape;

use super::super::world::ACCOUNT;
use super::asked::Asked;
use super::oauth::Refused;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}\
label{display:block;margin:.5rem 0}button{font:inherit;padding:.5rem 1.5rem;margin:1rem 1rem 0 0}\
.note{border-left:.3rem solid #e8a33d;padding-left:1rem}@media(prefers-color-scheme:dark){body{background:#202124;color:#e8eaed}}";

/// The form is sent back to the same address, so that the query travels with it.
pub(super) fn page(asked: &Asked) -> Response {
    let boxes: String = asked
        .choices()
        .map(|scope| {
            let scope = escape(scope.as_str());
            if asked.has_choice() {
                format!(
                    "<label><input type=\"checkbox\" name=\"scope\" value=\"{scope}\"> {scope}</label>"
                )
            } else {
                format!("<p>{scope}</p>")
            }
        })
        .collect();
    let body = format!(
        "<p class=\"note\">Serveur d’entraînement : rien de ceci n’est vrai. / Practice server: none of this is real.</p>\
<h1>Transhumance wants to access your Google Account</h1><p>{account}</p>\
<form method=\"post\">{boxes}\
<button name=\"action\" value=\"allow\">Continue</button>\
<button name=\"action\" value=\"deny\">Cancel</button></form>",
        account = escape(ACCOUNT.mail),
    );
    html(StatusCode::OK, "Sign in", &body)
}

/// What Google shows when the request itself is wrong.
pub(super) fn error(refused: &Refused) -> Response {
    let status = StatusCode::from_u16(refused.0).unwrap_or(StatusCode::BAD_REQUEST);
    let body = format!(
        "<h1>Access blocked: Authorization Error</h1><p>{}</p><p>Error {}: {}</p>",
        escape(refused.2.as_str()),
        status.as_u16(),
        escape(refused.1.as_str()),
    );
    html(status, "Error", &body)
}

fn html(status: StatusCode, title: &str, body: &str) -> Response {
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head><body>{body}</body></html>"
    );
    (status, Html(page)).into_response()
}
