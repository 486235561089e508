use std::collections::HashSet;

use super::*;

/// Everything, by walking from the home.
fn walk(seeded: &Seeded) -> Vec<(Vec<String>, Entry)> {
    let mut found = Vec::new();
    let mut open = vec![(Vec::new(), HOME)];
    while let Some((path, folder)) = open.pop() {
        let mut from = 0;
        loop {
            let batch = seeded.children(folder, from, 7);
            from += batch.len() as u64;
            if batch.is_empty() {
                break;
            }
            for entry in batch {
                let mut path = path.clone();
                path.push(entry.name.clone());
                if entry.folder {
                    open.push((path.clone(), entry.id));
                }
                found.push((path, entry));
            }
        }
    }
    found
}

#[test]
fn a_walk_finds_exactly_what_is_counted() {
    for items in [0, 1, 5, 59, 60, 500, 5_000] {
        let seeded = Seeded::new(3, items);
        let found = walk(&seeded);
        assert_eq!(found.len() as u64, items, "{items} items");
        assert_eq!(seeded.counts().items(), items);
        let own_files = found
            .iter()
            .filter(|(_, e)| !e.folder && e.mount.is_empty());
        assert_eq!(
            own_files.map(|(_, e)| e.size).sum::<u64>(),
            seeded.counts().bytes
        );
        let paths: HashSet<_> = found.iter().map(|(path, _)| path).collect();
        assert_eq!(paths.len(), found.len());
        let ids: HashSet<_> = found.iter().map(|(_, entry)| entry.id).collect();
        assert_eq!(ids.len(), found.len());
    }
}

#[test]
fn every_path_leads_back() {
    let seeded = Seeded::new(4, 3_000);
    let found = walk(&seeded);
    for (path, entry) in &found {
        let again = seeded.find(path).unwrap_or_else(|| panic!("{path:?}"));
        assert_eq!((again.id, again.size), (entry.id, entry.size));
    }
    assert!(seeded.find(&["nowhere".to_owned()]).is_none());
    let favourites: HashSet<_> = seeded
        .favourites(&[])
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    let expected: HashSet<_> = found
        .iter()
        .filter(|(_, entry)| entry.favourite)
        .map(|(path, _)| path.clone())
        .collect();
    assert!(expected.len() > 10);
    assert_eq!(favourites, expected);
}

#[test]
fn a_folder_is_as_large_as_what_it_holds() {
    let seeded = Seeded::new(5, 2_000);
    let found = walk(&seeded);
    for (folder, entry) in found.iter().filter(|(_, entry)| entry.folder) {
        let inside = found.iter().filter(|(path, _)| path.starts_with(folder));
        let size: u64 = inside
            .filter(|(_, entry)| !entry.folder)
            .map(|(_, entry)| entry.size)
            .sum();
        assert_eq!(entry.size, size, "{folder:?}");
    }
}

#[test]
fn checksums_are_those_of_the_content() {
    let seeded = Seeded::new(6, 300);
    let with_checksum: Vec<_> = walk(&seeded)
        .into_iter()
        .filter(|(_, entry)| !entry.checksum.is_empty())
        .collect();
    assert!(with_checksum.len() > 20);
    for (_, entry) in with_checksum {
        let bytes = seeded.content(entry.id).bytes(0, u64::MAX);
        let sha1 = crate::hash::digest(HashAlgorithm::Sha1, &bytes);
        assert_eq!(entry.checksum, format!("SHA1:{}", sha1.hex));
        assert_eq!(bytes.len() as u64, entry.size);
    }
}
