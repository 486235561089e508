//! Names of time zones, and their definitions.

use std::ops::RangeInclusive;

use jiff::tz::TimeZone;

pub fn iana(_tzid: &str) -> Option<String> {
    todo!()
}
pub fn windows_to_iana(_name: &str) -> Option<&'static str> {
    todo!()
}
pub fn time_zone(_tzid: &str) -> Option<TimeZone> {
    todo!()
}
pub fn vtimezone(_tzid: &str, _iana: &str, _years: RangeInclusive<i16>) -> Option<String> {
    todo!()
}
