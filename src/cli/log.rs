//! The technical log: what a person sends along when something does not work. Never a secret.

use std::io::{self, Write};
use std::path::Path;

use tracing::Level;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::Rotation;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

/// How many days of logs are kept.
const DAYS: usize = 7;
/// Bytes of one run at the most: a run that goes wrong a million times says the same a million times.
const LARGEST: u64 = 20 << 20;

/// Starts writing to `logs/` in the data directory, and to standard error with `verbose`. What is said is
/// written until the guard is dropped.
///
/// # Errors
/// When the folder cannot be written to.
pub fn start(data_dir: &Path, verbose: bool) -> io::Result<WorkerGuard> {
    let folder = data_dir.join("logs");
    // Looking for old logs in a folder that is not there yet, the appender would complain to the terminal.
    std::fs::create_dir_all(&folder)?;
    let file = tracing_appender::rolling::Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("transhumance")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder)
        .map_err(io::Error::other)?;
    let (file, guard) = tracing_appender::non_blocking(Bounded::new(file, LARGEST));
    // Of other crates only warnings: their chattier levels print addresses with what is secret in them.
    let ours = if verbose { Level::DEBUG } else { Level::INFO };
    let levels = Targets::new()
        .with_default(Level::WARN)
        .with_target("transhumance", ours);
    let to_file = fmt::layer()
        .with_ansi(false)
        .with_writer(file)
        .with_filter(levels.clone());
    let to_terminal = verbose.then(|| {
        fmt::layer()
            .with_writer(std::io::stderr)
            .with_filter(levels)
    });
    // A second subscriber in one process (tests) is not wanted; the first one goes on.
    let _ = tracing_subscriber::registry()
        .with(to_file)
        .with(to_terminal)
        .try_init();
    Ok(guard)
}

/// Writes no more than so many bytes; what comes then is left out, and the last line says so.
#[derive(Debug)]
struct Bounded<W> {
    to: W,
    left: u64,
}

impl<W> Bounded<W> {
    const fn new(to: W, left: u64) -> Self {
        Self { to, left }
    }
}

impl<W: Write> Write for Bounded<W> {
    /// Lines come whole.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let length = line.len() as u64;
        if self.left >= length {
            self.left -= length;
            self.to.write_all(line)?;
        } else if self.left > 0 {
            self.left = 0;
            self.to.write_all(b"the log of this run is full\n")?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_does_not_grow_for_ever() {
        let mut log = Bounded::new(Vec::new(), 25);
        for _ in 0..1000 {
            log.write_all(b"ten bytes\n").unwrap();
        }
        let text = String::from_utf8(log.to).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines,
            ["ten bytes", "ten bytes", "the log of this run is full"]
        );
    }
}
