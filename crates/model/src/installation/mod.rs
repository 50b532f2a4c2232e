//! What belongs to the installation itself: its accounts, the local certificate authority and its certificates.

pub mod account;
pub mod authority;
pub mod leaf;

pub use account::{Account, NewAccount};
pub use authority::LocalAuthority;
pub use leaf::LocalLeaf;
