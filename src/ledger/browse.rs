//! The plan as a table to look through: which rows, in which order, and what stands in those on screen.

use rusqlite::{OptionalExtension, params};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::rows::{DECISION_COLUMNS, ITEM_COLUMNS, ITEM_WIDTH, read_decision, read_item};
use super::{Ledger, LedgerError};
use crate::model::{Action, Decision, Item, Reason};

/// Which decisions are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub action: Option<Action>,
    pub reason: Option<Reason>,
    /// Only what gets another name.
    pub renamed: bool,
    /// Part of the name at the source or of the place at the target, whatever the case and the accents.
    pub text: String,
}

/// What they are sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// As the source told of them.
    #[default]
    Found,
    Name,
    Action,
    Size,
    Target,
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionRow {
    pub n: i64,
    pub item: Item,
    pub decision: Decision,
}

impl Ledger {
    /// The numbers of the rows that pass `filter`, in order: eight bytes a row, so that any row of them
    /// can be shown at once.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn decision_rows(
        &self,
        filter: Filter,
        order: Order,
        descending: bool,
    ) -> Result<Vec<i64>, LedgerError> {
        self.call(move |db| {
            let by: &[&str] = match order {
                Order::Found => &["decision.n"],
                Order::Name => &["item.name COLLATE NOCASE"],
                Order::Action => &["decision.action", "decision.reason"],
                Order::Size => &["coalesce(item.size, decision.bytes)"],
                Order::Target => &["decision.target_path COLLATE NOCASE"],
            };
            // Every part of the order, and equals by their number, so that it is always the same.
            let direction = if descending { " DESC" } else { "" };
            let by: Vec<String> = by.iter().map(|by| format!("{by}{direction}")).collect();
            let mut statement = db.prepare_cached(&format!(
                "SELECT decision.n, item.name, decision.target_path FROM decision \
                 JOIN item ON item.n = decision.n WHERE (?1 IS NULL OR decision.action = ?1) \
                 AND (?2 IS NULL OR decision.reason = ?2) AND (?3 = 0 OR decision.renamed IS NOT NULL) \
                 ORDER BY {}, decision.n",
                by.join(", ")
            ))?;
            let wanted = folded(filter.text.trim());
            let mut rows = statement.query(params![
                filter.action.map(Action::code),
                filter.reason.map(Reason::code),
                filter.renamed
            ])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                if wanted.is_empty() || {
                    let (name, path) = (row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?);
                    folded(name).contains(&wanted) || folded(path).contains(&wanted)
                } {
                    found.push(row.get(0)?);
                }
            }
            Ok(found)
        })
        .await
    }

    /// How many native documents the plan exports.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn exports_planned(&self) -> Result<u64, LedgerError> {
        self.call(|db| {
            db.query_row(
                "SELECT count(*) FROM decision WHERE action = 'convert' AND task = 1",
                [],
                |row| Ok(super::rows::unsigned(row.get(0)?)),
            )
        })
        .await
    }

    /// These rows, in this order; one that is not there any more is left out.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn decisions_at(&self, rows: Vec<i64>) -> Result<Vec<DecisionRow>, LedgerError> {
        self.call(move |db| {
            let mut statement = db.prepare_cached(&format!(
                "SELECT {ITEM_COLUMNS}, {DECISION_COLUMNS} FROM decision JOIN item ON \
                 item.n = decision.n WHERE item.n = ?1"
            ))?;
            let mut found = Vec::with_capacity(rows.len());
            for n in rows {
                let row = statement
                    .query_row([n], |row| {
                        Ok(DecisionRow {
                            n,
                            item: read_item(row, 0)?,
                            decision: read_decision(row, ITEM_WIDTH)?,
                        })
                    })
                    .optional()?;
                found.extend(row);
            }
            Ok(found)
        })
        .await
    }
}

/// Without case and accents: "Été" is found by "ete".
fn folded(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_do_not_count() {
        assert_eq!(folded("Été À Noël"), "ete a noel");
        assert_eq!(folded("e\u{301}te\u{301}"), "ete");
        assert_eq!(folded("ΣΑΣ 日本"), "σας 日本".replace('ς', "σ"));
    }
}
