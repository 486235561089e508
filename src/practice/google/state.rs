//! What the server's handlers and [`super::Control`] share.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use http::HeaderMap;
use serde::{Deserialize, Serialize};

use super::super::faults::Faults;
use super::StartError;
use super::drive::{Drive, Edits};
use super::error::ApiError;
use super::oauth::{Client, OAuth, Permit};
use super::pim::{Pim, PimEdits};
use super::service::Service;

/// Paths are counted one by one up to this many.
const MOST_PATHS: usize = 100_000;

pub(super) struct Shared {
    pub client: Client,
    pub export_limit: u64,
    pub latency: std::time::Duration,
    disabled: Mutex<BTreeSet<Service>>,
    /// The project's requests of the day are used up.
    pub exhausted: AtomicBool,
    pub exports: AtomicU64,
    /// What a page of events, people or tasks holds at the most, whatever was asked for.
    pub page_limit: AtomicUsize,
    clock_offset: AtomicI64,
    drive: RwLock<Drive>,
    pim: RwLock<Pim>,
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
struct Stored<E, P, O> {
    seed: u64,
    items: u64,
    edits: E,
    #[serde(default)]
    pim: P,
    oauth: O,
}

impl Shared {
    pub(super) fn new(config: &super::Config) -> Result<Self, StartError> {
        let storage = config
            .storage
            .as_ref()
            .map(|folder| folder.join("google.json"));
        let (edits, pim, oauth) = match &storage {
            Some(path) => restore(config, path)?,
            None => None,
        }
        .unwrap_or_else(|| {
            let oauth = OAuth::new(config.seed);
            (Edits::default(), PimEdits::default(), oauth)
        });
        let drive = Drive::new(config.seed, config.items, config.sizes, edits);
        let pim = Pim::new(config, &drive, pim);
        Ok(Self {
            client: Client {
                id: config.client_id.clone(),
                secret: config.client_secret.clone(),
            },
            export_limit: config.export_limit,
            latency: config.latency,
            disabled: Mutex::default(),
            exhausted: AtomicBool::new(false),
            exports: AtomicU64::new(0),
            page_limit: AtomicUsize::new(usize::MAX),
            clock_offset: AtomicI64::new(0),
            drive: RwLock::new(drive),
            pim: RwLock::new(pim),
            oauth: Mutex::new(oauth),
            faults: Mutex::new(config.faults.clone()),
            counts: Mutex::default(),
            storage,
        })
    }

    pub(super) fn drive(&self) -> RwLockReadGuard<'_, Drive> {
        self.drive.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn pim(&self) -> RwLockReadGuard<'_, Pim> {
        self.pim.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn disabled(&self) -> MutexGuard<'_, BTreeSet<Service>> {
        self.disabled.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Changes calendars, contacts or tasks and keeps the change.
    pub(super) fn change_pim<T>(&self, change: impl FnOnce(&mut Pim, i64) -> T) -> T {
        let now = self.now();
        let result = {
            let mut pim: RwLockWriteGuard<'_, Pim> =
                self.pim.write().unwrap_or_else(PoisonError::into_inner);
            change(&mut pim, now)
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
        let token = self.admit(headers, Service::Drive)?;
        let permit = self.oauth().permit(token, self.now());
        match (permit.unwrap_or(Permit::Nothing), wanted) {
            (Permit::Content, _) | (Permit::MetadataOnly, Permit::MetadataOnly) => Ok(()),
            _ => Err(ApiError::scope_missing(Service::Drive)),
        }
    }

    /// Lets a request to another API through where the token has one of `scopes`, or says why not.
    pub(super) fn allow(
        &self,
        headers: &HeaderMap,
        service: Service,
        scopes: &[&str],
    ) -> Result<(), ApiError> {
        let token = self.admit(headers, service)?;
        let now = self.now();
        let oauth = self.oauth();
        let granted = oauth.scopes(token, now).unwrap_or_default();
        if granted.iter().any(|scope| scopes.contains(&scope.as_str())) {
            Ok(())
        } else {
            Err(ApiError::scope_missing(service))
        }
    }

    /// The request's token, where it is alive, the API enabled and the day's quota not used up.
    fn admit<'h>(&self, headers: &'h HeaderMap, service: Service) -> Result<&'h str, ApiError> {
        let Some(token) = bearer(headers) else {
            return Err(if headers.contains_key(http::header::AUTHORIZATION) {
                ApiError::bad_credentials().of(service)
            } else {
                ApiError::no_credentials(service)
            });
        };
        if self.oauth().scopes(token, self.now()).is_none() {
            return Err(ApiError::bad_credentials().of(service));
        }
        if self.disabled().contains(&service) {
            let project = self.client.id.split('-').next().unwrap_or_default();
            return Err(ApiError::api_disabled(service, project));
        }
        if self.exhausted.load(Ordering::Relaxed) {
            return Err(ApiError::daily_limit().of(service));
        }
        Ok(token)
    }

    /// How many items a page has that `size` were asked for.
    pub(super) fn page_size(&self, size: usize) -> usize {
        size.min(self.page_limit.load(Ordering::Relaxed))
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
            let pim = self.pim();
            let (seed, items) = drive.world();
            serde_json::to_vec(&Stored {
                seed,
                items,
                edits: drive.edits(),
                pim: pim.edits(),
                oauth: &*oauth,
            })?
        };
        let fresh = path.with_extension("new");
        std::fs::write(&fresh, text)?;
        std::fs::rename(&fresh, path)
    }
}

type Restored = Option<(Edits, PimEdits, OAuth)>;

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
    let stored: Stored<Edits, PimEdits, OAuth> =
        serde_json::from_slice(&text).map_err(|cause| failed(cause.into()))?;
    // The edits of another world mean nothing in this one.
    let same = (stored.seed, stored.items) == (config.seed, config.items);
    Ok(same.then_some((stored.edits, stored.pim, stored.oauth)))
}

/// The token of `Authorization: Bearer …`.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
