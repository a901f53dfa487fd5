//! The text of a document, for messages that name a line and a column.

use crate::error::{Error, Problem};

/// A text and what is wrong with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
}

impl<'a> Source<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text }
    }

    /// What was expected at the byte `offset`.
    pub(super) fn fail(&self, offset: usize, expected: &str) -> Error {
        self.refuse(offset, Problem::expected(expected.to_owned()))
    }

    /// What is wrong at the byte `offset`. Lines and columns count from one, columns in characters.
    pub(super) fn refuse(&self, offset: usize, problem: Problem) -> Error {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before.get(start..).unwrap_or_default().chars().count() + 1;
        Error::Document {
            line,
            column,
            problem,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters() {
        let source = Source::new("a\n\u{e9}\u{1f600}b\n");
        for (offset, place) in [
            (0, "line 1, column 1"),
            (1, "line 1, column 2"),
            (2, "line 2, column 1"),
            (8, "line 2, column 3"),
            (10, "line 3, column 1"),
            (99, "line 3, column 1"),
        ] {
            assert_eq!(
                source.fail(offset, "x").to_string(),
                format!("{place}: expected x")
            );
        }
    }
}
