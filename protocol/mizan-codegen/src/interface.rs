//! What is generated of an interface document, in the terms of no language.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use mizan_core::ir::{
    Channel, Composition as Combined, Document, Function, Merge, MergeMode, Param, Transport,
};
use mizan_core::shape::{Body, Shape};
use sha2::{Digest, Sha256};

use crate::parts;

/// An interface as generated code sees it. Everything stands in the document's order, which is that of names.
#[derive(Debug)]
pub struct Interface<'a> {
    /// What tells this interface from another: the first 16 hex digits of the SHA-256 of the document's text.
    pub hash: String,
    /// The types that are written under their name.
    pub types: Vec<Named<'a>>,
    /// The contexts that have functions.
    pub contexts: Vec<Context<'a>>,
    /// The functions that are called by themselves.
    pub calls: Vec<Call<'a>>,
    /// The channels.
    pub channels: Vec<NamedChannel<'a>>,
    /// Whether some of it needs an open connection, or prefers one.
    pub is_live: bool,
    /// The forms that may be submitted.
    pub forms: Vec<parts::Form<'a>>,
    /// The views.
    pub views: Vec<parts::View<'a>>,
    /// The combinations of contexts.
    pub compositions: Vec<Composition<'a>>,
    /// The bodies of all types.
    pub bodies: BTreeMap<&'a str, &'a Body>,
}

/// A channel with its name on the wire.
#[derive(Clone, Copy, Debug)]
pub struct NamedChannel<'a> {
    /// Its name on the wire.
    pub name: &'a str,
    /// The channel.
    pub channel: &'a Channel,
}

/// A combination of contexts.
#[derive(Clone, Debug)]
pub struct Composition<'a> {
    /// Its name in the document.
    pub name: &'a str,
    /// What it is for, in the author's words.
    pub description: &'a Option<String>,
    /// The names of its contexts, as far as they have functions.
    pub contexts: Vec<&'a str>,
}

/// A type with its name.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// Its name in the document.
    pub name: &'a str,
    /// What it is, in the author's words.
    pub description: &'a Option<String>,
    /// What it stands for.
    pub body: &'a Body,
}

/// A context with its slots.
#[derive(Debug)]
pub struct Context<'a> {
    /// Its name on the wire.
    pub name: &'a str,
    /// Its parameters.
    pub params: &'a BTreeMap<String, Param>,
    /// Those that have to be said.
    required: BTreeSet<&'a str>,
    /// The results of its functions.
    pub slots: Vec<Slot<'a>>,
}

/// A function of a context.
#[derive(Debug)]
pub struct Slot<'a> {
    /// Its name on the wire.
    pub name: &'a str,
    /// The function.
    pub function: &'a Function,
    /// The parameters of the context that it declares, sorted.
    pub params: Vec<&'a str>,
    /// What it holds.
    pub output: Output<'a>,
}

/// A function that is called by itself.
#[derive(Debug)]
pub struct Call<'a> {
    /// Its name on the wire.
    pub name: &'a str,
    /// The function.
    pub function: &'a Function,
    /// Its arguments, if it has any.
    pub input: Option<Named<'a>>,
    /// What it answers.
    pub output: Output<'a>,
    /// The contexts that it may change, each once, sorted.
    pub affects: BTreeSet<&'a str>,
    /// The slots whose change a page may show before the answer, by context.
    pub expectations: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// The merges that put an item into a list, by context.
    pub upserts: BTreeMap<&'a str, Vec<&'a Merge>>,
    /// Whether there may be files among its arguments.
    pub takes_files: bool,
}

/// The form of a result.
#[derive(Clone, Copy, Debug)]
pub struct Output<'a> {
    /// What it is when it is not null.
    pub form: Form<'a>,
    /// Whether it may be null.
    pub nullable: bool,
}

/// A type by its name, or a shape in its place.
#[derive(Clone, Copy, Debug)]
pub enum Form<'a> {
    /// The named type.
    Named(&'a str),
    /// A shape that has no name.
    Shape(&'a Shape),
}

impl<'a> Interface<'a> {
    /// The view of a document.
    pub fn of(document: &'a Document) -> Self {
        let referred = referred_types(document);
        let contexts: Vec<_> = document
            .contexts
            .iter()
            .map(|(name, context)| Context::of(name, context, document, &referred))
            .filter(|context| !context.slots.is_empty())
            .collect();
        let calls: Vec<_> = document
            .functions
            .iter()
            .filter(|(_, function)| function.context.is_none())
            .map(|(name, function)| Call::of(name, function, document, &referred))
            .map(|call| call.with_expectations(&contexts))
            .collect();
        let channels = document
            .channels
            .iter()
            .map(|(name, channel)| NamedChannel { name, channel });
        Self {
            hash: hash(&document.emit()),
            types: named_types(document, &referred),
            forms: parts::forms(document, &calls, &contexts),
            views: parts::views(document),
            compositions: document
                .compositions
                .iter()
                .map(|(name, combined)| Composition::of(name, combined, &contexts))
                .collect(),
            bodies: document
                .types
                .iter()
                .map(|(name, named)| (name.as_str(), &named.body))
                .collect(),
            contexts,
            channels: channels.collect(),
            is_live: !document.channels.is_empty() || calls.iter().any(Call::prefers_socket),
            calls,
        }
    }
}

impl<'a> Composition<'a> {
    fn of(name: &'a str, combined: &'a Combined, known: &[Context<'a>]) -> Self {
        let is_known = |name: &&str| known.iter().any(|context| context.name == *name);
        Self {
            name,
            description: &combined.description,
            contexts: combined
                .contexts
                .iter()
                .map(String::as_str)
                .filter(is_known)
                .collect(),
        }
    }
}

impl Interface<'_> {
    /// Whether some function takes files.
    pub fn takes_files(&self) -> bool {
        self.calls.iter().any(|call| call.takes_files)
    }
}

impl<'a> Context<'a> {
    fn of(
        name: &'a str,
        context: &'a mizan_core::ir::Context,
        document: &'a Document,
        referred: &HashSet<&str>,
    ) -> Self {
        let slot = |name: &'a String| {
            let function = document.functions.get(name)?;
            let declared = context
                .params
                .iter()
                .filter(|(_, param)| param.shared_by.contains(name));
            Some(Slot {
                name,
                function,
                params: declared.map(|(param, _)| param.as_str()).collect(),
                output: Output::of(function, document, referred),
            })
        };
        let is_served = |slot: &Slot<'_>| slot.function.transport != Transport::Websocket;
        Self {
            name,
            params: &context.params,
            required: context
                .params
                .keys()
                .map(String::as_str)
                .filter(|param| document.requires(context, param))
                .collect(),
            slots: context
                .functions
                .iter()
                .filter_map(slot)
                .filter(is_served)
                .collect(),
        }
    }

    /// Whether it can be read without saying anything.
    pub fn takes_nothing(&self) -> bool {
        self.required.is_empty()
    }

    /// Whether it cannot be read without the parameter.
    pub fn requires(&self, param: &str) -> bool {
        self.required.contains(param)
    }
}

impl<'a> Call<'a> {
    fn of(
        name: &'a str,
        function: &'a Function,
        document: &'a Document,
        referred: &HashSet<&str>,
    ) -> Self {
        let input = function
            .input
            .as_deref()
            .and_then(|input| named(document, input));
        Self {
            name,
            function,
            input,
            output: Output::of(function, document, referred),
            affects: function
                .affects
                .iter()
                .map(|effect| effect.context.as_str())
                .chain(function.merge.iter().map(|merge| merge.context.as_str()))
                .collect(),
            expectations: BTreeMap::new(),
            upserts: upserts(function),
            takes_files: input.is_some_and(|input| has_files(document, input.name)),
        }
    }

    fn with_expectations(mut self, contexts: &[Context<'a>]) -> Self {
        for context in contexts
            .iter()
            .filter(|context| self.affects.contains(context.name))
        {
            let slots = context.slots.iter().map(|slot| slot.name);
            let slots: BTreeSet<_> = slots
                .filter(|slot| may_change(self.function, context.name, slot))
                .collect();
            if !slots.is_empty() {
                self.expectations.insert(context.name, slots);
            }
        }
        self
    }

    /// Whether it goes over an open connection where there is one.
    pub fn prefers_socket(&self) -> bool {
        self.function.transport != Transport::Http
    }

    /// Whether there is no other way for it.
    pub fn needs_socket(&self) -> bool {
        self.function.transport == Transport::Websocket
    }

    /// Whether it can be called without saying anything.
    pub fn takes_nothing(&self) -> bool {
        match self.input.map(|input| input.body) {
            Some(Body::Struct(fields)) => fields.iter().all(|field| !field.required),
            Some(_) => false,
            None => true,
        }
    }
}

impl<'a> Output<'a> {
    fn of(function: &'a Function, document: &'a Document, referred: &HashSet<&str>) -> Self {
        let name = function.output.as_str();
        let form = match document.types.get(name).map(|found| &found.body) {
            Some(Body::Alias(shape)) if is_in_place(name, shape, referred) => Form::of(shape),
            _ => Form::Named(name),
        };
        Self {
            form,
            nullable: function.nullable,
        }
    }
}

impl<'a> Form<'a> {
    fn of(shape: &'a Shape) -> Self {
        match shape {
            Shape::Ref(name) => Self::Named(name),
            other => Self::Shape(other),
        }
    }
}

fn upserts(function: &Function) -> BTreeMap<&str, Vec<&Merge>> {
    let mut upserts = BTreeMap::<_, Vec<_>>::new();
    let is_upsert = |merge: &&Merge| matches!(merge.mode, MergeMode::Upsert { .. });
    for merge in function.merge.iter().filter(is_upsert) {
        upserts
            .entry(merge.context.as_str())
            .or_default()
            .push(merge);
    }
    upserts
}

/// Whether an output is written where it is used: nothing else uses it, and it is no longer than its name.
fn is_in_place(name: &str, shape: &Shape, referred: &HashSet<&str>) -> bool {
    !referred.contains(name) && is_short(shape)
}

fn is_short(shape: &Shape) -> bool {
    match shape {
        Shape::List(inner, _) | Shape::Optional(inner) => is_short(inner),
        Shape::Primitive(_) | Shape::Ref(_) | Shape::Any | Shape::Null | Shape::Upload(_) => true,
        Shape::Map(..) | Shape::Tuple(_) | Shape::Enum(_) | Shape::Union(_) => false,
    }
}

/// Whether the function says that it may change the slot.
fn may_change(function: &Function, context: &str, slot: &str) -> bool {
    let affected = function.affects.iter().any(|effect| {
        effect.context == context
            && effect
                .function
                .as_deref()
                .is_none_or(|function| function == slot)
    });
    affected
        || function
            .merge
            .iter()
            .any(|merge| merge.context == context && merge.slot == slot)
}

/// The types that others or parameters refer to, not only a function as its output.
fn referred_types(document: &Document) -> HashSet<&str> {
    let mut names = Vec::new();
    for named in document.types.values() {
        named.body.collect_references(&mut names);
    }
    let contexts = document.contexts.values();
    for param in contexts.flat_map(|context| context.params.values()) {
        param.shape.collect_references(&mut names);
    }
    for field in document.forms.values().flat_map(|form| &form.fields) {
        field.shape.collect_references(&mut names);
    }
    names.into_iter().collect()
}

/// Whether a value of the type may hold files.
fn has_files(document: &Document, name: &str) -> bool {
    let mut waiting = vec![name];
    let mut seen = HashSet::new();
    while let Some(name) = waiting.pop() {
        let Some(named) = document.types.get(name).filter(|_| seen.insert(name)) else {
            continue;
        };
        let shapes: Vec<_> = match &named.body {
            Body::Struct(fields) => fields.iter().map(|field| &field.shape).collect(),
            Body::Alias(shape) => vec![shape],
            Body::Enum(_) => Vec::new(),
        };
        if shapes.iter().any(|shape| is_upload(shape)) {
            return true;
        }
        for shape in shapes {
            shape.collect_references(&mut waiting);
        }
    }
    false
}

fn is_upload(shape: &Shape) -> bool {
    match shape {
        Shape::Upload(_) => true,
        Shape::List(inner, _) | Shape::Map(inner, _) | Shape::Optional(inner) => is_upload(inner),
        Shape::Tuple(items) => items.iter().any(is_upload),
        Shape::Union(union) => union.items.iter().any(is_upload),
        Shape::Primitive(_) | Shape::Ref(_) | Shape::Enum(_) | Shape::Any | Shape::Null => false,
    }
}

/// All types but the arguments of functions, and what is written in place.
fn named_types<'a>(document: &'a Document, referred: &HashSet<&str>) -> Vec<Named<'a>> {
    let functions = || document.functions.values();
    let views = document.views.values().map(|view| &view.input);
    let inputs: HashSet<_> = functions()
        .map(|function| &function.input)
        .chain(views)
        .filter_map(Option::as_deref)
        .collect();
    let outputs: HashSet<_> = functions()
        .map(|function| function.output.as_str())
        .collect();
    let is_kept = |(name, named): &(&String, &mizan_core::ir::Type)| {
        let is_output_in_place =
            |shape| outputs.contains(name.as_str()) && is_in_place(name, shape, referred);
        match &named.body {
            Body::Alias(shape) if is_output_in_place(shape) => false,
            _ => referred.contains(name.as_str()) || !inputs.contains(name.as_str()),
        }
    };
    let types = document.types.iter().filter(is_kept);
    types
        .filter_map(|(name, _)| named(document, name))
        .collect()
}

fn named<'a>(document: &'a Document, name: &str) -> Option<Named<'a>> {
    let (name, found) = document.types.get_key_value(name)?;
    Some(Named {
        name,
        description: &found.description,
        body: &found.body,
    })
}

fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let digits = digest
        .iter()
        .take(8)
        .flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}
