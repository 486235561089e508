//! The move: held and gone on with, slowed down, what failed tried again.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use transhumance::app::screen::moving;
use transhumance::app::{App, Command, Message, Running, Step};
use transhumance::engine::{Phase, Snapshot};
use transhumance::i18n::Lang;
use transhumance::model::parse_rate;
use transhumance::practice::faults::{Fault, Faults};
use transhumance::transfer::{Counts, InFlight};

use crate::stage::{SIZE, TALL};
use crate::world::World;

/// Files of the practice Drive that Google never hands out.
const TRAPS: u64 = 2;
const BIG: u64 = 12_000_000;

fn idle(app: &App) -> bool {
    app.cx.running().is_none()
}

fn film_moves(app: &App) -> bool {
    let current = app.cx.moving().map(|snapshot| &snapshot.counts.current);
    current.is_some_and(|current| current.iter().any(|one| one.name == "film.bin"))
}

fn choose_limit(limit: moving::Limit) -> Message {
    Message::Moving(moving::Message::LimitChosen(limit))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_pauses_goes_on_and_ends_at_the_report() {
    for lang in Lang::ALL {
        let mut world = World::new(lang, &[("film.bin", BIG), ("note.txt", 20)]).await;
        world.planned().await;
        let stage = &mut world.stage;
        stage.find("moving-not-begun");
        // So slow that it would take minutes.
        let slow = choose_limit(moving::Limit::Rate(50_000));
        stage.play(slow, |_| false).await;
        stage.press_and_watch("resume", film_moves).await;
        stage.find("moving-now");
        stage.find("moving-pause");
        stage.find("moving-under-way");
        stage.find_words("film.bin");

        stage.press_and_watch("pause", idle).await;
        assert_eq!(stage.app.step, Step::Move);
        stage.find("moving-paused");
        stage.find("moving-resume");
        assert!(!stage.app.cx.status().unwrap().complete);

        // Without the limit it is done soon.
        stage.press_and_play("limit-0").await;
        stage
            .press_and_watch("resume", |app| app.step == Step::Report)
            .await;
        let moved = stage.app.cx.done.moved.clone().unwrap();
        assert!(moved.balanced && moved.failed == TRAPS, "{moved:?}");
        let found = stage.app.cx.texts.items(moved.items);
        let even = stage.app.cx.tr("report-even", &[("found", found.into())]);
        stage.find_words(&even);
        let arrived = world
            .nextcloud
            .control()
            .file("camille", "Archives/film.bin");
        assert_eq!(arrived.unwrap().unwrap().size, BIG);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_works_while_it_moves_and_stays() {
    let mut world = World::new(Lang::Fr, &[("film.bin", BIG)]).await;
    world.planned().await;
    let stage = &mut world.stage;
    // One of one's own: a mere number is megabytes, nonsense is said.
    stage.press_and_play("limit-5").await;
    let typed = stage.operate(|ui| {
        ui.click(iced_test::selector::id("limit-typed")).unwrap();
        ui.typewrite("vite");
    });
    for message in typed {
        stage.play(message, |_| false).await;
    }
    stage.press_and_play("limit-apply").await;
    stage.find("settings-bandwidth-wrong");
    let typed = Message::Moving(moving::Message::LimitTyped("0,05".into()));
    stage.play(typed, |_| false).await;
    stage.press_and_play("limit-apply").await;
    let rate = |app: &App| {
        app.cx
            .draft
            .options
            .bandwidth
            .as_deref()
            .and_then(parse_rate)
    };
    assert_eq!(rate(&stage.app), Some(50_000));

    stage.press_and_watch("resume", film_moves).await;
    // At fifty kilobytes a second it would take four minutes from here.
    stage
        .press_and_watch("limit-0", |app| app.step == Step::Report)
        .await;
    assert_eq!(rate(&stage.app), None);
    let seconds = stage.app.cx.done.moved.clone().unwrap().seconds;
    assert!(seconds < 120.0, "{seconds}");

    // What is chosen is in the migration's file.
    let back = Message::StepChosen(Step::Move);
    stage.play(back, |_| false).await;
    stage.press_and_play("limit-4").await;
    let file = stage.app.cx.file.clone().unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains("10 MB/s"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_said_and_tried_again() {
    for lang in Lang::ALL {
        let files = [("a.bin", 3_000_u64), ("b.bin", 4_000), ("c.bin", 5_000)];
        let mut world = World::new(lang, &files).await;
        world.planned().await;
        // Each time that these arrive a byte is wrong: three times is no accident.
        let mut faults = Faults::none();
        for name in ["a.bin", "b.bin"] {
            let put = format!("PUT /remote.php/dav/files/camille/Archives/{name}");
            faults = faults.then(&put, Fault::FlipUpload { at: 500 }, 3);
        }
        world.nextcloud.control().set_faults(faults);
        let stage = &mut world.stage;
        stage
            .press_and_watch("resume", |app| app.step == Step::Report)
            .await;
        let moved = stage.app.cx.done.moved.clone().unwrap();
        assert_eq!(
            (moved.failed, moved.balanced),
            (TRAPS + 2, true),
            "{moved:?}"
        );

        let back = Message::StepChosen(Step::Move);
        stage.play(back, |_| false).await;
        let two = stage
            .app
            .cx
            .tr("moving-failed", &[("n", (TRAPS + 2).into())]);
        stage.find_words(&two);
        stage.find_words("Archives/a.bin");
        stage.find_in_rows("reason-hash-mismatch");

        stage.assert_looks("moving-failed");

        // One of them, then the other.
        let chosen = stage.operate(|ui| {
            ui.click("Archives/b.bin").unwrap();
        });
        for message in chosen {
            stage.play(message, |_| false).await;
        }
        stage
            .press_and_watch("again-one", |app| {
                app.step == Step::Report && app.cx.running().is_none()
            })
            .await;
        assert_eq!(stage.app.cx.status().unwrap().failed, TRAPS + 1);
        let back = Message::StepChosen(Step::Move);
        stage.play(back, |_| false).await;
        stage
            .press_and_watch("again-all", |app| {
                app.step == Step::Report && app.cx.running().is_none()
            })
            .await;
        let status = stage.app.cx.status().unwrap();
        assert_eq!(
            (status.failed, status.complete),
            (TRAPS, true),
            "{status:?}"
        );
        for (name, bytes) in files {
            let path = format!("Archives/{name}");
            let there = world.nextcloud.control().file("camille", &path);
            assert_eq!(there.unwrap().unwrap().size, bytes, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_try_that_cannot_help_is_said() {
    let mut world = World::new(Lang::En, &[("a.bin", 3_000)]).await;
    world.planned().await;
    // Gone after the survey, those that fail anyway too.
    let google = world.google.control();
    let traps = ["facture.exe", "film très demandé.bin"];
    let gone = google.items().filter_map(|(node, _)| {
        let gone = node.name == "a.bin" || traps.contains(&node.name.as_str());
        gone.then_some(node.id)
    });
    let gone: Vec<_> = gone.collect();
    assert_eq!(gone.len(), 3);
    assert!(gone.iter().all(|id| google.delete(id)));
    let stage = &mut world.stage;
    stage
        .press_and_watch("resume", |app| app.step == Step::Report)
        .await;
    let before = stage.app.cx.status().cloned().unwrap();
    assert_eq!(before.failed, 3);
    let back = Message::StepChosen(Step::Move);
    stage.play(back, |_| false).await;
    stage.press_and_play("again-all").await;
    stage.find("moving-in-vain");
    assert_eq!(stage.app.cx.running(), None);
    // A second look settles it.
    stage
        .press_and_watch("look-again-all", |app| {
            app.step == Step::Preview && app.cx.running().is_none()
        })
        .await;
    let after = stage.app.cx.status().unwrap();
    assert_eq!(after.items, before.items - 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_is_asked_and_shows_what_is_done() {
    let mut world = World::new(Lang::Fr, &[("film.bin", BIG), ("note.txt", 20)]).await;
    world.planned().await;
    let stage = &mut world.stage;
    let slow = choose_limit(moving::Limit::Rate(50_000));
    stage.play(slow, |_| false).await;
    stage.press_and_watch("resume", film_moves).await;
    stage.press("stop");
    stage.find("moving-stop-title");
    stage.find("moving-stop-words");
    // Escape goes on.
    let escape = Message::Pressed(transhumance::app::Shortcut::Escape);
    stage.play_watching(escape, |_| true).await;
    assert_eq!(stage.app.cx.running(), Some(Command::Move));
    stage.press("stop");
    stage
        .press_and_watch("stop-yes", |app| app.step == Step::Report)
        .await;
    assert_eq!(stage.app.cx.running(), None);
    stage.find("balance-pending");
    stage
        .press_and_watch("resume", |app| app.step == Step::Move)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_looks_as_it_did() {
    for lang in Lang::ALL {
        let mut world = World::new(lang, &[]).await;
        world.planned().await;
        let stage = &mut world.stage;
        stage.size = SIZE;
        stage.assert_looks("moving-not-begun");
        let open = stage.app.cx.open.as_mut().unwrap();
        open.running = Some(Running {
            command: Command::Move,
            cancel: CancellationToken::new(),
        });
        let number = open.number();
        let flight = |name: &str, sent, size| InFlight {
            name: name.into(),
            sent,
            size,
        };
        let snapshot = Snapshot {
            phase: Phase::Moving,
            counts: Counts {
                items_done: 1_234,
                items_total: 12_345,
                bytes_done: 5_300_000_000,
                bytes_total: 18_700_000_000,
                failed: 3,
                under_way: 9,
                current: vec![
                    flight(
                        "Assemblée générale 2019.mp4",
                        310_000_000,
                        Some(1_200_000_000),
                    ),
                    flight("Comptes.xlsx", 20_000, Some(20_480)),
                    flight("Compte rendu", 0, None),
                    flight(&"Très long nom de fichier ".repeat(8), 1, Some(100_000)),
                ],
                ..Counts::default()
            },
            rate: 4_250_000.0,
            left: Some(Duration::from_secs(3_200)),
            elapsed: Duration::from_secs(600),
        };
        let _ = stage.app.update(Message::Snapshot(number, snapshot));
        stage.assert_looks("moving");
        stage.size = TALL;
        stage.assert_looks("moving-all");
        stage.press("stop");
        stage.size = SIZE;
        stage.assert_looks("moving-stop");
        stage.app.cx.open.as_mut().unwrap().running = None;
    }
}
