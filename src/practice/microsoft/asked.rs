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
    /// Checks a request for consent. What is wrong with the app or the address is told on the page and
    /// never by a redirect.
    pub(super) fn check(
        client: &Client,
        tenant: &str,
        query: &HashMap<String, String>,
    ) -> Result<Self, Refused> {
        let get = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        client.check(get("client_id"))?;
        client.check_tenant(tenant)?;
        let redirect = Url::parse(get("redirect_uri"))
            .ok()
            .filter(is_registered)
            .ok_or_else(|| {
                let words = format!(
                    "The redirect URI '{}' specified in the request does not match the redirect URIs configured for the application.",
                    get("redirect_uri")
                );
                Refused::new(400, "invalid_request", 50_011, &words)
            })?;
        if get("response_type") != "code" {
            return Err(Refused::missing("response_type"));
        }
        let challenge = query.get("code_challenge").filter(|c| !c.is_empty());
        if challenge.is_some() && get("code_challenge_method") != "S256" {
            // Plain challenges are possible, but nobody should use them.
            let words = "The code_challenge_method is not supported.";
            return Err(Refused::new(400, "invalid_request", 501_491, words));
        }
        Ok(Self {
            redirect,
            state: query.get("state").cloned(),
            scopes: client.scopes(tenant, get("scope"))?,
            challenge: challenge.cloned(),
        })
    }

    pub(super) fn back(&self, pairs: &[(&str, &str)]) -> Url {
        let mut url = self.redirect.clone();
        {
            let mut query = url.query_pairs_mut();
            query.extend_pairs(pairs);
            if let Some(state) = &self.state {
                query.append_pair("state", state);
            }
        }
        url
    }

    /// Where the browser goes when nothing is granted.
    pub(super) fn refused(&self, code: &str, description: &str) -> Url {
        self.back(&[("error", code), ("error_description", description)])
    }
}

/// `http://localhost`, whatever the port; the number is not registered, and the path counts.
fn is_registered(url: &Url) -> bool {
    url.scheme() == "http"
        && url.host_str() == Some("localhost")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
}
