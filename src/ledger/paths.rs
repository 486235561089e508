//! Where items lie at the source, put together from their folders.

use super::{Ledger, LedgerError};

impl Ledger {
    /// The path of each of these rows within its space, as people know it: a `/` inside of a name is
    /// shown as `∕` (U+2215). Empty for a row that is not there.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn source_paths(&self, rows: Vec<i64>) -> Result<Vec<String>, LedgerError> {
        self.call(move |db| {
            // The depth ends what a damaged source might make a circle of.
            let mut find = db.prepare_cached(
                "WITH RECURSIVE up (parent, path, depth) AS ( \
                   SELECT parent, replace(name, '/', '∕'), 1 FROM item WHERE n = ?1 \
                   UNION ALL \
                   SELECT item.parent, replace(item.name, '/', '∕') || '/' || up.path, up.depth + 1 \
                   FROM up JOIN item ON item.id = up.parent WHERE up.depth < 1000) \
                 SELECT coalesce((SELECT path FROM up ORDER BY depth DESC LIMIT 1), '')",
            )?;
            rows.iter()
                .map(|n| find.query_row([n], |row| row.get(0)))
                .collect()
        })
        .await
    }
}
