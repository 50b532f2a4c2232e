//! Rule groups. <https://docs.aws.amazon.com/waf/latest/developerguide/waf-user-created-rule-groups.html>

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

use view::RuleGroup;

pub(super) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<create::CreateRuleGroup>(),
        Registered::of::<get::GetRuleGroup>(),
        Registered::of::<update::UpdateRuleGroup>(),
        Registered::of::<delete::DeleteRuleGroup>(),
        Registered::of::<list::ListRuleGroups>(),
    ]
}
