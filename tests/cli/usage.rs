use transhumance::model::Migration;

use crate::run::{err, exit, out, path, run};

#[test]
fn wrong_usage_exits_2_and_says_so_in_the_language() {
    let cases: [(&[&str], &str, &str); 5] = [
        (&["--json"], "Say what to do", "Dites ce qu’il faut faire"),
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
            assert_eq!(out(&output).is_empty(), args != ["--json"]);
        }
    }
    let output = run(&["--lang", "de", "init", "x"]);
    assert_eq!(exit(&output), 2);
    assert!(err(&output).contains("fr, en"), "{}", err(&output));
}

/// The window is what the program does without a command; where there is no screen, it names the commands.
#[cfg(all(feature = "gui", target_os = "linux"))]
#[test]
fn without_a_screen_the_window_says_so() {
    let home = tempfile::tempdir().unwrap();
    for (display, words) in [(None, "screen"), (Some(":2147"), "could not open")] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_transhumance"));
        for variable in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
            command.env_remove(variable);
        }
        command.envs(display.map(|display| ("DISPLAY", display)));
        command.args(["--lang", "en", "--data-dir", path(home.path())]);
        let output = command.output().unwrap();
        assert_eq!(exit(&output), 2, "{}", err(&output));
        for part in [words, "transhumance --help"] {
            assert!(err(&output).contains(part), "{}", err(&output));
        }
        assert!(!err(&output).contains("panicked"), "{}", err(&output));
    }
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
    for kind in ["microsoft", "nextcloud", "folder"] {
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
