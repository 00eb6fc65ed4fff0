//! Opening the window: options, window size, what to do first, and telling a watcher when all is drawn.

use super::app::App;
use super::command::project::ProjectCommand;
use super::command::{Command, Commands};
use super::pages::Page;
use super::settings::{Language, Settings, ThemeChoice};
use super::state::AppState;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How the window is opened; what is not set comes from the last session.
#[derive(Clone, Debug, Default)]
pub struct LaunchOptions {
    pub project: Option<PathBuf>,
    pub page: Option<Page>,
    pub language: Option<Language>,
    pub theme: Option<ThemeChoice>,
    /// Touched once the page is drawn and no job runs; for screenshots and the window test.
    pub ready_file: Option<PathBuf>,
    /// Window size in points; with it the size of the last session is neither used nor overwritten.
    pub inner_size: Option<[f32; 2]>,
    /// Folder that the sample project is made in; the user's documents when not set.
    pub sample_home: Option<PathBuf>,
}

impl LaunchOptions {
    pub(super) fn override_settings(&self, settings: &mut Settings) {
        if let Some(language) = self.language {
            settings.language = language;
        }
        if let Some(theme) = self.theme {
            settings.theme = theme;
        }
        settings.sample_home.clone_from(&self.sample_home);
    }

    /// Opens the project asked for and shows the page asked for, or the one shown last.
    pub(super) fn first_commands(&self, settings: &Settings, commands: &Commands) {
        if let Some(project) = &self.project {
            commands.send(Command::Project(ProjectCommand::Open(project.clone())));
            let page = self.page.unwrap_or(match settings.page {
                Page::Welcome => Page::Data,
                page => page,
            });
            commands.send(Command::Go(page));
        } else if let Some(page) = self.page {
            commands.send(Command::Go(page));
        }
    }

    pub(super) fn ready_signal(&self) -> ReadySignal {
        ReadySignal {
            file: self.ready_file.clone(),
            started: Instant::now(),
            frames: 0,
            quiet_frames: 0,
        }
    }
}

/// Touches a file once nothing is running and a few quiet frames were drawn; before that one beside it, with the
/// ending `.first-frame`, as soon as the first frame is on the screen.
pub struct ReadySignal {
    file: Option<PathBuf>,
    started: Instant,
    frames: u32,
    quiet_frames: u32,
}

impl ReadySignal {
    const QUIET_FRAMES: u32 = 6;

    pub(super) fn after_frame(&mut self, state: &AppState, idle: bool, ctx: &egui::Context) {
        let Some(file) = &self.file else { return };
        self.frames = self.frames.saturating_add(1);
        // A second frame is only drawn when the first was handed to the screen.
        if self.frames == 2 {
            touch(&file.with_extension("first-frame"));
        }
        let quiet = idle && !state.flow.is_running() && self.started.elapsed() > Duration::from_millis(300);
        self.quiet_frames = if quiet { self.quiet_frames + 1 } else { 0 };
        if self.quiet_frames >= Self::QUIET_FRAMES {
            touch(file);
            self.file = None;
        } else {
            ctx.request_repaint_after(Duration::from_millis(30));
        }
    }
}

fn touch(file: &std::path::Path) {
    if std::fs::write(file, b"ready\n").is_err() {
        tracing::warn!("cannot write the ready file {}", file.display());
    }
}

/// Opens the window and returns when it is closed.
pub fn open(options: LaunchOptions) -> anyhow::Result<()> {
    let size = options.inner_size.unwrap_or([1440.0, 900.0]);
    let viewport = egui::ViewportBuilder::default()
        .with_title("Touchstone")
        .with_app_id("touchstone")
        .with_inner_size(size)
        .with_min_inner_size([1024.0, 640.0])
        .with_drag_and_drop(true)
        .with_icon(super::shell::window_icon());
    let native = eframe::NativeOptions {
        viewport,
        persist_window: options.inner_size.is_none(),
        centered: true,
        ..Default::default()
    };
    eframe::run_native(
        "touchstone",
        native,
        Box::new(move |cc| {
            let app = App::new(cc, options)?;
            Ok(Box::new(app))
        }),
    )
    .map_err(|error| anyhow::anyhow!("the window cannot be opened: {error}; on a machine without a display use the commands (`touchstone --help`), or start it under Xvfb"))
}
