//! DescribeCoverage: per method, which controls are live.

use base::Scope;
use base::id::{RestApiId, StageName};
use model::apigateway::{Deployment, RestApi, Stage};
use operation::{Call, CoverageLine, Failure, Operation, PageToken, Spec};

use crate::refusal::{INVALID_TOKEN, VALIDATION, invalid_token, limit};

/// The operation.
pub(crate) struct DescribeCoverage;

const ACTION: &str = "portcullis:DescribeCoverage";
const LIMIT_DEFAULT: i32 = 500;
const LIMIT_MAX: i32 = 5_000;

/// Which methods; every member is optional.
#[derive(Debug, Default, wire::Shape)]
#[shape(name = "DescribeCoverageRequest", upper)]
pub(crate) struct Input {
    /// Only this API's.
    rest_api_id: Option<String>,
    /// At most so many: 500 unless said otherwise, 5,000 at most.
    limit: Option<i32>,
    /// Goes on where an earlier answer ended.
    next_token: Option<String>,
}

/// A page of methods.
#[derive(Debug, wire::Shape)]
#[shape(name = "DescribeCoverageResponse", upper)]
pub(crate) struct Output {
    methods: Vec<Method>,
    /// Goes on behind these, where more follow.
    next_token: Option<String>,
}

/// One method that is served.
#[derive(Debug, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct Method {
    rest_api_id: String,
    stage: String,
    method: String,
    path: String,
    /// Whether anybody at all may call it.
    open: bool,
    /// The live controls, in the journey's order.
    controls: Vec<String>,
    /// Its stage serves a resource policy that is older than the API's: deploy the API to put that in force.
    resource_policy_outdated: bool,
}

impl Operation for DescribeCoverage {
    const SPEC: Spec = Spec::read("DescribeCoverage", ACTION).errors(&[(VALIDATION, 400), (INVALID_TOKEN, 400)]);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, scope: &Scope) -> String {
        crate::arn(scope, "node")
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let limit = limit(input.limit, LIMIT_DEFAULT, LIMIT_MAX)?;
        let query = input.rest_api_id.as_deref().unwrap_or_default();
        let token = PageToken { key: &call.ports.master_key, operation: ACTION, scope: &call.scope, query };
        let after: Option<Place> = match &input.next_token {
            Some(text) => Some(token.open(text).map_err(|_| invalid_token())?),
            None => None,
        };
        let mut lines = call.ports.status.coverage(&call.scope);
        lines.retain(|line| input.rest_api_id.as_ref().is_none_or(|id| *id == line.rest_api_id));
        lines.retain(|line| after.as_ref().is_none_or(|after| place(line) > *after));
        lines.sort_by_cached_key(place);
        let more = lines.len() > limit;
        lines.truncate(limit);
        let next_token = lines.last().filter(|_| more).map(|last| token.seal(&place(last)));
        let mut methods: Vec<Method> = lines.into_iter().map(Method::from).collect();
        for stage in
            methods.chunk_by_mut(|one, next| (&one.rest_api_id, &one.stage) == (&next.rest_api_id, &next.stage))
        {
            let Some(first) = stage.first() else { continue };
            let outdated = is_outdated(&first.rest_api_id, &first.stage, call).await?;
            for method in stage {
                method.resource_policy_outdated = outdated;
            }
        }
        Ok(Output { methods, next_token })
    }
}

/// Whether the API's policy changed since the stage's deployment was made. What is gone meanwhile is not older.
async fn is_outdated(api: &str, stage: &str, call: &mut Call<'_>) -> Result<bool, Failure> {
    let (Ok(api), Ok(stage)) = (RestApiId::parse(api), StageName::parse(stage)) else { return Ok(false) };
    let scope = call.scope.clone();
    let Some(stage) = call.tx.get::<Stage>(&scope, &Stage::id_of(&api, &stage)).await? else { return Ok(false) };
    let deployment = Deployment::id_of(&api, &stage.deployment_id);
    let deployed = call.tx.get::<Deployment>(&scope, &deployment).await?;
    let stored = call.tx.get::<RestApi>(&scope, api.as_str()).await?;
    Ok(matches!((deployed, stored), (Some(deployed), Some(stored)) if deployed.api.policy != stored.policy))
}

/// The order of methods: API, stage, path, verb.
type Place = (String, String, String, String);

fn place(line: &CoverageLine) -> Place {
    (line.rest_api_id.clone(), line.stage.clone(), line.path.clone(), line.method.clone())
}

impl From<CoverageLine> for Method {
    fn from(line: CoverageLine) -> Self {
        let CoverageLine { rest_api_id, stage, method, path, open, controls } = line;
        Self { rest_api_id, stage, method, path, open, controls, resource_policy_outdated: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ONE, TWO, World};

    fn paths(output: &Output) -> Vec<String> {
        output
            .methods
            .iter()
            .map(|method| format!("{} {} {}", method.rest_api_id, method.method, method.path))
            .collect()
    }

    const ALL: [&str; 4] = ["a GET /", "a GET /pets", "a POST /pets", "b ANY /{proxy+}"];

    #[tokio::test]
    async fn methods_come_in_order_and_in_pages() {
        let world = World::new().await;
        for limit in 1..5 {
            let (mut seen, mut next_token) = (Vec::new(), None);
            loop {
                let input = Input { limit: Some(limit), next_token, ..Input::default() };
                let output = world.ask::<DescribeCoverage>(ONE, &input).await.expect("an answer");
                seen.extend(paths(&output));
                next_token = output.next_token;
                if next_token.is_none() {
                    break;
                }
            }
            assert_eq!(seen, ALL, "{limit} at a time");
        }
    }

    #[tokio::test]
    async fn one_api_or_another_account_is_told_apart() {
        let world = World::new().await;
        let input = Input { rest_api_id: Some("b".to_owned()), ..Input::default() };
        let output = world.ask::<DescribeCoverage>(ONE, &input).await.expect("an answer");
        assert_eq!(paths(&output), ALL[3..]);
        assert_eq!(output.methods[0].controls, ["TLS", "authorization NONE"]);
        let output = world.ask::<DescribeCoverage>(TWO, &Input::default()).await.expect("an answer");
        assert_eq!(paths(&output), Vec::<String>::new());
    }

    #[tokio::test]
    async fn bad_limits_and_foreign_tokens_are_refused() {
        let world = World::new().await;
        let first = Input { limit: Some(1), ..Input::default() };
        let token = world.ask::<DescribeCoverage>(ONE, &first).await.expect("an answer").next_token;
        for (input, code) in [
            (Input { limit: Some(0), ..Input::default() }, VALIDATION),
            (Input { limit: Some(5_001), ..Input::default() }, VALIDATION),
            (Input { next_token: Some("x".to_owned()), ..Input::default() }, INVALID_TOKEN),
            (Input { next_token: token, rest_api_id: Some("a".to_owned()), limit: None }, INVALID_TOKEN),
        ] {
            let refused = world.ask::<DescribeCoverage>(ONE, &input).await;
            assert!(matches!(refused, Err(Failure::Api(error)) if error.code == code), "{input:?}");
        }
    }
}
