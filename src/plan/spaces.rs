//! Where each space of the source begins at the target.

use std::collections::HashSet;

use crate::model::{FolderNames, Space, SpaceId, SpaceKind, TargetRules};

use super::join;
use super::naming::{LegalName, NameOf, Naming, name_key};

/// The top of a space at the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Top {
    pub space: SpaceId,
    /// Relative to the account's files, without a leading `/`.
    pub path: String,
}

/// Where the content of each space goes, in the order of `spaces`; `before` is where it went in an earlier
/// plan, which stays. `folder` is [`crate::model::TargetConfig::folder`].
///
/// The second part are the names in `folder` that the tops take, for [`super::FolderView::claimed`] of the
/// account's own top, so that no folder of the source is mixed up with one that does not exist there.
pub fn tops_of_spaces(
    spaces: &[Space],
    before: impl Fn(&SpaceId) -> Option<String>,
    folder: &str,
    names: &FolderNames,
    rules: &TargetRules,
) -> (Vec<Top>, Vec<String>) {
    let naming = Naming::new(rules);
    let legal = |name: &str| naming.legal(name, NameOf::Folder);
    let place = |name: &str| join(folder, &legal(name).text);
    let drives = place(&names.shared_drives);
    let known: Vec<Option<String>> = spaces.iter().map(|space| before(&space.id)).collect();
    let mut taken: HashSet<String> = known.iter().flatten().map(|path| name_key(path)).collect();
    let mut paths = known;
    let mut order: Vec<usize> = (0..spaces.len()).collect();
    order.sort_by_key(|at| spaces.get(*at).map(|space| &space.id));
    for at in order {
        let (Some(space), Some(path)) = (spaces.get(at), paths.get_mut(at)) else {
            continue;
        };
        if path.is_some() {
            continue;
        }
        *path = Some(match space.kind {
            SpaceKind::Own => folder.to_owned(),
            SpaceKind::SharedWithMe => place(&names.shared_with_me),
            SpaceKind::Orphans => place(&names.orphans),
            // Collections lie beside the files, not among them.
            SpaceKind::Calendars | SpaceKind::AddressBooks => String::new(),
            SpaceKind::SharedDrive => free(&naming, &drives, &legal(&space.name), &mut taken),
        });
    }
    let tops: Vec<Top> = spaces
        .iter()
        .zip(paths)
        .map(|(space, path)| Top {
            space: space.id.clone(),
            path: path.unwrap_or_default(),
        })
        .collect();
    let claimed = claimed(&tops, folder);
    (tops, claimed)
}

/// A path in `parent` that no other space has.
fn free(
    naming: &Naming<'_>,
    parent: &str,
    name: &LegalName,
    taken: &mut HashSet<String>,
) -> String {
    let first = join(parent, &name.text);
    if taken.insert(name_key(&first)) {
        return first;
    }
    (2..)
        .filter_map(|number| naming.numbered(name, number))
        .map(|name| join(parent, &name))
        .find(|path| taken.insert(name_key(path)))
        .unwrap_or(first)
}

fn claimed(tops: &[Top], folder: &str) -> Vec<String> {
    let mut names: Vec<String> = tops
        .iter()
        .filter_map(|top| {
            let below = match folder {
                "" => Some(top.path.as_str()),
                folder => top.path.strip_prefix(folder)?.strip_prefix('/'),
            };
            let name = below?.split('/').next()?;
            (!name.is_empty()).then(|| name.to_owned())
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(id: &str, kind: SpaceKind, name: &str) -> Space {
        Space {
            id: SpaceId::new(id),
            kind,
            name: name.into(),
            change_token: None,
        }
    }

    fn names() -> FolderNames {
        FolderNames {
            shared_drives: "Drive partagés".into(),
            shared_with_me: "Partagés avec moi".into(),
            orphans: "Orphelins".into(),
        }
    }

    fn paths(spaces: &[Space], folder: &str) -> (Vec<String>, Vec<String>) {
        let rules = TargetRules::default();
        let (tops, claimed) = tops_of_spaces(spaces, |_| None, folder, &names(), &rules);
        (tops.into_iter().map(|top| top.path).collect(), claimed)
    }

    #[test]
    fn each_kind_has_its_place() {
        let spaces = [
            space("own", SpaceKind::Own, "My Drive"),
            space("d1", SpaceKind::SharedDrive, "Bureau 24/25"),
            space("me", SpaceKind::SharedWithMe, "Shared with me"),
            space("o", SpaceKind::Orphans, "Orphans"),
        ];
        let (found, claimed) = paths(&spaces, "Google Drive");
        assert_eq!(
            found,
            [
                "Google Drive",
                "Google Drive/Drive partagés/Bureau 24-25",
                "Google Drive/Partagés avec moi",
                "Google Drive/Orphelins"
            ]
        );
        assert_eq!(
            claimed,
            ["Drive partagés", "Orphelins", "Partagés avec moi"]
        );
        assert_eq!(paths(&spaces[..1], ""), (vec![String::new()], vec![]));
        assert_eq!(paths(&spaces[3..], "").1, ["Orphelins"]);
    }

    #[test]
    fn drives_of_one_name_are_told_apart_whatever_their_order() {
        let mut spaces = vec![
            space("b", SpaceKind::SharedDrive, "Bureau"),
            space("a", SpaceKind::SharedDrive, "bureau"),
        ];
        let (found, _) = paths(&spaces, "");
        assert_eq!(
            found,
            ["Drive partagés/Bureau (2)", "Drive partagés/bureau"]
        );
        spaces.reverse();
        let (again, _) = paths(&spaces, "");
        assert_eq!(
            again,
            ["Drive partagés/bureau", "Drive partagés/Bureau (2)"]
        );
    }

    #[test]
    fn a_space_keeps_its_place() {
        let spaces = [
            space("a", SpaceKind::SharedDrive, "Bureau"),
            space("b", SpaceKind::SharedDrive, "Bureau"),
        ];
        let rules = TargetRules::default();
        let before = |id: &SpaceId| (id.0 == "b").then(|| "Drive partagés/Bureau".to_owned());
        let (tops, _) = tops_of_spaces(&spaces, before, "", &names(), &rules);
        assert_eq!(tops[0].path, "Drive partagés/Bureau (2)");
        assert_eq!(tops[1].path, "Drive partagés/Bureau");
    }
}
