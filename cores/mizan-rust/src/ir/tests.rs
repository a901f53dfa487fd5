//! The interface document as text: what is written, and that it alone is read.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::constraints::{Allowed, Constraint, Constraints, Format, LENGTHS, Scalar, UPLOADS};
use crate::graph::tests::plain;
use crate::keyword::Keyword;
use crate::shape::{Body, EnumValue, Field, Literal, Primitive, Shape, Union, endless_alias};
use crate::value::Value;

use super::parts::tests::{channels, compositions, errors, forms, views};
use super::{
    Auth, Cache, Context, Document, Effect, Function, Merge, MergeMode, Param, Place, Transport,
    Type, emit, parse,
};

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
        {"name":"rename","description":null,"idempotent":false,"cache":null,"camel":"rename","transport":"http","auth":"required","context":null,
         "affects":[{"context":"user","function":null},{"context":"user","function":"orders"},
                    {"context":"user","function":null}],
         "merge":[{"context":"user","slot":"orders","mode":"replace"}],
         "input":"Order","output":"ordersOutput","nullable":true},
        {"name":"orders","description":null,"idempotent":false,"cache":null,"camel":"orders","transport":"http","auth":null,"context":"user",
         "affects":[],"merge":[],"input":null,"output":"ordersOutput","nullable":false}],
    "contexts":[
        {"name":"user","functions":["orders"],"params":[
            {"name":"user_id","required":true,"shape":{"kind":"primitive","name":"integer"},
             "shared_by":["orders","orders"]}]},
        {"name":"empty","functions":[],"params":[]}]}"#;

const TEXT: &str = r#"ir version=2
type "Order" {
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
    merge "user" slot="orders" mode="replace"
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

pub(super) fn refusal(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn a_document_is_written_sorted_and_without_what_nothing_refers_to() {
    assert_eq!(emit(&plain(DOCUMENT)).unwrap(), TEXT);
    assert_eq!(
        emit(&plain(r#"{"types":[],"functions":[],"contexts":[]}"#)).unwrap(),
        "ir version=2\n"
    );
}

#[test]
fn what_is_written_is_read_back() {
    let document = parse(TEXT).unwrap();
    assert_eq!(emit(&document).unwrap(), TEXT);
    assert_eq!(parse(&emit(&document).unwrap()).unwrap(), document);
    assert_eq!(
        parse("ir version=2\n").unwrap(),
        Document::default().to_value()
    );
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

/// What a document may say beside that, in the words of its text.
const DETAILS: &str = r#"ir version=2
type "Animal" {
    alias {
        union discriminator="kind" {
            ref "Cat"
            map max-length=3 {
                any
            }
        }
    }
}
type "Cat" description="A \"cat\".\nIt purrs." {
    struct {
        field "kind" required=#true description="What it is." {
            enum "cat"
        }
        field "age" required=#false default=1 description="In years." {
            primitive "integer" min=0 exclusive-max=4.5e+16 multiple-of=1
        }
        field "place" required=#true {
            tuple {
                primitive "number" min=-90 max=90
                primitive "number"
                tuple
            }
        }
        field "name" required=#true {
            primitive "string" min-length=1 max-length=9 pattern="^[a-z]+$"
        }
        field "price" required=#true {
            primitive "string" format="decimal" exclusive-min="0.00" max-digits=5 decimal-places=2
        }
        field "colors" required=#true {
            list min-length=1 {
                ref "Color"
            }
        }
        field "id" required=#true {
            primitive "integer" format="int64"
        }
    }
}
type "Color" {
    enum {
        value "red" name="RED"
        value 2
    }
}
function "adopt" description="Take it home." idempotent=#true {
    camel "adopt"
    transport "http"
    merge "home" slot="cats" mode="upsert" key="id" place="prepend"
    merge "home" slot="last" mode="replace"
    merge "home" slot="some" mode="refetch"
    output "Animal" nullable=#false
}
function "cats" {
    camel "cats"
    transport "websocket"
    context "home"
    cache ttl=60 shared=#true
    output "Animal" nullable=#false
}
function "dogs" {
    camel "dogs"
    transport "http"
    context "home"
    cache shared=#false
    output "Animal" nullable=#false
}
"#;

#[test]
fn every_detail_is_written_and_read() {
    let document = Document::parse(DETAILS).unwrap();
    assert_eq!(document.emit(), DETAILS);
    assert_eq!(Document::read(&document.to_value()).unwrap(), document);
    let cats = &document.functions["cats"];
    assert_eq!(cats.transport, Transport::Websocket);
    let cache = Cache {
        ttl: Some(60),
        shared: true,
    };
    assert_eq!(cats.cache, Some(cache));
    let upsert = MergeMode::Upsert {
        key: "id".into(),
        place: Place::Prepend,
    };
    assert_eq!(document.functions["adopt"].merge[0].mode, upsert);
    let color = &document.types["Color"].body;
    assert!(matches!(color, Body::Enum(values) if values[0].name.as_deref() == Some("RED")));
}

#[test]
fn details_stand_where_they_mean_something() {
    for (old, new, message) in [
        (
            "primitive \"integer\" format=\"int64\"",
            "primitive \"integer\" format=\"date\"",
            "expected one of int64",
        ),
        (
            "format=\"decimal\"",
            "format=\"int64\"",
            "expected one of date-time, date, time, duration, uuid, decimal, binary, email, uri",
        ),
        (
            "primitive \"number\" min",
            "primitive \"boolean\" min",
            "expected nothing more on this line",
        ),
        (
            "primitive \"number\" min",
            "primitive \"number\" format=\"uuid\" min",
            "expected no format here",
        ),
        ("min=0", "min=\"0\"", "expected a number"),
        ("min=\"0.00\"", "min=0", "expected a string"),
        (
            "min-length=1 ",
            "min-length=-1 ",
            "expected an integer from 0 to 9007199254740991",
        ),
        ("pattern=\"^[a-z]+$\"", "pattern=5", "expected a string"),
        (
            "ttl=60",
            "ttl=1.0",
            "expected an integer from 0 to 9007199254740991",
        ),
        (
            "mode=\"refetch\"",
            "mode=\"refetch\" key=\"id\"",
            "expected nothing more on this line",
        ),
        (
            " place=\"prepend\"",
            "",
            "expected the property place= after this node",
        ),
        (
            "mode=\"replace\"",
            "mode=\"append\"",
            "expected one of replace, upsert, refetch",
        ),
        (
            "slot=\"last\" mode=\"replace\"",
            "slot=\"cats\" mode=\"replace\"",
            "this comes twice",
        ),
        (
            "        value \"red\" name=\"RED\"\n        value 2\n",
            "",
            "expected \"value\" inside this node",
        ),
        (
            "idempotent=#true",
            "idempotent=#false",
            "expected the line \"function \\\"adopt\\\" description=\\\"Take it home.\\\" {\"",
        ),
    ] {
        let text = DETAILS.replacen(old, new, 1);
        assert_ne!(text, DETAILS);
        assert_eq!(refusal(&text).split_once(": ").unwrap().1, message);
    }
}

#[test]
fn other_versions_are_refused_before_anything_else() {
    for (text, message) in [
        ("", "line 1, column 1: expected the node ir version=2"),
        (
            "type \"T\"\nir version=2\n",
            "line 1, column 1: expected the node ir version=2",
        ),
        (
            "ir version=3\nwhatever 3 may say\n",
            "line 1, column 4: this version of the IR is not known here, 2 is",
        ),
        (
            "ir version=2.0\n",
            "line 1, column 4: this version of the IR is not known here, 2 is",
        ),
        (
            "ir\n",
            "line 1, column 1: expected the property version= after this node",
        ),
        (
            "ir version=2\nir version=2\n",
            "line 2, column 4: expected a name",
        ),
    ] {
        assert_eq!(refusal(text), message);
    }
}

#[test]
fn unknown_properties_are_ignored() {
    let mut text = String::new();
    for line in DETAILS.lines() {
        let (node, end) = match line.strip_suffix(" {") {
            Some(node) => (node, " {"),
            None => (line, ""),
        };
        let later = if node.ends_with('}') {
            ""
        } else {
            " later=#true than-2=\"\\\" {\""
        };
        text.extend([node, later, end, "\n"]);
    }
    assert_eq!(parse(&text), parse(DETAILS));
    let spelled = text.replace("camel \"cats\"", "camel \"c\\u{61}ts\"");
    assert!(refusal(&spelled).ends_with("expected the line \"camel \\\"cats\\\"\""));
    assert_eq!(
        refusal(&text.replace("version=2 later", "version=2 version=2 later")),
        "line 1, column 14: expected nothing more on this line"
    );
}

#[test]
fn other_nodes_are_refused_where_they_stand() {
    assert_refusals(&[
        (
            "context \"empty\"",
            "queue \"empty\"",
            r#"line 50, column 1: expected "type", "function", "context", "channel", "form", "view" or "composition""#,
        ),
        (
            "context \"empty\"",
            "context \"user\"",
            r#"line 51, column 9: the context "user" comes twice"#,
        ),
        (
            "    camel \"orders\"\n",
            "",
            r#"line 35, column 5: expected "camel""#,
        ),
        (
            "camel \"orders\"",
            "snake \"orders\"",
            r#"line 35, column 5: expected "camel""#,
        ),
        (
            "    output \"ordersOutput\" nullable=#true\n",
            "",
            r#"line 40, column 1: expected "output" inside this node"#,
        ),
        (
            "    auth \"required\"\n",
            "    auth \"required\"\n    auth \"required\"\n",
            r#"line 44, column 5: expected "output""#,
        ),
        (
            "    affects \"user\"\n",
            "    affects \"user\"\n    affects \"user\"\n",
            "line 45, column 5: this comes twice",
        ),
        (
            "field \"note\"",
            "field \"id\"",
            r#"line 7, column 9: the field "id" comes twice"#,
        ),
        (
            "                any\n                \"null\"\n                upload\n",
            "",
            "line 16, column 13: expected two shapes at least inside this node",
        ),
        (
            "            enum \"a\" 1\n",
            "            enum \"a\" 1\n            any\n",
            "line 14, column 13: expected no such node here",
        ),
        (
            "primitive \"integer\"",
            "integer",
            "line 5, column 13: expected a shape",
        ),
        (
            "    struct {",
            "    object {",
            r#"line 3, column 5: expected "struct", "enum" or "alias""#,
        ),
    ]);
}

#[test]
fn other_words_are_refused_where_they_stand() {
    assert_refusals(&[
        (
            "context \"empty\"",
            "context",
            "line 50, column 1: expected a name after this node",
        ),
        (
            "context \"empty\"",
            "context 5",
            "line 50, column 9: expected a string",
        ),
        (
            "camel \"orders\"",
            "camel \"orders\" 1",
            "line 35, column 20: expected nothing more on this line",
        ),
        (
            "\"http\"\n    context",
            "\"pigeon\"\n    context",
            "line 36, column 15: expected one of http, websocket, both",
        ),
        (
            " nullable=#true",
            "",
            "line 48, column 5: expected the property nullable= after this node",
        ),
        (
            "nullable=#true",
            "nullable=1",
            "line 48, column 27: expected #true or #false",
        ),
        (
            "ref \"Order\"",
            "ref \"Nobody\"",
            r#"line 21, column 25: no type is named "Nobody""#,
        ),
        (
            "primitive \"integer\"",
            "primitive \"int\"",
            "line 5, column 23: expected one of integer, number, boolean, string",
        ),
        (
            "enum \"a\" 1",
            "enum",
            "line 13, column 13: expected a string or an integer after this node",
        ),
        (
            "enum \"a\" 1",
            "enum 1.5",
            "line 13, column 18: expected a string or an integer",
        ),
        (
            "default=#null",
            "default=1e400",
            "line 7, column 38: expected a finite number",
        ),
        (
            "shared-by \"orders\"",
            "shared-by \"others\"",
            r#"line 57, column 19: no function is named "others""#,
        ),
        (
            "required=#false default=#null",
            "default=#null required=#false",
            "line 7, column 22: expected the property required=",
        ),
    ]);
}

#[test]
fn a_spelling_that_is_not_written_is_not_read() {
    let message = r#"line 2, column 1: expected the line "type \"Order\" {""#;
    let twice = TEXT.replacen(
        "    function \"orders\"\n",
        "    function \"orders\"\n    function \"orders\"\n",
        1,
    );
    let expected = r#"line 53, column 1: expected the line "param \"user_id\" required=#true {""#;
    assert_eq!(refusal(&twice), expected);
    let (version, text) = TEXT.split_at(TEXT.find("type").unwrap());
    let unused = &format!("{version}type \"A\" {{\n    struct\n}}\n");
    assert_eq!(refusal(&format!("{unused}{text}")), message);
    let (types, rest) = text.split_at(text.find("function").unwrap());
    assert_eq!(refusal(&format!("{version}{rest}{types}")), message);
    assert_eq!(
        refusal(&TEXT.replacen("\"a\"", "\"\\u{61}\"", 1)),
        r#"line 13, column 1: expected the line "enum \"a\" 1""#
    );
    assert_eq!(
        refusal(&TEXT.replacen("u{85}", "u{085}", 1))
            .split(':')
            .next(),
        Some("line 12, column 1")
    );
    assert_eq!(
        refusal(unused),
        "line 2, column 1: expected the end of the document"
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
    let wrap = |inner: Shape, _| Shape::List(inner.into(), Constraints::new());
    let body = Body::Alias((0..levels).fold(Shape::Any, wrap));
    let function = Function {
        output: "T".into(),
        ..function("f")
    };
    Document {
        types: [("T".to_owned(), described(None, body))].into(),
        functions: [("f".to_owned(), function)].into(),
        ..Document::default()
    }
}

fn described(description: Option<String>, body: Body) -> Type {
    Type { description, body }
}

fn function(camel: &str) -> Function {
    Function {
        description: None,
        idempotent: false,
        cache: None,
        camel: camel.into(),
        transport: Transport::Http,
        auth: None,
        context: None,
        affects: vec![],
        merge: vec![],
        errors: BTreeMap::new(),
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

pub(super) fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]",
        any::<String>(),
        "[\\\\\"\n\r\t\u{0}\u{85}\u{2028}\u{feff}#{}/]{0,4}"
    ]
}

pub(super) fn scalars() -> impl Strategy<Value = Value> {
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

pub(super) fn literals() -> impl Strategy<Value = Vec<Literal>> {
    let literal = prop_oneof![
        any::<i64>().prop_map(Literal::Int),
        "-?[1-9][0-9]{20,60}".prop_map(Literal::BigInt),
        names().prop_map(Literal::Text),
    ];
    prop::collection::vec(literal, 1..4)
}

pub(super) fn texts() -> impl Strategy<Value = Option<String>> {
    prop::option::of(names())
}

/// Constraints among those that are allowed.
pub(super) fn constraints(allowed: Allowed) -> impl Strategy<Value = Constraints> {
    let one = (prop::sample::select(Constraint::ALL), scalars(), 0_i64..99)
        .prop_map(|(constraint, value, count)| (constraint, [value, count.into()]));
    prop::collection::vec(one, 0..4).prop_map(move |drawn| {
        let drawn = drawn
            .into_iter()
            .filter(|(constraint, _)| allowed.constraints.contains(constraint));
        let value = |(constraint, values): (Constraint, [Value; 2])| {
            let right = |value: &Value| allowed.problem(constraint, value).is_none();
            Some((constraint, values.into_iter().find(right)?))
        };
        drawn.filter_map(value).collect()
    })
}

fn primitives() -> impl Strategy<Value = Primitive> {
    let format = |scalar| {
        let formats = Format::all(scalar).iter().copied().map(Some);
        let formats: Vec<_> = formats.chain([None]).collect();
        (Just(scalar), prop::sample::select(formats))
    };
    prop::sample::select(Scalar::ALL)
        .prop_flat_map(format)
        .prop_flat_map(|(scalar, format)| {
            constraints(Allowed::of(scalar, format)).prop_map(move |constraints| Primitive {
                scalar,
                format,
                constraints,
            })
        })
}

/// Shapes that refer to the types `A` and `B`.
pub(super) fn shapes() -> impl Strategy<Value = Shape> {
    let leaves = prop_oneof![
        primitives().prop_map(Shape::Primitive),
        "[AB]".prop_map(Shape::Ref),
        literals().prop_map(Shape::Enum),
        Just(Shape::Any),
        Just(Shape::Null),
        constraints(UPLOADS).prop_map(Shape::Upload),
    ];
    leaves.prop_recursive(4, 12, 3, |inner| {
        let limited = || (inner.clone(), constraints(LENGTHS));
        prop_oneof![
            limited().prop_map(|(item, limits)| Shape::List(item.into(), limits)),
            limited().prop_map(|(value, limits)| Shape::Map(value.into(), limits)),
            inner.clone().prop_map(|item| Shape::Optional(item.into())),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Shape::Tuple),
            (prop::collection::vec(inner.clone(), 2..4), texts()).prop_map(
                |(items, discriminator)| {
                    Shape::Union(Union {
                        items,
                        discriminator,
                    })
                }
            ),
        ]
    })
}

fn bodies() -> impl Strategy<Value = Type> {
    let field = (
        any::<bool>(),
        prop::option::of(scalars()),
        texts(),
        shapes(),
    );
    let fields = prop::collection::btree_map(names(), field, 0..4).prop_map(|fields| {
        let field = |(name, (required, default, description, shape))| Field {
            name,
            required,
            default,
            description,
            shape,
        };
        fields.into_iter().map(field).collect()
    });
    let enums = (literals(), prop::collection::vec(texts(), 4)).prop_map(|(values, names)| {
        let named = values.into_iter().zip(names);
        named
            .map(|(value, name)| EnumValue { value, name })
            .collect()
    });
    let body = prop_oneof![
        fields.prop_map(Body::Struct),
        enums.prop_map(Body::Enum),
        shapes().prop_map(Body::Alias),
    ];
    (texts(), body).prop_map(|(description, body)| described(description, body))
}

fn modes() -> impl Strategy<Value = MergeMode> {
    prop_oneof![
        Just(MergeMode::Replace),
        Just(MergeMode::Refetch),
        (names(), prop::sample::select(Place::ALL))
            .prop_map(|(key, place)| MergeMode::Upsert { key, place }),
    ]
}

fn functions() -> impl Strategy<Value = Function> {
    let affects = prop::collection::btree_set((names(), texts()), 0..3);
    let merge = prop::collection::btree_map((names(), names()), modes(), 0..3);
    let cache = (prop::option::of(0..100_u64), any::<bool>())
        .prop_map(|(ttl, shared)| Cache { ttl, shared });
    (
        (texts(), any::<bool>(), names()),
        (
            prop::sample::select(Transport::ALL),
            prop::option::of(prop::sample::select(Auth::ALL)),
            texts(),
            prop::option::of(cache),
        ),
        (affects, merge, errors()),
        (prop::option::of("[AB]"), "[AB]", any::<bool>()),
    )
        .prop_map(|(own, (transport, auth, context, cache), targets, types)| {
            let (description, idempotent, camel) = own;
            let (affects, merge, errors) = targets;
            let (input, output, nullable) = types;
            let effect = |(context, function)| Effect { context, function };
            let merged = |((context, slot), mode)| Merge {
                context,
                slot,
                mode,
            };
            Function {
                description,
                idempotent,
                camel,
                transport,
                auth,
                context,
                cache,
                affects: affects.into_iter().map(effect).collect(),
                merge: merge.into_iter().map(merged).collect(),
                errors,
                input,
                output,
                nullable,
            }
        })
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
        .prop_filter("ends", |types: &BTreeMap<String, Type>| {
            let bodies = types.iter();
            let bodies = bodies.map(|(name, named)| (name.as_str(), &named.body));
            endless_alias(&bodies.collect()).is_none()
        });
    let others = prop::collection::btree_map(names(), functions(), 0..3);
    let functions = (functions(), others).prop_map(|(function, mut others)| {
        others.insert("f".to_owned(), function);
        others
    });
    (
        types,
        functions,
        prop::collection::btree_map(names(), context, 0..3),
        (
            prop::collection::btree_map(names(), channels(), 0..2),
            prop::collection::btree_map(names(), forms(), 0..2),
            prop::collection::btree_map(names(), views(), 0..2),
        ),
    )
        .prop_map(
            |(types, functions, contexts, (channels, forms, views))| Document {
                types,
                functions,
                contexts,
                channels,
                forms,
                views,
                compositions: BTreeMap::new(),
            },
        )
        .prop_flat_map(|document| {
            let known: Vec<_> = document.contexts.keys().cloned().collect();
            compositions(known).prop_map(move |compositions| Document {
                compositions,
                ..document.clone()
            })
        })
}

fn assert_read_or_refused(text: &str) {
    match parse(text) {
        Ok(document) => {
            let written = emit(&document).unwrap();
            // Shorter by the properties that are not known.
            assert!(written == text || written.len() < text.len(), "{text}");
            assert_eq!(parse(&written), Ok(document));
        }
        Err(error) => assert!(error.to_string().starts_with("line "), "{error}"),
    }
}

#[test]
fn a_text_changed_anywhere_is_refused_or_says_something_else() {
    let text = r#"ir version=2
type "T" {
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
        assert_read_or_refused(&format!("ir version=2\n{}\n", lines.join("\n")));
    }
}
