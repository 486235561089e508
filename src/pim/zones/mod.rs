//! Names of time zones, and what they stand for.
//!
//! Everything is read in the time zone database that is built in, so that the same calendar becomes the
//! same text on every machine.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use windows_timezones::WindowsTimezone;

mod check;
mod definition;

pub use definition::vtimezone;

pub(super) use check::{Definition, agrees, civil};

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The IANA name of a time zone that a TZID names: an IANA name in any case, a Windows name, an old Exchange
/// or Outlook name (`(UTC+01:00) Brussels, Copenhagen, Madrid, Paris`), or a path that ends with an IANA
/// name (`/mozilla.org/20050126_1/Europe/Paris`).
///
/// `None` for names that only their own VTIMEZONE explains (`Customized Time Zone`).
pub fn iana(tzid: &str) -> Option<String> {
    let name = tzid.trim().trim_matches('"');
    in_database(name)
        .or_else(|| windows_to_iana(name).and_then(in_database))
        .or_else(|| alias(name).and_then(in_database))
        .or_else(|| at_the_end_of_a_path(name))
        .or_else(|| displayed(name))
        .or_else(|| fixed(name))
}

/// The IANA name that Unicode's CLDR gives a Windows time zone (territory 001), in today's spelling. The
/// short names of Exchange (`Romance`) and the names of summer time (`Romance Daylight Time`) are known, too.
pub fn windows_to_iana(name: &str) -> Option<&'static str> {
    let parse = |name: &str| name.parse::<WindowsTimezone>().ok();
    let stem = name
        .strip_suffix(" Daylight Time")
        .or_else(|| name.strip_suffix(" Summer Time"))
        .unwrap_or(name);
    let zone = parse(name).or_else(|| parse(&format!("{stem} Standard Time")))?;
    let id = zone.tzdb_id();
    let renamed = RENAMED.iter().find(|(old, _)| *old == id);
    Some(renamed.map_or(id, |(_, new)| new))
}

/// The time zone that a TZID names, see [`iana`].
pub fn time_zone(tzid: &str) -> Option<TimeZone> {
    DATABASE.get(&iana(tzid)?).ok()
}

/// IANA names that CLDR keeps in their old spelling.
const RENAMED: [(&str, &str); 10] = [
    ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
    ("America/Godthab", "America/Nuuk"),
    ("America/Indianapolis", "America/Indiana/Indianapolis"),
    ("Asia/Calcutta", "Asia/Kolkata"),
    ("Asia/Katmandu", "Asia/Kathmandu"),
    ("Asia/Rangoon", "Asia/Yangon"),
    ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
    ("Europe/Kiev", "Europe/Kyiv"),
    ("Pacific/Enderbury", "Pacific/Kanton"),
    ("Etc/GMT", "UTC"),
];

/// Names that Microsoft's programs wrote once, or write still, and that CLDR does not list.
const ALIASES: [(&str, &str); 26] = [
    ("tzone://Microsoft/Utc", "UTC"),
    ("Z", "UTC"),
    ("Coordinated Universal Time", "UTC"),
    ("Universal Coordinated Time", "UTC"),
    ("Greenwich Mean Time", "Europe/London"),
    ("Kamchatka Standard Time", "Asia/Kamchatka"),
    ("Mid-Atlantic Standard Time", "Atlantic/South_Georgia"),
    ("Mexico Standard Time", "America/Mexico_City"),
    ("Mexico Standard Time 2", "America/Mazatlan"),
    ("Armenian Standard Time", "Asia/Yerevan"),
    ("Newfoundland", "America/St_Johns"),
    ("Atlantic Time (Canada)", "America/Halifax"),
    ("Eastern Time (US & Canada)", "America/New_York"),
    ("Eastern Time", "America/New_York"),
    ("Central Time (US & Canada)", "America/Chicago"),
    ("Central Time", "America/Chicago"),
    ("Mountain Time (US & Canada)", "America/Denver"),
    ("Mountain Time", "America/Denver"),
    ("Pacific Time (US & Canada)", "America/Los_Angeles"),
    ("Pacific Time (US & Canada); Tijuana", "America/Los_Angeles"),
    ("Pacific Time", "America/Los_Angeles"),
    ("Arizona", "America/Phoenix"),
    ("Alaska", "America/Anchorage"),
    ("Hawaii", "Pacific/Honolulu"),
    ("Saskatchewan", "America/Regina"),
    ("Indiana (East)", "America/Indiana/Indianapolis"),
];

fn alias(name: &str) -> Option<&'static str> {
    let known = |(old, _): &&(&str, &str)| old.eq_ignore_ascii_case(name);
    ALIASES.iter().find(known).map(|(_, new)| *new)
}

/// The name as the database spells it.
fn in_database(name: &str) -> Option<String> {
    if !name.contains('/') && !name.is_ascii() {
        return None;
    }
    let zone = DATABASE.get(name).ok()?;
    let name = zone.iana_name()?;
    (name != "Factory").then(|| name.to_owned())
}

fn at_the_end_of_a_path(name: &str) -> Option<String> {
    let starts = name.match_indices('/').map(|(at, _)| at + 1);
    let ends: Vec<&str> = starts.filter_map(|start| name.get(start..)).collect();
    ends.iter()
        .filter(|end| end.contains('/'))
        .find_map(|end| in_database(end))
}

/// `(UTC+01:00) Brussels, Copenhagen, Madrid, Paris`, with or without what stands in brackets: the first
/// city that the database has, if its offset is the one that the name states.
fn displayed(name: &str) -> Option<String> {
    let (offset, places) = match name.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((inside, places)) => (Some(offset(inside)?), places.trim()),
        None => (None, name),
    };
    let known = alias(places)
        .or_else(|| windows_to_iana(places))
        .and_then(in_database);
    if known.is_some() {
        return known;
    }
    if offset.is_none() && !places.contains(',') {
        return None;
    }
    places.split([',', ';']).find_map(|city| {
        let id = format!("/{}", city.trim().replace(' ', "_"));
        let name = DATABASE
            .available()
            .map(|name| name.to_string())
            .find(|name| name.ends_with(&id) && !name.starts_with("US/"))?;
        offset
            .is_none_or(|offset| stands_at(&name, offset))
            .then_some(name)
    })
}

/// Whether a zone was at this offset, in seconds, in the January or the July of some recent year.
fn stands_at(name: &str, offset: i32) -> bool {
    let Ok(zone) = DATABASE.get(name) else {
        return false;
    };
    [1_263_513_600, 1_279_152_000, 1_705_276_800, 1_721_001_600]
        .into_iter()
        .filter_map(|second| Timestamp::from_second(second).ok())
        .any(|instant| zone.to_offset(instant).seconds() == offset)
}

/// `UTC+01:00`, `GMT-5`, `UTC`: seconds east of Greenwich.
fn offset(text: &str) -> Option<i32> {
    let text = text.trim();
    let rest = text
        .strip_prefix("UTC")
        .or_else(|| text.strip_prefix("GMT"))?
        .trim();
    if rest.is_empty() {
        return Some(0);
    }
    let (sign, digits) = match rest.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-" | "\u{2212}", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace([':', '.'], "");
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let minutes = if digits.len() > 2 {
        number / 100 * 60 + number % 100
    } else {
        number * 60
    };
    Some(sign * minutes * 60)
}

/// `UTC+02:00` as the database names whole hours: `Etc/GMT-2`, whose sign is the other way round.
fn fixed(name: &str) -> Option<String> {
    let seconds = offset(name).filter(|seconds| seconds % 3600 == 0)?;
    match seconds / 3600 {
        0 => Some("UTC".to_owned()),
        hours => in_database(&format!("Etc/GMT{:+}", -hours)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(tzid: &str) -> String {
        iana(tzid).unwrap_or_default()
    }

    #[test]
    fn knows_iana_names_in_any_case() {
        assert_eq!(named("Europe/Paris"), "Europe/Paris");
        assert_eq!(named("europe/paris"), "Europe/Paris");
        assert_eq!(named("Asia/Calcutta"), "Asia/Calcutta");
        assert_eq!(named("UTC"), "UTC");
        assert_eq!(named("Etc/UTC"), "Etc/UTC");
    }

    #[test]
    fn knows_windows_names() {
        assert_eq!(named("Romance Standard Time"), "Europe/Paris");
        assert_eq!(named("W. Europe Standard Time"), "Europe/Berlin");
        assert_eq!(named("Romance Daylight Time"), "Europe/Paris");
        assert_eq!(named("Romance"), "Europe/Paris");
        assert_eq!(named("India Standard Time"), "Asia/Kolkata");
        assert_eq!(named("FLE Standard Time"), "Europe/Kyiv");
        assert_eq!(named("Kamchatka Standard Time"), "Asia/Kamchatka");
        assert_eq!(named("tzone://Microsoft/Utc"), "UTC");
    }

    /// Unicode's own table, as data of this project's facts: every Windows name leads to a zone that keeps
    /// the same time as CLDR's.
    #[test]
    fn every_windows_name_leads_to_a_zone() {
        let table = include_str!("windows_to_iana_001.tsv");
        let mut known = 0;
        for line in table.lines() {
            let (windows, cldr) = line.split_once('\t').unwrap();
            let ours = time_zone(windows).unwrap_or_else(|| panic!("{windows}"));
            let theirs = DATABASE.get(cldr).unwrap();
            for second in (946_684_800..1_900_000_000_i64).step_by(5_000_000) {
                let instant = Timestamp::from_second(second).unwrap();
                assert_eq!(
                    ours.to_offset(instant),
                    theirs.to_offset(instant),
                    "{windows}"
                );
            }
            known += 1;
        }
        assert!(known > 130);
    }

    #[test]
    fn knows_what_outlook_and_exchange_display() {
        for (name, expected) in [
            (
                "(UTC+01:00) Brussels, Copenhagen, Madrid, Paris",
                "Europe/Brussels",
            ),
            (
                "(GMT+01:00) Paris, Madrid, Brussels, Copenhagen",
                "Europe/Paris",
            ),
            (
                "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
                "Europe/Amsterdam",
            ),
            ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
            (
                "(GMT-08:00) Pacific Time (US & Canada); Tijuana",
                "America/Los_Angeles",
            ),
            ("(UTC) Coordinated Universal Time", "UTC"),
            ("Prague, Central Europe", "Europe/Prague"),
            ("UTC+02:00", "Etc/GMT-2"),
            ("GMT-0500", "Etc/GMT+5"),
        ] {
            assert_eq!(named(name), expected, "{name}");
        }
    }

    #[test]
    fn knows_paths() {
        for name in [
            "/mozilla.org/20050126_1/Europe/Paris",
            "/freeassociation.sourceforge.net/Tzfile/Europe/Paris",
            "/citadel.org/20210210_1/Europe/Paris",
        ] {
            assert_eq!(named(name), "Europe/Paris");
        }
        assert_eq!(
            named("/softwarestudio.org/Olson_20011030_5/America/Argentina/Buenos_Aires"),
            "America/Argentina/Buenos_Aires"
        );
    }

    #[test]
    fn leaves_alone_what_it_does_not_know() {
        for name in [
            "Customized Time Zone",
            "tzone://Microsoft/Custom",
            "",
            "Paris",
            "Factory",
            "(UTC+09:00) Paris",
            "é",
            "UTC+01:30",
            "../../etc/passwd",
        ] {
            assert_eq!(iana(name), None, "{name}");
        }
    }
}
