//! From a Microsoft account: the client id, signing in here and elsewhere, the administrator, the sites.

use std::cell::OnceCell;

use transhumance::app::screen::source::{
    Kind, Message as Source, MicrosoftKind, MicrosoftMessage, MicrosoftSites,
};
use transhumance::app::{App, Context, Message, Step};
use transhumance::auth::oauth::Tenant;
use transhumance::engine::migrations;
use transhumance::engine::sign_in::MicrosoftApp;
use transhumance::i18n::Lang;
use transhumance::model::{Scope, SourceConfig};
use transhumance::practice::microsoft::{Account, Config, Server};

use crate::controls;
use crate::person;
use crate::stage::{Stage, TALL};

async fn server(account: Account) -> Server {
    Server::start(Config::new(account, 1, 10)).await.unwrap()
}

async fn send(stage: &mut Stage, message: Source) {
    stage.play(Message::Source(message), |_| false).await;
}

async fn microsoft(stage: &mut Stage, message: MicrosoftMessage) {
    send(stage, Source::Microsoft(message)).await;
}

fn sites(stage: &Stage) -> Vec<String> {
    match &stage.app.cx.draft.source {
        Some(SourceConfig::Microsoft { sites, .. }) => sites.clone(),
        other => panic!("{other:?}"),
    }
}

fn tenant(stage: &Stage) -> Option<String> {
    match &stage.app.cx.draft.source {
        Some(SourceConfig::Microsoft { tenant, .. }) => tenant.clone(),
        other => panic!("{other:?}"),
    }
}

/// At the door, with the practice Microsoft's client id, as a migration file has it.
async fn with_id(lang: Lang, server: &Server, kind: MicrosoftKind) -> Stage {
    let mut stage = Stage::new(lang);
    // So tall that nothing needs to be scrolled to.
    stage.size = TALL;
    stage.press("new");
    let config = Config::new(Account::Work, 1, 10);
    stage.app.cx.draft.source = Some(SourceConfig::Microsoft {
        client_id: config.client_id,
        tenant: None,
        sites: Vec::new(),
        endpoint: Some(server.endpoint().clone()),
        password_command: None,
    });
    send(&mut stage, Source::KindChosen(Kind::Microsoft)).await;
    assert!(stage.says(&stage.t("microsoft-signed-out")));
    microsoft(&mut stage, MicrosoftMessage::AccountChosen(kind)).await;
    stage
}

/// Signs in with the browser, where `action` is pressed; gives the page that the browser ends on.
async fn sign_in(stage: &mut Stage, button: &'static str, action: &'static str) -> String {
    let person = OnceCell::new();
    let enough = |app: &App| {
        if let Some(page) = app.source.page() {
            person.get_or_init(|| tokio::spawn(person::at_consent(page.clone(), action)));
        }
        false
    };
    stage.press_until(button, enough).await;
    person.into_inner().expect("a page to open").await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_leads_to_a_client_id() {
    for lang in Lang::ALL {
        let mut stage = Stage::new(lang);
        stage.press("new");
        send(&mut stage, Source::KindChosen(Kind::Microsoft)).await;
        stage.assert_looks("source-microsoft");
        for step in 0..4 {
            microsoft(&mut stage, MicrosoftMessage::StepChosen(step)).await;
            controls::check(&format!("guide {step}"), &stage);
        }
        stage.assert_looks("source-microsoft-id");
        stage.size = TALL;

        // As long as it may still become one, nothing is said to be wrong.
        let typed = |text: &str| MicrosoftMessage::IdTyped(text.to_owned());
        microsoft(&mut stage, typed("ca4a4d1e-00")).await;
        assert!(!stage.says(&stage.t("microsoft-id-wrong")));
        microsoft(&mut stage, MicrosoftMessage::KeyGiven).await;
        assert!(!stage.says(&stage.t("microsoft-id-there")));
        for wrong in ["Transhumance", "ca4a4d1e000040008000000000000000"] {
            microsoft(&mut stage, typed(wrong)).await;
            assert!(stage.says(&stage.t("microsoft-id-wrong")), "{wrong}");
        }
        microsoft(&mut stage, typed(" CA4A4D1E-0000-4000-8000-00000000B1E0 ")).await;
        assert!(!stage.says(&stage.t("microsoft-id-wrong")));
        stage.press("key-go");
        assert!(stage.says(&stage.t("microsoft-id-there")));
        controls::check("door", &stage);

        // Whose account it is.
        stage.press("account-1");
        assert!(stage.says(&stage.t("microsoft-kind-work-help")));
        let domain = |text: &str| MicrosoftMessage::DomainTyped(text.to_owned());
        microsoft(&mut stage, domain("L’association")).await;
        assert!(stage.says(&stage.t("microsoft-domain-wrong")));
        microsoft(&mut stage, MicrosoftMessage::SignInAsked).await;
        assert!(stage.says(&stage.t("microsoft-id-there")), "still here");
        microsoft(&mut stage, domain("canard.example")).await;
        assert!(!stage.says(&stage.t("microsoft-domain-wrong")));
        controls::check("organisation", &stage);
        stage.size = crate::stage::SIZE;
        stage.assert_looks("source-microsoft-sign-in");
        // Nothing of this is a source yet.
        assert!(stage.app.cx.draft.source.is_none());
        assert!(!stage.app.source.is_ready(&stage.app.cx));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisations_sites_can_be_taken_along() {
    let _vault = person::vault().await;
    let server = server(Account::Work).await;
    for lang in Lang::ALL {
        // Whoever does not know learns that there are sites.
        let mut stage = with_id(lang, &server, MicrosoftKind::Any).await;
        let page = sign_in(&mut stage, "sign-in", "allow").await;
        assert!(page.contains(&stage.t("browser-done")), "{page}");
        assert!(stage.says(&stage.t("microsoft-connected")));
        assert!(stage.says(server.account()));
        assert_eq!(tenant(&stage), None);
        controls::check("signed in", &stage);
        sign_in(&mut stage, "ask-sites", "allow").await;
        assert_eq!(tenant(&stage).as_deref(), Some("organizations"));
        assert!(stage.app.source.is_ready(&stage.app.cx));
        assert!(stage.says(&stage.t("sites-title")));
        controls::check("sites", &stage);

        // One is chosen by pressing it, found by its name.
        let there = server.control().sites();
        let path = there.first().unwrap().path;
        let filter = MicrosoftSites::FilterTyped(path.to_uppercase());
        microsoft(&mut stage, MicrosoftMessage::Sites(filter)).await;
        stage.press_and_play("site-0").await;
        let chosen = sites(&stage);
        assert_eq!(chosen.len(), 1, "{chosen:?}");
        assert_eq!(chosen[0], server.control().site_address(path));
        let one = [("n", 1.into())];
        assert!(stage.says(&stage.app.cx.tr("sites-chosen", &one)));
        stage.press_and_play("site-0").await;
        assert!(sites(&stage).is_empty());
        stage.press_and_play("site-0").await;
        let nothing = MicrosoftSites::FilterTyped("nowhere at all".into());
        microsoft(&mut stage, MicrosoftMessage::Sites(nothing)).await;
        assert!(stage.says(&stage.t("sites-nothing-found")));

        // The file names them, and whoever opens it again finds them chosen.
        let mine = migrations::list(stage.home.path()).await.unwrap();
        assert_eq!(mine.len(), 1);
        let mut again = Stage::new(lang);
        again.size = TALL;
        again.app.cx = Context::new(stage.home.path().to_owned(), again.app.cx.settings.clone());
        let opened = transhumance::app::screen::welcome::Message::Listed(Ok(mine));
        again.play(Message::Welcome(opened), |_| false).await;
        again.press_until("open-0", |_| false).await;
        let back = Message::StepChosen(Step::Source);
        again.play(back, |_| false).await;
        assert!(again.says(server.account()), "still signed in");
        assert_eq!(sites(&again), chosen);
        assert!(again.says(&again.app.cx.tr("sites-chosen", &one)));

        // What it does not see can be taken out.
        if let Some(SourceConfig::Microsoft { sites, .. }) = &mut again.app.cx.draft.source {
            sites.push("Une équipe partie".to_owned());
        }
        assert!(again.says(&again.t("sites-astray")));
        controls::check("astray", &again);
        again.press("site-astray-0");
        assert_eq!(sites(&again), chosen);

        // As somebody else: the client id is still there.
        again.press_until("other-account", |_| false).await;
        assert!(!again.app.source.is_ready(&again.app.cx));
        assert!(again.says(&again.t("microsoft-id-there")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_personal_account_has_no_sites() {
    let _vault = person::vault().await;
    let server = server(Account::Personal).await;
    let mut stage = with_id(Lang::Fr, &server, MicrosoftKind::Personal).await;
    sign_in(&mut stage, "sign-in", "allow").await;
    assert!(stage.says(&stage.t("microsoft-what-personal")));
    assert!(!stage.says(&stage.t("sites-title")));
    assert_eq!(tenant(&stage).as_deref(), Some("consumers"));

    // Another kind of place, and back: its sign-in is not claimed any more.
    send(&mut stage, Source::KindAsked).await;
    send(&mut stage, Source::KindChosen(Kind::Folder)).await;
    let folder = stage.home.path().display().to_string();
    let typed = transhumance::app::screen::source::FolderMessage::Typed(folder);
    send(&mut stage, Source::Folder(typed)).await;
    send(&mut stage, Source::KindChosen(Kind::Microsoft)).await;
    assert!(!stage.app.source.is_ready(&stage.app.cx));
    assert!(stage.says(&stage.t("microsoft-id-there")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_entered_on_another_device() {
    let _vault = person::vault().await;
    let server = server(Account::Work).await;
    for lang in Lang::ALL {
        let mut stage = with_id(lang, &server, MicrosoftKind::Organisation).await;
        stage
            .press_until("by-code", |app| app.source.code().is_some())
            .await;
        let code = stage.app.source.code().unwrap().to_owned();
        assert!(stage.says(&code));
        assert!(stage.says(&format!("{}devicelogin", server.endpoint())));
        controls::check("code", &stage);
        stage.press("copy-code");
        stage.press("copy-page");
        assert!(stage.says(&stage.t("page-copied")));

        // Giving up, then once more.
        microsoft(&mut stage, MicrosoftMessage::Cancelled).await;
        assert!(stage.app.source.code().is_none());
        assert!(!stage.app.source.is_ready(&stage.app.cx));
        stage
            .press_until("by-code", |app| app.source.code().is_some())
            .await;
        let code = stage.app.source.code().unwrap().to_owned();
        assert!(server.control().enter_device_code(&code, true));
        let on = Message::Source(Source::Microsoft(MicrosoftMessage::HelpAsked));
        stage.play(on, |_| false).await;
        assert!(stage.says(server.account()));
        assert!(stage.app.source.is_ready(&stage.app.cx));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_gets_a_letter() {
    let _vault = person::vault().await;
    let server = server(Account::Work).await;
    server.control().set_admin_only(true);
    for lang in Lang::ALL {
        let mut stage = with_id(lang, &server, MicrosoftKind::Organisation).await;
        sign_in(&mut stage, "sign-in", "return").await;
        assert!(stage.says_about("microsoft-admin-consent"));
        assert!(stage.says(&stage.t("microsoft-administrator")));
        controls::check("administrator", &stage);
        // The letter names the page, the client id and where to.
        let id = Config::new(Account::Work, 1, 10).client_id;
        let app = MicrosoftApp {
            client_id: &id,
            tenant: Tenant::new(Some("organizations"), false),
            wanted: &Scope::default(),
            endpoint: Some(server.endpoint()),
        };
        let page = app.admin_consent_page().unwrap();
        let target = stage.t("microsoft-letter-target");
        let letter = [
            ("link", page.as_str().into()),
            ("client", id.as_str().into()),
            ("target", target.as_str().into()),
        ];
        let letter = stage.app.cx.tr("microsoft-letter", &letter);
        for part in [page.as_str(), &id, &target] {
            assert!(letter.contains(part), "{part}");
        }
        assert!(stage.says(&letter));
        stage.press("letter");
        assert!(stage.says(&stage.t("page-copied")));
        stage.press("copy-consent");
        assert!(stage.says(&stage.t("page-copied")));

        // While the browser is waited for, it is there, too: Microsoft's page need not come back.
        stage
            .press_until("sign-in", |app| app.source.page().is_some())
            .await;
        stage.press("help");
        assert!(stage.says(&stage.t("microsoft-administrator")));
        controls::check("waiting", &stage);
        microsoft(&mut stage, MicrosoftMessage::Cancelled).await;
        assert!(stage.app.source.page().is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_microsoft_refuses_is_told_with_the_next_step() {
    let _vault = person::vault().await;
    let server = server(Account::Work).await;
    let control = server.control();
    for lang in Lang::ALL {
        let mut stage = with_id(lang, &server, MicrosoftKind::Organisation).await;
        let page = sign_in(&mut stage, "sign-in", "deny").await;
        assert!(page.contains(&stage.t("browser-failed")), "{page}");
        assert!(stage.says(&stage.t("oauth-access-denied")));

        control.set_not_public(true);
        sign_in(&mut stage, "sign-in", "allow").await;
        assert!(stage.says_about("microsoft-not-public"));
        stage.press("copy-console");
        control.set_not_public(false);

        // There is no OneDrive yet: the sign-in holds, and is checked again when there is one.
        control.set_no_drive(true);
        sign_in(&mut stage, "sign-in", "allow").await;
        assert!(stage.says_about("microsoft-no-drive"));
        assert!(!stage.app.source.is_ready(&stage.app.cx));
        controls::check("no drive", &stage);
        control.set_no_drive(false);
        stage.press_until("restore", |_| false).await;
        assert!(stage.says(server.account()));
    }
}
