//! Chunked upload, version 2 (Nextcloud developer manual, "Chunked file upload").

use std::time::Duration;

use futures::TryStreamExt as _;
use http::header;
use tokio::time::Instant;

use super::upload::{clamp_modified, describe_file};
use super::{Body, Lane, Nextcloud, Put, Stored, TargetError, verb};
use crate::dav::{DavPath, Depth, Prop, Refusal};
use crate::model::TargetEntry;

/// The numbers that object storage accepts for its parts.
const MAX_NUMBER: u32 = 10_000;
/// Bytes a second that any storage joins; only to know how long to go on looking.
const SLOW_JOINING: u64 = 10_000_000;

/// The name of an upload folder: ours, random, kept in the ledger, for the server does not list them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UploadId(pub String);

/// A chunk that the server holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredChunk {
    pub number: u32,
    /// Bytes.
    pub size: u64,
}

/// What became of an assembly whose answer got lost.
enum Assembly {
    Done(TargetEntry),
    /// The server is still at it, or has given up; only asking again tells.
    Open,
    Gone,
}

impl Nextcloud {
    /// Makes the upload folder; that it is there already is fine.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn begin_upload(
        &self,
        upload: &UploadId,
        destination: &str,
    ) -> Result<(), TargetError> {
        let request = self.upload_request(Lane::Api, "MKCOL", upload, None, destination);
        let response = self.dav.send(request.await?).await?;
        match Refusal::check(response).await {
            Ok(_) => Ok(()),
            Err(refusal) if refusal.status.as_u16() == 405 => Ok(()),
            Err(refusal) => Err(refusal.into_error()),
        }
    }

    /// The chunks that the server holds; `None` when it no longer has the upload.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn chunks(&self, upload: &UploadId) -> Result<Option<Vec<StoredChunk>>, TargetError> {
        const PROPS: &[Prop] = &[Prop::ResourceType, Prop::ContentLength];
        let path = self.upload_path(upload, None).await?;
        let found = self
            .retrying(|| async {
                let mut entries = self.dav.propfind(&path, Depth::One, PROPS).await?;
                let mut chunks = Vec::new();
                while let Some(entry) = entries.try_next().await? {
                    let name = entry.path.rsplit('/').next().unwrap_or_default();
                    // The folder itself and `.file`, the sum of all, are no numbers.
                    if let (Ok(number), Some(size), false) =
                        (name.parse(), entry.size, entry.is_folder)
                    {
                        chunks.push(StoredChunk { number, size });
                    }
                }
                Ok(chunks)
            })
            .await;
        match found {
            Ok(mut chunks) => {
                chunks.sort_unstable_by_key(|chunk| chunk.number);
                Ok(Some(chunks))
            }
            Err(TargetError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sends chunk `number` (1 to 10 000); one that is there already is replaced. With `total`, the bytes
    /// of the whole file, the server says at once when it cannot fit.
    ///
    /// # Errors
    /// [`TargetError::UploadGone`] when the server no longer has the upload;
    /// [`TargetError::ParentMissing`] when the folder of `destination` is not there.
    pub async fn put_chunk(
        &self,
        upload: &UploadId,
        number: u32,
        destination: &str,
        total: Option<u64>,
        body: impl Into<Body>,
    ) -> Result<(), TargetError> {
        if !(1..=MAX_NUMBER).contains(&number) {
            return Err(TargetError::protocol("a chunk of an impossible number"));
        }
        let name = chunk_name(number);
        let mut request = self
            .upload_request(Lane::Upload, "PUT", upload, Some(&name), destination)
            .await?
            .header(header::CONTENT_TYPE, "application/octet-stream");
        if let Some(total) = total {
            request = request.header("OC-Total-Length", total);
        }
        let response = self.send_body(request, body.into()).await?;
        match Refusal::check(response).await {
            Ok(_) => Ok(()),
            Err(refusal) => Err(match refusal.status.as_u16() {
                // The same answer to both: no upload, or no folder at the destination.
                404 | 409 => match self.chunks(upload).await? {
                    Some(_) => TargetError::ParentMissing,
                    None => TargetError::UploadGone,
                },
                400 if refusal.is_exception(&["BadRequest"]) => {
                    TargetError::temporary(refusal.describe())
                }
                _ => refusal.into_error(),
            }),
        }
    }

    /// Joins the chunks into the file. When the answer does not come, or says that it is being done,
    /// looks until it is settled: the server goes on by itself. Asking again after a crash is fine.
    ///
    /// # Errors
    /// [`TargetError::Taken`] when something is there and nothing may be replaced;
    /// [`TargetError::UploadIncomplete`] when the chunks are not `total` bytes;
    /// [`TargetError::UploadGone`] when the server has neither the upload nor the file.
    pub async fn assemble(
        &self,
        upload: &UploadId,
        put: &Put<'_>,
        total: u64,
    ) -> Result<Stored, TargetError> {
        let mut looks = self.looks(total);
        let mut unsure = false;
        loop {
            let error = match self.join(upload, put, total).await {
                Ok(stored) => return Ok(stored),
                Err(error) => error,
            };
            match error {
                TargetError::Temporary { .. } | TargetError::Locked => unsure = true,
                TargetError::Taken
                | TargetError::Changed
                | TargetError::UploadGone
                | TargetError::Unreachable { .. } => {}
                _ => return Err(error),
            }
            match (self.assembly(upload, put, total).await?, &error) {
                // By an earlier attempt, whose answer was lost.
                (Assembly::Done(entry), _) => return Ok(stored(entry)),
                (Assembly::Open, TargetError::Taken | TargetError::Changed) => {
                    // The file is there, the chunks are not removed yet.
                    return match self.find(put, total).await? {
                        Some(entry) if unsure => Ok(stored(entry)),
                        _ => Err(error),
                    };
                }
                (Assembly::Open, _) => {}
                (Assembly::Gone, TargetError::Taken | TargetError::Changed) => return Err(error),
                (Assembly::Gone, _) => return Err(TargetError::UploadGone),
            }
            // Then ask again, which a server at work answers with 423.
            if !looks.next().await {
                return Err(error);
            }
        }
    }

    async fn join(
        &self,
        upload: &UploadId,
        put: &Put<'_>,
        total: u64,
    ) -> Result<Stored, TargetError> {
        let request = self
            .upload_request(Lane::Api, "MOVE", upload, Some(".file"), put.path)
            .await?
            .header("OC-Total-Length", total);
        // Never `If-None-Match`: it would be tested against `.file`, which is always there. And never a
        // Content-Length: object storage would make an empty file of it.
        let mut request = describe_file(request, put);
        request = match put.replace {
            None => request.header("Overwrite", "F"),
            Some(etag) => {
                let destination = self.dav.address(&self.files(put.path).await?);
                request.header("If", format!("<{destination}> ([\"{etag}\"])"))
            }
        };
        match Refusal::check(self.dav.send(request).await?).await {
            Ok(response) => Ok(Stored::of(response.headers(), put.hash)),
            Err(refusal) => Err(join_error(put, refusal)),
        }
    }

    async fn assembly(
        &self,
        upload: &UploadId,
        put: &Put<'_>,
        total: u64,
    ) -> Result<Assembly, TargetError> {
        if self.chunks(upload).await?.is_some() {
            return Ok(Assembly::Open);
        }
        Ok(match self.find(put, total).await? {
            Some(entry) => Assembly::Done(entry),
            None => Assembly::Gone,
        })
    }

    /// The file at the destination if it can be the one that was sent. Its digest is still to be asked
    /// for.
    async fn find(&self, put: &Put<'_>, total: u64) -> Result<Option<TargetEntry>, TargetError> {
        let entry = self.stat(put.path).await?;
        let modified = put.modified.map(|modified| clamp_modified(modified).0);
        Ok(entry.filter(|entry| {
            !entry.is_folder
                && entry.size == total
                && put.replace != Some(entry.etag.as_str())
                && modified.is_none_or(|modified| {
                    entry
                        .modified
                        .is_some_and(|now| now.as_second() == modified)
                })
        }))
    }

    /// Throws one chunk away; that it is gone already is fine.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn remove_chunk(&self, upload: &UploadId, number: u32) -> Result<(), TargetError> {
        let path = self.upload_path(upload, Some(&chunk_name(number))).await?;
        self.remove(&path).await
    }

    /// Abandons the upload; that it is gone already is fine.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn abort_upload(&self, upload: &UploadId) -> Result<(), TargetError> {
        let path = self.upload_path(upload, None).await?;
        self.remove(&path).await
    }

    async fn remove(&self, path: &DavPath) -> Result<(), TargetError> {
        let deleted = self
            .retrying(|| async {
                let request = self.dav.request(Lane::Api, verb("DELETE")?, path).await?;
                self.dav.call(request).await
            })
            .await;
        match deleted {
            Ok(_) | Err(TargetError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn upload_path(
        &self,
        upload: &UploadId,
        name: Option<&str>,
    ) -> Result<DavPath, TargetError> {
        let path = DavPath::upload(self.user_id().await?, &upload.0)?;
        Ok(match name {
            Some(name) => path.segment(name)?,
            None => path,
        })
    }

    /// Every request of an upload says where the file will go: the server keeps the chunks in the same
    /// storage.
    async fn upload_request(
        &self,
        lane: Lane,
        method: &str,
        upload: &UploadId,
        name: Option<&str>,
        destination: &str,
    ) -> Result<reqwest::RequestBuilder, TargetError> {
        let path = self.upload_path(upload, name).await?;
        let destination = self.dav.address(&self.files(destination).await?);
        let request = self.dav.request(lane, verb(method)?, &path).await?;
        Ok(request.header("Destination", destination))
    }

    /// Moments at which to look what became of something that takes the server long.
    pub(super) fn looks(&self, bytes: u64) -> Looks {
        let looking = self.patience.looking + Duration::from_secs(bytes / SLOW_JOINING);
        Looks {
            next: self.patience.first_look,
            longest: self.patience.between_looks,
            until: Instant::now() + looking,
        }
    }
}

/// Padded, because the order of joining is that of the names.
fn chunk_name(number: u32) -> String {
    format!("{number:05}")
}

/// Ever rarer moments, up to a limit.
#[derive(Debug)]
pub(super) struct Looks {
    next: Duration,
    longest: Duration,
    until: Instant,
}

impl Looks {
    /// Waits for the next one; `false` when it has lasted long enough.
    pub(super) async fn next(&mut self) -> bool {
        if Instant::now() + self.next > self.until {
            return false;
        }
        tokio::time::sleep(self.next).await;
        self.next = (self.next * 2).min(self.longest);
        true
    }
}

fn stored(entry: TargetEntry) -> Stored {
    Stored {
        etag: Some(entry.etag),
        file_id: entry.file_id,
        hash: None,
    }
}

fn join_error(put: &Put<'_>, refusal: Refusal) -> TargetError {
    match refusal.status.as_u16() {
        404 => TargetError::UploadGone,
        409 => TargetError::ParentMissing,
        412 if put.replace.is_none() => TargetError::Taken,
        412 => TargetError::Changed,
        400 if refusal.is_exception(&["BadRequest"]) => TargetError::UploadIncomplete {
            detail: refusal.describe(),
        },
        _ => refusal.into_error(),
    }
}
