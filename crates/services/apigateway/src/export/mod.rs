//! Exports: `/restapis/{restapi_id}/stages/{stage_name}/exports/{export_type}`.

mod get;

pub(crate) use get::GetExport;
