//! Stages: `/restapis/{restapi_id}/stages/{stage_name}`.

mod create;
mod get;
mod list;
mod update;
mod settings;
mod delete;
mod view;

pub(crate) use create::{CreateStage, NewStage, room_for_one_more};
pub(crate) use delete::{DeleteStage, remove};
pub(crate) use get::GetStage;
pub(crate) use list::GetStages;
pub(crate) use update::UpdateStage;
pub(crate) use view::StageView;
