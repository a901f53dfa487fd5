//! The interface document as typed values: what clients are generated from.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Auth, MergeMode};
use crate::keyword::keywords;
use crate::shape::{Body, Field, Shape};

use super::parts::{Channel, Composition, Effect, ErrorCase, Form, View};

keywords! {
    /// How a function is called.
    pub enum Transport {
        /// A request for each call.
        Http = "http",
        /// Messages on an open connection.
        Websocket = "websocket",
        /// Either way; clients prefer an open connection.
        Both = "both",
    }
}

/// An interface document, everything by its name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The named types.
    pub types: BTreeMap<String, Type>,
    /// The callable functions.
    pub functions: BTreeMap<String, Function>,
    /// The contexts.
    pub contexts: BTreeMap<String, Context>,
    /// The channels.
    pub channels: BTreeMap<String, Channel>,
    /// The forms.
    pub forms: BTreeMap<String, Form>,
    /// The functions that have paths of their own.
    pub views: BTreeMap<String, View>,
    /// The combinations of contexts that have names.
    pub compositions: BTreeMap<String, Composition>,
}

/// A named type.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    /// What it is, in the author's words.
    pub description: Option<String>,
    /// What it stands for.
    pub body: Body,
}

/// A function as clients see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// What it does, in the author's words.
    pub description: Option<String>,
    /// Whether a second call with the same arguments changes nothing more.
    pub idempotent: bool,
    /// The function's name in generated code.
    pub camel: String,
    /// How it is called.
    pub transport: Transport,
    /// Who may call it; everybody where this is None.
    pub auth: Option<Auth>,
    /// The context that it belongs to.
    pub context: Option<String>,
    /// What it says about caching its result.
    pub cache: Option<Cache>,
    /// What it makes stale. Distinct, in declaration order.
    pub affects: Vec<Effect>,
    /// Which slots take its result. One for each slot, in declaration order.
    pub merge: Vec<Merge>,
    /// The errors that it says it may answer, by their codes.
    pub errors: BTreeMap<String, ErrorCase>,
    /// The type of its arguments.
    pub input: Option<String>,
    /// The type of its result.
    pub output: String,
    /// Whether its result may be null.
    pub nullable: bool,
}

/// How a result may be cached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cache {
    /// Seconds: 0 for never, None for as long as the server is configured.
    pub ttl: Option<u64>,
    /// Whether all viewers get the same result.
    pub shared: bool,
}

/// A slot that takes a call's result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Merge {
    /// The context.
    pub context: String,
    /// The function of the context whose result the slot holds.
    pub slot: String,
    /// How it takes it.
    pub mode: MergeMode,
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

impl Document {
    /// What the type of that name stands for.
    pub fn body(&self, name: &str) -> Option<&Body> {
        self.types.get(name).map(|named| &named.body)
    }

    /// The fields of the type of that name, if it is a struct.
    pub fn fields(&self, name: Option<&str>) -> &[Field] {
        match name.and_then(|name| self.body(name)) {
            Some(Body::Struct(fields)) => fields,
            _ => &[],
        }
    }

    /// Whether a read of `context` fails without the parameter: not every function may have it, but one requires it.
    pub fn requires(&self, context: &Context, name: &str) -> bool {
        let demands = |function: &Function| {
            let mut fields = self.fields(function.input.as_deref()).iter();
            fields.any(|field| field.name == name && field.required)
        };
        let is_read = |function: &&Function| function.transport != Transport::Websocket;
        let mut functions = context
            .functions
            .iter()
            .filter_map(|function| self.functions.get(function))
            .filter(is_read);
        context
            .params
            .get(name)
            .is_some_and(|param| param.required || functions.any(demands))
    }

    /// The types that something emitted refers to, directly or through other types.
    pub(super) fn reached_types(&self) -> BTreeSet<&str> {
        let mut waiting = Vec::new();
        for function in self.functions.values() {
            waiting.extend(function.input.as_deref());
            waiting.push(&function.output);
            let errors = function.errors.values();
            waiting.extend(errors.filter_map(|case| case.data.as_deref()));
        }
        waiting.extend(self.views.values().filter_map(|view| view.input.as_deref()));
        for channel in self.channels.values() {
            waiting.extend(channel.params.as_deref());
            waiting.extend(channel.react_message.as_deref());
            waiting.extend(channel.server_message.as_deref());
        }
        for field in self.forms.values().flat_map(|form| &form.fields) {
            field.shape.collect_references(&mut waiting);
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
                self.body(name)
                    .inspect(|body| body.collect_references(&mut waiting));
            }
        }
        reached
    }

    /// The body of each type.
    pub(super) fn bodies(&self) -> BTreeMap<&str, &Body> {
        let types = self.types.iter();
        types
            .map(|(name, named)| (name.as_str(), &named.body))
            .collect()
    }
}
