//! Writing the interface document.

use crate::value::Value;

use super::VERSION;
use super::document::Document;
use super::layout::Part;
use super::writer::Writer;

impl Document {
    /// The document's text: types (those that something emitted refers to), functions, contexts,
    /// channels, forms, views and combinations of contexts, each sorted by name.
    pub fn emit(&self) -> String {
        let mut writer = Writer::default();
        let line = writer.node("ir");
        line.property("version", &Value::Int(VERSION)).end();
        let reached = self.reached_types();
        let is_reached = |(name, _): &(&String, _)| reached.contains(name.as_str());
        write(&mut writer, "type", self.types.iter().filter(is_reached));
        write(&mut writer, "function", &self.functions);
        write(&mut writer, "context", &self.contexts);
        write(&mut writer, "channel", &self.channels);
        write(&mut writer, "form", &self.forms);
        write(&mut writer, "view", &self.views);
        write(&mut writer, "composition", &self.compositions);
        writer.out
    }
}

fn write<'p, T: Part + 'p>(
    writer: &mut Writer,
    kind: &str,
    parts: impl IntoIterator<Item = (&'p String, &'p T)>,
) {
    for (name, part) in parts {
        part.write(writer.node(kind).word(name));
    }
}
