//! The members of a JSON object.

/// Up to so many members are looked through one by one: names of different lengths are told apart at once.
const FEW: usize = 16;

/// The members of an object, sorted by code point of their names, one of each.
///
/// A sorted vector: objects are small, mostly arrive in order, and take one allocation this way.
#[derive(Clone, Debug, PartialEq)]
pub struct Members<V>(Vec<(String, V)>);

impl<V> Members<V> {
    /// No members.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// No members yet, with room for `count`.
    pub fn with_capacity(count: usize) -> Self {
        Self(Vec::with_capacity(count))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&V> {
        if self.len() <= FEW {
            return self
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value);
        }
        let index = self.position(name).ok()?;
        self.0.get(index).map(|(_, value)| value)
    }

    /// Whether there is a member of that name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets a member; the value that it had before, if any, is returned.
    pub fn insert(&mut self, name: String, value: V) -> Option<V> {
        if self.0.last().is_none_or(|(last, _)| *last < name) {
            self.0.push((name, value));
            return None;
        }
        match self.position(&name) {
            Ok(index) => self
                .0
                .get_mut(index)
                .map(|(_, known)| std::mem::replace(known, value)),
            Err(index) => {
                self.0.insert(index, (name, value));
                None
            }
        }
    }

    /// The names, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The members, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Where the member of that name is, or where it would be.
    fn position(&self, name: &str) -> Result<usize, usize> {
        self.0
            .binary_search_by(|(known, _)| known.as_str().cmp(name))
    }
}

impl<V> Default for Members<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V> FromIterator<(String, V)> for Members<V> {
    fn from_iter<I: IntoIterator<Item = (String, V)>>(members: I) -> Self {
        let members = members.into_iter();
        let mut collected = Self::with_capacity(members.size_hint().0);
        collected.extend(members);
        collected
    }
}

impl<V> Extend<(String, V)> for Members<V> {
    fn extend<I: IntoIterator<Item = (String, V)>>(&mut self, members: I) {
        for (name, value) in members {
            self.insert(name, value);
        }
    }
}

impl<V, const N: usize> From<[(String, V); N]> for Members<V> {
    fn from(members: [(String, V); N]) -> Self {
        members.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn they_are_a_sorted_map(pairs in prop::collection::vec(("[a-e\u{e9}]{0,2}", 0..9_i64), 0..40)) {
            let mut map = BTreeMap::new();
            let mut members = Members::new();
            for (name, number) in pairs {
                let known = map.insert(name.clone(), number);
                prop_assert_eq!(members.insert(name, number), known);
            }
            prop_assert_eq!(members.len(), map.len());
            prop_assert_eq!(members.is_empty(), map.is_empty());
            prop_assert!(members.keys().eq(map.keys()));
            prop_assert!(members.iter().map(|(_, value)| value).eq(map.values()));
            for name in ["", "a", "ab", "é", "d"] {
                prop_assert_eq!(members.get(name), map.get(name));
                prop_assert_eq!(members.contains_key(name), map.contains_key(name));
            }
        }
    }
}
