//! Signing in: what `www.dropbox.com/oauth2` and `api.dropboxapi.com/oauth2` know and decide
//! (<https://developers.dropbox.com/oauth-guide>).

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::super::content::mix;
use super::error::Refusal;
use super::node::ACCOUNT_ID;

/// How long a code can be exchanged, in milliseconds.
const CODE_LIFETIME: i64 = 600_000;
const MOST_ACCESS: usize = 10_000;

/// What reading everything takes.
pub const SCOPES: [&str; 4] = [
    "account_info.read",
    "files.metadata.read",
    "files.content.read",
    "sharing.read",
];

/// The app as it is registered in the App Console.
#[derive(Debug, Clone)]
pub(super) struct App {
    pub key: String,
    pub secret: String,
    /// Compared as text, port and path included.
    pub redirects: Vec<String>,
}

/// Codes and tokens that were given out.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct OAuth {
    seed: u64,
    given: u64,
    grants: Vec<Grant>,
    #[serde(skip)]
    access: HashMap<String, Access>,
    #[serde(skip)]
    codes: HashMap<String, Code>,
    #[serde(skip)]
    pub settings: Settings,
}

/// What a test, or the person who rehearses, can set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settings {
    /// Seconds.
    pub token_lifetime: i64,
    /// What is ticked on the app's Permissions tab.
    pub permissions: Vec<String>,
    /// Consent is given without a page.
    pub auto_consent: Option<AutoConsent>,
    /// Every request is refused with this 401 tag.
    pub refusal: Option<String>,
    /// The team's administrator has switched Paper off.
    pub no_paper: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token_lifetime: 14_400,
            permissions: SCOPES.map(str::to_owned).to_vec(),
            auto_consent: None,
            refusal: None,
            no_paper: false,
        }
    }
}

/// What a person would do on the consent page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutoConsent {
    Allow,
    Deny,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Grant {
    token: String,
    scopes: Vec<String>,
}

#[derive(Debug, Clone)]
struct Access {
    scopes: Vec<String>,
    /// Milliseconds since 1970.
    expires: i64,
    grant: String,
}

#[derive(Debug)]
struct Code {
    redirect: Option<String>,
    challenge: Option<String>,
    scopes: Vec<String>,
    offline: bool,
    expires: i64,
}

/// A request for consent that is in order.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub redirect: Option<String>,
    pub state: Option<String>,
    pub scopes: Vec<String>,
    challenge: Option<String>,
    offline: bool,
}

type Pairs = HashMap<String, String>;

impl Asked {
    /// What is wrong with it is told on a page, and never by a redirect.
    pub(super) fn check(app: &App, permissions: &[String], query: &Pairs) -> Result<Self, String> {
        let get = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        if get("client_id") != app.key {
            return Err(format!("Invalid client_id: \"{}\".", get("client_id")));
        }
        if get("response_type") != "code" {
            return Err("Invalid response_type: It must be \"code\".".into());
        }
        let redirect = query.get("redirect_uri").cloned();
        if redirect
            .as_ref()
            .is_some_and(|uri| !app.redirects.contains(uri))
        {
            return Err(
                "Invalid redirect_uri. It must exactly match one of the redirect URIs you've \
                        pre-configured for your app (including the path)."
                    .into(),
            );
        }
        let challenge = query.get("code_challenge").cloned();
        if challenge.is_some() && !matches!(get("code_challenge_method"), "S256" | "plain") {
            return Err("Invalid code_challenge_method.".into());
        }
        let offline = match get("token_access_type") {
            "offline" => true,
            "online" | "" => false,
            other => return Err(format!("Invalid token_access_type: \"{other}\".")),
        };
        // What is not ticked in the App Console is left out of the token without a word.
        let asked: Vec<&str> = get("scope").split_whitespace().collect();
        let scopes = permissions
            .iter()
            .filter(|scope| asked.is_empty() || asked.contains(&scope.as_str()))
            .cloned()
            .collect();
        let plain = get("code_challenge_method") == "plain";
        Ok(Self {
            redirect,
            state: query.get("state").cloned(),
            scopes,
            challenge: challenge.map(|challenge| match plain {
                true => URL_SAFE_NO_PAD.encode(Sha256::digest(challenge.as_bytes())),
                false => challenge,
            }),
            offline,
        })
    }

    /// Where the browser goes, with what is to be told; `None`: it stays on Dropbox's own page.
    pub(super) fn back(&self, pairs: &[(&str, &str)]) -> Option<Url> {
        let mut url = Url::parse(self.redirect.as_ref()?).ok()?;
        {
            let mut query = url.query_pairs_mut();
            query.extend_pairs(pairs);
            if let Some(state) = &self.state {
                query.append_pair("state", state);
            }
        }
        Some(url)
    }
}

impl OAuth {
    /// With one grant that is always there, as if somebody had signed in long ago.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            grants: vec![Grant {
                token: first_refresh_token(seed),
                scopes: SCOPES.map(str::to_owned).to_vec(),
            }],
            ..Self::default()
        }
    }

    /// Gives a code.
    pub(super) fn consent(&mut self, asked: &Asked, now: i64) -> String {
        let code = self.secret(32);
        self.codes.retain(|_, code| code.expires > now);
        self.codes.insert(
            code.clone(),
            Code {
                redirect: asked.redirect.clone(),
                challenge: asked.challenge.clone(),
                scopes: asked.scopes.clone(),
                offline: asked.offline,
                expires: now + CODE_LIFETIME,
            },
        );
        code
    }

    /// The token endpoint.
    pub(super) fn token(&mut self, app: &App, form: &Pairs, now: i64) -> Result<Value, Refusal> {
        let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let client = || Refusal::oauth("invalid_client", "Invalid client_id or client_secret");
        if get("client_id") != app.key {
            return Err(client());
        }
        let secret = get("client_secret");
        if !secret.is_empty() && secret != app.secret {
            return Err(client());
        }
        match get("grant_type") {
            "authorization_code" => self.exchange(form, secret.is_empty(), now),
            "refresh_token" => self.refresh(get("refresh_token"), now),
            "" => Err(Refusal::oauth(
                "invalid_request",
                "missing required field: grant_type",
            )),
            _ => Err(Refusal::oauth(
                "unsupported_grant_type",
                "grant type is not supported",
            )),
        }
    }

    fn exchange(&mut self, form: &Pairs, public: bool, now: i64) -> Result<Value, Refusal> {
        let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let invalid = |text: &str| Refusal::oauth("invalid_grant", text);
        // Used up, whatever comes of it.
        let code = self
            .codes
            .remove(get("code"))
            .filter(|code| code.expires > now)
            .ok_or_else(|| invalid("code doesn't exist or has expired"))?;
        if code.redirect.as_ref() != form.get("redirect_uri") {
            return Err(invalid("redirect_uri mismatch"));
        }
        match &code.challenge {
            Some(challenge) => {
                let verifier = get("code_verifier");
                let made = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
                // RFC 7636, 4.1: 43 to 128 characters.
                if !(43..=128).contains(&verifier.len()) || made != *challenge {
                    return Err(invalid("invalid code verifier"));
                }
            }
            None if public => {
                return Err(Refusal::oauth(
                    "invalid_client",
                    "No client_secret and no code_verifier",
                ));
            }
            None => {}
        }
        let token = self.secret(48);
        let mut answer = self.access(&token, code.scopes.clone(), now);
        if let Some(fields) = answer.as_object_mut() {
            fields.insert("scope".into(), code.scopes.join(" ").into());
            fields.insert("uid".into(), "12345".into());
            fields.insert("account_id".into(), ACCOUNT_ID.into());
            if code.offline {
                fields.insert("refresh_token".into(), token.as_str().into());
            }
        }
        self.grants.push(Grant {
            token,
            scopes: code.scopes,
        });
        Ok(answer)
    }

    /// The refresh token stays as it is, and is not given again.
    fn refresh(&mut self, token: &str, now: i64) -> Result<Value, Refusal> {
        let grant = self.grants.iter().find(|grant| grant.token == token);
        let grant = grant.cloned().ok_or_else(|| {
            Refusal::oauth("invalid_grant", "refresh token is invalid or revoked")
        })?;
        Ok(self.access(&grant.token, grant.scopes, now))
    }

    fn access(&mut self, grant: &str, scopes: Vec<String>, now: i64) -> Value {
        let token = format!("sl.u.{}", self.secret(96));
        let answer = json!({
            "access_token": token,
            "token_type": "bearer",
            "expires_in": self.settings.token_lifetime,
        });
        if self.access.len() >= MOST_ACCESS {
            self.access.clear();
        }
        self.access.insert(
            token,
            Access {
                scopes,
                expires: now + self.settings.token_lifetime * 1000,
                grant: grant.to_owned(),
            },
        );
        answer
    }

    /// Lets a request through, or says why not; `scope`: what its route takes.
    pub(super) fn authorise(&self, token: &str, scope: &str, now: i64) -> Result<(), Refusal> {
        if let Some(tag) = &self.settings.refusal {
            return Err(Refusal::auth(tag));
        }
        let access = self.access.get(token);
        let access = access.ok_or_else(|| Refusal::auth("invalid_access_token"))?;
        if access.expires <= now {
            return Err(Refusal::auth("expired_access_token"));
        }
        if !scope.is_empty() && !access.scopes.iter().any(|known| known == scope) {
            return Err(Refusal::missing_scope(scope));
        }
        Ok(())
    }

    /// Ends the grant of an access token, with all that came of it.
    pub(super) fn revoke(&mut self, token: &str) {
        let Some(access) = self.access.get(token) else {
            return;
        };
        let grant = access.grant.clone();
        self.grants.retain(|known| known.token != grant);
        self.access.retain(|_, access| access.grant != grant);
    }

    pub(super) fn revoke_all(&mut self) {
        self.grants.clear();
        self.access.clear();
    }

    pub(super) fn grants(&self) -> usize {
        self.grants.len()
    }

    pub(super) fn expire_access(&mut self) {
        for access in self.access.values_mut() {
            access.expires = 0;
        }
    }

    /// Ends one access token, as if its hours were over.
    pub(super) fn expire(&mut self, token: &str) {
        if let Some(access) = self.access.get_mut(token) {
            access.expires = 0;
        }
    }

    /// What all grants, and the tokens of them, cover.
    pub(super) fn set_scopes(&mut self, scopes: &[String]) {
        for grant in &mut self.grants {
            grant.scopes = scopes.to_vec();
        }
        for access in self.access.values_mut() {
            access.scopes = scopes.to_vec();
        }
    }

    fn secret(&mut self, bytes: usize) -> String {
        self.given += 1;
        secret(mix(self.seed, self.given), bytes)
    }
}

/// The refresh token that every practice world has from the start.
pub(super) fn first_refresh_token(seed: u64) -> String {
    secret(mix(seed, 0), 48)
}

fn secret(seed: u64, bytes: usize) -> String {
    let words = (0..).flat_map(|number| mix(seed, number).to_be_bytes());
    let random: Vec<u8> = words.take(bytes).collect();
    URL_SAFE_NO_PAD.encode(random)
}
