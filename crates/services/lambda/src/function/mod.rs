//! Functions. <https://docs.aws.amazon.com/lambda/latest/dg/lambda-functions.html>

mod create;
mod get;
mod get_configuration;
mod update_code;
mod update_configuration;
mod list;
mod delete;
#[cfg(test)]
mod tests;

use operation::Registered;

pub(super) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<create::CreateFunction>(),
        Registered::of::<get::GetFunction>(),
        Registered::of::<get_configuration::GetFunctionConfiguration>(),
        Registered::of::<update_code::UpdateFunctionCode>(),
        Registered::of::<update_configuration::UpdateFunctionConfiguration>(),
        Registered::of::<list::ListFunctions>(),
        Registered::of::<delete::DeleteFunction>(),
    ]
}

/// CloudTrail's resource pair of a function.
pub(crate) fn audited(name: &str) -> Vec<(String, String)> {
    vec![("AWS::Lambda::Function".to_owned(), name.to_owned())]
}
