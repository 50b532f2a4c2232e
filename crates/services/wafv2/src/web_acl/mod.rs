//! Web ACLs. <https://docs.aws.amazon.com/waf/latest/developerguide/web-acl.html>

mod create;
mod get;
mod update;
mod delete;
mod list;
mod settings;
mod view;
#[cfg(test)]
mod tests;

use operation::Registered;

pub(crate) use view::WebACL;

pub(super) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<create::CreateWebACL>(),
        Registered::of::<get::GetWebACL>(),
        Registered::of::<update::UpdateWebACL>(),
        Registered::of::<delete::DeleteWebACL>(),
        Registered::of::<list::ListWebACLs>(),
    ]
}
