//! Properties of collections and objects.

use super::super::super::answer::escape;
use super::super::super::names::encode;
use super::super::super::pim::{Kind, Object, Role, SYNC_TOKEN, Seen};
use super::super::super::server::Shared;
use super::super::propfind::principal;
use super::super::props::http_date;
use super::super::xml::{
    APPLE, CALDAV, CALENDARSERVER, CARDDAV, DAV, NEXTCLOUD_COM, Name, OWNCLOUD, SABRE,
};
use super::Home;

pub type Known = Vec<(Name, String)>;

const ALL: &[&str] = &[
    "d:all",
    "d:read",
    "d:write",
    "d:write-properties",
    "d:write-content",
    "d:unlock",
    "d:bind",
    "d:unbind",
    "d:write-acl",
    "d:read-acl",
    "d:read-current-user-privilege-set",
];
const WRITE: &[&str] = &[
    "d:write",
    "d:write-properties",
    "d:write-content",
    "d:unlock",
    "d:bind",
    "d:unbind",
    "d:write-acl",
    "d:read",
    "d:read-acl",
    "d:read-current-user-privilege-set",
];
const READ: &[&str] = &[
    "d:write-properties",
    "d:read",
    "d:read-acl",
    "d:read-current-user-privilege-set",
];
const OF_APP: &[&str] = &[
    "d:unbind",
    "d:read",
    "d:read-acl",
    "d:read-current-user-privilege-set",
];

fn privileges(seen: &Seen) -> String {
    let names = match (seen.role, seen.head.kind) {
        (Role::App, _) => OF_APP,
        (_, Kind::Subscription) => ALL,
        _ if seen.is_writable() => WRITE,
        _ => READ,
    };
    let mut out = privilege_list(names);
    if seen.head.kind == Kind::Calendar {
        out.push_str(&privilege_list(&["cal:read-free-busy"]));
    }
    out
}

pub fn privilege_list(names: &[&str]) -> String {
    let each = names
        .iter()
        .map(|name| format!("<d:privilege><{name}/></d:privilege>"));
    each.collect()
}

pub fn owner(user: &str) -> (Name, String) {
    let (group, user) = match user.trim() {
        "system" if user != "system" => ("system", "system"),
        user => ("users", user),
    };
    let path = encode(["remote.php", "dav", "principals", group, user]);
    (Name::new(DAV, "owner"), format!("<d:href>{path}/</d:href>"))
}

fn resource_type(seen: &Seen) -> String {
    let more = match seen.head.kind {
        Kind::AddressBook => "<card:addressbook/>",
        Kind::Subscription => "<cs:subscribed/>",
        Kind::Inbox => "<cal:schedule-inbox/>",
        Kind::Calendar if seen.head.deleted.is_some() => {
            "<x2:deleted-calendar xmlns:x2=\"http://nextcloud.com/ns\"/>"
        }
        Kind::Calendar => "<cal:calendar/>",
    };
    format!("<d:collection/>{more}")
}

/// What is known of a collection.
pub fn of_collection(home: &Home, seen: &Seen) -> Known {
    let props = &seen.head.props;
    let text = |text: &str| escape(text);
    let mut known: Known = vec![
        (Name::new(DAV, "resourcetype"), resource_type(seen)),
        owner(&seen.head.owner),
        principal(&home.user.id),
        (
            Name::new(DAV, "current-user-privilege-set"),
            privileges(seen),
        ),
        (
            Name::new(DAV, "supported-report-set"),
            reports(seen.head.kind),
        ),
    ];
    if let Some(name) = &seen.name {
        known.push((Name::new(DAV, "displayname"), text(name)));
    }
    match seen.head.kind {
        Kind::AddressBook => of_book(seen, &mut known),
        Kind::Calendar => of_calendar(seen, &mut known),
        Kind::Subscription => {
            known.push((
                Name::new(CALDAV, "supported-calendar-component-set"),
                components(&["VTODO".to_owned(), "VEVENT".to_owned()]),
            ));
            known.push((
                Name::new(CALENDARSERVER, "getctag"),
                seen.head.token.to_string(),
            ));
            let source = props.source.as_deref().unwrap_or_default();
            known.push((
                Name::new(CALENDARSERVER, "source"),
                format!("<d:href>{}</d:href>", text(source)),
            ));
        }
        Kind::Inbox => {}
    }
    if matches!(seen.head.kind, Kind::Calendar | Kind::Subscription) {
        known.push((Name::new(APPLE, "calendar-order"), props.order.to_string()));
        if let Some(colour) = &props.colour {
            known.push((Name::new(APPLE, "calendar-color"), text(colour)));
        }
    }
    // What a client once set for its account alone, which covers what the owner has set.
    for (name, value) in props.dead.get(&home.user.id).into_iter().flatten() {
        if let Some(name) = from_clark(name) {
            known.retain(|(known, _)| *known != name);
            known.push((name, text(value)));
        }
    }
    known
}

fn of_calendar(seen: &Seen, known: &mut Known) {
    let props = &seen.head.props;
    let token = format!("{SYNC_TOKEN}{}", seen.head.token);
    let busy = match props.transparent || seen.is_shared() {
        true => "<cal:transparent/>",
        false => "<cal:opaque/>",
    };
    known.extend([
        (Name::new(DAV, "sync-token"), token.clone()),
        (Name::new(SABRE, "sync-token"), seen.head.token.to_string()),
        (Name::new(CALENDARSERVER, "getctag"), token),
        (
            Name::new(CALDAV, "supported-calendar-component-set"),
            components(&props.components),
        ),
        (Name::new(CALDAV, "schedule-calendar-transp"), busy.to_owned()),
        (Name::new(CALDAV, "max-resource-size"), "10000000".to_owned()),
        (
            Name::new(CALDAV, "supported-calendar-data"),
            "<cal:calendar-data content-type=\"text/calendar\" version=\"2.0\"/><cal:calendar-data content-type=\"application/calendar+json\"/>".to_owned(),
        ),
        (Name::new(OWNCLOUD, "invite"), String::new()),
        (
            Name::new(OWNCLOUD, "owner-principal"),
            format!("principals/users/{}", escape(&seen.head.owner)),
        ),
        (
            Name::new(NEXTCLOUD_COM, "owner-displayname"),
            escape(&seen.owner_name),
        ),
    ]);
    if seen.is_shared() {
        let read_only = if seen.role == Role::Reader { "1" } else { "" };
        known.push((Name::new(OWNCLOUD, "read-only"), read_only.to_owned()));
    }
    if let Some(description) = &props.description {
        known.push((
            Name::new(CALDAV, "calendar-description"),
            escape(description),
        ));
    }
    if let Some(zone) = &props.time_zone {
        known.push((
            Name::new(CALDAV, "calendar-timezone"),
            carriage_returns(zone),
        ));
    }
    if let Some(at) = seen.head.deleted {
        known.push((Name::new(NEXTCLOUD_COM, "deleted-at"), iso(at)));
    }
}

fn of_book(seen: &Seen, known: &mut Known) {
    let token = seen.head.token;
    if seen.role == Role::App {
        let ctag = format!("{SYNC_TOKEN}0");
        known.push((Name::new(CALENDARSERVER, "getctag"), ctag));
        known.push((Name::new(OWNCLOUD, "read-only"), "1".to_owned()));
        return;
    }
    known.extend([
        (Name::new(DAV, "sync-token"), format!("{SYNC_TOKEN}{token}")),
        (Name::new(SABRE, "sync-token"), token.to_string()),
        (Name::new(CALENDARSERVER, "getctag"), token.to_string()),
        (Name::new(CARDDAV, "max-resource-size"), "10000000".to_owned()),
        (
            Name::new(CARDDAV, "supported-address-data"),
            "<card:address-data-type content-type=\"text/vcard\" version=\"3.0\"/><card:address-data-type content-type=\"text/vcard\" version=\"4.0\"/><card:address-data-type content-type=\"application/vcard+json\" version=\"4.0\"/>".to_owned(),
        ),
        (Name::new(OWNCLOUD, "groups"), String::new()),
        (
            Name::new(NEXTCLOUD_COM, "owner-displayname"),
            escape(&seen.owner_name),
        ),
    ]);
    if let Some(description) = &seen.head.props.description {
        known.push((
            Name::new(CARDDAV, "addressbook-description"),
            escape(description),
        ));
    }
    let principal = match seen.role {
        Role::Server => "principals/system/system".to_owned(),
        Role::Reader | Role::Writer => format!("principals/users/{}", escape(&seen.head.owner)),
        _ => return,
    };
    known.push((Name::new(OWNCLOUD, "owner-principal"), principal));
    let read_only = if seen.role == Role::Writer { "" } else { "1" };
    known.push((Name::new(OWNCLOUD, "read-only"), read_only.to_owned()));
}

fn components(names: &[String]) -> String {
    let each = names
        .iter()
        .map(|name| format!("<cal:comp name=\"{}\"/>", escape(name)));
    each.collect()
}

fn reports(kind: Kind) -> String {
    let names: &[&str] = match kind {
        Kind::Calendar => &[
            "d:sync-collection",
            "cal:calendar-multiget",
            "cal:calendar-query",
        ],
        Kind::AddressBook => &[
            "d:sync-collection",
            "card:addressbook-multiget",
            "card:addressbook-query",
        ],
        Kind::Subscription | Kind::Inbox => &[],
    };
    let each = names.iter().map(|name| {
        format!("<d:supported-report><d:report><{name}/></d:report></d:supported-report>")
    });
    each.collect()
}

/// What is known of an object, without its content.
pub fn of_object(shared: &Shared, object: &Object, user: &str) -> Known {
    let media = if object.component.is_empty() {
        "text/vcard; charset=utf-8".to_owned()
    } else {
        format!(
            "text/calendar; charset=utf-8; component={}",
            object.component
        )
    };
    let _ = shared;
    vec![
        (
            Name::new(DAV, "getetag"),
            format!("&quot;{}&quot;", object.etag),
        ),
        (Name::new(DAV, "getcontenttype"), media),
        (
            Name::new(DAV, "getcontentlength"),
            object.piece.len.to_string(),
        ),
        (
            Name::new(DAV, "getlastmodified"),
            http_date(object.modified),
        ),
        (Name::new(DAV, "resourcetype"), String::new()),
        principal(user),
    ]
}

/// `2026-11-25T03:14:57+00:00`
pub fn iso(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .map(|time| time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string())
        .unwrap_or_default()
}

/// Text with its carriage returns, which XML would lose.
pub fn carriage_returns(text: &str) -> String {
    escape(text).replace('\r', "&#13;")
}

fn from_clark(name: &str) -> Option<Name> {
    let (namespace, local) = name.strip_prefix('{')?.split_once('}')?;
    Some(Name::new(namespace, local))
}
