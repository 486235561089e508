//! What survives a restart: a journal of operations and the blobs on the disk.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::blobs::Blobs;
use super::op::Op;
use super::pim::{Object, PimOp};
use super::state::State;

const JOURNAL: &str = "journal.jsonl";
const FRESH: &str = "journal.new";

/// The state, its journal and its blobs. An operation counts once its line is written.
#[derive(Debug)]
pub struct Store {
    pub blobs: Blobs,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
pub struct Inner {
    pub state: State,
    journal: File,
    serial: u64,
}

#[derive(Serialize, Deserialize)]
struct Line<T> {
    n: u64,
    #[serde(flatten)]
    op: T,
}

impl Store {
    /// Opens what lies in `directory`, or begins there. A torn last line, left by a kill, is dropped, and
    /// so are blobs that nothing uses.
    ///
    /// # Errors
    /// When the directory cannot be written, or the journal is damaged before its end.
    pub fn open(directory: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(directory)?;
        let blobs = Blobs::open(directory.join("blobs"))?;
        let path = directory.join(JOURNAL);
        let mut state = State::default();
        let mut serial = 0;
        if path.exists() {
            serial = replay(&path, &mut state)?;
            compact(directory, &state, &mut serial)?;
        }
        blobs.sweep(state.next_blob, |blob| state.is_used(blob))?;
        state.next_id = state.next_id.max(100);
        let journal = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self {
            blobs,
            inner: Mutex::new(Inner {
                state,
                journal,
                serial,
            }),
        })
    }

    /// Held for short looks and changes only, never across a stream or an `await`.
    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the operation down, then carries it out.
    ///
    /// # Errors
    /// When the disk is full or gone; then nothing has changed.
    pub fn commit(&self, op: Op) -> io::Result<()> {
        let mut inner = self.lock();
        self.commit_in(&mut inner, op)
    }

    /// Stores an object of a calendar or an address book as it is, new or over the one of that name; gives
    /// back its id.
    ///
    /// # Errors
    /// As [`Self::commit`].
    pub fn put_object(
        &self,
        inner: &mut Inner,
        collection: u64,
        uri: &str,
        text: &[u8],
    ) -> io::Result<u64> {
        let known = inner.state.pim.get(collection);
        let known = known.and_then(|c| c.object(uri)).map(|object| object.id);
        let id = known.unwrap_or_else(|| inner.state.pim.new_id());
        let piece = self.blobs.writer().finish_with(text)?;
        let object = Object::of(id, uri, text, piece);
        let op = PimOp::Put {
            collection,
            object: Box::new(object),
        };
        self.commit_in(inner, op.into())?;
        Ok(id)
    }

    /// [`Self::commit`] under a lock that is held already, so that a look and a change are one.
    ///
    /// # Errors
    /// As [`Self::commit`].
    pub fn commit_in(&self, inner: &mut Inner, op: Op) -> io::Result<()> {
        let serial = inner.serial + 1;
        let mut line = serde_json::to_vec(&Line { n: serial, op: &op })?;
        line.push(b'\n');
        inner.journal.write_all(&line)?;
        inner.serial = serial;
        for blob in inner.state.apply(serial, op) {
            self.blobs.remove(blob);
        }
        Ok(())
    }
}

impl Inner {
    /// A number that no file id had before.
    pub fn new_id(&mut self) -> u64 {
        let id = self.state.next_id;
        self.state.next_id += 1;
        id
    }

    /// The number of the next operation.
    pub fn next_serial(&self) -> u64 {
        self.serial + 1
    }
}

fn replay(path: &Path, state: &mut State) -> io::Result<u64> {
    let mut reader = BufReader::new(File::open(path)?);
    let (mut line, mut serial) = (Vec::new(), 0);
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 || line.last() != Some(&b'\n') {
            return Ok(serial);
        }
        let parsed: Line<Op> = serde_json::from_slice(&line)?;
        serial = parsed.n;
        // Blobs that became free stay until the sweep.
        state.apply(serial, parsed.op);
    }
}

/// Writes the state as a new, short journal in the place of the old one.
fn compact(directory: &Path, state: &State, serial: &mut u64) -> io::Result<()> {
    let fresh = directory.join(FRESH);
    let mut writer = BufWriter::new(File::create(&fresh)?);
    for op in state.snapshot() {
        *serial += 1;
        serde_json::to_writer(&mut writer, &Line { n: *serial, op })?;
        writer.write_all(b"\n")?;
    }
    writer.flush()?;
    std::fs::rename(fresh, directory.join(JOURNAL))
}
