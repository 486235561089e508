use super::*;

async fn with_space(items: u64) -> Bench {
    Bench::with(|config| config.users[0].space = Some(Seeded::new(11, items))).await
}

async fn propfind(bench: &Bench, path: &str, depth: &str, props: &str) -> String {
    let body = format!(
        "<d:propfind xmlns:d=\"DAV:\" xmlns:oc=\"http://owncloud.org/ns\" xmlns:nc=\"http://nextcloud.org/ns\"><d:prop>{props}</d:prop></d:propfind>"
    );
    let request = bench.on("PROPFIND", path).header("Depth", depth).body(body);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 207);
    answer.text().await.unwrap()
}

#[tokio::test]
async fn a_made_up_space_is_listed_and_read() {
    let bench = with_space(1_500).await;
    let listing = propfind(
        &bench,
        "",
        "infinity",
        "<d:getcontentlength/><oc:checksums/>",
    )
    .await;
    assert_eq!(listing.matches("<d:response>").count(), 1_501);
    assert!(listing.ends_with("</d:multistatus>"));
    let file = bench
        .control()
        .files("camille")
        .map(Result::unwrap)
        .find(|file| file.checksum.starts_with("SHA1:") && file.size > 1000)
        .unwrap();
    let mut url = bench.server.url();
    url.path_segments_mut()
        .unwrap()
        .pop_if_empty()
        .extend(["remote.php", "dav", "files", "camille"])
        .extend(file.path.split('/'));
    let get = bench.client.get(url).basic_auth("camille", Some(PASSWORD));
    let content = get.send().await.unwrap().bytes().await.unwrap();
    assert_eq!(content.len() as u64, file.size);
    let sha1 = crate::hash::digest(crate::model::HashAlgorithm::Sha1, &content).hex;
    assert_eq!(file.checksum, format!("SHA1:{sha1}"));
    let sha256 = crate::hash::digest(crate::model::HashAlgorithm::Sha256, &content).hex;
    assert_eq!(file.sha256, sha256);
}

#[tokio::test]
async fn what_belongs_to_others_is_marked() {
    let bench = with_space(200).await;
    let props = "<nc:mount-type/><nc:is-mount-root/><oc:owner-id/><d:displayname/>";
    let top = propfind(&bench, "", "1", props).await;
    for (name, mount) in [
        ("Partagé par Bob", "shared"),
        ("Disque de la mairie", "external"),
        ("Équipe", "group"),
    ] {
        let entry = top
            .split("<d:response>")
            .find(|entry| entry.contains(&format!("<d:displayname>{name}<")))
            .unwrap();
        assert!(
            entry.contains(&format!("<nc:mount-type>{mount}<")),
            "{entry}"
        );
        assert!(entry.contains("<nc:is-mount-root>true<"), "{entry}");
    }
    assert!(top.contains("<oc:owner-id>bob<"));
}

#[tokio::test]
async fn favourites_are_found() {
    let bench = with_space(3_000).await;
    let favourites = bench
        .control()
        .files("camille")
        .filter(|file| file.as_ref().unwrap().favourite)
        .count();
    assert!(favourites > 5);
    let body = "<oc:filter-files xmlns:d=\"DAV:\" xmlns:oc=\"http://owncloud.org/ns\"><d:prop><d:getetag/></d:prop><oc:filter-rules><oc:favorite>1</oc:favorite></oc:filter-rules></oc:filter-files>";
    let answer = bench.on("REPORT", "").body(body).send().await.unwrap();
    let answer = answer.text().await.unwrap();
    assert_eq!(answer.matches("<d:response>").count(), favourites);
}

#[tokio::test]
async fn a_made_up_space_cannot_be_written() {
    let bench = with_space(100).await;
    assert_eq!(status(bench.on("PUT", "a").body("x")).await, 403);
    assert_eq!(status(bench.on("MKCOL", "d")).await, 403);
    let (_, answer) = json(bulk(&bench, &[("/a", "x")])).await;
    assert_eq!(answer["/a"]["error"], serde_json::json!(true));
    bench.begin_upload("u", "f", "x").await;
    assert_eq!(status(bench.upload("MOVE", "u/.file", "f")).await, 403);
    assert_eq!(bench.control().files("camille").count(), 100);
}
