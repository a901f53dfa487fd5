//! The graph as a whole: what compiles, what does not, and what it says then.

use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::graph::specification::Specification;
use crate::shape::{Body, Shape};
use crate::value::Value;

/// Plain data from JSON text.
pub(crate) fn plain(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn param(mut param: Value) -> Value {
    if let Value::Map(members) = &mut param
        && !members.contains_key("identity")
    {
        members.insert("identity".to_owned(), Value::String("int".to_owned()));
    }
    param
}

/// A specification of functions that leave out what is empty.
pub(crate) fn spec(types: &str, functions: &[&str]) -> Specification {
    let functions = functions.iter().map(|function| {
        let Value::Map(mut members) = plain(function) else {
            panic!("an object")
        };
        for (name, default) in [
            ("context", Value::Null),
            ("params", Value::List(vec![])),
            ("output", Value::Null),
            ("affects", Value::List(vec![])),
            ("merge", Value::List(vec![])),
            ("auto_scope", Value::Bool(true)),
            ("private", Value::Bool(false)),
            ("auth", Value::Null),
        ] {
            if !members.contains_key(name) {
                members.insert(name.to_owned(), default);
            }
        }
        if let Some(Value::List(params)) = members.get("params") {
            let params = params.iter().cloned().map(param).collect();
            members.insert("params".to_owned(), params);
        }
        Value::Map(members)
    });
    let spec = Value::object([("types", plain(types)), ("functions", functions.collect())]);
    Specification::read(&spec).unwrap()
}

fn compile(types: &str, functions: &[&str]) -> Result<Graph> {
    Graph::compile(&spec(types, functions))
}

fn problems(types: &str, functions: &[&str]) -> Vec<String> {
    match compile(types, functions) {
        Err(Error::Contradictions(problems)) => problems.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

const INTEGER: &str = r#"{"kind":"primitive","name":"integer"}"#;
const STRING: &str = r#"{"kind":"primitive","name":"string"}"#;

/// A context function `name` of `user` with that parameter and output.
fn slot(name: &str, param: &str, output: &str) -> String {
    format!(
        r#"{{"name":"{name}","context":"user","output":{output},
            "params":[{{"name":"user_id","shape":{param},"required":true}}]}}"#
    )
}

fn merging(output: &str, target: &str) -> String {
    format!(r#"{{"name":"m","output":{output},"merge":[{{"name":"{target}"}}]}}"#)
}

#[test]
fn targets_and_scopes_are_resolved() {
    let profile = slot("user_profile", INTEGER, STRING);
    let mutation = r#"{"name":"rename","output":{"kind":"primitive","name":"string"},
        "params":[{"name":"user_id","shape":{"kind":"primitive","name":"integer"},"required":true},
                  {"name":"name","shape":{"kind":"any"},"required":true}],
        "affects":[{"name":"user"},{"name":"user_profile"},{"context":"elsewhere"},{"name":"user"}],
        "merge":[{"name":"user"}]}"#;
    let graph = compile("{}", &[&profile, mutation]).unwrap();
    let expected = concat!(
        r#"{"functions":{"#,
        r#""rename":{"context":null,"private":false,"auth":null,"#,
        r#""affects":[{"context":"user","function":null,"scope":["user_id"]},"#,
        r#"{"context":"user","function":"user_profile","scope":["user_id"]},"#,
        r#"{"context":"elsewhere","function":null,"scope":[]}],"#,
        r#""merge":[{"context":"user","slot":"user_profile","scope":["user_id"],"mode":"replace"}],"#,
        r#""purges":[{"context":"user","narrowing":["user_id"]},{"context":"elsewhere","narrowing":[]}]},"#,
        r#""user_profile":{"context":"user","private":false,"auth":null,"#,
        r#""affects":[],"merge":[],"purges":[]}},"#,
        r#""contexts":{"user":{"functions":["user_profile"],"params":["user_id"],"scopes":[["user_id"]]}}}"#,
    );
    let description = serde_json::to_string(&graph).unwrap();
    assert_eq!(description, expected);
    assert_eq!(graph.params.len(), 1);
    let param = &graph.params[0];
    assert_eq!((param.name.as_str(), param.index), ("user_id", 0));
}

#[test]
fn a_context_wins_over_a_function_of_its_name() {
    let function = r#"{"name":"user","context":"user"}"#;
    let mutation = r#"{"name":"m","affects":[{"name":"user"},{"function":"user"}]}"#;
    let graph = compile("{}", &[function, mutation]).unwrap();
    let functions: Vec<_> = graph
        .function("m")
        .unwrap()
        .affects
        .iter()
        .map(|effect| effect.function.as_deref())
        .collect();
    assert_eq!(functions, [None, Some("user")]);
}

#[test]
fn unknown_functions_are_a_lookup_error() {
    let error = compile("{}", &[]).unwrap().function("no\n").unwrap_err();
    assert_eq!(error, Error::UnknownFunction("no\n".into()));
}

#[test]
fn every_problem_is_reported_at_once() {
    let found = problems(
        "{}",
        &[
            r#"{"name":"9","context":"b c","affects":[{"name":"x"}]}"#,
            &slot("users", INTEGER, "null"),
            &slot("profile", STRING, "null"),
            r#"{"name":"m","affects":[{"name":"usr"},{"function":"m"},{"context":"a b"}]}"#,
            r#"{"name":"m"}"#,
        ],
    );
    assert_eq!(
        found,
        [
            r#""9" is not a function name"#,
            r#"function "9": "b c" is not a context name"#,
            r#"function "9": a function of a context cannot declare affects or merge"#,
            r#"function "m" is registered twice"#,
            r#"context "user": parameter "user_id" has different types in "profile", "users""#,
            r#"function "9": affects "x" names no context and no function inside one; did you mean "9"?"#,
            r#"function "m": affects "usr" names no context and no function inside one; did you mean "user"?"#,
            r#"function "m": affects names function "m", which is not inside a context"#,
            r#"function "m": affects "a b" is not a context name"#,
        ]
    );
}

#[test]
fn a_merge_needs_one_slot() {
    let (one, two) = (slot("one", INTEGER, STRING), slot("two", INTEGER, STRING));
    assert_eq!(
        problems("{}", &[&one, &two, &merging(STRING, "user")]),
        [r#"function "m": merge "user" is ambiguous: the result has the type of "one", "two""#]
    );
    assert_eq!(
        problems("{}", &[&one, &two, &merging(INTEGER, "user")]),
        [
            r#"function "m": merge "user" matches no function by its result's type; candidates: "one", "two""#
        ]
    );
    assert_eq!(
        problems(
            "{}",
            &[&slot("view", INTEGER, "null"), &merging(INTEGER, "user")]
        ),
        [
            r#"function "m": merge "user" matches no function by its result's type; candidates: none"#
        ]
    );
    assert_eq!(
        problems("{}", &[&one, &merging("null", "user")]),
        [r#"function "m": merge "user" needs a result, and a framework response is none"#]
    );
    assert!(compile("{}", &[&one, &two, &merging(STRING, "two")]).is_ok());
}

#[test]
fn slots_take_items_lists_and_optionals() {
    let list = format!(r#"{{"kind":"list","item":{STRING}}}"#);
    let maybe = format!(r#"{{"kind":"optional","item":{STRING}}}"#);
    let named = r#"{"kind":"ref","name":"T"}"#;
    let types = format!(r#"{{"T":{{"kind":"alias","shape":{maybe}}}}}"#);
    for (output, result) in [
        (STRING, STRING),
        (&list, STRING),
        (&list, &list),
        (&maybe, STRING),
        (STRING, &maybe),
        (named, STRING),
        (&list, named),
    ] {
        let compiled = compile(
            &types,
            &[&slot("f", INTEGER, output), &merging(result, "user")],
        );
        assert!(compiled.is_ok(), "{output} {result}");
    }
    assert!(
        compile(
            &types,
            &[&slot("f", INTEGER, STRING), &merging(&list, "user")]
        )
        .is_err()
    );
}

/// Whether two functions of one context may declare a parameter with these types.
fn agree(types: &str, left: &str, right: &str) -> bool {
    let named = |name: &str| format!(r#"{{"kind":"ref","name":"{name}"}}"#);
    let (left, right) = (
        slot("f", &named(left), "null"),
        slot("g", &named(right), "null"),
    );
    compile(types, &[&left, &right]).is_ok()
}

#[test]
fn types_are_compared_by_structure() {
    let types = r#"{
        "A":{"kind":"struct","fields":[
            {"name":"id","required":true,"shape":{"kind":"primitive","name":"integer"}},
            {"name":"next","required":false,"default":null,
             "shape":{"kind":"optional","item":{"kind":"ref","name":"A"}}}]},
        "B":{"kind":"struct","fields":[
            {"name":"next","required":false,
             "shape":{"kind":"optional","item":{"kind":"ref","name":"Alias"}}},
            {"name":"id","required":true,"shape":{"kind":"primitive","name":"integer"}}]},
        "Alias":{"kind":"alias","shape":{"kind":"ref","name":"A"}},
        "Required":{"kind":"struct","fields":[
            {"name":"id","required":false,"shape":{"kind":"primitive","name":"integer"}},
            {"name":"next","required":false,
             "shape":{"kind":"optional","item":{"kind":"ref","name":"A"}}}]},
        "Deep":{"kind":"struct","fields":[
            {"name":"id","required":true,"shape":{"kind":"primitive","name":"integer"}},
            {"name":"next","required":false,
             "shape":{"kind":"optional","item":{"kind":"ref","name":"Required"}}}]},
        "E":{"kind":"enum","values":["a","b","a"]},
        "F":{"kind":"enum","values":["b","a"]},
        "G":{"kind":"enum","values":[1]},
        "H":{"kind":"enum","values":["1"]}}"#;
    for (left, right) in [("A", "B"), ("A", "Alias"), ("B", "Alias"), ("E", "F")] {
        assert!(agree(types, left, right), "{left} {right}");
    }
    for (left, right) in [
        ("A", "Required"),
        ("B", "Deep"),
        ("A", "E"),
        ("G", "H"),
        ("E", "G"),
    ] {
        assert!(!agree(types, left, right), "{left} {right}");
    }
}

/// Comparing A with C fails on the way; that they were assumed equal meanwhile must not stick.
#[test]
fn a_failed_assumption_proves_nothing() {
    let field = |name: &str| {
        format!(
            r#"{{"kind":"struct","fields":[{{"name":"{name}","required":true,"shape":{INTEGER}}}]}}"#
        )
    };
    let union = |items: [&str; 2]| {
        let items = items
            .map(|name| format!(r#"{{"kind":"ref","name":"{name}"}}"#))
            .join(",");
        format!(r#"{{"kind":"alias","shape":{{"kind":"union","items":[{items}]}}}}"#)
    };
    let types = format!(
        r#"{{"A":{},"A2":{},"C":{},"U":{},"V":{},"W":{}}}"#,
        field("a"),
        field("a"),
        field("c"),
        union(["A", "A2"]),
        union(["C", "A"]),
        union(["A", "C"]),
    );
    assert!(!agree(&types, "U", "V"));
    assert!(agree(&types, "V", "W"));
}

#[test]
fn long_chains_of_types_need_no_stack() {
    let link = |prefix: &str, index: usize| {
        let next = format!(r#"{{"kind":"ref","name":"{prefix}{}"}}"#, index + 1);
        let list = format!(r#"{{"kind":"list","item":{next}}}"#);
        format!(r#""{prefix}{index}":{{"kind":"alias","shape":{list}}}"#)
    };
    let length = 20_000;
    let mut links: Vec<_> = (0..length)
        .flat_map(|index| [link("A", index), link("B", index)])
        .collect();
    links.push(format!(
        r#""A{length}":{{"kind":"alias","shape":{INTEGER}}}"#
    ));
    links.push(format!(
        r#""B{length}":{{"kind":"alias","shape":{STRING}}}"#
    ));
    assert!(!agree(&format!("{{{}}}", links.join(",")), "A0", "B0"));
}

#[test]
fn specifications_are_checked_with_their_place() {
    let message = |spec: &str| Specification::read(&plain(spec)).unwrap_err().to_string();
    let function = |members: &str| {
        message(&format!(
            r#"{{"types":{{"T":{{"kind":"enum","values":["a"]}}}},"functions":[{{"name":"f","context":null,
                "params":[],"output":null,"affects":[],"merge":[],"auto_scope":true,
                "private":false,"auth":null,{members}}}]}}"#
        ))
    };
    for (found, expected) in [
        (message("[]"), "spec: expected an object"),
        (
            message(r#"{"types":{}}"#),
            r#"spec: "functions" is missing"#,
        ),
        (
            message(r#"{"types":{"T":{}},"functions":[]}"#),
            r#"spec.types.T: "kind" is missing"#,
        ),
        (
            message(r#"{"types":{"T":{"kind":"enum","values":[]}},"functions":[]}"#),
            "spec.types.T: an enum has one value at least",
        ),
        (
            message(r#"{"types":{"T":{"kind":"enum","values":[true]}},"functions":[]}"#),
            "spec.types.T.values[0]: expected a string or an integer",
        ),
        (
            message(
                r#"{"types":{"T":{"kind":"alias","shape":{"kind":"ref","name":"U"}}},"functions":[]}"#,
            ),
            r#"spec.types.T.shape.name: no type is named "U""#,
        ),
        (
            message(
                r#"{"types":{"S":{"kind":"alias","shape":{"kind":"ref","name":"T"}},
                    "T":{"kind":"alias","shape":{"kind":"ref","name":"U"}},
                    "U":{"kind":"alias","shape":{"kind":"ref","name":"T"}}},"functions":[]}"#,
            ),
            "spec.types.T: the alias leads back to itself",
        ),
        (
            message(
                r#"{"types":{"T":{"kind":"struct","fields":[
                    {"name":"a","required":true,"shape":{"kind":"any"}},
                    {"name":"a","required":true,"shape":{"kind":"any"}}]}},"functions":[]}"#,
            ),
            r#"spec.types.T.fields[1].name: the field "a" comes twice"#,
        ),
        (
            message(
                r#"{"types":{"T":{"kind":"struct","fields":[
                    {"name":"a","required":true,"default":[],"shape":{"kind":"any"}}]}},"functions":[]}"#,
            ),
            "spec.types.T.fields[0].default: expected a string, a number, true, false or null",
        ),
        (
            function(r#""name":1"#),
            "spec.functions[0].name: expected a string",
        ),
        (
            function(r#""context":1"#),
            "spec.functions[0].context: expected a string or null",
        ),
        (
            function(r#""auto_scope":1"#),
            "spec.functions[0].auto_scope: expected true or false",
        ),
        (
            function(r#""auth":"admin""#),
            "spec.functions[0].auth: expected one of required, staff, superuser, custom",
        ),
        (
            function(r#""extra":1"#),
            r#"spec.functions[0]: unknown member "extra""#,
        ),
        (
            function(r#""affects":[{"name":"a","context":"b"}]"#),
            r#"spec.functions[0].affects[0]: expected an object with one member: "name", "context" or "function""#,
        ),
        (
            function(r#""output":{"kind":"union","items":[{"kind":"any"}]}"#),
            "spec.functions[0].output: a union has two shapes at least",
        ),
        (
            function(r#""output":{"kind":"primitive","name":"int"}"#),
            "spec.functions[0].output.name: expected one of integer, number, boolean, string",
        ),
        (
            function(
                r#""params":[{"name":"a","shape":{"kind":"any"},"required":true,"identity":null},
                    {"name":"a","shape":{"kind":"any"},"required":true,"identity":null}]"#,
            ),
            r#"spec.functions[0].params[1].name: the parameter "a" comes twice"#,
        ),
    ] {
        assert_eq!(found, expected);
    }
}

#[test]
fn a_specification_is_read_by_serde() {
    let function = r#"{"name":"f","context":"user","params":[],"output":null,"affects":[],"merge":[],
        "auto_scope":true,"private":false,"auth":"staff"}"#;
    let text = format!(r#"{{"types":{{}},"functions":[{function}]}}"#);
    let read: Specification = serde_json::from_str(&text).unwrap();
    assert_eq!(read, Specification::read(&plain(&text)).unwrap());
    let error = serde_json::from_str::<Specification>(&text.replace("staff", "admin")).unwrap_err();
    let expected = "spec.functions[0].auth: expected one of required, staff, superuser, custom";
    assert!(error.to_string().starts_with(expected), "{error}");
}

#[test]
fn a_specification_made_by_hand_is_checked() {
    let named = |name: &str| Shape::Ref(name.to_owned());
    let mut spec = spec("{}", &[r#"{"name":"f"}"#]);
    spec.functions[0].output = Some(named("Nowhere"));
    spec.types.insert("A".into(), Body::Alias(named("B")));
    spec.types.insert("B".into(), Body::Alias(named("A")));
    spec.types.insert("C".into(), Body::Alias(named("Nothing")));
    let Err(Error::Contradictions(problems)) = Graph::compile(&spec) else {
        panic!("it must not compile")
    };
    let expected = [
        r#"type "C": no type is named "Nothing""#,
        r#"function "f": no type is named "Nowhere""#,
        r#"type "A": the alias leads back to itself"#,
    ];
    let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems, expected);
}
