//! Tags (docs/protocol.md section 10): what a purge changes, and what an entry stays valid by.

use std::collections::HashSet;

use crate::cache_key::{CacheKeyer, Payload, labelled};
use crate::canonical::separate;
use crate::error::{Error, Result};
use crate::escape::write_string;
use crate::path::Path;
use crate::plain::{PlainMembers, PlainWriter};
use crate::plan::{Plan, Purged};
use crate::value::Members;

/// How many bytes of a digest stand in a tag.
const DIGEST_LENGTH: usize = 16;

const IDENTITIES: Path<'static> = Path::root("identities");

/// What tells no more than a value that is not there.
const NULL: &[u8] = b"null";

impl CacheKeyer {
    /// What the tags of an entry are made with.
    pub fn tags<'a>(&'a self, payload: &'a Payload<'a>) -> EntryTags<'a> {
        EntryTags {
            scope: Scope::new(self, payload.context),
            payload,
        }
    }

    /// The tags that a purge changes: the context's, or the two of the scope that `params` narrow it
    /// to. The second is that of entries which lack a parameter of the scope: they may show the
    /// state of any value.
    pub fn purge_tags(&self, context: &str, params: Option<&Members>) -> Result<Vec<String>> {
        self.purge_tags_with(context, |object| object.extend(params, "params"))
    }

    /// As [`purge_tags`](Self::purge_tags), with the parameters pushed by the caller.
    pub fn purge_tags_with<E: From<Error>>(
        &self,
        context: &str,
        params: impl FnOnce(&mut PlainWriter<'_>) -> Result<(), E>,
    ) -> Result<Vec<String>, E> {
        let mut exact = Scope::new(self, context);
        exact.begin(b",\"s\":");
        let values = PlainMembers::write(&mut exact.json, params)?;
        if values.is_empty() {
            return Ok(vec![context_tag(context)]);
        }
        let mut any = Scope::new(self, context);
        any.begin(b",\"w\":[");
        for (name, _) in values.of(&exact.json) {
            separate(&mut any.json);
            any.json.extend_from_slice(name);
        }
        Ok(vec![exact.tag(b"}"), any.tag(b"]}")])
    }

    /// The tags that calls make stale, each once.
    pub fn call_tags(&self, plans: &[&Plan]) -> Result<Vec<String>> {
        let mut tags = Vec::new();
        for purged in plans.iter().flat_map(|plan| &plan.purged) {
            tags.extend(self.purge_tags_with(&purged.context, |object| push(object, purged))?);
        }
        let mut seen = HashSet::new();
        tags.retain(|tag| seen.insert(tag.clone()));
        Ok(tags)
    }
}

fn push(object: &mut PlainWriter<'_>, purged: &Purged) -> Result<()> {
    for (param, identity) in &purged.identities {
        let path = IDENTITIES.key(&param.name);
        object.member(&param.name, |writer| writer.value(identity, &path))?;
    }
    Ok(())
}

/// The tags of one entry.
#[derive(Debug)]
pub struct EntryTags<'a> {
    scope: Scope<'a>,
    payload: &'a Payload<'a>,
}

impl EntryTags<'_> {
    /// The tag of the entry's context.
    pub fn context_tag(&self) -> String {
        context_tag(self.scope.context)
    }

    /// The tag for a scope, given as the names of its parameters in any order; it sorts them.
    pub fn scope_tag<S: AsRef<str>>(&mut self, names: &mut [S]) -> String {
        names.sort_unstable_by(|left, right| left.as_ref().cmp(right.as_ref()));
        if self.write_exact(names) {
            return self.scope.tag(b"}}");
        }
        self.scope.begin(b",\"w\":[");
        for name in distinct(names) {
            separate(&mut self.scope.json);
            write_string(&mut self.scope.json, name);
        }
        self.scope.tag(b"]}")
    }

    /// Writes the scope with the entry's values, up to the first that the entry lacks.
    fn write_exact<S: AsRef<str>>(&mut self, names: &[S]) -> bool {
        self.scope.begin(b",\"s\":{");
        let json = &mut self.scope.json;
        distinct(names).all(|name| {
            separate(json);
            let start = json.len();
            write_string(json, name);
            let value = json.get(start..).and_then(|name| self.payload.param(name));
            json.push(b':');
            json.extend_from_slice(value.unwrap_or(NULL));
            value.is_some_and(|value| value != NULL)
        })
    }
}

/// What a tag is hashed from; one buffer for all tags of a context.
#[derive(Debug)]
struct Scope<'a> {
    keyer: &'a CacheKeyer,
    context: &'a str,
    json: Vec<u8>,
    /// Where the context ends and what differs between tags begins.
    start: usize,
}

impl<'a> Scope<'a> {
    fn new(keyer: &'a CacheKeyer, context: &'a str) -> Self {
        let mut json = Vec::with_capacity(128);
        json.extend_from_slice(b"{\"c\":");
        write_string(&mut json, context);
        Self {
            keyer,
            context,
            start: json.len(),
            json,
        }
    }

    fn begin(&mut self, member: &[u8]) {
        self.json.truncate(self.start);
        self.json.extend_from_slice(member);
    }

    fn tag(&mut self, end: &[u8]) -> String {
        self.json.extend_from_slice(end);
        let digest = self.keyer.mac.tag([&self.json[..]]);
        labelled("tag:", self.context, &digest[..DIGEST_LENGTH])
    }
}

fn context_tag(context: &str) -> String {
    format!("tag:{context}")
}

/// Sorted names, each once.
fn distinct<S: AsRef<str>>(names: &[S]) -> impl Iterator<Item = &str> {
    names
        .chunk_by(|left, right| left.as_ref() == right.as_ref())
        .filter_map(|equal| equal.first().map(AsRef::as_ref))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;
    use crate::cache_key::KeyBase;
    use proptest::prelude::*;

    fn keyer() -> CacheKeyer {
        CacheKeyer::new(b"mizan-vector-secret-0123456789ab").unwrap()
    }

    fn members(members: &[(&str, &str)]) -> Members {
        let text = |(name, value): &(&str, &str)| ((*name).to_owned(), Value::from(*value));
        members.iter().map(text).collect()
    }

    fn scope_tags(keyer: &CacheKeyer, params: &Members, scopes: &[&[&str]]) -> Vec<String> {
        let payload = Payload::new(&base(), Some(params), None).unwrap();
        let mut tags = keyer.tags(&payload);
        let mut tag = |scope: &&[&str]| tags.scope_tag(&mut scope.to_vec());
        scopes.iter().map(&mut tag).collect()
    }

    fn purged(params: &Members) -> Vec<String> {
        keyer().purge_tags("user", Some(params)).unwrap()
    }

    fn base() -> KeyBase<'static> {
        KeyBase {
            context: "user",
            user_id: None,
            rev: 0,
        }
    }

    fn hashed(json: &str) -> String {
        labelled("tag:", "user", &keyer().mac.tag([json.as_bytes()])[..16])
    }

    #[test]
    fn a_tag_is_the_hash_of_its_scope() {
        let params = members(&[("a", "1"), ("b\"", "x")]);
        let found = scope_tags(
            &keyer(),
            &params,
            &[&["a"], &["b\"", "a", "a"], &["z", "a", "z"], &[]],
        );
        let expected = [
            r#"{"c":"user","s":{"a":"1"}}"#,
            r#"{"c":"user","s":{"a":"1","b\"":"x"}}"#,
            r#"{"c":"user","w":["a","z"]}"#,
            r#"{"c":"user","s":{}}"#,
        ];
        assert_eq!(found, expected.map(hashed));
    }

    #[test]
    fn a_purge_changes_the_context_or_one_scope() {
        assert_eq!(keyer().purge_tags("user", None).unwrap(), ["tag:user"]);
        assert_eq!(purged(&Members::new()), ["tag:user"]);
        let expected = [
            r#"{"c":"user","s":{"a":1,"b":null}}"#,
            r#"{"c":"user","w":["a","b"]}"#,
        ];
        let params = Members::from([
            ("b".to_owned(), Value::Null),
            ("a".to_owned(), Value::Int(1)),
        ]);
        assert_eq!(purged(&params), expected.map(hashed));
    }

    #[test]
    fn an_entry_without_a_value_has_the_tag_of_all() {
        let scopes: &[&[&str]] = &[&["a"]];
        let any = &purged(&members(&[("a", "1")]))[1];
        let null = Members::from([("a".to_owned(), Value::Null)]);
        for params in [members(&[]), members(&[("b", "1")]), null] {
            assert_eq!(scope_tags(&keyer(), &params, scopes), [any.as_str()]);
        }
        let text = members(&[("a", "null")]);
        assert_eq!(scope_tags(&keyer(), &text, scopes), purged(&text)[..1]);
    }

    #[test]
    fn what_cannot_be_hashed_is_refused() {
        let wrong = Members::from([("f".to_owned(), Value::Float(f64::NAN))]);
        assert_eq!(
            keyer()
                .purge_tags("user", Some(&wrong))
                .unwrap_err()
                .to_string(),
            "params.f: NaN and infinities have no JSON form"
        );
    }

    proptest! {
        #[test]
        fn a_purge_reaches_the_entries_of_its_scope_and_no_others(
            params in prop::collection::btree_map("[a-d]|null", values(), 0..4),
            scope in prop::collection::btree_map("[a-d]", values(), 1..3),
        ) {
            let names: Vec<&str> = scope.keys().map(String::as_str).collect();
            let (entry, scope): (Members, Members) = (
                params.clone().into_iter().collect(),
                scope.clone().into_iter().collect(),
            );
            let tag = &scope_tags(&keyer(), &entry, &[&names])[0];
            let lacks = names.iter().any(|name| params.get(*name).is_none_or(Value::is_null));
            let equal = scope.iter().all(|(name, value)| params.get(name) == Some(value));
            prop_assert_eq!(purged(&scope).contains(tag), lacks || equal);
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            (0..2_i64).prop_map(Value::Int),
            "[01]|null|\"|\\PC".prop_map(Value::String),
        ]
    }
}
