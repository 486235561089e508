use transhumance::auth::login_flow::LoginFlow;
use transhumance::dav::DavClient;
use transhumance::model::BulkSupport;
use transhumance::target::{Nextcloud, TargetError};
use url::Url;

use crate::server::{answer, on_every_server, take};

#[tokio::test]
async fn connecting_tells_what_the_server_is_and_whose_files_it_opens() {
    on_every_server(|b| async move {
        let info = b.nextcloud.connect().await.unwrap();
        assert_eq!(info.user_id, b.user_id);
        assert_eq!(info.bulk, BulkSupport::Offered);
        let chunked = info.chunked.unwrap();
        assert!(chunked.max_chunk >= 5 * 1024 * 1024);
        assert!(chunked.max_parallel >= 1);
        assert!(info.rules.forbidden_names.contains(&".htaccess".to_owned()));
        assert!(
            info.rules
                .forbidden_extensions
                .contains(&".part".to_owned())
        );
        assert!(info.rules.forbidden_characters.contains(&'\\'));
        let major: u32 = info.version.split('.').next().unwrap().parse().unwrap();
        assert!(major >= 28);
        assert_eq!(b.nextcloud.free_space().await.unwrap(), info.free);
    })
    .await;
}

#[tokio::test]
async fn without_the_ocs_header_a_good_login_is_refused() {
    on_every_server(|b| async move {
        let capabilities = format!(
            "{}/ocs/v2.php/cloud/capabilities?format=json",
            b.url.as_str().trim_end_matches('/')
        );
        let http = reqwest::Client::new();
        let refused = answer(http.get(&capabilities)).await;
        assert_eq!(refused.status, 412);
        let open = answer(http.get(&capabilities).header("OCS-APIRequest", "true")).await;
        assert_eq!(open.status, 200);
        let open = open.json();
        let of = |path: &str| {
            open.pointer(&format!("/ocs/data/capabilities/{path}"))
                .cloned()
        };
        assert!(of("bruteforce/delay").is_some_and(|delay| delay.is_u64()));
        assert_eq!(of("files"), None, "limits are for those who are signed in");
        assert!(open.pointer("/ocs/data/version/major").is_some());
    })
    .await;
}

#[tokio::test]
async fn status_needs_no_login() {
    on_every_server(|b| async move {
        let address = format!("{}/status.php", b.url.as_str().trim_end_matches('/'));
        let status = take(reqwest::get(address).await.unwrap()).await.json();
        assert_eq!(status["installed"], true);
        assert_eq!(status["maintenance"], false);
        assert_eq!(status["productname"], "Nextcloud");
    })
    .await;
}

#[tokio::test]
async fn an_address_without_a_nextcloud_is_told() {
    on_every_server(|b| async move {
        let elsewhere = Url::parse(&format!("{}/nowhere", b.url.as_str().trim_end_matches('/')));
        let elsewhere = Nextcloud::new(&elsewhere.unwrap(), "nobody", "x".to_owned().into());
        let refused = elsewhere.unwrap().connect().await.unwrap_err();
        // It stops there: no password was sent.
        assert!(
            matches!(
                refused,
                TargetError::NotNextcloud { .. } | TargetError::Redirected { .. }
            ),
            "{refused:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_waits_for_the_person() {
    on_every_server(|b| async move {
        let flow = LoginFlow::start(&b.url).await.unwrap();
        assert!(flow.login_url().path().contains("/login/v2/flow/"));
        assert_eq!(flow.login_url().port(), b.url.port());
        assert!(flow.poll().await.unwrap().is_none());
        assert!(flow.poll().await.unwrap().is_none());
        let cancel = tokio_util::sync::CancellationToken::new();
        cancel.cancel();
        assert!(flow.wait(&cancel).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn the_account_has_an_id_of_its_own() {
    on_every_server(|b| async move {
        let client: &DavClient = &b.dav;
        let account = client.account().await.unwrap();
        assert!(!account.id.is_empty() && !account.display_name.is_empty());
        let home = transhumance::dav::DavPath::files(&account.id, "").unwrap();
        let home = b.entry_at(&home).await.unwrap();
        assert!(home.file_id.is_some() && home.etag.is_some());
        assert!(home.quota_used.is_some());
    })
    .await;
}
