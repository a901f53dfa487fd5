//! What a primitive holds more precisely, and the limits that the server sets to values
//! (docs/protocol.md section 11).

use std::collections::BTreeMap;

use crate::error::Result;
use crate::keyword::{Keyword, keywords};
use crate::reader::{Reader, Record};
use crate::value::Value;

keywords! {
    /// The kinds of JSON scalars.
    pub enum Scalar {
        /// An integer.
        Integer = "integer",
        /// Any number.
        Number = "number",
        /// `true` or `false`.
        Boolean = "boolean",
        /// A string.
        String = "string",
    }
}

keywords! {
    /// What an integer or a string holds more precisely.
    pub enum Format {
        /// An integer that may lie beyond 2^53.
        Int64 = "int64",
        /// A date with a time, RFC 3339.
        DateTime = "date-time",
        /// A date.
        Date = "date",
        /// A time of day.
        Time = "time",
        /// A duration, ISO 8601.
        Duration = "duration",
        /// A UUID.
        Uuid = "uuid",
        /// A decimal number.
        Decimal = "decimal",
        /// Bytes.
        Binary = "binary",
        /// An e-mail address.
        Email = "email",
        /// A URI.
        Uri = "uri",
    }
}

impl Format {
    /// The formats that such a scalar may have.
    pub(crate) fn all(scalar: Scalar) -> &'static [Self] {
        let (integers, strings) = Self::ALL.split_at(1);
        match scalar {
            Scalar::Integer => integers,
            Scalar::String => strings,
            Scalar::Number | Scalar::Boolean => &[],
        }
    }
}

keywords! {
    /// A limit that the server sets to a value. In the order that they are written in.
    pub enum Constraint {
        /// The least number.
        Min = "min",
        /// The number that the value is greater than.
        ExclusiveMin = "exclusive-min",
        /// The greatest number.
        Max = "max",
        /// The number that the value is less than.
        ExclusiveMax = "exclusive-max",
        /// The number that the value is a multiple of.
        MultipleOf = "multiple-of",
        /// The distance between the values of a form's field, counted from the least one, else from 0.
        Step = "step",
        /// The least number of code points, items or members.
        MinLength = "min-length",
        /// The greatest number of code points, items or members.
        MaxLength = "max-length",
        /// A regular expression of the crate `regex` that matches somewhere in the string.
        Pattern = "pattern",
        /// The greatest number of digits of a decimal.
        MaxDigits = "max-digits",
        /// The greatest number of digits behind a decimal's point.
        DecimalPlaces = "decimal-places",
        /// The greatest number of bytes of an uploaded file.
        MaxBytes = "max-bytes",
        /// The greatest number of files that come together.
        MaxFiles = "max-files",
    }
}

/// The limits of a shape or of a form's field. A bound is a number, a decimal's the text of one; a
/// length or number of digits, bytes or files is an integer from 0; a pattern is a string.
pub type Constraints = BTreeMap<Constraint, Value>;

/// The greatest length, or number of digits.
pub(crate) const MAX_COUNT: u64 = (1 << 53) - 1;

/// What the members of a shape may hold beside its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowed {
    /// In the order of [`Constraint`].
    pub(crate) constraints: &'static [Constraint],
    /// Their names in plain data.
    pub(crate) members: &'static [&'static str],
    bounds: Bounds,
}

/// What bounds are written as.
#[derive(Clone, Copy, Debug)]
enum Bounds {
    Numbers,
    Texts,
    Either,
}

macro_rules! allowed {
    ($bounds:ident: $($constraint:ident $member:literal),*) => {
        Allowed {
            constraints: &[$(Constraint::$constraint),*],
            members: &[$($member),*],
            bounds: Bounds::$bounds,
        }
    };
}

/// What a list or a map may have.
pub(crate) const LENGTHS: Allowed =
    allowed!(Numbers: MinLength "min_length", MaxLength "max_length");

/// What an upload may have.
pub(crate) const UPLOADS: Allowed = allowed!(Numbers: MaxBytes "max_bytes", MaxFiles "max_files");

/// What a form's field may have.
pub(crate) const CHECKS: Allowed = allowed!(
    Either: Min "min", Max "max", Step "step", MinLength "min_length", MaxLength "max_length",
    MaxDigits "max_digits", DecimalPlaces "decimal_places"
);

const NONE: Allowed = allowed!(Numbers:);

const BOUNDS: Allowed = allowed!(
    Numbers: Min "min", ExclusiveMin "exclusive_min", Max "max", ExclusiveMax "exclusive_max",
    MultipleOf "multiple_of"
);

const DECIMAL: Allowed = allowed!(
    Texts: Min "min", ExclusiveMin "exclusive_min", Max "max", ExclusiveMax "exclusive_max",
    MultipleOf "multiple_of", MaxDigits "max_digits", DecimalPlaces "decimal_places"
);

const TEXT: Allowed =
    allowed!(Numbers: MinLength "min_length", MaxLength "max_length", Pattern "pattern");

impl Allowed {
    /// What a primitive may have.
    pub(crate) const fn of(scalar: Scalar, format: Option<Format>) -> Self {
        match (scalar, format) {
            (Scalar::Integer | Scalar::Number, _) => BOUNDS,
            (Scalar::Boolean, _) => NONE,
            (Scalar::String, Some(Format::Decimal)) => DECIMAL,
            (Scalar::String, _) => TEXT,
        }
    }

    /// The constraints among the members of a record that has no others than these.
    /// Most values have none: `own` is how many members the record has beside them.
    pub(crate) fn read(self, record: &Record<'_>, own: usize) -> Result<Constraints> {
        if record.len() == own {
            return Ok(Constraints::new());
        }
        let named = self.constraints.iter().zip(self.members);
        let found = named.filter_map(|(constraint, member)| {
            let reader = record.find(member)?;
            Some(self.read_one(*constraint, &reader))
        });
        found.collect()
    }

    fn read_one(self, constraint: Constraint, reader: &Reader<'_>) -> Result<(Constraint, Value)> {
        match self.problem(constraint, reader.value) {
            Some(expected) => Err(reader.fail(expected)),
            None => Ok((constraint, reader.value.clone())),
        }
    }

    /// What was expected where `value` is no value of this constraint.
    pub(crate) fn problem(self, constraint: Constraint, value: &Value) -> Option<String> {
        let is_text = matches!(value, Value::String(_));
        let is_number = matches!(value, Value::Int(_) | Value::BigInt(_) | Value::Float(_));
        let is_count = count(value).is_some();
        let (is_right, expected) = match constraint {
            Constraint::Pattern => (is_text, "a string".to_owned()),
            Constraint::Min
            | Constraint::ExclusiveMin
            | Constraint::Max
            | Constraint::ExclusiveMax
            | Constraint::MultipleOf
            | Constraint::Step => match self.bounds {
                Bounds::Texts => (is_text, "a string".to_owned()),
                Bounds::Numbers => (is_number, "a number".to_owned()),
                Bounds::Either => (is_number || is_text, "a number or a string".to_owned()),
            },
            Constraint::MinLength
            | Constraint::MaxLength
            | Constraint::MaxDigits
            | Constraint::DecimalPlaces
            | Constraint::MaxBytes
            | Constraint::MaxFiles => (is_count, expected_count()),
        };
        (!is_right).then_some(expected)
    }
}

/// The length, number of digits or of seconds that `value` is.
pub(crate) fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Int(number) => u64::try_from(*number).ok(),
        _ => None,
    }
    .filter(|count| *count <= MAX_COUNT)
}

/// What is expected where something is no [`count`].
pub(crate) fn expected_count() -> String {
    format!("an integer from 0 to {MAX_COUNT}")
}

/// The constraints as members of plain data.
pub(crate) fn members(constraints: &Constraints) -> impl Iterator<Item = (String, Value)> {
    let member = |(constraint, value): (&Constraint, &Value)| {
        (constraint.as_str().replace('-', "_"), value.clone())
    };
    constraints.iter().map(member)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_named_like_their_constraints_and_stand_in_their_order() {
        for allowed in [NONE, LENGTHS, UPLOADS, CHECKS, BOUNDS, DECIMAL, TEXT] {
            assert!(allowed.constraints.is_sorted());
            let member = |constraint: &Constraint| constraint.as_str().replace('-', "_");
            let members: Vec<_> = allowed.constraints.iter().map(member).collect();
            assert_eq!(members, allowed.members);
        }
    }
}
