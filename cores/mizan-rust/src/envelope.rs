//! Response bodies (docs/protocol.md section 8). Serialised results are spliced in, never parsed
//! again.

use std::collections::BTreeMap;

use crate::error::{Error, Problem, Result};
use crate::escape::write_string;
use crate::graph::Function;
use crate::header::write_header;
use crate::invalidation::{Arguments, InvalidationEntry, compute_invalidation};
use crate::merges::{MergeEntry, compute_merges};
use crate::splice::Splice;

const NULL: &[u8] = b"null";

/// The answer to a call.
#[derive(Clone, Debug)]
pub struct Response<'r> {
    /// `{"result":R,"invalidate":[...],"merge":[...],"refresh":[...]}`, all but the first where there
    /// is something.
    pub body: Splice<'r>,
    /// The value of `X-Mizan-Invalidate`, where there are entries.
    pub header: Option<String>,
}

/// The answer to a call of the function, around its serialised result, and the entries to refresh.
pub fn encode_response<'r, A: Arguments>(
    function: &Function,
    args: &A,
    result: &'r [u8],
) -> Result<(Response<'r>, Vec<InvalidationEntry>), A::Error> {
    let entries = compute_invalidation(function, args)?;
    let merges = compute_merges(function, args)?;
    Ok((respond(result, &entries, &merges, None)?, entries))
}

/// The answer around a serialised result. A null result merges into nothing. `refresh` is a
/// serialised list.
pub(crate) fn respond<'r>(
    result: &'r [u8],
    entries: &[InvalidationEntry],
    merges: &[MergeEntry],
    refresh: Option<&'r [u8]>,
) -> Result<Response<'r>> {
    let mut body = Splice::default();
    body.own().extend_from_slice(b"{\"result\":");
    body.borrow(result);
    write_members(&mut body, entries, merges, result)?;
    if let Some(refresh) = refresh {
        body.own().extend_from_slice(b",\"refresh\":");
        body.borrow(refresh);
    }
    body.own().push(b'}');
    let header = (!entries.is_empty()).then(|| write_header(entries));
    Ok(Response {
        body,
        header: header.transpose()?,
    })
}

/// The body of a context: each function's serialised result under its name, sorted.
///
/// A value error for a function that comes twice.
pub fn encode_bundle<'a>(
    parts: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Result<Splice<'a>> {
    let mut results = BTreeMap::new();
    for (name, result) in parts {
        if results.insert(name, result).is_some() {
            let (kind, name) = ("function", name.to_owned());
            return Err(Error::invalid("parts", Problem::Repeated { kind, name }));
        }
    }
    let mut body = Splice::default();
    body.own().push(b'{');
    for (index, (name, result)) in results.into_iter().enumerate() {
        if index > 0 {
            body.own().push(b',');
        }
        write_string(body.own(), name);
        body.own().push(b':');
        body.borrow(result);
    }
    body.own().push(b'}');
    Ok(body)
}

/// Appends what an answer says beside its result, in whatever envelope: `invalidate` and `merge`,
/// where there is something.
fn write_members<'r>(
    body: &mut Splice<'r>,
    entries: &[InvalidationEntry],
    merges: &[MergeEntry],
    result: &'r [u8],
) -> Result<()> {
    write_list(body, b",\"invalidate\":[", entries, |entry, body| {
        entry.write_json(body.own())
    })?;
    if result == NULL {
        return Ok(());
    }
    write_list(body, b",\"merge\":[", merges, |merge, body| {
        merge.write_json(body, result)
    })
}

fn write_list<'r, T>(
    body: &mut Splice<'r>,
    start: &[u8],
    items: &[T],
    write: impl Fn(&T, &mut Splice<'r>) -> Result<()>,
) -> Result<()> {
    for (index, item) in items.iter().enumerate() {
        body.own()
            .extend_from_slice(if index == 0 { start } else { b"," });
        write(item, body)?;
    }
    if !items.is_empty() {
        body.own().push(b']');
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Graph;
    use crate::graph::tests::spec;
    use crate::value::{Members, Value};

    fn graph() -> Graph {
        let param = r#"{"name":"user_id","shape":{"kind":"any"},"required":true}"#;
        let function = format!(
            r#"{{"name":"f","context":"user","params":[{param}],"output":{{"kind":"any"}}}}"#
        );
        let mutation = format!(
            r#"{{"name":"m","params":[{param}],"output":{{"kind":"any"}},
                "affects":[{{"name":"user"}},{{"name":"f"}}],"merge":[{{"name":"user"}}]}}"#
        );
        Graph::compile(&spec("{}", &[&function, &mutation])).unwrap()
    }

    fn answer(function: &str, args: &Members, result: &str) -> (String, Option<String>) {
        let graph = graph();
        let function = graph.function(function).unwrap();
        let (response, entries) = encode_response(function, args, result.as_bytes()).unwrap();
        assert_eq!(entries.is_empty(), response.header.is_none());
        (
            String::from_utf8(response.body.to_vec()).unwrap(),
            response.header,
        )
    }

    #[test]
    fn the_result_is_spliced_in_unchanged() {
        let args = Members::from([("user_id".to_owned(), Value::Int(5))]);
        let (body, header) = answer("m", &args, " {\"b\": 1, \"a\": \u{e9}}");
        let expected = concat!(
            "{\"result\": {\"b\": 1, \"a\": \u{e9}},",
            r#""invalidate":[{"context":"user","params":{"user_id":5}},"#,
            r#"{"context":"user","function":"f","params":{"user_id":5}}],"#,
            r#""merge":[{"context":"user","params":{"user_id":5},"slot":"f","value": "#,
            "{\"b\": 1, \"a\": \u{e9}}}]}",
        );
        assert_eq!(body, expected);
        assert_eq!(header.as_deref(), Some("user;user_id=5"));
    }

    #[test]
    fn what_is_not_there_is_left_out() {
        let none = Members::new();
        assert_eq!(answer("f", &none, "1"), (r#"{"result":1}"#.into(), None));
        let (body, header) = answer("m", &none, "null");
        let expected = r#"{"result":null,"invalidate":["user",{"context":"user","function":"f"}]}"#;
        assert_eq!(body, expected);
        assert_eq!(header.as_deref(), Some("user"));
    }

    #[test]
    fn bundles_are_sorted_and_spliced() {
        let parts = [("b", &b" [1]"[..]), ("a\"", b"null"), ("B", b"2")];
        assert_eq!(
            encode_bundle(parts).unwrap().to_vec(),
            br#"{"B":2,"a\"":null,"b": [1]}"#
        );
        assert_eq!(encode_bundle([]).unwrap().to_vec(), b"{}");
        let error = encode_bundle([("a", &b"1"[..]), ("a", b"2")]).unwrap_err();
        assert_eq!(error.to_string(), r#"parts: the function "a" comes twice"#);
    }
}
