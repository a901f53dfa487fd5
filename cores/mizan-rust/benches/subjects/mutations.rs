//! The answer to a mutation that makes two contexts stale and merges into one of them.

use std::hint::black_box;

use mizan_core::Value;
use mizan_core::envelope::encode_response;
use mizan_core::graph::Graph;
use mizan_core::graph::specification::Specification;
use mizan_core::invalidation::compute_invalidation;
use mizan_core::merges::compute_merges;
use mizan_core::value::Members;

use super::Subject;
use super::interfaces::{function, integer, member, param, primitive};

const MUTATION: &str = "rename_user";

pub fn subjects() -> Vec<Subject> {
    vec![
        invalidation(),
        merges(),
        answer("encode_response_1_kb", 1_000),
        answer("encode_response_100_kb", 100_000),
    ]
}

fn invalidation() -> Subject {
    let (graph, args) = (graph(), args());
    Subject::new("compute_invalidation", move || {
        let function = graph.function(black_box(MUTATION)).unwrap();
        black_box(compute_invalidation(function, &args).unwrap());
    })
}

fn merges() -> Subject {
    let (graph, args) = (graph(), args());
    Subject::new("compute_merges", move || {
        let function = graph.function(black_box(MUTATION)).unwrap();
        black_box(compute_merges(function, &args).unwrap());
    })
}

/// Header and body around a result of `length` bytes.
fn answer(name: &'static str, length: usize) -> Subject {
    let (graph, args) = (graph(), args());
    let result = format!("\"{}\"", "x".repeat(length - 2)).into_bytes();
    Subject::new(name, move || {
        let function = graph.function(black_box(MUTATION)).unwrap();
        let (response, _) = encode_response(function, &args, black_box(&result)).unwrap();
        black_box((response.body.to_vec(), response.header));
    })
}

fn args() -> Members {
    Members::from([
        ("user_id".to_owned(), Value::Int(5)),
        ("name".to_owned(), Value::from("Ada")),
    ])
}

fn graph() -> Graph {
    let text = primitive("string");
    let functions = vec![
        reader("user_name", "user", &text),
        reader("team", "teams", &integer()),
        function(
            MUTATION,
            [
                (
                    "params",
                    Value::List(vec![param("user_id", &integer()), param("name", &text)]),
                ),
                ("output", text),
                (
                    "affects",
                    Value::List(vec![context("user"), context("teams")]),
                ),
                ("merge", Value::List(vec![context("user")])),
            ],
        ),
    ];
    let spec = [
        ("types", Value::object([])),
        ("functions", Value::List(functions)),
    ];
    Graph::compile(&Specification::read(&Value::object(spec)).unwrap()).unwrap()
}

fn reader(name: &str, of: &str, output: &Value) -> Value {
    let params = Value::List(vec![param("user_id", &integer())]);
    let members = [
        ("context", Value::from(of)),
        ("params", params),
        ("output", output.clone()),
    ];
    function(name, members)
}

fn context(name: &str) -> Value {
    member("name", name)
}
