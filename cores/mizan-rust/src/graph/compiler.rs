//! Compiling a specification: everything is validated, and all problems are reported at once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::contradiction::{Contradiction, MergeProblem, TargetProblem};
use crate::error::{Error, Result};
use crate::names::{is_context_name, is_function_name};
use crate::shape::{Shape, endless_alias};

use super::comparison::{Comparison, Id};
use super::narrowing::{Scopes, fingerprint, narrows, purges, scopes};
use super::specification::{Function, MergeTarget, Specification, Target};
use super::suggestions::near;
use super::{Context, Effect, Function as Compiled, Graph, Merge, MergeMode, Param, Place};

/// The field that tells items apart where nothing else is said.
const KEY: &str = "id";

/// Compiles a specification, or answers every contradiction in it.
pub(super) fn compile(spec: &Specification) -> Result<Graph> {
    let problems = unknown_types(spec);
    if !problems.is_empty() {
        return Err(Error::Contradictions(problems));
    }
    let mut compiler = Compiler::new(spec);
    compiler.check_names();
    compiler.check_parameters();
    let function = |function: &Function| (function.name.clone(), compiler.function(function));
    let mut functions: HashMap<_, _> = spec.functions.iter().map(function).collect();
    if !compiler.problems.is_empty() {
        return Err(Error::Contradictions(compiler.problems));
    }
    for function in &spec.functions {
        if let Some(compiled) = functions.get_mut(&function.name) {
            compiled.purges = purges(&mut compiler.comparison, function, compiled);
        }
    }
    let scopes = scopes(functions.values().flat_map(|function| &function.purges));
    for purge in functions
        .values_mut()
        .flat_map(|function| &mut function.purges)
    {
        purge.narrow_within(&scopes);
    }
    let contexts = compiler.contexts.iter();
    let contexts =
        contexts.map(|(name, functions)| ((*name).to_owned(), context(name, functions, &scopes)));
    Ok(Graph {
        functions,
        contexts: contexts.collect(),
        params: compiler.params.listed,
        fingerprint: fingerprint(spec, &scopes)?,
    })
}

struct Compiler<'a> {
    functions: &'a [Function],
    by_name: HashMap<&'a str, &'a Function>,
    /// The functions of each context, sorted by name.
    contexts: BTreeMap<&'a str, Vec<&'a Function>>,
    comparison: Comparison,
    params: Params,
    problems: Vec<Contradiction>,
}

impl<'a> Compiler<'a> {
    fn new(spec: &'a Specification) -> Self {
        Self {
            functions: &spec.functions,
            by_name: spec
                .functions
                .iter()
                .map(|function| (function.name.as_str(), function))
                .collect(),
            contexts: group(&spec.functions),
            comparison: Comparison::new(&spec.types),
            params: Params::default(),
            problems: Vec::new(),
        }
    }

    fn check_names(&mut self) {
        let mut seen = HashSet::new();
        for function in self.functions {
            let name = || function.name.clone();
            if !is_function_name(&function.name) {
                self.problems.push(Contradiction::FunctionName(name()));
            }
            if !seen.insert(&function.name) {
                self.problems.push(Contradiction::RepeatedFunction(name()));
            }
            if let Some(context) = &function.context {
                self.check_context(function, context);
            }
        }
    }

    fn check_context(&mut self, function: &Function, context: &str) {
        let name = || function.name.clone();
        if !is_context_name(context) {
            let (function, context) = (name(), context.to_owned());
            self.problems
                .push(Contradiction::ContextName { function, context });
        }
        if !function.affects.is_empty() || !function.merge.is_empty() {
            self.problems.push(Contradiction::ReaderWithEffects(name()));
        }
    }

    fn check_parameters(&mut self) {
        for (context, functions) in &self.contexts {
            for param in parameter_names(functions) {
                let declaring = functions
                    .iter()
                    .filter(|function| function.params.contains_key(param));
                let declaring: Vec<_> = declaring.copied().collect();
                if !agree(&mut self.comparison, &declaring, param) {
                    self.problems.push(Contradiction::ParameterTypes {
                        context: (*context).to_owned(),
                        parameter: param.to_owned(),
                        functions: names_of(&declaring),
                    });
                }
            }
        }
    }

    fn function(&mut self, function: &Function) -> Compiled {
        let affects = self.effects(function);
        let merge = self.merges(function, &affects);
        Compiled {
            context: function.context.clone(),
            private: function.private,
            auth: function.auth,
            affects,
            merge,
            purges: Vec::new(),
        }
    }

    fn effects(&mut self, function: &Function) -> Vec<Arc<Effect>> {
        let mut seen = HashSet::new();
        let mut effects = Vec::new();
        for target in &function.affects {
            let Some((context, name)) = self.resolve(function, "affects", target) else {
                continue;
            };
            if seen.insert((context, name)) {
                effects.push(Effect::new(context, name, self.scope(function, context)).into());
            }
        }
        effects
    }

    fn merges(&mut self, function: &Function, affects: &[Arc<Effect>]) -> Vec<Arc<Merge>> {
        let mut seen = HashSet::new();
        let mut merges = Vec::new();
        for target in &function.merge {
            let Some((context, name)) = self.resolve(function, "merge", &target.target) else {
                continue;
            };
            let Some((slot, mode)) = self.slot(function, target, context, name) else {
                continue;
            };
            if seen.insert((context, slot)) {
                let scope = self.scope(function, context);
                let needed = self.needed(context, slot, &scope);
                let is_affected = affects.iter().any(|effect| {
                    effect.context == context && effect.function.as_deref() == Some(slot)
                });
                merges.push(Merge::new(context, slot, mode, scope, needed, is_affected).into());
            }
        }
        merges
    }

    /// The context that `target` means, and the function in it if it means one.
    fn resolve<'t>(
        &mut self,
        function: &Function,
        option: &'static str,
        target: &'t Target,
    ) -> Option<(&'t str, Option<&'t str>)>
    where
        'a: 't,
    {
        let wanted = target.value();
        match target {
            Target::Context(_) if is_context_name(wanted) => return Some((wanted, None)),
            Target::Name(_) if self.contexts.contains_key(wanted) => return Some((wanted, None)),
            Target::Name(_) | Target::Function(_) => {
                if let Some(context) = self.context_of(wanted) {
                    return Some((context, Some(wanted)));
                }
            }
            Target::Context(_) => {}
        }
        self.problems.push(Contradiction::Target {
            function: function.name.clone(),
            option,
            problem: self.unresolved(target),
        });
        None
    }

    fn context_of(&self, function: &str) -> Option<&'a str> {
        self.by_name.get(function)?.context.as_deref()
    }

    fn unresolved(&self, target: &Target) -> TargetProblem {
        let name = target.value().to_owned();
        match target {
            Target::Context(_) => TargetProblem::ContextName(name),
            Target::Function(_) => TargetProblem::OutsideContexts(name),
            Target::Name(wanted) => {
                let inside = self.contexts.values().flatten();
                let names = inside.map(|function| function.name.as_str());
                let near = near(wanted, self.contexts.keys().copied().chain(names));
                TargetProblem::Unknown { name, near }
            }
        }
    }

    /// The one function of the context whose result's type is the mutation's.
    fn slot(
        &mut self,
        function: &Function,
        target: &MergeTarget,
        context: &str,
        name: Option<&str>,
    ) -> Option<(&'a str, MergeMode)> {
        let found = match &function.output {
            None => Err(MergeProblem::NoResult),
            Some(output) => self.matching(output, context, name),
        };
        let found = found.and_then(|(slot, fit)| Ok((slot, self.mode(target, slot, &fit)?)));
        found
            .map_err(|problem| {
                self.problems.push(Contradiction::Merge {
                    function: function.name.clone(),
                    target: target.target.value().to_owned(),
                    problem,
                });
            })
            .ok()
    }

    fn matching(
        &mut self,
        output: &Shape,
        context: &str,
        name: Option<&str>,
    ) -> Result<(&'a str, Fit), MergeProblem> {
        let candidates = self.contexts.get(context).into_iter().flatten().copied();
        let candidates = candidates.filter(|candidate| {
            candidate.output.is_some() && name.is_none_or(|name| name == candidate.name)
        });
        let candidates: Vec<&'a Function> = candidates.collect();
        let matching: Vec<(&'a Function, Fit)> = candidates
            .iter()
            .filter_map(|candidate| {
                let fit = fit_of(&mut self.comparison, output, candidate)?;
                Some((*candidate, fit))
            })
            .collect();
        match matching.as_slice() {
            [(one, fit)] => Ok((&one.name, *fit)),
            [] => Err(MergeProblem::NoMatch(names_of(&candidates))),
            several => Err(MergeProblem::Ambiguous(
                several.iter().map(|(one, _)| one.name.clone()).collect(),
            )),
        }
    }

    /// How the slot takes the result.
    fn mode(&self, target: &MergeTarget, slot: &str, fit: &Fit) -> Result<MergeMode, MergeProblem> {
        let Fit::Item(item) = fit else {
            return if target.is_for_items() {
                Err(MergeProblem::NoItems(slot.to_owned()))
            } else {
                Ok(MergeMode::Replace)
            };
        };
        let key = target.key.as_deref().unwrap_or(KEY);
        if self.comparison.has_key(*item, key) {
            let (key, place) = (key.to_owned(), target.place.unwrap_or(Place::Refetch));
            return Ok(MergeMode::Upsert { key, place });
        }
        if target.is_for_items() {
            let (slot, key) = (slot.to_owned(), key.to_owned());
            return Err(MergeProblem::NoKey { slot, key });
        }
        Ok(MergeMode::Refetch)
    }

    /// The slot function's parameters; None when the scope lacks one.
    fn needed(&self, context: &str, slot: &str, scope: &[Arc<Param>]) -> Option<Vec<Arc<Param>>> {
        let functions = self.contexts.get(context)?;
        let function = functions.iter().find(|function| function.name == slot)?;
        let param = |name: &String| scope.iter().find(|param| param.name == *name).cloned();
        function.params.keys().map(param).collect()
    }

    fn scope(&mut self, function: &Function, context: &str) -> Vec<Arc<Param>> {
        if !function.auto_scope {
            return Vec::new();
        }
        let Some(members) = self.contexts.get(context) else {
            return Vec::new();
        };
        let shared = parameter_names(members)
            .into_iter()
            .filter(|name| narrows(&mut self.comparison, function, members, name));
        shared.map(|name| self.params.intern(name)).collect()
    }
}

/// What keeps types from being compared: names that no type has, and aliases of nothing.
fn unknown_types(spec: &Specification) -> Vec<Contradiction> {
    let mut problems = Vec::new();
    let mut check = |kind: &'static str, name: &str, references: Vec<&str>| {
        let unknown = references
            .into_iter()
            .filter(|reference| !spec.types.contains_key(*reference));
        problems.extend(unknown.map(|unknown| Contradiction::UnknownType {
            kind,
            name: name.to_owned(),
            unknown: unknown.to_owned(),
        }));
    };
    for (name, body) in &spec.types {
        let mut references = Vec::new();
        body.collect_references(&mut references);
        check("type", name, references);
    }
    for function in &spec.functions {
        let mut references = Vec::new();
        let params = function.params.values().map(|param| &param.shape);
        for shape in params.chain(&function.output) {
            shape.collect_references(&mut references);
        }
        check("function", &function.name, references);
    }
    let bodies = spec.types.iter().map(|(name, body)| (name.as_str(), body));
    let alias = endless_alias(&bodies.collect());
    problems.extend(alias.map(|name| Contradiction::EndlessAlias(name.to_owned())));
    problems
}

/// The parameters that narrow targets, once for each name.
#[derive(Default)]
struct Params {
    listed: Vec<Arc<Param>>,
    indices: HashMap<String, usize>,
}

impl Params {
    fn intern(&mut self, name: &str) -> Arc<Param> {
        if let Some(param) = self
            .indices
            .get(name)
            .and_then(|index| self.listed.get(*index))
        {
            return Arc::clone(param);
        }
        let param = Arc::new(Param::new(name, self.listed.len()));
        self.indices.insert(name.to_owned(), self.listed.len());
        self.listed.push(Arc::clone(&param));
        param
    }
}

fn group(functions: &[Function]) -> BTreeMap<&str, Vec<&Function>> {
    let mut contexts: BTreeMap<&str, Vec<&Function>> = BTreeMap::new();
    for function in functions {
        if let Some(context) = &function.context {
            contexts.entry(context).or_default().push(function);
        }
    }
    for functions in contexts.values_mut() {
        functions.sort_by_key(|function| &function.name);
    }
    contexts
}

fn context(name: &str, functions: &[&Function], scopes: &Scopes) -> Context {
    let scopes = scopes.get(name).into_iter().flatten();
    Context {
        scopes: scopes.cloned().collect(),
        functions: functions
            .iter()
            .map(|function| function.name.clone())
            .collect(),
        params: parameter_names(functions)
            .into_iter()
            .map(str::to_owned)
            .collect(),
    }
}

/// The parameters of all these functions.
fn parameter_names<'a>(functions: &[&'a Function]) -> BTreeSet<&'a str> {
    functions
        .iter()
        .flat_map(|function| function.params.keys())
        .map(String::as_str)
        .collect()
}

/// Whether these functions, which all declare the parameter, give it one type.
fn agree(comparison: &mut Comparison, functions: &[&Function], param: &str) -> bool {
    let shapes = functions
        .iter()
        .filter_map(|function| function.params.get(param));
    let shapes: Vec<_> = shapes
        .map(|param| comparison.intern(&param.shape))
        .collect();
    shapes
        .iter()
        .all(|shape| comparison.equal(shapes[0], *shape))
}

/// How a slot's type fits a result's.
#[derive(Clone, Copy, Debug)]
enum Fit {
    Whole,
    /// It is a list of such items.
    Item(Id),
}

fn fit_of(comparison: &mut Comparison, output: &Shape, candidate: &Function) -> Option<Fit> {
    let slot = candidate.output.as_ref()?;
    let (result, slot) = (comparison.intern(output), comparison.intern(slot));
    let (result, slot) = (
        comparison.without_optional(result),
        comparison.without_optional(slot),
    );
    if comparison.equal(result, slot) {
        return Some(Fit::Whole);
    }
    let item = comparison.list_item(slot)?;
    let whole = comparison.without_optional(item);
    comparison.equal(result, whole).then_some(Fit::Item(item))
}

fn names_of(functions: &[&Function]) -> Vec<String> {
    let names = functions.iter().map(|function| function.name.clone());
    names.collect()
}
