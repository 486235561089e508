//! What every screen looks like: a title, what it is about, its content, and below where to go from here.

use iced::widget::{Column, column, container, row, rule, scrollable, space as gap};
use iced::{Center, Element, Fill, Padding};

use super::a11y::{About, Role};
use super::context::Context;
use super::theme::{STRONG, size, space};
use super::widget::reveal::PAGE;
use super::widget::{Icon, Kind, describe, forward_button, icon_button, paragraph, scrollbar};

/// The widest that text is comfortable to read.
const READABLE: f32 = 780.0;

/// A screen in the making; see [`page`].
pub struct Page<'a, Message> {
    title: String,
    lead: Option<String>,
    above: Vec<Element<'a, Message>>,
    content: Vec<Element<'a, Message>>,
    back: Option<(String, Option<Message>)>,
    next: Option<(String, Option<Message>)>,
    others: Vec<Element<'a, Message>>,
    fills: bool,
}

impl<Message> std::fmt::Debug for Page<'_, Message> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Page")
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

/// A page with a title.
pub fn page<'a, Message: Clone + 'a>(title: impl Into<String>) -> Page<'a, Message> {
    Page {
        title: title.into(),
        lead: None,
        above: Vec::new(),
        content: Vec::new(),
        back: None,
        next: None,
        others: Vec::new(),
        fills: false,
    }
}

impl<'a, Message: Clone + 'a> Page<'a, Message> {
    /// One or two sentences on what this page asks or shows.
    pub fn lead(mut self, words: impl Into<String>) -> Self {
        self.lead = Some(words.into());
        self
    }

    /// A notice between the title and the content.
    pub fn notice(mut self, notice: Option<Element<'a, Message>>) -> Self {
        self.above.extend(notice);
        self
    }

    /// More content, below what there is.
    pub fn push(mut self, content: impl Into<Element<'a, Message>>) -> Self {
        self.content.push(content.into());
        self
    }

    /// The same, if there is any.
    pub fn push_maybe(mut self, content: Option<impl Into<Element<'a, Message>>>) -> Self {
        self.content.extend(content.map(Into::into));
        self
    }

    /// The content takes all the room there is and scrolls by itself: tables, trees.
    pub fn fills(mut self) -> Self {
        self.fills = true;
        self
    }

    /// Back to the station before. Its id is `back`.
    pub fn back(mut self, cx: &Context, on_press: Message) -> Self {
        self.back = Some((cx.t("go-back"), Some(on_press)));
        self
    }

    /// The one next thing to do; `None`: not yet. Its id is `next`.
    pub fn next(mut self, label: impl Into<String>, on_press: Option<Message>) -> Self {
        self.next = Some((label.into(), on_press));
        self
    }

    /// Another button of the footer, before the next one.
    pub fn other(mut self, button: impl Into<Element<'a, Message>>) -> Self {
        self.others.push(button.into());
        self
    }

    pub fn view(self) -> Element<'a, Message> {
        let about = About {
            level: Some(1),
            ..About::new(Role::Heading, self.title.clone())
        };
        let title = iced::widget::text(self.title)
            .size(size::TITLE)
            .font(STRONG)
            .line_height(1.2);
        let head = column![describe(title, about).id("title")]
            .push(
                self.lead
                    .map(|lead| container(paragraph(lead)).max_width(READABLE)),
            )
            .spacing(space::SMALL);
        let sheet = Column::with_children(
            std::iter::once(head.into())
                .chain(self.above)
                .chain(self.content),
        )
        .spacing(space::LARGE)
        .width(Fill);
        let padding = [space::HUGE - space::SMALL, space::HUGE];
        let body: Element<'a, Message> = if self.fills {
            container(sheet.height(Fill))
                .padding(padding)
                .height(Fill)
                .into()
        } else {
            scrollable(
                container(sheet.max_width(READABLE))
                    .padding(padding)
                    .width(Fill),
            )
            .id(PAGE)
            .style(scrollbar)
            .width(Fill)
            .height(Fill)
            .into()
        };
        let back = self.back.map(|(label, message)| {
            icon_button(Kind::Quiet, Icon::Back, label, message).id("back")
        });
        let next = self
            .next
            .map(|(label, message)| forward_button(label, message).id("next"));
        if back.is_none() && next.is_none() && self.others.is_empty() {
            return body;
        }
        let footer = row![]
            .push(back)
            .push(gap().width(Fill))
            .extend(self.others)
            .push(next)
            .spacing(space::MEDIUM)
            .align_y(Center)
            // The quiet button's words stand below the title.
            .padding(Padding {
                left: space::HUGE - 16.0,
                right: space::HUGE,
                top: space::MEDIUM,
                bottom: space::MEDIUM,
            });
        column![body, rule::horizontal(1), footer].into()
    }
}
