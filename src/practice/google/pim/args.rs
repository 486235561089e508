//! What a request asks for, and the tokens that a later one goes on from.

use axum::extract::FromRequestParts;
use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use http::request::Parts;

use super::super::super::content::mix;
use super::super::super::faults::mix_text;

/// The query of a request: names can come more than once.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Args(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Args {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        Ok(Self(pairs.into_owned().collect()))
    }
}

impl Args {
    /// The value of a name; empty where it is not given.
    pub(super) fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    pub(super) fn find(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        let found = self.0.iter().filter(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).collect()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name) == "true"
    }

    /// A number from 1 on, at most `most`; `Err`: no such number.
    pub(super) fn size(&self, name: &str, default: usize, most: usize) -> Result<usize, ()> {
        match self.find(name) {
            None => Ok(default),
            Some(text) => match text.parse::<usize>() {
                Ok(0) | Err(_) => Err(()),
                Ok(size) => Ok(size.min(most)),
            },
        }
    }

    /// Names that are in `query` but not among `known` or those that all of Google's APIs take.
    pub(super) fn unknown(&self, known: &[&str]) -> Option<&str> {
        const EVERYWHERE: [&str; 9] = [
            "alt",
            "fields",
            "key",
            "prettyPrint",
            "quotaUser",
            "access_token",
            "callback",
            "uploadType",
            "$.xgafv",
        ];
        let names = self.0.iter().map(|(name, _)| name.as_str());
        let mut unknown = names.filter(|name| !known.contains(name) && !EVERYWHERE.contains(name));
        unknown.next()
    }

    /// What a token is bound to: the values of these names.
    pub(super) fn binding(&self, place: &str, names: &[&str]) -> u64 {
        let mut text = place.to_owned();
        for name in names {
            for value in self.all(name) {
                text.push('\n');
                text.push_str(name);
                text.push('=');
                text.push_str(value);
            }
        }
        mix_text(0x0b1d, &text)
    }
}

/// Where a later request goes on. Opaque to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// Of a page: where it begins. Of a synchronisation: the last change that was told of.
    pub position: u64,
    /// Of a page: the last change when the listing began.
    pub sequence: u64,
    /// Milliseconds since 1970.
    pub made: i64,
    /// How often the tokens of before were thrown away.
    pub epoch: u64,
}

impl Token {
    pub(super) fn seal(self, bound: u64) -> String {
        let mut bytes = Vec::with_capacity(40);
        for word in self.words() {
            bytes.extend(word.to_be_bytes());
        }
        bytes.extend(self.seal_of(bound).to_be_bytes());
        URL_SAFE.encode(bytes)
    }

    /// Reads what [`Self::seal`] wrote for the same request. `Err(true)`: for another one.
    pub(super) fn open(text: &str, bound: u64) -> Result<Self, bool> {
        let text = text.trim_end_matches('=');
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| false)?;
        let words: Vec<u64> = bytes
            .chunks_exact(8)
            .filter_map(|chunk| Some(u64::from_be_bytes(*chunk.first_chunk::<8>()?)))
            .collect();
        let [position, sequence, made, epoch, seal] = *words.as_slice() else {
            return Err(false);
        };
        let token = Self {
            position,
            sequence,
            made: i64::try_from(made).map_err(|_| false)?,
            epoch,
        };
        if token.seal_of(bound) == seal {
            Ok(token)
        } else {
            Err(true)
        }
    }

    fn words(self) -> [u64; 4] {
        let made = u64::try_from(self.made).unwrap_or(0);
        [self.position, self.sequence, made, self.epoch]
    }

    fn seal_of(self, bound: u64) -> u64 {
        self.words().into_iter().fold(bound, mix)
    }
}
