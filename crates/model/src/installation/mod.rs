//! What belongs to the installation itself: the local certificate authority and its certificates.

pub mod authority;
pub mod leaf;

pub use authority::LocalAuthority;
pub use leaf::LocalLeaf;
