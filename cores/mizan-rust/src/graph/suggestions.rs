//! The nearest names to a mistyped one.

use std::collections::BTreeSet;

use crate::names::MAX_NAME_LENGTH;

const MAX_SUGGESTIONS: usize = 3;

/// Those of `names` that may have been meant, the nearest first.
pub(super) fn near<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let wanted: Vec<char> = wanted.chars().collect();
    if wanted.len() > MAX_NAME_LENGTH {
        return Vec::new();
    }
    let limit = (wanted.len() / 3).max(1);
    let ranked: BTreeSet<(usize, &str)> = names
        .into_iter()
        .map(|name| (edit_distance(&wanted, name), name))
        .collect();
    ranked
        .into_iter()
        .take_while(|(distance, _)| *distance <= limit)
        .take(MAX_SUGGESTIONS)
        .map(|(_, name)| name.to_owned())
        .collect()
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
        assert_eq!(near("user", names), ["user", "used", "users"]);
        assert!(near("x", names).is_empty());
        assert_eq!(near("usr", ["user"]), ["user"]);
        assert_eq!(near("", ["a", "bc"]), ["a"]);
    }

    #[test]
    fn long_names_get_no_suggestion() {
        let name = "a".repeat(MAX_NAME_LENGTH + 1);
        assert!(near(&name, [name.as_str()]).is_empty());
        assert!(!near(&name[1..], [&name[1..]]).is_empty());
    }
}
