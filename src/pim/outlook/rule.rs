//! `patternedRecurrence` as RRULE.
//!
//! Graph gives every field of a pattern, used or not: what counts is decided by its `type` alone.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use serde_json::Value;

use super::super::change::{Broken, Defect};
use super::super::json::{list, text};
use super::super::moment::{format_date, format_utc};
use super::Zone;

/// When something repeats.
pub(super) struct Rule {
    kind: Kind,
    interval: i32,
    end: End,
    first_day: Weekday,
    start: Option<Date>,
}

enum Kind {
    Daily,
    Weekly(Vec<Weekday>),
    /// In this month, or in each.
    OnDay(Option<i8>, i8),
    /// The first to fourth or (-1) last of these days, in this month, or in each.
    OnWeekday(Option<i8>, Vec<Weekday>, i8),
}

enum End {
    Never,
    After(i64),
    On(Date),
}

/// How long to look for the first day of a series; days.
const LOOKED_FOR: i32 = 366 * 12;

impl Rule {
    pub(super) fn read(recurrence: &Value) -> Result<Self, Broken> {
        let broken = |what: &str| Broken::new(Defect::Rule, format!("{what}: {recurrence}"));
        let pattern = recurrence.get("pattern").unwrap_or(&Value::Null);
        let number = |key: &str| pattern.get(key).and_then(Value::as_i64);
        let days: Vec<Weekday> = list(pattern, "daysOfWeek")
            .iter()
            .filter_map(|day| weekday(day.as_str()?))
            .collect();
        let day = || {
            let day = number("dayOfMonth").filter(|day| (1..=31).contains(day));
            day.and_then(|day| i8::try_from(day).ok())
                .ok_or_else(|| broken("no day of the month"))
        };
        let month = || {
            let month = number("month").filter(|month| (1..=12).contains(month));
            month
                .and_then(|month| i8::try_from(month).ok())
                .ok_or_else(|| broken("no month"))
        };
        let some_days = || {
            if days.is_empty() {
                return Err(broken("no days of the week"));
            }
            Ok(days.clone())
        };
        let index = match text(pattern, "index") {
            Some("second") => 2,
            Some("third") => 3,
            Some("fourth") => 4,
            Some("last") => -1,
            _ => 1,
        };
        let kind = match text(pattern, "type") {
            Some("daily") => Kind::Daily,
            Some("weekly") => Kind::Weekly(some_days()?),
            Some("absoluteMonthly") => Kind::OnDay(None, day()?),
            Some("relativeMonthly") => Kind::OnWeekday(None, some_days()?, index),
            Some("absoluteYearly") => Kind::OnDay(Some(month()?), day()?),
            Some("relativeYearly") => Kind::OnWeekday(Some(month()?), some_days()?, index),
            _ => return Err(broken("unknown pattern")),
        };
        let range = recurrence.get("range").unwrap_or(&Value::Null);
        let date = |key: &str| text(range, key).and_then(|date| date.get(..10)?.parse().ok());
        let end = match text(range, "type") {
            Some("endDate") => End::On(date("endDate").ok_or_else(|| broken("no last day"))?),
            Some("numbered") => {
                let count = range.get("numberOfOccurrences").and_then(Value::as_i64);
                let count = count.filter(|count| *count > 0);
                End::After(count.ok_or_else(|| broken("no number"))?)
            }
            _ => End::Never,
        };
        let interval = number("interval").unwrap_or(1).max(1);
        Ok(Self {
            kind,
            interval: i32::try_from(interval).map_err(|_| broken("interval"))?,
            end,
            first_day: text(pattern, "firstDayOfWeek")
                .and_then(weekday)
                .unwrap_or(Weekday::Sunday),
            start: date("startDate").filter(|date: &Date| date.year() > 1),
        })
    }

    /// The value of RRULE. `until` is the zone in which the last day ends; `None` for days without times.
    pub(super) fn text(&self, until: Option<&Zone>) -> String {
        let mut parts: Vec<String> = Vec::new();
        let frequency = match &self.kind {
            Kind::Daily => "DAILY",
            Kind::Weekly(_) => "WEEKLY",
            Kind::OnDay(None, _) | Kind::OnWeekday(None, ..) => "MONTHLY",
            Kind::OnDay(..) | Kind::OnWeekday(..) => "YEARLY",
        };
        parts.push(format!("FREQ={frequency}"));
        if self.interval > 1 {
            parts.push(format!("INTERVAL={}", self.interval));
        }
        match &self.kind {
            Kind::Daily => {}
            Kind::Weekly(days) => {
                parts.push(format!("BYDAY={}", codes(days)));
                parts.push(format!("WKST={}", code(self.first_day)));
            }
            Kind::OnDay(month, day) => {
                parts.extend(month.map(|month| format!("BYMONTH={month}")));
                // Exchange takes the last day of a shorter month; RFC 5545 would leave that month out.
                let shortest = shortest(*month);
                if *day > shortest {
                    let days: Vec<String> = (shortest..=*day).map(|day| day.to_string()).collect();
                    parts.push(format!("BYMONTHDAY={}", days.join(",")));
                    parts.push("BYSETPOS=-1".to_owned());
                } else {
                    parts.push(format!("BYMONTHDAY={day}"));
                }
            }
            Kind::OnWeekday(month, days, index) => {
                parts.extend(month.map(|month| format!("BYMONTH={month}")));
                parts.push(format!("BYDAY={}", codes(days)));
                parts.push(format!("BYSETPOS={index}"));
            }
        }
        match &self.end {
            End::Never => {}
            End::After(count) => parts.push(format!("COUNT={count}")),
            End::On(day) => parts.push(match until {
                None => format!("UNTIL={}", format_date(*day)),
                Some(zone) => {
                    format!("UNTIL={}", format_utc(zone.instant(day.at(23, 59, 59, 0))))
                }
            }),
        }
        parts.join(";")
    }

    /// The day of the first occurrence, for a series that begins on `day`: in iCalendar, DTSTART is always an
    /// occurrence, in Graph only if the pattern says so.
    pub(super) fn first_day(&self, day: Date) -> Date {
        let base = self.start.unwrap_or(day).min(day);
        let days = (0..LOOKED_FOR).map_while(|after| day.checked_add(after.days()).ok());
        let mut days = days.filter(|day| self.is_on(base, *day));
        days.next().unwrap_or(day)
    }

    fn is_on(&self, base: Date, day: Date) -> bool {
        let months = |from: Date, to: Date| {
            (i32::from(to.year()) - i32::from(from.year())) * 12 + i32::from(to.month())
                - i32::from(from.month())
        };
        let monthly = |month: Option<i8>| match month {
            None => months(base, day) % self.interval == 0,
            Some(month) => {
                day.month() == month
                    && (i32::from(day.year()) - i32::from(base.year())) % self.interval == 0
            }
        };
        match &self.kind {
            Kind::Daily => days_between(base, day) % self.interval == 0,
            Kind::Weekly(days) => {
                let since = i32::from(base.weekday().since(self.first_day));
                days.contains(&day.weekday())
                    && (days_between(base, day) + since) / 7 % self.interval == 0
            }
            Kind::OnDay(month, on) => {
                monthly(*month) && day.day() == (*on).min(day.days_in_month())
            }
            Kind::OnWeekday(month, days, index) => {
                let among = (1..=day.days_in_month())
                    .filter_map(|number| day.with().day(number).build().ok())
                    .filter(|day| days.contains(&day.weekday()));
                let mut among: Vec<Date> = among.collect();
                if *index < 0 {
                    among.reverse();
                }
                let nth = usize::from(index.unsigned_abs()).saturating_sub(1);
                monthly(*month) && among.get(nth) == Some(&day)
            }
        }
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    let between = |date: Date| {
        let midnight = date.at(0, 0, 0, 0);
        let instant = TimeZone::UTC.to_timestamp(midnight).unwrap_or_default();
        instant.as_second() / 86_400
    };
    i32::try_from(between(to) - between(from)).unwrap_or(i32::MAX)
}

/// How many days a month has at least.
fn shortest(month: Option<i8>) -> i8 {
    match month {
        None | Some(2) => 28,
        Some(4 | 6 | 9 | 11) => 30,
        Some(_) => 31,
    }
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

fn code(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
        Weekday::Sunday => "SU",
    }
}

fn codes(days: &[Weekday]) -> String {
    let mut codes: Vec<&str> = Vec::new();
    for day in days {
        if !codes.contains(&code(*day)) {
            codes.push(code(*day));
        }
    }
    codes.join(",")
}
