//! Signing in to Microsoft, and what only its accounts have, against a practice Microsoft of this process.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use transhumance::practice::microsoft::{Account, Config, Server};
use transhumance::practice::nextcloud;

use crate::run::{err, exit, lines, out, path};

struct World {
    microsoft: Server,
    nextcloud: nextcloud::Server,
    config: Config,
    home: tempfile::TempDir,
}

impl World {
    async fn new(account: Account) -> Self {
        let home = tempfile::tempdir().unwrap();
        let config = Config::new(account, 3, 5);
        let users = vec![nextcloud::User::new("camille", "Canard-bleu-2026")];
        let cloud = nextcloud::Config::new(home.path().join("nextcloud"), users);
        Self {
            microsoft: Server::start(config.clone()).await.unwrap(),
            nextcloud: nextcloud::Server::start(cloud).await.unwrap(),
            config,
            home,
        }
    }

    fn file(&self, more: &str) -> PathBuf {
        let file = self.home.path().join("asso.toml");
        let text = format!(
            "[source]\nkind = \"microsoft\"\nclient_id = \"{}\"\nendpoint = \"{}\"\n{more}\n\
             [target]\nurl = \"{}\"\nuser = \"camille\"\nfolder = \"OneDrive\"\n",
            self.config.client_id,
            self.microsoft.endpoint(),
            self.nextcloud.url(),
        );
        std::fs::write(&file, text).unwrap();
        file
    }

    /// A computer with something that opens pages, or without: what is opened is nobody's business here.
    fn command(&self, browser: bool, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_transhumance"));
        let tools = self.home.path().join("tools");
        std::fs::create_dir_all(&tools).unwrap();
        #[cfg(unix)]
        if browser {
            use std::os::unix::fs::PermissionsExt as _;
            let opener = tools.join("xdg-open");
            std::fs::write(&opener, "#!/bin/sh\nexit 0\n").unwrap();
            let may = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(&opener, may).unwrap();
        }
        command
            .args(["--json", "--data-dir"])
            .arg(self.home.path().join("data"))
            .args(args)
            .env("PATH", if browser { path(&tools) } else { "" })
            .env("LANG", "en_GB.UTF-8")
            .env_remove("LC_ALL")
            .env_remove("LC_MESSAGES")
            .env_remove("LANGUAGE")
            .env("TRANSHUMANCE_VAULT_PASSPHRASE", "quatre canards bleus")
            .env("TRANSHUMANCE_TARGET_PASSWORD", "Canard-bleu-2026")
            .env_remove("TRANSHUMANCE_SOURCE_REFRESH_TOKEN")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn survey(&self, file: &Path) -> std::process::Output {
        let args = ["-q", "survey", path(file)];
        self.command(false, &args).output().unwrap()
    }
}

/// A `login` that waits for a person, and its first line.
struct Waiting {
    process: Child,
    out: BufReader<ChildStdout>,
    first: serde_json::Value,
}

impl Waiting {
    fn new(mut command: Command) -> Self {
        let mut process = command.spawn().unwrap();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let first = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        Self {
            process,
            out,
            first,
        }
    }

    /// The exit code and the lines that followed.
    fn end(mut self) -> (Option<i32>, Vec<serde_json::Value>) {
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        let code = self.process.wait().unwrap().code();
        let lines = rest.lines().map(|line| serde_json::from_str(line).unwrap());
        (code, lines.collect())
    }
}

async fn click(page: &str, action: &str) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.post(page).form(&[("action", action)]).send().await;
    assert!(answer.unwrap().status().is_success());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_browser_signs_in_and_the_sign_in_renews_itself() {
    let world = World::new(Account::Work).await;
    world.microsoft.control().set_strict_rotation(true);
    let file = world.file("");
    let login = ["login", path(&file), "source"];
    let waiting = Waiting::new(world.command(true, &login));
    assert_eq!(waiting.first["event"], "login.page");
    let page = waiting.first["url"].as_str().unwrap();
    assert!(page.contains("/common/oauth2/v2.0/authorize"), "{page}");
    assert!(
        page.contains("redirect_uri=http%3A%2F%2Flocalhost%3A"),
        "{page}"
    );
    click(page, "allow").await;
    let (code, lines) = waiting.end();
    assert_eq!(code, Some(0), "{lines:?}");
    assert_eq!(lines.last().unwrap()["event"], "login.done");

    // Each run is given a new refresh token, and the one before has ended.
    for _ in 0..3 {
        let survey = world.survey(&file);
        assert_eq!(exit(&survey), 0, "{}", err(&survey));
    }
    let first = world.microsoft.refresh_token();
    let vault = std::fs::read_to_string(world.home.path().join("data/secrets/vault.json"));
    assert!(!vault.unwrap().contains(first));

    let revoke = [&login[..], &["--revoke"]].concat();
    let revoked = world.command(false, &revoke).output().unwrap();
    assert_eq!(exit(&revoked), 0, "{}", err(&revoked));
    let survey = world.survey(&file);
    assert_eq!(exit(&survey), 3);
    assert!(
        err(&survey).contains("transhumance login"),
        "{}",
        err(&survey)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_code_signs_in_where_there_is_no_browser() {
    let world = World::new(Account::Personal).await;
    let file = world.file("");
    let login = ["login", path(&file), "source"];
    for args in [login.to_vec(), [&login[..], &["--device"]].concat()] {
        let waiting = Waiting::new(world.command(false, &args));
        assert_eq!(waiting.first["event"], "login.device");
        let code = waiting.first["code"].as_str().unwrap();
        assert!(world.microsoft.control().enter_device_code(code, true));
        let (code, lines) = waiting.end();
        assert_eq!(code, Some(0), "{lines:?}");
        let survey = world.survey(&file);
        assert_eq!(exit(&survey), 0, "{}", err(&survey));
    }
    let waiting = Waiting::new(world.command(false, &login));
    let code = waiting.first["code"].as_str().unwrap();
    assert!(world.microsoft.control().enter_device_code(code, false));
    let (code, lines) = waiting.end();
    assert_eq!(code, Some(3), "{lines:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn an_administrator_gets_a_letter() {
    let world = World::new(Account::Work).await;
    let control = world.microsoft.control();
    control.set_admin_only(true);
    let file = world.file("tenant = \"canard-bleu.example\"");
    for lang in ["en", "fr"] {
        let mut command = world.command(true, &["login", path(&file), "source"]);
        command.args(["--lang", lang]);
        let waiting = Waiting::new(command);
        click(waiting.first["url"].as_str().unwrap(), "return").await;
        let (code, lines) = waiting.end();
        assert_eq!(code, Some(3), "{lines:?}");
        let consent = lines
            .iter()
            .find(|line| line["event"] == "login.admin-consent")
            .unwrap();
        let (link, letter) = (consent["url"].as_str().unwrap(), &consent["letter"]);
        assert!(
            link.contains("/canard-bleu.example/v2.0/adminconsent"),
            "{link}"
        );
        let letter = letter.as_str().unwrap();
        assert!(
            letter.contains(link) && letter.contains("Files.Read.All"),
            "{letter}"
        );
        assert!(letter.contains(if lang == "fr" { "Bonjour" } else { "Hello" }));
        assert_eq!(lines.last().unwrap()["code"], "admin-consent");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn sites_are_listed_to_be_written_into_the_file() {
    let world = World::new(Account::Work).await;
    let sites = |file: &Path| {
        let mut command = world.command(false, &["sites", path(file)]);
        let token = world.microsoft.refresh_token();
        command.env("TRANSHUMANCE_SOURCE_REFRESH_TOKEN", token);
        command.output().unwrap()
    };
    let refused = sites(&world.file(""));
    assert_eq!(exit(&refused), 2);
    assert!(
        err(&refused).contains("tenant = \"organizations\""),
        "{}",
        err(&refused)
    );

    let found = sites(&world.file("tenant = \"organizations\""));
    assert_eq!(exit(&found), 0, "{}", err(&found));
    let found = lines(&found);
    assert_eq!(found.last().unwrap()["sites"], 3);
    let address = found.iter().find(|line| line["is_team"] == true).unwrap()["address"]
        .as_str()
        .unwrap();

    // What was listed can be written down.
    let file = world.file(&format!("sites = [\"{address}\"]"));
    let mut survey = world.command(false, &["survey", path(&file)]);
    survey.env(
        "TRANSHUMANCE_SOURCE_REFRESH_TOKEN",
        world.microsoft.refresh_token(),
    );
    let survey = survey.output().unwrap();
    assert_eq!(exit(&survey), 0, "{}", err(&survey));
    let file = world.file("sites = [\"Nulle part\"]");
    let mut survey = world.command(false, &["survey", path(&file)]);
    survey.env(
        "TRANSHUMANCE_SOURCE_REFRESH_TOKEN",
        world.microsoft.refresh_token(),
    );
    let survey = survey.output().unwrap();
    assert_eq!(exit(&survey), 2, "{}", err(&survey));
    let said = err(&survey);
    assert!(
        said.contains("“Nulle part”") && said.contains(address),
        "{said}"
    );
    assert!(out(&survey).contains("site-not-found"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn what_microsoft_refuses_is_said_with_what_to_do() {
    let world = World::new(Account::Personal).await;
    let file = world.file("");
    let survey = |file: &Path| {
        let mut command = world.command(false, &["survey", path(file)]);
        let token = world.microsoft.refresh_token();
        command.env("TRANSHUMANCE_SOURCE_REFRESH_TOKEN", token);
        command.output().unwrap()
    };
    let control = world.microsoft.control();
    control.set_no_drive(true);
    let output = survey(&file);
    assert_eq!(exit(&output), 3);
    assert!(err(&output).contains("no OneDrive"), "{}", err(&output));
    control.set_no_drive(false);
    control.set_not_public(true);
    let output = survey(&file);
    assert_eq!(exit(&output), 3);
    assert!(
        err(&output).contains("Allow public client flows"),
        "{}",
        err(&output)
    );
    control.set_not_public(false);
    control.revoke_all();
    let output = survey(&file);
    assert_eq!(exit(&output), 3);
    let said = err(&output);
    assert!(
        said.contains("Microsoft has ended") && said.contains("login"),
        "{said}"
    );
}

#[test]
fn only_microsoft_signs_in_by_code() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("asso.toml");
    let text = "[source]\nkind = \"google\"\nclient_id = \"x\"\n\
                [target]\nurl = \"https://canard.example\"\nuser = \"camille\"\n";
    std::fs::write(&file, text).unwrap();
    for end in ["source", "target"] {
        let args = ["login", path(&file), end, "--device"];
        assert_eq!(exit(&crate::run::run(&args)), 2);
    }
}
