//! Signing in to Dropbox: with the browser, or with a code that Dropbox shows and somebody copies here.

use std::io::BufRead as _;

use secrecy::{ExposeSecret as _, SecretString};

use super::Login;
use crate::auth::oauth::{Grant, OAuthError};
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::engine::Secret;
use crate::engine::sign_in::{self, DropboxApp};
use crate::sentences::browser_pages;
use crate::sentences::trouble;

impl Login<'_> {
    pub(super) async fn sign_in_to_dropbox(&self, app: &DropboxApp<'_>) -> Result<Exit, Failure> {
        let texts = &self.console.texts;
        let failed = |error| trouble::dropbox::oauth(&error, self.place, texts);
        let grant = match self.dropbox_grant_by_browser(app).await.map_err(failed)? {
            Some(grant) => grant,
            None => self.dropbox_grant_by_code(app).await?,
        };
        self.keep(Secret::SourceRefreshToken, &grant.refresh_token)
            .await?;
        Ok(self.done(None))
    }

    /// `None`: there is no browser, or another way was asked for.
    async fn dropbox_grant_by_browser(
        &self,
        app: &DropboxApp<'_>,
    ) -> Result<Option<Grant>, OAuthError> {
        if self.device {
            return Ok(None);
        }
        let pages = browser_pages(&self.console.texts);
        let sign_in = sign_in::begin_dropbox(app, pages).await?;
        if !sign_in::open_browser(sign_in.consent_page()) {
            return Ok(None);
        }
        self.tell_page(sign_in.consent_page());
        sign_in.finish(self.cancel).await.map(Some)
    }

    async fn dropbox_grant_by_code(&self, app: &DropboxApp<'_>) -> Result<Grant, Failure> {
        let texts = &self.console.texts;
        let failed = |error| trouble::dropbox::oauth(&error, self.place, texts);
        let sign_in = sign_in::begin_dropbox_by_paste(app).map_err(failed)?;
        self.tell_page(sign_in.consent_page());
        let code = self.ask_code().await?;
        let grant = sign_in.finish(code.expose_secret(), self.cancel).await;
        Ok(grant.map_err(failed)?)
    }

    async fn ask_code(&self) -> Result<SecretString, Failure> {
        let texts = &self.console.texts;
        self.console
            .say(texts.text("login-ask-code", &[]).trim_end());
        let asked = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line).map(|_| line)
        });
        let line = tokio::select! {
            () = self.cancel.cancelled() => {
                return Err(trouble::dropbox::oauth(&OAuthError::Cancelled, self.place, texts).into());
            }
            line = asked => line.ok().and_then(Result::ok).unwrap_or_default(),
        };
        match line.trim() {
            "" => {
                let login = [("login", self.place.login.as_str().into())];
                let message = texts.text("login-no-code", &login);
                Err(Failure::new(Exit::BadUsage, "usage", message))
            }
            code => Ok(SecretString::from(code)),
        }
    }
}
