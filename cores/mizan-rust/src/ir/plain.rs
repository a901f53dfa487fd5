//! The interface document read from plain data (docs/engine-data.md), and turned into it.
//!
//! What the members of each part are, and how each is read, stands once: in the table of [`parts!`].

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::Hash;

use crate::constraints::{self, CHECKS, count, expected_count};
use crate::error::{Problem, Result};
use crate::graph::{MergeMode, mode::Mode};
use crate::keyword::Keyword;
use crate::reader::{Reader, Record, check_reference, check_unique};
use crate::shape::{Body, Literal, Shape, endless_alias, read_default, read_literal};
use crate::value::{Members, Value};

use super::document::{Cache, Context, Document, Function, Merge, Param, Type};
use super::parts::{
    Channel, Choice, Composition, Effect, ErrorCase, Form, FormField, Many, View, expected_status,
    status,
};

/// The names that references are checked against.
#[derive(Default)]
struct Known<'a> {
    types: HashSet<&'a str>,
    functions: HashSet<&'a str>,
    contexts: HashSet<&'a str>,
}

/// What has a form in plain data.
trait Plain: Sized {
    fn read(reader: &Reader<'_>, known: &Known<'_>) -> Result<Self>;

    /// The same, or null.
    fn read_optional(reader: &Reader<'_>, known: &Known<'_>) -> Result<Option<Self>> {
        reader.optional(|reader| Self::read(reader, known))
    }

    fn value(&self) -> Value;
}

/// What is an object there.
trait Part: Sized {
    const REQUIRED: &'static [&'static str];
    const OPTIONAL: &'static [&'static str];

    fn from_record(record: &Record<'_>, known: &Known<'_>) -> Result<Self>;

    fn members(&self) -> Members;
}

/// What is an object that has its own name among the members: one of a list, each of another name.
trait Named: Part {
    const NAME: &'static str;
    const KIND: &'static str;
}

impl Document {
    /// Reads plain data; a value error with the place when it is not an interface document.
    pub fn read(document: &Value) -> Result<Self> {
        let reader = Reader::of(document, "document")?;
        let record = reader.record(
            &["types", "functions", "contexts"],
            &["channels", "forms", "views", "compositions"],
        )?;
        let mut known = Known::default();
        let listed = record.member("types")?;
        let listed = listed.items()?;
        known.types = records::<Type>(&listed)?
            .into_iter()
            .map(|it| it.0)
            .collect();
        let types = read_named(&listed, &known)?;
        check_aliases(&types, &listed)?;
        let functions = BTreeMap::<_, Function>::read(&record.member("functions")?, &known)?;
        known.functions = functions.keys().map(String::as_str).collect();
        let contexts = BTreeMap::<_, Context>::read(&record.member("contexts")?, &known)?;
        known.contexts = contexts.keys().map(String::as_str).collect();
        Ok(Self {
            channels: find(&record, "channels", Plain::read, &known)?,
            forms: find(&record, "forms", Plain::read, &known)?,
            views: find(&record, "views", Plain::read, &known)?,
            compositions: find(&record, "compositions", Plain::read, &known)?,
            types,
            functions,
            contexts,
        })
    }

    /// The document as plain data. What few documents have is a member where there is some.
    pub fn to_value(&self) -> Value {
        let rare = [
            ("channels", self.channels.value()),
            ("forms", self.forms.value()),
            ("views", self.views.value()),
            ("compositions", self.compositions.value()),
        ];
        let always = [
            ("types", self.types.value()),
            ("functions", self.functions.value()),
            ("contexts", self.contexts.value()),
        ];
        let is_there = |(_, parts): &(_, Value)| *parts != Value::List(Vec::new());
        Value::object(always.into_iter().chain(rare.into_iter().filter(is_there)))
    }
}

fn check_aliases(types: &BTreeMap<String, Type>, listed: &[Reader<'_>]) -> Result<()> {
    let bodies = types.iter().map(|(name, it)| (name.as_str(), &it.body));
    let Some(endless) = endless_alias(&bodies.collect()) else {
        return Ok(());
    };
    let alias = records::<Type>(listed)?
        .into_iter()
        .find(|it| it.0 == endless);
    alias.map_or(Ok(()), |(_, record)| {
        Err(record.member("body")?.refuse(Problem::EndlessAlias))
    })
}

/// The objects of a list with their names.
fn records<'a, T: Named>(items: &'a [Reader<'a>]) -> Result<Vec<(&'a str, Record<'a>)>> {
    let record = |item: &'a Reader<'a>| item.record(T::REQUIRED, T::OPTIONAL);
    let records: Vec<_> = items.iter().map(record).collect::<Result<_>>()?;
    let names = records.iter().map(|record| record.member(T::NAME));
    let names = check_unique(&names.collect::<Result<Vec<_>>>()?, T::KIND)?;
    Ok(names.into_iter().zip(records).collect())
}

fn read_named<T: Named>(items: &[Reader<'_>], known: &Known<'_>) -> Result<BTreeMap<String, T>> {
    let read = |(name, record): (&str, _)| Ok((name.to_owned(), T::from_record(&record, known)?));
    records::<T>(items)?.into_iter().map(read).collect()
}

/// The member of that name; what stands for it where there is none.
fn find<T: Default>(
    record: &Record<'_>,
    name: &'static str,
    read: impl FnOnce(&Reader<'_>, &Known<'_>) -> Result<T>,
    known: &Known<'_>,
) -> Result<T> {
    let member = record.find(name);
    member.map_or_else(|| Ok(T::default()), |member| read(&member, known))
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl<T: Named> Plain for BTreeMap<String, T> {
    fn read(reader: &Reader<'_>, known: &Known<'_>) -> Result<Self> {
        read_named(&reader.items()?, known)
    }

    fn value(&self) -> Value {
        let value = |(name, part): (&String, &T)| {
            let mut members = part.members();
            members.insert(T::NAME.to_owned(), name.value());
            Value::Map(members)
        };
        self.iter().map(value).collect()
    }
}

impl<T: Plain> Plain for Option<T> {
    fn read(reader: &Reader<'_>, known: &Known<'_>) -> Result<Self> {
        T::read_optional(reader, known)
    }

    fn value(&self) -> Value {
        self.as_ref().map(T::value).into()
    }
}

impl<T: Plain> Plain for Vec<T> {
    fn read(reader: &Reader<'_>, known: &Known<'_>) -> Result<Self> {
        reader.each(|item| T::read(item, known))
    }

    fn value(&self) -> Value {
        self.iter().map(T::value).collect()
    }
}

impl Plain for BTreeSet<String> {
    fn read(reader: &Reader<'_>, known: &Known<'_>) -> Result<Self> {
        Ok(Vec::read(reader, known)?.into_iter().collect())
    }

    fn value(&self) -> Value {
        Value::strings(self.iter().map(String::as_str))
    }
}

impl Plain for String {
    fn read(reader: &Reader<'_>, _: &Known<'_>) -> Result<Self> {
        Ok(reader.text()?.to_owned())
    }

    fn read_optional(reader: &Reader<'_>, _: &Known<'_>) -> Result<Option<Self>> {
        Ok(reader.optional_text()?.map(str::to_owned))
    }

    fn value(&self) -> Value {
        self.as_str().into()
    }
}

impl<K: Keyword> Plain for K {
    fn read(reader: &Reader<'_>, _: &Known<'_>) -> Result<Self> {
        reader.keyword()
    }

    fn value(&self) -> Value {
        self.word().into()
    }
}

impl Plain for bool {
    fn read(reader: &Reader<'_>, _: &Known<'_>) -> Result<Self> {
        reader.flag()
    }

    fn value(&self) -> Value {
        (*self).into()
    }
}

impl Plain for u64 {
    fn read(reader: &Reader<'_>, _: &Known<'_>) -> Result<Self> {
        count(reader.value).ok_or_else(|| reader.fail(expected_count()))
    }

    fn value(&self) -> Value {
        i64::try_from(*self).ok().into()
    }
}

/// The status of an error.
impl Plain for u16 {
    fn read(reader: &Reader<'_>, _: &Known<'_>) -> Result<Self> {
        status(reader.value).ok_or_else(|| reader.fail(expected_status()))
    }

    fn value(&self) -> Value {
        Value::Int((*self).into())
    }
}

impl Plain for Body {
    fn read(reader: &Reader<'_>, known: &Known<'_>) -> Result<Self> {
        Self::read(reader, &known.types)
    }

    fn value(&self) -> Value {
        self.to_value()
    }
}

impl Plain for Shape {
    fn read(reader: &Reader<'_>, known: &Known<'_>) -> Result<Self> {
        Self::read(reader, &known.types)
    }

    fn value(&self) -> Value {
        self.to_value()
    }
}

impl Plain for Literal {
    fn read(reader: &Reader<'_>, _: &Known<'_>) -> Result<Self> {
        read_literal(reader)
    }

    fn value(&self) -> Value {
        self.to_value()
    }
}

/// A scalar.
impl Plain for Value {
    fn read(reader: &Reader<'_>, _: &Known<'_>) -> Result<Self> {
        read_default(reader)
    }

    fn value(&self) -> Value {
        self.clone()
    }
}

impl Plain for Merge {
    fn read(reader: &Reader<'_>, _: &Known<'_>) -> Result<Self> {
        let mode = reader.require("mode")?.keyword()?;
        let own: &[&str] = match mode {
            Mode::Upsert => &["context", "slot", "mode", "key", "place"],
            Mode::Replace | Mode::Refetch => &["context", "slot", "mode"],
        };
        let record = reader.record(own, &[])?;
        Ok(Self {
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

    fn value(&self) -> Value {
        let mut members = vec![
            ("context", self.context.value()),
            ("slot", self.slot.value()),
            ("mode", self.mode.as_str().into()),
        ];
        if let MergeMode::Upsert { key, place } = &self.mode {
            members.extend([("key", key.value()), ("place", place.value())]);
        }
        Value::object(members)
    }
}

/// Merges, of which each slot has one.
fn merges(reader: &Reader<'_>, known: &Known<'_>) -> Result<Vec<Merge>> {
    let merges: Vec<Merge> = distinct(reader, known)?;
    let mut slots = HashSet::new();
    if merges
        .iter()
        .all(|it| slots.insert((&it.context, &it.slot)))
    {
        return Ok(merges);
    }
    Err(reader.refuse(Problem::rule("a slot takes a result in one way")))
}

/// Items, each once.
fn distinct<T: Plain + Clone + Eq + Hash>(
    reader: &Reader<'_>,
    known: &Known<'_>,
) -> Result<Vec<T>> {
    let mut items: Vec<T> = Plain::read(reader, known)?;
    let mut seen = HashSet::with_capacity(items.len());
    items.retain(|item| seen.insert(item.clone()));
    Ok(items)
}

/// The fields of a form, each with another name.
fn fields(reader: &Reader<'_>, known: &Known<'_>) -> Result<Vec<FormField>> {
    let items = reader.items()?;
    let records = records::<FormField>(&items)?.into_iter();
    let read = |(_, record): (_, Record<'_>)| FormField::from_record(&record, known);
    records.map(read).collect()
}

/// What must not be null where it stands at all.
fn given<T: Plain>(reader: &Reader<'_>, known: &Known<'_>) -> Result<Option<T>> {
    T::read(reader, known).map(Some)
}

fn type_name(reader: &Reader<'_>, known: &Known<'_>) -> Result<String> {
    check_reference(reader, &known.types, "type")
}

fn optional_type(reader: &Reader<'_>, known: &Known<'_>) -> Result<Option<String>> {
    reader.optional(|reader| type_name(reader, known))
}

fn function_names(reader: &Reader<'_>, known: &Known<'_>) -> Result<BTreeSet<String>> {
    reader.each(|item| check_reference(item, &known.functions, "function"))
}

fn context_names(reader: &Reader<'_>, known: &Known<'_>) -> Result<BTreeSet<String>> {
    let names = reader.each(|item| check_reference(item, &known.contexts, "context"))?;
    some(names, reader, "a composition has one context at least")
}

fn methods(reader: &Reader<'_>, known: &Known<'_>) -> Result<BTreeSet<String>> {
    let methods = Plain::read(reader, known)?;
    some(methods, reader, "a view answers one method at least")
}

/// The names, if there are any.
fn some(
    names: BTreeSet<String>,
    reader: &Reader<'_>,
    rule: &'static str,
) -> Result<BTreeSet<String>> {
    if names.is_empty() {
        return Err(reader.refuse(Problem::rule(rule)));
    }
    Ok(names)
}

/// How a member is read: as its type says, or by the function behind it.
macro_rules! reader {
    () => {
        Plain::read
    };
    ($read:expr) => {
        $read
    };
}

/// Reads and writes parts by their members. A part `by` a member is named by it; what it has `perhaps` is a member where
/// it is not empty; its limits stand among the members.
macro_rules! parts {
    ($(
        $part:ident $(by $name:literal of each $kind:literal)? {
            $($member:ident $(= $read:expr)?),*
        }
        $(perhaps { $($rare:ident $(= $read_rare:expr)?),* })?
        $(limits $limits:ident { $($limit:ident),* })?
    );* $(;)?) => {$(
        impl Part for $part {
            const REQUIRED: &'static [&'static str] = &[$($name,)? $(stringify!($member)),*];
            const OPTIONAL: &'static [&'static str] =
                &[$($(stringify!($rare),)*)? $($(stringify!($limit),)*)?];

            fn from_record(record: &Record<'_>, known: &Known<'_>) -> Result<Self> {
                Ok(Self {
                    $($member: reader!($($read)?)(&record.member(stringify!($member))?, known)?,)*
                    $($($rare: find(record, stringify!($rare), reader!($($read_rare)?), known)?,)*)?
                    $($limits: CHECKS.read(record, Self::REQUIRED.len())?,)?
                })
            }

            fn members(&self) -> Members {
                #[allow(unused_mut, reason = "most parts have nothing rare")]
                let mut members = Members::from([
                    $((stringify!($member).to_owned(), self.$member.value())),*
                ]);
                $($(if !is_default(&self.$rare) {
                    members.insert(stringify!($rare).to_owned(), self.$rare.value());
                })*)?
                $(members.extend(constraints::members(&self.$limits));)?
                members
            }
        }

        impl Plain for $part {
            fn read(reader: &Reader<'_>, known: &Known<'_>) -> Result<Self> {
                Self::from_record(&reader.record(Self::REQUIRED, Self::OPTIONAL)?, known)
            }

            fn value(&self) -> Value {
                Value::Map(self.members())
            }
        }

        $(impl Named for $part {
            const NAME: &'static str = $name;
            const KIND: &'static str = $kind;
        })?
    )*};
}

parts! {
    Type by "name" of each "type" { body } perhaps { description = given };
    Function by "name" of each "function" {
        description, idempotent, camel, transport, auth, context, cache,
        affects = distinct, merge = merges, input = optional_type, output = type_name, nullable
    } perhaps { errors };
    Cache { ttl, shared };
    Effect { context, function };
    ErrorCase by "code" of each "error" { description, status, data = optional_type };
    Context by "name" of each "context" { functions = function_names, params };
    Param by "name" of each "parameter" { required, shape, shared_by = function_names };
    View by "name" of each "view" {
        description, camel, path, methods = methods, auth, affects = distinct, input = optional_type
    };
    Channel by "name" of each "channel" {
        description, presence, camel, auth,
        params = optional_type, react_message = optional_type, server_message = optional_type
    };
    Composition by "name" of each "composition" { description, contexts = context_names };
    Form by "name" of each "form" {
        description, camel, title, submit_label, live_validation, many, fields = fields
    };
    Many { min_forms, max_forms };
    FormField { name, required, shape } perhaps {
        strip, patterns, extensions, choices, disabled,
        widget = given, label = given, help = given, initial = given
    } limits checks { min, max, step, min_length, max_length, max_digits, decimal_places };
    Choice { value, label } perhaps { group = given };
}

impl Named for FormField {
    const NAME: &'static str = "name";
    const KIND: &'static str = "field";
}
