//! For screens to look through: the source's tree with its ticks, the plan as a table, how long it takes.

use std::time::Duration;

use super::{Engine, EngineError};
pub use crate::ledger::{DecisionRow, Filter, NodeKind, Order, PlanTotals, TreeNode};
use crate::model::{Branch, Scope, Selection, TargetInfo};
use crate::plan::{Rates, Workload};

/// A plan at a glance.
#[derive(Debug, Clone)]
pub struct Outlook {
    pub target: Option<TargetInfo>,
    pub work: Workload,
    /// How long it takes, as far as that can be said beforehand.
    pub takes: Duration,
    pub rates: Rates,
    /// Bytes a second that are allowed.
    pub limit: Option<u64>,
}

/// A row of the plan and where its item lies at the source.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanRow {
    pub row: DecisionRow,
    pub path: String,
}

impl Engine {
    /// The spaces of the source, or the branches in one branch.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn tree(&self, of: Option<Branch>) -> Result<Vec<TreeNode>, EngineError> {
        Ok(self.ledger.tree(of).await?)
    }

    /// What is ticked, and what `scope` leaves out by itself.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn selection(&self, scope: Scope) -> Result<Selection, EngineError> {
        Ok(self.ledger.selection_within(scope).await?)
    }

    /// Ticks or unticks a branch; `scope` says what is taken that nobody ticked. The plan is then to be made
    /// anew.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn choose(
        &self,
        branch: Branch,
        taken: bool,
        scope: Scope,
    ) -> Result<Selection, EngineError> {
        Ok(self.ledger.choose(branch, taken, scope).await?)
    }

    /// Ticks as in another migration of the same source.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn choose_as(&self, other: &Selection) -> Result<(), EngineError> {
        Ok(self.ledger.choose_as(other).await?)
    }

    /// The rows of the plan that pass the filter, by their numbers.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn plan_rows(
        &self,
        filter: Filter,
        order: Order,
        descending: bool,
    ) -> Result<Vec<i64>, EngineError> {
        Ok(self.ledger.decision_rows(filter, order, descending).await?)
    }

    /// What stands in these rows of the plan.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn plan_rows_at(&self, rows: Vec<i64>) -> Result<Vec<PlanRow>, EngineError> {
        let rows = self.ledger.decisions_at(rows).await?;
        let numbers = rows.iter().map(|row| row.n).collect();
        let paths = self.ledger.source_paths(numbers).await?;
        Ok(rows
            .into_iter()
            .zip(paths)
            .map(|(row, path)| PlanRow { row, path })
            .collect())
    }

    /// What the plan needs: room and time.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn outlook(&self) -> Result<Outlook, EngineError> {
        let totals = self.ledger.plan_totals().await?;
        let exports = self.ledger.exports_planned().await?;
        let work = Workload {
            folders: totals.folders_to_make,
            files: totals.files_to_send.saturating_sub(exports),
            exports,
            bytes: totals.bytes,
        };
        let rates = Rates::default();
        let limit = self.migration.bandwidth;
        Ok(Outlook {
            target: self.target_info().await?,
            takes: rates.duration(&work, limit),
            work,
            rates,
            limit,
        })
    }
}
