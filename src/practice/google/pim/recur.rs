//! On which days a recurrence rule falls (RFC 5545, section 3.3.10), for the rules that people make with a
//! calendar on a screen: nothing below a day.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

/// No series goes on for longer than this.
const LAST_YEAR: i16 = 2_200;

/// An `RRULE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    frequency: Frequency,
    interval: i32,
    pub count: Option<usize>,
    /// As it is written: a day, or a time in UTC.
    pub until: Option<String>,
    days: Vec<(i8, Weekday)>,
    month_days: Vec<i8>,
    months: Vec<i8>,
    positions: Vec<i32>,
    week_start: Weekday,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

impl Rule {
    /// Reads what stands behind `RRULE:`. `None`: a rule that this does not know.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut rule = Self {
            frequency: Frequency::Daily,
            interval: 1,
            count: None,
            until: None,
            days: Vec::new(),
            month_days: Vec::new(),
            months: Vec::new(),
            positions: Vec::new(),
            week_start: Weekday::Monday,
        };
        for part in text.split(';') {
            let (name, value) = part.split_once('=')?;
            match name {
                "FREQ" => {
                    rule.frequency = match value {
                        "DAILY" => Frequency::Daily,
                        "WEEKLY" => Frequency::Weekly,
                        "MONTHLY" => Frequency::Monthly,
                        "YEARLY" => Frequency::Yearly,
                        _ => return None,
                    }
                }
                "INTERVAL" => rule.interval = value.parse().ok().filter(|n| *n > 0)?,
                "COUNT" => rule.count = Some(value.parse().ok()?),
                "UNTIL" => rule.until = Some(value.to_owned()),
                "BYDAY" => rule.days = list(value, day)?,
                "BYMONTHDAY" => rule.month_days = list(value, |n| n.parse().ok())?,
                "BYMONTH" => rule.months = list(value, |n| n.parse().ok())?,
                "BYSETPOS" => rule.positions = list(value, |n| n.parse().ok())?,
                "WKST" => rule.week_start = day(value)?.1,
                _ => return None,
            }
        }
        Some(rule)
    }

    /// The days from `start`, which is the first, up to and including `last`; `COUNT` and `UNTIL` are the
    /// caller's matter.
    pub(super) fn days(&self, start: Date, last: Date) -> Vec<Date> {
        let mut found = Vec::new();
        for number in 0.. {
            let Some((period, first)) = self.period(start, number) else {
                break;
            };
            if first > last || first.year() > LAST_YEAR {
                break;
            }
            let days = self.positioned(period);
            found.extend(days.into_iter().filter(|day| (start..=last).contains(day)));
        }
        found
    }

    /// The candidates of the nth period, in order, and the period's first day.
    fn period(&self, start: Date, number: i32) -> Option<(Vec<Date>, Date)> {
        let step = number.checked_mul(self.interval)?;
        match self.frequency {
            Frequency::Daily => {
                let date = start.checked_add(step.days()).ok()?;
                let fits = self.fits_month(date)
                    && self.fits_month_day(date)
                    && (self.days.is_empty() || self.days.iter().any(|d| d.1 == date.weekday()));
                Some((fits.then_some(date).into_iter().collect(), date))
            }
            Frequency::Weekly => {
                let back = i32::from(start.weekday().since(self.week_start));
                let first = start.checked_sub(back.days()).ok()?;
                let first = first.checked_add(step.checked_mul(7)?.days()).ok()?;
                let week = (0..7).filter_map(|n| first.checked_add(n.days()).ok());
                let wanted = |date: &Date| match self.days.is_empty() {
                    true => date.weekday() == start.weekday(),
                    false => self.days.iter().any(|day| day.1 == date.weekday()),
                };
                let days = week.filter(|date| self.fits_month(*date)).filter(wanted);
                Some((days.collect(), first))
            }
            Frequency::Monthly => {
                let first = start.first_of_month().checked_add(step.months()).ok()?;
                let days = match self.fits_month(first) {
                    true => self.of_month(first, start),
                    false => Vec::new(),
                };
                Some((days, first))
            }
            Frequency::Yearly => {
                let first = start.first_of_year().checked_add(step.years()).ok()?;
                Some((self.of_year(first, start), first))
            }
        }
    }

    fn of_month(&self, first: Date, start: Date) -> Vec<Date> {
        if self.days.is_empty() && self.month_days.is_empty() {
            return first.with().day(start.day()).build().into_iter().collect();
        }
        let all =
            (0..first.days_in_month()).filter_map(|n| first.checked_add(i32::from(n).days()).ok());
        all.filter(|date| self.month_days.is_empty() || self.fits_month_day(*date))
            .filter(|date| self.days.is_empty() || self.fits_day_of_month(*date))
            .collect()
    }

    fn of_year(&self, first: Date, start: Date) -> Vec<Date> {
        let by_month = !self.months.is_empty();
        if !by_month && !self.days.is_empty() && self.month_days.is_empty() {
            // Weekdays of the whole year, counted through the year.
            let all = (0..first.days_in_year())
                .filter_map(|n| first.checked_add(i32::from(n).days()).ok());
            return all.filter(|date| self.fits_day_of_year(*date)).collect();
        }
        let months: Vec<i8> = match by_month {
            true => self.months.clone(),
            false if !self.month_days.is_empty() => (1..=12).collect(),
            false => vec![start.month()],
        };
        months
            .into_iter()
            .filter_map(|month| first.with().month(month).build().ok())
            .flat_map(|month| self.of_month(month, start))
            .collect()
    }

    fn positioned(&self, days: Vec<Date>) -> Vec<Date> {
        if self.positions.is_empty() {
            return days;
        }
        let length = i32::try_from(days.len()).unwrap_or(0);
        let mut places: Vec<usize> = self
            .positions
            .iter()
            .map(|place| {
                if *place > 0 {
                    place - 1
                } else {
                    length + place
                }
            })
            .filter_map(|place| usize::try_from(place).ok())
            .collect();
        places.sort_unstable();
        places.dedup();
        places
            .iter()
            .filter_map(|place| days.get(*place).copied())
            .collect()
    }

    fn fits_month(&self, date: Date) -> bool {
        self.months.is_empty() || self.months.contains(&date.month())
    }

    fn fits_month_day(&self, date: Date) -> bool {
        let from_end = date.day() - date.days_in_month() - 1;
        self.month_days.is_empty()
            || self
                .month_days
                .iter()
                .any(|day| [date.day(), from_end].contains(day))
    }

    fn fits_day_of_month(&self, date: Date) -> bool {
        let from_start = (date.day() - 1) / 7 + 1;
        let from_end = -((date.days_in_month() - date.day()) / 7 + 1);
        self.fits_ordinal(date, i16::from(from_start), i16::from(from_end))
    }

    fn fits_day_of_year(&self, date: Date) -> bool {
        let from_start = (date.day_of_year() - 1) / 7 + 1;
        let from_end = -((date.days_in_year() - date.day_of_year()) / 7 + 1);
        self.fits_ordinal(date, from_start, from_end)
    }

    fn fits_ordinal(&self, date: Date, from_start: i16, from_end: i16) -> bool {
        self.days.iter().any(|(ordinal, day)| {
            let ordinal = i16::from(*ordinal);
            *day == date.weekday() && [0, from_start, from_end].contains(&ordinal)
        })
    }
}

fn list<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(read).collect()
}

/// `TH`, `-1FR`
fn day(text: &str) -> Option<(i8, Weekday)> {
    let (ordinal, name) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let weekday = match name {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    let ordinal = match ordinal {
        "" => 0,
        number => number.trim_start_matches('+').parse().ok()?,
    };
    Some((ordinal, weekday))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(rule: &str, start: &str, last: &str) -> String {
        let rule = Rule::parse(rule).unwrap();
        let days = rule.days(start.parse().unwrap(), last.parse().unwrap());
        let text: Vec<String> = days
            .iter()
            .map(|d| d.strftime("%m%d").to_string())
            .collect();
        text.join(" ")
    }

    /// The examples are those of RFC 5545, section 3.8.5.3, with the results that it gives.
    #[test]
    fn falls_on_the_days_of_the_standards_examples() {
        for (rule, start, last, expected) in [
            (
                "FREQ=DAILY;INTERVAL=10",
                "1997-09-02",
                "1997-10-15",
                "0902 0912 0922 1002 1012",
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
                "1997-09-02",
                "1997-10-20",
                "0902 0916 0930 1014",
            ),
            (
                "FREQ=WEEKLY;WKST=SU;BYDAY=TU,TH",
                "1997-09-02",
                "1997-09-20",
                "0902 0904 0909 0911 0916 0918",
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO",
                "1997-08-05",
                "1997-08-25",
                "0805 0810 0819 0824",
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU",
                "1997-08-05",
                "1997-09-01",
                "0805 0817 0819 0831",
            ),
            (
                "FREQ=MONTHLY;BYDAY=1FR",
                "1997-09-05",
                "1997-12-31",
                "0905 1003 1107 1205",
            ),
            (
                "FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU",
                "1997-09-07",
                "1997-12-31",
                "0907 0928 1102 1130",
            ),
            (
                "FREQ=MONTHLY;BYDAY=-2MO",
                "1997-09-22",
                "1997-12-31",
                "0922 1020 1117 1222",
            ),
            (
                "FREQ=MONTHLY;BYMONTHDAY=-3",
                "1997-09-28",
                "1997-12-31",
                "0928 1029 1128 1229",
            ),
            (
                "FREQ=MONTHLY;BYMONTHDAY=15,-1",
                "1997-09-15",
                "1997-11-30",
                "0915 0930 1015 1031 1115 1130",
            ),
            (
                "FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3",
                "1997-09-04",
                "1997-12-31",
                "0904 1007 1106 1204",
            ),
            (
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
                "1997-09-29",
                "1997-12-31",
                "0929 1030 1127 1230",
            ),
            (
                "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
                "1998-02-13",
                "1998-12-31",
                "0213 0313 1113",
            ),
            (
                "FREQ=YEARLY;BYMONTH=6,7",
                "1997-06-10",
                "1998-12-31",
                "0610 0710 0610 0710",
            ),
            (
                "FREQ=YEARLY;BYDAY=20MO",
                "1997-05-19",
                "1999-12-31",
                "0519 0518 0517",
            ),
            (
                "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
                "1997-03-13",
                "1997-12-31",
                "0313 0320 0327",
            ),
            (
                "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
                "1996-11-05",
                "2004-12-31",
                "1105 1107 1102",
            ),
        ] {
            assert_eq!(days(rule, start, last), expected, "{rule}");
        }
    }

    #[test]
    fn a_day_that_a_month_does_not_have_is_left_out() {
        assert_eq!(
            days("FREQ=MONTHLY", "2026-01-31", "2026-07-01"),
            "0131 0331 0531"
        );
        assert_eq!(
            days("FREQ=YEARLY", "2024-02-29", "2033-01-01"),
            "0229 0229 0229"
        );
    }
}
