//! What the server's handlers and [`super::Control`] share.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use http::HeaderMap;
use serde::{Deserialize, Serialize};

use super::super::faults::Faults;
use super::StartError;
use super::drive::{Drive, Edits};
use super::error::ApiError;
use super::oauth::{Client, OAuth, Permit};

/// Paths are counted one by one up to this many.
const MOST_PATHS: usize = 100_000;

pub(super) struct Shared {
    pub client: Client,
    pub export_limit: u64,
    pub latency: std::time::Duration,
    pub api_enabled: AtomicBool,
    /// The project's requests of the day are used up.
    pub exhausted: AtomicBool,
    pub exports: AtomicU64,
    clock_offset: AtomicI64,
    drive: RwLock<Drive>,
    oauth: Mutex<OAuth>,
    faults: Mutex<Faults>,
    counts: Mutex<Counts>,
    storage: Option<PathBuf>,
}

#[derive(Debug, Default)]
pub(super) struct Counts {
    pub operations: BTreeMap<String, u64>,
    pub paths: HashMap<String, u64>,
}

/// What survives a restart.
#[derive(Default, Serialize, Deserialize)]
struct Stored<E, O> {
    seed: u64,
    items: u64,
    edits: E,
    oauth: O,
}

impl Shared {
    pub(super) fn new(config: &super::Config) -> Result<Self, StartError> {
        let storage = config
            .storage
            .as_ref()
            .map(|folder| folder.join("google.json"));
        let (edits, oauth) = match &storage {
            Some(path) => restore(config, path)?,
            None => None,
        }
        .unwrap_or_else(|| (Edits::default(), OAuth::new(config.seed)));
        Ok(Self {
            client: Client {
                id: config.client_id.clone(),
                secret: config.client_secret.clone(),
            },
            export_limit: config.export_limit,
            latency: config.latency,
            api_enabled: AtomicBool::new(true),
            exhausted: AtomicBool::new(false),
            exports: AtomicU64::new(0),
            clock_offset: AtomicI64::new(0),
            drive: RwLock::new(Drive::new(config.seed, config.items, config.sizes, edits)),
            oauth: Mutex::new(oauth),
            faults: Mutex::new(config.faults.clone()),
            counts: Mutex::default(),
            storage,
        })
    }

    pub(super) fn drive(&self) -> RwLockReadGuard<'_, Drive> {
        self.drive.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn oauth(&self) -> MutexGuard<'_, OAuth> {
        self.oauth.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the Drive and keeps the change.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Drive, i64) -> T) -> T {
        let now = self.now();
        let result = {
            let mut drive: RwLockWriteGuard<'_, Drive> =
                self.drive.write().unwrap_or_else(PoisonError::into_inner);
            change(&mut drive, now)
        };
        self.save();
        result
    }

    /// Changes tokens or settings and keeps the change.
    pub(super) fn sign<T>(&self, change: impl FnOnce(&mut OAuth, i64) -> T) -> T {
        let now = self.now();
        let result = change(&mut self.oauth(), now);
        self.save();
        result
    }

    /// Milliseconds since 1970, by the server's own clock.
    pub(super) fn now(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond() + self.clock_offset.load(Ordering::Relaxed)
    }

    pub(super) fn advance(&self, millis: i64) {
        self.clock_offset.fetch_add(millis, Ordering::Relaxed);
    }

    /// Lets a request to Drive through, or says why not.
    pub(super) fn authorise(&self, headers: &HeaderMap, wanted: Permit) -> Result<(), ApiError> {
        let Some(token) = bearer(headers) else {
            return Err(if headers.contains_key(http::header::AUTHORIZATION) {
                ApiError::bad_credentials()
            } else {
                ApiError::no_credentials()
            });
        };
        let permit = self.oauth().permit(token, self.now());
        let permit = permit.ok_or_else(ApiError::bad_credentials)?;
        if !self.api_enabled.load(Ordering::Relaxed) {
            let project = self.client.id.split('-').next().unwrap_or_default();
            return Err(ApiError::api_disabled(project));
        }
        if self.exhausted.load(Ordering::Relaxed) {
            return Err(ApiError::daily_limit());
        }
        match (permit, wanted) {
            (Permit::Content, _) | (Permit::MetadataOnly, Permit::MetadataOnly) => Ok(()),
            _ => Err(ApiError::scope_missing()),
        }
    }

    pub(super) fn count(&self, operation: &str, path: &str) {
        let mut counts = self.counts();
        *counts.operations.entry(operation.to_owned()).or_default() += 1;
        if counts.paths.len() < MOST_PATHS || counts.paths.contains_key(path) {
            *counts.paths.entry(path.to_owned()).or_default() += 1;
        }
    }

    fn save(&self) {
        let Some(path) = &self.storage else { return };
        if let Err(cause) = self.write(path) {
            tracing::warn!(%cause, path = %path.display(), "the practice Google cannot keep its state");
        }
    }

    fn write(&self, path: &std::path::Path) -> std::io::Result<()> {
        // Held until the file is in place, so that an older state never replaces a newer one.
        let oauth = self.oauth();
        let text = {
            let drive = self.drive();
            let (seed, items) = drive.world();
            serde_json::to_vec(&Stored {
                seed,
                items,
                edits: drive.edits(),
                oauth: &*oauth,
            })?
        };
        let fresh = path.with_extension("new");
        std::fs::write(&fresh, text)?;
        std::fs::rename(&fresh, path)
    }
}

type Restored = Option<(Edits, OAuth)>;

fn restore(config: &super::Config, path: &std::path::Path) -> Result<Restored, StartError> {
    let failed = |cause| StartError::Storage {
        path: path.to_owned(),
        cause,
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(failed(cause)),
    };
    let stored: Stored<Edits, OAuth> =
        serde_json::from_slice(&text).map_err(|cause| failed(cause.into()))?;
    // The edits of another world mean nothing in this one.
    let same = (stored.seed, stored.items) == (config.seed, config.items);
    Ok(same.then_some((stored.edits, stored.oauth)))
}

/// The token of `Authorization: Bearer …`.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
