//! What became of the items, and whether the account balances.

use rusqlite::{OptionalExtension as _, params};

use super::rows::{
    ENTRY_COLUMNS, ITEM_COLUMNS, ITEM_WIDTH, read_entry, read_hash, read_item, read_outcome_kind,
    read_reason, reason_codes, signed, unsigned,
};
use super::{Ledger, LedgerError};
use crate::model::{Digests, HashValue, Item, NameChange, OutcomeKind, Proof, Reason, TargetEntry};

/// How many items ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Account {
    pub moved: u64,
    pub converted: u64,
    pub linked: u64,
    pub kept: u64,
    pub skipped: u64,
    pub failed: u64,
}

impl Account {
    pub const fn sum(&self) -> u64 {
        self.moved + self.converted + self.linked + self.kept + self.skipped + self.failed
    }
}

/// Items surveyed against outcomes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balance {
    pub items: u64,
    pub account: Account,
    /// Bytes that arrived.
    pub bytes: u64,
    /// Items with no outcome (yet).
    pub missing: u64,
    /// Outcomes of no item that is there.
    pub stray: u64,
}

impl Balance {
    /// Every item has exactly one outcome, and there is no other.
    pub const fn is_balanced(&self) -> bool {
        self.missing == 0 && self.stray == 0 && self.items == self.account.sum()
    }
}

/// One item in the account of a migration.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportRow {
    pub n: i64,
    pub item: Item,
    pub target_path: String,
    pub renamed: Option<NameChange>,
    pub kind: OutcomeKind,
    pub reason: Option<Reason>,
    pub detail: Option<String>,
    pub proof: Option<Proof>,
    /// The digest of what arrived, in this run or an earlier one.
    pub hash: Option<HashValue>,
    /// The digests of what this or an earlier run moved of it, if the source has the same still.
    pub moved: Option<Digests>,
    /// Bytes that arrived.
    pub bytes: u64,
    /// It failed, and another attempt can help; see [`Ledger::try_again`].
    pub retryable: bool,
}

/// Which items of the account are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFilter {
    All,
    /// What somebody should look at or do by hand: failures, links to what cannot be moved, and whatever
    /// [`Reason::needs_a_hand`].
    ByHand,
    Kind(OutcomeKind),
    /// What has another name at the target.
    Renamed,
}

impl ReportFilter {
    fn condition(self) -> String {
        match self {
            Self::All => "1".to_owned(),
            Self::ByHand => format!(
                "(outcome.kind IN ('failed', 'linked') OR outcome.reason IN ({}))",
                reason_codes(Reason::needs_a_hand)
            ),
            Self::Kind(kind) => format!("outcome.kind = '{}'", kind.code()),
            Self::Renamed => "EXISTS (SELECT 1 FROM decision WHERE decision.n = outcome.n \
                 AND decision.renamed IS NOT NULL)"
                .to_owned(),
        }
    }
}

/// What another attempt can help: of outcomes with their decisions.
pub(super) fn retryable() -> String {
    format!(
        "(outcome.kind = 'failed' AND decision.task IS NOT NULL AND decision.settled IS NULL \
         AND coalesce(outcome.reason, '') NOT IN ({}))",
        reason_codes(Reason::needs_new_plan)
    )
}

/// One item's account, to be completed by a `WHERE`.
fn report_row() -> String {
    format!(
        "SELECT {ITEM_COLUMNS}, item.n, coalesce(moved.target_path, decision.target_path, ''), \
         decision.renamed, outcome.kind, outcome.reason, outcome.detail, outcome.proof, \
         coalesce(outcome.hash, moved.hash), outcome.bytes, coalesce({retryable}, 0), \
         outcome.hash, outcome.source_hash, moved.source_version, moved.hash, moved.source_hash \
         FROM outcome JOIN item ON item.n = outcome.n \
         LEFT JOIN decision ON decision.n = item.n LEFT JOIN moved ON moved.n = item.n",
        retryable = retryable(),
    )
}

fn read_report_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<ReportRow> {
    let renamed: Option<String> = row.get(ITEM_WIDTH + 2)?;
    let proof: Option<String> = row.get(ITEM_WIDTH + 6)?;
    let item = read_item(row, 0)?;
    let (target, source) = (
        read_hash(row, ITEM_WIDTH + 10)?,
        read_hash(row, ITEM_WIDTH + 11)?,
    );
    let version: Option<String> = row.get(ITEM_WIDTH + 12)?;
    let moved_source = read_hash(row, ITEM_WIDTH + 14)?;
    let same = version.is_some_and(|version| version == item.version)
        || moved_source.is_some() && moved_source == item.hash;
    let moved = read_hash(row, ITEM_WIDTH + 13)?.filter(|_| same);
    Ok(ReportRow {
        n: row.get(ITEM_WIDTH)?,
        item,
        target_path: row.get(ITEM_WIDTH + 1)?,
        renamed: renamed.and_then(|code| NameChange::from_code(&code)),
        kind: read_outcome_kind(row, ITEM_WIDTH + 3)?,
        reason: read_reason(row, ITEM_WIDTH + 4)?,
        detail: row.get(ITEM_WIDTH + 5)?,
        proof: proof.and_then(|code| Proof::from_parts(&code, target, source)),
        hash: read_hash(row, ITEM_WIDTH + 7)?,
        moved: moved.map(|target| Digests {
            target,
            source: moved_source,
        }),
        bytes: unsigned(row.get(ITEM_WIDTH + 8)?),
        retryable: row.get(ITEM_WIDTH + 9)?,
    })
}

impl Ledger {
    /// How many items of the account there are of this kind.
    pub async fn report_count(&self, filter: ReportFilter) -> Result<u64, LedgerError> {
        self.call(move |db| {
            let condition = filter.condition();
            db.prepare_cached(&format!(
                "SELECT count(*) FROM outcome JOIN item ON item.n = outcome.n \
                 WHERE item.gone = 0 AND {condition}"
            ))?
            .query_row([], |row| Ok(unsigned(row.get(0)?)))
        })
        .await
    }

    /// A page of the account for a table: `limit` items from the one at `offset` on.
    pub async fn report_page(
        &self,
        filter: ReportFilter,
        offset: u64,
        limit: u32,
    ) -> Result<Vec<ReportRow>, LedgerError> {
        self.call(move |db| {
            let condition = filter.condition();
            // What is skipped over is not looked up.
            db.prepare_cached(&format!(
                "{row} WHERE item.n IN (SELECT outcome.n FROM outcome JOIN item ON item.n = outcome.n \
                 WHERE item.gone = 0 AND {condition} ORDER BY outcome.n LIMIT ?1 OFFSET ?2) \
                 ORDER BY item.n",
                row = report_row()
            ))?
            .query_map(params![limit, signed(offset)], read_report_row)?
            .collect()
        })
        .await
    }

    pub async fn balance(&self) -> Result<Balance, LedgerError> {
        self.call(|db| {
            let mut balance = db.query_row(
                "SELECT (SELECT count(*) FROM item WHERE gone = 0), \
                 (SELECT count(*) FROM item WHERE gone = 0 AND NOT EXISTS \
                    (SELECT 1 FROM outcome WHERE outcome.n = item.n)), \
                 (SELECT count(*) FROM outcome WHERE NOT EXISTS \
                    (SELECT 1 FROM item WHERE item.n = outcome.n AND item.gone = 0)), \
                 (SELECT coalesce(sum(bytes), 0) FROM outcome)",
                [],
                |row| {
                    Ok(Balance {
                        items: unsigned(row.get(0)?),
                        missing: unsigned(row.get(1)?),
                        stray: unsigned(row.get(2)?),
                        bytes: unsigned(row.get(3)?),
                        account: Account::default(),
                    })
                },
            )?;
            let mut statement =
                db.prepare_cached("SELECT kind, count(*) FROM outcome GROUP BY kind")?;
            let rows = statement.query_map([], |row| {
                let count: i64 = row.get(1)?;
                Ok((read_outcome_kind(row, 0)?, unsigned(count)))
            })?;
            for row in rows {
                let (kind, count) = row?;
                let account = &mut balance.account;
                *match kind {
                    OutcomeKind::Moved => &mut account.moved,
                    OutcomeKind::Converted => &mut account.converted,
                    OutcomeKind::Linked => &mut account.linked,
                    OutcomeKind::Kept => &mut account.kept,
                    OutcomeKind::Skipped => &mut account.skipped,
                    OutcomeKind::Failed => &mut account.failed,
                } = count;
            }
            Ok(balance)
        })
        .await
    }

    /// Items with their outcomes in a fixed order, after row `after`; only those of `kind`, if given.
    pub async fn report_rows(
        &self,
        after: i64,
        limit: u32,
        kind: Option<OutcomeKind>,
    ) -> Result<Vec<ReportRow>, LedgerError> {
        self.call(move |db| {
            db.prepare_cached(&format!(
                "{row} WHERE item.n > ?1 AND item.gone = 0 AND (?3 IS NULL OR outcome.kind = ?3) \
                 ORDER BY item.n LIMIT ?2",
                row = report_row()
            ))?
            .query_map(
                params![after, limit, kind.map(OutcomeKind::code)],
                read_report_row,
            )?
            .collect()
        })
        .await
    }

    /// What the target has at these paths, as far as its last listing and our own writing tell.
    pub async fn target_entries(
        &self,
        paths: Vec<String>,
    ) -> Result<Vec<Option<TargetEntry>>, LedgerError> {
        self.call(move |db| {
            let mut find = db.prepare_cached(&format!(
                "SELECT {ENTRY_COLUMNS} FROM target_entry WHERE path = ?1"
            ))?;
            paths
                .iter()
                .map(|path| find.query_row([path], |row| read_entry(row, 0)).optional())
                .collect()
        })
        .await
    }

    /// Marks what arrived as damaged since, so that the next run replaces it: `etag` is what may be
    /// replaced.
    pub async fn set_damaged(&self, damaged: Vec<(i64, String)>) -> Result<(), LedgerError> {
        self.transaction(move |db| {
            let mut update = db.prepare_cached(
                "UPDATE moved SET source_version = '', hash = NULL, source_hash = NULL, target_etag = ?2 \
                 WHERE n = ?1",
            )?;
            for (n, etag) in &damaged {
                update.execute(params![n, etag])?;
            }
            Ok(())
        })
        .await
    }

    /// Renews what is known of how well an arrived item is proved.
    pub async fn set_proofs(&self, proofs: Vec<(i64, Proof)>) -> Result<(), LedgerError> {
        self.transaction(move |db| {
            let mut update = db.prepare_cached(
                "UPDATE outcome SET proof = ?2, hash = ?3, source_hash = ?4 WHERE n = ?1",
            )?;
            for (n, proof) in &proofs {
                update.execute(params![
                    n,
                    proof.code(),
                    proof.hash().map(ToString::to_string),
                    other_source_hash(Some(proof)),
                ])?;
            }
            Ok(())
        })
        .await
    }
}

/// The source's own digest, where it is of another algorithm than the target's.
pub(super) fn other_source_hash(proof: Option<&Proof>) -> Option<String> {
    match proof {
        Some(Proof::Full(digests)) => digests.source.as_ref().map(ToString::to_string),
        _ => None,
    }
}
