//! Breaks lines where they become too long: a document of texts, possible breaks and groups is printed so that each
//! group stands on one line where it fits.
//!
//! The algorithm is that of Wadler's "A prettier printer" as prettier uses it: an outer group breaks before an inner one.

use unicode_width::UnicodeWidthStr;

/// A text with the places where it may be broken.
#[derive(Clone, Debug)]
pub enum Layout {
    /// Text without a line break.
    Text(String),
    /// One behind the other.
    All(Vec<Layout>),
    /// A line break where the group breaks, else this text.
    Line(&'static str),
    /// One thing where the group breaks, another where it does not.
    IfBroken(Box<Layout>, Box<Layout>),
    /// What stands on one line, or breaks wherever it can.
    Group(Box<Layout>),
    /// Lines that begin a level deeper.
    Indent(Box<Layout>),
    /// What stands behind a space where its beginning fits, else on a line of its own, a level deeper.
    Hanging(Box<Layout>),
}

/// How many columns a level of indentation has.
pub const LEVEL: usize = 2;

#[derive(Clone, Copy)]
enum Mode {
    Flat,
    Broken,
}

#[derive(Clone, Copy)]
struct Pending<'a> {
    indent: usize,
    mode: Mode,
    layout: &'a Layout,
}

impl Layout {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Nothing.
    pub fn nothing() -> Self {
        Self::All(Vec::new())
    }

    /// The group of these.
    pub fn group(items: Vec<Self>) -> Self {
        Self::Group(Self::All(items).into())
    }

    /// These, a level deeper.
    pub fn indent(items: Vec<Self>) -> Self {
        Self::Indent(Self::All(items).into())
    }

    /// A text that is there where the group breaks.
    pub fn if_broken(text: &str) -> Self {
        Self::IfBroken(Self::text(text).into(), Self::nothing().into())
    }

    /// The text, whose first line stands `indent` columns from the margin and is to have at most `width`.
    pub fn print(&self, indent: usize, width: usize) -> String {
        let mut output = " ".repeat(indent);
        let mut column = indent;
        let mut waiting = vec![Pending {
            indent,
            mode: Mode::Broken,
            layout: self,
        }];
        while let Some(pending) = waiting.pop() {
            match pending.layout {
                Self::Text(text) => {
                    output.push_str(text);
                    column += text.width();
                }
                Self::Line(flat) => match pending.mode {
                    Mode::Flat => {
                        output.push_str(flat);
                        column += flat.len();
                    }
                    Mode::Broken => {
                        output.truncate(output.trim_end_matches(' ').len());
                        output.push('\n');
                        output.push_str(&" ".repeat(pending.indent));
                        column = pending.indent;
                    }
                },
                Self::Group(inner) => {
                    let flat = Pending {
                        mode: Mode::Flat,
                        layout: inner,
                        ..pending
                    };
                    let broken = Pending {
                        mode: Mode::Broken,
                        ..flat
                    };
                    let fits = matches!(pending.mode, Mode::Flat)
                        || fits(flat, &waiting, width.saturating_sub(column));
                    waiting.push(if fits { flat } else { broken });
                }
                Self::Hanging(layout) => {
                    let behind = fits_behind(
                        Pending { layout, ..pending },
                        &waiting,
                        width.saturating_sub(column),
                    );
                    let indent = pending.indent + if behind { 0 } else { LEVEL };
                    waiting.push(Pending {
                        indent,
                        layout,
                        ..pending
                    });
                    if behind {
                        output.push(' ');
                        column += 1;
                    } else {
                        output.push('\n');
                        output.push_str(&" ".repeat(indent));
                        column = indent;
                    }
                }
                _ => pending.unfold(&mut waiting),
            }
        }
        output
    }
}

impl<'a> Pending<'a> {
    /// Puts what is inside, last first, upon `waiting`.
    fn unfold(self, waiting: &mut Vec<Pending<'a>>) {
        match self.layout {
            Layout::All(items) => {
                waiting.extend(items.iter().rev().map(|layout| Self { layout, ..self }));
            }
            Layout::Indent(layout) => waiting.push(Self {
                indent: self.indent + LEVEL,
                layout,
                ..self
            }),
            Layout::IfBroken(broken, flat) => {
                let layout = match self.mode {
                    Mode::Broken => broken,
                    Mode::Flat => flat,
                };
                waiting.push(Self { layout, ..self });
            }
            Layout::Group(layout) | Layout::Hanging(layout) => {
                waiting.push(Self { layout, ..self });
            }
            Layout::Text(_) | Layout::Line(_) => {}
        }
    }
}

fn fits_behind(next: Pending<'_>, rest: &[Pending<'_>], width: usize) -> bool {
    width > 0 && fits(next, rest, width - 1)
}

/// Whether `next`, and what follows up to the next possible break, has room in `width` columns.
fn fits(next: Pending<'_>, rest: &[Pending<'_>], width: usize) -> bool {
    let mut room = width;
    let mut waiting = vec![next];
    let mut rest = rest.iter().rev();
    while let Some(pending) = waiting.pop().or_else(|| rest.next().copied()) {
        let needed = match pending.layout {
            Layout::Text(text) => text.width(),
            Layout::Line(_) | Layout::Hanging(_) if matches!(pending.mode, Mode::Broken) => {
                return true;
            }
            Layout::Line(flat) => flat.len(),
            inner => {
                pending.unfold(&mut waiting);
                usize::from(matches!(inner, Layout::Hanging(_)))
            }
        };
        if needed > room {
            return false;
        }
        room -= needed;
    }
    true
}
