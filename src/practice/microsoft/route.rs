//! What an address asks for: Graph writes drives and items in many ways.

use percent_encoding::percent_decode_str;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Call {
    Authorize(String),
    Token(String),
    DeviceCode(String),
    DeviceLogin,
    AdminConsent(String),
    Graph(Graph),
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Graph {
    Me,
    Drives,
    Drive(DriveAt),
    Item(DriveAt, ItemAt, What),
    SharedWithMe,
    Sites,
    Site(String),
    SiteDrives(String),
    JoinedTeams,
    Channels(String),
    FilesFolder(String, String),
    GroupSite(String),
    /// What comes after `me/`: calendars, contacts, To Do.
    Mailbox(Vec<String>),
    Unknown(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DriveAt {
    Own,
    Id(String),
    /// The first library of a site.
    Site(String),
    /// That of a team.
    Group(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ItemAt {
    Root,
    Id(String),
    /// Names, from the top or from an item on.
    Path(Option<String>, String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Itself,
    Children,
    Content,
    /// With the token where it is written as an argument.
    Delta(Option<String>),
    Permissions,
    Versions,
}

impl Call {
    pub(super) fn read(path: &str) -> Self {
        if path == "/devicelogin" {
            return Self::DeviceLogin;
        }
        let tenant = || path.split('/').nth(1).map(plain).unwrap_or_default();
        if let Some((_, operation)) = path.split_once("/oauth2/v2.0/") {
            return match operation {
                "authorize" => Self::Authorize(tenant()),
                "token" => Self::Token(tenant()),
                "devicecode" => Self::DeviceCode(tenant()),
                _ => Self::Unknown,
            };
        }
        if path.ends_with("/adminconsent") {
            return Self::AdminConsent(tenant());
        }
        // Some programs put something before the version, and ask for 2.0.
        let versions = ["/v1.0/", "/v2.0/"];
        let rest = versions.iter().find_map(|version| path.split_once(version));
        match rest {
            Some((_, rest)) => Self::Graph(Graph::read(rest.trim_end_matches('/'))),
            None => Self::Unknown,
        }
    }
}

impl Graph {
    fn read(path: &str) -> Self {
        let unknown = || Self::Unknown(path.to_owned());
        let (first, rest) = path.split_once('/').unwrap_or((path, ""));
        let mut parts = rest.split('/');
        match first {
            "me" => match rest {
                "" => Self::Me,
                "drives" => Self::Drives,
                "joinedTeams" => Self::JoinedTeams,
                "drive/sharedWithMe" | "drive/sharedWithMe()" => Self::SharedWithMe,
                rest if super::mailbox::read(rest).is_some() => {
                    Self::Mailbox(super::mailbox::read(rest).unwrap_or_default())
                }
                rest => match rest.strip_prefix("drive") {
                    Some(rest) => Self::in_drive(DriveAt::Own, rest).unwrap_or_else(unknown),
                    None => unknown(),
                },
            },
            "drives" if rest.is_empty() => Self::Drives,
            "drives" => {
                let (id, rest) = cut(rest, &['/']);
                Self::in_drive(DriveAt::Id(plain(id)), rest).unwrap_or_else(unknown)
            }
            "sites" => Self::of_site(rest).unwrap_or_else(unknown),
            "teams" => match (parts.next(), parts.next(), parts.next(), parts.next()) {
                (Some(team), Some("channels"), None, _) => Self::Channels(plain(team)),
                (Some(team), Some("channels"), Some(channel), Some("filesFolder")) => {
                    Self::FilesFolder(plain(team), plain(channel))
                }
                _ => unknown(),
            },
            "groups" => match rest.split_once('/') {
                Some((group, "sites/root")) => Self::GroupSite(plain(group)),
                Some((group, rest)) => rest
                    .strip_prefix("drive")
                    .and_then(|rest| Self::in_drive(DriveAt::Group(plain(group)), rest))
                    .unwrap_or_else(unknown),
                None => unknown(),
            },
            _ => unknown(),
        }
    }

    /// `sites`, `sites/{id}`, `sites/{host}:/{path}`, with what lies in them.
    fn of_site(rest: &str) -> Option<Self> {
        if rest.is_empty() {
            return Some(Self::Sites);
        }
        if let Some((host, path)) = rest.split_once(":/") {
            let path = plain(path.trim_end_matches(':'));
            return Some(Self::Site(format!("{}:/{path}", plain(host))));
        }
        let (id, rest) = cut(rest, &['/']);
        let id = plain(id);
        match rest {
            "" => Some(Self::Site(id)),
            "/drives" => Some(Self::SiteDrives(id)),
            rest => Self::in_drive(DriveAt::Site(id), rest.strip_prefix("/drive")?),
        }
    }

    /// What comes after a drive: nothing, or an item in one of its forms.
    fn in_drive(drive: DriveAt, rest: &str) -> Option<Self> {
        let rest = rest.trim_end_matches(':');
        if rest.is_empty() {
            return Some(Self::Drive(drive));
        }
        let rest = rest.strip_prefix('/')?;
        let (from, rest) = match rest.strip_prefix("items/") {
            Some(rest) => {
                let (id, rest) = cut(rest, &['/', ':']);
                let id = plain(id);
                ((id != "root").then_some(id), rest)
            }
            None => (None, rest.strip_prefix("root")?),
        };
        let (item, rest) = match rest.strip_prefix(":/") {
            Some(path) => {
                let (path, rest) = path.split_once(':').unwrap_or((path, ""));
                (ItemAt::Path(from, plain(path)), rest)
            }
            None => (from.map_or(ItemAt::Root, ItemAt::Id), rest),
        };
        let what = match rest {
            "" => What::Itself,
            rest => What::read(rest.strip_prefix('/')?)?,
        };
        Some(Self::Item(drive, item, what))
    }
}

impl What {
    fn read(text: &str) -> Option<Self> {
        let (name, argument) = match text.split_once('(') {
            Some((name, argument)) => (name, argument.trim_end_matches(')')),
            None => (text, ""),
        };
        match name.strip_prefix("microsoft.graph.").unwrap_or(name) {
            "children" => Some(Self::Children),
            "content" => Some(Self::Content),
            "permissions" => Some(Self::Permissions),
            "versions" => Some(Self::Versions),
            "delta" => {
                let token = argument.strip_prefix("token=").map(plain);
                let token = token.map(|token| token.trim_matches('\'').to_owned());
                Some(Self::Delta(token))
            }
            _ => None,
        }
    }
}

/// Up to one of the marks, and the rest with it.
fn cut<'a>(text: &'a str, marks: &[char]) -> (&'a str, &'a str) {
    let place = text.find(|c| marks.contains(&c)).unwrap_or(text.len());
    text.split_at_checked(place).unwrap_or((text, ""))
}

fn plain(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_many_ways() {
        let own = || DriveAt::Own;
        let id = |id: &str| DriveAt::Id(id.into());
        let item = |drive, item, what| Graph::Item(drive, item, what);
        let path =
            |from: Option<&str>, path: &str| ItemAt::Path(from.map(str::to_owned), path.to_owned());
        let cases = [
            ("/v1.0/me", Graph::Me),
            ("/v1.0/me/drive", Graph::Drive(own())),
            ("/x/v2.0/drives/b%21d", Graph::Drive(id("b!d"))),
            (
                "/v1.0/drives/b!d/root",
                item(id("b!d"), ItemAt::Root, What::Itself),
            ),
            (
                "/v1.0/drives/d/items/root/children",
                item(id("d"), ItemAt::Root, What::Children),
            ),
            (
                "/v1.0/drives/d/items/01A",
                item(id("d"), ItemAt::Id("01A".into()), What::Itself),
            ),
            (
                "/v1.0/drives/d/root:/a/b%20c",
                item(id("d"), path(None, "a/b c"), What::Itself),
            ),
            (
                "/v1.0/drives/d/root:/a/b:/children",
                item(id("d"), path(None, "a/b"), What::Children),
            ),
            (
                "/v1.0/drives/d/root:/a:",
                item(id("d"), path(None, "a"), What::Itself),
            ),
            (
                "/v1.0/drives/d/items/1:/leaf:",
                item(id("d"), path(Some("1"), "leaf"), What::Itself),
            ),
            (
                "/v1.0/drives/d/items/1:/leaf:/content",
                item(id("d"), path(Some("1"), "leaf"), What::Content),
            ),
            (
                "/v1.0/me/drive/root/delta",
                item(own(), ItemAt::Root, What::Delta(None)),
            ),
            (
                "/v1.0/drives/d/items/1/delta()",
                item(id("d"), ItemAt::Id("1".into()), What::Delta(None)),
            ),
            (
                "/v1.0/drives/d/root/microsoft.graph.delta(token='x%27y')",
                item(id("d"), ItemAt::Root, What::Delta(Some("x'y".into()))),
            ),
            ("/v1.0/me/drive/sharedWithMe", Graph::SharedWithMe),
            ("/v1.0/sites", Graph::Sites),
            ("/v1.0/sites/h,1,2", Graph::Site("h,1,2".into())),
            (
                "/v1.0/sites/h:/sites/Bureau%20x",
                Graph::Site("h:/sites/Bureau x".into()),
            ),
            (
                "/v1.0/sites/h,1,2/drives",
                Graph::SiteDrives("h,1,2".into()),
            ),
            (
                "/v1.0/sites/h,1,2/drive/root",
                item(DriveAt::Site("h,1,2".into()), ItemAt::Root, What::Itself),
            ),
            ("/v1.0/groups/g/sites/root", Graph::GroupSite("g".into())),
            (
                "/v1.0/groups/g/drive",
                Graph::Drive(DriveAt::Group("g".into())),
            ),
            ("/v1.0/teams/t/channels", Graph::Channels("t".into())),
            (
                "/v1.0/teams/t/channels/19:c@x/filesFolder",
                Graph::FilesFolder("t".into(), "19:c@x".into()),
            ),
        ];
        for (path, expected) in cases {
            assert_eq!(Call::read(path), Call::Graph(expected), "{path}");
        }
        for path in [
            "/v1.0/nonsense",
            "/v1.0/me/messages",
            "/v1.0/drives/d/rooty",
            "/v1.0/drives/d/root/x",
        ] {
            assert!(
                matches!(Call::read(path), Call::Graph(Graph::Unknown(_))),
                "{path}"
            );
        }
        let tenant = |path: &str| Call::read(path);
        assert_eq!(
            tenant("/common/oauth2/v2.0/token"),
            Call::Token("common".into())
        );
        assert_eq!(
            tenant("/a.b/v2.0/adminconsent"),
            Call::AdminConsent("a.b".into())
        );
        assert_eq!(tenant("/x/oauth2/v2.0/nonsense"), Call::Unknown);
        assert_eq!(tenant("/"), Call::Unknown);
    }
}
