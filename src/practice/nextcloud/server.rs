//! The running server and what its parts share.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use hyper::service::service_fn;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use super::super::content::mix;
use super::super::faults::Faults;
use super::super::wire::Listening;
use super::control::{Assembly, Control, Seen};
use super::login::Logins;
use super::op::Op;
use super::seeded::Seeded;
use super::store::Store;
use super::view::View;
use super::{Bulk, Config, Limits, PracticeError, User, gate, pim, skeleton};

/// How many of the last requests are remembered one by one.
const REMEMBERED: usize = 10_000;

/// A running practice Nextcloud. Dropped, it stops.
#[derive(Debug)]
pub struct Server {
    listening: Listening,
    shared: Arc<Shared>,
}

impl Server {
    /// Finds what an earlier server left in the storage, or begins anew, and listens.
    ///
    /// # Errors
    /// When the storage cannot be written or is damaged, or the port is taken.
    pub async fn start(config: Config) -> Result<Self, PracticeError> {
        let port = config.port;
        let shared = tokio::task::spawn_blocking(move || Shared::open(config))
            .await
            .map_err(|error| PracticeError::Storage(std::io::Error::other(error)))?
            .map_err(PracticeError::Storage)?;
        let shared = Arc::new(shared);
        let service = {
            let shared = Arc::clone(&shared);
            service_fn(move |request| {
                let shared = Arc::clone(&shared);
                async move { Ok::<_, Infallible>(gate::answer(shared, request).await) }
            })
        };
        let listening = Listening::start(port, service)
            .await
            .map_err(PracticeError::Listen)?;
        Ok(Self { listening, shared })
    }

    /// `http://127.0.0.1:PORT/`
    pub fn url(&self) -> Url {
        self.listening.url().clone()
    }

    /// To look inside and to change the weather.
    pub fn control(&self) -> Control {
        Control::new(Arc::clone(&self.shared))
    }

    /// Ends all connections at once and waits for what still works; then the storage can be opened again.
    pub async fn stop(self) {
        self.shared.stopping.cancel();
        self.listening.stop().await;
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }
}

/// What all requests share.
#[derive(Debug)]
pub(super) struct Shared {
    pub config: Config,
    pub store: Store,
    pub logins: Mutex<Logins>,
    weather: Mutex<Weather>,
    seen: Mutex<Counted>,
    locks: Mutex<HashMap<(String, String), u32>>,
    seeded: HashMap<String, Arc<Seeded>>,
    /// Work that goes on when its client is gone.
    pub tasks: TaskTracker,
    pub stopping: CancellationToken,
}

/// What can be changed while the server runs.
#[derive(Debug, Clone)]
pub(super) struct Weather {
    pub maintenance: bool,
    pub faults: Faults,
    pub latency: Duration,
    pub bulk: Bulk,
    pub assembly: Assembly,
    pub longest_body: Option<u64>,
    pub limits: Limits,
}

#[derive(Debug, Default)]
struct Counted {
    methods: BTreeMap<String, u64>,
    last: VecDeque<Seen>,
}

impl Shared {
    fn open(config: Config) -> std::io::Result<Self> {
        let store = Store::open(&config.storage)?;
        for user in config.users.iter().filter(|user| user.space.is_none()) {
            open_home(&config, &store, user)?;
        }
        pim::accounts(&config, &store)?;
        for user in &config.users {
            pim::fill(&config, &store, user)?;
        }
        for user in &config.users {
            pim::fill_seeded(&config, &store, user)?;
        }
        let seeded = config
            .users
            .iter()
            .filter_map(|user| Some((user.id.clone(), Arc::new(user.space.clone()?))))
            .collect();
        Ok(Self {
            weather: Mutex::new(Weather {
                maintenance: false,
                faults: config.faults.clone(),
                latency: config.latency,
                bulk: config.bulk,
                assembly: Assembly::default(),
                longest_body: None,
                limits: config.limits,
            }),
            config,
            store,
            logins: Mutex::default(),
            seen: Mutex::default(),
            locks: Mutex::default(),
            seeded,
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        })
    }

    pub fn weather(&self) -> Weather {
        self.weather_mut().clone()
    }

    pub fn weather_mut(&self) -> MutexGuard<'_, Weather> {
        held(&self.weather)
    }

    pub fn user(&self, id: &str) -> Option<&User> {
        // User ids are the same whatever their case (Manager.php).
        let id = id.to_lowercase();
        self.config
            .users
            .iter()
            .find(|user| user.id.to_lowercase() == id)
    }

    /// The files of a user.
    pub fn view(self: &Arc<Self>, user: &str) -> Option<View> {
        if let Some(seeded) = self.seeded.get(user) {
            return Some(View::Seeded(Arc::clone(seeded)));
        }
        let home = self.store.lock().state.homes.get(user).copied()?;
        Some(View::Stored {
            shared: Arc::clone(self),
            home,
        })
    }

    /// Bytes; `None`: no limit.
    pub fn quota(&self, user: &str) -> Option<u64> {
        let changed = self.store.lock().state.quotas.get(user).copied();
        changed.unwrap_or_else(|| self.user(user).and_then(|user| user.quota))
    }

    /// Bytes of all own files.
    pub fn used(&self, user: &str) -> u64 {
        if let Some(seeded) = self.seeded.get(user) {
            return seeded.counts().bytes;
        }
        let inner = self.store.lock();
        let home = inner.state.homes.get(user).copied().unwrap_or(0);
        inner
            .state
            .tree
            .get(home)
            .map_or(0, super::tree::Node::size)
    }

    /// Bytes that still fit; `None`: no limit.
    pub fn free(&self, user: &str) -> Option<u64> {
        Some(self.quota(user)?.saturating_sub(self.used(user)))
    }

    /// `oc` and ten characters, the end of every `oc:id`.
    pub fn instance(&self) -> String {
        const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
        let random = (0..10).filter_map(|i| {
            let at = usize::try_from(mix(self.config.seed, i) % 36).ok()?;
            ALPHABET.get(at).copied().map(char::from)
        });
        "oc".chars().chain(random).collect()
    }

    /// Holds a path of a user until the guard is dropped; `None` when somebody else holds it.
    pub fn try_lock(self: &Arc<Self>, user: &str, path: &str) -> Option<PathLock> {
        let key = (user.to_owned(), path.to_owned());
        let mut locks = held(&self.locks);
        if locks.contains_key(&key) {
            return None;
        }
        locks.insert(key.clone(), 1);
        Some(PathLock {
            shared: Arc::clone(self),
            key,
        })
    }

    pub fn is_locked(&self, user: &str, path: &str) -> bool {
        held(&self.locks).contains_key(&(user.to_owned(), path.to_owned()))
    }

    /// Locks a path, or lets it go, from outside of any request.
    pub fn set_lock(&self, user: &str, path: &str, locked: bool) {
        let key = (user.to_owned(), path.to_owned());
        let mut locks = held(&self.locks);
        if locked {
            locks.insert(key, 1);
        } else {
            locks.remove(&key);
        }
    }

    pub fn count(&self, seen: Seen) {
        let mut counted = held(&self.seen);
        *counted.methods.entry(seen.method.clone()).or_insert(0) += 1;
        if counted.last.len() == REMEMBERED {
            counted.last.pop_front();
        }
        counted.last.push_back(seen);
    }

    pub fn counts(&self) -> BTreeMap<String, u64> {
        held(&self.seen).methods.clone()
    }

    pub fn last_seen(&self) -> Vec<Seen> {
        held(&self.seen).last.iter().cloned().collect()
    }

    pub fn forget_seen(&self) {
        *held(&self.seen) = Counted::default();
    }

    /// A file's etag: 32 hexadecimal digits, another one for every operation.
    pub fn file_etag(&self, serial: u64) -> String {
        let half = |n| mix(self.config.seed ^ 0x6574_6167, serial.wrapping_mul(2) + n);
        format!("{:016x}{:016x}", half(0), half(1))
    }
}

fn open_home(config: &Config, store: &Store, user: &User) -> std::io::Result<()> {
    let mut inner = store.lock();
    if inner.state.homes.contains_key(&user.id) {
        return Ok(());
    }
    let op = Op::Home {
        user: user.id.clone(),
        id: inner.new_id(),
        at: now(),
    };
    store.commit_in(&mut inner, op)?;
    let home = inner.state.homes.get(&user.id).copied().unwrap_or(0);
    drop(inner);
    if config.skeleton {
        skeleton::fill(store, home)?;
    }
    Ok(())
}

/// A path that is held.
#[derive(Debug)]
pub(super) struct PathLock {
    shared: Arc<Shared>,
    key: (String, String),
}

impl Drop for PathLock {
    fn drop(&mut self) {
        held(&self.shared.locks).remove(&self.key);
    }
}

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .unwrap_or(0)
}

pub(super) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
