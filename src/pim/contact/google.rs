//! People of Google's People API.

use serde_json::Value;

use crate::pim::Converted;

#[derive(Debug, Clone, Default)]
pub struct Groups {}

impl Groups {
    pub fn from_json(_contact_groups: &[Value]) -> Self {
        todo!()
    }
}

pub fn uid(_person: &Value) -> String {
    todo!()
}
pub fn photo_url(_person: &Value) -> Option<String> {
    todo!()
}
pub fn from_person(_person: &Value, _groups: &Groups, _photo: Option<&[u8]>) -> Converted {
    todo!()
}
