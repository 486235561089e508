//! The source's tree as far as it is open on the screen.

use crate::app::widget::{self, Icon, Table, Tick};
use crate::engine::{NodeKind, TreeNode};
use crate::i18n::Texts;
use crate::model::{Branch, ItemKind, Scope, Selection, Share, SpaceKind, Sum};
use crate::sentences::words::visible;

/// A row: a branch, and where it hangs.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    node: TreeNode,
    /// What it lies in, the nearest first; the last one is its space.
    above: Vec<Branch>,
    space: SpaceKind,
    open: bool,
}

#[derive(Debug)]
pub struct Branches {
    rows: Vec<Row>,
    pub selection: Selection,
    pub table: Table,
}

impl Default for Branches {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            selection: Selection::default(),
            table: Table::new("tree"),
        }
    }
}

impl Branches {
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The spaces of the source, all closed.
    pub fn set_spaces(&mut self, spaces: Vec<TreeNode>, selection: Selection) {
        self.rows = spaces
            .into_iter()
            .map(|node| Row {
                space: match node.kind {
                    NodeKind::Space(kind) => kind,
                    NodeKind::Item(_) => SpaceKind::Own,
                },
                above: Vec::new(),
                node,
                open: false,
            })
            .collect();
        self.selection = selection;
        self.table.reset(self.rows.len());
    }

    pub fn branch(&self, row: usize) -> Option<&Branch> {
        self.rows.get(row).map(|row| &row.node.branch)
    }

    /// The kind of the space that a row stands for, if it stands for one.
    pub fn space(&self, row: usize) -> Option<SpaceKind> {
        let row = self.rows.get(row)?;
        row.above.is_empty().then_some(row.space)
    }

    /// Hangs `nodes` below their branch, if it is still there and closed.
    pub fn open(&mut self, branch: &Branch, nodes: Vec<TreeNode>) {
        let Some(at) = self.rows.iter().position(|row| row.node.branch == *branch) else {
            return;
        };
        let Some(row) = self.rows.get_mut(at).filter(|row| !row.open) else {
            return;
        };
        row.open = true;
        let space = row.space;
        let above: Vec<Branch> = std::iter::once(branch.clone())
            .chain(row.above.iter().cloned())
            .collect();
        let new = nodes.into_iter().map(|node| Row {
            node,
            above: above.clone(),
            space,
            open: false,
        });
        self.rows.splice(at + 1..at + 1, new);
        self.table.set_total(self.rows.len());
    }

    pub fn close(&mut self, at: usize) {
        let Some(row) = self.rows.get_mut(at).filter(|row| row.open) else {
            return;
        };
        row.open = false;
        let depth = row.above.len();
        let below = self.rows.iter().skip(at + 1);
        let count = below.take_while(|row| row.above.len() > depth).count();
        self.rows.drain(at + 1..at + 1 + count);
        self.table.set_total(self.rows.len());
    }

    /// Whether pressing the box of a row takes it along: all of it is not taken yet, but for what the scope
    /// leaves out.
    pub fn takes(&self, at: usize, scope: &Scope) -> bool {
        self.rows.get(at).is_some_and(|row| {
            let branch = &row.node.branch;
            let selection = self.selection.without_implied_in(branch);
            let by_scope = scope.takes(row.space);
            selection
                .share(branch, &row.above, row.node.sum, by_scope)
                .0
                != Share::All
        })
    }

    fn share(&self, row: &Row, scope: &Scope) -> (Share, Sum) {
        self.selection.share(
            &row.node.branch,
            &row.above,
            row.node.sum,
            scope.takes(row.space),
        )
    }

    /// All that is ticked.
    pub fn total(&self, scope: &Scope) -> Sum {
        let spaces = self.rows.iter().filter(|row| row.above.is_empty());
        spaces.fold(Sum::default(), |total, row| {
            let (_, sum) = self.share(row, scope);
            Sum {
                items: total.items + sum.items,
                bytes: total.bytes + sum.bytes,
            }
        })
    }

    /// What stands in a row.
    pub fn show(&self, at: usize, scope: &Scope, texts: &Texts) -> Option<widget::Branch> {
        let row = self.rows.get(at)?;
        let (share, sum) = self.share(row, scope);
        let whole = [
            ("items", texts.items(row.node.sum.items).into()),
            ("size", texts.bytes(row.node.sum.bytes).into()),
        ];
        let part = [
            ("part", texts.bytes(sum.bytes).into()),
            ("items", texts.items(row.node.sum.items).into()),
            ("size", texts.bytes(row.node.sum.bytes).into()),
        ];
        Some(widget::Branch {
            name: name(&row.node, texts),
            icon: match row.node.kind {
                NodeKind::Space(SpaceKind::Calendars) => Icon::Calendar,
                NodeKind::Space(SpaceKind::AddressBooks) => Icon::People,
                NodeKind::Space(_) => Icon::Cloud,
                NodeKind::Item(ItemKind::Folder) => Icon::Folder,
                NodeKind::Item(ItemKind::Calendar | ItemKind::Subscription) => Icon::Calendar,
                NodeKind::Item(ItemKind::AddressBook) => Icon::People,
                NodeKind::Item(_) => Icon::File,
            },
            depth: row.above.len(),
            open: row.node.has_branches.then_some(row.open),
            tick: match share {
                Share::All => Tick::On,
                Share::Some => Tick::Partly,
                Share::None => Tick::Off,
            },
            sum: match share {
                Share::Some => texts.text("choose-branch-part", &part),
                _ => texts.text("choose-branch", &whole),
            },
            strong: row.above.is_empty(),
        })
    }
}

fn name(node: &TreeNode, texts: &Texts) -> String {
    match node.kind {
        NodeKind::Space(SpaceKind::SharedWithMe) => texts.text("folder-shared-with-me", &[]),
        // Google's list has no name for it.
        NodeKind::Space(SpaceKind::Own) if node.name == "My Drive" => {
            texts.text("choose-my-drive", &[])
        }
        NodeKind::Space(SpaceKind::Calendars) => texts.text("choose-calendars", &[]),
        NodeKind::Space(SpaceKind::AddressBooks) => texts.text("choose-address-books", &[]),
        NodeKind::Space(SpaceKind::Orphans) => texts.text("folder-orphans", &[]),
        _ => visible(&node.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ItemId, SpaceId};

    fn node(name: &str, space: bool) -> TreeNode {
        TreeNode {
            branch: if space {
                Branch::Space(SpaceId::new(name))
            } else {
                Branch::Item(ItemId::new(name))
            },
            name: name.into(),
            kind: if space {
                NodeKind::Space(SpaceKind::Own)
            } else {
                NodeKind::Item(ItemKind::Folder)
            },
            sum: Sum { items: 1, bytes: 1 },
            has_branches: true,
        }
    }

    #[test]
    fn opens_and_closes_with_all_that_is_open_in_it() {
        let mut tree = Branches::default();
        tree.set_spaces(vec![node("s", true), node("t", true)], Selection::default());
        let s = tree.branch(0).cloned().unwrap();
        tree.open(&s, vec![node("a", false), node("b", false)]);
        let a = tree.branch(1).cloned().unwrap();
        tree.open(&a, vec![node("c", false)]);
        // An answer that comes twice hangs nothing twice.
        tree.open(&a, vec![node("c", false)]);
        let names = |tree: &Branches| -> Vec<String> {
            tree.rows.iter().map(|row| row.node.name.clone()).collect()
        };
        assert_eq!(names(&tree), ["s", "a", "c", "b", "t"]);
        assert_eq!(tree.table.total(), 5);
        tree.close(0);
        assert_eq!(names(&tree), ["s", "t"]);
        tree.close(1);
        assert_eq!(tree.table.total(), 2);
    }
}
