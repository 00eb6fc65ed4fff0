//! What stands on the screen, found by role and label, and what a user can do to it.

use egui::{Rect, Role, Shape};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};
use touchstone::gui::theme::Palette;

/// Half a point: what rounding to pixels may add.
const ROUNDING: f32 = 0.5;

/// A drawn window over a state `S`.
pub struct Seen<S>(pub Harness<'static, S>);

impl<S> Seen<S> {
    /// Draws until nothing moves, or as long as a spinner turns; every control must have a name by then.
    #[track_caller]
    pub fn draw(&mut self) {
        self.0.run_ok();
        let unnamed = self.0.unnamed_widgets();
        assert!(unnamed.is_empty(), "controls without a name: {unnamed:?}");
    }

    /// True when a control or a text with this label is shown.
    pub fn shows(&self, label: &str) -> bool {
        self.count_of(label) > 0
    }

    /// How often this label is shown.
    pub fn count_of(&self, label: &str) -> usize {
        self.0.query_all(by().label(label).include_labels()).count()
    }

    pub fn shows_part(&self, label: &str) -> bool {
        let mut found = self.0.query_all(by().label_contains(label).include_labels());
        found.next().is_some()
    }

    /// Fails the test unless this text, whole, is on the screen.
    #[track_caller]
    pub fn must_show(&self, label: &str) {
        assert!(
            self.shows(label),
            "`{label}` is not shown:\n{}",
            self.texts().join("\n")
        );
    }

    /// Fails the test unless a text with this part is on the screen.
    #[track_caller]
    pub fn must_show_part(&self, part: &str) {
        assert!(
            self.shows_part(part),
            "no text has `{part}`:\n{}",
            self.texts().join("\n")
        );
    }

    /// The whole text of the one control of this role that starts with `start`.
    #[track_caller]
    pub fn starting_with(&self, role: Role, start: &str) -> String {
        let all = self.0.query_all(by().role(role).label_contains(start));
        let found: Vec<String> = all
            .filter_map(|node| node.accesskit_node().label())
            .filter(|label| label.starts_with(start))
            .collect();
        assert_eq!(
            found.len(),
            1,
            "{role:?} with `{start}`: {found:?} in\n{}",
            self.texts().join("\n")
        );
        found[0].clone()
    }

    pub fn count_of_role(&self, role: Role) -> usize {
        self.0.query_all(by().role(role)).count()
    }

    /// Presses the one control of this role and label, which must lie inside the window.
    #[track_caller]
    pub fn press(&mut self, role: Role, label: &str) {
        let found = self.count_with(role, label);
        assert_eq!(found, 1, "{found} of `{label}` in\n{}", self.texts().join("\n"));
        self.press_first(role, label);
    }

    /// The same where several do the same, such as a header's button and that of an empty page.
    #[track_caller]
    pub fn press_first(&mut self, role: Role, label: &str) {
        self.click(role, label);
        self.draw();
    }

    /// Presses a control after which the window may not come to rest soon.
    #[track_caller]
    pub fn press_once(&mut self, role: Role, label: &str) {
        self.click(role, label);
        self.0.run_steps(2);
    }

    /// Scrolls the page until this control is in view.
    pub fn scroll_to(&mut self, role: Role, label: &str) {
        self.0.get_by_role_and_label(role, label).scroll_to_me();
        self.draw();
    }

    #[track_caller]
    fn click(&self, role: Role, label: &str) {
        let window = self.window();
        let mut found = self.0.query_all(by().role(role).label(label));
        let Some(node) = found.next() else {
            panic!("no `{label}` in\n{}", self.texts().join("\n"));
        };
        let rect = node.rect();
        assert!(
            window.expand(ROUNDING).contains_rect(rect),
            "`{label}` at {rect:?} is not inside {window:?}"
        );
        node.click();
    }

    pub fn count_with(&self, role: Role, label: &str) -> usize {
        self.0.query_all(by().role(role).label(label)).count()
    }

    fn window(&self) -> Rect {
        self.0.ctx.content_rect()
    }

    /// Everything that is written on the screen, for messages.
    pub fn texts(&self) -> Vec<String> {
        let all = self.0.query_all(by().predicate(|_| true));
        let mut texts: Vec<String> = all
            .filter_map(|node| {
                let node = node.accesskit_node();
                node.label().or_else(|| node.value()).filter(|text| !text.is_empty())
            })
            .collect();
        texts.dedup();
        texts
    }

    /// Controls that reach beyond the left or right edge of the window. Below its bottom a page may scroll.
    pub fn outside(&self) -> Vec<String> {
        let window = self.window();
        let controls = [
            Role::Button,
            Role::CheckBox,
            Role::ComboBox,
            Role::TextInput,
            Role::Slider,
            Role::SpinButton,
        ];
        let all = self.0.query_all(by().predicate(|_| true));
        all.filter(|node| controls.contains(&node.accesskit_node().role()))
            .filter_map(|node| {
                let rect = node.rect();
                let is_inside = rect.left() >= window.left() - ROUNDING && rect.right() <= window.right() + ROUNDING;
                let label = node.accesskit_node().label().unwrap_or_default();
                (!is_inside).then(|| format!("`{label}` at {rect:?}"))
            })
            .collect()
    }

    /// Texts whose right end is painted over the edge they may be painted up to, so that letters are missing.
    pub fn cut_off(&self) -> Vec<String> {
        let mut cut = Vec::new();
        for clipped in &self.0.output().shapes {
            collect_cut(&clipped.shape, clipped.clip_rect, &mut cut);
        }
        cut
    }

    /// True if the page's background is painted in this palette's colour.
    pub fn is_painted_with(&self, palette: &Palette) -> bool {
        let paints = |shape: &Shape| matches!(shape, Shape::Rect(rect) if rect.fill == palette.background);
        self.0.output().shapes.iter().any(|clipped| paints(&clipped.shape))
    }
}

fn collect_cut(shape: &Shape, clip: Rect, cut: &mut Vec<String>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect_cut(shape, clip, cut)),
        Shape::Text(text) => {
            let drawn = text.visual_bounding_rect();
            let is_seen = clip.intersects(drawn) && !text.galley.job.text.trim().is_empty();
            if is_seen && drawn.right() > clip.right() + 1.0 {
                let over = drawn.right() - clip.right();
                cut.push(format!("`{}` by {over:.0} points", text.galley.job.text));
            }
        }
        _ => {}
    }
}
