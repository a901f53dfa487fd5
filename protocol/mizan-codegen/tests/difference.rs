//! Changes of an interface, each with what it means for clients of before.

// A test may stop at the first surprise, its helpers too.
#![allow(clippy::panic)]

use mizan_codegen::difference::{Class, difference};
use mizan_core::ir::Document;

const SHOP: &str = r#"ir version=2
type "Order" {
    struct {
        field "id" required=#true {
            primitive "integer"
        }
        field "status" required=#true {
            enum "placed" "shipped"
        }
    }
}
type "PlaceInput" {
    struct {
        field "lines" required=#false {
            list max-length=9 {
                primitive "string"
            }
        }
        field "speed" required=#true {
            enum "fast" "slow"
        }
    }
}
function "orders" {
    camel "orders"
    transport "http"
    context "user"
    output "Order" nullable=#false
}
function "place" {
    camel "place"
    transport "http"
    auth "required"
    affects "user"
    input "PlaceInput"
    output "Order" nullable=#false
}
context "user" {
    function "orders"
    param "page" required=#false {
        shape {
            primitive "integer"
        }
        shared-by "orders"
    }
}
"#;

fn parse(text: &str) -> Document {
    Document::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The lines and classes of what `from` becoming `to` in the shop means.
fn changes(from: &str, to: &str) -> Vec<(String, Class)> {
    assert!(SHOP.contains(from), "{from}");
    let changed = difference(&parse(SHOP), &parse(&SHOP.replacen(from, to, 1)));
    let lines = changed
        .into_iter()
        .map(|change| (change.to_string(), change.class));
    lines.collect()
}

#[test]
fn the_same_interface_has_no_changes() {
    assert_eq!(difference(&parse(SHOP), &parse(SHOP)), []);
}

#[test]
fn what_clients_send_may_widen() {
    for (from, to, line, class) in [
        (
            "\"lines\" required=#false",
            "\"lines\" required=#true",
            "~ place: argument lines is required now",
            Class::Breaking,
        ),
        (
            "\"speed\" required=#true",
            "\"speed\" required=#false",
            "~ place: argument speed is optional now",
            Class::Compatible,
        ),
        (
            "\"fast\" \"slow\"",
            "\"fast\"",
            "~ place: argument speed is never \"slow\" now",
            Class::Breaking,
        ),
        (
            "\"fast\" \"slow\"",
            "\"fast\" \"slow\" \"no\"",
            "~ place: argument speed may be \"no\" now",
            Class::Compatible,
        ),
        (
            "max-length=9",
            "max-length=8",
            "~ place: argument lines has a tighter limit now",
            Class::Breaking,
        ),
        (
            "max-length=9",
            "max-length=10",
            "~ place: argument lines has a wider limit now",
            Class::Compatible,
        ),
        (
            "\"page\" required=#false",
            "\"page\" required=#true",
            "~ context user: parameter page is required now",
            Class::Breaking,
        ),
    ] {
        assert_eq!(changes(from, to), [(line.to_owned(), class)]);
    }
}

#[test]
fn what_clients_get_may_narrow() {
    let orders = |detail: &str, class| {
        vec![
            (format!("~ useOrders: the result{detail}"), class),
            (format!("~ place: the result{detail}"), class),
        ]
    };
    for (from, to, detail, class) in [
        (
            "\"id\" required=#true",
            "\"id\" required=#false",
            ": id may be missing now",
            Class::Breaking,
        ),
        (
            "\"placed\" \"shipped\"",
            "\"placed\"",
            ": status is never \"shipped\" now",
            Class::Compatible,
        ),
        (
            "\"placed\" \"shipped\"",
            "\"placed\" \"shipped\" \"lost\"",
            ": status may be \"lost\" now",
            Class::Breaking,
        ),
        (
            "primitive \"integer\"\n        }\n        field \"status\"",
            "primitive \"number\"\n        }\n        field \"status\"",
            ": id may be a fraction now",
            Class::Breaking,
        ),
        (
            "primitive \"integer\"\n        }\n        field \"status\"",
            "primitive \"string\"\n        }\n        field \"status\"",
            ": id is of another type now",
            Class::Breaking,
        ),
        (
            "\"id\" required=#true {\n            primitive \"integer\"",
            "\"id\" required=#true {\n            primitive \"integer\" format=\"int64\"",
            "",
            Class::Compatible,
        ),
    ] {
        let expected = if detail.is_empty() {
            vec![]
        } else {
            orders(detail, class)
        };
        assert_eq!(changes(from, to), expected, "{to}");
    }
}

#[test]
fn what_one_function_of_a_context_requires_its_readers_have_to_send() {
    let page = |required: &str| {
        let input = format!(
            "type \"OrdersInput\" {{\n    struct {{\n        field \"page\" required={required} {{\n            \
             primitive \"integer\"\n        }}\n    }}\n}}\ntype \"PlaceInput\""
        );
        let text = SHOP.replacen("type \"PlaceInput\"", &input, 1);
        text.replacen("    output", "    input \"OrdersInput\"\n    output", 1)
    };
    let (before, after) = (parse(&page("#false")), parse(&page("#true")));
    let lines: Vec<_> = difference(&before, &after)
        .iter()
        .map(|change| (change.to_string(), change.class))
        .collect();
    assert_eq!(
        lines,
        [
            (
                "~ useOrders: argument page is required now".to_owned(),
                Class::Breaking
            ),
            (
                "~ context user: parameter page is required now".to_owned(),
                Class::Breaking
            ),
        ]
    );
}

#[test]
fn functions_and_contexts_come_and_go() {
    let other = "function \"other\" {\n    camel \"other\"\n    transport \"http\"\n    output \"Order\" nullable=#false\n}\nfunction \"place\"";
    assert_eq!(
        changes("function \"place\"", other),
        [("+ other".to_owned(), Class::Compatible)]
    );
    let more = parse(&SHOP.replacen("function \"place\"", other, 1));
    let lines: Vec<_> = difference(&more, &parse(SHOP))
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(lines, ["- other"]);
}

#[test]
fn who_may_call_decides_too() {
    for (to, line, class) in [
        ("", "~ place: needs no login now", Class::Compatible),
        (
            "    auth \"staff\"\n",
            "~ place: is for staff now",
            Class::Breaking,
        ),
        (
            "    auth \"custom\"\n",
            "~ place: is for whom the server chooses now",
            Class::Unknown,
        ),
    ] {
        assert_eq!(
            changes("    auth \"required\"\n", to),
            [(line.to_owned(), class)]
        );
    }
    assert_eq!(
        changes("camel \"place\"", "camel \"order\""),
        [("~ order: was called place before".to_owned(), Class::Source)]
    );
    assert_eq!(
        changes("    affects \"user\"\n", ""),
        [(
            "~ place: changes other contexts now".to_owned(),
            Class::Compatible
        )]
    );
}

#[test]
fn combinations_of_contexts_are_names_in_sources() {
    let with = |contexts: &str| {
        parse(&format!(
            "{SHOP}context \"z\"\ncomposition \"All\" {{\n{contexts}}}\n"
        ))
    };
    let (one, both) = (
        with("    context \"user\"\n"),
        with("    context \"user\"\n    context \"z\"\n"),
    );
    let none = parse(&format!("{SHOP}context \"z\"\n"));
    let lines = |before: &Document, after: &Document| -> Vec<_> {
        let changes = difference(before, after).into_iter();
        changes
            .map(|change| (change.to_string(), change.class))
            .collect()
    };
    for (before, after, line, class) in [
        (&none, &one, "+ composition All", Class::Compatible),
        (&one, &none, "- composition All", Class::Source),
        (
            &one,
            &both,
            "~ composition All: is made of other contexts now",
            Class::Source,
        ),
    ] {
        assert_eq!(lines(before, after), [(line.to_owned(), class)]);
    }
}
