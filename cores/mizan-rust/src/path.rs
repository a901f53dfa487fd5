//! Where a value stands inside an argument, for messages: `params.filter[2]`.

use std::fmt::{self, Display};

use crate::escape::write_string;

/// A linked path on the stack: rendering is left to the error that needs it.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    segment: Segment<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Segment<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    /// The path of a whole argument.
    pub const fn root(label: &'a str) -> Self {
        Self {
            parent: None,
            segment: Segment::Key(label),
        }
    }

    /// The path of an object's member.
    #[must_use]
    pub const fn key(&'a self, key: &'a str) -> Self {
        Self {
            parent: Some(self),
            segment: Segment::Key(key),
        }
    }

    /// The path of a list's item.
    #[must_use]
    pub const fn index(&'a self, index: usize) -> Self {
        Self {
            parent: Some(self),
            segment: Segment::Index(index),
        }
    }
}

impl Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(formatter)?;
        }
        match self.segment {
            Segment::Index(index) => write!(formatter, "[{index}]"),
            Segment::Key(label) if self.parent.is_none() => formatter.write_str(label),
            Segment::Key(key) if is_plain(key) => write!(formatter, ".{key}"),
            Segment::Key(key) => write!(formatter, "[{}]", quoted(key)),
        }
    }
}

/// A name as messages show it: an ASCII JSON string, so that no control character reaches a log.
pub fn quoted(name: &str) -> String {
    let mut out = Vec::with_capacity(name.len() + 2);
    write_string(&mut out, name);
    String::from_utf8(out).unwrap_or_default()
}

fn is_plain(key: &str) -> bool {
    let starts_well = key
        .bytes()
        .next()
        .is_some_and(|first| !first.is_ascii_digit());
    starts_well
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_like_an_expression() {
        let root = Path::root("params");
        let filter = root.key("filter");
        assert_eq!(filter.index(2).to_string(), "params.filter[2]");
    }

    #[test]
    fn other_keys_are_quoted() {
        let root = Path::root("value");
        for (key, text) in [
            ("", r#"value[""]"#),
            ("a b", r#"value["a b"]"#),
            ("9a", r#"value["9a"]"#),
            ("é\n", r#"value["\u00e9\n"]"#),
            ("_a9", "value._a9"),
        ] {
            assert_eq!(root.key(key).to_string(), text);
        }
    }
}
