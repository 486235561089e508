use std::io::Write as _;

use super::*;

fn all(bench: &Bench) -> Vec<FileState> {
    bench
        .control()
        .files("camille")
        .map(Result::unwrap)
        .collect()
}

fn blobs(bench: &Bench) -> usize {
    let shelves = std::fs::read_dir(bench.directory.path().join("blobs")).unwrap();
    shelves
        .map(|shelf| std::fs::read_dir(shelf.unwrap().path()).unwrap().count())
        .sum()
}

/// One of everything that is remembered.
async fn fill(bench: &Bench) {
    assert_eq!(status(bench.on("MKCOL", "d")).await, 201);
    bench.put("d/a.txt", "first").await;
    bench.put("d/a.txt", "second").await;
    bench.put("b.txt", "moved").await;
    bench.put("c.txt", "trashed").await;
    let to_e = bench
        .on("MOVE", "b.txt")
        .header("Destination", "/remote.php/dav/files/camille/d/e.txt");
    assert_eq!(status(to_e).await, 201);
    let copy = bench
        .on("COPY", "d/a.txt")
        .header("Destination", "/remote.php/dav/files/camille/copy.txt");
    assert_eq!(status(copy).await, 201);
    assert_eq!(status(bench.on("DELETE", "c.txt")).await, 204);
    let properties = r#"<d:propertyupdate xmlns:d="DAV:" xmlns:o="http://owncloud.org/ns"><d:set><d:prop><o:favorite>1</o:favorite><d:lastmodified>1400000000</d:lastmodified><x xmlns="urn:x">&lt;dead&gt;</x></d:prop></d:set></d:propertyupdate>"#;
    assert_eq!(
        status(bench.on("PROPPATCH", "d").body(properties)).await,
        207
    );
    bench.begin_upload("u", "late.bin", "chunk").await;
    bench.begin_upload("v", "whole.bin", "assembled").await;
    assert_eq!(
        status(bench.upload("MOVE", "v/.file", "whole.bin")).await,
        201
    );
    bench.control().set_quota("bob", Some(77)).unwrap();
}

#[tokio::test]
async fn everything_is_found_again() {
    let mut bench = Bench::start().await;
    // What a new account finds in its calendar and its address book.
    let own = blobs(&bench);
    fill(&bench).await;
    let (files, trash) = (all(&bench), bench.control().trash("camille"));
    let uploads = bench.control().uploads("camille");
    assert_eq!(files.len(), 5);
    // Once from the journal as it was written, once from its compacted form.
    for _ in 0..2 {
        bench = bench.again().await;
        assert_eq!(all(&bench), files);
        assert_eq!(bench.control().trash("camille"), trash);
        assert_eq!(bench.control().uploads("camille"), uploads);
        assert_eq!(
            blobs(&bench),
            own + 5,
            "two share one, and nothing is left over"
        );
    }
    let folder = files.iter().find(|file| file.path == "d").unwrap();
    assert!(folder.favourite);
    assert_eq!(folder.mtime, 1_400_000_000);
    let wanted = r#"<d:propfind xmlns:d="DAV:"><d:prop><x xmlns="urn:x"/></d:prop></d:propfind>"#;
    let answer = bench.on("PROPFIND", "d").header("Depth", "0").body(wanted);
    let answer = answer.send().await.unwrap().text().await.unwrap();
    assert!(answer.contains("&lt;dead&gt;"), "{answer}");
    assert_eq!(
        status(bench.upload("MOVE", "u/.file", "late.bin")).await,
        201
    );
    assert_eq!(bench.get("late.bin").await, "chunk");
    bench.put("new.txt", "ids go on").await;
    let mut etags: Vec<String> = all(&bench).into_iter().map(|file| file.etag).collect();
    etags.sort();
    etags.dedup();
    assert_eq!(etags.len(), 7);
}

#[tokio::test]
async fn a_torn_line_and_stray_blobs_are_forgotten() {
    let bench = Bench::start().await;
    fill(&bench).await;
    let files = all(&bench);
    let directory = bench.directory.path().to_owned();
    bench.server.stop().await;
    let journal = directory.join("journal.jsonl");
    let mut journal = std::fs::OpenOptions::new()
        .append(true)
        .open(journal)
        .unwrap();
    journal
        .write_all(b"{\"n\":999,\"op\":\"folder\",\"id\":1")
        .unwrap();
    drop(journal);
    std::fs::write(directory.join("blobs/00/ff00"), "stray").unwrap();
    let config = Config::new(&directory, users());
    let bench = Bench {
        server: Server::start(config).await.unwrap(),
        client: bench.client,
        directory: bench.directory,
    };
    assert_eq!(all(&bench), files);
    assert!(!directory.join("blobs/00/ff00").exists());
    bench.put("after.txt", "goes on").await;
    let bench = bench.again().await;
    assert_eq!(bench.get("after.txt").await, "goes on");
}

#[tokio::test]
async fn what_stays_used_does_not_grow_with_what_is_overwritten() {
    let bench = Bench::start().await;
    let own = blobs(&bench);
    for content in ["1", "2", "3", "4"] {
        bench.put("a.txt", content).await;
    }
    assert_eq!(blobs(&bench), own + 1);
    let gone = bench
        .on("DELETE", "a.txt")
        .header("X-NC-Skip-Trashbin", "true");
    assert_eq!(status(gone).await, 204);
    assert_eq!(blobs(&bench), own);
}

#[tokio::test]
async fn a_damaged_journal_is_an_error_and_stays() {
    let bench = Bench::start().await;
    bench.put("a.txt", "1").await;
    let directory = bench.directory;
    bench.server.stop().await;
    let journal = directory.path().join("journal.jsonl");
    let text = std::fs::read_to_string(&journal).unwrap();
    let damaged = text.replacen('{', "?", 1);
    std::fs::write(&journal, &damaged).unwrap();
    let config = Config::new(directory.path(), users());
    let error = Server::start(config).await.unwrap_err();
    assert!(matches!(error, PracticeError::Storage(_)), "{error}");
    assert_eq!(std::fs::read_to_string(&journal).unwrap(), damaged);
}
