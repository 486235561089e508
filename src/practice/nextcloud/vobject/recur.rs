//! When an event takes place for the last time, which decides whether Nextcloud still mails about it.

use jiff::Span;
use jiff::civil::DateTime;

use super::time::{civil, duration, parse_time};
use super::{Component, Property};

/// Where Nextcloud stops to look: 1 January 2038.
const MAX_DATE: i64 = 2_145_916_800;
/// Occurrences that are made one by one.
const MOST: usize = 5000;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleError {
    /// All its occurrences are excluded.
    NoInstances,
    /// In Sabre's words.
    Invalid(String),
}

/// The end of the last occurrence of the events of an object, seconds since 1970; `None` where there is no
/// start to count from.
///
/// # Errors
/// For rules that Sabre cannot follow.
pub fn last_occurrence(object: &Component) -> Result<Option<i64>, RuleError> {
    let events: Vec<&Component> = object.components().filter(|c| c.name == "VEVENT").collect();
    let mut last = None;
    for event in &events {
        let Some(start) = event.property("DTSTART") else {
            continue;
        };
        let Some(begin) = seconds(start) else {
            continue;
        };
        let length = length(event, start, begin);
        let end = match event.property("RRULE") {
            None => begin,
            Some(rule) => {
                let excluded = excluded(event);
                match rule_end(&rule.text(), start, &excluded)? {
                    Some(end) => end,
                    None => MAX_DATE,
                }
            }
        };
        let dates = event.properties("RDATE").flat_map(|dates| {
            let tzid = dates.param("TZID").map(str::to_owned);
            let text = dates.text().into_owned();
            text.split(',')
                .filter_map(|date| parse_time(date.split('/').next()?, tzid.as_deref()))
                .collect::<Vec<_>>()
        });
        let end = dates.fold(end, i64::max).saturating_add(length);
        last = last.max(Some(end.min(MAX_DATE)));
    }
    Ok(last)
}

fn seconds(property: &Property) -> Option<i64> {
    parse_time(&property.text(), property.param("TZID"))
}

fn length(event: &Component, start: &Property, begin: i64) -> i64 {
    if let Some(end) = event.property("DTEND").and_then(seconds) {
        return end - begin;
    }
    if let Some(length) = event.property("DURATION").and_then(|d| duration(&d.text())) {
        return length;
    }
    let is_date = !start.text().contains('T');
    if is_date { 86_400 } else { 0 }
}

fn excluded(event: &Component) -> Vec<DateTime> {
    event
        .properties("EXDATE")
        .flat_map(|dates| {
            let text = dates.text().into_owned();
            text.split(',')
                .filter_map(|date| Some(civil(date)?.0))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The start of a rule's last occurrence; `None`: it has none.
fn rule_end(rule: &str, start: &Property, excluded: &[DateTime]) -> Result<Option<i64>, RuleError> {
    let part = |name: &str| {
        rule.split(';')
            .filter_map(|part| part.split_once('='))
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_ascii_uppercase())
    };
    let freq = part("FREQ").unwrap_or_default();
    let interval: i64 = part("INTERVAL").and_then(|n| n.parse().ok()).unwrap_or(1);
    let step = match freq.as_str() {
        "HOURLY" => Span::new().try_hours(interval),
        "DAILY" => Span::new().try_days(interval),
        "WEEKLY" => Span::new().try_weeks(interval),
        "MONTHLY" => Span::new().try_months(interval),
        "YEARLY" => Span::new().try_years(interval),
        "SECONDLY" | "MINUTELY" => return Ok(None),
        other => {
            return Err(RuleError::Invalid(format!(
                "Unknown value for FREQ={other}"
            )));
        }
    };
    let step = step.map_err(|error| RuleError::Invalid(error.to_string()))?;
    let Some((first, _)) = civil(&start.text()) else {
        return Ok(None);
    };
    let until = part("UNTIL").and_then(|until| Some(civil(&until)?.0));
    let count = part("COUNT").and_then(|count| count.parse::<usize>().ok());
    if until.is_none() && count.is_none() {
        return Ok(None);
    }
    // Parts that pick days make other occurrences, but end in the same step or not long after.
    let picks = rule.to_ascii_uppercase().contains(";BY") || rule.starts_with("BY");
    let (mut at, mut last, mut any) = (first, first, false);
    for nth in 0..count.unwrap_or(MOST).min(MOST) {
        if until.is_some_and(|until| at > until && nth > 0) {
            break;
        }
        last = at;
        any |= picks || !excluded.contains(&at);
        match at.checked_add(step) {
            Ok(next) => at = next,
            Err(_) => break,
        }
    }
    if !any {
        return Err(RuleError::NoInstances);
    }
    let last = match until {
        Some(until) if picks => until,
        _ => last,
    };
    let text = last.strftime("%Y%m%dT%H%M%S").to_string();
    Ok(parse_time(&text, start.param("TZID")))
}
