//! The graph of contexts and mutations (docs/protocol.md section 5): compiled once, then only
//! looked up in.

mod comparison;
mod compiler;
pub(crate) mod mode;
mod narrowing;
pub mod specification;
mod suggestions;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::error::{Error, Result};
use crate::escape::{write_percent_encoded, write_string};
use crate::keyword::keywords;

use narrowing::Scopes;
use specification::Specification;

pub use mode::{MergeMode, Place};

/// An immutable compiled graph. Serde writes it as plain data (docs/engine-data.md), sorted by name.
#[derive(Clone, Debug, Serialize)]
pub struct Graph {
    #[serde(serialize_with = "sorted")]
    functions: HashMap<String, Function>,
    contexts: BTreeMap<String, Context>,
    #[serde(skip)]
    params: Vec<Arc<Param>>,
    #[serde(skip)]
    fingerprint: String,
}

fn sorted<S: Serializer>(
    functions: &HashMap<String, Function>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(functions.iter().collect::<BTreeMap<_, _>>())
}

fn pointee<T: Serialize + ?Sized, S: Serializer>(
    pointer: &Arc<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    (**pointer).serialize(serializer)
}

fn pointees<T: Serialize, S: Serializer>(
    pointers: &[Arc<T>],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(pointers.iter().map(AsRef::as_ref))
}

/// A function, and what a call of it entails.
#[derive(Clone, Debug, Serialize)]
pub struct Function {
    /// The context that it belongs to.
    pub context: Option<String>,
    /// Whether no client may call it.
    pub private: bool,
    /// Whom it is for; None for everybody.
    pub auth: Option<Auth>,
    /// What it makes stale, in declaration order.
    #[serde(serialize_with = "pointees")]
    pub affects: Vec<Arc<Effect>>,
    /// Which slots take its result, in declaration order.
    #[serde(serialize_with = "pointees")]
    pub merge: Vec<Arc<Merge>>,
    /// What it makes stale in the cache, each context once.
    pub purges: Vec<Purge>,
}

keywords! {
    /// Whom a function is for.
    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
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
#[derive(Clone, Debug, Serialize)]
pub struct Effect {
    /// The context that becomes stale.
    pub context: String,
    /// The one function of it that does, None for all.
    pub function: Option<String>,
    /// The parameters that narrow it, sorted by name.
    #[serde(serialize_with = "pointees")]
    pub scope: Vec<Arc<Param>>,
    /// `{"context":"user","function":"f"`, so far the JSON of every entry that is an object.
    #[serde(skip)]
    pub(crate) json_start: Vec<u8>,
}

/// A resolved `merge` target: the slot that takes the mutation's result.
#[derive(Clone, Debug, Serialize)]
pub struct Merge {
    /// The context that the slot is in.
    pub context: String,
    /// The function whose cached result takes the value.
    pub slot: String,
    /// The parameters that narrow it, sorted by name.
    #[serde(serialize_with = "pointees")]
    pub scope: Vec<Arc<Param>>,
    /// How it takes it.
    #[serde(flatten)]
    pub mode: MergeMode,
    /// The slot function's parameters, sorted by name; None when the scope lacks one: no call tells all of them.
    #[serde(skip)]
    pub(crate) needed: Option<Vec<Arc<Param>>>,
    /// What becomes of a slot that a result does not reach; None where the function affects it
    /// anyway.
    #[serde(skip)]
    pub(crate) fallback: Option<Arc<Effect>>,
    /// `{"context":"user"`
    #[serde(skip)]
    pub(crate) json_start: Vec<u8>,
    /// `,"slot":"f","value":`
    #[serde(skip)]
    pub(crate) json_slot: Vec<u8>,
}

/// What a call makes stale in the cache: a context that it affects or merges into (section 10).
#[derive(Clone, Debug, Serialize)]
pub struct Purge {
    /// The context.
    #[serde(serialize_with = "pointee")]
    pub context: Arc<str>,
    /// The parameters that may narrow the purge, sorted by name.
    pub narrowing: Vec<Narrowing>,
}

/// A parameter that tells which entries a purge concerns.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Narrowing {
    /// The parameter.
    #[serde(serialize_with = "pointee")]
    pub param: Arc<Param>,
    /// Whether every call has a value for it; without one the purge is broad.
    #[serde(skip)]
    pub is_always_there: bool,
}

/// A parameter that narrows a target, once for each name in the graph.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Where it stands in [`Graph::params`].
    #[serde(skip)]
    pub index: usize,
    /// `"name":`
    #[serde(skip)]
    pub(crate) json_start: Vec<u8>,
    /// `;name=`
    #[serde(skip)]
    pub(crate) header_start: String,
}

/// A context: its functions, the union of their parameters, and the parameters of each scope that a
/// purge of it can have; all sorted. Without scopes every purge of it is broad.
#[derive(Clone, Debug, Serialize)]
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
}

impl Purge {
    /// Nothing narrows a purge of a context whose scopes are too many.
    fn narrow_within(&mut self, scopes: &Scopes) {
        if !scopes.contains_key(&*self.context) {
            self.narrowing.clear();
        }
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
}

fn member(start: &[u8], text: &str) -> Vec<u8> {
    let mut out = start.to_vec();
    write_string(&mut out, text);
    out
}
