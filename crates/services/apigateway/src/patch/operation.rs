//! One PATCH operation as it travels. <https://docs.aws.amazon.com/apigateway/latest/api/API_PatchOperation.html>

/// What to do, where, with what.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
pub(crate) struct PatchOperation {
    /// What to do.
    pub(crate) op: Option<Op>,
    /// A JSON pointer into the resource.
    pub(crate) path: Option<String>,
    /// The new value; always text.
    pub(crate) value: Option<String>,
    /// The source of a copy.
    pub(crate) from: Option<String>,
}

/// The operations of JSON patch. API Gateway takes `add`, `remove` and `replace`, and `copy` for canaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum Op {
    #[shape("add")]
    Add,
    #[shape("remove")]
    Remove,
    #[shape("replace")]
    Replace,
    #[shape("move")]
    Move,
    #[shape("copy")]
    Copy,
    #[shape("test")]
    Test,
}

impl Op {
    /// Its word.
    pub(crate) fn as_str(self) -> &'static str {
        wire::Choice::as_text(&self)
    }
}
