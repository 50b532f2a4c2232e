//! The pure step: changed units in, a new world out that shares everything else with the old one.

use std::sync::Arc;

use base::Scope;
use base::id::{RestApiId, StageName};
use base::seal::MasterKey;
use snapshot::{Api, Bucket, Function, FunctionName, Name, Place, Snapshot, StageUnit};

use crate::{
    AddressLists, Finding, FunctionInput, Input, PlacesKnown, StageInput, Unit, WebAclInput, access_key, api_key,
    certificate, function, principal, stage, usage_plan, web_acl,
};

/// A snapshot and what could not be compiled into it.
#[derive(Debug, Clone)]
pub struct World {
    /// What is served.
    pub snapshot: Snapshot,
    /// What is closed and why, by unit; structurally shared like the snapshot.
    pub findings: imbl::HashMap<Unit, Arc<[Finding]>>,
}

impl World {
    /// Nothing but what AWS provides, at revision 0.
    pub fn empty(place: Place) -> Self {
        let snapshot = Snapshot { managed_policies: principal::of_aws(), ..Snapshot::empty(place) };
        Self { snapshot, findings: imbl::HashMap::new() }
    }
}

/// Turns documents into what is served. It never fails as a whole: what does not compile is closed.
#[derive(Debug)]
pub struct Compiler {
    master_key: Arc<MasterKey>,
    /// Functions of this node's own settings; what is stored under their names is closed.
    configured: Vec<Arc<Function>>,
    /// The names of the operator's lists of addresses.
    lists: AddressLists,
    /// What this node knows of any address.
    places: PlacesKnown,
}

impl Compiler {
    /// A compiler that opens secrets with `master_key`.
    pub fn new(master_key: Arc<MasterKey>) -> Self {
        Self { master_key, configured: Vec::new(), lists: AddressLists::new(), places: PlacesKnown::default() }
    }

    /// The same with functions that no document holds.
    #[must_use]
    pub fn with_functions(self, configured: Vec<Arc<Function>>) -> Self {
        Self { configured, ..self }
    }

    /// The same for a node that has these lists of addresses.
    #[must_use]
    pub fn with_lists(self, lists: AddressLists) -> Self {
        Self { lists, ..self }
    }

    /// The same where the node knows countries or networks of addresses; without, web ACLs that ask for them are closed.
    #[must_use]
    pub fn with_places(self, places: PlacesKnown) -> Self {
        Self { places, ..self }
    }

    /// The world at `revision`: `previous` with the units of `inputs` replaced.
    pub fn compile(&self, revision: u64, inputs: Vec<Input>, previous: &World) -> World {
        let mut world = previous.clone();
        self.compile_into(revision, inputs, &mut world);
        world
    }

    /// The same in place: a world that nobody else holds is changed without a copy of anything.
    pub fn compile_into(&self, revision: u64, inputs: Vec<Input>, world: &mut World) {
        world.snapshot.revision = revision;
        for configured in &self.configured {
            world.snapshot.functions.insert(configured.name.clone(), Arc::clone(configured));
        }
        for input in inputs {
            match input {
                Input::Stage { unit, scope, found } => place_stage(world, unit, scope, found),
                Input::AccessKey { id, scope, found } => {
                    let compiled = found.map(|found| access_key::compile(&self.master_key, &id, found));
                    let keys = &mut world.snapshot.access_keys;
                    let finding = place(keys, id.clone(), scope, Unit::AccessKey(id.clone()), compiled);
                    note(&mut world.findings, Unit::AccessKey(id), finding);
                }
                Input::User { name, scope, found } => {
                    let (users, unit) = (&mut world.snapshot.users, Unit::User(name.clone()));
                    let finding = place(users, name, scope, unit.clone(), found.map(principal::user));
                    note(&mut world.findings, unit, finding);
                }
                Input::Group { name, scope, found } => {
                    let (groups, unit) = (&mut world.snapshot.groups, Unit::Group(name.clone()));
                    let finding = place(groups, name, scope, unit.clone(), found.map(principal::group));
                    note(&mut world.findings, unit, finding);
                }
                Input::Role { name, scope, found } => {
                    let (roles, unit) = (&mut world.snapshot.roles, Unit::Role(name.clone()));
                    let finding = place(roles, name, scope, unit.clone(), found.map(principal::role));
                    note(&mut world.findings, unit, finding);
                }
                Input::ManagedPolicy { arn, scope, found } => {
                    let (policies, unit) = (&mut world.snapshot.managed_policies, Unit::ManagedPolicy(arn.clone()));
                    let finding = place(policies, arn.into(), scope, unit.clone(), found.map(principal::managed));
                    note(&mut world.findings, unit, finding);
                }
                Input::ApiKey { id, scope, found } => {
                    let finding = api_key::place(&mut world.snapshot, &id, &scope, found);
                    note(&mut world.findings, Unit::ApiKey(id), finding);
                }
                Input::UsagePlan { id, scope, found } => {
                    let (plans, unit) = (&mut world.snapshot.usage_plans, Unit::UsagePlan(id.clone()));
                    let before = plans.get(&id).cloned();
                    let compiled = found.map(|found| usage_plan::compile(&scope, found, before.as_deref()));
                    let finding = place(plans, id, scope, unit.clone(), compiled);
                    note(&mut world.findings, unit, finding);
                }
                Input::Certificate { name, scope, found } => {
                    let compiled = found.map(|found| certificate::compile(&self.master_key, found));
                    let certificates = &mut world.snapshot.certificates;
                    let unit = Unit::Certificate(name.clone());
                    let finding = place(certificates, name.into(), scope, unit.clone(), compiled);
                    note(&mut world.findings, unit, finding);
                }
                Input::WebAcl { name, scope, found } => {
                    let finding = self.place_web_acl(&mut world.snapshot, &scope, &name, found);
                    note(&mut world.findings, Unit::WebAcl(name), finding);
                }
                Input::Function { name, scope, found } => {
                    let findings = self.place_function(world, &scope, &name, found);
                    note(&mut world.findings, Unit::Function(name), findings);
                }
            }
        }
    }

    /// SECURITY: a web ACL that cannot be read is taken out, and whoever looks for it finds none and stays closed.
    fn place_web_acl(
        &self,
        snapshot: &mut Snapshot,
        scope: &Scope,
        name: &Name,
        found: Option<Result<Box<WebAclInput>, String>>,
    ) -> Vec<Finding> {
        let (compiled, why) = match found {
            None => (None, None),
            Some(Err(why)) => (None, Some((why, "Requests to its stages are answered 500. Make it anew."))),
            Some(Ok(input)) => {
                let (compiled, why) = web_acl::compile(scope, &input, &self.lists, self.places);
                (Some(compiled), why)
            }
        };
        match compiled {
            Some(compiled) => snapshot.web_acls.insert(name.clone(), compiled),
            None => snapshot.web_acls.remove(name),
        };
        let unit = Unit::WebAcl(name.clone());
        let finding = |(why, remedy)| Finding { scope: scope.clone(), unit, method: None, why, remedy };
        why.map(finding).into_iter().collect()
    }

    fn place_function(
        &self,
        world: &mut World,
        scope: &Scope,
        name: &FunctionName,
        found: Option<Result<Box<FunctionInput>, String>>,
    ) -> Vec<Finding> {
        if self.configured.iter().any(|configured| configured.name == *name) {
            let why = "this node's settings give its name to another function, which is the one that runs".to_owned();
            let remedy = "Rename one of the two.";
            let unit = Unit::Function(name.clone());
            return found
                .map(|_| Finding { scope: scope.clone(), unit, method: None, why, remedy })
                .into_iter()
                .collect();
        }
        let compiled = found.map(|found| function::compile(&self.master_key, scope, name, found));
        let (compiled, findings) = compiled.unwrap_or_default();
        match compiled {
            Some(compiled) => world.snapshot.functions.insert(name.clone(), Arc::new(compiled)),
            None => world.snapshot.functions.remove(name),
        };
        findings
    }
}

/// Puts a compiled unit into its table, or takes it out; says what could not be compiled.
fn place<K: Clone + Eq + std::hash::Hash, V>(
    table: &mut imbl::HashMap<K, Arc<V>>,
    key: K,
    scope: Scope,
    unit: Unit,
    compiled: Option<Result<V, (String, &'static str)>>,
) -> Vec<Finding> {
    match compiled {
        Some(Ok(value)) => {
            table.insert(key, Arc::new(value));
            Vec::new()
        }
        Some(Err((why, remedy))) => {
            table.remove(&key);
            vec![Finding { scope, unit, method: None, why, remedy }]
        }
        None => {
            table.remove(&key);
            Vec::new()
        }
    }
}

fn note(findings: &mut imbl::HashMap<Unit, Arc<[Finding]>>, unit: Unit, found: Vec<Finding>) {
    if found.is_empty() {
        findings.remove(&unit);
    } else {
        findings.insert(unit, found.into());
    }
}

fn place_stage(
    world: &mut World,
    (api_id, name): (RestApiId, StageName),
    scope: Scope,
    found: Option<Box<StageInput>>,
) {
    let unit = Unit::Stage(api_id.clone(), name.clone());
    let Some(found) = found else {
        world.findings.remove(&unit);
        remove_stage(&mut world.snapshot, &api_id, &name);
        return;
    };
    let account = Arc::clone(world.snapshot.accounts.entry(scope.clone()).or_default());
    let before = world.snapshot.apis.get(&api_id).and_then(|api| match api.stages.get(&name) {
        Some(StageUnit::Ready(stage)) => Some(Arc::clone(stage)),
        Some(StageUnit::Broken { .. }) | None => None,
    });
    let (compiled, findings) = stage::compile(&scope, &unit, *found, &Before { account, stage: before.as_deref() });
    note(&mut world.findings, unit, findings);
    let mut api = match world.snapshot.apis.get(&api_id) {
        Some(api) => Api::clone(api),
        None => Api { id: api_id.clone(), scope, stages: std::collections::BTreeMap::new() },
    };
    api.stages.insert(name, compiled);
    world.snapshot.apis.insert(api_id, Arc::new(api));
}

fn remove_stage(snapshot: &mut Snapshot, api_id: &RestApiId, name: &StageName) {
    let Some(api) = snapshot.apis.get(api_id) else { return };
    let mut api = Api::clone(api);
    api.stages.remove(name);
    if api.stages.is_empty() {
        snapshot.apis.remove(api_id);
    } else {
        snapshot.apis.insert(api_id.clone(), Arc::new(api));
    }
}

/// What a stage takes over: what is left of its throttles goes from version to version.
#[derive(Debug)]
pub(crate) struct Before<'a> {
    /// The account's own.
    pub(crate) account: Arc<Bucket>,
    /// The stage's version before.
    pub(crate) stage: Option<&'a snapshot::Stage>,
}

/// A stage that is closed as a whole.
pub(crate) fn closed(scope: &Scope, unit: &Unit, why: String) -> (StageUnit, Vec<Finding>) {
    let remedy = "Every request to this stage is answered 500. Deploy the API again, or delete the stage.";
    closed_until(scope, unit, why, remedy)
}

/// The same where something else opens it again.
pub(crate) fn closed_until(scope: &Scope, unit: &Unit, why: String, remedy: &'static str) -> (StageUnit, Vec<Finding>) {
    let finding = Finding { scope: scope.clone(), unit: unit.clone(), method: None, why: why.clone(), remedy };
    (StageUnit::Broken { why: why.into() }, vec![finding])
}
