//! Content lines, which iCalendar and vCard share (RFC 5545 and RFC 6350, sections 3.1 to 3.3).
//!
//! A [`Line`] keeps the bytes that it was read from, folds included, beside what they say; whoever writes
//! the lines of a text again without changing any gets the same text. The list is flat: BEGIN and END are
//! lines like others, so nothing recurses, however deep a text nests.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Octets in a line, without its end, before it is folded (RFC 5545, section 3.1).
const FOLD: usize = 75;

/// What some programs put at the start of UTF-8.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// One logical line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// With its folds and its line end.
    raw: Cow<'a, [u8]>,
    /// Unfolded, without its line end.
    content: Cow<'a, [u8]>,
    /// Where the value begins, less one; `None` for a line that is no content line.
    colon: Option<usize>,
}

/// A parameter as it reads: its values unquoted and without the escapes of RFC 6868.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Param {
    /// As written; empty for a bare value of vCard 2.1 (`TEL;HOME:`).
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
}

/// All the lines of a text, in order: their bytes put together are the text.
pub(crate) fn lines(text: &[u8]) -> Vec<Line<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = Line::take(rest);
        found.push(line);
        rest = after;
    }
    found
}

/// Puts lines together.
pub(crate) fn join<'a, 'b: 'a>(lines: impl IntoIterator<Item = &'a Line<'b>>) -> Vec<u8> {
    let mut text = Vec::new();
    for line in lines {
        text.extend_from_slice(&line.raw);
    }
    text
}

/// How many bytes at the start of `text` are its first physical line with its line end.
pub(crate) fn physical(text: &[u8]) -> usize {
    let end = text.iter().position(|byte| *byte == b'\n');
    end.map_or(text.len(), |at| at + 1)
}

/// A physical line without its line end. `\r\r\n`, which some programs write, is one line end.
pub(crate) fn without_end(physical: &[u8]) -> &[u8] {
    let Some(mut content) = physical.strip_suffix(b"\n") else {
        return physical;
    };
    while let Some(shorter) = content.strip_suffix(b"\r") {
        content = shorter;
    }
    content
}

/// Whether a line that starts like this goes on with the line before.
pub(crate) fn continues(physical: &[u8]) -> bool {
    matches!(physical.first(), Some(b' ' | b'\t'))
}

/// Whether the value of this first part of a line is quoted-printable, so that a `=` at its end is a soft
/// line break (vCard 2.1, section 2.1.3).
pub(crate) fn is_quoted_printable(content: &[u8]) -> bool {
    let head = colon(content).map_or(content, |at| content.get(..at).unwrap_or_default());
    head.split(|byte| *byte == b';').skip(1).any(|parameter| {
        parameter.eq_ignore_ascii_case(b"QUOTED-PRINTABLE")
            || parameter.eq_ignore_ascii_case(b"ENCODING=QUOTED-PRINTABLE")
    })
}

/// The first `:` outside quotes, or, where a quote never ends, the first at all.
fn colon(content: &[u8]) -> Option<usize> {
    let mut quoted = false;
    let outside = content.iter().position(|byte| {
        if *byte == b'"' {
            quoted = !quoted;
        }
        *byte == b':' && !quoted
    });
    outside.or_else(|| content.iter().position(|byte| *byte == b':'))
}

impl<'a> Line<'a> {
    /// The first logical line of a text, and what follows it.
    pub(crate) fn take(text: &'a [u8]) -> (Self, &'a [u8]) {
        let first = physical(text);
        let mut length = first;
        let mut unfolded: Option<Vec<u8>> = None;
        let content = without_end(part(text, 0, first));
        if content.ends_with(b"=") && is_quoted_printable(content) {
            let mut joined = content.to_vec();
            let mut soft = true;
            while soft && length < text.len() {
                joined.pop();
                let end = length + physical(rest(text, length));
                let next = without_end(part(text, length, end));
                joined.extend_from_slice(next);
                soft = next.ends_with(b"=");
                length = end;
            }
            unfolded = Some(joined);
        }
        while !content.is_empty() && continues(rest(text, length)) {
            let end = length + physical(rest(text, length));
            unfolded
                .get_or_insert_with(|| content.to_vec())
                .extend_from_slice(without_end(part(text, length + 1, end)));
            length = end;
        }
        let content = unfolded.map_or(Cow::Borrowed(content), Cow::Owned);
        let line = Self {
            raw: Cow::Borrowed(part(text, 0, length)),
            colon: colon(&content),
            content,
        };
        (line, rest(text, length))
    }

    /// A line made of its logical content (`SUMMARY:Fête`), folded where it is long.
    pub(crate) fn new(content: impl Into<Vec<u8>>) -> Line<'static> {
        let content = content.into();
        Line {
            raw: Cow::Owned(fold(&content)),
            colon: colon(&content),
            content: Cow::Owned(content),
        }
    }

    /// The line that these bytes are, folds and line end included.
    pub(crate) fn from_raw(raw: Vec<u8>) -> Line<'static> {
        let (line, _) = Line::take(&raw);
        let line = line.into_owned();
        Line {
            raw: Cow::Owned(raw),
            ..line
        }
    }

    pub(crate) fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// The logical line, unfolded, without its line end.
    pub(crate) fn content(&self) -> &[u8] {
        &self.content
    }

    pub(crate) fn into_owned(self) -> Line<'static> {
        Line {
            raw: Cow::Owned(self.raw.into_owned()),
            content: Cow::Owned(self.content.into_owned()),
            colon: self.colon,
        }
    }

    /// Has neither name nor value.
    pub(crate) fn is_blank(&self) -> bool {
        self.content.iter().all(u8::is_ascii_whitespace)
    }

    /// Has a `:`, as every content line.
    pub(crate) fn has_value(&self) -> bool {
        self.colon.is_some()
    }

    /// The name and the parameters.
    pub(crate) fn head(&self) -> &[u8] {
        let end = self.colon.unwrap_or(self.content.len());
        part(&self.content, 0, end)
    }

    /// The name with its group, as written.
    fn full_name(&self) -> &[u8] {
        let head = self.head();
        let end = head
            .iter()
            .position(|byte| *byte == b';')
            .unwrap_or(head.len());
        part(head, 0, end)
    }

    /// The name without its group, as written; empty where it is not ASCII.
    pub(crate) fn name(&self) -> &str {
        ascii(self.name_bytes())
    }

    fn name_bytes(&self) -> &[u8] {
        let full = self.full_name();
        let start = full
            .iter()
            .position(|byte| *byte == b'.')
            .map_or(0, |dot| dot + 1);
        rest(full, start)
    }

    /// The name without its group, whatever bytes it is made of.
    pub(crate) fn any_name(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.name_bytes())
    }

    /// What groups this line with others (`item1` of `item1.TEL`, RFC 6350, section 3.3).
    pub(crate) fn group(&self) -> Option<&str> {
        let full = self.full_name();
        let dot = full.iter().position(|byte| *byte == b'.')?;
        Some(ascii(part(full, 0, dot)))
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    /// The component that begins here.
    pub(crate) fn begins(&self) -> Option<&str> {
        self.is("BEGIN").then(|| ascii(self.value().trim_ascii()))
    }

    /// The component that ends here.
    pub(crate) fn ends(&self) -> Option<&str> {
        self.is("END").then(|| ascii(self.value().trim_ascii()))
    }

    /// The value as written: escaped, encoded.
    pub(crate) fn value(&self) -> &[u8] {
        match self.colon {
            Some(colon) => rest(&self.content, colon + 1),
            None => b"",
        }
    }

    /// The value as written, as text; what is not UTF-8 is replaced.
    pub(crate) fn value_str(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.value())
    }

    /// The value as one text, without its escapes (RFC 5545, section 3.3.11).
    pub(crate) fn text(&self) -> String {
        unescape(&self.value_str())
    }

    pub(crate) fn params(&self) -> Vec<Param> {
        params(self.head())
    }

    /// The first value of the first parameter of this name.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        self.params()
            .into_iter()
            .find(|param| param.name.eq_ignore_ascii_case(name))
            .and_then(|param| param.values.into_iter().next())
    }

    /// The same line with another value, as it is to be written.
    pub(crate) fn with_value(&self, value: &[u8]) -> Line<'static> {
        let mut content = self.head().to_vec();
        content.push(b':');
        content.extend_from_slice(value);
        Line::new(content)
    }

    /// The same value and parameters under another name; the group stays.
    pub(crate) fn with_name(&self, name: &str) -> Line<'static> {
        let mut content = Vec::new();
        if let Some(group) = self.group() {
            content.extend_from_slice(group.as_bytes());
            content.push(b'.');
        }
        content.extend_from_slice(name.as_bytes());
        content.extend_from_slice(rest(&self.content, self.full_name().len()));
        Line::new(content)
    }

    /// The same line with these parameters instead of its own.
    pub(crate) fn with_params(&self, params: &[Param]) -> Line<'static> {
        let mut content = self.full_name().to_vec();
        for param in params {
            content.extend_from_slice(param.to_string().as_bytes());
        }
        content.push(b':');
        content.extend_from_slice(self.value());
        Line::new(content)
    }
}

impl Param {
    pub(crate) fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            values: vec![value.into()],
        }
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// As it stands in a line: `;NAME="value"`, with the escapes of RFC 6868 for what quotes cannot hold.
impl std::fmt::Display for Param {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_char(';')?;
        f.write_str(&self.name)?;
        if !self.name.is_empty() && !self.values.is_empty() {
            f.write_char('=')?;
        }
        for (number, value) in self.values.iter().enumerate() {
            if number > 0 {
                f.write_char(',')?;
            }
            let quoted = value.contains([':', ';', ',']);
            if quoted {
                f.write_char('"')?;
            }
            for char in value.chars() {
                match char {
                    '^' => f.write_str("^^")?,
                    '"' => f.write_str("^'")?,
                    '\n' => f.write_str("^n")?,
                    char if char.is_control() && char != '\t' => {}
                    char => f.write_char(char)?,
                }
            }
            if quoted {
                f.write_char('"')?;
            }
        }
        Ok(())
    }
}

/// Reads the parameters of a head (`NAME;A=1;B="x;y",z`).
fn params(head: &[u8]) -> Vec<Param> {
    split_outside_quotes(head, b';')
        .into_iter()
        .skip(1)
        .map(|parameter| {
            let equals = parameter.iter().position(|byte| *byte == b'=');
            let (name, values) = match equals {
                Some(at) => (part(parameter, 0, at), rest(parameter, at + 1)),
                None => (&b""[..], parameter),
            };
            Param {
                name: String::from_utf8_lossy(name).into_owned(),
                values: split_outside_quotes(values, b',')
                    .into_iter()
                    .map(param_value)
                    .collect(),
            }
        })
        .collect()
}

/// A parameter's value without its quotes and the escapes of RFC 6868, section 3.1.
fn param_value(raw: &[u8]) -> String {
    let raw = raw
        .strip_prefix(b"\"")
        .map(|inner| inner.strip_suffix(b"\"").unwrap_or(inner))
        .unwrap_or(raw);
    let raw = String::from_utf8_lossy(raw);
    if !raw.contains('^') {
        return raw.into_owned();
    }
    let mut value = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(char) = chars.next() {
        let replaced = match (char, chars.peek()) {
            ('^', Some('^')) => '^',
            ('^', Some('\'')) => '"',
            ('^', Some('n' | 'N')) => '\n',
            _ => {
                value.push(char);
                continue;
            }
        };
        value.push(replaced);
        chars.next();
    }
    value
}

fn split_outside_quotes(bytes: &[u8], separator: u8) -> Vec<&[u8]> {
    let mut quoted = false;
    bytes
        .split(|byte| {
            if *byte == b'"' {
                quoted = !quoted;
            }
            *byte == separator && !quoted
        })
        .collect()
}

/// Splits a structured or a list value at a separator that no backslash escapes; the parts stay escaped.
pub(crate) fn split_value(value: &str, separator: char) -> Vec<&str> {
    let mut escaped = false;
    value
        .split(|char: char| {
            let here = char == separator && !escaped;
            escaped = char == '\\' && !escaped;
            here
        })
        .collect()
}

/// A text without the escapes of RFC 5545, section 3.3.11, and RFC 6350, section 3.4.
pub(crate) fn unescape(value: &str) -> String {
    if !value.contains('\\') {
        return value.to_owned();
    }
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            text.push(char);
            continue;
        }
        match chars.next() {
            Some('n' | 'N') => text.push('\n'),
            Some(plain @ ('\\' | ';' | ',' | ':' | '"')) => text.push(plain),
            Some(other) => text.extend(['\\', other]),
            None => text.push('\\'),
        }
    }
    text
}

/// A text as a value: `\`, `;`, `,` and line breaks escaped, other control characters left out.
pub(crate) fn escape(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' | ';' | ',' => value.extend(['\\', char]),
            '\r' => {
                if chars.peek() == Some(&'\n') {
                    chars.next();
                }
                value.push_str("\\n");
            }
            '\n' => value.push_str("\\n"),
            '\t' => value.push('\t'),
            char if char.is_control() => {}
            char => value.push(char),
        }
    }
    value
}

/// A logical line as it is written: folded at 75 octets, never inside a character, with its line end.
fn fold(content: &[u8]) -> Vec<u8> {
    let mut raw = Vec::with_capacity(content.len() + content.len() / FOLD * 3 + 2);
    let mut rest_of = content;
    let mut room = FOLD;
    while rest_of.len() > room {
        let mut at = room;
        while at > 1 && rest_of.get(at).is_some_and(|byte| byte & 0xC0 == 0x80) {
            at -= 1;
        }
        // A run of continuation bytes as long as a line is no UTF-8: cut it anywhere.
        if at == 1 {
            at = room;
        }
        raw.extend_from_slice(part(rest_of, 0, at));
        raw.extend_from_slice(b"\r\n ");
        rest_of = rest(rest_of, at);
        room = FOLD - 1;
    }
    raw.extend_from_slice(rest_of);
    raw.extend_from_slice(b"\r\n");
    raw
}

/// Whether these first bytes of a file begin a component of this name: after a byte order mark or blank
/// lines, perhaps.
pub(crate) fn begins_with(start: &[u8], component: &str) -> bool {
    let start = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start);
    let (line, _) = Line::take(start.trim_ascii_start());
    let first = line
        .content()
        .split(|byte| *byte == b'\r')
        .next()
        .unwrap_or_default();
    let (name, value) = first.split_at(first.len().min(6));
    name.eq_ignore_ascii_case(b"BEGIN:")
        && value
            .trim_ascii_end()
            .eq_ignore_ascii_case(component.as_bytes())
}

/// A text of an old Macintosh, whose lines end with `\r`, with CRLF.
pub(crate) fn with_line_feeds(text: &[u8]) -> Vec<u8> {
    let mut with = Vec::with_capacity(text.len() + text.len() / 32);
    for byte in text {
        with.push(*byte);
        if *byte == b'\r' {
            with.push(b'\n');
        }
    }
    with
}

/// Whether `needle`, in any case, stands in `bytes`.
pub(crate) fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes
        .windows(needle.len())
        .any(|window| window.eq_ignore_ascii_case(needle))
}

fn part(bytes: &[u8], from: usize, to: usize) -> &[u8] {
    bytes.get(from..to).unwrap_or_default()
}

fn rest(bytes: &[u8], from: usize) -> &[u8] {
    bytes.get(from..).unwrap_or_default()
}

fn ascii(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => text,
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn only(text: &[u8]) -> Line<'_> {
        let (line, after) = Line::take(text);
        assert_eq!(after, b"");
        line
    }

    #[test]
    fn unfolds_and_keeps_the_bytes() {
        let text = b"DESCRIPTION:One\r\n  two\r\n\tthree\r\nUID:1\r\n";
        let all = lines(text);
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].value(), b"One twothree");
        assert_eq!(join(&all), text);
    }

    #[test]
    fn unfolds_inside_a_character() {
        let line = only(b"SUMMARY:F\xC3\r\n \xAAte\r\n");
        assert_eq!(line.text(), "Fête");
    }

    #[test]
    fn reads_parameters_quotes_and_rfc_6868() {
        let line = only(
            br#"ATTENDEE;CN="Doe; John: Jr";MEMBER="mailto:a@x","mailto:b@x";X-P=^'a^'^n^^:mailto:c@x"#,
        );
        let params = line.params();
        assert_eq!(params[0], Param::new("CN", "Doe; John: Jr"));
        assert_eq!(params[1].values, ["mailto:a@x", "mailto:b@x"]);
        assert_eq!(params[2].values, ["\"a\"\n^"]);
        assert_eq!(line.value(), b"mailto:c@x");
        let again = line.with_params(&params);
        assert_eq!(again.params(), params);
        assert_eq!(again.value(), line.value());
    }

    #[test]
    fn a_quote_that_never_ends_does_not_swallow_the_value() {
        let line = only(b"X-A;B=\"c:d");
        assert_eq!(line.value(), b"d");
    }

    #[test]
    fn knows_groups() {
        let line = only(b"item1.X-ABLabel:Home\r\n");
        assert_eq!((line.group(), line.name()), (Some("item1"), "X-ABLabel"));
        assert_eq!(line.with_name("X-B").raw(), b"item1.X-B:Home\r\n");
    }

    #[test]
    fn joins_soft_breaks_of_quoted_printable_only() {
        let all = lines(b"NOTE;ENCODING=QUOTED-PRINTABLE:a=\r\nEND:VCARD=\r\nb\r\nKEY;ENCODING=b:AA=\r\nEND:VCARD\r\n");
        assert_eq!(all.len(), 3);
        assert_eq!(all[0].value(), b"aEND:VCARDb");
        assert_eq!(all[1].value(), b"AA=");
    }

    #[test]
    fn takes_old_line_ends() {
        let all = lines(b"A:1\nB:2\r\r\nC:3");
        assert_eq!(
            all.iter().map(Line::content).collect::<Vec<_>>(),
            [&b"A:1"[..], b"B:2", b"C:3"]
        );
    }

    #[test]
    fn escapes_there_and_back() {
        assert_eq!(unescape(r"a\, b\; c\\n\nd\x\"), "a, b; c\\n\nd\\x\\");
        assert_eq!(split_value(r"a\;b;c\\;d", ';'), [r"a\;b", r"c\\", "d"]);
    }

    proptest! {
        #[test]
        fn lines_put_together_are_the_text(text in proptest::collection::vec(
            prop_oneof![Just(b'\r'), Just(b'\n'), Just(b' '), Just(b':'), Just(b';'), Just(b'"'), Just(b'='), any::<u8>()], 0..200)) {
            let all = lines(&text);
            prop_assert_eq!(&join(&all), &text);
            for line in &all {
                line.params();
                line.text();
            }
        }

        #[test]
        fn a_new_line_reads_as_it_was_made(value in "[^\r\n]{0,300}", cn in "[^\r\u{0}-\u{8}\u{b}-\u{1f}\u{7f}-\u{9f}]{0,100}") {
            let param = Param::new("CN", cn);
            let line = Line::new(format!("SUMMARY{param}:{value}"));
            let read = only(line.raw());
            prop_assert_eq!(read.value_str(), value);
            prop_assert_eq!(read.params(), vec![param]);
            for physical in line.raw().split(|byte| *byte == b'\n') {
                prop_assert!(physical.len() <= FOLD + 1);
                prop_assert!(std::str::from_utf8(physical).is_ok());
            }
        }

        #[test]
        fn text_survives_escapes(text in "[^\r\u{0}-\u{8}\u{b}-\u{1f}\u{7f}-\u{9f}]{0,100}") {
            prop_assert_eq!(unescape(&escape(&text)), text);
        }
    }
}
