use crate::app::ID;

/// Shows a notification of the desktop. Where there is nobody to show it, nothing happens.
pub async fn notify(title: String, words: String) {
    let mut notification = notify_rust::Notification::new();
    notification
        .appname("Transhumance")
        .summary(&title)
        .body(&words);
    if let Err(error) = show(notification).await {
        tracing::info!("no notification: {error}");
    }
}

#[cfg(target_os = "linux")]
async fn show(
    mut notification: notify_rust::Notification,
) -> Result<(), notify_rust::error::Error> {
    notification
        .icon(ID)
        .hint(notify_rust::Hint::DesktopEntry(ID.to_owned()));
    notification.show_async().await.map(drop)
}

#[cfg(not(target_os = "linux"))]
async fn show(notification: notify_rust::Notification) -> Result<(), notify_rust::error::Error> {
    let shown = tokio::task::spawn_blocking(move || notification.show().map(drop));
    // A panic in there is no reason for one here.
    shown.await.unwrap_or(Ok(()))
}
