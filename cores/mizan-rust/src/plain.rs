//! Objects in their plain form (docs/protocol.md section 3), written once and read from where they
//! stand.

use std::ops::Range;

use crate::canonical::{Form, Writer};
use crate::error::{Error, Result};
use crate::path::Path;
use crate::value::Members;

/// How many containers are open where a member's value begins: what is hashed, and the object.
const DEPTH: usize = 2;

const COLON: usize = 1;

/// Where the members of an object stand in the JSON around it.
#[derive(Clone, Debug)]
pub(crate) struct PlainMembers {
    members: Vec<Member>,
}

#[derive(Clone, Debug)]
struct Member {
    name: Range<usize>,
    value: Range<usize>,
}

/// Appends an object to `json`, of the members that `push` pushes.
pub(crate) fn write<E>(
    json: &mut Vec<u8>,
    push: impl FnOnce(&mut PlainWriter<'_>) -> Result<(), E>,
) -> Result<(), E> {
    write_object(json, None, push)
}

fn write_object<E>(
    json: &mut Vec<u8>,
    members: Option<&mut Vec<Member>>,
    push: impl FnOnce(&mut PlainWriter<'_>) -> Result<(), E>,
) -> Result<(), E> {
    json.push(b'{');
    push(&mut PlainWriter {
        writer: Writer::inside(json, Form::Plain, DEPTH),
        members,
    })?;
    json.push(b'}');
    Ok(())
}

impl PlainMembers {
    /// As [`write`], and notes where the members stand.
    pub(crate) fn write<E>(
        json: &mut Vec<u8>,
        push: impl FnOnce(&mut PlainWriter<'_>) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut members = Vec::new();
        write_object(json, Some(&mut members), push)?;
        Ok(Self { members })
    }

    /// Whether there are no members.
    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Each name and its value, as they stand in `json`, the one that was written to.
    pub(crate) fn of<'a>(&'a self, json: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.members.iter().filter_map(|member| {
            json.get(member.name.clone())
                .zip(json.get(member.value.clone()))
        })
    }
}

/// Takes the members of an object, and writes their values in their plain form.
#[derive(Debug)]
pub struct PlainWriter<'j> {
    writer: Writer<'j>,
    /// Where the members stand, if anybody asks for that.
    members: Option<&'j mut Vec<Member>>,
}

impl PlainWriter<'_> {
    /// Writes a member, in the order of the names, each name once; `value` writes its value.
    pub fn member<E: From<Error>>(
        &mut self,
        name: &str,
        value: impl FnOnce(&mut Writer<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let before = self.writer.len();
        self.writer.key(name);
        let start = self.writer.len();
        value(&mut self.writer)?;
        if let Some(members) = &mut self.members {
            let separator = usize::from(!members.is_empty());
            members.push(Member {
                name: before + separator..start - COLON,
                value: start..self.writer.len(),
            });
        }
        Ok(())
    }

    /// Writes the members of an argument, none for None.
    pub fn extend(&mut self, members: Option<&Members>, argument: &str) -> Result<()> {
        let Some(members) = members else {
            return Ok(());
        };
        let path = Path::root(argument);
        members.iter().try_for_each(|(name, value)| {
            self.member(name, |writer| writer.value(value, &path.key(name)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn members_are_found_where_they_stand() {
        let members = Members::from([
            ("a\"é".to_owned(), Value::Float(5.0)),
            (
                "b".to_owned(),
                Value::List(vec![Value::Null, Value::from(",")]),
            ),
            ("c".to_owned(), Value::object([("d", Value::Bool(true))])),
        ]);
        let mut json = b"[".to_vec();
        let written =
            PlainMembers::write(&mut json, |object| object.extend(Some(&members), "x")).unwrap();
        let expected = r#"[{"a\"\u00e9":5,"b":[null,","],"c":{"d":true}}"#;
        assert_eq!(String::from_utf8(json.clone()).unwrap(), expected);
        let found: Vec<_> = written
            .of(&json)
            .map(|(name, value)| [name, value].map(|part| std::str::from_utf8(part).unwrap()))
            .collect();
        let expected = [
            [r#""a\"\u00e9""#, "5"],
            [r#""b""#, r#"[null,","]"#],
            [r#""c""#, r#"{"d":true}"#],
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn nothing_is_an_empty_object() {
        let mut json = Vec::new();
        let written = PlainMembers::write(&mut json, |object| object.extend(None, "x")).unwrap();
        assert!(written.is_empty());
        assert_eq!(json, b"{}");
    }
}
