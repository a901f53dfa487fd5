//! Prints interface documents that are hard to generate clients of: `awkward SEED FUNCTIONS` prints one that is
//! made at random of names and shapes that languages trip over.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::ExitCode;

use mizan_core::constraints::{Constraint, Constraints, Format, Scalar};
use mizan_core::ir::{
    Channel, Choice, Composition, Context, Document, Effect, ErrorCase, Form, FormField, Function,
    Many, Merge, MergeMode, Param, Place, Transport, Type, View,
};
use mizan_core::shape::{Body, EnumValue, Field, Literal, Primitive, Shape, Union};
use mizan_core::value::Value;

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "order", "user", "class", "delete", "await", "import", "any", "type", "status", "slot", "call", "context", "global",
    "constructor", "prototype", "then", "record", "promise", "blob", "mizan_context", "get_mizan", "configure_mizan",
    "Interface", "props", "params", "args", "options", "None", "self", "print", "list", "react_element", "provider",
    "a_name_that_is_longer_than_most_people_would_ever_make_it", "a_b", "aB", "a.b", "a-b", "_private", "x1", "Zoë",
    "données", "名前", "close", "fetch", "status_", "from", "def", "yield", "undefined", "string", "Map", "Error",
];

#[rustfmt::skip]
const TEXTS: &[&str] = &[
    "plain", "it's", "say \"hi\"", "both ' and \"", "back\\slash", "new\nline", "*/ end", "", "ünïcödé", "\u{2028}", "`${x}`",
    "a rather long text that a line may not have room for any more", "|", ", ", ": ", " => ", "{", ")", "<b>",
];

/// Numbers that look random, the same for the same seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap_or_default()
    }

    fn pick<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.roll(items.len())]
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.roll(one_in) == 0
    }

    fn text(&mut self) -> Option<String> {
        self.chance(3).then(|| {
            let count = 1 + self.roll(3);
            (0..count)
                .map(|_| self.pick(TEXTS))
                .collect::<Vec<_>>()
                .join(" ")
        })
    }
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [seed, functions] = arguments.as_slice() else {
        return ExitCode::FAILURE;
    };
    let (Ok(seed), Ok(functions)) = (seed.parse(), functions.parse()) else {
        return ExitCode::FAILURE;
    };
    let text = document(&mut Dice(seed), functions).emit();
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
}

fn document(dice: &mut Dice, count: usize) -> Document {
    let mut document = Document::default();
    let mut names: Vec<String> = (0..8 + count / 10)
        .map(|number| type_name(dice, number))
        .collect();
    names.sort();
    names.dedup();
    for name in &names {
        let body = body(dice, &names);
        let description = dice.text();
        document
            .types
            .insert(name.clone(), Type { description, body });
    }
    let contexts: Vec<_> = (0..3 + count / 20)
        .map(|number| name(dice, number).replace('.', "-"))
        .filter(|name| name.is_ascii())
        .collect();
    for number in 0..count {
        let name = name(dice, number);
        if name.is_ascii() {
            add_function(dice, &mut document, name, &contexts, &names);
        }
    }
    let is_struct = |name: &&String| {
        let found = document.types.get(*name);
        found.is_some_and(|found| matches!(found.body, Body::Struct(_)))
    };
    let structs: Vec<_> = names.iter().filter(is_struct).cloned().collect();
    for number in 0..count / 8 {
        let name = name(dice, number);
        if name.is_ascii() {
            let channel = channel(dice, camel(&name), &names, &structs);
            document.channels.insert(name, channel);
        }
    }
    for number in 0..2 + count / 20 {
        add_parts(dice, &mut document, number, &names);
    }
    let contexts: Vec<_> = document.contexts.keys().cloned().collect();
    for number in 0..contexts.len().min(4) {
        let description = dice.text();
        let chosen = (0..2).map(|_| contexts[dice.roll(contexts.len())].clone());
        let contexts = chosen.collect();
        let composition = Composition {
            description,
            contexts,
        };
        let name = type_name(dice, number);
        document.compositions.insert(name, composition);
    }
    document
}

fn channel(dice: &mut Dice, camel: String, types: &[String], structs: &[String]) -> Channel {
    let params = dice.chance(2).then(|| structs.first().cloned()).flatten();
    let mut named = || {
        dice.chance(2)
            .then(|| types[dice.roll(types.len())].clone())
    };
    let (react_message, server_message) = (named(), named());
    Channel {
        description: dice.text(),
        presence: dice.chance(2),
        camel,
        auth: None,
        params,
        react_message,
        server_message,
    }
}

fn errors(dice: &mut Dice, types: &[String]) -> BTreeMap<String, ErrorCase> {
    let codes = ["OUT_OF_STOCK", "CLASS", "A_B", "TO_STRING"];
    let chosen: Vec<_> = codes.into_iter().filter(|_| dice.chance(5)).collect();
    let case = |code: &str| {
        let case = ErrorCase {
            description: dice.text(),
            status: 409,
            data: dice
                .chance(2)
                .then(|| types[dice.roll(types.len())].clone()),
        };
        (code.to_owned(), case)
    };
    chosen.into_iter().map(case).collect()
}

/// A form with its functions, a channel and a view.
fn add_parts(dice: &mut Dice, document: &mut Document, number: usize, types: &[String]) {
    let name = format!("{}_{number}", dice.pick(WORDS)).replace('.', "-");
    if !name.is_ascii() {
        return;
    }
    let struct_of = |fields| Type {
        description: None,
        body: Body::Struct(fields),
    };
    let data = format!("{}Data{number}", pascal(&camel(&name)));
    document
        .types
        .insert(data.clone(), struct_of(fields(dice, types)));
    let many = dice.chance(3).then(|| Many {
        min_forms: dice.chance(2).then_some(1),
        max_forms: dice.chance(2).then_some(9),
    });
    let shape = match many {
        Some(_) => Shape::List(Shape::Ref(data).into(), Constraints::new()),
        None => Shape::Ref(data),
    };
    let field = |name: &str, shape| Field {
        name: name.to_owned(),
        required: true,
        default: None,
        description: None,
        shape,
    };
    let mut own = vec![field("data", shape)];
    if dice.chance(3) {
        own.extend(
            fields(dice, types)
                .into_iter()
                .filter(|field| field.name != "data"),
        );
    }
    let live_validation = dice.chance(2);
    for action in ["submit", "validate"] {
        let called = format!("{name}.{action}");
        let input = format!("{}Input", pascal(&camel(&called)));
        let argument = own.iter().map(|field| Field {
            name: field.name.clone(),
            ..field.clone()
        });
        document
            .types
            .insert(input.clone(), struct_of(argument.collect()));
        let function = Function {
            camel: camel(&called),
            input: Some(input),
            ..plain(types[dice.roll(types.len())].clone())
        };
        document.functions.insert(called, function);
    }
    let fields = (0..dice.roll(4)).map(|index| form_field(dice, index, types));
    let form = Form {
        description: None,
        camel: camel(&name),
        title: None,
        submit_label: None,
        live_validation,
        many,
        fields: fields.collect(),
    };
    document.forms.insert(
        name.clone(),
        Form {
            description: dice.text(),
            title: dice.text(),
            submit_label: dice.text(),
            ..form
        },
    );
    let path = format!("/{name}/<int:id>/<slug>/");
    let input = format!("{}ViewInput", pascal(&camel(&name)));
    let args = vec![
        field("id", Shape::plain(Scalar::Integer)),
        field("slug", Shape::plain(Scalar::String)),
        Field {
            required: false,
            ..field("it's", shape_of(dice, types))
        },
    ];
    document.types.insert(input.clone(), struct_of(args));
    let view = View {
        description: dice.text(),
        camel: camel(&name),
        path,
        methods: ["GET".to_owned()].into(),
        auth: None,
        affects: Vec::new(),
        input: dice.chance(2).then_some(input),
    };
    document.views.insert(name, view);
}

fn shape_of(dice: &mut Dice, types: &[String]) -> Shape {
    shape(dice, types, 2)
}

fn plain(output: String) -> Function {
    Function {
        description: None,
        idempotent: false,
        camel: String::new(),
        transport: Transport::Http,
        auth: None,
        context: None,
        cache: None,
        affects: Vec::new(),
        merge: Vec::new(),
        errors: BTreeMap::new(),
        input: None,
        output,
        nullable: false,
    }
}

fn form_field(dice: &mut Dice, index: usize, types: &[String]) -> FormField {
    let texts = |dice: &mut Dice| -> Vec<String> {
        let count = dice.roll(3);
        (0..count).map(|_| dice.pick(TEXTS).to_owned()).collect()
    };
    let choices = literals(dice).into_iter();
    let choices: Vec<_> = choices
        .map(|value| Choice {
            value,
            label: dice.pick(TEXTS).to_owned(),
            group: dice.text(),
        })
        .collect();
    FormField {
        name: format!("{}{index}", dice.pick(WORDS)),
        choices,
        required: dice.chance(2),
        shape: shape(dice, types, 1),
        strip: dice.chance(2),
        checks: [
            (Constraint::Min, Value::from("0.50")),
            (Constraint::Step, Value::Float(1e-7)),
            (Constraint::MaxLength, Value::Int(9)),
        ]
        .into(),
        patterns: texts(dice),
        extensions: texts(dice),
        disabled: dice.chance(4),
        widget: dice.text(),
        label: dice.text(),
        help: dice.text(),
        initial: dice.text().map(Value::String),
    }
}

fn name(dice: &mut Dice, number: usize) -> String {
    let word = dice.pick(WORDS);
    if number < WORDS.len() && dice.chance(2) {
        word.to_owned()
    } else {
        format!("{word}_{}", dice.pick(WORDS)) + &number.to_string()
    }
}

fn type_name(dice: &mut Dice, number: usize) -> String {
    let name = name(dice, number).replace(['.', '-'], "_");
    let mut letters = name.chars();
    let first = letters.next().unwrap_or('X');
    if dice.chance(3) {
        name
    } else {
        first.to_uppercase().chain(letters).collect()
    }
}

fn body(dice: &mut Dice, types: &[String]) -> Body {
    match dice.roll(5) {
        0 => {
            let are_named = dice.chance(2);
            let values = literals(dice)
                .into_iter()
                .enumerate()
                .map(|(index, value)| EnumValue {
                    value,
                    name: are_named.then(|| format!("{}_{index}", dice.pick(WORDS))),
                });
            Body::Enum(values.collect())
        }
        1 => Body::Alias(Shape::List(
            shape(dice, types, 2).into(),
            Constraints::new(),
        )),
        _ => Body::Struct(fields(dice, types)),
    }
}

fn fields(dice: &mut Dice, types: &[String]) -> Vec<Field> {
    let mut seen = BTreeSet::new();
    let count = dice.roll(6);
    let names: Vec<_> = (0..count)
        .map(|_| {
            if dice.chance(6) {
                dice.pick(TEXTS)
            } else {
                dice.pick(WORDS)
            }
        })
        .collect();
    names
        .into_iter()
        .filter(|name| seen.insert(*name))
        .map(|name| Field {
            name: name.to_owned(),
            required: dice.chance(2),
            default: None,
            description: dice.text(),
            shape: shape(dice, types, 3),
        })
        .collect()
}

fn literals(dice: &mut Dice) -> Vec<Literal> {
    let count = 1 + dice.roll(6);
    let literal = |_| match dice.roll(4) {
        0 => Literal::Int(i64::try_from(dice.roll(100)).unwrap_or_default() - 50),
        1 => Literal::Int(i64::MAX),
        _ => Literal::Text(dice.pick(TEXTS).to_owned()),
    };
    (0..count)
        .map(literal)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

fn shape(dice: &mut Dice, types: &[String], depth: usize) -> Shape {
    if depth == 0 || dice.chance(3) {
        return leaf(dice, types);
    }
    let inner = |dice: &mut Dice| Box::new(shape(dice, types, depth - 1));
    match dice.roll(6) {
        0 | 1 => Shape::List(inner(dice), Constraints::new()),
        2 => Shape::Map(inner(dice), Constraints::new()),
        3 => Shape::Optional(inner(dice)),
        4 => Shape::Tuple((0..dice.roll(4)).map(|_| *inner(dice)).collect()),
        _ => Shape::Union(Union {
            items: (0..2 + dice.roll(4)).map(|_| *inner(dice)).collect(),
            discriminator: None,
        }),
    }
}

fn leaf(dice: &mut Dice, types: &[String]) -> Shape {
    let primitive = |scalar, format| {
        Shape::Primitive(Primitive {
            scalar,
            format,
            constraints: Constraints::new(),
        })
    };
    match dice.roll(10) {
        0 => primitive(Scalar::Integer, Some(Format::Int64)),
        1 => primitive(Scalar::Boolean, None),
        2 => primitive(Scalar::String, Some(Format::DateTime)),
        3 => Shape::Enum(literals(dice)),
        4 => [Shape::Any, Shape::Null, Shape::Upload(Constraints::new())][dice.roll(3)].clone(),
        5 => primitive(Scalar::Number, None),
        _ => Shape::Ref(types[dice.roll(types.len())].clone()),
    }
}

fn add_function(
    dice: &mut Dice,
    document: &mut Document,
    name: String,
    contexts: &[String],
    types: &[String],
) {
    let camel = camel(&name);
    let pascal = pascal(&camel);
    let input = format!("{pascal}Input");
    let has_input = dice.chance(2) && !document.types.contains_key(&input);
    if has_input {
        let body = Body::Struct(fields(dice, types));
        document.types.insert(
            input.clone(),
            Type {
                description: None,
                body,
            },
        );
    }
    let output = format!("{pascal}Output");
    if !document.types.contains_key(&output) {
        let body = Body::Alias(shape(dice, types, 3));
        document.types.insert(
            output.clone(),
            Type {
                description: None,
                body,
            },
        );
    }
    let context = (dice.chance(3) && !contexts.is_empty())
        .then(|| contexts[dice.roll(contexts.len())].clone());
    if let Some(context) = &context {
        add_slot(dice, document, context, &name, types);
    }
    let is_in_context = context.is_some();
    let (affects, merge) = if is_in_context {
        Default::default()
    } else {
        effects(dice, document)
    };
    let function = Function {
        description: dice.text(),
        idempotent: dice.chance(4),
        camel,
        transport: if is_in_context {
            Transport::Http
        } else {
            [Transport::Http, Transport::Both, Transport::Websocket][dice.roll(3)]
        },
        auth: None,
        context,
        cache: None,
        affects,
        merge,
        errors: errors(dice, types),
        input: has_input.then_some(input),
        output,
        nullable: dice.chance(4),
    };
    document.functions.insert(name, function);
}

fn add_slot(
    dice: &mut Dice,
    document: &mut Document,
    context: &str,
    function: &str,
    types: &[String],
) {
    let found: &mut Context = document.contexts.entry(context.to_owned()).or_default();
    found.functions.insert(function.to_owned());
    for _ in 0..dice.roll(3) {
        let param = Param {
            required: dice.chance(2),
            shape: shape(dice, types, 2),
            shared_by: BTreeSet::new(),
        };
        let name = dice.pick(WORDS).replace(['.', '-'], "_");
        found
            .params
            .entry(name)
            .or_insert(param)
            .shared_by
            .insert(function.to_owned());
    }
}

fn effects(dice: &mut Dice, document: &Document) -> (Vec<Effect>, Vec<Merge>) {
    let contexts: Vec<_> = document.contexts.iter().collect();
    let (mut affects, mut merge) = (BTreeMap::new(), BTreeMap::new());
    for _ in 0..dice.roll(4).min(contexts.len()) {
        let (context, found) = contexts[dice.roll(contexts.len())];
        let slots: Vec<_> = found.functions.iter().collect();
        let slot = slots[dice.roll(slots.len())].clone();
        let function = dice.chance(2).then(|| slot.clone());
        affects.insert(
            (context.clone(), function.clone()),
            Effect {
                context: context.clone(),
                function,
            },
        );
        if dice.chance(2) {
            let mode = [
                MergeMode::Replace,
                MergeMode::Upsert {
                    key: "id".into(),
                    place: Place::Prepend,
                },
                MergeMode::Refetch,
            ];
            let mode = mode[dice.roll(3)].clone();
            merge.insert(
                (context.clone(), slot.clone()),
                Merge {
                    context: context.clone(),
                    slot,
                    mode,
                },
            );
        }
    }
    (
        affects.into_values().collect(),
        merge.into_values().collect(),
    )
}

fn pascal(camel: &str) -> String {
    let first = camel.chars().take(1).flat_map(char::to_uppercase);
    first.chain(camel.chars().skip(1)).collect()
}

fn camel(name: &str) -> String {
    let name = name.replace(['.', '-'], "_");
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |camel, part| {
        let mut letters = part.chars();
        let first: String = letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .collect();
        camel + &first + letters.as_str()
    })
}
