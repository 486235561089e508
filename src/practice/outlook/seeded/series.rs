//! Series: one of each pattern that there is, in four time zones.

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::{Value, json};

use super::super::Thing;
use super::super::event::{instant, told};
use super::ZONES;
use super::calendars::{days, event};

const WORKDAYS: [&str; 5] = ["monday", "tuesday", "wednesday", "thursday", "friday"];
const WEEKEND: [&str; 2] = ["saturday", "sunday"];
const EVERY: [&str; 7] = [
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
];

/// A pattern with all its fields, those that count for nothing, too.
fn pattern(
    kind: &str,
    interval: i64,
    (month, day): (i64, i64),
    days: &[&str],
    (week, index): (&str, &str),
) -> Value {
    json!({"type": kind, "interval": interval, "month": month, "dayOfMonth": day,
        "daysOfWeek": days, "firstDayOfWeek": week, "index": index})
}

/// Every kind of pattern, with what is known to be read wrongly.
pub fn patterns() -> Vec<Value> {
    let usual = ("sunday", "first");
    let none = (0, 0);
    let mut all = vec![
        pattern("daily", 1, none, &[], usual),
        pattern("daily", 3, none, &[], usual),
        pattern("weekly", 1, none, &["tuesday"], usual),
        pattern("weekly", 2, none, &["sunday", "tuesday"], usual),
        pattern(
            "weekly",
            2,
            none,
            &["sunday", "tuesday"],
            ("monday", "first"),
        ),
        pattern("weekly", 3, none, &WORKDAYS, ("saturday", "first")),
    ];
    for day in [1, 15, 28, 29, 30, 31] {
        all.push(pattern("absoluteMonthly", 1, (0, day), &[], usual));
    }
    all.push(pattern("absoluteMonthly", 5, (0, 31), &[], usual));
    for index in ["first", "second", "third", "fourth", "last"] {
        for days in [&["monday"][..], &WORKDAYS, &WEEKEND, &EVERY] {
            all.push(pattern("relativeMonthly", 1, none, days, ("sunday", index)));
        }
    }
    for (month, day) in [(2, 28), (2, 29), (4, 30), (12, 31), (1, 1)] {
        all.push(pattern("absoluteYearly", 1, (month, day), &[], usual));
    }
    for index in ["first", "fourth", "last"] {
        all.push(pattern(
            "relativeYearly",
            1,
            (3, 0),
            &["sunday"],
            ("sunday", index),
        ));
        all.push(pattern(
            "relativeYearly",
            2,
            (11, 0),
            &WORKDAYS,
            ("sunday", index),
        ));
    }
    all
}

fn range(kind: &str, start: Date, end: &str, number: i64, zone: &str) -> Value {
    json!({"type": kind, "startDate": start.to_string(), "endDate": end,
        "recurrenceTimeZone": zone, "numberOfOccurrences": number})
}

fn recur(thing: &mut Thing, pattern: Value, range: Value) {
    thing.set("type", "seriesMaster");
    thing.set("recurrence", json!({"pattern": pattern, "range": range}));
}

/// One series for each pattern; zones, ends, exceptions and days left out take turns.
pub(super) fn all(seed: u64) -> Vec<Thing> {
    let mut all = Vec::new();
    for (place, pattern) in patterns().into_iter().enumerate() {
        let number = u64::try_from(place).unwrap_or(0);
        let (zone, _) = ZONES.get(place % 4).copied().unwrap_or(("UTC", ""));
        let start = date(2024, 1, 31).at(18, 30, 0, 0);
        let subject = format!("Série n° {}", number + 1);
        let key = (seed, "series", number);
        let mut thing = match number % 7 {
            6 => days(key, &subject, start.date().at(0, 0, 0, 0), 1),
            _ => event(key, &subject, start, 50, zone),
        };
        let zone = thing.told("originalStartTimeZone").to_owned();
        let range = match number % 3 {
            0 => range("noEnd", start.date(), "0001-01-01", 0, &zone),
            1 => range("endDate", start.date(), "2028-03-31", 0, &zone),
            _ => range("numbered", start.date(), "0001-01-01", 12, &zone),
        };
        recur(&mut thing, pattern, range);
        // In Graph, too, what begins on another day begins with the first one of the pattern.
        begin(&mut thing);
        vary(&mut thing, number);
        all.push(thing);
    }
    all
}

/// Puts the start of a series on its first occurrence, as Exchange does when it is saved.
fn begin(thing: &mut Thing) {
    let far = thing.start() + SignedDuration::from_hours(24 * 366 * 5);
    let length = instant(thing.value.get("end")).duration_since(thing.start());
    let first = thing
        .occurrences(Timestamp::UNIX_EPOCH, far)
        .into_iter()
        .next();
    let Some(first) = first else { return };
    let day = thing.zone().to_datetime(first.start).date();
    thing.set("start", told(first.start));
    thing.set("end", told(first.start + length));
    if let Some(range) = thing.value.pointer_mut("/recurrence/range/startDate") {
        *range = day.to_string().into();
    }
}

/// Moves the second occurrence by an hour and takes the third one out.
fn vary(thing: &mut Thing, number: u64) {
    if number.is_multiple_of(4) {
        return;
    }
    let far = thing.start() + SignedDuration::from_hours(24 * 366 * 8);
    let all = thing.occurrences(Timestamp::UNIX_EPOCH, far);
    let zone = thing.zone();
    let day = |place: usize| all.get(place).map(|one| zone.to_datetime(one.start).date());
    if let (Some(second), false) = (day(1), thing.is_all_day()) {
        thing.except(second, |value| {
            for key in ["start", "end"] {
                let moved = instant(value.get(key)) + SignedDuration::from_hours(1);
                if let Some(fields) = value.as_object_mut() {
                    fields.insert(key.into(), told(moved));
                    fields.insert("subject".into(), "Déplacé d'une heure".into());
                }
            }
        });
    }
    if let Some(third) = day(2) {
        thing.cancel(third);
    }
}

/// Makes a plain event a series.
pub(super) fn repeat(thing: &mut Thing, day: Date, random: u64) {
    let zone = thing.told("originalStartTimeZone").to_owned();
    let name = match day.weekday() {
        jiff::civil::Weekday::Monday => "monday",
        jiff::civil::Weekday::Tuesday => "tuesday",
        jiff::civil::Weekday::Wednesday => "wednesday",
        jiff::civil::Weekday::Thursday => "thursday",
        jiff::civil::Weekday::Friday => "friday",
        jiff::civil::Weekday::Saturday => "saturday",
        jiff::civil::Weekday::Sunday => "sunday",
    };
    let usual = ("monday", "first");
    let pattern = match random % 2 {
        0 => pattern("weekly", 1, (0, 0), &[name], usual),
        _ => pattern("daily", 2, (0, 0), &[], usual),
    };
    recur(
        thing,
        pattern,
        range("numbered", day, "0001-01-01", 20, &zone),
    );
    let left_out = day.saturating_add(14.days());
    thing.cancel(left_out);
}
