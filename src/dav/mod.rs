//! The wire that the Nextcloud source and the Nextcloud target share: WebDAV with Nextcloud's habits,
//! CalDAV and CardDAV, and the few OCS calls that say what a server is and who is signed in.

mod client;
mod error;
mod multistatus;
mod ocs;
mod path;
pub mod pim;
mod props;
mod refusal;
mod xml;

pub use client::{DavClient, EntryStream, Lane};
pub use error::{BoxError, DavError, NotNextcloud};
pub use ocs::{Account, Capabilities, OLDEST, ServerStatus};
pub use path::{BadPath, DavPath, encode_path};
pub use props::{DavEntry, Depth, Prop};
pub use refusal::Refusal;
