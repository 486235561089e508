use std::path::Path;
use std::process::{Command, Output};

use crate::run::{err, exit, out, path, run};

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
