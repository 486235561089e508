use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::run::{count, err, exit, line, lines, out, path, run};
use crate::served::{serve, text};

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
    let kinds = [
        "folders",
        "files",
        "calendars",
        "events",
        "tasks",
        "address_books",
        "contacts",
    ];
    let items: u64 = kinds.iter().map(|kind| count(survey, kind)).sum();
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

/// A process that Ctrl-C is sent to once its move is under way.
#[cfg(unix)]
#[test]
fn ctrl_c_parks_and_the_same_command_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let args = [
        "--json",
        "--data-dir",
        path(home.path()),
        "practice",
        "--items",
        "60",
    ];
    let command = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_transhumance"));
        command
            .args([&args[..], more].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command
    };
    // Slow answers, so that it is not over before it is stopped.
    let mut process = command(&["--faults", "off", "--latency", "150"])
        .spawn()
        .unwrap();
    let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
    let began = said.any(|line| {
        let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        line["event"] == "move.progress" && line["phase"] == "moving"
    });
    assert!(began);
    let asked = Instant::now();
    let pid = process.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let rest: Vec<String> = said.map(Result::unwrap).collect();
    assert_eq!(process.wait().unwrap().code(), Some(4), "{rest:?}");
    assert!(
        asked.elapsed() < Duration::from_secs(6),
        "{:?}",
        asked.elapsed()
    );

    let output = command(&["--faults", "off"]).output().unwrap();
    let lines = lines(&output);
    // The survey of before still counts.
    assert!(lines.iter().all(|line| line["event"] != "survey.done"));
    assert_eq!(line(&lines, "move.done")["balanced"], true);
    assert_eq!(count(line(&lines, "verify.done"), "missing"), 0);
}
