//! The practice servers as a process of their own.

use std::path::Path;
use std::process::{Command, Output};

use crate::run::path;

/// The practice servers alone, as another program meets them; stopped when dropped.
pub struct Served {
    pub process: std::process::Child,
    pub logins: serde_json::Value,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub fn serve(home: &Path, more: &[&str]) -> Served {
    let ready = home.join("ready.json");
    let args = [
        "--data-dir",
        path(home),
        "practice",
        "--serve",
        "--ready",
        path(&ready),
    ];
    let mut process = Command::new(env!("CARGO_BIN_EXE_transhumance"))
        .args([&args[..], more].concat())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let text = loop {
        if let Ok(text) = std::fs::read_to_string(&ready) {
            break text;
        }
        assert!(process.try_wait().unwrap().is_none(), "the servers ended");
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    let logins = serde_json::from_str(&text).unwrap();
    Served { process, logins }
}

pub fn text<'a>(logins: &'a serde_json::Value, server: &str, key: &str) -> &'a str {
    logins[server][key].as_str().unwrap()
}

impl Served {
    /// A migration file for these servers.
    pub fn file(&self, folder: &Path) -> std::path::PathBuf {
        let file = folder.join("practice.toml");
        let of = |server: &str, key: &str| text(&self.logins, server, key).to_owned();
        let toml = format!(
            "[source]\nkind = \"google\"\nclient_id = \"{}\"\nendpoint = \"{}\"\n\
             [target]\nurl = \"{}\"\nuser = \"{}\"\nfolder = \"Drive\"\n",
            of("google", "client_id"),
            of("google", "endpoint"),
            of("nextcloud", "url"),
            of("nextcloud", "user"),
        );
        std::fs::write(&file, toml).unwrap();
        file
    }

    /// Runs a command with the servers' secrets in the environment.
    pub fn command(&self, home: &Path, args: &[&str]) -> Output {
        let of = |server: &str, key: &str| text(&self.logins, server, key).to_owned();
        Command::new(env!("CARGO_BIN_EXE_transhumance"))
            .args(["--lang", "en", "--data-dir", path(home)])
            .args(args)
            .env(
                "TRANSHUMANCE_SOURCE_CLIENT_SECRET",
                of("google", "client_secret"),
            )
            .env(
                "TRANSHUMANCE_SOURCE_REFRESH_TOKEN",
                of("google", "refresh_token"),
            )
            .env("TRANSHUMANCE_TARGET_PASSWORD", of("nextcloud", "password"))
            .output()
            .unwrap()
    }
}
