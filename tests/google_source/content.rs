use futures::TryStreamExt as _;
use transhumance::hash::digest;
use transhumance::model::{DocumentFormat, ItemId, Reason, export_extension};
use transhumance::practice::content::Content;
use transhumance::source::{Source as _, SourceError};

use super::{Practice, files, read};

#[tokio::test]
async fn every_file_is_what_its_digest_says() {
    let practice = Practice::with(60).await;
    let inventory = practice.survey().await;
    let source = practice.source();
    let unreadable = [practice.id("abusive"), practice.id("quota-exceeded")];
    let mut compared = 0;
    for item in files(&inventory) {
        if unreadable.contains(&item.id.0) || item.space.0 == "shared-with-me" {
            continue;
        }
        let bytes = read(&source, item, 0).await.unwrap();
        assert_eq!(Some(bytes.len() as u64), item.size, "{}", item.name);
        if let Some(hash) = &item.hash {
            assert_eq!(digest(hash.algorithm, &bytes), *hash, "{}", item.name);
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared}");
}

#[tokio::test]
async fn reads_on_from_any_byte() {
    let practice = Practice::with(0).await;
    let inventory = practice.survey().await;
    let source = practice.source();
    let item = inventory.get(&practice.id("described"));
    let size = item.size.unwrap();
    let whole = read(&source, item, 0).await.unwrap();
    for from in [1, size / 2, size - 1] {
        let rest = read(&source, item, from).await.unwrap();
        assert_eq!(rest, whole[usize::try_from(from).unwrap()..]);
    }
    practice.control().forget_requests();
    assert!(read(&source, item, size).await.unwrap().is_empty());
    let empty = inventory.get(&practice.id("empty-file"));
    assert!(read(&source, empty, 0).await.unwrap().is_empty());
    assert_eq!(practice.control().requests().get("files.media"), None);
    assert!(matches!(
        source.read(item, size + 1).await,
        Err(SourceError::Changed)
    ));
}

#[tokio::test]
async fn tells_what_changed_since_the_survey() {
    let practice = Practice::with(0).await;
    let inventory = practice.survey().await;
    let source = practice.source();
    let item = inventory.get(&practice.id("starred"));
    let now = source.version_now(item).await.unwrap();
    assert_eq!(now.as_ref(), Some(&item.version));

    let longer = Content::noise(99, item.size.unwrap() + 1);
    assert!(practice.control().rewrite(item.id.as_str(), longer));
    let now = source.version_now(item).await.unwrap().unwrap();
    assert_ne!(now, item.version);
    for from in [0, 1] {
        let error = read(&source, item, from).await.unwrap_err();
        assert!(matches!(error, SourceError::Changed), "{from}: {error}");
    }
    let shorter = Content::noise(99, 1);
    assert!(practice.control().rewrite(item.id.as_str(), shorter));
    let error = read(&source, item, 5).await.unwrap_err();
    assert!(matches!(error, SourceError::Changed), "{error}");

    let document = inventory.get(&practice.id("doc-budget"));
    let same = source.version_now(document).await.unwrap().unwrap();
    assert_eq!(same, document.version);
    practice
        .control()
        .advance(std::time::Duration::from_secs(1));
    practice
        .control()
        .rewrite(document.id.as_str(), Content::text(1, 1));
    assert_ne!(
        source.version_now(document).await.unwrap().unwrap(),
        document.version
    );

    assert!(practice.control().trash(item.id.as_str()));
    assert_eq!(source.version_now(item).await.unwrap(), None);
    assert!(practice.control().delete(item.id.as_str()));
    assert_eq!(source.version_now(item).await.unwrap(), None);
    let error = read(&source, item, 0).await.unwrap_err();
    assert!(matches!(error, SourceError::NotFound), "{error}");
}

#[tokio::test]
async fn a_resolved_shortcut_is_read_through() {
    let practice = Practice::with(0).await;
    let inventory = practice.survey().await;
    let source = practice.source();
    let ids = [
        practice.id("shortcut-outside-1"),
        practice.id("shortcut-outside-2"),
    ];
    let file = ids
        .iter()
        .map(|id| inventory.get(id))
        .find(|item| item.shortcut_target.is_none())
        .unwrap();
    let bytes = read(&source, file, 0).await.unwrap();
    let hash = file.hash.as_ref().unwrap();
    assert_eq!(digest(hash.algorithm, &bytes), *hash);
    assert_eq!(
        source.version_now(file).await.unwrap(),
        Some(file.version.clone())
    );
}

#[tokio::test]
async fn exports_in_every_format() {
    let practice = Practice::with(0).await;
    let inventory = practice.survey().await;
    let source = practice.source();
    for label in ["doc-budget", "sheet-budget", "slides", "drawing", "script"] {
        let item = inventory.get(&practice.id(label));
        for format in [
            DocumentFormat::Odf,
            DocumentFormat::Ooxml,
            DocumentFormat::Pdf,
        ] {
            let media_type = item.media_type.as_ref().unwrap();
            let ending = export_extension(media_type, format).unwrap();
            let content = source.export(item, format).await.unwrap();
            let parts: Vec<_> = content.stream.try_collect().await.unwrap();
            let bytes = parts.concat();
            let start: &[u8] = match ending {
                ".pdf" => b"%PDF",
                ".svg" => b"<",
                ".json" => b"{",
                _ => b"PK",
            };
            assert!(bytes.starts_with(start), "{label}{ending}");
        }
    }
    let form = inventory.get(&practice.id("form"));
    assert!(matches!(
        source.export(form, DocumentFormat::Odf).await,
        Err(SourceError::NotExportable)
    ));
}

#[tokio::test]
async fn a_large_document_comes_through_its_link() {
    let practice = Practice::with(0).await;
    let inventory = practice.survey().await;
    let source = practice.source();
    let item = inventory.get(&practice.id("doc-large"));
    for format in [DocumentFormat::Odf, DocumentFormat::Ooxml] {
        practice.control().forget_requests();
        let content = source.export(item, format).await.unwrap();
        let length = content
            .stream
            .try_fold(0, async |sum, part| Ok(sum + part.len()))
            .await
            .unwrap();
        assert!(length > 10 * 1024 * 1024, "{length}");
        assert_eq!(practice.control().requests()["exportLink"], 1);
    }
}

#[tokio::test]
async fn says_why_a_file_may_not_be_read() {
    let practice = Practice::with(0).await;
    let inventory = practice.survey().await;
    let source = practice.source();
    for (label, expected) in [
        ("abusive", Reason::FlaggedAsAbuse),
        ("quota-exceeded", Reason::DownloadQuota),
    ] {
        let item = inventory.get(&practice.id(label));
        assert_eq!(item.obstacle, None, "only the download tells");
        match read(&source, item, 0).await {
            Err(SourceError::Forbidden { reason, .. }) => assert_eq!(reason, expected),
            other => panic!("{label}: {other:?}"),
        }
    }
    let drive = &practice.control().drives()[0].id;
    let locked = inventory
        .all()
        .find(|item| item.space.0 == format!("drive:{drive}") && item.obstacle.is_some())
        .unwrap();
    let error = read(&source, locked, 0).await.unwrap_err();
    assert_eq!(error.reason(), Reason::DownloadForbidden);
    let mut nowhere = locked.clone();
    nowhere.id = ItemId::new("1nowhere");
    nowhere.locator = "1nowhere".into();
    let error = read(&source, &nowhere, 0).await.unwrap_err();
    assert!(matches!(error, SourceError::NotFound));
}
