//! Whole calls against the embedded store and the real services, with a clock that stands still.

#![cfg(test)]

mod support;

mod identify;
mod authenticate;
mod authorize;
mod sessions;
mod users;
mod audit;
mod history;
mod secrets;
mod served;
mod conflicts;
mod publisher;
mod jobs;
mod retention;
mod bootstrap;
mod wire_level;
mod hostile;
