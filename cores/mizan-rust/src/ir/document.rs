//! The interface document as typed values, read from and turned into plain data.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::error::{Problem, Result};
use crate::reader::{Reader, Record, check_reference, check_unique};
use crate::shape::{Body, Shape, endless_alias};
use crate::value::Value;

pub(super) const TRANSPORTS: [&str; 2] = ["http", "websocket"];
pub(super) const AUTH_WORDS: [&str; 4] = ["required", "staff", "superuser", "custom"];

const FUNCTION_MEMBERS: [&str; 10] = [
    "name",
    "camel",
    "transport",
    "auth",
    "context",
    "affects",
    "merge",
    "input",
    "output",
    "nullable",
];

/// An interface document, everything by its name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The named types.
    pub types: BTreeMap<String, Body>,
    /// The callable functions.
    pub functions: BTreeMap<String, Function>,
    /// The contexts.
    pub contexts: BTreeMap<String, Context>,
}

/// A function as clients see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// The function's name in generated code.
    pub camel: String,
    /// `http` or `websocket`.
    pub transport: &'static str,
    /// `required`, `staff`, `superuser` or `custom`.
    pub auth: Option<&'static str>,
    /// The context that it belongs to.
    pub context: Option<String>,
    /// What it makes stale: contexts, or one function of each. Distinct, in declaration order.
    pub affects: Vec<(String, Option<String>)>,
    /// Which slots of which contexts take its result. Distinct, in declaration order.
    pub merge: Vec<(String, String)>,
    /// The type of its arguments.
    pub input: Option<String>,
    /// The type of its result.
    pub output: String,
    /// Whether its result may be null.
    pub nullable: bool,
}

/// A context as clients see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    /// Its functions.
    pub functions: BTreeSet<String>,
    /// The parameters of all of them.
    pub params: BTreeMap<String, Param>,
}

/// A context's parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Whether every function of the context requires it.
    pub required: bool,
    /// Its shape.
    pub shape: Shape,
    /// The functions that declare it.
    pub shared_by: BTreeSet<String>,
}

/// The names that a context's references are checked against.
struct Known<'a> {
    types: HashSet<&'a str>,
    functions: HashSet<&'a str>,
}

impl Document {
    /// Reads plain data; a value error with the place when it is not an interface document.
    pub fn read(document: &Value) -> Result<Self> {
        let reader = Reader::of(document, "document")?;
        let record = reader.record(&["types", "functions", "contexts"], &[])?;
        let types = read_types(&record.member("types")?)?;
        let type_names = types.keys().map(String::as_str).collect();
        let functions = read_functions(&record.member("functions")?, &type_names)?;
        let function_names = functions.keys().map(String::as_str).collect();
        let known = Known {
            types: type_names,
            functions: function_names,
        };
        let contexts = read_contexts(&record.member("contexts")?, &known)?;
        Ok(Self {
            types,
            functions,
            contexts,
        })
    }

    /// The types that something emitted refers to, directly or through other types.
    pub(super) fn reached_types(&self) -> BTreeSet<&str> {
        let mut waiting = Vec::new();
        for function in self.functions.values() {
            waiting.extend(function.input.as_deref());
            waiting.push(&function.output);
        }
        for param in self
            .contexts
            .values()
            .flat_map(|context| context.params.values())
        {
            param.shape.collect_references(&mut waiting);
        }
        let mut reached = BTreeSet::new();
        while let Some(name) = waiting.pop() {
            if reached.insert(name) {
                self.types
                    .get(name)
                    .inspect(|body| body.collect_references(&mut waiting));
            }
        }
        reached
    }

    /// The document as plain data.
    pub fn to_value(&self) -> Value {
        Value::object([
            ("types", self.types.iter().map(type_value).collect()),
            (
                "functions",
                self.functions.iter().map(function_value).collect(),
            ),
            (
                "contexts",
                self.contexts.iter().map(context_value).collect(),
            ),
        ])
    }
}

fn read_types(reader: &Reader<'_>) -> Result<BTreeMap<String, Body>> {
    let items = reader.items()?;
    let records = records(&items, &["name", "body"])?;
    let names = unique_names(&records, "type")?;
    let known = names.iter().copied().collect();
    let read = |(name, record): (&str, &Record<'_>)| {
        Ok((
            name.to_owned(),
            Body::read(&record.member("body")?, &known)?,
        ))
    };
    let types = names.iter().copied().zip(&records).map(read);
    let types: BTreeMap<_, _> = types.collect::<Result<_>>()?;
    let endless =
        endless_alias(&types).and_then(|alias| names.iter().position(|name| *name == alias));
    if let Some(record) = endless.and_then(|index| records.get(index)) {
        return Err(record.member("body")?.refuse(Problem::EndlessAlias));
    }
    Ok(types)
}

fn read_functions(
    reader: &Reader<'_>,
    types: &HashSet<&str>,
) -> Result<BTreeMap<String, Function>> {
    let items = reader.items()?;
    let records = records(&items, &FUNCTION_MEMBERS)?;
    let names = unique_names(&records, "function")?;
    let read =
        |(name, record): (&str, &Record<'_>)| Ok((name.to_owned(), read_function(record, types)?));
    names.into_iter().zip(&records).map(read).collect()
}

fn read_function(record: &Record<'_>, types: &HashSet<&str>) -> Result<Function> {
    Ok(Function {
        camel: record.member("camel")?.text()?.to_owned(),
        transport: record.member("transport")?.one_of(&TRANSPORTS)?,
        auth: optional(&record.member("auth")?, |auth| auth.one_of(&AUTH_WORDS))?,
        context: record
            .member("context")?
            .optional_text()?
            .map(str::to_owned),
        affects: distinct(&record.member("affects")?, read_effect)?,
        merge: distinct(&record.member("merge")?, read_merge)?,
        input: optional(&record.member("input")?, |name| type_name(name, types))?,
        output: type_name(&record.member("output")?, types)?,
        nullable: record.member("nullable")?.flag()?,
    })
}

fn read_effect(reader: &Reader<'_>) -> Result<(String, Option<String>)> {
    let record = reader.record(&["context", "function"], &[])?;
    let context = record.member("context")?.text()?.to_owned();
    Ok((
        context,
        record
            .member("function")?
            .optional_text()?
            .map(str::to_owned),
    ))
}

fn read_merge(reader: &Reader<'_>) -> Result<(String, String)> {
    let record = reader.record(&["context", "slot"], &[])?;
    let context = record.member("context")?.text()?.to_owned();
    Ok((context, record.member("slot")?.text()?.to_owned()))
}

fn read_contexts(reader: &Reader<'_>, known: &Known<'_>) -> Result<BTreeMap<String, Context>> {
    let items = reader.items()?;
    let records = records(&items, &["name", "functions", "params"])?;
    let names = unique_names(&records, "context")?;
    let read = |(name, record): (&str, &Record<'_>)| {
        let functions = function_names(&record.member("functions")?, known)?;
        let params = read_params(&record.member("params")?, known)?;
        Ok((name.to_owned(), Context { functions, params }))
    };
    names.into_iter().zip(&records).map(read).collect()
}

fn read_params(reader: &Reader<'_>, known: &Known<'_>) -> Result<BTreeMap<String, Param>> {
    let items = reader.items()?;
    let records = records(&items, &["name", "required", "shape", "shared_by"])?;
    let names = unique_names(&records, "parameter")?;
    let read = |(name, record): (&str, &Record<'_>)| {
        let required = record.member("required")?.flag()?;
        let shape = Shape::read(&record.member("shape")?, &known.types)?;
        let shared_by = function_names(&record.member("shared_by")?, known)?;
        Ok((
            name.to_owned(),
            Param {
                required,
                shape,
                shared_by,
            },
        ))
    };
    names.into_iter().zip(&records).map(read).collect()
}

fn records<'a>(items: &'a [Reader<'a>], members: &[&str]) -> Result<Vec<Record<'a>>> {
    items.iter().map(|item| item.record(members, &[])).collect()
}

fn unique_names<'a>(records: &[Record<'a>], kind: &'static str) -> Result<Vec<&'a str>> {
    let names: Vec<_> = records
        .iter()
        .map(|record| record.member("name"))
        .collect::<Result<_>>()?;
    check_unique(&names, kind)
}

fn type_name(reader: &Reader<'_>, types: &HashSet<&str>) -> Result<String> {
    check_reference(reader, types, "type")
}

fn function_names(reader: &Reader<'_>, known: &Known<'_>) -> Result<BTreeSet<String>> {
    let name = |item| check_reference(item, &known.functions, "function");
    reader.items()?.iter().map(name).collect()
}

fn optional<T>(
    reader: &Reader<'_>,
    read: impl FnOnce(&Reader<'_>) -> Result<T>,
) -> Result<Option<T>> {
    if reader.value.is_null() {
        Ok(None)
    } else {
        read(reader).map(Some)
    }
}

fn distinct<T: Clone + Eq + std::hash::Hash>(
    reader: &Reader<'_>,
    read: impl Fn(&Reader<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let items: Vec<T> = reader.items()?.iter().map(read).collect::<Result<_>>()?;
    let mut seen = HashSet::with_capacity(items.len());
    Ok(items
        .iter()
        .filter(|item| seen.insert(*item))
        .cloned()
        .collect())
}

fn type_value((name, body): (&String, &Body)) -> Value {
    Value::object([("name", text(name)), ("body", body.to_value())])
}

fn function_value((name, function): (&String, &Function)) -> Value {
    let effect = |(context, function): &(String, Option<String>)| {
        Value::object([
            ("context", text(context)),
            ("function", function.clone().into()),
        ])
    };
    let merge = |(context, slot): &(String, String)| {
        Value::object([("context", text(context)), ("slot", text(slot))])
    };
    Value::object([
        ("name", text(name)),
        ("camel", text(&function.camel)),
        ("transport", text(function.transport)),
        ("auth", function.auth.into()),
        ("context", function.context.clone().into()),
        ("affects", function.affects.iter().map(effect).collect()),
        ("merge", function.merge.iter().map(merge).collect()),
        ("input", function.input.clone().into()),
        ("output", text(&function.output)),
        ("nullable", function.nullable.into()),
    ])
}

fn context_value((name, context): (&String, &Context)) -> Value {
    let params = context.params.iter().map(param_value);
    Value::object([
        ("name", text(name)),
        ("functions", texts(&context.functions)),
        ("params", params.collect()),
    ])
}

fn param_value((name, param): (&String, &Param)) -> Value {
    Value::object([
        ("name", text(name)),
        ("required", param.required.into()),
        ("shape", param.shape.to_value()),
        ("shared_by", texts(&param.shared_by)),
    ])
}

fn texts(names: &BTreeSet<String>) -> Value {
    Value::strings(names.iter().map(String::as_str))
}

fn text(name: &str) -> Value {
    Value::from(name)
}
