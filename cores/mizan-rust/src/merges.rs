//! Which cached slots take a mutation's result as it is (docs/protocol.md section 7).

use std::sync::Arc;

use crate::error::Result;
use crate::graph::{Function, Merge};
use crate::invalidation::{
    Arguments, InvalidationEntry, Scoped, determines, params_member, write_params,
};
use crate::splice::Splice;
use crate::value::Value;

/// A slot that takes a result.
#[derive(Clone, Debug)]
pub struct MergeEntry {
    /// The slot.
    pub merge: Arc<Merge>,
    /// The arguments that narrow it, sorted by name.
    pub params: Scoped,
}

impl MergeEntry {
    /// The entry as plain data, with the result that the slot takes.
    pub fn to_value(&self, result: Value) -> Value {
        let members = [
            ("context", self.merge.context.as_str().into()),
            ("slot", self.merge.slot.as_str().into()),
            ("value", result),
        ];
        Value::object(members.into_iter().chain(params_member(&self.params)))
    }

    /// What is to be refreshed where the result does not get to; None where an entry of the call
    /// says so already.
    pub(crate) fn fallback(&self) -> Option<InvalidationEntry> {
        let known = self.params.iter().filter(|(_, value)| !value.is_null());
        self.merge
            .fallback
            .as_ref()
            .map(|effect| InvalidationEntry::new(effect, known.cloned().collect()))
    }

    /// Appends the entry's canonical JSON around the serialised result.
    pub(crate) fn write_json<'r>(&self, out: &mut Splice<'r>, result: &'r [u8]) -> Result<()> {
        out.own().extend_from_slice(&self.merge.json_start);
        write_params(out.own(), &self.params)?;
        out.own().extend_from_slice(&self.merge.json_slot);
        out.borrow(result);
        out.own().push(b'}');
        Ok(())
    }
}

/// The merge entries of a call whose result is not null, in declaration order: those whose slot the
/// call determines. A null result merges into nothing.
pub fn compute_merges<A: Arguments>(
    function: &Function,
    args: &A,
) -> Result<Vec<MergeEntry>, A::Error> {
    let mut entries = Vec::with_capacity(function.merge.len());
    for merge in &function.merge {
        if determines(merge, args)? {
            entries.push(MergeEntry {
                merge: Arc::clone(merge),
                params: merge_values(merge, args)?,
            });
        }
    }
    Ok(entries)
}

/// The arguments that narrow a merge: as in section 6, and null for those that the slot's function
/// takes.
fn merge_values<A: Arguments>(merge: &Merge, args: &A) -> Result<Scoped, A::Error> {
    let needed = merge.needed.as_deref().unwrap_or_default();
    let mut values = Vec::with_capacity(merge.scope.len());
    for param in &merge.scope {
        match args.get(param)? {
            Some(value) => values.push((Arc::clone(param), value)),
            None if needed.contains(param) => values.push((Arc::clone(param), Value::Null)),
            None => {}
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::to_vec;
    use crate::graph::Graph;
    use crate::graph::tests::{plain, spec};
    use crate::invalidation::compute_invalidation;
    use crate::value::Members;

    fn graph() -> Graph {
        let param = r#"{"name":"user_id","shape":{"kind":"any"},"required":true}"#;
        let output = r#"{"kind":"primitive","name":"integer"}"#;
        let function = |name: &str, context: &str| {
            format!(
                r#"{{"name":"{name}","context":"{context}","params":[{param}],"output":{output}}}"#
            )
        };
        let mutation = format!(
            r#"{{"name":"m","params":[{param}],"output":{output},
                "merge":[{{"name":"user"}},{{"function":"g"}}]}}"#
        );
        let functions = [&function("f", "user"), &function("g", "other"), &mutation];
        Graph::compile(&spec("{}", &functions.map(String::as_str))).unwrap()
    }

    #[test]
    fn entries_name_slot_and_scope() {
        let graph = graph();
        let args = Members::from([("user_id".to_owned(), Value::from("a"))]);
        let entries = compute_merges(graph.function("m").unwrap(), &args).unwrap();
        let values: Vec<_> = entries
            .iter()
            .map(|entry| entry.to_value(Value::Int(7)))
            .collect();
        let expected = r#"[{"context":"user","params":{"user_id":"a"},"slot":"f","value":7},
            {"context":"other","params":{"user_id":"a"},"slot":"g","value":7}]"#;
        assert_eq!(Value::List(values.clone()), plain(expected));
        for (entry, value) in entries.iter().zip(&values) {
            let mut json = Splice::default();
            entry.write_json(&mut json, b"7").unwrap();
            assert_eq!(json.to_vec(), to_vec(value).unwrap());
        }
    }

    #[test]
    fn a_slot_is_determined_by_all_of_its_parameters() {
        let param =
            |name: &str| format!(r#"{{"name":"{name}","shape":{{"kind":"any"}},"required":true}}"#);
        let output = r#"{"kind":"primitive","name":"integer"}"#;
        let params = format!("{},{}", param("a"), param("b"));
        let slot =
            format!(r#"{{"name":"f","context":"user","params":[{params}],"output":{output}}}"#);
        let mutation = format!(
            r#"{{"name":"m","params":[{params}],"output":{output},"merge":[{{"name":"user"}}]}}"#
        );
        let graph = Graph::compile(&spec("{}", &[&slot, &mutation])).unwrap();
        let function = graph.function("m").unwrap();
        let one = ("a".to_owned(), Value::Int(1));
        let all = Members::from([one.clone(), ("b".to_owned(), Value::Null)]);
        let merges = compute_merges(function, &all).unwrap();
        let expected = r#"{"context":"user","params":{"a":1,"b":null},"slot":"f","value":7}"#;
        assert_eq!(merges[0].to_value(Value::Int(7)), plain(expected));
        assert!(compute_invalidation(function, &all).unwrap().is_empty());

        let some = Members::from([one]);
        assert!(compute_merges(function, &some).unwrap().is_empty());
        let stale = compute_invalidation(function, &some).unwrap();
        let expected = r#"{"context":"user","function":"f","params":{"a":1}}"#;
        assert_eq!(stale.len(), 1);
        assert_eq!(stale[0].to_value(), plain(expected));
    }

    #[test]
    fn a_function_that_merges_into_nothing_has_no_entries() {
        let graph = graph();
        assert!(
            compute_merges(graph.function("f").unwrap(), &Members::new())
                .unwrap()
                .is_empty()
        );
    }
}
