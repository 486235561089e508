//! Lists everything at both ends into the ledger. Decides nothing.

use async_trait::async_trait;
use futures::StreamExt as _;
use tokio_util::sync::CancellationToken;

mod pim;

use crate::dav::pim::PimError;
use crate::ledger::{Ledger, LedgerError, SurveyTotals, Surveyor};
use crate::model::{Item, ItemId, Space, SpaceId};
use crate::source::{Source, SourceError, SurveySink};
use crate::target::{Depth, Nextcloud, TargetError};

pub use pim::survey_target_collections;

/// Why a survey did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    #[error("stopped on request")]
    Cancelled,
    #[error("the source: {0}")]
    Source(#[source] SourceError),
    #[error("the target: {0}")]
    Target(#[source] TargetError),
    #[error("the target: {0}")]
    Pim(#[source] PimError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Entries of the target that go into the ledger at a time.
const PAGE: usize = 1000;

/// A survey of the source that has told of everything, and does not count yet.
#[must_use]
#[derive(Debug)]
pub struct Surveyed(Surveyor);

impl Surveyed {
    /// From now on it is what is known of the source.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn finish(self, ledger: &Ledger) -> Result<SurveyTotals, SurveyError> {
        self.0.finish().await?;
        Ok(ledger.survey_totals().await?)
    }
}

/// Surveys the source. With `since`, the spaces of an earlier survey, only what changed where the source
/// can tell. `found` is called with the number of items found so far.
///
/// # Errors
/// See [`SurveyError`]; what an earlier survey found is then still known.
pub async fn survey_source(
    source: &dyn Source,
    ledger: &Ledger,
    cancel: &CancellationToken,
    found: &(dyn Fn(u64) + Send + Sync),
) -> Result<Surveyed, SurveyError> {
    let since = ledger.surveyed_spaces().await?;
    let surveyor = ledger.begin_survey().await?;
    let mut sink = LedgerSink {
        surveyor,
        found,
        count: 0,
        waiting: Vec::new(),
        broken: None,
    };
    let surveyed = tokio::select! {
        () = cancel.cancelled() => return Err(SurveyError::Cancelled),
        surveyed = source.survey(&since, &mut sink) => surveyed,
    };
    if let Some(error) = sink.broken {
        return Err(error.into());
    }
    surveyed.map_err(SurveyError::Source)?;
    sink.surveyor
        .items(std::mem::take(&mut sink.waiting))
        .await?;
    Ok(Surveyed(sink.surveyor))
}

/// Lists what the target has in `folder` (`""`: everything).
///
/// # Errors
/// See [`SurveyError`].
pub async fn survey_target(
    target: &Nextcloud,
    folder: &str,
    ledger: &Ledger,
    cancel: &CancellationToken,
) -> Result<u64, SurveyError> {
    let listing = ledger.begin_target_listing().await?;
    let mut entries = target.list(folder, Depth::Infinity).chunks(PAGE);
    let mut count = 0;
    loop {
        let page = tokio::select! {
            () = cancel.cancelled() => return Err(SurveyError::Cancelled),
            page = entries.next() => page,
        };
        let Some(page) = page else { break };
        let page = page
            .into_iter()
            .collect::<Result<Vec<_>, _>>()
            .map_err(SurveyError::Target)?;
        count += page.len() as u64;
        ledger.add_target_entries(listing, page).await?;
    }
    ledger.finish_target_listing(listing).await?;
    Ok(count)
}

struct LedgerSink<'a> {
    surveyor: Surveyor,
    found: &'a (dyn Fn(u64) + Send + Sync),
    count: u64,
    /// Told, but not written yet: a source that goes folder by folder tells of few at a time, and each
    /// transaction waits for the disk.
    waiting: Vec<Item>,
    /// The ledger's own error, which a [`SourceError`] would hide.
    broken: Option<LedgerError>,
}

impl LedgerSink<'_> {
    /// Writes what waits; before anything else is written or asked.
    async fn flush(&mut self) -> Result<(), SourceError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let items = std::mem::take(&mut self.waiting);
        let result = self.surveyor.items(items).await;
        self.kept(result)
    }

    fn kept<T>(&mut self, result: Result<T, LedgerError>) -> Result<T, SourceError> {
        result.map_err(|error| {
            let shown = error.to_string();
            self.broken = Some(error);
            SourceError::Ledger {
                cause: shown.into(),
            }
        })
    }
}

#[async_trait]
impl SurveySink for LedgerSink<'_> {
    async fn space(&mut self, space: Space) -> Result<(), SourceError> {
        self.flush().await?;
        let result = self.surveyor.space(space).await;
        self.kept(result)
    }

    async fn items(&mut self, items: Vec<Item>) -> Result<(), SourceError> {
        self.count += items.len() as u64;
        (self.found)(self.count);
        self.waiting.extend(items);
        if self.waiting.len() >= PAGE {
            self.flush().await?;
        }
        Ok(())
    }

    async fn gone(&mut self, ids: Vec<ItemId>) -> Result<(), SourceError> {
        self.flush().await?;
        let result = self.surveyor.gone(ids).await;
        self.kept(result)
    }

    async fn gone_at(&mut self, space: &SpaceId, path: &str) -> Result<(), SourceError> {
        self.flush().await?;
        let result = self.surveyor.gone_at(space, path).await;
        self.kept(result)
    }

    async fn unchanged_unless_told(&mut self, space: &SpaceId) -> Result<(), SourceError> {
        self.flush().await?;
        let result = self.surveyor.unchanged_unless_told(space).await;
        self.kept(result)
    }

    async fn listed_afresh(&mut self, space: &SpaceId) -> Result<(), SourceError> {
        self.flush().await?;
        let result = self.surveyor.listed_afresh(space).await;
        self.kept(result)
    }

    async fn known(&mut self, id: &ItemId) -> Result<Option<Item>, SourceError> {
        self.flush().await?;
        let result = self.surveyor.known(id).await;
        self.kept(result)
    }

    async fn known_at(&mut self, space: &SpaceId, path: &str) -> Result<Option<Item>, SourceError> {
        self.flush().await?;
        let result = self.surveyor.known_at(space, path).await;
        self.kept(result)
    }

    async fn dangling_shortcuts(
        &mut self,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, SourceError> {
        self.flush().await?;
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let result = self.surveyor.dangling_shortcuts(after, limit).await;
        self.kept(result)
    }

    async fn without_parent(
        &mut self,
        space: &SpaceId,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, SourceError> {
        self.flush().await?;
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let result = self.surveyor.without_parent(space, after, limit).await;
        self.kept(result)
    }
}
