//! REPORT `oc:filter-files`: the favourites at and below a folder.

use axum::body::Body;
use axum::response::Response;
use http::header;

use super::super::answer::{DavError, DavResult};
use super::super::gate::Call;
use super::super::names::encode;
use super::Place;
use super::propfind::{HEAD, TAIL, multistatus};
use super::props::Wanted;
use super::xml::{OWNCLOUD, parse};

pub async fn answer(call: &mut Call, place: &Place) -> DavResult<Response> {
    let body = call.small_body().await?;
    let root = parse(&body)?;
    let entry = place.found()?;
    if !root.name.is(OWNCLOUD, "filter-files") || !entry.folder {
        return Err(DavError::report_not_supported());
    }
    let wants_favourites = root
        .child(OWNCLOUD, "filter-rules")
        .and_then(|rules| rules.child(OWNCLOUD, "favorite"))
        .is_some_and(|value| matches!(value.text.trim(), "1" | "true"));
    if !wants_favourites {
        return Err(DavError::bad_request(
            "Missing filter-rule block in request",
        ));
    }
    let wanted = Wanted::new(call, &place.who.id, Some(root.props().unwrap_or_default()));
    // The path of the home, as the client said it.
    let above = place.said.len() - place.path.said.len();
    let home: Vec<&str> = place.said.iter().take(above).map(String::as_str).collect();
    let mut body = String::from(HEAD);
    for (path, entry) in place.view.favourites(&entry, &place.path.stored) {
        // Unlike PROPFIND, folders come without a slash at their end.
        let href = encode(home.iter().copied().chain(path.iter().map(String::as_str)));
        body.push_str(&wanted.response_at(&href, &entry));
    }
    body.push_str(TAIL);
    let mut response = multistatus(Body::from(body));
    response.headers_mut().remove(header::VARY);
    Ok(response)
}
