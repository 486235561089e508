//! The time zones that an object names, defined in the object as RFC 5545, section 3.2.19, asks.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Kind;
use super::prepare::{mains, rule_parts};
use crate::pim::change::{Broken, Change, Defect};
use crate::pim::line::{Line, contains, lines};
use crate::pim::mend::{Block, Blocks, Sheet};
use crate::pim::moment::{self, Moment};
use crate::pim::zones;

/// For how long a series without an end is looked at, and for how long its time zone is defined; years.
const LOOKED_AT: i16 = 10;
const DEFINED_FOR: i16 = 80;

/// The zone of a time that stands in a line: its TZID's as far as it is known, else UTC.
pub(super) fn zone_of(line: &Line<'_>, moment: Moment) -> TimeZone {
    let named = match moment {
        Moment::Local(_) => line.param("TZID"),
        _ => None,
    };
    named
        .and_then(|tzid| zones::time_zone(&tzid))
        .unwrap_or(TimeZone::UTC)
}

/// An object of ours with the definitions of the time zones that it names.
pub(crate) fn defined(object: &[u8], kind: Kind) -> Result<Vec<u8>, Broken> {
    let mut sheet = Sheet::untouched(object);
    let blocks = sheet.structure("VCALENDAR")?;
    let Some(calendar) = blocks.list.first() else {
        return Err(Broken::new(Defect::Component, "no calendar object"));
    };
    let all: Vec<_> = mains(&blocks, kind).collect();
    define(&mut sheet, &blocks, calendar, &all);
    Ok(sheet.finish().text)
}

/// A zone that an object names, and the times that it names in it.
struct Use {
    tzid: String,
    first: Moment,
    last: Moment,
}

/// Adds the definitions that are missing, and puts right those that disagree with the zone of their name
/// while the object goes on. A name that nobody knows but the object's own definition is left alone.
pub(super) fn define(sheet: &mut Sheet<'_>, blocks: &Blocks, calendar: &Block, mains: &[&Block]) {
    let (uses, until) = uses(sheet, mains);
    let defined: Vec<(String, &Block)> = blocks
        .within(calendar)
        .filter(|block| block.name == "VTIMEZONE")
        .filter_map(|block| {
            let own = blocks.own(block);
            let (_, tzid) = sheet.first(&own, "TZID")?;
            Some((tzid.text(), block))
        })
        .collect();
    let Some(before) = blocks.within(calendar).map(|block| block.begin).next() else {
        return;
    };
    for one in uses {
        let Some(name) = zones::iana(&one.tzid) else {
            continue;
        };
        let Some(zone) = zones::time_zone(&name) else {
            continue;
        };
        let instant = |moment: Moment| zone.to_timestamp(moment.civil()).unwrap_or_default();
        let (first, last) = (
            instant(one.first),
            instant(one.last).max(until.looked_at(one.last)),
        );
        let years = one.first.civil().year()..=until.defined_until(one.last);
        let known = defined.iter().find(|(tzid, _)| *tzid == one.tzid);
        if let Some((_, block)) = known {
            let text = sheet.text(block);
            if zones::agrees(&text, &zone, first, last) {
                continue;
            }
        }
        let Some(definition) = zones::vtimezone(&one.tzid, &name, years) else {
            continue;
        };
        let (at, change) = match known {
            Some((_, block)) => {
                for number in block.begin..=block.end {
                    sheet.remove(number, Change::ZoneMended);
                }
                (block.begin, Change::ZoneMended)
            }
            None => (before, Change::ZoneAdded),
        };
        for line in lines(definition.as_bytes()) {
            sheet.insert(at, line.into_owned(), change);
        }
    }
}

/// How long an object goes on.
#[derive(Debug, Clone, Copy)]
enum Until {
    /// No longer than the times that it names.
    Named,
    Instant(Timestamp),
    Ever,
}

impl Until {
    fn looked_at(self, last: Moment) -> Timestamp {
        match self {
            Self::Named => Timestamp::MIN,
            Self::Instant(instant) => instant,
            Self::Ever => {
                let year = last.civil().year().saturating_add(LOOKED_AT);
                let end = last
                    .civil()
                    .date()
                    .with()
                    .year(year.min(9000))
                    .day(1)
                    .build();
                end.ok()
                    .and_then(|date| TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok())
                    .unwrap_or(Timestamp::MIN)
            }
        }
    }

    fn defined_until(self, last: Moment) -> i16 {
        let last = last.civil().year();
        match self {
            Self::Named => last,
            Self::Instant(instant) => TimeZone::UTC.to_datetime(instant).year().max(last),
            Self::Ever => last.saturating_add(DEFINED_FOR),
        }
    }
}

fn uses(sheet: &Sheet<'_>, mains: &[&Block]) -> (Vec<Use>, Until) {
    let mut uses: Vec<Use> = Vec::new();
    let mut until = Until::Named;
    for number in mains.iter().flat_map(|main| main.begin..main.end) {
        let Some(line) = sheet.line(number) else {
            continue;
        };
        if line.is("RRULE") {
            until = until.or_longer(&line.value_str());
        }
        if !contains(line.head(), b"TZID") {
            continue;
        }
        let Some(tzid) = line.param("TZID") else {
            continue;
        };
        let value = line.value_str();
        for moment in value.split([',', '/']).filter_map(moment::parse) {
            let known = uses.iter_mut().find(|one| one.tzid == tzid);
            match known {
                Some(one) if moment.civil() < one.first.civil() => one.first = moment,
                Some(one) if moment.civil() > one.last.civil() => one.last = moment,
                Some(_) => {}
                None => uses.push(Use {
                    tzid: tzid.clone(),
                    first: moment,
                    last: moment,
                }),
            }
        }
    }
    (uses, until)
}

impl Until {
    fn or_longer(self, rule: &str) -> Self {
        let end = rule_parts(rule)
            .get("UNTIL")
            .and_then(|until| moment::parse(until))
            .and_then(|until| TimeZone::UTC.to_timestamp(until.civil()).ok());
        match (self, end) {
            (Self::Ever, _) | (_, None) => Self::Ever,
            (Self::Named, Some(end)) => Self::Instant(end),
            (Self::Instant(one), Some(other)) => Self::Instant(one.max(other)),
        }
    }
}
