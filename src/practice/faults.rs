//! The bad weather of the practice servers: what goes wrong, when, from a seed.
//!
//! A plan of faults is deterministic: what befalls a request depends on the seed, the request's key and
//! how often that key was asked before, never on timing. No request is hit for ever: one that names an
//! item ([`Ask::item`]) is hit at most [`MOST_HITS`] times, one that stands for many ([`Ask::many`], such
//! as a bulk upload) never twice in a row. So a patient client always gets through.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::content::mix;

/// How often one and the same item's request is hit at the most.
pub const MOST_HITS: u8 = 2;

/// What befalls one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 429, with `Retry-After` in seconds or without.
    TooManyRequests { retry_after: Option<u32> },
    /// 503, with `Retry-After` in seconds or without.
    Unavailable { retry_after: Option<u32> },
    /// 500, as of a database that is locked.
    ServerError,
    /// 423: somebody else holds the file.
    Locked,
    /// The connection is reset and nothing was done.
    ResetBefore,
    /// All was done, but instead of the answer comes a reset.
    ResetAfter,
    /// The answer's body ends after this many thousandths of it.
    ShortBody { kept: u16 },
    /// One byte of what was uploaded is stored wrong: the one at this many thousandths.
    FlipUpload { at: u16 },
    /// One byte of the answer's body is wrong: the one at this many thousandths.
    FlipDownload { at: u16 },
    /// The answer takes this much longer.
    Slow(Duration),
    /// 504, while the work goes on and is done a little later.
    GatewayTimeout,
    /// The server throws away a chunked upload and all its chunks.
    LoseUpload,
    /// The answer is right, but the connection ends after it.
    CloseAfter,
    /// The token or the cursor that the request came with is good for nothing any more.
    Expire,
}

/// The same, without its numbers: to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    TooManyRequests,
    Unavailable,
    ServerError,
    Locked,
    ResetBefore,
    ResetAfter,
    ShortBody,
    FlipUpload,
    FlipDownload,
    Slow,
    GatewayTimeout,
    LoseUpload,
    CloseAfter,
    Expire,
}

/// What a request does; it decides which faults can befall it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Brings the content of a file down.
    Download,
    /// The same, with a token that can end on the way.
    Fetch,
    /// Asks for a listing or for properties.
    List,
    /// Goes on with a listing, by a cursor that can end on the way.
    Continue,
    /// Changes something without bringing content.
    Change,
    /// Brings the content of a file, or of several, up.
    Upload,
    /// Brings one chunk up.
    Chunk,
    /// Puts the chunks together.
    Assemble,
    /// Anything else.
    Other,
}

impl Class {
    fn kinds(self) -> &'static [Kind] {
        use Kind::*;
        match self {
            Self::Download => &[
                TooManyRequests,
                Unavailable,
                ServerError,
                ResetBefore,
                ShortBody,
                ShortBody,
                FlipDownload,
                FlipDownload,
                Slow,
                CloseAfter,
            ],
            Self::Fetch => &[
                TooManyRequests,
                Unavailable,
                ServerError,
                ResetBefore,
                ShortBody,
                ShortBody,
                FlipDownload,
                FlipDownload,
                Slow,
                CloseAfter,
                Expire,
            ],
            Self::Continue => &[
                TooManyRequests,
                Unavailable,
                ServerError,
                ResetBefore,
                ShortBody,
                Slow,
                CloseAfter,
                Expire,
            ],
            Self::List => &[
                TooManyRequests,
                Unavailable,
                ServerError,
                ResetBefore,
                ShortBody,
                Slow,
                CloseAfter,
            ],
            Self::Change => &[
                TooManyRequests,
                Unavailable,
                ServerError,
                Locked,
                ResetBefore,
                ResetAfter,
                ResetAfter,
                Slow,
                CloseAfter,
            ],
            Self::Upload => &[
                TooManyRequests,
                Unavailable,
                ServerError,
                Locked,
                ResetBefore,
                ResetAfter,
                ResetAfter,
                FlipUpload,
                FlipUpload,
                Slow,
                CloseAfter,
            ],
            Self::Chunk => &[
                TooManyRequests,
                Unavailable,
                ServerError,
                ResetBefore,
                ResetAfter,
                FlipUpload,
                LoseUpload,
                Slow,
                CloseAfter,
            ],
            Self::Assemble => &[
                TooManyRequests,
                Unavailable,
                ServerError,
                Locked,
                ResetBefore,
                ResetAfter,
                ResetAfter,
                GatewayTimeout,
                GatewayTimeout,
                LoseUpload,
                Slow,
            ],
            Self::Other => &[
                TooManyRequests,
                Unavailable,
                ServerError,
                ResetBefore,
                Slow,
                CloseAfter,
            ],
        }
    }
}

/// What a server asks the plan about one request.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    key: &'a str,
    class: Class,
    item: bool,
}

impl<'a> Ask<'a> {
    /// A request that is repeated only when it failed; `key` tells it from all others, such as
    /// `"PUT /remote.php/dav/files/camille/a.txt"`.
    pub fn item(key: &'a str, class: Class) -> Self {
        Self {
            key,
            class,
            item: true,
        }
    }

    /// A request of a kind that is made again and again, such as a bulk upload.
    pub fn many(key: &'a str, class: Class) -> Self {
        Self {
            key,
            class,
            item: false,
        }
    }
}

/// A plan of faults; its copies share what they have dealt out.
#[derive(Clone)]
pub struct Faults(Arc<Plan>);

struct Plan {
    seed: u64,
    intensity: f64,
    only: Option<Vec<Kind>>,
    dealt: Mutex<Dealt>,
}

#[derive(Default)]
struct Dealt {
    /// By the key of a request that the plan hits: how often it was asked.
    asked: HashMap<u64, u32>,
    scripted: Vec<Scripted>,
    hits: u64,
}

struct Scripted {
    needle: String,
    fault: Fault,
    left: u32,
}

impl Default for Faults {
    fn default() -> Self {
        Self::none()
    }
}

impl Faults {
    /// Fair weather.
    pub fn none() -> Self {
        Self::seeded(0, 0.0)
    }

    /// Of all requests the share `intensity`, from 0 to 1, is hit at its first try, all kinds alike.
    pub fn seeded(seed: u64, intensity: f64) -> Self {
        Self(Arc::new(Plan {
            seed,
            intensity: intensity.clamp(0.0, 1.0),
            only: None,
            dealt: Mutex::default(),
        }))
    }

    /// As [`Self::seeded`], of these kinds only.
    pub fn seeded_only(seed: u64, intensity: f64, kinds: impl IntoIterator<Item = Kind>) -> Self {
        Self(Arc::new(Plan {
            seed,
            intensity: intensity.clamp(0.0, 1.0),
            only: Some(kinds.into_iter().collect()),
            dealt: Mutex::default(),
        }))
    }

    /// The next `times` requests whose key contains `needle` are hit by `fault`, before anything else.
    #[must_use]
    pub fn then(self, needle: &str, fault: Fault, times: u32) -> Self {
        self.dealt().scripted.push(Scripted {
            needle: needle.to_owned(),
            fault,
            left: times,
        });
        self
    }

    /// What befalls this request, if anything. Counts it as asked.
    pub fn decide(&self, ask: &Ask<'_>) -> Option<Fault> {
        let mut dealt = self.dealt();
        let fault = dealt
            .scripted(ask.key)
            .or_else(|| self.seeded_fault(&mut dealt, ask));
        dealt.hits += u64::from(fault.is_some());
        fault
    }

    /// How many requests were hit so far.
    pub fn hits(&self) -> u64 {
        self.dealt().hits
    }

    fn seeded_fault(&self, dealt: &mut Dealt, ask: &Ask<'_>) -> Option<Fault> {
        if self.0.intensity <= 0.0 {
            return None;
        }
        let key = mix_text(self.0.seed, ask.key);
        let hit = |n: u32| share(mix(key, u64::from(n))) < self.0.intensity;
        // Of the requests for items only those are remembered that are hit at all.
        if ask.item && !hit(0) {
            return None;
        }
        let asked = dealt.asked.entry(key).or_insert(0);
        let n = *asked;
        *asked = n.saturating_add(1);
        let struck = if ask.item {
            n < self.hits_of_item(key)
        } else {
            // Runs of hits are thinned to every other one, so no two follow each other.
            let run = (0..n).rev().take_while(|before| hit(*before)).count();
            hit(n) && run % 2 == 0
        };
        struck.then(|| self.fault(ask.class, mix(key, u64::from(n) + (1 << 32))))?
    }

    fn hits_of_item(&self, key: u64) -> u32 {
        let most = u64::from(MOST_HITS);
        u32::try_from(1 + mix(key, u64::MAX) % most).unwrap_or(1)
    }

    fn fault(&self, class: Class, random: u64) -> Option<Fault> {
        let kinds: Vec<Kind> = class
            .kinds()
            .iter()
            .filter(|kind| self.0.only.as_ref().is_none_or(|only| only.contains(kind)))
            .copied()
            .collect();
        let choice = usize::try_from(random % (kinds.len().max(1) as u64)).ok()?;
        kinds.get(choice).map(|kind| kind.with(mix(random, 1)))
    }

    fn dealt(&self) -> MutexGuard<'_, Dealt> {
        self.0.dealt.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Dealt {
    fn scripted(&mut self, key: &str) -> Option<Fault> {
        let scripted = self
            .scripted
            .iter_mut()
            .find(|scripted| scripted.left > 0 && key.contains(&scripted.needle))?;
        scripted.left -= 1;
        Some(scripted.fault)
    }
}

impl Kind {
    fn with(self, random: u64) -> Fault {
        let thousandth = u16::try_from(random % 1000).unwrap_or(0);
        let retry_after = (random & 1 == 0).then_some(1);
        match self {
            Self::TooManyRequests => Fault::TooManyRequests { retry_after },
            Self::Unavailable => Fault::Unavailable { retry_after },
            Self::ServerError => Fault::ServerError,
            Self::Locked => Fault::Locked,
            Self::ResetBefore => Fault::ResetBefore,
            Self::ResetAfter => Fault::ResetAfter,
            Self::ShortBody => Fault::ShortBody { kept: thousandth },
            Self::FlipUpload => Fault::FlipUpload { at: thousandth },
            Self::FlipDownload => Fault::FlipDownload { at: thousandth },
            Self::Slow => Fault::Slow(Duration::from_millis(100 + random % 400)),
            Self::GatewayTimeout => Fault::GatewayTimeout,
            Self::LoseUpload => Fault::LoseUpload,
            Self::CloseAfter => Fault::CloseAfter,
            Self::Expire => Fault::Expire,
        }
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults")
            .field("seed", &self.0.seed)
            .field("intensity", &self.0.intensity)
            .field("only", &self.0.only)
            .field("hits", &self.hits())
            .finish_non_exhaustive()
    }
}

/// [`mix`] for a text.
pub fn mix_text(seed: u64, text: &str) -> u64 {
    // FNV-1a, 64 bits
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    mix(seed, hash)
}

/// The share that `random` is of all numbers: from 0 up to, but not including, 1.
#[allow(clippy::cast_precision_loss)]
fn share(random: u64) -> f64 {
    (random >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u32) -> String {
        format!("GET /files/{n}")
    }

    fn deal(faults: &Faults, rounds: u32) -> Vec<Option<Fault>> {
        (0..rounds)
            .flat_map(|_| 0..300)
            .map(|n| faults.decide(&Ask::item(&key(n), Class::Download)))
            .collect()
    }

    #[test]
    fn the_same_seed_deals_the_same_whatever_the_order() {
        let dealt = deal(&Faults::seeded(5, 0.3), 3);
        assert_eq!(dealt, deal(&Faults::seeded(5, 0.3), 3));
        assert_ne!(dealt, deal(&Faults::seeded(6, 0.3), 3));
        let faults = Faults::seeded(5, 0.3);
        for n in (0..300).rev() {
            let fault = faults.decide(&Ask::item(&key(n), Class::Download));
            assert_eq!(fault, dealt[usize::try_from(n).unwrap()]);
        }
    }

    #[test]
    fn hits_about_as_many_as_asked_for() {
        let faults = Faults::seeded(1, 0.3);
        let hit = deal(&faults, 1).into_iter().flatten().count();
        assert!((60..120).contains(&hit), "{hit} of 300");
        assert_eq!(faults.hits(), hit as u64);
    }

    #[test]
    fn a_patient_client_gets_through() {
        let faults = Faults::seeded(9, 1.0);
        for n in 0..300 {
            let hits = (0..10)
                .filter_map(|_| faults.decide(&Ask::item(&key(n), Class::Upload)))
                .count();
            assert!(
                (1..=usize::from(MOST_HITS)).contains(&hits),
                "{hits} hits of {n}"
            );
        }
        let faults = Faults::seeded(9, 0.9);
        let mut before = false;
        for _ in 0..1000 {
            let hit = faults
                .decide(&Ask::many("POST /bulk", Class::Upload))
                .is_some();
            assert!(!(hit && before));
            before = hit;
        }
        assert!(faults.hits() > 100);
    }

    #[test]
    fn keeps_to_the_kinds_that_it_was_given() {
        let faults = Faults::seeded_only(2, 1.0, [Kind::ResetAfter, Kind::FlipDownload]);
        for n in 0..100 {
            let fault = faults.decide(&Ask::item(&key(n), Class::Change));
            assert_eq!(fault, Some(Fault::ResetAfter));
            let fault = faults.decide(&Ask::item(&key(n + 100), Class::Download));
            assert!(matches!(fault, Some(Fault::FlipDownload { .. })));
        }
    }

    #[test]
    fn a_script_goes_first_and_ends() {
        let faults = Faults::none().then("PUT /a", Fault::Locked, 2);
        let ask = Ask::item("PUT /a/b", Class::Upload);
        let dealt: Vec<_> = (0..3).map(|_| faults.decide(&ask)).collect();
        assert_eq!(dealt, [Some(Fault::Locked), Some(Fault::Locked), None]);
        assert_eq!(faults.decide(&Ask::item("GET /a", Class::List)), None);
    }
}
