//! Reads from a view what compiling needs: the changed units, each with its documents, and nothing else.

mod web_acls;

use std::collections::BTreeSet;

use base::Scope;
use base::id::{AccessKeyId, ApiKeyId, DeploymentId, RestApiId, StageName, UsagePlanId};
use model::Record;
use model::apigateway::{ApiKey, Deployment, Stage, UsagePlan};
use model::iam::{AccessKey, Group, ManagedPolicy, Role, User};
use model::installation::LocalLeaf;
use model::lambda::{Function, FunctionVersion};
use model::wafv2::{LoggingConfiguration, WebAcl};
use snapshot::{FunctionName, Name};
use store_resources::{Change, Document, Fault, Key, Table, View};

use crate::function::Versions;
use crate::{Unit, WebAclInput};

/// A unit and what was stored of it. `None` means that it is gone.
#[derive(Debug)]
pub enum Input {
    /// A stage.
    Stage {
        /// Which.
        unit: (RestApiId, StageName),
        /// Whose.
        scope: Scope,
        /// Its documents.
        found: Option<Box<StageInput>>,
    },
    /// An access key.
    AccessKey {
        /// Which.
        id: AccessKeyId,
        /// Whose.
        scope: Scope,
        /// Its document; an unreadable one says why.
        found: Option<Result<Box<AccessKey>, String>>,
    },
    /// A user.
    User {
        /// Which.
        name: Name,
        /// Whose.
        scope: Scope,
        /// Its document; an unreadable one says why.
        found: Option<Result<Box<User>, String>>,
    },
    /// A group.
    Group {
        /// Which.
        name: Name,
        /// Whose.
        scope: Scope,
        /// Its document; an unreadable one says why.
        found: Option<Result<Box<Group>, String>>,
    },
    /// A role.
    Role {
        /// Which.
        name: Name,
        /// Whose.
        scope: Scope,
        /// Its document; an unreadable one says why.
        found: Option<Result<Box<Role>, String>>,
    },
    /// A customer's managed policy.
    ManagedPolicy {
        /// Its ARN.
        arn: String,
        /// Whose.
        scope: Scope,
        /// Its document; an unreadable one says why.
        found: Option<Result<Box<ManagedPolicy>, String>>,
    },
    /// An API key.
    ApiKey {
        /// Which.
        id: ApiKeyId,
        /// Whose.
        scope: Scope,
        /// Its document; an unreadable one says why.
        found: Option<Result<Box<ApiKey>, String>>,
    },
    /// A usage plan.
    UsagePlan {
        /// Which.
        id: UsagePlanId,
        /// Whose.
        scope: Scope,
        /// Its document; an unreadable one says why.
        found: Option<Result<Box<UsagePlan>, String>>,
    },
    /// A server certificate.
    Certificate {
        /// Its first name.
        name: String,
        /// Whose.
        scope: Scope,
        /// Its document; an unreadable one says why.
        found: Option<Result<Box<LocalLeaf>, String>>,
    },
    /// A web ACL.
    WebAcl {
        /// Which.
        name: Name,
        /// Whose.
        scope: Scope,
        /// Its documents; an unreadable one says why.
        found: Option<Result<Box<WebAclInput>, String>>,
    },
    /// A function.
    Function {
        /// Which.
        name: FunctionName,
        /// Whose.
        scope: Scope,
        /// Its documents; an unreadable one says why.
        found: Option<Result<Box<FunctionInput>, String>>,
    },
}

/// A function's documents.
#[derive(Debug)]
pub struct FunctionInput {
    /// The function itself.
    pub function: Function,
    /// Its published versions by number; an unreadable one says why.
    pub versions: Vec<(u64, Result<FunctionVersion, String>)>,
}

/// A stage's documents; an unreadable or missing one says why.
#[derive(Debug)]
pub struct StageInput {
    /// The stage itself.
    pub stage: Result<Stage, String>,
    /// What it serves.
    pub deployment: Result<Deployment, String>,
}

/// How many documents are read at a time when a node starts.
const STEP: u32 = 500;

/// Whose documents are compiled.
const TABLES: [&str; 11] = [
    Stage::TABLE,
    ApiKey::TABLE,
    UsagePlan::TABLE,
    AccessKey::TABLE,
    User::TABLE,
    Group::TABLE,
    Role::TABLE,
    ManagedPolicy::TABLE,
    LocalLeaf::TABLE,
    Function::TABLE,
    WebAcl::TABLE,
];

/// Everything there is, some at a time, so that no more of it is held than what is compiled: what a node reads when it
/// starts.
#[derive(Debug, Default)]
pub struct Everything {
    /// How many tables have been read.
    tables: usize,
    after: Option<Key>,
}

impl Everything {
    /// What comes next; `None` when that was all.
    pub async fn next(&mut self, view: &mut dyn View) -> Result<Option<Vec<Input>>, Fault> {
        let Some(table) = TABLES.get(self.tables) else { return Ok(None) };
        let page = view.scan_table(table, self.after.as_ref(), STEP).await?;
        let mut inputs = Vec::with_capacity(page.documents.len());
        for document in &page.documents {
            inputs.extend(load_document(view, document).await?);
        }
        self.after = page.documents.last().map(|document| document.key.clone());
        if !page.more {
            (self.tables, self.after) = (self.tables + 1, None);
        }
        Ok(Some(inputs))
    }
}

/// What changed. The reverse index is short: a deployment never changes and an API's own settings reach its stages
/// only through a deployment, so stages, keys and usage plans are touched by their own documents alone (a key's document
/// names its plans).
pub async fn load_changes(view: &mut dyn View, changes: &[Change]) -> Result<Vec<Input>, Fault> {
    let mut touched: BTreeSet<(Scope, Unit)> =
        changes.iter().filter_map(|change| Some((change.key.scope.clone(), unit_of(&change.key)?))).collect();
    touched.extend(web_acls::touched(view, changes).await?);
    let mut inputs = Vec::with_capacity(touched.len());
    for (scope, unit) in touched {
        let (table, id) = match &unit {
            Unit::Stage(api, stage) => (Stage::TABLE, Stage::id_of(api, stage)),
            Unit::AccessKey(id) => (AccessKey::TABLE, id.to_string()),
            Unit::User(name) => (User::TABLE, name.name.to_string()),
            Unit::Group(name) => (Group::TABLE, name.name.to_string()),
            Unit::Role(name) => (Role::TABLE, name.name.to_string()),
            Unit::ManagedPolicy(arn) => match ManagedPolicy::of_arn(arn) {
                Some((_, id)) => (ManagedPolicy::TABLE, id.to_owned()),
                None => continue,
            },
            Unit::ApiKey(id) => (ApiKey::TABLE, id.to_string()),
            Unit::UsagePlan(id) => (UsagePlan::TABLE, id.to_string()),
            Unit::Certificate(name) => (LocalLeaf::TABLE, name.clone()),
            Unit::Function(name) => (Function::TABLE, name.name.to_string()),
            Unit::WebAcl(name) => (WebAcl::TABLE, name.name.to_string()),
        };
        match view.get(&Key::new(scope.clone(), Table(table), id)).await? {
            Some(document) => inputs.extend(load_document(view, &document).await?),
            None => inputs.push(gone(scope.clone(), unit)),
        }
    }
    Ok(inputs)
}

fn gone(scope: Scope, unit: Unit) -> Input {
    match unit {
        Unit::Stage(api, stage) => Input::Stage { unit: (api, stage), scope, found: None },
        Unit::AccessKey(id) => Input::AccessKey { id, scope, found: None },
        Unit::User(name) => Input::User { name, scope, found: None },
        Unit::Group(name) => Input::Group { name, scope, found: None },
        Unit::Role(name) => Input::Role { name, scope, found: None },
        Unit::ManagedPolicy(arn) => Input::ManagedPolicy { arn, scope, found: None },
        Unit::ApiKey(id) => Input::ApiKey { id, scope, found: None },
        Unit::UsagePlan(id) => Input::UsagePlan { id, scope, found: None },
        Unit::Certificate(name) => Input::Certificate { name, scope, found: None },
        Unit::Function(name) => Input::Function { name, scope, found: None },
        Unit::WebAcl(name) => Input::WebAcl { name, scope, found: None },
    }
}

fn unit_of(key: &Key) -> Option<Unit> {
    if key.table == Stage::TABLE {
        let (api, stage) = key.id.split_once('/')?;
        return Some(Unit::Stage(RestApiId::parse(api).ok()?, StageName::parse(stage).ok()?));
    }
    if key.table == AccessKey::TABLE {
        return Some(Unit::AccessKey(AccessKeyId::parse(&key.id).ok()?));
    }
    if key.table == ApiKey::TABLE {
        return Some(Unit::ApiKey(ApiKeyId::parse(&key.id).ok()?));
    }
    if key.table == UsagePlan::TABLE {
        return Some(Unit::UsagePlan(UsagePlanId::parse(&key.id).ok()?));
    }
    if let Some(unit) = principal_of(key) {
        return Some(unit);
    }
    if key.table == LocalLeaf::TABLE {
        return Some(Unit::Certificate(key.id.clone()));
    }
    if key.table == WebAcl::TABLE || key.table == LoggingConfiguration::TABLE {
        return Some(Unit::WebAcl(Name::new(key.scope.account, &key.id)));
    }
    function_of(key)
}

/// A function is touched by its own document and by those of its versions.
fn function_of(key: &Key) -> Option<Unit> {
    let name = if key.table == FunctionVersion::TABLE {
        FunctionVersion::function_of(&key.id)?
    } else if key.table == Function::TABLE {
        &key.id
    } else {
        return None;
    };
    Some(Unit::Function(FunctionName { account: key.scope.account, name: name.into() }))
}

fn principal_of(key: &Key) -> Option<Unit> {
    let account = key.scope.account;
    if key.table == User::TABLE {
        return Some(Unit::User(Name::new(account, &key.id)));
    }
    if key.table == Group::TABLE {
        return Some(Unit::Group(Name::new(account, &key.id)));
    }
    if key.table == Role::TABLE {
        return Some(Unit::Role(Name::new(account, &key.id)));
    }
    (key.table == ManagedPolicy::TABLE).then(|| Unit::ManagedPolicy(ManagedPolicy::arn_of(account, &key.id)))
}

async fn load_document(view: &mut dyn View, document: &Document) -> Result<Option<Input>, Fault> {
    let scope = document.key.scope.clone();
    Ok(match unit_of(&document.key) {
        Some(Unit::Stage(api, name)) => {
            let stage: Result<Stage, String> = read(document);
            let deployment = match &stage {
                Ok(stage) => load_deployment(view, &scope, &api, &stage.deployment_id).await?,
                Err(_) => Err("its stage cannot be read".to_owned()),
            };
            let found = Some(Box::new(StageInput { stage, deployment }));
            Some(Input::Stage { unit: (api, name), scope, found })
        }
        Some(Unit::AccessKey(id)) => {
            let found = Some(read(document).map(Box::new));
            Some(Input::AccessKey { id, scope, found })
        }
        Some(Unit::User(name)) => Some(Input::User { name, scope, found: Some(read(document).map(Box::new)) }),
        Some(Unit::Group(name)) => Some(Input::Group { name, scope, found: Some(read(document).map(Box::new)) }),
        Some(Unit::Role(name)) => Some(Input::Role { name, scope, found: Some(read(document).map(Box::new)) }),
        Some(Unit::ManagedPolicy(arn)) => {
            Some(Input::ManagedPolicy { arn, scope, found: Some(read(document).map(Box::new)) })
        }
        Some(Unit::ApiKey(id)) => Some(Input::ApiKey { id, scope, found: Some(read(document).map(Box::new)) }),
        Some(Unit::UsagePlan(id)) => Some(Input::UsagePlan { id, scope, found: Some(read(document).map(Box::new)) }),
        Some(Unit::Certificate(name)) => {
            let found = Some(read(document).map(Box::new));
            Some(Input::Certificate { name, scope, found })
        }
        Some(Unit::Function(name)) => {
            let found = match read::<Function>(document) {
                Ok(function) => {
                    let versions = load_versions(view, &scope, &function.name).await?;
                    Ok(Box::new(FunctionInput { function, versions }))
                }
                Err(why) => Err(why),
            };
            Some(Input::Function { name, scope, found: Some(found) })
        }
        Some(Unit::WebAcl(name)) => {
            let found = match read::<WebAcl>(document) {
                Ok(acl) => Ok(Box::new(web_acls::load(view, &scope, acl).await?)),
                Err(why) => Err(why),
            };
            Some(Input::WebAcl { name, scope, found: Some(found) })
        }
        None => None,
    })
}

async fn load_versions(view: &mut dyn View, scope: &Scope, function: &str) -> Result<Versions, Fault> {
    let prefix = Key::new(scope.clone(), Table(FunctionVersion::TABLE), FunctionVersion::prefix(function));
    let (mut versions, mut after) = (Versions::new(), None::<String>);
    loop {
        let page = view.scan(&prefix, after.as_deref(), STEP).await?;
        for document in &page.documents {
            let number = document.key.id.rsplit('/').next().and_then(|number| number.parse().ok());
            versions.extend(number.map(|number: u64| (number, read::<FunctionVersion>(document))));
        }
        after = page.documents.last().map(|document| document.key.id.clone());
        if !page.more {
            return Ok(versions);
        }
    }
}

async fn load_deployment(
    view: &mut dyn View,
    scope: &Scope,
    api: &RestApiId,
    deployment: &DeploymentId,
) -> Result<Result<Deployment, String>, Fault> {
    let key = Key::new(scope.clone(), Table(Deployment::TABLE), Deployment::id_of(api, deployment));
    let Some(document) = view.get(&key).await? else {
        return Ok(Err(format!("its deployment `{deployment}` does not exist")));
    };
    Ok(read(&document))
}

fn read<R: Record>(document: &Document) -> Result<R, String> {
    let unreadable =
        |fault| format!("the document `{}` of {} cannot be read: {fault}", document.key.id, document.key.table);
    serde_json::from_slice(&document.value).map_err(unreadable)
}
