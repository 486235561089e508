//! The rules that both formats share: bytes, line ends, characters, stray lines; and a sheet of lines on
//! which the others note what they change.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::change::{Broken, Change, Defect, Prepared};
use super::line::{BYTE_ORDER_MARK, Line, lines, with_line_feeds};
use super::reader::line_end;

/// What stands before the name of a property that is kept aside.
pub(crate) const ASIDE: &str = "X-TRANSHUMANCE-";

/// The deepest nesting that is looked into; iCalendar has four levels.
const MAX_DEPTH: usize = 32;

/// A text as lines, and what is to become of them. Numbers of lines stay what they were until
/// [`Sheet::finish`].
#[derive(Debug)]
pub(crate) struct Sheet<'a> {
    pub(crate) lines: Vec<Line<'a>>,
    edits: BTreeMap<usize, Edit>,
    changes: BTreeSet<Change>,
}

#[derive(Debug, Default)]
struct Edit {
    before: Vec<Line<'static>>,
    /// `Some(None)`: the line goes.
    instead: Option<Option<Line<'static>>>,
}

/// A component: the numbers of its BEGIN and its END.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    /// In capitals.
    pub(crate) name: String,
    pub(crate) begin: usize,
    pub(crate) end: usize,
    /// 1 for the outermost.
    pub(crate) depth: usize,
}

/// All components of a text, in the order in which they begin; the first holds the others.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    pub(crate) list: Vec<Block>,
    /// For each line, the number of the innermost component that it is in.
    owners: Vec<usize>,
}

impl Blocks {
    /// The numbers of the lines that are in a component, but in none of those within it, nor its BEGIN or
    /// its END.
    pub(crate) fn own(&self, block: &Block) -> Vec<usize> {
        let Some(number) = self.list.iter().position(|one| one.begin == block.begin) else {
            return Vec::new();
        };
        let inside = block.begin + 1..block.end;
        inside
            .filter(|line| self.owners.get(*line) == Some(&number))
            .collect()
    }

    /// The components of this name right within another.
    pub(crate) fn within<'b>(&'b self, outer: &'b Block) -> impl Iterator<Item = &'b Block> {
        self.list.iter().filter(move |block| {
            block.depth == outer.depth + 1 && outer.begin < block.begin && block.end < outer.end
        })
    }
}

/// The text in UTF-8 or what was meant to be, without a byte order mark, and with line ends that have a
/// `\n`.
pub(crate) fn readable<'a>(text: &'a [u8], changes: &mut BTreeSet<Change>) -> Cow<'a, [u8]> {
    let mut text = Cow::Borrowed(text);
    if let Some((encoding, _)) = Encoding::for_bom(&text)
        && (encoding == UTF_16LE || encoding == UTF_16BE)
    {
        changes.insert(Change::Charset);
        text = Cow::Owned(encoding.decode(&text).0.into_owned().into_bytes());
    }
    if text.starts_with(BYTE_ORDER_MARK) {
        changes.insert(Change::ByteOrderMark);
        text = match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(3..).unwrap_or_default()),
            Cow::Owned(mut text) => Cow::Owned(text.split_off(3)),
        };
    }
    if line_end(&text) == b'\r' {
        changes.insert(Change::LineEnds);
        text = Cow::Owned(with_line_feeds(&text));
    }
    text
}

impl<'a> Sheet<'a> {
    /// The lines of a text as they are.
    pub(crate) fn untouched(text: &'a [u8]) -> Self {
        Self {
            lines: lines(text),
            edits: BTreeMap::new(),
            changes: BTreeSet::new(),
        }
    }

    /// The lines of a readable text, each mended by itself.
    pub(crate) fn new(text: &'a [u8], changes: BTreeSet<Change>) -> Self {
        let mut sheet = Self {
            lines: Vec::new(),
            edits: BTreeMap::new(),
            changes,
        };
        let mut blank = Vec::new();
        for line in lines(text) {
            let line = sheet.mended(line);
            if line.is_blank() {
                blank.push(line);
            } else if matches!(line.content().first(), Some(b' ' | b'\t')) {
                // A fold that a blank line tore off.
                blank.clear();
                sheet.changed(Change::Stray);
                let mut raw = sheet
                    .lines
                    .pop()
                    .map_or_else(Vec::new, |before| before.raw().to_vec());
                let fold = if raw.is_empty() {
                    line.raw().trim_ascii_start()
                } else {
                    line.raw()
                };
                raw.extend_from_slice(fold);
                sheet.lines.push(Line::from_raw(raw));
            } else {
                sheet.lines.append(&mut blank);
                sheet.lines.push(line);
            }
        }
        sheet.lines.append(&mut blank);
        sheet
    }

    fn mended(&mut self, line: Line<'a>) -> Line<'a> {
        let mut line = line;
        if let Some(raw) = with_crlf(line.raw()) {
            self.changed(Change::LineEnds);
            line = Line::from_raw(raw);
        }
        if line.content().iter().any(|byte| is_forbidden(*byte)) {
            self.changed(Change::ControlCharacters);
            let raw = line
                .raw()
                .iter()
                .copied()
                .filter(|byte| !is_forbidden(*byte));
            line = Line::from_raw(raw.collect());
        }
        if std::str::from_utf8(line.content()).is_err() {
            self.changed(Change::Charset);
            let named = line.param("CHARSET");
            let encoding = named
                .and_then(|label| Encoding::for_label(label.trim().as_bytes()))
                .filter(|encoding| *encoding != encoding_rs::UTF_8)
                .unwrap_or(WINDOWS_1252);
            let (text, _, _) = encoding.decode(line.content());
            line = Line::new(text.into_owned());
        }
        line
    }

    pub(crate) fn changed(&mut self, change: Change) {
        self.changes.insert(change);
    }

    pub(crate) fn replace(&mut self, number: usize, line: Line<'static>, change: Change) {
        self.changed(change);
        self.edits.entry(number).or_default().instead = Some(Some(line));
    }

    pub(crate) fn remove(&mut self, number: usize, change: Change) {
        self.changed(change);
        self.edits.entry(number).or_default().instead = Some(None);
    }

    /// Puts a line before another.
    pub(crate) fn insert(&mut self, number: usize, line: Line<'static>, change: Change) {
        self.changed(change);
        self.edits.entry(number).or_default().before.push(line);
    }

    /// Keeps what the target would refuse under a name that it does not look at.
    pub(crate) fn set_aside(&mut self, number: usize, change: Change) {
        let Some(line) = self.line(number) else {
            return;
        };
        let name = format!("{ASIDE}{}", line.name().to_ascii_uppercase());
        let line = line.with_name(&name);
        self.replace(number, line, change);
    }

    /// A line as it is to be; `None` for one that goes.
    pub(crate) fn line(&self, number: usize) -> Option<&Line<'a>> {
        match self
            .edits
            .get(&number)
            .and_then(|edit| edit.instead.as_ref())
        {
            Some(instead) => instead.as_ref(),
            None => self.lines.get(number),
        }
    }

    /// The bytes of a component as it came.
    pub(crate) fn text(&self, block: &Block) -> Vec<u8> {
        let inside = self.lines.iter().take(block.end + 1).skip(block.begin);
        super::line::join(inside)
    }

    /// Those of these lines that have this name.
    pub(crate) fn named(&self, numbers: &[usize], name: &str) -> Vec<usize> {
        let is = |number: &usize| self.line(*number).is_some_and(|line| line.is(name));
        numbers.iter().copied().filter(is).collect()
    }

    /// The first of these lines that has this name.
    pub(crate) fn first(&self, numbers: &[usize], name: &str) -> Option<(usize, &Line<'a>)> {
        let named = |number: &usize| Some((*number, self.line(*number)?));
        numbers
            .iter()
            .filter_map(named)
            .find(|(_, line)| line.is(name))
    }

    pub(crate) fn has(&self, numbers: &[usize], name: &str) -> bool {
        self.first(numbers, name).is_some()
    }

    /// Leaves one property of a name that may stand once; others say the same, or are kept aside.
    pub(crate) fn single(&mut self, numbers: &[usize], name: &str) {
        let found = self.named(numbers, name);
        let [first, further @ ..] = found.as_slice() else {
            return;
        };
        for number in further {
            let content = |number: usize| self.line(number).map(Line::content);
            if content(*number) == content(*first) {
                self.remove(*number, Change::DuplicateDropped);
            } else {
                self.set_aside(*number, Change::RepeatedKept);
            }
        }
    }

    /// Finds the one component that the text must be, drops what is not in it, and tells all components in
    /// the order in which they begin.
    ///
    /// # Errors
    /// Lines without a value, BEGIN and END that do not match, no or several outermost components.
    pub(crate) fn structure(&mut self, outermost: &str) -> Result<Blocks, Broken> {
        let unbalanced = |what: String| Broken::new(Defect::Unbalanced, what);
        let mut blocks: Vec<Block> = Vec::new();
        let mut owners = vec![usize::MAX; self.lines.len()];
        let mut open: Vec<usize> = Vec::new();
        let mut is_over = false;
        let mut strays = Vec::new();
        let mut mended = Vec::new();
        for (number, line) in self.lines.iter().enumerate() {
            if let (Some(owner), Some(open)) = (owners.get_mut(number), open.last()) {
                *owner = *open;
            }
            if line.is_blank() {
                continue;
            }
            if let Some(name) = line.begins() {
                let name = name.to_ascii_uppercase();
                if open.is_empty() && name == outermost && is_over {
                    return Err(Broken::new(Defect::Several, format!("another {outermost}")));
                }
                if open.is_empty() && name != outermost {
                    if is_over {
                        strays.push(number);
                        continue;
                    }
                    return Err(Broken::new(Defect::NotThis, format!("BEGIN:{name}")));
                }
                if open.len() >= MAX_DEPTH {
                    return Err(unbalanced("nested too deep".to_owned()));
                }
                if let Some(owner) = owners.get_mut(number) {
                    *owner = blocks.len();
                }
                open.push(blocks.len());
                mended.extend(trimmed(number, line));
                blocks.push(Block {
                    name,
                    begin: number,
                    end: self.lines.len(),
                    depth: open.len(),
                });
            } else if let Some(name) = line.ends() {
                let Some(block) = open.pop().and_then(|block| blocks.get_mut(block)) else {
                    strays.push(number);
                    continue;
                };
                if !name.eq_ignore_ascii_case(&block.name) {
                    return Err(unbalanced(format!("END:{name} of {}", block.name)));
                }
                block.end = number;
                is_over = open.is_empty();
                mended.extend(trimmed(number, line));
            } else if open.is_empty() {
                strays.push(number);
            } else if !line.has_value() {
                return Err(Broken::new(Defect::Line, format!("line {}", number + 1)));
            }
        }
        if blocks.is_empty() {
            let reason = if strays.is_empty() {
                Defect::Empty
            } else {
                Defect::NotThis
            };
            return Err(Broken::new(reason, format!("no {outermost}")));
        }
        // Whole events may be in a calendar that was cut off; half a card is no card.
        if open.len() > 1 || (!open.is_empty() && outermost != "VCALENDAR") {
            return Err(unbalanced("it ends in the middle".to_owned()));
        }
        for number in strays {
            self.remove(number, Change::Stray);
        }
        for (number, line) in mended {
            self.replace(number, line, Change::Stray);
        }
        if !open.is_empty() {
            let end = Line::new(format!("END:{outermost}"));
            self.insert(self.lines.len(), end, Change::EndAdded);
        }
        self.mend_names();
        Ok(Blocks {
            list: blocks,
            owners,
        })
    }

    /// Names have letters, digits and `-` only (RFC 5545, section 3.1); Nextcloud refuses the rest.
    fn mend_names(&mut self) {
        let mended: Vec<(usize, Line<'static>)> = self
            .lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.has_value())
            .filter_map(|(number, line)| {
                let name = line.name();
                let is_fine = !name.is_empty() && name.bytes().all(is_name);
                (!is_fine).then(|| {
                    let name: String = line
                        .any_name()
                        .chars()
                        .map(|char| {
                            if char.is_ascii_alphanumeric() {
                                char
                            } else {
                                '-'
                            }
                        })
                        .collect();
                    let name = if name.trim_matches('-').is_empty() {
                        format!("{ASIDE}UNNAMED")
                    } else {
                        name
                    };
                    (number, line.with_name(&name))
                })
            })
            .collect();
        for (number, line) in mended {
            self.replace(number, line, Change::NameMended);
        }
    }

    /// Puts the text together.
    pub(crate) fn finish(mut self) -> Prepared {
        let mut text = Vec::new();
        let add = |text: &mut Vec<u8>, line: &Line<'_>| {
            if !text.is_empty() && !text.ends_with(b"\n") {
                text.extend_from_slice(b"\r\n");
            }
            text.extend_from_slice(line.raw());
        };
        for number in 0..=self.lines.len() {
            let edit = self.edits.remove(&number).unwrap_or_default();
            for line in &edit.before {
                add(&mut text, line);
            }
            let line = match &edit.instead {
                Some(instead) => instead.as_ref(),
                None => self.lines.get(number),
            };
            line.into_iter().for_each(|line| add(&mut text, line));
        }
        Prepared {
            text,
            changes: self.changes.into_iter().collect(),
        }
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

/// BEGIN and END without white space around their name.
fn trimmed(number: usize, line: &Line<'_>) -> Option<(usize, Line<'static>)> {
    let value = line.value();
    let trimmed = value.trim_ascii();
    (trimmed.len() != value.len()).then(|| (number, line.with_value(trimmed)))
}

/// The bytes of a logical line with CRLF at the end of each of its physical lines; `None` where they have
/// it.
fn with_crlf(raw: &[u8]) -> Option<Vec<u8>> {
    let is_fine = |at: usize| {
        let before = |distance: usize| at.checked_sub(distance).and_then(|at| raw.get(at));
        before(1) == Some(&b'\r') && before(2) != Some(&b'\r')
    };
    let ends = raw.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    if ends.clone().all(|(at, _)| is_fine(at)) {
        return None;
    }
    let mut ended = Vec::with_capacity(raw.len() + 8);
    for physical in raw.split_inclusive(|byte| *byte == b'\n') {
        let content = super::line::without_end(physical);
        ended.extend_from_slice(content);
        if physical.ends_with(b"\n") {
            ended.extend_from_slice(b"\r\n");
        }
    }
    Some(ended)
}

/// Control characters that no content line may have (RFC 5545, section 3.1). A lone `\r` is one, too, but
/// servers take it.
fn is_forbidden(byte: u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, b'\t' | b'\r' | b'\n')
}
