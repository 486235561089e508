use std::sync::atomic::{AtomicUsize, Ordering};

use futures::TryStreamExt as _;
use transhumance::model::TargetEntry;
use transhumance::target::Depth;

use crate::stranger::*;

#[tokio::test]
async fn what_cannot_be_listed_at_once_is_listed_by_levels() {
    for refusal in [
        html(504, "<html>"),
        sabre(500, "Error", "Allowed memory size exhausted"),
        sabre(403, r"Sabre\DAV\Exception\Forbidden", "finite depth"),
    ] {
        let stranger = Stranger::new(move |asked| {
            let infinite = asked
                .headers
                .get("depth")
                .is_some_and(|depth| depth == "infinity");
            if asked.is("PROPFIND", "/alice/top") && infinite {
                return refusal.clone();
            }
            let file = |path| entry(path, false, 3, "");
            let folder = |path| entry(path, true, 6, "");
            if asked.is("PROPFIND", "/alice/top") {
                multistatus(&[
                    folder("top"),
                    file("top/a"),
                    folder("top/d"),
                    folder("top/e"),
                ])
            } else if asked.is("PROPFIND", "/top/d") {
                multistatus(&[
                    folder("top/d"),
                    file("top/d/b"),
                    folder("top/d/f"),
                    file("top/d/f/c"),
                ])
            } else if asked.is("PROPFIND", "/top/e") {
                multistatus(&[folder("top/e")])
            } else {
                healthy(asked)
            }
        })
        .await;
        let list = stranger.nextcloud().list("top", Depth::Infinity);
        let entries: Vec<TargetEntry> = list.try_collect().await.unwrap();
        let mut paths: Vec<_> = entries.iter().map(|entry| entry.path.as_str()).collect();
        paths.sort_unstable();
        let all = ["top/a", "top/d", "top/d/b", "top/d/f", "top/d/f/c", "top/e"];
        assert_eq!(paths, all);
    }
}

/// Breaks off the first `times` lists at the depths that `breaks` names.
async fn torn_lists(times: usize, depth: Option<&'static str>) -> Stranger {
    let torn = AtomicUsize::new(0);
    Stranger::new(move |asked| {
        if asked.method != "PROPFIND" {
            return healthy(asked);
        }
        let wanted = asked.headers.get("depth").unwrap();
        let mut entries = vec![entry("", true, 1, ""), entry("d", true, 1, "")];
        if wanted == "infinity" {
            entries.push(entry("d/a", false, 1, ""));
        }
        if asked.path.ends_with("/d") {
            entries = vec![entry("d", true, 1, ""), entry("d/a", false, 1, "")];
        }
        let (status, headers, mut body) = multistatus(&entries);
        let hit = depth.is_none_or(|depth| wanted == depth);
        if hit && torn.fetch_add(1, Ordering::SeqCst) < times {
            body.truncate(body.len() - 20);
        }
        (status, headers, body)
    })
    .await
}

#[tokio::test]
async fn a_list_that_breaks_off_is_asked_for_again() {
    for (times, depth) in [(1, None), (3, None), (3, Some("infinity"))] {
        let stranger = torn_lists(times, depth).await;
        let list = stranger.nextcloud().list("", Depth::Infinity);
        let entries: Vec<TargetEntry> = list.try_collect().await.unwrap();
        let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path).collect();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths, ["d", "d/a"], "{times} {depth:?}");
    }
}

#[tokio::test]
async fn a_list_that_always_breaks_off_is_an_error_and_not_a_short_list() {
    for depth in [None, Some("1")] {
        let stranger = torn_lists(usize::MAX, depth).await;
        let depth = depth.map_or(Depth::Infinity, |_| Depth::One);
        let list = stranger.nextcloud().list("", depth);
        let entries: Result<Vec<TargetEntry>, _> = list.try_collect().await;
        assert!(entries.unwrap_err().is_passing());
    }
}
