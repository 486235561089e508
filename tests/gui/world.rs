//! A real migration between a practice Google and a practice Nextcloud, open in a window, with its secrets
//! in the window's own vault.

use secrecy::ExposeSecret;
use tempfile::TempDir;
use tokio::sync::RwLockReadGuard;
use tokio_util::sync::CancellationToken;
use transhumance::app::screen::{choose, welcome};
use transhumance::app::{Message, Step};
use transhumance::engine::Secret;
use transhumance::engine::migrations::{self, State};
use transhumance::engine::sign_in::begin_nextcloud;
use transhumance::i18n::Lang;
use transhumance::model::{Draft, SourceConfig, TargetConfig};
use transhumance::practice::content::Content;
use transhumance::practice::{google, nextcloud};

use crate::person;
use crate::stage::{Stage, TALL};

const USER: &str = "camille";
const PASSWORD: &str = "Canard-bleu-2026";
pub const NAME: &str = "AMAP du Canard bleu";

pub struct World {
    pub google: google::Server,
    pub nextcloud: nextcloud::Server,
    pub stage: Stage,
    _storage: TempDir,
    _vault: RwLockReadGuard<'static, ()>,
}

impl World {
    /// With these files (name, bytes) at the source, besides all the traps of the practice world; surveyed.
    pub async fn new(lang: Lang, files: &[(&str, u64)]) -> Self {
        let vault = person::vault().await;
        let config = google::Config::new(7, 0);
        let google = google::Server::start(config.clone()).await.unwrap();
        let storage = tempfile::tempdir().unwrap();
        let user = nextcloud::User::new(USER, PASSWORD);
        let nextcloud =
            nextcloud::Server::start(nextcloud::Config::new(storage.path(), vec![user]))
                .await
                .unwrap();
        // One by one, so that a fault befalls one file.
        nextcloud.control().set_bulk(nextcloud::Bulk::Absent);
        for (name, bytes) in files {
            let content = Content::noise(*bytes, *bytes);
            google.control().add_file("root", name, content).unwrap();
        }
        let mut stage = Stage::new(lang);
        stage.size = TALL;
        let draft = Draft {
            name: NAME.into(),
            source: Some(SourceConfig::Google {
                client_id: config.client_id.clone(),
                endpoint: Some(google.endpoint().clone()),
                password_command: None,
            }),
            target: Some(TargetConfig {
                url: nextcloud.url(),
                user: USER.into(),
                folder: "Archives".into(),
                password_command: None,
            }),
            ..Draft::default()
        };
        let migration = draft.migration().unwrap();
        let secrets = [
            (Secret::SourceClientSecret, config.client_secret.clone()),
            (
                Secret::SourceRefreshToken,
                google.refresh_token().to_owned(),
            ),
            (Secret::TargetPassword, app_password(&nextcloud).await),
        ];
        for (which, secret) in secrets {
            let secret = secret.into();
            let kept = stage.app.cx.secrets.keep(&migration, which, &secret);
            kept.await.unwrap();
        }
        let home = stage.home.path().to_owned();
        migrations::save(draft, None, &home).await.unwrap();
        let entry = migrations::list(&home).await.unwrap().remove(0);
        assert_eq!(entry.state, State::Ready);
        open(&mut stage).await;
        Self {
            google,
            nextcloud,
            stage,
            _storage: storage,
            _vault: vault,
        }
    }

    /// Plans; then the move can begin.
    pub async fn planned(&mut self) {
        let on = Message::Choose(choose::Message::Next);
        self.stage
            .play_watching(on, |app| {
                app.step == Step::Preview
                    && app.cx.done.preview.is_some()
                    && app.cx.running().is_none()
            })
            .await;
        let on = Message::StepChosen(Step::Move);
        self.stage.play(on, |_| false).await;
    }
}

/// Signs in as the window does, and as somebody does in the browser.
async fn app_password(nextcloud: &nextcloud::Server) -> String {
    let url = nextcloud.url();
    let flow = begin_nextcloud(url.as_str()).await.unwrap().unwrap();
    let token = flow
        .login_url()
        .path_segments()
        .unwrap()
        .next_back()
        .unwrap()
        .to_owned();
    let form = [
        ("token", token.as_str()),
        ("user", USER),
        ("password", PASSWORD),
    ];
    let granted = reqwest::Client::new()
        .post(url.join("login/v2/grant").unwrap())
        .form(&form)
        .send()
        .await
        .unwrap();
    assert!(granted.status().is_success(), "{granted:?}");
    let login = flow.wait(&CancellationToken::new()).await.unwrap();
    login.app_password.expose_secret().to_owned()
}

/// Opens the one migration of the list, as somebody does who comes back.
async fn open(stage: &mut Stage) {
    let listed = Message::Welcome(welcome::Message::ListAsked);
    stage.play(listed, |_| false).await;
    let chosen = Message::Welcome(welcome::Message::Chosen(0));
    stage
        .play_watching(chosen, |app| {
            app.cx.status().is_some_and(|status| status.surveyed) && app.cx.running().is_none()
        })
        .await;
}
