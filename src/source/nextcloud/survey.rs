//! Everything that an account holds, as one listing arrives; nothing is held that grows with it.
//!
//! Everything below a folder is asked for at once: a Nextcloud lists thousands of entries a second that
//! way, but only a handful of folders a second one by one. Where the server cannot (its time, its
//! memory), the folder is listed alone, and then each of its folders in the same way.

use std::time::Duration;

use futures::TryStreamExt as _;

use super::{Locator, NextcloudSource, error};
use crate::dav::{DavEntry, DavError, Depth, EntryStream, Prop};
use crate::model::{
    HashAlgorithm, HashValue, Item, ItemId, ItemKind, Reason, Space, SpaceId, SpaceKind,
};
use crate::source::{SourceError, SurveySink};

/// The one space of an account.
const SPACE: &str = "nextcloud";
/// Items that are handed on together.
const PAGE: usize = 500;
/// How often a single folder's listing is begun anew when it breaks off.
const ATTEMPTS: u32 = 4;

pub(super) struct Survey<'a> {
    source: &'a NextcloudSource,
    sink: &'a mut dyn SurveySink,
    user: String,
    /// Folders to list, the next one last.
    pending: Vec<Ask>,
    page: Vec<Item>,
}

/// A folder to list.
struct Ask {
    folder: Ancestor,
    /// `None` for the top.
    item: Option<Item>,
    whole: bool,
    attempt: u32,
}

/// A folder on the way from the one that is listed to the entry that just arrived.
#[derive(Debug, Clone)]
struct Ancestor {
    /// Relative to the account's files.
    path: String,
    /// `None` for the top.
    id: Option<ItemId>,
    mount: Option<Mount>,
}

/// What a folder lies in that is not the account's own.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mount {
    kind: MountKind,
    /// The `oc:fileid` of its top.
    root: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MountKind {
    Received,
    External,
}

/// Where one listing stands.
struct Course {
    /// From the folder that is listed down to where the last entry lies.
    ancestors: Vec<Ancestor>,
    /// What lies below here is left out with its folder.
    left_out: Option<String>,
}

impl<'a> Survey<'a> {
    pub(super) async fn new(
        source: &'a NextcloudSource,
        sink: &'a mut dyn SurveySink,
    ) -> Result<Self, SourceError> {
        Ok(Self {
            source,
            sink,
            user: source.user_id().await?.to_owned(),
            pending: Vec::new(),
            page: Vec::new(),
        })
    }

    pub(super) async fn run(&mut self, since: &[Space]) -> Result<(), SourceError> {
        let inner = &self.source.0;
        // Before the listing: what changes meanwhile is found by the next survey.
        let etag = self.source.etag(&inner.folder).await?;
        let etag = etag.ok_or(SourceError::NotFound)?;
        let token = format!(
            "{etag} {} {}",
            inner.received_shares, inner.external_storage
        );
        let mut space = Space {
            id: SpaceId::new(SPACE),
            kind: SpaceKind::Own,
            name: inner.dav.base().host_str().unwrap_or_default().to_owned(),
            change_token: None,
        };
        self.sink.space(space.clone()).await?;
        // The ETag of a folder changes with everything below it. But for what other programs change on
        // an external storage.
        let before = since.iter().find(|earlier| earlier.id == space.id);
        let unchanged = before.is_some_and(|before| before.change_token.as_ref() == Some(&token));
        if unchanged && !inner.external_storage {
            self.sink.unchanged_unless_told(&space.id).await?;
        } else {
            self.list_everything().await?;
        }
        // Only when all is told: a survey that breaks off leaves no token to go on from.
        space.change_token = Some(token);
        self.sink.space(space).await
    }

    async fn list_everything(&mut self) -> Result<(), SourceError> {
        self.pending.push(Ask {
            folder: Ancestor {
                path: self.source.0.folder.clone(),
                id: None,
                mount: None,
            },
            item: None,
            whole: true,
            attempt: 1,
        });
        while let Some(ask) = self.pending.pop() {
            let waiting = self.pending.len();
            match self.list(&ask).await {
                Ok(()) => {}
                Err(Trouble::Sink(error)) => return Err(error),
                Err(Trouble::Dav(error)) => {
                    // What was found of this folder so far is found again.
                    self.pending.truncate(waiting);
                    self.again(ask, error).await?;
                }
            }
        }
        let rest = std::mem::take(&mut self.page);
        self.sink.items(rest).await
    }

    /// What to do about a folder whose listing failed.
    async fn again(&mut self, ask: Ask, error: DavError) -> Result<(), SourceError> {
        tracing::debug!(%error, whole = ask.whole, "a listing broke off");
        match error {
            error if is_final(&error) => Err(error.into()),
            _ if ask.whole => {
                self.pending.push(Ask {
                    whole: false,
                    ..ask
                });
                Ok(())
            }
            error if error::is_passing(&error) && ask.attempt < ATTEMPTS => {
                let pause = Duration::from_secs(u64::from(ask.attempt));
                tokio::time::sleep(error.retry_after().unwrap_or(pause).max(pause)).await;
                self.pending.push(Ask {
                    attempt: ask.attempt + 1,
                    ..ask
                });
                Ok(())
            }
            error if error::is_passing(&error) => Err(error.into()),
            error if error.concerns_all() => Err(error.into()),
            error => match ask.item {
                None => Err(error.into()),
                // Deleted since its parent was listed.
                Some(_) if matches!(error, DavError::NotFound) => Ok(()),
                Some(mut item) => {
                    item.obstacle = Some(Reason::Unreadable);
                    self.tell(item).await
                }
            },
        }
    }

    async fn list(&mut self, ask: &Ask) -> Result<(), Trouble> {
        let mut entries = self.source.list(&ask.folder.path, ask.whole).await?;
        let mut course = Course {
            ancestors: vec![ask.folder.clone()],
            left_out: None,
        };
        while let Some(entry) = entries.try_next().await? {
            let path = entry
                .file_path(&self.user)
                .ok_or_else(|| DavError::protocol("an entry of another place"))?
                .to_owned();
            if path == ask.folder.path || course.leaves_out(&path) {
                continue;
            }
            let parent = course.parent_of(&path)?;
            let (item, folder) = self.source.item(&path, entry, &parent);
            match folder {
                Some(folder) if ask.whole => course.ancestors.push(folder),
                Some(folder) => self.pending.push(Ask {
                    folder,
                    item: Some(item.clone()),
                    whole: true,
                    attempt: 1,
                }),
                None if item.kind == ItemKind::Folder => course.left_out = Some(path),
                None => {}
            }
            self.tell(item).await.map_err(Trouble::Sink)?;
        }
        Ok(())
    }

    async fn tell(&mut self, item: Item) -> Result<(), SourceError> {
        self.page.push(item);
        if self.page.len() < PAGE {
            return Ok(());
        }
        self.sink.items(std::mem::take(&mut self.page)).await
    }
}

/// Whether no other listing would fare better. A page instead of a list is what a gateway says when the
/// server takes too long for all of it, and a lock-out of this internet address ends.
const fn is_final(error: &DavError) -> bool {
    error.concerns_all() && !matches!(error, DavError::NotNextcloud { .. } | DavError::BruteForced)
}

enum Trouble {
    Dav(DavError),
    /// Nothing that listing anew could help.
    Sink(SourceError),
}

impl From<DavError> for Trouble {
    fn from(error: DavError) -> Self {
        Self::Dav(error)
    }
}

impl Course {
    fn leaves_out(&self, path: &str) -> bool {
        self.left_out
            .as_deref()
            .is_some_and(|folder| is_below(path, folder))
    }

    /// The folder that `path` lies in. Servers list a folder before its content.
    fn parent_of(&mut self, path: &str) -> Result<Ancestor, DavError> {
        let (parent, _) = path.rsplit_once('/').unwrap_or(("", path));
        while let Some(last) = self.ancestors.last() {
            if last.path == parent {
                return Ok(last.clone());
            }
            if self.ancestors.len() == 1 {
                break;
            }
            self.ancestors.pop();
        }
        Err(DavError::protocol("an entry before its folder"))
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.starts_with('/'))
}

impl NextcloudSource {
    async fn list(&self, folder: &str, whole: bool) -> Result<EntryStream, DavError> {
        let path = self.dav_path(folder).await?;
        let dav = &self.0.dav;
        if whole {
            // A server that cannot do it all at once says so soon enough; it is not asked again.
            return dav.propfind(&path, Depth::Infinity, Prop::SURVEY).await;
        }
        error::retrying(|| dav.propfind(&path, Depth::One, Prop::SURVEY)).await
    }

    /// An entry as an item, and as a folder whose content belongs to the survey.
    fn item(&self, path: &str, entry: DavEntry, parent: &Ancestor) -> (Item, Option<Ancestor>) {
        let mount = mount_of(&entry, parent);
        let is_mount_root = mount.is_some() && mount != parent.mount;
        let kind = if entry.is_folder {
            ItemKind::Folder
        } else {
            ItemKind::File
        };
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        let mut item = Item::new(
            SpaceId::new(SPACE),
            id_of(&entry, path, mount.as_ref()),
            parent.id.clone(),
            name,
            kind,
        );
        item.obstacle = self.obstacle(&entry, mount.as_ref().filter(|_| is_mount_root));
        item.size = entry.size.filter(|_| !entry.is_folder);
        item.modified = entry.modified;
        item.created = entry.created;
        item.version = entry.etag.unwrap_or_default();
        item.media_type = entry.content_type.filter(|_| !entry.is_folder);
        item.favourite = entry.favourite;
        item.web_link = entry.file_id.map(|id| self.web_link(&id));
        let locator = Locator {
            path: path.to_owned(),
            stored: best(&entry.checksums).map(HashValue::to_string),
        };
        item.locator = serde_json::to_string(&locator).unwrap_or_default();
        let is_taken = entry.is_folder && item.obstacle.is_none();
        let folder = is_taken.then(|| Ancestor {
            path: path.to_owned(),
            id: Some(item.id.clone()),
            mount,
        });
        (item, folder)
    }

    fn obstacle(&self, entry: &DavEntry, mount_root: Option<&Mount>) -> Option<Reason> {
        match mount_root.map(|mount| mount.kind) {
            Some(MountKind::Received) if !self.0.received_shares => {
                return Some(Reason::ReceivedShare);
            }
            Some(MountKind::External) if !self.0.external_storage => {
                return Some(Reason::ExternalStorage);
            }
            _ => {}
        }
        if entry.is_encrypted {
            return Some(Reason::EndToEndEncrypted);
        }
        let incomplete = entry.file_id.is_none() || (entry.size.is_none() && !entry.is_folder);
        incomplete.then_some(Reason::Unreadable)
    }

    fn web_link(&self, file_id: &str) -> String {
        let base = self.0.dav.base().as_str().trim_end_matches('/');
        format!("{base}/index.php/f/{file_id}")
    }
}

/// What an entry lies in that is not the account's own. Team folders are: nobody else would move them.
fn mount_of(entry: &DavEntry, parent: &Ancestor) -> Option<Mount> {
    let permissions = entry.permissions.as_deref().unwrap_or_default();
    let kind = match entry.mount_type.as_deref() {
        Some("shared") => MountKind::Received,
        // `external`, and `external-session` for storage with the password of the login.
        Some(mount) if mount.starts_with("external") => MountKind::External,
        None if permissions.contains('S') => MountKind::Received,
        _ => return None,
    };
    match &parent.mount {
        Some(mount) if mount.kind == kind => Some(mount.clone()),
        _ => Some(Mount {
            kind,
            root: entry.file_id.clone().unwrap_or_default(),
        }),
    }
}

/// The `oc:fileid`, within shares and external storages together with that of their top: the same file
/// can be received in two shares, the same storage be mounted twice.
fn id_of(entry: &DavEntry, path: &str, mount: Option<&Mount>) -> String {
    match (&entry.file_id, mount) {
        (Some(id), Some(mount)) => format!("{id}@{}", mount.root),
        (Some(id), None) => id.clone(),
        (None, _) => format!("path:{path}"),
    }
}

fn best(checksums: &[HashValue]) -> Option<&HashValue> {
    let strength = |hash: &&HashValue| match hash.algorithm {
        HashAlgorithm::Dropbox | HashAlgorithm::QuickXor => 0,
        HashAlgorithm::Md5 => 1,
        HashAlgorithm::Sha1 => 2,
        HashAlgorithm::Sha256 => 3,
    };
    checksums.iter().max_by_key(strength)
}
