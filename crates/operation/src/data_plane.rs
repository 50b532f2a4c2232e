//! The port to the journey: what a service needs of it. `gateway` implements it, `portcullis` injects it.

/// The decision record of one request, in words and as data.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// For people: one line a step.
    pub text: String,
    /// For programs.
    pub data: serde_json::Value,
}

/// The data plane as the control plane may ask it.
pub trait DataPlane: Send + Sync + std::fmt::Debug {
    /// Renders a stored trail. An error says what is wrong with its bytes.
    fn explain(&self, trail: &[u8]) -> Result<Explanation, String>;
}
