//! The named rules for calendar objects.
//!
//! What Nextcloud refuses or would rewrite is known from its validator (sabre/vobject): each rule here
//! keeps an object from being refused, or from being mailed about, and nothing else is touched.

use std::collections::{BTreeMap, BTreeSet};

use ical::recur::IcalRecurRule;
use uuid::Uuid;

use super::info::Kind;
use super::zoning;
use crate::pim::change::{Broken, Change, Defect, Prepared};
use crate::pim::line::{Line, Param, escape, split_value};
use crate::pim::mend::{ASIDE, Block, Blocks, Sheet, readable};
use crate::pim::moment::{self, Moment, format_utc};
use crate::pim::quoted;

/// What an object that names no program is said to come from.
pub(crate) const PRODUCT: &str = "-//Transhumance//Transhumance//EN";

/// Characters of a UID that databases have room for.
const MAX_UID: usize = 255;

/// Makes one calendar object resource ready for a CalDAV server.
///
/// # Errors
/// What no rule can mend: see [`Defect`]. A stream of several objects is [`Defect::Several`]: split it first.
pub fn prepare(text: &[u8]) -> Result<Prepared, Broken> {
    let mut changes = BTreeSet::new();
    let text = readable(text, &mut changes);
    let mut sheet = Sheet::new(&text, changes);
    let blocks = sheet.structure("VCALENDAR")?;
    let Some(calendar) = blocks.list.first() else {
        return Err(Broken::new(Defect::Empty, "no VCALENDAR"));
    };
    let kind = kind(&blocks)?;
    let mains: Vec<&Block> = mains(&blocks, kind).collect();
    header(&mut sheet, &blocks, calendar)?;
    identity(&mut sheet, &blocks, &mains)?;
    for main in &mains {
        let own = blocks.own(main);
        encodings(&mut sheet, &own);
        once(&mut sheet, &own, kind)?;
        dates(&mut sheet, &own)?;
        start(&mut sheet, &own, kind)?;
        rules(&sheet, &own)?;
        stamp(&mut sheet, &own, main);
        for alarm in blocks.within(main).filter(|block| block.name == "VALARM") {
            self::alarm(&mut sheet, &blocks, alarm, &own);
        }
    }
    zoning::define(&mut sheet, &blocks, calendar, &mains);
    Ok(sheet.finish())
}

/// Gives a calendar object another UID, in all its components.
///
/// # Errors
/// As [`prepare`], for a text that cannot be read.
pub fn set_uid(text: &[u8], uid: &str) -> Result<Vec<u8>, Broken> {
    let mut sheet = Sheet::untouched(text);
    let blocks = sheet.structure("VCALENDAR")?;
    let kind = kind(&blocks)?;
    for main in mains(&blocks, kind) {
        let own = blocks.own(main);
        let line = Line::new(format!("UID:{}", escape(uid)));
        match sheet.named(&own, "UID").first() {
            Some(number) => sheet.replace(*number, line, Change::UidAdded),
            None => sheet.insert(main.begin + 1, line, Change::UidAdded),
        }
    }
    Ok(sheet.finish().text)
}

/// What the object is.
fn kind(blocks: &Blocks) -> Result<Kind, Broken> {
    let kinds: BTreeSet<Kind> = blocks
        .list
        .iter()
        .filter(|block| block.depth == 2)
        .filter_map(|block| Kind::from_component(&block.name))
        .collect();
    match kinds.iter().copied().collect::<Vec<_>>().as_slice() {
        [kind] => Ok(*kind),
        [] => Err(Broken::new(
            Defect::Component,
            "nothing that a calendar takes",
        )),
        _ => Err(Broken::new(Defect::Several, "components of several kinds")),
    }
}

/// The series and its exceptions.
pub(super) fn mains(blocks: &Blocks, kind: Kind) -> impl Iterator<Item = &Block> {
    blocks
        .list
        .iter()
        .filter(move |block| block.depth == 2 && block.name == kind.component())
}

/// VERSION, PRODID, METHOD.
fn header(sheet: &mut Sheet<'_>, blocks: &Blocks, calendar: &Block) -> Result<(), Broken> {
    let own = blocks.own(calendar);
    for number in sheet.named(&own, "METHOD") {
        sheet.remove(number, Change::MethodStripped);
    }
    for name in ["VERSION", "PRODID", "CALSCALE"] {
        sheet.single(&own, name);
    }
    match sheet.first(&own, "VERSION") {
        None => {
            let line = Line::new("VERSION:2.0");
            sheet.insert(calendar.begin + 1, line, Change::VersionAdded);
        }
        Some((_, line)) if line.value() == b"2.0" => {}
        Some((number, line)) if line.value().trim_ascii() == b"2.0" => {
            let line = line.with_value(b"2.0");
            sheet.replace(number, line, Change::Stray);
        }
        Some((_, line)) => {
            return Err(Broken::new(Defect::Version, line.value_str()));
        }
    }
    if !sheet.has(&own, "PRODID") {
        let line = Line::new(format!("PRODID:{PRODUCT}"));
        sheet.insert(calendar.begin + 1, line, Change::ProductAdded);
    }
    Ok(())
}

/// UID: one for all components.
fn identity(sheet: &mut Sheet<'_>, blocks: &Blocks, mains: &[&Block]) -> Result<(), Broken> {
    let mut known: Option<String> = None;
    let mut masters = 0;
    let mut without = Vec::new();
    let mut all = Vec::new();
    for main in mains {
        let own = blocks.own(main);
        sheet.single(&own, "UID");
        masters += usize::from(!sheet.has(&own, "RECURRENCE-ID"));
        let found = sheet.first(&own, "UID");
        let found = found.map(|(number, line)| (number, line.text()));
        match found {
            Some((number, uid)) if !uid.trim().is_empty() => {
                if known.as_ref().is_some_and(|known| *known != uid) {
                    return Err(Broken::new(Defect::Several, "several UIDs"));
                }
                all.push(number);
                known = Some(uid);
            }
            empty => without.push((main.begin + 1, empty.map(|(number, _)| number))),
        }
    }
    if masters > 1 {
        return Err(Broken::new(Defect::Several, "several series"));
    }
    if let Some(long) = known.as_ref().filter(|uid| uid.chars().count() > MAX_UID) {
        let short = derived(long.as_bytes());
        for number in all {
            let Some(line) = sheet.line(number) else {
                continue;
            };
            let (new, old) = (
                line.with_value(short.as_bytes()),
                line.with_name(&format!("{ASIDE}UID")),
            );
            sheet.insert(number, old, Change::UidShortened);
            sheet.replace(number, new, Change::UidShortened);
        }
        known = Some(short);
    }
    let uid = known.unwrap_or_else(|| derived(&crate::pim::line::join(&sheet.lines)));
    for (before, empty) in without {
        let line = Line::new(format!("UID:{}", escape(&uid)));
        match empty {
            Some(number) => sheet.replace(number, line, Change::UidAdded),
            None => sheet.insert(before, line, Change::UidAdded),
        }
    }
    Ok(())
}

/// A UID that the same bytes always get.
pub(crate) fn derived(bytes: &[u8]) -> String {
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_DNS, b"transhumance");
    Uuid::new_v5(&namespace, bytes).to_string()
}

/// Properties that may stand once in a component (RFC 5545, section 3.6), and that Nextcloud checks.
fn singles(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Event => &[
            "DTSTAMP",
            "DTSTART",
            "CLASS",
            "CREATED",
            "DESCRIPTION",
            "GEO",
            "LAST-MODIFIED",
            "LOCATION",
            "ORGANIZER",
            "PRIORITY",
            "SEQUENCE",
            "STATUS",
            "SUMMARY",
            "TRANSP",
            "URL",
            "RECURRENCE-ID",
            "DTEND",
            "DURATION",
        ],
        Kind::Task => &[
            "DTSTAMP",
            "DTSTART",
            "CLASS",
            "COMPLETED",
            "CREATED",
            "DESCRIPTION",
            "GEO",
            "LAST-MODIFIED",
            "LOCATION",
            "ORGANIZER",
            "PERCENT-COMPLETE",
            "PRIORITY",
            "RECURRENCE-ID",
            "SEQUENCE",
            "STATUS",
            "SUMMARY",
            "URL",
            "DUE",
            "DURATION",
        ],
        Kind::Journal => &[
            "DTSTAMP",
            "DTSTART",
            "CLASS",
            "CREATED",
            "LAST-MODIFIED",
            "ORGANIZER",
            "RECURRENCE-ID",
            "SEQUENCE",
            "STATUS",
            "SUMMARY",
            "URL",
        ],
    }
}

fn once(sheet: &mut Sheet<'_>, own: &[usize], kind: Kind) -> Result<(), Broken> {
    for name in singles(kind) {
        sheet.single(own, name);
    }
    // A second rule under another name would be a series without its dates: better nothing than that.
    let rules = sheet.named(own, "RRULE");
    if let [first, further @ ..] = rules.as_slice() {
        for number in further {
            if sheet.line(*number).map(Line::value) != sheet.line(*first).map(Line::value) {
                return Err(Broken::new(Defect::Rule, "several rules"));
            }
            sheet.remove(*number, Change::DuplicateDropped);
        }
    }
    Ok(())
}

/// iCalendar 2.0 knows no quoted-printable (RFC 5545, section 3.2.7), but vCalendar did.
fn encodings(sheet: &mut Sheet<'_>, own: &[usize]) {
    for number in own {
        let Some(line) = sheet
            .line(*number)
            .filter(|line| line.param("ENCODING").is_some())
        else {
            continue;
        };
        if let Some(decoded) = quoted::plain(line) {
            sheet.replace(*number, decoded, Change::EncodingMended);
        }
    }
}

/// Properties whose values are dates or times.
const DATES: [&str; 11] = [
    "DTSTART",
    "DTEND",
    "DUE",
    "DTSTAMP",
    "CREATED",
    "LAST-MODIFIED",
    "COMPLETED",
    "RECURRENCE-ID",
    "EXDATE",
    "RDATE",
    "ACKNOWLEDGED",
];

/// Those of them that are never only a date.
const INSTANTS: [&str; 5] = [
    "DTSTAMP",
    "CREATED",
    "LAST-MODIFIED",
    "COMPLETED",
    "ACKNOWLEDGED",
];

/// Dates say that they are dates; what is neither date nor time is kept aside.
fn dates(sheet: &mut Sheet<'_>, own: &[usize]) -> Result<(), Broken> {
    for number in own {
        let Some(line) = sheet.line(*number) else {
            continue;
        };
        let name = line.name().to_ascii_uppercase();
        if !DATES.contains(&name.as_str()) {
            continue;
        }
        match value_type(line) {
            Ok(None) => {}
            Ok(Some(mended)) => sheet.replace(*number, mended, Change::DateMended),
            Err(()) if matches!(name.as_str(), "DTSTART" | "RECURRENCE-ID") => {
                return Err(Broken::new(Defect::Start, line.value_str()));
            }
            Err(()) => sheet.set_aside(*number, Change::UnreadableKept),
        }
    }
    Ok(())
}

/// Makes the value type of a property fit its values (RFC 5545, section 3.2.20): `None` where it does.
fn value_type(line: &Line<'_>) -> Result<Option<Line<'static>>, ()> {
    let value = line.value_str();
    let stated = line.param("VALUE").map(|value| value.to_ascii_uppercase());
    let values: Vec<&str> = value.split(',').collect();
    let all = |shape: fn(&str) -> bool| values.iter().all(|value| shape(value));
    match stated.as_deref() {
        Some("PERIOD") => Ok(None),
        Some("DATE") if all(is_date) && !INSTANTS.iter().any(|name| line.is(name)) => Ok(None),
        Some("DATE") if all(|value| is_date(value.split('T').next().unwrap_or_default())) => {
            let days: Vec<&str> = values.iter().filter_map(|value| value.get(..8)).collect();
            Ok(Some(line.with_value(days.join(",").as_bytes())))
        }
        _ if all(is_date_time) => Ok(None),
        _ if all(is_date) && INSTANTS.iter().any(|name| line.is(name)) => {
            let mut params = line.params();
            params.retain(|param| !param.is("VALUE") && !param.is("TZID"));
            let midnight = format!("{value}T000000Z");
            Ok(Some(
                line.with_params(&params).with_value(midnight.as_bytes()),
            ))
        }
        _ if all(is_date) => {
            let mut params = line.params();
            params.retain(|param| !param.is("VALUE") && !param.is("TZID"));
            params.push(Param::new("VALUE", "DATE"));
            Ok(Some(line.with_params(&params)))
        }
        _ => {
            let trimmed = value.trim();
            if trimmed.len() < value.len() && !trimmed.is_empty() {
                let line = line.with_value(trimmed.as_bytes());
                return Ok(Some(value_type(&line)?.unwrap_or(line)));
            }
            Err(())
        }
    }
}

fn in_range(text: &str, from: usize, to: usize, range: std::ops::RangeInclusive<u16>) -> bool {
    text.get(from..to)
        .filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|part| part.parse().ok())
        .is_some_and(|number| range.contains(&number))
}

/// Whether Nextcloud reads this as a DATE. It lets the 31st of February pass, and so do we.
fn is_date(text: &str) -> bool {
    text.len() == 8
        && in_range(text, 0, 4, 0..=9999)
        && in_range(text, 4, 6, 1..=12)
        && in_range(text, 6, 8, 1..=31)
}

fn is_date_time(text: &str) -> bool {
    let text = text.strip_suffix('Z').unwrap_or(text);
    text.len() == 15
        && text.get(..8).is_some_and(is_date)
        && text.get(8..9) == Some("T")
        && in_range(text, 9, 11, 0..=24)
        && in_range(text, 11, 13, 0..=59)
        && in_range(text, 13, 15, 0..=59)
}

/// An event has a start; a task is not due before its start.
fn start(sheet: &mut Sheet<'_>, own: &[usize], kind: Kind) -> Result<(), Broken> {
    match kind {
        Kind::Event if !sheet.has(own, "DTSTART") => Err(Broken::new(Defect::Start, "no DTSTART")),
        Kind::Task => {
            let (start, due) = (sheet.first(own, "DTSTART"), sheet.first(own, "DUE"));
            if let (Some((start, from)), Some((due, to))) = (start, due)
                && !is_in_order(from, to)
            {
                // A rule needs its start.
                let aside = if sheet.has(own, "RRULE") { due } else { start };
                sheet.set_aside(aside, Change::UnreadableKept);
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn is_in_order(start: &Line<'_>, due: &Line<'_>) -> bool {
    let moments = (
        moment::parse(&start.value_str()),
        moment::parse(&due.value_str()),
    );
    match moments {
        (Some(Moment::Date(start)), Some(Moment::Date(due))) => start <= due,
        (Some(Moment::Date(_)), Some(_)) | (Some(_), Some(Moment::Date(_))) => false,
        (Some(from), Some(to)) => {
            let zones = (zoning::zone_of(start, from), zoning::zone_of(due, to));
            let instant =
                |moment: Moment, zone: &jiff::tz::TimeZone| zone.to_timestamp(moment.civil()).ok();
            instant(from, &zones.0) <= instant(to, &zones.1)
        }
        _ => true,
    }
}

/// Rules can be read.
fn rules(sheet: &Sheet<'_>, own: &[usize]) -> Result<(), Broken> {
    for number in sheet.named(own, "RRULE") {
        let Some(line) = sheet.line(number) else {
            continue;
        };
        let value = line.value_str();
        // Nextcloud passes over parts that are empty.
        let parts: Vec<&str> = value
            .split(';')
            .filter(|part| !part.trim().is_empty())
            .collect();
        if let Err(error) = IcalRecurRule::parse(&parts.join(";")) {
            return Err(Broken::new(Defect::Rule, format!("{value}: {error}")));
        }
    }
    Ok(())
}

/// DTSTAMP says when the object was last changed, as far as it tells.
fn stamp(sheet: &mut Sheet<'_>, own: &[usize], main: &Block) {
    if sheet.has(own, "DTSTAMP") {
        return;
    }
    let instant = ["LAST-MODIFIED", "CREATED", "DTSTART"]
        .into_iter()
        .filter_map(|name| moment::parse(&sheet.first(own, name)?.1.value_str()))
        .find_map(|moment| match moment {
            Moment::Utc(instant) => Some(instant),
            moment => jiff::tz::TimeZone::UTC.to_timestamp(moment.civil()).ok(),
        });
    let line = Line::new(format!(
        "DTSTAMP:{}",
        format_utc(instant.unwrap_or_default())
    ));
    sheet.insert(main.begin + 1, line, Change::StampAdded);
}

/// Alarms do not mail: Nextcloud would send an alarm of the owner's event to every guest.
fn alarm(sheet: &mut Sheet<'_>, blocks: &Blocks, alarm: &Block, of_event: &[usize]) {
    let own = blocks.own(alarm);
    for name in ["ACTION", "TRIGGER", "DURATION", "REPEAT", "ATTACH"] {
        sheet.single(&own, name);
    }
    if !sheet.has(&own, "TRIGGER") {
        for (number, what) in [(alarm.begin, "BEGIN"), (alarm.end, "END")] {
            let line = Line::new(format!("{what}:{ASIDE}VALARM"));
            sheet.replace(number, line, Change::AlarmMended);
        }
        return;
    }
    let Some((number, action)) = sheet.first(&own, "ACTION") else {
        let line = Line::new("ACTION:DISPLAY");
        sheet.insert(alarm.begin + 1, line, Change::AlarmMended);
        return;
    };
    if !action.value().trim_ascii().eq_ignore_ascii_case(b"EMAIL") {
        return;
    }
    let action = action.with_value(b"DISPLAY");
    sheet.replace(number, action, Change::MailAlarm);
    for number in sheet.named(&own, "ATTENDEE") {
        sheet.set_aside(number, Change::MailAlarm);
    }
    if !sheet.has(&own, "DESCRIPTION") {
        let words = sheet
            .first(&own, "SUMMARY")
            .or_else(|| sheet.first(of_event, "SUMMARY"));
        let line = match words {
            Some((_, words)) => Line::new([b"DESCRIPTION:", words.value()].concat()),
            None => Line::new("DESCRIPTION:-"),
        };
        sheet.insert(alarm.begin + 1, line, Change::MailAlarm);
    }
}

/// The parts of a rule by their names, in capitals.
pub(super) fn rule_parts(rule: &str) -> BTreeMap<String, String> {
    split_value(rule, ';')
        .into_iter()
        .filter_map(|part| part.split_once('='))
        .map(|(name, value)| {
            (
                name.trim().to_ascii_uppercase(),
                value.trim().to_ascii_uppercase(),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests;
