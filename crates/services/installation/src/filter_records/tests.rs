//! FilterRecords against the embedded store.

use operation::Failure;
use proptest::prelude::*;

use super::query::Query;
use super::*;
use crate::testing::{ONE, TWO, World, at, line, scope};

async fn ask(world: &World, input: &Input) -> Output {
    world.ask::<FilterRecords>(ONE, input).await.expect("an answer")
}

async fn lines(world: &World, input: &Input) -> Vec<String> {
    ask(world, input).await.records.into_iter().map(|record| record.line).collect()
}

fn of(prefix: &str) -> Input {
    Input { stream_prefixes: vec![prefix.to_owned()], ..Input::default() }
}

async fn some() -> World {
    let world = World::new().await;
    world
        .store(&[
            line(ONE, "access/a/prod", 1, "a prod GET"),
            line(ONE, "execution/a/prod", 2, "(id) Starting execution"),
            line(ONE, "access/a/production", 3, "a production"),
            line(ONE, "access/ab/prod", 4, "ab prod POST"),
            line(TWO, "access/a/prod", 5, "not yours"),
            line(ONE, "trail", 6, "binary"),
        ])
        .await;
    world
}

#[tokio::test]
async fn streams_are_chosen_in_whole_segments() {
    let world = some().await;
    for (input, expected) in [
        (Input::default(), vec!["a prod GET", "(id) Starting execution", "a production", "ab prod POST"]),
        (of("access/"), vec!["a prod GET", "a production", "ab prod POST"]),
        (of("access/a"), vec!["a prod GET", "a production"]),
        (of("access/a/prod"), vec!["a prod GET"]),
        (of("execution/a"), vec!["(id) Starting execution"]),
        (of("API-Gateway-Execution-Logs_a/prod"), vec!["(id) Starting execution"]),
        (of("access/zzz"), vec![]),
        (
            Input { stream_prefixes: vec!["access/a/prod".into(), "access/a".into()], ..Input::default() },
            vec!["a prod GET", "a production"],
        ),
    ] {
        assert_eq!(lines(&world, &input).await, expected, "{input:?}");
    }
}

#[tokio::test]
async fn trails_and_other_accounts_stay_closed() {
    let world = some().await;
    for prefix in ["trail", "", "t", "access", "/", "acc\0ess/", &format!("access/{}", "x".repeat(300))] {
        let refused = world.ask::<FilterRecords>(ONE, &of(prefix)).await;
        assert!(matches!(refused, Err(Failure::Api(error)) if error.code == VALIDATION), "{prefix:?}");
    }
    let theirs = world.ask::<FilterRecords>(TWO, &Input::default()).await.expect("an answer");
    assert_eq!(theirs.records.iter().map(|record| record.line.as_str()).collect::<Vec<_>>(), ["not yours"]);
}

#[tokio::test]
async fn times_and_text_narrow_the_lines() {
    let world = some().await;
    let window = |from, to| Input { start_time: Some(at(from)), end_time: Some(at(to)), ..Input::default() };
    assert_eq!(lines(&world, &window(2, 3)).await, ["(id) Starting execution", "a production"]);
    let text = |text: &str| Input { filter_text: Some(text.to_owned()), ..Input::default() };
    assert_eq!(lines(&world, &text("POST")).await, ["ab prod POST"]);
    assert_eq!(lines(&world, &text("post")).await, Vec::<String>::new());
    assert_eq!(lines(&world, &text("")).await.len(), 4);
}

#[tokio::test]
async fn a_reader_follows_without_missing_or_repeating_a_line() {
    let world = World::new().await;
    let mut written = Vec::new();
    for n in 0..90_i64 {
        let stream = if n % 3 == 0 { "execution/a/prod" } else { "access/a/prod" };
        let (one, two) = (format!("line {n} one"), format!("line {n} two"));
        world.store_block(&[line(ONE, stream, n, &one), line(ONE, stream, n, &two)]).await;
        written.extend([one, two]);
    }
    for limit in [1, 7, 1_000] {
        let (mut seen, mut next_token) = (Vec::new(), None);
        loop {
            let page = ask(&world, &Input { limit: Some(limit), next_token, ..Input::default() }).await;
            assert!(page.records.len() <= limit as usize);
            seen.extend(page.records.into_iter().map(|record| record.line));
            next_token = Some(page.next_token);
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, written, "{limit} at a time");
        // Later lines come with the same token, and only they.
        world.store(&[line(ONE, "access/a/prod", 100, &format!("after {limit}"))]).await;
        written.push(format!("after {limit}"));
        let later = ask(&world, &Input { limit: Some(limit), next_token, ..Input::default() }).await;
        assert_eq!(later.records.iter().map(|record| &record.line).collect::<Vec<_>>(), [&format!("after {limit}")]);
    }
}

#[tokio::test]
async fn a_record_names_its_stream_time_and_request() {
    let world = World::new().await;
    let written = line(ONE, "access/a/prod", 9, "text");
    world.store(std::slice::from_ref(&written)).await;
    let record = ask(&world, &Input::default()).await.records.remove(0);
    let request_id = Some(written.request.to_string());
    assert_eq!(record, LogRecord { stream: "access/a/prod".into(), time: at(9), request_id, line: "text".into() });
}

#[tokio::test]
async fn a_token_of_another_query_or_account_is_refused() {
    let world = some().await;
    let token = ask(&world, &of("access/a")).await.next_token;
    for (account, input) in [
        (ONE, Input { next_token: Some(token.clone()), ..of("access/ab") }),
        (ONE, Input { next_token: Some("x".repeat(100_000)), ..of("access/a") }),
        (TWO, Input { next_token: Some(token.clone()), ..of("access/a") }),
    ] {
        let refused = world.ask::<FilterRecords>(account, &input).await;
        assert!(matches!(refused, Err(Failure::Api(error)) if error.code == INVALID_TOKEN));
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused() {
    let world = World::new().await;
    for input in [
        Input { limit: Some(0), ..Input::default() },
        Input { limit: Some(10_001), ..Input::default() },
        Input { limit: Some(i32::MIN), ..Input::default() },
        Input { start_time: Some(at(2)), end_time: Some(at(1)), ..Input::default() },
        Input { filter_text: Some("x".repeat(1_025)), ..Input::default() },
        Input { stream_prefixes: vec!["access/".to_owned(); 11], ..Input::default() },
    ] {
        let refused = world.ask::<FilterRecords>(ONE, &input).await;
        assert!(matches!(refused, Err(Failure::Api(error)) if error.code == VALIDATION), "{input:?}");
    }
}

#[tokio::test]
async fn a_damaged_block_does_not_hide_those_behind_it() {
    let world = World::new().await;
    world.store_damaged(&line(ONE, "access/a/prod", 1, "lost")).await;
    world.store(&[line(ONE, "access/a/prod", 2, "found")]).await;
    assert_eq!(lines(&world, &Input::default()).await, ["found"]);
}

#[test]
fn policies_name_the_records_of_an_account() {
    assert_eq!(
        FilterRecords::resource(&Input::default(), &scope(ONE)),
        format!("arn:aws:portcullis:eu-west-1:{ONE}:records")
    );
}

proptest! {
    #[test]
    fn no_query_panics_or_reaches_beyond_logs(prefixes in prop::collection::vec(any::<String>(), 0..4), text in any::<String>()) {
        let input = Input { stream_prefixes: prefixes, filter_text: Some(text), ..Input::default() };
        if let Ok(query) = Query::read(&input) {
            prop_assert!(!query.wants_stream("trail") && !query.repeated().is_empty());
        }
    }
}

#[tokio::test]
async fn the_logs_of_web_acls_are_logs() {
    let world = World::new().await;
    let records =
        [line(ONE, "waf/shop", 1, "{}"), line(ONE, "waf/shop-two", 2, "{2}"), line(TWO, "waf/shop", 3, "{3}")];
    world.store(&records).await;
    for (input, expected) in [
        (Input::default(), vec!["{}", "{2}"]),
        (of("waf/"), vec!["{}", "{2}"]),
        (of("waf/shop"), vec!["{}"]),
        (of("waf/other"), vec![]),
    ] {
        assert_eq!(lines(&world, &input).await, expected, "{input:?}");
    }
}
