//! Differences between the limits of a value.

use mizan_core::constraints::{Constraint, Constraints};
use mizan_core::value::Value;

/// Which values remain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limits {
    /// The same.
    Same,
    /// All that there were, and others.
    Wider,
    /// Not all that there were.
    Tighter,
}

/// What the change from `before` to `after` does. What nobody can tell is tighter.
pub fn compare(before: &Constraints, after: &Constraints) -> Limits {
    let tightens = |(constraint, value): (&Constraint, &Value)| match before.get(constraint) {
        None => true,
        Some(old) => old != value && !is_wider(*constraint, old, value),
    };
    if after.iter().any(tightens) || whole_digits(after) < whole_digits(before) {
        Limits::Tighter
    } else if before == after {
        Limits::Same
    } else {
        Limits::Wider
    }
}

fn is_wider(constraint: Constraint, old: &Value, new: &Value) -> bool {
    let (Some(old), Some(new)) = (number(old), number(new)) else {
        return false;
    };
    match constraint {
        Constraint::Min | Constraint::ExclusiveMin | Constraint::MinLength => new < old,
        Constraint::Max
        | Constraint::ExclusiveMax
        | Constraint::MaxLength
        | Constraint::MaxDigits
        | Constraint::DecimalPlaces
        | Constraint::MaxBytes
        | Constraint::MaxFiles => new > old,
        Constraint::MultipleOf | Constraint::Step | Constraint::Pattern => false,
    }
}

/// How many digits a decimal may have before its point.
fn whole_digits(limits: &Constraints) -> u64 {
    let find = |constraint| limits.get(&constraint).and_then(digits);
    find(Constraint::MaxDigits).map_or(u64::MAX, |digits| {
        digits.saturating_sub(find(Constraint::DecimalPlaces).unwrap_or_default())
    })
}

fn digits(value: &Value) -> Option<u64> {
    match value {
        Value::Int(number) => u64::try_from(*number).ok(),
        _ => None,
    }
}

/// A bound: a number, or the text of a decimal.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => number.to_string().parse().ok(),
        Value::Float(number) => Some(*number),
        Value::BigInt(digits) | Value::String(digits) => digits.parse().ok(),
        _ => None,
    }
}
