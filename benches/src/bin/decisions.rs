//! Decisions: what the policy engine takes to decide over ten policies, a thousand addresses, and the longest paths.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use base::{AccountId, Timestamp};
use benches::report;
use policy::{Action, Attached, Keys, Kind, Layers, Outcome, Policy, Principal, RequestContext, evaluate, explain};

/// Decisions in one sample, and samples; the median and the quickest are quoted.
const DECISIONS: u32 = 20_000;
const SAMPLES: usize = 31;

const ARN: &str = "arn:aws:execute-api:eu-west-1:111111111111:a1b2c3d4e5/prod/GET/pets/42";

fn main() -> std::io::Result<()> {
    let bench = Bench::new();
    let mut table = "| decision | median | quickest |\n|---|---|---|\n".to_owned();
    let attached = Bench::attached();
    let ten: Vec<Attached<'_>> = attached.iter().map(|(name, policy)| Attached { name, policy }).collect();
    let silent = ten.get(..9).unwrap_or_default();
    let allowed = bench.time(&Layers { identity: &ten, ..Layers::default() }, Outcome::Allow);
    row(&mut table, "10 attached policies of 10 statements, the last one allows", &allowed);
    let denied = bench.time(&Layers { identity: silent, ..Layers::default() }, Outcome::ImplicitDeny);
    row(&mut table, "9 attached policies of 10 statements, none allows", &denied);
    let mut one = None;
    for count in [1, 1_000] {
        let office = addresses(count);
        let resource = Some(Attached { name: "pets", policy: &office });
        let times = bench.time(&Layers { identity: &ten, resource, ..Layers::default() }, Outcome::Allow);
        let more = one.replace(times[SAMPLES / 2]).map(|before| times[SAMPLES / 2].saturating_sub(before));
        let more = more.map(|more| format!(", {} ns more than with one", more.as_nanos())).unwrap_or_default();
        row(&mut table, &format!("the same with a resource policy of {count} CIDR blocks{more}"), &times);
    }
    row(&mut table, "why: the whole explanation of a denial, as it is recorded", &bench.explained(silent));
    let about = format!(
        "The time of one decision on one core, the request's context made anew each time: {SAMPLES} samples of {DECISIONS} \
         decisions. The quickest sample is the one that other work on the machine disturbed least."
    );
    report::section("decisions", "What a decision costs", &format!("{about}\n\n{table}"))
}

fn row(table: &mut String, what: &str, times: &[Duration]) {
    // Writing to a string cannot fail.
    let _ = writeln!(table, "| {what} | {} ns | {} ns |", times[times.len() / 2].as_nanos(), times[0].as_nanos());
}

struct Bench {
    principal: Principal,
    action: Action,
    owner: AccountId,
    keys: Keys,
}

impl Bench {
    fn new() -> Self {
        let owner = AccountId::parse("111111111111").expect("twelve digits");
        let principal = Principal::User {
            account: owner,
            arn: "arn:aws:iam::111111111111:user/alice".to_owned(),
            id: "AIDAEXAMPLEEXAMPLE00".to_owned(),
            name: "alice".to_owned(),
        };
        let keys = Keys::new()
            .now(Timestamp::UNIX_EPOCH)
            .address("aws:SourceIp", [10, 3, 231, 7].into())
            .boolean("aws:SecureTransport", true)
            .text("aws:UserAgent", "curl/8.5.0")
            .text("aws:PrincipalTag/team", "pets");
        let keys = principal.add_keys(keys);
        Self { principal, action: Action::new("execute-api:Invoke"), owner, keys }
    }

    /// Ten policies of ten statements as people write them; the last statement of the last one allows.
    fn attached() -> Vec<(String, Policy)> {
        let statement = |policy: usize, index: usize| match index {
            0 => allow("s3:Get*", &format!("arn:aws:s3:::bucket-{policy}/*"), ""),
            1 => allow("dynamodb:*", "*", ""),
            2 => allow("logs:PutLogEvents", "arn:aws:logs:*:*:log-group:*:*", ""),
            3 => {
                allow("execute-api:Invoke", &format!("arn:aws:execute-api:eu-west-1:111111111111:other{policy}/*"), "")
            }
            4 => allow("execute-api:*", &format!("arn:aws:execute-api:*:*:*/{policy}x/POST/*"), ""),
            5 => allow("apigateway:*", "arn:aws:apigateway:*::/restapis/*", ""),
            6 => allow("execute-api:Invoke", "*", r#"{"StringEquals":{"aws:PrincipalTag/team":"billing"}}"#),
            7 => allow("iam:Get*", "arn:aws:iam::111111111111:user/${aws:username}", ""),
            8 => allow("execute-api:Invoke", "*", r#"{"IpAddress":{"aws:SourceIp":["192.0.2.0/24","198.51.100.7"]}}"#),
            _ if policy == 9 => allow("execute-api:Invoke", "arn:aws:execute-api:*:*:a1b2c3d4e5/prod/GET/*", ""),
            _ => allow("sqs:SendMessage", "*", r#"{"Bool":{"aws:SecureTransport":"true"}}"#),
        };
        let policy = |policy: usize| {
            let statements: Vec<String> = (0..10).map(|index| statement(policy, index)).collect();
            let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
            (format!("policy-{policy}"), Policy::parse(&text, Kind::Identity).expect("a sound policy"))
        };
        (0..10).map(policy).collect()
    }

    fn request(&self) -> RequestContext<'_> {
        RequestContext::new(&self.principal, &self.action, ARN, self.owner, &self.keys)
    }

    /// The time of one decision, sorted, the context made anew each time as for a request.
    fn time(&self, layers: &Layers<'_>, expected: Outcome) -> Vec<Duration> {
        assert_eq!(evaluate(&self.request(), layers).outcome, expected);
        samples(|| {
            black_box(evaluate(black_box(&self.request()), black_box(layers)));
        })
    }

    fn explained(&self, identity: &[Attached<'_>]) -> Vec<Duration> {
        let layers = Layers { identity, ..Layers::default() };
        samples(|| {
            black_box(explain(&self.request(), black_box(&layers)).record());
        })
    }
}

fn samples(decide: impl Fn()) -> Vec<Duration> {
    let mut times: Vec<Duration> = (0..SAMPLES)
        .map(|_| {
            // The explanation is a thousand times slower; its samples are as long with fewer of them.
            let probe = Instant::now();
            decide();
            let rounds = if probe.elapsed() > Duration::from_micros(50) { DECISIONS / 200 } else { DECISIONS };
            let start = Instant::now();
            (0..rounds).for_each(|_| decide());
            start.elapsed() / rounds
        })
        .collect();
    times.sort_unstable();
    times
}

fn allow(action: &str, resource: &str, condition: &str) -> String {
    let condition = if condition.is_empty() { String::new() } else { format!(r#","Condition":{condition}"#) };
    format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"{condition}}}"#)
}

/// A resource policy that allows everyone and denies all but so many blocks, the caller's the last of them.
fn addresses(count: usize) -> Policy {
    let block = |index: usize| {
        let index = index + 1_000 - count;
        format!("\"10.{}.{}.0/24\"", index / 256, index % 256)
    };
    let blocks: Vec<String> = (0..count).map(block).collect();
    let text = format!(
        r#"{{"Statement":[{{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"*"}},{{"Effect":"Deny","Principal":"*","Action":"execute-api:Invoke","Resource":"*","Condition":{{"NotIpAddress":{{"aws:SourceIp":[{}]}}}}}}]}}"#,
        blocks.join(",")
    );
    Policy::parse(&text, Kind::Resource).expect("a sound policy")
}
