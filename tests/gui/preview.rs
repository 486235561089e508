//! What would happen.

use transhumance::app::screen::{choose, preview};
use transhumance::app::widget::TableEvent;
use transhumance::app::{App, Message, Step};
use transhumance::engine::Order;
use transhumance::i18n::Lang;
use transhumance::model::Action;

use crate::choose::surveyed;
use crate::stage::Stage;

async fn previewed(lang: Lang) -> Stage {
    let mut stage = surveyed(lang).await;
    let on = Message::Choose(choose::Message::Next);
    stage.play(on, |_| false).await;
    assert_eq!(stage.app.step, Step::Preview);
    assert!(stage.app.cx.running().is_none());
    stage
}

async fn play(stage: &mut Stage, message: preview::Message) {
    stage.play(Message::Preview(message), |_: &App| false).await;
}

/// The rows that readers are told of.
fn rows(stage: &Stage) -> Vec<String> {
    let mut keyboard = crate::stage::Keyboard::new(stage);
    let seen = keyboard.seen();
    seen.into_iter()
        .filter(|one| one.about.row.is_some())
        .map(|one| one.about.name)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_is_filtered_searched_and_sorted() {
    for lang in Lang::ALL {
        let mut stage = previewed(lang).await;
        stage.assert_looks("preview");
        let all = rows(&stage);
        assert!(all.len() > 5, "{all:?}");
        play(
            &mut stage,
            preview::Message::ActionChosen(Some(Action::Convert)),
        )
        .await;
        let converted = rows(&stage);
        let word = stage.t("one-convert");
        assert!(
            !converted.is_empty() && converted.iter().all(|row| row.contains(&word)),
            "{converted:?}"
        );
        play(
            &mut stage,
            preview::Message::ActionChosen(Some(Action::Skip)),
        )
        .await;
        let skipped = rows(&stage);
        assert!(
            skipped.iter().all(|row| row.contains(&stage.t("one-skip"))),
            "{skipped:?}"
        );
        play(&mut stage, preview::Message::ActionChosen(None)).await;
        play(&mut stage, preview::Message::Searched("BUDGET".into())).await;
        let budgets = rows(&stage);
        assert!(
            !budgets.is_empty()
                && budgets
                    .iter()
                    .all(|row| row.to_lowercase().contains("budget")),
            "{budgets:?}"
        );
        // Escape empties the search.
        assert!(matches!(
            transhumance::app::screen::Screen::escape(&stage.app.preview),
            Some(preview::Message::Searched(text)) if text.is_empty()
        ));
        play(&mut stage, preview::Message::Searched(String::new())).await;
        assert_eq!(rows(&stage), all);
        play(&mut stage, preview::Message::RenamedChosen).await;
        play(&mut stage, preview::Message::Table(TableEvent::First)).await;
        // What and why, of the chosen row.
        let arrives = stage
            .app
            .cx
            .tr("preview-detail-to", &[("path", "Google Drive/".into())]);
        let arrives = arrives.trim_end_matches('\u{2069}').to_owned();
        let tree = crate::stage::Keyboard::new(&stage).tree("t");
        let mut told = tree
            .nodes
            .iter()
            .filter_map(|(_, node)| node.value().or(node.label()));
        assert!(told.any(|words| words.starts_with(&arrives)), "{arrives}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sorting_twice_turns_the_table_round() {
    let mut stage = previewed(Lang::Fr).await;
    for order in [Order::Name, Order::Action, Order::Size, Order::Target] {
        play(&mut stage, preview::Message::SortedBy(order)).await;
        let up = rows(&stage);
        play(&mut stage, preview::Message::SortedBy(order)).await;
        let down = rows(&stage);
        assert!(up.first() != down.first(), "{order:?}: {:?}", up.first());
        if order == Order::Size {
            assert!(down[0].contains("Mo"), "{:?}", down[0]);
        }
    }
}
