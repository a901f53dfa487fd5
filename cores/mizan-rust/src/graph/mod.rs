//! The graph of contexts and mutations (docs/protocol.md section 5): compiled once, then only
//! looked up in.

mod comparison;
mod compiler;
mod description;
pub(crate) mod mode;
mod narrowing;
pub mod specification;
mod suggestions;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::escape::{write_percent_encoded, write_string};
use crate::keyword::keywords;

use narrowing::Scopes;
use specification::Specification;

pub use description::Description;
pub use mode::{MergeMode, Place};

/// An immutable compiled graph.
#[derive(Clone, Debug)]
pub struct Graph {
    functions: HashMap<String, Function>,
    contexts: BTreeMap<String, Context>,
    params: Vec<Arc<Param>>,
    fingerprint: String,
}

/// A function, and what a call of it entails.
#[derive(Clone, Debug)]
pub struct Function {
    context: Option<String>,
    private: bool,
    auth: Option<Auth>,
    affects: Vec<Arc<Effect>>,
    merge: Vec<Arc<Merge>>,
    purges: Vec<Purge>,
}

keywords! {
    /// Whom a function is for.
    pub enum Auth {
        /// Everybody who is authenticated.
        Required = "required",
        /// Users with `is_staff`.
        Staff = "staff",
        /// Users with `is_superuser`.
        Superuser = "superuser",
        /// Whom a function of the application lets pass.
        Custom = "custom",
    }
}

/// A resolved `affects` target: a context, or one function of it.
#[derive(Clone, Debug)]
pub struct Effect {
    context: String,
    function: Option<String>,
    scope: Vec<Arc<Param>>,
    /// `{"context":"user","function":"f"`, so far the JSON of every entry that is an object.
    json_start: Vec<u8>,
}

/// A resolved `merge` target: the slot that takes the mutation's result.
#[derive(Clone, Debug)]
pub struct Merge {
    context: String,
    slot: String,
    mode: MergeMode,
    scope: Vec<Arc<Param>>,
    /// The slot function's parameters; None when the scope lacks one.
    needed: Option<Vec<Arc<Param>>>,
    /// What becomes of a slot that a result does not reach; None where the function affects it
    /// anyway.
    fallback: Option<Arc<Effect>>,
    /// `{"context":"user"`
    json_start: Vec<u8>,
    /// `,"slot":"f","value":`
    json_slot: Vec<u8>,
}

/// What a call makes stale in the cache: a context that it affects or merges into (section 10).
#[derive(Clone, Debug)]
pub struct Purge {
    context: Arc<str>,
    narrowing: Vec<Narrowing>,
}

/// A parameter that tells which entries a purge concerns.
#[derive(Clone, Debug)]
pub struct Narrowing {
    param: Arc<Param>,
    /// Whether every call has a value for it; without one the purge is broad.
    is_always_there: bool,
}

/// A parameter that narrows a target, once for each name in the graph.
#[derive(Debug, PartialEq, Eq)]
pub struct Param {
    name: String,
    index: usize,
    /// `"name":`
    json_start: Vec<u8>,
    /// `;name=`
    header_start: String,
}

/// A context: its functions, the union of their parameters, and the parameters of each scope that a
/// purge of it can have; all sorted. Without scopes every purge of it is broad.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Context {
    functions: Vec<String>,
    params: Vec<String>,
    scopes: Vec<Vec<String>>,
}

impl Graph {
    /// Compiles a specification; [`Error::Contradictions`] holds everything that is wrong with it.
    pub fn compile(spec: &Specification) -> Result<Self> {
        compiler::compile(spec)
    }

    /// A function by its name; [`Error::UnknownFunction`] when it is not in the graph.
    pub fn function(&self, name: &str) -> Result<&Function> {
        self.functions
            .get(name)
            .ok_or_else(|| Error::UnknownFunction(name.to_owned()))
    }

    /// Every parameter that narrows a target of this graph, each at its [`Param::index`].
    pub fn params(&self) -> &[Arc<Param>] {
        &self.params
    }

    /// What decides the tags of entries and purges, as canonical JSON: equal where the same values
    /// have the same tags.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The resolved graph, to be serialised as plain data (docs/engine-data.md).
    pub fn describe(&self) -> Description<'_> {
        Description::of(self)
    }
}

impl Function {
    /// The context that the function belongs to.
    pub fn context(&self) -> Option<&str> {
        self.context.as_deref()
    }

    /// Whether no client may call it.
    pub fn is_private(&self) -> bool {
        self.private
    }

    /// Whom it is for; None for everybody.
    pub fn auth(&self) -> Option<Auth> {
        self.auth
    }

    /// What the function makes stale, in declaration order.
    pub fn affects(&self) -> &[Arc<Effect>] {
        &self.affects
    }

    /// Which slots take its result, in declaration order.
    pub fn merge(&self) -> &[Arc<Merge>] {
        &self.merge
    }

    /// What it makes stale in the cache, each context once.
    pub fn purges(&self) -> &[Purge] {
        &self.purges
    }
}

impl Purge {
    /// The context.
    pub fn context(&self) -> &Arc<str> {
        &self.context
    }

    /// The parameters that may narrow the purge, sorted by name.
    pub fn narrowing(&self) -> &[Narrowing] {
        &self.narrowing
    }

    /// Nothing narrows a purge of a context whose scopes are too many.
    fn narrow_within(&mut self, scopes: &Scopes) {
        if !scopes.contains_key(&*self.context) {
            self.narrowing.clear();
        }
    }
}

impl Narrowing {
    /// The parameter.
    pub fn param(&self) -> &Arc<Param> {
        &self.param
    }

    /// Whether every call has a value for it; without one the purge is broad.
    pub fn is_always_there(&self) -> bool {
        self.is_always_there
    }
}

impl Effect {
    fn new(context: &str, function: Option<&str>, scope: Vec<Arc<Param>>) -> Self {
        let mut json_start = member(b"{\"context\":", context);
        if let Some(function) = function {
            json_start.extend(member(b",\"function\":", function));
        }
        let (context, function) = (context.to_owned(), function.map(str::to_owned));
        Self {
            context,
            function,
            scope,
            json_start,
        }
    }

    /// The context that becomes stale.
    pub fn context(&self) -> &str {
        &self.context
    }

    /// The one function of it that does, None for all.
    pub fn function(&self) -> Option<&str> {
        self.function.as_deref()
    }

    /// The parameters that narrow it, sorted by name.
    pub fn scope(&self) -> &[Arc<Param>] {
        &self.scope
    }

    pub(crate) fn json_start(&self) -> &[u8] {
        &self.json_start
    }
}

impl Merge {
    fn new(
        context: &str,
        slot: &str,
        mode: MergeMode,
        scope: Vec<Arc<Param>>,
        needed: Option<Vec<Arc<Param>>>,
        is_affected: bool,
    ) -> Self {
        let fallback =
            (!is_affected).then(|| Effect::new(context, Some(slot), scope.clone()).into());
        let json_start = member(b"{\"context\":", context);
        let mut json_slot = member(b",\"slot\":", slot);
        json_slot.extend_from_slice(b",\"value\":");
        Self {
            context: context.to_owned(),
            slot: slot.to_owned(),
            mode,
            scope,
            needed,
            fallback,
            json_start,
            json_slot,
        }
    }

    /// The context that the slot is in.
    pub fn context(&self) -> &str {
        &self.context
    }

    /// The function whose cached result takes the value.
    pub fn slot(&self) -> &str {
        &self.slot
    }

    /// How it takes it.
    pub const fn mode(&self) -> &MergeMode {
        &self.mode
    }

    /// The parameters that narrow it, sorted by name.
    pub fn scope(&self) -> &[Arc<Param>] {
        &self.scope
    }

    pub(crate) fn json_start(&self) -> &[u8] {
        &self.json_start
    }

    /// The slot function's parameters, sorted by name; None when no call tells all of them.
    pub(crate) fn needed(&self) -> Option<&[Arc<Param>]> {
        self.needed.as_deref()
    }

    /// What becomes of a slot that a result does not reach.
    pub(crate) fn fallback(&self) -> Option<&Arc<Effect>> {
        self.fallback.as_ref()
    }

    pub(crate) fn json_slot(&self) -> &[u8] {
        &self.json_slot
    }
}

impl Param {
    fn new(name: &str, index: usize) -> Self {
        let mut json_start = Vec::new();
        write_string(&mut json_start, name);
        json_start.push(b':');
        let mut header_start = String::from(";");
        write_percent_encoded(&mut header_start, name);
        header_start.push('=');
        Self {
            name: name.to_owned(),
            index,
            json_start,
            header_start,
        }
    }

    /// The parameter's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it stands in [`Graph::params`].
    pub fn index(&self) -> usize {
        self.index
    }

    pub(crate) fn json_start(&self) -> &[u8] {
        &self.json_start
    }

    pub(crate) fn header_start(&self) -> &str {
        &self.header_start
    }
}

fn member(start: &[u8], text: &str) -> Vec<u8> {
    let mut out = start.to_vec();
    write_string(&mut out, text);
    out
}
