//! What templates ask for of forms and views: pieces of TypeScript, each on one line.

use mizan_core::constraints::{Constraint, Constraints, Format, Scalar};
use mizan_core::ir::{Choice, FormField};
use mizan_core::shape::{Body, Literal, Shape};
use mizan_core::value::Value;

use super::code::Code;
use super::names::{NamedForm, NamedView};
use super::syntax;

/// How many names may stand for one another.
const LONGEST_CHAIN: usize = 64;

// Templates ask one value for everything, and pass what they have as it is.
#[allow(clippy::unused_self)]
impl Code<'_> {
    /// A constant of `forms.ts`.
    pub fn form(&self, name: &str) -> String {
        self.own_value("./forms", name)
    }

    /// The types of what a form holds, what it answers and what it takes beside: arguments of the runtime's types.
    pub fn form_types(&self, named: &NamedForm<'_>) -> String {
        format!(
            "{}, {}{}",
            self.form_data(named),
            self.submission(named),
            self.form_rest(named)
        )
    }

    /// The types of what a form holds and of what it takes beside.
    pub fn form_options(&self, named: &NamedForm<'_>) -> String {
        format!("{}{}", self.form_data(named), self.form_rest(named))
    }

    /// The types of what a form holds and what it answers.
    pub fn form_state(&self, named: &NamedForm<'_>) -> String {
        format!("{}, {}", self.form_data(named), self.submission(named))
    }

    fn form_data(&self, named: &NamedForm<'_>) -> String {
        match named.form.data {
            Some(shape @ Shape::Ref(_)) => self.shape(shape),
            _ => "object".to_owned(),
        }
    }

    fn submission(&self, named: &NamedForm<'_>) -> String {
        self.find_call(named.form.submit)
            .map_or_else(|| "unknown".to_owned(), |it| self.output(&it.call.output))
    }

    /// Behind a comma; nothing where it takes nothing.
    fn form_rest(&self, named: &NamedForm<'_>) -> String {
        if named.form.rest.is_empty() {
            return String::new();
        }
        format!(", {}", self.own_type(&named.args_type))
    }

    /// The descriptor of a function, by its name on the wire.
    pub fn descriptor(&self, name: &str) -> String {
        self.find_call(name).map_or_else(
            || "undefined".to_owned(),
            |it| self.function(&it.descriptor),
        )
    }

    /// The context and slot that a form is read from.
    pub fn schema(&self, (context, slot): &(&str, &str)) -> String {
        let named = self.find_context(context);
        let descriptor = named.map(|it| self.function(&it.descriptor));
        format!(
            "[{}, {}]",
            descriptor.unwrap_or_default(),
            syntax::string(slot)
        )
    }

    /// How many forms a list of them has.
    pub fn many(&self, named: &NamedForm<'_>) -> Option<String> {
        let many = named.form.said.many?;
        let bounds = [("min", many.min_forms), ("max", many.max_forms)];
        let given = bounds
            .iter()
            .filter_map(|(name, bound)| Some(format!("{name}: {}", (*bound)?)));
        Some(object(given))
    }

    /// The fields of a form. Where one has several choices prettier never leaves it on one line.
    pub fn field_specs(&self, named: &NamedForm<'_>) -> String {
        let specs: Vec<_> = named
            .form
            .said
            .fields
            .iter()
            .map(|field| self.field_spec(field))
            .collect();
        match specs.as_slice() {
            [] => "[]".to_owned(),
            [spec] if !spec.contains('\n') => format!("[{spec}]"),
            specs => {
                let lines = specs.iter().map(|spec| format!("    {spec},\n"));
                format!("[\n{}  ]", lines.collect::<String>())
            }
        }
    }

    /// What a client may check of a field, and how it is shown.
    fn field_spec(&self, field: &FormField) -> String {
        let mut members = vec![
            format!("name: {}", syntax::string(&field.name)),
            format!("kind: {}", self.field_kind(&field.shape)),
        ];
        members.extend(field.required.then(|| "required: true".to_owned()));
        members.extend(field.strip.then(|| "strip: true".to_owned()));
        let checks = field.checks.iter();
        members.extend(
            checks.map(|(check, value)| format!("{}: {}", check_name(*check), scalar(value))),
        );
        for (name, texts) in [
            ("patterns", &field.patterns),
            ("extensions", &field.extensions),
        ] {
            let texts: Vec<_> = texts.iter().map(|text| syntax::string(text)).collect();
            members.extend((!texts.is_empty()).then(|| format!("{name}: [{}]", texts.join(", "))));
        }
        if !field.choices.is_empty() {
            let choices: Vec<_> = field.choices.iter().map(choice).collect();
            members.push(match choices.as_slice() {
                [choice] => format!("choices: [{choice}]"),
                choices => {
                    let lines = choices.iter().map(|choice| format!("        {choice},\n"));
                    format!("choices: [\n{}      ]", lines.collect::<String>())
                }
            });
        }
        members.extend(field.disabled.then(|| "disabled: true".to_owned()));
        for (name, said) in [
            ("widget", &field.widget),
            ("label", &field.label),
            ("help", &field.help),
        ] {
            members.extend(
                said.iter()
                    .map(|said| format!("{name}: {}", syntax::string(said))),
            );
        }
        let initial = field.initial.iter();
        members.extend(initial.map(|initial| format!("initial: {}", scalar(initial))));
        if field.choices.len() > 1 {
            let lines = members.iter().map(|member| format!("      {member},\n"));
            return format!("{{\n{}    }}", lines.collect::<String>());
        }
        object(members)
    }

    /// What kind of value a field is sent as.
    fn field_kind(&self, shape: &Shape) -> String {
        let mut shape = shape;
        for _ in 0..LONGEST_CHAIN {
            shape = match shape {
                Shape::Optional(inner) => inner,
                Shape::Ref(name) => match self.body(name) {
                    Some(Body::Alias(inner)) => inner,
                    Some(Body::Enum(values)) => {
                        return enumeration(values.iter().map(|value| &value.value));
                    }
                    _ => return kind("any"),
                },
                Shape::Enum(values) => return enumeration(values.iter()),
                Shape::Primitive(primitive) => {
                    return kind(match (primitive.scalar, primitive.format) {
                        (Scalar::String, Some(Format::Decimal)) => "decimal",
                        (Scalar::String, _) => "string",
                        (Scalar::Integer, _) => "integer",
                        (Scalar::Number, _) => "number",
                        (Scalar::Boolean, _) => "boolean",
                    });
                }
                Shape::List(item, _) if matches!(**item, Shape::Upload(_)) => item,
                Shape::List(item, _) => {
                    return format!("{{ type: \"list\", item: {} }}", self.field_kind(item));
                }
                Shape::Upload(limits) => return upload(limits),
                _ => return kind("any"),
            };
        }
        kind("any")
    }

    /// The parameter of a view's address; nothing where it has none.
    pub fn view_args(&self, named: &NamedView<'_>) -> String {
        let args = &named.view.args;
        if args.is_empty() {
            return String::new();
        }
        let is_optional = args.iter().all(|field| !field.required);
        let default = if is_optional { " = {}" } else { "" };
        format!("args: {}{default}", self.own_type(&named.args_type))
    }
}

fn kind(name: &str) -> String {
    format!("{{ type: \"{name}\" }}")
}

fn enumeration<'b>(values: impl Iterator<Item = &'b Literal>) -> String {
    let values: Vec<_> = values.map(|value| scalar(&value.to_value())).collect();
    format!("{{ type: \"enum\", values: [{}] }}", values.join(", "))
}

fn upload(limits: &Constraints) -> String {
    let limit = |name: &str, limit| {
        let value = limits.get(&limit)?;
        Some(format!("{name}: {}", scalar(value)))
    };
    let limits = [
        limit("maxBytes", Constraint::MaxBytes),
        limit("maxFiles", Constraint::MaxFiles),
    ];
    let own = ["type: \"upload\"".to_owned()];
    object(own.into_iter().chain(limits.into_iter().flatten()))
}

fn check_name(check: Constraint) -> &'static str {
    match check {
        Constraint::Min => "min",
        Constraint::Max => "max",
        Constraint::Step => "step",
        Constraint::MinLength => "minLength",
        Constraint::MaxLength => "maxLength",
        Constraint::MaxDigits => "maxDigits",
        Constraint::DecimalPlaces => "decimalPlaces",
        // No field has these.
        _ => "other",
    }
}

fn choice(choice: &Choice) -> String {
    let mut members = vec![
        format!("value: {}", scalar(&choice.value.to_value())),
        format!("label: {}", syntax::string(&choice.label)),
    ];
    let group = choice.group.iter();
    members.extend(group.map(|group| format!("group: {}", syntax::string(group))));
    object(members)
}

/// A scalar as JavaScript has it.
fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => syntax::string(text),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::BigInt(digits) => digits.clone(),
        Value::Float(number) => number.to_string(),
        Value::Null | Value::List(_) | Value::Map(_) => "null".to_owned(),
    }
}

fn object(members: impl IntoIterator<Item = String>) -> String {
    let members: Vec<_> = members.into_iter().collect();
    if members.is_empty() {
        return "{}".to_owned();
    }
    format!("{{ {} }}", members.join(", "))
}
