use std::fmt;
use std::str::FromStr;

use super::{HashAlgorithm, HashValue, ParseHashError};

/// By which digests a content is compared at both of its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Algorithms {
    /// What the target is asked to compute of what it received.
    pub target: HashAlgorithm,
    /// The source's own, where no target knows it.
    pub source: Option<HashAlgorithm>,
}

impl Algorithms {
    /// For a content whose source publishes a digest by `published`, which each end then hashes once.
    /// Otherwise SHA-1 at the target: it is to find damage, not forgery, and PHP takes 1.6 s for a GiB of
    /// it where it takes 4.2 s for SHA-256.
    pub fn comparing(published: Option<HashAlgorithm>) -> Self {
        match published {
            Some(known) if known.is_nextclouds() => Self {
                target: known,
                source: None,
            },
            source => Self {
                target: HashAlgorithm::Sha1,
                source,
            },
        }
    }
}

impl fmt::Display for Algorithms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.target.name())?;
        self.source
            .map_or(Ok(()), |source| write!(f, " {}", source.name()))
    }
}

impl FromStr for Algorithms {
    type Err = ParseHashError;

    /// Reads what [`fmt::Display`] writes.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = |name: &str| {
            HashAlgorithm::from_name(name).ok_or_else(|| ParseHashError(name.to_owned()))
        };
        let (target, source) = match text.split_once(' ') {
            Some((target, source)) => (target, Some(source)),
            None => (text, None),
        };
        Ok(Self {
            target: read(target)?,
            source: source.map(read).transpose()?,
        })
    }
}

/// The digests of one content, taken of the same bytes in one pass.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Digests {
    /// One that the target computes too.
    pub target: HashValue,
    /// By the source's own algorithm, where no target knows it.
    pub source: Option<HashValue>,
}

impl Digests {
    /// The digest to compare with the one that the source publishes.
    pub fn at_source(&self) -> &HashValue {
        self.source.as_ref().unwrap_or(&self.target)
    }
}

impl From<HashValue> for Digests {
    fn from(target: HashValue) -> Self {
        Self {
            target,
            source: None,
        }
    }
}

impl fmt::Display for Digests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.target.fmt(f)?;
        self.source
            .as_ref()
            .map_or(Ok(()), |source| write!(f, " {source}"))
    }
}

impl FromStr for Digests {
    type Err = ParseHashError;

    /// Reads what [`fmt::Display`] writes.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(' ') {
            Some((target, source)) => Ok(Self {
                target: target.parse()?,
                source: Some(source.parse()?),
            }),
            None => Ok(Self::from(text.parse::<HashValue>()?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_asked_for_what_it_knows() {
        let text = |published| Algorithms::comparing(published).to_string();
        assert_eq!(text(None), "sha1");
        assert_eq!(text(Some(HashAlgorithm::Md5)), "md5");
        assert_eq!(text(Some(HashAlgorithm::Sha256)), "sha256");
        assert_eq!(text(Some(HashAlgorithm::Dropbox)), "sha1 dropbox");
        for published in HashAlgorithm::ALL {
            let algorithms = Algorithms::comparing(Some(published));
            assert!(algorithms.target.is_nextclouds());
            assert_eq!(algorithms.source.unwrap_or(algorithms.target), published);
        }
    }

    #[test]
    fn are_read_as_they_were_written() {
        for published in HashAlgorithm::ALL.map(Some).into_iter().chain([None]) {
            let algorithms = Algorithms::comparing(published);
            assert_eq!(algorithms.to_string().parse(), Ok(algorithms));
        }
        let one = HashValue::new(HashAlgorithm::Sha1, "ab".repeat(20));
        let other = HashValue::new(HashAlgorithm::Dropbox, "cd".repeat(32));
        for source in [None, Some(other)] {
            let digests = Digests {
                target: one.clone(),
                source,
            };
            assert_eq!(digests.to_string().parse(), Ok(digests));
        }
        for damaged in [
            "",
            "sha1",
            "sha1:zz",
            &format!("{one} "),
            &format!("{one} x"),
        ] {
            assert!(damaged.parse::<Digests>().is_err(), "{damaged}");
        }
    }
}
