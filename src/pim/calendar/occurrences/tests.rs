use jiff::civil::date;

use super::*;

fn zone(name: &str) -> TimeZone {
    zones::time_zone(name).unwrap()
}

fn object(events: &[&str]) -> String {
    let events: String = events
        .iter()
        .map(|lines| format!("BEGIN:VEVENT\r\nUID:1\r\n{lines}END:VEVENT\r\n"))
        .collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The starts between two instants, on the clock of Paris.
fn starts(text: &str, from: &str, to: &str) -> Vec<String> {
    let paris = zone("Europe/Paris");
    let found = occurrences(text.as_bytes(), at(from), at(to), &paris).unwrap();
    found
        .iter()
        .map(|one| paris.to_datetime(one.start).to_string())
        .collect()
}

/// The meeting at 18:00 stays at 18:00, whatever the clock does in ten years: in the zone's own database, and
/// in the definition that the object carries.
#[test]
fn six_o_clock_is_six_o_clock_for_ten_years() {
    for name in [
        "Europe/Paris",
        "Europe/Dublin",
        "Africa/Casablanca",
        "America/New_York",
        "Australia/Lord_Howe",
        "Australia/Sydney",
        "Australia/Adelaide",
        "America/Santiago",
    ] {
        let series = object(&[&format!(
            "DTSTAMP:20160101T000000Z\r\nDTSTART;TZID={name}:20160104T180000\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY\r\n"
        )]);
        let prepared = crate::pim::calendar::prepare(series.as_bytes())
            .unwrap()
            .text;
        // Under a name that nobody knows, only the definition in the object says what the clock does.
        let unknown = String::from_utf8(prepared).unwrap();
        let unknown = unknown.replace(&format!("TZID:{name}"), "TZID:Customized Time Zone");
        let unknown = unknown.replace(&format!("TZID={name}"), "TZID=Customized Time Zone");
        let (from, to) = (at("2016-01-10T00:00:00Z"), at("2026-01-10T00:00:00Z"));
        let expected = occurrences(series.as_bytes(), from, to, &TimeZone::UTC).unwrap();
        let defined = occurrences(unknown.as_bytes(), from, to, &TimeZone::UTC).unwrap();
        assert_eq!(expected.len(), 3653);
        assert_eq!(expected, defined, "{name}");
        let local = zone(name);
        for one in &expected {
            let start = local.to_datetime(one.start);
            assert_eq!((start.hour(), start.minute()), (18, 0), "{name} {start}");
            assert_eq!(
                one.end.duration_since(one.start),
                SignedDuration::from_hours(1)
            );
        }
    }
}

#[test]
fn exceptions_move_cancel_and_leave_out() {
    let text = object(&[
        "DTSTART;TZID=Europe/Paris:20240101T180000\r\nDTEND;TZID=Europe/Paris:20240101T190000\r\nRRULE:FREQ=WEEKLY;UNTIL=20240226T170000Z\r\nEXDATE;TZID=Europe/Paris:20240108T180000\r\nEXDATE:20240219T170000Z\r\nRDATE;TZID=Europe/Paris:20240103T090000\r\nSUMMARY:a\r\n",
        "RECURRENCE-ID;TZID=Europe/Paris:20240115T180000\r\nDTSTART;TZID=America/New_York:20240116T120000\r\nSUMMARY:b\r\n",
        "RECURRENCE-ID:20240122T170000Z\r\nDTSTART;TZID=Europe/Paris:20240122T180000\r\nSTATUS:CANCELLED\r\n",
        "RECURRENCE-ID;TZID=Europe/Paris:20240205T180000\r\nDTSTART;TZID=Europe/Paris:20241225T180000\r\nSUMMARY:far\r\n",
    ]);
    assert_eq!(
        starts(&text, "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        [
            "2024-01-01T18:00:00",
            "2024-01-03T09:00:00",
            "2024-01-16T18:00:00",
            "2024-01-22T18:00:00",
            "2024-01-29T18:00:00",
            "2024-02-12T18:00:00",
            "2024-02-26T18:00:00",
            "2024-12-25T18:00:00",
        ]
    );
    // What was moved into a window is in it, what was moved out is not.
    assert_eq!(
        starts(&text, "2024-12-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        ["2024-12-25T18:00:00"]
    );
    assert_eq!(
        starts(&text, "2024-02-05T00:00:00Z", "2024-02-06T00:00:00Z"),
        Vec::<String>::new()
    );
    let found = occurrences(
        text.as_bytes(),
        at("2024-01-15T00:00:00Z"),
        at("2024-01-23T00:00:00Z"),
        &TimeZone::UTC,
    )
    .unwrap();
    let told: Vec<_> = found
        .iter()
        .map(|one| (one.summary.as_str(), one.cancelled, one.id))
        .collect();
    assert_eq!(
        told,
        [
            ("b", false, date(2024, 1, 15).at(18, 0, 0, 0)),
            ("", true, date(2024, 1, 22).at(18, 0, 0, 0))
        ]
    );
}

#[test]
fn this_and_future_changes_all_that_follow() {
    let text = object(&[
        "DTSTART:20240101T100000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=4\r\nSUMMARY:a\r\n",
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20240103T100000Z\r\nDTSTART:20240103T120000Z\r\nDURATION:PT2H\r\nSUMMARY:b\r\n",
    ]);
    let found = occurrences(
        text.as_bytes(),
        at("2024-01-01T00:00:00Z"),
        at("2025-01-01T00:00:00Z"),
        &TimeZone::UTC,
    )
    .unwrap();
    let told: Vec<String> = found
        .iter()
        .map(|one| format!("{} {} {}", one.start, one.end, one.summary))
        .collect();
    assert_eq!(
        told,
        [
            "2024-01-01T10:00:00Z 2024-01-01T11:00:00Z a",
            "2024-01-02T10:00:00Z 2024-01-02T11:00:00Z a",
            "2024-01-03T12:00:00Z 2024-01-03T14:00:00Z b",
            "2024-01-04T12:00:00Z 2024-01-04T14:00:00Z b",
        ]
    );
}

#[test]
fn days_and_floating_times_are_read_where_one_is() {
    let day = object(&["DTSTART;VALUE=DATE:20240330\r\nDTEND;VALUE=DATE:20240401\r\n"]);
    for name in ["Europe/Paris", "America/New_York"] {
        let zone = zone(name);
        let found = occurrences(
            day.as_bytes(),
            at("2024-03-01T00:00:00Z"),
            at("2024-05-01T00:00:00Z"),
            &zone,
        )
        .unwrap();
        let [one] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert!(one.all_day);
        assert_eq!(
            zone.to_datetime(one.start),
            date(2024, 3, 30).at(0, 0, 0, 0)
        );
        assert_eq!(zone.to_datetime(one.end), date(2024, 4, 1).at(0, 0, 0, 0));
    }
    let floating = object(&["DTSTART:20240701T070000\r\nRRULE:FREQ=DAILY;COUNT=2\r\n"]);
    assert_eq!(
        starts(&floating, "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        ["2024-07-01T07:00:00", "2024-07-02T07:00:00"]
    );
}

#[test]
fn a_time_that_the_clock_jumps_over_comes_later() {
    let text =
        object(&["DTSTART;TZID=Europe/Paris:20240330T023000\r\nRRULE:FREQ=DAILY;COUNT=3\r\n"]);
    assert_eq!(
        starts(&text, "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        [
            "2024-03-30T02:30:00",
            "2024-03-31T03:30:00",
            "2024-04-01T02:30:00"
        ]
    );
}

#[test]
fn what_is_under_way_counts_and_what_is_over_does_not() {
    let text = object(&["DTSTART:20240101T100000Z\r\nDTEND:20240101T120000Z\r\n"]);
    let count = |from: &str, to: &str| {
        occurrences(text.as_bytes(), at(from), at(to), &TimeZone::UTC)
            .unwrap()
            .len()
    };
    assert_eq!(count("2024-01-01T11:00:00Z", "2024-01-01T11:30:00Z"), 1);
    assert_eq!(count("2024-01-01T12:00:00Z", "2024-01-01T13:00:00Z"), 0);
    assert_eq!(count("2024-01-01T09:00:00Z", "2024-01-01T10:00:00Z"), 0);
}

#[test]
fn tasks_orphans_and_what_never_ends() {
    let task = "BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nUID:1\r\nDUE;VALUE=DATE:20240301\r\nEND:VTODO\r\nEND:VCALENDAR\r\n";
    assert_eq!(
        starts(task, "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        ["2024-03-01T00:00:00"]
    );
    let dateless = task.replace("DUE;VALUE=DATE:20240301\r\n", "");
    assert_eq!(
        starts(&dateless, "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        Vec::<String>::new()
    );
    let orphan = object(&["RECURRENCE-ID:20240101T100000Z\r\nDTSTART:20240102T100000Z\r\n"]);
    assert_eq!(
        starts(&orphan, "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        ["2024-01-02T11:00:00"]
    );
    let endless = object(&["DTSTART:20000101T100000Z\r\nRRULE:FREQ=SECONDLY\r\n"]);
    let error = occurrences(
        endless.as_bytes(),
        at("2024-01-01T00:00:00Z"),
        at("2024-01-02T00:00:00Z"),
        &TimeZone::UTC,
    );
    assert_eq!(error.unwrap_err().reason, Defect::Rule);
}
