//! The names of a client in TypeScript.

use std::collections::HashMap;

use mizan_core::ir::Channel;

use super::syntax::is_letter;
use crate::functions::{Call, Context, Slot};
use crate::interface::{Composition, Interface, NamedChannel};
use crate::naming::{Scope, Spelling, camel, claim, pascal};
use crate::parts::{Form, View};

/// Words that TypeScript keeps for itself, and types that stand for its own.
#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "any", "arguments", "as", "async", "await", "bigint", "boolean", "break", "case", "catch", "class", "const",
    "continue", "debugger", "default", "delete", "do", "else", "enum", "eval", "export", "extends", "false", "finally",
    "for", "function", "if", "implements", "import", "in", "instanceof", "interface", "let", "never", "new", "null",
    "number", "object", "package", "private", "protected", "public", "return", "static", "string", "super", "switch",
    "symbol", "this", "throw", "true", "try", "type", "typeof", "undefined", "unknown", "var", "void", "while", "with",
    "yield",
];

/// What every client exports.
#[rustfmt::skip]
const EXPORTED: &[&str] = &[
    "DjangoContext", "DjangoError", "INTERFACE", "MizanContext", "MizanError", "MizanHydration", "configureMizan",
    "createMizanPlugin", "getDjangoHydration", "getMizan", "getMizanHydration", "setMizan",
];

/// What generated functions call their parameters.
const PARAMETERS: &[&str] = &["args", "content", "options", "params", "props"];

const SPELLING: Spelling = Spelling {
    allows: is_letter,
    reserved: RESERVED,
};

/// The names that generated code has for what the interface declares.
pub struct Names<'a> {
    /// Of the types, by their names in the document.
    pub types: HashMap<&'a str, String>,
    /// The contexts.
    pub contexts: Vec<NamedContext<'a>>,
    /// The functions that are called by themselves.
    pub calls: Vec<NamedCall<'a>>,
    /// The channels.
    pub channels: Vec<ChannelNames<'a>>,
    /// The forms.
    pub forms: Vec<NamedForm<'a>>,
    /// The views.
    pub views: Vec<NamedView<'a>>,
    /// The combinations of contexts.
    pub compositions: Vec<NamedComposition<'a>>,
    /// What is taken.
    pub scope: Scope,
}

/// A combination of contexts with its names.
pub struct NamedComposition<'a> {
    /// The combination.
    pub composition: &'a Composition<'a>,
    /// The component that says the parameters of all its contexts.
    pub provider: String,
    /// The type of these.
    pub params_type: String,
}

/// A form with its names.
pub struct NamedForm<'a> {
    /// The form.
    pub form: &'a Form<'a>,
    /// The descriptor.
    pub descriptor: String,
    /// The hook.
    pub hook: String,
    /// The type of what it takes beside its data.
    pub args_type: String,
}

/// A view with its name.
pub struct NamedView<'a> {
    /// The view.
    pub view: &'a View<'a>,
    /// The function that makes its address.
    pub function: String,
    /// The type of what that is made of.
    pub args_type: String,
}

/// A context with its names.
pub struct NamedContext<'a> {
    /// The context.
    pub context: &'a Context<'a>,
    /// Its slots.
    pub slots: Vec<NamedSlot<'a>>,
    /// The type of its parameters.
    pub params_type: String,
    /// The type of its slots.
    pub slots_type: String,
    /// The descriptor.
    pub descriptor: String,
    /// The function that reads it.
    pub fetch: String,
    /// The component that says its parameters.
    pub provider: String,
    /// The hook that tells how its reading goes.
    pub status: String,
    /// What a framework's module calls its binding.
    pub binding: String,
}

/// A slot with its names.
pub struct NamedSlot<'a> {
    /// The slot.
    pub slot: &'a Slot<'a>,
    /// The hook.
    pub hook: String,
}

/// A function that is called by itself, with its names.
pub struct NamedCall<'a> {
    /// The function.
    pub call: &'a Call<'a>,
    /// The type of its arguments.
    pub args_type: String,
    /// The type of what a page may expect of it.
    pub expectations_type: String,
    /// The type of the errors that it declares.
    pub errors_type: String,
    /// The descriptor.
    pub descriptor: String,
    /// The function that calls it.
    pub function: String,
    /// The hook.
    pub hook: String,
}

/// A channel with its names.
pub struct ChannelNames<'a> {
    /// Its name on the wire.
    pub name: &'a str,
    /// The channel.
    pub channel: &'a Channel,
    /// The descriptor.
    pub descriptor: String,
    /// The hook.
    pub hook: String,
}

impl<'a> Names<'a> {
    /// Names for all of an interface: those that its author has chosen first, then those that are derived.
    pub fn of(interface: &'a Interface<'a>) -> Self {
        let mut scope = Scope::new(SPELLING);
        scope.reserve(EXPORTED);
        scope.reserve(PARAMETERS);
        let types = interface
            .types
            .iter()
            .map(|named| (named.name, scope.claim(&[named.name])))
            .collect();
        let calls = interface
            .calls
            .iter()
            .map(|call| NamedCall::of(call, &mut scope))
            .collect();
        let hooks: Vec<_> = interface
            .contexts
            .iter()
            .map(|context| slot_hooks(context, &mut scope))
            .collect();
        let forms = interface.forms.iter();
        let forms = forms.map(|form| NamedForm::of(form, &mut scope)).collect();
        let contexts = interface.contexts.iter().zip(hooks);
        let contexts = contexts
            .map(|(context, slots)| NamedContext::of(context, slots, &mut scope))
            .collect();
        let channels = interface
            .channels
            .iter()
            .map(|named| ChannelNames::of(*named, &mut scope))
            .collect();
        let views = interface
            .views
            .iter()
            .map(|view| NamedView {
                view,
                function: scope.claim(&[format!("{}Url", view.said.camel)]),
                args_type: scope.claim(&[format!("{}UrlArgs", pascal(&view.said.camel))]),
            })
            .collect();
        let compositions = interface
            .compositions
            .iter()
            .map(|composition| {
                let name = pascal(&camel(composition.name));
                NamedComposition {
                    composition,
                    provider: claim!(scope, "{name}Provider"),
                    params_type: claim!(scope, "{name}Params", "{name}ProviderParams"),
                }
            })
            .collect();
        Self {
            types,
            contexts,
            calls,
            channels,
            forms,
            views,
            compositions,
            scope,
        }
    }

    /// What an imported name is called here: another one where the interface has taken it.
    pub fn import(&self, name: &str) -> String {
        if self.scope.is_free(name) || EXPORTED.contains(&name) {
            return name.to_owned();
        }
        self.scope
            .clone()
            .claim(&[format!("mizan{}", pascal(name))])
    }

    /// The language's own type of that name.
    pub fn global(&self, name: &str) -> String {
        if self.scope.is_free(name) {
            name.to_owned()
        } else {
            format!("globalThis.{name}")
        }
    }
}

impl<'a> NamedCall<'a> {
    fn of(call: &'a Call<'a>, scope: &mut Scope) -> Self {
        let camel = &call.function.camel;
        let pascal = pascal(camel);
        Self {
            call,
            hook: claim!(scope, "use{pascal}"),
            function: claim!(scope, "call{pascal}"),
            descriptor: scope.claim(&[camel]),
            args_type: claim!(scope, "{pascal}Args", "{pascal}CallArgs"),
            expectations_type: claim!(scope, "{pascal}Expectations"),
            errors_type: if call.function.errors.is_empty() {
                String::new()
            } else {
                claim!(scope, "{pascal}Errors", "{pascal}CallErrors")
            },
        }
    }
}

impl<'a> NamedForm<'a> {
    fn of(form: &'a Form<'a>, scope: &mut Scope) -> Self {
        let camel = &form.said.camel;
        let pascal = pascal(camel);
        Self {
            form,
            descriptor: claim!(scope, "{camel}Form", "{camel}FormDescriptor"),
            hook: claim!(scope, "use{pascal}Form"),
            args_type: claim!(scope, "{pascal}FormArgs"),
        }
    }
}

impl<'a> NamedContext<'a> {
    fn of(context: &'a Context<'a>, slots: Vec<NamedSlot<'a>>, scope: &mut Scope) -> Self {
        let camel = camel(context.name);
        let pascal = pascal(&camel);
        Self {
            context,
            slots,
            params_type: claim!(scope, "{pascal}Params", "{pascal}ContextParams"),
            slots_type: claim!(scope, "{pascal}Slots", "{pascal}ContextSlots"),
            descriptor: claim!(scope, "{camel}Context", "{camel}ContextDescriptor"),
            fetch: claim!(scope, "fetch{pascal}", "fetch{pascal}Context"),
            provider: claim!(scope, "{pascal}Context", "{pascal}ContextProvider"),
            status: claim!(scope, "use{pascal}Status", "use{pascal}ContextStatus"),
            binding: scope.claim(&[camel.clone(), format!("{camel}Binding")]),
        }
    }
}

impl<'a> ChannelNames<'a> {
    fn of(NamedChannel { name, channel }: NamedChannel<'a>, scope: &mut Scope) -> Self {
        let camel = &channel.camel;
        let pascal = pascal(camel);
        Self {
            name,
            channel,
            descriptor: claim!(scope, "{camel}Channel"),
            hook: claim!(scope, "use{pascal}Channel"),
        }
    }
}

fn slot_hooks<'a>(context: &'a Context<'a>, scope: &mut Scope) -> Vec<NamedSlot<'a>> {
    let named = |slot: &'a Slot<'a>| NamedSlot {
        slot,
        hook: scope.claim(&[format!("use{}", pascal(&slot.function.camel))]),
    };
    context.slots.iter().map(named).collect()
}
