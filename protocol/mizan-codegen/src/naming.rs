//! Names of generated code: how they are spelled, and that no two are alike.

use std::collections::HashSet;

use unicode_ident::{is_xid_continue, is_xid_start};

/// The camel name of a name of the protocol (docs/protocol.md section 11).
pub fn camel(name: &str) -> String {
    let name = name.replace(['.', '-'], "_");
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |camel, part| camel + &pascal(part))
}

/// The name with its first letter in upper case.
pub fn pascal(name: &str) -> String {
    let mut characters = name.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// The name in lower case with `_` between its words, as Python spells names of functions.
pub fn snake(name: &str) -> String {
    name.replace(['.', '-'], "_")
}

/// Whether the character may stand in a name, at its beginning or behind it, in every language and release: the tables of
/// some are older than ours, which has letters of later planes, and took the middle dots of Katakana for none.
pub fn is_letter(character: char, first: bool) -> bool {
    let is_known = character < '\u{10000}' && !matches!(character, '\u{30fb}' | '\u{ff65}');
    let is_unicode = if first {
        is_xid_start(character)
    } else {
        is_xid_continue(character)
    };
    character == '_' || (is_known && is_unicode)
}

/// What a language takes for a name, and which words it keeps for itself.
#[derive(Clone, Copy, Debug)]
pub struct Spelling {
    /// Whether a character may stand in a name, at its beginning or behind it.
    pub allows: fn(char, bool) -> bool,
    /// The words that are no names.
    pub reserved: &'static [&'static str],
}

/// The names that are taken in one scope of generated code.
#[derive(Clone, Debug)]
pub struct Scope {
    spelling: Spelling,
    taken: HashSet<String>,
}

impl Scope {
    /// A scope in which nothing is taken but the reserved words.
    pub fn new(spelling: Spelling) -> Self {
        let taken = spelling.reserved.iter().map(ToString::to_string).collect();
        Self { spelling, taken }
    }

    /// Takes names that generated code has whatever the interface says.
    pub fn reserve(&mut self, names: &[&str]) {
        self.taken.extend(names.iter().map(ToString::to_string));
    }

    /// Takes the first of `wishes` that is free, else the last one with a number behind it.
    pub fn claim(&mut self, wishes: &[impl AsRef<str>]) -> String {
        let name = self.find(wishes);
        self.taken.insert(name.clone());
        name
    }

    /// What `claim` would take.
    pub fn find(&self, wishes: &[impl AsRef<str>]) -> String {
        let wishes: Vec<_> = wishes
            .iter()
            .map(|wish| self.spell(wish.as_ref()))
            .collect();
        let free = wishes.iter().find(|wish| self.is_free(wish));
        free.cloned()
            .unwrap_or_else(|| self.numbered(wishes.last()))
    }

    /// Whether nobody has taken the name.
    pub fn is_free(&self, name: &str) -> bool {
        !self.taken.contains(name)
    }

    fn numbered(&self, wish: Option<&String>) -> String {
        let stem = wish.map_or("_", String::as_str);
        let reserved = self.spelling.reserved.contains(&stem);
        let stem = if reserved {
            format!("{stem}_")
        } else {
            stem.to_owned()
        };
        let numbers = (2..).map(|number| format!("{stem}{number}"));
        let mut names = reserved.then(|| stem.clone()).into_iter().chain(numbers);
        names.find(|name| self.is_free(name)).unwrap_or(stem)
    }

    /// The nearest name that the language takes.
    fn spell(&self, wish: &str) -> String {
        let mut name = String::with_capacity(wish.len());
        for character in wish.chars() {
            if name.is_empty() && !(self.spelling.allows)(character, true) {
                name.push('_');
            }
            let fits = (self.spelling.allows)(character, name.is_empty());
            name.push(if fits { character } else { '_' });
        }
        if name.is_empty() {
            "_".to_owned()
        } else {
            name
        }
    }
}

/// Claims the first of some names that is free.
macro_rules! claim {
    ($scope:expr, $($wish:literal),+) => {
        $scope.claim(&[$(format!($wish)),+])
    };
}

pub(crate) use claim;

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Spelling = Spelling {
        allows: |character, first| {
            character.is_ascii_alphabetic()
                || character == '_'
                || (!first && character.is_ascii_digit())
        },
        reserved: &["delete"],
    };

    #[test]
    fn names_are_spelled_as_the_protocol_says() {
        for (name, expected) in [
            ("place_order", "placeOrder"),
            ("contact.submit", "contactSubmit"),
            ("user-detail", "userDetail"),
            ("Already", "Already"),
            ("_private", "Private"),
            ("a__b", "aB"),
        ] {
            assert_eq!(camel(name), expected);
        }
        assert_eq!(pascal("éclair"), "Éclair");
    }

    #[test]
    fn no_two_names_of_a_scope_are_alike() {
        let mut scope = Scope::new(PLAIN);
        scope.reserve(&["fixed"]);
        let mut claim = |wishes: &[&str]| scope.claim(wishes);
        assert_eq!(claim(&["order"]), "order");
        assert_eq!(claim(&["order", "anOrder"]), "anOrder");
        assert_eq!(claim(&["order", "anOrder"]), "anOrder2");
        assert_eq!(claim(&["order", "anOrder"]), "anOrder3");
        assert_eq!(claim(&["delete"]), "delete_");
        assert_eq!(claim(&["delete"]), "delete_2");
        assert_eq!(claim(&["fixed"]), "fixed2");
        assert_eq!(claim(&["9lives"]), "_9lives");
        assert_eq!(claim(&["a b"]), "a_b");
        assert_eq!(claim(&[""]), "_");
    }
}
