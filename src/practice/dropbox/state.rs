//! What the server's handlers and [`super::Control`] share.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use serde::{Deserialize, Serialize};

use super::super::faults::Faults;
use super::oauth::{App, OAuth};
use super::store::Store;
use super::{Config, StartError};

pub(super) struct Shared {
    pub app: App,
    pub latency: std::time::Duration,
    seed: u64,
    /// Cursors of an earlier epoch are reset.
    pub epoch: AtomicU64,
    /// How many exports of an item came to nothing so far.
    pub not_ready: Mutex<HashMap<String, u32>>,
    clock_offset: AtomicI64,
    requests: AtomicU64,
    store: RwLock<Store>,
    oauth: Mutex<OAuth>,
    faults: Mutex<Faults>,
    counts: Mutex<BTreeMap<String, u64>>,
    storage: Option<PathBuf>,
}

/// What survives a restart.
#[derive(Serialize, Deserialize)]
struct Stored<O> {
    seed: u64,
    oauth: O,
}

impl Shared {
    pub(super) fn new(config: &Config) -> Result<Self, StartError> {
        let storage = config
            .storage
            .as_ref()
            .map(|folder| folder.join("dropbox.json"));
        let oauth = match &storage {
            Some(path) => restore(config.seed, path)?,
            None => None,
        };
        Ok(Self {
            app: App {
                key: config.client_id.clone(),
                secret: config.client_secret.clone(),
                redirects: config.redirects.clone(),
            },
            latency: config.latency,
            seed: config.seed,
            epoch: AtomicU64::new(0),
            not_ready: Mutex::default(),
            clock_offset: AtomicI64::new(0),
            requests: AtomicU64::new(0),
            store: RwLock::new(Store::new(
                config.seed,
                config.items,
                config.sizes,
                config.account,
            )),
            oauth: Mutex::new(oauth.unwrap_or_else(|| OAuth::new(config.seed))),
            faults: Mutex::new(config.faults.clone()),
            counts: Mutex::default(),
            storage,
        })
    }

    pub(super) fn store(&self) -> RwLockReadGuard<'_, Store> {
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Store, i64) -> T) -> T {
        let now = self.now() / 1000;
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut store, now)
    }

    pub(super) fn oauth(&self) -> MutexGuard<'_, OAuth> {
        self.oauth.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes tokens or settings and keeps the change.
    pub(super) fn sign<T>(&self, change: impl FnOnce(&mut OAuth, i64) -> T) -> T {
        let now = self.now();
        let mut oauth = self.oauth();
        let result = change(&mut oauth, now);
        if let Some(path) = &self.storage {
            let seed = self.seed;
            if let Err(cause) = write(
                path,
                &Stored {
                    seed,
                    oauth: &*oauth,
                },
            ) {
                tracing::warn!(%cause, path = %path.display(), "the practice Dropbox cannot keep its state");
            }
        }
        result
    }

    pub(super) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn counts(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn count(&self, route: &str) {
        *self.counts().entry(route.to_owned()).or_default() += 1;
    }

    /// `X-Dropbox-Request-Id`
    pub(super) fn request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        format!("{:032x}", super::super::content::mix(0xd4b, number))
    }

    /// Milliseconds since 1970, by the server's own clock.
    pub(super) fn now(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond() + self.clock_offset.load(Ordering::Relaxed)
    }

    pub(super) fn advance(&self, millis: i64) {
        self.clock_offset.fetch_add(millis, Ordering::Relaxed);
    }
}

fn write(path: &Path, stored: &Stored<&OAuth>) -> std::io::Result<()> {
    let fresh = path.with_extension("new");
    std::fs::write(&fresh, serde_json::to_vec(stored)?)?;
    std::fs::rename(&fresh, path)
}

fn restore(seed: u64, path: &Path) -> Result<Option<OAuth>, StartError> {
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
    let stored: Stored<OAuth> =
        serde_json::from_slice(&text).map_err(|cause| failed(cause.into()))?;
    // The tokens of another world open nothing in this one.
    Ok((stored.seed == seed).then_some(stored.oauth))
}
