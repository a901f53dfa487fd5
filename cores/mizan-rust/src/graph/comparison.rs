//! Comparing shapes structurally (docs/protocol.md sections 5 and 7).
//!
//! Two shapes are equal when no path through them tells them apart. Recursive types are equal until
//! proven different, so a pair that is being compared counts as equal meanwhile. Shapes are interned
//! (equal text, equal id), and the comparison keeps its own stack: a chain of named types may be
//! longer than the thread's.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::vec;

use crate::constraints::{Format, Scalar};
use crate::shape::{Body, Field, Literal, Shape};

/// An interned shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Id(usize);

/// What a comparison looks at: not defaults, limits, how large an integer may be, names aside from
/// fields', or the order in enums.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Node {
    Primitive(Scalar, Option<Format>),
    Ref(String),
    List(Id),
    Map(Id),
    Tuple(Vec<Id>),
    Optional(Id),
    Enum(BTreeSet<Literal>),
    Union(Vec<Id>),
    Struct(Fields),
    Any,
    Null,
    Upload,
}

/// By name: whether the field is required, and its shape.
type Fields = BTreeMap<String, (bool, Id)>;

/// Compares the shapes of one specification.
#[derive(Debug)]
pub(super) struct Comparison {
    nodes: Vec<Node>,
    ids: HashMap<Node, Id>,
    /// What each named type stands for, an alias for the shape that it names.
    types: HashMap<String, Id>,
    assumed: HashSet<(Id, Id)>,
    /// The assumptions in the order they were made, to take them back.
    trail: Vec<(Id, Id)>,
    different: HashSet<(Id, Id)>,
}

impl Comparison {
    pub(super) fn new(types: &BTreeMap<String, Body>) -> Self {
        let mut comparison = Self {
            nodes: Vec::new(),
            ids: HashMap::new(),
            types: HashMap::new(),
            assumed: HashSet::new(),
            trail: Vec::new(),
            different: HashSet::new(),
        };
        for (name, body) in types {
            let id = comparison.intern_body(body);
            comparison.types.insert(name.clone(), id);
        }
        comparison
    }

    /// The id of a shape whose references are all known.
    pub(super) fn intern(&mut self, shape: &Shape) -> Id {
        let node = match shape {
            Shape::Primitive(primitive) => {
                let format = primitive.format.filter(|format| *format != Format::Int64);
                Node::Primitive(primitive.scalar, format)
            }
            Shape::Ref(name) => Node::Ref(name.clone()),
            Shape::List(item, _) => Node::List(self.intern(item)),
            Shape::Map(value, _) => Node::Map(self.intern(value)),
            Shape::Tuple(items) => Node::Tuple(self.intern_all(items)),
            Shape::Optional(item) => Node::Optional(self.intern(item)),
            Shape::Enum(values) => Node::Enum(values.iter().cloned().collect()),
            Shape::Union(union) => Node::Union(self.intern_all(&union.items)),
            Shape::Any => Node::Any,
            Shape::Null => Node::Null,
            Shape::Upload(_) => Node::Upload,
        };
        self.add(node)
    }

    fn intern_all(&mut self, shapes: &[Shape]) -> Vec<Id> {
        shapes.iter().map(|shape| self.intern(shape)).collect()
    }

    /// The shape itself, freed of names, aliases and `optional` around it.
    pub(super) fn without_optional(&self, mut id: Id) -> Id {
        let mut seen = HashSet::new();
        loop {
            id = match &self.nodes[id.0] {
                Node::Optional(item) => *item,
                Node::Ref(_) if seen.insert(id) => self.resolve(id),
                _ => return id,
            }
        }
    }

    /// Whether the two shapes accept the same values, names and null aside.
    pub(super) fn equal_but_for_null(&mut self, left: &Shape, right: &Shape) -> bool {
        let (left, right) = (self.intern(left), self.intern(right));
        self.equal(self.without_optional(left), self.without_optional(right))
    }

    /// Whether null is a value of the shape.
    pub(super) fn takes_null(&mut self, shape: &Shape) -> bool {
        let mut seen = HashSet::new();
        let mut waiting = vec![self.intern(shape)];
        while let Some(id) = waiting.pop() {
            match &self.nodes[id.0] {
                Node::Optional(_) | Node::Null | Node::Any => return true,
                Node::Union(items) => waiting.extend(items),
                Node::Ref(_) if seen.insert(id) => waiting.push(self.resolve(id)),
                _ => {}
            }
        }
        false
    }

    /// The item's shape, if `id` is a list.
    pub(super) fn list_item(&self, id: Id) -> Option<Id> {
        match &self.nodes[id.0] {
            Node::List(item) => Some(*item),
            _ => None,
        }
    }

    /// Whether objects of the shape always have that field, and its values are scalars.
    pub(super) fn has_key(&self, shape: Id, field: &str) -> bool {
        let Node::Struct(fields) = &self.nodes[self.named(shape).0] else {
            return false;
        };
        fields.get(field).is_some_and(|(required, shape)| {
            let node = &self.nodes[self.named(*shape).0];
            *required && matches!(node, Node::Primitive(..) | Node::Enum(_))
        })
    }

    /// The shape itself, freed of names around it.
    fn named(&self, mut id: Id) -> Id {
        let mut seen = HashSet::new();
        while self.is_ref(id) && seen.insert(id) {
            id = self.resolve(id);
        }
        id
    }

    /// Whether the two shapes accept the same values, names aside.
    pub(super) fn equal(&mut self, left: Id, right: Id) -> bool {
        let mut steps = vec![Step::All(vec![Goal::Equal(left, right)].into_iter())];
        let mut answer = None;
        while let Some(step) = steps.last_mut() {
            answer = match step.next(answer) {
                Next::Goal(goal) => self.open(goal, &mut steps),
                Next::Answer(found) => {
                    if let Some(step) = steps.pop() {
                        self.close(&step, found);
                    }
                    Some(found)
                }
            };
        }
        answer.unwrap_or(true)
    }

    /// Answers a goal at once, or puts a step on the stack that will.
    fn open(&mut self, goal: Goal, steps: &mut Vec<Step>) -> Option<bool> {
        match goal {
            Goal::Equal(left, right) if left == right => Some(true),
            Goal::Equal(left, right) if self.is_ref(left) || self.is_ref(right) => {
                self.open_named((left, right), steps)
            }
            Goal::Equal(left, right) => match self.goals(left, right) {
                None => Some(false),
                Some(goals) => push(steps, Step::All(goals.into_iter())),
            },
            Goal::Any(goals) => push(steps, Step::Any(goals.into_iter())),
        }
    }

    fn open_named(&mut self, pair: (Id, Id), steps: &mut Vec<Step>) -> Option<bool> {
        if self.assumed.contains(&pair) {
            return Some(true);
        }
        if self.different.contains(&pair) {
            return Some(false);
        }
        let mark = self.trail.len();
        self.assumed.insert(pair);
        self.trail.push(pair);
        let goal = Goal::Equal(self.resolve(pair.0), self.resolve(pair.1));
        push(
            steps,
            Step::Named {
                pair,
                mark,
                goal: Some(goal),
            },
        )
    }

    /// Takes back what was found equal since an assumption was made that has failed: it may rest on
    /// that assumption.
    fn close(&mut self, step: &Step, equal: bool) {
        let Step::Named { pair, mark, .. } = step else {
            return;
        };
        if equal {
            return;
        }
        for assumed in self.trail.drain(mark..) {
            self.assumed.remove(&assumed);
        }
        self.different.insert(*pair);
    }

    /// What must all hold for two shapes without a name to be equal; None when they are not.
    fn goals(&self, left: Id, right: Id) -> Option<Vec<Goal>> {
        match (&self.nodes[left.0], &self.nodes[right.0]) {
            (Node::List(left), Node::List(right))
            | (Node::Map(left), Node::Map(right))
            | (Node::Optional(left), Node::Optional(right)) => {
                Some(vec![Goal::Equal(*left, *right)])
            }
            (Node::Struct(left), Node::Struct(right)) => field_goals(left, right),
            (Node::Tuple(left), Node::Tuple(right)) => tuple_goals(left, right),
            (Node::Union(left), Node::Union(right)) => Some(union_goals(left, right)),
            // Leaves are interned, so equal ones have one id.
            _ => None,
        }
    }

    /// The shape that a name stands for; another shape is itself.
    fn resolve(&self, id: Id) -> Id {
        match &self.nodes[id.0] {
            Node::Ref(name) => self.types.get(name).copied().unwrap_or(id),
            _ => id,
        }
    }

    fn is_ref(&self, id: Id) -> bool {
        matches!(self.nodes[id.0], Node::Ref(_))
    }

    fn intern_body(&mut self, body: &Body) -> Id {
        let node = match body {
            Body::Alias(shape) => return self.intern(shape),
            Body::Enum(values) => {
                Node::Enum(values.iter().map(|value| value.value.clone()).collect())
            }
            Body::Struct(fields) => Node::Struct(
                fields
                    .iter()
                    .map(|field| self.intern_field(field))
                    .collect(),
            ),
        };
        self.add(node)
    }

    fn intern_field(&mut self, field: &Field) -> (String, (bool, Id)) {
        (
            field.name.clone(),
            (field.required, self.intern(&field.shape)),
        )
    }

    fn add(&mut self, node: Node) -> Id {
        let next = Id(self.nodes.len());
        let id = *self.ids.entry(node.clone()).or_insert(next);
        if id == next {
            self.nodes.push(node);
        }
        id
    }
}

/// What is to be found out.
#[derive(Debug)]
enum Goal {
    Equal(Id, Id),
    Any(Vec<Goal>),
}

/// A goal under way, waiting for the answers of others.
#[derive(Debug)]
enum Step {
    All(vec::IntoIter<Goal>),
    Any(vec::IntoIter<Goal>),
    Named {
        pair: (Id, Id),
        mark: usize,
        goal: Option<Goal>,
    },
}

enum Next {
    Goal(Goal),
    Answer(bool),
}

impl Step {
    /// What comes after the answer to the last goal; None when there was none yet.
    fn next(&mut self, answer: Option<bool>) -> Next {
        match self {
            Self::All(goals) => after(
                goals.next().filter(|_| answer != Some(false)),
                answer != Some(false),
            ),
            Self::Any(goals) => after(
                goals.next().filter(|_| answer != Some(true)),
                answer == Some(true),
            ),
            Self::Named { goal, .. } => after(goal.take(), answer == Some(true)),
        }
    }
}

fn after(goal: Option<Goal>, answer: bool) -> Next {
    goal.map_or(Next::Answer(answer), Next::Goal)
}

fn push(steps: &mut Vec<Step>, step: Step) -> Option<bool> {
    steps.push(step);
    None
}

fn field_goals(left: &Fields, right: &Fields) -> Option<Vec<Goal>> {
    if left.len() != right.len() {
        return None;
    }
    let mut goals = Vec::with_capacity(left.len());
    for ((name, field), (other_name, other)) in left.iter().zip(right) {
        if name != other_name || field.0 != other.0 {
            return None;
        }
        goals.push(Goal::Equal(field.1, other.1));
    }
    Some(goals)
}

fn tuple_goals(left: &[Id], right: &[Id]) -> Option<Vec<Goal>> {
    let pairs = left.iter().zip(right);
    let goals = pairs.map(|(item, other)| Goal::Equal(*item, *other));
    (left.len() == right.len()).then(|| goals.collect())
}

/// Every item has an equal one on the other side.
fn union_goals(left: &[Id], right: &[Id]) -> Vec<Goal> {
    let among_right = |item: &Id| {
        right
            .iter()
            .map(|other| Goal::Equal(*item, *other))
            .collect()
    };
    let among_left = |other: &Id| left.iter().map(|item| Goal::Equal(*item, *other)).collect();
    let forth = left.iter().map(among_right).map(Goal::Any);
    forth
        .chain(right.iter().map(among_left).map(Goal::Any))
        .collect()
}
