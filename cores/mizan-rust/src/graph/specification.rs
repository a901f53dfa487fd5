//! What a graph is compiled from: the registered functions, typed, by hand or read from plain data
//! (docs/engine-data.md).

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use crate::error::{Error, Problem, Result};
use crate::reader::{Reader, Record, check_unique};
use crate::shape::{Body, Shape, endless_alias};
use crate::value::Value;

use super::{Auth, Place};

const FUNCTION_MEMBERS: [&str; 9] = [
    "name",
    "context",
    "params",
    "output",
    "affects",
    "merge",
    "auto_scope",
    "private",
    "auth",
];
const PARAM_MEMBERS: [&str; 4] = ["name", "shape", "required", "identity"];

/// The registered functions, and the types that they name. Serde reads it from the form of
/// docs/engine-data.md, as [`read`](Self::read) does.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "Value")]
pub struct Specification {
    /// What each named type stands for.
    pub types: BTreeMap<String, Body>,
    /// The functions, in any order.
    pub functions: Vec<Function>,
}

/// A registered function.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its name (docs/protocol.md section 1).
    pub name: String,
    /// The context that it belongs to.
    pub context: Option<String>,
    /// Its parameters by name.
    pub params: BTreeMap<String, Param>,
    /// The type of its result; None on the view path.
    pub output: Option<Shape>,
    /// What a call makes stale.
    pub affects: Vec<Target>,
    /// Which slots take its result.
    pub merge: Vec<MergeTarget>,
    /// Whether parameters of its targets' names narrow them.
    pub auto_scope: bool,
    /// Whether clients may not call it.
    pub private: bool,
    /// Whom it is for; None for everybody.
    pub auth: Option<Auth>,
}

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// The type of its values.
    pub shape: Shape,
    /// Whether a call must have a value for it.
    pub required: bool,
    /// The name of how its values are told apart; None when equal values need not have one identity.
    pub identity: Option<String>,
}

/// What `affects` or `merge` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A string as typed: a context, else a function inside one.
    Name(String),
    /// A Context object.
    Context(String),
    /// A function object.
    Function(String),
}

/// What `merge` names, and how a result becomes an item of a list where it says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeTarget {
    /// The context, or a function in it.
    pub target: Target,
    /// The field that tells items apart; None for `id`.
    pub key: Option<String>,
    /// Where an item goes that is new; None for [`Place::Refetch`].
    pub place: Option<Place>,
}

impl Specification {
    /// Reads plain data; [`Error::Invalid`] names the place where it is no specification.
    pub fn read(spec: &Value) -> Result<Self> {
        let reader = Reader::of(spec, "spec")?;
        let record = reader.record(&["types", "functions"], &[])?;
        let table = record.member("types")?;
        let bodies: Vec<_> = table.members()?.collect();
        let known: HashSet<&str> = bodies.iter().map(|(name, _)| *name).collect();
        let body =
            |(name, body): &(&str, Reader<'_>)| Ok(((*name).to_owned(), Body::read(body, &known)?));
        let types: BTreeMap<_, _> = bodies.iter().map(body).collect::<Result<_>>()?;
        if let Some(name) = endless_alias(
            &types
                .iter()
                .map(|(name, body)| (name.as_str(), body))
                .collect(),
        ) {
            let path = table.path.key(name);
            return Err(Error::invalid(path, Problem::EndlessAlias));
        }
        let functions = record.member("functions")?;
        let functions = functions.items()?;
        let functions = functions
            .iter()
            .map(|function| Function::read(function, &known));
        Ok(Self {
            types,
            functions: functions.collect::<Result<_>>()?,
        })
    }
}

impl TryFrom<Value> for Specification {
    type Error = Error;

    fn try_from(spec: Value) -> Result<Self> {
        Self::read(&spec)
    }
}

impl Function {
    fn read(reader: &Reader<'_>, types: &HashSet<&str>) -> Result<Self> {
        let record = reader.record(&FUNCTION_MEMBERS, &[])?;
        Ok(Self {
            name: record.member("name")?.text()?.to_owned(),
            context: record
                .member("context")?
                .optional_text()?
                .map(str::to_owned),
            params: read_params(&record.member("params")?, types)?,
            output: record
                .member("output")?
                .optional(|reader| Shape::read(reader, types))?,
            affects: record.member("affects")?.each(Target::read)?,
            merge: record.member("merge")?.each(MergeTarget::read)?,
            auto_scope: record.member("auto_scope")?.flag()?,
            private: record.member("private")?.flag()?,
            auth: record.member("auth")?.optional(Reader::keyword)?,
        })
    }
}

impl Target {
    fn read(reader: &Reader<'_>) -> Result<Self> {
        let members: Vec<_> = reader.members()?.collect();
        let expected = r#"an object with one member: "name", "context" or "function""#;
        Self::of(&members)?.ok_or_else(|| reader.fail(expected))
    }

    /// The target that these members say, if it is one.
    fn of(members: &[(&str, Reader<'_>)]) -> Result<Option<Self>> {
        Ok(match members {
            [("name", name)] => Some(Self::Name(name.text()?.to_owned())),
            [("context", name)] => Some(Self::Context(name.text()?.to_owned())),
            [("function", name)] => Some(Self::Function(name.text()?.to_owned())),
            _ => None,
        })
    }

    /// The name, whatever it names.
    pub(super) fn value(&self) -> &str {
        match self {
            Self::Name(value) | Self::Context(value) | Self::Function(value) => value,
        }
    }
}

impl MergeTarget {
    fn read(reader: &Reader<'_>) -> Result<Self> {
        let members = reader.members()?;
        let members: Vec<_> = members
            .filter(|(name, _)| !matches!(*name, "key" | "place"))
            .collect();
        let expected =
            r#"an object with "name", "context" or "function", and perhaps "key" and "place""#;
        let target = Target::of(&members)?.ok_or_else(|| reader.fail(expected))?;
        let (key, place) = (reader.find("key")?, reader.find("place")?);
        Ok(Self {
            target,
            key: key.map(|key| key.text().map(str::to_owned)).transpose()?,
            place: place.map(|place| place.keyword()).transpose()?,
        })
    }

    /// Whether it says how items of a list are merged.
    pub(super) const fn is_for_items(&self) -> bool {
        self.key.is_some() || self.place.is_some()
    }
}

fn read_params(reader: &Reader<'_>, types: &HashSet<&str>) -> Result<BTreeMap<String, Param>> {
    let items = reader.items()?;
    let records = items.iter().map(|item| item.record(&PARAM_MEMBERS, &[]));
    let records: Vec<_> = records.collect::<Result<_>>()?;
    let names: Vec<_> = records
        .iter()
        .map(|record| record.member("name"))
        .collect::<Result<_>>()?;
    let names = check_unique(&names, "parameter")?;
    let param = |(name, record): (&str, &Record<'_>)| {
        let param = Param {
            shape: Shape::read(&record.member("shape")?, types)?,
            required: record.member("required")?.flag()?,
            identity: record
                .member("identity")?
                .optional_text()?
                .map(str::to_owned),
        };
        Ok((name.to_owned(), param))
    };
    names.into_iter().zip(&records).map(param).collect()
}
