//! The example files that Nextcloud gives a new account.

use std::io;

use super::super::content::Content;
use super::op::{FileOp, Op};
use super::server::now;
use super::store::Store;
use super::tree::{Id, Piece};

const FOLDERS: [&str; 3] = ["Documents", "Photos", "Templates"];

/// Folder (`""`: the home), name, bytes.
const FILES: [(&str, &str, u64); 8] = [
    ("", "Nextcloud Manual.pdf", 180_000),
    ("", "Nextcloud intro.mp4", 320_000),
    ("", "Readme.md", 206),
    ("", "Reasons to use Nextcloud.pdf", 97_000),
    ("Documents", "Example.md", 1095),
    ("Documents", "Welcome to Nextcloud Hub.docx", 24_295),
    ("Photos", "Birdie.jpg", 59_000),
    ("Templates", "Invoice.odt", 17_000),
];

pub(super) fn fill(store: &Store, home: Id) -> io::Result<()> {
    let at = now();
    for name in FOLDERS {
        let mut inner = store.lock();
        let op = Op::Folder {
            id: inner.new_id(),
            parent: home,
            name: name.to_owned(),
            at,
        };
        store.commit_in(&mut inner, op)?;
    }
    for (seed, (folder, name, len)) in (0..).zip(FILES) {
        let piece = write(store, &Content::text(seed, len))?;
        let mut inner = store.lock();
        let parent = inner.state.tree.child(home, folder).unwrap_or(home);
        let op = Op::File(Box::new(FileOp {
            id: inner.new_id(),
            parent,
            name: name.to_owned(),
            pieces: vec![piece],
            etag: format!("{:032x}", inner.next_serial()),
            at,
            mtime: at,
            created: Some(at),
            checksum: String::new(),
        }));
        store.commit_in(&mut inner, op)?;
    }
    Ok(())
}

fn write(store: &Store, content: &Content) -> io::Result<Piece> {
    store
        .blobs
        .writer()
        .finish_with(&content.bytes(0, content.length))
}
