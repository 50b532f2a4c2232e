//! The pure step: changed units in, a new world out that shares everything else with the old one.

use std::sync::Arc;

use base::Scope;
use base::id::{RestApiId, StageName};
use base::seal::MasterKey;
use snapshot::{Api, Place, Snapshot, StageUnit};

use crate::{Finding, Input, StageInput, Unit, access_key, stage};

/// A snapshot and what could not be compiled into it.
#[derive(Debug, Clone)]
pub struct World {
    /// What is served.
    pub snapshot: Snapshot,
    /// What is closed and why, by unit; structurally shared like the snapshot.
    pub findings: imbl::HashMap<Unit, Arc<[Finding]>>,
}

impl World {
    /// Nothing, at revision 0.
    pub fn empty(place: Place) -> Self {
        Self { snapshot: Snapshot::empty(place), findings: imbl::HashMap::new() }
    }
}

/// Turns documents into what is served. It never fails as a whole: what does not compile is closed.
#[derive(Debug)]
pub struct Compiler {
    master_key: Arc<MasterKey>,
}

impl Compiler {
    /// A compiler that opens secrets with `master_key`.
    pub fn new(master_key: Arc<MasterKey>) -> Self {
        Self { master_key }
    }

    /// The world at `revision`: `previous` with the units of `inputs` replaced.
    pub fn compile(&self, revision: u64, inputs: Vec<Input>, previous: &World) -> World {
        let mut world = previous.clone();
        world.snapshot.revision = revision;
        for input in inputs {
            match input {
                Input::Stage { unit, scope, found } => place_stage(&mut world, unit, scope, found),
                Input::AccessKey { id, scope, found } => {
                    let unit = Unit::AccessKey(id.clone());
                    match found.map(|found| access_key::compile(&self.master_key, &id, found)) {
                        Some(Ok(key)) => {
                            world.snapshot.access_keys.insert(id, Arc::new(key));
                            world.findings.remove(&unit);
                        }
                        Some(Err((why, remedy))) => {
                            world.snapshot.access_keys.remove(&id);
                            let finding = Finding { scope, unit: unit.clone(), method: None, why, remedy };
                            world.findings.insert(unit, [finding].into());
                        }
                        None => {
                            world.snapshot.access_keys.remove(&id);
                            world.findings.remove(&unit);
                        }
                    }
                }
            }
        }
        world
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
    let (compiled, findings) = stage::compile(&scope, &unit, *found);
    if findings.is_empty() {
        world.findings.remove(&unit);
    } else {
        world.findings.insert(unit, findings.into());
    }
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

/// A stage that is closed as a whole.
pub(crate) fn closed(scope: &Scope, unit: &Unit, why: String) -> (StageUnit, Vec<Finding>) {
    let remedy = "Every request to this stage is answered 500. Deploy the API again, or delete the stage.";
    let finding = Finding { scope: scope.clone(), unit: unit.clone(), method: None, why: why.clone(), remedy };
    (StageUnit::Broken { why: why.into() }, vec![finding])
}
