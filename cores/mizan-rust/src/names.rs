//! The rules for names (docs/protocol.md section 1).

/// The longest name of a function or context, in characters.
pub const MAX_NAME_LENGTH: usize = 128;

/// Whether `name` may name a function: `[A-Za-z_][A-Za-z0-9_.-]*`, at most 128 characters.
pub fn is_function_name(name: &str) -> bool {
    is_name(name, |byte| matches!(byte, b'_' | b'.' | b'-'))
}

/// Whether `name` may name a context: `[A-Za-z_][A-Za-z0-9_-]*`, at most 128 characters.
pub fn is_context_name(name: &str) -> bool {
    is_name(name, |byte| matches!(byte, b'_' | b'-'))
}

fn is_name(name: &str, is_mark: impl Fn(u8) -> bool) -> bool {
    let starts_well = name
        .bytes()
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_');
    // Only ASCII passes, so bytes count characters.
    starts_well
        && name.len() <= MAX_NAME_LENGTH
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || is_mark(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_may_have_dots() {
        assert!(is_function_name("contact.submit"));
        assert!(!is_context_name("contact.submit"));
    }

    #[test]
    fn names_begin_with_a_letter_or_underscore() {
        for name in ["", "9a", "-a", ".a", "é", "a b", "a\n", "aé"] {
            assert!(!is_function_name(name), "{name}");
            assert!(!is_context_name(name), "{name}");
        }
        assert!(is_context_name("_a-9"));
    }

    #[test]
    fn names_are_bounded() {
        assert!(is_context_name(&"a".repeat(MAX_NAME_LENGTH)));
        assert!(!is_context_name(&"a".repeat(MAX_NAME_LENGTH + 1)));
    }
}
