//! The bridge to AT-SPI, which Orca and its kin read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use accesskit::{ActionHandler, ActionRequest, ActivationHandler, DeactivationHandler, TreeUpdate};
use tokio::sync::mpsc;

use super::Event;

/// How many wishes of a reader may wait; a reader asks for one thing at a time.
const WAITING: usize = 32;

/// The connection to whatever screen reader there is.
pub struct Reader {
    adapter: accesskit_unix::Adapter,
    active: Arc<AtomicBool>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("active", &self.active)
            .finish_non_exhaustive()
    }
}

impl Reader {
    pub fn new() -> (Self, mpsc::Receiver<Event>) {
        let (events, receiver) = mpsc::channel(WAITING);
        let active = Arc::new(AtomicBool::new(false));
        let handler = || Handler {
            events: events.clone(),
            active: active.clone(),
        };
        let adapter = accesskit_unix::Adapter::new(handler(), handler(), handler());
        let reader = Self { adapter, active };
        (reader, receiver)
    }

    /// Whether anybody listens.
    pub fn is_active(&self) -> bool {
        self.active.load(Ordering::Relaxed)
    }

    pub fn show(&mut self, tree: TreeUpdate) {
        self.adapter.update_if_active(|| tree);
    }

    pub fn set_window_focused(&mut self, focused: bool) {
        self.adapter.update_window_focus_state(focused);
    }
}

struct Handler {
    events: mpsc::Sender<Event>,
    active: Arc<AtomicBool>,
}

impl ActivationHandler for Handler {
    fn request_initial_tree(&mut self) -> Option<TreeUpdate> {
        self.active.store(true, Ordering::Relaxed);
        // A full queue holds something that leads to the tree being read anyway.
        let _ = self.events.try_send(Event::Began);
        None
    }
}

impl DeactivationHandler for Handler {
    fn deactivate_accessibility(&mut self) {
        self.active.store(false, Ordering::Relaxed);
        let _ = self.events.try_send(Event::Ended);
    }
}

impl ActionHandler for Handler {
    fn do_action(&mut self, request: ActionRequest) {
        let _ = self.events.try_send(Event::Asked(Box::new(request)));
    }
}
