//! What is to be done in a provider's console before anybody can sign in, step by step.

use iced::widget::{Column, column, row};
use iced::{Center, Element, Fill};

use super::{full_address, open_and_copy};
use crate::app::a11y::About;
use crate::app::context::Context;
use crate::app::theme::space;
use crate::app::widget::{
    Icon, Kind, button, card, control, icon, icon_button, paragraph, strong, text,
};

/// A step: its title, what to do, and the page where it is done. The last one's is where what was made is
/// given to the program.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub title: &'static str,
    pub words: &'static str,
    pub page: Option<&'static str>,
    /// What is to be entered there, to the letter.
    pub enter: &'static [&'static str],
}

/// A guide as it is now.
pub struct Guide<'a, Message> {
    pub steps: &'static [Step],
    /// The one that is open.
    pub now: usize,
    /// What was copied last.
    pub copied: Option<&'a str>,
    pub chosen: fn(usize) -> Message,
    pub opened: fn(String) -> Message,
    pub copy: fn(String) -> Message,
}

impl<Message> std::fmt::Debug for Guide<'_, Message> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guide")
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

impl<'a, Message: Clone + 'a> Guide<'a, Message> {
    const fn last(&self) -> usize {
        self.steps.len().saturating_sub(1)
    }

    /// `page`: the address of a step's page; `words`: what to do there; `last`: what the last step asks for.
    pub fn view(
        &self,
        cx: &'a Context,
        page: impl Fn(&str) -> String,
        words: impl Fn(&Step) -> String,
        last: impl FnOnce() -> Element<'a, Message>,
    ) -> Element<'a, Message> {
        let mut last = Some(last);
        let steps = self.steps.iter().enumerate().map(|(n, step)| {
            let content = (n == self.now).then(|| {
                let form = match n {
                    n if n == self.last() => last.take().map(|last| last()),
                    _ => None,
                };
                let page = step.page.map(&page);
                self.open(cx, n, step, page, words(step), form)
            });
            let head = self.head(cx, n, step);
            card(column![head].push(content).spacing(space::MEDIUM))
                .padding([12.0, 18.0])
                .into()
        });
        Column::with_children(steps).spacing(space::SMALL).into()
    }

    /// The title of a step, which opens it.
    fn head(&self, cx: &Context, n: usize, step: &Step) -> Element<'a, Message> {
        let sign = match n {
            n if n < self.now => Icon::Success,
            n if n == self.now => Icon::Down,
            _ => Icon::Right,
        };
        let title = cx.tr(
            "guide-step",
            &[
                ("n", (n as u64 + 1).into()),
                ("title", cx.t(step.title).into()),
            ],
        );
        let words = match n == self.now {
            true => strong(title.clone()),
            false => text(title.clone()),
        };
        let about = About {
            expanded: Some(n == self.now),
            ..About::button(title)
        };
        let face = row![icon(sign, 22.0, |c| c.primary), words.width(Fill)]
            .spacing(space::MEDIUM)
            .align_y(Center);
        let face = iced::widget::mouse_area(face)
            .on_press((self.chosen)(n))
            .interaction(iced::mouse::Interaction::Pointer);
        control(face, about, Some((self.chosen)(n)))
            .id(format!("step-{}", n + 1))
            .into()
    }

    fn open(
        &self,
        cx: &'a Context,
        n: usize,
        step: &Step,
        page: Option<String>,
        words: String,
        form: Option<Element<'a, Message>>,
    ) -> Element<'a, Message> {
        let lines = words
            .split('\n')
            .filter(|line| !line.trim().is_empty())
            .map(|line| paragraph(line.trim().to_owned()).into());
        let words = Column::with_children(lines).spacing(space::SMALL);
        let page = page.map(|page| {
            let is_copied = self.copied == Some(&page);
            open_and_copy(
                cx,
                "console",
                &cx.t(step.title),
                (self.opened)(page.clone()),
                ((self.copy)(page), is_copied),
            )
        });
        let enter = step.enter.iter().map(|text| self.entered(cx, text));
        let enter =
            (!step.enter.is_empty()).then(|| Column::with_children(enter).spacing(space::SMALL));
        let next = (n < self.last()).then(|| {
            button(
                Kind::Primary,
                cx.t("guide-done"),
                Some((self.chosen)(n + 1)),
            )
            .id("step-done")
        });
        column![words]
            .push(page)
            .push(enter)
            .push(form)
            .push(next)
            .spacing(space::MEDIUM)
            .into()
    }

    fn entered(&self, cx: &Context, text: &'static str) -> Element<'a, Message> {
        let (sign, label) = match self.copied == Some(text) {
            true => (Icon::Check, "page-copied"),
            false => (Icon::Copy, "guide-copy"),
        };
        let what = [("what", text.into())];
        row![
            full_address(text),
            icon_button(
                Kind::Quiet,
                sign,
                cx.t(label),
                Some((self.copy)(text.to_owned()))
            )
            .name(cx.tr("guide-copy-of", &what)),
        ]
        .spacing(space::SMALL)
        .align_y(Center)
        .into()
    }
}
