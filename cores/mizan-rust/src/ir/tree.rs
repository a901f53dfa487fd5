//! A document's nodes: every line read as KDL v2 by the `kdl` crate, nested as the layout says.

use kdl::{KdlDocument, KdlNode};

use crate::error::Result;

use super::layout::{Layout, Line};
use super::nodes::Node;
use super::source::Source;

/// The nodes of a text.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    pub(super) source: Source<'a>,
    /// The offsets of the integers that are masked in the nodes, ascending.
    pub(super) masked: Vec<usize>,
    roots: Vec<Branch>,
}

/// A line's node, and those inside it.
#[derive(Debug)]
pub(super) struct Branch {
    pub(super) kdl: KdlNode,
    /// Where the node stands in the text.
    pub(super) offset: usize,
    pub(super) children: Vec<Branch>,
}

impl<'a> Tree<'a> {
    /// Reads the lines; a value error with line and column where one is not KDL v2.
    pub(super) fn read(source: Source<'a>, layout: Layout<'a>) -> Result<Self> {
        let mut lines = layout.lines.as_slice();
        let roots = read_branches(&source, &layout.text, &mut lines, 0)?;
        Ok(Self {
            source,
            masked: layout.masked,
            roots,
        })
    }

    pub(super) fn roots(&'a self) -> Vec<Node<'a>> {
        self.roots
            .iter()
            .map(|branch| Node::new(branch, self))
            .collect()
    }
}

/// Takes the lines of one level, with what stands inside them, off the front of `lines`.
fn read_branches(
    source: &Source<'_>,
    text: &str,
    lines: &mut &[Line],
    level: usize,
) -> Result<Vec<Branch>> {
    let mut branches = Vec::new();
    while let Some((line, rest)) = lines.split_first().filter(|(line, _)| line.level == level) {
        *lines = rest;
        let kdl = read_node(
            source,
            text.get(line.start..line.end).unwrap_or_default(),
            line.start,
        )?;
        let children = read_branches(source, text, lines, level + 1)?;
        branches.push(Branch {
            kdl,
            offset: line.start,
            children,
        });
    }
    Ok(branches)
}

fn read_node(source: &Source<'_>, line: &str, offset: usize) -> Result<KdlNode> {
    let mut document = KdlDocument::parse_v2(line).map_err(|error| {
        let Some(first) = error.diagnostics.first() else {
            return source.fail(offset, "KDL v2");
        };
        let problem = first.message.as_deref().unwrap_or("expected KDL v2");
        source.refuse(offset + first.span.offset(), problem)
    })?;
    document
        .nodes_mut()
        .pop()
        .ok_or_else(|| source.fail(offset, "a node"))
}
