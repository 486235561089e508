use transhumance::hash::digest;
use transhumance::model::Scope;
use transhumance::practice::content::Content;
use transhumance::practice::microsoft::Account;
use transhumance::source::{Source as _, SourceError};

use super::{BOTH, Practice, files, read, with_shared};

const HARVEST: &str = "https://canard-bleu.sharepoint.example/sites/Recoltes";

#[tokio::test]
async fn every_file_is_what_its_digest_says() {
    for account in BOTH {
        let practice = Practice::with(account, 60).await;
        let inventory = practice.survey_with(&[], &with_shared()).await;
        let source = practice.source();
        let mut compared = 0;
        for item in files(&inventory) {
            let bytes = read(&source, item, 0).await.unwrap();
            let node = item.locator.rsplit(' ').next().unwrap();
            let content = practice.control().item(node).unwrap().content().unwrap();
            assert_eq!(bytes, content.bytes(0, content.length), "{}", item.name);
            if let Some(hash) = item.hash.as_ref().filter(|_| source.vouches_for(item)) {
                assert_eq!(digest(hash.algorithm, &bytes), *hash, "{}", item.name);
                assert_eq!(Some(bytes.len() as u64), item.size, "{}", item.name);
                compared += 1;
            }
        }
        assert!(compared > 50, "{compared}");
        assert_eq!(practice.control().leaked_tokens(), 0);
    }
}

#[tokio::test]
async fn what_sharepoint_misstates_is_read_and_not_vouched_for() {
    let practice = Practice::with(Account::Work, 0).await;
    let inventory = practice.survey_with(&[HARVEST], &Scope::default()).await;
    let source = practice.source();
    for label in ["wrong-size", "wrong-digest", "live-photo"] {
        let item = inventory.get(&practice.id(label));
        assert!(!source.vouches_for(item), "{label}");
        let content = practice
            .control()
            .item(&practice.raw(label))
            .unwrap()
            .content();
        let content = content.unwrap();
        let bytes = read(&source, item, 0).await.unwrap();
        assert_eq!(bytes, content.bytes(0, content.length), "{label}");
        let rest = read(&source, item, 100).await.unwrap();
        assert_eq!(rest, bytes[100..], "{label}");
        // What it states has not changed, so it is the same as surveyed.
        let now = source.version_now(item).await.unwrap();
        assert_eq!(now.as_ref(), Some(&item.version), "{label}");
    }
    let item = inventory.get(&practice.id("plain"));
    assert!(source.vouches_for(item));
}

#[tokio::test]
async fn reads_on_from_any_byte() {
    let practice = Practice::with(Account::Personal, 0).await;
    let inventory = practice.survey().await;
    let source = practice.source();
    let item = inventory.get(&practice.id("plain"));
    let size = item.size.unwrap();
    let whole = read(&source, item, 0).await.unwrap();
    for no_ranges in [false, true] {
        practice.control().set_no_ranges(no_ranges);
        for from in [1, size / 2, size - 1] {
            let rest = read(&source, item, from).await.unwrap();
            assert_eq!(rest, whole[usize::try_from(from).unwrap()..]);
        }
    }
    practice.control().forget_requests();
    assert!(read(&source, item, size).await.unwrap().is_empty());
    let empty = inventory.get(&practice.id("empty-file"));
    assert!(read(&source, empty, 0).await.unwrap().is_empty());
    assert_eq!(practice.control().requests().get("content"), None);
    assert!(matches!(
        source.read(item, size + 1).await,
        Err(SourceError::Changed)
    ));
}

#[tokio::test]
async fn tells_what_changed_since_the_survey() {
    let practice = Practice::with(Account::Work, 0).await;
    let inventory = practice.survey().await;
    let source = practice.source();
    let item = inventory.get(&practice.id("plain"));
    let raw = practice.raw("plain");
    let now = source.version_now(item).await.unwrap();
    assert_eq!(now.as_ref(), Some(&item.version));

    // A new name is no new content.
    assert!(practice.control().rename(&raw, "autre.bin"));
    let now = source.version_now(item).await.unwrap();
    assert_eq!(now.as_ref(), Some(&item.version));

    let longer = Content::noise(99, item.size.unwrap() + 1);
    assert!(practice.control().rewrite(&raw, longer));
    let now = source.version_now(item).await.unwrap().unwrap();
    assert_ne!(now, item.version);
    for from in [0, 1] {
        let error = read(&source, item, from).await.unwrap_err();
        assert!(matches!(error, SourceError::Changed), "{from}: {error}");
    }
    assert!(practice.control().delete(&raw));
    assert_eq!(source.version_now(item).await.unwrap(), None);
    let error = read(&source, item, 0).await.unwrap_err();
    assert!(matches!(error, SourceError::NotFound), "{error}");
}
