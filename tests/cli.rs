//! The binary as people and scripts run it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::path::Path;
use std::process::{Command, Output};

use transhumance::model::Migration;

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_transhumance"))
        .args(args)
        .output()
        .unwrap()
}

fn exit(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn wrong_usage_exits_2_and_says_so_in_the_language() {
    let cases: [(&[&str], &str, &str); 5] = [
        (&[], "Say what to do", "Dites ce qu’il faut faire"),
        (&["inti"], "Did you mean “init”", "Vouliez-vous dire"),
        (&["init"], "<FILE>", "<FICHIER>"),
        (&["init", "a", "b"], "“b” is not known", "n’est pas connu"),
        (
            &["init", "a", "--colour"],
            "“--colour” is not known",
            "n’est pas connu",
        ),
    ];
    for (args, english, french) in cases {
        for (lang, words) in [("en", english), ("fr", french)] {
            let output = run(&[&["--lang", lang], args].concat());
            assert_eq!(exit(&output), 2, "{args:?}");
            assert!(err(&output).contains(words), "{}", err(&output));
            assert_eq!(out(&output), "");
        }
    }
    let output = run(&["--lang", "de", "init", "x"]);
    assert_eq!(exit(&output), 2);
    assert!(err(&output).contains("fr, en"), "{}", err(&output));
}

#[test]
fn wrong_usage_is_a_json_line_too() {
    let output = run(&["--json", "inti"]);
    assert_eq!(exit(&output), 2);
    let line: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(line["event"], "error");
    assert_eq!(line["code"], "usage");
}

#[test]
fn help_and_version_exit_0_in_the_language() {
    let output = run(&["--lang=fr", "--help"]);
    assert_eq!(exit(&output), 0);
    let help = out(&output);
    assert!(help.contains("Utilisation\u{a0}:"), "{help}");
    for english in ["Usage:", "Print help", "FILE", "help-", "value-"] {
        assert!(!help.contains(english), "{english} in {help}");
    }
    let output = run(&["--version"]);
    assert_eq!(exit(&output), 0);
    assert!(out(&output).contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn init_writes_a_file_that_can_be_read_and_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    for lang in ["fr", "en"] {
        let file = folder.path().join(format!("{lang}.toml"));
        let output = run(&["--lang", lang, "init", path(&file)]);
        assert_eq!(exit(&output), 0, "{}", err(&output));
        Migration::read(&file).unwrap();

        std::fs::write(&file, "mine").unwrap();
        let output = run(&["--lang", lang, "init", path(&file)]);
        assert_eq!(exit(&output), 2);
        assert!(err(&output).contains(path(&file)), "{}", err(&output));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    }
}

/// What is commented out is right, too: each of the other sources, with its comment signs taken away.
#[test]
fn each_source_in_the_template_can_be_taken() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.toml");
    assert_eq!(exit(&run(&["init", path(&file)])), 0);
    let text = std::fs::read_to_string(&file).unwrap();
    for kind in ["nextcloud", "folder"] {
        let mut lines = Vec::new();
        let mut at_source = false;
        let mut taken = false;
        for line in text.lines() {
            at_source = (at_source || line == "[source]") && line != "[target]";
            let bare = line.trim_start_matches("# ");
            let is_setting = bare.contains(" = \"");
            if at_source && bare.starts_with("kind = ") {
                taken = bare == format!("kind = \"{kind}\"");
            }
            match (at_source && is_setting, taken) {
                (true, true) if bare.starts_with("path") => {
                    lines.push(format!("path = \"{}\"", path(folder.path())));
                }
                (true, true) if !bare.starts_with("password_command") => {
                    lines.push(bare.to_owned());
                }
                (true, _) => {}
                (false, _) => lines.push(line.to_owned()),
            }
        }
        std::fs::write(&file, lines.join("\n")).unwrap();
        Migration::read(&file).unwrap_or_else(|error| panic!("{kind}: {error}"));
    }
}

/// A migration file that is right, with a source that exists everywhere.
const GOOD: &str = r#"name = "AMAP du Canard bleu"
[source]
kind = "google"
client_id = "x"
[target]
url = "https://canard.example"
user = "camille"
folder = "Drive"
[scope]
shared_with_me = false
exclude = []
[options]
documents = "odf"
bandwidth = "5 MB/s"
"#;

/// Runs `status`, which reads the file first and needs no network.
fn status(lang: &str, folder: &Path, text: &str) -> Output {
    let file = folder.join("asso.toml");
    std::fs::write(&file, text).unwrap();
    let home = folder.join("home");
    let args = ["--lang", lang, "--data-dir", path(&home), "status"];
    run(&[&args[..], &[path(&file)]].concat())
}

/// Every problem names the file, the line and what to do, in both languages, and exits 2.
#[test]
fn each_problem_of_a_migration_file_has_its_sentence() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(exit(&status("en", folder.path(), GOOD)), 0);
    let cases = [
        ("client_id =", "clientid =", 4, "clientid", "orthographe"),
        ("name = ", "name ", 1, "TOML|equals", "signe égal"),
        ("user = \"camille\"", "", 5, "“user” is missing", "« user »"),
        ("\"google\"", "\"gogle\"", 3, "gogle", "gogle"),
        ("\"google\"", "\"dropbox\"", 3, "later version", "prochaine"),
        ("client_id = ", "path = ", 4, "“path”", "« path »"),
        (
            "https://canard.example",
            "canard",
            6,
            "https://",
            "https://",
        ),
        ("https://", "http://", 6, "encryption", "chiffrement"),
        ("https://", "https://a:hunter2@", 6, "password", "secret"),
        ("\"Drive\"", "\"../x\"", 8, "../x", "../x"),
        ("= false", "= \"no\"", 10, "true or false", "true (oui)"),
        ("exclude = []", "exclude = [\"a{\"]", 11, "a{", "motif"),
        ("exclude = []", "exclude = \"x\"", 11, "list", "liste"),
        (
            "\"odf\"",
            "\"doc\"",
            13,
            "odf, ooxml, pdf",
            "odf, ooxml, pdf",
        ),
        ("\"5 MB/s\"", "\"fast\"", 14, "fast", "débit"),
        ("\"5 MB/s\"", "5", 14, "quotation marks", "guillemets"),
    ];
    for (from, to, line, english, french) in cases {
        let text = GOOD.replacen(from, to, 1);
        assert_ne!(text, GOOD, "{from}");
        for (lang, words) in [("en", english), ("fr", french)] {
            let output = status(lang, folder.path(), &text);
            let said = err(&output).replace(['\u{a0}', '\u{202f}'], " ");
            assert_eq!(exit(&output), 2, "{to}: {said}");
            assert!(
                said.contains(&format!("asso.toml:{line}: ")),
                "{to}: {said}"
            );
            let known = words.split('|').any(|words| said.contains(words));
            assert!(known, "{words} in {said}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}

#[test]
fn missing_files_and_folders_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&["--lang", "en", "status", "/no/such/asso.toml"]);
    assert_eq!(exit(&output), 2);
    assert!(
        err(&output).contains("/no/such/asso.toml: "),
        "{}",
        err(&output)
    );
    assert!(err(&output).contains("does not exist"), "{}", err(&output));

    let source = "kind = \"folder\"\npath = \"/no/such/folder\"";
    let text = GOOD.replace("kind = \"google\"\nclient_id = \"x\"", source);
    let output = status("fr", folder.path(), &text);
    assert_eq!(exit(&output), 2);
    let said = err(&output);
    assert!(said.contains("asso.toml:4: "), "{said}");
    assert!(said.contains("/no/such/folder"), "{said}");
}

#[test]
fn a_bad_migration_file_is_a_json_line_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("asso.toml");
    std::fs::write(&file, GOOD.replace("https", "http")).unwrap();
    let output = run(&["--json", "move", path(&file)]);
    assert_eq!(exit(&output), 2);
    let line: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(line["event"], "error");
    assert_eq!(line["code"], "migration-file");
    assert_eq!(line["line"], 6);
    assert_eq!(line["file"], path(&file));
}

#[test]
fn a_data_directory_that_cannot_be_written_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("asso.toml");
    std::fs::write(&file, GOOD).unwrap();
    // A file in its place: not even root can write below it.
    let output = run(&[
        "--data-dir",
        path(&file),
        "--lang",
        "en",
        "status",
        path(&file),
    ]);
    assert_eq!(exit(&output), 2);
    assert!(err(&output).contains("--data-dir"), "{}", err(&output));
}

#[test]
fn a_newer_and_a_damaged_ledger_are_said_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(exit(&status("en", folder.path(), GOOD)), 0);
    let migrations = folder.path().join("home/migrations");
    let ledgers = || -> Vec<std::path::PathBuf> {
        std::fs::read_dir(&migrations)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.to_str().unwrap().contains(".sqlite"))
            .collect()
    };
    let ledger = ledgers()
        .into_iter()
        .find(|path| path.extension().is_some_and(|e| e == "sqlite"))
        .unwrap();

    let version = |n: u32| {
        let db = rusqlite::Connection::open(&ledger).unwrap();
        db.pragma_update(None, "user_version", n).unwrap();
    };
    let db = rusqlite::Connection::open(&ledger).unwrap();
    let own: u32 = db
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    drop(db);
    version(10_000);
    let output = status("en", folder.path(), GOOD);
    assert_eq!(exit(&output), 2, "{}", err(&output));
    assert!(err(&output).contains("newer version"), "{}", err(&output));
    version(own);
    assert_eq!(exit(&status("en", folder.path(), GOOD)), 0);

    std::fs::write(
        &ledger,
        "this is no ledger any more, but it is mine".repeat(200),
    )
    .unwrap();
    let output = status("fr", folder.path(), GOOD);
    assert_eq!(exit(&output), 2, "{}", err(&output));
    assert!(err(&output).contains("mis de côté"), "{}", err(&output));
    let kept = ledgers().into_iter().any(|path| {
        std::fs::read(&path)
            .unwrap()
            .starts_with(b"this is no ledger any more")
    });
    assert!(kept, "{:?}", ledgers());
    assert_eq!(exit(&status("fr", folder.path(), GOOD)), 0);
}

#[test]
fn status_of_something_new_says_where_to_begin() {
    let folder = tempfile::tempdir().unwrap();
    let output = status("en", folder.path(), GOOD);
    assert_eq!(exit(&output), 0);
    assert!(
        out(&output).contains("transhumance survey"),
        "{}",
        out(&output)
    );
    let file = folder.path().join("asso.toml");
    let home = folder.path().join("home");
    let output = run(&["--json", "--data-dir", path(&home), "status", path(&file)]);
    let line: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(line["event"], "status.done");
    assert_eq!(line["surveyed"], false);
}

#[test]
fn a_preview_offline_needs_a_survey() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(exit(&status("en", folder.path(), GOOD)), 0);
    let file = folder.path().join("asso.toml");
    let home = folder.path().join("home");
    let args = [
        "--lang",
        "en",
        "--data-dir",
        path(&home),
        "preview",
        "--offline",
    ];
    let output = run(&[&args[..], &[path(&file)]].concat());
    assert_eq!(exit(&output), 2);
    assert!(
        err(&output).contains("transhumance survey"),
        "{}",
        err(&output)
    );
}

#[test]
fn without_a_sign_in_the_command_that_signs_in_is_named() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(exit(&status("en", folder.path(), GOOD)), 0);
    let file = folder.path().join("asso.toml");
    let home = folder.path().join("home");
    let output = Command::new(env!("CARGO_BIN_EXE_transhumance"))
        .args([
            "--lang",
            "en",
            "--data-dir",
            path(&home),
            "survey",
            path(&file),
        ])
        .env_remove("TRANSHUMANCE_SOURCE_CLIENT_SECRET")
        .env_remove("TRANSHUMANCE_SOURCE_REFRESH_TOKEN")
        .env_remove("TRANSHUMANCE_TARGET_PASSWORD")
        .output()
        .unwrap();
    assert_eq!(exit(&output), 3);
    assert!(
        err(&output).contains("transhumance login"),
        "{}",
        err(&output)
    );
}

fn lines(output: &Output) -> Vec<serde_json::Value> {
    out(output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}

fn line<'a>(lines: &'a [serde_json::Value], event: &str) -> &'a serde_json::Value {
    lines
        .iter()
        .find(|line| line["event"] == event)
        .unwrap_or_else(|| panic!("no {event} in {lines:?}"))
}

fn count(line: &serde_json::Value, key: &str) -> u64 {
    line[key]
        .as_u64()
        .unwrap_or_else(|| panic!("{key} in {line}"))
}

/// The README's first command, smaller and in fair weather.
#[test]
fn a_practice_migration_balances() {
    let home = tempfile::tempdir().unwrap();
    let output = run(&[
        "--json",
        "-q",
        "--data-dir",
        path(home.path()),
        "practice",
        "--items",
        "20",
        "--faults",
        "off",
    ]);
    // The practice Drive holds files that cannot be moved, on purpose.
    assert_eq!(exit(&output), 1, "{}", err(&output));
    let lines = lines(&output);
    let survey = line(&lines, "survey.done");
    let preview = line(&lines, "preview.done");
    let moved = line(&lines, "move.done");
    let verify = line(&lines, "verify.done");
    let items = count(survey, "folders") + count(survey, "files");
    assert_eq!(count(preview, "items"), items);
    assert_eq!(count(moved, "items"), items);
    assert_eq!(moved["balanced"], true);
    let outcomes = ["moved", "converted", "linked", "kept", "skipped", "failed"];
    let sum: u64 = outcomes.iter().map(|key| count(moved, key)).sum();
    assert_eq!(sum, items);
    assert!(count(moved, "failed") < 10, "{moved}");
    assert_eq!(count(verify, "mismatched") + count(verify, "missing"), 0);
    assert_eq!(
        count(verify, "proved") + count(verify, "weak"),
        count(verify, "items")
    );
    assert_eq!(lines.last().unwrap()["event"], "report.done");
    assert_eq!(lines.last().unwrap()["balanced"], true);
}

/// The practice servers alone, as another program meets them; stopped when dropped.
struct Served {
    process: std::process::Child,
    logins: serde_json::Value,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn serve(home: &Path, more: &[&str]) -> Served {
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

fn text<'a>(logins: &'a serde_json::Value, server: &str, key: &str) -> &'a str {
    logins[server][key].as_str().unwrap()
}

impl Served {
    /// A migration file for these servers.
    fn file(&self, folder: &Path) -> std::path::PathBuf {
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
    fn command(&self, home: &Path, args: &[&str]) -> Output {
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

/// One command after the other, each a process of its own, as a script does it; then all of it again.
#[test]
fn the_commands_make_a_whole_migration() {
    let home = tempfile::tempdir().unwrap();
    let served = serve(home.path(), &["--items", "10", "--faults", "off"]);
    let file = served.file(home.path());
    let file = path(&file);
    let last = |command: &[&str]| {
        let output = served.command(home.path(), &[&["--json", "-q"], command, &[file]].concat());
        assert!(
            matches!(exit(&output), 0 | 1),
            "{command:?}: {}",
            err(&output)
        );
        lines(&output).pop().unwrap()
    };
    let survey = last(&["survey"]);
    assert_eq!(survey["event"], "survey.done");
    let preview = last(&["preview"]);
    assert_eq!(preview["event"], "preview.done");
    let offline = last(&["preview", "--offline"]);
    assert_eq!(preview, offline);
    let moved = last(&["move"]);
    assert_eq!(moved["event"], "move.done");
    assert_eq!(moved["balanced"], true);
    assert_eq!(last(&["status"])["complete"], true);
    assert_eq!(last(&["verify"])["event"], "verify.done");
    assert_eq!(last(&["report"])["balanced"], true);

    let again = last(&["move"]);
    assert_eq!(again["balanced"], true);
    assert_eq!(again["items"], moved["items"]);
    assert!(count(&again, "moved") < count(&moved, "moved"), "{again}");
    assert!(count(&again, "kept") > 0, "{again}");

    let report = served.command(home.path(), &["report", file]);
    assert!(
        out(&report).contains("the account balances"),
        "{}",
        out(&report)
    );
}

/// It says what it needs, what there is, what would fit, and begins nothing.
#[test]
fn a_move_that_cannot_fit_is_not_begun() {
    let home = tempfile::tempdir().unwrap();
    let more = [
        "--items",
        "10",
        "--faults",
        "off",
        "--nextcloud-quota",
        "2 MB",
    ];
    let served = serve(home.path(), &more);
    let file = served.file(home.path());
    let file = path(&file);
    let preview = served.command(home.path(), &["--json", "-q", "preview", file]);
    let preview = lines(&preview).pop().unwrap();
    assert_eq!(preview["fits"], false);
    assert!(count(&preview, "block") > 0, "{preview}");
    let output = served.command(home.path(), &["move", file]);
    assert_eq!(exit(&output), 4);
    assert!(
        err(&output).contains("nothing was begun"),
        "{}",
        err(&output)
    );
    let status = served.command(home.path(), &["--json", "status", file]);
    assert_eq!(count(&lines(&status).pop().unwrap(), "moved"), 0);
}

/// A wrong password is said at once, and not tried again until everybody is locked out.
#[test]
fn a_wrong_password_names_the_command_that_signs_in() {
    let home = tempfile::tempdir().unwrap();
    let served = serve(home.path(), &["--items", "10", "--faults", "off"]);
    let file = served.file(home.path());
    let output = Command::new(env!("CARGO_BIN_EXE_transhumance"))
        .args([
            "--lang",
            "fr",
            "--data-dir",
            path(home.path()),
            "survey",
            path(&file),
        ])
        .env(
            "TRANSHUMANCE_SOURCE_CLIENT_SECRET",
            text(&served.logins, "google", "client_secret"),
        )
        .env(
            "TRANSHUMANCE_SOURCE_REFRESH_TOKEN",
            text(&served.logins, "google", "refresh_token"),
        )
        .env("TRANSHUMANCE_TARGET_PASSWORD", "hunter2")
        .output()
        .unwrap();
    assert_eq!(exit(&output), 3);
    let said = err(&output);
    assert!(
        said.contains("transhumance login") && said.contains("target"),
        "{said}"
    );
    assert!(!said.contains("hunter2"), "{said}");
}
