//! The judge from outside: public vectors, forged and broken tokens, key sets, authorizers' URIs.

mod support;
mod hostile;
mod claims;
mod keys;
mod uris;
mod vectors;
