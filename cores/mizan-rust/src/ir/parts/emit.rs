//! Writing errors, views, channels, forms and combinations of contexts.

use crate::graph::Auth;
use crate::ir::shapes::write_wrapped;
use crate::ir::writer::Writer;
use crate::value::Value;

use super::{Channel, Choice, Composition, Effect, ErrorCase, Form, FormField, Many, View};

pub(in crate::ir) fn write_error(writer: &mut Writer, code: &str, case: &ErrorCase) {
    writer
        .node("error")
        .text(code)
        .property("status", &Value::Int(case.status.into()))
        .optional_text("description", case.description.as_deref())
        .block(|writer| write_words(writer, &[("data", case.data.as_deref())]));
}

pub(in crate::ir) fn write_view(writer: &mut Writer, name: &str, view: &View) {
    let line = writer.node("view").text(name);
    let line = line.optional_text("description", view.description.as_deref());
    line.block(|writer| {
        write_words(
            writer,
            &[
                ("camel", Some(view.camel.as_str())),
                ("path", Some(view.path.as_str())),
            ],
        );
        for method in &view.methods {
            writer.node("method").text(method).end();
        }
        write_words(writer, &[("auth", view.auth.map(Auth::as_str))]);
        write_affects(writer, &view.affects);
        write_words(writer, &[("input", view.input.as_deref())]);
    });
}

pub(in crate::ir) fn write_channel(writer: &mut Writer, name: &str, channel: &Channel) {
    let presence = channel.presence.then_some(Value::Bool(true));
    writer
        .node("channel")
        .text(name)
        .optional_text("description", channel.description.as_deref())
        .optional("presence", presence.as_ref())
        .block(|writer| {
            let words = [
                ("camel", Some(channel.camel.as_str())),
                ("auth", channel.auth.map(Auth::as_str)),
                ("params", channel.params.as_deref()),
                ("react-message", channel.react_message.as_deref()),
                ("server-message", channel.server_message.as_deref()),
            ];
            write_words(writer, &words);
        });
}

pub(in crate::ir) fn write_composition(writer: &mut Writer, name: &str, composition: &Composition) {
    writer
        .node("composition")
        .text(name)
        .optional_text("description", composition.description.as_deref())
        .block(|writer| {
            for context in &composition.contexts {
                writer.node("context").text(context).end();
            }
        });
}

pub(in crate::ir) fn write_form(writer: &mut Writer, name: &str, form: &Form) {
    let line = writer.node("form").text(name);
    let line = line.optional_text("description", form.description.as_deref());
    line.block(|writer| {
        let words = [
            ("camel", Some(form.camel.as_str())),
            ("title", form.title.as_deref()),
            ("submit-label", form.submit_label.as_deref()),
        ];
        write_words(writer, &words);
        write_mark(writer, "live-validation", form.live_validation);
        if let Some(many) = form.many {
            write_many(writer, many);
        }
        for field in &form.fields {
            let line = writer.node("field").text(&field.name);
            let line = line.flag("required", field.required);
            line.block(|writer| write_field(writer, field));
        }
    });
}

fn write_many(writer: &mut Writer, many: Many) {
    let number = |count: Option<u64>| {
        count
            .and_then(|count| i64::try_from(count).ok())
            .map(Value::Int)
    };
    writer
        .node("many")
        .optional("min-forms", number(many.min_forms).as_ref())
        .optional("max-forms", number(many.max_forms).as_ref())
        .end();
}

fn write_field(writer: &mut Writer, field: &FormField) {
    write_wrapped(writer, "shape", &field.shape);
    write_mark(writer, "strip", field.strip);
    for (check, value) in &field.checks {
        writer.node(check.as_str()).value(value).end();
    }
    for (name, texts) in [
        ("pattern", &field.patterns),
        ("extension", &field.extensions),
    ] {
        for text in texts {
            writer.node(name).text(text).end();
        }
    }
    for choice in &field.choices {
        write_choice(writer, choice);
    }
    write_mark(writer, "disabled", field.disabled);
    let words = [
        ("widget", field.widget.as_deref()),
        ("label", field.label.as_deref()),
        ("help", field.help.as_deref()),
    ];
    write_words(writer, &words);
    if let Some(initial) = &field.initial {
        writer.node("initial").value(initial).end();
    }
}

fn write_choice(writer: &mut Writer, choice: &Choice) {
    writer
        .node("choice")
        .literal(&choice.value)
        .optional_text("label", Some(&choice.label))
        .optional_text("group", choice.group.as_deref())
        .end();
}

fn write_mark(writer: &mut Writer, name: &str, is_there: bool) {
    if is_there {
        writer.node(name).end();
    }
}

fn write_words(writer: &mut Writer, words: &[(&str, Option<&str>)]) {
    for (name, word) in words {
        if let Some(word) = word {
            writer.node(name).text(word).end();
        }
    }
}

pub(in crate::ir) fn write_affects(writer: &mut Writer, affects: &[Effect]) {
    for effect in affects {
        writer
            .node("affects")
            .text(&effect.context)
            .optional_text("function", effect.function.as_deref())
            .end();
    }
}
