//! Signing in: what `login.microsoftonline.com` knows and decides
//! (<https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow>).

use std::collections::{HashMap, VecDeque};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::super::content::mix;
use super::Account;
use super::asked::Asked;

/// How long a code can be exchanged, in milliseconds.
const CODE_LIFETIME: i64 = 600_000;
/// How long a refresh token lives, in milliseconds: 90 days.
const REFRESH_LIFETIME: i64 = 90 * 86_400_000;
/// How long a code for another device can be entered, in seconds.
const DEVICE_LIFETIME: i64 = 900;
const MOST_GRANTS: usize = 1_000;
const MOST_ACCESS: usize = 10_000;
const GRAPH: &str = "https://graph.microsoft.com/";

/// The permissions that are known, and whether personal accounts have them.
const SCOPES: [(&str, bool); 18] = [
    ("User.Read", true),
    ("Files.Read", true),
    ("Files.Read.All", true),
    ("Files.ReadWrite", true),
    ("Files.ReadWrite.All", true),
    ("Sites.Read.All", false),
    ("Team.ReadBasic.All", false),
    ("Channel.ReadBasic.All", false),
    ("Calendars.Read", true),
    ("Calendars.Read.Shared", false),
    ("Contacts.Read", true),
    ("Tasks.Read", true),
    ("Tasks.ReadWrite", true),
    ("Mail.Read", true),
    ("offline_access", true),
    ("openid", true),
    ("profile", true),
    ("email", true),
];

/// The registered apps.
#[derive(Debug, Clone)]
pub(super) struct Client {
    /// One that runs on people's computers, and has no secret.
    pub public: String,
    /// One of a server, with any secret: for programs that always send one.
    pub confidential: String,
    /// The account's organisation, by its GUID and its domain.
    pub tenants: [String; 2],
    pub account: Account,
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
    #[serde(skip)]
    devices: Vec<Device>,
    pub settings: Settings,
}

/// What a test, or the person who rehearses, can set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Settings {
    /// Seconds.
    pub token_lifetime: i64,
    /// Every token request is refused with this code and description.
    pub refusal: Option<(String, String)>,
    /// Consent is given without a page.
    pub auto_consent: Option<AutoConsent>,
    /// Nobody but an administrator may consent.
    pub admin_only: bool,
    /// Which an administrator has done.
    pub admin_consented: bool,
    /// A refresh token dies when a newer one of its kind is used. Microsoft's do not, but they may.
    pub strict_rotation: bool,
    /// The public client is registered as a web app.
    pub not_public: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token_lifetime: 3_599,
            refusal: None,
            auto_consent: None,
            admin_only: false,
            admin_consented: false,
            strict_rotation: false,
            not_public: false,
        }
    }
}

/// What a person would do on the consent page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AutoConsent {
    Allow,
    Deny,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Grant {
    token: String,
    scopes: Vec<String>,
    /// Milliseconds since 1970.
    expires: i64,
    /// All refresh tokens that came of one sign-in.
    family: u64,
    dead: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Access {
    scopes: Vec<String>,
    expires: i64,
    family: u64,
}

#[derive(Debug)]
struct Code {
    redirect: String,
    challenge: Option<String>,
    scopes: Vec<String>,
    expires: i64,
}

#[derive(Debug)]
struct Device {
    code: String,
    user_code: String,
    scopes: Vec<String>,
    expires: i64,
    answer: Option<bool>,
}

/// A refusal of the token endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub status: u16,
    pub code: String,
    /// The number of `AADSTS…`, where it has one.
    pub number: Option<u32>,
    pub description: String,
}

impl Refused {
    pub(super) fn new(status: u16, code: &str, number: u32, words: &str) -> Self {
        Self {
            status,
            code: code.to_owned(),
            number: Some(number),
            description: format!("AADSTS{number}: {words}"),
        }
    }

    pub(super) fn unknown_client(id: &str) -> Self {
        let words = format!(
            "Application with identifier '{id}' was not found in the directory 'Canard bleu'."
        );
        Self::new(400, "unauthorized_client", 700_016, &words)
    }

    pub(super) fn missing(name: &str) -> Self {
        let words = format!("The request body must contain the following parameter: '{name}'.");
        Self::new(400, "invalid_request", 900_144, &words)
    }

    fn grant(number: u32, words: &str) -> Self {
        Self::new(400, "invalid_grant", number, words)
    }

    pub(super) fn scope(scope: &str) -> Self {
        let words = format!(
            "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
        );
        Self::new(400, "invalid_scope", 70_011, &words)
    }

    fn consent() -> Self {
        Self::grant(
            65_001,
            "The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource.",
        )
    }
}

type Form = HashMap<String, String>;

impl Client {
    /// Whether accounts can sign in there; else why not.
    pub(super) fn check_tenant(&self, tenant: &str) -> Result<(), Refused> {
        let own = self
            .tenants
            .iter()
            .any(|own| own.eq_ignore_ascii_case(tenant));
        let fits = match self.account {
            Account::Personal => matches!(tenant, "common" | "consumers"),
            Account::Work => own || matches!(tenant, "common" | "organizations"),
        };
        if fits {
            return Ok(());
        }
        if own || matches!(tenant, "organizations" | "consumers") {
            let words = "User account from identity provider does not exist in tenant and cannot access the application in that tenant.";
            return Err(Refused::new(400, "invalid_request", 50_020, words));
        }
        let words = format!("Tenant '{tenant}' not found.");
        Err(Refused::new(400, "invalid_request", 90_002, &words))
    }

    fn knows(&self, id: &str) -> bool {
        [&self.public, &self.confidential].contains(&&id.to_owned())
    }

    /// The scopes of a request, in their short form.
    pub(super) fn scopes(&self, tenant: &str, text: &str) -> Result<Vec<String>, Refused> {
        let personal = self.account == Account::Personal || tenant == "consumers";
        let mut scopes = Vec::new();
        for scope in text.split_whitespace() {
            let short = scope.strip_prefix(GRAPH).unwrap_or(scope);
            let known = SCOPES
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(short))
                .filter(|(_, everybody)| *everybody || !personal);
            let (known, _) = known.ok_or_else(|| Refused::scope(scope))?;
            scopes.push((*known).to_owned());
        }
        if scopes.is_empty() {
            return Err(Refused::missing("scope"));
        }
        Ok(scopes)
    }

    pub(super) fn check(&self, id: &str) -> Result<(), Refused> {
        match id {
            "" => Err(Refused::missing("client_id")),
            id if self.knows(id) => Ok(()),
            id => Err(Refused::unknown_client(id)),
        }
    }
}

impl OAuth {
    /// With one grant that is always there, as if somebody had signed in long ago.
    pub(super) fn new(seed: u64, account: Account) -> Self {
        let mut oauth = Self {
            seed,
            ..Self::default()
        };
        let personal = account == Account::Personal;
        let scopes = SCOPES
            .iter()
            .filter(|(scope, everybody)| {
                (*everybody || !personal) && !scope.contains("Write") && !scope.contains("Mail")
            })
            .map(|(scope, _)| (*scope).to_owned())
            .collect();
        oauth.grants.push_back(Grant {
            token: first_refresh_token(seed),
            scopes,
            expires: i64::MAX,
            family: 0,
            dead: false,
        });
        oauth
    }

    /// Gives a code for what was asked for.
    pub(super) fn consent(&mut self, asked: &Asked, now: i64) -> Url {
        let code = format!("0.A{}", self.secret(40));
        self.codes.retain(|_, code| code.expires > now);
        self.codes.insert(
            code.clone(),
            Code {
                redirect: asked.redirect.to_string(),
                challenge: asked.challenge.clone(),
                scopes: asked.scopes.clone(),
                expires: now + CODE_LIFETIME,
            },
        );
        let session = self.secret(8);
        asked.back(&[("code", &code), ("session_state", &session)])
    }

    /// Whether somebody who is no administrator may consent.
    pub(super) fn needs_administrator(&self) -> bool {
        self.settings.admin_only && !self.settings.admin_consented
    }

    /// `POST …/devicecode`
    pub(super) fn device(
        &mut self,
        client: &Client,
        tenant: &str,
        form: &Form,
        base: &str,
        now: i64,
    ) -> Result<Value, Refused> {
        let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        client.check(get("client_id"))?;
        client.check_tenant(tenant)?;
        let scopes = client.scopes(tenant, get("scope"))?;
        let code = format!("BAQ{}", self.secret(40));
        let random = mix(self.seed ^ 0xdec0, self.given);
        let letters = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let user_code: String = (0..9)
            .filter_map(|n| letters.get(usize::try_from(random >> (5 * n) & 31).ok()?))
            .map(|letter| char::from(*letter))
            .collect();
        let page = format!("{base}/devicelogin");
        let message = format!(
            "To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate."
        );
        self.devices.push(Device {
            code: code.clone(),
            user_code: user_code.clone(),
            scopes,
            expires: now + DEVICE_LIFETIME * 1000,
            answer: None,
        });
        Ok(json!({
            "device_code": code, "user_code": user_code, "verification_uri": page,
            "expires_in": DEVICE_LIFETIME, "interval": 1, "message": message,
        }))
    }

    /// What a person does with a code on the page for it; whether there is such a code.
    pub(super) fn enter(&mut self, user_code: &str, allow: bool, now: i64) -> bool {
        let wanted = user_code.trim();
        let device = self
            .devices
            .iter_mut()
            .find(|device| device.user_code.eq_ignore_ascii_case(wanted) && device.expires > now);
        match device {
            Some(device) => {
                device.answer = Some(allow);
                true
            }
            None => false,
        }
    }

    /// The token endpoint.
    pub(super) fn token(
        &mut self,
        client: &Client,
        tenant: &str,
        form: &Form,
        now: i64,
    ) -> Result<Value, Refused> {
        if let Some((code, description)) = &self.settings.refusal {
            return Err(Refused {
                status: 400,
                code: code.clone(),
                number: None,
                description: description.clone(),
            });
        }
        let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        client.check(get("client_id"))?;
        client.check_tenant(tenant)?;
        let public = get("client_id") == client.public;
        let secret = !get("client_secret").is_empty();
        if public && secret && !self.settings.not_public {
            let words = "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.";
            return Err(Refused::new(401, "invalid_client", 700_025, words));
        }
        if !secret && (!public || self.settings.not_public) {
            let words = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
            return Err(Refused::new(401, "invalid_client", 7_000_218, words));
        }
        match get("grant_type") {
            "authorization_code" => self.exchange(form, now),
            "refresh_token" => self.refresh(client, tenant, form, now),
            "urn:ietf:params:oauth:grant-type:device_code" => self.poll(form, now),
            "" => Err(Refused::missing("grant_type")),
            other => {
                let words = format!("The app requested an unsupported grant type '{other}'.");
                Err(Refused::new(400, "unsupported_grant_type", 70_003, &words))
            }
        }
    }

    fn exchange(&mut self, form: &Form, now: i64) -> Result<Value, Refused> {
        let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        if get("code").is_empty() {
            return Err(Refused::missing("code"));
        }
        // Used up, whatever comes of it.
        let code = self.codes.remove(get("code"));
        let code = code.filter(|code| code.expires > now).ok_or_else(|| {
            let words = "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.";
            Refused::grant(54_005, words)
        })?;
        let redirect = Url::parse(get("redirect_uri")).map(|url| url.to_string());
        if redirect.ok().as_ref() != Some(&code.redirect) {
            let words = "The reply url specified in the request does not match the one used when the code was asked for.";
            return Err(Refused::grant(500_112, words));
        }
        if let Some(challenge) = &code.challenge {
            let verifier = get("code_verifier");
            let made = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
            // RFC 7636, 4.1: 43 to 128 characters.
            if !(43..=128).contains(&verifier.len()) || made != *challenge {
                let words = "The Code_Verifier does not match the code_challenge supplied in the authorization request.";
                return Err(Refused::grant(50_148, words));
            }
        }
        let family = self.given + 1;
        Ok(self.grant(code.scopes.clone(), code.scopes, family, now))
    }

    fn refresh(
        &mut self,
        client: &Client,
        tenant: &str,
        form: &Form,
        now: i64,
    ) -> Result<Value, Refused> {
        let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let token = get("refresh_token");
        if token.is_empty() {
            return Err(Refused::missing("refresh_token"));
        }
        let grant = self
            .grants
            .iter()
            .find(|grant| grant.token == token)
            .cloned();
        let grant = grant.ok_or_else(|| {
            let words = "The refresh token is malformed or was revoked.";
            Refused::grant(9_002_313, words)
        })?;
        if grant.dead {
            let words = "The provided authorization grant is revoked.";
            return Err(Refused::grant(50_173, words));
        }
        if grant.expires <= now {
            let words = "The refresh token has expired due to inactivity. The token was issued on 2026-01-01 and was inactive for 90.00:00:00.";
            return Err(Refused::grant(700_082, words));
        }
        if self.needs_administrator() {
            return Err(Refused::consent());
        }
        let scopes = match get("scope") {
            "" => grant.scopes.clone(),
            text => client.scopes(tenant, text)?,
        };
        if scopes.iter().any(|scope| !grant.scopes.contains(scope)) {
            return Err(Refused::consent());
        }
        if self.settings.strict_rotation {
            for older in &mut self.grants {
                older.dead |= older.family == grant.family && older.token != token;
            }
        }
        Ok(self.grant(scopes, grant.scopes, grant.family, now))
    }

    fn poll(&mut self, form: &Form, now: i64) -> Result<Value, Refused> {
        let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let wanted = get("device_code");
        let place = self.devices.iter().position(|device| device.code == wanted);
        let Some(device) = place.and_then(|place| self.devices.get(place)) else {
            let words = "The device code is not valid.";
            return Err(Refused::new(400, "bad_verification_code", 70_018, words));
        };
        let refused = |code: &str, number, words| Err(Refused::new(400, code, number, words));
        if device.expires <= now {
            return refused("expired_token", 70_019, "The device code has expired.");
        }
        match device.answer {
            None => {
                let words =
                    "OAuth 2.0 device flow error. Authorization is pending. Continue polling.";
                return refused("authorization_pending", 70_016, words);
            }
            Some(false) => {
                let words = "The end user has denied the authorization request.";
                return refused("authorization_declined", 70_017, words);
            }
            Some(true) if self.needs_administrator() => return Err(Refused::consent()),
            Some(true) => {}
        }
        let scopes = device.scopes.clone();
        if let Some(place) = place {
            self.devices.remove(place);
        }
        let family = self.given + 1;
        Ok(self.grant(scopes.clone(), scopes, family, now))
    }

    /// An access for `asked`, with a refresh token for all that was consented to.
    fn grant(&mut self, asked: Vec<String>, scopes: Vec<String>, family: u64, now: i64) -> Value {
        let access = format!("EwB{}", self.secret(90));
        // Graph's own are written in full, in an order that nobody can rely on; the others never come back.
        let mut granted: Vec<String> = asked
            .iter()
            .filter(|scope| scope.contains('.'))
            .map(|scope| format!("{GRAPH}{scope}"))
            .collect();
        granted.sort();
        granted.reverse();
        granted.push("openid profile email".to_owned());
        let mut answer = json!({
            "token_type": "Bearer",
            "scope": granted.join(" "),
            "expires_in": self.settings.token_lifetime,
            "ext_expires_in": self.settings.token_lifetime,
            "access_token": access,
        });
        self.access.retain(|_, access| access.expires > now);
        if self.access.len() >= MOST_ACCESS {
            self.access.clear();
        }
        self.access.insert(
            access,
            Access {
                scopes: asked,
                expires: now + self.settings.token_lifetime * 1000,
                family,
            },
        );
        if scopes.iter().any(|scope| scope == "offline_access") {
            let token = format!("M.C5{}", self.secret(120));
            if let Some(answer) = answer.as_object_mut() {
                answer.insert("refresh_token".into(), token.as_str().into());
            }
            self.grants.push_back(Grant {
                token,
                scopes,
                expires: now + REFRESH_LIFETIME,
                family,
                dead: false,
            });
            while self.grants.len() > MOST_GRANTS {
                // Not the one that is always there.
                self.grants.remove(1);
            }
        }
        answer
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

    /// Whether a token is alive, and covers one of these.
    pub(super) fn permits(&self, token: &str, wanted: &[&str], now: i64) -> Option<bool> {
        let access = self.access.get(token).filter(|a| a.expires > now)?;
        let has = |scope: &String| wanted.contains(&scope.as_str());
        Some(access.scopes.iter().any(has))
    }

    fn secret(&mut self, bytes: usize) -> String {
        self.given += 1;
        secret(mix(self.seed, self.given), bytes)
    }
}

/// The refresh token that every practice world has from the start.
pub(super) fn first_refresh_token(seed: u64) -> String {
    format!("M.C5{}", secret(mix(seed ^ 0x5f, 0), 120))
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
