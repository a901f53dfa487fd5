//! Schemas of a validator: whatever one refuses the server refuses, too, and what only the server can tell it lets through.

use std::collections::HashMap;

use mizan_core::constraints::{Constraint, Constraints, Format, Scalar};
use mizan_core::shape::{Body, Field, Literal, Primitive, Shape};
use mizan_core::value::Value;

use super::names::Names;
use super::syntax;
use crate::naming::Scope;
use crate::options::Validator;

/// What writes schemas for one validator.
pub struct Schemas<'a> {
    validator: Validator,
    /// What the validator is called here.
    local: String,
    /// The language's own `Blob`.
    blob: String,
    bigint: bool,
    /// The constants of the types, by their names in the document.
    types: HashMap<&'a str, String>,
    scope: Scope,
}

impl<'a> Schemas<'a> {
    /// The names of the schemas of all types are taken first, so that each may refer to any.
    pub fn new(validator: Validator, names: &Names<'a>, bigint: bool) -> Self {
        let mut scope = names.scope.clone();
        let mut types: Vec<_> = names.types.iter().collect();
        types.sort();
        let types = types
            .into_iter()
            .map(|(name, local)| (*name, scope.claim(&[&constant(local)])))
            .collect();
        Self {
            validator,
            local: names.import(validator.local()),
            blob: names.global("Blob"),
            bigint,
            types,
            scope,
        }
    }

    /// What the validator is called here.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The statement that imports it.
    pub fn import(&self) -> String {
        let local = &self.local;
        match self.validator {
            Validator::Zod if local == "z" => "import { z } from \"zod\";".to_owned(),
            Validator::Zod => format!("import {{ z as {local} }} from \"zod\";"),
            Validator::Valibot => format!("import * as {local} from \"valibot\";"),
        }
    }

    /// The type of a schema of values of the type `written`.
    pub fn kind(&self, written: &str) -> String {
        let name = match self.validator {
            Validator::Zod => "ZodType",
            Validator::Valibot => "GenericSchema",
        };
        format!("{}.{name}<{written}>", self.local)
    }

    /// The constant of a named type.
    pub fn named(&self, name: &str) -> String {
        self.types
            .get(name)
            .cloned()
            .unwrap_or_else(|| self.plain("unknown"))
    }

    /// The constant of the arguments of a function, whose type is `written`.
    pub fn args(&self, written: &str) -> String {
        self.scope.find(&[&constant(written)])
    }

    /// The schema of a body. What is only sent may have no other members.
    pub fn body(&self, body: &Body, is_sent: bool) -> String {
        match body {
            Body::Struct(fields) => self.object(fields, is_sent),
            Body::Enum(values) => self.one_of(values.iter().map(|value| &value.value)),
            Body::Alias(shape) => self.shape(shape),
        }
    }

    /// The schema of an object without members.
    pub fn nothing(&self) -> String {
        self.object(&[], true)
    }

    fn object(&self, fields: &[Field], is_strict: bool) -> String {
        let name = if is_strict { "strictObject" } else { "object" };
        let member = |field: &Field| {
            let schema = self.shape(&field.shape);
            let schema = if field.required {
                schema
            } else {
                self.of("exactOptional", &schema)
            };
            format!("{}: {schema}", syntax::key(&field.name))
        };
        let members: Vec<_> = fields.iter().map(member).collect();
        if members.is_empty() {
            return self.of(name, "{}");
        }
        // Each on a line of its own, where the template has it.
        let members = members.join(",\n    ");
        self.of(name, &format!("{{\n    {members},\n  }}"))
    }

    fn shape(&self, shape: &Shape) -> String {
        match shape {
            Shape::Primitive(primitive) => self.primitive(primitive),
            Shape::Ref(name) => self.named(name),
            Shape::List(item, limits) => {
                let list = self.of("array", &self.shape(item));
                self.checked(list, &self.lengths(limits))
            }
            Shape::Map(value, _) => {
                let members = format!("{}, {}", self.plain("string"), self.shape(value));
                self.of("record", &members)
            }
            Shape::Tuple(items) => self.of("tuple", &self.list(items)),
            Shape::Optional(inner) => self.of("nullable", &self.shape(inner)),
            Shape::Enum(values) => self.one_of(values.iter()),
            Shape::Union(union) => self.of("union", &self.list(&union.items)),
            Shape::Any => self.plain("unknown"),
            Shape::Null => self.plain("null"),
            Shape::Upload(_) => {
                let name = match self.validator {
                    Validator::Zod => "instanceof",
                    Validator::Valibot => "instance",
                };
                self.of(name, &self.blob)
            }
        }
    }

    fn list(&self, shapes: &[Shape]) -> String {
        let schemas: Vec<_> = shapes.iter().map(|shape| self.shape(shape)).collect();
        format!("[{}]", schemas.join(", "))
    }

    fn one_of<'b>(&self, values: impl Iterator<Item = &'b Literal>) -> String {
        let written: Vec<_> = values
            .map(|value| syntax::literal(value, self.bigint))
            .collect();
        // One that no number of JavaScript is exactly is any number.
        let (numbers, exact): (Vec<_>, Vec<_>) =
            written.into_iter().partition(|value| value == "number");
        let name = match self.validator {
            Validator::Zod => "literal",
            Validator::Valibot => "picklist",
        };
        let exact = (!exact.is_empty()).then(|| self.of(name, &format!("[{}]", exact.join(", "))));
        match (exact, numbers.is_empty()) {
            (Some(exact), true) => exact,
            (Some(exact), false) => {
                self.of("union", &format!("[{exact}, {}]", self.plain("number")))
            }
            (None, _) => self.plain("number"),
        }
    }

    fn primitive(&self, primitive: &Primitive) -> String {
        let limits = &primitive.constraints;
        match primitive.scalar {
            Scalar::Boolean => self.plain("boolean"),
            // Other formats of text have more spellings on the server than a validator knows.
            Scalar::String if primitive.format.is_some() => self.plain("string"),
            Scalar::String => self.checked(self.plain("string"), &self.text_lengths(limits)),
            Scalar::Number => self.checked(self.plain("number"), &self.bounds(limits, false)),
            Scalar::Integer => {
                let whole = match self.validator {
                    Validator::Zod => self.check("Number.isInteger"),
                    Validator::Valibot => self.plain("integer"),
                };
                let checks = std::iter::once(whole).chain(self.bounds(limits, true));
                let number = self.checked(self.plain("number"), &checks.collect::<Vec<_>>());
                if self.bigint && primitive.format == Some(Format::Int64) {
                    self.of("union", &format!("[{number}, {}]", self.plain("bigint")))
                } else {
                    number
                }
            }
        }
    }

    fn bounds(&self, limits: &Constraints, is_whole: bool) -> Vec<String> {
        let names = [
            (Constraint::Min, "min", "minValue"),
            (Constraint::ExclusiveMin, "gt", "gtValue"),
            (Constraint::Max, "max", "maxValue"),
            (Constraint::ExclusiveMax, "lt", "ltValue"),
            (Constraint::MultipleOf, "multipleOf", "multipleOf"),
        ];
        names
            .into_iter()
            // What is left over by a division of other numbers is a matter of rounding.
            .filter(|(limit, ..)| is_whole || *limit != Constraint::MultipleOf)
            .filter_map(|(limit, zod, valibot)| {
                Some(self.limit(zod, valibot, &number(limits.get(&limit)?)?))
            })
            .collect()
    }

    fn lengths(&self, limits: &Constraints) -> Vec<String> {
        let names = [
            (Constraint::MinLength, "min", "minLength"),
            (Constraint::MaxLength, "max", "maxLength"),
        ];
        names
            .into_iter()
            .filter_map(|(limit, zod, valibot)| {
                Some(self.limit(zod, valibot, &number(limits.get(&limit)?)?))
            })
            .collect()
    }

    /// Lengths of texts are code points, which `.length` does not count.
    fn text_lengths(&self, limits: &Constraints) -> Vec<String> {
        [(Constraint::MinLength, ">="), (Constraint::MaxLength, "<=")]
            .into_iter()
            .filter_map(|(limit, sign)| {
                let length = number(limits.get(&limit)?)?;
                Some(self.check(&format!("(text) => [...text].length {sign} {length}")))
            })
            .collect()
    }

    fn limit(&self, zod: &str, valibot: &str, value: &str) -> String {
        match self.validator {
            Validator::Zod => format!("{zod}({value})"),
            Validator::Valibot => self.of(valibot, value),
        }
    }

    fn check(&self, predicate: &str) -> String {
        match self.validator {
            Validator::Zod => format!("refine({predicate})"),
            Validator::Valibot => self.of("check", predicate),
        }
    }

    fn checked(&self, schema: String, checks: &[String]) -> String {
        if checks.is_empty() {
            return schema;
        }
        match self.validator {
            Validator::Zod => format!("{schema}.{}", checks.join(".")),
            Validator::Valibot => self.of("pipe", &format!("{schema}, {}", checks.join(", "))),
        }
    }

    fn plain(&self, name: &str) -> String {
        self.of(name, "")
    }

    fn of(&self, name: &str, inner: &str) -> String {
        format!("{}.{name}({inner})", self.local)
    }
}

/// What the schema of a type is called, where that name is free.
fn constant(written: &str) -> String {
    let mut characters = written.chars();
    let first = characters.next().map(char::to_lowercase);
    let camel: String = first.into_iter().flatten().chain(characters).collect();
    format!("{camel}Schema")
}

fn number(value: &Value) -> Option<String> {
    const LARGEST: i64 = (1 << 53) - 1;
    match value {
        Value::Int(number) if (-LARGEST..=LARGEST).contains(number) => Some(number.to_string()),
        Value::Float(number) if number.is_finite() => Some(number.to_string()),
        _ => None,
    }
}
