//! The judge from outside: policies and requests as sentences, and what is decided.

#![cfg(test)]

mod support;
mod grammar;
mod matching;
mod principals;
mod conditions;
mod variables;
mod layers;
mod explanations;
mod hostile;
