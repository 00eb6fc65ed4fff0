//! The window without a screen: the real application driven by role and label.

mod flow;
mod pages;
mod projects;
mod shell;

use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};
use std::time::{Duration, Instant};
use touchstone::gui::LaunchOptions;
use touchstone::gui::app::App;
use touchstone::gui::i18n::{self, Text};
use touchstone::gui::pages::Page;
use touchstone::gui::settings::Language;

/// The size most notebooks show.
pub const SIZE: [f32; 2] = [1440.0, 900.0];

/// Every page with the words above it, in the order of the navigation.
pub const PAGES: [(Page, Text); 10] = [
    (Page::Data, i18n::data::TITLE),
    (Page::Audit, i18n::audit::TITLE),
    (Page::Recipe, i18n::recipe::TITLE),
    (Page::Features, i18n::features::TITLE),
    (Page::Train, i18n::train::TITLE),
    (Page::Evaluate, i18n::evaluate::TITLE),
    (Page::Compare, i18n::compare::TITLE),
    (Page::Experiments, i18n::experiments::TITLE),
    (Page::Lineage, i18n::shell::LINEAGE),
    (Page::Settings, i18n::shell::SETTINGS),
];

/// The running application.
pub struct Window(pub Harness<'static, App>);

impl Window {
    pub fn open(options: LaunchOptions) -> Self {
        let harness = Harness::builder()
            .with_size(SIZE)
            .with_step_dt(1.0 / 60.0)
            .with_max_steps(60)
            .build_eframe(move |cc| App::new(cc, options).expect("the window opens"));
        let mut window = Self(harness);
        window.draw();
        window
    }

    pub fn app(&self) -> &App {
        self.0.state()
    }

    /// Draws until nothing moves, or as long as a spinner turns; every control must have a name by then.
    pub fn draw(&mut self) {
        self.0.run_ok();
        let unnamed = self.0.unnamed_widgets();
        assert!(unnamed.is_empty(), "controls without a name: {unnamed:?}");
    }

    /// Draws until `is_so`, for as long as jobs may take.
    pub fn wait(&mut self, what: &str, within: Duration, is_so: impl Fn(&App) -> bool) {
        let deadline = Instant::now() + within;
        while !is_so(self.app()) {
            assert!(Instant::now() < deadline, "not {what} within {within:?}");
            std::thread::sleep(Duration::from_millis(5));
            self.0.step();
        }
        self.draw();
    }

    /// True when a control or a text with this label is shown.
    pub fn shows(&self, label: &str) -> bool {
        self.0.query_all(by().label(label).include_labels()).next().is_some()
    }

    pub fn shows_part(&self, label: &str) -> bool {
        self.0
            .query_all(by().label_contains(label).include_labels())
            .next()
            .is_some()
    }

    /// Presses the one control of this role and label.
    #[track_caller]
    pub fn press(&mut self, role: Role, label: &str) {
        let found: Vec<_> = self.0.query_all(by().role(role).label(label)).collect();
        assert_eq!(
            found.len(),
            1,
            "{} of `{label}` in\n{}",
            found.len(),
            self.texts().join("\n")
        );
        found[0].click();
        drop(found);
        self.draw();
    }

    /// Presses a control after which the window may not come to rest soon.
    #[track_caller]
    pub fn press_once(&mut self, role: Role, label: &str) {
        self.0.get_by_role_and_label(role, label).click();
        self.0.run_steps(2);
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

    pub fn language(&self) -> Language {
        self.app().state.settings.language
    }
}
