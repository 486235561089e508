use std::time::Duration;

use transhumance::auth::oauth::{OAuthError, Refusal};
use transhumance::practice::faults::{Fault, Faults, Kind};
use transhumance::source::google::{GoogleError, google_error};
use transhumance::source::{Source as _, SourceError};

use super::{Inventory, Practice, read};

#[tokio::test]
async fn a_survey_gets_through_bad_weather() {
    let practice = Practice::with(1_100).await;
    let calm: Vec<_> = practice.survey().await.all().cloned().collect();
    let passing = [
        Kind::Unavailable,
        Kind::ServerError,
        Kind::ResetBefore,
        Kind::ResetAfter,
        Kind::ShortBody,
        Kind::CloseAfter,
        Kind::GatewayTimeout,
    ];
    let faults = Faults::seeded_only(3, 0.4, passing);
    practice.control().set_faults(faults.clone());
    let rough: Vec<_> = practice.survey().await.all().cloned().collect();
    assert!(faults.hits() > 5, "{}", faults.hits());
    assert_eq!(calm, rough);
}

#[tokio::test]
async fn rate_limits_are_waited_for_in_a_survey_and_told_in_a_read() {
    let practice = Practice::with(0).await;
    let limit = |retry_after| Fault::TooManyRequests { retry_after };
    let faults = Faults::none().then("files.list", limit(None), 2).then(
        "changes.getStartPageToken",
        limit(Some(1)),
        1,
    );
    practice.control().set_faults(faults.clone());
    let inventory = practice.survey().await;
    assert_eq!(faults.hits(), 3);

    let item = inventory.get(&practice.id("starred"));
    let source = practice.source();
    for (retry_after, expected) in [(None, None), (Some(7), Some(Duration::from_secs(7)))] {
        let faults = Faults::none().then("files.media", limit(retry_after), 1);
        practice.control().set_faults(faults);
        let error = read(&source, item, 0).await.unwrap_err();
        assert!(matches!(error, SourceError::Throttled { .. }), "{error}");
        assert_eq!(error.retry_after(), expected);
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_passing_trouble() {
    let practice = Practice::with(0).await;
    let inventory = practice.survey().await;
    let source = practice.source();
    let item = inventory.get(&practice.id("starred"));
    for fault in [
        Fault::ShortBody { kept: 500 },
        Fault::ResetBefore,
        Fault::Unavailable { retry_after: None },
    ] {
        practice
            .control()
            .set_faults(Faults::none().then("files.media", fault, 1));
        let error = read(&source, item, 0).await.unwrap_err();
        assert!(error.is_passing(), "{fault:?}: {error:?}");
        read(&source, item, 0).await.unwrap();
    }
}

#[tokio::test]
async fn an_expired_token_is_renewed_on_the_way() {
    let practice = Practice::with(0).await;
    let source = practice.source();
    let mut inventory = Inventory::default();
    inventory.survey(&source).await.unwrap();
    let item = inventory.get(&practice.id("starred")).clone();
    practice.control().expire_access_tokens();
    practice.control().forget_requests();
    read(&source, &item, 0).await.unwrap();
    assert_eq!(practice.control().requests()["token"], 1);
    practice.control().expire_access_tokens();
    inventory.survey(&source).await.unwrap();
    assert_eq!(practice.control().requests()["token"], 2);

    practice
        .control()
        .set_token_lifetime(Duration::from_secs(1));
    practice.control().expire_access_tokens();
    inventory.survey(&source).await.unwrap();
}

fn refusal(error: &SourceError) -> &Refusal {
    match google_error(error) {
        Some(GoogleError::SignIn(OAuthError::Refused(refusal))) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_revoked_grant_asks_for_a_new_sign_in() {
    let practice = Practice::with(0).await;
    let source = practice.source();
    source.check().await.unwrap();
    practice.control().revoke_all();
    let error = source.check().await.unwrap_err();
    assert!(error.concerns_all(), "{error:?}");
    assert!(matches!(refusal(&error), Refusal::SignInAgain { .. }));
    let mut inventory = Inventory::default();
    assert!(inventory.survey(&source).await.is_err());
}

#[tokio::test]
async fn the_tokens_endpoint_refusals_are_told_apart() {
    let practice = Practice::with(0).await;
    for (code, expected) in [
        ("deleted_client", Refusal::DeletedClient),
        ("admin_policy_enforced", Refusal::AdminPolicy),
        ("org_internal", Refusal::OrgInternal),
    ] {
        practice
            .control()
            .set_token_refusal(Some((code, "The reason.")));
        let error = practice.source().check().await.unwrap_err();
        assert_eq!(*refusal(&error), expected);
    }
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let practice = Practice::with(0).await;
    practice
        .control()
        .set_scopes(&["https://www.googleapis.com/auth/drive.file"]);
    let error = practice.source().check().await.unwrap_err();
    assert!(
        matches!(refusal(&error), Refusal::ScopeMissing { missing } if missing.len() == 1),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_api_that_is_not_enabled_is_told() {
    let practice = Practice::with(0).await;
    practice.control().set_api_enabled(false);
    let error = practice.source().check().await.unwrap_err();
    assert!(
        matches!(google_error(&error), Some(GoogleError::ApiNotEnabled { link: Some(link), .. }) if link.starts_with("https://")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_used_up_day_is_not_waited_for() {
    let practice = Practice::with(0).await;
    practice.control().set_exhausted(true);
    let error = practice.source().check().await.unwrap_err();
    assert!(error.retry_after() >= Some(Duration::from_secs(3600)));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let practice = Practice::with(0).await;
    let source = practice.source();
    source.check().await.unwrap();
    practice.server.stop().await;
    let error = source.check().await.unwrap_err();
    assert!(
        matches!(error, SourceError::Unreachable { .. }),
        "{error:?}"
    );
}
