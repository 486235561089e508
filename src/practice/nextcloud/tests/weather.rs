use crate::practice::faults::{Fault, Faults, Kind};

use super::*;

/// Whether the server has seen a request of this method and what it made of it.
fn last(bench: &Bench) -> Seen {
    bench.control().last_requests().pop().unwrap()
}

#[tokio::test]
async fn a_reset_after_the_work_leaves_it_done() {
    let bench = Bench::with(|config| {
        config.faults = Faults::none()
            .then(
                "PUT /remote.php/dav/files/camille/done",
                Fault::ResetAfter,
                1,
            )
            .then(
                "PUT /remote.php/dav/files/camille/not",
                Fault::ResetBefore,
                1,
            );
    })
    .await;
    let error = bench.on("PUT", "done").body("x").send().await.unwrap_err();
    assert!(error.is_request(), "{error:?}");
    assert_eq!(bench.get("done").await, "x");
    assert!(bench.on("PUT", "not").body("x").send().await.is_err());
    assert_eq!(last(&bench).status, None);
    assert_eq!(status(bench.on("GET", "not")).await, 404);
    bench.put("not", "now").await;
}

#[tokio::test]
async fn refusals_come_in_the_place_of_the_work() {
    let refusals = [
        (
            Fault::TooManyRequests {
                retry_after: Some(3),
            },
            429,
            Some("3"),
        ),
        (Fault::Unavailable { retry_after: None }, 503, None),
        (Fault::ServerError, 500, None),
        (Fault::Locked, 423, None),
    ];
    for (fault, code, retry_after) in refusals {
        let bench = Bench::with(|config| {
            config.faults = Faults::none().then("PUT", fault, 1);
        })
        .await;
        let answer = bench.on("PUT", "a").body("x").send().await.unwrap();
        assert_eq!(answer.status(), code);
        assert_eq!(header(&answer, "retry-after"), retry_after);
        assert_eq!(status(bench.on("GET", "a")).await, 404);
        bench.put("a", "x").await;
    }
}

#[tokio::test]
async fn a_flipped_byte_shows_in_the_computed_hash_only() {
    let bench = Bench::with(|config| {
        config.faults = Faults::none().then("PUT", Fault::FlipUpload { at: 500 }, 1);
    })
    .await;
    let put = || {
        bench
            .on("PUT", "a")
            .header("X-Hash", "sha256")
            .body("0123456789")
    };
    let answer = put().send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let stored = bench.get("a").await;
    assert_ne!(stored, "0123456789");
    assert_eq!(
        header(&answer, "x-hash-sha256"),
        Some(sha256(&stored).as_str())
    );
    let answer = put().send().await.unwrap();
    assert_eq!(
        header(&answer, "x-hash-sha256"),
        Some(sha256("0123456789").as_str())
    );
}

#[tokio::test]
async fn a_flipped_byte_in_a_bulk_upload_is_refused() {
    let bench = Bench::with(|config| {
        config.faults = Faults::none().then("POST", Fault::FlipUpload { at: 0 }, 1);
    })
    .await;
    assert_eq!(status(bulk(&bench, &[("/a", "1")])).await, 400);
    assert_eq!(bench.control().files("camille").count(), 0);
    assert_eq!(status(bulk(&bench, &[("/a", "1")])).await, 200);
}

#[tokio::test]
async fn downloads_are_cut_and_spoilt() {
    let content = "0123456789".repeat(1000);
    let bench = Bench::with(|config| {
        config.faults = Faults::none()
            .then("GET", Fault::ShortBody { kept: 300 }, 1)
            .then("GET", Fault::FlipDownload { at: 999 }, 1);
    })
    .await;
    bench.put("a", &content).await;
    let mut cut = bench.on("GET", "a").send().await.unwrap();
    assert_eq!(cut.content_length(), Some(10_000));
    let mut received = 0;
    let end = loop {
        match cut.chunk().await {
            Ok(Some(bytes)) => received += bytes.len(),
            other => break other,
        }
    };
    assert!(end.is_err());
    assert_eq!(received, 3_000);
    let spoilt = bench.get("a").await;
    assert_eq!(spoilt.len(), content.len());
    let different = spoilt.bytes().zip(content.bytes()).filter(|(a, b)| a != b);
    assert_eq!(different.count(), 1);
    assert_eq!(bench.get("a").await, content);
}

#[tokio::test]
async fn a_listing_can_break_off() {
    let bench = Bench::with(|config| {
        config.faults = Faults::none().then("PROPFIND", Fault::ShortBody { kept: 200 }, 1);
    })
    .await;
    let answer = bench.on("PROPFIND", "").send().await.unwrap();
    assert_eq!(answer.status(), 207);
    assert!(answer.text().await.is_err());
    let answer = bench.on("PROPFIND", "").send().await.unwrap();
    assert!(answer.text().await.unwrap().ends_with("</d:multistatus>"));
}

#[tokio::test]
async fn uploads_get_lost_and_gateways_give_up() {
    let bench = Bench::with(|config| {
        config.faults = Faults::none()
            .then("PUT chunk 2 of", Fault::LoseUpload, 1)
            .then("MOVE chunks to", Fault::GatewayTimeout, 1);
    })
    .await;
    bench.begin_upload("u", "f", "1").await;
    assert_eq!(status(bench.upload("PUT", "u/2", "f").body("2")).await, 404);
    assert!(bench.control().uploads("camille").is_empty());
    bench.begin_upload("v", "f", "again").await;
    assert_eq!(status(bench.upload("MOVE", "v/.file", "f")).await, 504);
    until(|| bench.control().uploads("camille").is_empty()).await;
    assert_eq!(bench.get("f").await, "again");
}

#[tokio::test]
async fn a_connection_can_end_after_each_answer() {
    let bench = Bench::with(|config| {
        config.faults = Faults::seeded_only(1, 1.0, [Kind::CloseAfter]);
    })
    .await;
    let answer = bench.on("PUT", "a").body("x").send().await.unwrap();
    assert_eq!(answer.status(), 201);
    assert_eq!(header(&answer, "connection"), Some("close"));
}

/// What a client has to do at the least: ask again until it is done, and look at what is there.
#[tokio::test]
async fn a_patient_client_gets_through_the_worst_weather() {
    let bench = Bench::with(|config| config.faults = Faults::seeded(7, 0.7)).await;
    let fault_free = [500, 503, 429, 423, 504];
    for n in 0..60 {
        let content = format!("content {n}");
        let mut tries = 0;
        loop {
            tries += 1;
            assert!(tries < 10, "file {n}");
            let put = bench
                .on("PUT", &format!("f{n}"))
                .header("X-Hash", "sha256")
                .body(content.clone());
            match put.send().await {
                Ok(answer) if answer.status().is_success() => {
                    if header(&answer, "x-hash-sha256") == Some(sha256(&content).as_str()) {
                        break;
                    }
                }
                Ok(answer) => assert!(fault_free.contains(&answer.status().as_u16())),
                Err(_) => {}
            }
        }
    }
    let control = bench.control();
    assert!(control.faults().hits() > 30);
    for (n, file) in control.files("camille").enumerate() {
        assert!(n < 60);
        let file = file.unwrap();
        let number = file.path.trim_start_matches('f');
        assert_eq!(file.sha256, sha256(&format!("content {number}")));
    }
    assert_eq!(control.files("camille").count(), 60);
}

#[tokio::test]
async fn latency_and_requests_can_be_set_and_counted() {
    let bench = Bench::start().await;
    let control = bench.control();
    control.set_latency(Duration::from_millis(60));
    let before = std::time::Instant::now();
    bench.put("a", "x").await;
    assert!(before.elapsed() >= Duration::from_millis(60));
    bench.get("a").await;
    let requests = control.requests();
    assert_eq!((requests["PUT"], requests["GET"]), (1, 1));
    let seen = last(&bench);
    assert_eq!(
        (seen.path.as_str(), seen.status),
        ("/remote.php/dav/files/camille/a", Some(200))
    );
    control.forget_requests();
    assert!(control.requests().is_empty());
}
