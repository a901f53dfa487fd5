//! The resolved graph as plain data (docs/engine-data.md).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::{Auth, Context, Effect, Graph, Merge, Param, Place, Purge};

/// What a graph says, functions and contexts sorted by name.
#[derive(Clone, Debug, Serialize)]
pub struct Description<'g> {
    functions: BTreeMap<&'g str, Function<'g>>,
    contexts: &'g BTreeMap<String, Context>,
}

#[derive(Clone, Debug, Serialize)]
struct Function<'g> {
    context: Option<&'g str>,
    private: bool,
    auth: Option<&'static str>,
    affects: Vec<Affected<'g>>,
    merge: Vec<Merged<'g>>,
    purges: Vec<Purged<'g>>,
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
    mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'g str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
struct Purged<'g> {
    context: &'g str,
    narrowing: Vec<&'g str>,
}

impl<'g> Description<'g> {
    pub(super) fn of(graph: &'g Graph) -> Self {
        let functions = graph.functions.iter();
        let functions = functions.map(|(name, function)| (name.as_str(), Function::of(function)));
        Self {
            functions: functions.collect(),
            contexts: &graph.contexts,
        }
    }
}

impl<'g> Function<'g> {
    fn of(function: &'g super::Function) -> Self {
        Self {
            context: function.context(),
            private: function.is_private(),
            auth: function.auth().map(Auth::as_str),
            affects: function
                .affects()
                .iter()
                .map(|effect| Affected::of(effect))
                .collect(),
            merge: function
                .merge()
                .iter()
                .map(|merge| Merged::of(merge))
                .collect(),
            purges: function.purges().iter().map(Purged::of).collect(),
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
            mode: merge.mode().as_str(),
            key: merge.mode().key(),
            place: merge.mode().place().map(Place::as_str),
        }
    }
}

impl<'g> Purged<'g> {
    fn of(purge: &'g Purge) -> Self {
        let narrowing = purge.narrowing().iter();
        Self {
            context: purge.context(),
            narrowing: narrowing
                .map(|narrowing| narrowing.param().name())
                .collect(),
        }
    }
}

fn names(params: &[Arc<Param>]) -> Vec<&str> {
    params.iter().map(|param| param.name()).collect()
}
