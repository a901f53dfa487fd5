//! Strict JSON for signed text (docs/protocol.md section 4), on `serde_json`.
//!
//! `serde_json` reads UTF-8 without a byte order mark, one value and nothing after it. Refused here
//! are a member name twice in any object, a lone surrogate in a string that nobody asks for, and
//! nesting beyond [`MAX_DEPTH`]. Numbers stay text: nothing about their size can differ between
//! engines. Strings without escapes are borrowed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::value::MAX_DEPTH;

/// A value, as far as a token is asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json<'a> {
    String(Cow<'a, str>),
    Object(Object<'a>),
    /// A number, a list, true, false or null, as it was written.
    Other(&'a str),
}

/// The members of an object by their names, each of which came once.
pub(crate) type Object<'a> = BTreeMap<Cow<'a, str>, Json<'a>>;

/// Reads one JSON value; None when it is not strict JSON.
pub(crate) fn read(data: &[u8]) -> Option<Json<'_>> {
    let text = std::str::from_utf8(data).ok()?;
    let text = text.trim_start_matches([' ', '\t', '\n', '\r']);
    if text.starts_with('{') {
        return object(text, 1).map(Json::Object);
    }
    value(serde_json::from_str(text).ok()?, 0)
}

/// The value of a text that is JSON, with `depth` containers open around it.
fn value(raw: &RawValue, depth: usize) -> Option<Json<'_>> {
    let text = raw.get();
    match text.as_bytes().first()? {
        b'"' => string(text).map(Json::String),
        b'{' | b'[' if depth == MAX_DEPTH => None,
        b'{' => object(text, depth + 1).map(Json::Object),
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            let is_strict = |item| value(item, depth + 1).is_some();
            items
                .into_iter()
                .all(is_strict)
                .then_some(Json::Other(text))
        }
        _ => Some(Json::Other(text)),
    }
}

fn string(text: &str) -> Option<Cow<'_, str>> {
    serde_json::from_str(text).ok().map(|Text(text)| text)
}

fn object(text: &str, depth: usize) -> Option<Object<'_>> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let members = deserializer.deserialize_map(Members { depth }).ok()?;
    deserializer.end().ok()?;
    Some(members)
}

/// A string, borrowed where it can be.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads the members of an object that is `depth` containers deep.
struct Members {
    depth: usize,
}

impl<'de> Visitor<'de> for Members {
    type Value = Object<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
        let mut members = Object::new();
        while let Some((Text(name), raw)) = map.next_entry()? {
            let value = value(raw, self.depth).ok_or_else(|| A::Error::custom("not strict"))?;
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member name comes twice"));
            }
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nested(levels: usize) -> String {
        format!("{}{}", "[".repeat(levels), "]".repeat(levels))
    }

    #[test]
    fn what_is_strict_json_is_read() {
        for text in [
            "null",
            " \t\r\n[ true , false ] ",
            "{}",
            "[]",
            r#"{"a":{"b":1},"b":{"b":2}}"#,
            r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00 é😀""#,
            "[0,-0,10,1.5,1e9,1E+9,1e-9,-1.25e0]",
            "123456789012345678901234567890123456789012345678901234567890",
            "1e400",
        ] {
            assert!(read(text.as_bytes()).is_some(), "{text}");
        }
        assert!(read(nested(MAX_DEPTH).as_bytes()).is_some());
    }

    #[test]
    fn what_is_not_strict_json_is_refused() {
        for text in [
            "",
            " ",
            "nul",
            "nulls",
            "True",
            "NaN",
            "Infinity",
            "-Infinity",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{",
            "}",
            "[",
            "]",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            "{a:1}",
            r#"{"a":1}{}"#,
            "1 1",
            "01",
            "-",
            "+1",
            ".5",
            "1.",
            "1e",
            "1e+",
            "0x1",
            "--1",
            "\"",
            "\"a",
            "\"\n\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u+123\"",
            "\"\\u12g4\"",
            "'a'",
            "// a\n1",
            "/**/1",
            "\u{feff}1",
            "\u{a0}1",
            "1\u{0}",
            r#""\ud800""#,
            r#""\udc00""#,
            r#""\ud800\ud800""#,
            r#""\ud800a""#,
            r#""\ud800\n""#,
            r#"{"\udfff":1}"#,
            "٣",
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
        assert_eq!(read(nested(MAX_DEPTH + 1).as_bytes()), None);
        assert_eq!(read("[".repeat(100_000).as_bytes()), None);
    }

    #[test]
    fn what_is_not_utf_8_is_refused() {
        for data in [
            &b"\"\xff\""[..],
            b"\"\xed\xa0\x80\"",
            b"\xff\xfe1\x00",
            b"1\x00",
            b"\x00\x00\x001",
        ] {
            assert_eq!(read(data), None);
        }
    }

    #[test]
    fn names_come_once_at_every_depth_however_they_are_spelled() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":1}"#,
            r#"[{"x":{"a":1,"b":2,"a":3}}]"#,
            r#"{"":0,"":0}"#,
            r#"{"a":0,"b":0,"c":0,"d":0,"e":0,"f":0,"g":0,"h":0,"i":0,"j":0,"k":0,"l":0,"b":0}"#,
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
        // The same letter composed and decomposed: two names.
        assert!(read("{\"\u{e9}\":1,\"e\u{301}\":2}".as_bytes()).is_some());
    }

    #[test]
    fn members_are_found_by_name() {
        let Some(Json::Object(object)) = read(br#"{"a":1e9,"\n": [ ] }"#) else {
            panic!("an object")
        };
        assert_eq!(object.get("a"), Some(&Json::Other("1e9")));
        assert_eq!(object.get("\n"), Some(&Json::Other("[ ]")));
        assert_eq!(object.get("b"), None);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_do_not_panic(data in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = read(&data);
        }

        #[test]
        fn nothing_is_read_that_serde_json_refuses(text in r#"[\[\]{}",:0-9eE.+\-\\untrfalse \x00-\x20é]{0,12}"#) {
            if read(text.as_bytes()).is_some() {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
            }
        }
    }
}
