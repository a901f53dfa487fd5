//! Writing nodes straight into text, one a line.

use super::words::Written;

const INDENT: &str = "    ";

#[derive(Default)]
pub(super) struct Writer {
    pub(super) out: String,
    level: usize,
}

impl Writer {
    /// Begins a node's line.
    pub(super) fn node(&mut self, name: &str) -> Line<'_> {
        self.indent();
        self.out.push_str(name);
        Line { writer: self }
    }

    fn indent(&mut self) {
        for _ in 0..self.level {
            self.out.push_str(INDENT);
        }
    }
}

/// The line of a node, values before properties.
#[must_use]
pub(super) struct Line<'a> {
    writer: &'a mut Writer,
}

impl Line<'_> {
    pub(super) fn word(self, word: &impl Written) -> Self {
        self.writer.out.push(' ');
        word.write(&mut self.writer.out);
        self
    }

    pub(super) fn property(self, name: &str, word: &impl Written) -> Self {
        let out = &mut self.writer.out;
        out.push(' ');
        out.push_str(name);
        out.push('=');
        word.write(out);
        self
    }

    pub(super) fn optional(self, name: &str, word: Option<&impl Written>) -> Self {
        match word {
            Some(word) => self.property(name, word),
            None => self,
        }
    }

    /// A node without children.
    pub(super) fn end(self) {
        self.writer.out.push('\n');
    }

    /// A node with the children that `write` writes; without braces where those are none.
    pub(super) fn block(self, write: impl FnOnce(&mut Writer)) {
        let writer = self.writer;
        let bare = writer.out.len();
        writer.out.push_str(" {\n");
        let open = writer.out.len();
        writer.level += 1;
        write(writer);
        writer.level -= 1;
        if writer.out.len() == open {
            writer.out.truncate(bare);
        } else {
            writer.indent();
            writer.out.push('}');
        }
        writer.out.push('\n');
    }
}
