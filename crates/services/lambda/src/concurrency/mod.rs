//! Reserved concurrency. <https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>

mod put;
mod get;
mod delete;

use operation::Registered;

/// What an account may run at once, of all its functions.
pub(crate) const ACCOUNT: u32 = 1_000;
/// What must stay for functions without a reservation.
pub(crate) const UNRESERVED_MIN: u32 = 100;

pub(super) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<put::PutFunctionConcurrency>(),
        Registered::of::<get::GetFunctionConcurrency>(),
        Registered::of::<delete::DeleteFunctionConcurrency>(),
    ]
}

/// A reservation.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct Concurrency {
    reserved_concurrent_executions: Option<i32>,
}

impl Concurrency {
    /// So many.
    pub(crate) fn of(number: u32) -> Self {
        Self { reserved_concurrent_executions: Some(i32::try_from(number).unwrap_or(i32::MAX)) }
    }
}
