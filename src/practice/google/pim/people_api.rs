//! The handlers of the People API v1 (<https://developers.google.com/people/api/rest>), and of the pictures
//! that it links to.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use serde_json::{Map, Value, json};

use super::super::api::pictures_base as host;
use super::super::error::{ApiError, ok};
use super::super::fields::Mask;
use super::super::media::set;
use super::super::service::{READ_CONTACTS, READ_OTHER_CONTACTS, Service};
use super::super::state::Shared;
use super::super::weather;
use super::args::{Args, Token};
use super::contact::{Contact, Group, Named};
use super::photo;
use super::shelf::Shelf;

type Answer = Result<Response, ApiError>;

/// What a person can be asked for.
pub(super) const FIELDS: [&str; 29] = [
    "addresses",
    "ageRanges",
    "biographies",
    "birthdays",
    "calendarUrls",
    "clientData",
    "coverPhotos",
    "emailAddresses",
    "events",
    "externalIds",
    "genders",
    "imClients",
    "interests",
    "locales",
    "locations",
    "memberships",
    "metadata",
    "miscKeywords",
    "names",
    "nicknames",
    "occupations",
    "organizations",
    "phoneNumbers",
    "photos",
    "relations",
    "sipAddresses",
    "skills",
    "urls",
    "userDefined",
];
const OTHER_FIELDS: [&str; 5] = [
    "emailAddresses",
    "metadata",
    "names",
    "phoneNumbers",
    "photos",
];

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "invalid", message).of(Service::People)
}

fn expired() -> ApiError {
    let message = "Sync token is expired. Clear local cache and retry call without the sync token.";
    invalid(message).info("EXPIRED_SYNC_TOKEN", "people.googleapis.com", json!({}))
}

fn known(args: &Args, names: &[&str]) -> Result<(), ApiError> {
    match args.unknown(names) {
        None => Ok(()),
        Some(name) => Err(invalid(format!(
            "Invalid JSON payload received. Unknown name \"{name}\": Cannot bind query parameter. Field '{name}' could not be found in request message."
        ))),
    }
}

/// The fields that a request names, checked.
fn wanted<'a>(args: &'a Args, parameter: &str, legal: &[&str]) -> Result<Vec<&'a str>, ApiError> {
    let text = match args.find(parameter) {
        Some(text) => text,
        None if parameter == "readMask" => {
            return Err(invalid(
                "readMask mask is required. Please specify one or more valid paths.",
            ));
        }
        None => {
            return Err(invalid(format!(
                "{parameter} mask is required. Please specify one or more valid paths. Valid paths are documented at https://developers.google.com/people/api/rest/v1/people/get."
            )));
        }
    };
    let wanted: Vec<&str> = text.split(',').map(str::trim).collect();
    match wanted.iter().find(|name| !legal.contains(name)) {
        None => Ok(wanted),
        Some(name) => Err(invalid(format!(
            "Invalid {parameter} mask path: \"{name}\". Valid paths are documented at https://developers.google.com/people/api/rest/v1/people/get."
        ))),
    }
}

/// What a request wants of a person; what identifies it always comes along.
fn told(contact: &Contact, wanted: &[&str], base: &str) -> Value {
    let all = contact.json(base);
    let Value::Object(all) = all else { return all };
    let deleted = contact.deleted;
    let told: Map<String, Value> = all
        .into_iter()
        .filter(|(name, _)| {
            let identity = matches!(name.as_str(), "resourceName" | "etag");
            identity || wanted.contains(&name.as_str()) || (deleted && name == "metadata")
        })
        .collect();
    Value::Object(told)
}

fn mask(args: &Args, resource: &'static str) -> Result<Mask, ApiError> {
    Mask::parse(args.find("fields").unwrap_or("*"), resource)
        .map_err(|error| error.of(Service::People))
}

/// `GET /v1/people/me/connections`
pub(in super::super) async fn connections(
    State(shared): State<Arc<Shared>>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    shared.allow(&headers, Service::People, READ_CONTACTS)?;
    known(
        &args,
        &[
            "pageSize",
            "pageToken",
            "personFields",
            "requestMask.includeField",
            "requestSyncToken",
            "sortOrder",
            "sources",
            "syncToken",
        ],
    )?;
    let wanted = wanted(&args, "personFields", &FIELDS)?;
    let pim = shared.pim();
    let list = List {
        shared: &shared,
        args: &args,
        shelf: pim.contacts().own(),
        name: "connections",
        total: "totalItems",
        bound: args.binding(
            "connections",
            &["personFields", "requestSyncToken", "sortOrder", "sources"],
        ),
        epoch: pim.sync_epoch(),
    };
    let mask = mask(&args, "people.ListConnectionsResponse")?;
    let mut answer = list.answer(&wanted, &host(&headers))?;
    if let Some(fields) = answer.as_object_mut()
        && let Some(total) = fields.get("totalItems").cloned()
    {
        fields.insert("totalPeople".into(), total);
    }
    Ok(ok(&mask.prune(answer)))
}

/// `GET /v1/otherContacts`
pub(in super::super) async fn other_contacts(
    State(shared): State<Arc<Shared>>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    shared.allow(&headers, Service::People, READ_OTHER_CONTACTS)?;
    known(
        &args,
        &[
            "pageSize",
            "pageToken",
            "readMask",
            "requestSyncToken",
            "sources",
            "syncToken",
        ],
    )?;
    let wanted = wanted(&args, "readMask", &OTHER_FIELDS)?;
    let pim = shared.pim();
    let list = List {
        shared: &shared,
        args: &args,
        shelf: pim.contacts().others(),
        name: "otherContacts",
        total: "totalSize",
        bound: args.binding(
            "otherContacts",
            &["readMask", "requestSyncToken", "sources"],
        ),
        epoch: pim.sync_epoch(),
    };
    let mask = mask(&args, "people.ListOtherContactsResponse")?;
    Ok(ok(&mask.prune(list.answer(&wanted, &host(&headers))?)))
}

/// How long a token for changes holds, in milliseconds.
const SYNC_LIFETIME: i64 = 7 * 86_400_000;

/// One page of people.
struct List<'a> {
    shared: &'a Shared,
    args: &'a Args,
    shelf: &'a Shelf<Named<Contact>>,
    name: &'static str,
    total: &'static str,
    bound: u64,
    epoch: u64,
}

impl List<'_> {
    fn answer(&self, wanted: &[&str], base: &str) -> Result<Value, ApiError> {
        let size = match self.args.find("pageSize").map(str::parse::<usize>) {
            None | Some(Ok(0)) => 100,
            Some(Ok(size)) if size <= 1_000 => size,
            _ => return Err(invalid("Page size must be less than or equal to 1000.")),
        };
        let size = self.shared.page_size(size);
        let since = match self.args.find("syncToken") {
            None => None,
            Some(text) => Some(self.since(text)?),
        };
        let page = match self.args.find("pageToken") {
            None => None,
            Some(text) => Some(Token::open(text, self.bound ^ 1).map_err(|other| match other {
                true => invalid("Request parameters must match the first call that provided the page token."),
                false => invalid("Invalid page token."),
            })?),
        };
        let from = page.map_or(0, |page| page.position);
        let (people, next, total) = match since {
            None => {
                let mut people = Vec::new();
                let mut place = from;
                while people.len() < size && place < self.shelf.len() {
                    let contact = self.shelf.at(place).filter(|contact| !contact.it.deleted);
                    people.extend(contact.map(|contact| told(&contact.it, wanted, base)));
                    place += 1;
                }
                (
                    people,
                    (place < self.shelf.len()).then_some(place),
                    self.shelf.len(),
                )
            }
            Some(since) => {
                let all = self.shelf.changed_since(since.position);
                let skip = usize::try_from(from).unwrap_or(usize::MAX);
                let people: Vec<Value> = all
                    .iter()
                    .skip(skip)
                    .take(size)
                    .map(|one| told(&one.it, wanted, base))
                    .collect();
                let next = from + people.len() as u64;
                (
                    people,
                    (next < all.len() as u64).then_some(next),
                    all.len() as u64,
                )
            }
        };
        let sequence = page.map_or(self.shelf.sequence(), |page| page.sequence);
        let token = |position| Token {
            position,
            sequence,
            made: self.shared.now(),
            epoch: self.epoch,
        };
        let mut answer = Map::new();
        // An empty list is not told at all.
        if !people.is_empty() {
            answer.insert(self.name.into(), people.into());
        }
        answer.insert(self.total.into(), total.into());
        match next {
            Some(next) => {
                answer.insert(
                    "nextPageToken".into(),
                    token(next).seal(self.bound ^ 1).into(),
                );
            }
            None if self.args.flag("requestSyncToken") => {
                answer.insert(
                    "nextSyncToken".into(),
                    token(sequence).seal(self.bound).into(),
                );
            }
            None => {}
        }
        Ok(Value::Object(answer))
    }

    fn since(&self, text: &str) -> Result<Token, ApiError> {
        let token = Token::open(text, self.bound).map_err(|other| match other {
            true => invalid(
                "Request parameters must match the first call that provided the sync token.",
            ),
            false => invalid("Invalid sync token."),
        })?;
        let old = self.shared.now() - token.made > SYNC_LIFETIME;
        match old || token.epoch != self.epoch {
            true => Err(expired()),
            false => Ok(token),
        }
    }
}

fn no_person() -> ApiError {
    ApiError::new(404, "notFound", "Requested entity was not found.").of(Service::People)
}

/// `GET /v1/people/{id}`
pub(in super::super) async fn person(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    shared.allow(&headers, Service::People, READ_CONTACTS)?;
    known(
        &args,
        &["personFields", "requestMask.includeField", "sources"],
    )?;
    let wanted = wanted(&args, "personFields", &FIELDS)?;
    let mask = mask(&args, "people.Person")?;
    let found = shared.pim().contacts().own().find(&format!("people/{id}"));
    let found = found
        .filter(|contact| !contact.it.deleted)
        .ok_or_else(no_person)?;
    Ok(ok(&mask.prune(told(&found.it, &wanted, &host(&headers)))))
}

/// `GET /v1/people:batchGet`
pub(in super::super) async fn batch(
    State(shared): State<Arc<Shared>>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    shared.allow(&headers, Service::People, READ_CONTACTS)?;
    known(
        &args,
        &[
            "personFields",
            "requestMask.includeField",
            "resourceNames",
            "sources",
        ],
    )?;
    let wanted = wanted(&args, "personFields", &FIELDS)?;
    let mask = mask(&args, "people.GetPeopleResponse")?;
    let names = args.all("resourceNames");
    if names.is_empty() {
        return Err(invalid("Resource names must be specified."));
    }
    if names.len() > 200 {
        return Err(invalid("Must request a maximum of 200 people."));
    }
    let base = host(&headers);
    let pim = shared.pim();
    let others = shared
        .allow(&headers, Service::People, READ_OTHER_CONTACTS)
        .is_ok();
    let responses: Vec<Value> = names
        .into_iter()
        .map(|name| {
            let found = pim.contacts().own().find(name);
            let found = found.or_else(|| pim.contacts().others().find(name).filter(|_| others));
            match found.filter(|contact| !contact.it.deleted) {
                Some(contact) => json!({
                    "requestedResourceName": name, "httpStatusCode": 200, "status": {},
                    "person": told(&contact.it, &wanted, &base),
                }),
                None => json!({
                    "requestedResourceName": name, "httpStatusCode": 404,
                    "status": {"code": 5, "message": "Requested entity was not found."},
                }),
            }
        })
        .collect();
    Ok(ok(&mask.prune(json!({"responses": responses}))))
}

const GROUP_FIELDS: [&str; 5] = ["clientData", "groupType", "memberCount", "metadata", "name"];

fn group_json(group: &Group, members: usize, args: &Args) -> Result<Value, ApiError> {
    let wanted = args
        .find("groupFields")
        .unwrap_or("metadata,groupType,memberCount,name");
    let wanted: Vec<&str> = wanted.split(',').map(str::trim).collect();
    if let Some(name) = wanted.iter().find(|name| !GROUP_FIELDS.contains(name)) {
        return Err(invalid(format!(
            "Invalid groupFields mask path: \"{name}\"."
        )));
    }
    let Value::Object(all) = group.json(members) else {
        return Ok(Value::Null);
    };
    let told: Map<String, Value> = all
        .into_iter()
        .filter(|(name, _)| {
            let with_name = name == "formattedName" && wanted.contains(&"name");
            let identity = matches!(name.as_str(), "resourceName" | "etag");
            identity || with_name || wanted.contains(&name.as_str())
        })
        .collect();
    Ok(Value::Object(told))
}

/// `GET /v1/contactGroups`
pub(in super::super) async fn groups(
    State(shared): State<Arc<Shared>>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    shared.allow(&headers, Service::People, READ_CONTACTS)?;
    known(
        &args,
        &["groupFields", "pageSize", "pageToken", "syncToken"],
    )?;
    let mask = mask(&args, "people.ListContactGroupsResponse")?;
    let size = match args.find("pageSize").map(str::parse::<usize>) {
        None | Some(Ok(0)) => 30,
        Some(Ok(size)) if size <= 1_000 => size,
        _ => return Err(invalid("Page size must be less than or equal to 1000.")),
    };
    let pim = shared.pim();
    let contacts = pim.contacts();
    let bound = args.binding("contactGroups", &["groupFields"]);
    let since = match args.find("syncToken") {
        None => None,
        Some(text) => {
            let token = Token::open(text, bound).map_err(|_| invalid("Invalid sync token."))?;
            let old = shared.now() - token.made > SYNC_LIFETIME || token.epoch != pim.sync_epoch();
            Some(if old {
                return Err(expired());
            } else {
                token.position
            })
        }
    };
    let from = match args.find("pageToken") {
        None => 0,
        Some(text) => {
            let token = Token::open(text, bound ^ 1).map_err(|_| invalid("Invalid page token."))?;
            usize::try_from(token.position).unwrap_or(usize::MAX)
        }
    };
    let all: Vec<&Group> = contacts
        .groups()
        .iter()
        .filter(|group| match since {
            Some(since) => group.changed > since,
            None => !group.deleted,
        })
        .collect();
    let mut told = Vec::new();
    for group in all.iter().skip(from).take(size) {
        told.push(group_json(group, contacts.members(&group.id).len(), &args)?);
    }
    let next = from.saturating_add(size);
    let token = |position| Token {
        position,
        sequence: contacts.group_changes(),
        made: shared.now(),
        epoch: pim.sync_epoch(),
    };
    let (name, token) = match next < all.len() {
        true => ("nextPageToken", token(next as u64).seal(bound ^ 1)),
        false => ("nextSyncToken", token(contacts.group_changes()).seal(bound)),
    };
    let mut answer = json!({"totalItems": all.len(), name: token});
    if let (false, Some(answer)) = (told.is_empty(), answer.as_object_mut()) {
        answer.insert("contactGroups".into(), told.into());
    }
    Ok(ok(&mask.prune(answer)))
}

/// `GET /v1/contactGroups/{id}`
pub(in super::super) async fn group(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    shared.allow(&headers, Service::People, READ_CONTACTS)?;
    known(&args, &["groupFields", "maxMembers"])?;
    let mask = mask(&args, "people.ContactGroup")?;
    let pim = shared.pim();
    let contacts = pim.contacts();
    let group = contacts
        .groups()
        .iter()
        .find(|group| group.id == id && !group.deleted);
    let group = group.ok_or_else(no_person)?;
    let members = contacts.members(&id);
    let mut told = group_json(group, members.len(), &args)?;
    let most = args.get("maxMembers").parse().unwrap_or(0);
    if let (true, Some(fields)) = (most > 0, told.as_object_mut()) {
        let members: Vec<String> = members.into_iter().take(most).collect();
        fields.insert("memberResourceNames".into(), members.into());
    }
    Ok(ok(&mask.prune(told)))
}

/// A picture: `/contacts/AG6tpz…-720=s100`, and of profiles `/a-/ALV-Uj…-512/s100/photo.jpg`, where the size
/// can also be asked for by `?sz=`. Nobody has to sign in for it.
pub(in super::super) async fn picture(args: Args, uri: http::Uri) -> Response {
    let found = read_picture(uri.path(), args.find("sz"));
    let Some((seed, size)) = found else {
        return weather::unknown().await;
    };
    let mut answer = photo::png(seed, size).into_response();
    set(&mut answer, header::CONTENT_TYPE, "image/png");
    answer
}

/// The seed and the size of a picture.
fn read_picture(path: &str, asked: Option<&str>) -> Option<(u64, u32)> {
    let (name, in_path) = match path.strip_prefix("/contacts/") {
        Some(rest) => rest.split_once("=s").unwrap_or((rest, "100")),
        None => {
            let rest = path
                .strip_prefix("/a-/")
                .or_else(|| path.strip_prefix("/cm/"))?;
            let (name, rest) = rest.split_once(['/', '=']).unwrap_or((rest, "s100"));
            let size = rest.strip_prefix('s').unwrap_or("100");
            (name, size.split('/').next().unwrap_or("100"))
        }
    };
    let size = asked
        .unwrap_or(in_path)
        .split('-')
        .next()?
        .parse::<u32>()
        .ok()?;
    if let Some(drawn) = name.strip_prefix("APNQLxDrawn") {
        return Some((u64::from_str_radix(drawn, 16).ok()?, size.min(720)));
    }
    let coded = name
        .strip_prefix("AG6tpz")
        .or_else(|| name.strip_prefix("ALV-Uj"))?;
    let (seed, own) = coded.split_once('-')?;
    let own: u32 = own.parse().ok().filter(|own| *own > 0)?;
    let seed = u64::from_str_radix(seed, 16).ok()?;
    // `s0` is the picture as it was given; a larger one than that is not made.
    Some((seed, if size == 0 { own } else { size.min(own) }))
}
