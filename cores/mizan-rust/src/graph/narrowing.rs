//! What targets and purges may be narrowed to (docs/protocol.md sections 6 and 10).
//!
//! What is made stale may always be broader than what a call changes, never narrower. So a parameter
//! narrows a target only where the mutation and every function of the context that declares it give it
//! one shape, null aside, and tell its values apart in one way: otherwise `"05"` might be invalidated
//! where `5` is shown. A purge compares identities, and needs those as well.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::canonical::{Form, Writer};
use crate::error::Result;
use crate::path::Path;
use crate::shape::Shape;
use crate::value::Value;

use super::comparison::Comparison;
use super::specification::{Function, Param, Specification};
use super::{Function as Compiled, Narrowing, Purge};

/// Parameters that a call may lack and that may narrow one purge; with more of them none does.
const MAX_OPTIONAL: usize = 4;

/// Scopes of one context; with more of them every purge of it is broad.
const MAX_SCOPES: usize = 32;

/// The parameters of each scope that a purge can have, by context.
pub(super) type Scopes = BTreeMap<String, BTreeSet<Vec<String>>>;

/// The purges of a call, each context once.
pub(super) fn purges(
    comparison: &mut Comparison,
    function: &Function,
    compiled: &Compiled,
) -> Vec<Purge> {
    let affected = compiled.affects.iter();
    let affected = affected.map(|effect| (&effect.context, &effect.scope));
    let merged = compiled.merge.iter();
    let merged = merged.map(|merge| (&merge.context, &merge.scope));
    let mut purges: Vec<Purge> = Vec::new();
    for (context, scope) in affected.chain(merged) {
        if purges.iter().any(|known| *known.context == **context) {
            continue;
        }
        let narrowing = scope.iter().filter_map(|param| {
            let own = function.params.get(&param.name)?;
            Some(Narrowing {
                param: Arc::clone(param),
                is_always_there: own.required && !comparison.takes_null(&own.shape),
            })
        });
        let mut narrowing: Vec<_> = narrowing.collect();
        let optional = narrowing
            .iter()
            .filter(|narrowing| !narrowing.is_always_there);
        if optional.count() > MAX_OPTIONAL {
            narrowing.retain(|narrowing| narrowing.is_always_there);
        }
        purges.push(Purge {
            context: context.as_str().into(),
            narrowing,
        });
    }
    purges
}

/// The scopes that these purges can have, where they are not too many.
pub(super) fn scopes<'a>(purges: impl Iterator<Item = &'a Purge>) -> Scopes {
    let mut scopes = Scopes::new();
    for purge in purges {
        scopes
            .entry(purge.context.to_string())
            .or_default()
            .extend(scopes_of(&purge.narrowing));
    }
    scopes.retain(|_, found| found.len() <= MAX_SCOPES && !found.is_empty());
    scopes
}

/// What decides the tags of entries and purges, as canonical JSON.
pub(super) fn fingerprint(spec: &Specification, scopes: &Scopes) -> Result<String> {
    let narrows = |context: &str, name: &str| {
        let scopes = scopes.get(context).into_iter().flatten();
        scopes.flatten().any(|known| known == name)
    };
    let mut params = BTreeMap::new();
    for function in &spec.functions {
        let Some(context) = &function.context else {
            continue;
        };
        for (name, param) in &function.params {
            if narrows(context, name) {
                let place = [context.as_str(), &function.name, name];
                params.insert(place, param);
            }
        }
    }
    let (mut out, path) = (Vec::new(), Path::root("fingerprint"));
    let mut writer = Writer::new(&mut out, Form::Canonical);
    writer.begin_object(&path)?;
    writer.key("params");
    writer.begin_array(&path)?;
    for (place, param) in &params {
        writer.begin_array(&path)?;
        for name in place {
            writer.string(name);
        }
        writer.value(&param.shape.to_value(), &path)?;
        match &param.identity {
            Some(identity) => writer.string(identity),
            None => writer.null(),
        }
        writer.end_array();
    }
    writer.end_array();
    writer.key("scopes");
    writer.begin_object(&path)?;
    for (context, scopes) in scopes {
        writer.key(context);
        let names = |scope: &Vec<String>| Value::strings(scope.iter().map(String::as_str));
        writer.value(&scopes.iter().map(names).collect(), &path)?;
    }
    writer.end_object();
    writer.key("types");
    writer.begin_object(&path)?;
    let is_plain = |param: &&Param| matches!(param.shape, Shape::Primitive { .. });
    if !params.values().all(is_plain) {
        for (name, body) in &spec.types {
            writer.key(name);
            writer.value(&body.to_value(), &path)?;
        }
    }
    writer.end_object();
    writer.end_object();
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Whether a mutation's parameter `name` may narrow what it makes stale of a context.
pub(super) fn narrows(
    comparison: &mut Comparison,
    function: &Function,
    members: &[&Function],
    name: &str,
) -> bool {
    let Some(own) = function.params.get(name) else {
        return false;
    };
    let mut others = members.iter().filter_map(|member| member.params.get(name));
    own.identity.is_some()
        && others.all(|other| {
            own.identity == other.identity
                && comparison.equal_but_for_null(&own.shape, &other.shape)
        })
}

/// The names of each scope: what is always there, with every choice of the rest.
fn scopes_of(narrowing: &[Narrowing]) -> BTreeSet<Vec<String>> {
    let mut scopes = vec![Vec::new()];
    for Narrowing {
        param,
        is_always_there,
    } in narrowing
    {
        let without = if *is_always_there {
            Vec::new()
        } else {
            scopes.clone()
        };
        for scope in &mut scopes {
            scope.push(param.name.clone());
        }
        scopes.extend(without);
    }
    scopes
        .into_iter()
        .filter(|scope| !scope.is_empty())
        .collect()
}
