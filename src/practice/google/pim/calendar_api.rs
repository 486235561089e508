//! The handlers of the Calendar API v3
//! (<https://developers.google.com/workspace/calendar/api/v3/reference>).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::HeaderMap;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::error::{ApiError, ok};
use super::super::fields::Mask;
use super::super::node::time;
use super::super::service::{READ_CALENDARS, READ_EVENTS, Service};
use super::super::state::Shared;
use super::args::{Args, Token};
use super::calendar::{Calendar, Role, event_of};
use super::event_json::{self, View};
use super::listing::{Listing, Position};

type Answer = Result<Response, ApiError>;

fn allow(shared: &Shared, headers: &HeaderMap, scopes: &[&str]) -> Result<(), ApiError> {
    shared.allow(headers, Service::Calendar, scopes)
}

fn invalid(location: &'static str) -> ApiError {
    ApiError::invalid(location).of(Service::Calendar)
}

pub(super) fn not_found() -> ApiError {
    ApiError::new(404, "notFound", "Not Found").of(Service::Calendar)
}

fn bad_request(message: &str) -> ApiError {
    ApiError::new(400, "badRequest", message).of(Service::Calendar)
}

fn full_sync_required() -> ApiError {
    ApiError::new(
        410,
        "fullSyncRequired",
        "Sync token is no longer valid, a full sync is required.",
    )
    .at("syncToken")
    .domain("calendar")
    .of(Service::Calendar)
}

fn mask(args: &Args, resource: &'static str) -> Result<Mask, ApiError> {
    Mask::parse(args.find("fields").unwrap_or("*"), resource)
        .map_err(|error| error.of(Service::Calendar))
}

/// `GET /calendar/v3/users/me/calendarList`
pub(in super::super) async fn list(
    State(shared): State<Arc<Shared>>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    allow(&shared, &headers, READ_CALENDARS)?;
    let mask = mask(&args, "calendar.CalendarList")?;
    let size = args
        .size("maxResults", 100, 250)
        .map_err(|()| invalid("maxResults"))?;
    let least = match args.find("minAccessRole") {
        None => Role::FreeBusyReader,
        Some(name) => Role::parse(name).ok_or_else(|| invalid("minAccessRole"))?,
    };
    let pim = shared.pim();
    let shelf = pim.calendars().entries();
    let bound = args.binding(
        "calendarList",
        &["minAccessRole", "showDeleted", "showHidden"],
    );
    let since = sync_since(&args, bound, pim.sync_epoch())?;
    if since.is_some() && args.find("minAccessRole").is_some() {
        return Err(bad_request("Sync token cannot be used with minAccessRole."));
    }
    let page = page(&args, bound)?;
    let all = match since {
        Some(since) => shelf.changed_since(since.position),
        None => shelf.all().collect(),
    };
    let told = |calendar: &Calendar| {
        let deleted = since.is_some() || args.flag("showDeleted") || !calendar.deleted;
        let hidden = since.is_some() || args.flag("showHidden") || !calendar.hidden;
        deleted && hidden && calendar.role >= least
    };
    let all: Vec<Calendar> = all.into_iter().filter(told).collect();
    let from = usize::try_from(page.map_or(0, |page| page.position)).unwrap_or(usize::MAX);
    let items: Vec<Value> = all
        .iter()
        .skip(from)
        .take(size)
        .map(event_json::entry)
        .collect();
    let sequence = page.map_or(shelf.sequence(), |page| page.sequence);
    let mut token = Token {
        position: sequence,
        sequence,
        made: shared.now(),
        epoch: pim.sync_epoch(),
    };
    let next = from.saturating_add(size);
    let (name, bound) = match next < all.len() {
        true => {
            token.position = next as u64;
            ("nextPageToken", bound ^ 1)
        }
        false => ("nextSyncToken", bound),
    };
    let list = json!({
        "kind": "calendar#calendarList", "etag": format!("\"p3{sequence:014}\""),
        name: token.seal(bound), "items": items,
    });
    Ok(ok(&mask.prune(list)))
}

/// `GET /calendar/v3/users/me/calendarList/{id}`
pub(in super::super) async fn entry(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    allow(&shared, &headers, READ_CALENDARS)?;
    let mask = mask(&args, "calendar.CalendarListEntry")?;
    let calendar = listed(&shared, &id)?;
    Ok(ok(&mask.prune(event_json::entry(&calendar))))
}

/// `GET /calendar/v3/calendars/{id}`
pub(in super::super) async fn calendar(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    allow(&shared, &headers, READ_CALENDARS)?;
    let mask = mask(&args, "calendar.Calendar")?;
    let mut entry = event_json::entry(&listed(&shared, &id)?);
    if let Some(fields) = entry.as_object_mut() {
        fields.insert("kind".into(), "calendar#calendar".into());
        for of_list in [
            "colorId",
            "backgroundColor",
            "foregroundColor",
            "accessRole",
            "defaultReminders",
            "summaryOverride",
            "primary",
            "selected",
            "hidden",
        ] {
            fields.remove(of_list);
        }
    }
    Ok(ok(&mask.prune(entry)))
}

fn listed(shared: &Shared, id: &str) -> Result<Calendar, ApiError> {
    let found = shared.pim().calendars().entry(id);
    found
        .filter(|calendar| !calendar.deleted)
        .ok_or_else(not_found)
}

/// `GET /calendar/v3/colors`
pub(in super::super) async fn colors(
    State(shared): State<Arc<Shared>>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    allow(&shared, &headers, READ_CALENDARS)?;
    let mask = mask(&args, "calendar.Colors")?;
    let palette = |colors: &[&str]| {
        let numbered = colors.iter().zip(1..);
        let all: Map<String, Value> = numbered
            .map(|(color, n)| {
                let pair = json!({"background": color, "foreground": "#1d1d1d"});
                (n.to_string(), pair)
            })
            .collect();
        Value::Object(all)
    };
    let colors = json!({
        "kind": "calendar#colors", "updated": "2012-02-14T00:00:00.000Z",
        "calendar": palette(&CALENDAR_COLORS), "event": palette(&EVENT_COLORS),
    });
    Ok(ok(&mask.prune(colors)))
}

pub(super) const EVENT_COLORS: [&str; 11] = [
    "#a4bdfc", "#7ae7bf", "#dbadff", "#ff887c", "#fbd75b", "#ffb878", "#46d6db", "#e1e1e1",
    "#5484ed", "#51b749", "#dc2127",
];

const CALENDAR_COLORS: [&str; 24] = [
    "#ac725e", "#d06b64", "#f83a22", "#fa573c", "#ff7537", "#ffad46", "#42d692", "#16a765",
    "#7bd148", "#b3dc6c", "#fbe983", "#fad165", "#92e1c0", "#9fe1e7", "#9fc6e7", "#4986e7",
    "#9a9cff", "#b99aff", "#c2c2c2", "#cabdbf", "#cca6ac", "#f691b2", "#cd74e6", "#a47ae2",
];

/// `GET /calendar/v3/users/me/settings`
pub(in super::super) async fn settings(
    State(shared): State<Arc<Shared>>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    allow(&shared, &headers, READ_CALENDARS)?;
    let mask = mask(&args, "calendar.Settings")?;
    let setting = |id: &str, value: &str| json!({"kind": "calendar#setting", "etag": "\"0\"", "id": id, "value": value});
    let all = json!({
        "kind": "calendar#settings", "etag": "\"p320n\"",
        "items": [
            setting("timezone", super::agenda::HOME), setting("locale", "fr"),
            setting("weekStart", "1"), setting("format24HourTime", "true"),
        ],
    });
    Ok(ok(&mask.prune(all)))
}

/// The synchronisation that a request goes on with.
fn sync_since(args: &Args, bound: u64, epoch: u64) -> Result<Option<Token>, ApiError> {
    let Some(text) = args.find("syncToken") else {
        return Ok(None);
    };
    match Token::open(text, bound) {
        Ok(token) if token.epoch == epoch => Ok(Some(token)),
        Ok(_) => Err(full_sync_required()),
        // That of another request.
        Err(true) => Err(bad_request(
            "Sync token cannot be used with other parameters.",
        )),
        Err(false) => Err(ApiError::new(400, "invalid", "Invalid sync token value.")
            .at("syncToken")
            .of(Service::Calendar)),
    }
}

fn page(args: &Args, bound: u64) -> Result<Option<Token>, ApiError> {
    let token = args
        .find("pageToken")
        .map(|text| Token::open(text, bound ^ 1));
    token.transpose().map_err(|_| invalid("pageToken"))
}

/// Parameters that a token of `events.list` holds for.
const LISTED: [&str; 10] = [
    "eventTypes",
    "iCalUID",
    "maxAttendees",
    "orderBy",
    "q",
    "showDeleted",
    "singleEvents",
    "timeMax",
    "timeMin",
    "updatedMin",
];
/// Those that `syncToken` cannot be combined with.
const NOT_WITH_SYNC: [&str; 8] = [
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMax",
    "timeMin",
    "updatedMin",
];

/// `GET /calendar/v3/calendars/{id}/events`
pub(in super::super) async fn events(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    allow(&shared, &headers, READ_EVENTS)?;
    let mask = mask(&args, "calendar.Events")?;
    let pim = shared.pim();
    let calendar = pim.calendars().entry(&id).ok_or_else(not_found)?;
    let shelf = pim.calendars().events(&calendar.id).ok_or_else(not_found)?;
    if args.find("syncToken").is_some()
        && NOT_WITH_SYNC.iter().any(|name| args.find(name).is_some())
    {
        let message = "The sync token cannot be used with the provided query parameters.";
        return Err(bad_request(message));
    }
    let listing = listing(&args)?;
    let size = args
        .size("maxResults", 250, 2_500)
        .map_err(|()| invalid("maxResults"))?;
    let size = shared.page_size(size);
    let bound = args.binding(&calendar.id, &LISTED);
    let since = sync_since(&args, bound, pim.sync_epoch())?;
    let page = page(&args, bound)?;
    let from = Position(page.map_or(0, |page| page.position));
    let view = View {
        calendar: &calendar,
        most_guests: args.find("maxAttendees").and_then(|n| n.parse().ok()),
    };
    let (items, next) = match since {
        Some(since) => listing.changes(shelf, since.position, from, size, view),
        None => listing.page(shelf, from, size, view),
    };
    let sequence = page.map_or(shelf.sequence(), |page| page.sequence);
    let token = |position| Token {
        position,
        sequence,
        made: shared.now(),
        epoch: pim.sync_epoch(),
    };
    let mut answer = about(&calendar, &args, items);
    if let Some(answer) = answer.as_object_mut() {
        match next {
            Some(next) => {
                let token = token(next.0).seal(bound ^ 1);
                answer.insert("nextPageToken".into(), token.into());
            }
            None if listing.can_sync() => {
                let token = token(sequence).seal(bound);
                answer.insert("nextSyncToken".into(), token.into());
            }
            None => {}
        }
    }
    Ok(ok(&mask.prune(answer)))
}

fn about(calendar: &Calendar, args: &Args, items: Vec<Value>) -> Value {
    let reminders: Vec<Value> = calendar
        .default_reminders
        .iter()
        .map(event_json::reminder)
        .collect();
    let zone = args.find("timeZone");
    let items: Vec<Value> = items
        .into_iter()
        .map(|item| event_json::in_zone(item, zone))
        .collect();
    let mut answer = json!({
        "kind": "calendar#events", "etag": format!("\"p3{:014}\"", calendar.revision),
        "summary": calendar.summary, "timeZone": zone.unwrap_or(&calendar.time_zone),
        "updated": time(1_793_404_800_000), "accessRole": calendar.role.name(),
        "defaultReminders": reminders, "items": items,
    });
    if let (Some(text), Some(answer)) = (&calendar.description, answer.as_object_mut()) {
        answer.insert("description".into(), text.as_str().into());
    }
    answer
}

fn listing(args: &Args) -> Result<Listing, ApiError> {
    let single = args.flag("singleEvents");
    match (args.get("orderBy"), single) {
        ("", _) | ("updated", _) | ("startTime", true) => {}
        ("startTime", false) => {
            let message = "The requested ordering is not available for the particular query.";
            return Err(bad_request(message));
        }
        _ => return Err(invalid("orderBy")),
    }
    let instant = |name: &'static str| match args.find(name) {
        None => Ok(None),
        Some(text) => text
            .parse::<Timestamp>()
            .map(Some)
            .map_err(|_| bad_request("Bad Request")),
    };
    let (from, to) = (instant("timeMin")?, instant("timeMax")?);
    if from.zip(to).is_some_and(|(from, to)| from >= to) {
        return Err(
            ApiError::new(400, "timeRangeEmpty", "The specified time range is empty.")
                .at("timeMax")
                .domain("calendar")
                .of(Service::Calendar),
        );
    }
    let kinds = args.all("eventTypes");
    for kind in &kinds {
        const KINDS: [&str; 6] = [
            "birthday",
            "default",
            "focusTime",
            "fromGmail",
            "outOfOffice",
            "workingLocation",
        ];
        if !KINDS.contains(kind) {
            return Err(invalid("eventTypes"));
        }
    }
    Ok(Listing {
        single,
        with_deleted: args.flag("showDeleted"),
        by_start: args.get("orderBy") == "startTime",
        from,
        to,
        updated_since: instant("updatedMin")?,
        uid: args.find("iCalUID").map(str::to_owned),
        words: args.find("q").map(str::to_lowercase),
        kinds: kinds.into_iter().map(str::to_owned).collect(),
    })
}

/// `GET /calendar/v3/calendars/{calendar}/events/{id}`
pub(in super::super) async fn event(
    State(shared): State<Arc<Shared>>,
    Path((calendar, id)): Path<(String, String)>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    allow(&shared, &headers, READ_EVENTS)?;
    let mask = mask(&args, "calendar.Event")?;
    let pim = shared.pim();
    let calendar = pim.calendars().entry(&calendar).ok_or_else(not_found)?;
    let shelf = pim.calendars().events(&calendar.id).ok_or_else(not_found)?;
    let view = View {
        calendar: &calendar,
        most_guests: args.find("maxAttendees").and_then(|n| n.parse().ok()),
    };
    let found = match event_of(shelf, &id) {
        Some((_, event)) => event_json::event(&event, view),
        // An occurrence by the rule.
        None => {
            let (series, stamp) = id.rsplit_once('_').ok_or_else(not_found)?;
            let series = shelf.find(series).ok_or_else(not_found)?;
            let all = series.occurrences(Timestamp::MIN, far());
            let one = all.iter().find(|one| one.original.stamp() == stamp);
            let one = one.ok_or_else(not_found)?;
            event_json::occurrence(one, true, view)
        }
    };
    let found = event_json::in_zone(found, args.find("timeZone"));
    Ok(ok(&mask.prune(found)))
}

/// `GET /calendar/v3/calendars/{calendar}/events/{id}/instances`
pub(in super::super) async fn instances(
    State(shared): State<Arc<Shared>>,
    Path((calendar, id)): Path<(String, String)>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    allow(&shared, &headers, READ_EVENTS)?;
    let mask = mask(&args, "calendar.Events")?;
    let pim = shared.pim();
    let calendar = pim.calendars().entry(&calendar).ok_or_else(not_found)?;
    let shelf = pim.calendars().events(&calendar.id).ok_or_else(not_found)?;
    let series = shelf.find(&id).filter(|series| !series.is_deleted());
    let series = series.ok_or_else(not_found)?;
    let listing = listing(&args)?;
    let size = args
        .size("maxResults", 250, 2_500)
        .map_err(|()| invalid("maxResults"))?;
    let bound = args.binding(&format!("{}/{id}", calendar.id), &LISTED);
    let from = page(&args, bound)?.map_or(0, |page| page.position);
    let view = View {
        calendar: &calendar,
        most_guests: None,
    };
    let all = series.occurrences(
        listing.from.unwrap_or(Timestamp::MIN),
        listing.to.unwrap_or_else(far),
    );
    let mut items: Vec<Value> = all
        .iter()
        .map(|one| event_json::occurrence(one, true, view))
        .collect();
    if listing.with_deleted {
        let gone = series.exceptions().iter();
        let gone = gone.filter(|event| event.status == super::event::Status::Cancelled);
        items.extend(gone.map(event_json::gone));
    }
    let from = usize::try_from(from).unwrap_or(usize::MAX);
    let next = from.saturating_add(size);
    let more = next < items.len();
    let items = items.into_iter().skip(from).take(size).collect();
    let mut answer = about(&calendar, &args, items);
    if let (true, Some(answer)) = (more, answer.as_object_mut()) {
        let token = Token {
            position: next as u64,
            sequence: 0,
            made: shared.now(),
            epoch: 0,
        };
        answer.insert("nextPageToken".into(), token.seal(bound ^ 1).into());
    }
    Ok(ok(&mask.prune(answer)))
}

/// Series without an end are told up to here.
pub(super) fn far() -> Timestamp {
    Timestamp::from_second(1_924_992_000).unwrap_or(Timestamp::MAX)
}
