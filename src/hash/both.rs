use super::{RestoreError, StreamHasher};
use crate::model::{Algorithms, Digests};

/// The digests by which both ends of a transfer are compared, taken in one pass.
#[derive(Debug, Clone)]
pub struct BothHasher {
    target: StreamHasher,
    source: Option<StreamHasher>,
}

impl BothHasher {
    pub fn new(algorithms: Algorithms) -> Self {
        Self {
            target: StreamHasher::new(algorithms.target),
            source: algorithms.source.map(StreamHasher::new),
        }
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.target.update(bytes);
        if let Some(source) = &mut self.source {
            source.update(bytes);
        }
    }

    pub fn finish(self) -> Digests {
        Digests {
            target: self.target.finish(),
            source: self.source.map(StreamHasher::finish),
        }
    }

    /// The state after the bytes so far, to go on from with [`Self::restore`].
    pub fn save(&self) -> Vec<u8> {
        let target = self.target.save();
        let Some(source) = &self.source else {
            return target;
        };
        // States are a few hundred bytes.
        let length = u32::try_from(target.len()).unwrap_or(u32::MAX);
        [&length.to_be_bytes(), &target[..], &source.save()[..]].concat()
    }

    /// # Errors
    /// When `saved` was not made by [`Self::save`] of the same algorithms.
    pub fn restore(algorithms: Algorithms, saved: &[u8]) -> Result<Self, RestoreError> {
        let Some(source) = algorithms.source else {
            return Ok(Self {
                target: StreamHasher::restore(algorithms.target, saved)?,
                source: None,
            });
        };
        let parts = || {
            let (length, states) = saved.split_first_chunk()?;
            states.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
        };
        let (of_target, of_source) = parts().ok_or(RestoreError(algorithms.target))?;
        Ok(Self {
            target: StreamHasher::restore(algorithms.target, of_target)?,
            source: Some(StreamHasher::restore(source, of_source)?),
        })
    }
}

/// The digests of bytes that are all there.
pub fn digests(algorithms: Algorithms, bytes: &[u8]) -> Digests {
    let mut hasher = BothHasher::new(algorithms);
    hasher.update(bytes);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hash::digest;
    use crate::model::HashAlgorithm;

    fn all() -> impl Iterator<Item = Algorithms> {
        let published = HashAlgorithm::ALL.map(Some).into_iter().chain([None]);
        published.map(Algorithms::comparing)
    }

    #[test]
    fn both_are_of_the_same_bytes() {
        for algorithms in all() {
            let found = digests(algorithms, b"abc");
            assert_eq!(found.target, digest(algorithms.target, b"abc"));
            let source = algorithms.source.map(|source| digest(source, b"abc"));
            assert_eq!(found.source, source);
        }
    }

    #[test]
    fn one_alone_is_saved_as_it_always_was() {
        let algorithms = Algorithms::comparing(None);
        let mut alone = StreamHasher::new(algorithms.target);
        alone.update(b"abc");
        let resumed = BothHasher::restore(algorithms, &alone.save()).unwrap();
        assert_eq!(resumed.finish(), digests(algorithms, b"abc"));
    }

    #[test]
    fn refuses_a_damaged_state() {
        for algorithms in all() {
            let saved = BothHasher::new(algorithms).save();
            for damaged in [&[][..], &[0, 0], &saved[..saved.len() - 1]] {
                assert!(BothHasher::restore(algorithms, damaged).is_err());
            }
        }
    }

    proptest! {
        #[test]
        fn goes_on_where_it_was_saved(bytes in proptest::collection::vec(any::<u8>(), 0..500), cut in 0usize..500) {
            let (before, after) = bytes.split_at(cut.min(bytes.len()));
            for algorithms in all() {
                let mut hasher = BothHasher::new(algorithms);
                hasher.update(before);
                let mut resumed = BothHasher::restore(algorithms, &hasher.save()).unwrap();
                resumed.update(after);
                prop_assert_eq!(resumed.finish(), digests(algorithms, &bytes));
            }
        }
    }
}
