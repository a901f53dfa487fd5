//! Shapes: the plain-data form of types, shared by the graph (docs/protocol.md section 5) and the
//! IR (section 11).

use std::collections::{BTreeMap, HashSet};

use crate::constraints::{Allowed, Constraints, Format, LENGTHS, Scalar, UPLOADS, members};
use crate::error::{Problem, Result};
use crate::keyword::{Keyword, keywords};
use crate::reader::{Reader, Record, check_reference, check_unique};
use crate::value::Value;

keywords! {
    /// What a shape is.
    enum Kind {
        Primitive = "primitive",
        Ref = "ref",
        List = "list",
        Map = "map",
        Tuple = "tuple",
        Optional = "optional",
        Enum = "enum",
        Union = "union",
        Any = "any",
        Null = "null",
        Upload = "upload",
    }
}

keywords! {
    /// What a named type's body is.
    enum BodyKind {
        Struct = "struct",
        Enum = "enum",
        Alias = "alias",
    }
}

/// The form of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A JSON scalar.
    Primitive(Primitive),
    /// A named type.
    Ref(String),
    /// A list of items of one shape.
    List(Box<Shape>, Constraints),
    /// An object with string keys and values of one shape.
    Map(Box<Shape>, Constraints),
    /// A list of as many items, each of its own shape.
    Tuple(Vec<Shape>),
    /// A shape or null.
    Optional(Box<Shape>),
    /// One of these values.
    Enum(Vec<Literal>),
    /// One of these shapes.
    Union(Union),
    /// Any JSON value.
    Any,
    /// Null alone.
    Null,
    /// An uploaded file.
    Upload(Constraints),
}

/// A JSON scalar.
#[derive(Clone, Debug, PartialEq)]
pub struct Primitive {
    /// Which one.
    pub scalar: Scalar,
    /// What it holds more precisely.
    pub format: Option<Format>,
    /// The server's limits.
    pub constraints: Constraints,
}

/// One of several shapes.
#[derive(Clone, Debug, PartialEq)]
pub struct Union {
    /// The shapes, two at least.
    pub items: Vec<Shape>,
    /// The field, required in each of them, whose enum tells them apart.
    pub discriminator: Option<String>,
}

/// What a named type stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// An object of these fields, in declaration order.
    Struct(Vec<Field>),
    /// One of these values, in declaration order.
    Enum(Vec<EnumValue>),
    /// Another shape's name.
    Alias(Shape),
}

/// A value of an enum that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumValue {
    /// The value.
    pub value: Literal,
    /// What the server calls it.
    pub name: Option<String>,
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
    /// What it is, in the author's words.
    pub description: Option<String>,
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
    /// A scalar without a format or limits.
    pub const fn plain(scalar: Scalar) -> Self {
        Self::Primitive(Primitive {
            scalar,
            format: None,
            constraints: Constraints::new(),
        })
    }

    /// The shape at `reader`; its references must be among `types`.
    pub(crate) fn read(reader: &Reader<'_>, types: &HashSet<&str>) -> Result<Self> {
        match kind(reader)? {
            Kind::Primitive => read_primitive(reader).map(Self::Primitive),
            Kind::Ref => {
                let name = reader.record(&["kind", "name"], &[])?.member("name")?;
                check_reference(&name, types, "type").map(Self::Ref)
            }
            Kind::List => read_container(reader, "item", types)
                .map(|(item, constraints)| Self::List(item, constraints)),
            Kind::Map => read_container(reader, "value", types)
                .map(|(value, constraints)| Self::Map(value, constraints)),
            Kind::Tuple => {
                let items = reader.record(&["kind", "items"], &[])?.member("items")?;
                items.each(|item| Self::read(item, types)).map(Self::Tuple)
            }
            Kind::Optional => {
                read_wrapped(reader, "item", types).map(|item| Self::Optional(item.into()))
            }
            Kind::Enum => {
                read_enum(&reader.record(&["kind", "values"], &[])?, reader).map(Self::Enum)
            }
            Kind::Union => read_union(reader, types).map(Self::Union),
            Kind::Any => read_bare(reader, Self::Any),
            Kind::Null => read_bare(reader, Self::Null),
            Kind::Upload => {
                let record = reader.record(&["kind"], UPLOADS.members)?;
                UPLOADS.read(&record, 1).map(Self::Upload)
            }
        }
    }

    /// The names of the types that the shape refers to, in order, put behind those in `names`.
    pub fn collect_references<'a>(&'a self, names: &mut Vec<&'a str>) {
        match self {
            Self::Ref(name) => names.push(name),
            Self::List(inner, _) | Self::Map(inner, _) | Self::Optional(inner) => {
                inner.collect_references(names);
            }
            Self::Tuple(items) | Self::Union(Union { items, .. }) => {
                for item in items {
                    item.collect_references(names);
                }
            }
            Self::Primitive(_) | Self::Enum(_) | Self::Any | Self::Null | Self::Upload(_) => {}
        }
    }

    /// The shape as plain data.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Primitive(primitive) => primitive.to_value(),
            Self::Ref(name) => tagged(Kind::Ref, [("name", Value::from(name.as_str()))]),
            Self::List(item, constraints) => {
                limited(tagged(Kind::List, [("item", item.to_value())]), constraints)
            }
            Self::Map(value, constraints) => limited(
                tagged(Kind::Map, [("value", value.to_value())]),
                constraints,
            ),
            Self::Tuple(items) => tagged(Kind::Tuple, [("items", shape_values(items))]),
            Self::Optional(item) => tagged(Kind::Optional, [("item", item.to_value())]),
            Self::Enum(values) => tagged(Kind::Enum, [("values", literal_values(values))]),
            Self::Union(union) => union.to_value(),
            Self::Any => tagged(Kind::Any, []),
            Self::Null => tagged(Kind::Null, []),
            Self::Upload(constraints) => limited(tagged(Kind::Upload, []), constraints),
        }
    }
}

impl Primitive {
    fn to_value(&self) -> Value {
        let mut members = vec![("name", Value::from(self.scalar.as_str()))];
        members.extend(self.format.map(|format| ("format", format.as_str().into())));
        limited(tagged(Kind::Primitive, members), &self.constraints)
    }
}

impl Union {
    fn to_value(&self) -> Value {
        let mut members = vec![("items", shape_values(&self.items))];
        members.extend(text_member("discriminator", self.discriminator.as_deref()));
        tagged(Kind::Union, members)
    }
}

impl Body {
    /// The body at `reader`; its references must be among `types`.
    pub(crate) fn read(reader: &Reader<'_>, types: &HashSet<&str>) -> Result<Self> {
        match kind(reader)? {
            BodyKind::Struct => read_struct(reader, types).map(Self::Struct),
            BodyKind::Enum => read_named_enum(reader).map(Self::Enum),
            BodyKind::Alias => read_wrapped(reader, "shape", types).map(Self::Alias),
        }
    }

    /// The names of the types that the body refers to, in order, put behind those in `names`.
    pub fn collect_references<'a>(&'a self, names: &mut Vec<&'a str>) {
        match self {
            Self::Struct(fields) => {
                for field in fields {
                    field.shape.collect_references(names);
                }
            }
            Self::Alias(shape) => shape.collect_references(names),
            Self::Enum(_) => {}
        }
    }

    /// The body as plain data.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Struct(fields) => {
                let fields = fields.iter().map(Field::to_value).collect();
                tagged(BodyKind::Struct, [("fields", fields)])
            }
            Self::Enum(values) => named_enum_value(values),
            Self::Alias(shape) => tagged(BodyKind::Alias, [("shape", shape.to_value())]),
        }
    }
}

impl Field {
    fn read(reader: &Reader<'_>, types: &HashSet<&str>) -> Result<Self> {
        let record = reader.record(&["name", "required", "shape"], &["default", "description"])?;
        Ok(Self {
            name: record.member("name")?.text()?.to_owned(),
            required: record.member("required")?.flag()?,
            default: record
                .find("default")
                .map(|default| read_default(&default))
                .transpose()?,
            description: record.find_text("description")?,
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
        members.extend(text_member("description", self.description.as_deref()));
        Value::object(members)
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
pub(crate) fn endless_alias<'a>(types: &BTreeMap<&'a str, &'a Body>) -> Option<&'a str> {
    let mut settled = HashSet::new();
    for start in types.keys().filter(|name| aliased(types, name).is_some()) {
        let mut path = HashSet::new();
        let mut next = Some(*start);
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
fn aliased<'a>(types: &BTreeMap<&'a str, &'a Body>, name: &str) -> Option<&'a str> {
    match types.get(name) {
        Some(Body::Alias(Shape::Ref(other))) => Some(other),
        _ => None,
    }
}

fn kind<K: Keyword>(reader: &Reader<'_>) -> Result<K> {
    reader.require("kind")?.keyword()
}

fn read_primitive(reader: &Reader<'_>) -> Result<Primitive> {
    let scalar = reader.require("name")?.keyword()?;
    let formats = Format::all(scalar);
    let format = match reader.find("format")? {
        Some(format) if !formats.is_empty() => Some(format.keyword_among(formats)?),
        _ => None,
    };
    let allowed = Allowed::of(scalar, format);
    let own: &[&str] = match format {
        Some(_) => &["kind", "name", "format"],
        None => &["kind", "name"],
    };
    let record = reader.record(own, allowed.members)?;
    Ok(Primitive {
        scalar,
        format,
        constraints: allowed.read(&record, own.len())?,
    })
}

fn read_container(
    reader: &Reader<'_>,
    member: &str,
    types: &HashSet<&str>,
) -> Result<(Box<Shape>, Constraints)> {
    let record = reader.record(&["kind", member], LENGTHS.members)?;
    let inner = Shape::read(&record.member(member)?, types)?;
    Ok((inner.into(), LENGTHS.read(&record, 2)?))
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

fn read_enum(record: &Record<'_>, reader: &Reader<'_>) -> Result<Vec<Literal>> {
    let values = record.member("values")?;
    let values = values.items()?;
    if values.is_empty() {
        return Err(reader.refuse(Problem::rule("an enum has one value at least")));
    }
    values.iter().map(read_literal).collect()
}

fn read_named_enum(reader: &Reader<'_>) -> Result<Vec<EnumValue>> {
    let record = reader.record(&["kind", "values"], &["names"])?;
    let values = read_enum(&record, reader)?;
    let names = match record.find("names") {
        Some(names) => read_names(&names, values.len())?,
        None => vec![None; values.len()],
    };
    let values = values.into_iter().zip(names);
    Ok(values
        .map(|(value, name)| EnumValue { value, name })
        .collect())
}

fn read_names(reader: &Reader<'_>, count: usize) -> Result<Vec<Option<String>>> {
    let names = reader.items()?;
    if names.len() != count {
        return Err(reader.refuse(Problem::rule("an enum has one name for each value")));
    }
    let name = |reader: &Reader<'_>| Ok(reader.optional_text()?.map(str::to_owned));
    names.iter().map(name).collect()
}

/// A literal at `reader`.
pub(crate) fn read_literal(reader: &Reader<'_>) -> Result<Literal> {
    match reader.value {
        Value::Int(number) => Ok(Literal::Int(*number)),
        Value::BigInt(digits) => Ok(Literal::BigInt(digits.clone())),
        Value::String(text) => Ok(Literal::Text(text.clone())),
        _ => Err(reader.fail("a string or an integer")),
    }
}

fn read_union(reader: &Reader<'_>, types: &HashSet<&str>) -> Result<Union> {
    let record = reader.record(&["kind", "items"], &["discriminator"])?;
    let items = record.member("items")?;
    if items.items()?.len() < 2 {
        return Err(reader.refuse(Problem::rule("a union has two shapes at least")));
    }
    Ok(Union {
        items: items.each(|item| Shape::read(item, types))?,
        discriminator: record.find_text("discriminator")?,
    })
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

/// A scalar at `reader`.
pub(crate) fn read_default(reader: &Reader<'_>) -> Result<Value> {
    if matches!(reader.value, Value::List(_) | Value::Map(_)) {
        return Err(reader.fail("a string, a number, true, false or null"));
    }
    Ok(reader.value.clone())
}

fn named_enum_value(values: &[EnumValue]) -> Value {
    let literals = values.iter().map(|value| value.value.to_value()).collect();
    let mut members = vec![("values", literals)];
    if values.iter().any(|value| value.name.is_some()) {
        let names = values.iter().map(|value| value.name.clone());
        members.push(("names", names.collect()));
    }
    tagged(BodyKind::Enum, members)
}

fn literal_values(values: &[Literal]) -> Value {
    values.iter().map(Literal::to_value).collect()
}

fn shape_values(shapes: &[Shape]) -> Value {
    shapes.iter().map(Shape::to_value).collect()
}

fn text_member<'a>(name: &'a str, text: Option<&str>) -> Option<(&'a str, Value)> {
    text.map(|text| (name, Value::from(text)))
}

fn tagged<'a>(kind: impl Keyword, members: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::object(
        [("kind", Value::from(kind.word()))]
            .into_iter()
            .chain(members),
    )
}

/// A shape's plain data with its constraints.
fn limited(mut shape: Value, constraints: &Constraints) -> Value {
    if let Value::Map(own) = &mut shape {
        for (name, value) in members(constraints) {
            own.insert(name, value);
        }
    }
    shape
}
