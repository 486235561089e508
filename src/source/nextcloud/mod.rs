//! Another Nextcloud, 28 or newer, over WebDAV with an app password.

mod content;
mod error;
mod pim;
mod survey;

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use secrecy::SecretString;
use tokio::sync::OnceCell;
use url::Url;

use self::content::Doubts;
use self::survey::Survey;
use super::{Content, Source, SourceAccount, SourceError, SourceObject, SurveySink};
use crate::dav::pim::PimClient;
use crate::dav::{DavClient, DavError, DavPath, Depth, Prop};
use crate::model::{HashValue, Item, ItemId, Scope, Space};

pub use error::nextcloud_error;

/// The files, calendars and address books of one Nextcloud account.
///
/// A file's id is its `oc:fileid`, which stays when it is renamed or moved; that of a calendar, an address
/// book and what lies in them is its path below the entry point, which stays when it is renamed. The
/// version is the ETag.
///
/// The checksums that a Nextcloud stores are what some client once said of its own file; the server
/// never looks whether they are right. So they are not told as [`Item::hash`], where a wrong one would
/// make a good file fail for ever. They are not wasted either: content that differs from its stored
/// checksum is read a second time, and taken when it is the same again.
#[derive(Debug, Clone)]
pub struct NextcloudSource(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    dav: DavClient,
    pim: PimClient,
    /// Where to start, relative to the account's files; empty for everything.
    folder: String,
    received_shares: bool,
    external_storage: bool,
    pim_scope: pim::PimScope,
    user_id: OnceCell<String>,
    doubts: Doubts,
}

/// What a file is found and read by; [`Item::locator`].
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Locator {
    /// Relative to the account's files.
    path: String,
    /// The checksum that the server stores, where it is of a kind that we know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stored: Option<String>,
}

impl Locator {
    fn of(item: &Item) -> Result<Self, SourceError> {
        serde_json::from_str(&item.locator).map_err(|error| SourceError::Protocol {
            detail: "a damaged locator".into(),
            cause: Some(error.into()),
        })
    }

    fn stored(&self) -> Option<HashValue> {
        self.stored.as_deref()?.parse().ok()
    }
}

impl NextcloudSource {
    /// `user` is the name that the password belongs to, which need not be the account's id; `folder` is
    /// where to start, relative to the account's files, empty for everything.
    ///
    /// # Errors
    /// When `url` is neither encrypted nor on this computer.
    pub fn new(
        url: &Url,
        user: &str,
        password: &SecretString,
        folder: &str,
        scope: &Scope,
    ) -> Result<Self, SourceError> {
        let dav = DavClient::new(url, user, password)?;
        Ok(Self(Arc::new(Inner {
            pim: pim::client(&dav),
            dav,
            folder: folder.trim_matches('/').to_owned(),
            received_shares: scope.received_shares,
            external_storage: scope.external_storage,
            pim_scope: pim::PimScope::of(scope),
            user_id: OnceCell::new(),
            doubts: Doubts::default(),
        })))
    }

    async fn user_id(&self) -> Result<&str, DavError> {
        let id = self
            .0
            .user_id
            .get_or_try_init(|| async {
                let account = error::retrying(|| self.0.dav.account()).await?;
                Ok::<_, DavError>(account.id)
            })
            .await?;
        Ok(id)
    }

    async fn dav_path(&self, path: &str) -> Result<DavPath, DavError> {
        Ok(DavPath::files(self.user_id().await?, path)?)
    }

    /// The ETag of what is at `path`; `None` where nothing is.
    async fn etag(&self, path: &str) -> Result<Option<String>, DavError> {
        use futures::TryStreamExt as _;
        let path = self.dav_path(path).await?;
        let props = &[Prop::ETag, Prop::FileId];
        let asked = error::retrying(|| async {
            let mut entries = self.0.dav.propfind(&path, Depth::Zero, props).await?;
            entries.try_next().await
        });
        match asked.await {
            Ok(Some(entry)) if entry.file_id.is_some() => Ok(entry.etag),
            // The home of somebody else: an empty folder that has neither an id nor an ETag.
            Ok(_) => Err(DavError::protocol("not a folder of this account")),
            Err(DavError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl Source for NextcloudSource {
    async fn check(&self) -> Result<SourceAccount, SourceError> {
        let dav = &self.0.dav;
        error::retrying(|| dav.server_status()).await?;
        // Before the password is tried: one more failure could lock out everybody here.
        let free = error::retrying(|| dav.check_brute_force()).await;
        free.map_err(error::at_sign_in)?;
        self.user_id().await.map_err(error::at_sign_in)?;
        if self.etag(&self.0.folder).await?.is_none() {
            return Err(SourceError::NotFound);
        }
        Ok(SourceAccount {
            name: dav.login_name().to_owned(),
        })
    }

    async fn survey(&self, since: &[Space], sink: &mut dyn SurveySink) -> Result<(), SourceError> {
        Survey::new(self, &mut *sink).await?.run(since).await?;
        pim::survey(self, since, sink).await
    }

    async fn read(&self, item: &Item, from: u64) -> Result<Content, SourceError> {
        let locator = Locator::of(item)?;
        let path = self.dav_path(&locator.path).await?;
        content::read(&self.0.dav, &path, item, &locator, from, &self.0.doubts).await
    }

    fn objects<'a>(
        &'a self,
        collection: &'a Item,
        wanted: &'a [Item],
    ) -> BoxStream<'a, (ItemId, Result<SourceObject, SourceError>)> {
        self.read_objects(collection, wanted)
    }

    fn linked_item(&self, address: &str) -> Option<ItemId> {
        pim::linked_file(self.0.dav.base(), address)
    }

    async fn version_now(&self, item: &Item) -> Result<Option<String>, SourceError> {
        if item.kind.is_object() {
            return self.object_etag(item).await;
        }
        let locator = Locator::of(item)?;
        Ok(self.etag(&locator.path).await?)
    }
}

#[cfg(test)]
mod tests;
