//! What is generated of an interface document, in the terms of no language.

use std::collections::{BTreeMap, HashSet};

use mizan_core::ir::{Channel, Composition as Combined, Document};
use mizan_core::shape::Body;
use sha2::{Digest, Sha256};

use crate::functions::{Call, Context, Named, is_in_place, named};
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
