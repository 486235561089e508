use transhumance::target::TargetError;

use crate::server::{answer, body, on_every_server, put_to};

#[tokio::test]
async fn names_that_the_server_takes() {
    on_every_server(|b| async move {
        let longest = "é".repeat(125);
        for name in [
            ":",
            "a?b",
            "*",
            "|",
            "<x>",
            "\"q\"",
            "a ",
            "a.",
            " a",
            "CON",
            "aux.c",
            "desktop.ini",
            "Thumbs.db",
            "...",
            "🦆",
            "a\u{a0}b",
            "a\u{7f}b",
            "a%2Fb",
            "a&b;c=d",
            "~$x",
            ".hidden",
            &longest,
        ] {
            let path = b.at(name);
            let stored = b.nextcloud.put(&put_to(&path), body(name)).await;
            assert!(stored.is_ok(), "{name:?}: {stored:?}");
            assert_eq!(b.read(name).await.unwrap(), name.as_bytes(), "{name:?}");
            assert_eq!(b.nextcloud.stat(&path).await.unwrap().unwrap().path, path);
        }
    })
    .await;
}

#[tokio::test]
async fn names_that_the_server_refuses() {
    on_every_server(|b| async move {
        let too_long = "é".repeat(126);
        for name in ["a\\b", "a\tb", "x.part", "x.PART", "x.filepart", &too_long] {
            let refused = b.put_raw(name, &[], "abc").await;
            assert_eq!(
                (refused.status, refused.exception.as_str()),
                (400, "InvalidPath"),
                "{name:?}"
            );
            let path = b.at(name);
            let refused = b.nextcloud.put(&put_to(&path), body("abc")).await;
            assert!(
                matches!(refused, Err(TargetError::Refused { .. })),
                "{name:?}: {refused:?}"
            );
        }
        let forbidden = b.put_raw(".htaccess", &[], "abc").await;
        assert_eq!(forbidden.status, 500);
        let path = b.at(".htaccess");
        let refused = b
            .nextcloud
            .put(&put_to(&path), body("abc"))
            .await
            .unwrap_err();
        assert!(!refused.is_passing(), "{refused:?}");
        assert_eq!(b.put_raw(" ", &[], "abc").await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn a_folder_called_part_seems_to_be_there_and_is_not() {
    on_every_server(|b| async move {
        let phantom = answer(b.on("MKCOL", "x.part").await).await;
        assert_eq!(
            (phantom.status, phantom.exception.as_str()),
            (405, "MethodNotAllowed")
        );
        let entry = b.entry("x.part").await.unwrap();
        assert!(!entry.is_folder);
        assert_eq!((entry.etag, entry.file_id), (None, None));
        let made = b.nextcloud.make_folder(&b.at("x.part")).await;
        assert!(matches!(made, Err(TargetError::Refused { .. })), "{made:?}");
        assert!(b.nextcloud.stat(&b.at("x.part")).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn the_decomposed_form_of_a_name_is_the_composed_one() {
    on_every_server(|b| async move {
        let (composed, decomposed) = ("é.txt", "e\u{301}.txt");
        assert_eq!(b.put_raw(composed, &[], "1").await.status, 201);
        let guarded = b.put_raw(decomposed, &[("If-None-Match", "*")], "2").await;
        assert_eq!(guarded.status, 412);
        let overwritten = b.put_raw(decomposed, &[], "3").await;
        assert_eq!(
            overwritten.status, 204,
            "without a guard it replaces the other"
        );
        assert_eq!(b.read(composed).await.unwrap(), b"3");
        let path = b.at(decomposed);
        let refused = b.nextcloud.put(&put_to(&path), body("4")).await;
        assert!(matches!(refused, Err(TargetError::Taken)), "{refused:?}");
        let stat = b.nextcloud.stat(&path).await.unwrap().unwrap();
        assert_eq!(stat.path, b.at(composed));
    })
    .await;
}

#[tokio::test]
async fn upper_and_lower_case_are_two_files() {
    on_every_server(|b| async move {
        for name in ["Case", "case"] {
            let path = b.at(name);
            b.nextcloud.put(&put_to(&path), body(name)).await.unwrap();
        }
        assert_eq!(b.read("Case").await.unwrap(), b"Case");
        assert_eq!(b.read("case").await.unwrap(), b"case");
    })
    .await;
}

#[tokio::test]
async fn what_is_not_utf_8_is_read_as_latin_1() {
    on_every_server(|b| async move {
        let stored = answer(b.raw("PUT", "bad%e9").await.body("abc")).await;
        assert_eq!(stored.status, 201);
        assert_eq!(b.read("badé").await.unwrap(), b"abc");
    })
    .await;
}
