//! Tasks of Google's Tasks API.

use serde_json::Value;

use crate::pim::Converted;

pub fn uid(_task_id: &str) -> String {
    todo!()
}
pub fn from_task(_task: &Value) -> Converted {
    todo!()
}
