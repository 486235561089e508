//! Signing in: what `accounts.google.com` and `oauth2.googleapis.com` know and decide
//! (<https://developers.google.com/identity/protocols/oauth2/native-app>).

use std::collections::{HashMap, VecDeque};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::super::content::mix;
use super::super::world::ACCOUNT;
use super::asked::{Asked, EMAIL, is_sign_in};
use super::service::{
    CALENDAR_READONLY, CONTACTS_READONLY, OTHER_CONTACTS_READONLY, TASKS_READONLY,
};

/// Reading all of Drive.
pub(super) const DRIVE_READONLY: &str = "https://www.googleapis.com/auth/drive.readonly";
const DRIVE: &str = "https://www.googleapis.com/auth/drive";
const DRIVE_METADATA: &str = "https://www.googleapis.com/auth/drive.metadata.readonly";

/// How long a code can be exchanged, in milliseconds.
const CODE_LIFETIME: i64 = 600_000;
/// How long a grant lives while the app's publishing status is "Testing".
const TESTING_LIFETIME: i64 = 7 * 86_400_000;
/// Live refresh tokens of one account and client; older ones die silently.
const MOST_GRANTS: usize = 100;
const MOST_ACCESS: usize = 10_000;

/// The registered client.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub id: String,
    pub secret: String,
}

/// Codes and tokens that were given out.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct OAuth {
    seed: u64,
    given: u64,
    grants: VecDeque<Grant>,
    access: HashMap<String, Access>,
    #[serde(skip)]
    codes: HashMap<String, Code>,
    pub settings: Settings,
}

/// What a test, or the person who rehearses, can set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Settings {
    /// Seconds.
    pub token_lifetime: i64,
    /// The app is in testing: grants live seven days.
    pub testing: bool,
    /// Every token request is refused with this code and description.
    pub refusal: Option<(String, String)>,
    /// Consent is given without a page: these scopes, or all that are asked for.
    pub auto_consent: Option<AutoConsent>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token_lifetime: 3_599,
            testing: false,
            refusal: None,
            auto_consent: None,
        }
    }
}

/// What a person would do on the consent page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AutoConsent {
    Allow,
    /// Ticks only these.
    AllowOnly(Vec<String>),
    Deny,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Grant {
    token: String,
    scopes: Vec<String>,
    /// Milliseconds since 1970.
    expires: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Access {
    scopes: Vec<String>,
    expires: i64,
    grant: String,
}

#[derive(Debug)]
struct Code {
    redirect: String,
    challenge: Option<String>,
    scopes: Vec<String>,
    expires: i64,
}

/// A refusal of the token endpoint: status, code, description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused(pub u16, pub String, pub String);

impl Refused {
    pub(super) fn new(status: u16, code: &str, description: &str) -> Self {
        Self(status, code.to_owned(), description.to_owned())
    }

    fn grant(description: &str) -> Self {
        Self::new(400, "invalid_grant", description)
    }
}

/// What an access token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permit {
    Content,
    MetadataOnly,
    Nothing,
}

type Form = HashMap<String, String>;

impl OAuth {
    /// With one grant that is always there, as if somebody had signed in long ago.
    pub(super) fn new(seed: u64) -> Self {
        let mut oauth = Self {
            seed,
            ..Self::default()
        };
        oauth.grants.push_back(Grant {
            token: first_refresh_token(seed),
            scopes: [
                DRIVE_READONLY,
                CALENDAR_READONLY,
                CONTACTS_READONLY,
                OTHER_CONTACTS_READONLY,
                TASKS_READONLY,
                EMAIL,
                "openid",
            ]
            .map(str::to_owned)
            .to_vec(),
            expires: None,
        });
        oauth
    }

    /// Gives a code for the scopes that were ticked, or for all where there is nothing to tick.
    pub(super) fn consent(&mut self, asked: &Asked, ticked: &[String], now: i64) -> Url {
        let scopes: Vec<String> = asked
            .scopes
            .iter()
            .filter(|scope| is_sign_in(scope) || !asked.has_choice() || ticked.contains(scope))
            .cloned()
            .collect();
        let granted = scopes.join(" ");
        let code = format!("4/0A{}", self.secret(24));
        self.codes.retain(|_, code| code.expires > now);
        self.codes.insert(
            code.clone(),
            Code {
                redirect: asked.redirect.to_string(),
                challenge: asked.challenge.clone(),
                scopes,
                expires: now + CODE_LIFETIME,
            },
        );
        asked.back(&[
            ("code", &code),
            ("scope", &granted),
            ("authuser", "0"),
            ("prompt", "consent"),
        ])
    }

    /// The token endpoint.
    pub(super) fn token(
        &mut self,
        client: &Client,
        form: &Form,
        now: i64,
    ) -> Result<Value, Refused> {
        if let Some((code, description)) = &self.settings.refusal {
            let status = if matches!(code.as_str(), "invalid_client" | "deleted_client") {
                401
            } else {
                400
            };
            return Err(Refused::new(status, code, description));
        }
        let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        if get("client_id").is_empty() {
            return Err(Refused::new(
                400,
                "invalid_request",
                "Could not determine client ID from request.",
            ));
        }
        if get("client_id") != client.id {
            return Err(Refused::new(
                401,
                "invalid_client",
                "The OAuth client was not found.",
            ));
        }
        if get("client_secret").is_empty() {
            return Err(Refused::new(
                400,
                "invalid_request",
                "client_secret is missing.",
            ));
        }
        if get("client_secret") != client.secret {
            return Err(Refused::new(401, "invalid_client", "Unauthorized"));
        }
        match get("grant_type") {
            "authorization_code" => self.exchange(client, form, now),
            "refresh_token" => self.refresh(get("refresh_token"), now),
            "" => Err(Refused::new(
                400,
                "invalid_request",
                "Missing required parameter: grant_type",
            )),
            other => {
                let message = format!("Invalid grant_type: {other}");
                Err(Refused::new(400, "unsupported_grant_type", &message))
            }
        }
    }

    fn exchange(&mut self, client: &Client, form: &Form, now: i64) -> Result<Value, Refused> {
        let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        if get("code").is_empty() {
            return Err(Refused::new(
                400,
                "invalid_request",
                "Missing required parameter: code",
            ));
        }
        if !get("code").starts_with("4/") {
            return Err(Refused::grant("Malformed auth code."));
        }
        // Used up, whatever comes of it.
        let code = self
            .codes
            .remove(get("code"))
            .filter(|code| code.expires > now)
            .ok_or_else(|| Refused::grant("Bad Request"))?;
        let redirect = Url::parse(get("redirect_uri")).map(|url| url.to_string());
        if redirect.ok().as_ref() != Some(&code.redirect) {
            return Err(Refused::new(400, "redirect_uri_mismatch", "Bad Request"));
        }
        if let Some(challenge) = &code.challenge {
            let verifier = get("code_verifier");
            if verifier.is_empty() {
                return Err(Refused::grant("Missing code verifier."));
            }
            let made = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
            // RFC 7636, 4.1: 43 to 128 characters.
            if !(43..=128).contains(&verifier.len()) || made != *challenge {
                return Err(Refused::grant("Invalid code verifier."));
            }
        }
        let lifetime = self.settings.testing.then_some(TESTING_LIFETIME);
        let token = format!("1//0{}", self.secret(48));
        self.grants.push_back(Grant {
            token: token.clone(),
            scopes: code.scopes.clone(),
            expires: lifetime.map(|lifetime| now + lifetime),
        });
        while self.grants.len() > MOST_GRANTS {
            self.grants.pop_front();
        }
        let mut answer = self.access(&token, code.scopes, now);
        if let Some(fields) = answer.as_object_mut() {
            fields.insert("refresh_token".into(), token.into());
            if let Some(lifetime) = lifetime {
                let seconds = lifetime / 1000 - 1;
                fields.insert("refresh_token_expires_in".into(), seconds.into());
            }
            if let Some(token) = id_token(fields.get("scope"), client, now) {
                fields.insert("id_token".into(), token.into());
            }
        }
        Ok(answer)
    }

    fn refresh(&mut self, token: &str, now: i64) -> Result<Value, Refused> {
        if token.is_empty() {
            let message = "Missing required parameter: refresh_token";
            return Err(Refused::new(400, "invalid_request", message));
        }
        if !token.starts_with("1//") {
            return Err(Refused::grant("Bad Request"));
        }
        let live = |grant: &&Grant| grant.expires.is_none_or(|end| end > now);
        let grant = self
            .grants
            .iter()
            .filter(live)
            .find(|grant| grant.token == token)
            .cloned()
            .ok_or_else(|| Refused::grant("Token has been expired or revoked."))?;
        Ok(self.access(&grant.token, grant.scopes, now))
    }

    fn access(&mut self, grant: &str, scopes: Vec<String>, now: i64) -> Value {
        let token = format!("ya29.a0{}", self.secret(64));
        let answer = json!({
            "access_token": token,
            "expires_in": self.settings.token_lifetime,
            "scope": scopes.join(" "),
            "token_type": "Bearer",
        });
        self.access.retain(|_, access| access.expires > now);
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

    /// Revokes a refresh token, or the grant of an access token, with all that came of it.
    pub(super) fn revoke(&mut self, token: &str) -> bool {
        let grant = match self.access.get(token) {
            Some(access) => access.grant.clone(),
            None => token.to_owned(),
        };
        let before = self.grants.len();
        self.grants.retain(|known| known.token != grant);
        let access = self.access.len();
        self.access.retain(|_, access| access.grant != grant);
        before != self.grants.len() || access != self.access.len()
    }

    pub(super) fn revoke_all(&mut self) {
        self.grants.clear();
        self.access.clear();
    }

    pub(super) fn expire_access(&mut self) {
        self.access.clear();
    }

    /// Changes what all grants, and the tokens of them, cover.
    pub(super) fn set_scopes(&mut self, scopes: &[String]) {
        for grant in &mut self.grants {
            grant.scopes = scopes.to_vec();
        }
        for access in self.access.values_mut() {
            access.scopes = scopes.to_vec();
        }
    }

    /// The scopes of an access token that is alive.
    pub(super) fn scopes(&self, token: &str, now: i64) -> Option<&[String]> {
        let access = self.access.get(token).filter(|a| a.expires > now)?;
        Some(&access.scopes)
    }

    /// What an access token may do with Drive; `None` where it is not alive.
    pub(super) fn permit(&self, token: &str, now: i64) -> Option<Permit> {
        let scopes = self.scopes(token, now)?;
        let has = |wanted: &str| scopes.iter().any(|scope| scope == wanted);
        Some(if has(DRIVE_READONLY) || has(DRIVE) {
            Permit::Content
        } else if has(DRIVE_METADATA) {
            Permit::MetadataOnly
        } else {
            Permit::Nothing
        })
    }

    fn secret(&mut self, bytes: usize) -> String {
        self.given += 1;
        secret(mix(self.seed, self.given), bytes)
    }
}

/// The refresh token that every practice world has from the start.
pub(super) fn first_refresh_token(seed: u64) -> String {
    format!("1//0{}", secret(mix(seed, 0), 48))
}

fn secret(seed: u64, bytes: usize) -> String {
    let mut random = Vec::with_capacity(bytes + 8);
    let mut number = 0;
    while random.len() < bytes {
        random.extend(mix(seed, number).to_be_bytes());
        number += 1;
    }
    random.truncate(bytes);
    URL_SAFE_NO_PAD.encode(random)
}

fn id_token(scope: Option<&Value>, client: &Client, now: i64) -> Option<String> {
    let scope = scope?.as_str()?;
    if !scope.split(' ').any(|scope| scope == "openid") {
        return None;
    }
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(json!({"alg": "RS256", "kid": "practice", "typ": "JWT"}));
    let body = part(json!({
        "iss": "https://accounts.google.com", "aud": client.id, "azp": client.id,
        "sub": subject(), "email": ACCOUNT.mail, "email_verified": true,
        "iat": now / 1000, "exp": now / 1000 + 3600,
    }));
    Some(format!("{head}.{body}.{}", secret(1, 256)))
}

pub(super) fn subject() -> &'static str {
    "104792840012345678901"
}
