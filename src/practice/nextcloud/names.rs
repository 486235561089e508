//! Paths and names: what comes in an address, and what the server takes as a name
//! (FilenameValidator.php).

use unicode_normalization::UnicodeNormalization as _;

use super::answer::{DavError, DavResult, Language};

/// The most bytes of one name.
const LONGEST_NAME: usize = 250;
/// The most bytes of a path.
const LONGEST_PATH: usize = 4000;

/// What the administrator forbids in names, as `capabilities` tells it. All lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbidden {
    pub characters: Vec<char>,
    /// Whole names.
    pub names: Vec<String>,
    /// Names up to the first dot.
    pub basenames: Vec<String>,
    /// Ends of names, with their dot.
    pub extensions: Vec<String>,
}

impl Default for Forbidden {
    fn default() -> Self {
        Self {
            characters: vec!['\\', '/'],
            names: vec![".htaccess".to_owned()],
            basenames: Vec::new(),
            extensions: vec![".filepart".to_owned(), ".part".to_owned()],
        }
    }
}

impl Forbidden {
    /// As with "Windows compatible filenames" switched on (WindowsCompatibleFilenames, since 30).
    pub fn windows() -> Self {
        let strings = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect();
        Self {
            characters: "\\/<>:\"|?*".chars().collect(),
            names: strings(&[".htaccess"]),
            basenames: strings(&[
                "con", "prn", "aux", "nul", "com0", "com1", "com2", "com3", "com4", "com5", "com6",
                "com7", "com8", "com9", "com¹", "com²", "com³", "lpt0", "lpt1", "lpt2", "lpt3",
                "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "lpt¹", "lpt²", "lpt³",
            ]),
            extensions: strings(&[".filepart", ".part", " ", "."]),
        }
    }

    /// Refused by the storage itself, with another error than the other names.
    pub fn is_blacklisted(&self, name: &str) -> bool {
        self.names.contains(&name.to_lowercase())
    }

    /// # Errors
    /// 400, for a name that the server does not take.
    pub fn check(&self, name: &str, language: Language) -> DavResult<()> {
        match self.objection(name, language == Language::French) {
            None => Ok(()),
            Some(reason) => Err(DavError::invalid_path(&reason)),
        }
    }

    /// What is wrong with a name, in the order in which FilenameValidator.php looks.
    fn objection(&self, name: &str, french: bool) -> Option<String> {
        let say = |english: &str, in_french: &str| {
            Some(if french { in_french } else { english }.to_owned())
        };
        let white = [' ', '\t', '\n', '\r', '\0', '\u{b}'];
        if name.trim_matches(white).is_empty() {
            return say(
                "Empty filename is not allowed",
                "Le nom de fichier vide n'est pas autorisé",
            );
        }
        if name.len() > LONGEST_NAME {
            return say("Filename is too long", "Le nom de fichier est trop long");
        }
        let lower = name.to_lowercase();
        if self.names.contains(&lower) {
            return say(
                "Filename is a reserved word",
                "Le nom de fichier est un mot réservé",
            );
        }
        if self.basenames.iter().any(|name| name == basename(&lower)) {
            let is = say(
                "is a forbidden prefix for file or folder names.",
                "est un préfixe interdit pour les noms de fichiers ou de dossiers.",
            )?;
            return Some(format!("\"{lower}\" {is}"));
        }
        let mut extensions = self.extensions.iter();
        if let Some(extension) = extensions.find(|end| lower.ends_with(end.as_str())) {
            let is = say(
                "is a forbidden file type.",
                "est un type de fichier interdit.",
            )?;
            return Some(format!("\"{extension}\" {is}"));
        }
        if name.chars().any(|c| c < ' ') {
            return say(
                "Filename contains at least one invalid character",
                "Le nom de fichier contient au moins un caractère invalide",
            );
        }
        let c = name.chars().find(|c| self.characters.contains(c))?;
        let is = say(
            "is not allowed inside a file or folder name.",
            "n'est pas autorisé dans un nom de fichier ou de dossier.",
        )?;
        Some(format!("\"{c}\" {is}"))
    }
}

/// Up to the first dot, but for one at the very beginning.
fn basename(name: &str) -> &str {
    name.char_indices()
        .skip(1)
        .find(|(_, c)| *c == '.')
        .and_then(|(dot, _)| name.get(..dot))
        .unwrap_or(name)
}

/// A path as it came in an address, and as the storage knows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DavPath {
    /// Decoded, but not normalised: answers repeat it.
    pub said: Vec<String>,
    /// The same in Unicode's NFC, which is what the storage knows.
    pub stored: Vec<String>,
}

impl DavPath {
    /// The path of an address, or of a `Destination`, percent-encoded. What is not UTF-8 is taken as
    /// Latin-1 (Sabre\HTTP\decodePath); empty and dot segments are resolved, as nginx does.
    pub fn decode(raw: &str) -> Self {
        let bytes: Vec<u8> = percent_encoding::percent_decode_str(raw).collect();
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect());
        Self::of(&text)
    }

    /// A path that is not encoded.
    pub fn of(text: &str) -> Self {
        let mut said: Vec<String> = Vec::new();
        for segment in text.split('/') {
            match segment {
                "" | "." => {}
                ".." => {
                    said.pop();
                }
                name => said.push(name.to_owned()),
            }
        }
        let stored = said.iter().map(|name| name.nfc().collect()).collect();
        Self { said, stored }
    }

    /// Without the first `count` segments.
    #[must_use]
    pub fn below(&self, count: usize) -> Self {
        Self {
            said: self.said.iter().skip(count).cloned().collect(),
            stored: self.stored.iter().skip(count).cloned().collect(),
        }
    }

    /// The folder's path and the last name; `None` at the top.
    pub fn split(&self) -> Option<(&[String], &str)> {
        let (name, folder) = self.stored.split_last()?;
        Some((folder, name))
    }

    pub fn is_top(&self) -> bool {
        self.stored.is_empty()
    }

    /// The names with slashes between them.
    pub fn text(&self) -> String {
        self.stored.join("/")
    }

    /// # Errors
    /// 400 for a path that is too long.
    pub fn check_length(&self) -> DavResult<()> {
        let length = self.text().len() + 1;
        if length > LONGEST_PATH {
            return Err(DavError::bad_request(format!(
                "Path length({length}) exceeds max path length({LONGEST_PATH})"
            )));
        }
        Ok(())
    }

    /// Whether the server takes this for a file that is still being written, and answers for it although
    /// it is not there (Scanner::isPartialFile).
    pub fn is_phantom(&self) -> bool {
        self.stored.iter().any(|name| name.ends_with(".part"))
    }
}

/// A path for `d:href`: percent-encoded with lower-case digits, as Sabre does.
pub fn encode<'a>(segments: impl IntoIterator<Item = &'a str>) -> String {
    use std::fmt::Write as _;
    let mut href = String::new();
    for segment in segments {
        href.push('/');
        for byte in segment.bytes() {
            if byte.is_ascii_alphanumeric() || b"_-.~():@".contains(&byte) {
                href.push(char::from(byte));
            } else {
                let _ = write!(href, "%{byte:02x}");
            }
        }
    }
    href
}

/// Names in the order of PHP's `strnatcmp`, in which chunks are put together: runs of digits count as
/// numbers.
pub fn natural_order(a: &str, b: &str) -> std::cmp::Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let digits = |text: &[u8]| text.iter().take_while(|c| c.is_ascii_digit()).count();
        match (a.split_first(), b.split_first()) {
            (None, other) => {
                return if other.is_none() {
                    a.cmp(b)
                } else {
                    std::cmp::Ordering::Less
                };
            }
            (_, None) => return std::cmp::Ordering::Greater,
            (Some((x, rest_a)), Some((y, rest_b))) => {
                if x.is_ascii_digit() && y.is_ascii_digit() {
                    let (number_a, tail_a) = a.split_at(digits(a));
                    let (number_b, tail_b) = b.split_at(digits(b));
                    let order = by_value(number_a, number_b);
                    if order.is_ne() {
                        return order;
                    }
                    (a, b) = (tail_a, tail_b);
                } else if x == y {
                    (a, b) = (rest_a, rest_b);
                } else {
                    return x.cmp(y);
                }
            }
        }
    }
}

fn by_value(a: &[u8], b: &[u8]) -> std::cmp::Ordering {
    let significant = |digits: &[u8]| -> Vec<u8> {
        digits
            .iter()
            .skip_while(|digit| **digit == b'0')
            .copied()
            .collect()
    };
    let (a, b) = (significant(a), significant(b));
    a.len().cmp(&b.len()).then(a.cmp(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_an_address_can_hold() {
        let path = DavPath::decode("/a//b/./c/../e%cc%81%2fd/bad%e9");
        // One byte that is not UTF-8 makes all of it Latin-1.
        assert_eq!(path.said, ["a", "b", "e\u{cc}\u{81}", "d", "badé"]);
        let path = DavPath::decode("/e%cc%81");
        assert_eq!(path.said, ["e\u{301}"]);
        assert_eq!(path.stored, ["\u{e9}"]);
    }

    #[test]
    fn encodes_as_sabre() {
        let href = encode(["files", "Fête :?*\"|<>#%&'+,;=@[]^`{}~!$()-_."]);
        assert_eq!(
            href,
            "/files/F%c3%aate%20:%3f%2a%22%7c%3c%3e%23%25%26%27%2b%2c%3b%3d@%5b%5d%5e%60%7b%7d~%21%24()-_."
        );
    }

    #[test]
    fn sorts_chunks_naturally() {
        let mut names = ["10", "2", "00001", "aa", "b", "a1", "a", "9"];
        names.sort_by(|a, b| natural_order(a, b));
        assert_eq!(names, ["00001", "2", "9", "10", "a", "a1", "aa", "b"]);
    }

    #[test]
    fn takes_and_refuses_names() {
        let check = |name: &str| Forbidden::default().check(name, Language::English).is_ok();
        for name in [
            "a ",
            " a",
            "a.",
            "...",
            "CON",
            "aux.c",
            "a:b?",
            "\u{a0}",
            "\u{7f}",
            "🦆",
            &"0".repeat(250),
        ] {
            assert!(check(name), "{name:?}");
        }
        for name in [
            " ",
            "  ",
            "\u{1}",
            "a\tb",
            "a\\b",
            "a.part",
            "A.PART",
            "a.filepart",
            ".htaccess",
            &"é".repeat(126),
        ] {
            assert!(!check(name), "{name:?}");
        }
        assert!(
            Forbidden::windows()
                .check("aux.c", Language::French)
                .is_err()
        );
        assert!(Forbidden::windows().check("a.", Language::French).is_err());
    }
}
