//! The members of a structure on their way in and out; what the derive macro writes stands on these two.

use crate::shape::present;
use crate::{Invalid, Shape, Value};

/// The members of a structure while they are read; for the derive macro.
#[derive(Debug)]
pub struct Fields(Vec<(String, Value)>);

impl Fields {
    /// Opens a structure's value.
    pub fn open(value: Option<Value>) -> Result<Self, Invalid> {
        match present(value)? {
            Value::Map(entries) => Ok(Self(entries)),
            _ => Err(Invalid::expected("structure")),
        }
    }

    /// Takes a member out.
    pub fn take<T: Shape>(&mut self, name: &str) -> Result<T, Invalid> {
        T::from_value(self.find(name)).map_err(|fault| fault.within(name))
    }

    /// Takes a member out, or its default where it is absent.
    pub fn take_or_default<T: Shape + Default>(&mut self, name: &str) -> Result<T, Invalid> {
        match self.find(name) {
            None | Some(Value::Null) => Ok(T::default()),
            found => T::from_value(found).map_err(|fault| fault.within(name)),
        }
    }

    fn find(&mut self, name: &str) -> Option<Value> {
        let place = self.0.iter().position(|(key, _)| key == name)?;
        Some(self.0.swap_remove(place).1)
    }
}

/// The members of a structure while they are written; for the derive macro.
#[derive(Debug, Default)]
pub struct Members(Vec<(String, Value)>);

impl Members {
    /// Adds a member, unless it is absent.
    #[must_use]
    pub fn put<T: Shape>(mut self, name: &str, member: &T) -> Self {
        self.0.extend(member.to_value().map(|value| (name.to_owned(), value)));
        self
    }

    /// Adds a member, unless it is absent or empty.
    #[must_use]
    pub fn put_unless_empty<T: Shape>(mut self, name: &str, member: &T) -> Self {
        self.0.extend(member.to_value().filter(|value| !value.is_empty()).map(|value| (name.to_owned(), value)));
        self
    }

    /// The structure's value.
    pub fn into_value(self) -> Value {
        Value::Map(self.0)
    }
}
