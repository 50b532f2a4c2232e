//! The trait an operation implements, and its form without type parameters that `control` runs.

use std::future::Future;

use base::Scope;
use futures_util::future::BoxFuture;
use policy::Keys;
use wire::{Invalid, Schema, Shape, Value};

use crate::{Call, Failure, Spec};

/// What [`Operation::resource`] answers where the input names nobody and thereby means the caller: `control` puts the
/// caller's own ARN in its place.
pub const CALLER: &str = "(the caller)";

/// One AWS operation. It has no means to authenticate, authorize, commit, publish or audit: `control` does that around it.
pub trait Operation: 'static {
    /// Its card.
    const SPEC: Spec;
    /// What it takes.
    type Input: Shape + Send + Sync + 'static;
    /// What it answers.
    type Output: Shape + Send + 'static;

    /// The ARN that IAM policies name for this call.
    fn resource(input: &Self::Input, scope: &Scope) -> String;

    /// What else the caller must be allowed, as AWS asks for some inputs: pairs of action and ARN.
    fn further(input: &Self::Input, scope: &Scope) -> Vec<(&'static str, String)> {
        let _ = (input, scope);
        Vec::new()
    }

    /// Adds the condition keys that only this call's input tells, such as `sts:ExternalId` or `aws:RequestTag/…`.
    fn keys(input: &Self::Input, keys: Keys) -> Keys {
        let _ = input;
        keys
    }

    /// CloudTrail's resource type and name pairs, such as `("AWS::ApiGateway::RestApi", "a1b2c3")`.
    fn audited(input: &Self::Input) -> Vec<(String, String)> {
        let _ = input;
        Vec::new()
    }

    /// The same for what the call made, whose name only its output tells.
    fn made(output: &Value) -> Vec<(String, String)> {
        let _ = output;
        Vec::new()
    }

    /// Does the work on the call's transaction. It may run more than once: a conflicting commit starts it anew.
    fn run(input: &Self::Input, call: &mut Call<'_>) -> impl Future<Output = Result<Self::Output, Failure>> + Send;
}

/// A call's decoded input, ready to be authorized and run.
pub trait Prepared: Send + Sync {
    /// The ARN that IAM policies name.
    fn resource(&self, scope: &Scope) -> String;
    /// What else the caller must be allowed.
    fn further(&self, scope: &Scope) -> Vec<(&'static str, String)>;
    /// Adds the condition keys that only this call's input tells.
    fn keys(&self, keys: Keys) -> Keys;
    /// CloudTrail's resource type and name pairs.
    fn audited(&self) -> Vec<(String, String)>;
    /// The same for what the call made.
    fn made(&self, output: &Value) -> Vec<(String, String)>;
    /// Runs the operation once.
    fn run<'a>(&'a self, call: &'a mut Call<'_>) -> BoxFuture<'a, Result<Value, Failure>>;
}

/// An operation in its service's table.
#[derive(Debug)]
pub struct Registered {
    /// Its card.
    pub spec: Spec,
    /// What it takes.
    pub input: &'static Schema,
    /// What it answers.
    pub output: &'static Schema,
    /// Reads a decoded value into the operation's own input.
    pub prepare: fn(Value) -> Result<Box<dyn Prepared>, Invalid>,
}

impl Registered {
    /// The table entry of `O`.
    pub fn of<O: Operation>() -> Self {
        Self { spec: O::SPEC, input: O::Input::SCHEMA, output: O::Output::SCHEMA, prepare: prepare::<O> }
    }
}

struct Input<O: Operation>(O::Input);

fn prepare<O: Operation>(value: Value) -> Result<Box<dyn Prepared>, Invalid> {
    Ok(Box::new(Input::<O>(O::Input::from_value(Some(value))?)))
}

impl<O: Operation> Prepared for Input<O> {
    fn resource(&self, scope: &Scope) -> String {
        O::resource(&self.0, scope)
    }

    fn further(&self, scope: &Scope) -> Vec<(&'static str, String)> {
        O::further(&self.0, scope)
    }

    fn keys(&self, keys: Keys) -> Keys {
        O::keys(&self.0, keys)
    }

    fn audited(&self) -> Vec<(String, String)> {
        O::audited(&self.0)
    }

    fn made(&self, output: &Value) -> Vec<(String, String)> {
        O::made(output)
    }

    fn run<'a>(&'a self, call: &'a mut Call<'_>) -> BoxFuture<'a, Result<Value, Failure>> {
        Box::pin(async move {
            let output = O::run(&self.0, call).await?;
            Ok(output.to_value().unwrap_or_else(|| Value::Map(Vec::new())))
        })
    }
}
