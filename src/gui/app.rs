//! The application: three phases of `logic`, then drawing.

use super::apply::{ApplyContext, apply};
use super::command::{Command, Commands};
use super::jobs::JobQueue;
use super::launch::LaunchOptions;
use super::pages::{PageContext, Pages};
use super::settings::Settings;
use super::shell;
use super::state::AppState;
use super::theme;
use std::time::Duration;

/// Everything the window owns.
pub struct App {
    pub state: AppState,
    pages: Pages,
    jobs: JobQueue,
    commands: Commands,
    shell: shell::Shell,
    ready_signal: super::launch::ReadySignal,
    /// Kept alive for the jobs; dropped last, without waiting for them.
    _runtime: tokio::runtime::Runtime,
}

impl App {
    /// Builds the application; also used by the headless tests.
    pub fn new(cc: &eframe::CreationContext<'_>, options: LaunchOptions) -> anyhow::Result<Self> {
        theme::install(&cc.egui_ctx);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("jobs")
            .enable_time()
            .build()?;
        let mut settings: Settings = cc
            .storage
            .and_then(|storage| eframe::get_value(storage, eframe::APP_KEY))
            .unwrap_or_default();
        options.override_settings(&mut settings);
        theme::apply_theme(&cc.egui_ctx, settings.theme);
        let commands = Commands::default();
        options.first_commands(&settings, &commands);
        if settings.page != super::pages::Page::Settings && options.project.is_none() {
            settings.page = super::pages::Page::Welcome;
        }
        Ok(Self {
            state: AppState {
                settings,
                ..AppState::default()
            },
            pages: Pages::default(),
            jobs: JobQueue::new(runtime.handle().clone(), cc.egui_ctx.clone()),
            commands,
            shell: shell::Shell::default(),
            ready_signal: options.ready_signal(),
            _runtime: runtime,
        })
    }

    /// Sends a command as a page would; for tests and the shell.
    pub fn send(&self, command: Command) {
        self.commands.send(command);
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        // The settings alone decide: the toolkit keeps a preference of its own, which others may set.
        theme::apply_theme(ctx, self.state.settings.theme);
        let completions = self.jobs.take_finished();
        let mut cx = ApplyContext {
            state: &mut self.state,
            jobs: &mut self.jobs,
            commands: &self.commands,
        };
        for done in completions {
            done(&mut cx);
        }
        super::apply::train::poll_runs(&mut cx);
        super::apply::flow::advance(&mut cx);
        shell::shortcuts(ctx, cx.commands);
        super::apply::project::take_dropped_files(ctx, cx.commands);
        for command in self.commands.take() {
            apply(
                command,
                &mut ApplyContext {
                    state: &mut self.state,
                    jobs: &mut self.jobs,
                    commands: &self.commands,
                },
            );
        }
        if !self.jobs.running().is_empty() {
            ctx.request_repaint_after(Duration::from_millis(100));
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let cx = PageContext {
            state: &self.state,
            commands: &self.commands,
        };
        self.shell.ui(&cx, self.jobs.running(), ui, |ui| self.pages.ui(&cx, ui));
        self.ready_signal
            .after_frame(&self.state, self.jobs.running().is_empty(), ui.ctx());
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, eframe::APP_KEY, &self.state.settings);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}
