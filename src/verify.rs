//! A second look: everything that should be at the target is counted again, and its digest computed anew
//! by the server from what it stores.

use std::sync::Arc;

use futures::StreamExt as _;
use tokio_util::sync::CancellationToken;

use crate::hash::StreamHasher;
use crate::ledger::{Ledger, LedgerError, ReportRow};
use crate::model::{
    Digests, HashValue, ItemKind, OutcomeKind, Proof, Reason, Standing, TargetEntry, TargetObject,
    VerifyDone,
};
use crate::source::{Source, SourceError};
use crate::target::{Nextcloud, TargetError};
use crate::transfer::Progress;

/// Why the second look was not finished.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error("stopped on request")]
    Cancelled,
    #[error("the target: {0}")]
    Target(#[source] TargetError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// What a second look said of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The digests are the same from end to end.
    Proved(Proof),
    /// It is there, but there is nothing stronger to say.
    Weak,
    /// Edited at the target since it was moved: not what arrived, and not damaged either.
    Edited,
    Mismatched {
        expected: HashValue,
        found: HashValue,
        /// What the target has now.
        etag: String,
    },
    Missing,
    /// The server could not be asked about this one.
    Unknown(String),
}

const PAGE: u32 = 500;
const AT_ONCE: usize = 6;

/// Everything that a second look works with.
pub struct Verifier {
    pub ledger: Ledger,
    pub target: Nextcloud,
    /// A source whose bytes can be read once more at no cost (a local folder).
    pub reread: Option<Arc<dyn Source>>,
    pub progress: Progress,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verifier").finish_non_exhaustive()
    }
}

impl Verifier {
    /// Looks at every item. The target has been listed anew before. `tell` gets each item that is not
    /// proved.
    ///
    /// # Errors
    /// [`VerifyError`]; one item that cannot be looked at never stops the others.
    pub async fn run(
        &self,
        cancel: &CancellationToken,
        tell: &(dyn Fn(&ReportRow, &Verdict) + Send + Sync),
    ) -> Result<VerifyDone, VerifyError> {
        let balance = self.ledger.balance().await?;
        self.progress.expect(balance.items, 0);
        let mut done = VerifyDone::default();
        let mut after = 0;
        loop {
            let rows = self.ledger.report_rows(after, PAGE, None).await?;
            let Some(last) = rows.last() else {
                return Ok(done);
            };
            after = last.n;
            let all = rows.len();
            let rows: Vec<ReportRow> = rows.into_iter().filter(is_at_target).collect();
            self.progress.items_seen(all - rows.len());
            let entries = self.entries(&rows).await?;
            let mut verdicts = futures::stream::iter(rows.into_iter().zip(entries))
                .map(|(row, entry)| async move {
                    let verdict = self.look(&row, entry).await;
                    (row, verdict)
                })
                .buffered(AT_ONCE);
            let mut proofs = Vec::new();
            let mut damaged = Vec::new();
            loop {
                let next = tokio::select! {
                    () = cancel.cancelled() => return Err(VerifyError::Cancelled),
                    next = verdicts.next() => next,
                };
                let Some((row, verdict)) = next else { break };
                let verdict = verdict?;
                count(&mut done, &verdict);
                self.progress.items_seen(1);
                match verdict {
                    Verdict::Proved(proof) => proofs.push((row.n, proof)),
                    verdict => {
                        if let Verdict::Mismatched { etag, .. } = &verdict {
                            damaged.push((row.n, etag.clone()));
                        }
                        tell(&row, &verdict);
                    }
                }
            }
            self.ledger.set_proofs(proofs).await?;
            self.ledger.set_damaged(damaged).await?;
        }
    }

    /// What the listing made just before has of each.
    async fn entries(&self, rows: &[ReportRow]) -> Result<Vec<Entry>, VerifyError> {
        let paths: Vec<String> = rows.iter().map(|row| row.target_path.clone()).collect();
        let files = self.ledger.target_entries(paths.clone()).await?;
        let objects = self.ledger.target_objects(paths).await?;
        let collections = self.ledger.target_collections().await?;
        let there = |path: &str| {
            collections
                .iter()
                .any(|one| one.path == path && one.standing != Standing::Trashed)
        };
        let entries = rows.iter().zip(files).zip(objects);
        Ok(entries
            .map(|((row, file), object)| match row.item.kind {
                kind if kind.is_collection() => Entry::Collection {
                    there: there(&row.target_path),
                },
                kind if kind.is_object() => Entry::Object(object),
                _ => Entry::File(file),
            })
            .collect())
    }

    async fn look(&self, row: &ReportRow, entry: Entry) -> Result<Verdict, VerifyError> {
        let entry = match entry {
            Entry::File(Some(entry)) => entry,
            Entry::Collection { there: true } => {
                return Ok(Verdict::Proved(Proof::Acknowledged));
            }
            Entry::Object(Some(object)) => return Ok(look_at_object(row, &object)),
            Entry::File(None) | Entry::Object(None) | Entry::Collection { there: false } => {
                return Ok(Verdict::Missing);
            }
        };
        if row.item.kind == ItemKind::Folder {
            return Ok(if entry.is_folder {
                Verdict::Proved(Proof::Acknowledged)
            } else {
                Verdict::Missing
            });
        }
        let known = row.proof.as_ref().and_then(Proof::hash);
        let published = row
            .item
            .hash
            .as_ref()
            .filter(|_| row.item.kind == ItemKind::File);
        let comparable = published.filter(|hash| hash.algorithm.is_nextclouds());
        let moved = row.moved.as_ref().map(|digests| &digests.target);
        let Some(expected) = known.or(comparable).or(moved) else {
            return Ok(match row.item.size {
                Some(size) if size != entry.size => Verdict::Edited,
                _ => Verdict::Weak,
            });
        };
        let found = self
            .target
            .recalculate_hash(&row.target_path, expected.algorithm)
            .await;
        let found = match found {
            Ok(found) => found,
            Err(TargetError::NotFound) => return Ok(Verdict::Missing),
            Err(error) if error.concerns_all() => return Err(VerifyError::Target(error)),
            Err(error) => return Ok(Verdict::Unknown(error.to_string())),
        };
        if found != *expected {
            let ours = row
                .item
                .modified
                .map(|time| crate::target::clamp_modified(time).0);
            let now = entry.modified.map(|time| time.as_second());
            return Ok(if ours.is_some() && ours != now {
                Verdict::Edited
            } else {
                Verdict::Mismatched {
                    expected: expected.clone(),
                    found,
                    etag: entry.etag,
                }
            });
        }
        self.strength(row, published, found).await
    }

    /// The target has what was sent; is that what the source has?
    async fn strength(
        &self,
        row: &ReportRow,
        published: Option<&HashValue>,
        found: HashValue,
    ) -> Result<Verdict, VerifyError> {
        if published == Some(&found) {
            return Ok(Verdict::Proved(Proof::Full(found.into())));
        }
        // Where no server knows the source's algorithm: was it found to be right in the same stream?
        let proof = match &row.proof {
            Some(Proof::Full(digests)) => Some(digests),
            Some(_) => None,
            None => row.moved.as_ref(),
        };
        if let (Some(published), Some(digests)) = (published, proof)
            && digests.target == found
            && digests.source.as_ref() == Some(published)
        {
            let source = Some(published.clone());
            let digests = Digests {
                target: found,
                source,
            };
            return Ok(Verdict::Proved(Proof::Full(digests)));
        }
        if let (Some(source), ItemKind::File) = (&self.reread, row.item.kind) {
            return Ok(match reread(source.as_ref(), row, &found).await {
                Ok(again) if again == found => Verdict::Proved(Proof::Full(found.into())),
                Ok(_) | Err(_) => Verdict::Weak,
            });
        }
        Ok(match row.kind {
            // What we wrote ourselves, byte for byte.
            OutcomeKind::Linked => Verdict::Proved(Proof::Streamed(found)),
            _ => Verdict::Weak,
        })
    }
}

/// What the target has of an item.
enum Entry {
    /// Or of a folder.
    File(Option<TargetEntry>),
    Object(Option<TargetObject>),
    Collection {
        there: bool,
    },
}

/// A server's ETag of an object is the digest of what it stores, so an ETag that has not changed says that
/// the text has not either.
fn look_at_object(row: &ReportRow, there: &TargetObject) -> Verdict {
    let Some(hash) = row.hash.as_ref() else {
        return Verdict::Weak;
    };
    if hash.hex != there.etag {
        return Verdict::Edited;
    }
    Verdict::Proved(match &row.proof {
        Some(proof) if proof.hash().is_some() => proof.clone(),
        // Proved by an earlier run.
        _ => Proof::Streamed(hash.clone()),
    })
}

async fn reread(
    source: &dyn Source,
    row: &ReportRow,
    like: &HashValue,
) -> Result<HashValue, SourceError> {
    let mut content = source.read(&row.item, 0).await?;
    let mut hasher = StreamHasher::new(like.algorithm);
    while let Some(piece) = content.stream.next().await {
        hasher.update(&piece?);
    }
    Ok(hasher.finish())
}

/// Whether the outcome says that the item is at the target as it is at the source.
fn is_at_target(row: &ReportRow) -> bool {
    match row.kind {
        OutcomeKind::Moved | OutcomeKind::Converted | OutcomeKind::Linked => true,
        OutcomeKind::Kept => matches!(
            row.reason,
            Some(
                Reason::SameContent
                    | Reason::SameSizeAndDate
                    | Reason::AlreadyMoved
                    | Reason::SameObject
                    | Reason::CollectionExists
                    | Reason::FolderExists
            )
        ),
        OutcomeKind::Skipped | OutcomeKind::Failed => false,
    }
}

fn count(done: &mut VerifyDone, verdict: &Verdict) {
    done.items += 1;
    *match verdict {
        Verdict::Proved(_) => &mut done.proved,
        Verdict::Weak | Verdict::Edited | Verdict::Unknown(_) => &mut done.weak,
        Verdict::Mismatched { .. } => &mut done.mismatched,
        Verdict::Missing => &mut done.missing,
    } += 1;
}
