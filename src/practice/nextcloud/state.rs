//! Everything that the practice server remembers, and the operations that change it.
//!
//! Each operation is one line of the journal; the state is what they add up to, live and after a restart
//! alike.

use std::collections::{BTreeMap, HashMap};

use super::op::{Change, Chunk, FileOp, Op, Token, Trashed};
use super::pim::Shelf;
use super::tree::{Id, Kind, Node, Piece, Tree};

/// A chunked upload that goes on.
#[derive(Debug, Clone, Default)]
pub struct Upload {
    pub at: i64,
    pub chunks: BTreeMap<String, Chunk>,
}

impl Upload {
    /// Bytes of all chunks.
    pub fn size(&self) -> u64 {
        self.chunks.values().map(|chunk| chunk.piece.len).sum()
    }
}

#[derive(Debug, Default)]
pub struct State {
    pub tree: Tree,
    pub homes: BTreeMap<String, Id>,
    pub trash: BTreeMap<(String, String), Trashed>,
    pub uploads: BTreeMap<(String, String), Upload>,
    pub tokens: HashMap<String, Token>,
    pub quotas: HashMap<String, Option<u64>>,
    pub pim: Shelf,
    pub next_id: Id,
    pub next_blob: u64,
    /// How many files and chunks use a blob.
    users_of_blob: HashMap<u64, u32>,
}

impl State {
    pub fn is_used(&self, blob: u64) -> bool {
        self.users_of_blob.contains_key(&blob)
    }

    /// Carries out one operation, the `serial`th of all. Gives back the blobs that nothing uses any more.
    pub fn apply(&mut self, serial: u64, op: Op) -> Vec<u64> {
        // As PHP's uniqid(), which is what folders get.
        let etag = format!("{:013x}", 0x6_b030_0000_0000_u64 + serial);
        match op {
            Op::Home { user, id, at } => {
                self.see_id(id);
                self.tree.insert(folder_node(id, 0, &user, at, etag));
                self.homes.insert(user, id);
            }
            Op::IsHome { user, id } => {
                self.homes.insert(user, id);
            }
            Op::Node { node } => {
                self.see_id(node.id);
                self.use_pieces(node.pieces());
                self.tree.insert(*node);
            }
            Op::Folder {
                id,
                parent,
                name,
                at,
            } => {
                self.see_id(id);
                self.tree
                    .insert(folder_node(id, parent, &name, at, etag.clone()));
                self.tree.propagate(parent, &etag, at);
            }
            Op::File(file) => return self.apply_file(*file, &etag),
            Op::Touch { id, mtime } => self.apply_touch(id, mtime, &etag),
            Op::Set { id, change } => self.apply_change(id, change),
            Op::Move {
                id,
                parent,
                name,
                at,
            } => self.apply_move(id, parent, &name, at, &etag),
            Op::Trash { .. }
            | Op::Trashed { .. }
            | Op::Restore { .. }
            | Op::Purge { .. }
            | Op::Remove { .. } => return self.apply_trash(op, &etag),
            Op::Upload { .. }
            | Op::Chunk { .. }
            | Op::DropChunk { .. }
            | Op::Assemble { .. }
            | Op::DropUpload { .. } => return self.apply_upload(op, &etag),
            Op::Token { token } => {
                self.tokens.insert(token.hash.clone(), token);
            }
            Op::Revoke { hash } => {
                self.tokens.remove(&hash);
            }
            Op::Quota { user, quota } => {
                self.quotas.insert(user, quota);
            }
            Op::Pim { change } => {
                let (used, freed) = self.pim.apply(*change);
                self.use_pieces(&used);
                return self.free(&freed);
            }
            Op::Next { id, blob } => {
                self.next_id = self.next_id.max(id);
                self.next_blob = self.next_blob.max(blob);
            }
        }
        Vec::new()
    }

    fn apply_file(&mut self, file: FileOp, folder_etag: &str) -> Vec<u64> {
        self.see_id(file.id);
        self.use_pieces(&file.pieces);
        let freed = if self.tree.get(file.id).is_some() {
            let freed = self.tree.refill(file.id, file.pieces);
            if let Some(node) = self.tree.get_mut(file.id) {
                node.mtime = file.mtime;
                node.uploaded = file.at;
                node.etag = file.etag;
                node.created = file.created.unwrap_or(node.created);
                if let Kind::File { checksum, .. } = &mut node.kind {
                    *checksum = file.checksum;
                }
            }
            freed
        } else {
            let size = file.pieces.iter().map(|piece| piece.len).sum();
            self.tree.insert(Node {
                id: file.id,
                parent: file.parent,
                name: file.name,
                mtime: file.mtime,
                created: file.created.unwrap_or(0),
                uploaded: file.at,
                etag: file.etag,
                favourite: false,
                tags: Vec::new(),
                props: BTreeMap::new(),
                kind: Kind::File {
                    pieces: file.pieces,
                    size,
                    checksum: file.checksum,
                },
            });
            Vec::new()
        };
        self.tree.propagate(file.parent, folder_etag, file.at);
        self.free(&freed)
    }

    fn apply_touch(&mut self, id: Id, mtime: i64, etag: &str) {
        let Some(node) = self.tree.get_mut(id) else {
            return;
        };
        node.mtime = mtime;
        if node.is_folder() {
            etag.clone_into(&mut node.etag);
        }
        let parent = node.parent;
        self.tree.propagate(parent, etag, mtime);
    }

    fn apply_change(&mut self, id: Id, change: Change) {
        let Some(node) = self.tree.get_mut(id) else {
            return;
        };
        match change {
            Change::Favourite(favourite) => node.favourite = favourite,
            Change::Created(created) => node.created = created,
            Change::Checksum(new) => {
                if let Kind::File { checksum, .. } = &mut node.kind {
                    *checksum = new;
                }
            }
            Change::Etag(etag) => node.etag = etag,
            Change::Tags(tags) => node.tags = tags,
            Change::Prop(name, Some(value)) => {
                node.props.insert(name, value);
            }
            Change::Prop(name, None) => {
                node.props.remove(&name);
            }
        }
    }

    fn apply_move(&mut self, id: Id, parent: Id, name: &str, at: i64, etag: &str) {
        let before = self.tree.get(id).map_or(0, |node| node.parent);
        self.tree.detach(id);
        self.tree.attach(id, parent, name);
        self.tree.propagate(before, etag, at);
        self.tree.propagate(parent, etag, at);
    }

    fn apply_trash(&mut self, op: Op, etag: &str) -> Vec<u64> {
        match op {
            Op::Trash { id, user, at } => {
                let original = self.tree.path(id).join("/");
                let Some((name, parent)) = self.tree.get(id).map(|n| (n.name.clone(), n.parent))
                else {
                    return Vec::new();
                };
                self.tree.detach(id);
                self.tree.propagate(parent, etag, at);
                // The key of what was deleted twice in one second would be taken: Nextcloud overwrites
                // it there, too.
                let key = (user, format!("{name}.d{at}"));
                let trashed = Trashed {
                    id,
                    name,
                    original,
                    deleted: at,
                };
                if let Some(before) = self.trash.insert(key, trashed) {
                    let freed = self.tree.forget(before.id);
                    return self.free(&freed);
                }
            }
            Op::Trashed { user, key, trashed } => {
                self.trash.insert((user, key), trashed);
            }
            Op::Restore {
                user,
                key,
                parent,
                name,
                at,
            } => {
                if let Some(trashed) = self.trash.remove(&(user, key)) {
                    self.tree.attach(trashed.id, parent, &name);
                    self.tree.propagate(parent, etag, at);
                }
            }
            Op::Purge { user, key } => {
                if let Some(trashed) = self.trash.remove(&(user, key)) {
                    let freed = self.tree.forget(trashed.id);
                    return self.free(&freed);
                }
            }
            Op::Remove { id, at } => {
                let parent = self.tree.get(id).map_or(0, |node| node.parent);
                self.tree.detach(id);
                self.tree.propagate(parent, etag, at);
                let freed = self.tree.forget(id);
                return self.free(&freed);
            }
            _ => {}
        }
        Vec::new()
    }

    fn apply_upload(&mut self, op: Op, etag: &str) -> Vec<u64> {
        match op {
            Op::Upload { user, upload, at } => {
                self.uploads.entry((user, upload)).or_default().at = at;
                Vec::new()
            }
            Op::Chunk {
                user,
                upload,
                name,
                chunk,
            } => {
                self.use_pieces(&[chunk.piece]);
                let before = match self.uploads.get_mut(&(user, upload)) {
                    Some(upload) => upload.chunks.insert(name, chunk),
                    None => Some(chunk),
                };
                self.free_chunks(before)
            }
            Op::DropChunk { user, upload, name } => {
                let before = self
                    .uploads
                    .get_mut(&(user, upload))
                    .and_then(|upload| upload.chunks.remove(&name));
                self.free_chunks(before)
            }
            Op::Assemble {
                user,
                upload,
                file,
                keep,
            } => {
                let mut freed = self.apply_file(*file, etag);
                if !keep {
                    let before = self.uploads.remove(&(user, upload)).unwrap_or_default();
                    freed.extend(self.free_chunks(before.chunks.into_values()));
                }
                freed
            }
            Op::DropUpload { user, upload } => {
                let before = self.uploads.remove(&(user, upload)).unwrap_or_default();
                self.free_chunks(before.chunks.into_values())
            }
            _ => Vec::new(),
        }
    }

    /// The operations that make this state out of nothing.
    pub fn snapshot(&self) -> Vec<Op> {
        let mut ops = vec![Op::Next {
            id: self.next_id,
            blob: self.next_blob,
        }];
        let trashed = self.trash.values().map(|trashed| &trashed.id);
        for root in self.homes.values().chain(trashed) {
            let nodes = self.tree.below(*root);
            ops.extend(
                nodes
                    .iter()
                    .filter_map(|id| self.tree.get(*id))
                    .map(|node| Op::Node {
                        node: Box::new(node.clone()),
                    }),
            );
        }
        ops.extend(self.homes.iter().map(|(user, id)| Op::IsHome {
            user: user.clone(),
            id: *id,
        }));
        ops.extend(self.trash.iter().map(|((user, key), trashed)| Op::Trashed {
            user: user.clone(),
            key: key.clone(),
            trashed: trashed.clone(),
        }));
        for ((user, name), upload) in &self.uploads {
            ops.push(Op::Upload {
                user: user.clone(),
                upload: name.clone(),
                at: upload.at,
            });
            ops.extend(upload.chunks.iter().map(|(chunk_name, chunk)| Op::Chunk {
                user: user.clone(),
                upload: name.clone(),
                name: chunk_name.clone(),
                chunk: chunk.clone(),
            }));
        }
        ops.extend(self.tokens.values().map(|token| Op::Token {
            token: token.clone(),
        }));
        ops.extend(self.quotas.iter().map(|(user, quota)| Op::Quota {
            user: user.clone(),
            quota: *quota,
        }));
        ops.extend(self.pim.snapshot().into_iter().map(Op::from));
        ops
    }

    fn see_id(&mut self, id: Id) {
        self.next_id = self.next_id.max(id + 1);
    }

    fn use_pieces(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            self.next_blob = self.next_blob.max(piece.blob + 1);
            *self.users_of_blob.entry(piece.blob).or_insert(0) += 1;
        }
    }

    fn free(&mut self, pieces: &[Piece]) -> Vec<u64> {
        let mut unused = Vec::new();
        for piece in pieces {
            if let Some(users) = self.users_of_blob.get_mut(&piece.blob) {
                *users -= 1;
                if *users == 0 {
                    self.users_of_blob.remove(&piece.blob);
                    unused.push(piece.blob);
                }
            }
        }
        unused
    }

    fn free_chunks(&mut self, chunks: impl IntoIterator<Item = Chunk>) -> Vec<u64> {
        let pieces: Vec<Piece> = chunks.into_iter().map(|chunk| chunk.piece).collect();
        self.free(&pieces)
    }
}

fn folder_node(id: Id, parent: Id, name: &str, at: i64, etag: String) -> Node {
    Node {
        id,
        parent,
        name: name.to_owned(),
        mtime: at,
        created: 0,
        uploaded: 0,
        etag,
        favourite: false,
        tags: Vec::new(),
        props: BTreeMap::new(),
        kind: Kind::folder(),
    }
}
