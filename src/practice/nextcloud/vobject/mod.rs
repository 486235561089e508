//! iCalendar and vCard as Sabre's VObject judges them: what it reads, what it mends, what it refuses, and
//! how it writes. Only as much as a server does with objects that clients bring; deliberately not the
//! program's own reading of the same formats, so that each is a check of the other.

mod card;
mod recur;
mod time;
mod validate;

pub use card::{Version, convert};
pub use recur::{RuleError, last_occurrence};
pub use time::{duration, parse_time};
pub use validate::{Profile, validate};

use std::borrow::Cow;

/// A component, with everything in it in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Upper case.
    pub name: String,
    pub children: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    Component(Component),
    Property(Property),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// `item1` of `item1.TEL`.
    pub group: Option<String>,
    /// Upper case.
    pub name: String,
    /// Names in upper case; a nameless value (vCard 2.1) has an empty name.
    pub params: Vec<(String, Vec<String>)>,
    /// As it stands in the file, unfolded.
    pub value: Vec<u8>,
}

impl Property {
    pub fn new(name: &str, value: impl Into<String>) -> Self {
        Self {
            group: None,
            name: name.to_owned(),
            params: Vec::new(),
            value: value.into().into_bytes(),
        }
    }

    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.value)
    }

    /// The first value of a parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        let (_, values) = self.params.iter().find(|(known, _)| known == name)?;
        values.first().map(String::as_str)
    }

    pub fn set_param(&mut self, name: &str, value: &str) {
        self.remove_param(name);
        self.params.push((name.to_owned(), vec![value.to_owned()]));
    }

    pub fn remove_param(&mut self, name: &str) {
        self.params.retain(|(known, _)| known != name);
    }

    /// A line as Sabre writes it, folded, with its end.
    fn write(&self, out: &mut Vec<u8>) {
        let mut line = Vec::new();
        if let Some(group) = &self.group {
            line.extend_from_slice(group.as_bytes());
            line.push(b'.');
        }
        line.extend_from_slice(self.name.as_bytes());
        for (name, values) in &self.params {
            line.push(b';');
            line.extend_from_slice(name.as_bytes());
            if !name.is_empty() {
                line.push(b'=');
            }
            let written: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            line.extend_from_slice(written.join(",").as_bytes());
        }
        line.push(b':');
        line.extend_from_slice(&self.value);
        fold(&line, out);
    }
}

/// A parameter's value, in quotes where a character needs them (RFC 6868).
fn quoted(value: &str) -> String {
    if !value.contains(['\n', '"', ':', ';', '^', ',', '+']) {
        return value.to_owned();
    }
    let escaped = value
        .replace('^', "^^")
        .replace('\n', "^n")
        .replace('"', "^'");
    format!("\"{escaped}\"")
}

/// At most 75 bytes a line, and no character cut in two.
fn fold(line: &[u8], out: &mut Vec<u8>) {
    let is_start = |at: usize| line.get(at).is_none_or(|byte| byte & 0xc0 != 0x80);
    let (mut from, mut room) = (0, 75);
    while from < line.len() {
        let mut to = (from + room).min(line.len());
        while to > from + 1 && !is_start(to) {
            to -= 1;
        }
        if from > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(line.get(from..to).unwrap_or_default());
        out.extend_from_slice(b"\r\n");
        from = to;
        room = 74;
    }
}

impl Component {
    pub fn properties<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Property> {
        self.children.iter().filter_map(move |child| match child {
            Node::Property(property) if property.name == name => Some(property),
            _ => None,
        })
    }

    pub fn property(&self, name: &str) -> Option<&Property> {
        self.children.iter().find_map(|child| match child {
            Node::Property(property) if property.name == name => Some(property),
            _ => None,
        })
    }

    pub fn text(&self, name: &str) -> Option<String> {
        Some(self.property(name)?.text().into_owned())
    }

    pub fn components(&self) -> impl Iterator<Item = &Component> {
        self.children.iter().filter_map(|child| match child {
            Node::Component(component) => Some(component),
            Node::Property(_) => None,
        })
    }

    pub fn components_mut(&mut self) -> impl Iterator<Item = &mut Component> {
        self.children.iter_mut().filter_map(|child| match child {
            Node::Component(component) => Some(component),
            Node::Property(_) => None,
        })
    }

    pub fn has(&self, name: &str) -> bool {
        self.children.iter().any(|child| match child {
            Node::Component(component) => component.name == name,
            Node::Property(property) => property.name == name,
        })
    }

    pub fn remove(&mut self, name: &str) {
        self.children.retain(|child| match child {
            Node::Component(component) => component.name != name,
            Node::Property(property) => property.name != name,
        });
    }

    pub fn add(&mut self, property: Property) {
        self.children.push(Node::Property(property));
    }

    /// As Sabre writes it: VERSION first, then the other properties, then time zones, then the rest.
    pub fn serialize(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut Vec<u8>) {
        let rank = |child: &&Node| match child {
            Node::Property(property) if property.name == "VERSION" => 0,
            Node::Property(_) => 1,
            Node::Component(component) if component.name == "VTIMEZONE" => 2,
            Node::Component(_) => 3,
        };
        let mut sorted: Vec<&Node> = self.children.iter().collect();
        sorted.sort_by_key(rank);
        out.extend_from_slice(format!("BEGIN:{}\r\n", self.name).as_bytes());
        for child in sorted {
            match child {
                Node::Property(property) => property.write(out),
                Node::Component(component) => component.write(out),
            }
        }
        out.extend_from_slice(format!("END:{}\r\n", self.name).as_bytes());
    }
}

/// Components within components; real ones have three.
const MOST_NESTED: usize = 50;

/// Lines, unfolded, as the parser takes them one by one.
struct Lines<'a> {
    rest: &'a [u8],
    number: usize,
}

impl<'a> Lines<'a> {
    fn raw(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, rest) = match self.rest.iter().position(|byte| *byte == b'\n') {
            Some(end) => (
                self.rest.get(..end).unwrap_or_default(),
                self.rest.get(end + 1..).unwrap_or_default(),
            ),
            None => (self.rest, &[][..]),
        };
        self.rest = rest;
        self.number += 1;
        Some(trimmed(line))
    }

    /// The next line that is not empty, with what is folded into it.
    fn next(&mut self) -> Option<(usize, Vec<u8>)> {
        let mut line = loop {
            let raw = self.raw()?;
            if !raw.is_empty() {
                break raw.to_vec();
            }
        };
        let number = self.number;
        while let [b' ' | b'\t', ..] = self.rest {
            let folded = self.raw().unwrap_or_default();
            line.extend_from_slice(folded.get(1..).unwrap_or_default());
        }
        Some((number, line))
    }
}

fn trimmed(mut line: &[u8]) -> &[u8] {
    while let [rest @ .., b'\r' | b'\n'] = line {
        line = rest;
    }
    line
}

/// # Errors
/// In Sabre's words.
pub fn parse(text: &[u8]) -> Result<Component, String> {
    let mut lines = Lines {
        rest: text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text),
        number: 0,
    };
    let premature = || "End of document reached prematurely".to_owned();
    let (_, first) = lines.next().ok_or_else(premature)?;
    let name = match first.to_ascii_uppercase().as_slice() {
        b"BEGIN:VCALENDAR" => "VCALENDAR",
        b"BEGIN:VCARD" => "VCARD",
        _ => return Err("This parser only supports VCARD and VCALENDAR files".to_owned()),
    };
    component(name, &mut lines, true, 0)
}

fn component(
    name: &str,
    lines: &mut Lines<'_>,
    is_root: bool,
    depth: usize,
) -> Result<Component, String> {
    if depth > MOST_NESTED {
        return Err("Maximum function nesting level reached".to_owned());
    }
    let mut children = Vec::new();
    let end = loop {
        let Some((number, line)) = lines.next() else {
            // What is missing at the very end is forgiven.
            break if is_root {
                name.to_owned()
            } else {
                return Err("End of document reached prematurely".to_owned());
            };
        };
        if let Some(end) = keyword(&line, b"END:") {
            break end;
        }
        match keyword(&line, b"BEGIN:") {
            Some(inner) => {
                let inner = component(&inner, lines, false, depth + 1)?;
                children.push(Node::Component(inner));
            }
            None => children.push(Node::Property(property(&line, number)?)),
        }
    };
    if end != name {
        return Err(format!(
            "Invalid MimeDir file. expected: \"END:{name}\" got: \"END:{end}\""
        ));
    }
    Ok(Component {
        name: name.to_owned(),
        children,
    })
}

fn keyword(line: &[u8], word: &[u8]) -> Option<String> {
    let (start, rest) = line.split_at_checked(word.len())?;
    start
        .eq_ignore_ascii_case(word)
        .then(|| String::from_utf8_lossy(rest).to_uppercase())
}

fn property(line: &[u8], number: usize) -> Result<Property, String> {
    let bad = || {
        format!(
            "Invalid Mimedir file. Line starting at {number} did not follow iCalendar/vCard conventions"
        )
    };
    let named = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let end = line
        .iter()
        .position(|byte| !named(byte))
        .filter(|end| *end > 0 && matches!(line.get(*end), Some(b':' | b';')))
        .ok_or_else(bad)?;
    let (name, rest) = line.split_at(end);
    let name = String::from_utf8_lossy(name).to_uppercase();
    let (group, name) = match name.split_once('.') {
        Some((group, name)) => (Some(group.to_owned()), name.to_owned()),
        None => (None, name),
    };
    let (params, value) = params(rest);
    Ok(Property {
        group,
        name,
        params,
        value: value.to_vec(),
    })
}

type Params = Vec<(String, Vec<String>)>;

/// `;A=b,"c";D=e:value` in its parts.
fn params(mut rest: &[u8]) -> (Params, &[u8]) {
    let mut params: Params = Vec::new();
    while let [b';', after @ ..] = rest {
        let end = after
            .iter()
            .position(|byte| matches!(byte, b'=' | b';' | b':'))
            .unwrap_or(after.len());
        let (name, mut tail) = after.split_at(end);
        let name = String::from_utf8_lossy(name).to_uppercase();
        let mut values = Vec::new();
        while let [b'=' | b',', after @ ..] = tail {
            let (value, left) = param_value(after);
            values.push(value);
            tail = left;
        }
        if values.is_empty() {
            params.push((String::new(), vec![name]));
        } else {
            match params.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => known.extend(values),
                None => params.push((name, values)),
            }
        }
        rest = tail;
    }
    (params, rest.strip_prefix(b":").unwrap_or(rest))
}

fn param_value(text: &[u8]) -> (String, &[u8]) {
    let (value, rest) = match text {
        [b'"', inside @ ..] => {
            let end = inside
                .iter()
                .position(|byte| *byte == b'"')
                .unwrap_or(inside.len());
            let (value, rest) = inside.split_at(end);
            (value, rest.strip_prefix(b"\"").unwrap_or(rest))
        }
        _ => {
            let end = text
                .iter()
                .position(|byte| matches!(byte, b';' | b':' | b','))
                .unwrap_or(text.len());
            text.split_at(end)
        }
    };
    let value = String::from_utf8_lossy(value)
        .replace("^n", "\n")
        .replace("^'", "\"")
        .replace("^^", "^");
    (value, rest)
}

#[cfg(test)]
mod tests;
