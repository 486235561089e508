//! What the server's handlers and [`super::Control`] share.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};

use super::super::content::mix;
use super::super::faults::{Faults, mix_text};
use super::super::outlook::Mailbox;
use super::StartError;
use super::error::ApiError;
use super::oauth::{Client, OAuth};
use super::store::{Edits, Store};

/// Paths are counted one by one up to this many.
const MOST_PATHS: usize = 100_000;
/// How long a download's address holds, in milliseconds.
const LINK_LIFETIME: i64 = 3_600_000;

pub(super) struct Shared {
    pub client: Client,
    pub latency: Duration,
    /// Where downloads are.
    pub downloads: Mutex<String>,
    /// Lists of changes that began before this are no longer known.
    pub epoch: AtomicU64,
    /// Addresses of downloads given before this have ended.
    pub links: AtomicU64,
    /// Requests to the download host that carried a token.
    pub leaked: AtomicU64,
    /// Downloads take no notice of ranges.
    pub no_ranges: AtomicBool,
    /// So many listings of children leave something out, as they do while others write there.
    pub short_lists: AtomicU64,
    /// The account never opened OneDrive.
    pub no_drive: AtomicBool,
    /// The account has no mailbox that Graph reads.
    pub no_mailbox: AtomicBool,
    /// The list of what others share has ended.
    pub no_shared_list: AtomicBool,
    /// Pages of the mailbox hold no more than this, whatever is asked for.
    pub page_limit: AtomicUsize,
    in_mailbox: AtomicU64,
    mailbox: RwLock<Mailbox>,
    clock_offset: AtomicI64,
    store: RwLock<Store>,
    oauth: Mutex<OAuth>,
    faults: Mutex<Faults>,
    counts: Mutex<Counts>,
    rate: Mutex<Option<Rate>>,
    storage: Option<PathBuf>,
    seed: u64,
}

/// A request to the mailbox, while it lasts.
pub(super) struct InMailbox {
    shared: Arc<Shared>,
    number: u64,
}

impl InMailbox {
    pub(super) fn is_one_too_many(&self) -> bool {
        self.number > super::mailbox::AT_ONCE
    }
}

impl Drop for InMailbox {
    fn drop(&mut self) {
        self.shared.in_mailbox.fetch_sub(1, Ordering::SeqCst);
    }
}

#[derive(Debug, Default)]
pub(super) struct Counts {
    pub operations: BTreeMap<String, u64>,
    pub paths: HashMap<String, u64>,
}

/// Resource units within a window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    pub limit: u64,
    pub window: Duration,
    pub used: u64,
    pub began: Instant,
}

/// What survives a restart.
#[derive(Default, Serialize, Deserialize)]
struct Stored<E, O> {
    seed: u64,
    items: u64,
    edits: E,
    oauth: O,
    /// Only once something changed in it.
    #[serde(default)]
    mailbox: Option<Mailbox>,
}

impl Shared {
    pub(super) fn new(config: &super::Config) -> Result<Self, StartError> {
        let storage = config
            .storage
            .as_ref()
            .map(|folder| folder.join("microsoft.json"));
        let (edits, oauth, mailbox) = match &storage {
            Some(path) => restore(config, path)?,
            None => None,
        }
        .unwrap_or_else(|| {
            let oauth = OAuth::new(config.seed, config.account);
            (Edits::default(), oauth, None)
        });
        let mailbox = mailbox.unwrap_or_else(|| Mailbox::new(config.seed, config.amounts));
        let store = Store::new(
            config.seed,
            config.items,
            config.sizes,
            config.account,
            edits,
        );
        Ok(Self {
            client: Client {
                public: config.client_id.clone(),
                confidential: config.confidential_client_id.clone(),
                tenants: [config.tenant_id.clone(), config.domain.clone()],
                account: config.account,
            },
            latency: config.latency,
            downloads: Mutex::default(),
            epoch: AtomicU64::new(0),
            links: AtomicU64::new(0),
            leaked: AtomicU64::new(0),
            no_ranges: AtomicBool::new(false),
            short_lists: AtomicU64::new(0),
            no_drive: AtomicBool::new(false),
            no_mailbox: AtomicBool::new(false),
            no_shared_list: AtomicBool::new(false),
            page_limit: AtomicUsize::new(1_000),
            in_mailbox: AtomicU64::new(0),
            mailbox: RwLock::new(mailbox),
            clock_offset: AtomicI64::new(0),
            store: RwLock::new(store),
            oauth: Mutex::new(oauth),
            faults: Mutex::new(config.faults.clone()),
            counts: Mutex::default(),
            rate: Mutex::new(None),
            storage,
            seed: config.seed,
        })
    }

    pub(super) fn store(&self) -> RwLockReadGuard<'_, Store> {
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn mailbox(&self) -> RwLockReadGuard<'_, Mailbox> {
        self.mailbox.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the mailbox and keeps the change.
    pub(super) fn change_mailbox<T>(&self, change: impl FnOnce(&mut Mailbox, i64) -> T) -> T {
        let now = self.now();
        let result = {
            let mut mailbox = self.mailbox.write().unwrap_or_else(PoisonError::into_inner);
            change(&mut mailbox, now)
        };
        self.save();
        result
    }

    pub(super) fn page_limit(&self) -> usize {
        self.page_limit.load(Ordering::Relaxed).max(1)
    }

    /// Counts a request to the mailbox for as long as it lasts.
    pub(super) fn enter_mailbox(self: &Arc<Self>) -> InMailbox {
        let before = self.in_mailbox.fetch_add(1, Ordering::SeqCst);
        InMailbox {
            shared: self.clone(),
            number: before + 1,
        }
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

    pub(super) fn rate(&self) -> MutexGuard<'_, Option<Rate>> {
        self.rate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the world and keeps the change.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Store, i64) -> T) -> T {
        let now = self.now();
        let result = {
            let mut store: RwLockWriteGuard<'_, Store> =
                self.store.write().unwrap_or_else(PoisonError::into_inner);
            change(&mut store, now)
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

    /// Lets a request to Graph through that needs one of these permissions, or says why not.
    pub(super) fn authorise(&self, headers: &HeaderMap, wanted: &[&str]) -> Result<(), ApiError> {
        let token = bearer(headers).ok_or_else(ApiError::no_token)?;
        match self.oauth().permits(token, wanted, self.now()) {
            None => Err(ApiError::expired_token()),
            Some(false) => Err(ApiError::scope_missing()),
            Some(true) => Ok(()),
        }
    }

    /// Where this server is, as the request called it.
    pub(super) fn base(&self, headers: &HeaderMap) -> String {
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or("127.0.0.1");
        match host {
            host if host.contains("microsoft") => format!("https://{host}"),
            host => format!("http://{host}"),
        }
    }

    /// The address of an item's bytes: a key by itself, which ends.
    pub(super) fn link(&self, item: &str) -> String {
        let expires = self.now() + LINK_LIFETIME;
        let base = self
            .downloads
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        format!(
            "{}/download/{item}?tempauth={:016x}&expires={expires}",
            base.trim_end_matches('/'),
            self.signature(item, expires)
        )
    }

    pub(super) fn signature(&self, item: &str, expires: i64) -> u64 {
        let links = self.links.load(Ordering::Relaxed);
        let expires = u64::try_from(expires).unwrap_or(0);
        mix_text(mix(self.seed ^ links, expires), &item.to_lowercase())
    }

    /// Counts what a request costs; the headers that tell of it, and whether it is too much.
    pub(super) fn spend(&self, units: u64) -> (Vec<(&'static str, String)>, bool) {
        let mut rate = self.rate();
        let Some(rate) = rate.as_mut() else {
            return (Vec::new(), false);
        };
        if rate.began.elapsed() >= rate.window {
            rate.began = Instant::now();
            rate.used = 0;
        }
        rate.used += units;
        // From four fifths on.
        if rate.used * 5 < rate.limit * 4 {
            return (Vec::new(), false);
        }
        let left = rate.limit.saturating_sub(rate.used);
        let reset = rate.window.saturating_sub(rate.began.elapsed());
        let seconds = format!("{:.3}", reset.as_secs_f64());
        let headers = vec![
            ("ratelimit-limit", rate.limit.to_string()),
            ("ratelimit-remaining", left.to_string()),
            ("ratelimit-reset", seconds),
        ];
        (headers, rate.used > rate.limit)
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
            tracing::warn!(%cause, path = %path.display(), "the practice Microsoft cannot keep its state");
        }
    }

    fn write(&self, path: &std::path::Path) -> std::io::Result<()> {
        // Held until the file is in place, so that an older state never replaces a newer one.
        let oauth = self.oauth();
        let text = {
            let store = self.store();
            let (seed, items) = store.world();
            let mailbox = self.mailbox();
            serde_json::to_vec(&Stored {
                seed,
                items,
                edits: store.edits(),
                oauth: &*oauth,
                mailbox: (mailbox.sequence > 0).then(|| mailbox.clone()),
            })?
        };
        let fresh = path.with_extension("new");
        std::fs::write(&fresh, text)?;
        std::fs::rename(&fresh, path)
    }
}

type Restored = Option<(Edits, OAuth, Option<Mailbox>)>;

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
    Ok(same.then_some((stored.edits, stored.oauth, stored.mailbox)))
}

/// The token of `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
