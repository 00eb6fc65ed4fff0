//! The window's frame and pages over a state that the test writes itself.

use super::{SIZE, Seen};
use egui::{Role, Theme};
use egui_kittest::Harness;
use std::time::Instant;
use touchstone::engine::artifact::Bilingual;
use touchstone::engine::progress::Progress;
use touchstone::gui::command::{Command, Commands};
use touchstone::gui::jobs::Job;
use touchstone::gui::pages::{Page, PageContext, Pages};
use touchstone::gui::settings::ThemeChoice;
use touchstone::gui::shell::Shell;
use touchstone::gui::state::{AppState, Stage};
use touchstone::gui::theme;

/// Draws as the application does, but applies no command: what was asked for can be read.
pub struct Board {
    pub state: AppState,
    pub jobs: Vec<Job>,
    commands: Commands,
    pages: Pages,
    shell: Shell,
}

pub type Screen = Seen<Board>;

impl eframe::App for Board {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let cx = PageContext {
            state: &self.state,
            commands: &self.commands,
        };
        self.shell.ui(&cx, &self.jobs, ui, |ui| self.pages.ui(&cx, ui));
    }
}

impl Screen {
    /// Shows this page of this state.
    pub fn of(page: Page, state: AppState) -> Self {
        Self::with_job(page, state, None)
    }

    /// The same while a job runs, as the tray shows it.
    pub fn with_job(page: Page, mut state: AppState, job: Option<(Stage, Progress)>) -> Self {
        state.settings.page = page;
        let theme = match state.settings.theme {
            ThemeChoice::Light => Theme::Light,
            ThemeChoice::Dark | ThemeChoice::System => Theme::Dark,
        };
        let jobs = job.into_iter().map(|(stage, progress)| Job {
            id: 1,
            stage,
            title: Bilingual::new("A job", "任务"),
            progress,
            started: Instant::now(),
        });
        let board = Board {
            state,
            jobs: jobs.collect(),
            commands: Commands::default(),
            pages: Pages::default(),
            shell: Shell::default(),
        };
        let harness = Harness::builder()
            .with_size(SIZE)
            .with_step_dt(1.0 / 60.0)
            .with_max_steps(60)
            .with_theme(theme)
            .with_context_setup(theme::install)
            .build_eframe(move |_cc| board);
        let mut screen = Seen(harness);
        screen.draw();
        screen
    }

    /// The commands asked for since the last call.
    pub fn sent(&self) -> Vec<Command> {
        self.0.state().commands.take()
    }

    /// Presses a control and returns what it asked for.
    #[track_caller]
    pub fn answer(&mut self, role: Role, label: &str) -> Vec<Command> {
        self.sent();
        self.press(role, label);
        self.sent()
    }

    /// The same where several controls do the same.
    #[track_caller]
    pub fn first_answer(&mut self, role: Role, label: &str) -> Vec<Command> {
        self.sent();
        self.press_first(role, label);
        self.sent()
    }
}

/// Fails the test unless a command of this form was sent.
macro_rules! assert_sent {
    ($sent:expr, $pattern:pat $(if $guard:expr)?) => {{
        let sent = $sent;
        assert!(
            sent.iter().any(|command| matches!(command, $pattern $(if $guard)?)),
            "`{}` was not asked for, but {sent:?}",
            stringify!($pattern)
        );
    }};
}
pub(super) use assert_sent;
