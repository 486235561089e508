//! The nouns: what is found, what is decided, what became of it, and how we know.
//!
//! Nothing here does anything: no clock, no network, no disk. Everything above may use it.

mod collection;
mod decision;
mod digests;
mod documents;
mod draft;
mod hash;
mod item;
mod link;
mod migration;
mod options;
mod outcome;
mod reason;
mod selection;
mod space;
mod summary;
mod target;

pub use collection::{
    Access, Collection, Component, MAX_ADDRESS_BOOKS, MAX_CALENDARS, Reminder, Standing,
    TargetCollection, TargetObject, collection_of,
};
pub use decision::{Action, Decision, Step};
pub use digests::{Algorithms, Digests};
pub use documents::{
    ExportFormat, document_stem, dropbox_document, export_extension, export_format, is_other_format,
};
pub use draft::Draft;
pub use hash::{HashAlgorithm, HashValue, ParseHashError};
pub use item::{Item, ItemId, ItemKind};
pub use link::{LINK_EXTENSION, link_file};
pub(crate) use migration::is_loopback;
pub use migration::{
    Migration, MigrationFileError, MigrationProblem, SourceConfig, TargetConfig, clean_folder,
    is_tenant, parse_rate,
};
pub use options::{ConflictPolicy, DocumentFormat, Options, Scope};
pub use outcome::{Outcome, OutcomeKind, Proof};
pub use reason::{NameChange, Reason};
pub use selection::{Branch, Chosen, Selection, Share, Sum};
pub use space::{FolderNames, Space, SpaceId, SpaceKind};
pub use summary::{
    MoveDone, PreviewDone, ReportDone, ReportItem, StatusDone, SurveyDone, VerifyDone, VerifyItem,
};
pub use target::{BulkSupport, ChunkedSupport, TargetEntry, TargetInfo, TargetRules};

/// A moment, as every source and target reports it.
pub type Timestamp = jiff::Timestamp;
