use std::collections::VecDeque;

use futures::TryStreamExt as _;
use futures::stream::{self, BoxStream, StreamExt as _};
use unicode_normalization::UnicodeNormalization as _;

use super::{Depth, Nextcloud, TargetError};
use crate::dav::{DavEntry, Depth as DavDepth, EntryStream, Prop};
use crate::model::TargetEntry;

pub(super) const PROPS: &[Prop] = &[
    Prop::ResourceType,
    Prop::FileId,
    Prop::ETag,
    Prop::Size,
    Prop::LastModified,
    Prop::Checksums,
];

pub(super) fn target_entry(path: String, entry: DavEntry) -> TargetEntry {
    TargetEntry {
        path,
        is_folder: entry.is_folder,
        size: entry.size.unwrap_or(0),
        etag: entry.etag.unwrap_or_default(),
        file_id: entry.file_id,
        modified: entry.modified,
        checksums: entry.checksums,
    }
}

/// A listing under way: the answer being read, and the folders that are still to be asked for.
struct Walk {
    nextcloud: Nextcloud,
    user: String,
    pending: VecDeque<Ask>,
    current: Option<(Ask, EntryStream)>,
}

#[derive(Debug, Clone)]
struct Ask {
    folder: String,
    depth: DavDepth,
    /// Whether its folders are to be asked for in their turn: their parent could not be listed in one go.
    descend: bool,
}

impl Nextcloud {
    /// All entries below `folder`, without the folder itself, as they arrive. A missing folder gives none.
    /// Everything below is asked for at once; where the server cannot (its time, its memory), level by
    /// level instead.
    pub fn list(
        &self,
        folder: &str,
        depth: Depth,
    ) -> BoxStream<'static, Result<TargetEntry, TargetError>> {
        let ask = Ask {
            folder: folder.nfc().collect(),
            depth: match depth {
                Depth::One => DavDepth::One,
                Depth::Infinity => DavDepth::Infinity,
            },
            descend: false,
        };
        let walk = Walk {
            nextcloud: self.clone(),
            user: String::new(),
            pending: VecDeque::from([ask]),
            current: None,
        };
        stream::try_unfold(walk, |mut walk| async move {
            Ok(walk.next().await?.map(|entry| (entry, walk)))
        })
        .boxed()
    }
}

impl Walk {
    async fn next(&mut self) -> Result<Option<TargetEntry>, TargetError> {
        loop {
            if let Some((ask, entries)) = &mut self.current {
                let Some(entry) = entries.try_next().await? else {
                    self.current = None;
                    continue;
                };
                let Some(path) = entry.file_path(&self.user) else {
                    return Err(TargetError::protocol("an entry of another place"));
                };
                let path: String = path.nfc().collect();
                if path == ask.folder {
                    continue;
                }
                if ask.descend && entry.is_folder {
                    self.pending.push_front(Ask {
                        folder: path.clone(),
                        depth: DavDepth::Infinity,
                        descend: false,
                    });
                }
                return Ok(Some(target_entry(path, entry)));
            }
            let Some(ask) = self.pending.pop_front() else {
                return Ok(None);
            };
            self.open(ask).await?;
        }
    }

    async fn open(&mut self, ask: Ask) -> Result<(), TargetError> {
        if self.user.is_empty() {
            self.user = self.nextcloud.user_id().await?.to_owned();
        }
        let path = self.nextcloud.files(&ask.folder).await?;
        let asked = self
            .nextcloud
            .retrying(|| self.nextcloud.dav.propfind(&path, ask.depth, PROPS))
            .await;
        match asked {
            Ok(entries) => self.current = Some((ask, entries)),
            Err(TargetError::NotFound) => {}
            // A refusal of the depth (RFC 4918, section 9.1: 403), or more than the server can do at once.
            Err(TargetError::Refused { status: 403, .. } | TargetError::Temporary { .. })
                if ask.depth == DavDepth::Infinity =>
            {
                self.pending.push_front(Ask {
                    depth: DavDepth::One,
                    descend: true,
                    ..ask
                });
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
