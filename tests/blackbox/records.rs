//! Every request can be explained and read in the logs, under an id that its client cannot choose.

use serde_json::{Value, json};
use tests::shell::portcullis;
use tests::{Api, Installation, Store, Upstream, eventually};

const FORMAT: &str = "$context.requestId $context.httpMethod $context.path $context.status";

#[tokio::test]
async fn a_request_is_explained_step_by_step() {
    for store in Store::all() {
        let upstream = Upstream::start().await;
        let installation = Installation::start(store).await;
        let api = Api::deploy(&installation, &upstream).await;
        for (path, status, last, outcome) in
            [("/prod/pets", 200, "integrate", "Passed"), ("/prod/nowhere", 403, "route", "Refused")]
        {
            let answer = api.get(&installation, path).await;
            assert_eq!(answer.status, status);
            let record = explained(&installation, answer.header("x-amzn-requestid").expect("an id")).await;
            assert_eq!((&record["status"], &record["path"]), (&json!(status), &json!(path)));
            let steps = record["steps"].as_array().expect("steps");
            let step = steps.iter().find(|step| step["step"] == last).expect("the step that decided");
            assert_eq!(step["outcome"], outcome);
            assert!(!step["sentence"].as_str().expect("words").is_empty());
            assert_eq!(steps.last().expect("a last step")["step"], "record");
        }
    }
}

#[tokio::test]
async fn a_client_cannot_choose_the_id_of_its_record() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    let claimed = "6f1c0c5e-2d0b-4d3a-9f0e-0a8f3f1f2a11";
    let request = format!(
        "GET /prod/pets HTTP/1.1\r\nHost: {}\r\nx-amzn-RequestId: {claimed}\r\nConnection: close\r\n\r\n",
        api.host
    );
    api.connect(&installation).await.ask(request).await.expect("an answer");
    // A later request's record is there, so the earlier one's would be.
    let later = api.get(&installation, "/prod/pets").await;
    explained(&installation, later.header("x-amzn-requestid").expect("an id")).await;
    assert!(!portcullis(&installation, &["explain", claimed]).await.ok);
}

#[tokio::test]
async fn the_access_log_is_written_in_the_stages_format() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    let group = "arn:aws:logs:us-east-1:000000000000:log-group:access";
    allow_logs(&installation).await;
    let settings = json!({"patchOperations": [
        {"op": "replace", "path": "/accessLogSettings/destinationArn", "value": group},
        {"op": "replace", "path": "/accessLogSettings/format", "value": FORMAT},
    ]});
    installation.manage("PATCH", &format!("/restapis/{}/stages/prod", api.id), &settings).await;
    // A line end in a path or header must not begin a second line.
    let answer = api.get(&installation, "/prod/pets/a%0ab").await;
    let id = answer.header("x-amzn-requestid").expect("an id");
    let line = eventually("the line", async || {
        let said = portcullis(&installation, &["logs", "--kind", "access", "--api", &api.id]).await;
        said.text.lines().find(|line| line.contains(id)).map(str::to_owned)
    })
    .await;
    assert!(line.ends_with(&format!("{id} GET /prod/pets/a%0ab {}", answer.status)), "{line}");
}

#[tokio::test]
async fn the_execution_log_tells_a_request_in_awss_words_and_hides_its_secrets() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    allow_logs(&installation).await;
    let settings = json!({"patchOperations": [
        {"op": "replace", "path": "/*/*/logging/loglevel", "value": "INFO"},
        {"op": "replace", "path": "/*/*/logging/dataTrace", "value": "true"},
    ]});
    installation.manage("PATCH", &format!("/restapis/{}/stages/prod", api.id), &settings).await;
    let request = format!(
        "GET /prod/pets HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer opensesame123456\r\nConnection: close\r\n\r\n",
        api.host
    );
    let answer = api.connect(&installation).await.ask(request).await.expect("an answer");
    let id = answer.header("x-amzn-requestid").expect("an id");
    let done = format!("({id}) Method completed with status: 200");
    let log = eventually("the last line", async || {
        let said =
            portcullis(&installation, &["logs", "--kind", "execution", "--api", &api.id, "--stage", "prod"]).await;
        said.text.lines().any(|line| line == done).then_some(said.text)
    })
    .await;
    assert!(log.contains(&format!("({id}) Starting execution for request: {id}")), "{log}");
    assert!(log.contains("authorization=****123456") && !log.contains("opensesame"), "{log}");
}

/// Lets stages log, as AWS asks for.
async fn allow_logs(installation: &Installation) {
    let role = json!({"patchOperations": [
        {"op": "replace", "path": "/cloudwatchRoleArn", "value": "arn:aws:iam::000000000000:role/logs"},
    ]});
    installation.manage("PATCH", "/account", &role).await;
}

async fn explained(installation: &Installation, id: &str) -> Value {
    eventually("the record", async || {
        let said = portcullis(installation, &["explain", id, "--format", "json"]).await;
        said.ok.then(|| serde_json::from_str(&said.text).expect("a record in JSON"))
    })
    .await
}
