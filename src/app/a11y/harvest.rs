//! Reads the live widget tree into AccessKit's, and carries out what a reader asks for.

use std::any::Any;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use accesskit::{
    Action, ActionData, ActionRequest, Invalid, Node, NodeId, Rect, Role, TextPosition,
    TextSelection, TreeId, TreeInfo, TreeUpdate,
};
use iced::advanced::widget::Operation;
use iced::advanced::widget::operation::{Focusable, Outcome, Scrollable, TextInput};
use iced::widget::Id;
use iced::{Rectangle, Vector};

use super::{About, Described, Request, Shape};

const ROOT: NodeId = NodeId(0);

/// Reads everything that is on screen, in reading order. `title`: the window's; `zoom`: its scale factor.
pub fn harvest(title: String, zoom: f32) -> impl Operation<TreeUpdate> {
    Harvest::new(title, zoom, None)
}

/// Does what a reader asks for; it must be followed by [`harvest`].
pub fn act(request: ActionRequest) -> impl Operation<TreeUpdate> {
    Harvest::new(String::new(), 1.0, Some(request))
}

struct Harvest {
    title: String,
    zoom: f32,
    request: Option<ActionRequest>,
    nodes: Vec<(NodeId, Node)>,
    /// The nodes that are open, the root first, with their children so far.
    open: Vec<(NodeId, Vec<NodeId>)>,
    /// What the next `traverse` goes into.
    next: Next,
    /// How often the same thing was met, to tell apart what is alike.
    seen: HashMap<u64, u64>,
    /// How far what is met is scrolled away.
    scrolled: Vector,
    scrolling: Option<Vector>,
    /// The control that the next focusable state belongs to.
    control: Option<NodeId>,
    focus: Option<NodeId>,
}

#[derive(Clone, Copy, PartialEq)]
enum Next {
    /// No node of its own.
    Plain,
    Skip,
    Into(NodeId),
}

impl Harvest {
    fn new(title: String, zoom: f32, request: Option<ActionRequest>) -> Self {
        Self {
            title,
            zoom,
            request,
            nodes: Vec::new(),
            open: vec![(ROOT, Vec::new())],
            next: Next::Plain,
            seen: HashMap::new(),
            scrolled: Vector::ZERO,
            scrolling: None,
            control: None,
            focus: None,
        }
    }

    /// The same widget has the same identifier each time, as long as it has an id or its name stays.
    fn node_id(&mut self, id: Option<&Id>, role: Role, name: &str) -> NodeId {
        let mut hasher = DefaultHasher::new();
        match id {
            Some(id) => id.hash(&mut hasher),
            None => {
                self.open.last().map(|(parent, _)| parent).hash(&mut hasher);
                role.hash(&mut hasher);
                name.hash(&mut hasher);
            }
        }
        let key = hasher.finish();
        let times = self.seen.entry(key).or_insert(0);
        times.hash(&mut hasher);
        *times += 1;
        // 0 is the root.
        NodeId(hasher.finish().max(1))
    }

    fn bounds(&self, bounds: Rectangle) -> Rect {
        let at = bounds - self.scrolled;
        let zoom = f64::from(self.zoom);
        Rect::new(
            f64::from(at.x) * zoom,
            f64::from(at.y) * zoom,
            f64::from(at.x + at.width) * zoom,
            f64::from(at.y + at.height) * zoom,
        )
    }

    fn push(&mut self, id: NodeId, node: Node) {
        if let Some((_, children)) = self.open.last_mut() {
            children.push(id);
        }
        self.nodes.push((id, node));
    }

    fn asked(&self, node: NodeId) -> Option<&ActionRequest> {
        self.request
            .as_ref()
            .filter(|request| request.target_node == node)
    }

    fn describe(&self, about: &About, operable: bool, bounds: Rectangle) -> Node {
        let mut node = Node::new(about.role);
        node.set_bounds(self.bounds(bounds));
        if about.role == Role::Label {
            node.set_value(about.name.as_str());
        } else if !about.name.is_empty() {
            node.set_label(about.name.as_str());
        }
        if let Some(description) = &about.description {
            node.set_description(description.as_str());
        }
        if let Some(value) = &about.value {
            node.set_value(value.as_str());
        }
        if let Some((now, all)) = about.share {
            node.set_numeric_value(now);
            node.set_min_numeric_value(0.0);
            node.set_max_numeric_value(all);
        }
        if let Some(toggled) = about.toggled {
            node.set_toggled(toggled);
        }
        if let Some(selected) = about.selected {
            node.set_selected(selected);
        }
        if let Some(expanded) = about.expanded {
            node.set_expanded(expanded);
        }
        if about.disabled {
            node.set_disabled();
        }
        if about.invalid {
            node.set_invalid(Invalid::True);
        }
        if about.current {
            node.set_aria_current(accesskit::AriaCurrent::Step);
        }
        if let Some(live) = about.live {
            node.set_live(live);
            node.set_live_atomic();
        }
        if let Some(rows) = about.rows {
            node.set_row_count(rows);
        }
        if let Some(row) = about.row {
            node.set_row_index(row);
        }
        if let Some(level) = about.level {
            node.set_level(level);
        }
        if operable {
            node.add_action(Action::Focus);
            match about.shape {
                Shape::Input => node.add_action(Action::SetValue),
                _ => node.add_action(Action::Click),
            }
        }
        node
    }

    /// A field's content, as readers walk through it.
    fn text_run(&mut self, field: NodeId, node: &mut Node, value: &str) {
        let id = NodeId(field.0 ^ 1);
        let mut run = Node::new(Role::TextRun);
        run.set_value(value);
        let lengths: Vec<u8> = value.chars().map(|c| c.len_utf8() as u8).collect();
        let mut starts = Vec::new();
        let mut was_word = false;
        for (n, c) in value.chars().enumerate() {
            let is_word = c.is_alphanumeric();
            if let (true, false, Ok(n)) = (is_word, was_word, u8::try_from(n)) {
                starts.push(n);
            }
            was_word = is_word;
        }
        let end = TextPosition {
            node: id,
            character_index: lengths.len(),
        };
        run.set_character_lengths(lengths);
        run.set_word_starts(starts);
        node.set_text_selection(TextSelection {
            anchor: end,
            focus: end,
        });
        node.set_children(vec![id]);
        self.nodes.push((id, run));
    }
}

impl Operation<TreeUpdate> for Harvest {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<TreeUpdate>)) {
        let next = std::mem::replace(&mut self.next, Next::Plain);
        let scrolled = self.scrolled;
        if let Some(translation) = self.scrolling.take() {
            self.scrolled += translation;
        }
        match next {
            Next::Plain => operate(self),
            Next::Skip => {}
            Next::Into(node) => {
                self.open.push((node, Vec::new()));
                self.control = None;
                operate(self);
                if let Some((node, children)) = self.open.pop()
                    && let Some((_, node)) = self.nodes.iter_mut().rev().find(|(id, _)| *id == node)
                    && !children.is_empty()
                {
                    node.set_children(children);
                }
            }
        }
        self.control = None;
        self.scrolled = scrolled;
    }

    fn container(&mut self, _: Option<&Id>, _: Rectangle) {}

    fn scrollable(
        &mut self,
        _: Option<&Id>,
        _: Rectangle,
        _: Rectangle,
        translation: Vector,
        _: &mut dyn Scrollable,
    ) {
        self.scrolling = Some(translation);
    }

    fn text(&mut self, id: Option<&Id>, bounds: Rectangle, text: &str) {
        if text.trim().is_empty() || self.next == Next::Skip {
            return;
        }
        let about = About::new(Role::Label, text);
        let node_id = self.node_id(id, Role::Label, text);
        let node = self.describe(&about, false, bounds);
        self.push(node_id, node);
    }

    fn text_input(&mut self, id: Option<&Id>, bounds: Rectangle, state: &mut dyn TextInput) {
        // A field describes itself; this one does not, so it goes by what it shows.
        if self.control.is_none() {
            let about = About {
                value: Some(state.text().to_owned()),
                ..About::new(Role::TextInput, "")
            };
            let node_id = self.node_id(id, Role::TextInput, "");
            let node = self.describe(&about, true, bounds);
            self.push(node_id, node);
            self.control = Some(node_id);
        }
    }

    fn focusable(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn Focusable) {
        let Some(control) = self.control else { return };
        let wants_focus = self.request.as_ref().filter(|r| r.action == Action::Focus);
        if let Some(request) = wants_focus {
            if request.target_node == control {
                state.focus();
            } else {
                state.unfocus();
            }
        }
        if state.is_focused() {
            self.focus = Some(control);
        }
    }

    fn custom(&mut self, id: Option<&Id>, bounds: Rectangle, state: &mut dyn Any) {
        let Some(described) = state.downcast_mut::<Described>() else {
            return;
        };
        let about = &described.about;
        // A field's name stays while its value changes; a live region's name is what changes.
        let name = if about.live.is_some() {
            ""
        } else {
            &about.name
        };
        let node_id = self.node_id(id, about.role, name);
        let mut node = self.describe(about, described.operable, bounds);
        self.next = match about.shape {
            Shape::Leaf => Next::Skip,
            Shape::Input => Next::Plain,
            Shape::Group => Next::Into(node_id),
        };
        if about.shape == Shape::Input {
            let value = about.value.clone().unwrap_or_default();
            self.text_run(node_id, &mut node, &value);
        }
        self.control = (about.shape != Shape::Group || described.operable).then_some(node_id);
        // Of a list that has the keyboard, readers tell the row that its keys have come to.
        if about.selected == Some(true)
            && matches!(about.role, Role::Row | Role::TreeItem)
            && self
                .focus
                .is_some_and(|focus| self.open.iter().any(|(open, _)| *open == focus))
        {
            self.focus = Some(node_id);
        }
        if let Some(request) = self.asked(node_id)
            && described.operable
        {
            described.request = match (&request.action, &request.data) {
                (Action::Click, _) => Some(Request::Press),
                (Action::SetValue, Some(ActionData::Value(text))) => {
                    Some(Request::Type(text.to_string()))
                }
                _ => None,
            };
        }
        self.push(node_id, node);
    }

    fn finish(&self) -> Outcome<TreeUpdate> {
        if self.request.is_some() {
            return Outcome::None;
        }
        let mut root = Node::new(Role::Window);
        root.set_label(self.title.as_str());
        let children = self.open.first().map(|(_, children)| children.clone());
        root.set_children(children.unwrap_or_default());
        let mut nodes = vec![(ROOT, root)];
        nodes.extend(self.nodes.iter().cloned());
        Outcome::Some(TreeUpdate {
            nodes,
            tree: Some(TreeInfo::new(ROOT)),
            tree_id: TreeId::ROOT,
            focus: self.focus.unwrap_or(ROOT),
        })
    }
}
