//! The window's own state through a whole rehearsal, with the real engine and the practice servers.

use transhumance::app::screen::{choose, preview, source, target, welcome};
use transhumance::app::{Message, Step};
use transhumance::engine::migrations::{self, State};
use transhumance::i18n::Lang;

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_rehearsal() {
    let mut stage = Stage::new(Lang::Fr);
    let asked = Message::Welcome(welcome::Message::PracticeAsked { fresh: true });
    // Both ends are signed in to already.
    stage.play(asked, |app| app.source.is_ready(&app.cx)).await;
    assert!(stage.app.cx.practice.is_some());
    stage
        .ui()
        .find(stage.t("practice-banner").as_str())
        .unwrap();
    let on = Message::Source(source::Message::Next);
    stage.play(on, |app| app.target.is_ready(&app.cx)).await;
    assert_eq!(stage.app.step, Step::Target);
    let on = Message::Target(target::Message::Next);
    let surveyed = |app: &transhumance::app::App| {
        app.cx.status().is_some_and(|status| status.surveyed) && app.cx.running().is_none()
    };
    stage.play(on, surveyed).await;
    let on = Message::Choose(choose::Message::Next);
    stage.play(on, |app| app.step == Step::Preview).await;
    let planned = stage.app.cx.done.preview.clone().unwrap();
    assert!(planned.fits && planned.items > 300, "{planned:?}");
    let on = Message::Preview(preview::Message::Next);
    stage.play(on, |app| app.step == Step::Report).await;
    let moved = stage.app.cx.done.moved.clone().unwrap();
    assert!(moved.balanced, "{moved:?}");
    assert_eq!(moved.items, planned.items);

    // Back finds everything as it was.
    let back = Message::StepChosen(Step::Preview);
    stage.play(back, |app| app.step == Step::Preview).await;
    assert_eq!(stage.app.cx.done.preview, Some(planned));

    // Nothing of a rehearsal is among the real migrations.
    let mine = migrations::list(stage.home.path()).await.unwrap();
    assert!(mine.is_empty(), "{mine:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_begun_is_on_the_list() {
    let mut stage = Stage::new(Lang::En);
    let from = tempfile::tempdir().unwrap();
    stage.press("new");
    let typed = Message::Source(source::Message::NameTyped("Canard".into()));
    stage.play(typed, |_| false).await;
    let chosen = Message::Source(source::Message::KindChosen(source::Kind::Folder));
    stage.play(chosen, |_| false).await;
    let typed = source::FolderMessage::Typed(from.path().display().to_string());
    let typed = Message::Source(source::Message::Folder(typed));
    stage.play(typed, |_| false).await;
    let on = Message::Source(source::Message::Next);
    stage.play(on, |_| false).await;
    assert_eq!(stage.app.step, Step::Target);
    let mine = migrations::list(stage.home.path()).await.unwrap();
    assert_eq!(mine.len(), 1, "{mine:?}");
    assert_eq!(mine[0].state, State::Draft);
    assert_eq!(mine[0].draft.as_ref(), Some(&stage.app.cx.draft));
}
