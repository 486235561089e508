//! Signing in to Microsoft: with the browser, or with a code where there is none; and what to do where an
//! administrator has to allow it first.

use super::Login;
use crate::auth::oauth::{Grant, OAuthError, Refusal};
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::engine::Secret;
use crate::engine::sign_in::{self, MicrosoftApp};
use crate::sentences::{browser_pages, trouble, words};

impl Login<'_> {
    pub(super) async fn sign_in_to_microsoft(
        &self,
        app: &MicrosoftApp<'_>,
    ) -> Result<Exit, Failure> {
        let grant = match self.microsoft_grant(app).await {
            Ok(grant) => grant,
            Err(error) => {
                if let Some(Refusal::AdminConsent { .. } | Refusal::AdminPolicy) = error.refusal() {
                    self.write_to_the_administrator(app);
                }
                let texts = &self.console.texts;
                return Err(trouble::microsoft::oauth(&error, self.place, texts).into());
            }
        };
        self.keep(Secret::SourceRefreshToken, &grant.refresh_token)
            .await?;
        for scope in &grant.not_granted {
            self.console.tell(words::not_granted(scope), &[]);
        }
        Ok(self.done_without(None, &grant.not_granted))
    }

    async fn microsoft_grant(&self, app: &MicrosoftApp<'_>) -> Result<Grant, OAuthError> {
        if !self.device {
            let pages = browser_pages(&self.console.texts);
            let sign_in = sign_in::begin_microsoft(app, pages).await?;
            if sign_in::open_browser(sign_in.consent_page()) {
                self.tell_page(sign_in.consent_page());
                return sign_in.finish(self.cancel).await;
            }
        }
        let sign_in = sign_in::begin_microsoft_by_code(app).await?;
        let (page, code) = (sign_in.page().as_str(), sign_in.code());
        let args = [
            ("url", page.into()),
            ("code", code.into()),
            ("minutes", (sign_in.lifetime().as_secs() / 60).into()),
        ];
        self.console.tell("login-device", &args);
        let line = serde_json::json!({"event": "login.device", "url": page, "code": code});
        self.console.event(&line);
        sign_in.finish(self.cancel).await
    }

    /// A letter that can be sent as it is.
    fn write_to_the_administrator(&self, app: &MicrosoftApp<'_>) {
        let Some(page) = app.tenant.admin_consent_page(app.client_id, app.wanted) else {
            return;
        };
        let args = [
            ("link", page.as_str().into()),
            ("client", app.client_id.into()),
            ("target", self.migration.target.url.as_str().into()),
        ];
        let letter = self.console.texts.text("microsoft-letter", &args);
        self.console.tell("microsoft-letter-follows", &[]);
        self.console.say(&letter);
        let line = serde_json::json!({
            "event": "login.admin-consent", "url": page.as_str(), "letter": letter,
        });
        self.console.event(&line);
    }
}
