//! The Microsoft identity platform: work, school and personal accounts
//! (<https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow>).

use url::Url;

use super::error::{Refusal, shorten};
use super::{Dialect, Provider};
use crate::model::Scope;
use crate::net::NetError;

const LOGIN: &str = "https://login.microsoftonline.com";
/// Before a permission's name, where it is written in full.
const GRAPH: &str = "https://graph.microsoft.com/";
/// The account may be a personal one or one of an organisation: Microsoft finds out.
const ANY: &str = "common";
pub const ORGANISATIONS: &str = "organizations";
pub const PERSONAL: &str = "consumers";

/// A sign-in without this ends after an hour.
const OFFLINE: &str = "offline_access";
/// Whose account it is.
const ACCOUNT: &str = "User.Read";
/// Reading all files that the account may read.
const FILES: &str = "Files.Read.All";
/// Finding the sites and teams that they lie in; unknown to personal accounts.
const SITES: [&str; 3] = [
    "Sites.Read.All",
    "Team.ReadBasic.All",
    "Channel.ReadBasic.All",
];
/// Reading the account's own calendars.
pub const MICROSOFT_CALENDARS_SCOPE: &str = "Calendars.Read";
/// Reading those that others of the organisation shared with it; unknown to personal accounts.
pub const MICROSOFT_SHARED_CALENDARS_SCOPE: &str = "Calendars.Read.Shared";
pub const MICROSOFT_CONTACTS_SCOPE: &str = "Contacts.Read";
/// Reading To Do.
pub const MICROSOFT_TASKS_SCOPE: &str = "Tasks.Read";
/// Asked for without being a permission: they never come back among those that were granted.
const UNSAID: [&str; 4] = [OFFLINE, "openid", "profile", "email"];

/// How a client id is written: a GUID, in groups of so many hexadecimal digits.
const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

/// Whether this is how Microsoft writes a client id, or as far as it goes, the beginning of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientIdForm {
    Right,
    Begun,
    Wrong,
}

impl ClientIdForm {
    pub fn of(text: &str) -> Self {
        let longest = GROUPS.iter().sum::<usize>() + GROUPS.len() - 1;
        let mut dashes = GROUPS.iter().scan(0, |at, group| {
            *at += group + 1;
            Some(*at - 1)
        });
        let dashes: Vec<usize> = dashes.by_ref().take(GROUPS.len() - 1).collect();
        let fits = text
            .chars()
            .enumerate()
            .all(|(at, c)| match dashes.contains(&at) {
                true => c == '-',
                false => c.is_ascii_hexdigit(),
            });
        match text.chars().count() {
            length if !fits || length > longest => Self::Wrong,
            length if length == longest => Self::Right,
            _ => Self::Begun,
        }
    }
}

/// Which accounts a sign-in is for: the `{tenant}` of Microsoft's addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant(String);

impl Tenant {
    /// `common`, `organizations`, `consumers`, or an organisation's own domain or GUID. `None`: any
    /// account, or where `sites` are to be read, any of an organisation.
    pub fn new(tenant: Option<&str>, sites: bool) -> Self {
        let tenant = match tenant {
            None | Some(ANY) if sites => ORGANISATIONS,
            None => ANY,
            Some(tenant) => tenant,
        };
        Self(tenant.to_owned())
    }

    /// Whether only accounts of organisations can sign in, which have sites and teams.
    pub fn is_organisation(&self) -> bool {
        !matches!(self.0.as_str(), ANY | PERSONAL)
    }

    /// What is asked for to take along what is `wanted`, and must be granted. Sites are left out where a
    /// personal account may sign in, whose sign-in would fail over them.
    fn scopes(&self, wanted: &Scope) -> Vec<String> {
        let mut all = vec![OFFLINE, ACCOUNT];
        if wanted.files {
            all.push(FILES);
            all.extend(SITES.iter().filter(|_| self.is_organisation()));
        }
        all.into_iter().map(str::to_owned).collect()
    }

    /// What is asked for besides: an earlier sign-in may not cover it.
    fn optional(&self, wanted: &Scope) -> Vec<String> {
        let shared = wanted.calendars && wanted.shared_calendars && self.is_organisation();
        [
            (wanted.calendars, MICROSOFT_CALENDARS_SCOPE),
            (shared, MICROSOFT_SHARED_CALENDARS_SCOPE),
            (wanted.contacts, MICROSOFT_CONTACTS_SCOPE),
            (wanted.tasks, MICROSOFT_TASKS_SCOPE),
        ]
        .into_iter()
        .filter(|(wanted, _)| *wanted)
        .map(|(_, scope)| scope.to_owned())
        .collect()
    }

    /// The page on which an administrator allows `client_id` to read what is `wanted`, for the whole
    /// organisation
    /// (<https://learn.microsoft.com/entra/identity-platform/v2-admin-consent>).
    pub fn admin_consent_page(&self, client_id: &str, wanted: &Scope) -> Option<Url> {
        // Only organisations have administrators.
        let organisation = match self.is_organisation() {
            true => self.clone(),
            false => Self(ORGANISATIONS.to_owned()),
        };
        let asked = organisation.scopes(wanted).into_iter();
        let scopes: Vec<String> = asked
            .chain(organisation.optional(wanted))
            .filter(|scope| scope != OFFLINE)
            .map(|scope| format!("{GRAPH}{scope}"))
            .collect();
        let tenant = organisation.0;
        let query = [
            ("client_id", client_id),
            ("scope", &scopes.join(" ")),
            ("redirect_uri", "http://localhost"),
        ];
        Url::parse_with_params(&format!("{LOGIN}/{tenant}/v2.0/adminconsent"), query).ok()
    }
}

impl Provider {
    /// Microsoft, or with `endpoint` a practice server on this computer that has the same paths. Asks for
    /// what it takes to move what is `wanted`.
    ///
    /// # Errors
    /// When `endpoint` is not on this computer or `tenant` makes no address.
    pub fn microsoft(
        tenant: &Tenant,
        wanted: &Scope,
        endpoint: Option<&Url>,
    ) -> Result<Self, NetError> {
        let base = match endpoint {
            None => LOGIN,
            Some(endpoint) if crate::model::is_loopback(endpoint) => {
                endpoint.as_str().trim_end_matches('/')
            }
            Some(endpoint) => {
                return Err(NetError::Insecure(crate::net::redact_url(endpoint)));
            }
        };
        let address = |path: &str| {
            let address = format!("{base}/{}/oauth2/v2.0/{path}", tenant.0);
            Url::parse(&address).map_err(|_| NetError::Insecure(base.to_owned()))
        };
        Ok(Self {
            auth_url: address("authorize")?,
            token_url: address("token")?,
            // There is none: people take an access back at myapps.microsoft.com or account.live.com.
            revoke_url: None,
            device_url: Some(address("devicecode")?),
            scopes: tenant.scopes(wanted),
            optional: tenant.optional(wanted),
            // Whoever is signed in in the browser need not be whose files are moved.
            extra: vec![("response_mode", "query"), ("prompt", "select_account")],
            redirects: Vec::new(),
            dialect: Dialect::Microsoft,
        })
    }
}

/// The scopes that were asked for and not granted. They come back with or without Graph's address before
/// them, in any case of letters, and with others that were granted before.
pub(super) fn missing_scopes(asked: &[String], granted: &[String]) -> Vec<String> {
    let granted: Vec<&str> = granted
        .iter()
        .map(|scope| scope.strip_prefix(GRAPH).unwrap_or(scope))
        .collect();
    let has = |scope: &str| {
        let said = |granted: &&str| granted.eq_ignore_ascii_case(scope);
        UNSAID.contains(&scope) || granted.iter().any(said)
    };
    asked.iter().filter(|scope| !has(scope)).cloned().collect()
}

/// Microsoft's no. The number in the description tells more than the code of RFC 6749
/// (<https://learn.microsoft.com/entra/identity-platform/reference-error-codes>).
pub(super) fn refusal(code: &str, description: &str) -> Refusal {
    let detail = shorten(first_line(description));
    match number(description) {
        // Nobody, or only an administrator, may consent to this; 90095: they have been asked to.
        Some(65001 | 90093 | 90094 | 90095) => Refusal::AdminConsent { detail },
        // Not assigned to the app, or kept out by a conditional access policy.
        Some(50105 | 53000..=53004 | 530_032..=530_036) => Refusal::AdminPolicy,
        // The app is registered for other kinds of accounts.
        Some(50020 | 50194 | 9_001_023) => Refusal::WrongAccountType { detail },
        // "Allow public client flows" is off, or the app is registered as a web app.
        Some(7_000_218 | 7_000_219 | 9_002_326 | 9_002_327) => Refusal::NotPublicClient { detail },
        Some(700_016 | 70001 | 7_000_215) => Refusal::UnknownClient { detail },
        Some(50011) => Refusal::RedirectMismatch,
        Some(65004) => Refusal::AccessDenied,
        Some(70019 | 70020) => Refusal::DeviceCodeExpired,
        _ => match code {
            "consent_required" => Refusal::AdminConsent { detail },
            // Such as a second factor (50076): only a person can.
            "invalid_grant" | "interaction_required" | "login_required" => {
                Refusal::SignInAgain { detail }
            }
            "authorization_declined" | "access_denied" => Refusal::AccessDenied,
            "expired_token" | "code_expired" => Refusal::DeviceCodeExpired,
            "invalid_client" | "unauthorized_client" => Refusal::UnknownClient { detail },
            _ => Refusal::Other {
                code: shorten(code),
                detail,
            },
        },
    }
}

/// The number of `AADSTS70011: …`.
fn number(description: &str) -> Option<u32> {
    let (_, rest) = description.split_once("AADSTS")?;
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}

/// What comes after it are identifiers for Microsoft's support.
fn first_line(description: &str) -> &str {
    let line = description.lines().next().unwrap_or_default();
    line.split(" Trace ID:").next().unwrap_or(line).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_accounts_are_not_asked_for_sites() {
        let wanted = Scope::default();
        let scopes = |tenant, sites| Tenant::new(tenant, sites).scopes(&wanted);
        for tenant in [None, Some(ANY), Some(PERSONAL)] {
            let scopes = scopes(tenant, false);
            assert_eq!(scopes, ["offline_access", "User.Read", "Files.Read.All"]);
        }
        for (tenant, sites) in [
            (None, true),
            (Some(ANY), true),
            (Some(ORGANISATIONS), false),
            (Some("canard.onmicrosoft.com"), false),
        ] {
            let scopes = scopes(tenant, sites);
            assert!(scopes.contains(&"Sites.Read.All".to_owned()), "{tenant:?}");
        }
        let scopes = scopes(Some(PERSONAL), true);
        assert!(!scopes.contains(&"Sites.Read.All".to_owned()));
    }

    #[test]
    fn only_what_is_to_move_is_asked_for() {
        let nothing = Scope {
            files: false,
            calendars: false,
            contacts: false,
            tasks: false,
            ..Scope::default()
        };
        let work = Tenant::new(Some(ORGANISATIONS), false);
        assert_eq!(work.scopes(&nothing), ["offline_access", "User.Read"]);
        assert!(work.optional(&nothing).is_empty());
        let calendars = Scope {
            calendars: true,
            shared_calendars: true,
            ..nothing.clone()
        };
        let both = ["Calendars.Read", "Calendars.Read.Shared"];
        assert_eq!(work.optional(&calendars), both);
        assert_eq!(
            Tenant::new(None, false).optional(&calendars),
            ["Calendars.Read"]
        );
        let rest = Scope {
            contacts: true,
            tasks: true,
            ..nothing
        };
        assert_eq!(work.optional(&rest), ["Contacts.Read", "Tasks.Read"]);
    }

    #[test]
    fn client_ids_are_known_by_their_form() {
        let of = ClientIdForm::of;
        let right = "ca4a4d1e-0000-4000-8000-00000000B1e0";
        assert_eq!(of(right), ClientIdForm::Right);
        for length in 0..right.len() {
            assert_eq!(of(&right[..length]), ClientIdForm::Begun, "{length}");
        }
        for wrong in [
            "ca4a4d1e00004000800000000000b1e0",
            "ca4a4d1e-0000-4000-8000-00000000b1e00",
            "ca4a4d1e-0000-4000-8000-00000000b1eé",
            "gggg",
            "~8Q~secret",
        ] {
            assert_eq!(of(wrong), ClientIdForm::Wrong, "{wrong}");
        }
    }

    #[test]
    fn tenants_are_part_of_the_addresses() {
        let tenant = Tenant::new(Some("canard.example"), false);
        let provider = Provider::microsoft(&tenant, &Scope::default(), None).unwrap();
        assert_eq!(
            provider.token_url.as_str(),
            "https://login.microsoftonline.com/canard.example/oauth2/v2.0/token"
        );
        let elsewhere = Url::parse("https://evil.example").unwrap();
        assert!(Provider::microsoft(&tenant, &Scope::default(), Some(&elsewhere)).is_err());
    }

    #[test]
    fn the_administrators_page_names_what_is_asked_for() {
        let wanted = Scope {
            contacts: false,
            ..Scope::default()
        };
        let page = |tenant| Tenant::new(tenant, false).admin_consent_page("id 1", &wanted);
        let found = page(Some("canard.example")).unwrap();
        assert_eq!(found.path(), "/canard.example/v2.0/adminconsent");
        let query: std::collections::HashMap<_, _> = found.query_pairs().collect();
        assert_eq!(query["client_id"], "id 1");
        assert!(query["scope"].contains("https://graph.microsoft.com/Files.Read.All"));
        assert!(query["scope"].contains("https://graph.microsoft.com/Calendars.Read"));
        assert!(!query["scope"].contains("Contacts"));
        assert_eq!(
            page(None).unwrap().path(),
            "/organizations/v2.0/adminconsent"
        );
    }

    #[test]
    fn granted_scopes_are_written_in_many_ways() {
        let asked = Tenant::new(Some(ORGANISATIONS), false).scopes(&Scope::default());
        let granted = |text: &str| -> Vec<String> {
            let granted: Vec<String> = text.split(' ').map(str::to_owned).collect();
            missing_scopes(&asked, &granted)
        };
        let all = "profile openid https://graph.microsoft.com/User.Read files.read.all \
                   Sites.Read.All Team.ReadBasic.All Channel.ReadBasic.All Mail.Read";
        assert!(granted(all).is_empty());
        let few = granted("User.Read Sites.Read.All Team.ReadBasic.All Channel.ReadBasic.All");
        assert_eq!(few, ["Files.Read.All"]);
    }

    #[test]
    fn tells_the_numbers_apart() {
        let of = |code: &str, number: u32| {
            let text = format!("AADSTS{number}: Words.\r\nTrace ID: 1\r\nTimestamp: 2");
            refusal(code, &text)
        };
        for number in [65001, 90094, 90095] {
            for code in ["invalid_grant", "access_denied", "consent_required"] {
                let found = of(code, number);
                assert!(
                    matches!(&found, Refusal::AdminConsent { detail } if detail.ends_with("Words.")),
                    "{found:?}"
                );
            }
        }
        assert_eq!(of("access_denied", 65004), Refusal::AccessDenied);
        assert_eq!(of("access_denied", 53003), Refusal::AdminPolicy);
        assert_eq!(of("invalid_request", 50011), Refusal::RedirectMismatch);
        for number in [700_082, 50173, 70008, 50076, 700_084] {
            let found = of("invalid_grant", number);
            assert!(matches!(found, Refusal::SignInAgain { .. }), "{number}");
        }
        let found = of("invalid_client", 7_000_218);
        assert!(matches!(found, Refusal::NotPublicClient { .. }));
        let found = of("unauthorized_client", 700_016);
        assert!(matches!(found, Refusal::UnknownClient { .. }));
        let found = refusal("access_denied", "the user canceled the authentication");
        assert_eq!(found, Refusal::AccessDenied);
        let found = refusal("interaction_required", "");
        assert!(matches!(found, Refusal::SignInAgain { .. }));
        let found = refusal(
            "invalid_scope",
            "AADSTS70011: The scope x is not valid. Trace ID: 7",
        );
        let detail = "AADSTS70011: The scope x is not valid.".to_owned();
        let code = "invalid_scope".to_owned();
        assert_eq!(found, Refusal::Other { code, detail });
    }
}
