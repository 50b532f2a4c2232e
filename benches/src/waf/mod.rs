//! What the firewall is measured with: attacks and harmless requests that grammars make, and public test data.

pub mod wire;
pub mod random;
pub mod grammar;
pub mod encode;
pub mod attacks;
pub mod benign;
pub mod foreign;
pub mod values;
pub mod differential;
pub mod acl;
pub mod compiling;
pub mod rates;
pub mod speed;
pub mod slow;
pub mod captcha;
pub mod peer;
