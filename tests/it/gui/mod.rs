//! The window without a screen: the real application, or its pages in a state of our choice, driven by role and label.

mod audit_history;
mod audit_page;
mod data_pages;
mod decide_pages;
mod flow;
mod looks;
mod model_pages;
mod pages;
mod prepare_pages;
mod projects;
mod rules_pages;
mod rules_road;
mod screen;
mod seen;
mod shell;
mod shop;
mod states;

use egui_kittest::Harness;
use seen::Seen;
use std::time::{Duration, Instant};
use touchstone::gui::LaunchOptions;
use touchstone::gui::app::App;
use touchstone::gui::i18n::Text;
use touchstone::gui::pages::Page;
use touchstone::gui::settings::Language;

/// The size most notebooks show.
pub const SIZE: [f32; 2] = [1440.0, 900.0];

pub const LANGUAGES: [Language; 2] = [Language::English, Language::Chinese];

/// Every page with the words above it, in the order of the navigation.
pub fn pages_in_navigation() -> impl Iterator<Item = (Page, Text)> {
    let pages = Page::ALL.into_iter().filter(|page| *page != Page::Welcome);
    pages.map(|page| (page, page.title()))
}

/// The running application.
pub type Window = Seen<App>;

impl Window {
    pub fn open(options: LaunchOptions) -> Self {
        let harness = Harness::builder()
            .with_size(SIZE)
            .with_step_dt(1.0 / 60.0)
            .with_max_steps(60)
            .build_eframe(move |cc| App::new(cc, options).expect("the window opens"));
        let mut window = Seen(harness);
        window.draw();
        window
    }

    pub fn app(&self) -> &App {
        self.0.state()
    }

    /// Draws until `is_so`, for as long as jobs may take.
    #[track_caller]
    pub fn wait(&mut self, what: &str, within: Duration, is_so: impl Fn(&App) -> bool) {
        let deadline = Instant::now() + within;
        while !is_so(self.app()) {
            assert!(
                Instant::now() < deadline,
                "not {what} within {within:?}:\n{}",
                self.texts().join("\n")
            );
            std::thread::sleep(Duration::from_millis(5));
            self.0.step();
        }
        self.draw();
    }

    pub fn language(&self) -> Language {
        self.app().state.settings.language
    }
}
