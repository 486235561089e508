//! The named rules for cards.
//!
//! As for calendars, they keep a card from being refused or rewritten by Nextcloud; a vCard 4.0 stays a 4.0.

use std::collections::BTreeSet;

use super::file::{NAMES, shown};
use super::{photo, version21};
use crate::pim::calendar::derived;
use crate::pim::change::{Broken, Change, Defect, Prepared};
use crate::pim::line::{Line, Param, escape, join, split_value};
use crate::pim::mend::{ASIDE, Block, Blocks, Sheet, readable};

/// What the target takes, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A whole card.
    pub card: usize,
}

impl Default for Limits {
    /// What a Nextcloud takes unless its administrator says otherwise.
    fn default() -> Self {
        Self { card: 5_242_880 }
    }
}

/// Characters of a UID that databases have room for.
const MAX_UID: usize = 255;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    V21,
    V3,
    V4,
}

/// Makes one card ready for a CardDAV server.
///
/// # Errors
/// What no rule can mend: see [`Defect`]. A stream of several cards is [`Defect::Several`]: split it first.
pub fn prepare(text: &[u8], limits: &Limits) -> Result<Prepared, Broken> {
    let mut changes = BTreeSet::new();
    let text = readable(text, &mut changes);
    let mut sheet = Sheet::new(&text, changes);
    join_base64(&mut sheet);
    let blocks = sheet.structure("VCARD")?;
    let Some(card) = blocks.list.first() else {
        return Err(Broken::new(Defect::Empty, "no VCARD"));
    };
    agents(&mut sheet, &blocks, card);
    let own = blocks.own(card);
    sheet.single(&own, "VERSION");
    let version = version(&mut sheet, &own, card)?;
    for number in &own {
        encoding(&mut sheet, *number, version);
    }
    for name in [
        "UID",
        "N",
        "REV",
        "PRODID",
        "KIND",
        "GENDER",
        "BDAY",
        "ANNIVERSARY",
        "FN",
    ] {
        sheet.single(&own, name);
    }
    dates(&mut sheet, &own);
    identity(&mut sheet, &own, card);
    names(&mut sheet, &own, card, version)?;
    components(&mut sheet, &own);
    let prepared = sheet.finish();
    if prepared.text.len() > limits.card {
        return smaller(prepared, limits);
    }
    Ok(prepared)
}

/// Gives a card another UID.
///
/// # Errors
/// As [`prepare`], for a text that cannot be read.
pub fn set_uid(text: &[u8], uid: &str) -> Result<Vec<u8>, Broken> {
    let mut sheet = Sheet::untouched(text);
    let blocks = sheet.structure("VCARD")?;
    let Some(card) = blocks.list.first() else {
        return Err(Broken::new(Defect::Empty, "no VCARD"));
    };
    let own = blocks.own(card);
    let line = Line::new(format!("UID:{}", escape(uid)));
    match sheet.named(&own, "UID").first() {
        Some(number) => sheet.replace(*number, line, Change::UidAdded),
        None => sheet.insert(card.end, line, Change::UidAdded),
    }
    Ok(sheet.finish().text)
}

/// Puts a photo (JPEG, PNG, GIF) into a card that has none, or only the address of one.
///
/// # Errors
/// As [`prepare`], for a text that cannot be read.
pub fn add_photo(text: &[u8], bytes: &[u8]) -> Result<Vec<u8>, Broken> {
    let mut sheet = Sheet::untouched(text);
    let blocks = sheet.structure("VCARD")?;
    let Some(card) = blocks.list.first() else {
        return Err(Broken::new(Defect::Empty, "no VCARD"));
    };
    let own = blocks.own(card);
    let is_v4 = sheet
        .first(&own, "VERSION")
        .is_some_and(|(_, line)| line.value() == b"4.0");
    let property = if is_v4 {
        photo::property_v4(bytes)
    } else {
        photo::property(bytes)
    };
    match sheet
        .first(&own, "PHOTO")
        .map(|(number, line)| (number, embedded(line).is_some()))
    {
        Some((_, true)) => {}
        Some((number, false)) => sheet.replace(number, property.line(), Change::PhotoScaled),
        None => sheet.insert(card.end, property.line(), Change::PhotoScaled),
    }
    Ok(sheet.finish().text)
}

/// Some programs do not indent the lines of a photo (a blank line ends them, in vCard 2.1).
fn join_base64(sheet: &mut Sheet<'_>) {
    let mut joined: Vec<Line<'_>> = Vec::with_capacity(sheet.lines.len());
    let mut was_joined = false;
    for line in std::mem::take(&mut sheet.lines) {
        let is_base64 =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        let is_part = !line.has_value() && !line.is_blank() && line.content().iter().all(is_base64);
        match joined.last_mut() {
            Some(before) if is_part && is_binary(before) => {
                let content = [before.content(), line.content()].concat();
                *before = Line::new(content);
                was_joined = true;
            }
            _ => joined.push(line),
        }
    }
    sheet.lines = joined;
    if was_joined {
        sheet.changed(Change::EncodingMended);
    }
}

fn is_binary(line: &Line<'_>) -> bool {
    line.params().iter().any(|param| {
        (param.name.is_empty() || param.is("ENCODING"))
            && param.values.iter().any(|value| {
                value.eq_ignore_ascii_case("BASE64") || value.eq_ignore_ascii_case("B")
            })
    })
}

/// A card within a card is a text from vCard 3.0 on (RFC 2426, section 3.5.4).
fn agents(sheet: &mut Sheet<'_>, blocks: &Blocks, card: &Block) {
    let inner: Vec<Block> = blocks.within(card).cloned().collect();
    for block in inner {
        let whole = String::from_utf8_lossy(&sheet.text(&block)).into_owned();
        for number in block.begin..=block.end {
            sheet.remove(number, Change::Version21);
        }
        let line = Line::new(format!("AGENT:{}", escape(&whole)));
        let before = block.begin.checked_sub(1);
        let announced = before.filter(|number| {
            let line = sheet.line(*number);
            line.is_some_and(|line| line.is("AGENT") && line.value().trim_ascii().is_empty())
        });
        sheet.replace(announced.unwrap_or(block.begin), line, Change::Version21);
    }
}

fn version(sheet: &mut Sheet<'_>, own: &[usize], card: &Block) -> Result<Version, Broken> {
    let stated = sheet.first(own, "VERSION");
    let stated = stated.map(|(number, line)| (number, line.value_str().into_owned()));
    let Some((number, stated)) = stated else {
        let mut lines = own.iter().filter_map(|number| sheet.line(*number));
        let is_old = lines.any(version21::is_typical);
        sheet.insert(
            card.begin + 1,
            Line::new("VERSION:3.0"),
            Change::VersionAdded,
        );
        return Ok(if is_old { Version::V21 } else { Version::V3 });
    };
    let version = match stated.trim() {
        "2.1" => Version::V21,
        "3.0" => Version::V3,
        "4.0" => Version::V4,
        _ => return Err(Broken::new(Defect::Version, stated)),
    };
    if version == Version::V21 {
        sheet.replace(number, Line::new("VERSION:3.0"), Change::Version21);
    } else if stated.trim().len() < stated.len() {
        let line = Line::new(format!("VERSION:{}", stated.trim()));
        sheet.replace(number, line, Change::Stray);
    }
    Ok(version)
}

/// Each version has its own ways to write what is not plain text.
fn encoding(sheet: &mut Sheet<'_>, number: usize, version: Version) {
    let Some(line) = sheet
        .line(number)
        .filter(|line| !line.is_blank() && !line.is("VERSION"))
    else {
        return;
    };
    if version == Version::V21 {
        let converted = version21::converted(line);
        if converted.content() != line.content() {
            sheet.replace(number, converted, Change::Version21);
        }
        return;
    }
    let params = line.params();
    if params
        .iter()
        .all(|param| !param.is("ENCODING") && !param.name.is_empty())
    {
        return;
    }
    let is_fine = version == Version::V3
        && params.iter().all(|param| !param.name.is_empty())
        && line
            .param("ENCODING")
            .is_some_and(|encoding| encoding.eq_ignore_ascii_case("B"));
    if is_fine {
        return;
    }
    let mended = if version == Version::V4 && is_binary(line) {
        data_uri(line)
    } else {
        version21::converted(line)
    };
    sheet.replace(number, mended, Change::EncodingMended);
}

/// Bytes as vCard 4.0 writes them (RFC 6350, section 6.2.4).
fn data_uri(line: &Line<'_>) -> Line<'static> {
    let mut params = line.params();
    let types: Vec<String> = params
        .iter()
        .filter(|param| param.is("TYPE") || param.name.is_empty())
        .flat_map(|param| param.values.clone())
        .filter(|value| !value.eq_ignore_ascii_case("BASE64") && !value.eq_ignore_ascii_case("B"))
        .collect();
    let base64 = line.value_str().replace([' ', '\t'], "");
    let family = match line.name().to_ascii_uppercase().as_str() {
        "PHOTO" | "LOGO" => "image",
        "SOUND" => "audio",
        _ => "application",
    };
    let kind = types.first().map_or_else(
        || {
            photo::decode_base64(&base64)
                .map_or("octet-stream", |bytes| photo::kind(&bytes))
                .to_owned()
        },
        Clone::clone,
    );
    let media_type = if kind.contains('/') {
        kind
    } else {
        format!("{family}/{kind}")
    };
    params.retain(|param| {
        !param.is("ENCODING") && !param.is("TYPE") && !param.is("VALUE") && !param.name.is_empty()
    });
    let value = format!("data:{};base64,{base64}", media_type.to_ascii_lowercase());
    line.with_params(&params).with_value(value.as_bytes())
}

/// Dates that nobody can read are kept aside.
fn dates(sheet: &mut Sheet<'_>, own: &[usize]) {
    for name in ["BDAY", "ANNIVERSARY", "DEATHDATE"] {
        for number in sheet.named(own, name) {
            let Some(line) = sheet.line(number) else {
                continue;
            };
            let is_text = line
                .param("VALUE")
                .is_some_and(|value| value.eq_ignore_ascii_case("text"));
            let value = line.value_str();
            if is_text || is_date(&value) {
                continue;
            }
            let trimmed = value.trim();
            if is_date(trimmed) {
                let line = line.with_value(trimmed.as_bytes());
                sheet.replace(number, line, Change::DateMended);
            } else {
                sheet.set_aside(number, Change::UnreadableKept);
            }
        }
    }
}

/// Whether Nextcloud reads this as a date, a time, or parts of them (RFC 6350, section 4.3, and the dashes of
/// RFC 2426).
fn is_date(text: &str) -> bool {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let digits = |text: &str, lengths: &[usize]| {
        lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let rest = |start: &str| date.strip_prefix(start);
    let year = date.get(..4).filter(|year| digits(year, &[4]));
    let after_year = year.and_then(|_| date.get(4..)).unwrap_or("?");
    let is_day = |text: &str| {
        let parts = (text.get(..2), text.get(2..3), text.get(3..));
        matches!(parts, (Some(month), Some("-"), Some(day)) if digits(month, &[2]) && digits(day, &[2]))
    };
    let is_date = date.is_empty()
        || rest("---").is_some_and(|day| digits(day, &[0, 2]))
        || rest("--").is_some_and(|day| digits(day, &[0, 2, 4]) || is_day(day))
        || digits(after_year, &[0, 2, 4])
        || after_year
            .strip_prefix('-')
            .is_some_and(|day| digits(day, &[0, 2, 4]) || is_day(day));
    is_date && time.is_none_or(is_time)
}

fn is_time(text: &str) -> bool {
    let zone = text
        .find(['Z', '+'])
        .or_else(|| text.rfind('-').filter(|at| *at > 3));
    let (clock, zone) = text.split_at(zone.unwrap_or(text.len()));
    let clock = match clock.split_once('.') {
        Some((clock, fraction)) if fraction.len() == 3 => clock,
        Some(_) => return false,
        None => clock,
    };
    let bare = clock.replace(':', "");
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_clock = matches!(bare.len(), 2 | 4 | 6) && digits(&bare) && is_extended_or_basic(clock);
    let offset = zone.get(1..).unwrap_or_default();
    let is_zone = zone.is_empty()
        || zone == "Z"
        || (matches!(offset.len(), 4 | 5) && digits(&offset.replacen(':', "", 1)));
    is_clock && is_zone
}

/// `HHMMSS` or `HH:MM:SS`, not both in one.
fn is_extended_or_basic(clock: &str) -> bool {
    !clock.contains(':')
        || matches!(clock.len(), 5 | 8) && clock.split(':').all(|part| part.len() == 2)
}

fn identity(sheet: &mut Sheet<'_>, own: &[usize], card: &Block) {
    let found = sheet.first(own, "UID");
    let found = found.map(|(number, line)| (number, line.text(), line.clone().into_owned()));
    match found {
        Some((number, uid, line)) if uid.chars().count() > MAX_UID => {
            let short = line.with_value(derived(uid.as_bytes()).as_bytes());
            sheet.insert(
                number,
                line.with_name(&format!("{ASIDE}UID")),
                Change::UidShortened,
            );
            sheet.replace(number, short, Change::UidShortened);
        }
        Some((_, uid, _)) if !uid.trim().is_empty() => {}
        empty => {
            let uid = derived(&join(&sheet.lines));
            let line = Line::new(format!("UID:{uid}"));
            match empty {
                Some((number, _, _)) => sheet.replace(number, line, Change::UidAdded),
                None => sheet.insert(card.end, line, Change::UidAdded),
            }
        }
    }
}

/// FN, and N in a vCard 3.0.
fn names(
    sheet: &mut Sheet<'_>,
    own: &[usize],
    card: &Block,
    version: Version,
) -> Result<(), Broken> {
    let full = match sheet.first(own, "FN") {
        Some((_, line)) => line.text(),
        None => {
            let name = NAMES.iter().find_map(|name| {
                let (_, line) = sheet.first(own, name)?;
                Some(shown(name, &line.value_str())).filter(|shown| !shown.is_empty())
            });
            let says_anything = own
                .iter()
                .filter_map(|number| sheet.line(*number))
                .any(|line| {
                    let of_the_card = ["VERSION", "UID", "PRODID", "REV", "N"];
                    !line.is_blank() && !of_the_card.iter().any(|name| line.is(name))
                });
            let name = match name {
                Some(name) => name,
                None if says_anything => "?".to_owned(),
                None => return Err(Broken::new(Defect::Nameless, "an empty card")),
            };
            let line = Line::new(format!("FN:{}", escape(&name)));
            sheet.insert(card.end, line, Change::NameAdded);
            name
        }
    };
    if version != Version::V4 && !sheet.has(own, "N") {
        let line = Line::new(format!("N:{};;;;", escape(&full)));
        sheet.insert(card.end, line, Change::StructuredNameAdded);
    }
    Ok(())
}

/// N has five components and ADR seven, be they empty; Nextcloud adds what is missing, and we cannot then
/// prove that it changed nothing else.
fn components(sheet: &mut Sheet<'_>, own: &[usize]) {
    for (name, least) in [("N", 5), ("ADR", 7)] {
        for number in sheet.named(own, name) {
            let Some(line) = sheet.line(number) else {
                continue;
            };
            let value = line.value_str();
            let missing = least - split_value(&value, ';').len().min(least);
            if missing > 0 {
                let value = format!("{value}{}", ";".repeat(missing));
                let line = line.with_value(value.as_bytes());
                sheet.replace(number, line, Change::ComponentsAdded);
            }
        }
    }
}

/// The bytes that a line holds.
fn embedded(line: &Line<'_>) -> Option<Vec<u8>> {
    let value = line.value_str();
    if is_binary(line) {
        return photo::decode_base64(&value).filter(|bytes| !bytes.is_empty());
    }
    let (head, base64) = value.split_once(',')?;
    let is_data =
        head.len() > 5 && head.get(..5)?.eq_ignore_ascii_case("data:") && head.ends_with(";base64");
    is_data
        .then(|| photo::decode_base64(base64))?
        .filter(|bytes| !bytes.is_empty())
}

/// Makes photos smaller, the largest first, until the card fits.
fn smaller(prepared: Prepared, limits: &Limits) -> Result<Prepared, Broken> {
    let mut sheet = Sheet::untouched(&prepared.text);
    let mut length = prepared.text.len();
    let mut photos: Vec<(usize, usize)> = sheet
        .lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.is("PHOTO") || line.is("LOGO"))
        .map(|(number, line)| (line.raw().len(), number))
        .collect();
    photos.sort_unstable_by(|one, other| other.cmp(one));
    for (of_line, number) in photos {
        if length <= limits.card {
            break;
        }
        let Some(line) = sheet.line(number) else {
            continue;
        };
        // Base64 makes four bytes of three, and folding 77 of 74.
        let room = limits.card.saturating_sub(length - of_line + 200);
        let small = embedded(line).and_then(|bytes| photo::smaller(&bytes, room / 4 * 3 / 77 * 74));
        let Some(small) = small else { continue };
        let line = line_with_photo(line, &small);
        length = length - of_line + line.raw().len();
        sheet.replace(number, line, Change::PhotoScaled);
    }
    if length > limits.card {
        let detail = format!("{length} bytes");
        return Err(Broken::new(Defect::TooLarge, detail));
    }
    let mut changes: BTreeSet<Change> = prepared.changes.iter().copied().collect();
    changes.insert(Change::PhotoScaled);
    Ok(Prepared {
        text: sheet.finish().text,
        changes: changes.into_iter().collect(),
    })
}

fn line_with_photo(line: &Line<'_>, bytes: &[u8]) -> Line<'static> {
    let property = if is_binary(line) {
        photo::property(bytes)
    } else {
        photo::property_v4(bytes)
    };
    let new = property.line();
    let mut params: Vec<Param> = line.params();
    params.retain(|param| !param.is("TYPE") && !param.is("ENCODING") && !param.is("MEDIATYPE"));
    params.extend(new.params());
    line.with_params(&params).with_value(new.value())
}

#[cfg(test)]
mod tests;
