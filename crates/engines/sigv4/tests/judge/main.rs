//! The judge from outside: public vectors, a second opinion, refusals in AWS's words, hostile heads.

#![cfg(test)]

mod support;
mod vectors;
mod wycheproof;
mod oracle;
mod refusals;
mod invoke;
mod multi_region;
mod tampering;
mod readings;
mod hostile;
