//! To where: finding the Nextcloud, signing in, what there is to know of it.

use std::cell::OnceCell;

use transhumance::app::connect::nextcloud::Message as Nextcloud;
use transhumance::app::screen::target::Message as Target;
use transhumance::app::{App, Message, Step};
use transhumance::i18n::Lang;
use transhumance::model::SourceConfig;
use transhumance::practice::nextcloud::Server;

use crate::controls;
use crate::person::{self, PASSWORD, USER};
use crate::stage::Stage;

/// At the page, with a folder to come from.
fn at(lang: Lang) -> Stage {
    let mut stage = Stage::new(lang);
    stage.app.cx.has_draft = true;
    stage.app.cx.draft.source = Some(SourceConfig::Folder {
        path: "/srv/asso/Photos".into(),
    });
    stage.app.step = Step::Target;
    stage
}

async fn send(stage: &mut Stage, message: Nextcloud) {
    let message = Message::Target(Target::Nextcloud(message));
    stage.play(message, |_| false).await;
}

async fn look(stage: &mut Stage, address: &str) {
    send(stage, Nextcloud::AddressTyped(address.into())).await;
    stage.press_until("look", |_| false).await;
}

async fn sign_in(stage: &mut Stage) {
    let person = OnceCell::new();
    let enough = |app: &App| {
        if let Some(page) = app.target.page() {
            person.get_or_init(|| tokio::spawn(person::at_nextcloud(page.clone())));
        }
        false
    };
    stage.press_until("sign-in", enough).await;
    person.into_inner().expect("a page to open").await.unwrap();
}

fn address(server: &Server) -> String {
    server.url().as_str().trim_end_matches('/').to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_sign_in_to_nextcloud() {
    let _vault = person::vault().await;
    let (server, _storage) = person::nextcloud().await;
    for lang in Lang::ALL {
        let mut stage = at(lang);
        controls::check("target", &stage);
        stage.assert_looks("target");
        // Without https://, with a page and spaces: people paste anything.
        let plain = address(&server).replace("http://", "");
        look(&mut stage, &format!("  {plain}/index.php/login?x=1 ")).await;
        assert!(stage.says(&stage.t("nextcloud-browser-words")));
        assert!(
            stage.ui().find(plain.as_str()).is_err(),
            "the version is beside it"
        );
        controls::check("found", &stage);
        assert!(stage.app.cx.draft.target.is_none());
        sign_in(&mut stage).await;
        assert!(stage.app.target.is_ready(&stage.app.cx));
        let user = [("user", USER.into())];
        assert!(
            stage
                .ui()
                .find(stage.app.cx.tr("nextcloud-account", &user).as_str())
                .is_ok()
        );
        let target = stage.app.cx.draft.target.clone().unwrap();
        assert_eq!(
            (target.user.as_str(), target.folder.as_str()),
            (USER, "Photos")
        );
        controls::check("connected", &stage);
        stage.press("next");
        assert_eq!(stage.app.step, Step::Choose);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_can_be_cancelled_and_done_by_password() {
    let _vault = person::vault().await;
    let (server, _storage) = person::nextcloud().await;
    for lang in Lang::ALL {
        let mut stage = at(lang);
        look(&mut stage, &address(&server)).await;
        stage
            .press_until("sign-in", |app| app.target.page().is_some())
            .await;
        controls::check("waiting", &stage);
        stage.press("copy-page");
        let _ = stage
            .app
            .update(Message::Target(Target::Nextcloud(Nextcloud::Cancelled)));
        assert!(stage.app.target.page().is_none());
        assert!(stage.says(&stage.t("nextcloud-browser-words")));

        stage.press("by-password");
        controls::check("password", &stage);
        send(&mut stage, Nextcloud::UserTyped(USER.into())).await;
        send(&mut stage, Nextcloud::PasswordTyped("wrong".into())).await;
        send(&mut stage, Nextcloud::PasswordGiven).await;
        let host = address(&server).replace("http://", "");
        let args = [("host", host.as_str().into())];
        assert!(stage.says(&stage.app.cx.tr("dav-unauthorized", &args)));
        assert!(!stage.app.target.is_ready(&stage.app.cx));
        send(
            &mut stage,
            Nextcloud::PasswordTyped(format!(" {PASSWORD}\n")),
        )
        .await;
        send(&mut stage, Nextcloud::PasswordGiven).await;
        assert!(stage.app.target.is_ready(&stage.app.cx));

        // Into itself?
        let target = stage.app.cx.draft.target.clone().unwrap();
        stage.app.cx.draft.source = Some(SourceConfig::Nextcloud {
            url: target.url,
            user: target.user,
            folder: String::new(),
            password_command: None,
        });
        assert!(stage.says(&stage.t("target-is-source")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_an_address_is_told() {
    let (server, _storage) = person::nextcloud().await;
    let google = person::google().await;
    for lang in Lang::ALL {
        let mut stage = at(lang);
        look(&mut stage, "ftp://").await;
        assert!(stage.says(&stage.t("nextcloud-no-address")));

        // Something answers, but it is no Nextcloud.
        let other = google.endpoint().as_str().trim_end_matches('/');
        look(&mut stage, other).await;
        assert!(stage.says(&stage.app.cx.tr("dav-web-page", &[("host", other.into())])));
        controls::check("no Nextcloud", &stage);

        // Nobody there. Port 9 of this computer is nobody's.
        look(&mut stage, "http://127.0.0.1:9").await;
        assert!(stage.says_about("dav-unreachable"));

        server.control().set_maintenance(true);
        look(&mut stage, &address(&server)).await;
        let at = address(&server);
        let host = [("host", at.as_str().into())];
        assert!(stage.says(&stage.app.cx.tr("dav-maintenance", &host)));
        server.control().set_maintenance(false);
        look(&mut stage, &address(&server)).await;
        assert!(stage.says(&stage.t("nextcloud-browser-words")));
    }
}
