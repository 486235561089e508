//! The routes of `users`.

use serde_json::{Value, json};

use super::super::world::{ACCOUNT, ASSOCIATION};
use super::AccountKind;
use super::call::Call;
use super::error::{Answer, reply};
use super::node::ACCOUNT_ID;
use super::store::{HOME_NAMESPACE, Store};
use super::traps::HOME_NAME;

const ALLOCATED: u64 = 2_199_023_255_552;

/// `users/get_current_account`
pub(super) fn get_current_account(call: &Call) -> Answer {
    call.rpc(&[])?;
    let store = call.shared.store();
    let (given, surname) = ACCOUNT.name.split_once(' ').unwrap_or((ACCOUNT.name, ""));
    let team = store.account != AccountKind::Personal;
    let mut account = json!({
        "account_id": ACCOUNT_ID,
        "name": {
            "given_name": given, "surname": surname, "familiar_name": given,
            "display_name": ACCOUNT.name, "abbreviated_name": "CB",
        },
        "email": ACCOUNT.mail,
        "email_verified": true,
        "disabled": false,
        "locale": "fr",
        "country": "FR",
        "referral_link": "https://www.dropbox.com/referrals/practice",
        "is_paired": false,
        "account_type": {".tag": if team { "business" } else { "basic" }},
        "root_info": root_info(&store),
    });
    if let (true, Some(account)) = (team, account.as_object_mut()) {
        let policy = |tag: &str| json!({".tag": tag});
        let team = json!({
            "id": "dbtid:AAFdgehTzw7WlXhZJsbGCLePe8RvQGYDr-I",
            "name": ASSOCIATION,
            "sharing_policies": {
                "shared_folder_member_policy": policy("anyone"),
                "shared_folder_join_policy": policy("from_anyone"),
                "shared_link_create_policy": policy("default_public"),
                "group_creation_policy": policy("admins_only"),
                "shared_folder_link_restriction_policy": policy("anyone"),
                "enforce_link_password_policy": policy("optional"),
                "default_link_expiration_days_policy": policy("none"),
                "shared_link_default_permissions_policy": policy("default"),
            },
            "office_addin_policy": policy("disabled"),
            "top_level_content_policy": policy("everyone"),
        });
        account.insert("team".into(), team);
        let member = "dbmid:AAHhy7WsR0x-u4ZCqiDl5Fz5zvuL3kmspwU";
        account.insert("team_member_id".into(), member.into());
    }
    Ok(reply(&account))
}

/// What a user's root is; also what `invalid_root` tells.
pub(super) fn root_info(store: &Store) -> Value {
    let mut info = json!({
        ".tag": "user",
        "root_namespace_id": store.root_namespace(),
        "home_namespace_id": HOME_NAMESPACE,
    });
    if let (AccountKind::Team, Some(info)) = (store.account, info.as_object_mut()) {
        info.insert(".tag".into(), "team".into());
        info.insert("home_path".into(), format!("/{HOME_NAME}").into());
    }
    info
}

/// `users/get_space_usage`
pub(super) fn get_space_usage(call: &Call) -> Answer {
    call.rpc(&[])?;
    let used = call.shared.store().usage();
    let allocation = match call.shared.store().account {
        AccountKind::Personal => json!({".tag": "individual", "allocated": ALLOCATED}),
        AccountKind::OldTeam | AccountKind::Team => json!({
            ".tag": "team", "used": used, "allocated": ALLOCATED,
            "user_within_team_space_allocated": 0,
            "user_within_team_space_limit_type": {".tag": "off"},
            "user_within_team_space_used_cached": used,
        }),
    };
    Ok(reply(&json!({"used": used, "allocation": allocation})))
}
