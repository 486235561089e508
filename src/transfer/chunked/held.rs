//! Chunks of content whose length nobody knows before its end: each is read whole before it is sent, because
//! a request says its length first. So its bytes are at hand when it has to be sent again.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinSet;

use super::flow::Incoming;
use super::{CHUNK_ATTEMPTS, MIB, Sending, joined};
use crate::ledger::{Job, SavedChunk};
use crate::source::{Content, SourceError};
use crate::target::UploadId;
use crate::transfer::content::{Arrived, work};
use crate::transfer::folders::target_verdict;
use crate::transfer::progress::ItemProgress;
use crate::transfer::stream::paced_body;
use crate::transfer::{Mover, Trouble};

/// An export up to this size is sent in one request.
const SMALL_EXPORT: usize = 8 * MIB as usize;
const HELD_CHUNK: usize = 16 * MIB as usize;

struct Chunk {
    number: u32,
    bytes: Bytes,
    hash_state: Vec<u8>,
    _memory: OwnedSemaphorePermit,
}

impl Mover {
    /// Content whose size is known only at its end: small ones in one request, others in chunks.
    pub(in crate::transfer) async fn send_unknown_length(
        &self,
        job: &Job,
        content: Content,
        replace: Option<&str>,
    ) -> Result<Arrived, Trouble> {
        let mut incoming = Incoming {
            stream: content.stream,
            permit: None,
            rest: Bytes::new(),
        };
        let memory = self.memory(&self.0.held_memory, SMALL_EXPORT).await?;
        let start = incoming.fill(SMALL_EXPORT).await?;
        if start.len() < SMALL_EXPORT || self.0.info.chunked.is_none() {
            let whole = if self.0.info.chunked.is_none() {
                incoming.give_back(start);
                incoming.fill(usize::MAX).await?
            } else {
                start
            };
            return self.send_bytes(job, whole, replace).await;
        }
        incoming.give_back(start);
        drop(memory);
        // Two exports are not the same bytes: what an earlier attempt sent is of no use.
        if let Some(saved) = self.0.ledger.saved_upload(job.n).await? {
            self.forget(job, &UploadId(saved.upload_id)).await?;
        }
        let mut sending = self.begin(job, 0).await?;
        let upload = sending.upload.clone();
        let progress = self.begin_progress(job);
        self.send_held(job, &mut sending, &mut incoming, &progress)
            .await?;
        progress.keep();
        let digests = sending.hasher.finish();
        self.assemble(job, &upload, sending.sent, digests, replace)
            .await
    }

    async fn send_held(
        &self,
        job: &Job,
        sending: &mut Sending,
        incoming: &mut Incoming,
        progress: &ItemProgress,
    ) -> Result<(), Trouble> {
        let size = usize::try_from(self.largest_chunk()).unwrap_or(HELD_CHUNK);
        let size = size.min(HELD_CHUNK);
        let mut under_way: JoinSet<Result<(), Trouble>> = JoinSet::new();
        loop {
            let memory = self.memory(&self.0.held_memory, size).await?;
            let bytes = incoming.fill(size).await?;
            let last = bytes.len() < size;
            if !bytes.is_empty() {
                sending.hasher.update(&bytes);
                sending.sent += bytes.len() as u64;
                let chunk = Chunk {
                    number: sending.next,
                    hash_state: sending.hasher.save(),
                    bytes,
                    _memory: memory,
                };
                sending.next += 1;
                while under_way.len() >= self.chunks_at_once() {
                    match under_way.join_next().await {
                        Some(one) => joined(one)?,
                        None => break,
                    }
                }
                let mover = self.clone();
                let (job, upload) = (job.clone(), sending.upload.clone());
                let progress = progress.clone();
                under_way.spawn(async move {
                    mover.send_held_chunk(&job, &upload, chunk, &progress).await
                });
            }
            if last {
                break;
            }
        }
        while let Some(one) = under_way.join_next().await {
            joined(one)?;
        }
        Ok(())
    }

    async fn send_held_chunk(
        &self,
        job: &Job,
        upload: &UploadId,
        chunk: Chunk,
        progress: &ItemProgress,
    ) -> Result<(), Trouble> {
        let path = &job.decision.target_path;
        let bytes = chunk.bytes.len() as u64;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let permit = self.0.target_pressure.acquire().await;
            let body = paced_body(
                chunk.bytes.clone(),
                self.0.bandwidth.clone(),
                progress.clone(),
            );
            let sent = self
                .0
                .target
                .put_chunk(upload, chunk.number, path, None, body)
                .await;
            permit.done(target_verdict(&sent, work(bytes)));
            let trouble = match sent {
                Ok(()) => break,
                Err(error) => self.chunk_trouble(job, bytes, error).await,
            };
            if !trouble.mends_by_itself() || attempt >= CHUNK_ATTEMPTS {
                return Err(trouble);
            }
            tokio::time::sleep(Duration::from_millis(300 * u64::from(attempt))).await;
        }
        progress.already(bytes);
        let acknowledged = SavedChunk {
            number: chunk.number,
            size: bytes,
            hash_state: chunk.hash_state,
        };
        self.acknowledged(job, acknowledged).await
    }
}

impl Incoming {
    /// The next `size` bytes, fewer only at the end.
    async fn fill(&mut self, size: usize) -> Result<Bytes, SourceError> {
        let mut chunk = BytesMut::with_capacity(size.min(HELD_CHUNK));
        while chunk.len() < size {
            match self.next((size - chunk.len()) as u64).await? {
                Some(piece) => chunk.extend_from_slice(&piece),
                None => break,
            }
        }
        Ok(chunk.freeze())
    }

    /// Bytes that were taken too early; nothing may be left over from an earlier piece.
    fn give_back(&mut self, bytes: Bytes) {
        self.rest = if self.rest.is_empty() {
            bytes
        } else {
            [bytes, std::mem::take(&mut self.rest)].concat().into()
        };
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;

    use super::*;

    const CONTENT: &[u8] = b"ten bytes.ten bytes.and five";

    #[tokio::test]
    async fn what_is_given_back_is_read_again_and_nothing_is_lost() {
        for piece in 1..CONTENT.len() {
            let pieces = CONTENT.chunks(piece).map(|piece| Ok(Bytes::from(piece)));
            let mut incoming = Incoming {
                stream: futures::stream::iter(pieces).boxed(),
                permit: None,
                rest: Bytes::new(),
            };
            let start = incoming.fill(5).await.unwrap();
            incoming.give_back(start);
            let mut read = Vec::new();
            for _ in 0..3 {
                read.extend(incoming.fill(11).await.unwrap());
            }
            assert_eq!(read, CONTENT, "pieces of {piece}");
        }
    }
}
