//! The stations of the journey.

/// One station; each has its screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    Welcome,
    Source,
    Target,
    Choose,
    Preview,
    Move,
    Report,
}

impl Step {
    pub const ALL: [Self; 7] = [
        Self::Welcome,
        Self::Source,
        Self::Target,
        Self::Choose,
        Self::Preview,
        Self::Move,
        Self::Report,
    ];

    /// The message with its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Welcome => "step-welcome",
            Self::Source => "step-source",
            Self::Target => "step-target",
            Self::Choose => "step-choose",
            Self::Preview => "step-preview",
            Self::Move => "step-move",
            Self::Report => "step-report",
        }
    }

    /// By which tests and scripts find it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Source => "source",
            Self::Target => "target",
            Self::Choose => "choose",
            Self::Preview => "preview",
            Self::Move => "move",
            Self::Report => "report",
        }
    }

    pub fn next(self) -> Option<Self> {
        let at = Self::ALL.iter().position(|step| *step == self)?;
        Self::ALL.get(at + 1).copied()
    }

    pub fn back(self) -> Option<Self> {
        let at = Self::ALL.iter().position(|step| *step == self)?;
        Self::ALL.get(at.checked_sub(1)?).copied()
    }
}
