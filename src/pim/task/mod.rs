//! Tasks that are not iCalendar at their source.

pub mod google;
