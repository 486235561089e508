//! Whether two texts mean the same.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Calendar,
    Card,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub property: String,
    pub sent: String,
    pub stored: String,
}

pub fn differences(_format: Format, _sent: &[u8], _stored: &[u8]) -> Vec<Difference> {
    todo!()
}
