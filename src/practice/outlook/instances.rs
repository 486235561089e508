//! When a series takes place: Graph's `instances`, straight from the words of its documentation, day by day.
//!
//! Written for the practice server alone. It knows nothing of RRULE and of how the rest of the program reads a
//! pattern, so that the two can be held against each other. It is slow, and simple enough to be believed.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

/// One occurrence as the pattern gives it: the day in the zone of the series, and when it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instance {
    pub day: Date,
    pub start: Timestamp,
}

/// Days in a row without an occurrence after which a series is taken to have none any more: forty years, for
/// what takes place every so many years.
const PATIENCE: u32 = 366 * 40;

/// The occurrences of a series that begins at `first` on the clock of `zone`, up to `until`.
///
/// `pattern` and `range` are those of a `patternedRecurrence`.
pub fn instances(
    pattern: &Value,
    range: &Value,
    first: DateTime,
    zone: &TimeZone,
    until: Timestamp,
) -> Vec<Instance> {
    let begin = date(range, "startDate").unwrap_or_else(|| first.date());
    let last_day = match range.get("type").and_then(Value::as_str) {
        Some("endDate") => date(range, "endDate"),
        _ => None,
    };
    let most = match range.get("type").and_then(Value::as_str) {
        Some("numbered") => number(range, "numberOfOccurrences"),
        _ => i64::MAX,
    };
    let mut found = Vec::new();
    let mut day = begin;
    let mut waited = 0;
    while waited < PATIENCE && last_day.is_none_or(|last| day <= last) {
        if i64::try_from(found.len()).unwrap_or(i64::MAX) >= most {
            break;
        }
        waited += 1;
        if takes_place(pattern, begin, day) {
            waited = 0;
            // A time that the clock jumps over is as long after midnight as if it did not.
            let Ok(start) = zone.to_timestamp(day.to_datetime(first.time())) else {
                break;
            };
            if start >= until {
                break;
            }
            found.push(Instance { day, start });
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    found
}

/// Whether the pattern of a series that begins on `begin` has an occurrence on `day`.
fn takes_place(pattern: &Value, begin: Date, day: Date) -> bool {
    let interval = number(pattern, "interval").max(1);
    match pattern.get("type").and_then(Value::as_str) {
        // "Event repeats based on the number of days specified by interval between occurrences."
        Some("daily") => days_after(begin, day) % interval == 0,
        // "Event repeats on the same day or days of the week, based on the number of weeks between each set."
        Some("weekly") => {
            let name = pattern.get("firstDayOfWeek").and_then(Value::as_str);
            let first = name.unwrap_or("sunday");
            let weeks = days_after(week_of(begin, first), week_of(day, first)) / 7;
            is_among(pattern, day) && weeks % interval == 0
        }
        // "Event repeats on the specified day of the month", the last one where a month is shorter.
        Some("absoluteMonthly") => {
            months_after(begin, day) % interval == 0 && is_day_of_month(pattern, day)
        }
        // "Event repeats on the specified day or days of the week, in the same relative position in the month."
        Some("relativeMonthly") => months_after(begin, day) % interval == 0 && is_nth(pattern, day),
        Some("absoluteYearly") => {
            i64::from(day.month()) == number(pattern, "month")
                && i64::from(day.year() - begin.year()) % interval == 0
                && is_day_of_month(pattern, day)
        }
        Some("relativeYearly") => {
            i64::from(day.month()) == number(pattern, "month")
                && i64::from(day.year() - begin.year()) % interval == 0
                && is_nth(pattern, day)
        }
        _ => false,
    }
}

fn is_day_of_month(pattern: &Value, day: Date) -> bool {
    let wanted = number(pattern, "dayOfMonth");
    let own = i64::from(day.day());
    own == wanted || (own < wanted && day == day.last_of_month())
}

/// Whether a day is the first, second, third, fourth or last of its month that is one of the days of the week.
fn is_nth(pattern: &Value, day: Date) -> bool {
    if !is_among(pattern, day) {
        return false;
    }
    let same_month = |other: &Date| other.month() == day.month() && is_among(pattern, *other);
    let step = |days: i32| move |date: &Date| date.checked_add(days.days()).ok();
    let before = std::iter::successors(step(-1)(&day), step(-1)).take(31);
    let before = before.filter(same_month).count();
    match pattern
        .get("index")
        .and_then(Value::as_str)
        .unwrap_or("first")
    {
        "last" => {
            let after = std::iter::successors(step(1)(&day), step(1)).take(31);
            after.filter(same_month).count() == 0
        }
        "second" => before == 1,
        "third" => before == 2,
        "fourth" => before == 3,
        _ => before == 0,
    }
}

fn is_among(pattern: &Value, day: Date) -> bool {
    let days = pattern.get("daysOfWeek").and_then(Value::as_array);
    days.is_some_and(|days| {
        days.iter()
            .any(|name| name.as_str() == Some(name_of(day.weekday())))
    })
}

/// The first day of the week that a day is in.
fn week_of(day: Date, first: &str) -> Date {
    let mut start = day;
    while name_of(start.weekday()) != first {
        match start.yesterday() {
            Ok(before) if days_after(before, day) < 7 => start = before,
            _ => return day,
        }
    }
    start
}

fn name_of(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    }
}

fn days_after(from: Date, to: Date) -> i64 {
    (to - from).get_days().into()
}

fn months_after(from: Date, to: Date) -> i64 {
    12 * i64::from(to.year() - from.year()) + i64::from(to.month()) - i64::from(from.month())
}

fn number(owner: &Value, key: &str) -> i64 {
    owner.get(key).and_then(Value::as_i64).unwrap_or(0)
}

fn date(owner: &Value, key: &str) -> Option<Date> {
    let date = owner.get(key)?.as_str()?;
    let date: Date = date.get(..10)?.parse().ok()?;
    (date.year() > 1).then_some(date)
}
