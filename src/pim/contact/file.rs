//! Many vCards in one stream.

use std::io::{self, BufRead, Cursor};

use crate::pim::line::{BYTE_ORDER_MARK, Line, begins_with, lines, split_value, unescape};
use crate::pim::quoted;
use crate::pim::reader::{LineReader, MAX_OBJECT};

/// One vCard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Its very bytes, from BEGIN to END.
    pub text: Vec<u8>,
    pub info: CardInfo,
}

/// What can be told of a card at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CardInfo {
    pub uid: Option<String>,
    /// FN, or else what comes nearest to a name; may be empty.
    pub name: String,
    pub version: Option<String>,
    /// A group of others (KIND:group, X-ADDRESSBOOKSERVER-KIND:group).
    pub group: bool,
    /// The last change, as it is written (REV).
    pub revision: Option<String>,
}

/// Reads the cards of a stream one after the other: memory of one card.
///
/// What is between cards is passed over. A card that is cut off is a card, too, which [`super::prepare`] will
/// refuse; one larger than 64 MiB is an error of its own ([`io::ErrorKind::InvalidData`]), after which the
/// next one comes.
pub fn cards(file: impl BufRead) -> impl Iterator<Item = io::Result<Card>> {
    let mut reader = Reader {
        lines: LineReader::new(file),
        open: None,
        is_over: false,
    };
    std::iter::from_fn(move || reader.next().transpose())
}

/// Splits a text that is in memory as [`cards`] does.
pub fn split(text: &[u8]) -> Vec<Card> {
    cards(Cursor::new(text)).filter_map(Result::ok).collect()
}

/// Whether a file that starts with these bytes is made of vCards.
pub fn looks_like(start: &[u8]) -> bool {
    begins_with(start, "VCARD")
}

struct Reader<R> {
    lines: LineReader<R>,
    open: Option<Open>,
    is_over: bool,
}

/// A card that has begun.
struct Open {
    text: Vec<u8>,
    depth: usize,
    /// The last line was an AGENT, which a card of its own follows in vCard 2.1.
    agent: bool,
    is_too_large: bool,
}

impl Open {
    fn new(raw: &[u8]) -> Self {
        Self {
            text: raw.to_vec(),
            depth: 1,
            agent: false,
            is_too_large: false,
        }
    }

    fn finish(self) -> io::Result<Card> {
        if self.is_too_large {
            let error = "a vCard is larger than any may be";
            return Err(io::Error::new(io::ErrorKind::InvalidData, error));
        }
        let info = info(&self.text);
        Ok(Card {
            text: self.text,
            info,
        })
    }
}

impl<R: BufRead> Reader<R> {
    fn next(&mut self) -> io::Result<Option<Card>> {
        if self.is_over {
            return Ok(None);
        }
        let mut raw = Vec::new();
        loop {
            let place = match self.lines.read(&mut raw) {
                Ok(place) => place,
                Err(error) => {
                    self.is_over = true;
                    return Err(error);
                }
            };
            let Some(place) = place else {
                self.is_over = true;
                return self.open.take().map(Open::finish).transpose();
            };
            let bytes = match raw.strip_prefix(BYTE_ORDER_MARK) {
                Some(bytes) if place.offset == 0 => bytes,
                _ => &raw,
            };
            if let Some(card) = self.line(bytes) {
                return card.map(Some);
            }
        }
    }

    /// Takes a line in; returns the card that it ends.
    fn line(&mut self, raw: &[u8]) -> Option<io::Result<Card>> {
        let (line, _) = Line::take(raw);
        let begins = line
            .begins()
            .is_some_and(|name| name.eq_ignore_ascii_case("VCARD"));
        let Some(open) = &mut self.open else {
            if begins {
                self.open = Some(Open::new(raw));
            }
            return None;
        };
        if begins && !open.agent {
            return self.open.replace(Open::new(raw)).map(Open::finish);
        }
        open.depth += usize::from(line.begins().is_some());
        open.depth -= usize::from(line.ends().is_some());
        open.agent = line.is("AGENT") && line.value().trim_ascii().is_empty();
        open.is_too_large |= open.text.len() + raw.len() > MAX_OBJECT;
        if !open.is_too_large {
            open.text.extend_from_slice(raw);
        }
        if open.depth == 0 {
            return self.open.take().map(Open::finish);
        }
        None
    }
}

/// Looks at a card. Never fails: of a broken one, less is known.
pub fn info(text: &[u8]) -> CardInfo {
    let mut info = CardInfo::default();
    let mut depth = 0_usize;
    let mut names: Vec<(usize, String)> = Vec::new();
    for line in lines(text) {
        depth += usize::from(line.begins().is_some());
        depth = depth.saturating_sub(usize::from(line.ends().is_some()));
        if depth != 1 {
            continue;
        }
        let said = || quoted::decode(&line).unwrap_or_else(|| line.value_str().into_owned());
        match line.name().to_ascii_uppercase().as_str() {
            "UID" if info.uid.is_none() => {
                info.uid = Some(line.text()).filter(|uid| !uid.trim().is_empty());
            }
            "VERSION" => info.version = Some(line.value_str().trim().to_owned()),
            "REV" => info.revision = Some(line.value_str().trim().to_owned()),
            "KIND" | "X-ADDRESSBOOKSERVER-KIND" => {
                info.group |= line.value().eq_ignore_ascii_case(b"group");
            }
            name => {
                let rank = NAMES.iter().position(|known| *known == name);
                names.extend(rank.map(|rank| (rank, shown(name, &said()))));
            }
        }
    }
    names.retain(|(_, name)| !name.is_empty());
    let best = names.into_iter().min_by_key(|(rank, _)| *rank);
    info.name = best.map(|(_, name)| name).unwrap_or_default();
    info
}

/// What may stand for a name, the best first.
pub(super) const NAMES: [&str; 8] = ["FN", "N", "NICKNAME", "ORG", "EMAIL", "TEL", "TITLE", "URL"];

/// A name, an organisation, an address as people read it.
pub(super) fn shown(property: &str, value: &str) -> String {
    let parts: Vec<String> = split_value(value, ';')
        .into_iter()
        .map(|part| unescape(part).trim().to_owned())
        .collect();
    match property {
        "N" => {
            let part = |number: usize| parts.get(number).map(String::as_str).unwrap_or_default();
            let order = [part(3), part(1), part(2), part(0), part(4)];
            let words: Vec<&str> = order.into_iter().filter(|part| !part.is_empty()).collect();
            words.join(" ")
        }
        "ORG" => parts
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
        "NICKNAME" => unescape(split_value(value, ',').first().unwrap_or(&""))
            .trim()
            .to_owned(),
        _ => unescape(value).trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(lines: &str) -> String {
        format!("BEGIN:VCARD\r\nVERSION:3.0\r\n{lines}END:VCARD\r\n")
    }

    fn texts(text: &[u8]) -> Vec<String> {
        let all = split(text).into_iter();
        all.map(|card| String::from_utf8(card.text).unwrap())
            .collect()
    }

    #[test]
    fn splits_and_keeps_the_bytes() {
        let (one, two) = (card("FN:A\r\nX-ODD;B=c:\\d\r\n"), card("FN:B\r\n C\r\n"));
        let text = format!("\u{feff}{one}\r\njunk\r\n{two}");
        assert_eq!(texts(text.as_bytes()), [one.clone(), two.clone()]);
        assert_eq!(
            texts(format!("{one}{two}").replace("\r\n", "\r").as_bytes()),
            [one, two]
        );
    }

    #[test]
    fn a_card_within_a_card_is_an_agent_or_a_cut() {
        let agent = card("FN:A\r\nAGENT:\r\nBEGIN:VCARD\r\nFN:Inner\r\nEND:VCARD\r\nTEL:1\r\n");
        assert_eq!(texts(agent.as_bytes()), [agent.clone()]);
        assert_eq!(split(agent.as_bytes())[0].info.name, "A");
        let cut = "BEGIN:VCARD\r\nFN:Cut\r\n";
        let whole = card("FN:B\r\n");
        assert_eq!(
            texts(format!("{cut}{whole}").as_bytes()),
            [cut.to_owned(), whole.clone()]
        );
        assert_eq!(
            texts(format!("{whole}{cut}").as_bytes()),
            [whole, cut.to_owned()]
        );
    }

    #[test]
    fn tells_the_best_name() {
        for (lines, name) in [
            ("TEL:1\r\nFN:A\\, B\r\nN:x;y\r\n", "A, B"),
            ("N:Martin;Léa;;Mme;\r\n", "Mme Léa Martin"),
            ("FN:\r\nORG:AMAP;Bureau\r\n", "AMAP, Bureau"),
            ("EMAIL:a@x\r\n", "a@x"),
            (
                "FN;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:L=E9a\r\n",
                "Léa",
            ),
            ("NOTE:x\r\n", ""),
        ] {
            assert_eq!(info(card(lines).as_bytes()).name, name);
        }
        let told = info(card("UID:1\r\nX-ADDRESSBOOKSERVER-KIND:group\r\nREV:2024\r\n").as_bytes());
        assert_eq!(
            (told.uid.as_deref(), told.group, told.version.as_deref()),
            (Some("1"), true, Some("3.0"))
        );
        assert_eq!(info(b"").name, "");
    }
}
