//! What is wrong with a document, in AWS's terms.

/// A document that AWS would refuse with `WAFInvalidParameterException`.
/// <https://docs.aws.amazon.com/waf/latest/APIReference/API_WAFInvalidParameterException.html>
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}; field: {field}, parameter: {parameter}")]
pub struct Invalid {
    /// `Field`: one of AWS's `ParameterExceptionField` names, such as `STATEMENT` or `FIELD_TO_MATCH`.
    pub field: &'static str,
    /// `Parameter`: the offending value, shortened.
    pub parameter: String,
    /// `Reason`: what is wrong with it, in one sentence.
    pub reason: String,
}
