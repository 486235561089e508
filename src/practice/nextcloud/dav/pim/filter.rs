//! The filters of `calendar-query` and `addressbook-query`, as far as clients use them: by component, by
//! property, by text, by time.

use super::super::super::answer::{DavError, DavResult};
use super::super::super::vobject::{Component, last_occurrence, parse, parse_time};
use super::super::xml::{CALDAV, CARDDAV, Element};

/// What must hold of an object.
#[derive(Debug)]
pub enum Filter {
    Everything,
    Calendar(Part),
    Card { tests: Vec<PropTest>, all: bool },
}

/// What must hold of a component.
#[derive(Debug)]
pub struct Part {
    name: String,
    absent: bool,
    /// Seconds since 1970.
    time: Option<(i64, i64)>,
    props: Vec<PropTest>,
    parts: Vec<Part>,
}

#[derive(Debug)]
pub struct PropTest {
    name: String,
    absent: bool,
    texts: Vec<TextTest>,
}

#[derive(Debug)]
struct TextTest {
    text: String,
    how: How,
    negated: bool,
    /// `i;octet`: case counts.
    exact: bool,
}

#[derive(Debug, Clone, Copy)]
enum How {
    Contains,
    Equals,
    StartsWith,
    EndsWith,
}

impl Filter {
    /// # Errors
    /// 400 without a filter.
    pub fn read(root: &Element, books: bool) -> DavResult<Self> {
        let space = if books { CARDDAV } else { CALDAV };
        let Some(filter) = root.child(space, "filter") else {
            if books {
                return Ok(Self::Everything);
            }
            return Err(DavError::bad_request(
                "The {urn:ietf:params:xml:ns:caldav}filter element is required for this request",
            ));
        };
        if books {
            return Ok(Self::Card {
                tests: prop_tests(filter, CARDDAV),
                all: filter.attribute("test") == Some("allof"),
            });
        }
        Ok(match filter.child(CALDAV, "comp-filter") {
            Some(part) => Self::Calendar(Part::read(part)),
            None => Self::Everything,
        })
    }

    /// `read` gives the object's bytes, where they are needed.
    pub fn passes(&self, read: impl FnOnce() -> Vec<u8>) -> bool {
        match self {
            Self::Everything => true,
            Self::Calendar(part) if part.is_everything() => true,
            Self::Calendar(part) => parse(&read()).is_ok_and(|object| part.holds(&object)),
            Self::Card { tests, .. } if tests.is_empty() => true,
            Self::Card { tests, all } => parse(&read()).is_ok_and(|card| match all {
                true => tests.iter().all(|test| test.holds(&card)),
                false => tests.iter().any(|test| test.holds(&card)),
            }),
        }
    }
}

impl Part {
    fn read(element: &Element) -> Self {
        let time = element.child(CALDAV, "time-range").map(|range| {
            let edge = |name: &str| parse_time(range.attribute(name)?, None);
            (
                edge("start").unwrap_or(i64::MIN),
                edge("end").unwrap_or(i64::MAX),
            )
        });
        Self {
            name: element.attribute("name").unwrap_or_default().to_owned(),
            absent: element.child(CALDAV, "is-not-defined").is_some(),
            time,
            props: prop_tests(element, CALDAV),
            parts: element.all(CALDAV, "comp-filter").map(Self::read).collect(),
        }
    }

    fn is_everything(&self) -> bool {
        self.name == "VCALENDAR" && !self.absent && self.props.is_empty() && self.parts.is_empty()
    }

    fn holds(&self, component: &Component) -> bool {
        if component.name != self.name {
            return false;
        }
        self.props.iter().all(|test| test.holds(component))
            && self.parts.iter().all(|part| {
                let found = component.components().any(|inner| part.holds(inner));
                let in_time = part
                    .time
                    .is_none_or(|time| !found || overlaps(component, time));
                (found && in_time) != part.absent
            })
    }
}

/// Whether something of an object lies between two moments; a series counts from its beginning to its end.
fn overlaps(object: &Component, (from, to): (i64, i64)) -> bool {
    let starts = object.components().filter_map(|component| {
        let start = component
            .property("DTSTART")
            .or_else(|| component.property("DUE"))?;
        parse_time(&start.text(), start.param("TZID"))
    });
    let Some(start) = starts.min() else {
        // A task without dates is always there.
        return true;
    };
    let end = match last_occurrence(object) {
        Ok(Some(end)) => end,
        _ => start,
    };
    start < to && end.max(start) >= from
}

fn prop_tests(element: &Element, space: &str) -> Vec<PropTest> {
    let tests = element.all(space, "prop-filter").map(|test| PropTest {
        name: test.attribute("name").unwrap_or_default().to_uppercase(),
        absent: test.child(space, "is-not-defined").is_some(),
        texts: test
            .all(space, "text-match")
            .map(|text| TextTest {
                text: text.text.clone(),
                how: match text.attribute("match-type") {
                    Some("equals") => How::Equals,
                    Some("starts-with") => How::StartsWith,
                    Some("ends-with") => How::EndsWith,
                    _ => How::Contains,
                },
                negated: text.attribute("negate-condition") == Some("yes"),
                exact: text.attribute("collation") == Some("i;octet"),
            })
            .collect(),
    });
    tests.collect()
}

impl PropTest {
    fn holds(&self, component: &Component) -> bool {
        let values: Vec<String> = component
            .properties(&self.name)
            .map(|property| property.text().into_owned())
            .collect();
        if self.absent || values.is_empty() {
            return self.absent == values.is_empty();
        }
        self.texts.iter().all(|test| {
            let found = values.iter().any(|value| test.matches(value));
            found != test.negated
        })
    }
}

impl TextTest {
    fn matches(&self, value: &str) -> bool {
        let fold = |text: &str| match self.exact {
            true => text.to_owned(),
            false => text.to_lowercase(),
        };
        let (value, text) = (fold(value), fold(&self.text));
        match self.how {
            How::Contains => value.contains(&text),
            How::Equals => value == text,
            How::StartsWith => value.starts_with(&text),
            How::EndsWith => value.ends_with(&text),
        }
    }
}
