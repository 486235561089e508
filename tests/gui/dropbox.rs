//! From a Dropbox: the app key, signing in with the browser and with a code that is copied from it.

use std::cell::OnceCell;

use tokio::sync::Mutex;
use transhumance::app::screen::source::{DropboxMessage, Kind, Message as Source};
use transhumance::app::{App, Message};
use transhumance::auth::oauth::{DROPBOX_REDIRECTS, DROPBOX_SCOPES};
use transhumance::i18n::Lang;
use transhumance::model::SourceConfig;
use transhumance::practice::dropbox::{AccountKind, Config, Server};
use transhumance::practice::world::ASSOCIATION;

use crate::controls;
use crate::person;
use crate::stage::{Stage, TALL};

/// The browser comes back to fixed ports: one after the other.
static PORTS: Mutex<()> = Mutex::const_new(());

async fn server(account: AccountKind) -> Server {
    let config = Config {
        account,
        ..Config::new(1, 10)
    };
    Server::start(config).await.unwrap()
}

async fn send(stage: &mut Stage, message: Source) {
    stage.play(Message::Source(message), |_| false).await;
}

async fn dropbox(stage: &mut Stage, message: DropboxMessage) {
    send(stage, Source::Dropbox(message)).await;
}

/// At the door, with the practice Dropbox's app key, as a migration file has it.
async fn with_key(lang: Lang, server: &Server) -> Stage {
    let mut stage = Stage::new(lang);
    stage.size = TALL;
    stage.press("new");
    stage.app.cx.draft.source = Some(SourceConfig::Dropbox {
        client_id: Config::new(1, 10).client_id,
        endpoint: Some(server.endpoint().clone()),
        password_command: None,
    });
    send(&mut stage, Source::KindChosen(Kind::Dropbox)).await;
    assert!(stage.says(&stage.t("dropbox-signed-out")));
    stage
}

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

/// The code on the page that Dropbox ends on.
fn code_on(page: &str) -> String {
    let (_, rest) = page.split_once("data-token=\"").expect(page);
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_leads_to_an_app_key() {
    for lang in Lang::ALL {
        let mut stage = Stage::new(lang);
        stage.press("new");
        send(&mut stage, Source::KindChosen(Kind::Dropbox)).await;
        stage.assert_looks("source-dropbox");
        for step in 0..4 {
            dropbox(&mut stage, DropboxMessage::StepChosen(step)).await;
            controls::check(&format!("guide {step}"), &stage);
            if step == 1 {
                for address in DROPBOX_REDIRECTS {
                    assert!(stage.says(address), "{address}");
                }
                stage.assert_looks("source-dropbox-redirects");
            }
            if step == 2 {
                for permission in DROPBOX_SCOPES {
                    let words = stage.app.cx.tr(
                        "dropbox-step-permissions-words",
                        &[("permissions", DROPBOX_SCOPES.join(", ").into())],
                    );
                    assert!(words.contains(permission));
                    assert!(stage.says(words.lines().next().unwrap()));
                }
            }
        }
        stage.assert_looks("source-dropbox-key");
        stage.size = TALL;

        let typed = |text: &str| DropboxMessage::KeyTyped(text.to_owned());
        dropbox(&mut stage, typed("canard")).await;
        assert!(!stage.says(&stage.t("dropbox-key-wrong")));
        dropbox(&mut stage, DropboxMessage::KeyGiven).await;
        assert!(!stage.says(&stage.t("dropbox-key-there")));
        for wrong in ["Canard Bleu", "https://www.dropbox.com"] {
            dropbox(&mut stage, typed(wrong)).await;
            assert!(stage.says(&stage.t("dropbox-key-wrong")), "{wrong}");
        }
        dropbox(&mut stage, typed(" canardbleu12345 ")).await;
        assert!(!stage.says(&stage.t("dropbox-key-wrong")));
        stage.press("key-go");
        assert!(stage.says(&stage.t("dropbox-key-there")));
        controls::check("door", &stage);
        stage.size = crate::stage::SIZE;
        stage.assert_looks("source-dropbox-sign-in");
        // Nothing of this is a source yet.
        assert!(stage.app.cx.draft.source.is_none());
        assert!(!stage.app.source.is_ready(&stage.app.cx));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_sign_in_to_dropbox() {
    let _vault = person::vault().await;
    let _ports = PORTS.lock().await;
    let team = server(AccountKind::Team).await;
    for lang in Lang::ALL {
        let mut stage = with_key(lang, &team).await;
        let page = sign_in(&mut stage, "deny").await;
        assert!(page.contains(&stage.t("browser-failed")), "{page}");
        assert!(stage.says(&stage.t("oauth-access-denied")));
        let page = sign_in(&mut stage, "allow").await;
        assert!(page.contains(&stage.t("browser-done")), "{page}");
        assert!(stage.says(&stage.t("dropbox-connected")));
        assert!(stage.says(team.account()));
        let name = [("team", ASSOCIATION.into())];
        assert!(stage.says(&stage.app.cx.tr("dropbox-what-team", &name)));
        assert!(stage.app.source.is_ready(&stage.app.cx));
        controls::check("signed in", &stage);

        // Waiting can be given up, and the first sign-in is found again.
        stage.press("other-account");
        assert!(!stage.app.source.is_ready(&stage.app.cx));
        stage
            .press_until("sign-in", |app| app.source.page().is_some())
            .await;
        controls::check("waiting", &stage);
        stage.press("help");
        assert!(stage.says(stage.t("dropbox-stuck-help").lines().next().unwrap()));
        controls::check("stuck", &stage);
        dropbox(&mut stage, DropboxMessage::Cancelled).await;
        assert!(stage.app.source.page().is_none());
        assert!(stage.says(team.account()));
    }
    let personal = server(AccountKind::Personal).await;
    let mut stage = with_key(Lang::En, &personal).await;
    sign_in(&mut stage, "allow").await;
    assert!(stage.says(&stage.t("dropbox-what")));
    assert!(!stage.says_about("dropbox-what-team"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_copied_from_the_browser() {
    let _vault = person::vault().await;
    let server = server(AccountKind::Team).await;
    for lang in Lang::ALL {
        let mut stage = with_key(lang, &server).await;
        stage.press_until("by-paste", |_| false).await;
        controls::check("paste", &stage);
        let page = stage.app.source.page().unwrap().clone();
        stage.press("copy-page");
        assert!(stage.says(&stage.t("page-copied")));

        // Nothing, then something else than the code.
        dropbox(&mut stage, DropboxMessage::CodeGiven).await;
        assert!(stage.app.source.page().is_some());
        dropbox(&mut stage, DropboxMessage::CodeTyped("not it".into())).await;
        stage.press_until("code-go", |_| false).await;
        assert!(stage.says_about("dropbox-sign-in-again"));
        assert!(!stage.app.source.is_ready(&stage.app.cx));

        // The page before is no good any more; this one is.
        stage.press_until("by-paste", |_| false).await;
        let renewed = stage.app.source.page().unwrap().clone();
        assert_ne!(page, renewed);
        let code = code_on(&person::at_consent(renewed, "allow").await);
        dropbox(&mut stage, DropboxMessage::CodeTyped(format!(" {code} "))).await;
        stage.press_until("code-go", |_| false).await;
        assert!(stage.says(server.account()));
        assert!(stage.app.source.is_ready(&stage.app.cx));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_that_was_not_ticked_is_told() {
    let _vault = person::vault().await;
    let _ports = PORTS.lock().await;
    let server = server(AccountKind::Team).await;
    let mut stage = with_key(Lang::Fr, &server).await;
    sign_in(&mut stage, "allow").await;
    assert!(stage.app.source.is_ready(&stage.app.cx));
    server.control().set_scopes(&["files.metadata.read"]);
    stage.press("other-account");
    dropbox(&mut stage, DropboxMessage::TryAgain).await;
    assert!(stage.says_about("dropbox-scope-missing"));
    assert!(!stage.app.source.is_ready(&stage.app.cx));
    controls::check("scope", &stage);
    stage.press("copy-console");
}
