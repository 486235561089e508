use iced::widget::progress_bar;
use iced::{Border, Element, Theme};

use super::control::{Control, describe};
use crate::app::a11y::{About, Role};
use crate::app::theme::colours;

/// How far something has come. `name`: what; `words`: how far, as it is said ("43 %").
pub fn progress<'a, Message: Clone + 'a>(
    name: impl Into<String>,
    done: u64,
    total: u64,
    words: impl Into<String>,
) -> Control<'a, Message> {
    // Nothing to do is done; what is more than all of it is all of it.
    let share = match total {
        0 => 1.0,
        total => (done.min(total) as f64 / total as f64) as f32,
    };
    let about = About {
        value: Some(words.into()),
        share: Some((f64::from(share) * 100.0, 100.0)),
        ..About::new(Role::ProgressIndicator, name)
    };
    describe(bar(share), about)
}

fn bar<'a, Message: 'a>(share: f32) -> Element<'a, Message> {
    progress_bar(0.0..=1.0, share)
        .girth(14)
        .style(|theme: &Theme| {
            let c = colours(theme);
            progress_bar::Style {
                background: c.surface.into(),
                bar: c.primary.into(),
                border: Border {
                    color: c.edge,
                    width: 1.0,
                    radius: 7.0.into(),
                },
            }
        })
        .into()
}
