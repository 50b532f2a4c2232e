//! Tags of APIs and stages: `/tags/{resource_arn}`.

mod list;
mod set;
mod unset;
mod target;
pub(crate) mod access;

pub(crate) use list::GetTags;
pub(crate) use set::TagResource;
pub(crate) use unset::UntagResource;
