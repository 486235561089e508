//! From where: each kind of place, right and wrong, in both languages.

use std::cell::OnceCell;
use std::sync::Arc;

use transhumance::app::screen::source::{
    FolderMessage, GoogleMessage, GoogleStuck, Kind, Message as Source, TakeoutMessage,
};
use transhumance::app::{App, Message, Step};
use transhumance::engine::migrations;
use transhumance::i18n::Lang;
use transhumance::model::SourceConfig;
use transhumance::practice::google::{AutoConsent, Server};

use crate::controls;
use crate::person;
use crate::stage::Stage;

/// At the page, with this kind chosen.
async fn at(lang: Lang, kind: Kind) -> Stage {
    let mut stage = Stage::new(lang);
    stage.press("new");
    send(&mut stage, Source::KindChosen(kind)).await;
    stage
}

async fn send(stage: &mut Stage, message: Source) {
    stage.play(Message::Source(message), |_| false).await;
}

async fn google(stage: &mut Stage, message: GoogleMessage) {
    send(stage, Source::Google(message)).await;
}

#[test]
fn all_kinds_are_offered() {
    for lang in Lang::ALL {
        let mut stage = Stage::new(lang);
        stage.press("new");
        controls::check("source", &stage);
        for key in [
            "google",
            "microsoft",
            "dropbox",
            "nextcloud",
            "folder",
            "takeout",
        ] {
            assert!(stage.says(&stage.t(&format!("source-{key}"))), "{key}");
        }
        stage.assert_looks("source");
        // And back again.
        stage.press("kind-4");
        assert!(stage.says(&stage.t("source-folder-choose")));
        stage.press("other-kind");
        assert!(stage.says(&stage.t("source-takeout")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_checked_at_once() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("note.txt");
    std::fs::write(&file, "x").unwrap();
    for lang in Lang::ALL {
        let mut stage = at(lang, Kind::Folder).await;
        controls::check("folder", &stage);
        stage.assert_looks("source-folder");
        let typed = |text: String| Source::Folder(FolderMessage::Typed(text));

        let nowhere = home.path().join("nowhere").display().to_string();
        send(&mut stage, typed(nowhere)).await;
        assert!(stage.says_about("source-folder-missing"));
        assert!(stage.app.cx.draft.source.is_none());

        send(&mut stage, typed(file.display().to_string())).await;
        let words = stage.app.cx.tr(
            "source-folder-file",
            &[("what", file.display().to_string().into())],
        );
        assert!(stage.says(&words));

        send(
            &mut stage,
            typed(format!(" \"{}\" ", home.path().display())),
        )
        .await;
        let n = [("n", 1.into())];
        assert!(stage.says(&stage.app.cx.tr("source-folder-found", &n)));
        assert_eq!(
            stage.app.cx.draft.source,
            Some(SourceConfig::Folder {
                path: home.path().to_owned()
            })
        );
        stage.press("next");
        assert_eq!(stage.app.step, Step::Target);

        // Whatever is changed later: what is wrong does not go on.
        stage.press("back");
        send(&mut stage, typed("/nowhere/at/all".into())).await;
        assert!(!stage.app.source.is_ready(&stage.app.cx));
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_may_not_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt as _;

    let home = tempfile::tempdir().unwrap();
    let closed = home.path().join("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read_dir(&closed).is_ok() {
        // The administrator may read everything.
        return;
    }
    let mut stage = at(Lang::Fr, Kind::Folder).await;
    let typed = FolderMessage::Typed(closed.display().to_string());
    send(&mut stage, Source::Folder(typed)).await;
    assert!(stage.says_about("source-folder-unreadable"));
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_parts_of_an_archive_are_listed_and_gaps_named() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    let part = |n: u32| format!("takeout-20260131T101500Z-1-{n:03}.zip");
    std::fs::write(path(&part(1)), b"PK\x03\x04rest").unwrap();
    std::fs::write(path(&part(3)), b"<html>").unwrap();
    std::fs::write(path("other.zip"), b"PK\x03\x04").unwrap();
    for lang in Lang::ALL {
        let mut stage = at(lang, Kind::Takeout).await;
        controls::check("takeout", &stage);
        let picked = vec![path(&part(1)), path("other.zip")];
        let picked = TakeoutMessage::ArchivesPicked(picked);
        send(&mut stage, Source::Takeout(picked)).await;
        let n = [("n", 2.into())];
        assert!(stage.says(&stage.app.cx.tr("takeout-parts", &n)));
        let gap = format!("{}, {}", part(2), stage.t("takeout-part-missing"));
        assert!(stage.says(&gap));
        let damaged = format!("{}, {}", part(3), stage.t("takeout-part-damaged"));
        assert!(stage.says(&damaged));
        // What was chosen and is not of it.
        let astray = [("names", "other.zip".into())];
        assert!(stage.says(&stage.app.cx.tr("takeout-astray", &astray)));
        assert!(stage.app.source.is_ready(&stage.app.cx));
        assert_eq!(
            stage.app.cx.draft.source,
            Some(SourceConfig::Takeout {
                path: path(&part(1))
            })
        );

        let typed = |text: &str| Source::Takeout(TakeoutMessage::Typed(text.to_owned()));
        send(&mut stage, typed("/nowhere/takeout-1-001.zip")).await;
        assert!(stage.says_about("takeout-missing"));
        let empty = tempfile::tempdir().unwrap();
        send(&mut stage, typed(&empty.path().display().to_string())).await;
        assert!(stage.says(&stage.t("takeout-nothing")));
        assert!(!stage.app.source.is_ready(&stage.app.cx));
        std::fs::create_dir_all(empty.path().join("Takeout/Drive")).unwrap();
        send(&mut stage, typed(&empty.path().display().to_string())).await;
        assert!(stage.says(&stage.t("takeout-unpacked")));
        assert!(stage.app.source.is_ready(&stage.app.cx));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_leads_to_a_key() {
    for lang in Lang::ALL {
        let mut stage = at(lang, Kind::Google).await;
        stage.assert_looks("source-google");
        for step in 0..6 {
            google(&mut stage, GoogleMessage::StepChosen(step)).await;
            controls::check(&format!("guide {step}"), &stage);
        }
        stage.assert_looks("source-google-key");
        // What people paste instead of the right thing.
        let wrong = [
            ("{\"installed\":{\"client_id\":", "google-file-not-json"),
            (
                r#"{"web":{"client_id":"1-a.apps.googleusercontent.com"}}"#,
                "google-file-web",
            ),
            (r#"{"type":"service_account"}"#, "google-file-service"),
            (r#"{"installed":{}}"#, "google-file-else"),
            (
                r#"{"installed":{"client_id":"1-a.apps.googleusercontent.com"}}"#,
                "google-file-no-secret",
            ),
        ];
        for (text, key) in wrong {
            google(&mut stage, GoogleMessage::Pasted(text.into())).await;
            assert!(stage.says(&stage.t(key)), "{key}");
        }
        let gone = Arc::new(std::io::Error::from(std::io::ErrorKind::PermissionDenied));
        google(&mut stage, GoogleMessage::FileRead(Some(Err(gone)))).await;
        assert!(stage.says_about("google-file-unreadable"));

        // By hand, first the wrong way round.
        let id = "1-a.apps.googleusercontent.com";
        google(&mut stage, GoogleMessage::Pasted(format!(" {id} "))).await;
        google(&mut stage, GoogleMessage::SecretTyped(id.into())).await;
        assert!(stage.says(&stage.t("google-swapped")));
        controls::check("by hand", &stage);
        google(&mut stage, GoogleMessage::KeyGiven).await;
        assert!(!stage.says(&stage.t("google-key-there")));
        google(&mut stage, GoogleMessage::SecretTyped("GOCSPX-x".into())).await;
        google(&mut stage, GoogleMessage::KeyGiven).await;
        assert!(stage.says(&stage.t("google-key-there")));
        controls::check("key", &stage);
        stage.assert_looks("source-google-sign-in");
        // Nothing of this is a source yet.
        assert!(stage.app.cx.draft.source.is_none());
        assert!(!stage.app.source.is_ready(&stage.app.cx));
    }
}

/// The page of the guide with the practice Google's key in it.
async fn with_key(lang: Lang, server: &Server) -> Stage {
    let mut stage = Stage::new(lang);
    stage.press("new");
    let config = transhumance::practice::google::Config::new(1, 10);
    // As a migration file has it: instead of the real Google.
    stage.app.cx.draft.source = Some(SourceConfig::Google {
        client_id: config.client_id.clone(),
        endpoint: Some(server.endpoint().clone()),
        password_command: None,
    });
    send(&mut stage, Source::KindChosen(Kind::Google)).await;
    assert!(stage.says(&stage.t("google-signed-out")));
    let json = serde_json::json!({"installed": {
        "client_id": config.client_id,
        "project_id": "canard-1",
        "client_secret": config.client_secret,
    }});
    google(&mut stage, GoogleMessage::Pasted(json.to_string())).await;
    stage
}

/// Signs in with the browser, where `action` is pressed; gives the page that the browser ends on.
async fn sign_in(stage: &mut Stage, action: &'static str) -> String {
    let person = OnceCell::new();
    let enough = |app: &App| {
        if let Some(page) = app.source.page() {
            person.get_or_init(|| tokio::spawn(person::at_consent(page.clone(), action)));
        }
        false
    };
    stage.press_until("sign-in", enough).await;
    person.into_inner().expect("a page to open").await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_sign_in_to_google() {
    let _vault = person::vault().await;
    let server = person::google().await;
    for lang in Lang::ALL {
        let mut stage = with_key(lang, &server).await;
        let page = sign_in(&mut stage, "allow").await;
        // The last page is ours, in the same language.
        assert!(
            page.contains(&format!("<html lang=\"{}\">", lang.code())),
            "{page}"
        );
        assert!(page.contains(&stage.t("browser-done")), "{page}");
        assert!(page.contains("Transhumance.</p>"), "{page}");
        assert!(stage.says(&stage.t("google-connected")));
        assert!(stage.says(server.account()));
        assert!(stage.app.source.is_ready(&stage.app.cx));
        controls::check("signed in", &stage);

        // It is kept: whoever opens it again finds it signed in.
        let mine = migrations::list(stage.home.path()).await.unwrap();
        assert_eq!(mine.len(), 1);
        let mut again = Stage::new(lang);
        again.app.cx = transhumance::app::Context::new(
            stage.home.path().to_owned(),
            again.app.cx.settings.clone(),
        );
        let opened = transhumance::app::screen::welcome::Message::Listed(Ok(mine));
        again.play(Message::Welcome(opened), |_| false).await;
        again.press_until("open-0", |_| false).await;
        assert_eq!(again.app.step, Step::Target);
        let back = Message::StepChosen(Step::Source);
        again.play(back, |_| false).await;
        assert!(again.says(server.account()), "still signed in");

        // As somebody else: the key is still there, and giving up finds the first account again.
        again.press_until("other-account", |_| false).await;
        assert!(!again.app.source.is_ready(&again.app.cx));
        assert!(again.says(&again.t("google-key-there")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_the_browser_can_be_cancelled() {
    let server = person::google().await;
    for lang in Lang::ALL {
        let mut stage = with_key(lang, &server).await;
        stage
            .press_until("sign-in", |app| app.source.page().is_some())
            .await;
        let page = stage.app.source.page().unwrap().clone();
        controls::check("waiting", &stage);
        assert!(stage.says(&stage.t("waiting-browser")));
        // The address can be copied, and Google's own errors are explained.
        stage.press("copy-page");
        assert!(stage.says(&stage.t("page-copied")));
        stage.press("help");
        for stuck in [
            GoogleStuck::Unverified,
            GoogleStuck::AccessDenied,
            GoogleStuck::WrongType,
            GoogleStuck::UnknownClient,
            GoogleStuck::AdminPolicy,
            GoogleStuck::OrgInternal,
        ] {
            let _ = stage
                .app
                .update(Message::Source(Source::Google(GoogleMessage::Stuck(stuck))));
            controls::check(&format!("{stuck:?}"), &stage);
        }
        google(&mut stage, GoogleMessage::Cancelled).await;
        assert!(stage.app.source.page().is_none());
        // Whoever answers now meets a closed door.
        let port = page.query_pairs().find(|(name, _)| name == "redirect_uri");
        let back = port.unwrap().1.into_owned();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let closed = async {
            while client.get(&back).send().await.is_ok() {
                tokio::task::yield_now().await;
            }
        };
        let patience = std::time::Duration::from_secs(20);
        tokio::time::timeout(patience, closed).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_consent_refuses_is_told_with_the_next_step() {
    let _vault = person::vault().await;
    let server = person::google().await;
    let control = server.control();
    for lang in Lang::ALL {
        let mut stage = with_key(lang, &server).await;
        let page = sign_in(&mut stage, "deny").await;
        assert!(page.contains(&stage.t("browser-failed")), "{page}");
        assert!(stage.says(&stage.t("oauth-access-denied")));

        for (code, text, key) in [
            ("admin_policy_enforced", "", "oauth-admin-policy"),
            ("org_internal", "", "oauth-org-internal"),
            ("deleted_client", "", "oauth-deleted-client"),
            ("redirect_uri_mismatch", "", "oauth-redirect-mismatch"),
        ] {
            control.set_token_refusal(Some((code, text)));
            sign_in(&mut stage, "allow").await;
            assert!(stage.says(&stage.t(key)), "{key}");
            controls::check(code, &stage);
            if code == "admin_policy_enforced" {
                stage.press("letter");
            }
        }
        control.set_token_refusal(None);

        // Nothing was ticked.
        control.set_auto_consent(Some(AutoConsent::Deny));
        control.set_auto_consent(None);

        // The API is not enabled: the sign-in holds, and is checked again when that is done.
        control.set_api_enabled(false);
        sign_in(&mut stage, "allow").await;
        assert!(stage.says_about("google-api-not-enabled"));
        assert!(!stage.app.source.is_ready(&stage.app.cx));
        controls::check("no API", &stage);
        control.set_api_enabled(true);
        stage.press_until("restore", |_| false).await;
        assert!(stage.says(server.account()));

        // In testing, it ends after seven days.
        control.set_testing(true);
        stage.press_until("other-account", |_| false).await;
        sign_in(&mut stage, "allow").await;
        let n = [("n", 7.into())];
        assert!(stage.says(&stage.app.cx.tr("google-testing", &n)));
        stage.assert_looks("source-google-testing");
        control.set_testing(false);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_nextcloud_is_signed_in_to() {
    let _vault = person::vault().await;
    let (server, _storage) = person::nextcloud().await;
    let mut stage = at(Lang::Fr, Kind::Nextcloud).await;
    controls::check("nextcloud", &stage);
    let typed = transhumance::app::screen::source::NextcloudMessage::AddressTyped(format!(
        "  {}apps/files/?dir=/Photos ",
        server.url()
    ));
    send(&mut stage, Source::Nextcloud(typed)).await;
    stage.press_until("look", |_| false).await;
    assert!(stage.says(&stage.t("nextcloud-browser-words")));
    let person = OnceCell::new();
    let enough = |app: &App| {
        if let Some(page) = app.source.page() {
            person.get_or_init(|| tokio::spawn(person::at_nextcloud(page.clone())));
        }
        false
    };
    stage.press_until("sign-in", enough).await;
    assert!(stage.app.source.is_ready(&stage.app.cx));
    assert!(matches!(
        &stage.app.cx.draft.source,
        Some(SourceConfig::Nextcloud { user, .. }) if user == person::USER
    ));
}
