use bytes::Bytes;
use futures::TryStreamExt as _;
use transhumance::dav::DavError;
use transhumance::dav::pim::{
    Access, Change, Condition, Fetched, Kind, Made, NewAddressBook, Object, PimError, System,
};
use transhumance::target::pim::ObjectProof;

use crate::pim::{card, event, md5, with_book};

#[tokio::test]
async fn address_books_are_told_apart() {
    with_book(|b| async move {
        let new = NewAddressBook {
            name: "Adhérent·es & <ami·es>".into(),
            description: Some("Saison en cours".into()),
        };
        let path = format!("{}-2", b.path);
        let made = b.pim.make_address_book(&path, &new).await.unwrap();
        let again = b.pim.make_address_book(&path, &new).await.unwrap();
        let all = b.pim.address_books(&b.home).await.unwrap();
        b.pim.purge(&path).await.unwrap();
        assert_eq!((made, again), (Made::Created, Made::Existed));
        let of = |uri: &str| {
            let found = all.iter().find(|one| one.uri() == uri);
            found.unwrap_or_else(|| panic!("{uri}: {all:?}"))
        };
        let made = all.iter().find(|one| one.path == path).unwrap();
        assert_eq!(made.name.as_deref(), Some("Adhérent·es & <ami·es>"));
        assert_eq!(made.description.as_deref(), Some("Saison en cours"));
        assert_eq!(made.access, Access::Own);
        assert!(made.writable && made.ctag.is_some() && made.sync_token.is_some());
        assert_eq!(of("contacts").access, Access::Own);
        for (uri, system) in [
            ("z-server-generated--system", System::Accounts),
            (
                "z-app-generated--contactsinteraction--recent",
                System::RecentContacts,
            ),
        ] {
            assert_eq!(of(uri).access, Access::System(system));
            assert!(!of(uri).writable);
        }
        let plain = b.raw("MKCOL", &format!("{}-3", b.path), &[], "").await;
        assert_eq!(plain.status, 403);
        assert_eq!(plain.exception, "InvalidResourceType");
        let unknown = "<d:mkcol xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:carddav\"><d:set><d:prop><d:resourcetype><d:collection/><c:addressbook/></d:resourcetype><x xmlns=\"urn:x\">1</x></d:prop></d:set></d:mkcol>";
        let untold = b.raw("MKCOL", &format!("{}-3", b.path), &[], unknown).await;
        assert_eq!(untold.status, 415, "it must be said that this is XML");
        let xml = [("Content-Type", "application/xml")];
        let unknown = b.raw("MKCOL", &format!("{}-3", b.path), &xml, unknown).await;
        assert_eq!(unknown.status, 400);
    })
    .await;
}

#[tokio::test]
async fn both_versions_come_back_byte_for_byte() {
    with_book(|b| async move {
        let group = card("4.0", "group", "KIND:group\r\nMEMBER:urn:uuid:three\r\n");
        let photo = card("4.0", "photo", "PHOTO:data:image/jpeg;base64,/9j/4AAQ\r\n");
        let three = card(
            "3.0",
            "three",
            "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\r\nitem1.URL:https://x.example\r\nitem1.X-ABLabel:Blog\r\n",
        );
        let lf = card("3.0", "lf", "").replace("\r\n", "\n");
        let cards = [
            ("group.vcf", group),
            ("photo.vcf", photo),
            ("three.vcf", three),
            ("lf.vcf", lf),
            ("no ending é", card("3.0", "name", "")),
        ];
        for (name, text) in &cards {
            let stored = b.put(name, text).await.unwrap();
            assert_eq!(stored.etag, Some(md5(text)), "{name}");
        }
        let names: Vec<&str> = cards.iter().map(|(name, _)| *name).chain(["gone"]).collect();
        let fetched = b.fetch(&names).await;
        assert_eq!(fetched.len(), 6);
        for (name, text) in &cards {
            let wanted = Fetched::Found(Object {
                path: b.at(name),
                etag: md5(text),
                text: Bytes::copy_from_slice(text.as_bytes()),
                exact: true,
            });
            assert!(fetched.contains(&wanted), "{name}: {fetched:?}");
            let got = b.pim.get(Kind::AddressBook, &b.at(name)).await.unwrap();
            assert_eq!(Some(Fetched::Found(got.unwrap())), Some(wanted));
        }
        assert!(fetched.contains(&Fetched::Missing(b.at("gone"))));
        assert_eq!(b.pim.get(Kind::AddressBook, &b.at("gone")).await.unwrap(), None);
        // Whoever only asks gets version 3, and no kind.
        let plain = b.raw("GET", &b.at("group.vcf"), &[], "").await;
        assert!(plain.body.contains("VERSION:3.0"), "{}", plain.body);
        assert!(!plain.body.contains("\nKIND:"), "{}", plain.body);
        let upgraded = b
            .raw("GET", &b.at("three.vcf"), &[("Accept", "text/vcard; version=4.0")], "")
            .await;
        assert!(upgraded.body.contains("VERSION:4.0"), "{}", upgraded.body);
    })
    .await;
}

#[tokio::test]
async fn a_uid_is_there_once_in_a_book_and_free_again_at_once() {
    with_book(|b| async move {
        let text = card("3.0", "same", "");
        b.put("a.vcf", &text).await.unwrap();
        let second = b.put("b.vcf", &text).await;
        assert!(matches!(second, Err(PimError::UidExists)), "{second:?}");
        let again = b.put("a.vcf", &text).await;
        assert!(
            matches!(again, Err(PimError::Dav(DavError::Taken))),
            "{again:?}"
        );
        let found = b.pim.find_uid(b.kind, &b.path, "same").await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, b.at("a.vcf"));
        assert_eq!(b.pim.find_uid(b.kind, &b.path, "sam").await.unwrap(), []);
        let other = format!("{}-2", b.path);
        b.make_at(&other).await;
        let sent = Bytes::from(text.clone());
        let elsewhere = b
            .pim
            .put(b.kind, &format!("{other}/a.vcf"), sent, Condition::New)
            .await;
        b.pim.purge(&other).await.unwrap();
        elsewhere.unwrap();
        b.pim.delete(&b.at("a.vcf"), None).await.unwrap();
        b.put("b.vcf", &text).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_is_repaired_has_no_tag() {
    with_book(|b| async move {
        let good = card("3.0", "u", "");
        for (name, text) in [
            ("no-uid", good.replace("UID:u\r\n", "")),
            (
                "no-name",
                card("3.0", "n", "").replace("FN:Zoé Été\r\n", ""),
            ),
            (
                "no-version",
                card("3.0", "v", "").replace("VERSION:3.0\r\n", ""),
            ),
            (
                "short-name",
                card("3.0", "s", "").replace("N:Été;Zoé;;;", "N:Été;Zoé"),
            ),
            (
                "base64",
                card("3.0", "b", "PHOTO;ENCODING=BASE64;TYPE=JPEG:/9j/4AAQ\r\n"),
            ),
        ] {
            let stored = b.put(&format!("{name}.vcf"), &text).await;
            let stored = stored.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(stored.etag, None, "{name}");
            assert!(stored.warning.is_some(), "{name}");
            let now = b.one(&format!("{name}.vcf")).await;
            assert!(now.exact, "{name}");
        }
        let sent = Bytes::from(card("3.0", "p", "").replace("FN:Zoé Été\r\n", ""));
        let stored = b
            .nextcloud()
            .put_object(&b.planned("p.vcf"), &sent, None)
            .await
            .unwrap();
        let ObjectProof::Rewritten(now) = stored.proof else {
            panic!("{stored:?}");
        };
        assert!(String::from_utf8_lossy(&now).contains("FN:Zoé Été"));
    })
    .await;
}

#[tokio::test]
async fn what_is_no_card_is_refused() {
    with_book(|b| async move {
        let good = card("3.0", "u", "");
        for (name, text) in [
            ("garbage", "garbage".to_owned()),
            ("event", event("u", "")),
            ("old", card("2.1", "u", "")),
            ("new", card("5.0", "u", "")),
            (
                "nobody",
                good.replace("FN:Zoé Été\r\n", "")
                    .replace("N:Été;Zoé;;;\r\n", ""),
            ),
            ("birthday", card("3.0", "u", "BDAY:yesterday\r\n")),
            (
                "encoding",
                card("4.0", "u", "PHOTO;ENCODING=b:/9j/4AAQ\r\n"),
            ),
            ("underscore", card("3.0", "u", "X_FOO:bar\r\n")),
        ] {
            let refused = b.put(&format!("{name}.vcf"), &text).await;
            assert!(
                matches!(refused, Err(PimError::Unsupported { .. })),
                "{name}: {refused:?}"
            );
        }
        let large = card("3.0", "u", &format!("NOTE:{}\r\n", "x".repeat(5_242_880)));
        let refused = b.put("large.vcf", &large).await;
        assert!(
            matches!(refused, Err(PimError::TooLarge { .. })),
            "{refused:?}"
        );
        assert_eq!(b.names().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn of_two_cards_in_one_the_second_is_lost() {
    with_book(|b| async move {
        let both = card("3.0", "one", "") + &card("3.0", "two", "");
        let stored = b.put("a.vcf", &both).await.unwrap();
        assert_eq!(
            stored.etag,
            Some(md5(&both)),
            "it looks as if all were well"
        );
        assert_eq!(b.pim.find_uid(b.kind, &b.path, "two").await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn changes_of_a_book_are_told() {
    with_book(|b| async move {
        for name in ["a", "b", "c"] {
            b.put(&format!("{name}.vcf"), &card("3.0", name, ""))
                .await
                .unwrap();
        }
        let all = |token: Option<String>| {
            let b = b.clone();
            async move {
                let all = b.pim.changes(&b.path, token.as_deref()).await.unwrap();
                let mut all: Vec<Change> = all.try_collect().await.unwrap();
                match all.pop() {
                    Some(Change::Token(token)) => (all, token),
                    other => panic!("{other:?}"),
                }
            }
        };
        let (first, token) = all(None).await;
        assert_eq!(first.len(), 3);
        b.pim.delete(&b.at("b.vcf"), None).await.unwrap();
        let (then, _) = all(Some(token)).await;
        assert_eq!(then, [Change::Gone(b.at("b.vcf"))]);
        let listed = b.names().await;
        assert_eq!(listed, ["a.vcf", "c.vcf"]);
        let garbage = b.pim.changes(&b.path, Some("x")).await;
        assert!(matches!(garbage.err(), Some(PimError::InvalidSyncToken)));
    })
    .await;
}
