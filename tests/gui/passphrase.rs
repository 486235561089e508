//! The passphrase of the vault, where the system has no keychain.

use std::sync::Arc;

use transhumance::app::Message;
use transhumance::app::passphrase::Message as Passphrase;
use transhumance::app::screen::source::Message as Source;
use transhumance::auth::vault::{SecretError, VaultError};
use transhumance::engine::{KeptSecrets, Secret};
use transhumance::i18n::Lang;

use crate::controls;
use crate::person;
use crate::stage::Stage;

fn no_keychain() -> Arc<SecretError> {
    let detail = "nobody answers".to_owned();
    Arc::new(SecretError::Vault(VaultError::NoKeychain { detail }))
}

async fn send(stage: &mut Stage, message: Passphrase) {
    stage.play(Message::Passphrase(message), |_| false).await;
}

/// Asks as a screen does, whatever keychain this computer has.
async fn asked(lang: Lang, answer: Arc<SecretError>) -> Stage {
    let mut stage = Stage::new(lang);
    stage.press("new");
    // The answer of the system itself is not waited for.
    let _ = stage.app.update(Message::Source(Source::KeepAsked));
    send(&mut stage, Passphrase::Looked(Err(answer))).await;
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_time_it_is_typed_twice() {
    let _alone = person::locked_vault().await;
    for lang in Lang::ALL {
        let mut stage = asked(lang, no_keychain()).await;
        assert!(stage.says(&stage.t("passphrase-new-title")));
        controls::check("new passphrase", &stage);
        stage.assert_looks("passphrase-new");
        send(&mut stage, Passphrase::Typed("court".into())).await;
        send(&mut stage, Passphrase::Given).await;
        let n = [("n", 8.into())];
        assert!(stage.says(&stage.app.cx.tr("passphrase-short", &n)));
        send(&mut stage, Passphrase::Typed("bergerie bleue".into())).await;
        send(&mut stage, Passphrase::TypedAgain("bergerie".into())).await;
        send(&mut stage, Passphrase::Given).await;
        assert!(stage.says(&stage.t("passphrase-different")));
        send(&mut stage, Passphrase::TypedAgain("bergerie bleue".into())).await;
        send(&mut stage, Passphrase::Given).await;
        assert!(stage.app.passphrase.is_none(), "it is done");

        // The vault is open.
        let kept = KeptSecrets::new(stage.home.path());
        kept.keep_early("x", Secret::TargetPassword, &"s".into())
            .await
            .unwrap();

        // Later, once; and a wrong one is told.
        transhumance::auth::vault::give_passphrase(None);
        let path = stage.home.path().to_owned();
        let needed = SecretError::Vault(VaultError::PassphraseNeeded { path });
        let _ = stage.app.update(Message::Source(Source::KeepAsked));
        send(&mut stage, Passphrase::Looked(Err(Arc::new(needed)))).await;
        assert!(stage.says(&stage.t("passphrase-title")));
        assert!(!stage.says(&stage.t("passphrase-again")));
        controls::check("passphrase", &stage);
        send(&mut stage, Passphrase::Typed("autre chose".into())).await;
        send(&mut stage, Passphrase::Given).await;
        assert!(stage.says(&stage.t("passphrase-wrong")));
        send(&mut stage, Passphrase::Typed("bergerie bleue".into())).await;
        send(&mut stage, Passphrase::Given).await;
        assert!(stage.app.passphrase.is_none());
        transhumance::auth::vault::give_passphrase(None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_to_give_one() {
    let _alone = person::locked_vault().await;
    let mut stage = asked(Lang::Fr, no_keychain()).await;
    assert!(stage.says(&stage.t("passphrase-new-title")));
    stage.press("passphrase-no");
    assert!(stage.app.passphrase.is_none());
}
