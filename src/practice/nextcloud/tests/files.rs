use super::*;

#[tokio::test]
async fn what_is_stored_can_be_looked_at() {
    let bench = Bench::start().await;
    assert_eq!(status(bench.on("MKCOL", "d")).await, 201);
    let put = bench
        .on("PUT", "d/e%CC%81.txt")
        .header("X-OC-MTime", "1600000000")
        .header("X-OC-CTime", "1500000000")
        .header("OC-Checksum", "SHA1:never verified")
        .body("hello");
    assert_eq!(status(put).await, 201);
    let found: Vec<FileState> = bench
        .control()
        .files("camille")
        .map(Result::unwrap)
        .collect();
    let paths: Vec<&str> = found.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["d", "d/\u{e9}.txt"]);
    let file = &found[1];
    assert_eq!(
        (file.size, file.mtime, file.created),
        (5, 1_600_000_000, 1_500_000_000)
    );
    assert_eq!(file.sha256, sha256("hello"));
    assert_eq!(file.checksum, "SHA1:never verified");
    assert!(found[0].folder && found[0].size == 5);
    assert_eq!(bench.control().used("camille"), 5);
    assert_eq!(bench.control().file("camille", "d/x").unwrap(), None);
}

#[tokio::test]
async fn a_locked_file_is_not_written() {
    let bench = Bench::start().await;
    bench.put("a.txt", "old").await;
    bench.control().lock_path("camille", "/a.txt", true);
    let answer = bench.on("PUT", "a.txt").body("new").send().await.unwrap();
    assert_eq!(answer.status(), 423);
    assert!(answer.text().await.unwrap().contains("FileLocked"));
    assert_eq!(status(bench.on("DELETE", "a.txt")).await, 423);
    assert_eq!(bench.get("a.txt").await, "old");
    bench.control().lock_path("camille", "a.txt", false);
    bench.put("a.txt", "new").await;
    assert_eq!(bench.get("a.txt").await, "new");
}

#[tokio::test]
async fn a_quota_holds() {
    let bench = Bench::start().await;
    bench.control().set_quota("camille", Some(10)).unwrap();
    assert_eq!(status(bench.on("PUT", "a").body("12345678901")).await, 507);
    let early = bench
        .on("PUT", "a")
        .header("OC-Total-Length", "11")
        .body("1");
    assert_eq!(status(early).await, 507, "a cheap check up front");
    assert_eq!(
        status(bench.on("MKCOL", "d")).await,
        507,
        "a folder needs 4096"
    );
    assert_eq!(status(bench.on("PUT", "a").body("1234567890")).await, 201);
    assert_eq!(status(bench.on("PUT", "b").body("1")).await, 507);
    assert_eq!(status(bench.on("PUT", "b").body("")).await, 413);
    let (code, body) = json(bulk(&bench, &[("/c", "1")])).await;
    assert_eq!(
        (code, &body["/c"]["error"]),
        (200, &serde_json::json!(true))
    );
    assert_eq!(bench.control().files("camille").count(), 1);
}

#[tokio::test]
async fn messages_are_in_the_language_of_the_account() {
    let bench = Bench::with(|config| config.language = Language::French).await;
    let answer = bench.on("PUT", "a%5Cb").body("x").send().await.unwrap();
    assert_eq!(answer.status(), 400);
    let body = answer.text().await.unwrap();
    assert!(
        body.contains("InvalidPath") && body.contains("n'est pas autorisé"),
        "{body}"
    );
}

#[tokio::test]
async fn the_trash_keeps_gives_back_and_is_emptied() {
    let bench = Bench::start().await;
    bench.put("a.txt", "1").await;
    bench.put("b.txt", "2").await;
    assert_eq!(status(bench.on("DELETE", "a.txt")).await, 204);
    let skipping = bench
        .on("DELETE", "b.txt")
        .header("X-NC-Skip-Trashbin", "true");
    assert_eq!(status(skipping).await, 204);
    assert_eq!(bench.control().trash("camille"), ["a.txt"]);
    let trash = "remote.php/dav/trashbin/camille/trash";
    let listing = bench.request("PROPFIND", trash).send().await.unwrap();
    let listing = listing.text().await.unwrap();
    let (_, after) = listing.split_once("/trash/a.txt.d").unwrap();
    let key = format!("a.txt.d{}", after.split_once('<').unwrap().0);
    bench.put("a.txt", "another").await;
    let restore = bench
        .request("MOVE", &format!("{trash}/{key}"))
        .header("Destination", "/remote.php/dav/trashbin/camille/restore/x");
    assert_eq!(status(restore).await, 201);
    assert_eq!(bench.get("a (restored).txt").await, "1");
    assert_eq!(status(bench.on("DELETE", "a.txt")).await, 204);
    assert_eq!(status(bench.request("DELETE", trash)).await, 204);
    assert!(bench.control().trash("camille").is_empty());
}

#[tokio::test]
async fn a_copy_lives_on_without_what_it_was_copied_from() {
    let bench = Bench::start().await;
    assert_eq!(status(bench.on("MKCOL", "d")).await, 201);
    bench.put("d/a.txt", "shared content").await;
    let copy = bench
        .on("COPY", "d")
        .header("Destination", "/remote.php/dav/files/camille/e");
    assert_eq!(status(copy).await, 201);
    let gone = bench.on("DELETE", "d").header("X-NC-Skip-Trashbin", "true");
    assert_eq!(status(gone).await, 204);
    assert_eq!(bench.get("e/a.txt").await, "shared content");
}

#[tokio::test]
async fn large_contents_pass_through_and_have_parts() {
    let bench = Bench::start().await;
    let content = crate::practice::content::Content::noise(1, 3_000_000).bytes(0, u64::MAX);
    let put = bench
        .on("PUT", "large.bin")
        .header("X-Hash", "sha256")
        .body(content.clone());
    let answer = put.send().await.unwrap();
    let hash = crate::hash::digest(crate::model::HashAlgorithm::Sha256, &content).hex;
    assert_eq!(header(&answer, "x-hash-sha256"), Some(hash.as_str()));
    let part = bench
        .on("GET", "large.bin")
        .header("Range", "bytes=1000000-1999999");
    let answer = part.send().await.unwrap();
    assert_eq!(answer.status(), 206);
    assert_eq!(answer.bytes().await.unwrap(), content[1_000_000..2_000_000]);
}

#[tokio::test]
async fn a_broken_off_upload_leaves_nothing() {
    use tokio::io::AsyncWriteExt as _;
    let bench = Bench::start().await;
    let url = bench.server.url();
    let address = (url.host_str().unwrap().to_owned(), url.port().unwrap());
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    use base64::Engine as _;
    let login = base64::engine::general_purpose::STANDARD.encode(format!("camille:{PASSWORD}"));
    let head = format!(
        "PUT /remote.php/dav/files/camille/a HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {login}\r\nContent-Length: 100\r\n\r\nonly a part"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // While the first upload goes on, a second one to the same place is refused.
    let second = || bench.on("PUT", "a").body("x");
    let mut codes = Vec::new();
    while codes.last() != Some(&423) {
        codes.push(status(second()).await);
        let clean = bench.on("DELETE", "a").header("X-NC-Skip-Trashbin", "true");
        status(clean).await;
        assert!(codes.len() < 1000);
    }
    drop(stream);
    until(|| bench.control().file("camille", "a").unwrap().is_none()).await;
    let mut code = 423;
    for _ in 0..1000 {
        code = status(second()).await;
        if code != 423 {
            break;
        }
    }
    assert_eq!(code, 201, "the lock went with the client");
    assert_eq!(bench.get("a").await, "x");
}

#[tokio::test]
async fn writes_from_elsewhere_are_seen() {
    let bench = Bench::start().await;
    let control = bench.control();
    control.write("camille", "d/e/f.txt", b"theirs").unwrap();
    assert_eq!(bench.get("d/e/f.txt").await, "theirs");
    let before = control.file("camille", "d").unwrap().unwrap().etag;
    control.write("camille", "d/e/f.txt", b"changed").unwrap();
    let after = control.file("camille", "d").unwrap().unwrap().etag;
    assert_ne!(before, after, "the folders above have another etag");
}

#[tokio::test]
async fn the_skeleton_is_there_when_asked_for() {
    let bench = Bench::with(|config| config.skeleton = true).await;
    let readme = bench.control().file("camille", "Readme.md").unwrap();
    assert_eq!(readme.unwrap().size, 206);
    assert!(bench.control().files("bob").count() > 8);
}
