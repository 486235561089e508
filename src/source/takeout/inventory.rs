//! Entries of an archive as items: the folders that they lie in are nowhere listed, and the same folder
//! turns up in several parts.

use super::entry::Entry;
use crate::model::{Item, ItemId, ItemKind, Reason, SpaceId};

/// The folder that everything lies in.
const TOP: &str = "Takeout";
/// Where the files of My Drive lie; its content arrives at the top, as from Drive itself.
const DRIVE: [&str; 2] = ["Drive", "Google Drive"];

/// Whether this is the folder of My Drive's files, below the top.
pub(super) fn is_drive(product: &str) -> bool {
    DRIVE.contains(&product)
}

/// The names of a path below the top.
pub(super) fn names_of(path: &str) -> Vec<&str> {
    let mut names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
    if names.first() == Some(&TOP) && names.len() > 1 {
        names.remove(0);
    }
    names
}

/// Makes items of entries as they come. Holds only the folders that the last one lies in; the ledger
/// takes a folder that comes again for the same one.
#[derive(Debug)]
pub(super) struct Inventory {
    space: SpaceId,
    folders: Vec<String>,
}

impl Inventory {
    pub(super) const fn new(space: SpaceId) -> Self {
        Self {
            space,
            folders: Vec::new(),
        }
    }

    /// The file, after the folders that were not told of right before.
    pub(super) fn items(&mut self, entry: Entry) -> Vec<Item> {
        let names = names_of(&entry.path);
        let Some((name, folders)) = names.split_last() else {
            return Vec::new();
        };
        let mut items = Vec::new();
        let known = self
            .folders
            .iter()
            .zip(folders)
            .take_while(|(known, folder)| known == *folder)
            .count();
        for depth in known..folders.len() {
            let path = folders.get(..=depth).unwrap_or_default();
            if let ([product], true) = (path, path.iter().all(|product| is_drive(product))) {
                tracing::trace!(product, "the files of My Drive");
                continue;
            }
            if let Some((name, above)) = path.split_last() {
                items.push(self.item(above, name, ItemKind::Folder));
            }
        }
        self.folders = folders.iter().map(|name| (*name).to_owned()).collect();
        let mut item = self.item(folders, name, ItemKind::File);
        item.size = Some(entry.size);
        item.modified = entry.modified;
        item.version = entry.version;
        item.locator = serde_json::to_string(&entry.lies).unwrap_or_default();
        items.push(item);
        items
    }

    /// A part that cannot be read, or is not there: what lay in it, nobody knows.
    pub(super) fn part(&self, name: &str, obstacle: Reason) -> Item {
        let id = format!("part:{name}");
        let mut item = Item::new(self.space.clone(), id, None, name, ItemKind::Special);
        item.obstacle = Some(obstacle);
        item
    }

    fn item(&self, above: &[&str], name: &str, kind: ItemKind) -> Item {
        let parent = match above {
            [] => None,
            [product] if is_drive(product) => None,
            above => Some(ItemId::new(above.join("/"))),
        };
        let mut id = above.join("/");
        if !id.is_empty() {
            id.push('/');
        }
        id.push_str(name);
        Item::new(self.space.clone(), id, parent, name, kind)
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::Lies;
    use super::*;

    fn entry(path: &str) -> Entry {
        Entry {
            path: path.into(),
            size: 3,
            modified: None,
            version: "v".into(),
            start: Vec::new(),
            lies: Lies::Tgz {
                part: "p".into(),
                at: 0,
                size: 3,
            },
        }
    }

    #[test]
    fn folders_come_before_what_lies_in_them_and_drive_is_the_top() {
        let mut inventory = Inventory::new(SpaceId::new("takeout"));
        let mut told = Vec::new();
        for path in [
            "Takeout/archive_browser.html",
            "Takeout/Drive/a/b/1.txt",
            "Takeout/Drive/a/b/2.txt",
            "Takeout/Drive/a/3.txt",
            "Takeout/Drive/4.txt",
            "Takeout/Keep/note.html",
        ] {
            for item in inventory.items(entry(path)) {
                let parent = item.parent.map_or(String::new(), |parent| parent.0);
                told.push(format!("{} in {parent:?} ({})", item.id, item.kind.code()));
            }
        }
        assert_eq!(
            told,
            [
                r#"archive_browser.html in "" (file)"#,
                r#"Drive/a in "" (folder)"#,
                r#"Drive/a/b in "Drive/a" (folder)"#,
                r#"Drive/a/b/1.txt in "Drive/a/b" (file)"#,
                r#"Drive/a/b/2.txt in "Drive/a/b" (file)"#,
                r#"Drive/a/3.txt in "Drive/a" (file)"#,
                r#"Drive/4.txt in "" (file)"#,
                r#"Keep in "" (folder)"#,
                r#"Keep/note.html in "Keep" (file)"#,
            ]
        );
    }
}
