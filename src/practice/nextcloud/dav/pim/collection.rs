//! Calendars and address books themselves: making, looking, changing, removing.

use axum::response::Response;
use http::StatusCode;

use super::super::super::answer::{DavError, DavResult, HTML, empty, put_header, with_type};
use super::super::super::gate::Call;
use super::super::super::names::encode;
use super::super::super::pim::{self, Kind, Object, PimOp, Props, Role, Seen};
use super::super::super::server::now;
use super::super::propfind::{HEAD, TAIL, multistatus, wanted_names};
use super::super::props::{chosen, propstat};
use super::super::xml::{
    APPLE, CALDAV, CALENDARSERVER, CARDDAV, DAV, Element, Name, OWNCLOUD, parse,
};
use super::props::{of_collection, of_object};
use super::{Home, export, refuse, report, shared, streamed};

/// How long the limit of so many collections looks back.
const AN_HOUR: i64 = 3600;

pub async fn answer(call: &mut Call, home: &Home, uri: &str) -> DavResult<Response> {
    match call.method.as_str() {
        "OPTIONS" => Ok(super::super::options()),
        "MKCALENDAR" | "MKCOL" => make(call, home, uri).await,
        "PROPFIND" => list(call, home, uri).await,
        "PROPPATCH" => change(call, home, uri).await,
        "REPORT" => report::answer(call, home, &home.find(uri)?).await,
        "DELETE" => remove(call, home, &home.find(uri)?),
        "POST" => shared::answer(call, home, &home.find(uri)?).await,
        "GET" | "HEAD" => {
            let seen = home.find(uri)?;
            match call.query().contains_key("export") {
                true => Ok(export::answer(home, &seen)),
                false => Ok(with_type(
                    StatusCode::OK,
                    HTML,
                    "This is the WebDAV interface. It can only be accessed by WebDAV clients such as the Nextcloud desktop sync client.",
                )),
            }
        }
        "PUT" => Err(match home.find(uri) {
            Ok(_) => DavError::conflict("PUT is not allowed on non-files."),
            Err(_) => DavError::method_not_allowed(
                "Creating new files in this collection is not supported",
            ),
        }),
        method => {
            home.find(uri)?;
            Err(DavError::not_implemented(method))
        }
    }
}

async fn list(call: &mut Call, home: &Home, uri: &str) -> DavResult<Response> {
    let names = wanted_names(call).await?;
    let seen = home.find(uri)?;
    let here = format!("{}/", home.href(&[uri]));
    let before = chosen(&here, names.as_deref(), &of_collection(home, &seen));
    let all = match call.header("depth") {
        Some("0") => Vec::new(),
        _ => home.objects(&seen),
    };
    let data = report::Data::unasked(names.as_deref());
    let (prefix, home) = (home.href(&[uri]), home.again());
    let part = move |object: Object| {
        let href = format!("{prefix}{}", encode([object.uri.as_str()]));
        let mut known = of_object(&home.shared, &object, &home.user.id);
        known.extend(data.of(&home, &seen, &object));
        chosen(&href, names.as_deref(), &known)
    };
    Ok(streamed(before, all, part, String::new()))
}

async fn make(call: &mut Call, home: &Home, uri: &str) -> DavResult<Response> {
    let body = call.small_body().await?;
    let content_type = call.header("content-type").unwrap_or_default();
    if call.method.as_str() == "MKCOL" && !body.is_empty() && !content_type.contains("xml") {
        return Err(DavError::unsupported_media(
            "The request body for the MKCOL request must have an xml Content-Type",
        ));
    }
    let root = match body.is_empty() {
        true => None,
        false => Some(parse(&body)?),
    };
    let set = root
        .as_ref()
        .and_then(|root| root.child(DAV, "set")?.child(DAV, "prop"));
    let given: &[Element] = set.map_or(&[], |prop| &prop.children);
    if home.find(uri).is_ok() {
        return Err(refuse::exists());
    }
    check_limits(call, home)?;
    if !home.books && uri.starts_with("app-generated--") {
        return Err(DavError::method_not_allowed(
            "The resource you tried to create has a reserved name",
        ));
    }
    let kind = kind(call, home, given)?;
    let props = match kind {
        Kind::AddressBook => book_props(uri, given)?,
        _ => calendar_props(uri, kind, given)?,
    };
    let store = &home.shared.store;
    let mut inner = store.lock();
    pim::make(store, &mut inner, kind, &home.user.id, uri, props)?;
    drop(inner);
    let mut response = empty(StatusCode::CREATED);
    put_header(&mut response, http::header::CONTENT_LENGTH, "0");
    Ok(response)
}

/// What a request may make: looked at only where a session's cookie comes with it, because the account is
/// not known yet otherwise (RateLimitingPlugin.php), or always when the limits say so.
fn check_limits(call: &Call, home: &Home) -> DavResult<()> {
    let limits = home.shared.weather().limits;
    if !limits.always && !call.headers.contains_key(http::header::COOKIE) {
        return Ok(());
    }
    let (store, at) = (&home.shared.store, now());
    let mut inner = store.lock();
    let shelf = &inner.state.pim;
    if shelf.made_since(&home.user.id, home.books, at - AN_HOUR) >= limits.an_hour {
        return Err(refuse::too_many(home.books));
    }
    let count = shelf
        .all()
        .filter(|c| c.owner == home.user.id && c.uri != pim::BIRTHDAYS)
        .filter(|c| match home.books {
            true => c.kind == Kind::AddressBook,
            false => matches!(c.kind, Kind::Calendar | Kind::Subscription),
        })
        .count();
    let op = PimOp::Made {
        user: home.user.id.clone(),
        books: home.books,
        at,
    };
    store.commit_in(&mut inner, op.into())?;
    let most = match home.books {
        true => limits.address_books,
        false => limits.calendars,
    };
    if count >= most {
        return Err(refuse::limit_reached(home.books));
    }
    Ok(())
}

fn kind(call: &Call, home: &Home, given: &[Element]) -> DavResult<Kind> {
    let types = given
        .iter()
        .find(|element| element.name.is(DAV, "resourcetype"));
    let has = |namespace, local| types.is_some_and(|types| types.child(namespace, local).is_some());
    let by_default = call.method.as_str() == "MKCALENDAR" && types.is_none();
    match home.books {
        true if has(CARDDAV, "addressbook") => Ok(Kind::AddressBook),
        false if has(CALENDARSERVER, "subscribed") => Ok(Kind::Subscription),
        false if by_default || has(CALDAV, "calendar") => Ok(Kind::Calendar),
        books => Err(refuse::wrong_resource_type(books)),
    }
}

fn calendar_props(uri: &str, kind: Kind, given: &[Element]) -> DavResult<Props> {
    let mut props = Props {
        name: Some(uri.to_owned()),
        components: ["VEVENT", "VTODO", "VJOURNAL"].map(str::to_owned).into(),
        ..Props::default()
    };
    for element in given {
        // What is not known here is not kept.
        set_calendar(&mut props, &element.name, Some(element))?;
    }
    if kind == Kind::Subscription {
        let source = given
            .iter()
            .find(|element| element.name.is(CALENDARSERVER, "source"))
            .and_then(|source| Some(source.child(DAV, "href")?.text.trim().to_owned()));
        props.source = Some(source.ok_or_else(|| {
            DavError::forbidden(
                "The {http://calendarserver.org/ns/}source property is required when creating subscriptions",
            )
        })?);
    }
    Ok(props)
}

/// `false`: it is not a property of calendars.
fn set_calendar(props: &mut Props, name: &Name, to: Option<&Element>) -> DavResult<bool> {
    let text = || to.map(|element| element.text.clone());
    match (name.namespace.as_str(), name.local.as_str()) {
        (DAV, "displayname") => props.name = text(),
        (CALDAV, "calendar-description") => props.description = text(),
        (CALDAV, "calendar-timezone") => props.time_zone = text(),
        (APPLE, "calendar-color") => props.colour = text(),
        (APPLE, "calendar-order") => {
            props.order = text()
                .and_then(|text| text.trim().parse().ok())
                .unwrap_or(0);
        }
        (CALDAV, "schedule-calendar-transp") => {
            props.transparent = to.is_some_and(|to| to.child(CALDAV, "transparent").is_some());
        }
        (CALDAV, "supported-calendar-component-set") => {
            let components: Vec<String> = to
                .into_iter()
                .flat_map(|to| to.all(CALDAV, "comp"))
                .filter_map(|component| Some(component.attribute("name")?.to_owned()))
                .collect();
            if components.is_empty() {
                return Err(DavError::bad_request(
                    "supported-calendar-component-set must have at least one CALDAV:comp element",
                ));
            }
            props.components = components;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn book_props(uri: &str, given: &[Element]) -> DavResult<Props> {
    let mut props = Props {
        name: Some(uri.to_owned()),
        ..Props::default()
    };
    for element in given {
        if !element.name.is(DAV, "resourcetype")
            && !set_book(&mut props, &element.name, Some(element))
        {
            return Err(DavError::bad_request(format!(
                "Unknown property: {}",
                element.name.clark()
            )));
        }
    }
    Ok(props)
}

fn set_book(props: &mut Props, name: &Name, to: Option<&Element>) -> bool {
    let text = to.map(|element| element.text.clone());
    match (name.namespace.as_str(), name.local.as_str()) {
        (DAV, "displayname") => props.name = text,
        (CARDDAV, "addressbook-description") => props.description = text,
        _ => return false,
    }
    true
}

/// What the server computes itself.
fn is_protected(name: &Name) -> bool {
    match name.namespace.as_str() {
        DAV => !matches!(name.local.as_str(), "displayname" | "getetag"),
        CALDAV => !matches!(
            name.local.as_str(),
            "calendar-description" | "calendar-timezone" | "schedule-calendar-transp"
        ),
        CARDDAV => name.local != "addressbook-description",
        CALENDARSERVER => name.local == "getctag",
        OWNCLOUD => matches!(name.local.as_str(), "owner-principal" | "read-only"),
        _ => false,
    }
}

async fn change(call: &mut Call, home: &Home, uri: &str) -> DavResult<Response> {
    let body = call.small_body().await?;
    let root = parse(&body)?;
    if !root.name.is(DAV, "propertyupdate") {
        return Err(DavError::bad_request("Expected a propertyupdate element"));
    }
    let changes = root.children.iter().filter_map(|change| {
        let set = change.name.is(DAV, "set");
        let prop = change.child(DAV, "prop")?;
        Some(
            prop.children
                .iter()
                .map(move |element| (&element.name, set.then_some(element))),
        )
    });
    let changes: Vec<(&Name, Option<&Element>)> = changes.flatten().collect();
    let seen = home.find(uri)?;
    let mut props = seen.head.props.clone();
    for (name, to) in &changes {
        if name.is(CALDAV, "supported-calendar-component-set") {
            // Read before it is known that it cannot be changed.
            set_calendar(&mut Props::default(), name, *to)?;
        }
    }
    let href = encode(call.path.said.iter().map(String::as_str));
    let elements = |which: &dyn Fn(&Name) -> bool| -> String {
        let names = changes.iter().filter(|(name, _)| which(name));
        names.map(|(name, _)| name.empty_element()).collect()
    };
    let refused = elements(&is_protected);
    let parts = if refused.is_empty() {
        for (name, to) in &changes {
            apply(home, &seen, &mut props, name, *to)?;
        }
        let op = PimOp::Props {
            collection: seen.head.id,
            props: Box::new(props),
        };
        home.shared.store.commit(op.into())?;
        propstat(&elements(&|_| true), "200 OK")
    } else {
        let others = elements(&|name| !is_protected(name));
        let mut parts = propstat(&refused, "403 Forbidden");
        if !others.is_empty() {
            parts.push_str(&propstat(&others, "424 Failed Dependency"));
        }
        parts
    };
    let body = format!("{HEAD}<d:response><d:href>{href}</d:href>{parts}</d:response>{TAIL}");
    Ok(multistatus(body.into()))
}

fn apply(
    home: &Home,
    seen: &Seen,
    props: &mut Props,
    name: &Name,
    to: Option<&Element>,
) -> DavResult<()> {
    let known = seen.role == Role::Owner
        && match home.books {
            true => set_book(props, name, to),
            false => set_calendar(props, name, to)?,
        };
    if !known {
        let dead = props.dead.entry(home.user.id.clone()).or_default();
        match to {
            Some(to) => dead.insert(name.clark(), to.text.clone()),
            None => dead.remove(&name.clark()),
        };
    }
    Ok(())
}

fn remove(call: &Call, home: &Home, seen: &Seen) -> DavResult<Response> {
    let collection = seen.head.id;
    let op = match seen.role {
        Role::Server | Role::App => return Err(refuse::access_denied()),
        // Only one's own look at it goes.
        Role::Reader | Role::Writer => {
            let mut shares = seen.head.shares.clone();
            shares.retain(|share| share.user != home.user.id);
            PimOp::Shares { collection, shares }
        }
        Role::Owner => {
            let skips_trash = call.header("x-nc-caldav-no-trashbin") == Some("1");
            match seen.head.kind {
                Kind::Calendar if !skips_trash => PimOp::TrashCollection {
                    collection,
                    at: Some(now()),
                },
                _ => PimOp::DropCollection { collection },
            }
        }
    };
    home.shared.store.commit(op.into())?;
    let mut response = empty(StatusCode::NO_CONTENT);
    put_header(&mut response, http::header::CONTENT_LENGTH, "0");
    Ok(response)
}
