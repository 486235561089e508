//! `VTIMEZONE`s as Google writes them: the rules of today, as if they had always held.

use jiff::Timestamp;

use super::ics::Writer;
use super::moment::time_zone;

/// A zone that changes its clock: offsets from UTC in minutes, and when it changes, by the wall clock.
struct Zone {
    name: &'static str,
    standard: (i32, &'static str, Change),
    daylight: (i32, &'static str, Change),
}

/// First change after the beginning of 1970, month, and weekday of the month.
type Change = (&'static str, u8, &'static str);

const EUROPE_SUMMER: Change = ("19700329T020000", 3, "-1SU");
const EUROPE_WINTER: Change = ("19701025T030000", 10, "-1SU");
const AMERICA_SUMMER: Change = ("19700308T020000", 3, "2SU");
const AMERICA_WINTER: Change = ("19701101T020000", 11, "1SU");

const ZONES: [Zone; 5] = [
    Zone {
        name: "Europe/Paris",
        standard: (60, "GMT+1", EUROPE_WINTER),
        daylight: (120, "GMT+2", EUROPE_SUMMER),
    },
    Zone {
        name: "Europe/London",
        standard: (0, "GMT", ("19701025T020000", 10, "-1SU")),
        daylight: (60, "GMT+1", ("19700329T010000", 3, "-1SU")),
    },
    Zone {
        name: "America/New_York",
        standard: (-300, "EST", AMERICA_WINTER),
        daylight: (-240, "EDT", AMERICA_SUMMER),
    },
    Zone {
        name: "America/Montreal",
        standard: (-300, "EST", AMERICA_WINTER),
        daylight: (-240, "EDT", AMERICA_SUMMER),
    },
    Zone {
        name: "Pacific/Auckland",
        standard: (720, "GMT+12", ("19700405T030000", 4, "1SU")),
        daylight: (780, "GMT+13", ("19700927T020000", 9, "-1SU")),
    },
];

pub(super) fn write(name: &str, out: &mut Writer) {
    out.line("BEGIN:VTIMEZONE");
    out.line(&format!("TZID:{name}"));
    out.line(&format!("X-LIC-LOCATION:{name}"));
    match ZONES.iter().find(|zone| zone.name == name) {
        Some(zone) => {
            part("DAYLIGHT", zone.standard.0, &zone.daylight, out);
            part("STANDARD", zone.daylight.0, &zone.standard, out);
        }
        None => {
            let at = Timestamp::from_second(1_767_225_600).unwrap_or_default();
            let minutes = time_zone(name).to_offset(at).seconds() / 60;
            let hours = minutes / 60;
            out.line("BEGIN:STANDARD");
            out.line(&format!("TZOFFSETFROM:{}", offset(minutes)));
            out.line(&format!("TZOFFSETTO:{}", offset(minutes)));
            out.line(&format!("TZNAME:GMT{hours:+}"));
            out.line("DTSTART:19700101T000000");
            out.line("END:STANDARD");
        }
    }
    out.line("END:VTIMEZONE");
}

fn part(kind: &str, from: i32, to: &(i32, &str, Change), out: &mut Writer) {
    let (minutes, name, (start, month, day)) = to;
    out.line(&format!("BEGIN:{kind}"));
    out.line(&format!("TZOFFSETFROM:{}", offset(from)));
    out.line(&format!("TZOFFSETTO:{}", offset(*minutes)));
    out.line(&format!("TZNAME:{name}"));
    out.line(&format!("DTSTART:{start}"));
    out.line(&format!("RRULE:FREQ=YEARLY;BYMONTH={month};BYDAY={day}"));
    out.line(&format!("END:{kind}"));
}

fn offset(minutes: i32) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}{:02}", minutes.abs() / 60, minutes.abs() % 60)
}
