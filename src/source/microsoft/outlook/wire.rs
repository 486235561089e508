//! The parts of Graph's answers that the surveys ask for.

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Calendar {
    pub(super) id: String,
    pub(super) name: String,
    /// `#rrggbb`; empty where nobody ever chose a colour.
    pub(super) hex_color: Option<String>,
    pub(super) is_default_calendar: bool,
    pub(super) can_edit: Option<bool>,
    pub(super) owner: Option<Owner>,
    pub(super) change_key: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Owner {
    pub(super) name: Option<String>,
    pub(super) address: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) change_key: Option<String>,
    pub(super) i_cal_u_id: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) created_date_time: Option<String>,
    pub(super) last_modified_date_time: Option<String>,
    pub(super) series_master_id: Option<String>,
    pub(super) web_link: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ContactFolder {
    pub(super) id: String,
    pub(super) display_name: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Contact {
    pub(super) id: String,
    pub(super) change_key: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) parent_folder_id: Option<String>,
    pub(super) created_date_time: Option<String>,
    pub(super) last_modified_date_time: Option<String>,
    /// In a list of changes: it is gone.
    #[serde(rename = "@removed")]
    pub(super) removed: Option<Value>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct TaskList {
    pub(super) id: String,
    pub(super) display_name: String,
    pub(super) is_owner: Option<bool>,
    pub(super) is_shared: Option<bool>,
    pub(super) wellknown_list_name: Option<String>,
    #[serde(rename = "@odata.etag")]
    pub(super) etag: Option<String>,
    #[serde(rename = "@removed")]
    pub(super) removed: Option<Value>,
}
