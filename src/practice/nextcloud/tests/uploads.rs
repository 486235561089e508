use serde_json::json;

use super::*;

#[tokio::test]
async fn an_assembly_goes_on_when_its_client_gives_up() {
    let bench = Bench::start().await;
    let control = bench.control();
    control.set_assembly(Assembly {
        takes: Duration::MAX,
        gateway_gives_up: None,
    });
    bench.begin_upload("u", "big.bin", "content").await;
    let assemble = || {
        bench
            .upload("MOVE", "u/.file", "big.bin")
            .header("OC-Total-Length", "7")
    };
    let impatient = assemble().timeout(Duration::from_millis(100)).send().await;
    assert!(impatient.unwrap_err().is_timeout());
    let second = assemble().send().await.unwrap();
    assert_eq!(second.status(), 423);
    assert!(
        second
            .text()
            .await
            .unwrap()
            .contains("//big.bin.upload.part")
    );
    assert_eq!(status(bench.on("GET", "big.bin")).await, 404);
    control.set_assembly(Assembly::default());
    until(|| control.uploads("camille").is_empty()).await;
    assert_eq!(bench.get("big.bin").await, "content");
    assert_eq!(status(bench.upload("PROPFIND", "u", "big.bin")).await, 404);
    assert_eq!(status(assemble()).await, 404);
}

#[tokio::test]
async fn a_gateway_gives_up_but_the_work_is_done() {
    let bench = Bench::start().await;
    bench.control().set_assembly(Assembly {
        takes: Duration::MAX,
        gateway_gives_up: Some(Duration::from_millis(5)),
    });
    bench.begin_upload("u", "big.bin", "content").await;
    assert_eq!(
        status(bench.upload("MOVE", "u/.file", "big.bin")).await,
        504
    );
    bench.control().set_assembly(Assembly::default());
    until(|| bench.control().uploads("camille").is_empty()).await;
    assert_eq!(bench.get("big.bin").await, "content");
}

#[tokio::test]
async fn an_upload_can_be_lost() {
    let bench = Bench::start().await;
    let control = bench.control();
    bench.begin_upload("u", "f", "content").await;
    let left = control.uploads("camille");
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].chunks, [("00001".to_owned(), 7)]);
    control.drop_upload("camille", "u").unwrap();
    assert_eq!(status(bench.upload("PUT", "u/2", "f").body("x")).await, 404);
    assert_eq!(status(bench.upload("MOVE", "u/.file", "f")).await, 404);
    assert!(control.uploads("camille").is_empty());
}

#[tokio::test]
async fn chunks_over_the_quota_are_refused_at_once() {
    let bench = Bench::start().await;
    bench.control().set_quota("camille", Some(5000)).unwrap();
    assert_eq!(status(bench.upload("MKCOL", "u", "f")).await, 201);
    let chunk = |total: &str| {
        bench
            .upload("PUT", "u/1", "f")
            .header("OC-Total-Length", total)
            .body("x")
    };
    assert_eq!(status(chunk("5001")).await, 507);
    assert_eq!(status(chunk("5000")).await, 201);
}

#[tokio::test]
async fn the_bulk_endpoint_has_its_moods() {
    let bench = Bench::start().await;
    let control = bench.control();
    let files = [("/a", "1"), ("/none/b", "2"), ("/c", "3")];
    let (code, body) = json(bulk(&bench, &files)).await;
    assert_eq!(code, 200);
    assert_eq!(body["/a"]["error"], json!(false));
    assert_eq!(body["/none/b"]["error"], json!(true));
    assert_eq!(bench.get("c").await, "3");

    control.set_bulk(Bulk::Refused(502));
    assert_eq!(status(bulk(&bench, &files)).await, 502);
    control.set_bulk(Bulk::Absent);
    assert_eq!(status(bulk(&bench, &files)).await, 404);
    control.set_bulk(Bulk::Stalling);
    let stalled = bulk(&bench, &files).timeout(Duration::from_millis(100));
    assert!(stalled.send().await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn a_bulk_upload_ends_at_the_first_wrong_hash() {
    let bench = Bench::start().await;
    let good = bulk_body(&[("/a", "1"), ("/b", "2"), ("/c", "3")]);
    let bad = good.replace("\r\n\r\n2\r\n", "\r\n\r\n9\r\n");
    assert_ne!(good, bad);
    let request = bench
        .request("POST", "remote.php/dav/bulk")
        .header("Content-Type", "multipart/related; boundary=b")
        .body(bad);
    let (code, body) = json(request).await;
    assert_eq!(code, 400);
    let written: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(written, ["/a"]);
    assert_eq!(bench.control().files("camille").count(), 1);
}
