use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::pim::zones::check::Definition;
use crate::pim::zones::time_zone;

/// Zones of every shape: both hemispheres, half an hour of summer time, summer time in winter, Ramadan,
/// none at all, an offset of seconds, rules that changed, days that were left out.
const ZONES: [&str; 24] = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Amman",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kolkata",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Dublin",
    "Europe/London",
    "Europe/Moscow",
    "Europe/Paris",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "UTC",
];

fn agrees(vtimezone: &[u8], zone: &TimeZone, years: &RangeInclusive<i16>) -> bool {
    let (first, last) = (
        new_year(*years.start()).unwrap(),
        new_year(years.end() + 1).unwrap(),
    );
    let last = last.checked_sub(SignedDuration::from_secs(1)).unwrap();
    crate::pim::zones::agrees(vtimezone, zone, first, last)
}

/// The definition as ical-rs reads it says what the database says, at and around every change.
fn is_right(zone: &str, made_for: RangeInclusive<i16>, asked: RangeInclusive<i16>) -> bool {
    let text = vtimezone("Any; name, at all", zone, made_for).unwrap();
    agrees(text.as_bytes(), &time_zone(zone).unwrap(), &asked)
}

#[test]
fn says_what_the_database_says() {
    for zone in ZONES {
        assert!(is_right(zone, 1975..=2040, 1975..=2040), "{zone}");
        assert!(is_right(zone, 2020..=2030, 2020..=2030), "{zone}");
        assert!(is_right(zone, 2026..=2026, 2026..=2026), "{zone}");
        assert!(is_right(zone, 1900..=1950, 1900..=1950), "{zone}");
    }
}

/// A weekly meeting has no end: what was made for one year holds for fifty.
#[test]
fn rules_that_hold_go_on_for_ever() {
    for zone in [
        "Europe/Paris",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/Santiago",
        "Asia/Jerusalem",
        "Africa/Cairo",
    ] {
        assert!(is_right(zone, 2026..=2026, 2026..=2076), "{zone}");
    }
}

#[test]
fn is_as_short_as_people_expect() {
    let paris = vtimezone("Romance Standard Time", "Europe/Paris", 2024..=2024).unwrap();
    assert_eq!(
        paris,
        "BEGIN:VTIMEZONE\r\nTZID:Romance Standard Time\r\nX-LIC-LOCATION:Europe/Paris\r\n\
         BEGIN:STANDARD\r\nTZNAME:CET\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nDTSTART:20231029T030000\r\n\
         RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\n\
         BEGIN:DAYLIGHT\r\nTZNAME:CEST\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nDTSTART:20240331T020000\r\n\
         RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
    );
    let new_york = vtimezone("America/New_York", "America/New_York", 2006..=2030).unwrap();
    assert!(
        new_york.contains("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\n"),
        "{new_york}"
    );
    assert!(
        new_york.contains("DTSTART:20060402T020000\r\n"),
        "{new_york}"
    );
    let jerusalem = vtimezone("Asia/Jerusalem", "Asia/Jerusalem", 2026..=2026).unwrap();
    assert!(
        jerusalem.contains("BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29"),
        "{jerusalem}"
    );
    let dublin = vtimezone("Europe/Dublin", "Europe/Dublin", 2026..=2026).unwrap();
    let summer = dublin.split("BEGIN:DAYLIGHT").nth(1).unwrap();
    assert!(
        summer.contains("TZNAME:IST") && summer.contains("TZOFFSETTO:+0100"),
        "{dublin}"
    );
    let kolkata = vtimezone("Asia/Kolkata", "Asia/Kolkata", 2026..=2026).unwrap();
    assert_eq!(kolkata.matches("BEGIN:STANDARD").count(), 1);
    assert!(kolkata.contains("DTSTART:19700101T000000\r\n") && !kolkata.contains("RRULE"));
    let casablanca = vtimezone("Africa/Casablanca", "Africa/Casablanca", 2012..=2025).unwrap();
    assert!(casablanca.matches("RDATE").count() > 20, "{casablanca}");
}

#[test]
fn names_are_escaped_and_unknown_zones_refused() {
    let text = vtimezone(
        "(UTC+01:00) Brussels, Paris",
        "Europe/Brussels",
        2026..=2026,
    )
    .unwrap();
    assert!(text.contains("TZID:(UTC+01:00) Brussels\\, Paris\r\n"));
    assert_eq!(vtimezone("Mars/Olympus", "Mars/Olympus", 2026..=2026), None);
}

#[test]
fn tells_wrong_definitions_from_right_ones() {
    let paris = time_zone("Europe/Paris").unwrap();
    let right = vtimezone("Europe/Paris", "Europe/Paris", 2020..=2030).unwrap();
    let years = 2024..=2030;
    assert!(agrees(right.as_bytes(), &paris, &years));
    for (from, to) in [
        ("BYMONTH=3", "BYMONTH=4"),
        ("TZOFFSETTO:+0200", "TZOFFSETTO:+0300"),
        ("T020000", "T030000"),
        ("BYDAY=-1SU", "BYDAY=2SU"),
        ("FREQ=YEARLY", "FREQ=SECONDLY"),
        ("TZOFFSETFROM", "X-NOTHING"),
    ] {
        let wrong = right.replace(from, to);
        assert!(!agrees(wrong.as_bytes(), &paris, &years), "{wrong}");
    }
    // Outlook's begins in the year 1601 and is right for today.
    let outlook = "BEGIN:VTIMEZONE\r\nTZID:Romance Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16011028T030000\r\n\
        RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n\
        BEGIN:DAYLIGHT\r\nDTSTART:16010325T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nTZOFFSETFROM:+0100\r\n\
        TZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";
    assert!(agrees(outlook.as_bytes(), &paris, &years));
    assert!(!agrees(outlook.as_bytes(), &paris, &(1990..=1995)));
}

#[test]
fn finds_the_instant_of_a_local_time() {
    let text = vtimezone("x", "Europe/Paris", 2024..=2026).unwrap();
    let definition = Definition::read(text.as_bytes(), 2026).unwrap();
    let paris = time_zone("Europe/Paris").unwrap();
    for (month, day, hour, minute) in [
        (1, 15, 18, 0),
        (7, 15, 18, 0),
        (3, 31, 2, 30),
        (10, 27, 2, 30),
        (3, 31, 3, 0),
        (10, 27, 3, 0),
        (12, 31, 23, 59),
    ] {
        let local = date(2024, month, day).at(hour, minute, 0, 0);
        let expected = paris.to_timestamp(local).unwrap().as_second();
        let seconds = TimeZone::UTC.to_timestamp(local).unwrap().as_second();
        assert_eq!(definition.instant(seconds), expected, "{local}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_zone_of_any_years_is_right(number in 0usize..600, first in 1890i16..2060, span in 0i16..60) {
        let names: Vec<String> = DATABASE.available().map(|name| name.to_string()).collect();
        let name = &names[number % names.len()];
        prop_assume!(name != "Factory");
        let years = first..=first + span;
        prop_assert!(is_right(name, years.clone(), years), "{}", name);
    }
}
