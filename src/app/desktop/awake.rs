//! Keeping the computer awake while it works. The screen may go dark.

pub use system::Awake;

/// Asks the system not to fall asleep by itself, for as long as what is given back lives. `reason` is shown
/// to whoever asks the desktop why it stays awake. `None`: nobody here can be asked.
pub async fn keep_awake(reason: String) -> Option<Awake> {
    let held = system::hold(&reason).await;
    if held.is_none() {
        tracing::info!("nobody can be asked to keep the computer awake");
    }
    held
}

#[cfg(target_os = "linux")]
mod system {
    use std::collections::HashMap;
    use std::time::Duration;

    use zbus::zvariant::{OwnedFd, OwnedObjectPath, Value};
    use zbus::{Connection, Message};

    use crate::app::ID;

    /// How long one of the services may take to answer.
    const PATIENCE: Duration = Duration::from_secs(3);
    const NAME: &str = "Transhumance";
    /// Of org.freedesktop.portal.Inhibit: not to be suspended.
    const SUSPEND: u32 = 4;

    /// The services end it when the connection, or the file, is closed.
    #[derive(Debug)]
    pub struct Awake {
        _connection: Connection,
        _file: Option<OwnedFd>,
    }

    /// By what the desktop offers: its portal, its power manager, else logind.
    pub(super) async fn hold(reason: &str) -> Option<Awake> {
        if let Some(connection) = in_time(Connection::session()).await
            && (in_time(portal(&connection, reason)).await.is_some()
                || in_time(power_manager(&connection, reason)).await.is_some())
        {
            return Some(Awake {
                _connection: connection,
                _file: None,
            });
        }
        let connection = in_time(Connection::system()).await?;
        let file = in_time(logind(&connection, reason)).await?;
        Some(Awake {
            _connection: connection,
            _file: Some(file),
        })
    }

    async fn in_time<T>(asked: impl Future<Output = zbus::Result<T>>) -> Option<T> {
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(error)) => {
                tracing::debug!("not kept awake by this one: {error}");
                None
            }
            Err(_) => None,
        }
    }

    /// org.freedesktop.portal.Inhibit, version 1.
    async fn portal(connection: &Connection, reason: &str) -> zbus::Result<OwnedObjectPath> {
        let options = HashMap::from([("reason", Value::from(reason))]);
        let answer: Message = connection
            .call_method(
                Some("org.freedesktop.portal.Desktop"),
                "/org/freedesktop/portal/desktop",
                Some("org.freedesktop.portal.Inhibit"),
                "Inhibit",
                &("", SUSPEND, options),
            )
            .await?;
        answer.body().deserialize()
    }

    /// org.freedesktop.PowerManagement.Inhibit, which KDE and Xfce have.
    async fn power_manager(connection: &Connection, reason: &str) -> zbus::Result<u32> {
        let answer = connection
            .call_method(
                Some("org.freedesktop.PowerManagement"),
                "/org/freedesktop/PowerManagement/Inhibit",
                Some("org.freedesktop.PowerManagement.Inhibit"),
                "Inhibit",
                &(ID, reason),
            )
            .await?;
        answer.body().deserialize()
    }

    /// org.freedesktop.login1(5). Only idleness: who closes the lid means it.
    async fn logind(connection: &Connection, reason: &str) -> zbus::Result<OwnedFd> {
        let answer = connection
            .call_method(
                Some("org.freedesktop.login1"),
                "/org/freedesktop/login1",
                Some("org.freedesktop.login1.Manager"),
                "Inhibit",
                &("idle", NAME, reason, "block"),
            )
            .await?;
        answer.body().deserialize()
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::sync::mpsc;

    use tokio::sync::oneshot;

    use crate::app::ID;

    /// On Windows it is a thread that is kept awake for, so one waits until this is dropped.
    #[derive(Debug)]
    pub struct Awake(#[allow(dead_code)] mpsc::Sender<()>);

    pub(super) async fn hold(reason: &str) -> Option<Awake> {
        let (alive, dropped) = mpsc::channel::<()>();
        let (tell, held) = oneshot::channel();
        let reason = reason.to_owned();
        std::thread::spawn(move || {
            let awake = keepawake::Builder::default()
                .idle(true)
                .reason(reason)
                .app_name("Transhumance")
                .app_reverse_domain(ID)
                .create();
            match awake {
                Ok(_held) => {
                    let _ = tell.send(true);
                    // Nothing is ever sent: this ends when the other end is dropped.
                    let _ = dropped.recv();
                }
                Err(error) => {
                    tracing::debug!("not kept awake: {error}");
                    let _ = tell.send(false);
                }
            }
        });
        held.await.unwrap_or(false).then_some(Awake(alive))
    }
}
