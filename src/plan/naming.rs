//! Names that a Nextcloud, its desktop clients and people take.

use unicode_normalization::{UnicodeNormalization as _, is_nfc};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::model::{NameChange, TargetRules};

/// What stands where nothing else can.
const FILLER: &str = "_";
/// Nextcloud writes uploads into files of these endings. It refuses them as file names, and a *folder* of
/// such a name looks as if it existed, but does not; so they are avoided whatever the server says.
const RESERVED_ENDINGS: [&str; 2] = [".part", ".filepart"];
/// A longer "extension" is part of a sentence.
const MAX_EXTENSION_CHARS: usize = 16;
/// Each change can make another necessary (a cut name can end with a dot); this many rounds settle
/// everything that can be settled.
const MAX_ROUNDS: usize = 8;

/// What a name is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameOf<'a> {
    Folder,
    File,
    /// A file that we make of something without an ending of its own; the ending, with its dot.
    Made(&'a str),
}

/// A name that the server takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LegalName {
    pub(super) text: String,
    /// What was changed, the most telling of it.
    pub(super) change: Option<NameChange>,
    /// The ending, with its dot, which stays when the name is numbered or cut.
    extension: String,
}

/// [`TargetRules`], ready to compare with.
#[derive(Debug)]
pub(super) struct Naming<'a> {
    rules: &'a TargetRules,
    names: Vec<String>,
    basenames: Vec<String>,
    endings: Vec<String>,
}

/// What must differ within one folder: names that differ only in upper and lower case, or only in Unicode
/// form, are one name to Windows and macOS.
///
/// Unicode case folding (Unicode standard, 3.13), by way of both cases, but for the Turkish dotless i,
/// which no file system folds.
pub(super) fn name_key(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let folded: String = name
        .nfc()
        .flat_map(|c| -> Vec<char> {
            if c == 'ı' {
                vec![c]
            } else {
                c.to_lowercase()
                    .flat_map(char::to_uppercase)
                    .flat_map(char::to_lowercase)
                    .collect()
            }
        })
        .collect();
    folded.nfc().collect()
}

/// The later in this list, the more it tells a person about why the name is another.
const TELLING: [NameChange; 8] = [
    NameChange::Extension,
    NameChange::Normalised,
    NameChange::Trimmed,
    NameChange::ControlCharacters,
    NameChange::TooLong,
    NameChange::Forbidden,
    NameChange::Empty,
    NameChange::NotUnicode,
];

fn more_telling(one: Option<NameChange>, other: NameChange) -> Option<NameChange> {
    let rank = |change| TELLING.iter().position(|known| *known == change);
    match one {
        Some(one) if rank(one) >= rank(other) => Some(one),
        _ => Some(other),
    }
}

impl<'a> Naming<'a> {
    pub(super) fn new(rules: &'a TargetRules) -> Self {
        let lower = |texts: &[String]| texts.iter().map(|text| text.to_lowercase()).collect();
        let mut endings: Vec<String> = lower(&rules.forbidden_extensions);
        endings.retain(|ending| !ending.is_empty());
        endings.extend(RESERVED_ENDINGS.map(String::from));
        Self {
            rules,
            names: lower(&rules.forbidden_names),
            basenames: lower(&rules.forbidden_basenames),
            endings,
        }
    }

    /// A legal name as near to `name` as can be.
    ///
    /// Replaced are: `/ \ | :` by `-`, since they mostly stand between parts ("12/03/2024", "18:30"), and
    /// what else the server forbids by `_`. A look-alike (U+2215 or U+FF0F, as other tools take) would be
    /// kept by the server, but cannot be typed, searched for or shown by every font.
    pub(super) fn legal(&self, name: &str, of: NameOf<'_>) -> LegalName {
        let mut change = None;
        let mut text = self.made(name, of, &mut change);
        let extension = |text: &str| match of {
            NameOf::Folder => String::new(),
            NameOf::Made(ending) => ending_as_written(text, ending).unwrap_or_default().into(),
            NameOf::File => extension_of(text).to_owned(),
        };
        // Nearly every name is fine as it is.
        let rounds = if self.is_fine(&text) { 0 } else { MAX_ROUNDS };
        for _ in 0..rounds {
            let before = text.clone();
            text = self.replaced(&text, &mut change);
            text = trimmed(&text, &mut change);
            text = self.told_apart_from_reserved(text, &mut change);
            let ending = extension(&text);
            if let Some(cut) = self.cut(&text, &ending, "") {
                text = cut;
                change = more_telling(change, NameChange::TooLong);
            }
            if text == before {
                break;
            }
        }
        if !self.is_legal(&text) {
            change = more_telling(change, NameChange::Forbidden);
            text = self.last_resort();
        }
        if text == name {
            change = None;
        }
        LegalName {
            extension: extension(&text),
            text,
            change,
        }
    }

    fn made(&self, name: &str, of: NameOf<'_>, change: &mut Option<NameChange>) -> String {
        let NameOf::Made(ending) = of else {
            return name.to_owned();
        };
        let mut title = name.trim();
        if title.is_empty() {
            *change = more_telling(*change, NameChange::Empty);
            title = FILLER;
        }
        if title.len() > ending.len() && ending_as_written(title, ending).is_some() {
            return title.to_owned();
        }
        *change = more_telling(*change, NameChange::Extension);
        format!("{title}{ending}")
    }

    /// Unicode NFC, without control characters and without what the server forbids.
    fn replaced(&self, text: &str, change: &mut Option<NameChange>) -> String {
        let mut result = String::with_capacity(text.len());
        for c in text.chars() {
            if c == char::REPLACEMENT_CHARACTER {
                // What is not UTF-8 has been read as this; a real one tells of the same loss, earlier.
                *change = more_telling(*change, NameChange::NotUnicode);
                result.push_str(self.replacement(&[FILLER, "-"]));
            } else if matches!(c, '\t' | '\n' | '\r') {
                *change = more_telling(*change, NameChange::ControlCharacters);
                result.push(' ');
            } else if c.is_control() {
                *change = more_telling(*change, NameChange::ControlCharacters);
            } else if self.is_forbidden(c) {
                *change = more_telling(*change, NameChange::Forbidden);
                result.push_str(match c {
                    '/' | '\\' | '|' | ':' => self.replacement(&["-", FILLER]),
                    _ => self.replacement(&[FILLER, "-"]),
                });
            } else {
                result.push(c);
            }
        }
        let normal: String = result.nfc().collect();
        if normal != result {
            *change = more_telling(*change, NameChange::Normalised);
        }
        normal
    }

    fn is_forbidden(&self, c: char) -> bool {
        matches!(c, '/' | '\\') || self.rules.forbidden_characters.contains(&c)
    }

    fn replacement<'b>(&self, candidates: &[&'b str]) -> &'b str {
        candidates
            .iter()
            .find(|text| !text.chars().any(|c| self.is_forbidden(c)))
            .copied()
            .unwrap_or_default()
    }

    /// Other than what the server keeps for itself: `x.part` becomes `x.part_`, `aux.c` becomes `aux_.c`.
    fn told_apart_from_reserved(&self, text: String, change: &mut Option<NameChange>) -> String {
        if self.has_forbidden_ending(&text) {
            *change = more_telling(*change, NameChange::Forbidden);
            return format!("{text}{FILLER}");
        }
        if self.is_reserved(&text) {
            *change = more_telling(*change, NameChange::Forbidden);
            let base = basename_of(&text);
            let rest = text.strip_prefix(base).unwrap_or_default();
            return format!("{base}{FILLER}{rest}");
        }
        text
    }

    fn has_forbidden_ending(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        self.endings.iter().any(|ending| lower.ends_with(ending))
    }

    fn is_reserved(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        self.names.contains(&lower)
            || self
                .basenames
                .iter()
                .any(|name| name == basename_of(&lower))
    }

    /// `text` with `number` before its ending, cut to what the server takes; `None` where nothing is cut.
    fn cut(&self, text: &str, extension: &str, number: &str) -> Option<String> {
        let stem = text.strip_suffix(extension).unwrap_or(text);
        let whole = |stem: &str| format!("{stem}{number}{extension}");
        if self.is_short_enough(&whole(stem)) {
            return None;
        }
        let mut shorter = stem;
        while let Some((at, _)) = shorter.grapheme_indices(true).next_back() {
            shorter = shorter.get(..at).unwrap_or_default();
            // A cut must not leave a space or a dot where the number or the ending follows.
            shorter = shorter.trim_end_matches(|c: char| c.is_whitespace() || c == '.');
            if !shorter.is_empty() && self.is_short_enough(&whole(shorter)) {
                return Some(whole(shorter));
            }
        }
        // One endless grapheme, or an ending that leaves no room: cut between characters.
        let mut rest: String = stem.to_owned();
        while rest.pop().is_some() {
            if !rest.is_empty() && self.is_short_enough(&whole(&rest)) {
                return Some(whole(&rest));
            }
        }
        Some(format!("{FILLER}{number}"))
    }

    fn is_short_enough(&self, text: &str) -> bool {
        text.len() <= self.rules.max_name_bytes && text.chars().count() <= self.rules.max_name_chars
    }

    fn last_resort(&self) -> String {
        ["_", "-", "x", "file", "0"]
            .into_iter()
            .find(|text| self.is_legal(text))
            .unwrap_or(FILLER)
            .to_owned()
    }

    /// `base` with a number that tells it apart: `name (2).txt`. `None` where the result would be illegal.
    pub(super) fn numbered(&self, base: &LegalName, number: u32) -> Option<String> {
        let extension = base.extension.as_str();
        let number = format!(" ({number})");
        let text = self
            .cut(&base.text, extension, &number)
            .unwrap_or_else(|| {
                let stem = base.text.strip_suffix(extension).unwrap_or(&base.text);
                format!("{stem}{number}{extension}")
            })
            .nfc()
            .collect::<String>();
        self.is_legal(&text).then_some(text)
    }

    /// Whether `name` is `base` or one of its numbered forms.
    pub(super) fn is_form_of(&self, base: &LegalName, name: &str) -> bool {
        if name == base.text {
            return true;
        }
        let stem = name.strip_suffix(base.extension.as_str()).unwrap_or(name);
        stem.strip_suffix(')')
            .and_then(|stem| stem.rsplit_once(" ("))
            .and_then(|(_, digits)| digits.parse::<u32>().ok())
            .is_some_and(|number| {
                number > 1 && self.numbered(base, number).as_deref() == Some(name)
            })
    }

    /// Whether nothing at all is to be changed.
    fn is_fine(&self, text: &str) -> bool {
        let is_plain =
            text.is_ascii() || (is_nfc(text) && !text.contains(char::REPLACEMENT_CHARACTER));
        is_plain && self.is_legal(text)
    }

    pub(super) fn is_legal(&self, text: &str) -> bool {
        !text.is_empty()
            && trimmed(text, &mut None) == text
            && !text.chars().any(|c| c.is_control() || self.is_forbidden(c))
            && !self.has_forbidden_ending(text)
            && !self.is_reserved(text)
            && self.is_short_enough(text)
    }
}

/// Without spaces at the ends and dots at the end; never empty.
fn trimmed(text: &str, change: &mut Option<NameChange>) -> String {
    let kept = text
        .trim_start()
        .trim_end_matches(|c: char| c.is_whitespace() || c == '.');
    if kept.is_empty() {
        *change = more_telling(*change, NameChange::Empty);
        return FILLER.to_owned();
    }
    if kept != text {
        *change = more_telling(*change, NameChange::Trimmed);
    }
    kept.to_owned()
}

/// What the server's list of basenames is about: the part before the first dot, but for a dot in front.
fn basename_of(text: &str) -> &str {
    let end = text
        .char_indices()
        .skip(1)
        .find(|(_, c)| *c == '.')
        .map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}

/// The ending of `text` as it is written there, if it is `ending` in any case.
fn ending_as_written<'t>(text: &'t str, ending: &str) -> Option<&'t str> {
    let at = text.len().checked_sub(ending.len())?;
    text.get(at..)
        .filter(|written| written.eq_ignore_ascii_case(ending))
}

/// The ending of a file's name, with its dot; empty where there is none. `.tar.gz` is one ending.
fn extension_of(text: &str) -> &str {
    let Some(at) = text.rfind('.').filter(|at| *at > 0) else {
        return "";
    };
    let (stem, extension) = text.split_at(at);
    let letters = extension.trim_start_matches('.');
    let is_extension = letters.chars().count() <= MAX_EXTENSION_CHARS
        && !letters.contains(char::is_whitespace)
        // `v1.2` ends with a number, not with an extension.
        && letters.contains(char::is_alphabetic);
    if !is_extension {
        return "";
    }
    match ending_as_written(stem, ".tar") {
        Some(tar) if stem.len() > tar.len() => text.get(at - tar.len()..).unwrap_or(extension),
        _ => extension,
    }
}

#[cfg(test)]
#[path = "naming_tests.rs"]
mod tests;
