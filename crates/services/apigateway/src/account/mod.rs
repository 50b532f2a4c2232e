//! The account's settings: `/account`.

mod get;
mod update;
mod view;

pub(crate) use get::GetAccount;
pub(crate) use update::UpdateAccount;
pub(crate) use view::AccountView;
