use std::collections::BTreeMap;

use futures::TryStreamExt as _;
use transhumance::dav::{DavPath, Depth as DavDepth, Prop};
use transhumance::model::TargetEntry;
use transhumance::target::{Depth, Nextcloud};

use crate::server::{answer, body, bulk_file, on_every_server, put_to, time};

async fn list(nextcloud: &Nextcloud, folder: &str, depth: Depth) -> BTreeMap<String, TargetEntry> {
    let entries: Vec<TargetEntry> = nextcloud.list(folder, depth).try_collect().await.unwrap();
    let count = entries.len();
    let entries: BTreeMap<_, _> = entries
        .into_iter()
        .map(|entry| (entry.path.clone(), entry))
        .collect();
    assert_eq!(entries.len(), count, "each once");
    entries
}

#[tokio::test]
async fn a_listing_gives_everything_below_and_not_the_folder() {
    on_every_server(|b| async move {
        for folder in ["été", "été/a b", "empty"] {
            b.nextcloud.make_folder(&b.at(folder)).await.unwrap();
        }
        for file in ["été/a b/50%:#?.txt", "été/x&y", "top"] {
            let path = b.at(file);
            b.nextcloud.put(&put_to(&path), body(file)).await.unwrap();
        }
        let all = list(&b.nextcloud, &b.folder, Depth::Infinity).await;
        let expected = [
            "empty",
            "top",
            "été",
            "été/a b",
            "été/a b/50%:#?.txt",
            "été/x&y",
        ];
        let expected: Vec<String> = expected.iter().map(|name| b.at(name)).collect();
        assert_eq!(all.keys().cloned().collect::<Vec<_>>(), expected);
        let file = &all[&b.at("été/x&y")];
        assert!(!file.is_folder && file.file_id.is_some() && !file.etag.is_empty());
        assert_eq!(file.modified, Some(time(1_600_000_000)));
        assert_eq!(file.size, 9);
        assert!(all[&b.at("empty")].is_folder);
        assert_eq!(
            all[&b.at("été")].size,
            file.size + all[&b.at("été/a b")].size
        );

        let here = list(&b.nextcloud, &b.folder, Depth::One).await;
        let expected: Vec<String> = ["empty", "top", "été"].map(|name| b.at(name)).into();
        assert_eq!(here.into_keys().collect::<Vec<_>>(), expected);
        assert!(
            list(&b.nextcloud, &b.at("empty"), Depth::Infinity)
                .await
                .is_empty()
        );
        assert!(
            list(&b.nextcloud, &b.at("none"), Depth::Infinity)
                .await
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn a_listing_of_many_entries_is_complete() {
    on_every_server(|b| async move {
        let files: Vec<_> = (0..300)
            .map(|number| bulk_file(b.at(&format!("f{number:03}")), vec![b'x'; number]))
            .collect();
        b.nextcloud.bulk(&files).await.unwrap();
        let all = list(&b.nextcloud, &b.folder, Depth::Infinity).await;
        assert_eq!(all.len(), 300);
        assert_eq!(all[&b.at("f299")].size, 299);
    })
    .await;
}

#[tokio::test]
async fn properties_that_folders_do_not_have_are_not_found() {
    on_every_server(|b| async move {
        let ask = r#"<?xml version="1.0"?><d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><d:getcontentlength/><oc:size/><oc:checksums/></d:prop></d:propfind>"#;
        let path = DavPath::files(&b.user_id, &b.folder).unwrap();
        let request = b.request("PROPFIND", &path).await.header("Depth", "0").body(ask);
        let found = answer(request).await;
        assert_eq!(found.status, 207);
        assert!(found.body.contains("404 Not Found"), "{}", found.body);
        let content_type = found.header("Content-Type").unwrap().to_ascii_lowercase();
        assert!(content_type.starts_with("application/xml"), "{content_type}");
    })
    .await;
}

#[tokio::test]
async fn hrefs_are_encoded_in_lower_case_and_leave_colons() {
    on_every_server(|b| async move {
        b.nextcloud.make_folder(&b.at("é:")).await.unwrap();
        let ask = r#"<?xml version="1.0"?><d:propfind xmlns:d="DAV:"><d:prop><d:getetag/></d:prop></d:propfind>"#;
        let request = b.on("PROPFIND", "é:").await.header("Depth", "0").body(ask);
        let found = answer(request).await;
        assert!(found.body.contains("%c3%a9:/</d:href>"), "{}", found.body);
        assert!(found.body.contains("<d:getetag>&quot;"), "{}", found.body);
    })
    .await;
}

#[tokio::test]
async fn the_home_of_another_account_is_an_empty_fake() {
    on_every_server(|b| async move {
        // An account that every installation has, whoever we are.
        for other in ["admin", "bob"] {
            if other == b.user_id {
                continue;
            }
            let path = DavPath::files(other, "").unwrap();
            let Some(fake) = b.entry_at(&path).await else {
                continue;
            };
            assert_eq!((fake.file_id, fake.etag), (None, None), "{other}");
            let mut below = b
                .dav
                .propfind(&path, DavDepth::One, &[Prop::FileId])
                .await
                .unwrap();
            assert!(below.try_next().await.unwrap().is_some(), "itself");
            assert!(below.try_next().await.unwrap().is_none(), "nothing in it");
        }
        let nobody = DavPath::files("nobody-of-this-name", "").unwrap();
        assert!(b.entry_at(&nobody).await.is_none());
    })
    .await;
}
