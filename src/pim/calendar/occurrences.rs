//! When a calendar object takes place: RFC 5545, section 3.8.5, read for verification.

use std::collections::BTreeSet;

use ical::recur::set::{IcalRecurOverride, IcalRecurSet};
use ical::recur::{IcalRecurDateTime, IcalRecurRule};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use super::Kind;
use super::prepare::{mains, rule_parts};
use crate::pim::change::{Broken, Defect};
use crate::pim::line::Line;
use crate::pim::mend::{Blocks, Sheet, readable};
use crate::pim::moment::{self, Moment};
use crate::pim::zones::{self, Definition};

/// One time at which an object takes place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// What RECURRENCE-ID calls it: the time at which the series puts it, on the clock of the series.
    pub id: DateTime,
    pub start: Timestamp,
    pub end: Timestamp,
    pub all_day: bool,
    pub summary: String,
    pub cancelled: bool,
}

/// Occurrences of a series that are gone through at most, counted from its start: something daily for more
/// than a century.
const MOST: usize = 50_000;

/// The occurrences of an object that are not over at `from` and begin before `to`, in the order of their
/// starts. Days and floating times are read on the clock of `zone`.
///
/// A time that the clock jumps over is read with the offset before, one that comes twice is the first
/// (RFC 5545, section 3.3.5).
///
/// # Errors
/// As [`super::prepare`]; [`Defect::Rule`] also for a series that takes place so often that going through it
/// would not end.
pub fn occurrences(
    text: &[u8],
    from: Timestamp,
    to: Timestamp,
    zone: &TimeZone,
) -> Result<Vec<Occurrence>, Broken> {
    let mut changes = BTreeSet::new();
    let text = readable(text, &mut changes);
    let mut sheet = Sheet::new(&text, changes);
    let blocks = sheet.structure("VCALENDAR")?;
    let series = Series::read(&sheet, &blocks, zone, to)?;
    let mut found = series.between(from, to)?;
    found.sort_by_key(|occurrence| (occurrence.start, occurrence.id));
    Ok(found)
}

/// What turns local times into instants and back.
enum Clock {
    Zone(TimeZone),
    /// A zone that only the object itself defines.
    Own(Definition),
}

impl Clock {
    fn instant(&self, local: DateTime) -> Timestamp {
        match self {
            Self::Zone(zone) => zone.to_timestamp(local).unwrap_or_default(),
            Self::Own(definition) => {
                let second = definition.instant(seconds(local));
                Timestamp::from_second(second).unwrap_or_default()
            }
        }
    }

    fn local(&self, instant: Timestamp) -> DateTime {
        match self {
            Self::Zone(zone) => zone.to_datetime(instant),
            Self::Own(definition) => {
                let second = instant.as_second();
                let shown = second + i64::from(definition.offset(second));
                let shown = Timestamp::from_second(shown).unwrap_or_default();
                TimeZone::UTC.to_datetime(shown)
            }
        }
    }
}

fn seconds(local: DateTime) -> i64 {
    TimeZone::UTC
        .to_timestamp(local)
        .unwrap_or_default()
        .as_second()
}

/// A series and what replaces some of its occurrences.
struct Series {
    clock: Clock,
    set: IcalRecurSet,
    all_day: bool,
    master: Option<Template>,
    /// In the order of `set.overrides`.
    exceptions: Vec<Exception>,
}

struct Exception {
    id: IcalRecurDateTime,
    start: Timestamp,
    this_and_future: bool,
    template: Template,
}

/// What occurrences have in common.
#[derive(Clone)]
struct Template {
    length: Length,
    all_day: bool,
    summary: String,
    cancelled: bool,
}

/// How long something takes: days of the calendar, then time on the clock.
#[derive(Clone, Copy)]
struct Length {
    days: i64,
    time: SignedDuration,
}

impl Series {
    fn read(
        sheet: &Sheet<'_>,
        blocks: &Blocks,
        zone: &TimeZone,
        to: Timestamp,
    ) -> Result<Self, Broken> {
        let reader = Reader {
            sheet,
            blocks,
            zone,
            last: TimeZone::UTC.to_datetime(to).year().saturating_add(1),
        };
        let all: Vec<Vec<usize>> = Kind::ALL
            .into_iter()
            .flat_map(|kind| mains(blocks, kind))
            .map(|main| blocks.own(main))
            .collect();
        let is_exception = |own: &&Vec<usize>| sheet.has(own, "RECURRENCE-ID");
        let master = all.iter().find(|own| !is_exception(own));
        let Some(first) = master.or_else(|| all.first()) else {
            return Err(Broken::new(Defect::Component, "nothing that takes place"));
        };
        let anchor = ["DTSTART", "DUE", "RECURRENCE-ID"]
            .into_iter()
            .find_map(|name| reader.moment(first, name));
        let Some((anchor, line)) = anchor else {
            return Ok(Self::empty(zone));
        };
        let clock = reader.clock(line, anchor);
        let mut set = IcalRecurSet::default();
        let mut template = None;
        if let Some(own) = master {
            set = reader.set(own, anchor, &clock)?;
            template = Some(reader.template(own, anchor, &clock));
        }
        let mut exceptions: Vec<Exception> = all
            .iter()
            .filter(is_exception)
            .filter_map(|own| reader.exception(own, &clock))
            .collect();
        exceptions.sort_by_key(|exception| exception.id);
        exceptions.dedup_by_key(|exception| exception.id);
        set.overrides = exceptions
            .iter()
            .map(|exception| IcalRecurOverride {
                id: exception.id,
                start: civil(clock.local(exception.start)),
                this_and_future: exception.this_and_future,
            })
            .collect();
        Ok(Self {
            clock,
            set,
            all_day: matches!(anchor, Moment::Date(_)),
            master: template,
            exceptions,
        })
    }

    fn empty(zone: &TimeZone) -> Self {
        Self {
            clock: Clock::Zone(zone.clone()),
            set: IcalRecurSet::default(),
            all_day: false,
            master: None,
            exceptions: Vec::new(),
        }
    }

    fn between(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Occurrence>, Broken> {
        // An exception may lie far from its place in the series; the rule need not be followed that far.
        let end = self.clock.local(to).saturating_add(Span::new().days(2));
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        for (number, occurrence) in self.set.expand().enumerate() {
            if number >= MOST {
                return Err(Broken::new(Defect::Rule, "too many occurrences"));
            }
            let (Some(id), Some(start)) = (local(occurrence.id), local(occurrence.start)) else {
                break;
            };
            if id > end && start > end && occurrence.over.is_none() {
                break;
            }
            seen.extend(occurrence.over);
            found.extend(self.occurrence(id, start, occurrence.over));
        }
        let unseen = self.set.overrides.iter().enumerate();
        for (number, over) in unseen.filter(|(number, _)| !seen.contains(number)) {
            let is_left_out = self.set.exdates.binary_search(&over.id).is_ok();
            if let (Some(id), Some(start), false) = (local(over.id), local(over.start), is_left_out)
            {
                found.extend(self.occurrence(id, start, Some(number)));
            }
        }
        found.retain(|one| one.start < to && (one.end > from || one.start >= from));
        Ok(found)
    }

    fn occurrence(&self, id: DateTime, start: DateTime, over: Option<usize>) -> Option<Occurrence> {
        let exception = over.and_then(|number| self.exceptions.get(number));
        let of_the_future = || {
            let before = self
                .exceptions
                .iter()
                .rev()
                .filter(|one| one.this_and_future);
            before
                .map(|one| (one.id, &one.template))
                .find(|(since, _)| *since <= civil(id))
        };
        let template = match exception {
            Some(exception) => &exception.template,
            None => of_the_future()
                .map(|(_, template)| template)
                .or(self.master.as_ref())?,
        };
        let begins =
            exception.map_or_else(|| self.clock.instant(start), |exception| exception.start);
        Some(Occurrence {
            id,
            start: begins,
            end: self.end(begins, template),
            all_day: exception.map_or(self.all_day, |exception| exception.template.all_day),
            summary: template.summary.clone(),
            cancelled: template.cancelled,
        })
    }

    fn end(&self, start: Timestamp, template: &Template) -> Timestamp {
        let days = Span::new()
            .try_days(template.length.days)
            .unwrap_or_default();
        let day = self.clock.local(start).saturating_add(days);
        let after = if template.length.days == 0 {
            start
        } else {
            self.clock.instant(day)
        };
        after.checked_add(template.length.time).unwrap_or(after)
    }
}

/// Reads the lines of a component.
struct Reader<'s, 'a> {
    sheet: &'s Sheet<'a>,
    blocks: &'s Blocks,
    /// For days and floating times.
    zone: &'s TimeZone,
    /// The last year that matters.
    last: i16,
}

impl<'s, 'a> Reader<'s, 'a> {
    fn moment(&self, own: &[usize], name: &str) -> Option<(Moment, &'s Line<'a>)> {
        let (_, line) = self.sheet.first(own, name)?;
        Some((moment::parse(&line.value_str())?, line))
    }

    /// The clock on which a property tells its times.
    fn clock(&self, line: &Line<'_>, moment: Moment) -> Clock {
        let tzid = match moment {
            Moment::Utc(_) => return Clock::Zone(TimeZone::UTC),
            Moment::Date(_) => None,
            Moment::Local(_) => line.param("TZID"),
        };
        let Some(tzid) = tzid else {
            return Clock::Zone(self.zone.clone());
        };
        if let Some(zone) = zones::time_zone(&tzid) {
            return Clock::Zone(zone);
        }
        let defined = self.blocks.list.iter().find(|block| {
            let own = self.blocks.own(block);
            let stated = self.sheet.first(&own, "TZID");
            block.name == "VTIMEZONE" && stated.is_some_and(|(_, line)| line.text() == tzid)
        });
        let definition =
            defined.and_then(|block| Definition::read(&self.sheet.text(block), self.last));
        definition.map_or_else(|| Clock::Zone(self.zone.clone()), Clock::Own)
    }

    /// A time on the clock of the series.
    fn on(&self, clock: &Clock, line: &Line<'_>, moment: Moment) -> IcalRecurDateTime {
        civil(match moment {
            Moment::Date(_) => moment.civil(),
            Moment::Local(local) if line.param("TZID").is_none() => local,
            _ => clock.local(self.clock(line, moment).instant(moment.civil())),
        })
    }

    fn set(&self, own: &[usize], anchor: Moment, clock: &Clock) -> Result<IcalRecurSet, Broken> {
        let mut set = IcalRecurSet {
            start: Some(civil(anchor.civil())),
            ..IcalRecurSet::default()
        };
        for line in own.iter().filter_map(|number| self.sheet.line(*number)) {
            let value = line.value_str();
            match line.name().to_ascii_uppercase().as_str() {
                "RRULE" => set.rules.push(rule(&value, clock)?),
                "EXRULE" => set.exrules.push(rule(&value, clock)?),
                "RDATE" => set.dates.extend(self.dates(clock, line, &value)),
                "EXDATE" => set.exdates.extend(self.dates(clock, line, &value)),
                _ => {}
            }
        }
        for dates in [&mut set.dates, &mut set.exdates] {
            dates.sort_unstable();
            dates.dedup();
        }
        Ok(set)
    }

    fn dates(&self, clock: &Clock, line: &Line<'_>, value: &str) -> Vec<IcalRecurDateTime> {
        let starts = value.split(',').filter_map(|item| item.split('/').next());
        let moments = starts.filter_map(moment::parse);
        moments.map(|moment| self.on(clock, line, moment)).collect()
    }

    fn exception(&self, own: &[usize], clock: &Clock) -> Option<Exception> {
        let (id, line) = self.moment(own, "RECURRENCE-ID")?;
        let this_and_future = line
            .param("RANGE")
            .is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
        let own_start = ["DTSTART", "DUE"]
            .into_iter()
            .find_map(|name| self.moment(own, name));
        let (start, of_start) = own_start.unwrap_or((id, line));
        let own_clock = self.clock(of_start, start);
        Some(Exception {
            id: self.on(clock, line, id),
            start: own_clock.instant(start.civil()),
            this_and_future,
            template: self.template(own, start, &own_clock),
        })
    }

    fn template(&self, own: &[usize], start: Moment, clock: &Clock) -> Template {
        let said = |name: &str| self.sheet.first(own, name).map(|(_, line)| line.text());
        Template {
            length: self.length(own, start, clock),
            all_day: matches!(start, Moment::Date(_)),
            summary: said("SUMMARY").unwrap_or_default(),
            cancelled: said("STATUS")
                .is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED")),
        }
    }

    fn length(&self, own: &[usize], start: Moment, clock: &Clock) -> Length {
        let end = ["DTEND", "DUE"]
            .into_iter()
            .find_map(|name| self.moment(own, name));
        match (start, end) {
            (Moment::Date(from), Some((Moment::Date(to), _))) => days(from, to),
            (_, Some((end, line))) => {
                let begins = clock.instant(start.civil());
                let ends = self.clock(line, end).instant(end.civil());
                Length {
                    days: 0,
                    time: ends.duration_since(begins).max(SignedDuration::ZERO),
                }
            }
            (_, None) => {
                let stated = self.sheet.first(own, "DURATION");
                let stated = stated.and_then(|(_, line)| duration(&line.value_str()));
                let is_day = matches!(start, Moment::Date(_));
                stated.unwrap_or(Length {
                    days: i64::from(is_day),
                    time: SignedDuration::ZERO,
                })
            }
        }
    }
}

fn days(from: Date, to: Date) -> Length {
    let span = from.until(to).unwrap_or_default();
    Length {
        days: i64::from(span.get_days()).max(0),
        time: SignedDuration::ZERO,
    }
}

/// `P1W`, `P1DT2H`, `PT15M` (RFC 5545, section 3.3.6).
fn duration(text: &str) -> Option<Length> {
    let span: Span = text.trim().trim_start_matches('+').parse().ok()?;
    if span.is_negative() || span.get_months() != 0 || span.get_years() != 0 {
        return None;
    }
    let time = i64::from(span.get_hours()) * 3600 + span.get_minutes() * 60 + span.get_seconds();
    Some(Length {
        days: i64::from(span.get_weeks()) * 7 + i64::from(span.get_days()),
        time: SignedDuration::from_secs(time),
    })
}

/// A rule whose UNTIL is on the clock of the series.
fn rule(value: &str, clock: &Clock) -> Result<IcalRecurRule, Broken> {
    let parts: Vec<&str> = value
        .split(';')
        .filter(|part| !part.trim().is_empty())
        .collect();
    let mut rule = IcalRecurRule::parse(&parts.join(";"))
        .map_err(|error| Broken::new(Defect::Rule, format!("{value}: {error}")))?;
    let until = rule_parts(value)
        .get("UNTIL")
        .and_then(|until| moment::parse(until));
    if let Some(Moment::Utc(until)) = until {
        rule.until = Some(civil(clock.local(until)));
    }
    Ok(rule)
}

fn civil(local: DateTime) -> IcalRecurDateTime {
    zones::civil(local)
}

fn local(civil: IcalRecurDateTime) -> Option<DateTime> {
    let part = |value: u8| i8::try_from(value).ok();
    let date = Date::new(
        i16::try_from(civil.year).ok()?,
        part(civil.month)?,
        part(civil.day)?,
    )
    .ok()?;
    let time = Time::new(
        part(civil.hour)?,
        part(civil.minute)?,
        part(civil.second.min(59))?,
        0,
    )
    .ok()?;
    Some(date.to_datetime(time))
}

#[cfg(test)]
mod tests;
