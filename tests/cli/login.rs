//! Signing in with the browser, played by a few requests.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::run::{err, exit, lines, path};
use crate::served::{Served, serve, text};

/// Commands with a passphrase for the vault, no secrets in the environment and no browser to open.
fn command(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_transhumance"));
    command
        .args(["--lang", "en", "--json", "--data-dir", path(home)])
        .args(args)
        .env("PATH", "")
        .env("TRANSHUMANCE_VAULT_PASSPHRASE", "quatre canards bleus")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A `login` that waits for the browser, and the page that it wants opened.
struct Waiting {
    process: Child,
    out: BufReader<ChildStdout>,
    page: String,
}

impl Waiting {
    fn new(home: &Path, file: &str, end: &str, typed: &str) -> Self {
        let mut process = command(home, &["login", file, end]).spawn().unwrap();
        let mut stdin = process.stdin.take().unwrap();
        stdin.write_all(typed.as_bytes()).unwrap();
        drop(stdin);
        let mut out = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["event"], "login.page");
        let page = line["url"].as_str().unwrap().to_owned();
        Self { process, out, page }
    }

    /// The exit code and the last line.
    fn end(mut self) -> (Option<i32>, serde_json::Value) {
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        let code = self.process.wait().unwrap().code();
        let last = rest.lines().last().unwrap();
        (code, serde_json::from_str(last).unwrap())
    }
}

/// Sends a form as a browser does, and follows to where it leads.
fn send(url: &str, form: &[(&str, &str)]) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let answer = runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.post(url).form(form).send().await.unwrap()
    });
    assert!(answer.status().is_success(), "{}", answer.status());
}

fn grant(served: &Served, page: &str, user: &str) {
    let token = page.rsplit('/').next().unwrap();
    let url = format!(
        "{}/login/v2/grant",
        text(&served.logins, "nextcloud", "url")
    );
    let password = text(&served.logins, "nextcloud", "password");
    send(
        &url,
        &[("token", token), ("user", user), ("password", password)],
    );
}

#[test]
fn both_ends_are_signed_in_to_and_given_back() {
    let home = tempfile::tempdir().unwrap();
    let served = serve(home.path(), &["--items", "5", "--faults", "off"]);
    let file = served.file(home.path());
    let file = path(&file);
    let secret = format!("{}\n", text(&served.logins, "google", "client_secret"));

    let source = Waiting::new(home.path(), file, "source", &secret);
    send(&source.page, &[("action", "allow"), ("scope", "all")]);
    let (code, last) = source.end();
    assert_eq!((code, &last["event"]), (Some(0), &"login.done".into()));

    let target = Waiting::new(home.path(), file, "target", "");
    grant(&served, &target.page, "camille");
    let (code, last) = target.end();
    assert_eq!((code, &last["event"]), (Some(0), &"login.done".into()));

    let survey = command(home.path(), &["-q", "survey", file])
        .output()
        .unwrap();
    assert_eq!(exit(&survey), 0, "{}", err(&survey));
    assert_no_secret_lies_about(home.path(), secret.trim());

    for end in ["source", "target"] {
        let revoke = command(home.path(), &["login", file, end, "--revoke"])
            .output()
            .unwrap();
        assert_eq!(exit(&revoke), 0, "{}", err(&revoke));
        assert_eq!(lines(&revoke).pop().unwrap()["event"], "login.revoked");
    }
    let survey = command(home.path(), &["-q", "survey", file])
        .output()
        .unwrap();
    assert_eq!(exit(&survey), 3);
}

/// Ledgers, logs and the vault: none of them has a secret in clear.
fn assert_no_secret_lies_about(home: &Path, secret: &str) {
    for folder in ["migrations", "logs", "secrets"] {
        let mut files = 0;
        for entry in std::fs::read_dir(home.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let content = std::fs::read(&path).unwrap();
            files += 1;
            let found = content
                .windows(secret.len())
                .any(|part| part == secret.as_bytes());
            assert!(!found, "{}", path.display());
        }
        assert!(files > 0, "nothing in {folder}");
    }
}

#[test]
fn an_access_that_is_refused_is_said() {
    let home = tempfile::tempdir().unwrap();
    let served = serve(home.path(), &["--items", "5", "--faults", "off"]);
    let file = served.file(home.path());
    let secret = text(&served.logins, "google", "client_secret");
    let source = Waiting::new(home.path(), path(&file), "source", secret);
    send(&source.page, &[("action", "deny")]);
    let (code, last) = source.end();
    assert_eq!(code, Some(3));
    let message = last["message"].as_str().unwrap();
    assert!(message.contains("refused in the browser"), "{message}");
}

/// The app password belongs to the name that was typed; under another one it would be refused.
#[test]
fn another_account_in_the_browser_is_said() {
    let home = tempfile::tempdir().unwrap();
    let served = serve(home.path(), &["--items", "5", "--faults", "off"]);
    let file = served.file(home.path());
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("\"camille\"", "\"dominique\"")).unwrap();
    let target = Waiting::new(home.path(), path(&file), "target", "");
    grant(&served, &target.page, "camille");
    let (code, last) = target.end();
    assert_eq!(code, Some(3));
    let message = last["message"].as_str().unwrap();
    assert!(
        message.contains("“camille”") && message.contains("“dominique”"),
        "{message}"
    );
}

/// Without a keychain and without a passphrase nothing is asked for that could not be kept.
#[cfg(target_os = "linux")]
#[test]
fn without_a_place_for_secrets_nobody_is_asked() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("asso.toml");
    let text = "[source]\nkind = \"google\"\nclient_id = \"x\"\n\
                [target]\nurl = \"https://canard.example\"\nuser = \"camille\"\n";
    std::fs::write(&file, text).unwrap();
    let output = command(home.path(), &["login", path(&file), "target"])
        .env_remove("TRANSHUMANCE_VAULT_PASSPHRASE")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/no/such/bus")
        .output()
        .unwrap();
    assert_eq!(exit(&output), 3);
    let said = err(&output);
    assert!(said.contains("TRANSHUMANCE_VAULT_PASSPHRASE"), "{said}");
}
