//! What is taken along.

use transhumance::app::screen::{choose, welcome};
use transhumance::app::widget::TreeEvent;
use transhumance::app::{App, Message, Step};
use transhumance::i18n::Lang;
use transhumance::model::{ConflictPolicy, DocumentFormat, PreviewDone};

use crate::stage::Stage;

/// A rehearsal whose survey is done, at the tree.
pub async fn surveyed(lang: Lang) -> Stage {
    let mut stage = Stage::new(lang);
    let asked = Message::Welcome(welcome::Message::PracticeAsked { fresh: true });
    stage.play(asked, |app| app.step == Step::Source).await;
    stage
        .play(Message::StepChosen(Step::Target), |_| false)
        .await;
    stage
        .play(Message::StepChosen(Step::Choose), |_| false)
        .await;
    let status = stage.app.cx.status().unwrap();
    assert!(status.surveyed && idle(&stage.app));
    stage
}

fn idle(app: &App) -> bool {
    app.cx.running().is_none()
}

fn choose(message: choose::Message) -> Message {
    Message::Choose(message)
}

fn tree(event: TreeEvent) -> Message {
    choose(choose::Message::Tree(event))
}

fn sees(stage: &Stage, words: &str) -> bool {
    stage.ui().find(words).is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn branches_open_and_sums_follow_the_ticks() {
    for lang in Lang::ALL {
        let mut stage = surveyed(lang).await;
        stage.assert_looks("choose");
        assert!(sees(&stage, &stage.t("choose-my-drive")));
        assert!(!sees(&stage, "Budgets"));
        stage.play(tree(TreeEvent::Opened(0)), |_| false).await;
        assert!(sees(&stage, "Budgets"));
        stage.assert_looks("choose-open");
        let before = words(&stage);
        // A folder within My Drive, then all of My Drive, then all of it again.
        stage.play(tree(TreeEvent::Ticked(2)), |_| false).await;
        let without = words(&stage);
        assert_ne!(before, without);
        stage.assert_looks("choose-partly");
        stage.play(tree(TreeEvent::Ticked(0)), |_| false).await;
        assert_eq!(
            words(&stage),
            before,
            "a partly ticked one is completed first"
        );
        stage.play(tree(TreeEvent::Ticked(0)), |_| false).await;
        let little = words(&stage);
        assert!(little != before && little != without);
        stage.play(tree(TreeEvent::Closed(0)), |_| false).await;
        assert!(!sees(&stage, "Budgets"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_ticked_stays_where_it_is() {
    let mut stage = surveyed(Lang::Fr).await;
    stage.play(tree(TreeEvent::Ticked(0)), |_| false).await;
    let previewed = |app: &App| app.step == Step::Preview && idle(app);
    stage.play(choose(choose::Message::Next), previewed).await;
    let few = stage.app.cx.done.preview.clone().unwrap();

    // Back, with everything: nothing of what was looked at before is left over.
    stage
        .play(Message::StepChosen(Step::Choose), |_| false)
        .await;
    stage.play(tree(TreeEvent::Ticked(0)), |_| false).await;
    stage.play(choose(choose::Message::Next), previewed).await;
    let all = stage.app.cx.done.preview.clone().unwrap();
    let moving = |one: &PreviewDone| one.moves + one.convert + one.link;
    assert!(moving(&all) > moving(&few) + 300, "{few:?} {all:?}");
    assert_eq!(all.items, few.items);
}

#[tokio::test(flavor = "multi_thread")]
async fn options_reach_the_migration() {
    let mut stage = surveyed(Lang::En).await;
    let chosen = choose(choose::Message::DocumentsChosen(DocumentFormat::Pdf));
    stage.play(chosen, |_| false).await;
    let chosen = choose(choose::Message::ConflictChosen(ConflictPolicy::Skip));
    stage.play(chosen, |_| false).await;
    let shared = stage.app.cx.draft.scope.shared_with_me;
    stage
        .play(choose(choose::Message::SharedWithMe), |_| false)
        .await;
    let draft = stage.app.cx.draft.clone();
    assert_eq!(draft.options.documents, DocumentFormat::Pdf);
    assert_eq!(draft.options.on_conflict, ConflictPolicy::Skip);
    assert_ne!(draft.scope.shared_with_me, shared);
    // Another scope is another listing; then the preview follows by itself.
    let previewed = |app: &App| app.step == Step::Preview && idle(app);
    stage.play(choose(choose::Message::Next), previewed).await;
    let open = stage.app.cx.open.as_ref().unwrap();
    assert_eq!(open.engine.migration().scope, draft.scope);
    assert_eq!(
        open.engine.migration().options.documents,
        DocumentFormat::Pdf
    );
}

/// What readers are told as it changes: how much is chosen.
fn words(stage: &Stage) -> String {
    let seen = crate::stage::Keyboard::new(stage).seen();
    let told = seen.into_iter().find(|one| one.about.live.is_some());
    told.unwrap().about.name
}
