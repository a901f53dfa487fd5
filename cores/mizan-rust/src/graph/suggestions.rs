//! The nearest names to a mistyped one.

use std::collections::BTreeSet;

use crate::names::MAX_NAME_LENGTH;
use crate::path::quoted;

const MAX_SUGGESTIONS: usize = 3;

/// `; did you mean "a" or "b"?` with the nearest names first, or nothing.
pub(super) fn did_you_mean<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let wanted: Vec<char> = wanted.chars().collect();
    if wanted.len() > MAX_NAME_LENGTH {
        return String::new();
    }
    let limit = (wanted.len() / 3).max(1);
    let ranked: BTreeSet<(usize, &str)> = names
        .into_iter()
        .map(|name| (edit_distance(&wanted, name), name))
        .collect();
    let near = ranked
        .into_iter()
        .take_while(|(distance, _)| *distance <= limit);
    let near: Vec<String> = near
        .take(MAX_SUGGESTIONS)
        .map(|(_, name)| quoted(name))
        .collect();
    if near.is_empty() {
        return String::new();
    }
    format!("; did you mean {}?", near.join(" or "))
}

/// Levenshtein distance in code points.
fn edit_distance(left: &[char], right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, character) in left.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, other) in right.iter().enumerate() {
            let substitution = diagonal + usize::from(character != other);
            diagonal = row[column + 1];
            row[column + 1] = substitution.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_code_points() {
        let distance =
            |left: &str, right: &str| edit_distance(&left.chars().collect::<Vec<_>>(), right);
        for (left, right, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("user", "users", 1),
            ("é", "e", 1),
            ("ab", "ba", 2),
        ] {
            assert_eq!(distance(left, right), expected, "{left} {right}");
        }
    }

    #[test]
    fn the_nearest_names_come_first() {
        let names = ["users", "user", "other", "usher", "used"];
        assert_eq!(
            did_you_mean("user", names),
            r#"; did you mean "user" or "used" or "users"?"#
        );
        assert_eq!(did_you_mean("x", names), "");
        assert_eq!(did_you_mean("usr", ["user"]), r#"; did you mean "user"?"#);
        assert_eq!(did_you_mean("", ["a", "bc"]), r#"; did you mean "a"?"#);
    }

    #[test]
    fn long_names_get_no_suggestion() {
        let name = "a".repeat(MAX_NAME_LENGTH + 1);
        assert_eq!(did_you_mean(&name, [name.as_str()]), "");
        assert_ne!(did_you_mean(&name[1..], [&name[1..]]), "");
    }
}
