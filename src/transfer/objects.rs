//! Calendar objects and cards: read in batches, made ready by named rules only, put one by one, proved.

use std::collections::HashMap;

use bytes::Bytes;
use futures::StreamExt as _;

use super::stream::verdict;
use super::{Mover, Stop, Trouble, now};
use crate::dav::DavError;
use crate::dav::pim::{Object, PimError};
use crate::hash::digest;
use crate::ledger::{Arrival, Finished, Job, Task};
use crate::model::{
    HashAlgorithm, HashValue, ItemId, ItemKind, Outcome, OutcomeKind, Proof, Reason, Step,
    TargetObject, collection_of,
};
use crate::net::Verdict;
use crate::pim::calendar::NewLink;
use crate::pim::meaning::{Format, differences};
use crate::pim::{Broken, Change, Prepared, calendar, contact};
use crate::plan::LARGEST_CALENDAR_OBJECT;
use crate::source::{SourceError, SourceObject};
use crate::target::ObjectProof;
use crate::target::StoredObject;

/// Objects that are asked of the source at a time. Several such batches are under way at once.
const BATCH: usize = 25;
/// Bytes: what a Nextcloud takes of one card.
const LARGEST_CARD: usize = 5_242_880;
/// Larger texts are made ready apart from the others, one at a time: photos are scaled in memory.
const LARGE_TEXT: usize = 1 << 20;

/// An object that is ready to be put.
struct Ready {
    text: Bytes,
    /// Not byte for byte what the source gave.
    changed: bool,
    /// What was done to it, for the outcome's detail.
    notes: Vec<String>,
}

impl Mover {
    /// Claimed objects are all of one collection.
    pub(super) fn object_units(jobs: Vec<Job>) -> Vec<Vec<Job>> {
        let mut units = Vec::new();
        let mut jobs = jobs.into_iter().peekable();
        while jobs.peek().is_some() {
            units.push(jobs.by_ref().take(BATCH).collect());
        }
        units
    }

    /// Reads the objects of one batch and puts each as it arrives.
    pub(super) async fn put_objects(&self, jobs: Vec<Job>) -> Result<(), Stop> {
        let parent = jobs.first().and_then(|job| job.item.parent.clone());
        let collection = match parent {
            Some(parent) => self.0.ledger.item(&parent).await?,
            None => None,
        };
        let Some(collection) = collection else {
            for job in jobs {
                let gone = Trouble::Source(SourceError::NotFound);
                self.troubled(Task::Object, &job, gone).await?;
            }
            return Ok(());
        };
        let wanted: Vec<_> = jobs.iter().map(|job| job.item.clone()).collect();
        let mut waiting: HashMap<ItemId, Job> = jobs
            .into_iter()
            .map(|job| (job.item.id.clone(), job))
            .collect();
        let permit = self.0.source_pressure.acquire().await;
        let mut said = Verdict::Neutral;
        let mut answered = 0_u32;
        let mut objects = self.0.source.objects(&collection, &wanted);
        while let Some((id, object)) = objects.next().await {
            let Some(job) = waiting.remove(&id) else {
                continue;
            };
            answered += 1;
            let result = match object {
                Ok(object) => self.put_object(&job, object).await,
                Err(error) => {
                    said = verdict(&error);
                    Err(error.into())
                }
            };
            self.settle(Task::Object, &job, result).await?;
        }
        permit.done(said);
        for job in waiting.into_values() {
            // Nobody knows of these: what stopped the answer has been told of another. A source that tells
            // of none at all is in trouble itself.
            let attempts = job.attempts + u32::from(answered == 0);
            if answered == 0 {
                let silent = SourceError::temporary("no answer for this object");
                self.troubled(Task::Object, &job, silent.into()).await?;
            } else {
                self.0
                    .ledger
                    .put_back(Task::Object, job.n, attempts, now())
                    .await?;
            }
        }
        Ok(())
    }

    async fn put_object(&self, job: &Job, object: SourceObject) -> Result<Finished, Trouble> {
        let progress = self.0.progress.begin(job.n, &job.item.name, job.item.size);
        let ready = match self.made_ready(job, &object).await? {
            Ok(ready) => ready,
            Err(broken) => return Err(self.broken(job, &object.text, broken).await),
        };
        let (replace, uid, same_as) = match &job.decision.step {
            Step::PutObject {
                replace,
                uid,
                unless_same_as,
            } => (
                replace.as_deref(),
                uid.as_deref(),
                unless_same_as.as_deref(),
            ),
            _ => (None, None, None),
        };
        if let Some(path) = same_as
            && let Some(there) = self.same_object(job, path, &ready.text).await?
        {
            return Ok(kept(job, &object, &there));
        }
        let ready = match uid {
            Some(uid) => match with_uid(job.item.kind, &ready, uid) {
                Ok(ready) => ready,
                Err(broken) => return Err(self.broken(job, &object.text, broken).await),
            },
            None => ready,
        };
        self.0.bandwidth.pass(ready.text.len()).await;
        progress.add(ready.text.len());
        let path = &job.decision.target_path;
        let permit = self.0.target_pressure.acquire().await;
        let stored = self.0.target.put_object(path, &ready.text, replace).await;
        permit.done(target_verdict(&stored));
        let stored = match stored {
            Ok(stored) => stored,
            Err(error) => match self.after_refusal(job, &ready, error).await? {
                Refused::There(stored) => stored,
                Refused::Kept(there) => return Ok(kept(job, &object, &there)),
                Refused::InTrash => {
                    return Ok(settled(job, OutcomeKind::Skipped, Reason::UidInTrash));
                }
                Refused::Trouble(trouble) => {
                    return Err(match trouble {
                        Trouble::Pim(error) if concerns_text(&error) => {
                            let detail = error.to_string();
                            self.set_aside(job, &object.text, "refused", detail).await
                        }
                        trouble => trouble,
                    });
                }
            },
        };
        let finished = self.prove_object(job, &object, ready, uid, stored).await?;
        progress.keep();
        Ok(finished)
    }

    /// Named rules, and the attachments that moved, too.
    async fn made_ready(
        &self,
        job: &Job,
        object: &SourceObject,
    ) -> Result<Result<Ready, Broken>, Trouble> {
        let kind = job.item.kind;
        let prepared = self.prepared(kind, object.text.clone()).await?;
        let Prepared { text, changes } = match prepared {
            Ok(prepared) => prepared,
            Err(broken) => return Ok(Err(broken)),
        };
        let mut notes: Vec<String> = changes
            .iter()
            .map(|change: &Change| change.code().to_owned())
            .collect();
        if object.converted {
            notes.push("converted".into());
        }
        if object.lost > 0 {
            notes.push(format!("lost {}", object.lost));
        }
        let mut text = text;
        if kind != ItemKind::Contact
            && let Some((relinked, links)) = self.relinked(&text).await?
        {
            text = relinked;
            notes.push(format!("attachments-relinked {links}"));
        }
        if kind != ItemKind::Contact && text.len() as u64 > LARGEST_CALENDAR_OBJECT {
            return Err(Trouble::ObjectTooLarge {
                bytes: text.len() as u64,
            });
        }
        Ok(Ok(Ready {
            changed: object.converted || text[..] != object.text[..],
            text: text.into(),
            notes,
        }))
    }

    async fn prepared(
        &self,
        kind: ItemKind,
        text: Bytes,
    ) -> Result<Result<Prepared, Broken>, Trouble> {
        let large = text.len() > LARGE_TEXT;
        let prepare = move || match kind {
            ItemKind::Contact => contact::prepare(&text, &contact::Limits { card: LARGEST_CARD }),
            _ => calendar::prepare(&text),
        };
        if !large {
            return Ok(prepare());
        }
        prepare_apart(&self.0.scaling, prepare).await
    }

    /// Attachments that lead to files which arrived lead to where they are now.
    async fn relinked(&self, text: &[u8]) -> Result<Option<(Vec<u8>, u32)>, Trouble> {
        let mut places = HashMap::new();
        for attachment in calendar::attachments(text) {
            let id = self.0.source.linked_item(&attachment.uri);
            let file = self.0.ledger.arrived_file(id, &attachment.uri).await?;
            if let Some(file) = file {
                let link = NewLink {
                    uri: self.0.target.file_address(&file.file_id),
                    file_id: Some(file.file_id),
                    path: Some(format!("/{}", file.target_path)),
                };
                places.insert(attachment.uri, link);
            }
        }
        if places.is_empty() {
            return Ok(None);
        }
        let (text, links) = calendar::relink(text, |uri| places.get(uri).cloned());
        Ok((links > 0).then_some((text, links)))
    }

    /// The object at `path`, where it says the same as `text`.
    async fn same_object(
        &self,
        job: &Job,
        path: &str,
        text: &[u8],
    ) -> Result<Option<Object>, Trouble> {
        let there = self.0.target.object(path).await.map_err(Trouble::of_pim)?;
        let Some(there) = there else {
            // Its twin is still on the way.
            if self.0.ledger.object_is_queued(path.to_owned()).await? {
                return Err(DavError::temporary("waits for another object").into());
            }
            return Ok(None);
        };
        Ok(differences(format(job), text, &there.text)
            .is_empty()
            .then_some(there))
    }

    /// What a refusal really means: an attempt of ours may have come through, or somebody put the same
    /// there.
    async fn after_refusal(
        &self,
        job: &Job,
        ready: &Ready,
        error: PimError,
    ) -> Result<Refused, Trouble> {
        let path = &job.decision.target_path;
        match error {
            PimError::Dav(error @ (DavError::Taken | DavError::Changed)) => {
                if let Some(there) = self.same_object(job, path, &ready.text).await? {
                    return Ok(Refused::There(StoredObject {
                        etag: there.etag,
                        proof: ObjectProof::Rewritten(there.text),
                        warning: None,
                    }));
                }
                Ok(Refused::Trouble(match error {
                    DavError::Changed => Trouble::TargetChanged,
                    _ => Trouble::Foreign,
                }))
            }
            PimError::UidExists => {
                let collection = collection_of(path);
                let uid = job.item.uid.as_deref().unwrap_or_default();
                let found = self.0.target.find_uid(collection, uid).await;
                for other in found.map_err(Trouble::of_pim)? {
                    if let Some(there) = self.same_object(job, &other.path, &ready.text).await? {
                        return Ok(Refused::Kept(there));
                    }
                }
                Ok(Refused::Trouble(Trouble::Pim(PimError::UidExists)))
            }
            PimError::UidInTrash { .. } => Ok(Refused::InTrash),
            PimError::Dav(DavError::ParentMissing | DavError::NotFound) => {
                Ok(Refused::Trouble(Trouble::CollectionMissing))
            }
            error => Ok(Refused::Trouble(Trouble::of_pim(error))),
        }
    }

    /// The bytes that the server holds are those that were sent, or mean the same.
    async fn prove_object(
        &self,
        job: &Job,
        object: &SourceObject,
        ready: Ready,
        uid: Option<&str>,
        stored: StoredObject,
    ) -> Result<Finished, Trouble> {
        let Ready {
            text,
            changed,
            mut notes,
        } = ready;
        let proof = match stored.proof {
            ObjectProof::Exact if changed => Proof::Streamed(md5(&text)),
            ObjectProof::Exact => Proof::Full(md5(&text).into()),
            ObjectProof::Rewritten(there) => {
                let differences = differences(format(job), &text, &there);
                if let Some(difference) = differences.first() {
                    let detail = format!(
                        "sent {}: {}, stored {}",
                        difference.property, difference.sent, difference.stored
                    );
                    return Ok(self
                        .mismatched(job, &object.text, stored.etag, detail)
                        .await);
                }
                Proof::Meaning(md5(&there))
            }
        };
        notes.extend(
            stored
                .warning
                .map(|warning| format!("the server: {warning}")),
        );
        let outcome = Outcome {
            detail: (!notes.is_empty()).then(|| notes.join(", ")),
            proof: Some(proof),
            bytes: text.len() as u64,
            source_version: Some(object.version.clone()),
            ..Outcome::settled(OutcomeKind::Moved, job.decision.reason)
        };
        let there = TargetObject {
            path: job.decision.target_path.clone(),
            etag: stored.etag,
            uid: uid.map(str::to_owned).or_else(|| job.item.uid.clone()),
        };
        Ok(finished(job, outcome, there, uid))
    }

    /// What is there is not what was sent. It stays, and counts as not moved: the next run replaces it
    /// unless somebody edits it.
    async fn mismatched(&self, job: &Job, text: &[u8], etag: String, detail: String) -> Finished {
        let saved = self.save(job, text).await;
        let outcome = Outcome::failed(Reason::MeaningMismatch, format!("{detail}; {saved}"));
        let there = TargetObject {
            path: job.decision.target_path.clone(),
            etag,
            uid: job.item.uid.clone(),
        };
        let uid = match &job.decision.step {
            Step::PutObject { uid, .. } => uid.clone(),
            _ => None,
        };
        finished(job, outcome, there, uid.as_deref())
    }
}

/// What became of a put that the server refused.
enum Refused {
    /// It is there nevertheless.
    There(StoredObject),
    /// Another object says the same.
    Kept(Object),
    InTrash,
    Trouble(Trouble),
}

async fn prepare_apart(
    scaling: &tokio::sync::Semaphore,
    prepare: impl FnOnce() -> Result<Prepared, Broken> + Send + 'static,
) -> Result<Result<Prepared, Broken>, Trouble> {
    let _one_at_a_time = scaling.acquire().await;
    tokio::task::spawn_blocking(prepare)
        .await
        .map_err(|error| DavError::temporary(error.to_string()).into())
}

fn with_uid(kind: ItemKind, ready: &Ready, uid: &str) -> Result<Ready, Broken> {
    let text = match kind {
        ItemKind::Contact => contact::set_uid(&ready.text, uid)?,
        _ => calendar::set_uid(&ready.text, uid)?,
    };
    let mut notes = ready.notes.clone();
    notes.push("uid-replaced".into());
    Ok(Ready {
        text: text.into(),
        changed: true,
        notes,
    })
}

fn finished(job: &Job, outcome: Outcome, object: TargetObject, uid: Option<&str>) -> Finished {
    Finished {
        n: job.n,
        task: Task::Object,
        outcome,
        entry: Some(Arrival::Object {
            object,
            uid: uid.map(str::to_owned),
        }),
        properties: false,
    }
}

/// The target has the same; from now on it counts as moved.
fn kept(job: &Job, object: &SourceObject, there: &Object) -> Finished {
    let outcome = Outcome {
        proof: Some(Proof::Meaning(md5(&there.text))),
        source_version: Some(object.version.clone()),
        ..Outcome::settled(OutcomeKind::Kept, Some(Reason::SameObject))
    };
    let there = TargetObject {
        path: there.path.clone(),
        etag: there.etag.clone(),
        uid: job.item.uid.clone(),
    };
    finished(job, outcome, there, None)
}

fn settled(job: &Job, kind: OutcomeKind, reason: Reason) -> Finished {
    Finished {
        n: job.n,
        task: Task::Object,
        outcome: Outcome::settled(kind, Some(reason)),
        entry: None,
        properties: false,
    }
}

const fn format(job: &Job) -> Format {
    match job.item.kind {
        ItemKind::Contact => Format::Card,
        _ => Format::Calendar,
    }
}

/// Whether the server refuses the text itself, whatever is done.
const fn concerns_text(error: &PimError) -> bool {
    matches!(
        error,
        PimError::Unsupported { .. }
            | PimError::NoInstances { .. }
            | PimError::UnsupportedComponent { .. }
    )
}

fn md5(text: &[u8]) -> HashValue {
    digest(HashAlgorithm::Md5, text)
}

/// What an answer says of the target's host.
fn target_verdict<T>(result: &Result<T, PimError>) -> Verdict {
    match result {
        Ok(_) => Verdict::Fine { units: 1.0 },
        Err(PimError::Dav(error)) => super::folders::verdict_of(error),
        Err(_) => Verdict::Neutral,
    }
}
