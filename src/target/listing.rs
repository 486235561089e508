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

/// How often a list that breaks off is asked for again.
const BREAKS: u32 = 4;

/// A listing under way: the answer being read, and the folders that are still to be asked for.
struct Walk {
    nextcloud: Nextcloud,
    user: String,
    pending: VecDeque<Ask>,
    current: Option<Answer>,
}

#[derive(Debug, Clone)]
struct Ask {
    folder: String,
    depth: DavDepth,
    /// Whether its folders are to be asked for in their turn: it could not be listed in one go.
    descend: bool,
    /// How often its list broke off.
    breaks: u32,
}

impl Ask {
    fn new(folder: String, depth: DavDepth) -> Self {
        Self {
            folder,
            depth,
            descend: false,
            breaks: 0,
        }
    }

    fn by_levels(self) -> Self {
        Self {
            depth: DavDepth::One,
            descend: true,
            ..self
        }
    }
}

struct Answer {
    ask: Ask,
    entries: EntryStream,
    /// Folders in it, to be asked for when it has come to its end.
    folders: Vec<String>,
}

impl Nextcloud {
    /// All entries below `folder`, without the folder itself, as they arrive. A missing folder gives none.
    /// Everything below is asked for at once; where the server cannot (its time, its memory), level by
    /// level instead. An entry can come twice when the list broke off and was asked for again.
    pub fn list(
        &self,
        folder: &str,
        depth: Depth,
    ) -> BoxStream<'static, Result<TargetEntry, TargetError>> {
        let depth = match depth {
            Depth::One => DavDepth::One,
            Depth::Infinity => DavDepth::Infinity,
        };
        let walk = Walk {
            nextcloud: self.clone(),
            user: String::new(),
            pending: VecDeque::from([Ask::new(folder.nfc().collect(), depth)]),
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
            let Some(answer) = &mut self.current else {
                let Some(ask) = self.pending.pop_front() else {
                    return Ok(None);
                };
                self.open(ask).await?;
                continue;
            };
            let entry = match answer.entries.try_next().await {
                Ok(Some(entry)) => entry,
                Ok(None) => {
                    self.close();
                    continue;
                }
                Err(error) => {
                    self.broke_off(error).await?;
                    continue;
                }
            };
            let Some(path) = entry.file_path(&self.user) else {
                return Err(TargetError::protocol("an entry of another place"));
            };
            let path: String = path.nfc().collect();
            if path == answer.ask.folder {
                continue;
            }
            if answer.ask.descend && entry.is_folder {
                answer.folders.push(path.clone());
            }
            return Ok(Some(target_entry(path, entry)));
        }
    }

    async fn open(&mut self, ask: Ask) -> Result<(), TargetError> {
        if self.user.is_empty() {
            self.user = self.nextcloud.user_id().await?.to_owned();
        }
        let path = self.nextcloud.files(&ask.folder).await?;
        let request = || self.nextcloud.dav.propfind(&path, ask.depth, PROPS);
        let asked = match request().await {
            // Each try of what the server cannot do at once would cost its whole time limit.
            Err(TargetError::Temporary { .. }) if ask.depth == DavDepth::Infinity => {
                self.pending.push_front(ask.by_levels());
                return Ok(());
            }
            Err(error) if error.is_passing() => self.nextcloud.retrying(request).await,
            asked => asked,
        };
        match asked {
            Ok(entries) => {
                self.current = Some(Answer {
                    ask,
                    entries,
                    folders: Vec::new(),
                });
            }
            Err(TargetError::NotFound) => {}
            // A refusal of the depth: RFC 4918, section 9.1.
            Err(TargetError::Refused { status: 403, .. } | TargetError::Temporary { .. })
                if ask.depth == DavDepth::Infinity =>
            {
                self.pending.push_front(ask.by_levels());
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn close(&mut self) {
        let folders = self.current.take().map(|answer| answer.folders);
        for folder in folders.into_iter().flatten() {
            self.pending
                .push_front(Ask::new(folder, DavDepth::Infinity));
        }
    }

    /// Asks again for a list that broke off; by levels when that happens to it more than once.
    async fn broke_off(&mut self, error: TargetError) -> Result<(), TargetError> {
        let Some(Answer { mut ask, .. }) = self.current.take() else {
            return Err(error);
        };
        ask.breaks += 1;
        if !error.is_passing() || ask.breaks > BREAKS {
            return Err(error);
        }
        let pause = self.nextcloud.patience.first_retry * (1 << ask.breaks);
        tokio::time::sleep(pause).await;
        let ask = if ask.breaks > 1 && ask.depth == DavDepth::Infinity {
            ask.by_levels()
        } else {
            ask
        };
        self.pending.push_front(ask);
        Ok(())
    }
}
