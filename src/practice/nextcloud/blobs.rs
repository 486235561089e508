//! File contents on the disk, streamed in and out.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _, SeekFrom};
use tokio_util::io::ReaderStream;

use super::tree::Piece;

/// Up to here a blob is written or read at once, without a detour through tokio's file threads.
const SMALL: usize = 256 * 1024;

/// A directory of blobs, each a file named by its number.
#[derive(Debug)]
pub struct Blobs {
    directory: PathBuf,
    next: AtomicU64,
}

impl Blobs {
    /// # Errors
    /// When the directory cannot be made or read.
    pub fn open(directory: PathBuf) -> io::Result<Self> {
        for shelf in 0..=u8::MAX {
            std::fs::create_dir_all(directory.join(format!("{shelf:02x}")))?;
        }
        let next = AtomicU64::new(1);
        Ok(Self { directory, next })
    }

    fn path(&self, blob: u64) -> PathBuf {
        self.directory
            .join(format!("{:02x}", blob % 256))
            .join(format!("{blob:x}"))
    }

    /// Removes what `is_used` does not know, and counts on from `next`.
    ///
    /// # Errors
    /// When a directory cannot be read.
    pub fn sweep(&self, next: u64, is_used: impl Fn(u64) -> bool) -> io::Result<()> {
        for shelf in std::fs::read_dir(&self.directory)? {
            for file in std::fs::read_dir(shelf?.path())? {
                let file = file?;
                let name = file.file_name();
                match name.to_str().and_then(|n| u64::from_str_radix(n, 16).ok()) {
                    Some(blob) if is_used(blob) => {}
                    _ => std::fs::remove_file(file.path())?,
                }
            }
        }
        self.next.fetch_max(next, Ordering::SeqCst);
        Ok(())
    }

    /// Begins a new blob.
    pub fn writer(&self) -> Writer {
        let blob = self.next.fetch_add(1, Ordering::SeqCst);
        Writer {
            path: self.path(blob),
            blob,
            len: 0,
            buffer: BytesMut::new(),
            file: None,
            kept: false,
        }
    }

    /// A blob that cannot be removed goes with the next start's sweep.
    pub fn remove(&self, blob: u64) {
        let _ = std::fs::remove_file(self.path(blob));
    }

    /// The bytes from `from` up to `to` of a content that is made of `pieces`.
    pub fn read(
        &self,
        pieces: &[Piece],
        from: u64,
        to: u64,
    ) -> BoxStream<'static, io::Result<Bytes>> {
        let mut wanted = Vec::new();
        let mut start = 0;
        for piece in pieces {
            let (begin, end) = (from.max(start), to.min(start + piece.len));
            if begin < end {
                wanted.push((self.path(piece.blob), begin - start, end - begin));
            }
            start += piece.len;
        }
        stream::iter(wanted)
            .then(|(path, skip, len)| async move { read_part(&path, skip, len).await })
            .try_flatten()
            .boxed()
    }

    /// The same without tokio.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn read_blocking(&self, pieces: &[Piece], mut each: impl FnMut(&[u8])) -> io::Result<()> {
        use std::io::Read as _;
        let mut buffer = vec![0; SMALL];
        for piece in pieces {
            let mut file = std::fs::File::open(self.path(piece.blob))?;
            loop {
                let read = file.read(&mut buffer)?;
                match buffer.get(..read) {
                    Some(bytes) if read > 0 => each(bytes),
                    _ => break,
                }
            }
        }
        Ok(())
    }
}

async fn read_part(
    path: &Path,
    skip: u64,
    len: u64,
) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
    if skip == 0 && len <= SMALL as u64 {
        use std::io::Read as _;
        let mut bytes = Vec::new();
        std::fs::File::open(path)?
            .take(len)
            .read_to_end(&mut bytes)?;
        return Ok(stream::once(async move { Ok(Bytes::from(bytes)) }).boxed());
    }
    let mut file = tokio::fs::File::open(path).await?;
    file.seek(SeekFrom::Start(skip)).await?;
    Ok(ReaderStream::with_capacity(file.take(len), SMALL).boxed())
}

/// A blob in the making; dropped before [`Writer::finish`] it leaves nothing.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    blob: u64,
    len: u64,
    buffer: BytesMut,
    file: Option<tokio::fs::File>,
    kept: bool,
}

impl Writer {
    /// # Errors
    /// When the disk is full or gone.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.len += bytes.len() as u64;
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= SMALL {
            let file = match &mut self.file {
                Some(file) => file,
                none => none.insert(tokio::fs::File::create(&self.path).await?),
            };
            file.write_all(&self.buffer).await?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// All of a small content at once.
    ///
    /// # Errors
    /// When the disk is full or gone.
    pub fn finish_with(mut self, bytes: &[u8]) -> io::Result<Piece> {
        std::fs::write(&self.path, bytes)?;
        self.kept = true;
        Ok(Piece {
            blob: self.blob,
            len: bytes.len() as u64,
        })
    }

    /// # Errors
    /// When the disk is full or gone.
    pub async fn finish(mut self) -> io::Result<Piece> {
        match &mut self.file {
            Some(file) => {
                file.write_all(&self.buffer).await?;
                file.flush().await?;
            }
            None => std::fs::write(&self.path, &self.buffer)?,
        }
        self.kept = true;
        Ok(Piece {
            blob: self.blob,
            len: self.len,
        })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
