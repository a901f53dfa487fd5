//! Errors, views, forms and channels as text.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::constraints::CHECKS;
use crate::graph::Auth;
use crate::ir::tests::{constraints, literals, names, refusal, scalars, shapes, texts};
use crate::ir::{Document, parse};

use super::{Channel, Choice, Composition, Effect, ErrorCase, Form, FormField, Many, View};

const TEXT: &str = r#"ir version=2
type "Line" {
    struct
}
type "OutOfStock" description="Too few." {
    struct {
        field "left" required=#true {
            primitive "integer" min=0
        }
    }
}
function "order" {
    camel "order"
    transport "both"
    auth "required"
    error "GONE" status=410
    error "OUT_OF_STOCK" status=409 description="Too few are left." {
        data "OutOfStock"
    }
    output "Line" nullable=#false
}
channel "chat" description="A room." presence=#true {
    camel "chat"
    auth "custom"
    params "Line"
    react-message "Line"
    server-message "Line"
}
form "contact" description="Write to us." {
    camel "contact"
    title "Contact"
    submit-label "Send"
    live-validation
    many min-forms=1 max-forms=5
    field "name" required=#true {
        shape {
            primitive "string"
        }
        strip
        min-length 1
        max-length 100
        pattern "^[^\\0]*$"
        pattern "a"
        widget "text"
        label "Name"
        help "Yours."
        initial ""
    }
    field "price" required=#false {
        shape {
            primitive "string" format="decimal"
        }
        min "0.10"
        max 5
        step 0.5
        max-digits 5
        decimal-places 2
    }
    field "color" required=#true {
        shape {
            enum "red" "blue"
        }
        choice "red" label="Red" group="Warm"
        choice "blue" label="Blue"
        disabled
    }
    field "picture" required=#false {
        shape {
            optional {
                upload max-bytes=1000 max-files=2
            }
        }
        extension "png"
    }
}
view "page" description="A page." {
    camel "page"
    path "/p/<int:id>/"
    method "GET"
    method "POST"
    auth "staff"
    affects "user" function="f"
    input "Line"
}
"#;

#[test]
fn every_part_is_written_and_read() {
    let document = Document::parse(TEXT).unwrap();
    assert_eq!(document.emit(), TEXT);
    assert_eq!(Document::read(&document.to_value()).unwrap(), document);
    let case = &document.functions["order"].errors["OUT_OF_STOCK"];
    assert_eq!(
        (case.status, case.data.as_deref()),
        (409, Some("OutOfStock"))
    );
    let form = &document.forms["contact"];
    assert_eq!(form.fields[1].checks.len(), 5);
    assert_eq!(form.fields[2].choices[0].group.as_deref(), Some("Warm"));
    assert!(document.channels["chat"].presence);
    assert_eq!(document.views["page"].methods.len(), 2);
}

#[test]
fn combinations_of_contexts_are_written_and_read() {
    let text = "ir version=2\ncontext \"shop\"\ncontext \"user\"\n\
                composition \"Checkout\" description=\"Who pays.\" {\n    context \"shop\"\n    context \"user\"\n}\n";
    let document = Document::parse(text).unwrap();
    assert_eq!(document.emit(), text);
    assert_eq!(Document::read(&document.to_value()).unwrap(), document);
    for (old, new, message) in [
        (
            "    context \"user\"",
            "    context \"users\"",
            "line 6, column 13: no context is named \"users\"",
        ),
        (
            "    context \"shop\"\n    context \"user\"\n",
            "    function \"shop\"\n",
            "line 5, column 5: expected \"context\"",
        ),
    ] {
        assert_eq!(refusal(&text.replacen(old, new, 1)), message, "{new}");
    }
}

#[test]
fn parts_are_refused_with_their_place() {
    for (old, new, message) in [
        (
            "status=410",
            "status=200",
            "line 16, column 18: expected an integer from 400 to 599",
        ),
        (
            "error \"GONE\" status=410\n    error \"OUT_OF_STOCK\" status=409",
            "error \"OUT_OF_STOCK\" status=410\n    error \"OUT_OF_STOCK\" status=409",
            "line 17, column 11: the error \"OUT_OF_STOCK\" comes twice",
        ),
        (
            "data \"OutOfStock\"",
            "data \"Nothing\"",
            "line 18, column 14: no type is named \"Nothing\"",
        ),
        (
            "    method \"GET\"\n    method \"POST\"\n",
            "",
            "line 79, column 5: expected \"method\"",
        ),
        (
            "max-length 100",
            "max-length -1",
            "line 41, column 20: expected an integer from 0 to 9007199254740991",
        ),
        (
            "step 0.5",
            "step #true",
            "line 55, column 14: expected a number or a string",
        ),
        (
            "field \"price\"",
            "field \"name\"",
            "line 49, column 5: the field \"name\" comes twice",
        ),
        (
            "live-validation",
            "live-validation #true",
            "line 33, column 21: expected nothing more on this line",
        ),
        (
            "channel \"chat\" description",
            "channel \"chat\" {\n    camel \"a\"\n}\nchannel \"chat\" description",
            "line 25, column 9: the channel \"chat\" comes twice",
        ),
        (
            "max-bytes=1000",
            "max-bytes=\"1\"",
            "line 70, column 24: expected an integer from 0 to 9007199254740991",
        ),
    ] {
        let text = TEXT.replacen(old, new, 1);
        assert_ne!(text, TEXT);
        assert_eq!(refusal(&text), message, "{new}");
    }
}

#[test]
fn properties_of_parts_that_are_not_known_are_ignored() {
    let later = TEXT
        .replace("status=", "later=1 status=")
        .replace("choice \"red\"", "choice \"red\" icon=\"r\"");
    assert_eq!(parse(&later).unwrap(), parse(TEXT).unwrap());
}

fn types() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[AB]")
}

fn auth() -> impl Strategy<Value = Option<Auth>> {
    prop::option::of(prop::sample::select(<Auth as crate::keyword::Keyword>::ALL))
}

/// Errors that functions declare.
pub(in crate::ir) fn errors() -> impl Strategy<Value = BTreeMap<String, ErrorCase>> {
    let case = (texts(), 400..600_u16, types()).prop_map(|(description, status, data)| ErrorCase {
        description,
        status,
        data,
    });
    prop::collection::btree_map(names(), case, 0..3)
}

pub(in crate::ir) fn views() -> impl Strategy<Value = View> {
    let affects = prop::collection::btree_set((names(), texts()), 0..3);
    let methods = prop::collection::btree_set(names(), 1..3);
    (
        (texts(), names(), names(), methods),
        (auth(), affects, types()),
    )
        .prop_map(
            |((description, camel, path, methods), (auth, affects, input))| {
                let effect = |(context, function)| Effect { context, function };
                View {
                    description,
                    camel,
                    path,
                    methods,
                    auth,
                    affects: affects.into_iter().map(effect).collect(),
                    input,
                }
            },
        )
}

pub(in crate::ir) fn channels() -> impl Strategy<Value = Channel> {
    (
        (texts(), any::<bool>(), names(), auth()),
        (types(), types(), types()),
    )
        .prop_map(|((description, presence, camel, auth), types)| {
            let (params, react_message, server_message) = types;
            Channel {
                description,
                presence,
                camel,
                auth,
                params,
                react_message,
                server_message,
            }
        })
}

/// Combinations of the contexts of these names.
pub(in crate::ir) fn compositions(
    known: Vec<String>,
) -> impl Strategy<Value = BTreeMap<String, Composition>> {
    let most = if known.is_empty() { 0 } else { 2 };
    let contexts = prop::collection::btree_set(0..known.len().max(1), 1..3);
    let composition = (texts(), contexts).prop_map(move |(description, contexts)| Composition {
        description,
        contexts: contexts
            .into_iter()
            .filter_map(|index| known.get(index).cloned())
            .collect(),
    });
    prop::collection::btree_map(names(), composition, 0..=most)
}

pub(in crate::ir) fn forms() -> impl Strategy<Value = Form> {
    let count = || prop::option::of(0..99_u64);
    let many = (count(), count()).prop_map(|(min_forms, max_forms)| Many {
        min_forms,
        max_forms,
    });
    let fields = prop::collection::btree_map(names(), fields(), 0..3);
    (
        (texts(), names(), texts(), texts()),
        (any::<bool>(), prop::option::of(many), fields),
    )
        .prop_map(|(own, (live_validation, many, fields))| {
            let (description, camel, title, submit_label) = own;
            let named = |(name, field)| FormField { name, ..field };
            Form {
                description,
                camel,
                title,
                submit_label,
                live_validation,
                many,
                fields: fields.into_iter().map(named).collect(),
            }
        })
}

fn fields() -> impl Strategy<Value = FormField> {
    let list = || prop::collection::vec(names(), 0..3);
    let choice = (literals(), names(), texts()).prop_map(|(mut values, label, group)| Choice {
        value: values.remove(0),
        label,
        group,
    });
    (
        (any::<bool>(), shapes(), any::<bool>(), constraints(CHECKS)),
        (list(), list(), prop::collection::vec(choice, 0..3)),
        (any::<bool>(), texts(), texts(), texts()),
        prop::option::of(scalars()),
    )
        .prop_map(|(own, lists, words, initial)| {
            let (required, shape, strip, checks) = own;
            let (patterns, extensions, choices) = lists;
            let (disabled, widget, label, help) = words;
            FormField {
                name: String::new(),
                required,
                shape,
                strip,
                checks,
                patterns,
                extensions,
                choices,
                disabled,
                widget,
                label,
                help,
                initial,
            }
        })
}
