//! The account: what it says, what is left to do by hand, and giving the access back.

use transhumance::app::a11y::Role;
use transhumance::app::screen::report;
use transhumance::app::{App, Message, Step};
use transhumance::engine::Secret;
use transhumance::i18n::Lang;
use transhumance::ledger::ReportFilter;
use transhumance::model::OutcomeKind;

use crate::stage::{Keyboard, SIZE, TALL};
use crate::world::World;

fn at_the_report(app: &App) -> bool {
    app.step == Step::Report && app.cx.running().is_none()
}

async fn moved(world: &mut World) {
    world.planned().await;
    world.stage.press_and_watch("resume", at_the_report).await;
    // The rows of the table are read.
    let all = Message::Report(report::Message::FilterChosen(ReportFilter::ByHand));
    world.stage.play(all, |_| false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_what_became_of_everything() {
    for lang in Lang::ALL {
        let mut world = World::new(lang, &[("note.txt", 20)]).await;
        moved(&mut world).await;
        let stage = &mut world.stage;
        let status = stage.app.cx.status().cloned().unwrap();
        let texts = &stage.app.cx.texts;
        let found = [("found", texts.items(status.items).into())];
        stage.find_words(&stage.app.cx.tr("report-even", &found));
        for (key, n) in [
            ("balance-moved", status.moved),
            ("balance-linked", status.linked),
            ("balance-failed", status.failed),
        ] {
            assert!(n > 0, "{status:?}");
            stage.find(key);
            stage.find_words(&texts.number(n));
        }

        // How long it took is another time each time.
        stage.app.cx.done.moved = None;
        stage.assert_looks("report-all");
        stage.size = SIZE;
        stage.assert_looks("report");
        stage.size = TALL;

        // A link is to be made anew by hand; choosing it says how.
        let linked = report::Message::FilterChosen(ReportFilter::Kind(OutcomeKind::Linked));
        stage.play(Message::Report(linked), |_| false).await;
        let rows = Keyboard::new(stage).seen();
        let rows: Vec<_> = rows
            .iter()
            .filter(|one| one.about.role == Role::Row)
            .collect();
        assert_eq!(rows.len() as u64, status.linked);
        let name = rows[0].about.name.split(", ").next().unwrap().to_owned();
        for message in stage.operate(|ui| {
            ui.click(name.as_str()).unwrap();
        }) {
            stage.play(message, |_| false).await;
        }
        stage.find("report-linked");
        let open = iced_test::selector::id("open-source");
        stage.ui().find(open).unwrap();
        stage.assert_looks("report-one");

        // What was renamed, and why.
        let renamed = Message::Report(report::Message::FilterChosen(ReportFilter::Renamed));
        stage.play(renamed, |_| false).await;
        stage.find_in_rows("name-forbidden");
        let kept = report::Message::FilterChosen(ReportFilter::Kind(OutcomeKind::Kept));
        stage.play(Message::Report(kept), |_| false).await;
        let rows = Keyboard::new(stage).seen();
        let rows = rows.iter().filter(|one| one.about.role == Role::Row);
        assert_eq!(rows.count() as u64, status.kept);
        if status.kept == 0 {
            stage.find("report-none");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_proves_again_and_looks_for_changes() {
    let mut world = World::new(Lang::Fr, &[("note.txt", 20)]).await;
    moved(&mut world).await;
    let stage = &mut world.stage;
    stage
        .press_and_watch("prove", |app| app.cx.done.verify.is_some())
        .await;
    stage.find("report-proof");
    let verify = stage.app.cx.done.verify.clone().unwrap();
    assert_eq!((verify.mismatched, verify.missing), (0, 0), "{verify:?}");
    assert!(verify.proved > 100, "{verify:?}");

    let google = world.google.control();
    let content = transhumance::practice::content::Content::noise(9, 90);
    google.add_file("root", "later.txt", content).unwrap();
    stage
        .press_and_watch("look-again", |app| {
            app.step == Step::Preview && app.cx.running().is_none()
        })
        .await;
    let preview = stage.app.cx.done.preview.clone().unwrap();
    // The new file, and what failed at the first run.
    assert_eq!(preview.moves, 3, "{preview:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_access_is_given_back_at_both_ends() {
    for lang in Lang::ALL {
        let mut world = World::new(lang, &[("note.txt", 20)]).await;
        moved(&mut world).await;
        let stage = &mut world.stage;
        let migration = stage.app.cx.migration().unwrap();
        let secrets = stage.app.cx.secrets.clone();
        let all = [
            Secret::SourceRefreshToken,
            Secret::SourceClientSecret,
            Secret::TargetPassword,
        ];
        for which in all {
            assert!(secrets.find(&migration, which).await.unwrap().is_some());
        }
        // Asked first; no is no.
        stage.press("sign-out");
        stage.find("access-ask");
        stage.press("sign-out-no");
        assert!(secrets.find(&migration, all[0]).await.unwrap().is_some());

        // The server does not answer: nothing is forgotten, and it is said what to do by hand.
        world.nextcloud.control().set_maintenance(true);
        stage.press("sign-out");
        stage.press_and_play("sign-out-yes").await;
        assert!(secrets.find(&migration, all[2]).await.unwrap().is_some());
        assert_eq!(
            secrets.find(&migration, all[0]).await.unwrap().map(drop),
            None
        );
        assert!(world.google.control().requests_of("/revoke") > 0);

        world.nextcloud.control().set_maintenance(false);
        stage.press("sign-out");
        // The source is done already, and not ticked.
        stage.press_and_play("sign-out-yes").await;
        for which in all {
            let found = secrets.find(&migration, which).await.unwrap();
            assert!(found.is_none(), "{which:?}");
        }
        assert_eq!(world.nextcloud.control().app_passwords("camille"), [""; 0]);
    }
}
