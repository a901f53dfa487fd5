//! Pieces of Python about the interface, and its names.

use std::collections::HashMap;

use mizan_core::constraints::Scalar;
use mizan_core::shape::{Body, Field, Literal, Shape};

use unicode_width::UnicodeWidthStr;

use crate::functions::{Call, Context, Named, Output, Written};
use crate::interface::Interface;
use crate::literal::{string, visible};
use crate::naming::{Scope, Spelling, camel, claim, is_letter, pascal, snake};
use crate::parts::View;

/// Words that Python keeps for itself, and what the module of the types imports.
#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "Any", "False", "Literal", "None", "NotRequired", "True", "TypeAlias", "TypedDict", "TYPE_CHECKING", "and", "annotations",
    "as", "assert", "async", "await", "bool", "break", "case", "class", "continue", "def", "del", "dict", "elif", "else",
    "except", "finally", "float", "for", "from", "global", "if", "import", "in", "int", "is", "lambda", "list", "match",
    "nonlocal", "not", "or", "pass", "raise", "return", "str", "try", "type", "while", "with", "yield",
];

/// What the module of the types has beside them.
const TYPES: &[&str] = &["_Upload"];

/// What clients have beside the functions, and what their module imports.
#[rustfmt::skip]
const CLIENT: &[&str] = &[
    "AsyncClient", "AsyncTransport", "Client", "INTERFACE", "MizanError", "Transport", "Unpack", "_call", "_fetch", "_http",
    "_owns_http", "_requests", "_send", "_send_files", "cast", "close", "httpx", "self", "types",
];

/// What the module of the views has beside their addresses.
const VIEWS: &[&str] = &["Unpack", "address", "types"];

const SPELLING: Spelling = Spelling {
    allows: is_letter,
    reserved: RESERVED,
};

/// The names that generated code has for what the interface declares.
pub struct Names<'a> {
    /// Of the types, by their names in the document.
    pub types: HashMap<&'a str, String>,
    /// The contexts.
    pub contexts: Vec<NamedContext<'a>>,
    /// The functions that are called by themselves.
    pub calls: Vec<NamedCall<'a>>,
    /// The views.
    pub views: Vec<NamedView<'a>>,
}

/// A view with its names.
pub struct NamedView<'a> {
    /// The view.
    pub view: &'a View<'a>,
    /// The type of what its address says.
    pub args_type: String,
    /// The function that gives it.
    pub function: String,
}

/// A context with its names.
pub struct NamedContext<'a> {
    /// The context.
    pub context: &'a Context<'a>,
    /// The type of its parameters.
    pub params_type: String,
    /// The type of its slots.
    pub slots_type: String,
    /// The method that reads it.
    pub method: String,
}

/// A function that is called by itself, with its names.
pub struct NamedCall<'a> {
    /// The function.
    pub call: &'a Call<'a>,
    /// The type of its arguments.
    pub args_type: String,
    /// The type of its result.
    pub result_type: String,
    /// Whether that is a name for something composed.
    pub has_own_result: bool,
    /// The method that calls it.
    pub method: String,
}

impl<'a> Names<'a> {
    /// Names for all of an interface.
    pub fn of(interface: &'a Interface<'a>) -> Self {
        let mut types_scope = Scope::new(SPELLING);
        types_scope.reserve(TYPES);
        let mut methods = Scope::new(SPELLING);
        methods.reserve(CLIENT);
        let types = interface
            .types
            .iter()
            .map(|named| (named.name, types_scope.claim(&[named.name])));
        let types: HashMap<_, _> = types.collect();
        let call = |call: &'a Call<'a>| {
            let pascal = pascal(&call.function.camel);
            let own = match call.output.written {
                Written::Named(name) if !call.output.nullable => types.get(name).cloned(),
                _ => None,
            };
            NamedCall {
                call,
                has_own_result: own.is_none(),
                result_type: own
                    .unwrap_or_else(|| claim!(types_scope, "{pascal}Result", "{pascal}CallResult")),
                args_type: claim!(types_scope, "{pascal}Args", "{pascal}CallArgs"),
                method: methods.claim(&[method(call.name)]),
            }
        };
        // It speaks HTTP alone.
        let served = interface.calls.iter().filter(|call| !call.needs_socket());
        let calls = served.map(call).collect();
        let context = |context: &'a Context<'a>| {
            let pascal = pascal(&camel(context.name));
            NamedContext {
                context,
                params_type: claim!(types_scope, "{pascal}Params", "{pascal}ContextParams"),
                slots_type: claim!(types_scope, "{pascal}Slots", "{pascal}ContextSlots"),
                method: methods.claim(&[format!("fetch_{}", snake(context.name))]),
            }
        };
        let contexts = interface.contexts.iter().map(context).collect();
        let mut functions = Scope::new(SPELLING);
        functions.reserve(VIEWS);
        let view = |view: &'a View<'a>| {
            let pascal = pascal(&view.said.camel);
            NamedView {
                view,
                args_type: claim!(types_scope, "{pascal}UrlArgs", "{pascal}ViewUrlArgs"),
                function: functions.claim(&[format!("{}_url", snake(view.name))]),
            }
        };
        let views = interface.views.iter().map(view).collect();
        Self {
            types,
            contexts,
            calls,
            views,
        }
    }

    /// Every type that is defined, sorted.
    pub fn all_types(&self) -> Vec<&str> {
        let contexts = self
            .contexts
            .iter()
            .flat_map(|named| [&named.params_type, &named.slots_type]);
        let results = self
            .calls
            .iter()
            .filter(|named| named.has_own_result)
            .map(|named| &named.result_type);
        let args = self.calls.iter().map(|named| &named.args_type);
        let addresses = self.views_with_args().map(|named| &named.args_type);
        let mut all: Vec<_> = self
            .types
            .values()
            .chain(contexts)
            .chain(results)
            .chain(args)
            .chain(addresses)
            .map(String::as_str)
            .collect();
        all.sort_unstable();
        all
    }

    /// Those whose address says something.
    pub fn views_with_args(&self) -> impl Iterator<Item = &NamedView<'a>> {
        self.views
            .iter()
            .filter(|named| !named.view.args.is_empty())
    }
}

/// What templates ask for.
pub struct Code<'a> {
    names: &'a Names<'a>,
    width: usize,
}

// Templates ask one value for everything, and pass what they have as it is.
#[allow(clippy::unused_self, clippy::ref_option)]
impl<'a> Code<'a> {
    /// Pieces whose lines have at most `width` columns.
    pub fn new(names: &'a Names<'a>, width: usize) -> Self {
        Self { names, width }
    }

    /// A named type.
    pub fn named(&self, name: &str) -> String {
        self.names
            .types
            .get(name)
            .map_or_else(|| "Any".to_owned(), Clone::clone)
    }

    /// The type of a shape.
    pub fn shape(&self, shape: &Shape) -> String {
        match shape {
            Shape::Primitive(primitive) => scalar(primitive.scalar).to_owned(),
            Shape::Ref(name) => self.named(name),
            Shape::List(item, _) => format!("list[{}]", self.shape(item)),
            Shape::Map(value, _) => format!("dict[str, {}]", self.shape(value)),
            Shape::Tuple(items) => format!("list[{}]", self.any_of(items)),
            Shape::Optional(item) => format!("{} | None", self.shape(item)),
            Shape::Enum(values) => literals(values.iter()),
            Shape::Union(union) => self.any_of(&union.items),
            Shape::Any => "Any".to_owned(),
            Shape::Upload(_) => "_Upload".to_owned(),
            Shape::Null => "None".to_owned(),
        }
    }

    fn any_of(&self, shapes: &[Shape]) -> String {
        let mut members = Vec::<String>::new();
        for shape in shapes {
            let written = self.shape(shape);
            if !members.contains(&written) {
                members.push(written);
            }
        }
        if members.is_empty() {
            "Any".to_owned()
        } else {
            members.join(" | ")
        }
    }

    /// The type of an output.
    pub fn output(&self, output: &Output<'_>) -> String {
        let written = match output.written {
            Written::Named(name) => self.named(name),
            Written::Shape(shape) => self.shape(shape),
        };
        if output.nullable {
            format!("{written} | None")
        } else {
            written
        }
    }

    /// The definition of a type of the interface.
    pub fn named_declaration(&self, named: &Named<'_>) -> String {
        self.declaration(&self.named(named.name), named)
    }

    fn declaration(&self, name: &str, named: &Named<'_>) -> String {
        match named.body {
            Body::Struct(fields) => self.members(
                name,
                named.description,
                fields.iter().map(|field| self.field(field)),
            ),
            Body::Enum(values) => alias(
                name,
                &literals(values.iter().map(|value| &value.value)),
                self.width,
            ),
            Body::Alias(shape) => alias(name, &self.shape(shape), self.width),
        }
    }

    /// The definition of a function's arguments.
    pub fn arguments(&self, named: &NamedCall<'_>) -> String {
        match &named.call.input {
            Some(input) => self.declaration(&named.args_type, input),
            None => self.members(&named.args_type, &None, std::iter::empty()),
        }
    }

    /// The definition of what the address of a view says.
    pub fn view_args(&self, named: &NamedView<'_>) -> String {
        let members = named.view.args.iter().map(|field| self.field(field));
        self.members(&named.args_type, &None, members)
    }

    /// The definition of a function's result, unless it is a type of its own.
    pub fn result(&self, named: &NamedCall<'_>) -> String {
        if named.has_own_result {
            alias(
                &named.result_type,
                &self.output(&named.call.output),
                self.width,
            )
        } else {
            String::new()
        }
    }

    /// The definition of a context's parameters.
    pub fn params(&self, named: &NamedContext<'_>) -> String {
        let params = named.context.params.iter();
        let members = params.map(|(name, param)| {
            let is_required = named.context.requires(name);
            Member::new(name, is_required, self.shape(&param.shape))
        });
        self.members(&named.params_type, &None, members)
    }

    /// The definition of a context's slots.
    pub fn slots(&self, named: &NamedContext<'_>) -> String {
        let slots = named
            .context
            .slots
            .iter()
            .map(|slot| Member::new(slot.name, true, self.output(&slot.output)));
        self.members(&named.slots_type, &None, slots)
    }

    fn field(&self, field: &Field) -> Member {
        Member {
            description: field.description.clone(),
            ..Member::new(&field.name, field.required, self.shape(&field.shape))
        }
    }

    /// A class where every member has a name that Python takes, else the other syntax, which takes any.
    fn members(
        &self,
        name: &str,
        description: &Option<String>,
        members: impl Iterator<Item = Member>,
    ) -> String {
        let members: Vec<_> = members.collect();
        if !members.iter().all(|member| is_name(&member.name)) {
            let items: String = members.iter().map(Member::as_item).collect();
            return format!(
                "\n\n{name} = TypedDict(\n    {},\n    {{\n{items}    }},\n)\n",
                string(name)
            );
        }
        let docstring = self.docstring(description, 4);
        let lines: String = members
            .iter()
            .map(|member| member.as_line(self.width))
            .collect();
        let gap = if docstring.is_empty() || lines.is_empty() {
            ""
        } else {
            "\n"
        };
        let body = if docstring.is_empty() && lines.is_empty() {
            "    pass\n".to_owned()
        } else {
            docstring + gap + &lines
        };
        format!("\n\nclass {name}(TypedDict):\n{body}\n")
    }

    /// The parameters of a method, all by name.
    pub fn unpacked(&self, name: &str, kind: &str) -> String {
        let line = format!("        **{name}: Unpack[types.{kind}],");
        let has_room = line.width() <= self.width;
        if has_room {
            line
        } else {
            format!("        **{name}: Unpack[\n            types.{kind}\n        ],")
        }
    }

    /// A string literal.
    pub fn string(&self, text: &str) -> String {
        string(text)
    }

    /// A docstring `indent` columns from the margin; nothing where there is nothing to say.
    pub fn docstring(&self, description: &Option<String>, indent: usize) -> String {
        let margin = " ".repeat(indent);
        let text = description.as_deref().map(str::trim).unwrap_or_default();
        let text = text.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"");
        let text = visible(&text);
        let lines: Vec<_> = text.lines().map(str::trim_end).collect();
        match lines.as_slice() {
            [] => String::new(),
            [line] if line.ends_with('"') => format!("{margin}\"\"\"{line} \"\"\"\n"),
            [line] => format!("{margin}\"\"\"{line}\"\"\"\n"),
            [first, rest @ ..] => {
                let indented = rest.iter().map(|line| {
                    if line.is_empty() {
                        "\n".to_owned()
                    } else {
                        format!("\n{margin}{line}")
                    }
                });
                let rest: String = indented.collect::<String>();
                format!("{margin}\"\"\"{first}{rest}\n{margin}\"\"\"\n")
            }
        }
    }
}

/// A member of a `TypedDict`.
struct Member {
    name: String,
    description: Option<String>,
    annotation: String,
}

impl Member {
    fn new(name: &str, required: bool, written: String) -> Self {
        Self {
            name: name.to_owned(),
            description: None,
            annotation: if required {
                written
            } else {
                format!("NotRequired[{written}]")
            },
        }
    }

    /// An annotation that is too long for a line is a string: no formatter breaks it.
    fn as_line(&self, width: usize) -> String {
        let Self {
            name, annotation, ..
        } = self;
        let line = format!("    {name}: {annotation}");
        let statement = if line.width() <= width {
            line
        } else {
            wrapped("    ", &format!("{name}: "), &string(annotation), width)
        };
        self.comments("    ") + &statement + "\n"
    }

    fn as_item(&self) -> String {
        let (name, annotation) = (string(&self.name), string(&self.annotation));
        let comments = self.comments("        ");
        format!("{comments}        {name}: {annotation},\n")
    }

    fn comments(&self, margin: &str) -> String {
        let text = visible(self.description.as_deref().unwrap_or_default().trim());
        text.lines()
            .map(|line| format!("{margin}#: {line}").trim_end().to_owned() + "\n")
            .collect()
    }
}

fn alias(name: &str, written: &str, width: usize) -> String {
    format!(
        "\n\n{}\n",
        wrapped(
            "",
            &format!("{name}: TypeAlias = "),
            &string(written),
            width
        )
    )
}

/// What stands behind `head`, in parentheses where only they make room for it, as formatters have it.
fn wrapped(margin: &str, head: &str, literal: &str, width: usize) -> String {
    let line = format!("{margin}{head}{literal}");
    let inner = format!("{margin}    {literal}");
    let has_room = |text: &str| text.width() <= width;
    if has_room(&line) || !has_room(&inner) {
        line
    } else {
        format!("{margin}{head}(\n{inner}\n{margin})")
    }
}

fn scalar(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Integer => "int",
        Scalar::Number => "float",
        Scalar::Boolean => "bool",
        Scalar::String => "str",
    }
}

fn literals<'a>(values: impl Iterator<Item = &'a Literal>) -> String {
    let written = values.map(|value| match value {
        Literal::Int(number) => number.to_string(),
        Literal::BigInt(digits) => digits.clone(),
        Literal::Text(text) => string(text),
    });
    format!("Literal[{}]", written.collect::<Vec<_>>().join(", "))
}

/// What a function is called as a method: with two `_` in front it would be one of Python's own, or hidden.
fn method(name: &str) -> String {
    let name = snake(name);
    match name.strip_prefix("__") {
        Some(rest) => format!("_{}", rest.trim_start_matches('_')),
        None => name,
    }
}

/// Whether a member may be declared by that name: of other letters Python may make others (NFKC).
fn is_name(name: &str) -> bool {
    let is_hidden = name.starts_with("__");
    let mut characters = name.chars().enumerate();
    name.is_ascii()
        && !name.is_empty()
        && !is_hidden
        && !RESERVED.contains(&name)
        && characters.all(|(index, character)| is_letter(character, index == 0))
}
