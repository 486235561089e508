//! Whether a VTIMEZONE says what the time zone database says.

use ical::recur::set::IcalRecurSet;
use ical::recur::{IcalRecurDateTime, IcalRecurRule};
use ical::value::utc_offset::IcalUtcOffset;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::definition::transitions;
use crate::pim::line::{Line, lines};
use crate::pim::moment;

/// What a VTIMEZONE says: offsets in seconds, each from an instant on.
#[derive(Debug, Clone)]
pub(in crate::pim) struct Definition {
    before: i32,
    changes: Vec<(i64, i32)>,
}

/// Whether a VTIMEZONE, as it is written, gives the same offsets as a zone from one instant to another.
pub(in crate::pim) fn agrees(
    vtimezone: &[u8],
    zone: &TimeZone,
    first: Timestamp,
    last: Timestamp,
) -> bool {
    let year = |instant| TimeZone::UTC.to_datetime(instant).year();
    let Some(definition) = Definition::read(vtimezone, year(last)) else {
        return false;
    };
    let theirs = definition.changes.iter().map(|(at, _)| *at);
    let Some(ours) = transitions(zone, year(first), year(last).min(9000)) else {
        return false;
    };
    let ours = ours.iter().map(|transition| transition.at.as_second());
    let (first, last) = (first.as_second(), last.as_second());
    ours.chain(theirs)
        .flat_map(|at| [at - 1, at])
        .chain([first, last])
        .filter(|second| (first..=last).contains(second))
        .all(|second| {
            let offset = Timestamp::from_second(second).map(|at| zone.to_offset(at).seconds());
            offset.is_ok_and(|offset| offset == definition.offset(second))
        })
}

impl Definition {
    /// Reads a VTIMEZONE up to the end of a year.
    ///
    /// `None` for one that defines nothing, and for one that would take long to expand: nothing real
    /// changes its clock every second.
    pub(in crate::pim) fn read(vtimezone: &[u8], last: i16) -> Option<Self> {
        let mut changes = Vec::new();
        let mut rules = 0;
        for observance in observances(vtimezone)? {
            let observance = observance?;
            rules += observance.onsets.rules.len();
            if rules > MAX_RULES {
                return None;
            }
            let onsets = observance.onsets.expand().map(|onset| onset.start);
            for (number, onset) in onsets.enumerate() {
                // The first one says at least what there was before it.
                if number > 0 && onset.year > i32::from(last) + 1 {
                    break;
                }
                let at = onset.seconds() - i64::from(observance.from);
                changes.push((at, observance.from, observance.to));
            }
        }
        changes.sort_unstable_by_key(|(at, _, _)| *at);
        let before = changes.first().map(|(_, from, _)| *from)?;
        let changes = changes.into_iter().map(|(at, _, to)| (at, to)).collect();
        Some(Self { before, changes })
    }

    /// Seconds east of Greenwich at an instant.
    pub(in crate::pim) fn offset(&self, second: i64) -> i32 {
        let after = self.changes.partition_point(|(at, _)| *at <= second);
        after
            .checked_sub(1)
            .and_then(|index| self.changes.get(index))
            .map_or(self.before, |(_, offset)| *offset)
    }

    /// The instant that a clock of this zone shows as `local`, in seconds of that clock. A time that the
    /// clock jumps over counts from the offset before, one that comes twice is the first (RFC 5545,
    /// section 3.3.5).
    pub(in crate::pim) fn instant(&self, local: i64) -> i64 {
        let day = SignedDuration::from_hours(24).as_secs();
        let mut offsets = vec![self.offset(local - day)];
        offsets.extend(
            self.changes
                .iter()
                .filter(|(at, _)| (local - 2 * day..local + 2 * day).contains(at))
                .map(|(_, offset)| *offset),
        );
        let instants = offsets.iter().map(|offset| local - i64::from(*offset));
        let real = instants.filter(|instant| instant + i64::from(self.offset(*instant)) == local);
        real.min()
            .unwrap_or_else(|| local - i64::from(offsets.first().copied().unwrap_or(0)))
    }
}

/// Rules in one definition. Real ones have a dozen.
const MAX_RULES: usize = 200;

/// A STANDARD or a DAYLIGHT.
struct Observance {
    /// Seconds east of Greenwich, before and after.
    from: i32,
    to: i32,
    /// When it begins, on the clock before.
    onsets: IcalRecurSet,
}

/// The observances of a VTIMEZONE, `None` for each that cannot be read. `None` for what is no VTIMEZONE.
fn observances(vtimezone: &[u8]) -> Option<Vec<Option<Observance>>> {
    let mut found = Vec::new();
    let mut block: Option<Vec<Line<'_>>> = None;
    for line in lines(vtimezone) {
        if let Some(name) = line.begins() {
            match name.to_ascii_uppercase().as_str() {
                "STANDARD" | "DAYLIGHT" if block.is_none() => block = Some(Vec::new()),
                "VTIMEZONE" if block.is_none() => {}
                _ => return None,
            }
        } else if line.ends().is_some() {
            if let Some(lines) = block.take() {
                found.push(observance(&lines));
            }
        } else if let Some(lines) = &mut block {
            lines.push(line);
        }
    }
    Some(found)
}

fn observance(lines: &[Line<'_>]) -> Option<Observance> {
    let value = |name: &str| lines.iter().find(|line| line.is(name)).map(Line::value_str);
    let from = offset(&value("TZOFFSETFROM")?)?;
    let to = offset(&value("TZOFFSETTO")?)?;
    let start = moment::parse(&value("DTSTART")?)?.civil();
    // Outlook's definitions begin in 1601.
    if start.year() < 1500 {
        return None;
    }
    let mut onsets = IcalRecurSet {
        start: Some(civil(start)),
        ..IcalRecurSet::default()
    };
    for line in lines {
        let value = line.value_str();
        if line.is("RRULE") {
            onsets.rules.push(rule(&value, from)?);
        } else if line.is("RDATE") {
            for date in value.split(',') {
                let date = date.split('/').next().unwrap_or_default();
                onsets.dates.push(civil(moment::parse(date)?.civil()));
            }
        } else if line.is("EXRULE") || line.is("EXDATE") {
            return None;
        }
    }
    onsets.dates.sort_unstable();
    Some(Observance { from, to, onsets })
}

/// A yearly rule. Its UNTIL is in UTC (RFC 5545, section 3.3.10), the onsets are not.
fn rule(text: &str, from: i32) -> Option<IcalRecurRule> {
    if !is_yearly(text) {
        return None;
    }
    let mut rule = IcalRecurRule::parse(text.trim_end_matches(';')).ok()?;
    let is_utc = text
        .to_ascii_uppercase()
        .split(';')
        .any(|part| part.starts_with("UNTIL=") && part.ends_with('Z'));
    if is_utc && let Some(until) = rule.until {
        rule.until = Some(IcalRecurDateTime::from_seconds(
            until.seconds() + i64::from(from),
        ));
    }
    Some(rule)
}

pub(in crate::pim) fn civil(local: DateTime) -> IcalRecurDateTime {
    let part = |value: i8| u8::try_from(value).unwrap_or(0);
    IcalRecurDateTime {
        year: i32::from(local.year()),
        month: part(local.month()),
        day: part(local.day()),
        hour: part(local.hour()),
        minute: part(local.minute()),
        second: part(local.second()),
    }
}

/// `+0100`, `-053015`
fn offset(text: &str) -> Option<i32> {
    let offset = IcalUtcOffset::from(text.trim()).seconds()?;
    (offset.abs() < 24 * 3600).then_some(offset)
}

fn is_yearly(rule: &str) -> bool {
    let upper = rule.to_ascii_uppercase();
    let mut parts = upper.split(';').filter(|part| !part.is_empty());
    upper.contains("FREQ=YEARLY")
        && parts.all(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            match name {
                "FREQ" | "INTERVAL" | "UNTIL" | "COUNT" | "WKST" => true,
                "BYMONTH" | "BYDAY" | "BYMONTHDAY" | "BYYEARDAY" => value.len() < 100,
                "BYHOUR" | "BYMINUTE" | "BYSECOND" => !value.contains(','),
                _ => false,
            }
        })
}
