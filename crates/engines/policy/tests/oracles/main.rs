//! The judge beside others: thousands of generated policies and requests, decided by this crate, by the `iam-rs` crate and
//! by moto's evaluator. A disagreement is a failure, unless a named class explains it with AWS's own page.

#![cfg(test)]

mod random;
mod case;
mod class;
mod ours;
mod iam_rs_crate;
mod moto;
