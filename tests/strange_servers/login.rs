use std::sync::atomic::{AtomicUsize, Ordering};

use transhumance::auth::login_flow::{LoginError, LoginFlow};

use crate::stranger::*;

#[tokio::test]
async fn a_sign_in_at_a_strange_server() {
    let start = |answer: Reply| async move {
        let stranger = Stranger::new(move |_| answer.clone()).await;
        LoginFlow::start(&stranger.url).await
    };
    let refused = start(html(403, "<html>Please use original client</html>")).await;
    assert!(
        matches!(refused, Err(LoginError::ProgramRefused)),
        "{refused:?}"
    );
    let page = start(html(200, "<html>Hello</html>")).await;
    assert!(
        matches!(page, Err(LoginError::NotNextcloud { .. })),
        "{page:?}"
    );
    let missing = start(html(404, "<html>")).await;
    assert!(
        matches!(missing, Err(LoginError::NotNextcloud { status: 404 })),
        "{missing:?}"
    );
    let to = ("location", "https://elsewhere.example/login?x=y".to_owned());
    let moved = start((302, vec![to], String::new())).await;
    assert!(
        matches!(&moved, Err(LoginError::Redirected { to }) if to == "https://elsewhere.example/login"),
        "{moved:?}"
    );
}

#[tokio::test]
async fn a_sign_in_stays_with_the_server_that_was_asked() {
    let polls = AtomicUsize::new(0);
    let stranger = Stranger::new(move |asked| match asked.path.as_str() {
        "/cloud/index.php/login/v2" => reply(
            200,
            r#"{"poll":{"token":"t0ken","endpoint":"https://evil.example/poll"},"login":"https://cloud.example/login/v2/flow/x"}"#,
        ),
        "/cloud/index.php/login/v2/poll" if polls.fetch_add(1, Ordering::SeqCst) < 2 => {
            reply(404, "[]")
        }
        "/cloud/index.php/login/v2/poll" => reply(
            200,
            r#"{"server":"http://cloud.example","loginName":"alice@example.org","appPassword":"s3cret"}"#,
        ),
        _ => reply(500, ""),
    })
    .await;
    let server = stranger.url.join("/cloud").unwrap();
    let flow = LoginFlow::start(&server).await.unwrap();
    assert!(!format!("{flow:?}").contains("t0ken"));
    let login = loop {
        if let Some(login) = flow.poll().await.unwrap() {
            break login;
        }
    };
    assert_eq!(login.login_name, "alice@example.org");
    assert!(!format!("{login:?}").contains("s3cret"));
    // `http://cloud.example` would carry the password in the clear.
    assert_eq!(login.server.as_str(), format!("{server}/"));
    assert_eq!(stranger.count(|one| one.path.ends_with("/poll")), 3);
}
