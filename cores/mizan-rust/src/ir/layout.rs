//! Where everything stands in the text of a document: one table, by which its parts are written and read.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::constraints::{CHECKS, Constraints};
use crate::error::{Problem, Result};
use crate::graph::{MergeMode, mode::Mode};
use crate::shape::{Body, EnumValue, Field, Shape};

use super::document::{Cache, Context, Function, Merge, Param, Type};
use super::names::{Names, Reference};
use super::nodes::{Children, Node, Words};
use super::parts::{Channel, Choice, Composition, Effect, ErrorCase, Form, FormField, Many, View};
use super::shapes::{read_constraint, read_shape, write_shape, write_wrapped};
use super::words::Written;
use super::writer::{Line, Writer};

/// The level of plain data that the shape of an alias stands on (document, `types`, item, body, shape).
const ALIAS_DEPTH: usize = 5;
/// The level of plain data that the shape of a struct's field stands on (document, `types`, item, body, `fields`, item,
/// shape).
const FIELD_DEPTH: usize = 7;
/// The level of a parameter's shape, and of that of a form's field (document, `contexts`, item, `params`, item, shape).
const PARAM_DEPTH: usize = 6;

/// What a node says, on its line and inside.
pub(super) trait Part: Sized {
    /// `words` are those that have not been read yet.
    fn read(node: &Node<'_>, words: Words<'_>, known: &Names<'_>) -> Result<Self>;

    fn write(&self, line: Line<'_>);
}

/// A node that says one word.
impl<T: Written> Part for T {
    fn read(node: &Node<'_>, words: Words<'_>, _: &Names<'_>) -> Result<Self> {
        node.children().end()?;
        words.all(|words| T::read(&words.value(&T::expected())?))
    }

    fn write(&self, line: Line<'_>) {
        line.word(self).end();
    }
}

/// How a member stands on the line of its part.
trait OnLine<T> {
    fn read(&self, words: &mut Words<'_>, known: &Names<'_>) -> Result<T>;

    fn write<'w>(&self, value: &T, line: Line<'w>) -> Line<'w>;
}

/// As a value; what is expected where it is missing.
struct First(&'static str);

impl<T: Written> OnLine<T> for First {
    fn read(&self, words: &mut Words<'_>, _: &Names<'_>) -> Result<T> {
        T::read(&words.value(self.0)?)
    }

    fn write<'w>(&self, value: &T, line: Line<'w>) -> Line<'w> {
        line.word(value)
    }
}

/// As the name of something, a value.
impl OnLine<String> for Reference {
    fn read(&self, words: &mut Words<'_>, known: &Names<'_>) -> Result<String> {
        Self::read(*self, words, known)
    }

    fn write<'w>(&self, value: &String, line: Line<'w>) -> Line<'w> {
        line.word(value)
    }
}

/// As a property that is always there.
struct Property(&'static str);

impl<T: Written> OnLine<T> for Property {
    fn read(&self, words: &mut Words<'_>, _: &Names<'_>) -> Result<T> {
        T::read(&words.property(self.0)?)
    }

    fn write<'w>(&self, value: &T, line: Line<'w>) -> Line<'w> {
        line.property(self.0, value)
    }
}

/// As a property that may be missing.
struct Optional(&'static str);

impl<T: Written> OnLine<Option<T>> for Optional {
    fn read(&self, words: &mut Words<'_>, _: &Names<'_>) -> Result<Option<T>> {
        let found = words.find_property(self.0);
        found.map(|word| T::read(&word)).transpose()
    }

    fn write<'w>(&self, value: &Option<T>, line: Line<'w>) -> Line<'w> {
        line.optional(self.0, value.as_ref())
    }
}

/// As a property, or a node without words, that is there or not.
struct Mark(&'static str);

impl OnLine<bool> for Mark {
    fn read(&self, words: &mut Words<'_>, known: &Names<'_>) -> Result<bool> {
        Ok(Optional(self.0).read(words, known)?.unwrap_or_default())
    }

    fn write<'w>(&self, value: &bool, line: Line<'w>) -> Line<'w> {
        line.optional(self.0, value.then_some(value))
    }
}

/// As the properties of a merge's mode.
struct Modes;

impl OnLine<MergeMode> for Modes {
    fn read(&self, words: &mut Words<'_>, known: &Names<'_>) -> Result<MergeMode> {
        Ok(match Property("mode").read(words, known)? {
            Mode::Replace => MergeMode::Replace,
            Mode::Refetch => MergeMode::Refetch,
            Mode::Upsert => MergeMode::Upsert {
                key: Property("key").read(words, known)?,
                place: Property("place").read(words, known)?,
            },
        })
    }

    fn write<'w>(&self, value: &MergeMode, line: Line<'w>) -> Line<'w> {
        let line = line.property("mode", &value.mode());
        match value {
            MergeMode::Upsert { key, place } => line.property("key", key).property("place", place),
            MergeMode::Replace | MergeMode::Refetch => line,
        }
    }
}

/// How a value stands in a node of its own.
trait InNode<T> {
    fn read(&self, node: &Node<'_>, known: &Names<'_>) -> Result<T>;

    fn write(&self, value: &T, line: Line<'_>);
}

/// As its type says.
struct Own;

impl<T: Part> InNode<T> for Own {
    fn read(&self, node: &Node<'_>, known: &Names<'_>) -> Result<T> {
        T::read(node, node.words(), known)
    }

    fn write(&self, value: &T, line: Line<'_>) {
        value.write(line);
    }
}

/// As the name of something.
impl InNode<String> for Reference {
    fn read(&self, node: &Node<'_>, known: &Names<'_>) -> Result<String> {
        node.leaf(|words| Self::read(*self, words, known))
    }

    fn write(&self, value: &String, line: Line<'_>) {
        Part::write(value, line);
    }
}

/// How a member stands inside its part.
trait Inside<T> {
    fn read(&self, children: &mut Children<'_>, known: &Names<'_>) -> Result<T>;

    fn write(&self, value: &T, writer: &mut Writer);
}

/// In a node of that name.
struct One<H>(&'static str, H);

impl<T, H: InNode<T>> Inside<T> for One<H> {
    fn read(&self, children: &mut Children<'_>, known: &Names<'_>) -> Result<T> {
        self.1.read(&children.take(self.0)?, known)
    }

    fn write(&self, value: &T, writer: &mut Writer) {
        self.1.write(value, writer.node(self.0));
    }
}

/// In a node of that name that may be missing.
struct Maybe<H>(&'static str, H);

impl<T, H: InNode<T>> Inside<Option<T>> for Maybe<H> {
    fn read(&self, children: &mut Children<'_>, known: &Names<'_>) -> Result<Option<T>> {
        children.find_map(self.0, |node| self.1.read(node, known))
    }

    fn write(&self, value: &Option<T>, writer: &mut Writer) {
        if let Some(value) = value {
            self.1.write(value, writer.node(self.0));
        }
    }
}

impl Inside<bool> for Mark {
    fn read(&self, children: &mut Children<'_>, _: &Names<'_>) -> Result<bool> {
        let found = children.find_map(self.0, |node| node.leaf(|_| Ok(())))?;
        Ok(found.is_some())
    }

    fn write(&self, value: &bool, writer: &mut Writer) {
        if *value {
            writer.node(self.0).end();
        }
    }
}

/// In nodes of that name; whether there has to be one.
struct Each<H>(&'static str, H, bool);

impl<C, H> Inside<C> for Each<H>
where
    C: IntoIterator + FromIterator<C::Item>,
    for<'c> &'c C: IntoIterator<Item = &'c C::Item>,
    H: InNode<C::Item>,
{
    fn read(&self, children: &mut Children<'_>, known: &Names<'_>) -> Result<C> {
        if self.2 {
            children.check_next(self.0)?;
        }
        children.each(self.0, |node| self.1.read(node, known))
    }

    fn write(&self, value: &C, writer: &mut Writer) {
        for item in value {
            self.1.write(item, writer.node(self.0));
        }
    }
}

/// In nodes of that name, none of which says what another one does.
struct Distinct<T>(&'static str, fn(&T, &T) -> bool);

impl<T: Part> Inside<Vec<T>> for Distinct<T> {
    fn read(&self, children: &mut Children<'_>, known: &Names<'_>) -> Result<Vec<T>> {
        let mut items = Vec::new();
        while let Some(node) = children.find(self.0) {
            let item = Own.read(&node, known)?;
            if items.iter().any(|other| self.1(other, &item)) {
                return Err(node.refuse(Problem::rule("this comes twice")));
            }
            items.push(item);
        }
        Ok(items)
    }

    fn write(&self, value: &Vec<T>, writer: &mut Writer) {
        Each(self.0, Own, false).write(value, writer);
    }
}

fn is_same_slot(left: &Merge, right: &Merge) -> bool {
    (&left.context, &left.slot) == (&right.context, &right.slot)
}

/// In nodes of that name, each of which has another name: what has those names.
struct Named(&'static str, &'static str);

impl<T: Part> Inside<Vec<T>> for Named {
    fn read(&self, children: &mut Children<'_>, known: &Names<'_>) -> Result<Vec<T>> {
        let mut names = HashSet::new();
        children.each(self.0, |node| {
            let item = Own.read(node, known)?;
            let name = node.words().value("a name")?.text()?;
            if names.insert(name) {
                return Ok(item);
            }
            let (kind, name) = (self.1, name.to_owned());
            Err(node.refuse(Problem::Repeated { kind, name }))
        })
    }

    fn write(&self, value: &Vec<T>, writer: &mut Writer) {
        Each(self.0, Own, false).write(value, writer);
    }
}

/// As [`Named`], by those names; what is expected where one is missing.
struct Keyed(&'static str, &'static str, &'static str);

impl<T: Part> Inside<BTreeMap<String, T>> for Keyed {
    fn read(&self, children: &mut Children<'_>, known: &Names<'_>) -> Result<BTreeMap<String, T>> {
        let mut parts = BTreeMap::new();
        while let Some(node) = children.find(self.0) {
            let mut words = node.words();
            let word = words.value(self.2)?;
            let name = word.text()?.to_owned();
            let part = T::read(&node, words, known)?;
            if parts.insert(name.clone(), part).is_some() {
                let kind = self.1;
                return Err(word.refuse(Problem::Repeated { kind, name }));
            }
        }
        Ok(parts)
    }

    fn write(&self, value: &BTreeMap<String, T>, writer: &mut Writer) {
        for (name, part) in value {
            part.write(writer.node(self.0).word(name));
        }
    }
}

/// As the words of a node of that name, references.
struct Listed(&'static str, Reference);

impl Inside<BTreeSet<String>> for Listed {
    fn read(&self, children: &mut Children<'_>, known: &Names<'_>) -> Result<BTreeSet<String>> {
        children.take(self.0)?.leaf(|words| {
            let names = std::iter::from_fn(|| words.find_value());
            names.map(|word| self.1.check(&word, known)).collect()
        })
    }

    fn write(&self, value: &BTreeSet<String>, writer: &mut Writer) {
        let line = writer.node(self.0);
        value.iter().fold(line, Line::word).end();
    }
}

/// As a shape without more; the level of plain data that it stands on.
struct Bare(usize);

impl Inside<Shape> for Bare {
    fn read(&self, children: &mut Children<'_>, known: &Names<'_>) -> Result<Shape> {
        read_shape(&children.next("a shape")?, known, self.0)
    }

    fn write(&self, value: &Shape, writer: &mut Writer) {
        write_shape(writer, value);
    }
}

/// As the one node in a node of that name; the level of plain data that the shape stands on.
struct Wrapped(&'static str, usize);

impl Inside<Shape> for Wrapped {
    fn read(&self, children: &mut Children<'_>, known: &Names<'_>) -> Result<Shape> {
        read_shape(&children.take(self.0)?.only_child()?, known, self.1)
    }

    fn write(&self, value: &Shape, writer: &mut Writer) {
        write_wrapped(writer, self.0, value);
    }
}

/// As the node of a type's body.
struct Bodies;

const FIELDS: Named = Named("field", "field");
const VALUES: Each<Own> = Each("value", Own, true);

impl Inside<Body> for Bodies {
    fn read(&self, children: &mut Children<'_>, known: &Names<'_>) -> Result<Body> {
        let node = children.next("a type's body")?;
        match node.name() {
            "struct" => node
                .only(|children| FIELDS.read(children, known))
                .map(Body::Struct),
            "enum" => node
                .only(|children| VALUES.read(children, known))
                .map(Body::Enum),
            "alias" => read_shape(&node.only_child()?, known, ALIAS_DEPTH).map(Body::Alias),
            _ => Err(node.fail(r#""struct", "enum" or "alias""#)),
        }
    }

    fn write(&self, value: &Body, writer: &mut Writer) {
        match value {
            Body::Struct(fields) => writer
                .node("struct")
                .block(|writer| FIELDS.write(fields, writer)),
            Body::Enum(values) => writer
                .node("enum")
                .block(|writer| VALUES.write(values, writer)),
            Body::Alias(shape) => write_wrapped(writer, "alias", shape),
        }
    }
}

/// As nodes that are named like the limits of a form's field.
struct Checks;

impl Inside<Constraints> for Checks {
    fn read(&self, children: &mut Children<'_>, _: &Names<'_>) -> Result<Constraints> {
        let mut checks = Constraints::new();
        for check in CHECKS.constraints {
            let value = children.find_map(check.as_str(), |node| {
                node.leaf(|words| read_constraint(&words.value("a value")?, CHECKS, *check))
            })?;
            checks.extend(value.map(|value| (*check, value)));
        }
        Ok(checks)
    }

    fn write(&self, value: &Constraints, writer: &mut Writer) {
        for (check, value) in value {
            writer.node(check.as_str()).word(value).end();
        }
    }
}

/// Lays parts out: how each member stands on the part's line, then inside, then on the line of the last node inside.
macro_rules! layout {
    ($(
        $part:ident [$($word:ident: $on_line:expr),*]
        $({$($member:ident: $inside:expr),* $(,)?} $($last:literal [$($last_word:ident: $on_last:expr),*])?)?
    );* $(;)?) => {$(
        #[allow(unused_mut, unused_variables, reason = "not every part has words, or nodes inside")]
        impl Part for $part {
            fn read(node: &Node<'_>, mut words: Words<'_>, known: &Names<'_>) -> Result<Self> {
                $(let $word = OnLine::read(&$on_line, &mut words, known)?;)*
                words.end()?;
                let mut children = node.children();
                $($(let $member = Inside::read(&$inside, &mut children, known)?;)*
                $(
                    let last = children.take($last)?;
                    let mut words = last.words();
                    $(let $last_word = OnLine::read(&$on_last, &mut words, known)?;)*
                    words.end()?;
                    last.children().end()?;
                )?)?
                children.end()?;
                Ok(Self { $($word,)* $($($member,)* $($($last_word,)*)?)? })
            }

            fn write(&self, line: Line<'_>) {
                $(let line = OnLine::write(&$on_line, &self.$word, line);)*
                line.block(|writer| {
                    $($(Inside::write(&$inside, &self.$member, writer);)*
                    $(
                        let line = writer.node($last);
                        $(let line = OnLine::write(&$on_last, &self.$last_word, line);)*
                        line.end();
                    )?)?
                });
            }
        }
    )*};
}

const NAME: First = First("a name");
const LITERAL: First = First("a string or an integer");
const CONTEXT: First = First("a context's name");
const DESCRIPTION: Optional = Optional("description");
const CAMEL: One<Own> = One("camel", Own);
const AUTH: Maybe<Own> = Maybe("auth", Own);
const AFFECTS: Distinct<Effect> = Distinct("affects", PartialEq::eq);
const INPUT: Maybe<Reference> = Maybe("input", Reference::Type);

layout! {
    Type [description: DESCRIPTION] { body: Bodies };
    EnumValue [value: LITERAL, name: Optional("name")];
    Field [
        name: NAME, required: Property("required"), default: Optional("default"), description: DESCRIPTION
    ] { shape: Bare(FIELD_DEPTH) };
    Function [description: DESCRIPTION, idempotent: Mark("idempotent")] {
        camel: CAMEL, transport: One("transport", Own), auth: AUTH, context: Maybe("context", Own),
        cache: Maybe("cache", Own), affects: AFFECTS, merge: Distinct("merge", is_same_slot),
        errors: Keyed("error", "error", "a code"), input: INPUT,
    } "output" [output: Reference::Type, nullable: Property("nullable")];
    Cache [ttl: Optional("ttl"), shared: Property("shared")];
    Effect [context: CONTEXT, function: Optional("function")];
    Merge [context: CONTEXT, slot: Property("slot"), mode: Modes];
    ErrorCase [status: Property("status"), description: DESCRIPTION] { data: Maybe("data", Reference::Type) };
    Context [] {
        functions: Each("function", Reference::Function, false), params: Keyed("param", "parameter", "a name"),
    };
    Param [required: Property("required")] {
        shape: Wrapped("shape", PARAM_DEPTH), shared_by: Listed("shared-by", Reference::Function),
    };
    View [description: DESCRIPTION] {
        camel: CAMEL, path: One("path", Own), methods: Each("method", Own, true), auth: AUTH,
        affects: AFFECTS, input: INPUT,
    };
    Channel [description: DESCRIPTION, presence: Mark("presence")] {
        camel: CAMEL, auth: AUTH, params: Maybe("params", Reference::Type),
        react_message: Maybe("react-message", Reference::Type),
        server_message: Maybe("server-message", Reference::Type),
    };
    Composition [description: DESCRIPTION] { contexts: Each("context", Reference::Context, true) };
    Form [description: DESCRIPTION] {
        camel: CAMEL, title: Maybe("title", Own), submit_label: Maybe("submit-label", Own),
        live_validation: Mark("live-validation"), many: Maybe("many", Own), fields: FIELDS,
    };
    Many [min_forms: Optional("min-forms"), max_forms: Optional("max-forms")];
    FormField [name: NAME, required: Property("required")] {
        shape: Wrapped("shape", PARAM_DEPTH), strip: Mark("strip"), checks: Checks,
        patterns: Each("pattern", Own, false), extensions: Each("extension", Own, false), choices: Each("choice", Own, false),
        disabled: Mark("disabled"), widget: Maybe("widget", Own), label: Maybe("label", Own),
        help: Maybe("help", Own), initial: Maybe("initial", Own),
    };
    Choice [value: LITERAL, label: Property("label"), group: Optional("group")];
}
