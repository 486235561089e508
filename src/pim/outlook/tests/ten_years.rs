//! Ten years of every pattern, in four time zones, held against the practice server's `instances`.

use super::*;

const ZONES: [(&str, &str); 4] = [
    ("Romance Standard Time", "Europe/Paris"),
    ("Eastern Standard Time", "America/New_York"),
    ("AUS Eastern Standard Time", "Australia/Sydney"),
    ("India Standard Time", "Asia/Kolkata"),
];

const INDICES: [&str; 5] = ["first", "second", "third", "fourth", "last"];

/// Every pattern of the mapping table; fields that do not count are there, too, as Graph gives them.
fn patterns() -> Vec<Value> {
    let mut all = Vec::new();
    let mut add = |kind: &str,
                   interval: i64,
                   month: i64,
                   day: i64,
                   days: &[&str],
                   week: &str,
                   index: &str| {
        all.push(
            json!({"type": kind, "interval": interval, "month": month, "dayOfMonth": day,
            "daysOfWeek": days, "firstDayOfWeek": week, "index": index}),
        );
    };
    let workdays = ["monday", "tuesday", "wednesday", "thursday", "friday"];
    let weekend = ["saturday", "sunday"];
    let every = [
        "sunday",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
    ];
    for interval in [1, 2, 3, 10] {
        add("daily", interval, 0, 0, &[], "sunday", "first");
        for week in ["sunday", "monday", "saturday"] {
            add(
                "weekly",
                interval,
                0,
                0,
                &["sunday", "tuesday"],
                week,
                "first",
            );
            add("weekly", interval, 0, 0, &["thursday"], week, "first");
            add("weekly", interval, 0, 0, &workdays, week, "first");
        }
    }
    for interval in [1, 2, 5, 12] {
        for day in [1, 15, 28, 29, 30, 31] {
            add("absoluteMonthly", interval, 0, day, &[], "sunday", "first");
        }
        for index in INDICES {
            for days in [&["monday"][..], &["friday"], &workdays, &weekend, &every] {
                add("relativeMonthly", interval, 0, 0, days, "sunday", index);
            }
        }
    }
    for interval in [1, 2, 4] {
        for (month, day) in [
            (2, 28),
            (2, 29),
            (2, 30),
            (3, 29),
            (4, 31),
            (6, 30),
            (12, 31),
            (1, 1),
        ] {
            add(
                "absoluteYearly",
                interval,
                month,
                day,
                &[],
                "sunday",
                "first",
            );
        }
        for index in INDICES {
            for (month, days) in [
                (2, &["monday"][..]),
                (3, &["sunday"]),
                (11, &workdays),
                (10, &every),
            ] {
                add("relativeYearly", interval, month, 0, days, "sunday", index);
            }
        }
    }
    all
}

fn ranges() -> [Value; 3] {
    [
        json!({"type": "noEnd", "endDate": "0001-01-01", "numberOfOccurrences": 0}),
        json!({"type": "endDate", "endDate": "2030-03-31", "numberOfOccurrences": 0}),
        json!({"type": "numbered", "endDate": "0001-01-01", "numberOfOccurrences": 7}),
    ]
}

#[test]
fn every_pattern_takes_place_when_the_practice_server_says() {
    let starts = [
        date(2024, 1, 31).at(18, 0, 0, 0),
        date(2025, 3, 12).at(2, 30, 0, 0),
    ];
    let mut compared = 0;
    for (number, pattern) in patterns().iter().enumerate() {
        for (windows, name) in ZONES {
            let zone = zones::time_zone(name).unwrap();
            // Each pattern meets each zone; starts and ends take turns.
            let start = starts[number % starts.len()];
            for range in [&ranges()[0], &ranges()[1 + number % 2]] {
                compared += compare(pattern, range, start, windows, &zone);
            }
        }
    }
    assert!(compared > 100_000, "{compared}");
}

/// Compares one series for ten years, as it is told in UTC.
fn compare(
    pattern: &Value,
    range: &Value,
    start: DateTime,
    windows: &str,
    zone: &TimeZone,
) -> usize {
    let from = zone.to_timestamp(start).unwrap();
    let to = zone
        .to_timestamp(
            start
                .date()
                .with()
                .year(start.year() + 10)
                .day(1)
                .build()
                .unwrap()
                .at(0, 0, 0, 0),
        )
        .unwrap();
    let told = |instant: Timestamp| json!({"dateTime": format!("{}.0000000", TimeZone::UTC.to_datetime(instant)), "timeZone": "UTC"});
    let mut range = range.clone();
    range["startDate"] = json!(start.date().to_string());
    range["recurrenceTimeZone"] = json!(windows);
    let event = json!({
        "id": "A", "iCalUId": "a", "type": "seriesMaster", "subject": "S", "start": told(from),
        "end": told(from + jiff::SignedDuration::from_mins(50)), "originalStartTimeZone": windows, "originalEndTimeZone": windows,
        "recurrence": {"pattern": pattern, "range": range}
    });
    let made = from_event(&event, None).unwrap();
    let ours: Vec<Timestamp> = occurrences(&made.text, from, to, zone)
        .unwrap()
        .into_iter()
        .map(|occurrence| occurrence.start)
        .collect();
    let theirs: Vec<Timestamp> = instances(pattern, &range, start, zone, to)
        .into_iter()
        .map(|instance| instance.start)
        .collect();
    let shown = String::from_utf8_lossy(&made.text);
    assert_eq!(ours, theirs, "{pattern} {range} {windows}\n{shown}");
    ours.len()
}
