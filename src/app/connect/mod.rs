//! What both ends have in common: pages to open in the browser, waiting for it, and signing in to a
//! Nextcloud.

mod address;
mod guide;
pub mod nextcloud;
mod waiting;

pub use address::{full_address, open_and_copy};
pub use guide::{Guide, Step};
pub use waiting::{Waiting, waiting};

use url::Url;

use super::context::Context;
use super::widget::{Notice, Sort, notice};
use crate::sentences::trouble::Place;
use iced::Element;

/// How people know a server: without `https://` and the final `/`.
pub fn shown(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    format!("{host}{port}{}", url.path().trim_end_matches('/'))
}

/// A place to speak of in a sentence.
pub const fn place(host: String) -> Place {
    Place {
        host,
        login: String::new(),
        needs_sign_in: true,
    }
}

/// A notice without anything to press.
pub fn plain_notice<'a, Message: Clone + 'a>(
    cx: &Context,
    sort: Sort,
    words: String,
) -> Element<'a, Message> {
    notice(
        Notice {
            sort,
            words,
            actions: Vec::new(),
        },
        &cx.texts,
    )
}
