use crate::model::{ItemId, Space, SpaceId};

/// A survey of changes looks at no more shortcuts than this by itself; with more of them everything is
/// listed again, which is quicker.
const MOST_OUTSIDERS: usize = 200;

/// The word that says that "Shared with me" was taken along.
const SHARED: &str = "+shared-with-me";

/// Where the next survey of a space goes on: [`Space::change_token`] as this source writes it.
///
/// Drive's own token, and the shortcuts of the space that were replaced by what they point to: what they
/// point to lies elsewhere, so that its changes are not among this space's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChangeToken {
    pub(super) start: String,
    pub(super) shared_with_me: bool,
    pub(super) outsiders: Vec<ItemId>,
    too_many: bool,
}

impl ChangeToken {
    pub(super) fn new(start: String, shared_with_me: bool) -> Self {
        Self {
            start,
            shared_with_me,
            outsiders: Vec::new(),
            too_many: false,
        }
    }

    /// The token of `space` among those of an earlier survey.
    pub(super) fn of(since: &[Space], space: &SpaceId) -> Option<Self> {
        let earlier = since.iter().find(|earlier| earlier.id == *space)?;
        Self::read(earlier.change_token.as_deref()?)
    }

    fn read(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let mut token = Self::new(words.next()?.to_owned(), false);
        for word in words {
            if word == SHARED {
                token.shared_with_me = true;
            } else {
                token.outsiders.push(ItemId::new(word));
            }
        }
        Some(token)
    }

    /// `None` where the next survey has to list everything.
    pub(super) fn to_text(&self) -> Option<String> {
        let plain = !self.start.is_empty() && !self.start.contains(char::is_whitespace);
        if self.too_many || !plain {
            return None;
        }
        let mut text = self.start.clone();
        let shared = self.shared_with_me.then_some(SHARED);
        for word in shared
            .into_iter()
            .chain(self.outsiders.iter().map(ItemId::as_str))
        {
            text.push(' ');
            text.push_str(word);
        }
        Some(text)
    }

    pub(super) fn add_outsider(&mut self, shortcut: ItemId) {
        if self.outsiders.len() < MOST_OUTSIDERS {
            self.outsiders.push(shortcut);
        } else {
            self.too_many = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_as_it_was_written() {
        let mut token = ChangeToken::new("123".into(), false);
        assert_eq!(token.to_text().as_deref(), Some("123"));
        token.shared_with_me = true;
        token.add_outsider(ItemId::new("1a"));
        token.add_outsider(ItemId::new("1b"));
        let text = token.to_text().unwrap();
        assert_eq!(ChangeToken::read(&text), Some(token));
        assert_eq!(ChangeToken::read(" "), None);
    }

    #[test]
    fn too_many_outsiders_mean_a_full_listing() {
        let mut token = ChangeToken::new("123".into(), false);
        for n in 0..=MOST_OUTSIDERS {
            token.add_outsider(ItemId(n.to_string()));
        }
        assert_eq!(token.to_text(), None);
    }
}
