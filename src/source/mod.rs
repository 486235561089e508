//! Where items come from. Sources are only ever read.

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};

use crate::model::{DocumentFormat, Item, ItemId, Reason, Space, SpaceId};

pub use crate::model::{LINK_EXTENSION, link_file};

pub mod dropbox;
mod error;
pub mod folder;
pub mod google;
pub mod microsoft;
pub mod nextcloud;
mod pim_file;
mod ranged;
mod spool;
pub mod takeout;
pub use error::SourceError;
#[cfg(test)]
mod testing;

/// An account, or a folder, whose items can be listed and read.
#[async_trait]
pub trait Source: Send + Sync {
    /// Signs in or opens the folder, so that what is wrong with it is known before the survey.
    async fn check(&self) -> Result<SourceAccount, SourceError>;

    /// Tells `sink` of everything there is. With `since`, the spaces of an earlier complete survey with
    /// their change tokens, a source that can report changes may tell only of those.
    ///
    /// # Errors
    /// Only what makes a complete survey impossible; an item that cannot be read is reported with its
    /// [`Item::obstacle`] and never stops the others.
    async fn survey(&self, since: &[Space], sink: &mut dyn SurveySink) -> Result<(), SourceError>;

    /// The content from byte `from` on. For documents, see [`Self::export`].
    async fn read(&self, item: &Item, from: u64) -> Result<Content, SourceError>;

    /// A native document as a file of `format`; the media type and ending are those of
    /// [`Self::export_extension`].
    async fn export(&self, item: &Item, format: DocumentFormat) -> Result<Content, SourceError> {
        let _ = (item, format);
        Err(SourceError::NotExportable)
    }

    /// The texts of calendar objects or cards, all of one `collection`, at most [`OBJECTS_AT_ONCE`] of them,
    /// in any order. An item that is no longer there is told as [`SourceError::NotFound`]; an error that
    /// stops the others, too, is told of one of them and ends the stream. What the stream does not tell of
    /// is asked for again later.
    ///
    /// A source that can only give a whole collection keeps it in a temporary file at the first call and
    /// answers from there.
    fn objects<'a>(
        &'a self,
        collection: &'a Item,
        wanted: &'a [Item],
    ) -> BoxStream<'a, (ItemId, Result<SourceObject, SourceError>)> {
        let _ = collection;
        stream::iter(wanted)
            .map(|item| (item.id.clone(), Err(SourceError::NotFound)))
            .boxed()
    }

    /// The item that an address leads to, where it is one of this source's own: for the attachments of
    /// events, which then lead to the moved file.
    fn linked_item(&self, address: &str) -> Option<ItemId> {
        let _ = address;
        None
    }

    /// What the source looks like now of an item that the survey saw, to tell a change during the move.
    /// `None`: it is gone.
    async fn version_now(&self, item: &Item) -> Result<Option<String>, SourceError>;

    /// Whether the size and the digest that the source publishes of this item are reliably those of the
    /// bytes that it hands out. Where they are not, and two readings give the same bytes, these count; that
    /// they are what the source has is then proved less strongly.
    fn vouches_for(&self, item: &Item) -> bool {
        let _ = item;
        true
    }
}

/// Whose account it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceAccount {
    /// What people recognise: a mail address, a login, a path.
    pub name: String,
}

/// The bytes of an item.
pub struct Content {
    /// Bytes that the stream will give, where the source says it.
    pub length: Option<u64>,
    pub stream: BoxStream<'static, Result<Bytes, SourceError>>,
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Content")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// Calendar objects or cards that are asked for at a time.
pub const OBJECTS_AT_ONCE: usize = 200;

/// A calendar object or a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceObject {
    /// iCalendar or vCard, byte for byte as the source gave it where it gives such texts.
    pub text: Bytes,
    /// The [`Item::version`] of this text, which may be newer than the survey's.
    pub version: String,
    /// Whether the text was made from something else (JSON).
    pub converted: bool,
    /// How much of it had no place in the text, not even as an X- property.
    pub lost: u32,
}

/// Takes in what a survey finds, page by page.
#[async_trait]
pub trait SurveySink: Send {
    /// Adds a space or, when it is known, updates it.
    async fn space(&mut self, space: Space) -> Result<(), SourceError>;

    /// Adds items; one that is known by its id is replaced, and so is, with what is below it, what was told
    /// of with the same [`Item::path`] (but what is below a folder stays, if it is a folder again). Parents
    /// need not come before children.
    async fn items(&mut self, items: Vec<Item>) -> Result<(), SourceError>;

    /// For a survey of changes only: these are no longer there (with all that lies in them).
    async fn gone(&mut self, ids: Vec<ItemId>) -> Result<(), SourceError>;

    /// As [`Self::gone`], of what was told of at an [`Item::path`] and below it, whatever lies in it by now.
    async fn gone_at(&mut self, space: &SpaceId, path: &str) -> Result<(), SourceError>;

    /// For a survey of changes only: all that an earlier survey found in this space still counts, unless
    /// told otherwise. Without it, what this survey does not tell of is gone.
    async fn unchanged_unless_told(&mut self, space: &SpaceId) -> Result<(), SourceError>;

    /// Takes [`Self::unchanged_unless_told`] back, and what this survey told of the space as well: everything
    /// that is in it will be told from here on.
    async fn listed_afresh(&mut self, space: &SpaceId) -> Result<(), SourceError>;

    /// What is known of an id by now, in this survey.
    async fn known(&mut self, id: &ItemId) -> Result<Option<Item>, SourceError>;

    /// What lies at an [`Item::path`] of a space by now, in this survey.
    async fn known_at(&mut self, space: &SpaceId, path: &str) -> Result<Option<Item>, SourceError>;

    /// Shortcuts of this survey whose target is not among the items, in the order of their ids, after
    /// `after`; at most `limit`.
    async fn dangling_shortcuts(
        &mut self,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, SourceError>;

    /// Items of `space` whose parent is not among the items, likewise.
    async fn without_parent(
        &mut self,
        space: &SpaceId,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, SourceError>;
}

impl SourceError {
    /// The outcome's reason for an item that could not be read.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Unauthorized { .. } => Reason::SourceUnauthorized,
            Self::NotFound => Reason::SourceGone,
            Self::Forbidden { reason, .. } => *reason,
            Self::NotExportable => Reason::NotExportable,
            Self::Changed => Reason::SourceChanged,
            Self::Unreadable { .. } => Reason::Unreadable,
            Self::Throttled { .. } | Self::Temporary { .. } | Self::Unreachable { .. } => {
                Reason::SourceUnavailable
            }
            Self::Protocol { .. } | Self::Ledger { .. } => Reason::SourceUnavailable,
        }
    }
}
