//! VTIMEZONE components out of the time zone database.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{Dst, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::DATABASE;
use crate::pim::line::{Line, escape};
use crate::pim::moment::{format_local, format_utc};

/// The last year whose transitions are looked at. A rule that still holds then is taken to hold for ever.
const HORIZON: i16 = 2160;

/// Years of a rule that are needed to tell which days of a month it allows: the days of the week fall on
/// all dates of the month within 28 years, or 40 around a century without a leap day.
const YEARS_OF_A_RULE: i16 = 41;

/// The definition of a time zone as `tzid`, right for every moment of the years asked for (RFC 5545,
/// section 3.6.5): whole lines with CRLF. Where today's rule goes on for ever, so does the definition.
///
/// `None` where the database has no zone of this IANA name.
pub fn vtimezone(tzid: &str, iana: &str, years: RangeInclusive<i16>) -> Option<String> {
    let zone = DATABASE.get(iana).ok()?;
    let first = (*years.start()).clamp(1, HORIZON - YEARS_OF_A_RULE);
    let last = (*years.end()).clamp(first, HORIZON - YEARS_OF_A_RULE);
    let mut observances = observances(&zone, first, last)?;
    observances.sort_by_key(|observance| observance.onset());
    let mut text = String::from("BEGIN:VTIMEZONE\r\n");
    add(&mut text, &format!("TZID:{}", escape(tzid)));
    add(&mut text, &format!("X-LIC-LOCATION:{}", escape(iana)));
    for observance in observances {
        observance.write(&mut text);
    }
    text.push_str("END:VTIMEZONE\r\n");
    Some(text)
}

fn add(text: &mut String, content: &str) {
    text.push_str(&String::from_utf8_lossy(Line::new(content).raw()));
}

/// A change of the offset.
#[derive(Debug, Clone)]
pub(super) struct Transition {
    pub(super) at: Timestamp,
    pub(super) from: Offset,
    pub(super) to: Offset,
    is_daylight: bool,
    abbreviation: String,
}

impl Transition {
    /// On the clock that is about to change.
    fn onset(&self) -> DateTime {
        self.from.to_datetime(self.at)
    }

    fn is_like(&self, other: &Self) -> bool {
        self.from == other.from
            && self.to == other.to
            && self.is_daylight == other.is_daylight
            && self.abbreviation == other.abbreviation
    }
}

/// One STANDARD or DAYLIGHT component.
struct Observance {
    first: Transition,
    /// Further moments at which it begins.
    dates: Vec<DateTime>,
    rule: Option<String>,
}

/// Transitions of consecutive years that one yearly rule makes: on the same weekday, at the same time.
struct Run {
    transitions: Vec<Transition>,
    /// The first and the last day of the month on which one falls; `None` where they are in two months.
    days: Option<(i8, i8)>,
    /// Each is the last of its weekday in the month.
    always_last: bool,
    /// The fewest and the most days that are left of the year, the day itself included.
    left: (i16, i16),
}

/// Midnight at the start of a year, in UTC.
pub(super) fn new_year(year: i16) -> Option<Timestamp> {
    let date = Date::new(year, 1, 1).ok()?;
    TimeZone::UTC
        .to_timestamp(date.to_datetime(Time::midnight()))
        .ok()
}

/// The changes of the offset from the one that made the clock what it was when a year began.
pub(super) fn transitions(zone: &TimeZone, first: i16, last: i16) -> Option<Vec<Transition>> {
    let second = SignedDuration::from_secs(1);
    // No zone is a whole day away from UTC.
    let start = new_year(first)?
        .checked_sub(SignedDuration::from_hours(24))
        .ok()?;
    let end = new_year(last + 1)?
        .checked_add(SignedDuration::from_hours(24))
        .ok()?;
    let before = zone.preceding(start).find(|transition| {
        let at = transition.timestamp();
        at.checked_sub(second)
            .is_ok_and(|before| zone.to_offset(before) != transition.offset())
    });
    let mut found: Vec<Transition> = Vec::new();
    let mut was_negative = false;
    let all = before.into_iter().chain(
        zone.following(start)
            .take_while(|transition| transition.timestamp() <= end),
    );
    for transition in all {
        let at = transition.timestamp();
        let Ok(before) = at.checked_sub(second) else {
            continue;
        };
        let (from, to) = (zone.to_offset(before), transition.offset());
        // Dublin and Casablanca have a summer time in winter, or in Ramadan, in the database; calendars
        // call the later clock the summer time.
        let is_dst = transition.dst() == Dst::Yes;
        let is_daylight = to > from && (is_dst || was_negative);
        was_negative = is_dst && to < from;
        if from != to {
            found.push(Transition {
                at,
                from,
                to,
                is_daylight,
                abbreviation: transition.abbreviation().to_owned(),
            });
        }
    }
    Some(found)
}

fn observances(zone: &TimeZone, first: i16, last: i16) -> Option<Vec<Observance>> {
    let all = transitions(zone, first, HORIZON)?;
    let end = new_year(last + 1)?
        .checked_add(SignedDuration::from_hours(24))
        .ok()?;
    let is_settled = match all.as_slice() {
        [] => true,
        // Its last change was before anybody's calendar.
        [only] if only.at < new_year(first)? => only.at < Timestamp::UNIX_EPOCH,
        [next, ..] => next.at > end,
    };
    if is_settled {
        let info = zone.to_offset_info(new_year(first)?);
        return Some(vec![Observance::settled(
            info.offset(),
            info.abbreviation(),
        )]);
    }
    let mut observances: Vec<Observance> = Vec::new();
    let mut singles: Vec<Transition> = Vec::new();
    for run in runs(all) {
        let is_asked_for = run.transitions.first().is_some_and(|first| first.at <= end);
        if !is_asked_for {
            continue;
        }
        match run.rule() {
            Some(rule) => observances.push(rule),
            None => singles.extend(run.transitions),
        }
    }
    singles.retain(|single| single.at <= end);
    singles.sort_by_key(|single| single.at);
    for single in singles {
        let like = observances
            .iter_mut()
            .find(|one| one.rule.is_none() && one.first.is_like(&single));
        match like {
            Some(observance) => observance.dates.push(single.onset()),
            None => observances.push(Observance {
                first: single,
                dates: Vec::new(),
                rule: None,
            }),
        }
    }
    Some(observances)
}

/// Sorts transitions into runs that one rule each can make.
fn runs(transitions: Vec<Transition>) -> Vec<Run> {
    let mut closed: Vec<Run> = Vec::new();
    let mut open: Vec<Run> = Vec::new();
    for transition in transitions {
        let year = transition.onset().year();
        let (going_on, over): (Vec<Run>, Vec<Run>) =
            open.into_iter().partition(|run| run.year() + 1 >= year);
        closed.extend(over);
        open = going_on;
        if !open.iter_mut().any(|run| run.take(&transition)) {
            open.push(Run::new(transition));
        }
    }
    closed.extend(open);
    closed
}

impl Run {
    fn new(transition: Transition) -> Self {
        let date = transition.onset().date();
        Self {
            transitions: vec![transition],
            days: Some((date.day(), date.day())),
            always_last: is_last_of_its_kind(date),
            left: (days_left(date), days_left(date)),
        }
    }

    fn year(&self) -> i16 {
        self.transitions
            .last()
            .map_or(i16::MIN, |last| last.onset().year())
    }

    /// The run with one transition more, where one rule can make them all.
    fn with(&self, transition: &Transition) -> Option<Self> {
        let last = self.transitions.last()?;
        let (before, onset) = (last.onset(), transition.onset());
        let date = onset.date();
        let goes_on = transition.is_like(last)
            && onset.year() == before.year() + 1
            && onset.weekday() == before.weekday()
            && onset.time() == before.time();
        let days = self
            .days
            .filter(|_| date.month() == before.month())
            .map(|(lowest, highest)| (lowest.min(date.day()), highest.max(date.day())));
        let always_last = self.always_last && is_last_of_its_kind(date);
        let left = days_left(date);
        let left = (self.left.0.min(left), self.left.1.max(left));
        let is_week_of_a_month =
            days.is_some_and(|(lowest, highest)| always_last || highest - lowest < 7);
        // Days from the end of the year are the same days in every year, but for those before March.
        let is_week_of_the_year = left.1 - left.0 < 7 && left.1 < 306;
        (goes_on && (is_week_of_a_month || is_week_of_the_year)).then(|| Self {
            transitions: Vec::new(),
            days,
            always_last,
            left,
        })
    }

    /// Takes a transition where one rule can make it, too.
    fn take(&mut self, transition: &Transition) -> bool {
        let Some(mut longer) = self.with(transition) else {
            return false;
        };
        longer.transitions = std::mem::take(&mut self.transitions);
        longer.transitions.push(transition.clone());
        *self = longer;
        true
    }

    /// As a rule, where there are enough years to know it.
    fn rule(&self) -> Option<Observance> {
        let [first, _, .., last] = self.transitions.as_slice() else {
            return None;
        };
        if self.transitions.len() < 3 {
            return None;
        }
        let onset = first.onset();
        let weekday = weekday(onset.weekday());
        let mut rule = String::from("FREQ=YEARLY");
        if let Some((lowest, highest)) = self.days {
            let ordinal = (highest + 6) / 7;
            let _ = write!(rule, ";BYMONTH={}", onset.month());
            if self.always_last {
                let _ = write!(rule, ";BYDAY=-1{weekday}");
            } else if lowest > (ordinal - 1) * 7 {
                let _ = write!(rule, ";BYDAY={ordinal}{weekday}");
            } else {
                let days = list(lowest..=lowest + 6);
                let _ = write!(rule, ";BYDAY={weekday};BYMONTHDAY={days}");
            }
        } else {
            let days = list(-(self.left.0 + 6)..=-self.left.0);
            let _ = write!(rule, ";BYDAY={weekday};BYYEARDAY={days}");
        }
        if self.year() < HORIZON {
            let _ = write!(rule, ";UNTIL={}", format_utc(last.at));
        }
        Some(Observance {
            first: first.clone(),
            dates: Vec::new(),
            rule: Some(rule),
        })
    }
}

fn list<T: ToString>(numbers: impl Iterator<Item = T>) -> String {
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    numbers.join(",")
}

impl Observance {
    /// One that has always been.
    fn settled(offset: Offset, abbreviation: &str) -> Self {
        Self {
            first: Transition {
                at: Timestamp::from_second(-i64::from(offset.seconds())).unwrap_or_default(),
                from: offset,
                to: offset,
                is_daylight: false,
                abbreviation: abbreviation.to_owned(),
            },
            dates: Vec::new(),
            rule: None,
        }
    }

    fn onset(&self) -> DateTime {
        self.first.onset()
    }

    fn write(&self, text: &mut String) {
        let name = if self.first.is_daylight {
            "DAYLIGHT"
        } else {
            "STANDARD"
        };
        let _ = write!(text, "BEGIN:{name}\r\n");
        if !self.first.abbreviation.is_empty() {
            let _ = write!(text, "TZNAME:{}\r\n", self.first.abbreviation);
        }
        let _ = write!(text, "TZOFFSETFROM:{}\r\n", offset(self.first.from));
        let _ = write!(text, "TZOFFSETTO:{}\r\n", offset(self.first.to));
        let _ = write!(text, "DTSTART:{}\r\n", format_local(self.onset()));
        if let Some(rule) = &self.rule {
            add(text, &format!("RRULE:{rule}"));
        }
        for date in &self.dates {
            let _ = write!(text, "RDATE:{}\r\n", format_local(*date));
        }
        let _ = write!(text, "END:{name}\r\n");
    }
}

fn is_last_of_its_kind(date: Date) -> bool {
    date.day() + 7 > date.days_in_month()
}

/// How many days of its year are left, the day itself included.
fn days_left(date: Date) -> i16 {
    date.days_in_year() - date.day_of_year() + 1
}

fn weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
        Weekday::Sunday => "SU",
    }
}

/// `+0100`; with seconds where there are any (RFC 5545, section 3.3.14).
fn offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.unsigned_abs();
    let mut text = format!("{sign}{:02}{:02}", seconds / 3600, seconds / 60 % 60);
    if !seconds.is_multiple_of(60) {
        let _ = write!(text, "{:02}", seconds % 60);
    }
    text
}

#[cfg(test)]
mod tests;
