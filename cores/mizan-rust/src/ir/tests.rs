//! The interface document as text: what is written, and that it alone is read.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::graph::tests::plain;
use crate::keyword::Keyword;
use crate::shape::{Body, Field, Format, Literal, Primitive, Shape, endless_alias};
use crate::value::Value;

use super::document::{AUTH_WORDS, TRANSPORTS};
use super::{Context, Document, Function, Param, emit, parse};

const DOCUMENT: &str = r#"{
    "types":[
        {"name":"Unused","body":{"kind":"enum","values":["a"]}},
        {"name":"ordersOutput","body":{"kind":"alias","shape":
            {"kind":"list","item":{"kind":"ref","name":"Order"}}}},
        {"name":"Order","body":{"kind":"struct","fields":[
            {"name":"id","required":true,"shape":{"kind":"primitive","name":"integer"}},
            {"name":"note","required":false,"default":null,"shape":
                {"kind":"optional","item":{"kind":"primitive","name":"string","format":"date-time"}}},
            {"name":"kind","required":false,"default":"\"\\\n\u0085\u2028","shape":
                {"kind":"enum","values":["a",1]}},
            {"name":"rest","required":true,"shape":{"kind":"union","items":[
                {"kind":"any"},{"kind":"null"},{"kind":"upload"},
                {"kind":"map","value":{"kind":"ref","name":"Order"}}]}}]}}],
    "functions":[
        {"name":"rename","camel":"rename","transport":"http","auth":"required","context":null,
         "affects":[{"context":"user","function":null},{"context":"user","function":"orders"},
                    {"context":"user","function":null}],
         "merge":[{"context":"user","slot":"orders"}],
         "input":"Order","output":"ordersOutput","nullable":true},
        {"name":"orders","camel":"orders","transport":"http","auth":null,"context":"user",
         "affects":[],"merge":[],"input":null,"output":"ordersOutput","nullable":false}],
    "contexts":[
        {"name":"user","functions":["orders"],"params":[
            {"name":"user_id","required":true,"shape":{"kind":"primitive","name":"integer"},
             "shared_by":["orders","orders"]}]},
        {"name":"empty","functions":[],"params":[]}]}"#;

const TEXT: &str = r#"type "Order" {
    struct {
        field "id" required=#true {
            primitive "integer"
        }
        field "note" required=#false default=#null {
            optional {
                primitive "string" format="date-time"
            }
        }
        field "kind" required=#false default="\"\\\n\u{85}\u{2028}" {
            enum "a" 1
        }
        field "rest" required=#true {
            union {
                any
                "null"
                upload
                map {
                    ref "Order"
                }
            }
        }
    }
}
type "ordersOutput" {
    alias {
        list {
            ref "Order"
        }
    }
}
function "orders" {
    camel "orders"
    transport "http"
    context "user"
    output "ordersOutput" nullable=#false
}
function "rename" {
    camel "rename"
    transport "http"
    auth "required"
    affects "user"
    affects "user" function="orders"
    merge "user" slot="orders"
    input "Order"
    output "ordersOutput" nullable=#true
}
context "empty"
context "user" {
    function "orders"
    param "user_id" required=#true {
        shape {
            primitive "integer"
        }
        shared-by "orders"
    }
}
"#;

fn refusal(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn a_document_is_written_sorted_and_without_what_nothing_refers_to() {
    assert_eq!(emit(&plain(DOCUMENT)).unwrap(), TEXT);
    assert_eq!(
        emit(&plain(r#"{"types":[],"functions":[],"contexts":[]}"#)).unwrap(),
        ""
    );
}

#[test]
fn what_is_written_is_read_back() {
    let document = parse(TEXT).unwrap();
    assert_eq!(emit(&document).unwrap(), TEXT);
    assert_eq!(parse(&emit(&document).unwrap()).unwrap(), document);
    assert_eq!(parse("").unwrap(), Document::default().to_value());
}

#[test]
fn documents_are_checked_with_their_place() {
    for (old, new, message) in [
        (
            r#""output":"ordersOutput","nullable":true"#,
            r#""output":"Nothing","nullable":true"#,
            r#"document.functions[0].output: no type is named "Nothing""#,
        ),
        (
            r#""auth":"required""#,
            r#""auth":"me""#,
            "document.functions[0].auth: expected one of required, staff, superuser, custom",
        ),
        (
            r#""functions":["orders"]"#,
            r#""functions":["none"]"#,
            r#"document.contexts[0].functions[0]: no function is named "none""#,
        ),
        (
            r#""name":"Unused""#,
            r#""name":"Order""#,
            r#"document.types[2].name: the type "Order" comes twice"#,
        ),
        (
            r#""camel":"rename","#,
            "",
            r#"document.functions[0]: "camel" is missing"#,
        ),
        (
            r#""name":"empty""#,
            r#""name":"user""#,
            r#"document.contexts[1].name: the context "user" comes twice"#,
        ),
    ] {
        let changed = DOCUMENT.replacen(old, new, 1);
        assert_ne!(changed, DOCUMENT);
        assert_eq!(emit(&plain(&changed)).unwrap_err().to_string(), message);
    }
}

fn assert_refusals(changes: &[(&str, &str, &str)]) {
    for (old, new, message) in changes {
        let text = TEXT.replacen(old, new, 1);
        assert_ne!(text, TEXT);
        assert_eq!(refusal(&text), *message);
    }
}

#[test]
fn other_nodes_are_refused_where_they_stand() {
    assert_refusals(&[
        (
            "context \"empty\"",
            "channel \"empty\"",
            r#"line 49, column 1: expected "type", "function" or "context""#,
        ),
        (
            "context \"empty\"",
            "context \"user\"",
            r#"line 50, column 9: the context "user" comes twice"#,
        ),
        (
            "    camel \"orders\"\n",
            "",
            r#"line 34, column 5: expected "camel""#,
        ),
        (
            "camel \"orders\"",
            "snake \"orders\"",
            r#"line 34, column 5: expected "camel""#,
        ),
        (
            "    output \"ordersOutput\" nullable=#true\n",
            "",
            r#"line 39, column 1: expected "output" inside this node"#,
        ),
        (
            "    auth \"required\"\n",
            "    auth \"required\"\n    auth \"required\"\n",
            r#"line 43, column 5: expected "output""#,
        ),
        (
            "    affects \"user\"\n",
            "    affects \"user\"\n    affects \"user\"\n",
            "line 44, column 5: this comes twice",
        ),
        (
            "field \"note\"",
            "field \"id\"",
            r#"line 6, column 9: the field "id" comes twice"#,
        ),
        (
            "                any\n                \"null\"\n                upload\n",
            "",
            "line 15, column 13: expected two shapes at least inside this node",
        ),
        (
            "            enum \"a\" 1\n",
            "            enum \"a\" 1\n            any\n",
            "line 13, column 13: expected no such node here",
        ),
        (
            "primitive \"integer\"",
            "integer",
            "line 4, column 13: expected a shape",
        ),
        (
            "    struct {",
            "    object {",
            r#"line 2, column 5: expected "struct", "list", "enum" or "alias""#,
        ),
    ]);
}

#[test]
fn other_words_are_refused_where_they_stand() {
    assert_refusals(&[
        (
            "context \"empty\"",
            "context",
            "line 49, column 1: expected a name after this node",
        ),
        (
            "context \"empty\"",
            "context 5",
            "line 49, column 9: expected a string",
        ),
        (
            "camel \"orders\"",
            "camel \"orders\" 1",
            "line 34, column 20: expected nothing more on this line",
        ),
        (
            "\"http\"\n    context",
            "\"pigeon\"\n    context",
            "line 35, column 15: expected one of http, websocket",
        ),
        (
            " nullable=#true",
            "",
            "line 47, column 5: expected the property nullable= after this node",
        ),
        (
            "nullable=#true",
            "nullable=1",
            "line 47, column 27: expected #true or #false",
        ),
        (
            "ref \"Order\"",
            "ref \"Nobody\"",
            r#"line 20, column 25: no type is named "Nobody""#,
        ),
        (
            "primitive \"integer\"",
            "primitive \"int\"",
            "line 4, column 23: expected one of integer, number, boolean, string",
        ),
        (
            "enum \"a\" 1",
            "enum",
            "line 12, column 13: expected a string or an integer after this node",
        ),
        (
            "enum \"a\" 1",
            "enum 1.5",
            "line 12, column 18: expected a string or an integer",
        ),
        (
            "default=#null",
            "default=1e400",
            "line 6, column 38: expected a finite number",
        ),
        (
            "shared-by \"orders\"",
            "shared-by \"others\"",
            r#"line 56, column 19: no function is named "others""#,
        ),
        (
            "required=#false default=#null",
            "default=#null required=#false",
            "line 6, column 22: expected the property required=",
        ),
    ]);
}

#[test]
fn a_spelling_that_is_not_written_is_not_read() {
    let message = r#"line 1, column 1: expected the line "type \"Order\" {""#;
    let twice = TEXT.replacen(
        "    function \"orders\"\n",
        "    function \"orders\"\n    function \"orders\"\n",
        1,
    );
    let expected = r#"line 52, column 1: expected the line "param \"user_id\" required=#true {""#;
    assert_eq!(refusal(&twice), expected);
    let unused = "type \"A\" {\n    struct\n}\n";
    assert_eq!(refusal(&format!("{unused}{TEXT}")), message);
    let (types, rest) = TEXT.split_at(TEXT.find("function").unwrap());
    assert_eq!(refusal(&format!("{rest}{types}")), message);
    assert_eq!(
        refusal(&TEXT.replacen("\"a\"", "\"\\u{61}\"", 1)),
        r#"line 12, column 1: expected the line "enum \"a\" 1""#
    );
    assert_eq!(
        refusal(&TEXT.replacen("u{85}", "u{085}", 1))
            .split(':')
            .next(),
        Some("line 11, column 1")
    );
    assert_eq!(
        refusal(unused),
        "line 1, column 1: expected the end of the document"
    );
}

#[test]
fn numbers_stay_exact() {
    let number = |text: &str| {
        let changed = TEXT.replacen("default=#null", &format!("default={text}"), 1);
        parse(&changed).map(|document| {
            assert_eq!(emit(&document).unwrap(), changed);
        })
    };
    let long = "1234567890".repeat(500);
    for text in [
        "0",
        "-1",
        "1.0",
        "-0.0",
        "1e-07",
        "1e+16",
        "5e-324",
        "844659930260246.2",
        "9223372036854775808",
        "-170141183460469231731687303715884105728",
        "170141183460469231731687303715884105727",
        "99999999999999999999999999999999999999",
        "-99999999999999999999999999999999999999",
        "100000000000000000000000000000000000000",
        &long,
        &format!("-{long}"),
    ] {
        assert_eq!(number(text), Ok(()), "{text}");
    }
    for text in [
        "-0",
        "00",
        "01",
        "1.00",
        "1e0",
        "1e7",
        "1e-7",
        "10e+16",
        &format!("0{long}"),
        "844659930260246.25",
    ] {
        assert!(number(text).is_err(), "{text}");
    }
}

/// A document whose one type is an alias of that many lists around a scalar.
fn nested(levels: usize) -> Document {
    let shape = (0..levels).fold(Shape::Any, |inner, _| Shape::List(inner.into()));
    let function = Function {
        output: "T".into(),
        ..function("f")
    };
    Document {
        types: [("T".to_owned(), Body::Alias(shape))].into(),
        functions: [("f".to_owned(), function)].into(),
        contexts: [].into(),
    }
}

fn function(camel: &str) -> Function {
    Function {
        camel: camel.into(),
        transport: "http",
        auth: None,
        context: None,
        affects: vec![],
        merge: vec![],
        input: None,
        output: String::new(),
        nullable: false,
    }
}

#[test]
fn what_nests_too_deeply_to_be_written_is_not_read() {
    let deepest = (0..64)
        .rev()
        .find(|levels| emit(&nested(*levels).to_value()).is_ok())
        .unwrap();
    let text = nested(deepest).emit();
    assert_eq!(parse(&text), Ok(nested(deepest).to_value()));
    let message = refusal(&nested(deepest + 1).emit());
    assert!(
        message.ends_with("expected at most 64 levels of nesting"),
        "{message}"
    );
}

#[test]
fn long_texts_need_no_stack() {
    for line in [
        "a \"\\q\"",
        "a 1..",
        "a b=",
        "a true",
        "true",
        "a",
        "a -",
        "a #x",
        "}",
        "a {",
        "{",
        "/-",
        "/*",
    ] {
        let count = 3_000;
        assert!(parse(&format!("{line}\n").repeat(count)).is_err());
        assert!(
            parse(&format!(
                "a{}\n",
                line.trim_start_matches('a').repeat(count)
            ))
            .is_err()
        );
        assert!(parse(&format!("a {{\n    {line}\n}}\n").repeat(count)).is_err());
        assert!(parse(&line.repeat(count)).is_err());
    }
    assert!(parse(&format!("a{}\n", " 1".repeat(3_000))).is_err());
}

fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]",
        any::<String>(),
        "[\\\\\"\n\r\t\u{0}\u{85}\u{2028}\u{feff}#{}/]{0,4}"
    ]
}

fn scalars() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "-?[1-9][0-9]{20,60}".prop_map(|digits| Value::integer(&digits).unwrap()),
        any::<f64>()
            .prop_filter("finite", |number| number.is_finite())
            .prop_map(Value::Float),
        names().prop_map(Value::from),
    ]
}

fn literals() -> impl Strategy<Value = Vec<Literal>> {
    let literal = prop_oneof![
        any::<i64>().prop_map(Literal::Int),
        "-?[1-9][0-9]{20,60}".prop_map(Literal::BigInt),
        names().prop_map(Literal::Text),
    ];
    prop::collection::vec(literal, 1..4)
}

/// Shapes that refer to the types `A` and `B`.
fn shapes() -> impl Strategy<Value = Shape> {
    let format = prop::option::of(prop::sample::select(Format::ALL));
    let leaves = prop_oneof![
        (prop::sample::select(Primitive::ALL), format)
            .prop_map(|(name, format)| Shape::Primitive { name, format }),
        "[AB]".prop_map(Shape::Ref),
        literals().prop_map(Shape::Enum),
        Just(Shape::Any),
        Just(Shape::Null),
        Just(Shape::Upload),
    ];
    leaves.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|item| Shape::List(item.into())),
            inner.clone().prop_map(|item| Shape::Map(item.into())),
            inner.clone().prop_map(|item| Shape::Optional(item.into())),
            prop::collection::vec(inner, 2..4).prop_map(Shape::Union),
        ]
    })
}

fn bodies() -> impl Strategy<Value = Body> {
    let field = (any::<bool>(), prop::option::of(scalars()), shapes());
    let fields = prop::collection::btree_map(names(), field, 0..4).prop_map(|fields| {
        let field = |(name, (required, default, shape))| Field {
            name,
            required,
            default,
            shape,
        };
        fields.into_iter().map(field).collect()
    });
    prop_oneof![
        fields.prop_map(Body::Struct),
        shapes().prop_map(Body::List),
        literals().prop_map(Body::Enum),
        shapes().prop_map(Body::Alias),
    ]
}

fn functions() -> impl Strategy<Value = Function> {
    let affects = prop::collection::btree_set((names(), prop::option::of(names())), 0..3);
    let merge = prop::collection::btree_set((names(), names()), 0..3);
    (
        (names(), prop::sample::select(&TRANSPORTS[..])),
        (
            prop::option::of(prop::sample::select(&AUTH_WORDS[..])),
            prop::option::of(names()),
        ),
        (affects, merge),
        (prop::option::of("[AB]"), "[AB]", any::<bool>()),
    )
        .prop_map(
            |((camel, transport), (auth, context), (affects, merge), types)| {
                let (affects, merge) = (affects.into_iter().collect(), merge.into_iter().collect());
                let (input, output, nullable) = types;
                Function {
                    camel,
                    transport,
                    auth,
                    context,
                    affects,
                    merge,
                    input,
                    output,
                    nullable,
                }
            },
        )
}

/// Documents of two types, one function named `f` and perhaps others, and contexts around them.
fn documents() -> impl Strategy<Value = Document> {
    let sharing = || prop::collection::btree_set("f", 0..2);
    let param =
        (any::<bool>(), shapes(), sharing()).prop_map(|(required, shape, shared_by)| Param {
            required,
            shape,
            shared_by,
        });
    let context = (sharing(), prop::collection::btree_map(names(), param, 0..3))
        .prop_map(|(functions, params)| Context { functions, params });
    let types = (bodies(), bodies())
        .prop_map(|(a, b)| BTreeMap::from([("A".into(), a), ("B".into(), b)]))
        .prop_filter("ends", |types| endless_alias(types).is_none());
    let others = prop::collection::btree_map(names(), functions(), 0..3);
    let functions = (functions(), others).prop_map(|(function, mut others)| {
        others.insert("f".to_owned(), function);
        others
    });
    (
        types,
        functions,
        prop::collection::btree_map(names(), context, 0..3),
    )
        .prop_map(|(types, functions, contexts)| Document {
            types,
            functions,
            contexts,
        })
}

fn assert_read_or_refused(text: &str) {
    match parse(text) {
        Ok(document) => assert_eq!(emit(&document).unwrap(), text),
        Err(error) => assert!(error.to_string().starts_with("line "), "{error}"),
    }
}

#[test]
fn a_text_changed_anywhere_is_refused_or_says_something_else() {
    let text = r#"type "T" {
    struct {
        field "a" required=#true default=1.5 {
            enum "\u{85}" -2
        }
    }
}
function "f" {
    camel "f"
    transport "http"
    affects "c" function="f"
    output "T" nullable=#false
}
"#;
    assert_eq!(emit(&parse(text).unwrap()).unwrap(), text);
    for index in 0..text.len() {
        let (before, after) = text.split_at(index);
        assert_read_or_refused(before);
        for part in [
            "", "\"", "\\", "{", "=", "#", " ", "\n", "\u{2028}", "0", "z",
        ] {
            assert_read_or_refused(&format!("{before}{part}{}", &after[1..]));
        }
    }
}

proptest! {
    #[test]
    fn documents_survive_writing_and_reading(document in documents()) {
        let text = document.emit();
        let read = parse(&text).unwrap();
        prop_assert_eq!(&emit(&read).unwrap(), &text);
        prop_assert_eq!(&Document::read(&read).unwrap().to_value(), &read);
        let mut reached = document.clone();
        reached.types.retain(|name, _| document.reached_types().contains(name.as_str()));
        prop_assert_eq!(read, reached.to_value());
    }

    #[test]
    fn arbitrary_text_is_refused_without_a_panic(text in any::<String>()) {
        assert_read_or_refused(&text);
    }

    #[test]
    fn arbitrary_lines_are_read_or_refused(
        lines in prop::collection::vec("( {4}){0,2}(type|function|struct|field|any|enum|\\}|a)( \"[a\\\\\"]*\"?| [0-9.e-]{1,3}| [a-z]=#?true){0,2}( \\{)?", 0..6)
    ) {
        assert_read_or_refused(&(lines.join("\n") + "\n"));
    }
}
