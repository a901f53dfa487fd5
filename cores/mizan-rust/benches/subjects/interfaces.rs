//! What is made once for an application of 1,000 functions: its graph, and its interface document.

use std::hint::black_box;

use mizan_core::Value;
use mizan_core::graph::Graph;
use mizan_core::graph::specification::Specification;
use mizan_core::ir;

use super::Subject;

/// Each has four functions that read, and a mutation.
const CONTEXTS: usize = 200;
/// Enough to read: that takes longer than writing.
const SOME: usize = 10;

pub fn subjects() -> Vec<Subject> {
    let (spec, document) = (specification(), document(CONTEXTS));
    let text = ir::emit(&self::document(SOME)).unwrap();
    vec![
        Subject::new("compile_graph", move || {
            let read = Specification::read(black_box(&spec)).unwrap();
            black_box(Graph::compile(&read).unwrap());
        })
        .once(),
        Subject::new("emit_ir", move || {
            black_box(ir::emit(black_box(&document)).unwrap());
        })
        .once(),
        Subject::new("parse_ir", move || {
            black_box(ir::parse(black_box(&text)).unwrap());
        })
        .once(),
    ]
}

/// A function of a graph specification; what is not given is empty.
pub fn function<const N: usize>(name: &str, members: [(&str, Value); N]) -> Value {
    let empty = [
        ("context", Value::Null),
        ("params", Value::List(vec![])),
        ("output", Value::Null),
        ("affects", Value::List(vec![])),
        ("merge", Value::List(vec![])),
        ("auto_scope", Value::Bool(true)),
        ("private", Value::Bool(false)),
        ("auth", Value::Null),
    ];
    let named = [("name", Value::from(name))];
    let all = empty.into_iter().chain(named).chain(members);
    Value::Map(all.map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A required parameter of a function.
pub fn param(name: &str, shape: &Value) -> Value {
    Value::object([
        ("name", Value::from(name)),
        ("shape", shape.clone()),
        ("required", Value::Bool(true)),
        ("identity", Value::from("int")),
    ])
}

/// An object of one member.
pub fn member(name: &str, value: &str) -> Value {
    Value::object([(name, Value::from(value))])
}

pub fn primitive(name: &str) -> Value {
    Value::object([
        ("kind", Value::from("primitive")),
        ("name", Value::from(name)),
    ])
}

pub fn integer() -> Value {
    primitive("integer")
}

/// The names of one context and of what belongs to it.
struct Names {
    context: String,
    item: String,
    input: String,
    readers: [String; 4],
    mutation: String,
}

fn names(count: usize) -> impl Iterator<Item = Names> {
    (0..count).map(|number| Names {
        context: format!("shelf{number}"),
        item: format!("Item{number}"),
        input: format!("rename{number}Input"),
        readers: ["item", "labels", "count", "title"].map(|what| format!("{what}{number}")),
        mutation: format!("rename{number}"),
    })
}

fn specification() -> Value {
    let functions = names(CONTEXTS).flat_map(|names| {
        let outputs = outputs(&names);
        let readers = names.readers.iter().zip(outputs).map(|(reader, output)| {
            let members = [
                ("context", Value::from(names.context.as_str())),
                ("params", params()),
                ("output", output),
            ];
            function(reader, members)
        });
        readers.chain([mutation(&names)]).collect::<Vec<_>>()
    });
    let types = names(CONTEXTS).map(|names| (names.item, item_body()));
    Value::object([
        ("types", Value::Map(types.collect())),
        ("functions", functions.collect()),
    ])
}

fn mutation(names: &Names) -> Value {
    let context = || Value::List(vec![member("name", &names.context)]);
    let members = [
        ("params", params()),
        ("output", reference(&names.item)),
        ("affects", context()),
        ("merge", context()),
    ];
    function(&names.mutation, members)
}

fn document(count: usize) -> Value {
    let types = names(count).flat_map(|names| {
        let labels = wrapped("list", "item", primitive("string"));
        let bodies = [
            (names.input, item_body()),
            (names.item, item_body()),
            (
                format!("{}Output", names.readers[1]),
                wrapped("alias", "shape", labels),
            ),
            (
                format!("{}Output", names.readers[2]),
                wrapped("alias", "shape", integer()),
            ),
        ];
        bodies.map(|(name, body)| Value::object([("name", Value::from(name)), ("body", body)]))
    });
    let contexts = names(count).map(|names| {
        Value::object([
            ("name", Value::from(names.context)),
            (
                "functions",
                Value::strings(names.readers.iter().map(String::as_str)),
            ),
            ("params", Value::List(vec![shared_param(&names.readers)])),
        ])
    });
    Value::object([
        ("types", types.collect()),
        (
            "functions",
            names(count).flat_map(|names| documented(&names)).collect(),
        ),
        ("contexts", contexts.collect()),
    ])
}

/// The functions of a context as clients see them.
fn documented(names: &Names) -> Vec<Value> {
    let [_, labels, count, _] = &names.readers;
    let (labels, count) = (format!("{labels}Output"), format!("{count}Output"));
    let outputs = [names.item.as_str(), &labels, &count, &names.item];
    let effect = Value::object([
        ("context", Value::from(names.context.as_str())),
        ("function", Value::Null),
    ]);
    let merge = Value::object([
        ("context", Value::from(names.context.as_str())),
        ("slot", Value::from(names.readers[0].as_str())),
        ("mode", Value::from("replace")),
    ]);
    let readers = names.readers.iter().zip(outputs).map(|(name, output)| {
        documented_function(
            name,
            output,
            [
                ("context", Value::from(names.context.as_str())),
                ("affects", Value::List(vec![])),
                ("merge", Value::List(vec![])),
                ("input", Value::Null),
            ],
        )
    });
    let mutation = documented_function(
        &names.mutation,
        &names.item,
        [
            ("context", Value::Null),
            ("affects", Value::List(vec![effect])),
            ("merge", Value::List(vec![merge])),
            ("input", Value::from(names.input.as_str())),
        ],
    );
    readers.chain([mutation]).collect()
}

fn documented_function(name: &str, output: &str, rest: [(&str, Value); 4]) -> Value {
    let [context, affects, merge, input] = rest;
    Value::object([
        ("name", Value::from(name)),
        ("description", Value::Null),
        ("idempotent", Value::Bool(false)),
        ("cache", Value::Null),
        ("camel", Value::from(name)),
        ("transport", Value::from("http")),
        ("auth", Value::from("required")),
        ("output", Value::from(output)),
        ("nullable", Value::Bool(false)),
        context,
        affects,
        merge,
        input,
    ])
}

fn shared_param(readers: &[String]) -> Value {
    Value::object([
        ("name", Value::from("item_id")),
        ("required", Value::Bool(true)),
        ("shape", integer()),
        (
            "shared_by",
            Value::strings(readers.iter().map(String::as_str)),
        ),
    ])
}

fn params() -> Value {
    Value::List(vec![
        param("item_id", &integer()),
        param("page", &integer()),
    ])
}

fn outputs(names: &Names) -> [Value; 4] {
    let item = reference(&names.item);
    let labels = wrapped("list", "item", primitive("string"));
    [item, labels, integer(), primitive("string")]
}

fn item_body() -> Value {
    let fields = [
        ("id", integer()),
        ("name", primitive("string")),
        ("price", primitive("number")),
        ("note", wrapped("optional", "item", primitive("string"))),
    ];
    let field = |(name, shape): (&str, Value)| {
        Value::object([
            ("name", Value::from(name)),
            ("shape", shape),
            ("required", Value::Bool(true)),
        ])
    };
    let fields = fields.into_iter().map(field).collect();
    Value::object([("kind", Value::from("struct")), ("fields", fields)])
}

fn reference(name: &str) -> Value {
    Value::object([("kind", Value::from("ref")), ("name", Value::from(name))])
}

fn wrapped(kind: &str, member: &str, inner: Value) -> Value {
    Value::object([("kind", Value::from(kind)), (member, inner)])
}
