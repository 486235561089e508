use serde_json::json;

use super::*;

#[tokio::test]
async fn says_what_it_is_without_a_login() {
    let bench = Bench::start().await;
    let (status, body) = json(bench.anonymous("GET", "status.php")).await;
    assert_eq!((status, &body["versionstring"]), (200, &json!("34.0.1")));
    assert_eq!(body["version"], "34.0.1.2");
    let anonymous = bench
        .anonymous("GET", "ocs/v2.php/cloud/capabilities?format=json")
        .header("OCS-APIRequest", "true");
    let (status, body) = json(anonymous).await;
    let capabilities = &body["ocs"]["data"]["capabilities"];
    assert_eq!(status, 200);
    assert!(capabilities["bruteforce"].is_object());
    assert!(capabilities["files"].is_null() && capabilities["dav"].is_null());
}

#[tokio::test]
async fn capabilities_follow_the_configuration() {
    let bench = Bench::with(|config| {
        config.max_chunk = 7 << 20;
        config.forbidden = Forbidden::windows();
    })
    .await;
    let (_, body) = json(bench.ocs("GET", "cloud/capabilities")).await;
    let capabilities = &body["ocs"]["data"]["capabilities"];
    let files = &capabilities["files"];
    assert_eq!(files["chunked_upload"]["max_size"], 7 << 20);
    assert_eq!(files["windows_compatible_filenames"], true);
    assert_eq!(capabilities["dav"]["bulkupload"], "1.0");
    bench.control().set_bulk(Bulk::Absent);
    let (_, body) = json(bench.ocs("GET", "cloud/capabilities")).await;
    assert!(body["ocs"]["data"]["capabilities"]["dav"]["bulkupload"].is_null());
    let without_header = bench.request("GET", "ocs/v2.php/cloud/capabilities");
    assert_eq!(status(without_header).await, 412);
}

#[tokio::test]
async fn answers_in_xml_unless_asked_for_json() {
    let bench = Bench::start().await;
    let answer = bench
        .request("GET", "ocs/v2.php/cloud/user")
        .header("OCS-APIRequest", "true");
    let text = answer.send().await.unwrap().text().await.unwrap();
    assert!(text.starts_with("<?xml"), "{text}");
    assert!(text.contains("<id>camille</id>"), "{text}");
}

#[tokio::test]
async fn a_person_grants_an_app_password_and_takes_it_back() {
    let bench = Bench::with(|config| {
        config.users[0].login_name = "camille@canard.example".to_owned();
    })
    .await;
    let begun = bench
        .anonymous("POST", "index.php/login/v2")
        .header("User-Agent", "Transhumance & <co>");
    let (_, flow) = json(begun).await;
    let poll = || {
        let endpoint = flow["poll"]["endpoint"].as_str().unwrap();
        let form = format!("token={}", flow["poll"]["token"].as_str().unwrap());
        bench.client.post(endpoint).body(form)
    };
    assert_eq!(json(poll()).await, (404, json!([])));
    let login = flow["login"].as_str().unwrap();
    let page = bench.client.get(login).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains("Transhumance &amp; &lt;co&gt;"), "{page}");
    let token = login.rsplit('/').next().unwrap();
    let grant = |password: &str| {
        let form = [
            ("token", token),
            ("user", "camille@canard.example"),
            ("password", password),
        ];
        bench.anonymous("POST", "login/v2/grant").form(&form)
    };
    assert_eq!(status(grant("wrong")).await, 401);
    assert_eq!(json(poll()).await.0, 404);
    assert_eq!(status(grant(PASSWORD)).await, 200);
    let (code, granted) = json(poll()).await;
    assert_eq!(code, 200);
    assert_eq!(granted["loginName"], "camille@canard.example");
    assert_eq!(
        granted["server"],
        bench.server.url().as_str().trim_end_matches('/')
    );
    assert_eq!(json(poll()).await.0, 404, "it is told once");

    let app_password = granted["appPassword"].as_str().unwrap();
    assert_eq!(app_password.len(), 72);
    assert_eq!(
        bench.control().app_passwords("camille"),
        ["Transhumance & <co>"]
    );
    let as_login = |name: &str, method: &str, path: &str| {
        bench
            .anonymous(method, path)
            .basic_auth(name, Some(app_password))
            .header("OCS-APIRequest", "true")
    };
    let user = "ocs/v2.php/cloud/user?format=json";
    let (_, account) = json(as_login("camille@canard.example", "GET", user)).await;
    assert_eq!(account["ocs"]["data"]["id"], "camille");
    assert_eq!(
        status(as_login("camille", "GET", user)).await,
        401,
        "it is bound to the login name"
    );
    let revoke = "ocs/v2.php/core/apppassword?format=json";
    assert_eq!(
        status(as_login("camille@canard.example", "DELETE", revoke)).await,
        200
    );
    assert_eq!(
        status(as_login("camille@canard.example", "GET", user)).await,
        401
    );
    assert!(bench.control().app_passwords("camille").is_empty());
}

#[tokio::test]
async fn unknown_logins_flows_are_forbidden() {
    let bench = Bench::start().await;
    assert_eq!(status(bench.anonymous("GET", "login/v2/flow/x")).await, 403);
    let grant = bench
        .anonymous("POST", "login/v2/grant")
        .form(&[("token", "x")]);
    assert_eq!(status(grant).await, 403);
}

#[tokio::test]
async fn too_many_wrong_passwords_lock_everybody_out() {
    let bench = Bench::start().await;
    for attempt in 0..11 {
        let wrong = bench
            .anonymous("PROPFIND", "remote.php/dav/files/camille/")
            .basic_auth("camille", Some("wrong"));
        assert_eq!(status(wrong).await, 401, "attempt {attempt}");
    }
    let answer = bench.on("PROPFIND", "").send().await.unwrap();
    assert_eq!(answer.status(), 429);
    assert!(header(&answer, "retry-after").is_none());
    let body = answer.text().await.unwrap();
    assert!(body.contains("TooManyRequests"), "{body}");
    let (code, body) = json(bench.ocs("GET", "cloud/user")).await;
    assert_eq!(code, 429);
    assert_eq!(body["ocs"]["meta"]["message"], "Reached maximum delay");
    assert_eq!(bench.control().failed_logins(), 11);
    bench.control().forget_failed_logins();
    assert_eq!(status(bench.on("PROPFIND", "")).await, 207);
}

#[tokio::test]
async fn a_request_without_a_login_is_no_failed_login() {
    let bench = Bench::start().await;
    for _ in 0..15 {
        let answer = bench.anonymous("PROPFIND", "remote.php/dav/files/camille/");
        let answer = answer.send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert!(
            header(&answer, "www-authenticate")
                .unwrap()
                .starts_with("Basic ")
        );
    }
    assert_eq!(status(bench.on("PROPFIND", "")).await, 207);
}

#[tokio::test]
async fn disabled_accounts_and_revoked_passwords_are_told_apart() {
    let bench = Bench::start().await;
    let control = bench.control();
    control.set_disabled("camille", true);
    let answer = bench.on("PROPFIND", "").send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(
        answer
            .text()
            .await
            .unwrap()
            .contains("DisabledUserException")
    );
    assert_eq!(status(bench.ocs("GET", "cloud/user")).await, 401);
    control.set_disabled("camille", false);
    assert_eq!(status(bench.on("PROPFIND", "")).await, 207);
    control.revoke_passwords("camille").unwrap();
    assert_eq!(status(bench.on("PROPFIND", "")).await, 401);
}

#[tokio::test]
async fn maintenance_stops_all_but_the_status() {
    let bench = Bench::start().await;
    bench.control().set_maintenance(true);
    let answer = bench.on("PROPFIND", "").send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(
        answer
            .text()
            .await
            .unwrap()
            .contains("ServerMaintenanceMode")
    );
    let answer = bench.ocs("GET", "cloud/user").send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert_eq!(header(&answer, "x-nextcloud-maintenance-mode"), Some("1"));
    let (code, body) = json(bench.anonymous("GET", "status.php")).await;
    assert_eq!((code, &body["maintenance"]), (200, &json!(true)));
    bench.control().set_maintenance(false);
    assert_eq!(status(bench.on("PROPFIND", "")).await, 207);
}

#[tokio::test]
async fn an_account_knows_its_quota() {
    let bench = Bench::start().await;
    bench.put("a.txt", "12345").await;
    let (_, body) = json(bench.ocs("GET", "cloud/user")).await;
    let quota = &body["ocs"]["data"]["quota"];
    assert_eq!((&quota["free"], &quota["used"]), (&json!(-3), &json!(5)));
    bench.control().set_quota("camille", Some(20)).unwrap();
    let (_, body) = json(bench.ocs("GET", "cloud/user")).await;
    let quota = &body["ocs"]["data"]["quota"];
    assert_eq!((&quota["free"], &quota["quota"]), (&json!(15), &json!(20)));
}
