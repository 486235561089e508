//! How it is going: a bar for people, at most one line a second for scripts.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::console::{Console, print_json};
use crate::engine::{Phase, Snapshot};
use crate::i18n::{Texts, Value};
use crate::sentences::words;

/// How often the bar is drawn.
const FRAME: Duration = Duration::from_millis(200);
/// How often a line is printed with `--json`.
const LINE: Duration = Duration::from_secs(1);

/// Shows the engine's snapshots until it is told to stop.
#[derive(Debug)]
pub struct Progress {
    stop: CancellationToken,
    task: Option<JoinHandle<()>>,
}

#[derive(Serialize)]
struct Line<'a> {
    event: String,
    phase: &'static str,
    items_done: u64,
    items_total: u64,
    bytes_done: u64,
    bytes_total: u64,
    failed: u64,
    /// Bytes a second.
    rate: u64,
    seconds_left: Option<u64>,
    /// Names of some of what is moving.
    current: Vec<&'a str>,
    /// The target makes no more calendars or address books before.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_until: Option<String>,
}

impl Progress {
    /// `command` names the JSON events: `move` makes `move.progress`.
    pub fn show(
        command: &'static str,
        console: &Console,
        snapshots: watch::Receiver<Snapshot>,
    ) -> Self {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = match (console.quiet, console.json) {
            (true, _) => None,
            (false, true) => Some(tokio::spawn(async move {
                lines(command, &snapshots, &stopped).await;
            })),
            (false, false) => {
                let texts = console.texts.clone();
                Some(tokio::spawn(async move {
                    bar(&texts, &snapshots, &stopped).await;
                }))
            }
        };
        Self { stop, task }
    }

    /// Takes the bar away, so that what is said next stands on a line of its own.
    pub async fn finish(self) {
        self.stop.cancel();
        if let Some(task) = self.task {
            // All that can go wrong here is the drawing.
            let _ = task.await;
        }
    }
}

async fn lines(command: &str, snapshots: &watch::Receiver<Snapshot>, stopped: &CancellationToken) {
    let mut clock = tokio::time::interval_at(Instant::now() + LINE, LINE);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stopped.cancelled() => return,
            _ = clock.tick() => {}
        }
        let snapshot = snapshots.borrow().clone();
        let counts = &snapshot.counts;
        print_json(&Line {
            event: format!("{command}.progress"),
            phase: snapshot.phase.code(),
            items_done: counts.items_done,
            items_total: counts.items_total,
            bytes_done: counts.bytes_done,
            bytes_total: counts.bytes_total,
            failed: counts.failed,
            rate: snapshot.rate.max(0.0) as u64,
            seconds_left: snapshot.left.map(|left| left.as_secs()),
            current: counts.current.iter().map(|one| one.name.as_str()).collect(),
            waiting_until: counts.waiting.map(|until| until.to_string()),
        });
    }
}

async fn bar(
    texts: &Arc<Texts>,
    snapshots: &watch::Receiver<Snapshot>,
    stopped: &CancellationToken,
) {
    let target = ProgressDrawTarget::stderr();
    if target.is_hidden() {
        return;
    }
    let bar = ProgressBar::with_draw_target(None, target);
    let mut clock = interval(FRAME);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut drawn = None;
    loop {
        tokio::select! {
            () = stopped.cancelled() => break,
            _ = clock.tick() => {}
        }
        let snapshot = snapshots.borrow().clone();
        // At the start of a phase the counts are still those of the one before.
        let counted = matches!(
            snapshot.phase,
            Phase::Planning | Phase::Moving | Phase::Verifying
        );
        let measured = counted && snapshot.counts.items_total > 0;
        if drawn != Some(measured) {
            bar.set_style(style(measured));
            drawn = Some(measured);
        }
        let names: Vec<String> = snapshot
            .counts
            .current
            .iter()
            .take(2)
            .map(|one| short(&one.name))
            .collect();
        bar.set_prefix(names.join("  "));
        bar.set_message(sentence(&snapshot, texts));
        if measured {
            let (done, total) = snapshot.counts.share();
            bar.set_length(total);
            bar.set_position(done);
        }
        bar.tick();
    }
    bar.finish_and_clear();
}

const fn template(measured: bool) -> &'static str {
    if measured {
        "{bar:32} {msg}\n{prefix:.dim}"
    } else {
        "{spinner} {msg}\n{prefix:.dim}"
    }
}

fn style(measured: bool) -> ProgressStyle {
    ProgressStyle::with_template(template(measured))
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━━╌")
}

/// A name that neither moves the cursor nor fills the line.
fn short(name: impl AsRef<str>) -> String {
    const LONGEST: usize = 32;
    let mut shown: String = words::visible(name.as_ref())
        .chars()
        .take(LONGEST)
        .collect();
    if shown.len() < name.as_ref().len() {
        shown.push('…');
    }
    shown
}

/// What a person reads beside the bar.
fn sentence(snapshot: &Snapshot, texts: &Texts) -> String {
    let counts = &snapshot.counts;
    let items = ("items", Value::from(texts.items(counts.items_done)));
    let key = match snapshot.phase {
        Phase::Idle | Phase::Connecting => "progress-connecting",
        Phase::SurveyingSource => "progress-surveying-source",
        Phase::SurveyingTarget => "progress-surveying-target",
        Phase::Planning => "progress-planning",
        Phase::Verifying if counts.items_total == 0 => "progress-surveying-target",
        Phase::Verifying => "progress-verifying",
        Phase::Moving => return moving(snapshot, texts),
    };
    let total = ("total", Value::from(texts.items(counts.items_total)));
    let done = ("done", Value::from(texts.number(counts.items_done)));
    texts.text(key, &[items, done, total])
}

fn moving(snapshot: &Snapshot, texts: &Texts) -> String {
    let counts = &snapshot.counts;
    let (done, total) = counts.share();
    let mut parts = vec![
        texts.percent(done, total),
        texts.text(
            "progress-items",
            &[
                ("done", texts.number(counts.items_done).into()),
                ("total", texts.items(counts.items_total).into()),
            ],
        ),
        texts.text(
            "progress-bytes",
            &[
                ("done", texts.bytes(counts.bytes_done).into()),
                (
                    "total",
                    texts
                        .bytes(counts.bytes_total.max(counts.bytes_done))
                        .into(),
                ),
            ],
        ),
        texts.rate(snapshot.rate.max(0.0) as u64),
    ];
    if let Some(left) = snapshot.left.filter(|left| left.as_secs() > 0) {
        parts.push(texts.text("progress-left", &[("time", texts.duration(left).into())]));
    }
    if let Some(until) = counts.waiting {
        let time = until.to_zoned(jiff::tz::TimeZone::system());
        let time = time.strftime("%H:%M").to_string();
        parts.push(texts.text("progress-waiting", &[("time", time.into())]));
    }
    if counts.failed > 0 {
        parts.push(texts.text("progress-failed", &[("n", counts.failed.into())]));
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::transfer::Counts;

    #[test]
    fn says_how_far_it_is_and_how_long_it_takes() {
        let snapshot = Snapshot {
            phase: Phase::Moving,
            counts: Counts {
                items_done: 1_200,
                items_total: 3_000,
                bytes_done: 500_000_000,
                bytes_total: 2_000_000_000,
                failed: 1,
                ..Counts::default()
            },
            rate: 12_300_000.0,
            left: Some(Duration::from_secs(125)),
            elapsed: Duration::from_secs(40),
        };
        let french = sentence(&snapshot, &Texts::new(Lang::Fr));
        for part in [
            "29\u{a0}%",
            "1\u{202f}200",
            "500\u{a0}Mo",
            "12,3\u{a0}Mo/s",
            "2\u{a0}min",
        ] {
            assert!(french.contains(part), "{part} in {french}");
        }
    }

    #[test]
    fn names_neither_move_the_cursor_nor_fill_the_line() {
        assert_eq!(short("a\tb\nc"), "a\u{fffd}b\u{fffd}c");
        assert_eq!(short("ça va"), "ça va");
        assert_eq!(short("🦆".repeat(90)).chars().count(), 33);
    }

    #[test]
    fn the_templates_are_right() {
        for measured in [true, false] {
            assert!(ProgressStyle::with_template(template(measured)).is_ok());
        }
    }
}
