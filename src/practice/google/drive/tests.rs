use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::*;

fn drive(items: u64) -> Drive {
    Drive::new(3, items, Sizes::for_items(items), Edits::default())
}

fn search(q: &str) -> Search {
    Search {
        expr: Some(Expr::parse(q).unwrap()),
        corpora: Corpora::User,
        all_drives: false,
    }
}

fn all(drive: &Drive, search: &Search) -> Vec<Node> {
    let mut found = Vec::new();
    let mut from = Some(0);
    while let Some(position) = from {
        let page = drive.page(search, position, 100);
        found.extend(page.items.into_iter().map(|(node, _)| node));
        from = page.next;
    }
    found
}

#[test]
fn the_flat_list_and_the_walk_agree() {
    let drive = drive(2_000);
    let flat: HashSet<String> = all(&drive, &search("trashed=false and 'me' in owners"))
        .into_iter()
        .map(|node| node.id)
        .collect();
    let mut walked = HashSet::new();
    let mut open = vec![drive.root().to_owned()];
    while let Some(folder) = open.pop() {
        for node in all(
            &drive,
            &search(&format!("'{folder}' in parents and trashed=false")),
        ) {
            if node.is_folder() {
                open.push(node.id.clone());
            }
            assert!(walked.insert(node.id));
        }
    }
    // Orphans and what lies in other people's folders cannot be walked to.
    assert!(walked.is_subset(&flat));
    assert_eq!(flat.len() - walked.len(), 5);
    assert!(flat.len() > 2_050);
}

#[test]
fn what_is_edited_is_found_once() {
    let mut drive = drive(500);
    let everything = search("trashed=false");
    let before = all(&drive, &everything);
    let file = before.iter().find(|n| n.content().is_some()).unwrap();
    let folder = before
        .iter()
        .find(|n| n.is_folder() && n.name == "Comptabilité")
        .unwrap();
    assert!(drive.edit(&file.id, 1, |node| node.parent = Some(folder.id.clone())));
    assert_eq!(all(&drive, &everything).len(), before.len());
    let inside = search(&format!("'{}' in parents", folder.id));
    let listed = all(&drive, &inside);
    assert_eq!(listed.iter().filter(|n| n.id == file.id).count(), 1);
    let old = search(&format!("'{}' in parents", file.parent.clone().unwrap()));
    assert!(all(&drive, &old).iter().all(|n| n.id != file.id));

    // With its folder, all that lies in it goes to the trash, and then away.
    assert!(drive.edit(&folder.id, 2, |node| node.trashed = true));
    let (_, trashed) = drive.find(&file.id).unwrap();
    assert!(trashed);
    assert!(all(&drive, &everything).len() < before.len() - 1);
    assert!(drive.delete(&folder.id, 3));
    assert!(drive.find(&file.id).is_none());

    let token = FIRST_CHANGE;
    let (changes, next) = drive.changes(token, 100, |_| true).unwrap();
    let changed: Vec<_> = changes.iter().map(|c| c.file.as_str()).collect();
    assert_eq!(changed, [file.id.as_str(), folder.id.as_str()]);
    assert_eq!(next, drive.change_token());
    assert!(drive.changes(next + 1, 100, |_| true).is_none());
}

#[test]
fn edits_survive_being_written_down() {
    let mut drive = drive(10);
    let id = drive.add("root", "neuf.txt", NodeKind::Folder, 5).unwrap();
    let text = serde_json::to_string(drive.edits()).unwrap();
    let edits: Edits = serde_json::from_str(&text).unwrap();
    let again = Drive::new(3, 10, Sizes::Mixed, edits);
    assert_eq!(again.find(&id), drive.find(&id));
    assert_eq!(again.change_token(), drive.change_token());
}

#[test]
fn a_million_items_cost_no_more_a_page() {
    let drive = drive(1_000_000);
    let all = search("trashed=false");
    let started = Instant::now();
    for from in [0, 499_000, 999_000] {
        let page = drive.page(&all, from, 1_000);
        assert!(page.items.len() > 900, "{}", page.items.len());
    }
    let none = search("name = 'nulle part'");
    let page = drive.page(&none, 300_000, 1_000);
    assert_eq!((page.items.len(), page.next), (0, Some(305_000)));
    let shared = search("sharedWithMe");
    assert_eq!(drive.page(&shared, 0, 1_000).next, None);
    // Generous: the point is that nothing walks through the million.
    assert!(started.elapsed() < Duration::from_secs(5));
}
