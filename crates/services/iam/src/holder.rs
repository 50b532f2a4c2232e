//! Users, groups and roles as holders of policies: what they have in common.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id.html>

use std::collections::{BTreeMap, BTreeSet};

use base::Scope;
use model::Record;
use model::iam::{Group, Role, User};
use operation::{Call, Failure};

use crate::find;
use crate::rules::name;

/// Somebody whom policies are given to.
pub(crate) trait Holder: Record + Send + Sync {
    /// `user`, `group` or `role`.
    const KIND: &'static str;
    /// The same with a capital.
    const TITLE: &'static str;
    /// The member of inputs that names it, such as `userName`.
    const MEMBER: &'static str;
    /// The longest name, in characters.
    const NAME_CHARS_MAX: usize;
    /// AWS's name of the quota of attached policies.
    const ATTACHED_QUOTA: &'static str;
    /// The most characters of all inline policies together, white space not counted.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>
    const INLINE_CHARS_MAX: usize;

    /// Its inline policies.
    fn inline(&mut self) -> &mut BTreeMap<String, String>;
    /// ARNs of attached managed policies.
    fn attached(&mut self) -> &mut BTreeSet<String>;
}

/// A holder that can be bounded: groups cannot.
pub(crate) trait Bounded: Holder {
    /// The ARN of its boundary.
    fn boundary(&mut self) -> &mut Option<String>;
}

/// Somebody by name.
pub(crate) async fn find<H: Holder>(call: &mut Call<'_>, name: &str) -> Result<H, Failure> {
    name::check(H::MEMBER, name, H::NAME_CHARS_MAX)?;
    find::named::<H>(call, H::KIND, name).await
}

/// The ARN of somebody whose path the call does not tell; `control` finds the true one.
pub(crate) fn arn<H: Holder>(scope: &Scope, name: &str) -> String {
    format!("arn:aws:iam::{}:{}/{name}", scope.account, H::KIND)
}

/// CloudTrail's name of somebody.
pub(crate) fn audited<H: Holder>(name: &str) -> Vec<(String, String)> {
    vec![(format!("AWS::IAM::{}", H::TITLE), name.to_owned())]
}

/// Declares an operation that takes the name of a user, group or role and further texts, and answers nothing.
macro_rules! on_holder {
    (
        $(#[$about:meta])*
        $operation:ident takes $input:ident { $name:ident $(, $other:ident)* },
        runs $run:ident::<$holder:ty> $(, tells $key:literal as $told:ident)?;
        const SPEC: Spec = $spec:expr;
    ) => {
        $(#[$about])*
        pub(crate) struct $operation;

        /// What the operation takes.
        #[derive(Debug, wire::Shape)]
        #[shape(upper)]
        pub(crate) struct $input {
            $name: String,
            $($other: String,)*
        }

        impl operation::Operation for $operation {
            const SPEC: operation::Spec = $spec;
            type Input = $input;
            type Output = $crate::nothing::Nothing;

            fn resource(input: &$input, scope: &base::Scope) -> String {
                $crate::holder::arn::<$holder>(scope, &input.$name)
            }

            $(fn keys(input: &$input, keys: policy::Keys) -> policy::Keys {
                keys.text($key, input.$told.as_str())
            })?

            fn audited(input: &$input) -> Vec<(String, String)> {
                $crate::holder::audited::<$holder>(&input.$name)
            }

            async fn run(
                input: &$input,
                call: &mut operation::Call<'_>,
            ) -> Result<$crate::nothing::Nothing, operation::Failure> {
                $run::<$holder>(call, &input.$name $(, &input.$other)*).await
            }
        }
    };
}

pub(crate) use on_holder;

macro_rules! holder {
    ($record:ty, $kind:literal, $title:literal, $name_chars:literal, $quota:literal, $inline_chars:literal) => {
        impl Holder for $record {
            const KIND: &'static str = $kind;
            const TITLE: &'static str = $title;
            const MEMBER: &'static str = concat!($kind, "Name");
            const NAME_CHARS_MAX: usize = $name_chars;
            const ATTACHED_QUOTA: &'static str = $quota;
            const INLINE_CHARS_MAX: usize = $inline_chars;

            fn inline(&mut self) -> &mut BTreeMap<String, String> {
                &mut self.inline
            }

            fn attached(&mut self) -> &mut BTreeSet<String> {
                &mut self.attached
            }
        }
    };
}

holder!(User, "user", "User", 128, "PoliciesPerUser", 2_048);
holder!(Group, "group", "Group", 128, "PoliciesPerGroup", 5_120);
holder!(Role, "role", "Role", 64, "PoliciesPerRole", 10_240);

impl Bounded for User {
    fn boundary(&mut self) -> &mut Option<String> {
        &mut self.boundary
    }
}

impl Bounded for Role {
    fn boundary(&mut self) -> &mut Option<String> {
        &mut self.boundary
    }
}
