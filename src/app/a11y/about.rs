use accesskit::{Live, Role, Toggled};

/// What a screen reader is told of a widget.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    pub role: Role,
    pub name: String,
    pub description: Option<String>,
    pub value: Option<String>,
    /// How far something has come: now, of all.
    pub share: Option<(f64, f64)>,
    pub toggled: Option<Toggled>,
    pub selected: Option<bool>,
    pub expanded: Option<bool>,
    pub disabled: bool,
    pub invalid: bool,
    /// The step, row or option that is the current one.
    pub current: bool,
    /// Changes are read out without being asked for.
    pub live: Option<Live>,
    /// Rows of a table that are not all there; or which row this is, from 0.
    pub rows: Option<usize>,
    pub row: Option<usize>,
    /// From 1.
    pub level: Option<usize>,
    pub shape: Shape,
}

/// How a widget and what is inside of it belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One thing: what is inside is its name already.
    Leaf,
    /// A text field: what is inside has the keyboard.
    Input,
    /// Something with things in it.
    Group,
}

impl About {
    pub fn new(role: Role, name: impl Into<String>) -> Self {
        Self {
            role,
            name: name.into(),
            description: None,
            value: None,
            share: None,
            toggled: None,
            selected: None,
            expanded: None,
            disabled: false,
            invalid: false,
            current: false,
            live: None,
            rows: None,
            row: None,
            level: None,
            shape: Shape::Leaf,
        }
    }

    pub fn group(role: Role, name: impl Into<String>) -> Self {
        Self {
            shape: Shape::Group,
            ..Self::new(role, name)
        }
    }

    pub fn button(name: impl Into<String>) -> Self {
        Self::new(Role::Button, name)
    }
}

/// What a reader asks of a widget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    Press,
    Type(String),
}

/// A description on its way through an operation, and the answer.
#[derive(Debug)]
pub struct Described {
    pub about: About,
    /// Whether it can be pressed or typed into.
    pub operable: bool,
    /// What the reader asks of it.
    pub request: Option<Request>,
}
