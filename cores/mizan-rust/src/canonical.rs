//! Canonical JSON (docs/protocol.md section 2), the plain form of values (section 3) and their text
//! form (section 6).
//!
//! [`Writer`] is pushed to, so that a caller can walk its own objects without building a tree;
//! [`Value`] trees go through the same writer.

use crate::error::{Error, Problem, Result};
use crate::escape::write_string;
use crate::number::{write_float, write_integer, write_plain_float};
use crate::path::Path;
use crate::value::{MAX_DEPTH, Members, Value, too_deep};

/// What becomes of scalars that are not strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// They stay what they are (section 2).
    Canonical,
    /// Floats that are integers become those, so that `1.0` and `1` are one (section 3).
    Plain,
    /// They become strings of their text, so that `5` and `"5"` are one (section 6).
    Texts,
}

/// The one byte form of `value`.
///
/// Refuses NaN, infinities and nesting beyond [`MAX_DEPTH`], with the place named.
pub fn to_vec(value: &Value) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    Writer::new(&mut out, Form::Canonical).value(value, &Path::root("value"))?;
    Ok(out)
}

/// The text of a value (section 6): a string is itself, another scalar its JSON form, a container
/// the canonical JSON of its texts.
pub fn text(value: &Value, path: &Path<'_>) -> Result<String> {
    if let Value::String(text) = value {
        return Ok(text.clone());
    }
    let form = if is_container(value) {
        Form::Texts
    } else {
        Form::Canonical
    };
    let mut out = Vec::new();
    Writer::new(&mut out, form).value(value, path)?;
    Ok(String::from_utf8(out).unwrap_or_default())
}

/// Appends canonical JSON to a buffer as it is pushed.
///
/// The caller pushes keys in code-point order and balances begin and end; the writer sets the
/// separators, counts the levels and refuses floats that are not finite.
#[derive(Debug)]
pub struct Writer<'o> {
    out: &'o mut Vec<u8>,
    form: Form,
    depth: usize,
}

impl<'o> Writer<'o> {
    /// A writer of one value.
    pub fn new(out: &'o mut Vec<u8>, form: Form) -> Self {
        Self::inside(out, form, 0)
    }

    /// A writer with `depth` containers open around it.
    pub(crate) fn inside(out: &'o mut Vec<u8>, form: Form, depth: usize) -> Self {
        Self { out, form, depth }
    }

    #[cfg(feature = "keys")]
    /// How many bytes there are so far, with those that were there before.
    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    /// Opens an object that stands at `path`.
    pub fn begin_object(&mut self, path: &Path<'_>) -> Result<()> {
        self.begin(b'{', path)
    }

    /// Closes the object.
    pub fn end_object(&mut self) {
        self.end(b'}');
    }

    /// Opens an array that stands at `path`.
    pub fn begin_array(&mut self, path: &Path<'_>) -> Result<()> {
        self.begin(b'[', path)
    }

    /// Closes the array.
    pub fn end_array(&mut self) {
        self.end(b']');
    }

    /// Names the next member.
    pub fn key(&mut self, key: &str) {
        self.separate();
        write_string(self.out, key);
        self.out.push(b':');
    }

    /// Writes a string.
    pub fn string(&mut self, text: &str) {
        self.separate();
        write_string(self.out, text);
    }

    /// Writes an integer.
    pub fn int(&mut self, value: i64) {
        self.scalar(|out| write_integer(out, value));
    }

    /// Writes an integer of any size, given as its decimal text.
    pub fn big_int(&mut self, digits: &str) {
        self.scalar(|out| out.extend_from_slice(digits.as_bytes()));
    }

    /// Writes a float that stands at `path`.
    pub fn float(&mut self, value: f64, path: &Path<'_>) -> Result<()> {
        let mut finite = false;
        let write = match self.form {
            Form::Plain => write_plain_float,
            Form::Canonical | Form::Texts => write_float,
        };
        self.scalar(|out| finite = write(out, value));
        if finite {
            Ok(())
        } else {
            Err(Error::invalid(path, Problem::NotFinite))
        }
    }

    /// Writes true or false.
    pub fn bool(&mut self, value: bool) {
        let word: &[u8] = if value { b"true" } else { b"false" };
        self.scalar(|out| out.extend_from_slice(word));
    }

    /// Writes null.
    pub fn null(&mut self) {
        self.scalar(|out| out.extend_from_slice(b"null"));
    }

    /// Writes a whole value that stands at `path`.
    #[inline]
    pub fn value(&mut self, value: &Value, path: &Path<'_>) -> Result<()> {
        match value {
            Value::Null => self.null(),
            Value::Bool(flag) => self.bool(*flag),
            Value::Int(number) => self.int(*number),
            Value::BigInt(digits) => self.big_int(digits),
            Value::Float(number) => return self.float(*number, path),
            Value::String(text) => self.string(text),
            Value::List(items) => return self.list(items, path),
            Value::Map(members) => return self.members(members, path),
        }
        Ok(())
    }

    fn list(&mut self, items: &[Value], path: &Path<'_>) -> Result<()> {
        self.begin_array(path)?;
        for (index, item) in items.iter().enumerate() {
            self.value(item, &path.index(index))?;
        }
        self.end_array();
        Ok(())
    }

    /// Writes an object that stands at `path`.
    pub fn members(&mut self, members: &Members, path: &Path<'_>) -> Result<()> {
        self.begin_object(path)?;
        for (key, item) in members.iter() {
            self.key(key);
            self.value(item, &path.key(key))?;
        }
        self.end_object();
        Ok(())
    }

    fn begin(&mut self, bracket: u8, path: &Path<'_>) -> Result<()> {
        if self.depth >= MAX_DEPTH {
            return Err(too_deep(path));
        }
        self.separate();
        self.depth += 1;
        self.out.push(bracket);
        Ok(())
    }

    fn end(&mut self, bracket: u8) {
        self.depth = self.depth.saturating_sub(1);
        self.out.push(bracket);
    }

    fn scalar(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.separate();
        if self.form != Form::Texts {
            return write(self.out);
        }
        self.out.push(b'"');
        write(self.out);
        self.out.push(b'"');
    }

    fn separate(&mut self) {
        separate(self.out);
    }
}

/// Appends the comma that is due before the next item. No value ends in one of these bytes, so they
/// tell that none is.
pub(crate) fn separate(out: &mut Vec<u8>) {
    if !matches!(out.last(), None | Some(b'{' | b'[' | b':')) {
        out.push(b',');
    }
}

fn is_container(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Map(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;
    use serde_json::json;

    fn written(value: &Value) -> String {
        String::from_utf8(to_vec(value).unwrap()).unwrap()
    }

    #[test]
    fn strings_are_ascii_with_short_escapes() {
        let text = "\"\\/\u{8}\u{c}\n\r\t\0\u{1f}\u{7f}\u{80}é☃😀~ ";
        let expected = r#""\"\\/\b\f\n\r\t\u0000\u001f\u007f\u0080\u00e9\u2603\ud83d\ude00~ ""#;
        assert_eq!(written(&Value::from(text)), expected);
    }

    #[test]
    fn objects_are_sorted_by_code_point() {
        let value = Value::object([
            ("b", Value::Int(1)),
            ("\u{10000}", Value::Int(2)),
            ("\u{ffff}", Value::Int(3)),
            ("_", Value::Int(4)),
            ("B", Value::Int(5)),
        ]);
        assert_eq!(
            written(&value),
            r#"{"B":5,"_":4,"b":1,"\uffff":3,"\ud800\udc00":2}"#
        );
    }

    #[test]
    fn scalars_and_separators() {
        let value = Value::List(vec![
            Value::Null,
            Value::Bool(true),
            Value::List(vec![]),
            Value::object([]),
            Value::object([
                ("a", Value::List(vec![Value::Bool(false)])),
                ("b", Value::Float(1.0)),
            ]),
            Value::BigInt("1208925819614629174706176".into()),
        ]);
        assert_eq!(
            written(&value),
            r#"[null,true,[],{},{"a":[false],"b":1.0},1208925819614629174706176]"#
        );
    }

    #[test]
    fn texts_turn_scalars_into_strings() {
        let value = Value::object([
            (
                "a",
                Value::List(vec![Value::Int(5), Value::from("5"), Value::Null]),
            ),
            ("b", Value::Float(1e-7)),
            ("c", Value::Bool(false)),
        ]);
        let path = Path::root("value");
        assert_eq!(
            text(&value, &path).unwrap(),
            r#"{"a":["5","5","null"],"b":"1e-07","c":"false"}"#
        );
        assert_eq!(text(&Value::Bool(true), &path).unwrap(), "true");
        assert_eq!(text(&Value::Float(1.5), &path).unwrap(), "1.5");
        assert_eq!(text(&Value::from("\n"), &path).unwrap(), "\n");
    }

    #[test]
    fn refusals_name_the_place() {
        let value = Value::object([(
            "a b",
            Value::List(vec![Value::Null, Value::Float(f64::NAN)]),
        )]);
        let error = to_vec(&value).unwrap_err().to_string();
        assert_eq!(
            error,
            r#"value["a b"][1]: NaN and infinities have no JSON form"#
        );
        let deep = (0..=MAX_DEPTH).fold(Value::Null, |inner, _| Value::List(vec![inner]));
        let error = to_vec(&deep).unwrap_err().to_string();
        assert!(
            error.ends_with("[0]: nested deeper than 64 levels"),
            "{error}"
        );
    }

    /// What both this crate and `serde_json` can hold; its map is sorted by bytes as well.
    fn shared_values() -> impl Strategy<Value = serde_json::Value> {
        let scalars = prop_oneof![
            Just(json!(null)),
            any::<bool>().prop_map(|flag| json!(flag)),
            any::<i64>().prop_map(|number| json!(number)),
            "\\PC*".prop_map(|text| json!(text)),
            any::<String>().prop_map(|text| json!(text)),
        ];
        scalars.prop_recursive(6, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(|items| json!(items)),
                prop::collection::btree_map(any::<String>(), inner, 0..8)
                    .prop_map(|members| json!(members)),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_and_is_ascii(value in shared_values()) {
            let text = written(&Value::deserialize(&value).unwrap());
            prop_assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~')));
            prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(&text).unwrap(), &value);
        }

        #[test]
        fn ascii_values_equal_the_compact_form_of_serde_json(
            members in prop::collection::btree_map("[ -~]*", "[ -~\n\r\t]*", 0..8)
        ) {
            let value = json!(members);
            prop_assert_eq!(written(&Value::deserialize(&value).unwrap()), value.to_string());
        }
    }
}
