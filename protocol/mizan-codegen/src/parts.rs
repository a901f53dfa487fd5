//! Forms and views as generated code sees them.

use mizan_core::ir::{self, Document};
use mizan_core::shape::{Body, Field, Primitive, Shape};

use crate::functions::{Call, Context};

/// A form with its functions.
#[derive(Debug)]
pub struct Form<'a> {
    /// Its name on the wire.
    pub name: &'a str,
    /// What is said of it.
    pub said: &'a ir::Form,
    /// The name of the function that takes it.
    pub submit: &'a str,
    /// The name of the function that checks it while it is filled in, if there is one.
    pub validate: Option<&'a str>,
    /// The context and the slot that have it as it is for whoever asks, if that takes no parameters.
    pub schema: Option<(&'a str, &'a str)>,
    /// The shape of what its fields hold; of one form, where it is a list of them.
    pub data: Option<&'a Shape>,
    /// What its functions take beside the data.
    pub rest: Vec<&'a Field>,
}

/// A view: a path with its parameters.
#[derive(Debug)]
pub struct View<'a> {
    /// Its name on the server.
    pub name: &'a str,
    /// What is said of it.
    pub said: &'a ir::View,
    /// The arguments that stand in the path or its query, in the order of their declaration.
    pub args: Vec<&'a Field>,
}

/// The forms whose submission clients may call.
pub fn forms<'a>(
    document: &'a Document,
    calls: &[Call<'a>],
    contexts: &[Context<'a>],
) -> Vec<Form<'a>> {
    let form = |(name, form): (&'a String, &'a ir::Form)| {
        let find = |action: &str| {
            let wanted = format!("{name}.{action}");
            calls.iter().find(|call| call.name == wanted)
        };
        let submit = find("submit")?;
        let fields = match submit.input.map(|input| input.body) {
            Some(Body::Struct(fields)) => fields.as_slice(),
            _ => &[],
        };
        let (data, rest): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.name == "data");
        Some(Form {
            name,
            said: form,
            submit: submit.name,
            validate: find("validate")
                .filter(|_| form.live_validation)
                .map(|call| call.name),
            schema: schema(&format!("{name}.schema"), contexts),
            data: data.first().map(|field| one(document, &field.shape, form)),
            rest,
        })
    };
    document.forms.iter().filter_map(form).collect()
}

fn schema<'a>(name: &str, contexts: &[Context<'a>]) -> Option<(&'a str, &'a str)> {
    let context = contexts.iter().find(|context| {
        context.takes_nothing() && context.slots.iter().any(|slot| slot.name == name)
    })?;
    let slot = context.slots.iter().find(|slot| slot.name == name)?;
    Some((context.name, slot.name))
}

/// The shape of one form, where `shape` is that of a list of them.
fn one<'a>(document: &'a Document, shape: &'a Shape, form: &ir::Form) -> &'a Shape {
    let listed = match shape {
        Shape::Ref(name) => match document.body(name) {
            Some(Body::Alias(inner)) => inner,
            _ => shape,
        },
        _ => shape,
    };
    match listed {
        Shape::List(item, _) if form.many.is_some() => item,
        _ => shape,
    }
}

/// The views, each with what may stand in its address.
pub fn views<'a>(document: &'a Document) -> Vec<View<'a>> {
    let view = |(name, view): (&'a String, &'a ir::View)| View {
        name,
        said: view,
        args: args(document, view),
    };
    document.views.iter().map(view).collect()
}

fn args<'a>(document: &'a Document, view: &'a ir::View) -> Vec<&'a Field> {
    let fields = document.fields(view.input.as_deref());
    let is_read = view.methods.contains("GET");
    let is_in_path = |field: &Field| {
        let ends = [format!("<{}>", field.name), format!(":{}>", field.name)];
        ends.iter().any(|end| view.path.contains(end))
    };
    let stands =
        |field: &&Field| is_in_path(field) || (is_read && is_scalar(document, &field.shape));
    fields.iter().filter(stands).collect()
}

/// Whether a query has room for it: a scalar, or a list of them.
fn is_scalar(document: &Document, shape: &Shape) -> bool {
    match shape {
        Shape::Primitive(Primitive { .. }) | Shape::Enum(_) => true,
        Shape::Optional(inner) => is_scalar(document, inner),
        Shape::List(inner, _) => !matches!(**inner, Shape::List(..)) && is_scalar(document, inner),
        Shape::Ref(name) => matches!(document.body(name), Some(Body::Enum(_))),
        _ => false,
    }
}
