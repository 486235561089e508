use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::super::super::outlook::{Folder, Part, Thing, ZONES};
use super::super::api::Answer;
use super::super::error::ApiError;
use super::{Asked, answers, without};

const GROUP: &str = "AAMkAGgroup";
/// Told by a series itself, to whoever asks for them by name.
const ASKED_FOR: [&str; 2] = ["cancelledOccurrences", "exceptionOccurrences"];

impl Asked<'_> {
    pub(super) fn calendars(&self, parts: &[&str]) -> Answer {
        match parts {
            ["calendars"] => self.calendar_list(),
            ["calendarGroups"] => {
                let group = json!({"id": GROUP, "name": "Mes calendriers", "classId": "0006f0b7-0000-0000-c000-000000000046",
                    "changeKey": "AA=="});
                self.page("me/calendarGroups", vec![group], 10)
            }
            ["calendarGroups", GROUP, "calendars"] => self.calendar_list(),
            ["calendar"] => self.one(self.calendar_json(self.default_calendar()?)),
            ["calendars", id] => self.one(self.calendar_json(self.calendar(id)?)),
            ["events"] | ["calendar", "events"] => self.events(self.default_calendar()?),
            ["calendars", id, "events"] => {
                let calendar = self.calendar(id)?;
                // Some that were left over from a move of the mailbox are listed, and cannot be opened.
                match calendar.value.get("ghost") {
                    Some(_) => Err(ApiError::no_such_thing()),
                    None => self.events(calendar),
                }
            }
            ["calendarView"] | ["calendar", "calendarView"] => self.view(self.default_calendar()?),
            ["calendars", id, "calendarView"] => self.view(self.calendar(id)?),
            ["events", id, rest @ ..] | ["calendar", "events", id, rest @ ..] => {
                self.event(None, id, rest)
            }
            ["calendars", calendar, "events", id, rest @ ..] => {
                self.event(Some(calendar), id, rest)
            }
            _ => Err(ApiError::unknown_segment(parts.last().unwrap_or(&""))),
        }
    }

    fn calendar(&self, id: &str) -> Result<&Folder, ApiError> {
        let mut calendars = self.mailbox.folders(Part::Calendars);
        calendars
            .find(|calendar| calendar.id == id)
            .ok_or_else(ApiError::no_such_thing)
    }

    fn default_calendar(&self) -> Result<&Folder, ApiError> {
        let first = self.mailbox.folders(Part::Calendars).next();
        first.ok_or_else(ApiError::no_such_thing)
    }

    fn calendar_json(&self, calendar: &Folder) -> Value {
        let mut value = calendar.value.clone();
        if let Some(fields) = value.as_object_mut() {
            let key = super::super::super::outlook::change_key_of(&calendar.id, calendar.revision);
            fields.insert("id".into(), calendar.id.as_str().into());
            fields.insert("changeKey".into(), key.into());
        }
        value
    }

    fn calendar_list(&self) -> Answer {
        let calendars = self.mailbox.folders(Part::Calendars);
        let rows = calendars.map(|calendar| self.selected(self.calendar_json(calendar)));
        self.page("me/calendars", rows.collect(), 10)
    }

    /// Single events and series, without what belongs to a series.
    fn events(&self, calendar: &Folder) -> Answer {
        if self.param("$filter").is_some() || self.param("$expand").is_some() {
            return Err(ApiError::bad_query("$filter"));
        }
        let rows = calendar.things().map(|thing| {
            let value = without(
                self.event_json(calendar, thing, thing.told_now()),
                &ASKED_FOR,
            );
            self.selected(value)
        });
        let path = format!("me/calendars/{}/events", calendar.id);
        self.page(&path, rows.collect(), 10)
    }

    fn event(&self, calendar: Option<&str>, id: &str, rest: &[&str]) -> Answer {
        // An exception has an id of its own.
        let all = self.mailbox.folders(Part::Calendars);
        let mut exceptions = all.flat_map(|folder| {
            let things = folder.things();
            things.flat_map(move |thing| thing.exceptions.iter().map(move |one| (folder, one)))
        });
        let exception = exceptions.find(|(folder, one)| {
            let own = one.get("id").and_then(Value::as_str).unwrap_or_default();
            own == id || self.shown_id(folder, own) == id
        });
        if let Some((folder, exception)) = exception {
            return match rest {
                [] => self.one(self.shaped(folder, exception.clone())),
                ["attachments", rest @ ..] => {
                    answers::attachments(exception.get("attachments"), rest, true)
                }
                _ => Err(ApiError::unknown_segment("event")),
            };
        }
        let (folder, thing) = self.find(self.mailbox.part(Part::Calendars), calendar, id)?;
        match rest {
            [] => self.whole(folder, thing),
            ["attachments", rest @ ..] => {
                answers::attachments(thing.value.get("attachments"), rest, true)
            }
            ["instances"] => {
                let (from, to) = self.window()?;
                if !thing.is_series() {
                    return Err(ApiError::bad_query("instances"));
                }
                let found = thing.occurrences(from, to);
                let rows = found
                    .into_iter()
                    .map(|one| self.selected(self.shaped(folder, one.value)));
                let path = format!("me/events/{id}/instances");
                self.page(&path, rows.collect(), 10)
            }
            _ => Err(ApiError::unknown_segment("event")),
        }
    }

    /// An event by its id, with what has to be asked for by name.
    fn whole(&self, folder: &Folder, thing: &Thing) -> Answer {
        let expand = self.param("$expand").unwrap_or_default();
        let select = self.param("$select").unwrap_or_default();
        let expands = expand.contains("exceptionOccurrences");
        if !expand.is_empty() && !expands {
            return Err(ApiError::bad_query("$expand"));
        }
        let mut value = self.event_json(folder, thing, thing.told_now());
        if let Some(fields) = value.as_object_mut() {
            let names = |name: &str| select.split(',').any(|one| one.trim() == name);
            // Both by name; the exceptions by `$expand`, too.
            if !(expands && names("exceptionOccurrences") && thing.is_series()) {
                fields.remove("exceptionOccurrences");
            }
            if !(names("cancelledOccurrences") && thing.is_series()) {
                fields.remove("cancelledOccurrences");
            }
        }
        self.one(value)
    }

    fn view(&self, calendar: &Folder) -> Answer {
        let (from, to) = self.window()?;
        let mut found: Vec<_> = calendar
            .things()
            .flat_map(|thing| thing.occurrences(from, to))
            .collect();
        found.sort_by_key(|one| one.start);
        let rows = found
            .into_iter()
            .map(|one| self.selected(self.shaped(calendar, one.value)));
        let path = format!("me/calendars/{}/calendarView", calendar.id);
        self.page(&path, rows.collect(), 10)
    }

    /// `startDateTime` and `endDateTime`, in UTC unless they say otherwise; five years apart at the most.
    fn window(&self) -> Result<(Timestamp, Timestamp), ApiError> {
        let read = |name: &str| {
            let text = self.param(name)?;
            let instant = text.parse::<Timestamp>().ok();
            instant.or_else(|| {
                let local: DateTime = text.parse().ok()?;
                TimeZone::UTC.to_timestamp(local).ok()
            })
        };
        let window = read("startDateTime").zip(read("endDateTime"));
        let (from, to) = window.ok_or_else(|| ApiError::bad_query("startDateTime"))?;
        if to.duration_since(from) > SignedDuration::from_hours(24 * 366 * 5) {
            return Err(ApiError::bad_query("endDateTime"));
        }
        Ok((from, to))
    }

    /// With all that can be asked for.
    fn event_json(&self, folder: &Folder, thing: &Thing, mut value: Value) -> Value {
        let id = self.shown_id(folder, &thing.id);
        if let Some(fields) = value.as_object_mut() {
            let cancelled = thing.cancelled.iter();
            let cancelled: Vec<Value> = cancelled
                .map(|day| format!("OID.{id}.{day}").into())
                .collect();
            let exceptions = thing.exceptions.iter();
            let exceptions: Vec<Value> = exceptions
                .map(|one| self.shaped(folder, one.clone()))
                .collect();
            fields.insert("cancelledOccurrences".into(), cancelled.into());
            fields.insert("exceptionOccurrences".into(), exceptions.into());
        }
        self.shaped(folder, value)
    }

    /// As the preferences want it.
    fn shaped(&self, folder: &Folder, value: Value) -> Value {
        let mut value = without(value, &["attachments"]);
        let Some(fields) = value.as_object_mut() else {
            return value;
        };
        for key in ["id", "seriesMasterId"] {
            if let Some(Value::String(id)) = fields.get_mut(key) {
                *id = self.shown_id(folder, id);
            }
        }
        if self.preference("outlook.body-content-type").as_deref() == Some("text")
            && let Some(body) = fields.get_mut("body")
        {
            let content = body.get("content").and_then(Value::as_str);
            *body = json!({"contentType": "text", "content": plain(content.unwrap_or_default())});
        }
        let all_day = fields.get("isAllDay").and_then(Value::as_bool) == Some(true);
        if let Some(name) = self.preference("outlook.timezone") {
            for key in ["start", "end"] {
                if let Some(time) = fields.get_mut(key) {
                    in_zone(time, &name, all_day);
                }
            }
        }
        value
    }
}

/// On the clock of a zone; days stay what they are.
fn in_zone(time: &mut Value, name: &str, all_day: bool) {
    let zone = ZONES
        .iter()
        .find(|(windows, iana)| [windows, iana].contains(&&name));
    let zone = zone.and_then(|(_, iana)| jiff::tz::TimeZoneDatabase::bundled().get(iana).ok());
    let text = time.get("dateTime").and_then(Value::as_str);
    let local = text.and_then(|text| text.parse::<DateTime>().ok());
    let (Some(zone), Some(local)) = (zone, local) else {
        return;
    };
    let local = match TimeZone::UTC.to_timestamp(local) {
        Ok(instant) if !all_day => zone.to_datetime(instant),
        _ => local,
    };
    *time = json!({"dateTime": format!("{local}.0000000"), "timeZone": name});
}

fn plain(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.replace("&amp;", "&").trim().to_owned()
}
