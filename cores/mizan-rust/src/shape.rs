//! Shapes: the plain-data form of types, shared by the graph (docs/protocol.md section 5) and the
//! IR (section 11).

use std::collections::{BTreeMap, HashSet};

use crate::error::{Problem, Result};
use crate::keyword::{Keyword, keywords};
use crate::reader::{Reader, check_reference, check_unique};
use crate::value::Value;

keywords! {
    /// A scalar of JSON.
    pub enum Primitive {
        /// A number without a fraction.
        Integer = "integer",
        /// A number.
        Number = "number",
        /// True or false.
        Boolean = "boolean",
        /// A string.
        String = "string",
    }
}

keywords! {
    /// What a primitive holds more precisely.
    pub enum Format {
        /// A date with a time of day (RFC 3339).
        DateTime = "date-time",
        /// A date.
        Date = "date",
        /// A time of day.
        Time = "time",
        /// A duration (ISO 8601).
        Duration = "duration",
        /// A UUID (RFC 9562).
        Uuid = "uuid",
        /// A decimal number as text.
        Decimal = "decimal",
        /// Bytes as text.
        Binary = "binary",
        /// An email address.
        Email = "email",
        /// A URI (RFC 3986).
        Uri = "uri",
    }
}

keywords! {
    enum ShapeKind {
        Primitive = "primitive",
        Ref = "ref",
        List = "list",
        Map = "map",
        Optional = "optional",
        Enum = "enum",
        Union = "union",
        Any = "any",
        Null = "null",
        Upload = "upload",
    }
}

keywords! {
    enum BodyKind {
        Struct = "struct",
        List = "list",
        Enum = "enum",
        Alias = "alias",
    }
}

/// The form of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A JSON scalar.
    Primitive {
        /// Which one.
        name: Primitive,
        /// What it holds more precisely.
        format: Option<Format>,
    },
    /// A named type.
    Ref(String),
    /// A list of items of one shape.
    List(Box<Shape>),
    /// An object with string keys and values of one shape.
    Map(Box<Shape>),
    /// A shape or null.
    Optional(Box<Shape>),
    /// One of these values.
    Enum(Vec<Literal>),
    /// One of these shapes.
    Union(Vec<Shape>),
    /// Any JSON value.
    Any,
    /// Null alone.
    Null,
    /// An uploaded file.
    Upload,
}

/// What a named type stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// An object of these fields, in declaration order.
    Struct(Vec<Field>),
    /// A list of items of one shape.
    List(Shape),
    /// One of these values.
    Enum(Vec<Literal>),
    /// Another shape's name.
    Alias(Shape),
}

/// A field of a struct.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The field's name.
    pub name: String,
    /// Whether it must be there.
    pub required: bool,
    /// The scalar that stands for it when it is not.
    pub default: Option<Value>,
    /// Its value's shape.
    pub shape: Shape,
}

/// A value of an enum. An integer beyond 64 bits is kept as its decimal text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Literal {
    /// An integer of 64 bits.
    Int(i64),
    /// The decimal text of a larger one.
    BigInt(String),
    /// A string.
    Text(String),
}

impl Shape {
    /// The shape at `reader`; its references must be among `types`.
    pub(crate) fn read(reader: &Reader<'_>, types: &HashSet<&str>) -> Result<Self> {
        match kind(reader)? {
            ShapeKind::Primitive => read_primitive(reader),
            ShapeKind::Ref => {
                let name = reader.record(&["kind", "name"], &[])?.member("name")?;
                check_reference(&name, types, "type").map(Self::Ref)
            }
            ShapeKind::List => read_inner(reader, "item", types).map(Self::List),
            ShapeKind::Map => read_inner(reader, "value", types).map(Self::Map),
            ShapeKind::Optional => read_inner(reader, "item", types).map(Self::Optional),
            ShapeKind::Enum => read_enum(reader).map(Self::Enum),
            ShapeKind::Union => read_union(reader, types).map(Self::Union),
            ShapeKind::Any => read_bare(reader, Self::Any),
            ShapeKind::Null => read_bare(reader, Self::Null),
            ShapeKind::Upload => read_bare(reader, Self::Upload),
        }
    }

    /// The names of the types that the shape refers to, in order, put behind those in `names`.
    pub(crate) fn collect_references<'a>(&'a self, names: &mut Vec<&'a str>) {
        match self {
            Self::Ref(name) => names.push(name),
            Self::List(inner) | Self::Map(inner) | Self::Optional(inner) => {
                inner.collect_references(names);
            }
            Self::Union(items) => items.iter().for_each(|item| item.collect_references(names)),
            _ => {}
        }
    }

    /// The shape as plain data.
    pub fn to_value(&self) -> Value {
        let (kind, member) = match self {
            Self::Primitive { name, format } => return primitive_value(*name, *format),
            Self::Ref(name) => ("ref", Some(("name", Value::from(name.as_str())))),
            Self::List(item) => ("list", Some(("item", item.to_value()))),
            Self::Map(value) => ("map", Some(("value", value.to_value()))),
            Self::Optional(item) => ("optional", Some(("item", item.to_value()))),
            Self::Enum(values) => ("enum", Some(("values", literal_values(values)))),
            Self::Union(items) => (
                "union",
                Some(("items", items.iter().map(Self::to_value).collect())),
            ),
            Self::Any => ("any", None),
            Self::Null => ("null", None),
            Self::Upload => ("upload", None),
        };
        tagged(kind, member)
    }
}

impl Body {
    /// The body at `reader`; its references must be among `types`.
    pub(crate) fn read(reader: &Reader<'_>, types: &HashSet<&str>) -> Result<Self> {
        match kind(reader)? {
            BodyKind::Struct => read_struct(reader, types).map(Self::Struct),
            BodyKind::List => read_wrapped(reader, "item", types).map(Self::List),
            BodyKind::Enum => read_enum(reader).map(Self::Enum),
            BodyKind::Alias => read_wrapped(reader, "shape", types).map(Self::Alias),
        }
    }

    /// The names of the types that the body refers to, in order, put behind those in `names`.
    pub(crate) fn collect_references<'a>(&'a self, names: &mut Vec<&'a str>) {
        match self {
            Self::Struct(fields) => {
                for field in fields {
                    field.shape.collect_references(names);
                }
            }
            Self::List(shape) | Self::Alias(shape) => shape.collect_references(names),
            Self::Enum(_) => {}
        }
    }

    /// The body as plain data.
    pub fn to_value(&self) -> Value {
        let (kind, member) = match self {
            Self::Struct(fields) => (
                "struct",
                ("fields", fields.iter().map(Field::to_value).collect()),
            ),
            Self::List(item) => ("list", ("item", item.to_value())),
            Self::Enum(values) => ("enum", ("values", literal_values(values))),
            Self::Alias(shape) => ("alias", ("shape", shape.to_value())),
        };
        tagged(kind, Some(member))
    }
}

impl Field {
    fn read(reader: &Reader<'_>, types: &HashSet<&str>) -> Result<Self> {
        let record = reader.record(&["name", "required", "shape"], &["default"])?;
        Ok(Self {
            name: record.member("name")?.text()?.to_owned(),
            required: record.member("required")?.flag()?,
            default: record
                .find("default")
                .map(|default| read_default(&default))
                .transpose()?,
            shape: Shape::read(&record.member("shape")?, types)?,
        })
    }

    fn to_value(&self) -> Value {
        let mut members = vec![
            ("name", Value::from(self.name.as_str())),
            ("required", Value::Bool(self.required)),
            ("shape", self.shape.to_value()),
        ];
        members.extend(self.default.clone().map(|default| ("default", default)));
        object(members)
    }
}

impl Literal {
    /// The literal as plain data.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Int(number) => Value::Int(*number),
            Self::BigInt(digits) => Value::BigInt(digits.clone()),
            Self::Text(text) => Value::String(text.clone()),
        }
    }
}

/// An alias that leads back to itself: it stands for nothing, and would equal every type.
pub(crate) fn endless_alias(types: &BTreeMap<String, Body>) -> Option<&str> {
    let mut settled = HashSet::new();
    for start in types.keys().filter(|name| aliased(types, name).is_some()) {
        let mut path = HashSet::new();
        let mut next = Some(start.as_str());
        while let Some(name) = next.filter(|name| !settled.contains(name)) {
            if !path.insert(name) {
                return Some(name);
            }
            next = aliased(types, name);
        }
        settled.extend(path);
    }
    None
}

/// The name that a type is another name of, if it is.
fn aliased<'a>(types: &'a BTreeMap<String, Body>, name: &str) -> Option<&'a str> {
    match types.get(name) {
        Some(Body::Alias(Shape::Ref(other))) => Some(other),
        _ => None,
    }
}

fn kind<K: Keyword>(reader: &Reader<'_>) -> Result<K> {
    match reader.find("kind")? {
        Some(kind) => kind.keyword(),
        None => Err(reader.refuse(Problem::MissingMember("kind".into()))),
    }
}

fn read_primitive(reader: &Reader<'_>) -> Result<Shape> {
    let record = reader.record(&["kind", "name"], &["format"])?;
    let name = record.member("name")?.keyword()?;
    let format = record
        .find("format")
        .map(|format| format.keyword())
        .transpose()?;
    Ok(Shape::Primitive { name, format })
}

fn read_inner(reader: &Reader<'_>, member: &str, types: &HashSet<&str>) -> Result<Box<Shape>> {
    read_wrapped(reader, member, types).map(Box::new)
}

fn read_wrapped(reader: &Reader<'_>, member: &str, types: &HashSet<&str>) -> Result<Shape> {
    Shape::read(
        &reader.record(&["kind", member], &[])?.member(member)?,
        types,
    )
}

fn read_bare(reader: &Reader<'_>, shape: Shape) -> Result<Shape> {
    reader.record(&["kind"], &[])?;
    Ok(shape)
}

fn read_enum(reader: &Reader<'_>) -> Result<Vec<Literal>> {
    let values = reader.record(&["kind", "values"], &[])?.member("values")?;
    let values = values.items()?;
    if values.is_empty() {
        return Err(reader.refuse(Problem::rule("an enum has one value at least")));
    }
    values.iter().map(read_literal).collect()
}

fn read_literal(reader: &Reader<'_>) -> Result<Literal> {
    match reader.value {
        Value::Int(number) => Ok(Literal::Int(*number)),
        Value::BigInt(digits) => Ok(Literal::BigInt(digits.clone())),
        Value::String(text) => Ok(Literal::Text(text.clone())),
        _ => Err(reader.fail("a string or an integer")),
    }
}

fn read_union(reader: &Reader<'_>, types: &HashSet<&str>) -> Result<Vec<Shape>> {
    let items = reader.record(&["kind", "items"], &[])?.member("items")?;
    let items = items.items()?;
    if items.len() < 2 {
        return Err(reader.refuse(Problem::rule("a union has two shapes at least")));
    }
    items.iter().map(|item| Shape::read(item, types)).collect()
}

fn read_struct(reader: &Reader<'_>, types: &HashSet<&str>) -> Result<Vec<Field>> {
    let fields = reader.record(&["kind", "fields"], &[])?.member("fields")?;
    let readers = fields.items()?;
    let fields = readers
        .iter()
        .map(|field| Field::read(field, types))
        .collect::<Result<_>>()?;
    let names = readers
        .iter()
        .filter_map(|field| field.find("name").transpose());
    check_unique(&names.collect::<Result<Vec<_>>>()?, "field")?;
    Ok(fields)
}

fn read_default(reader: &Reader<'_>) -> Result<Value> {
    if matches!(reader.value, Value::List(_) | Value::Map(_)) {
        return Err(reader.fail("a string, a number, true, false or null"));
    }
    Ok(reader.value.clone())
}

fn primitive_value(name: Primitive, format: Option<Format>) -> Value {
    let mut members = vec![
        ("kind", Value::from("primitive")),
        ("name", Value::from(name.as_str())),
    ];
    members.extend(format.map(|format| ("format", Value::from(format.as_str()))));
    object(members)
}

fn literal_values(values: &[Literal]) -> Value {
    values.iter().map(Literal::to_value).collect()
}

fn tagged(kind: &str, member: Option<(&str, Value)>) -> Value {
    object(
        [Some(("kind", Value::from(kind))), member]
            .into_iter()
            .flatten(),
    )
}

fn object<'a>(members: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::Map(
        members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}
