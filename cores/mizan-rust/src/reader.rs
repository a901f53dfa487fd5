//! Reading plain data with a place for every complaint: `spec.functions[0].name: expected a string`.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::error::{Error, Problem, Result};
use crate::keyword::{Keyword, expected};
use crate::path::Path;
use crate::value::{Members, Value};

/// A value and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    pub(crate) value: &'a Value,
    pub(crate) path: Path<'a>,
}

impl<'a> Reader<'a> {
    /// A reader of a whole argument, after the check that all of it is JSON.
    pub(crate) fn of(value: &'a Value, label: &'a str) -> Result<Self> {
        let path = Path::root(label);
        value.check(&path, 1)?;
        Ok(Self { value, path })
    }

    /// What had to stand here.
    pub(crate) fn fail(&self, expected: impl Into<Cow<'static, str>>) -> Error {
        self.refuse(Problem::expected(expected))
    }

    /// What is wrong here.
    pub(crate) fn refuse(&self, problem: Problem) -> Error {
        Error::invalid(self.path, problem)
    }

    pub(crate) fn text(&self) -> Result<&'a str> {
        match self.value {
            Value::String(text) => Ok(text),
            _ => Err(self.fail("a string")),
        }
    }

    pub(crate) fn optional_text(&self) -> Result<Option<&'a str>> {
        match self.value {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text)),
            _ => Err(self.fail("a string or null")),
        }
    }

    /// What `read` makes of what stands here, unless that is null.
    pub(crate) fn optional<T>(&self, read: impl FnOnce(&Self) -> Result<T>) -> Result<Option<T>> {
        if self.value.is_null() {
            return Ok(None);
        }
        read(self).map(Some)
    }

    /// The value whose word stands here.
    pub(crate) fn keyword<K: Keyword>(&self) -> Result<K> {
        self.keyword_among(K::ALL)
    }

    /// The one of `known` whose word stands here.
    pub(crate) fn keyword_among<K: Keyword>(&self, known: &[K]) -> Result<K> {
        let found = match self.value {
            Value::String(word) => K::find(known, word),
            _ => None,
        };
        found.ok_or_else(|| self.fail(expected(known)))
    }

    pub(crate) fn flag(&self) -> Result<bool> {
        match self.value {
            Value::Bool(flag) => Ok(*flag),
            _ => Err(self.fail("true or false")),
        }
    }

    pub(crate) fn items(&'a self) -> Result<Vec<Reader<'a>>> {
        let Value::List(items) = self.value else {
            return Err(self.fail("a list"));
        };
        let item = |(index, value)| Reader {
            value,
            path: self.path.index(index),
        };
        Ok(items.iter().enumerate().map(item).collect())
    }

    /// What `read` makes of each item of a list.
    pub(crate) fn each<T, C: FromIterator<T>>(
        &self,
        read: impl Fn(&Reader<'_>) -> Result<T>,
    ) -> Result<C> {
        self.items()?.iter().map(read).collect()
    }

    /// Every member of an object, sorted by name.
    pub(crate) fn members(&'a self) -> Result<impl Iterator<Item = (&'a str, Reader<'a>)>> {
        Ok(self
            .object()?
            .iter()
            .map(|(key, value)| (key, self.at(key, value))))
    }

    /// The member of that name of an object.
    pub(crate) fn find(&'a self, name: &'a str) -> Result<Option<Reader<'a>>> {
        Ok(self.object()?.get(name).map(|value| self.at(name, value)))
    }

    /// The member of that name of an object, which must be there.
    pub(crate) fn require(&'a self, name: &'a str) -> Result<Reader<'a>> {
        let found = self.find(name)?;
        found.ok_or_else(|| self.refuse(Problem::MissingMember(name.to_owned())))
    }

    /// The members of an object that has all of `required` and nothing beside those and `optional`.
    pub(crate) fn record(&'a self, required: &[&str], optional: &[&str]) -> Result<Record<'a>> {
        let record = Record {
            owner: self,
            members: self.object()?,
        };
        let is_there = |name: &&&str| record.members.contains_key(name);
        if let Some(name) = required.iter().find(|name| !is_there(name)) {
            return Err(record.missing(name));
        }
        let found = required.len() + optional.iter().filter(is_there).count();
        if found == record.members.len() {
            return Ok(record);
        }
        let is_known = |name: &str| required.contains(&name) || optional.contains(&name);
        match record.members.keys().find(|name| !is_known(name)) {
            Some(name) => Err(self.refuse(Problem::UnknownMember(name.to_owned()))),
            None => Ok(record),
        }
    }

    fn object(&self) -> Result<&'a Members> {
        match self.value {
            Value::Map(members) => Ok(members),
            _ => Err(self.fail("an object")),
        }
    }

    fn at(&'a self, key: &'a str, value: &'a Value) -> Reader<'a> {
        Reader {
            value,
            path: self.path.key(key),
        }
    }
}

/// An object whose member names have been checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a> {
    owner: &'a Reader<'a>,
    members: &'a Members,
}

impl<'a> Record<'a> {
    /// How many members it has.
    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    pub(crate) fn member(&self, name: &'a str) -> Result<Reader<'a>> {
        self.find(name).ok_or_else(|| self.missing(name))
    }

    pub(crate) fn find(&self, name: &'a str) -> Option<Reader<'a>> {
        self.members
            .get(name)
            .map(|value| self.owner.at(name, value))
    }

    /// The string of that name, if there is one.
    pub(crate) fn find_text(&self, name: &'a str) -> Result<Option<String>> {
        self.find(name)
            .map(|reader| Ok(reader.text()?.to_owned()))
            .transpose()
    }

    fn missing(&self, name: &str) -> Error {
        self.owner.refuse(Problem::MissingMember(name.to_owned()))
    }
}

/// The name at `reader`, which must be among `known`.
pub(crate) fn check_reference(
    reader: &Reader<'_>,
    known: &HashSet<&str>,
    kind: &'static str,
) -> Result<String> {
    let name = reader.text()?;
    if known.contains(name) {
        return Ok(name.to_owned());
    }
    let name = name.to_owned();
    Err(reader.refuse(Problem::UnknownName { kind, name }))
}

/// The names at `readers`, each of which may come once.
pub(crate) fn check_unique<'a>(readers: &[Reader<'a>], kind: &'static str) -> Result<Vec<&'a str>> {
    let mut known = HashSet::with_capacity(readers.len());
    let mut names = Vec::with_capacity(readers.len());
    for reader in readers {
        let name = reader.text()?;
        if !known.insert(name) {
            let name = name.to_owned();
            return Err(reader.refuse(Problem::Repeated { kind, name }));
        }
        names.push(name);
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<T: std::fmt::Debug>(result: Result<T>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn records_have_what_they_must_and_nothing_else() {
        let value = Value::object([("b", Value::Null), ("x y", Value::Null)]);
        let reader = Reader::of(&value, "spec").unwrap();
        assert_eq!(
            message(reader.record(&["b", "a"], &[])),
            "spec: \"a\" is missing"
        );
        assert_eq!(
            message(reader.record(&["b"], &[])),
            "spec: unknown member \"x y\""
        );
        let record = reader.record(&["b"], &["x y", "z"]).unwrap();
        assert!(record.find("z").is_none());
        let member = record.member("x y").unwrap();
        assert_eq!(message(member.text()), "spec[\"x y\"]: expected a string");
        assert_eq!(message(member.items()), "spec[\"x y\"]: expected a list");
        let text = Value::from("t");
        let reader = Reader::of(&text, "spec").unwrap();
        assert_eq!(message(reader.record(&[], &[])), "spec: expected an object");
        assert_eq!(
            message(reader.keyword::<crate::constraints::Scalar>()),
            "spec: expected one of integer, number, boolean, string"
        );
        assert_eq!(message(reader.flag()), "spec: expected true or false");
    }

    #[test]
    fn names_come_once() {
        let value = Value::strings(["a", "b", "a"]);
        let reader = Reader::of(&value, "names").unwrap();
        let items = reader.items().unwrap();
        assert_eq!(
            message(check_unique(&items, "type")),
            "names[2]: the type \"a\" comes twice"
        );
        assert_eq!(check_unique(&items[..2], "type").unwrap(), ["a", "b"]);
        let known = HashSet::from(["a"]);
        let missing = check_reference(&items[1], &known, "type");
        assert_eq!(message(missing), "names[1]: no type is named \"b\"");
    }

    #[test]
    fn all_of_an_argument_is_checked_first() {
        let value = Value::object([("a", Value::Float(f64::INFINITY))]);
        let error = message(Reader::of(&value, "spec"));
        assert_eq!(error, "spec.a: NaN and infinities have no JSON form");
    }
}
