//! A Nextcloud as the place where everything arrives: its files, calendars and address books.

mod body;
mod bulk;
mod chunks;
mod error;
mod listing;
pub mod pim;
mod properties;
mod retry;
mod upload;

use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt as _;
use http::{Method, header};
use secrecy::SecretString;
use tokio::sync::OnceCell;
use unicode_normalization::UnicodeNormalization as _;
use url::Url;

use crate::dav::pim::{Homes, PimClient};
use crate::dav::{
    Capabilities, DavClient, DavEntry, DavPath, Depth as DavDepth, Lane, Prop, Refusal,
};
use crate::model::{BulkSupport, ChunkedSupport, TargetEntry, TargetInfo, TargetRules};

pub use body::Body;
pub use bulk::{BulkFile, fits_bulk};
pub use chunks::{StoredChunk, UploadId};
pub use error::TargetError;
pub use pim::{ObjectProof, StoredObject};
pub use properties::Properties;
pub use upload::{EARLIEST_MODIFIED, Put, Stored, clamp_modified};

/// How deep a listing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What lies directly in the folder.
    One,
    /// Everything below it.
    Infinity,
}

/// Whether a folder had to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FolderMade {
    Created { file_id: Option<String> },
    Existed,
}

/// How long to wait for what. The defaults suit real servers; tests want less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Without a byte moving, before a request counts as lost.
    pub stall: Duration,
    /// Before the first look at what became of an assembly whose answer got lost.
    pub first_look: Duration,
    /// Between two looks, at the most.
    pub between_looks: Duration,
    /// Looking on, at the most, for an upload of no length; every 10 MB add a second.
    pub looking: Duration,
    /// Before the first repetition of a short request.
    pub first_retry: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            stall: Duration::from_secs(120),
            first_look: Duration::from_secs(1),
            between_looks: Duration::from_secs(15),
            looking: Duration::from_secs(15 * 60),
            first_retry: Duration::from_millis(500),
        }
    }
}

/// One account of a Nextcloud. Cheap to clone. Paths are relative to the account's files, without
/// leading and trailing `/`, decoded; `""` is the account's top folder.
#[derive(Debug, Clone)]
pub struct Nextcloud {
    dav: DavClient,
    pim: PimClient,
    user_id: Arc<OnceCell<String>>,
    homes: Arc<OnceCell<Homes>>,
    patience: Patience,
}

impl Nextcloud {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// When `url` is neither encrypted nor on this computer.
    pub fn new(url: &Url, login_name: &str, password: SecretString) -> Result<Self, TargetError> {
        let dav = DavClient::new(url, login_name, &password)?;
        Ok(Self {
            pim: PimClient::nextcloud(dav.clone()),
            dav,
            user_id: Arc::default(),
            homes: Arc::default(),
            patience: Patience::default(),
        })
    }

    /// With other waiting times.
    #[must_use]
    pub fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Checks that this is a Nextcloud, that the login is good, and whose files it opens; reads limits
    /// and quota. The password is tried once: every failure counts against the whole internet address.
    ///
    /// # Errors
    /// Each with a cause of its own that a person can act on: see [`TargetError`].
    pub async fn connect(&self) -> Result<TargetInfo, TargetError> {
        let status = self.retrying(|| self.dav.server_status()).await?;
        self.retrying(|| self.dav.check_brute_force()).await?;
        self.sign_in().await?;
        let user_id = self.user_id().await?.to_owned();
        let capabilities = self.retrying(|| self.dav.capabilities()).await?;
        let home = self.home().await?;
        Ok(TargetInfo {
            version: status.version,
            name: capabilities
                .text("/theming/name")
                .unwrap_or("Nextcloud")
                .to_owned(),
            user_id,
            free: home.quota_available,
            used: home.quota_used.or(home.size).unwrap_or(0),
            rules: rules(&capabilities),
            bulk: if capabilities.text("/dav/bulkupload").is_some() {
                BulkSupport::Offered
            } else {
                BulkSupport::Absent
            },
            chunked: chunked(&capabilities),
        })
    }

    /// The first use of the password goes to WebDAV, the only place that tells a wrong password from a
    /// disabled account and from a server that wants app passwords.
    async fn sign_in(&self) -> Result<(), TargetError> {
        let path = DavPath::files(self.dav.login_name(), "")?;
        let asked = self
            .retrying(|| self.dav.propfind(&path, DavDepth::Zero, &[Prop::FileId]))
            .await;
        match asked {
            // The login name need not be the account's id: that there is no such folder says nothing.
            Ok(_) | Err(TargetError::NotFound | TargetError::Refused { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The account's own top folder. Another account's looks like an empty one of its own, so what only
    /// the real one has is checked.
    async fn home(&self) -> Result<DavEntry, TargetError> {
        const PROPS: &[Prop] = &[
            Prop::ResourceType,
            Prop::FileId,
            Prop::ETag,
            Prop::Size,
            Prop::QuotaAvailable,
            Prop::QuotaUsed,
        ];
        let home = self.entry("", PROPS).await?;
        home.filter(|home| home.file_id.is_some() && home.etag.is_some())
            .ok_or_else(|| TargetError::protocol("the account has no files of its own"))
    }

    /// Bytes that the account may still write; `None` where there is no limit. The server may remember
    /// the quota for five minutes.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn free_space(&self) -> Result<Option<u64>, TargetError> {
        Ok(self.home().await?.quota_available)
    }

    /// What is at `path`; `None` when nothing is.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn stat(&self, path: &str) -> Result<Option<TargetEntry>, TargetError> {
        let entry = self.entry(path, listing::PROPS).await?;
        Ok(entry
            .filter(is_real)
            .map(|entry| listing::target_entry(path.nfc().collect(), entry)))
    }

    async fn entry(&self, path: &str, props: &[Prop]) -> Result<Option<DavEntry>, TargetError> {
        let path = self.files(path).await?;
        let found = self
            .retrying(|| async {
                self.dav
                    .propfind(&path, DavDepth::Zero, props)
                    .await?
                    .try_next()
                    .await
            })
            .await;
        match found {
            Err(TargetError::NotFound) => Ok(None),
            other => other,
        }
    }

    /// Makes the folder `path`, whose parent must be there.
    ///
    /// # Errors
    /// [`TargetError::ParentMissing`]; [`TargetError::Taken`] when a file has this name;
    /// [`TargetError::Refused`] for a name that the server does not take, also where it pretends that
    /// such a folder were there already.
    pub async fn make_folder(&self, path: &str) -> Result<FolderMade, TargetError> {
        let request = self.method(Lane::Api, "MKCOL", path).await?;
        let refusal = match Refusal::check(self.dav.send(request).await?).await {
            Ok(response) => {
                let file_id = upload::file_id(response.headers());
                return Ok(FolderMade::Created { file_id });
            }
            Err(refusal) => refusal,
        };
        match refusal.status.as_u16() {
            405 => match self.stat(path).await? {
                Some(entry) if entry.is_folder => Ok(FolderMade::Existed),
                Some(_) => Err(TargetError::Taken),
                // Neither there nor possible: a name like `x.part`.
                None => Err(refusal.into_refused()),
            },
            404 | 409 => Err(TargetError::ParentMissing),
            _ => Err(refusal.into_error()),
        }
    }

    /// Moves the file or folder to the account's trash. Nothing there is fine.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn delete(&self, path: &str) -> Result<(), TargetError> {
        let request = self.method(Lane::Api, "DELETE", path).await?;
        match self.dav.call(request).await {
            Ok(_) | Err(TargetError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The page that opens the file or folder of this `oc:fileid`, wherever it lies.
    pub fn file_address(&self, file_id: &str) -> String {
        let base = self.dav.base().as_str().trim_end_matches('/');
        format!("{base}/index.php/f/{file_id}")
    }

    /// Takes back the app password in use; with it, nothing works afterwards.
    ///
    /// # Errors
    /// Those that a request can meet; [`TargetError::Refused`] when it is not an app password.
    pub async fn revoke_app_password(&self) -> Result<(), TargetError> {
        self.dav.revoke_app_password().await
    }

    /// The account's id, asked for once.
    async fn user_id(&self) -> Result<&str, TargetError> {
        let id = self
            .user_id
            .get_or_try_init(|| async {
                let account = self.retrying(|| self.dav.account()).await?;
                Ok::<_, TargetError>(account.id)
            })
            .await?;
        Ok(id)
    }

    async fn files(&self, path: &str) -> Result<DavPath, TargetError> {
        Ok(DavPath::files(self.user_id().await?, path)?)
    }

    /// A request about a file or folder.
    async fn method(
        &self,
        lane: Lane,
        method: &str,
        path: &str,
    ) -> Result<reqwest::RequestBuilder, TargetError> {
        let path = self.files(path).await?;
        self.dav.request(lane, verb(method)?, &path).await
    }
}

/// What has a name that the server keeps for itself (`x.part`) seems to be there, as a file without id and
/// tag, and is not.
fn is_real(entry: &DavEntry) -> bool {
    entry.file_id.is_some() || entry.etag.is_some()
}

fn verb(name: &str) -> Result<Method, TargetError> {
    Method::from_bytes(name.as_bytes()).map_err(|error| TargetError::protocol(error.to_string()))
}

/// A header's text, where it is there and readable.
fn text(headers: &http::HeaderMap, name: impl header::AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn rules(capabilities: &Capabilities) -> TargetRules {
    let mut rules = TargetRules::default();
    // `blacklisted_files` until Nextcloud 29; the others came with 30.
    let names = capabilities
        .texts("/files/forbidden_filenames")
        .or_else(|| capabilities.texts("/files/blacklisted_files"));
    if let Some(names) = names {
        rules.forbidden_names = names;
    }
    if let Some(names) = capabilities.texts("/files/forbidden_filename_basenames") {
        rules.forbidden_basenames = names;
    }
    if let Some(endings) = capabilities.texts("/files/forbidden_filename_extensions") {
        rules.forbidden_extensions = endings;
    }
    if let Some(characters) = capabilities.texts("/files/forbidden_filename_characters") {
        rules.forbidden_characters = characters
            .iter()
            .filter_map(|one| one.chars().next())
            .collect();
    }
    rules
}

/// 100 MiB and 5 at once are Nextcloud's own defaults, which versions before 31 do not tell.
fn chunked(capabilities: &Capabilities) -> Option<ChunkedSupport> {
    let offered =
        capabilities.flag("/files/bigfilechunking") && capabilities.text("/dav/chunking").is_some();
    let max_chunk = capabilities
        .number("/files/chunked_upload/max_size")
        .unwrap_or(100 * 1024 * 1024);
    let max_parallel = capabilities
        .number("/files/chunked_upload/max_parallel_count")
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or(5);
    (offered && max_chunk > 0).then_some(ChunkedSupport {
        max_chunk,
        max_parallel: max_parallel.max(1),
    })
}
