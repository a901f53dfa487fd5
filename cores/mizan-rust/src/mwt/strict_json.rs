//! A JSON reader for signed text (docs/protocol.md section 4).
//!
//! Strict: UTF-8 without a byte order mark, no member name twice in any object, no lone surrogate,
//! nesting at most [`MAX_DEPTH`], nothing after the value. Numbers stay text: nothing about their
//! size can differ between engines. Strings without escapes are borrowed.

use std::borrow::Cow;

use crate::canonical::MAX_DEPTH;

/// Objects of so many members or fewer, as tokens have them, are compared name by name.
const FEW: usize = 12;

/// A value as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    String(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Object<'a>),
}

/// The members of an object in the order they were written, each name once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Object<'a> {
    members: Vec<(Cow<'a, str>, Json<'a>)>,
}

impl<'a> Object<'a> {
    pub(crate) fn get(&self, name: &str) -> Option<&Json<'a>> {
        self.members
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(key, _)| key.as_ref())
    }

    fn has_distinct_names(&self) -> bool {
        if self.members.len() > FEW {
            return self.has_distinct_sorted_names();
        }
        let mut rest = self.members.as_slice();
        while let Some(((name, _), others)) = rest.split_first() {
            if others.iter().any(|(other, _)| other == name) {
                return false;
            }
            rest = others;
        }
        true
    }

    fn has_distinct_sorted_names(&self) -> bool {
        let mut names: Vec<&str> = self.names().collect();
        names.sort_unstable();
        names.windows(2).all(|pair| pair[0] != pair[1])
    }
}

/// Reads one JSON value; None when it is not strict JSON.
pub(crate) fn read(data: &[u8]) -> Option<Json<'_>> {
    let text = std::str::from_utf8(data).ok()?;
    let mut reader = Reader { text, position: 0 };
    let value = reader.value(0)?;
    reader.skip_space();
    (reader.position == text.len()).then_some(value)
}

struct Reader<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Reader<'a> {
    /// Reads the value that comes next, with `depth` containers open around it.
    fn value(&mut self, depth: usize) -> Option<Json<'a>> {
        self.skip_space();
        match self.peek()? {
            b'{' => self.object(depth + 1),
            b'[' => self.list(depth + 1),
            b'"' => self.string().map(Json::String),
            b'n' => self.word("null", Json::Null),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Json<'a>> {
        let mut object = Object {
            members: Vec::with_capacity(FEW),
        };
        let mut open = self.open(b'}', depth)?;
        while open {
            self.skip_space();
            let name = self.string()?;
            self.skip_space();
            self.take(b':')?;
            let value = self.value(depth)?;
            object.members.push((name, value));
            open = self.continues(b'}')?;
        }
        object.has_distinct_names().then_some(Json::Object(object))
    }

    fn list(&mut self, depth: usize) -> Option<Json<'a>> {
        let mut items = Vec::new();
        let mut open = self.open(b']', depth)?;
        while open {
            items.push(self.value(depth)?);
            open = self.continues(b']')?;
        }
        Some(Json::List(items))
    }

    /// Takes an opening bracket; whether something stands between it and the closing one.
    fn open(&mut self, closing: u8, depth: usize) -> Option<bool> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.position += 1;
        self.skip_space();
        Some(self.take(closing).is_none())
    }

    /// After an item: true for a comma, false for the closing bracket.
    fn continues(&mut self, closing: u8) -> Option<bool> {
        self.skip_space();
        if self.take(closing).is_some() {
            return Some(false);
        }
        self.take(b',').map(|()| true)
    }

    fn word(&mut self, word: &str, value: Json<'a>) -> Option<Json<'a>> {
        self.rest()
            .starts_with(word)
            .then(|| self.position += word.len())?;
        Some(value)
    }

    fn number(&mut self) -> Option<Json<'a>> {
        let start = self.position;
        let _ = self.take(b'-');
        if self.take(b'0').is_none() {
            self.digits()?;
        }
        if self.take(b'.').is_some() {
            self.digits()?;
        }
        if self.take(b'e').or_else(|| self.take(b'E')).is_some() {
            let _ = self.take(b'+').or_else(|| self.take(b'-'));
            self.digits()?;
        }
        self.text.get(start..self.position).map(Json::Number)
    }

    /// One digit at least.
    fn digits(&mut self) -> Option<()> {
        let start = self.position;
        while let Some(b'0'..=b'9') = self.peek() {
            self.position += 1;
        }
        (self.position > start).then_some(())
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.take(b'"')?;
        let plain = self.plain();
        if self.take(b'"').is_some() {
            return Some(Cow::Borrowed(plain));
        }
        let mut text = plain.to_owned();
        while self.take(b'"').is_none() {
            self.take(b'\\')?;
            text.push(self.escaped()?);
            text.push_str(self.plain());
        }
        Some(Cow::Owned(text))
    }

    /// What stands before the next quote, backslash or control character.
    fn plain(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest
            .bytes()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
        let plain = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        self.position += plain.len();
        plain
    }

    fn escaped(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.position += 1;
        Some(match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.code_point(),
            _ => return None,
        })
    }

    /// The character of `\uXXXX`, or of a surrogate pair of them; None for a lone surrogate.
    fn code_point(&mut self) -> Option<char> {
        let first = self.unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(u32::from(first));
        }
        self.take(b'\\')?;
        self.take(b'u')?;
        let pair = [first, self.unit()?];
        char::decode_utf16(pair).next()?.ok()
    }

    fn unit(&mut self) -> Option<u16> {
        let digits = self.rest().get(..4)?;
        // from_str_radix would take a sign.
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.position += 4;
        u16::from_str_radix(digits, 16).ok()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.position += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.position += 1)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
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
        let Some(Json::Object(object)) = read(br#"{"a":1e9,"\n":[]}"#) else {
            panic!("an object")
        };
        assert_eq!(object.get("a"), Some(&Json::Number("1e9")));
        assert_eq!(object.get("\n"), Some(&Json::List(vec![])));
        assert_eq!(object.get("b"), None);
        assert_eq!(object.names().collect::<Vec<_>>(), ["a", "\n"]);
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
