//! Contexts and calls as generated code sees them, in the terms of no language.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use mizan_core::ir::{Document, Function, Merge, MergeMode, Param, Transport};
use mizan_core::shape::{Body, Shape};

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

/// A result.
#[derive(Clone, Copy, Debug)]
pub struct Output<'a> {
    /// What it is when it is not null.
    pub written: Written<'a>,
    /// Whether it may be null.
    pub nullable: bool,
}

/// A type by its name, or a shape in its place.
#[derive(Clone, Copy, Debug)]
pub enum Written<'a> {
    /// The named type.
    Named(&'a str),
    /// A shape that has no name.
    Shape(&'a Shape),
}

impl<'a> Context<'a> {
    /// A context of the document.
    pub fn of(
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
    /// A function of the document.
    pub fn of(
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

    /// With the slots of `contexts` that it may change.
    pub fn with_expectations(mut self, contexts: &[Context<'a>]) -> Self {
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
        let written = match document.body(name) {
            Some(Body::Alias(shape)) if is_in_place(name, shape, referred) => Written::of(shape),
            _ => Written::Named(name),
        };
        Self {
            written,
            nullable: function.nullable,
        }
    }
}

impl<'a> Written<'a> {
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
pub fn is_in_place(name: &str, shape: &Shape, referred: &HashSet<&str>) -> bool {
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

/// The type of that name.
pub fn named<'a>(document: &'a Document, name: &str) -> Option<Named<'a>> {
    let (name, found) = document.types.get_key_value(name)?;
    Some(Named {
        name,
        description: &found.description,
        body: &found.body,
    })
}
