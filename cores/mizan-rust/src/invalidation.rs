//! What a mutation makes stale (docs/protocol.md section 6).

use std::sync::Arc;

use crate::canonical::{Form, Writer};
use crate::error::{Error, Result};
use crate::escape::write_string;
use crate::graph::{Effect, Function, Merge, Param};
use crate::path::Path;
use crate::value::{Members, Value};

/// The path of a call's arguments, for messages.
pub const ARGS: Path<'static> = Path::root("args");

/// The validated arguments that a caller passed; asked only for those that narrow a target.
pub trait Arguments {
    /// Why an argument is refused.
    type Error: From<Error>;

    /// The argument as a JSON value (checked, at the path `args.<name>`), None when it was not
    /// passed or is null.
    fn get(&self, param: &Param) -> Result<Option<Value>, Self::Error>;

    /// Whether the argument was passed, null included.
    fn is_passed(&self, param: &Param) -> Result<bool, Self::Error>;
}

impl Arguments for Members {
    type Error = Error;

    fn get(&self, param: &Param) -> Result<Option<Value>> {
        let Some(value) = Members::get(self, &param.name).filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        value.check(&ARGS.key(&param.name), 1)?;
        Ok(Some(value.clone()))
    }

    fn is_passed(&self, param: &Param) -> Result<bool> {
        Ok(Members::get(self, &param.name).is_some())
    }
}

/// The arguments that narrow a target, sorted by name.
pub type Scoped = Vec<(Arc<Param>, Value)>;

/// One thing to refresh: a context or a function of it, perhaps for some arguments alone.
#[derive(Clone, Debug)]
pub struct InvalidationEntry {
    /// What is stale.
    pub effect: Arc<Effect>,
    /// The arguments that narrow it, sorted by name; none for a broad entry.
    pub params: Scoped,
}

impl InvalidationEntry {
    pub(crate) fn new(effect: &Arc<Effect>, params: Scoped) -> Self {
        let effect = Arc::clone(effect);
        Self { effect, params }
    }

    /// The entry as plain data: a string, or an object with `function` and `params` where it has
    /// them.
    pub fn to_value(&self) -> Value {
        if self.is_context() {
            return Value::from(self.effect.context.as_str());
        }
        let context = Some(("context", self.effect.context.as_str().into()));
        let function = self.effect.function.as_deref();
        let function = function.map(|name| ("function", name.into()));
        let members = context.into_iter().chain(function);
        Value::object(members.chain(params_member(&self.params)))
    }

    /// Appends the entry's canonical JSON.
    pub(crate) fn write_json(&self, out: &mut Vec<u8>) -> Result<()> {
        if self.is_context() {
            write_string(out, &self.effect.context);
            return Ok(());
        }
        out.extend_from_slice(&self.effect.json_start);
        write_params(out, &self.params)?;
        out.push(b'}');
        Ok(())
    }

    fn is_context(&self) -> bool {
        self.effect.function.is_none() && self.params.is_empty()
    }
}

/// The entries to refresh after a call, in declaration order; behind them the slots of merges that
/// the call does not determine (section 7).
pub fn compute_invalidation<A: Arguments>(
    function: &Function,
    args: &A,
) -> Result<Vec<InvalidationEntry>, A::Error> {
    let mut entries = Vec::with_capacity(function.affects.len());
    for effect in &function.affects {
        entries.push(InvalidationEntry::new(
            effect,
            scope_values(&effect.scope, args)?,
        ));
    }
    for merge in &function.merge {
        if let Some(effect) = &merge.fallback
            && !determines(merge, args)?
        {
            entries.push(InvalidationEntry::new(
                effect,
                scope_values(&effect.scope, args)?,
            ));
        }
    }
    Ok(entries)
}

/// Whether a call tells for all of the slot's parameters which they are: passed, null included.
pub(crate) fn determines<A: Arguments>(merge: &Merge, args: &A) -> Result<bool, A::Error> {
    let Some(needed) = &merge.needed else {
        return Ok(false);
    };
    for param in needed {
        if !args.is_passed(param)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Those of a scope that were passed and are not null.
fn scope_values<A: Arguments>(scope: &[Arc<Param>], args: &A) -> Result<Scoped, A::Error> {
    let mut values = Vec::with_capacity(scope.len());
    for param in scope {
        if let Some(value) = args.get(param)? {
            values.push((Arc::clone(param), value));
        }
    }
    Ok(values)
}

/// `params` as a member of plain data; None where nothing narrows.
pub(crate) fn params_member(params: &[(Arc<Param>, Value)]) -> Option<(&str, Value)> {
    let members = params.iter();
    let members = members.map(|(param, value)| (param.name.as_str(), value.clone()));
    (!params.is_empty()).then(|| ("params", Value::object(members)))
}

/// Appends `,"params":{...}`, or nothing where nothing narrows.
pub(crate) fn write_params(out: &mut Vec<u8>, params: &[(Arc<Param>, Value)]) -> Result<()> {
    for (index, (param, value)) in params.iter().enumerate() {
        out.extend_from_slice(if index == 0 { b",\"params\":{" } else { b"," });
        out.extend_from_slice(&param.json_start);
        Writer::new(out, Form::Canonical).value(value, &ARGS.key(&param.name))?;
    }
    if !params.is_empty() {
        out.push(b'}');
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Graph;
    use crate::graph::tests::{plain, spec};

    fn graph(auto_scope: bool) -> Graph {
        let param = r#"{"name":"user_id","shape":{"kind":"any"},"required":true}"#;
        let page = r#"{"name":"page","shape":{"kind":"any"},"required":true}"#;
        let function =
            format!(r#"{{"name":"profile","context":"user","params":[{param},{page}]}}"#);
        let mutation = format!(
            r#"{{"name":"m","params":[{param},{page}],"auto_scope":{auto_scope},
                "affects":[{{"name":"user"}},{{"name":"profile"}},{{"context":"b"}}]}}"#
        );
        Graph::compile(&spec("{}", &[&function, &mutation])).unwrap()
    }

    fn entries(graph: &Graph, function: &str, args: &str) -> Value {
        let Value::Map(args) = plain(args) else {
            panic!("an object")
        };
        let entries = compute_invalidation(graph.function(function).unwrap(), &args).unwrap();
        let values: Vec<Value> = entries.iter().map(InvalidationEntry::to_value).collect();
        for (entry, value) in entries.iter().zip(&values) {
            let mut json = Vec::new();
            entry.write_json(&mut json).unwrap();
            assert_eq!(json, crate::canonical::to_vec(value).unwrap());
        }
        Value::List(values)
    }

    #[test]
    fn arguments_narrow_the_entries() {
        let found = entries(&graph(true), "m", r#"{"user_id":5,"page":null,"other":1}"#);
        let expected = r#"[{"context":"user","params":{"user_id":5}},
            {"context":"user","function":"profile","params":{"user_id":5}},"b"]"#;
        assert_eq!(found, plain(expected));
    }

    #[test]
    fn without_arguments_entries_are_broad() {
        let expected = plain(r#"["user",{"context":"user","function":"profile"},"b"]"#);
        assert_eq!(entries(&graph(true), "m", "{}"), expected.clone());
        assert_eq!(entries(&graph(false), "m", r#"{"user_id":5}"#), expected);
    }

    #[test]
    fn a_function_that_affects_nothing_has_no_entries() {
        assert_eq!(
            entries(&graph(true), "profile", r#"{"user_id":5}"#),
            plain("[]")
        );
    }

    #[test]
    fn only_arguments_that_narrow_are_looked_at() {
        let graph = graph(true);
        let function = graph.function("m").unwrap();
        let args = |name: &str| Members::from([(name.to_owned(), Value::Float(f64::NAN))]);
        assert!(compute_invalidation(function, &args("other")).is_ok());
        let error = compute_invalidation(function, &args("page")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "args.page: NaN and infinities have no JSON form"
        );
    }
}
