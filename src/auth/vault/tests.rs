use std::env::VarError;
use std::sync::Arc;

use keyring_core::api::CredentialStore;
use secrecy::ExposeSecret as _;
use url::Url;

use super::*;

fn mock() -> OpenKeychain {
    let store: Arc<CredentialStore> = keyring_core::mock::Store::new().unwrap();
    Arc::new(move || Ok(store.clone()))
}

fn none() -> OpenKeychain {
    Arc::new(|| {
        let text = "no session bus";
        Err(keyring_core::Error::NoStorageAccess(text.into()))
    })
}

fn passphrase(text: &str) -> Option<SecretString> {
    Some(SecretString::from(text))
}

async fn shown(vault: &Vault, name: &str) -> Option<String> {
    let secret = vault.get(name).await.unwrap()?;
    Some(secret.expose_secret().to_owned())
}

#[tokio::test]
async fn keeps_secrets_under_the_keychains_key() {
    let dir = tempfile::tempdir().unwrap();
    let keychain = mock();
    let open = || Vault::open_with(dir.path(), None, keychain.clone());
    let vault = open().await.unwrap();
    vault.set("a", &"first".into()).await.unwrap();
    vault.set("b", &"second é".into()).await.unwrap();
    vault.set("a", &"third".into()).await.unwrap();
    let again = open().await.unwrap();
    assert_eq!(shown(&again, "a").await.as_deref(), Some("third"));
    assert_eq!(shown(&again, "b").await.as_deref(), Some("second é"));
    assert_eq!(shown(&again, "c").await, None);
    assert!(again.remove("a").await.unwrap());
    assert!(!again.remove("a").await.unwrap());
    assert_eq!(shown(&vault, "a").await, None);
    let text = std::fs::read_to_string(dir.path().join(FILE)).unwrap();
    assert!(!text.contains("second"), "{text}");
    assert!(!format!("{vault:?}").contains("key"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(dir.path().join(FILE)).unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_passphrase_stands_in_for_a_keychain() {
    let dir = tempfile::tempdir().unwrap();
    let open = |passphrase| Vault::open_with(dir.path(), passphrase, none());
    let vault = open(passphrase("battery staple")).await.unwrap();
    vault.set("a", &"kept".into()).await.unwrap();
    let again = open(passphrase("battery staple")).await.unwrap();
    assert_eq!(shown(&again, "a").await.as_deref(), Some("kept"));
    assert!(matches!(
        open(passphrase("battery")).await,
        Err(VaultError::WrongPassphrase { .. })
    ));
    assert!(matches!(
        open(None).await,
        Err(VaultError::PassphraseNeeded { .. })
    ));
}

#[tokio::test]
async fn without_keychain_and_passphrase_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let error = Vault::open_with(dir.path(), None, none())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, VaultError::NoKeychain { detail } if detail.contains("no session bus")),
        "{error:?}"
    );
    assert!(!Vault::exists(dir.path()));
}

#[tokio::test]
async fn another_keychain_does_not_open_it() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open_with(dir.path(), None, mock()).await.unwrap();
    vault.set("a", &"kept".into()).await.unwrap();
    let error = Vault::open_with(dir.path(), None, mock())
        .await
        .unwrap_err();
    assert!(matches!(error, VaultError::KeyMissing { .. }));
    let aside = Vault::set_aside(dir.path()).await.unwrap().unwrap();
    assert!(aside.exists() && !Vault::exists(dir.path()));
    Vault::open_with(dir.path(), None, mock()).await.unwrap();
    let next = Vault::set_aside(dir.path()).await.unwrap().unwrap();
    assert_ne!(aside, next);
}

#[tokio::test]
async fn a_damaged_or_newer_vault_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE);
    for (text, newer) in [
        ("{\"version\": 1", false),
        ("[]", false),
        ("{\"version\": 9}", true),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = Vault::open_with(dir.path(), None, mock())
            .await
            .unwrap_err();
        assert_eq!(matches!(error, VaultError::Newer { .. }), newer, "{error}");
        assert!(newer || matches!(error, VaultError::Damaged { .. }));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}

#[tokio::test]
async fn one_secret_cannot_be_passed_off_as_another() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open_with(dir.path(), None, mock()).await.unwrap();
    vault.set("mine", &"kept".into()).await.unwrap();
    let path = dir.path().join(FILE);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"mine\"", "\"yours\"")).unwrap();
    assert!(matches!(
        vault.get("yours").await,
        Err(VaultError::Damaged { .. })
    ));
}

#[tokio::test]
async fn many_writers_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let keychain = mock();
    let vaults = futures::future::join_all(
        (0..8).map(|_| Vault::open_with(dir.path(), None, keychain.clone())),
    )
    .await;
    let names: Vec<String> = (0..8).map(|n| n.to_string()).collect();
    let writes = vaults.iter().zip(&names).map(|(vault, name)| async move {
        let vault = vault.as_ref().unwrap();
        vault.set(name, &name.as_str().into()).await.unwrap();
    });
    futures::future::join_all(writes).await;
    let vault = Vault::open_with(dir.path(), None, keychain).await.unwrap();
    for name in &names {
        assert_eq!(shown(&vault, name).await.as_ref(), Some(name));
    }
}

fn owner(server: &str, account: &str) -> SecretOwner {
    SecretOwner::new(&Url::parse(server).unwrap(), account)
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_gives_its_first_line() {
    let dir = tempfile::tempdir().unwrap();
    let resolver = SecretResolver::new(dir.path());
    let owner = owner("https://a.example", "camille");
    let unset = || Err(VarError::NotPresent);
    let kind = SecretKind::SourcePassword;
    let ask = |command| resolver.find_with(unset(), kind, &owner, Some(command));
    let secret = ask("printf 'a b \\nsecond\\n'").await.unwrap().unwrap();
    assert_eq!(secret.expose_secret(), "a b ");
    let secret = ask("echo $TRANSHUMANCE_SECRET").await.unwrap().unwrap();
    assert_eq!(secret.expose_secret(), "source-password");
    let error = ask("echo hidden; exit 3").await.unwrap_err();
    assert!(matches!(error, SecretError::CommandFailed(_)));
    assert!(!format!("{error} {error:?}").contains("hidden"));
    assert!(matches!(
        ask("true").await.unwrap_err(),
        SecretError::CommandSilent
    ));
    assert!(matches!(
        ask("printf '\\377\\n'").await.unwrap_err(),
        SecretError::NotText
    ));
}

#[tokio::test]
async fn the_environment_comes_first() {
    let dir = tempfile::tempdir().unwrap();
    let resolver = SecretResolver::new(dir.path());
    let (owner, kind) = (owner("https://a.example", "x"), SecretKind::TargetPassword);
    let find = |variable| resolver.find_with(variable, kind, &owner, Some("exit 1"));
    let secret = find(Ok("from outside".into())).await.unwrap().unwrap();
    assert_eq!(secret.expose_secret(), "from outside");
    assert!(
        find(Ok(String::new())).await.is_err(),
        "the command is asked"
    );
}

#[tokio::test]
async fn without_a_vault_nothing_is_known_and_none_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let resolver = SecretResolver::new(dir.path());
    let owner = owner("https://a.example", "camille");
    let kind = SecretKind::TargetPassword;
    for variable in [Err(VarError::NotPresent), Ok(String::new())] {
        let found = resolver.find_with(variable, kind, &owner, None).await;
        assert!(found.unwrap().is_none());
    }
    assert!(!resolver.forget(kind, &owner).await.unwrap());
    assert!(!Vault::exists(dir.path()));
}

#[test]
fn no_account_can_be_written_that_looks_like_another_server() {
    let names: std::collections::HashSet<String> = [
        owner("https://a.example", "x"),
        owner("https://a.example/cloud", "x"),
        owner("https://a.example", "cloud x"),
        owner("https://a.example:8443", "x"),
        owner("https://b.example", "x"),
        owner("https://a.example", "X"),
    ]
    .iter()
    .map(|owner| owner.name(SecretKind::TargetPassword))
    .collect();
    assert_eq!(names.len(), 6);
    assert_eq!(
        owner("https://a.example/", "x"),
        owner("https://a.example", "x")
    );
}
