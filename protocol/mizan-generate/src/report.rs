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

fn line(change: &Change) -> String {
    let suffix = match change.class {
        Class::Breaking => "  (breaks clients of before)",
        Class::Unknown => "  (may break clients of before)",
        Class::Source => "  (sources need the new name)",
        Class::Compatible => "",
    };
    format!("{change}{suffix}")
}
