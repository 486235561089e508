//! `/remote.php/dav/principals/users/{user}/`: who somebody is and where their homes are.

use axum::body::Body;
use axum::response::Response;

use super::super::super::answer::{DavError, DavResult, escape};
use super::super::super::gate::Call;
use super::super::super::login::Who;
use super::super::super::names::encode;
use super::super::propfind::{HEAD, TAIL, multistatus, principal, wanted_names};
use super::super::props::chosen;
use super::super::xml::{CALDAV, CARDDAV, DAV, Name};
use super::refuse;

pub async fn answer(call: &mut Call, who: &Who, rest: &[&str]) -> DavResult<Response> {
    let method = call.method.to_string();
    match (method.as_str(), rest) {
        ("OPTIONS", _) => Ok(super::super::options()),
        ("PROPFIND", [] | ["users"]) => super::home::top(call, &[]).await,
        ("PROPFIND", ["users", user]) => {
            let Some(user) = call.shared.user(user).cloned() else {
                return Err(DavError::not_found(format!(
                    "Principal with name {user} not found"
                )));
            };
            let names = wanted_names(call).await?;
            let path = |parts: &[&str]| format!("{}/", encode(parts.iter().copied()));
            let local = |parts: &[&str]| format!("<d:href>{}</d:href>", path(parts));
            let id = user.id.as_str();
            let me = path(&["remote.php", "dav", "principals", "users", id]);
            let calendars = ["remote.php", "dav", "calendars", id];
            let below = |name: &'static str| {
                let mut parts = calendars.to_vec();
                parts.push(name);
                local(&parts)
            };
            let mail = user.mail().map_or(String::new(), |mail| {
                format!("<d:href>mailto:{}</d:href>", escape(mail))
            });
            let known = [
                (
                    Name::new(DAV, "resourcetype"),
                    "<d:collection/><d:principal/>".to_owned(),
                ),
                (Name::new(DAV, "displayname"), escape(&user.display_name)),
                (
                    Name::new(DAV, "principal-URL"),
                    format!("<d:href>{me}</d:href>"),
                ),
                principal(&who.id),
                (Name::new(CALDAV, "calendar-home-set"), local(&calendars)),
                (
                    Name::new(CARDDAV, "addressbook-home-set"),
                    local(&["remote.php", "dav", "addressbooks", "users", id]),
                ),
                (
                    Name::new(CALDAV, "calendar-user-address-set"),
                    format!("{mail}<d:href>{me}</d:href>"),
                ),
                (
                    Name::new(CALDAV, "schedule-default-calendar-URL"),
                    below("personal"),
                ),
                (Name::new(CALDAV, "schedule-inbox-URL"), below("inbox")),
                (Name::new(CALDAV, "schedule-outbox-URL"), below("outbox")),
                (
                    Name::new(CALDAV, "calendar-user-type"),
                    "INDIVIDUAL".to_owned(),
                ),
            ];
            let body = chosen(&me, names.as_deref(), &known);
            Ok(multistatus(Body::from(format!("{HEAD}{body}{TAIL}"))))
        }
        (_, [.., name]) => Err(refuse::no_node(name)),
        (method, []) => Err(DavError::not_implemented(method)),
    }
}
