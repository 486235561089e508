use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use futures::StreamExt as _;
use proptest::prelude::*;

use super::super::testing::Collector;
use super::*;
use crate::model::ItemKind;

const SERIES: &str = "takeout-20260131T101500Z-1";
/// 2020-09-13T12:26:40Z
const THEN: u64 = 1_600_000_000;

pub(super) fn part(folder: &Path, number: u32, ending: &str) -> PathBuf {
    folder.join(format!("{SERIES}-{number:03}.{ending}"))
}

pub(super) fn write_zip(path: &Path, files: &[(&str, &[u8])]) {
    let mut archive = rawzip::ZipArchiveWriter::new(File::create(path).unwrap());
    for (n, (name, bytes)) in files.iter().enumerate() {
        // Stored and deflated by turns.
        let method = match n % 2 {
            0 => rawzip::CompressionMethod::DEFLATE,
            _ => rawzip::CompressionMethod::STORE,
        };
        let (mut entry, config) = archive
            .new_file(*name)
            .compression_method(method)
            .last_modified(rawzip::time::UtcDateTime::from_unix(
                i64::try_from(THEN).unwrap(),
            ))
            .start()
            .unwrap();
        let output = if n % 2 == 0 {
            let encoder =
                flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
            let mut writer = config.wrap(encoder);
            writer.write_all(bytes).unwrap();
            let (encoder, output) = writer.finish().unwrap();
            encoder.finish().unwrap();
            output
        } else {
            let mut writer = config.wrap(&mut entry);
            writer.write_all(bytes).unwrap();
            writer.finish().unwrap().1
        };
        entry.finish(output).unwrap();
    }
    archive.finish().unwrap();
}

pub(super) fn write_tgz(path: &Path, files: &[(&str, &[u8])]) {
    let encoder =
        flate2::write::GzEncoder::new(File::create(path).unwrap(), flate2::Compression::fast());
    let mut builder = tar::Builder::new(encoder);
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mtime(THEN);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap();
}

pub(super) async fn surveyed(path: &Path) -> (TakeoutSource, Collector) {
    let source = TakeoutSource::new(path.to_owned());
    source.check().await.unwrap();
    let mut found = Collector::default();
    source.survey(&[], &mut found).await.unwrap();
    (source, found)
}

pub(super) async fn read(
    source: &TakeoutSource,
    item: &Item,
    from: u64,
) -> Result<Vec<u8>, SourceError> {
    let content = source.read(item, from).await?;
    let mut bytes = Vec::new();
    let mut stream = content.stream;
    while let Some(piece) = stream.next().await {
        bytes.extend_from_slice(&piece?);
    }
    if let Some(length) = content.length {
        assert_eq!(length, bytes.len() as u64);
    }
    Ok(bytes)
}

fn long() -> Vec<u8> {
    (0..700_000_u32)
        .flat_map(|n| (n / 7).to_le_bytes())
        .collect()
}

/// A folder scattered over two parts, of one packing.
pub(super) type Write = fn(&Path, &[(&str, &[u8])]);

async fn reads_what_it_lists(write: Write, ending: &str) {
    let folder = tempfile::tempdir().unwrap();
    let long = long();
    let first: &[(&str, &[u8])] = &[
        ("Takeout/archive_browser.html", b"<html>"),
        ("Takeout/Drive/Cafe\u{301}/a.txt", b"a"),
        ("Takeout/Drive/Cafe\u{301}/long.bin", &long),
        ("Takeout/Drive/empty", b""),
    ];
    write(&part(folder.path(), 1, ending), first);
    let second: &[(&str, &[u8])] = &[("Takeout/Drive/Cafe\u{301}/b.txt", b"bb")];
    write(&part(folder.path(), 2, ending), second);

    let (source, found) = surveyed(&part(folder.path(), 2, ending)).await;
    assert_eq!(found.items.len(), 6, "{:?}", found.items.keys());
    let long_item = &found.items["Drive/Cafe\u{301}/long.bin"];
    assert_eq!(long_item.size, Some(long.len() as u64));
    assert_eq!(long_item.modified.unwrap().as_second(), 1_600_000_000);
    assert_eq!(
        long_item.parent.as_ref().unwrap().as_str(),
        "Drive/Cafe\u{301}"
    );
    assert_eq!(found.items["Drive/Cafe\u{301}"].parent, None);

    for (name, bytes) in first.iter().chain(second) {
        let item = &found.items[name.strip_prefix("Takeout/").unwrap()];
        assert_eq!(read(&source, item, 0).await.unwrap(), *bytes, "{name}");
    }
    // Backwards, from the middle, at the end.
    for from in [2_000_000, 131_072, 1, long.len()] {
        let rest = read(&source, long_item, from as u64).await.unwrap();
        assert!(rest == long[from..], "from {from}");
    }
}

#[tokio::test]
async fn reads_zip_parts() {
    reads_what_it_lists(write_zip, "zip").await;
}

#[tokio::test]
async fn reads_tgz_parts() {
    reads_what_it_lists(write_tgz, "tgz").await;
}

#[tokio::test]
async fn files_of_a_tgz_are_read_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<(String, Vec<u8>)> = (0..60_u32)
        .map(|n| (format!("Takeout/Drive/{n}"), vec![n as u8; 50_000]))
        .collect();
    let borrowed: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    write_tgz(&part(folder.path(), 1, "tgz"), &borrowed);
    let (source, found) = surveyed(folder.path()).await;
    let all = futures::stream::iter(&files)
        .map(|(name, bytes)| {
            let item = found.items[name.strip_prefix("Takeout/").unwrap()].clone();
            let source = source.clone();
            async move { read(&source, &item, 0).await.unwrap() == *bytes }
        })
        .buffer_unordered(10)
        .all(|same| async move { same })
        .await;
    assert!(all);
}

#[tokio::test]
async fn a_flipped_byte_never_passes_for_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = part(folder.path(), 1, "zip");
    let files: &[(&str, &[u8])] = &[
        ("Takeout/Drive/x", b"x"),
        ("Takeout/Drive/stored", &[7; 9000]),
    ];
    write_zip(&path, files);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(9000).position(|w| w == [7; 9000]).unwrap();
    bytes[at + 4500] ^= 1;
    std::fs::write(&path, bytes).unwrap();

    let (source, found) = surveyed(&path).await;
    let item = &found.items["Drive/stored"];
    let content = source.read(item, 0).await.unwrap();
    let mut stream = content.stream;
    let mut arrived = 0;
    let error = loop {
        match stream.next().await {
            Some(Ok(piece)) => arrived += piece.len(),
            Some(Err(error)) => break error,
            None => panic!("passed"),
        }
    };
    assert!(
        arrived < 9000,
        "the last bytes must not be sent before the checksum is known"
    );
    assert_eq!(error.reason(), Reason::ArchivePartDamaged);
}

#[tokio::test]
async fn damaged_and_missing_parts_are_named_and_the_rest_is_read() {
    for (write, ending) in [(write_zip as Write, "zip"), (write_tgz, "tgz")] {
        let folder = tempfile::tempdir().unwrap();
        write(
            &part(folder.path(), 1, ending),
            &[("Takeout/Drive/a", b"a")],
        );
        let noise: Vec<u8> = (0..300_000_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        let cut = part(folder.path(), 3, ending);
        write(
            &cut,
            &[("Takeout/Drive/b", &noise), ("Takeout/Drive/c", &noise)],
        );
        let half = std::fs::read(&cut).unwrap();
        std::fs::write(&cut, &half[..half.len() / 2]).unwrap();
        std::fs::write(part(folder.path(), 4, ending), b"<html>Sorry").unwrap();

        let (source, found) = surveyed(folder.path()).await;
        let obstacles: Vec<_> = found
            .items
            .values()
            .filter_map(|item| Some((item.name.clone(), item.obstacle?)))
            .collect();
        assert_eq!(
            obstacles,
            [
                (format!("{SERIES}-002.{ending}"), Reason::ArchivePartMissing),
                (format!("{SERIES}-003.{ending}"), Reason::ArchivePartDamaged),
                (format!("{SERIES}-004.{ending}"), Reason::ArchivePartDamaged),
            ]
        );
        assert!(
            found
                .items
                .values()
                .all(|item| item.obstacle.is_none() || item.kind == ItemKind::Special)
        );
        assert_eq!(
            read(&source, &found.items["Drive/a"], 0).await.unwrap(),
            b"a"
        );
    }
}

#[tokio::test]
async fn an_unpacked_export_has_its_drive_at_the_top() {
    let folder = tempfile::tempdir().unwrap();
    let drive = folder.path().join("Takeout/Drive/Notes");
    std::fs::create_dir_all(&drive).unwrap();
    std::fs::write(drive.join("a.txt"), b"a").unwrap();
    std::fs::write(folder.path().join("Takeout/archive_browser.html"), b"x").unwrap();
    let (source, found) = surveyed(folder.path()).await;
    let parents: Vec<_> = found
        .items
        .values()
        .map(|item| {
            (
                item.name.as_str(),
                item.parent.as_ref().map(|parent| parent.as_str()),
            )
        })
        .collect();
    assert_eq!(
        parents,
        [
            ("Notes", None),
            ("a.txt", Some("Drive/Notes")),
            ("archive_browser.html", None)
        ]
    );
    let item = &found.items["Drive/Notes/a.txt"];
    assert_eq!(read(&source, item, 0).await.unwrap(), b"a");
}

#[tokio::test]
async fn a_place_that_is_gone_is_told() {
    let source = TakeoutSource::new("/nowhere/takeout-1-001.zip".into());
    let error = source.check().await.unwrap_err();
    assert!(
        matches!(error, SourceError::Unreachable { .. }),
        "{error:?}"
    );
}

fn list_all(part: &Part) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut take = |entry| {
        entries.push(entry);
        true
    };
    let _ = match part.packing {
        Some(Packing::Zip) => zip::list(&part.path, &part.name, &mut take),
        Some(Packing::Tgz) => tgz::list(&part.path, &part.name, &mut take),
        None => Ok(()),
    };
    entries
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever a download left behind: no panic, and nothing that passes for a whole file.
    #[test]
    fn arbitrary_damage_is_survived(flips in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..8), tgz: bool) {
        let folder = tempfile::tempdir().unwrap();
        let path = part(folder.path(), 1, if tgz { "tgz" } else { "zip" });
        let files: &[(&str, &[u8])] = &[("Takeout/Drive/a", &[3; 5000]), ("Takeout/Drive/b", &[5; 5000])];
        if tgz { write_tgz(&path, files) } else { write_zip(&path, files) }
        let mut bytes = std::fs::read(&path).unwrap();
        for (at, flip) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
        }
        std::fs::write(&path, bytes).unwrap();
        let Export::Packed { parts, .. } = Export::find(&path).unwrap() else { unreachable!() };
        for entry in list_all(&parts[0]) {
            let Lies::Zip { at, packed, size, method, crc, .. } = entry.lies else { continue };
            let mut content = Vec::new();
            let mut broke = false;
            let place = zip::Place { at, packed, size, method, crc };
            let read = zip::read(&path, place, 0, &mut |piece| {
                match piece { Ok(piece) => content.extend_from_slice(&piece), Err(_) => broke = true }
                content.len() < 1_000_000
            });
            if read.is_ok() && !broke && content.len() as u64 == size {
                let mut sum = flate2::Crc::new();
                sum.update(&content);
                prop_assert_eq!(sum.sum(), crc);
            }
        }
    }
}

#[test]
fn a_reader_that_stops_is_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let path = part(folder.path(), 1, "zip");
    let long = long();
    write_zip(&path, &[("Takeout/Drive/long", &long)]);
    let Export::Packed { parts, .. } = Export::find(&path).unwrap() else {
        panic!("parts");
    };
    let entries = list_all(&parts[0]);
    let Lies::Zip {
        at,
        packed,
        size,
        method,
        crc,
        ..
    } = entries[0].lies.clone()
    else {
        panic!("a zip");
    };
    let mut pieces = 0;
    let place = zip::Place {
        at,
        packed,
        size,
        method,
        crc,
    };
    zip::read(&path, place, 0, &mut |_| {
        pieces += 1;
        pieces < 2
    })
    .unwrap();
    assert_eq!(pieces, 2);
}
