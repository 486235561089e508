//! What the user ticked in the tree of the source, and how much lies in each branch of it.

use rusqlite::{Connection, OptionalExtension, params};

use super::rows::unsigned;
use super::{Ledger, LedgerError, number_note, set_note};
use crate::model::{
    Access, Branch, Chosen, Collection, ItemId, ItemKind, Scope, Selection, SpaceId, SpaceKind, Sum,
};

const SUMMED: &str = "tree.summed";
/// Folders in folders, more of which are a loop.
const DEEPEST: usize = 4000;

/// What other items lie in.
const CONTAINERS: &str = "('folder', 'calendar', 'address-book', 'subscription')";

/// A branch of the source's tree, as a screen shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeNode {
    pub branch: Branch,
    pub name: String,
    pub kind: NodeKind,
    pub sum: Sum,
    /// Whether there are branches in it.
    pub has_branches: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    Space(SpaceKind),
    Item(ItemKind),
}

impl Ledger {
    /// The spaces, or the branches in one branch, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn tree(&self, of: Option<Branch>) -> Result<Vec<TreeNode>, LedgerError> {
        self.transaction(move |db| {
            sum_up(db)?;
            match of {
                None => spaces(db),
                Some(branch) => branches(db, &branch),
            }
        })
        .await
    }

    /// What was ticked.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn selection(&self) -> Result<Selection, LedgerError> {
        self.transaction(|db| {
            sum_up(db)?;
            Ok(Selection::new(chosen(db)?))
        })
        .await
    }

    /// What was ticked, and what the scope leaves out by itself.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn selection_within(&self, scope: Scope) -> Result<Selection, LedgerError> {
        self.transaction(move |db| {
            sum_up(db)?;
            selection_within(db, &scope)
        })
        .await
    }

    /// Ticks as in another ledger of the same source; what is not there any more is passed over.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn choose_as(&self, other: &Selection) -> Result<(), LedgerError> {
        let choices = other.choices();
        self.transaction(move |db| {
            let mut insert = db.prepare(
                "INSERT OR REPLACE INTO choice (is_space, id, taken) VALUES (?1, ?2, ?3)",
            )?;
            for (branch, taken) in &choices {
                let (is_space, id) = key(branch);
                insert.execute(params![is_space, id, taken])?;
            }
            super::plan::make_stale(db)
        })
        .await
    }

    /// Ticks or unticks a branch with all that lies in it. A plan made before no longer holds.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn choose(
        &self,
        branch: Branch,
        taken: bool,
        scope: Scope,
    ) -> Result<Selection, LedgerError> {
        self.transaction(move |db| {
            sum_up(db)?;
            let before = Selection::new(chosen(db)?);
            for below in before.below(&branch) {
                forget(db, &below)?;
            }
            forget(db, &branch)?;
            let (above, _) = place(db, &branch)?;
            let space = above.last().unwrap_or(&branch);
            let inherited = match above.iter().find_map(|branch| before.choice(branch)) {
                Some(ticked) => ticked,
                None => takes_space(db, space, &scope)?,
            };
            let by_itself = inherited && !left_by_scope(db, &scope)?.contains(&branch);
            if by_itself != taken {
                let (is_space, id) = key(&branch);
                db.execute(
                    "INSERT INTO choice (is_space, id, taken) VALUES (?1, ?2, ?3)",
                    params![is_space, id, taken],
                )?;
            }
            super::plan::make_stale(db)?;
            selection_within(db, &scope)
        })
        .await
    }
}

const fn key(branch: &Branch) -> (bool, &String) {
    match branch {
        Branch::Space(id) => (true, &id.0),
        Branch::Item(id) => (false, &id.0),
    }
}

fn forget(db: &Connection, branch: &Branch) -> rusqlite::Result<()> {
    let (is_space, id) = key(branch);
    db.prepare_cached("DELETE FROM choice WHERE is_space = ?1 AND id = ?2")?
        .execute(params![is_space, id])
        .map(drop)
}

fn chosen(db: &Connection) -> rusqlite::Result<Vec<(Branch, Chosen)>> {
    let mut statement = db.prepare_cached("SELECT is_space, id, taken FROM choice")?;
    let rows = statement.query_map([], |row| {
        let id: String = row.get(1)?;
        let branch = if row.get(0)? {
            Branch::Space(SpaceId(id))
        } else {
            Branch::Item(ItemId(id))
        };
        Ok((branch, row.get(2)?))
    })?;
    let mut choices = Vec::new();
    for row in rows {
        let (branch, taken) = row?;
        choices.push(one(db, branch, taken, false)?);
    }
    Ok(choices)
}

fn one(
    db: &Connection,
    branch: Branch,
    taken: bool,
    implied: bool,
) -> rusqlite::Result<(Branch, Chosen)> {
    let (above, sum) = place(db, &branch)?;
    let chosen = Chosen {
        taken,
        above,
        sum,
        implied,
    };
    Ok((branch, chosen))
}

fn selection_within(db: &Connection, scope: &Scope) -> rusqlite::Result<Selection> {
    let mut choices = chosen(db)?;
    for branch in left_by_scope(db, scope)? {
        if choices.iter().all(|(known, _)| *known != branch) {
            choices.push(one(db, branch, false, true)?);
        }
    }
    Ok(Selection::new(choices))
}

fn takes_space(db: &Connection, space: &Branch, scope: &Scope) -> rusqlite::Result<bool> {
    let Branch::Space(id) = space else {
        return Ok(true);
    };
    let kind: Option<String> = db
        .prepare_cached("SELECT kind FROM space WHERE id = ?1")?
        .query_row([&id.0], |row| row.get(0))
        .optional()?;
    let kind = kind.and_then(|kind| SpaceKind::from_code(&kind));
    Ok(kind.is_some_and(|kind| scope.takes(kind)))
}

/// Collections of others that the scope leaves out unless somebody ticks them. An account has some dozens.
fn left_by_scope(db: &Connection, scope: &Scope) -> rusqlite::Result<Vec<Branch>> {
    let mut statement = db.prepare_cached(
        "SELECT id, kind, collection FROM item WHERE gone = 0 \
         AND kind IN ('calendar', 'subscription', 'address-book')",
    )?;
    let rows = statement.query_map([], |row| {
        let collection: Option<String> = row.get(2)?;
        let collection: Option<Collection> =
            collection.and_then(|text| serde_json::from_str(&text).ok());
        let kind: String = row.get(1)?;
        Ok((row.get(0)?, kind, collection))
    })?;
    let mut left = Vec::new();
    for row in rows {
        let (id, kind, collection): (String, String, Option<Collection>) = row?;
        let access = collection.map(|collection| collection.access);
        let taken = match access {
            _ if kind == ItemKind::Subscription.code() => scope.subscribed_calendars,
            Some(Access::Shared { .. }) => scope.shared_calendars,
            _ => true,
        };
        if !taken {
            left.push(Branch::Item(ItemId(id)));
        }
    }
    Ok(left)
}

/// What a branch lies in, the nearest first, and what it holds.
fn place(db: &Connection, branch: &Branch) -> rusqlite::Result<(Vec<Branch>, Sum)> {
    let sum = sum_of(db, branch)?;
    let Branch::Item(id) = branch else {
        return Ok((Vec::new(), sum));
    };
    let mut above = Vec::new();
    let mut next = Some(id.0.clone());
    let mut statement = db.prepare_cached("SELECT parent, space FROM item WHERE id = ?1")?;
    while let Some(id) = next.take() {
        let found: Option<(Option<String>, String)> = statement
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match found {
            Some((Some(parent), _)) if above.len() < DEEPEST => {
                above.push(Branch::Item(ItemId(parent.clone())));
                next = Some(parent);
            }
            Some((_, space)) => above.push(Branch::Space(SpaceId(space))),
            None => {}
        }
    }
    Ok((above, sum))
}

fn sum_of(db: &Connection, branch: &Branch) -> rusqlite::Result<Sum> {
    let (is_space, id) = key(branch);
    let sum = db
        .prepare_cached("SELECT items, bytes FROM branch WHERE is_space = ?1 AND id = ?2")?
        .query_row(params![is_space, id], |row| {
            Ok(Sum {
                items: unsigned(row.get(0)?),
                bytes: unsigned(row.get(1)?),
            })
        })
        .optional()?;
    Ok(sum.unwrap_or_default())
}

fn spaces(db: &Connection) -> rusqlite::Result<Vec<TreeNode>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT space.id, space.name, space.kind, branch.items, branch.bytes, \
         EXISTS (SELECT 1 FROM item WHERE item.space = space.id AND item.parent IS NULL \
         AND item.gone = 0 AND item.kind IN {CONTAINERS}) \
         FROM space JOIN branch ON branch.is_space = 1 AND branch.id = space.id \
         ORDER BY space.kind <> 'own', space.kind, space.name, space.id"
    ))?;
    statement
        .query_map([], |row| {
            let kind: String = row.get(2)?;
            Ok(TreeNode {
                branch: Branch::Space(SpaceId(row.get(0)?)),
                name: row.get(1)?,
                kind: NodeKind::Space(SpaceKind::from_code(&kind).unwrap_or(SpaceKind::Own)),
                sum: Sum {
                    items: unsigned(row.get(3)?),
                    bytes: unsigned(row.get(4)?),
                },
                has_branches: row.get(5)?,
            })
        })?
        .collect()
}

fn branches(db: &Connection, of: &Branch) -> rusqlite::Result<Vec<TreeNode>> {
    let (which, id) = match of {
        Branch::Space(id) => ("item.parent IS NULL AND item.space = ?1", &id.0),
        Branch::Item(id) => ("item.parent = ?1", &id.0),
    };
    let mut statement = db.prepare_cached(&format!(
        "SELECT item.id, item.name, item.kind, coalesce(branch.items, 0), coalesce(branch.bytes, 0), \
         EXISTS (SELECT 1 FROM item AS below WHERE below.parent = item.id AND below.gone = 0 \
         AND below.kind IN {CONTAINERS}) FROM item \
         LEFT JOIN branch ON branch.is_space = 0 AND branch.id = item.id \
         WHERE {which} AND item.gone = 0 AND item.kind IN {CONTAINERS} \
         ORDER BY item.name COLLATE NOCASE, item.n"
    ))?;
    statement
        .query_map([id], |row| {
            let kind: String = row.get(2)?;
            Ok(TreeNode {
                branch: Branch::Item(ItemId(row.get(0)?)),
                name: row.get(1)?,
                kind: NodeKind::Item(ItemKind::from_code(&kind).unwrap_or(ItemKind::Folder)),
                sum: Sum {
                    items: unsigned(row.get(3)?),
                    bytes: unsigned(row.get(4)?),
                },
                has_branches: row.get(5)?,
            })
        })?
        .collect()
}

/// A folder while its sum is made.
struct Folder {
    n: i64,
    parent: Option<i64>,
    /// Folders in it whose sums are still missing.
    waits_for: u32,
    sum: Sum,
}

/// Sums up what lies in every branch, once a survey. Holds 40 bytes a folder while it does.
fn sum_up(db: &Connection) -> rusqlite::Result<()> {
    let surveyed = number_note(db, super::survey::COMPLETE)?;
    if surveyed.is_none() || number_note(db, SUMMED)? == surveyed {
        return Ok(());
    }
    let mut folders: Vec<Folder> = db
        .prepare(&format!(
            "SELECT item.n, up.n FROM item LEFT JOIN item AS up ON up.id = item.parent AND up.gone = 0 \
             WHERE item.gone = 0 AND item.kind IN {CONTAINERS} ORDER BY item.n"
        ))?
        .query_map([], |row| {
            Ok(Folder {
                n: row.get(0)?,
                parent: row.get(1)?,
                waits_for: 0,
                sum: Sum::default(),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    add_direct(db, &mut folders)?;
    add_up(&mut folders);
    db.execute("DELETE FROM branch", [])?;
    let mut insert = db.prepare(
        "INSERT INTO branch (is_space, id, items, bytes) SELECT 0, id, ?2, ?3 FROM item WHERE n = ?1",
    )?;
    for folder in &folders {
        insert.execute(params![
            folder.n,
            super::rows::signed(folder.sum.items),
            super::rows::signed(folder.sum.bytes)
        ])?;
    }
    db.execute(
        &format!(
            "INSERT INTO branch (is_space, id, items, bytes) SELECT 1, space.id, \
             count(item.n) FILTER (WHERE item.kind NOT IN {CONTAINERS}), \
             coalesce(sum(item.size) FILTER (WHERE item.kind NOT IN {CONTAINERS}), 0) \
             FROM space LEFT JOIN item ON item.space = space.id AND item.gone = 0 GROUP BY space.id"
        ),
        [],
    )?;
    set_note(db, SUMMED, &surveyed.unwrap_or(0).to_string())
}

/// What lies right in each folder.
fn add_direct(db: &Connection, folders: &mut [Folder]) -> rusqlite::Result<()> {
    let mut statement = db.prepare(&format!(
        "SELECT up.n, count(*), coalesce(sum(item.size), 0) FROM item \
         JOIN item AS up ON up.id = item.parent WHERE item.gone = 0 AND up.gone = 0 \
         AND item.kind NOT IN {CONTAINERS} GROUP BY up.n"
    ))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let n: i64 = row.get(0)?;
        if let Some(folder) = find(folders, n).and_then(|at| folders.get_mut(at)) {
            folder.sum = Sum {
                items: unsigned(row.get(1)?),
                bytes: unsigned(row.get(2)?),
            };
        }
    }
    Ok(())
}

fn find(folders: &[Folder], n: i64) -> Option<usize> {
    folders.binary_search_by_key(&n, |folder| folder.n).ok()
}

/// Adds each folder to the one that it lies in, the innermost first. Folders that lie in each other keep
/// what lies right in them.
fn add_up(folders: &mut [Folder]) {
    for at in 0..folders.len() {
        let up = folders.get(at).and_then(|folder| folder.parent);
        let up = up.and_then(|n| find(folders, n));
        if let Some(up) = up.and_then(|up| folders.get_mut(up)) {
            up.waits_for += 1;
        }
    }
    let mut ready: Vec<usize> = (0..folders.len())
        .filter(|at| folders.get(*at).is_some_and(|folder| folder.waits_for == 0))
        .collect();
    while let Some(at) = ready.pop() {
        let Some((sum, parent)) = folders.get(at).map(|folder| (folder.sum, folder.parent)) else {
            continue;
        };
        let Some(up_at) = parent.and_then(|n| find(folders, n)) else {
            continue;
        };
        if let Some(up) = folders.get_mut(up_at) {
            up.sum.items += sum.items;
            up.sum.bytes += sum.bytes;
            up.waits_for -= 1;
            if up.waits_for == 0 {
                ready.push(up_at);
            }
        }
    }
}
