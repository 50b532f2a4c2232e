//! An answer's header fields in their order. A handful is found by looking at each: hashing their names and growing a map
//! cost more than writing them out.

use http::{HeaderMap, HeaderName, HeaderValue};

/// Header fields, one entry a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(HeaderName, HeaderValue)>);

impl Fields {
    /// None yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// None yet, with room for so many.
    pub fn with_capacity(room: usize) -> Self {
        Self(Vec::with_capacity(room))
    }

    /// Adds a field behind the others, whatever others have its name.
    pub fn append(&mut self, name: HeaderName, value: HeaderValue) {
        self.0.push((name, value));
    }

    /// Sets a field in place of all of its name.
    pub fn set(&mut self, name: &HeaderName, value: HeaderValue) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            None => self.0.push((name.clone(), value)),
            Some((_, first)) => {
                *first = value;
                let mut nth = 0;
                self.0.retain(|(known, _)| {
                    nth += usize::from(known == name);
                    known != name || nth == 1
                });
            }
        }
    }

    /// Adds a field unless there is one of its name.
    pub fn set_if_absent(&mut self, name: &HeaderName, value: impl FnOnce() -> HeaderValue) {
        if !self.contains(name) {
            self.0.push((name.clone(), value()));
        }
    }

    /// Whether there is a field of this name.
    pub fn contains(&self, name: &HeaderName) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// The first value of this name.
    pub fn get(&self, name: &HeaderName) -> Option<&HeaderValue> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// All values of this name.
    pub fn get_all<'f>(&'f self, name: &'f HeaderName) -> impl Iterator<Item = &'f HeaderValue> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value)
    }

    /// Each field's name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<(HeaderName, HeaderValue)>> for Fields {
    fn from(fields: Vec<(HeaderName, HeaderValue)>) -> Self {
        Self(fields)
    }
}

impl From<HeaderMap> for Fields {
    fn from(map: HeaderMap) -> Self {
        let mut fields: Vec<(HeaderName, HeaderValue)> = Vec::with_capacity(map.len());
        for (name, value) in map {
            // Only the first of a name's values comes with the name.
            let name = name.or_else(|| fields.last().map(|(name, _)| name.clone()));
            fields.extend(name.map(|name| (name, value)));
        }
        Self(fields)
    }
}

impl FromIterator<(HeaderName, HeaderValue)> for Fields {
    fn from_iter<I: IntoIterator<Item = (HeaderName, HeaderValue)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_field_that_is_set_takes_the_place_of_all_of_its_name() {
        let name = HeaderName::from_static;
        let value = HeaderValue::from_static;
        let mut fields: Fields =
            [("a", "1"), ("b", "2"), ("a", "3"), ("c", "4")].map(|(n, v)| (name(n), value(v))).into_iter().collect();
        fields.set(&name("a"), value("5"));
        fields.set(&name("d"), value("6"));
        fields.set_if_absent(&name("d"), || value("7"));
        fields.set_if_absent(&name("e"), || value("8"));
        let texts: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        assert_eq!(texts, [("a", "5"), ("b", "2"), ("c", "4"), ("d", "6"), ("e", "8")]);
        assert_eq!((fields.get(&name("b")), fields.get(&name("x"))), (Some(&value("2")), None));
    }

    proptest! {
        #[test]
        fn it_holds_what_a_map_holds(
            steps in prop::collection::vec((any::<bool>(), 0usize..5, 0usize..9), 0..20)
        ) {
            let names = ["a", "b", "date", "x-amzn-requestid", "set-cookie"].map(HeaderName::from_static);
            let (mut fields, mut map) = (Fields::new(), HeaderMap::new());
            for (sets, name, value) in steps {
                let value = HeaderValue::from(value);
                if sets {
                    fields.set(&names[name], value.clone());
                    map.insert(&names[name], value);
                } else {
                    fields.append(names[name].clone(), value.clone());
                    map.append(&names[name], value);
                }
            }
            prop_assert_eq!(fields.len(), map.len());
            for name in &names {
                let (ours, theirs): (Vec<_>, Vec<_>) = (fields.get_all(name).collect(), map.get_all(name).iter().collect());
                prop_assert_eq!(ours, theirs);
            }
            let all = Fields::from(map);
            prop_assert!(names.iter().all(|name| all.get_all(name).eq(fields.get_all(name))));
        }
    }
}
