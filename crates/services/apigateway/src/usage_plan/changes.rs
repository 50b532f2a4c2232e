//! What PATCH may change of a usage plan: its own properties, its stages, and the throttles of their methods.
//! <https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html>

use base::{QuotaPeriod, Timestamp};
use model::apigateway::{Throttle, UsagePlan};

use crate::error::Error;
use crate::patch::{Change, Edit, Op, PatchOperation, REPLACE, REPLACE_REMOVE, Rule, Table, Tone};
use crate::rules::usage_plan::{self, Asked};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Property {
    Name,
    Description,
    ProductCode,
    ApiStages,
    Throttle,
    RateLimit,
    BurstLimit,
    Quota,
    QuotaLimit,
    QuotaOffset,
    QuotaPeriod,
}

const ADD_REPLACE: &[Edit] = &[Edit::Add, Edit::Replace];

const TABLE: Table<Property> = Table {
    tone: Tone::Listing,
    rules: &[
        Rule::new("/apiStages", &[Edit::Add, Edit::Remove], Property::ApiStages),
        Rule::new("/quota", &[Edit::Remove], Property::Quota),
        Rule::new("/throttle", &[Edit::Remove], Property::Throttle),
        Rule::new("/productCode", crate::patch::ADD_REMOVE_REPLACE, Property::ProductCode),
        Rule::new("/name", REPLACE, Property::Name),
        Rule::new("/description", REPLACE_REMOVE, Property::Description),
        Rule::new("/throttle/rateLimit", ADD_REPLACE, Property::RateLimit),
        Rule::new("/throttle/burstLimit", ADD_REPLACE, Property::BurstLimit),
        Rule::new("/quota/limit", ADD_REPLACE, Property::QuotaLimit),
        Rule::new("/quota/offset", ADD_REPLACE, Property::QuotaOffset),
        Rule::new("/quota/period", ADD_REPLACE, Property::QuotaPeriod),
    ],
};

/// A plan under change.
#[derive(Debug)]
pub(super) struct Patched {
    /// The plan.
    pub(super) plan: UsagePlan,
    /// Its quota as it is asked for: its parts come one by one.
    quota: Option<Asked>,
}

/// A change of a stage, which has to be looked at beside the stage itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum StageChange {
    /// A stage joins.
    Add {
        /// The API.
        api: String,
        /// Its stage.
        stage: String,
    },
    /// The methods' throttles of the stage at this place have changed.
    Methods {
        /// The place.
        at: usize,
    },
}

impl Patched {
    /// A plan before its changes.
    pub(super) fn of(plan: UsagePlan) -> Self {
        let asked = |quota: base::Quota| Asked {
            limit: i32::try_from(quota.limit).ok(),
            offset: i32::try_from(quota.offset).ok(),
            period: Some(quota.period),
        };
        Self { quota: plan.quota.map(asked), plan }
    }

    /// The plan after them. A quota that has changed counts from `now` on.
    pub(super) fn finished(mut self, now: Timestamp) -> Result<UsagePlan, Error> {
        let quota = self.quota.map(|asked| usage_plan::quota(asked, now)).transpose()?;
        let since = |quota: base::Quota, before: base::Quota| base::Quota { since: before.since, ..quota };
        self.plan.quota = match (quota, self.plan.quota) {
            (Some(quota), Some(before)) if since(quota, before) == before => Some(before),
            (quota, _) => quota,
        };
        self.plan.throttle.as_ref().map(usage_plan::throttle).transpose()?;
        Ok(self.plan)
    }

    /// Takes one operation.
    pub(super) fn take(&mut self, operation: &PatchOperation) -> Result<Option<StageChange>, Error> {
        // A method's throttle stands behind a path of its own, so the table comes second.
        if let Some(change) = self.method_throttle(operation)? {
            return Ok(Some(change));
        }
        let change = TABLE.read_one(operation)?;
        match change.property {
            Property::ApiStages => return self.api_stages(change),
            Property::Name => {
                let name = change.text();
                usage_plan::name(&name)?;
                self.plan.name = name;
            }
            Property::Description => {
                self.plan.description = usage_plan::text("description", change.optional())?;
            }
            Property::ProductCode => {
                self.plan.product_code = usage_plan::text("product code", change.optional())?;
            }
            Property::Throttle => self.plan.throttle = None,
            Property::RateLimit => set_rate(self.plan.throttle.get_or_insert_default(), change.value.as_deref())?,
            Property::BurstLimit => set_burst(self.plan.throttle.get_or_insert_default(), change.value.as_deref())?,
            Property::Quota => self.quota = None,
            Property::QuotaLimit => self.quota.get_or_insert_default().limit = Some(number("quota limit", &change)?),
            Property::QuotaOffset => self.quota.get_or_insert_default().offset = Some(number("quota offset", &change)?),
            Property::QuotaPeriod => {
                let period = change.value.as_deref().and_then(QuotaPeriod::parse);
                let unknown = || Error::bad_request("Invalid quota period specified. Valid options are DAY,WEEK,MONTH");
                self.quota.get_or_insert_default().period = Some(period.ok_or_else(unknown)?);
            }
        }
        Ok(None)
    }

    fn api_stages(&mut self, change: Change<Property>) -> Result<Option<StageChange>, Error> {
        let edit = change.edit;
        let text = change.text();
        let invalid = || Error::bad_request("Invalid API Stage specified");
        let (api, stage) = text.split_once(':').ok_or_else(invalid)?;
        if edit != Edit::Remove {
            return Ok(Some(StageChange::Add { api: api.to_owned(), stage: stage.to_owned() }));
        }
        let before = self.plan.api_stages.len();
        self.plan.api_stages.retain(|known| known.api.as_str() != api || known.stage.as_str() != stage);
        if self.plan.api_stages.len() == before {
            return Err(Error::not_found(format!("API Stage not found: {text}")));
        }
        Ok(None)
    }

    /// Takes an operation on methods' throttles: `/apiStages/{api}:{stage}/throttle[/{path}/{verb}[/rateLimit|/burstLimit]]`.
    fn method_throttle(&mut self, operation: &PatchOperation) -> Result<Option<StageChange>, Error> {
        let path = operation.path.as_deref().unwrap_or_default();
        let Some((named, rest)) = path.strip_prefix("/apiStages/").and_then(|rest| rest.split_once("/throttle")) else {
            return Ok(None);
        };
        let (api, stage) = named.split_once(':').ok_or_else(|| Error::bad_request("Invalid API Stage specified"))?;
        let at = self.plan.api_stages.iter().position(|one| one.api.as_str() == api && one.stage.as_str() == stage);
        let at = at.ok_or_else(|| Error::not_found(format!("API Stage not found: {named}")))?;
        let throttles = &mut self.plan.api_stages[at].throttle;
        let value = operation.value.as_deref().filter(|value| !value.is_empty());
        match (operation.op, rest) {
            (Some(Op::Remove), "") => throttles.clear(),
            (Some(Op::Remove), rest) => {
                let name = usage_plan::method(rest.strip_prefix('/').unwrap_or(rest))?;
                if throttles.remove(&name).is_none() {
                    return Err(Error::not_found(format!("Invalid method throttle specified: {name}")));
                }
            }
            (Some(Op::Add | Op::Replace), rest) => {
                let rest = rest.strip_prefix('/').unwrap_or(rest);
                let (name, part) = rest.rsplit_once('/').unwrap_or_default();
                match part {
                    "rateLimit" => set_rate(throttles.entry(usage_plan::method(name)?).or_default(), value)?,
                    "burstLimit" => set_burst(throttles.entry(usage_plan::method(name)?).or_default(), value)?,
                    _ => return Err(unknown_path(path, operation.op)),
                }
            }
            (op, _) => return Err(unknown_path(path, op)),
        }
        Ok(Some(StageChange::Methods { at }))
    }
}

fn unknown_path(path: &str, op: Option<Op>) -> Error {
    let op = op.map_or("null", Op::as_str);
    Error::bad_request(format!(
        "Invalid patch path  '{path}' specified for op '{op}'. Must be one of: [/apiStages, /quota, /throttle, \
         /productCode, /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>, \
         /apiStages/<apidId:stageName>/throttle]"
    ))
}

fn set_rate(throttle: &mut Throttle, value: Option<&str>) -> Result<(), Error> {
    let rate = value.and_then(|value| value.parse().ok());
    let rate = rate.ok_or_else(|| Error::bad_request("Usage Plan throttle rate limit must be a number"))?;
    throttle.rate_limit = Some(rate);
    usage_plan::throttle(throttle)
}

fn set_burst(throttle: &mut Throttle, value: Option<&str>) -> Result<(), Error> {
    let burst = value.and_then(|value| value.parse().ok());
    let burst = burst.ok_or_else(|| Error::bad_request("Usage Plan throttle burst limit must be a whole number"))?;
    throttle.burst_limit = Some(burst);
    usage_plan::throttle(throttle)
}

fn number(what: &str, change: &Change<Property>) -> Result<i32, Error> {
    let number = change.value.as_deref().and_then(|value| value.parse().ok());
    number.ok_or_else(|| Error::bad_request(format!("Usage Plan {what} must be a whole number")))
}

/// Each path of the table with what may be done to it, and those of methods' throttles.
#[cfg(test)]
pub(super) fn rows() -> Vec<(&'static str, &'static [Edit])> {
    let methods: [(&str, &[Edit]); 4] = [
        ("/apiStages/{stage}/throttle", &[Edit::Remove]),
        ("/apiStages/{stage}/throttle/{method}", &[Edit::Remove]),
        ("/apiStages/{stage}/throttle/{method}/rateLimit", ADD_REPLACE),
        ("/apiStages/{stage}/throttle/{method}/burstLimit", ADD_REPLACE),
    ];
    TABLE.rows().into_iter().chain(methods).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use crate::testing::{World, text};

    struct Planned {
        world: World,
        api: String,
        plan: String,
    }

    impl Planned {
        async fn new() -> Self {
            let world = World::new().await;
            let (api, _) = world.api().await;
            world.ok("CreateDeployment", json!({"restApiId": api, "stageName": "dev"})).await;
            let plan = text(&world.ok("CreateUsagePlan", json!({"name": "gold"})).await, "id");
            Self { world, api, plan }
        }

        fn input(&self, operations: &[(&str, &str, &str)]) -> Json {
            let fill = |text: &str| text.replace("API", &self.api);
            let operation =
                |(op, path, value): &(&str, &str, &str)| json!({"op": op, "path": fill(path), "value": fill(value)});
            json!({"usagePlanId": self.plan, "patchOperations": operations.iter().map(operation).collect::<Vec<_>>()})
        }

        async fn patched(&self, operations: &[(&str, &str, &str)]) -> Json {
            self.world.ok("UpdateUsagePlan", self.input(operations)).await
        }

        async fn refused(&self, operations: &[(&str, &str, &str)]) -> String {
            self.world.refused("UpdateUsagePlan", self.input(operations)).await.1.replace(&self.api, "API")
        }
    }

    #[tokio::test]
    async fn properties_throttle_and_quota_are_set_and_taken_away() {
        let planned = Planned::new().await;
        let plan = planned
            .patched(&[
                ("replace", "/name", "silver"),
                ("replace", "/description", "second"),
                ("add", "/productCode", "code"),
                ("replace", "/throttle/rateLimit", "2.5"),
                ("replace", "/throttle/burstLimit", "5"),
                ("replace", "/quota/limit", "100"),
                ("replace", "/quota/period", "MONTH"),
            ])
            .await;
        assert_eq!((&plan["name"], &plan["description"]), (&json!("silver"), &json!("second")));
        assert_eq!(plan["throttle"], json!({"burstLimit": 5, "rateLimit": 2.5}));
        assert_eq!(plan["quota"], json!({"limit": 100, "offset": 0, "period": "MONTH"}));
        let plan = planned
            .patched(&[("remove", "/throttle", ""), ("remove", "/quota", ""), ("remove", "/productCode", "")])
            .await;
        assert_eq!(plan, json!({"id": planned.plan, "name": "silver", "description": "second", "apiStages": []}));
    }

    #[tokio::test]
    async fn stages_join_and_leave_with_the_throttles_of_their_methods() {
        let planned = Planned::new().await;
        planned.patched(&[("add", "/apiStages", "API:dev")]).await;
        // As Terraform and the CLI write it: the path unescaped, and escaped.
        for method in ["//GET", "~1/GET"] {
            let path = |part: &str| format!("/apiStages/API:dev/throttle/{method}/{part}");
            let plan =
                planned.patched(&[("replace", &path("rateLimit"), "3"), ("add", &path("burstLimit"), "4")]).await;
            assert_eq!(
                plan["apiStages"][0]["throttle"],
                json!({"/GET": {"burstLimit": 4, "rateLimit": 3.0}}),
                "{method}"
            );
            let plan = planned.patched(&[("remove", &format!("/apiStages/API:dev/throttle/{method}"), "")]).await;
            assert_eq!(plan["apiStages"], json!([{"apiId": planned.api, "stage": "dev"}]));
        }
        planned.patched(&[("add", "/apiStages/API:dev/throttle//GET/rateLimit", "3")]).await;
        let plan = planned.patched(&[("remove", "/apiStages/API:dev/throttle", "")]).await;
        assert_eq!(plan["apiStages"][0]["throttle"], json!(null));
        let plan = planned.patched(&[("remove", "/apiStages", "API:dev")]).await;
        assert_eq!(plan["apiStages"], json!([]));
    }

    #[tokio::test]
    async fn everything_else_is_refused_and_changes_nothing() {
        let planned = Planned::new().await;
        let before = planned.patched(&[("add", "/apiStages", "API:dev")]).await;
        for (op, path, value, message) in [
            ("add", "/apiStages", "API", "Invalid API Stage specified"),
            ("add", "/apiStages", "API:nope", "API Stage not found: API:nope"),
            ("add", "/apiStages", "API:dev", "API Stage API:dev already exists in the Usage Plan"),
            ("remove", "/apiStages", "API:nope", "API Stage not found: API:nope"),
            ("replace", "/quota/limit", "5", "Usage Plan quota must have a period"),
            ("replace", "/quota/limit", "x", "Usage Plan quota limit must be a whole number"),
            ("replace", "/quota/period", "YEAR", "Invalid quota period specified. Valid options are DAY,WEEK,MONTH"),
            (
                "replace",
                "/throttle/rateLimit",
                "NaN",
                "Usage Plan throttle rate limit must be a number that is not negative",
            ),
            ("replace", "/throttle/rateLimit", "fast", "Usage Plan throttle rate limit must be a number"),
            ("replace", "/throttle/burstLimit", "1.5", "Usage Plan throttle burst limit must be a whole number"),
            ("replace", "/apiStages/API:nope/throttle//GET/rateLimit", "1", "API Stage not found: API:nope"),
            (
                "replace",
                "/apiStages/API:dev/throttle//PUT/rateLimit",
                "1",
                "Invalid method throttle specified: API Stage API:dev has no method /PUT",
            ),
            ("remove", "/apiStages/API:dev/throttle//GET", "", "Invalid method throttle specified: /GET"),
        ] {
            assert_eq!(planned.refused(&[(op, path, value)]).await, message, "{op} {path} {value}");
        }
        let listed = planned.refused(&[("remove", "/apiStages/API:dev", "")]).await;
        assert!(listed.starts_with("Invalid patch path  '/apiStages/API:dev' specified for op 'remove'. Must be one of: [/apiStages, /quota, /throttle"), "{listed}");
        assert_eq!(planned.world.ok("GetUsagePlan", json!({"usagePlanId": planned.plan})).await, before);
    }
}
