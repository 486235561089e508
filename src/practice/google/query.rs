//! The search language of `files.list`: `'ID' in parents and trashed=false`.

use super::error::ApiError;
use super::node::Node;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expr {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Parent(String),
    /// A person in a role: `'me' in owners`.
    Person(Role, String),
    Name(Compare, String),
    MimeType(Compare, String),
    ShortcutTarget(Compare, String),
    /// Milliseconds since 1970.
    Time(Moment, Compare, i64),
    Flag(Flag, bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Owner,
    Member,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Modified,
    Created,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    Trashed,
    Starred,
    SharedWithMe,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
}

impl Compare {
    fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal | Self::Contains => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }

    fn text(self, found: &str, wanted: &str) -> bool {
        match self {
            Self::Contains => found.contains(wanted),
            other => other.holds(found.cmp(wanted)),
        }
    }
}

impl Expr {
    /// # Errors
    /// `invalid`, as Google says of a query that it does not understand.
    pub(super) fn parse(text: &str) -> Result<Self, ApiError> {
        let invalid = || ApiError::invalid("q");
        let tokens = tokens(text).ok_or_else(invalid)?;
        let mut parser = Parser {
            tokens: &tokens,
            depth: 0,
        };
        let expr = parser.any().ok_or_else(invalid)?;
        if parser.tokens.is_empty() {
            Ok(expr)
        } else {
            Err(invalid())
        }
    }

    /// Whether it holds for an item that is trashed (itself or with its folder) or not.
    pub(super) fn holds(&self, node: &Node, trashed: bool) -> bool {
        match self {
            Self::And(a, b) => a.holds(node, trashed) && b.holds(node, trashed),
            Self::Or(a, b) => a.holds(node, trashed) || b.holds(node, trashed),
            Self::Not(a) => !a.holds(node, trashed),
            Self::Parent(id) => node.parent.as_ref() == Some(id),
            Self::Person(Role::Owner, who) => node.drive.is_none() && node.owner_is(who),
            Self::Person(Role::Member, who) => who == "me" || node.owner_is(who),
            // Case does not count in names (unlike in the documentation).
            Self::Name(compare, wanted) => {
                compare.text(&node.name.to_lowercase(), &wanted.to_lowercase())
            }
            Self::MimeType(compare, wanted) => compare.text(node.mime_type(), wanted),
            Self::ShortcutTarget(compare, wanted) => node
                .shortcut_target()
                .is_some_and(|found| compare.text(found, wanted)),
            Self::Time(Moment::Modified, compare, wanted) => {
                compare.holds(node.modified.cmp(wanted))
            }
            Self::Time(Moment::Created, compare, wanted) => compare.holds(node.created.cmp(wanted)),
            Self::Flag(flag, wanted) => {
                let found = match flag {
                    Flag::Trashed => trashed,
                    Flag::Starred => node.starred,
                    Flag::SharedWithMe => node.shared_with_me.is_some(),
                };
                found == *wanted
            }
        }
    }

    /// What it says of every own item at once: untrashed, owned by me, not shared with me. `None`: it
    /// depends on the item.
    pub(super) fn of_own(&self, may_be_trashed: bool) -> Option<bool> {
        match self {
            Self::And(a, b) => match (a.of_own(may_be_trashed), b.of_own(may_be_trashed)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), other) | (other, Some(true)) => other,
                _ => None,
            },
            Self::Or(a, b) => match (a.of_own(may_be_trashed), b.of_own(may_be_trashed)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), other) | (other, Some(false)) => other,
                _ => None,
            },
            Self::Not(a) => a.of_own(may_be_trashed).map(|known| !known),
            Self::Person(_, who) if who == "me" => Some(true),
            Self::Flag(Flag::Trashed, wanted) if !may_be_trashed => Some(!wanted),
            Self::Flag(Flag::SharedWithMe, wanted) => Some(!wanted),
            _ => None,
        }
    }

    /// The folders in which everything that it can hold for must lie.
    pub(super) fn parents(&self) -> Option<Vec<&str>> {
        match self {
            Self::Parent(id) => Some(vec![id]),
            Self::And(a, b) => a.parents().or_else(|| b.parents()),
            Self::Or(a, b) => {
                let mut both = a.parents()?;
                for id in b.parents()? {
                    if !both.contains(&id) {
                        both.push(id);
                    }
                }
                Some(both)
            }
            _ => None,
        }
    }

    /// Puts the real id of My Drive's root in the place of `root`.
    pub(super) fn resolve_root(&mut self, root: &str) {
        match self {
            Self::And(a, b) | Self::Or(a, b) => {
                a.resolve_root(root);
                b.resolve_root(root);
            }
            Self::Not(a) => a.resolve_root(root),
            Self::Parent(id) if id == "root" => root.clone_into(id),
            _ => {}
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Compare(Compare),
    Open,
    Close,
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        tokens.push(match character {
            c if c.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            '\'' => {
                let mut text = String::new();
                loop {
                    match rest.next()? {
                        '\'' => break,
                        '\\' => text.push(rest.next()?),
                        c => text.push(c),
                    }
                }
                Token::Text(text)
            }
            '=' => Token::Compare(Compare::Equal),
            '!' => rest
                .next_if_eq(&'=')
                .map(|_| Token::Compare(Compare::NotEqual))?,
            '<' if rest.next_if_eq(&'=').is_some() => Token::Compare(Compare::LessOrEqual),
            '<' => Token::Compare(Compare::Less),
            '>' if rest.next_if_eq(&'=').is_some() => Token::Compare(Compare::GreaterOrEqual),
            '>' => Token::Compare(Compare::Greater),
            c if c.is_ascii_alphabetic() => {
                let mut word = String::from(c);
                while let Some(c) = rest.next_if(|c| c.is_ascii_alphanumeric() || *c == '.') {
                    word.push(c);
                }
                if word == "contains" {
                    Token::Compare(Compare::Contains)
                } else {
                    Token::Word(word)
                }
            }
            _ => return None,
        });
        if tokens.len() > LONGEST {
            return None;
        }
    }
    Some(tokens)
}

const DEEPEST: usize = 200;
/// Tokens; a chain of terms nests as deeply as it is long.
const LONGEST: usize = 4_000;

struct Parser<'a> {
    tokens: &'a [Token],
    depth: usize,
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Option<&'a Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    fn eat_word(&mut self, wanted: &str) -> bool {
        match self.tokens.split_first() {
            Some((Token::Word(word), rest)) if word == wanted => {
                self.tokens = rest;
                true
            }
            _ => false,
        }
    }

    fn any(&mut self) -> Option<Expr> {
        let mut left = self.all()?;
        while self.eat_word("or") {
            left = Expr::Or(Box::new(left), Box::new(self.all()?));
        }
        Some(left)
    }

    fn all(&mut self) -> Option<Expr> {
        let mut left = self.one()?;
        while self.eat_word("and") {
            left = Expr::And(Box::new(left), Box::new(self.one()?));
        }
        Some(left)
    }

    fn one(&mut self) -> Option<Expr> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let expr = if self.eat_word("not") {
            Expr::Not(Box::new(self.one()?))
        } else {
            match self.next()? {
                Token::Open => {
                    let inner = self.any()?;
                    matches!(self.next()?, Token::Close).then_some(inner)?
                }
                Token::Text(value) => self.collection(value)?,
                Token::Word(word) => self.term(word)?,
                Token::Compare(_) | Token::Close => return None,
            }
        };
        self.depth -= 1;
        Some(expr)
    }

    fn collection(&mut self, value: &str) -> Option<Expr> {
        if !self.eat_word("in") {
            return None;
        }
        let value = value.to_owned();
        match self.next()? {
            Token::Word(word) if word == "parents" => Some(Expr::Parent(value)),
            Token::Word(word) if word == "owners" => Some(Expr::Person(Role::Owner, value)),
            Token::Word(word) if word == "writers" || word == "readers" => {
                Some(Expr::Person(Role::Member, value))
            }
            _ => None,
        }
    }

    fn term(&mut self, word: &str) -> Option<Expr> {
        let flag = match word {
            "trashed" => Some(Flag::Trashed),
            "starred" => Some(Flag::Starred),
            "sharedWithMe" => Some(Flag::SharedWithMe),
            _ => None,
        };
        if let Some(flag) = flag {
            return self.flag(flag);
        }
        let Token::Compare(compare) = *self.next()? else {
            return None;
        };
        let Token::Text(value) = self.next()? else {
            return None;
        };
        let moment = match word {
            "modifiedTime" => Some(Moment::Modified),
            "createdTime" => Some(Moment::Created),
            _ => None,
        };
        if let Some(moment) = moment {
            let comparable = compare != Compare::Contains;
            return comparable.then_some(Expr::Time(moment, compare, millis(value)?));
        }
        let plain = matches!(compare, Compare::Equal | Compare::NotEqual);
        let value = value.clone();
        match word {
            "name" if plain || compare == Compare::Contains => Some(Expr::Name(compare, value)),
            "mimeType" if plain || compare == Compare::Contains => {
                Some(Expr::MimeType(compare, value))
            }
            "shortcutDetails.targetId" if plain => Some(Expr::ShortcutTarget(compare, value)),
            _ => None,
        }
    }

    /// `trashed=false`, and `sharedWithMe` by itself.
    fn flag(&mut self, flag: Flag) -> Option<Expr> {
        let Some((Token::Compare(compare), rest)) = self.tokens.split_first() else {
            return Some(Expr::Flag(flag, true));
        };
        self.tokens = rest;
        let value = match self.next()? {
            Token::Word(word) if word == "true" => true,
            Token::Word(word) if word == "false" => false,
            _ => return None,
        };
        match compare {
            Compare::Equal => Some(Expr::Flag(flag, value)),
            Compare::NotEqual => Some(Expr::Flag(flag, !value)),
            _ => None,
        }
    }
}

/// RFC 3339; without an offset it is UTC, as Google reads it.
fn millis(text: &str) -> Option<i64> {
    let stamp = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        let local: jiff::civil::DateTime = text.parse().ok()?;
        let zoned = local.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(zoned.timestamp())
    })?;
    Some(stamp.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Expr {
        Expr::parse(text).unwrap_or_else(|e| panic!("{text}: {e:?}"))
    }

    #[test]
    fn reads_what_clients_send() {
        // rclone's, the Python documentation's, ours
        for text in [
            "trashed=false and ('0AROOT' in parents or 'x' in parents)",
            "trashed=false and 'root' in parents and (mimeType='application/vnd.google-apps.folder' or mimeType='application/vnd.google-apps.shortcut')",
            "(mimeType != 'image/jpeg') and modifiedTime > '2012-06-04T12:00:00'",
            "modifiedTime >= '2012-06-04T12:00:00-08:00'",
            "sharedWithMe=true and trashed=false",
            "sharedWithMe and not trashed = true",
            "'me' in owners and trashed=false",
            r"name = 'L\'été \\ ici'",
            "not (starred = true or name contains 'hello')",
            "shortcutDetails.targetId='abc'",
        ] {
            parse(text);
        }
        assert_eq!(
            parse(r"name = 'L\'été \\'"),
            Expr::Name(Compare::Equal, "L'été \\".into())
        );
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            "and",
            "name",
            "name =",
            "name = 'x",
            "trashed = 'no'",
            "trashed=false and",
            "(trashed=false",
            "trashed=false)",
            "'x' in nowhere",
            "name < 'x'",
            "size > 3",
            "modifiedTime > 'yesterday'",
            "fullText contains 'x'",
            "name ! 'x'",
            "😀",
        ] {
            assert!(Expr::parse(text).is_err(), "{text}");
        }
        assert!(Expr::parse(&"(".repeat(100_000)).is_err());
        assert!(Expr::parse(&"not ".repeat(100_000)).is_err());
    }

    #[test]
    fn finds_the_folders_to_look_in() {
        let expr = parse("trashed=false and ('a' in parents or 'b' in parents)");
        assert_eq!(expr.parents(), Some(vec!["a", "b"]));
        assert_eq!(parse("'a' in parents or trashed=false").parents(), None);
        assert_eq!(parse("not 'a' in parents").parents(), None);
    }

    #[test]
    fn knows_what_no_own_item_can_match() {
        assert_eq!(parse("sharedWithMe=true").of_own(false), Some(false));
        assert_eq!(parse("trashed=true").of_own(false), Some(false));
        assert_eq!(parse("trashed=true").of_own(true), None);
        assert_eq!(parse("trashed=false").of_own(false), Some(true));
        assert_eq!(
            parse("name='x' and sharedWithMe").of_own(false),
            Some(false)
        );
        assert_eq!(parse("name='x' or sharedWithMe").of_own(false), None);
        assert_eq!(parse("'me' in owners").of_own(true), Some(true));
    }
}
