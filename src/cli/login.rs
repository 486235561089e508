//! `transhumance login FILE source|target`: signs in, keeps what is needed in the vault, or takes the
//! access back.

mod dropbox;
mod microsoft;

use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::Exit;
use super::args::{self, Common, End};
use super::console::Console;
use super::failure::Failure;
use super::session::{self, Home};
use crate::auth::login_flow::LoginFlow;
use crate::auth::oauth::{ClientCredentials, OAuthError};
use crate::engine::sign_in::{
    self, DropboxApp, MicrosoftApp, NextcloudAccount, SignOutError, SignedOut,
};
use crate::engine::{KeptSecrets, Secret};
use crate::model::{Migration, SourceConfig};
use crate::sentences::trouble::{self, Ends, Place};
use crate::sentences::{browser_pages, words};

/// One sign-in.
struct Login<'a> {
    console: &'a Console,
    migration: &'a Migration,
    secrets: &'a KeptSecrets,
    place: &'a Place,
    end: End,
    /// With a code, in a browser elsewhere.
    device: bool,
    cancel: &'a CancellationToken,
}

pub fn run(args: &args::Login, common: &Common, console: &Console) -> Result<Exit, Failure> {
    let texts = &console.texts;
    let file: &Path = &args.file.file;
    let migration = session::read(file, texts)?;
    let home = Home::open(common, texts)?;
    let secrets = KeptSecrets::new(&home.data_dir);
    let ends = Ends::of(&migration, &file.display().to_string());
    session::run(console, "stop-login", async |cancel| {
        let login = Login {
            console,
            migration: &migration,
            secrets: &secrets,
            place: match args.end {
                End::Source => &ends.source,
                End::Target => &ends.target,
            },
            end: args.end,
            device: args.device,
            cancel: &cancel,
        };
        match args.revoke {
            true => login.revoke().await,
            false => login.sign_in().await,
        }
    })
}

impl Login<'_> {
    /// The Nextcloud account in question; `None`: it is not a Nextcloud.
    fn nextcloud(&self) -> Option<NextcloudAccount<'_>> {
        sign_in::nextcloud_account(self.migration, self.end.into())
    }

    async fn sign_in(&self) -> Result<Exit, Failure> {
        let by_code = matches!(
            (self.end, &self.migration.source),
            (
                End::Source,
                SourceConfig::Microsoft { .. } | SourceConfig::Dropbox { .. }
            )
        );
        if self.device && !by_code {
            let message = self.console.texts.text("login-no-device", &[]);
            return Err(Failure::new(Exit::BadUsage, "usage", message));
        }
        if let Some(account) = self.nextcloud() {
            self.open_vault().await?;
            return self.sign_in_to_nextcloud(&account).await;
        }
        if let Some(app) = MicrosoftApp::of(self.migration) {
            self.open_vault().await?;
            return self.sign_in_to_microsoft(&app).await;
        }
        if let Some(app) = DropboxApp::of(&self.migration.source) {
            self.open_vault().await?;
            return self.sign_in_to_dropbox(&app).await;
        }
        match &self.migration.source {
            SourceConfig::Google {
                client_id,
                endpoint,
                ..
            } => {
                self.open_vault().await?;
                self.sign_in_to_google(client_id, endpoint.as_ref()).await
            }
            _ => {
                self.console.tell("login-not-needed", &[]);
                Ok(self.done(None))
            }
        }
    }

    /// Before the browser is opened: what is gained there must be kept.
    async fn open_vault(&self) -> Result<(), Failure> {
        let texts = &self.console.texts;
        let aside = self.secrets.prepare().await;
        let aside: Option<PathBuf> = aside.map_err(|error| trouble::vault(&error, texts))?;
        if let Some(path) = aside {
            let path = path.display().to_string();
            self.console
                .tell("login-vault-set-aside", &[("path", path.into())]);
        }
        Ok(())
    }

    async fn sign_in_to_nextcloud(&self, account: &NextcloudAccount<'_>) -> Result<Exit, Failure> {
        let texts = &self.console.texts;
        let failed = |error| trouble::login(&error, self.place, texts);
        let flow = LoginFlow::start(account.url).await.map_err(failed)?;
        self.open_browser(flow.login_url());
        let login = flow.wait(self.cancel).await.map_err(failed)?;
        if login.login_name != account.user {
            // The password belongs to that other name; nobody would ever use it.
            let _ = sign_in::take_back_password(account.url, &login.login_name, login.app_password)
                .await;
            let args = [
                ("host", self.place.host.as_str().into()),
                ("found", login.login_name.into()),
                ("wanted", account.user.into()),
            ];
            let message = texts.text("login-other-account", &args);
            return Err(Failure::new(Exit::NoConnection, "login", message));
        }
        self.keep(account.secret, &login.app_password).await?;
        Ok(self.done(Some(account.user)))
    }

    async fn sign_in_to_google(
        &self,
        client_id: &str,
        endpoint: Option<&Url>,
    ) -> Result<Exit, Failure> {
        let texts = &self.console.texts;
        let failed = |error: OAuthError| trouble::oauth(&error, self.place, texts);
        let known = self.find(Secret::SourceClientSecret).await?;
        let secret = match known {
            Some(secret) => secret,
            None => self.ask_client_secret().await?,
        };
        let client = ClientCredentials {
            id: client_id.to_owned(),
            secret: Some(secret.clone()),
        };
        let sign_in = sign_in::begin_google(
            client,
            &self.migration.scope,
            endpoint,
            browser_pages(texts),
        )
        .await
        .map_err(failed)?;
        self.open_browser(sign_in.consent_page());
        let grant = sign_in.finish(self.cancel).await.map_err(failed)?;
        self.keep(Secret::SourceClientSecret, &secret).await?;
        self.keep(Secret::SourceRefreshToken, &grant.refresh_token)
            .await?;
        for scope in &grant.not_granted {
            self.console.tell(words::not_granted(scope), &[]);
        }
        Ok(self.done_without(None, &grant.not_granted))
    }

    /// From the keyboard without an echo, or a line from elsewhere.
    async fn ask_client_secret(&self) -> Result<SecretString, Failure> {
        let texts = &self.console.texts;
        let prompt = texts.text("login-ask-client-secret", &[]);
        let asked = tokio::task::spawn_blocking(move || {
            if std::io::stdin().is_terminal() {
                return rpassword::prompt_password(prompt);
            }
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line)?;
            Ok(line)
        });
        let answer = tokio::select! {
            () = self.cancel.cancelled() => None,
            answer = asked => answer.ok().and_then(Result::ok),
        };
        match answer.as_deref().map(str::trim) {
            Some(secret) if !secret.is_empty() => Ok(SecretString::from(secret)),
            _ => Err(trouble::secret(Secret::SourceClientSecret, self.place, texts).into()),
        }
    }

    /// Opens the page in a browser and says where it is, so that it can be opened by hand.
    fn open_browser(&self, page: &Url) {
        self.tell_page(page);
        sign_in::open_browser(page);
    }

    fn tell_page(&self, page: &Url) {
        let args = [("url", page.as_str().into())];
        self.console.tell("login-open", &args);
        let line = serde_json::json!({"event": "login.page", "url": page.as_str()});
        self.console.event(&line);
    }

    async fn find(&self, which: Secret) -> Result<Option<SecretString>, Failure> {
        let found = self.secrets.find(self.migration, which).await;
        found.map_err(|error| trouble::vault(&error, &self.console.texts).into())
    }

    async fn keep(&self, which: Secret, secret: &SecretString) -> Result<(), Failure> {
        let kept = self.secrets.keep(self.migration, which, secret).await;
        kept.map_err(|error| trouble::vault(&error, &self.console.texts).into())
    }

    fn done(&self, account: Option<&str>) -> Exit {
        self.done_without(account, &[])
    }

    /// `not_granted`: the scopes that the user did not tick.
    fn done_without(&self, account: Option<&str>, not_granted: &[String]) -> Exit {
        let host = ("host", self.place.host.as_str().into());
        if self.place.needs_sign_in {
            self.console.tell("login-done", &[host]);
        }
        self.say("login.done", account, not_granted);
        Exit::Done
    }

    fn say(&self, event: &str, account: Option<&str>, not_granted: &[String]) {
        let end = match self.end {
            End::Source => "source",
            End::Target => "target",
        };
        let mut line = serde_json::json!({"event": event, "end": end, "account": account});
        if let (false, Some(line)) = (not_granted.is_empty(), line.as_object_mut()) {
            line.insert("not_granted".into(), not_granted.into());
        }
        self.console.event(&line);
    }

    /// Takes the access back at the server, then forgets it here.
    async fn revoke(&self) -> Result<Exit, Failure> {
        let texts = &self.console.texts;
        let signed_out = sign_in::sign_out(self.migration, self.end.into(), self.secrets)
            .await
            .map_err(|error| match error {
                SignOutError::Nextcloud(error) => trouble::dav(&error, self.place, texts),
                SignOutError::Provider(error) => match &self.migration.source {
                    SourceConfig::Dropbox { .. } => {
                        trouble::dropbox::oauth(&error, self.place, texts)
                    }
                    _ => trouble::oauth(&error, self.place, texts),
                },
                SignOutError::Vault(error) => trouble::vault(&error, texts),
            })?;
        if signed_out == SignedOut::OnlyHere {
            self.console.tell("microsoft-revoke-by-hand", &[]);
        }
        let host = ("host", self.place.host.as_str().into());
        self.console.tell("login-revoked", &[host]);
        self.say("login.revoked", None, &[]);
        Ok(Exit::Done)
    }
}
