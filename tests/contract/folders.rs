use transhumance::target::{FolderMade, Properties, TargetError};

use crate::server::{answer, body, on_every_server, put_to, time};

#[tokio::test]
async fn a_folder_is_made_once() {
    on_every_server(|b| async move {
        let made = b.nextcloud.make_folder(&b.at("d")).await.unwrap();
        let entry = b.entry("d").await.unwrap();
        assert_eq!(
            made,
            FolderMade::Created {
                file_id: entry.file_id
            }
        );
        assert!(entry.is_folder);
        assert_eq!(entry.permissions.as_deref(), Some("RGDNVCK"));
        let again = b.nextcloud.make_folder(&b.at("d")).await.unwrap();
        assert_eq!(again, FolderMade::Existed);
        let refused = answer(b.on("MKCOL", "d").await).await;
        assert_eq!(
            (refused.status, refused.exception.as_str()),
            (405, "MethodNotAllowed")
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_in_the_way_of_a_folder_is_told_apart() {
    on_every_server(|b| async move {
        let missing = b.nextcloud.make_folder(&b.at("none/d")).await;
        assert!(
            matches!(missing, Err(TargetError::ParentMissing)),
            "{missing:?}"
        );
        assert_eq!(answer(b.on("MKCOL", "none/d").await).await.status, 409);
        let path = b.at("f");
        b.nextcloud.put(&put_to(&path), body("abc")).await.unwrap();
        let taken = b.nextcloud.make_folder(&path).await;
        assert!(matches!(taken, Err(TargetError::Taken)), "{taken:?}");
        assert_eq!(answer(b.on("MKCOL", "f").await).await.status, 405);
        // Below a file there is nothing.
        let below = b.nextcloud.make_folder(&b.at("f/d")).await;
        assert!(
            matches!(below, Err(TargetError::ParentMissing)),
            "{below:?}"
        );
        let path = b.at("f/x");
        let below = b.nextcloud.put(&put_to(&path), body("abc")).await;
        assert!(
            matches!(below, Err(TargetError::ParentMissing)),
            "{below:?}"
        );
        let with_body = b.on("MKCOL", "e").await.body("x");
        assert_eq!(answer(with_body).await.status, 415);
    })
    .await;
}

#[tokio::test]
async fn a_folder_s_date_is_set_after_what_is_in_it() {
    on_every_server(|b| async move {
        let early = b.on("MKCOL", "d").await.header("X-OC-MTime", "1400000000");
        assert_eq!(answer(early).await.status, 201);
        let fresh = b.entry("d").await.unwrap().modified.unwrap();
        assert!(fresh > time(1_700_000_000), "the header is ignored");
        let dated = Properties {
            modified: Some(time(1_400_000_000)),
            ..Properties::default()
        };
        b.nextcloud
            .set_properties(&b.at("d"), &dated)
            .await
            .unwrap();
        assert_eq!(
            b.entry("d").await.unwrap().modified,
            Some(time(1_400_000_000))
        );
        let path = b.at("d/a");
        b.nextcloud.put(&put_to(&path), body("abc")).await.unwrap();
        let written = b.entry("d").await.unwrap().modified.unwrap();
        assert!(
            written > time(1_700_000_000),
            "a write into it dates it anew"
        );
        b.nextcloud
            .set_properties(&b.at("d"), &dated)
            .await
            .unwrap();
        assert_eq!(
            b.entry("d").await.unwrap().modified,
            Some(time(1_400_000_000))
        );
    })
    .await;
}

#[tokio::test]
async fn one_protected_property_refuses_all_of_them() {
    on_every_server(|b| async move {
        let path = b.at("a");
        b.nextcloud.put(&put_to(&path), body("abc")).await.unwrap();
        let patch = r#"<?xml version="1.0"?><d:propertyupdate xmlns:d="DAV:"><d:set><d:prop><d:lastmodified>1400000000</d:lastmodified><d:getlastmodified>1400000000</d:getlastmodified></d:prop></d:set></d:propertyupdate>"#;
        let patched = answer(b.on("PROPPATCH", "a").await.body(patch)).await;
        assert_eq!(patched.status, 207);
        assert!(patched.body.contains("403 Forbidden"), "{}", patched.body);
        assert!(patched.body.contains("424 Failed Dependency"), "{}", patched.body);
        assert_eq!(b.entry("a").await.unwrap().modified, Some(time(1_600_000_000)));
    })
    .await;
}

#[tokio::test]
async fn a_change_shows_in_the_tags_of_all_folders_above() {
    on_every_server(|b| async move {
        for folder in ["d", "d/e", "d/e/f", "other"] {
            b.nextcloud.make_folder(&b.at(folder)).await.unwrap();
        }
        let tags = || async {
            let mut tags = Vec::new();
            for folder in ["d", "d/e", "d/e/f", "other"] {
                tags.push(b.entry(folder).await.unwrap().etag.unwrap());
            }
            tags
        };
        let before = tags().await;
        let path = b.at("d/e/f/a");
        b.nextcloud.put(&put_to(&path), body("abc")).await.unwrap();
        let after = tags().await;
        for above in 0..3 {
            assert_ne!(before[above], after[above]);
        }
        assert_eq!(before[3], after[3], "unchanged");
        assert_eq!(
            b.entry("d").await.unwrap().size,
            Some(3),
            "of all that lies in it"
        );
    })
    .await;
}

#[tokio::test]
async fn a_file_moves_only_where_there_is_a_folder() {
    on_every_server(|b| async move {
        let path = b.at("a");
        b.nextcloud.put(&put_to(&path), body("abc")).await.unwrap();
        for method in ["MOVE", "COPY"] {
            let to = b.dav.address(&b.path("none/a"));
            let request = b.on(method, "a").await.header("Destination", to);
            assert_eq!(answer(request).await.status, 409, "{method}");
        }
    })
    .await;
}
