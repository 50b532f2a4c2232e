//! The judge from outside: policies and requests as sentences, and what is decided.

#![cfg(test)]

mod support;
mod grammar;
mod matching;
mod principals;
mod conditions;
mod variables;
mod condition_keys;
mod layers;
mod laws;
mod trust;
mod flows;
mod explanations;
mod hostile;
