//! The keys that work everywhere.

use iced::keyboard::{self, Key, key};

/// What a key press means that no control wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortcut {
    /// To the next control, or back.
    Tab {
        back: bool,
    },
    Escape,
    Larger,
    Smaller,
    UsualSize,
}

pub fn shortcut(event: &keyboard::Event) -> Option<Shortcut> {
    let keyboard::Event::KeyPressed { key, modifiers, .. } = event else {
        return None;
    };
    match key.as_ref() {
        Key::Named(key::Named::Tab) if !modifiers.command() && !modifiers.alt() => {
            Some(Shortcut::Tab {
                back: modifiers.shift(),
            })
        }
        Key::Named(key::Named::Escape) => Some(Shortcut::Escape),
        // On a French keyboard `+` is Shift with `=`, and `0` is Shift with `à`.
        Key::Character("+" | "=") if modifiers.command() => Some(Shortcut::Larger),
        Key::Character("-") if modifiers.command() => Some(Shortcut::Smaller),
        Key::Character("0" | "à") if modifiers.command() => Some(Shortcut::UsualSize),
        _ => None,
    }
}
