//! Many vCards in one stream.

use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};

use crate::pim::line::{
    BYTE_ORDER_MARK, Line, begins_with, lines, split_value, unescape, with_line_feeds,
};
use crate::pim::quoted;
use crate::pim::reader::{LineReader, MAX_OBJECT, Place};

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
    let mut reader = Reader::new(file, true);
    std::iter::from_fn(move || {
        let next = reader.next().transpose()?;
        Some(next.and_then(Open::finish))
    })
}

/// The index of a stream of cards: where each lies. It holds sixteen bytes a card.
#[derive(Debug, Default)]
pub struct CardFile {
    /// Where each begins, and how many bytes it has.
    places: Vec<(u64, u64)>,
    macintosh: bool,
}

impl CardFile {
    /// Reads a stream once, from its start, and remembers where its cards are.
    ///
    /// # Errors
    /// Those of the stream; [`io::ErrorKind::InvalidData`] for a line that is longer than any card may be.
    pub fn read(file: impl BufRead) -> io::Result<Self> {
        let mut reader = Reader::new(file, false);
        let mut places = Vec::new();
        while let Some(open) = reader.next()? {
            places.push((open.start, open.end - open.start));
        }
        Ok(Self {
            places,
            macintosh: reader.lines.is_macintosh(),
        })
    }

    /// How many cards there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Reads one card out of the stream that was read before.
    ///
    /// # Errors
    /// Those of the file; [`io::ErrorKind::NotFound`] for a number that there is not, and
    /// [`io::ErrorKind::InvalidData`] for a card larger than 64 MiB, which concerns it alone.
    pub fn card(&self, number: usize, file: &mut (impl Read + Seek)) -> io::Result<Card> {
        let (start, length) = self
            .places
            .get(number)
            .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        if *length > MAX_OBJECT as u64 {
            return Err(too_large());
        }
        file.seek(SeekFrom::Start(*start))?;
        let mut text = Vec::new();
        file.take(*length).read_to_end(&mut text)?;
        if (text.len() as u64) < *length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(bare) = text.strip_prefix(BYTE_ORDER_MARK) {
            text = bare.to_vec();
        }
        if self.macintosh {
            text = with_line_feeds(&text);
        }
        let info = info(&text);
        Ok(Card { text, info })
    }

    /// Reads all cards, in their order. A failed read of one is told in its place.
    pub fn cards<'a, R: Read + Seek + 'a>(
        &'a self,
        mut file: R,
    ) -> impl Iterator<Item = io::Result<Card>> + 'a {
        (0..self.len()).map(move |number| self.card(number, &mut file))
    }
}

fn too_large() -> io::Error {
    let error = "a vCard is larger than any may be";
    io::Error::new(io::ErrorKind::InvalidData, error)
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
    /// Whether the bytes are wanted, not only their place.
    keeps: bool,
}

/// A card that has begun.
struct Open {
    start: u64,
    end: u64,
    text: Vec<u8>,
    depth: usize,
    /// The last line was an AGENT, which a card of its own follows in vCard 2.1.
    agent: bool,
    is_too_large: bool,
}

impl Open {
    fn new(place: Place) -> Self {
        Self {
            start: place.offset,
            end: place.offset,
            text: Vec::new(),
            depth: 0,
            agent: false,
            is_too_large: false,
        }
    }

    fn finish(self) -> io::Result<Card> {
        if self.is_too_large {
            return Err(too_large());
        }
        let info = info(&self.text);
        Ok(Card {
            text: self.text,
            info,
        })
    }
}

impl<R: BufRead> Reader<R> {
    fn new(file: R, keeps: bool) -> Self {
        Self {
            lines: LineReader::new(file),
            open: None,
            is_over: false,
            keeps,
        }
    }

    fn next(&mut self) -> io::Result<Option<Open>> {
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
                return Ok(self.open.take());
            };
            let bytes = match raw.strip_prefix(BYTE_ORDER_MARK) {
                Some(bytes) if place.offset == 0 => bytes,
                _ => &raw,
            };
            if let Some(card) = self.line(bytes, place) {
                return Ok(Some(card));
            }
        }
    }

    /// Takes a line in; returns the card that it ends.
    fn line(&mut self, raw: &[u8], place: Place) -> Option<Open> {
        let (line, _) = Line::take(raw);
        let begins = line
            .begins()
            .is_some_and(|name| name.eq_ignore_ascii_case("VCARD"));
        let is_cut = begins && self.open.as_ref().is_some_and(|open| !open.agent);
        let cut = if is_cut { self.open.take() } else { None };
        if self.open.is_none() && !begins {
            return None;
        }
        let open = self.open.get_or_insert_with(|| Open::new(place));
        open.depth += usize::from(line.begins().is_some());
        open.depth -= usize::from(line.ends().is_some());
        open.agent = line.is("AGENT") && line.value().trim_ascii().is_empty();
        open.end = place.offset + place.length;
        open.is_too_large |= open.end - open.start > MAX_OBJECT as u64;
        if self.keeps && !open.is_too_large {
            open.text.extend_from_slice(raw);
        }
        if open.depth == 0 {
            return self.open.take();
        }
        cut
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
    fn an_index_finds_the_same_cards() {
        let (one, two) = (card("FN:A\r\n"), card("FN:B\r\n C\r\n"));
        for text in [
            format!("\u{feff}{one}\r\njunk\r\n{two}"),
            format!("{one}{two}").replace("\r\n", "\r"),
            format!("{one}BEGIN:VCARD\r\nFN:Cut\r\n{two}BEGIN:VCARD\r\n"),
            String::new(),
        ] {
            let file = CardFile::read(text.as_bytes()).unwrap();
            let found: Vec<Card> = file.cards(Cursor::new(&text)).map(Result::unwrap).collect();
            assert_eq!(found, split(text.as_bytes()));
            assert_eq!(file.len(), found.len());
            assert!(file.card(file.len(), &mut Cursor::new(&text)).is_err());
        }
    }

    #[test]
    fn a_card_within_a_card_is_an_agent_or_a_cut() {
        let agent = card("FN:A\r\nAGENT:\r\nBEGIN:VCARD\r\nFN:Inner\r\nEND:VCARD\r\nTEL:1\r\n");
        assert_eq!(texts(agent.as_bytes()), std::slice::from_ref(&agent));
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
