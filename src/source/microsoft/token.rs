use std::collections::HashSet;

use url::Url;

use super::ids::Locator;
use crate::model::{ItemId, Space, SpaceId};

/// A survey of changes crawls no more shared folders than this again; with more of them everything is
/// listed anew.
const MOST_SHARED: usize = 500;

/// Where the next survey of a drive goes on: [`Space::change_token`] as this source writes it.
///
/// Graph's own link, and the shared folders and files that were added to the drive: they lie elsewhere, so
/// that what happens in them is not among the drive's changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChangeToken {
    pub(super) link: Url,
    /// Stands for the drives that were listed by themselves, see [`fingerprint`].
    pub(super) drives: String,
    pub(super) shared: Vec<ItemId>,
}

impl ChangeToken {
    /// The token of `space` among those of an earlier survey.
    pub(super) fn of(since: &[Space], space: &SpaceId) -> Option<Self> {
        let earlier = since.iter().find(|earlier| earlier.id == *space)?;
        Self::read(earlier.change_token.as_deref()?)
    }

    fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        Some(Self {
            link: Url::parse(words.next()?).ok()?,
            drives: words.next()?.to_owned(),
            shared: words.map(ItemId::new).collect(),
        })
    }

    /// `None` where the next survey has to list everything.
    pub(super) fn to_text(&self) -> Option<String> {
        if self.shared.len() > MOST_SHARED {
            return None;
        }
        // An address has no spaces, and ids have none either.
        let mut text = format!("{} {}", self.link, self.drives);
        for id in &self.shared {
            text.push(' ');
            text.push_str(id.as_str());
        }
        Some(text)
    }
}

/// Tells one set of drives from another: what was added to one's own files is a shortcut where it lies in a
/// drive that is listed by itself, and else what it leads to.
pub(super) fn fingerprint(drives: &HashSet<String>) -> String {
    let mut drives: Vec<&str> = drives.iter().map(String::as_str).collect();
    drives.sort_unstable();
    let name = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, drives.join(" ").as_bytes());
    name.simple().to_string()
}

/// A folder of others that was added to one's own files, whose content is listed by itself.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    /// Where it lies.
    pub(super) top: Locator,
    /// The item that stands for it here.
    pub(super) item: ItemId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_as_it_was_written() {
        let link = "https://graph.microsoft.com/v1.0/drives/b!x/root/delta?token=aTE%20'(a b)'";
        let mut token = ChangeToken {
            link: Url::parse(link).unwrap(),
            drives: fingerprint(&HashSet::from(["b!a".to_owned(), "b!b".to_owned()])),
            shared: Vec::new(),
        };
        for _ in 0..3 {
            let text = token.to_text().unwrap();
            assert_eq!(ChangeToken::read(&text), Some(token.clone()));
            token.shared.push(ItemId::new("b!x:01y"));
        }
        token.shared = vec![ItemId::new("x"); MOST_SHARED + 1];
        assert_eq!(token.to_text(), None);
        assert_eq!(ChangeToken::read("not an address"), None);
    }
}
