use super::super::agenda::{self, Files};
use super::*;

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The starts in 2026 of the fixed series of this name, by its own wall clock.
fn starts(name: &str) -> Vec<String> {
    let all = agenda::calendars(7, &Files::default());
    let series = all
        .iter()
        .flat_map(|(_, series)| series)
        .find(|series| series.events[0].summary.as_deref() == Some(name))
        .unwrap_or_else(|| panic!("{name}"));
    let year = series.occurrences(
        instant("2026-01-01T00:00:00Z"),
        instant("2027-01-01T00:00:00Z"),
    );
    year.iter()
        .map(|one| match &one.start {
            Moment::Day(day) => day.strftime("%m%d").to_string(),
            Moment::At { .. } => one.start.instant().strftime("%m%dT%H%MZ").to_string(),
        })
        .collect()
}

#[test]
fn a_weekly_series_keeps_its_hour_and_has_its_exceptions() {
    let starts = starts("Distribution des paniers");
    // 53 Thursdays; the first is cancelled, and the last of 2025 was.
    assert_eq!(starts.len(), 52);
    assert!(starts.contains(&"0108T1700Z".to_owned()), "18:00 in winter");
    assert!(starts.contains(&"0402T1600Z".to_owned()), "18:00 in summer");
    assert!(!starts.contains(&"0514T1600Z".to_owned()), "moved");
    assert!(starts.contains(&"0513T1530Z".to_owned()));
    // On the day of each change, after it.
    assert!(starts.contains(&"0329T0800Z".to_owned()));
    assert!(starts.contains(&"1025T0900Z".to_owned()));
}

#[test]
fn dates_take_part_and_are_taken_out() {
    assert_eq!(
        starts("Ateliers de l'hiver"),
        ["0110T1400Z", "0207T1400Z", "0418T1300Z"]
    );
    assert_eq!(starts("Jours de marché"), ["0502", "0509", "0523"]);
    let choir = starts("Chorale");
    assert!(!choir.contains(&"0217T1900Z".to_owned()));
    assert!(!choir.contains(&"0505T1800Z".to_owned()));
    assert_eq!(choir.last().unwrap(), "0718T1800Z");
}

#[test]
fn ends_are_counted_from_the_start() {
    assert_eq!(starts("Arrosage de la serre").len(), 45);
    assert_eq!(
        starts("Apéro").last().unwrap(),
        "1030T1800Z",
        "the last one is exactly at the end"
    );
    assert_eq!(starts("Semaine du bio"), ["0601", "1208"]);
    assert_eq!(starts("Loyer").len(), 7);
    // Until April; February is cancelled.
    assert_eq!(starts("Garde du potager").len(), 31 + 31 + 30);
    // A time that the clock leaves out is the one after it.
    assert_eq!(
        starts("Grand ménage"),
        ["0329T0130Z", "0330T0030Z", "0331T0030Z"]
    );
}

#[test]
fn identifiers_tell_the_series() {
    let all = agenda::calendars(7, &Files::default());
    for (_, series) in &all {
        for one in series {
            for event in &one.events {
                assert_eq!(event.series_id(), one.id());
            }
        }
    }
    let all = all.iter().flat_map(|(_, series)| series);
    let mut ids: Vec<&str> = all.map(Series::id).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    // One lies in two calendars.
    assert_eq!(ids.len(), count - 1);
}
