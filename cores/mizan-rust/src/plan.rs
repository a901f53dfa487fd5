//! One call: what its answer says, and what it makes stale in the cache (docs/protocol.md sections 6
//! to 8 and 10). It is made before the function runs, which may change its arguments.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use crate::envelope::{Response, respond};
use crate::error::Result;
use crate::graph::{Function, Param, Purge};
use crate::invalidation::{Arguments, InvalidationEntry, Scoped, compute_invalidation};
use crate::merges::{MergeEntry, compute_merges};

/// What a call entails.
#[derive(Clone, Debug)]
pub struct Plan {
    entries: Vec<InvalidationEntry>,
    merges: Vec<MergeEntry>,
    /// What the call makes stale in the cache, each context once.
    pub purged: Vec<Purged>,
}

/// What a call makes stale in the cache: the entries of a context, perhaps for some arguments alone.
#[derive(Clone, Debug)]
pub struct Purged {
    /// The context.
    pub context: Arc<str>,
    /// What tells the arguments apart that narrow it, sorted by name; nothing where all entries of
    /// the context are stale.
    pub identities: Scoped,
}

impl Plan {
    /// The plan of a call.
    ///
    /// `args` are as the client sent them, for the answer; `identities` are what tells them apart,
    /// for the cache (section 3). An argument that `is_unidentified` narrows no purge.
    pub fn new<A: Arguments>(
        function: &Function,
        args: &A,
        identities: &A,
        is_unidentified: impl Fn(&Param) -> bool,
    ) -> Result<Self, A::Error> {
        let purged = |purge: &Purge| {
            Ok(Purged {
                context: Arc::clone(&purge.context),
                identities: narrowed(purge, identities, &is_unidentified)?,
            })
        };
        Ok(Self {
            entries: compute_invalidation(function, args)?,
            merges: compute_merges(function, args)?,
            purged: function
                .purges
                .iter()
                .map(purged)
                .collect::<Result<_, A::Error>>()?,
        })
    }

    /// The answer, around the serialised result. Behind the call's own entries stand those of
    /// `nested`, the calls that it made, equal ones once. `refresh` is the serialised list of the
    /// bundles that the answer brings along, where it does.
    pub fn finish<'r>(
        &self,
        result: &'r [u8],
        nested: &[&Self],
        refresh: Option<&'r [u8]>,
    ) -> Result<Response<'r>> {
        let entries = if nested.is_empty() {
            Cow::Borrowed(&self.entries)
        } else {
            let own = self.entries.iter().cloned();
            let others = nested.iter().flat_map(|plan| plan.stale());
            Cow::Owned(distinct(own.chain(others))?)
        };
        respond(result, &entries, &self.merges, refresh)
    }

    /// What is stale after a call whose result reaches no client.
    fn stale(&self) -> impl Iterator<Item = InvalidationEntry> {
        let merged = self.merges.iter().filter_map(MergeEntry::fallback);
        self.entries.iter().cloned().chain(merged)
    }
}

/// What is stale after calls whose results reach no client, equal entries once.
pub fn stale_entries(plans: &[&Plan]) -> Result<Vec<InvalidationEntry>> {
    distinct(plans.iter().flat_map(|plan| plan.stale()))
}

/// What a purge is narrowed to by a call; nothing when it is broad.
fn narrowed<A: Arguments>(
    purge: &Purge,
    identities: &A,
    is_unidentified: impl Fn(&Param) -> bool,
) -> Result<Scoped, A::Error> {
    let mut narrowed = Vec::with_capacity(purge.narrowing.len());
    for narrowing in &purge.narrowing {
        let param = &narrowing.param;
        match identities.get(param)? {
            Some(identity) => narrowed.push((Arc::clone(param), identity)),
            None if narrowing.is_always_there || is_unidentified(param) => return Ok(Vec::new()),
            None => {}
        }
    }
    Ok(narrowed)
}

fn distinct(entries: impl Iterator<Item = InvalidationEntry>) -> Result<Vec<InvalidationEntry>> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for entry in entries {
        let mut json = Vec::new();
        entry.write_json(&mut json)?;
        if seen.insert(json) {
            found.push(entry);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Graph;
    use crate::graph::tests::{plain, spec};
    use crate::value::{Members, Value};

    fn graph() -> Graph {
        let param = |name: &str, required: bool| {
            format!(
                r#"{{"name":"{name}","required":{required},"identity":"int",
                    "shape":{{"kind":"primitive","name":"integer"}}}}"#
            )
        };
        let params = format!("{},{}", param("id", true), param("page", false));
        let members = format!(r#""params":[{params}],"output":{{"kind":"null"}}"#);
        let profile = format!(r#"{{"name":"profile","context":"user",{members}}}"#);
        let rename = format!(
            r#"{{"name":"rename",{members},"affects":[{{"name":"user"}}],"merge":[{{"name":"user"}}]}}"#
        );
        Graph::compile(&spec("{}", &[&profile, &rename])).unwrap()
    }

    fn plan(args: &str, unidentified: &[&str]) -> Plan {
        let Value::Map(args) = plain(args) else {
            panic!("an object")
        };
        let known = args.iter().filter(|(name, _)| !unidentified.contains(name));
        let identities: Members = known
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect();
        let is_unidentified = |param: &Param| unidentified.contains(&param.name.as_str());
        let graph = graph();
        let function = graph.function("rename").unwrap();
        Plan::new(function, &args, &identities, is_unidentified).unwrap()
    }

    fn narrowed(args: &str, unidentified: &[&str]) -> Vec<String> {
        let plan = plan(args, unidentified);
        assert_eq!(plan.purged.len(), 1, "a context comes once");
        let identities = plan.purged[0].identities.iter();
        identities.map(|(param, _)| param.name.clone()).collect()
    }

    #[test]
    fn a_purge_is_narrowed_by_what_is_known_for_certain() {
        assert_eq!(narrowed(r#"{"id":1,"page":2}"#, &[]), ["id", "page"]);
        assert_eq!(narrowed(r#"{"id":1}"#, &[]), ["id"]);
        assert_eq!(narrowed(r#"{"id":1,"page":null}"#, &[]), ["id"]);
        for (args, unidentified) in [
            (r#"{"page":2}"#, &[][..]),
            (r#"{"id":null,"page":2}"#, &[]),
            (r#"{"id":1,"page":2}"#, &["id"]),
            (r#"{"id":1,"page":2}"#, &["page"]),
        ] {
            assert!(narrowed(args, unidentified).is_empty(), "{args}");
        }
    }

    #[test]
    fn what_nested_calls_make_stale_stands_behind_the_calls_own() {
        let (own, other) = (plan(r#"{"id":1}"#, &[]), plan(r#"{"id":2,"page":3}"#, &[]));
        let response = own.finish(b"0", &[&other, &own], None).unwrap();
        let expected = concat!(
            r#"{"result":0,"invalidate":[{"context":"user","params":{"id":1}},"#,
            r#"{"context":"user","function":"profile","params":{"id":1}},"#,
            r#"{"context":"user","params":{"id":2,"page":3}},"#,
            r#"{"context":"user","function":"profile","params":{"id":2,"page":3}}]}"#,
        );
        assert_eq!(String::from_utf8(response.body.to_vec()).unwrap(), expected);
        assert_eq!(
            response.header.as_deref(),
            Some("user;id=1, user;id=2;page=3")
        );
    }

    #[test]
    fn what_an_answer_brings_along_stands_behind_its_merges() {
        let response = plan(r#"{"id":1,"page":2}"#, &[])
            .finish(b"0", &[], Some(b"[{}]"))
            .unwrap();
        let body = String::from_utf8(response.body.to_vec()).unwrap();
        let expected = r#""merge":[{"context":"user","params":{"id":1,"page":2},"slot":"profile","value":0}],"refresh":[{}]}"#;
        assert!(body.ends_with(expected), "{body}");
    }

    #[test]
    fn a_slot_whose_result_reaches_no_client_is_stale() {
        let call = plan(r#"{"id":1,"page":null}"#, &[]);
        let stale = stale_entries(&[&call, &call]).unwrap();
        let found: Vec<_> = stale.iter().map(InvalidationEntry::to_value).collect();
        let expected = r#"[{"context":"user","params":{"id":1}},
            {"context":"user","function":"profile","params":{"id":1}}]"#;
        assert_eq!(Value::List(found), plain(expected));
    }
}
