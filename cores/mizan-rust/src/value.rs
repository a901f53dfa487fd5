//! Plain data: what JSON can say, with integers of any size.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::error::{Error, Problem, Result};
use crate::members;
use crate::path::Path;

/// The members of an object.
pub type Members = members::Members<Value>;

/// How many containers may stand inside one another.
pub const MAX_DEPTH: usize = 64;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// The decimal text of an integer beyond 64 bits, without a plus sign or leading zeros.
    BigInt(String),
    /// A float; NaN and infinities are refused where the value is used.
    Float(f64),
    /// A string.
    String(String),
    /// A list.
    List(Vec<Value>),
    /// An object.
    Map(Members),
}

impl Value {
    /// An integer from its decimal text; None when `text` is not one.
    pub fn integer(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !plain {
            return None;
        }
        Some(
            text.parse()
                .map_or_else(|_| big_integer(text, digits), Self::Int),
        )
    }

    /// An object of the given members.
    pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, Value)>) -> Self {
        Self::Map(
            members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    /// A list of strings.
    pub fn strings<'a>(items: impl IntoIterator<Item = &'a str>) -> Self {
        items.into_iter().map(Self::from).collect()
    }

    /// Whether this is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Refuses NaN, infinities and containers beyond [`MAX_DEPTH`]; `depth` is the level that the
    /// value stands on, 1 for a whole argument.
    pub fn check(&self, path: &Path<'_>, depth: usize) -> Result<()> {
        if self.is_json(depth) {
            return Ok(());
        }
        self.refuse(path, depth)
    }

    fn is_json(&self, depth: usize) -> bool {
        match self {
            Self::Float(value) => value.is_finite(),
            Self::List(_) | Self::Map(_) if depth > MAX_DEPTH => false,
            Self::List(items) => items.iter().all(|item| item.is_json(depth + 1)),
            Self::Map(members) => members.iter().all(|(_, item)| item.is_json(depth + 1)),
            _ => true,
        }
    }

    /// The first place that is not JSON.
    fn refuse(&self, path: &Path<'_>, depth: usize) -> Result<()> {
        match self {
            Self::Float(value) if !value.is_finite() => {
                Err(Error::invalid(path, Problem::NotFinite))
            }
            Self::List(_) | Self::Map(_) if depth > MAX_DEPTH => Err(too_deep(path)),
            Self::List(items) => items
                .iter()
                .enumerate()
                .try_for_each(|(index, item)| item.refuse(&path.index(index), depth + 1)),
            Self::Map(members) => members
                .iter()
                .try_for_each(|(key, item)| item.refuse(&path.key(key), depth + 1)),
            _ => Ok(()),
        }
    }
}

/// The error for a container beyond [`MAX_DEPTH`].
pub(crate) fn too_deep(path: &Path<'_>) -> Error {
    Error::invalid(path, Problem::TooDeep { limit: MAX_DEPTH })
}

fn big_integer(text: &str, digits: &str) -> Value {
    let significant = digits.trim_start_matches('0');
    let sign = if digits.len() < text.len() { "-" } else { "" };
    let text = format!("{sign}{significant}");
    text.parse().map_or(Value::BigInt(text), Value::Int)
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Value>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

/// From any format that serde reads; a name that comes twice keeps its last value.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        let text = || Value::BigInt(number.to_string());
        Ok(i64::try_from(number).map_or_else(|_| text(), Value::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut members = Members::new();
        while let Some((name, value)) = entries.next_entry()? {
            members.insert(name, value);
        }
        Ok(Value::Map(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serde_reads_every_kind() {
        let text = r#"{"b":[null,true,-1,18446744073709551615,1.5,"t\u00e9"],"a":{}}"#;
        let list = vec![
            Value::Null,
            Value::Bool(true),
            Value::Int(-1),
            Value::BigInt("18446744073709551615".into()),
            Value::Float(1.5),
            Value::from("té"),
        ];
        let expected = Value::object([("a", Value::object([])), ("b", Value::List(list))]);
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), expected);
    }

    #[test]
    fn integers_have_one_form() {
        for (text, value) in [
            ("0", Value::Int(0)),
            ("-0", Value::Int(0)),
            ("007", Value::Int(7)),
            ("9223372036854775807", Value::Int(i64::MAX)),
            ("-9223372036854775808", Value::Int(i64::MIN)),
            (
                "9223372036854775808",
                Value::BigInt("9223372036854775808".into()),
            ),
            (
                "-09223372036854775809",
                Value::BigInt("-9223372036854775809".into()),
            ),
            ("000000000000000000000000000001", Value::Int(1)),
        ] {
            assert_eq!(Value::integer(text), Some(value), "{text}");
        }
        for text in ["", "-", "+1", "1.0", "1e3", " 1", "٣"] {
            assert_eq!(Value::integer(text), None, "{text}");
        }
    }

    fn nested(levels: usize) -> Value {
        (0..levels).fold(Value::Null, |inner, _| Value::List(vec![inner]))
    }

    #[test]
    fn nesting_is_bounded() {
        let path = Path::root("value");
        assert_eq!(nested(MAX_DEPTH).check(&path, 1), Ok(()));
        let error = nested(MAX_DEPTH + 1).check(&path, 1).unwrap_err();
        let place = format!("value{}", "[0]".repeat(MAX_DEPTH));
        assert_eq!(
            error.to_string(),
            format!("{place}: nested deeper than 64 levels")
        );
    }

    #[test]
    fn floats_are_finite() {
        let value = Value::object([("a", Value::List(vec![Value::Float(f64::NAN)]))]);
        let error = value.check(&Path::root("value"), 1).unwrap_err();
        assert_eq!(
            error.to_string(),
            "value.a[0]: NaN and infinities have no JSON form"
        );
    }
}
