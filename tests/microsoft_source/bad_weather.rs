use std::time::{Duration, Instant};

use transhumance::auth::oauth::{OAuthError, Refusal};
use transhumance::model::{Reason, Scope};
use transhumance::practice::faults::{Fault, Faults, Kind};
use transhumance::practice::microsoft::Account;
use transhumance::source::microsoft::{MicrosoftError, microsoft_error};
use transhumance::source::{Source as _, SourceError};

use super::{BOTH, Inventory, Practice, read};

#[tokio::test]
async fn a_survey_gets_through_bad_weather() {
    for account in BOTH {
        let practice = Practice::with(account, 1_100).await;
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
        let faults = Faults::seeded_only(3, 0.3, passing);
        practice.control().set_faults(faults.clone());
        let rough: Vec<_> = practice.survey().await.all().cloned().collect();
        assert!(faults.hits() > 3, "{}", faults.hits());
        assert_eq!(calm, rough);
    }
}

#[tokio::test]
async fn limits_are_waited_for_in_a_survey_and_told_in_a_read() {
    let practice = Practice::with(Account::Work, 0).await;
    let limit = |retry_after| Fault::TooManyRequests { retry_after };
    let faults = Faults::none()
        .then("delta ", limit(None), 1)
        .then("drive ", limit(Some(1)), 1);
    practice.control().set_faults(faults.clone());
    let inventory = practice.survey().await;
    assert_eq!(faults.hits(), 2);

    let item = inventory.get(&practice.id("plain"));
    for (key, retry_after, expected) in [
        ("content ", None, None),
        ("content ", Some(7), Some(6.128)),
        // 509, of the host that has the bytes.
        ("download ", None, None),
        ("download ", Some(2), Some(1.128)),
    ] {
        // What is asked to wait makes all wait, so that each has an account of its own.
        let source = practice.source();
        let faults = Faults::none().then(key, limit(retry_after), 1);
        practice.control().set_faults(faults);
        let error = read(&source, item, 0).await.unwrap_err();
        assert!(matches!(error, SourceError::Throttled { .. }), "{error}");
        let expected = expected.map(Duration::from_secs_f64);
        assert_eq!(error.retry_after(), expected);
    }
}

#[tokio::test]
async fn a_limit_that_is_announced_is_not_run_into() {
    let practice = Practice::with(Account::Work, 0).await;
    let inventory = practice.survey().await;
    let source = practice.source();
    let item = inventory.get(&practice.id("plain"));
    read(&source, item, 0).await.unwrap();
    practice.control().forget_requests();
    let window = Duration::from_secs(2);
    practice.control().set_rate_limit(Some((10, window)));
    let began = Instant::now();
    for _ in 0..12 {
        read(&source, item, 0).await.unwrap();
    }
    let asked = practice.control().requests();
    assert_eq!(asked.get("limited"), None, "{asked:?}");
    assert!(
        began.elapsed() > Duration::from_millis(900),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_passing_trouble() {
    let practice = Practice::with(Account::Personal, 0).await;
    let inventory = practice.survey().await;
    let source = practice.source();
    let item = inventory.get(&practice.id("plain"));
    for fault in [
        Fault::ShortBody { kept: 500 },
        Fault::ResetBefore,
        Fault::Unavailable { retry_after: None },
    ] {
        practice
            .control()
            .set_faults(Faults::none().then("download ", fault, 1));
        let error = read(&source, item, 0).await.unwrap_err();
        assert!(error.is_passing(), "{fault:?}: {error:?}");
        read(&source, item, 0).await.unwrap();
    }
}

#[tokio::test]
async fn an_expired_token_is_renewed_on_the_way() {
    let practice = Practice::with(Account::Work, 0).await;
    let source = practice.source();
    let mut inventory = Inventory::default();
    inventory.survey(&source).await.unwrap();
    let item = inventory.get(&practice.id("plain")).clone();
    practice.control().expire_access_tokens();
    practice.control().forget_requests();
    read(&source, &item, 0).await.unwrap();
    assert_eq!(practice.control().requests()["token"], 1);
    practice.control().expire_access_tokens();
    inventory.survey(&source).await.unwrap();
    assert_eq!(practice.control().requests()["token"], 2);
}

#[tokio::test]
async fn what_is_refused_of_one_file_is_told_of_it() {
    let practice = Practice::with(Account::Work, 0).await;
    let site = "https://canard-bleu.sharepoint.example/sites/Recoltes";
    let inventory = practice.survey_with(&[site], &Scope::default()).await;
    let source = practice.source();
    for (label, expected) in [
        ("malware", Reason::Malware),
        ("labelled-locked", Reason::SourceLocked),
    ] {
        let item = inventory.get(&practice.id(label));
        let error = source.read(item, 0).await.unwrap_err();
        assert!(
            matches!(error, SourceError::Forbidden { reason, .. } if reason == expected),
            "{label}: {error:?}"
        );
    }
}

fn refusal(error: &SourceError) -> &Refusal {
    match microsoft_error(error) {
        Some(MicrosoftError::SignIn(OAuthError::Refused(refusal))) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_access_that_has_ended_is_told_apart() {
    let practice = Practice::with(Account::Work, 0).await;
    let control = practice.control();
    let source = practice.source();
    source.check().await.unwrap();

    control.set_scopes(&["offline_access", "User.Read"]);
    let error = practice.source().check().await.unwrap_err();
    // The scopes of the refresh are more than was ever allowed.
    assert!(
        matches!(refusal(&error), Refusal::AdminConsent { .. }),
        "{error:?}"
    );

    control.set_admin_only(true);
    let error = practice.source().check().await.unwrap_err();
    assert!(matches!(refusal(&error), Refusal::AdminConsent { .. }));
    control.set_admin_only(false);

    control.revoke_all();
    let error = source.check().await.unwrap_err();
    assert!(error.concerns_all(), "{error:?}");
    assert!(matches!(refusal(&error), Refusal::SignInAgain { .. }));
    let mut inventory = Inventory::default();
    assert!(inventory.survey(&source).await.is_err());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let practice = Practice::with(Account::Work, 0).await;
    let source = practice.source();
    source.check().await.unwrap();
    practice.server.stop().await;
    let error = source.check().await.unwrap_err();
    assert!(
        matches!(error, SourceError::Unreachable { .. }),
        "{error:?}"
    );
}
