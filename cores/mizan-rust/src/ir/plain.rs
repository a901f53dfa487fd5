//! The interface document read from plain data (docs/engine-data.md), and turned into it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::constraints::{count, expected_count};
use crate::error::{Problem, Result};
use crate::graph::{Auth, MergeMode, mode::Mode};
use crate::reader::{Reader, Record, check_reference, check_unique};
use crate::shape::{Body, Shape, endless_alias, object};
use crate::value::Value;

use super::document::{Cache, Context, Document, Effect, Function, Merge, Param, Type};
use super::parts::plain as parts;

const FUNCTION_MEMBERS: [&str; 13] = [
    "name",
    "description",
    "idempotent",
    "camel",
    "transport",
    "auth",
    "context",
    "cache",
    "affects",
    "merge",
    "input",
    "output",
    "nullable",
];

/// The names that a context's references are checked against.
struct Known<'a> {
    types: HashSet<&'a str>,
    functions: HashSet<&'a str>,
}

impl Document {
    /// Reads plain data; a value error with the place when it is not an interface document.
    pub fn read(document: &Value) -> Result<Self> {
        let reader = Reader::of(document, "document")?;
        let record = reader.record(
            &["types", "functions", "contexts"],
            &["channels", "forms", "views", "compositions"],
        )?;
        let types = read_types(&record.member("types")?)?;
        let type_names = types.keys().map(String::as_str).collect();
        let functions = read_functions(&record.member("functions")?, &type_names)?;
        let function_names = functions.keys().map(String::as_str).collect();
        let known = Known {
            types: type_names,
            functions: function_names,
        };
        let contexts = read_contexts(&record.member("contexts")?, &known)?;
        let channels = parts::read_channels(record.find("channels"), &known.types)?;
        let forms = parts::read_forms(record.find("forms"), &known.types)?;
        let views = parts::read_views(record.find("views"), &known.types)?;
        let context_names = contexts.keys().map(String::as_str).collect();
        let compositions = parts::read_compositions(record.find("compositions"), &context_names)?;
        Ok(Self {
            types,
            functions,
            contexts,
            channels,
            forms,
            views,
            compositions,
        })
    }

    /// The document as plain data. What few documents have is a member where there is some.
    pub fn to_value(&self) -> Value {
        let mut members = vec![
            ("types", self.types.iter().map(type_value).collect()),
            (
                "functions",
                self.functions.iter().map(function_value).collect(),
            ),
            (
                "contexts",
                self.contexts.iter().map(context_value).collect(),
            ),
        ];
        let channels = self.channels.iter().map(parts::channel_value).collect();
        let forms = self.forms.iter().map(parts::form_value).collect();
        let views = self.views.iter().map(parts::view_value).collect();
        let compositions = self
            .compositions
            .iter()
            .map(parts::composition_value)
            .collect();
        let rare: [(_, Value, _); 4] = [
            ("channels", channels, self.channels.is_empty()),
            ("forms", forms, self.forms.is_empty()),
            ("views", views, self.views.is_empty()),
            ("compositions", compositions, self.compositions.is_empty()),
        ];
        let there = rare.into_iter().filter(|(.., is_empty)| !is_empty);
        members.extend(there.map(|(name, value, _)| (name, value)));
        object(members)
    }
}

fn read_types(reader: &Reader<'_>) -> Result<BTreeMap<String, Type>> {
    let items = reader.items()?;
    let records = records(&items, &["name", "body"], &["description"])?;
    let names = unique_names(&records, "type")?;
    let known = names.iter().copied().collect();
    let read = |(name, record): (&str, &Record<'_>)| {
        let description = record.find_text("description")?;
        let body = Body::read(&record.member("body")?, &known)?;
        Ok((name.to_owned(), Type { description, body }))
    };
    let types = names.iter().copied().zip(&records).map(read);
    let types: BTreeMap<_, _> = types.collect::<Result<_>>()?;
    let bodies = types
        .iter()
        .map(|(name, named)| (name.as_str(), &named.body));
    let endless = endless_alias(&bodies.collect())
        .and_then(|alias| names.iter().position(|name| *name == alias));
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
    let records = records(&items, &FUNCTION_MEMBERS, &["errors"])?;
    let names = unique_names(&records, "function")?;
    let read =
        |(name, record): (&str, &Record<'_>)| Ok((name.to_owned(), read_function(record, types)?));
    names.into_iter().zip(&records).map(read).collect()
}

fn read_function(record: &Record<'_>, types: &HashSet<&str>) -> Result<Function> {
    Ok(Function {
        description: read_optional_text(&record.member("description")?)?,
        idempotent: record.member("idempotent")?.flag()?,
        camel: record.member("camel")?.text()?.to_owned(),
        transport: record.member("transport")?.keyword()?,
        auth: optional(&record.member("auth")?, read_auth)?,
        context: read_optional_text(&record.member("context")?)?,
        cache: optional(&record.member("cache")?, read_cache)?,
        affects: read_effects(&record.member("affects")?)?,
        merge: read_merges(&record.member("merge")?)?,
        errors: parts::read_errors(record.find("errors"), types)?,
        input: optional(&record.member("input")?, |name| type_name(name, types))?,
        output: type_name(&record.member("output")?, types)?,
        nullable: record.member("nullable")?.flag()?,
    })
}

pub(super) fn read_optional_text(reader: &Reader<'_>) -> Result<Option<String>> {
    Ok(reader.optional_text()?.map(str::to_owned))
}

pub(super) fn read_auth(reader: &Reader<'_>) -> Result<Auth> {
    reader.keyword()
}

fn read_cache(reader: &Reader<'_>) -> Result<Cache> {
    let record = reader.record(&["ttl", "shared"], &[])?;
    Ok(Cache {
        ttl: optional(&record.member("ttl")?, read_count)?,
        shared: record.member("shared")?.flag()?,
    })
}

pub(super) fn read_count(reader: &Reader<'_>) -> Result<u64> {
    count(reader.value).ok_or_else(|| reader.fail(expected_count()))
}

/// Effects, each once.
pub(super) fn read_effects(reader: &Reader<'_>) -> Result<Vec<Effect>> {
    Ok(distinct(&read_all(reader, read_effect)?))
}

fn read_effect(reader: &Reader<'_>) -> Result<Effect> {
    let record = reader.record(&["context", "function"], &[])?;
    Ok(Effect {
        context: record.member("context")?.text()?.to_owned(),
        function: read_optional_text(&record.member("function")?)?,
    })
}

/// Merges, of which each slot has one.
fn read_merges(reader: &Reader<'_>) -> Result<Vec<Merge>> {
    let merges = distinct(&read_all(reader, read_merge)?);
    let mut slots = HashSet::new();
    for merge in &merges {
        if !slots.insert((&merge.context, &merge.slot)) {
            return Err(reader.refuse(Problem::rule("a slot takes a result in one way")));
        }
    }
    Ok(merges)
}

fn read_merge(reader: &Reader<'_>) -> Result<Merge> {
    let mode = match reader.find("mode")? {
        Some(mode) => mode.keyword()?,
        None => return Err(reader.refuse(Problem::MissingMember("mode".to_owned()))),
    };
    let own: &[&str] = match mode {
        Mode::Upsert => &["context", "slot", "mode", "key", "place"],
        Mode::Replace | Mode::Refetch => &["context", "slot", "mode"],
    };
    let record = reader.record(own, &[])?;
    Ok(Merge {
        context: record.member("context")?.text()?.to_owned(),
        slot: record.member("slot")?.text()?.to_owned(),
        mode: match mode {
            Mode::Replace => MergeMode::Replace,
            Mode::Refetch => MergeMode::Refetch,
            Mode::Upsert => MergeMode::Upsert {
                key: record.member("key")?.text()?.to_owned(),
                place: record.member("place")?.keyword()?,
            },
        },
    })
}

fn read_contexts(reader: &Reader<'_>, known: &Known<'_>) -> Result<BTreeMap<String, Context>> {
    let items = reader.items()?;
    let records = records(&items, &["name", "functions", "params"], &[])?;
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
    let records = records(&items, &["name", "required", "shape", "shared_by"], &[])?;
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

pub(super) fn records<'a>(
    items: &'a [Reader<'a>],
    required: &[&str],
    optional: &[&str],
) -> Result<Vec<Record<'a>>> {
    items
        .iter()
        .map(|item| item.record(required, optional))
        .collect()
}

pub(super) fn unique_names<'a>(records: &[Record<'a>], kind: &'static str) -> Result<Vec<&'a str>> {
    let names: Vec<_> = records
        .iter()
        .map(|record| record.member("name"))
        .collect::<Result<_>>()?;
    check_unique(&names, kind)
}

pub(super) fn type_name(reader: &Reader<'_>, types: &HashSet<&str>) -> Result<String> {
    check_reference(reader, types, "type")
}

fn function_names(reader: &Reader<'_>, known: &Known<'_>) -> Result<BTreeSet<String>> {
    let name = |item: &Reader<'_>| check_reference(item, &known.functions, "function");
    reader.items()?.iter().map(name).collect()
}

pub(super) fn optional<T>(
    reader: &Reader<'_>,
    read: impl FnOnce(&Reader<'_>) -> Result<T>,
) -> Result<Option<T>> {
    if reader.value.is_null() {
        Ok(None)
    } else {
        read(reader).map(Some)
    }
}

pub(super) fn read_all<T>(
    reader: &Reader<'_>,
    read: impl Fn(&Reader<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    reader.items()?.iter().map(read).collect()
}

fn distinct<T: Clone + Eq + std::hash::Hash>(items: &[T]) -> Vec<T> {
    let mut seen = HashSet::with_capacity(items.len());
    let first = items.iter().filter(|item| seen.insert(*item));
    first.cloned().collect()
}

fn type_value((name, named): (&String, &Type)) -> Value {
    let mut members = vec![("name", text(name)), ("body", named.body.to_value())];
    members.extend(named.description.iter().map(|it| ("description", text(it))));
    object(members)
}

fn function_value((name, function): (&String, &Function)) -> Value {
    let mut members = vec![
        ("name", text(name)),
        ("description", function.description.clone().into()),
        ("idempotent", function.idempotent.into()),
        ("camel", text(&function.camel)),
        ("transport", function.transport.as_str().into()),
        ("auth", function.auth.map(Auth::as_str).into()),
        ("context", function.context.clone().into()),
        ("cache", function.cache.map(cache_value).into()),
        (
            "affects",
            function.affects.iter().map(effect_value).collect(),
        ),
        ("merge", function.merge.iter().map(merge_value).collect()),
        ("input", function.input.clone().into()),
        ("output", text(&function.output)),
        ("nullable", function.nullable.into()),
    ];
    if !function.errors.is_empty() {
        let errors = function.errors.iter().map(parts::error_value).collect();
        members.push(("errors", errors));
    }
    object(members)
}

fn cache_value(cache: Cache) -> Value {
    let ttl = cache.ttl.and_then(|ttl| i64::try_from(ttl).ok());
    Value::object([("ttl", ttl.into()), ("shared", cache.shared.into())])
}

pub(super) fn effect_value(effect: &Effect) -> Value {
    Value::object([
        ("context", text(&effect.context)),
        ("function", effect.function.clone().into()),
    ])
}

fn merge_value(merge: &Merge) -> Value {
    let mut members = vec![
        ("context", text(&merge.context)),
        ("slot", text(&merge.slot)),
        ("mode", merge.mode.as_str().into()),
    ];
    if let MergeMode::Upsert { key, place } = &merge.mode {
        members.extend([("key", text(key)), ("place", place.as_str().into())]);
    }
    object(members)
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

pub(super) fn text(name: &str) -> Value {
    Value::from(name)
}
