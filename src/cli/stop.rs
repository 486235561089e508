//! Ctrl-C: the first one asks for an orderly stop, the second one stops at once.

use std::process;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Exit;

/// How long an orderly stop may take. All that is not parked by then is done again by the next start.
const PATIENCE: Duration = Duration::from_millis(4500);

/// Cancels the token on Ctrl-C or SIGTERM, after `asked` has said so. A second signal, or too slow a stop,
/// ends the process.
pub fn on_signal(asked: impl FnOnce() + Send + 'static) -> CancellationToken {
    let token = CancellationToken::new();
    let cancel = token.clone();
    tokio::spawn(async move {
        let mut signals = Signals::new();
        signals.next().await;
        cancel.cancel();
        asked();
        tokio::select! {
            () = signals.next() => {}
            () = tokio::time::sleep(PATIENCE) => {}
        }
        // The ledger survives a kill at any moment, so this loses nothing.
        process::exit(u8::from(Exit::Stopped).into());
    });
    token
}

/// Ctrl-C and, where the system has it, SIGTERM. Where neither can be listened to, the system's own
/// answer remains: the process ends.
#[derive(Debug)]
struct Signals {
    #[cfg(unix)]
    unix: [Option<tokio::signal::unix::Signal>; 2],
}

impl Signals {
    #[cfg(unix)]
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate()];
        Self {
            unix: kinds.map(|kind| signal(kind).ok()),
        }
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        async fn of(signal: &mut Option<tokio::signal::unix::Signal>) {
            if let Some(signal) = signal
                && signal.recv().await.is_some()
            {
                return;
            }
            std::future::pending::<()>().await;
        }
        let [interrupt, terminate] = &mut self.unix;
        tokio::select! {
            () = of(interrupt) => {}
            () = of(terminate) => {}
        }
    }

    #[cfg(not(unix))]
    fn new() -> Self {
        Self {}
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
