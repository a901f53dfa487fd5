//! A call as a client sends it: the body of `POST call/` (docs/protocol.md section 9).

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::{CallProblem, Result};
use crate::json_text::Survey;
use crate::value::MAX_DEPTH;

/// A text of so many bytes counts as one more value.
const LONG: usize = 64;

/// What a client asks for: a function and its arguments, which are not validated yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// The name of the function.
    pub function: Cow<'a, str>,
    /// The JSON text of the arguments, an object.
    pub args: &'a str,
    /// The JSON text of what the client shows, if it says so.
    pub shown: Option<&'a str>,
    /// Whether it is sure that all readers take the arguments for the same: each name comes once,
    /// and no number is beyond all floats.
    pub is_plain: bool,
    /// How many values there are inside the body, at most; a long one counts as several.
    pub values: usize,
}

impl<'a> Call<'a> {
    /// Reads a body; `named` is the function that the URL names, which the body may then leave out.
    /// Of members that come twice the last one counts.
    pub fn read(body: &'a [u8], named: Option<&'a str>) -> Result<Self> {
        let text = std::str::from_utf8(body).map_err(|_| CallProblem::NotJson)?;
        let members = Members::read(text).ok_or(CallProblem::NotJson)?;
        let survey = Survey::of(text).ok_or(CallProblem::NotJson)?;
        if survey.height > MAX_DEPTH {
            return Err(CallProblem::TooDeep { limit: MAX_DEPTH }.into());
        }
        let members = members.ok_or(CallProblem::NotAnObject)?;
        if members.has_unknown {
            return Err(CallProblem::UnknownMember.into());
        }
        let function = match members.function {
            Some(raw) => string(raw),
            None => named.map(Cow::Borrowed),
        };
        let function = function.ok_or(CallProblem::NoFunction)?;
        if named.is_some_and(|named| named != function) {
            return Err(CallProblem::AnotherFunction.into());
        }
        let args = members.args.unwrap_or("{}");
        if !args.starts_with('{') {
            return Err(CallProblem::ArgsNotAnObject.into());
        }
        Ok(Self {
            function,
            args,
            shown: members.shown,
            is_plain: survey.is_plain,
            values: values(body),
        })
    }
}

fn values(body: &[u8]) -> usize {
    let starts = body
        .iter()
        .filter(|byte| matches!(byte, b'[' | b'{' | b','));
    starts.count() + body.len() / LONG
}

fn string(raw: &str) -> Option<Cow<'_, str>> {
    serde_json::from_str(raw).ok().map(|Text(text)| text)
}

/// A string, borrowed where it can be.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The members of a body, each as it is written.
#[derive(Default)]
struct Members<'a> {
    function: Option<&'a str>,
    args: Option<&'a str>,
    shown: Option<&'a str>,
    has_unknown: bool,
}

impl<'a> Members<'a> {
    /// None for what is no JSON, `Some(None)` for JSON that is no object.
    #[allow(clippy::option_option, reason = "two questions, each with an answer")]
    fn read(text: &'a str) -> Option<Option<Self>> {
        if !text
            .trim_start_matches([' ', '\t', '\n', '\r'])
            .starts_with('{')
        {
            return serde_json::from_str::<&RawValue>(text).ok().map(|_| None);
        }
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let members = deserializer.deserialize_map(MembersVisitor).ok()?;
        deserializer.end().ok()?;
        Some(Some(members))
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Members::default();
        while let Some((Text(name), raw)) = map.next_entry::<Text<'_>, &RawValue>()? {
            let value = Some(raw.get());
            match &*name {
                "fn" => members.function = value,
                "args" => members.args = value,
                "shown" => members.shown = value,
                _ => members.has_unknown = true,
            }
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::Error;

    fn problem(body: &[u8], named: Option<&str>) -> CallProblem {
        match Call::read(body, named) {
            Err(Error::Call(problem)) => problem,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_call_is_read() {
        let body = br#" {"args" : {"id": 1.0, "x": [{}, "\u00e9"]}, "\u0066n": "rename"} "#;
        let call = Call::read(body, None).unwrap();
        assert_eq!(call.function, "rename");
        assert_eq!(call.args, r#"{"id": 1.0, "x": [{}, "\u00e9"]}"#);
        assert_eq!(call.shown, None);
        assert!(call.is_plain);
        assert_eq!(call.values, 4 + 3 + 1);
    }

    #[test]
    fn the_url_may_name_the_function() {
        assert_eq!(Call::read(b"{}", Some("ping")).unwrap().function, "ping");
        assert!(Call::read(br#"{"fn":"ping"}"#, Some("ping")).is_ok());
        let another = problem(br#"{"fn":"pong"}"#, Some("ping"));
        assert_eq!(another, CallProblem::AnotherFunction);
        assert_eq!(problem(b"{}", None), CallProblem::NoFunction);
        assert_eq!(
            problem(br#"{"fn":1}"#, Some("ping")),
            CallProblem::NoFunction
        );
    }

    #[test]
    fn of_members_that_come_twice_the_last_one_counts() {
        let body = br#"{"fn":1,"args":[],"shown":1,"args":{"a":1},"fn":"ping","shown":[]}"#;
        let call = Call::read(body, None).unwrap();
        assert_eq!(call.function, "ping");
        assert_eq!((call.args, call.shown), (r#"{"a":1}"#, Some("[]")));
        assert!(!call.is_plain);
    }

    #[test]
    fn what_is_no_call_is_refused() {
        for (body, expected) in [
            ("", CallProblem::NotJson),
            (r#"{"fn":"a"}x"#, CallProblem::NotJson),
            (r#"["\ud800"]"#, CallProblem::NotJson),
            (
                r#"{"fn":"a","args":{"b":"\udc00\ud800"}}"#,
                CallProblem::NotJson,
            ),
            ("[1]", CallProblem::NotAnObject),
            ("1e999", CallProblem::NotAnObject),
            (r#"{"fn":"a","id":1}"#, CallProblem::UnknownMember),
            (r#"{"fn":"a","args":null}"#, CallProblem::ArgsNotAnObject),
        ] {
            assert_eq!(problem(body.as_bytes(), None), expected, "{body}");
        }
        assert_eq!(problem(b"{\"fn\":\"\xff\"}", None), CallProblem::NotJson);
    }

    #[test]
    fn nesting_has_limits() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        for (levels, expected) in [
            (64, CallProblem::NotAnObject),
            (65, CallProblem::TooDeep { limit: MAX_DEPTH }),
            (201, CallProblem::TooDeep { limit: MAX_DEPTH }),
            (202, CallProblem::NotJson),
            (100_000, CallProblem::NotJson),
        ] {
            assert_eq!(
                problem(nested(levels).as_bytes(), None),
                expected,
                "{levels}"
            );
        }
        let hidden = format!(r#"{{"fn":"a","args":{},"\u0061rgs":{{}}}}"#, nested(70));
        assert!(Call::read(hidden.as_bytes(), None).is_ok());
    }

    #[test]
    fn what_readers_may_differ_in_is_not_plain() {
        let is_plain = |args: &str| {
            let body = format!(r#"{{"fn":"a","args":{args}}}"#);
            Call::read(body.as_bytes(), None).unwrap().is_plain
        };
        let digits = "7".repeat(308);
        for args in [
            r#"{"a":{"b":1,"c":{"b":2}}}"#.to_owned(),
            format!(r#"{{"a":{digits},"b":-{digits}.{digits},"c":"{digits} {digits}"}}"#),
        ] {
            assert!(is_plain(&args), "{args}");
        }
        for args in [
            r#"{"a":1,"b":2,"a":1}"#.to_owned(),
            r#"{"a":[{"x":1,"\u0078":1}]}"#.to_owned(),
            r#"{"a":1e5}"#.to_owned(),
            r#"{"a":"\u0039"}"#.to_owned(),
            format!(r#"{{"a":{digits}7}}"#),
            format!(r#"{{"a":"x{digits}7"}}"#),
        ] {
            assert!(!is_plain(&args), "{args}");
        }
    }

    #[test]
    fn integers_end() {
        let body =
            |digits: usize| format!(r#"{{"fn":"a","args":{{"b":-{}}}}}"#, "1".repeat(digits));
        assert!(Call::read(body(4_300).as_bytes(), None).is_ok());
        assert_eq!(problem(body(4_301).as_bytes(), None), CallProblem::NotJson);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_do_not_panic(body in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = Call::read(&body, None);
        }

        #[test]
        fn almost_json_does_not_panic(body in r#"\{?[\[\]{}",:0-9eE.+\-\\udDtrefalsn \x00-\x20é]{0,24}\}?"#) {
            let _ = Call::read(body.as_bytes(), Some("a"));
        }
    }
}
