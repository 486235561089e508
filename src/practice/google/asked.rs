//! A request for consent: what an app asks for, and where the answer goes.

use std::collections::HashMap;

use url::Url;

use super::oauth::{Client, Refused};

/// A request for consent that is in order.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub redirect: Url,
    pub state: Option<String>,
    pub scopes: Vec<String>,
    pub challenge: Option<String>,
}

impl Asked {
    /// Checks a request for consent. What is wrong with it is told on the page and never by a redirect.
    pub(super) fn check(client: &Client, query: &HashMap<String, String>) -> Result<Self, Refused> {
        let get = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        if get("client_id").is_empty() {
            return Err(Refused::new(
                400,
                "invalid_request",
                "Missing required parameter: client_id",
            ));
        }
        if get("client_id") != client.id {
            return Err(Refused::new(
                401,
                "invalid_client",
                "The OAuth client was not found.",
            ));
        }
        let redirect = Url::parse(get("redirect_uri"))
            .ok()
            .filter(is_loopback_redirect)
            .ok_or_else(|| {
                let message = "The redirect URI in the request does not match the ones authorized for the OAuth client.";
                Refused::new(400, "redirect_uri_mismatch", message)
            })?;
        if get("response_type") != "code" {
            return Err(Refused::new(
                400,
                "unsupported_response_type",
                "Invalid response_type",
            ));
        }
        let scopes: Vec<String> = get("scope").split_whitespace().map(full_scope).collect();
        if scopes.is_empty() {
            return Err(Refused::new(
                400,
                "invalid_request",
                "Missing required parameter: scope",
            ));
        }
        if let Some(unknown) = scopes.iter().find(|scope| !is_known(scope)) {
            let message = format!("Some requested scopes were invalid. {{invalid=[{unknown}]}}");
            return Err(Refused::new(400, "invalid_scope", &message));
        }
        let challenge = query
            .get("code_challenge")
            .filter(|c| !c.is_empty())
            .cloned();
        if challenge.is_some() && get("code_challenge_method") != "S256" {
            // Plain challenges are possible, but nobody should use them.
            return Err(Refused::new(
                400,
                "invalid_request",
                "Invalid code_challenge_method",
            ));
        }
        Ok(Self {
            redirect,
            state: query.get("state").cloned(),
            scopes,
            challenge,
        })
    }

    /// With two or more things to grant beside signing in, each has its box.
    pub(super) fn has_choice(&self) -> bool {
        self.choices().count() >= 2
    }

    pub(super) fn choices(&self) -> impl Iterator<Item = &String> {
        self.scopes.iter().filter(|scope| !is_sign_in(scope))
    }

    /// Where the browser goes when consent is denied.
    pub(super) fn denied(&self) -> Url {
        self.back(&[("error", "access_denied")])
    }

    pub(super) fn back(&self, pairs: &[(&str, &str)]) -> Url {
        let mut url = self.redirect.clone();
        {
            let mut query = url.query_pairs_mut();
            if let Some(state) = &self.state {
                query.append_pair("state", state);
            }
            query.extend_pairs(pairs);
        }
        url
    }
}

pub(super) const EMAIL: &str = "https://www.googleapis.com/auth/userinfo.email";
const PROFILE: &str = "https://www.googleapis.com/auth/userinfo.profile";

/// Google answers with the long names of these two.
fn full_scope(scope: &str) -> String {
    match scope {
        "email" => EMAIL,
        "profile" => PROFILE,
        other => other,
    }
    .to_owned()
}

pub(super) fn is_sign_in(scope: &str) -> bool {
    matches!(scope, "openid" | EMAIL | PROFILE)
}

fn is_known(scope: &str) -> bool {
    is_sign_in(scope) || scope.starts_with("https://www.googleapis.com/auth/")
}

/// Desktop clients may go back to any port of this computer, and nowhere else.
fn is_loopback_redirect(url: &Url) -> bool {
    let here = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    url.scheme() == "http" && here && url.fragment().is_none()
}
