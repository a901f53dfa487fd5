//! What the user is told.

use mizan_codegen::difference::{Change, Class, difference};
use mizan_core::ir::Document;

/// How many changes are told one by one.
const MOST: usize = 40;

/// Lines that say what is different in the new interface.
pub fn changes(old: Option<&str>, new: &Document) -> Vec<String> {
    let Some(Ok(old)) = old.map(Document::parse) else {
        return Vec::new();
    };
    let changes = difference(&old, new);
    let mut lines: Vec<_> = changes.iter().take(MOST).map(line).collect();
    if changes.len() > MOST {
        lines.push(format!("… and {} more", changes.len() - MOST));
    }
    lines
}

/// The line of a change.
pub fn line(change: &Change) -> String {
    let suffix = match change.class {
        Class::Breaking => "  (breaks clients of before)",
        Class::Unknown => "  (may break clients of before)",
        Class::Source => "  (sources need the new name)",
        Class::Compatible => "",
    };
    format!("{change}{suffix}")
}

/// Whether clients of before break.
pub fn breaks(changes: &[Change]) -> bool {
    changes.iter().any(|change| change.class == Class::Breaking)
}

/// How many changes there are, and of which kind.
pub fn counted(changes: &[Change]) -> String {
    let breaking = changes
        .iter()
        .filter(|change| change.class == Class::Breaking);
    match (changes.len(), breaking.count()) {
        (0, _) => "no changes".to_owned(),
        (1, 0) => "1 change, not breaking".to_owned(),
        (1, _) => "1 change, breaking".to_owned(),
        (all, 0) => format!("{all} changes, none of them breaking"),
        (all, breaking) => format!("{all} changes, {breaking} of them breaking"),
    }
}
