use std::collections::BTreeMap;

use futures::TryStreamExt as _;

use super::*;
use crate::source::testing::Collector;

struct Place {
    folder: tempfile::TempDir,
    source: FolderSource,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = FolderSource::new(folder.path().to_owned());
        Self { folder, source }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    async fn survey(&self) -> Collector {
        let mut collector = Collector::default();
        self.source.survey(&[], &mut collector).await.unwrap();
        collector
    }

    async fn item(&self, id: &str) -> Item {
        self.survey().await.items.remove(id).unwrap()
    }

    async fn content(&self, item: &Item, from: u64) -> Result<Vec<u8>, SourceError> {
        let content = self.source.read(item, from).await?;
        let pieces: Vec<Bytes> = content.stream.try_collect().await?;
        let bytes = pieces.concat();
        assert_eq!(content.length, Some(bytes.len() as u64));
        Ok(bytes)
    }

    fn set_modified(&self, name: &str, second: u64) {
        let file = fs::OpenOptions::new()
            .write(true)
            .open(self.path(name))
            .unwrap();
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(second);
        file.set_modified(time).unwrap();
    }
}

#[tokio::test]
async fn tells_of_everything_below() {
    let place = Place::new();
    place.write("a b/été.txt", "content");
    place.write(".hidden", "");
    fs::create_dir(place.path("empty")).unwrap();
    place.set_modified(".hidden", 1_500_000_000);

    let found = place.survey().await;
    let ids: Vec<&str> = found.items.keys().map(String::as_str).collect();
    assert_eq!(
        ids,
        [".hidden", "a%20b", "a%20b/%C3%A9t%C3%A9.txt", "empty"]
    );
    let file = &found.items["a%20b/%C3%A9t%C3%A9.txt"];
    assert_eq!(file.name, "été.txt");
    assert_eq!(file.parent, Some(ItemId::new("a%20b")));
    assert_eq!((file.kind, file.size), (ItemKind::File, Some(7)));
    let hidden = &found.items[".hidden"];
    assert_eq!(hidden.modified.unwrap().as_second(), 1_500_000_000);
    assert_eq!((hidden.size, hidden.parent.as_ref()), (Some(0), None));
    let empty = &found.items["empty"];
    assert_eq!((empty.kind, empty.size), (ItemKind::Folder, None));
    assert_eq!(found.spaces.len(), 1);
    assert!(found.items.values().all(|item| item.obstacle.is_none()));
}

#[tokio::test]
async fn tells_page_by_page() {
    let place = Place::new();
    for number in 0..1_200 {
        place.write(&format!("many/{number}"), "");
    }
    let found = place.survey().await;
    assert_eq!(found.items.len(), 1_201);
    assert_eq!(found.pages, 3);
}

#[cfg(unix)]
#[tokio::test]
async fn follows_no_link_and_waits_for_no_pipe() {
    let place = Place::new();
    place.write("real/a", "x");
    std::os::unix::fs::symlink("real", place.path("to folder")).unwrap();
    std::os::unix::fs::symlink("..", place.path("real/loop")).unwrap();
    std::os::unix::fs::symlink("nowhere", place.path("dangling")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(place.path("socket")).unwrap();

    let found = place.survey().await;
    let obstacle = |id: &str| (found.items[id].kind, found.items[id].obstacle);
    let link = (ItemKind::Special, Some(Reason::SymbolicLink));
    for id in ["to%20folder", "real/loop", "dangling"] {
        assert_eq!(obstacle(id), link, "{id}");
    }
    let special = (ItemKind::Special, Some(Reason::SpecialFile));
    assert_eq!(obstacle("socket"), special);
    assert_eq!(found.items.len(), 6);

    // A file that has become something else since.
    let file = found.items["real/a"].clone();
    fs::remove_file(place.path("real/a")).unwrap();
    let _other = std::os::unix::net::UnixListener::bind(place.path("real/a")).unwrap();
    let error = place.source.read(&file, 0).await.unwrap_err();
    assert!(matches!(error, SourceError::Changed));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn names_that_are_not_unicode_are_told_apart_and_read() {
    use std::os::unix::ffi::OsStringExt as _;
    let place = Place::new();
    for byte in [0xe9, 0xe8] {
        let name = OsString::from_vec(vec![b'a', byte]);
        fs::write(place.folder.path().join(name), [byte]).unwrap();
    }
    let found = place.survey().await;
    for (id, byte) in [("a%E9", 0xe9), ("a%E8", 0xe8)] {
        let item = &found.items[id];
        assert_eq!(item.name, "a\u{fffd}");
        assert_eq!(place.content(item, 0).await.unwrap(), [byte]);
    }
}

#[tokio::test]
async fn reads_from_any_position() {
    let place = Place::new();
    let content: Vec<u8> = (0..PIECE as u32 * 2 + 77)
        .map(|n| (n % 251) as u8)
        .collect();
    place.write("big", &content);
    place.write("empty", "");
    let item = place.item("big").await;
    for from in [0, 1, PIECE, PIECE + 1, content.len() - 1, content.len()] {
        assert_eq!(
            place.content(&item, from as u64).await.unwrap(),
            content[from..]
        );
    }
    let beyond = place.content(&item, content.len() as u64 + 1).await;
    assert!(matches!(beyond, Err(SourceError::Changed)));
    let empty = place.item("empty").await;
    assert_eq!(place.content(&empty, 0).await.unwrap(), b"");

    let mut stream = place.source.read(&item, 0).await.unwrap().stream;
    while let Some(piece) = stream.try_next().await.unwrap() {
        assert!(piece.len() <= PIECE);
    }
}

#[tokio::test]
async fn says_when_a_file_has_changed() {
    let place = Place::new();
    place.write("a", "first");
    place.set_modified("a", 1_500_000_000);
    let item = place.item("a").await;
    let now = place.source.version_now(&item).await.unwrap();
    assert_eq!(now.as_ref(), Some(&item.version));

    // The same size, another date; then the same date, another size.
    place.write("a", "other");
    assert!(matches!(
        place.content(&item, 0).await,
        Err(SourceError::Changed)
    ));
    place.write("a", "longer");
    place.set_modified("a", 1_500_000_000);
    assert!(matches!(
        place.content(&item, 0).await,
        Err(SourceError::Changed)
    ));
    assert_ne!(
        place.source.version_now(&item).await.unwrap(),
        Some(item.version.clone())
    );

    fs::remove_file(place.path("a")).unwrap();
    assert_eq!(place.source.version_now(&item).await.unwrap(), None);
    assert!(matches!(
        place.content(&item, 0).await,
        Err(SourceError::NotFound)
    ));
}

#[tokio::test]
async fn says_when_a_file_changes_while_it_is_read() {
    let place = Place::new();
    place.write("a", vec![7; PIECE * 3]);
    let item = place.item("a").await;
    let change: [fn(&Place); 2] = [
        |place| place.set_modified("a", 1_500_000_000),
        |place| {
            let file = fs::OpenOptions::new().write(true).open(place.path("a"));
            file.unwrap().set_len(PIECE as u64 + 1).unwrap();
        },
    ];
    for change in change {
        place.write("a", vec![7; PIECE * 3]);
        let item = Item {
            version: version(&fs::metadata(place.path("a")).unwrap()),
            ..item.clone()
        };
        let mut content = place.source.read(&item, 0).await.unwrap();
        assert!(content.stream.try_next().await.unwrap().is_some());
        change(&place);
        let rest: Result<Vec<Bytes>, SourceError> = content.stream.try_collect().await;
        assert!(matches!(rest, Err(SourceError::Changed)));
    }
}

#[tokio::test]
async fn a_disk_that_was_unplugged_is_no_deleted_file() {
    let place = Place::new();
    place.write("a", "x");
    let item = place.item("a").await;
    fs::remove_dir_all(place.folder.path()).unwrap();
    for error in [
        place.source.check().await.unwrap_err(),
        place.source.read(&item, 0).await.unwrap_err(),
        place.source.version_now(&item).await.unwrap_err(),
        place
            .source
            .survey(&[], &mut Collector::default())
            .await
            .unwrap_err(),
    ] {
        assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
    }
}

/// Walks with a listing that fails where `list` says so: file permissions do not stop root.
fn walk_with(place: &Place, list: &dyn Fn(&Path) -> io::Result<Names>) -> BTreeMap<String, Item> {
    let mut items = BTreeMap::new();
    walk(place.folder.path(), list, &mut |item| {
        items.insert(item.id.0.clone(), item);
        true
    })
    .unwrap();
    items
}

#[test]
fn a_folder_that_cannot_be_listed_stops_nothing_else() {
    let place = Place::new();
    place.write("a/closed/x", "");
    place.write("a/open/y", "");
    let refused = || io::Error::from(io::ErrorKind::PermissionDenied);

    let items = walk_with(&place, &|folder| match folder.ends_with("closed") {
        true => Err(refused()),
        false => names_in(folder),
    });
    let ids: Vec<&str> = items.keys().map(String::as_str).collect();
    assert_eq!(ids, ["a", "a/closed", "a/open", "a/open/y"]);
    assert_eq!(items["a/closed"].obstacle, Some(Reason::Unreadable));

    // One that breaks off in the middle does not pass for whole.
    let items = walk_with(&place, &|folder| match folder.ends_with("a") {
        true => Ok(Box::new(
            names_in(folder)?
                .take(1)
                .chain(std::iter::once(Err(refused()))),
        )),
        false => names_in(folder),
    });
    assert_eq!(items["a"].obstacle, Some(Reason::Unreadable));
}

#[test]
fn goes_deeper_than_handles_are_open() {
    let place = Place::new();
    let deep = "d/".repeat(OPEN_FOLDERS + 40);
    place.write(&format!("{deep}file"), "");
    let items = walk_with(&place, &names_in);
    assert_eq!(items.len(), OPEN_FOLDERS + 41);
    assert!(items.contains_key(&format!("{deep}file")));
}

#[test]
fn stops_when_nobody_listens() {
    let place = Place::new();
    for number in 0..20 {
        place.write(&number.to_string(), "");
    }
    let mut taken = 0;
    walk(place.folder.path(), &names_in, &mut |_| {
        taken += 1;
        taken < 5
    })
    .unwrap();
    assert_eq!(taken, 5);
}
