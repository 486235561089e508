//! The homes themselves, and what lies in them beside calendars and address books.

use axum::body::Body;
use axum::response::Response;

use super::super::super::answer::{DavError, DavResult};
use super::super::super::gate::Call;
use super::super::super::names::encode;
use super::super::super::pim::{self, Kind};
use super::super::propfind::{HEAD, TAIL, multistatus, principal, wanted_names};
use super::super::props::chosen;
use super::super::xml::{DAV, Name};
use super::props::{Known, of_collection, of_object, owner, privilege_list};
use super::{Home, refuse, streamed};

const OF_INBOX: &[&str] = &[
    "cal:schedule-deliver",
    "cal:schedule-deliver-invite",
    "cal:schedule-deliver-reply",
    "cal:schedule-query-freebusy",
    "d:unbind",
    "d:write-properties",
    "d:read",
    "d:read-acl",
    "d:read-current-user-privilege-set",
];
const OF_OUTBOX: &[&str] = &[
    "cal:schedule-send",
    "cal:schedule-send-invite",
    "cal:schedule-send-reply",
    "cal:schedule-send-freebusy",
    "cal:schedule-post-vevent",
    "d:read",
    "d:read-acl",
    "d:read-current-user-privilege-set",
];
const OF_TRASH: &[&str] = &["d:all", "d:read", "d:write", "d:unbind", "d:read-acl"];

/// A folder above the homes, with these in it.
pub async fn top(call: &mut Call, below: &[&str]) -> DavResult<Response> {
    if call.method.as_str() != "PROPFIND" {
        return Err(DavError::not_implemented(call.method.as_str()));
    }
    let names = wanted_names(call).await?;
    let known = [(Name::new(DAV, "resourcetype"), "<d:collection/>".to_owned())];
    let mut path = call.path.said.clone();
    let mut body = String::from(HEAD);
    let here = encode(path.iter().map(String::as_str));
    body.push_str(&chosen(&format!("{here}/"), names.as_deref(), &known));
    for name in below.iter().filter(|_| call.header("depth") != Some("0")) {
        path.push((*name).to_owned());
        let href = encode(path.iter().map(String::as_str));
        body.push_str(&chosen(&format!("{href}/"), names.as_deref(), &known));
        path.pop();
    }
    body.push_str(TAIL);
    Ok(multistatus(Body::from(body)))
}

pub async fn answer(call: &mut Call, home: &Home) -> DavResult<Response> {
    match call.method.as_str() {
        "OPTIONS" => Ok(super::super::options()),
        "PROPFIND" => list(call, home).await,
        "MKCALENDAR" | "MKCOL" => Err(refuse::exists()),
        "DELETE" => Err(refuse::access_denied()),
        method => Err(DavError::not_implemented(method)),
    }
}

async fn list(call: &mut Call, home: &Home) -> DavResult<Response> {
    let names = wanted_names(call).await?;
    let names = names.as_deref();
    let me = &home.user.id;
    let itself: Known = vec![
        (Name::new(DAV, "resourcetype"), "<d:collection/>".to_owned()),
        owner(me),
        principal(me),
        (
            Name::new(DAV, "current-user-privilege-set"),
            privilege_list(&["d:write", "d:bind", "d:unbind", "d:read"]),
        ),
    ];
    let mut body = format!(
        "{HEAD}{}",
        chosen(&format!("{}/", home.href(&[])), names, &itself)
    );
    if call.header("depth") != Some("0") {
        let seen = {
            let inner = home.shared.store.lock();
            let shelf = &inner.state.pim;
            match home.books {
                true => pim::address_books(&home.shared.config, shelf, &home.user),
                false => pim::calendars(&home.shared.config, shelf, &home.user),
            }
        };
        let (subscriptions, others): (Vec<_>, Vec<_>) = seen
            .iter()
            .partition(|seen| seen.head.kind == Kind::Subscription);
        let part = |seen: &pim::Seen| {
            let href = format!("{}/", home.href(&[&seen.uri]));
            chosen(&href, names, &of_collection(home, seen))
        };
        others
            .into_iter()
            .for_each(|seen| body.push_str(&part(seen)));
        if !home.books {
            for special in ["inbox", "outbox", "trashbin"] {
                let href = format!("{}/", home.href(&[special]));
                body.push_str(&chosen(&href, names, &of_special(home, special)));
            }
        }
        subscriptions
            .into_iter()
            .for_each(|seen| body.push_str(&part(seen)));
    }
    body.push_str(TAIL);
    Ok(multistatus(Body::from(body)))
}

pub fn of_special(home: &Home, which: &str) -> Known {
    let (kind, privileges) = match which {
        "inbox" => ("<cal:schedule-inbox/>", OF_INBOX),
        "outbox" => ("<cal:schedule-outbox/>", OF_OUTBOX),
        _ => (
            "<x2:trash-bin xmlns:x2=\"http://nextcloud.com/ns\"/>",
            OF_TRASH,
        ),
    };
    vec![
        (
            Name::new(DAV, "resourcetype"),
            format!("<d:collection/>{kind}"),
        ),
        owner(&home.user.id),
        principal(&home.user.id),
        (
            Name::new(DAV, "current-user-privilege-set"),
            privilege_list(privileges),
        ),
    ]
}

/// The boxes of invitations: they can be listed, and invitations removed.
pub async fn scheduling(
    call: &mut Call,
    home: &Home,
    which: &str,
    rest: &[&str],
) -> DavResult<Response> {
    let inbox = {
        let inner = home.shared.store.lock();
        let inbox = inner.state.pim.own(&home.user.id, &[Kind::Inbox], "inbox");
        inbox.cloned()
    };
    let objects = inbox.as_ref().filter(|_| which == "inbox");
    match (call.method.as_str(), rest) {
        ("OPTIONS", _) => Ok(super::super::options()),
        ("PROPFIND", []) => {
            let names = wanted_names(call).await?;
            let here = format!("{}/", home.href(&[which]));
            let before = chosen(&here, names.as_deref(), &of_special(home, which));
            let deep = call.header("depth") != Some("0");
            let all = objects
                .filter(|_| deep)
                .map(|inbox| inbox.living().cloned().collect())
                .unwrap_or_default();
            let (shared, user) = (home.shared.clone(), home.user.id.clone());
            let prefix = home.href(&[which]);
            let part = move |object: pim::Object| {
                let href = format!("{prefix}{}", encode([object.uri.as_str()]));
                chosen(&href, names.as_deref(), &of_object(&shared, &object, &user))
            };
            Ok(streamed(before, all, part, String::new()))
        }
        ("GET" | "HEAD", [name]) => {
            let object = objects.and_then(|inbox| inbox.object(name));
            let object = object.ok_or_else(|| refuse::no_object(false))?;
            Ok(super::object::content(home, object, home.read(object)))
        }
        ("DELETE", [name]) => {
            let object = objects.and_then(|inbox| inbox.object(name));
            let object = object.ok_or_else(|| refuse::no_object(false))?;
            let op = pim::PimOp::Remove {
                collection: inbox.as_ref().map_or(0, |inbox| inbox.id),
                object: object.id,
            };
            home.shared.store.commit(op.into())?;
            Ok(super::super::super::answer::empty(
                http::StatusCode::NO_CONTENT,
            ))
        }
        ("PUT" | "DELETE", _) => Err(refuse::access_denied()),
        ("MKCALENDAR" | "MKCOL", []) => Err(refuse::exists()),
        (method, _) => Err(DavError::not_implemented(method)),
    }
}
