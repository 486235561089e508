//! Dates and times as they stand in objects, as far as a server looks at them.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Seconds since 1970 of a DATE or DATE-TIME value; one without a zone, or of a zone that nobody knows, is
/// taken as UTC.
pub fn parse_time(value: &str, tzid: Option<&str>) -> Option<i64> {
    let (civil, is_utc) = civil(value)?;
    let zone = match tzid {
        Some(tzid) if !is_utc => TimeZone::get(tzid).unwrap_or(TimeZone::UTC),
        _ => TimeZone::UTC,
    };
    Some(
        zone.to_ambiguous_zoned(civil)
            .compatible()
            .ok()?
            .timestamp()
            .as_second(),
    )
}

/// The value without its zone, and whether it says that it is UTC.
pub fn civil(value: &str) -> Option<(DateTime, bool)> {
    let value = value.trim();
    let (value, is_utc) = match value.strip_suffix('Z') {
        Some(value) => (value, true),
        None => (value, false),
    };
    match value.split_once('T') {
        None if !is_utc => Some((date(value)?.at(0, 0, 0, 0), false)),
        None => None,
        Some((day, clock)) => {
            let [h1, h2, m1, m2, s1, s2] = digits::<6>(clock)?;
            let time = date(day)?.at(0, 0, 0, 0);
            let (hour, minute, second) = (h1 * 10 + h2, m1 * 10 + m2, s1 * 10 + s2);
            let time = time
                .with()
                .hour(i8::try_from(hour).ok()?)
                .minute(i8::try_from(minute).ok()?)
                // A leap second is the one before.
                .second(i8::try_from(second.min(59)).ok()?)
                .build()
                .ok()?;
            Some((time, is_utc))
        }
    }
}

pub fn date(text: &str) -> Option<Date> {
    let [a, b, c, d, m1, m2, d1, d2] = digits::<8>(text)?;
    Date::new(
        a * 1000 + b * 100 + c * 10 + d,
        i8::try_from(m1 * 10 + m2).ok()?,
        i8::try_from(d1 * 10 + d2).ok()?,
    )
    .ok()
}

fn digits<const N: usize>(text: &str) -> Option<[i16; N]> {
    let digits: Vec<i16> = text
        .chars()
        .map(|c| c.to_digit(10).and_then(|digit| i16::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    digits.try_into().ok()
}

/// Seconds of a DURATION (RFC 5545, section 3.3.6).
pub fn duration(value: &str) -> Option<i64> {
    let value = value.trim();
    let (value, sign) = match value.strip_prefix('-') {
        Some(value) => (value, -1),
        None => (value.strip_prefix('+').unwrap_or(value), 1),
    };
    let mut seconds = 0_i64;
    let mut number = String::new();
    let mut in_time = false;
    for c in value.strip_prefix('P')?.chars() {
        let unit = match (c, in_time) {
            ('0'..='9', _) => {
                number.push(c);
                continue;
            }
            ('T', false) => {
                in_time = true;
                continue;
            }
            ('W', false) => 7 * 86_400,
            ('D', false) => 86_400,
            ('H', true) => 3600,
            ('M', true) => 60,
            ('S', true) => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.parse::<i64>().ok()?.checked_mul(unit)?)?;
        number.clear();
    }
    number.is_empty().then_some(sign * seconds)
}
