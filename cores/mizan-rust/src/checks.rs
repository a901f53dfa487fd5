//! Checks of single arguments; every message starts with the argument's name.

use crate::error::{Error, Problem, Result};

/// The largest integer that every JSON reader keeps exactly (RFC 8259 section 6).
pub const MAX_INTEGER: i64 = (1 << 53) - 1;

/// `text`, which must hold something.
pub fn filled<'a>(text: &'a str, name: &str) -> Result<&'a str> {
    if text.is_empty() {
        return Err(Error::invalid(name, Problem::Empty));
    }
    Ok(text)
}

/// `value`, which must lie in `low..=high`; None stands for an integer beyond 64 bits.
pub fn in_range(value: Option<i64>, name: &str, low: i64, high: i64) -> Result<i64> {
    value
        .filter(|number| (low..=high).contains(number))
        .ok_or_else(|| Error::invalid(name, Problem::OutOfRange { low, high }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_include_their_ends() {
        for value in [0, MAX_INTEGER] {
            assert_eq!(in_range(Some(value), "rev", 0, MAX_INTEGER), Ok(value));
        }
        for value in [Some(-1), Some(MAX_INTEGER + 1), None] {
            let error = in_range(value, "rev", 0, MAX_INTEGER).unwrap_err();
            assert_eq!(error.to_string(), "rev: expected 0 to 9007199254740991");
        }
    }

    #[test]
    fn nothing_is_not_filled() {
        assert_eq!(filled("a", "sub"), Ok("a"));
        assert_eq!(
            filled("", "sub").unwrap_err().to_string(),
            "sub: must not be empty"
        );
    }
}
