//! Writes iCalendar and vCard, property by property.
//!
//! What comes from JSON may hold anything: every value is escaped, every parameter quoted where it needs be,
//! and control characters are left out.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::line::{Line, Param, escape};
use super::moment::{format_date, format_local, format_utc};

/// One property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    group: Option<String>,
    name: String,
    params: Vec<Param>,
    value: String,
}

impl Property {
    fn new(name: impl Into<String>, value: String) -> Self {
        Self {
            group: None,
            name: name.into(),
            params: Vec::new(),
            value,
        }
    }

    /// A text (RFC 5545, section 3.3.11; RFC 6350, section 4.1).
    pub fn text(name: impl Into<String>, text: &str) -> Self {
        Self::new(name, escape(text))
    }

    /// A value that is written as it is: a rule, a duration, a number, a word of the standard. Line breaks
    /// and control characters cannot be in it and are left out.
    pub fn raw(name: impl Into<String>, value: impl AsRef<str>) -> Self {
        Self::new(name, printable(value.as_ref()))
    }

    /// An address (RFC 3986). What a URI cannot hold is percent-encoded.
    pub fn uri(name: impl Into<String>, uri: &str) -> Self {
        let mut value = String::with_capacity(uri.len());
        for char in uri.trim().chars() {
            match char {
                ' ' => value.push_str("%20"),
                '"' => value.push_str("%22"),
                char if char.is_control() => {}
                char => value.push(char),
            }
        }
        Self::new(name, value)
    }

    /// A list of texts (CATEGORIES, NICKNAME).
    pub fn list<S: AsRef<str>>(name: impl Into<String>, items: &[S]) -> Self {
        let items: Vec<String> = items.iter().map(|item| escape(item.as_ref())).collect();
        Self::new(name, items.join(","))
    }

    /// Components of a structured value (N, ADR, ORG).
    pub fn structured<S: AsRef<str>>(name: impl Into<String>, components: &[S]) -> Self {
        let components: Vec<String> = components
            .iter()
            .map(|component| escape(component.as_ref()))
            .collect();
        Self::new(name, components.join(";"))
    }

    /// A day, marked as such.
    pub fn date(name: impl Into<String>, date: Date) -> Self {
        Self::new(name, format_date(date)).with("VALUE", "DATE")
    }

    /// A time on the clock of a zone: its IANA name, or another that the object defines.
    pub fn zoned(name: impl Into<String>, local: DateTime, tzid: &str) -> Self {
        Self::new(name, format_local(local)).with("TZID", tzid)
    }

    /// A time on whatever clock reads it.
    pub fn floating(name: impl Into<String>, local: DateTime) -> Self {
        Self::new(name, format_local(local))
    }

    pub fn utc(name: impl Into<String>, instant: Timestamp) -> Self {
        Self::new(name, format_utc(instant))
    }

    /// With one parameter more.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.params.push(Param::new(name, value));
        self
    }

    /// With one parameter more, if there is a value.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// With a parameter of several values, if there are any.
    #[must_use]
    pub fn with_list<S: AsRef<str>>(mut self, name: &str, values: &[S]) -> Self {
        if !values.is_empty() {
            self.params.push(Param {
                name: name.to_owned(),
                values: values
                    .iter()
                    .map(|value| value.as_ref().to_owned())
                    .collect(),
            });
        }
        self
    }

    /// In a group with other properties (RFC 6350, section 3.3).
    #[must_use]
    pub fn grouped(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn line(&self) -> Line<'static> {
        let mut content = String::new();
        if let Some(group) = &self.group {
            content.push_str(group);
            content.push('.');
        }
        content.push_str(&self.name);
        for param in &self.params {
            content.push_str(&param.to_string());
        }
        content.push(':');
        content.push_str(&self.value);
        Line::new(content)
    }
}

/// Properties and components, in the order in which they were added.
#[derive(Debug, Default)]
pub struct Builder {
    lines: Vec<Line<'static>>,
    extended: BTreeSet<String>,
    lost: u32,
    groups: u32,
}

impl Builder {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn begin(&mut self, component: &str) -> &mut Self {
        self.lines.push(Line::new(format!("BEGIN:{component}")));
        self
    }

    pub fn end(&mut self, component: &str) -> &mut Self {
        self.lines.push(Line::new(format!("END:{component}")));
        self
    }

    pub fn add(&mut self, property: Property) -> &mut Self {
        self.lines.push(property.line());
        self
    }

    /// Adds a text, if there is one.
    pub fn add_text(&mut self, name: &str, text: Option<&str>) -> &mut Self {
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            self.add(Property::text(name, text));
        }
        self
    }

    /// Adds what the format has no property of its own for; it is counted by its name.
    pub fn extend(&mut self, property: Property) -> &mut Self {
        self.extended.insert(property.name.clone());
        self.add(property)
    }

    /// Counts something that not even an X- property can hold.
    pub fn lose(&mut self) -> &mut Self {
        self.lost += 1;
        self
    }

    pub(crate) fn lines(&mut self, lines: Vec<Line<'static>>) -> &mut Self {
        self.lines.extend(lines);
        self
    }

    /// A name for a group that no property has yet (`item1`).
    pub fn group(&mut self) -> String {
        self.groups += 1;
        format!("item{}", self.groups)
    }

    pub(crate) fn into_parts(self) -> (Vec<u8>, Vec<String>, u32) {
        let text = super::line::join(&self.lines);
        (text, self.extended.into_iter().collect(), self.lost)
    }
}

fn printable(value: &str) -> String {
    value
        .chars()
        .filter(|char| !char.is_control() || *char == '\t')
        .collect()
}

/// A name of JSON (`homeFax`) as part of a name of ours (`HOME-FAX`).
pub(crate) fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for char in name.chars() {
        if char.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        if char.is_ascii_alphanumeric() {
            kebab.push(char.to_ascii_uppercase());
        } else if !kebab.ends_with('-') {
            kebab.push('-');
        }
    }
    kebab.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn writes_properties() {
        let property = Property::structured("ADR", &["", "", "1, rue; X", "Paris"])
            .with_list("TYPE", &["HOME", "PREF"])
            .with("X-NAME", "a \"b\": c")
            .grouped("item1");
        assert_eq!(
            property.line().content(),
            br#"item1.ADR;TYPE=HOME,PREF;X-NAME="a ^'b^': c":;;1\, rue\; X;Paris"#
        );
        assert_eq!(
            Property::uri("URL", " https://x/a b\r\n").line().content(),
            b"URL:https://x/a%20b"
        );
        assert_eq!(kebab("homeFax"), "HOME-FAX");
        assert_eq!(kebab("fête 2"), "F-TE-2");
    }

    proptest! {
        #[test]
        fn nothing_that_comes_in_makes_a_line_of_its_own(text in any::<String>(), other in any::<String>()) {
            for property in [Property::text("A", &text), Property::raw("A", &text), Property::uri("A", &text), Property::list("A", &[&text, &other])] {
                let raw = property.with("X-P", other.clone()).line().raw().to_vec();
                let lines = crate::pim::line::lines(&raw);
                prop_assert_eq!(lines.len(), 1);
                prop_assert!(lines[0].is("A"));
            }
        }
    }
}
