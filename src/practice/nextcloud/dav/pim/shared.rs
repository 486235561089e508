//! `POST` on a collection: sharing it (Sharing/Plugin.php).

use axum::response::Response;
use http::{HeaderName, StatusCode};

use super::super::super::answer::{DavError, DavResult, empty, put_header};
use super::super::super::gate::Call;
use super::super::super::pim::{PimOp, Role, Seen, Share};
use super::super::xml::{DAV, Element, OWNCLOUD, parse};
use super::Home;

pub async fn answer(call: &mut Call, home: &Home, seen: &Seen) -> DavResult<Response> {
    let body = call.small_body().await?;
    let root = parse(&body)?;
    if !root.name.is(OWNCLOUD, "share") {
        return Err(DavError::not_implemented("POST"));
    }
    if seen.role != Role::Owner {
        return Err(DavError::forbidden(""));
    }
    let user = |element: &Element| {
        let href = element.child(DAV, "href")?.text.trim().to_owned();
        let user = href.strip_prefix("principal:principals/users/")?;
        Some(home.shared.user(user)?.id.clone())
    };
    let mut shares = seen.head.shares.clone();
    for element in root.all(OWNCLOUD, "set") {
        if let Some(user) = user(element) {
            shares.retain(|share| share.user != user);
            shares.push(Share {
                user,
                writable: element.child(OWNCLOUD, "read-write").is_some(),
            });
        }
    }
    for element in root.all(OWNCLOUD, "remove") {
        if let Some(user) = user(element) {
            shares.retain(|share| share.user != user);
        }
    }
    let op = PimOp::Shares {
        collection: seen.head.id,
        shares,
    };
    home.shared.store.commit(op.into())?;
    let mut response = empty(StatusCode::OK);
    let name = HeaderName::from_static("x-sabre-status");
    put_header(&mut response, name, "everything-went-well");
    Ok(response)
}
