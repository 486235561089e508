//! The parts of the page that only show, and what comes next.

use std::time::Duration;

use iced::widget::{Row, column, row};
use iced::{Center, Element, Fill};

use super::Message;
use crate::app::a11y::{About, Role};
use crate::app::context::{Command, Context};
use crate::app::theme::{STRONG, size, space};
use crate::app::widget::{
    Icon, Kind, Notice, Sort, busy, button, card, describe, heading, icon_button, muted, notice,
    paragraph, small, text,
};
use crate::engine::Phase;
use crate::model::{OutcomeKind, StatusDone, VerifyDone};
use crate::sentences::words;

fn count(status: &StatusDone, kind: OutcomeKind) -> u64 {
    match kind {
        OutcomeKind::Moved => status.moved,
        OutcomeKind::Converted => status.converted,
        OutcomeKind::Linked => status.linked,
        OutcomeKind::Kept => status.kept,
        OutcomeKind::Skipped => status.skipped,
        OutcomeKind::Failed => status.failed,
    }
}

/// Whether everything is accounted for, before anything else.
pub fn verdict<'a>(cx: &'a Context) -> Element<'a, Message> {
    let status = cx.status().cloned().unwrap_or_default();
    let settled: u64 = OutcomeKind::ALL
        .iter()
        .map(|kind| count(&status, *kind))
        .sum();
    let found = ("found", cx.texts.items(status.items).into());
    let (sort, words, actions) = if status.pending > 0 {
        let left = ("left", cx.texts.items(status.pending).into());
        let resume = cx.running().is_none().then_some(Message::Resume);
        let resume = icon_button(Kind::Plain, Icon::Play, cx.t("report-resume"), resume);
        let words = cx.tr("report-unfinished", &[found, left]);
        (Sort::Info, words, vec![resume.id("resume").into()])
    } else if settled != status.items {
        let logs = cx.data_dir.join("logs").display().to_string();
        let told = [
            found,
            ("settled", cx.texts.items(settled).into()),
            ("logs", logs.into()),
        ];
        (Sort::Error, cx.tr("report-uneven", &told), Vec::new())
    } else {
        (Sort::Success, cx.tr("report-even", &[found]), Vec::new())
    };
    notice(
        Notice {
            sort,
            words,
            actions,
        },
        &cx.texts,
    )
}

/// The account as a sum, in big figures.
pub fn balance<'a>(cx: &'a Context) -> Element<'a, Message> {
    let status = cx.status().cloned().unwrap_or_default();
    let found = [("n", status.items.into())];
    let head = figure(status.items, cx.tr("report-found", &found), cx);
    let tile = |kind: OutcomeKind| -> Element<'a, Message> {
        figure(count(&status, kind), cx.t(words::outcome(kind)), cx)
    };
    let kinds = OutcomeKind::ALL;
    let rows = kinds.chunks(3).enumerate().map(|(n, kinds)| {
        let sign = if n == 0 { "=" } else { "+" };
        let mut line = row![sum_sign(sign)];
        for (n, kind) in kinds.iter().enumerate() {
            if n > 0 {
                line = line.push(sum_sign("+"));
            }
            line = line.push(tile(*kind));
        }
        line.spacing(space::SMALL).into()
    });
    let pending = (status.pending > 0).then(|| {
        let words = cx.t("balance-pending");
        row![sum_sign("+"), figure(status.pending, words, cx)].spacing(space::SMALL)
    });
    let arrived = arrived(cx, &status);
    let sum = column![head]
        .extend(rows)
        .push(pending)
        .push(muted(arrived))
        .spacing(space::MEDIUM);
    let about = About::group(Role::Group, cx.t("report-balance"));
    describe(card(sum), about).id("balance").into()
}

fn sum_sign<'a>(sign: &'static str) -> Element<'a, Message> {
    muted(sign).size(size::BIG).width(18).into()
}

/// A number with what it counts.
fn figure<'a>(n: u64, words: String, cx: &Context) -> Element<'a, Message> {
    let number = cx.texts.number(n);
    let about = About::new(Role::Paragraph, format!("{number} {words}"));
    let number = text(number).size(size::BIG).font(STRONG);
    let tile = column![number, small(words)].width(Fill);
    describe(tile, about).into()
}

fn arrived(cx: &Context, status: &StatusDone) -> String {
    let size = ("size", cx.texts.bytes(status.bytes).into());
    match &cx.done.moved {
        Some(moved) if moved.seconds >= 1.0 => {
            let time = cx.texts.duration(Duration::from_secs_f64(moved.seconds));
            cx.tr("report-arrived-in", &[size, ("time", time.into())])
        }
        _ => cx.tr("report-arrived", &[size]),
    }
}

/// What a second look at the target said, or the offer of one.
pub fn proof<'a>(cx: &'a Context) -> Element<'a, Message> {
    let lines = cx.done.verify.as_ref().map(|verify| looked(cx, verify));
    let words = paragraph(cx.t("report-proof-words"));
    let look: Element<'a, Message> = match cx.running() {
        Some(Command::Verify) => {
            let counts = cx.snapshot().map(|snapshot| &snapshot.counts);
            let (done, total) = counts.map_or((0, 0), |c| (c.items_done, c.items_total));
            let told = [
                ("done", cx.texts.number(done).into()),
                ("total", cx.texts.items(total).into()),
            ];
            waiting(cx, cx.tr("progress-verifying", &told))
        }
        running => {
            let asked = running.is_none().then_some(Message::ProveAgain);
            let label = cx.t("report-prove");
            let look = icon_button(Kind::Plain, Icon::Search, label, asked).id("prove");
            row![look].into()
        }
    };
    card(
        column![heading(cx.t("report-proof")), words]
            .push(lines)
            .push(look)
            .spacing(space::MEDIUM),
    )
    .into()
}

fn looked<'a>(cx: &'a Context, verify: &VerifyDone) -> Element<'a, Message> {
    let fine = verify.mismatched == 0 && verify.missing == 0;
    let found = [
        (verify.proved, "verify-proved"),
        (verify.weak, "verify-weak"),
        (verify.mismatched, "verify-mismatched"),
        (verify.missing, "verify-missing"),
    ];
    let items = [("items", cx.texts.items(verify.items).into())];
    let mut lines = vec![cx.tr("verify-done", &items)];
    let found = found.iter().filter(|(n, _)| *n > 0);
    lines.extend(found.map(|(n, key)| format!("{} {}", cx.texts.number(*n), cx.t(key))));
    lines.push(cx.t(if fine {
        "verify-good"
    } else {
        "report-proof-bad"
    }));
    let sort = if fine { Sort::Success } else { Sort::Warning };
    notice(
        Notice {
            sort,
            words: lines.join("\n"),
            actions: Vec::new(),
        },
        &cx.texts,
    )
}

/// The next things to do.
pub fn what_next<'a>(cx: &'a Context) -> Element<'a, Message> {
    let rehearsal = cx.practice.is_some();
    let open: Element<'a, Message> = if rehearsal {
        small(cx.t("report-open-practice")).into()
    } else {
        let asked = Some(Message::TargetAsked);
        let open = icon_button(Kind::Plain, Icon::Open, cx.t("report-open-target"), asked);
        row![open.id("open-target")].into()
    };
    let again: Element<'a, Message> = match cx.running() {
        Some(Command::Survey | Command::Preview) => {
            let phase = cx.snapshot().map_or(Phase::Idle, |snapshot| snapshot.phase);
            let items = cx
                .snapshot()
                .map_or(0, |snapshot| snapshot.counts.items_done);
            let items = [("items", cx.texts.items(items).into())];
            let words = match phase {
                Phase::SurveyingSource => cx.tr("progress-surveying-source", &items),
                Phase::SurveyingTarget => cx.tr("progress-surveying-target", &items),
                Phase::Planning => cx.t("moving-planning"),
                _ => cx.t("progress-connecting"),
            };
            waiting(cx, words)
        }
        running => {
            let asked = running.is_none().then_some(Message::LookAgain);
            let look = icon_button(Kind::Plain, Icon::Retry, cx.t("look-again"), asked);
            row![look.id("look-again")].into()
        }
    };
    card(
        column![
            heading(cx.t("report-then")),
            paragraph(cx.t("report-open-words")),
            open,
            paragraph(cx.t("report-again-words")),
            again,
        ]
        .spacing(space::MEDIUM),
    )
    .into()
}

/// Something goes on; it can be stopped.
fn waiting<'a>(cx: &Context, words: String) -> Element<'a, Message> {
    let stop = button(Kind::Plain, cx.t("moving-stop"), Some(Message::Stop)).id("stop");
    Row::new()
        .push(busy("busy", words))
        .push(stop)
        .spacing(space::LARGE)
        .align_y(Center)
        .into()
}
