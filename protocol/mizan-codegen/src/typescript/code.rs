//! What templates ask for: pieces of TypeScript about the interface, each on one line. It remembers which names of other
//! modules have been written, so that exactly these are imported.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use mizan_core::constraints::Scalar;
use mizan_core::ir::{Channel, ErrorCase, Merge, MergeMode};
use mizan_core::shape::{Body, EnumValue, Literal, Shape};

use super::names::{NamedCall, NamedComposition, NamedContext, Names};
use super::syntax::{self, distinct, grouped, or_null};
use crate::functions::{Output, Slot, Written};
use crate::interface::Interface;
use crate::options::{Options, Target};

/// A name of another module.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Import {
    /// What it is called there.
    name: String,
    /// What it is called here.
    local: String,
    is_type: bool,
}

/// The pieces of one file.
pub struct Code<'a> {
    interface: &'a Interface<'a>,
    names: &'a Names<'a>,
    options: &'a Options,
    slots: HashMap<(&'a str, &'a str), &'a Slot<'a>>,
    /// What imported names are called here, as far as it has been asked.
    locals: RefCell<HashMap<String, String>>,
    /// What is imported, by module.
    imports: RefCell<BTreeMap<String, BTreeSet<Import>>>,
}

/// What every object of JavaScript has: `{}` is none of a type that has these as other members.
#[rustfmt::skip]
const INHERITED: [&str; 7] = [
    "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf",
];

fn default<'a>(is_optional: bool, mut members: impl Iterator<Item = &'a String>) -> &'static str {
    let is_inherited = members.any(|name| INHERITED.contains(&name.as_str()));
    if is_optional && !is_inherited {
        " = {}"
    } else {
        ""
    }
}

fn is_text(value: &Literal) -> bool {
    matches!(value, Literal::Text(_))
}

/// The module of the types, which refers to itself by no import.
const TYPES: &str = "./types";

// Templates ask one value for everything, and pass what they have as it is.
#[allow(clippy::unused_self, clippy::ref_option)]
impl<'a> Code<'a> {
    /// Nothing has been written yet.
    pub fn new(interface: &'a Interface<'a>, names: &'a Names<'a>, options: &'a Options) -> Self {
        let of = |named: &'a NamedContext<'a>| {
            named
                .context
                .slots
                .iter()
                .map(|slot| ((named.context.name, slot.name), slot))
        };
        Self {
            interface,
            names,
            options,
            slots: names.contexts.iter().flat_map(of).collect(),
            locals: RefCell::default(),
            imports: RefCell::default(),
        }
    }

    /// The import statements of what has been written, but for what stands in `own`.
    pub fn imports(&self, own: &str) -> String {
        let imports = self.imports.borrow();
        let (near, far): (Vec<_>, Vec<_>) = imports
            .iter()
            .filter(|(module, _)| *module != own)
            .partition(|(module, _)| module.starts_with('.'));
        let statements = |modules: Vec<(&String, &BTreeSet<_>)>| -> String {
            modules
                .into_iter()
                .map(|(module, names)| self.import_statement(module, names))
                .collect()
        };
        format!("{}\n{}", statements(far), statements(near))
    }

    fn import_statement(&self, module: &str, names: &BTreeSet<Import>) -> String {
        let all_types = names.iter().all(|import| import.is_type);
        let specifier = |Import {
                             name,
                             local,
                             is_type,
                         }: &Import| {
            let kind = if *is_type && !all_types { "type " } else { "" };
            let alias = if name == local {
                String::new()
            } else {
                format!(" as {local}")
            };
            format!("{kind}{name}{alias}")
        };
        let specifiers: Vec<_> = names.iter().map(specifier).collect();
        let kind = if all_types { "type " } else { "" };
        let module = if module.starts_with('.') {
            self.beside(module)
        } else {
            syntax::string(module)
        };
        format!(
            "import {kind}{{ {} }} from {module};\n",
            specifiers.join(", ")
        )
    }

    fn imported(&self, module: &str, name: &str, local: String, is_type: bool) -> String {
        let mut imports = self.imports.borrow_mut();
        imports
            .entry(module.to_owned())
            .or_default()
            .insert(Import {
                name: name.to_owned(),
                local: local.clone(),
                is_type,
            });
        local
    }

    fn local(&self, name: &str) -> String {
        if let Some(local) = self.locals.borrow().get(name) {
            return local.clone();
        }
        let local = self.names.import(name);
        self.locals
            .borrow_mut()
            .insert(name.to_owned(), local.clone());
        local
    }

    /// A value of a package.
    pub fn value(&self, module: &str, name: &str) -> String {
        self.imported(module, name, self.local(name), false)
    }

    /// A value of a package under another name, for its own is exported here.
    pub fn value_as(&self, module: &str, name: &str, local: &str) -> String {
        self.imported(module, name, self.local(local), false)
    }

    /// A type of a package.
    pub fn kind(&self, module: &str, name: &str) -> String {
        self.imported(module, name, self.local(name), true)
    }

    /// A constant or function of `functions.ts`.
    pub fn function(&self, name: &str) -> String {
        self.own_value("./functions", name)
    }

    /// A constant or function of a module of the same client.
    pub fn own_value(&self, module: &str, name: &str) -> String {
        self.imported(module, name, name.to_owned(), false)
    }

    /// A function that is called by itself, by its name on the wire.
    pub fn find_call(&self, name: &str) -> Option<&'a NamedCall<'a>> {
        self.names.calls.iter().find(|it| it.call.name == name)
    }

    /// A context, by its name on the wire.
    pub fn find_context(&self, name: &str) -> Option<&'a NamedContext<'a>> {
        self.names
            .contexts
            .iter()
            .find(|it| it.context.name == name)
    }

    /// What a named type stands for.
    pub fn body(&self, name: &str) -> Option<&'a Body> {
        self.interface.bodies.get(name).copied()
    }

    /// A type of `types.ts`.
    pub fn own_type(&self, name: &str) -> String {
        self.imported(TYPES, name, name.to_owned(), true)
    }

    /// The language's own type of that name.
    pub fn global(&self, name: &str) -> String {
        self.names.global(name)
    }

    /// A named type of the interface.
    pub fn named(&self, name: &str) -> String {
        self.names
            .types
            .get(name)
            .map_or_else(|| "unknown".to_owned(), |name| self.own_type(name))
    }

    /// The type of an output.
    pub fn output(&self, output: &Output<'_>) -> String {
        let written = match output.written {
            Written::Named(name) => self.named(name),
            Written::Shape(shape) => self.shape(shape),
        };
        if output.nullable {
            or_null(written)
        } else {
            written
        }
    }

    /// The type of a shape.
    pub fn shape(&self, shape: &Shape) -> String {
        match shape {
            Shape::Primitive(primitive) => {
                syntax::primitive(primitive, self.options.bigint).to_owned()
            }
            Shape::Ref(name) => self.named(name),
            Shape::List(item, _) => format!("readonly {}[]", grouped(self.shape(item))),
            Shape::Map(value, _) => format!("{{ readonly [key: string]: {} }}", self.shape(value)),
            Shape::Tuple(items) => format!("readonly [{}]", self.shapes(items).join(", ")),
            Shape::Optional(item) => or_null(self.shape(item)),
            Shape::Enum(values) => {
                distinct(values.iter().map(|value| self.literal(value))).join(" | ")
            }
            Shape::Union(union) => distinct(self.shapes(&union.items)).join(" | "),
            Shape::Any => "unknown".to_owned(),
            Shape::Null => "null".to_owned(),
            Shape::Upload(_) => self.global("Blob"),
        }
    }

    fn shapes(&self, shapes: &[Shape]) -> Vec<String> {
        shapes.iter().map(|shape| self.shape(shape)).collect()
    }

    /// The type of the values of an enum.
    pub fn values(&self, values: &[EnumValue]) -> String {
        distinct(values.iter().map(|value| self.literal(&value.value))).join(" | ")
    }

    /// Whether the values of an enum stand in a constant, too: each has a name, and is exactly a value of JavaScript.
    pub fn has_constants(&self, values: &[EnumValue]) -> bool {
        let is_exact = |value: &EnumValue| self.literal(&value.value) != "number";
        values
            .iter()
            .all(|value| value.name.is_some() && is_exact(value))
    }

    /// Whether there are values in `types.ts`.
    pub fn types_have_constants(&self, interface: &Interface<'_>) -> bool {
        interface
            .types
            .iter()
            .any(|named| matches!(named.body, Body::Enum(values) if self.has_constants(values)))
    }

    /// A value of an enum.
    pub fn literal(&self, value: &Literal) -> String {
        syntax::literal(value, self.options.bigint)
    }

    /// The type of a slot's content.
    pub fn content(&self, context: &str, slot: &str) -> String {
        let slot = self.slots.get(&(context, slot));
        slot.map_or_else(|| "unknown".to_owned(), |slot| self.output(&slot.output))
    }

    /// The type of a context's parameters.
    pub fn params(&self, named: &NamedContext<'_>) -> String {
        self.own_type(&named.params_type)
    }

    /// The type of the parameters of all contexts of a combination.
    pub fn combined_params(&self, named: &NamedComposition<'_>) -> String {
        let contexts = named.composition.contexts.iter();
        let params: Vec<_> = contexts
            .filter_map(|name| self.find_context(name))
            .filter(|it| !it.context.params.is_empty())
            .map(|it| self.params(it))
            .collect();
        if params.is_empty() {
            return self.nothing();
        }
        params.join(" & ")
    }

    /// What binds the contexts of a combination, separated by commas.
    pub fn bindings(&self, named: &NamedComposition<'_>) -> String {
        let contexts = named.composition.contexts.iter();
        let bindings: Vec<_> = contexts
            .filter_map(|name| self.find_context(name))
            .map(|it| it.binding.as_str())
            .collect();
        bindings.join(", ")
    }

    /// The type of a function's arguments.
    pub fn args(&self, named: &NamedCall<'_>) -> String {
        self.own_type(&named.args_type)
    }

    /// The type of what a page may expect of a function, behind other type arguments; nothing where it may expect nothing.
    pub fn expectations(&self, named: &NamedCall<'_>) -> String {
        if named.call.expectations.is_empty() {
            return String::new();
        }
        format!(", {}", self.own_type(&named.expectations_type))
    }

    /// The types that a function's descriptor is about.
    pub fn signature(&self, named: &NamedCall<'_>) -> String {
        let (args, output) = (self.args(named), self.output(&named.call.output));
        let expectations = self.expectations(named);
        if named.errors_type.is_empty() {
            return format!("{args}, {output}{expectations}");
        }
        let expectations = if expectations.is_empty() {
            ", object"
        } else {
            &expectations
        };
        format!(
            "{args}, {output}{expectations}, {}",
            self.own_type(&named.errors_type)
        )
    }

    /// The types that calls of a function in a component are about.
    pub fn call(&self, named: &NamedCall<'_>) -> String {
        let (args, output) = (self.args(named), self.output(&named.call.output));
        if named.errors_type.is_empty() {
            return format!("{args}, {output}");
        }
        format!("{args}, {output}, {}", self.own_type(&named.errors_type))
    }

    /// The type of what an error tells.
    pub fn error_data(&self, case: &ErrorCase) -> String {
        case.data
            .as_deref()
            .map_or_else(|| "undefined".to_owned(), |name| self.named(name))
    }

    /// The type of a channel's parameters.
    pub fn channel_params(&self, channel: &Channel) -> String {
        channel
            .params
            .as_deref()
            .map_or_else(|| self.nothing(), |name| self.named(name))
    }

    /// The types of what goes over a channel: what clients send, and what they get.
    pub fn messages(&self, channel: &Channel) -> String {
        let message = |name: &Option<String>| {
            name.as_deref()
                .map_or_else(|| "never".to_owned(), |name| self.named(name))
        };
        format!(
            "{}, {}",
            message(&channel.react_message),
            message(&channel.server_message)
        )
    }

    /// A constant of `channels.ts`.
    pub fn channel(&self, name: &str) -> String {
        self.imported("./channels", name, name.to_owned(), false)
    }

    /// Whether the client of an interface connects.
    pub fn is_live(&self, interface: &Interface<'_>) -> bool {
        self.options.live.unwrap_or(interface.is_live)
    }

    /// The type of an object without members.
    pub fn nothing(&self) -> String {
        format!("{}<never, never>", self.global("Record"))
    }

    /// The parameter of a hook that says which entry of a context is meant: none for a context without parameters.
    pub fn parameter(&self, named: &NamedContext<'_>) -> String {
        if named.context.params.is_empty() {
            return String::new();
        }
        format!("params?: {}", self.params(named))
    }

    /// The parameter of a function that says which entry of a context is meant, perhaps as a function of the moment.
    pub fn getter(&self, named: &NamedContext<'_>, module: &str) -> String {
        if named.context.params.is_empty() {
            return String::new();
        }
        format!(
            "params: {}<{}>{}",
            self.kind(module, "MaybeGetter"),
            self.params(named),
            self.params_default(named)
        )
    }

    /// The members of the options that this was generated with.
    pub fn defaults(&self, interface: &Interface<'_>) -> String {
        let live = if self.is_live(interface) {
            format!(", live: {}", self.value("mizan-runtime/socket", "socket"))
        } else {
            String::new()
        };
        let json = self
            .exact_json()
            .map_or_else(String::new, |json| format!(", json: {json}"));
        let hash = format!("interface: {}", self.function("INTERFACE"));
        let url = self
            .options
            .base_url
            .as_deref()
            .map(|url| format!(", baseUrl: {}", syntax::string(url)));
        hash + &url.unwrap_or_default() + &json + &live
    }

    /// What reads and writes JSON, if not the language's own.
    pub fn exact_json(&self) -> Option<String> {
        self.options
            .bigint
            .then(|| self.value("mizan-runtime/bigint", "exactJson"))
    }

    /// Whether tests may render components of React.
    pub fn is_for_react(&self) -> bool {
        self.options.asks_for(Target::React)
    }

    /// Where the server answers.
    pub fn base_url(&self) -> &str {
        self.options.base_url.as_deref().unwrap_or("/api/mizan")
    }

    /// The parameters of contexts that are texts, even where they look like numbers; nothing where there is none.
    pub fn texts(&self, interface: &Interface<'_>) -> String {
        let contexts = interface.contexts.iter().filter_map(|context| {
            let params = context.params.iter();
            let texts: Vec<_> = params
                .filter(|(_, param)| self.is_text(&param.shape))
                .map(|(name, _)| syntax::string(name))
                .collect();
            let key = syntax::key(context.name);
            (!texts.is_empty()).then(|| format!("{key}: [{}]", texts.join(", ")))
        });
        let contexts: Vec<_> = contexts.collect();
        if contexts.is_empty() {
            String::new()
        } else {
            format!("{{ {} }}", contexts.join(", "))
        }
    }

    /// Whether values of the shape are texts, or lists of them.
    fn is_text(&self, shape: &Shape) -> bool {
        match shape {
            Shape::Primitive(primitive) => primitive.scalar == Scalar::String,
            Shape::Optional(item) | Shape::List(item, _) => self.is_text(item),
            Shape::Enum(values) => values.iter().all(is_text),
            Shape::Ref(name) => match self.body(name) {
                Some(Body::Enum(values)) => values.iter().all(|value| is_text(&value.value)),
                Some(Body::Alias(shape)) => self.is_text(shape),
                _ => false,
            },
            _ => false,
        }
    }

    /// A module of the same client, as it is imported.
    pub fn beside(&self, module: &str) -> String {
        syntax::string(&format!("{module}{}", self.options.import_extension))
    }

    /// A context's slots, each with the parameters that its function declares.
    pub fn slots(&self, named: &NamedContext<'_>) -> String {
        let params = |slot: &Slot<'_>| {
            slot.params
                .iter()
                .map(|param| syntax::string(param))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let slots = named
            .context
            .slots
            .iter()
            .map(|slot| format!("{}: [{}]", syntax::key(slot.name), params(slot)));
        format!("{{ {} }}", slots.collect::<Vec<_>>().join(", "))
    }

    /// How a result becomes an item of a slot.
    pub fn mode(&self, merge: &Merge) -> String {
        let is_inherited = [&merge.context, &merge.slot]
            .iter()
            .any(|name| INHERITED.contains(&name.as_str()));
        let suffix = if is_inherited { " as const" } else { "" };
        match &merge.mode {
            MergeMode::Upsert { key, place } => {
                let (key, place) = (syntax::string(key), syntax::string(place.as_str()));
                format!("{{ kind: \"upsert\", key: {key}, place: {place} }}{suffix}")
            }
            MergeMode::Replace | MergeMode::Refetch => format!("{{ kind: \"replace\" }}{suffix}"),
        }
    }

    /// The default of parameters that are all optional.
    pub fn params_default(&self, named: &NamedContext<'_>) -> &'static str {
        default(named.context.takes_nothing(), named.context.params.keys())
    }

    /// The default of arguments that are all optional.
    pub fn args_default(&self, named: &NamedCall<'_>) -> &'static str {
        let fields = match named.call.input.map(|input| input.body) {
            Some(Body::Struct(fields)) => fields.as_slice(),
            _ => &[],
        };
        default(
            named.call.takes_nothing(),
            fields.iter().map(|field| &field.name),
        )
    }

    /// String literals, separated by commas.
    pub fn strings<'b>(&self, texts: impl IntoIterator<Item = &'b &'b str>) -> String {
        texts
            .into_iter()
            .map(|text| syntax::string(text))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// A string literal.
    pub fn string(&self, text: &str) -> String {
        syntax::string(text)
    }

    /// A member's name.
    pub fn key(&self, name: &str) -> String {
        syntax::key(name)
    }

    /// A name in a comment.
    pub fn said(&self, name: &str) -> String {
        syntax::said(name)
    }

    /// A comment.
    pub fn comment(&self, description: &Option<String>, indent: usize) -> String {
        syntax::comment(description.as_deref(), indent)
    }
}
