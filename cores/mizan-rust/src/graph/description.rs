//! The resolved graph as plain data (docs/engine-data.md).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::{Context, Effect, Graph, Merge, Param, Plan};

/// What a graph says, functions and contexts sorted by name.
#[derive(Clone, Debug, Serialize)]
pub struct Description<'g> {
    functions: BTreeMap<&'g str, Function<'g>>,
    contexts: &'g BTreeMap<String, Context>,
}

#[derive(Clone, Debug, Serialize)]
struct Function<'g> {
    context: Option<&'g str>,
    affects: Vec<Affected<'g>>,
    merge: Vec<Merged<'g>>,
}

#[derive(Clone, Debug, Serialize)]
struct Affected<'g> {
    context: &'g str,
    function: Option<&'g str>,
    scope: Vec<&'g str>,
}

#[derive(Clone, Debug, Serialize)]
struct Merged<'g> {
    context: &'g str,
    slot: &'g str,
    scope: Vec<&'g str>,
}

impl<'g> Description<'g> {
    pub(super) fn of(graph: &'g Graph) -> Self {
        let function = |(name, plan): (&'g String, &'g Plan)| (name.as_str(), Function::of(plan));
        Self {
            functions: graph.plans.iter().map(function).collect(),
            contexts: &graph.contexts,
        }
    }
}

impl<'g> Function<'g> {
    fn of(plan: &'g Plan) -> Self {
        Self {
            context: plan.context(),
            affects: plan.affects().iter().map(Affected::of).collect(),
            merge: plan.merge().iter().map(Merged::of).collect(),
        }
    }
}

impl<'g> Affected<'g> {
    fn of(effect: &'g Effect) -> Self {
        Self {
            context: effect.context(),
            function: effect.function(),
            scope: names(effect.scope()),
        }
    }
}

impl<'g> Merged<'g> {
    fn of(merge: &'g Merge) -> Self {
        Self {
            context: merge.context(),
            slot: merge.slot(),
            scope: names(merge.scope()),
        }
    }
}

fn names(params: &[Arc<Param>]) -> Vec<&str> {
    params.iter().map(|param| param.name()).collect()
}
