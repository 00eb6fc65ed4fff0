//! For tests of pages: one page drawn without a screen over a state, its commands kept instead of carried out.

use super::{Page, PageContext, Pages};
use crate::gui::command::{Command, Commands};
use crate::gui::state::AppState;
use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

/// What is left of a window of 1440 points beside the navigation.
const SIZE: [f32; 2] = [1204.0, 1000.0];

pub(super) struct Stage {
    pub state: AppState,
    pages: Pages,
    commands: Commands,
}

pub(super) type Drawn = Harness<'static, Stage>;

/// Draws this page of this state.
pub(super) fn drawn(page: Page, mut state: AppState) -> Drawn {
    state.settings.page = page;
    let stage = Stage {
        state,
        pages: Pages::default(),
        commands: Commands::default(),
    };
    let mut harness = Harness::builder()
        .with_size(SIZE)
        .with_step_dt(1.0 / 60.0)
        .with_max_steps(30)
        .with_context_setup(crate::gui::theme::install)
        .build_ui_state(
            |ui, stage: &mut Stage| {
                let Stage { state, pages, commands } = stage;
                pages.ui(&PageContext { state, commands }, ui);
            },
            stage,
        );
    harness.run_steps(3);
    harness
}

/// The commands sent since the last call.
pub(super) fn commands(harness: &Drawn) -> Vec<Command> {
    harness.state().commands.take()
}

/// The same as text.
pub(super) fn sent(harness: &Drawn) -> Vec<String> {
    commands(harness).iter().map(|command| format!("{command:?}")).collect()
}

/// Fails the test unless a command whose text has this part was sent since the last call.
#[track_caller]
pub(super) fn assert_sent(harness: &Drawn, part: &str) {
    let sent = sent(harness);
    assert!(
        sent.iter().any(|command| command.contains(part)),
        "`{part}` is not among {sent:?}"
    );
}

/// Presses the one control of this role and label.
#[track_caller]
pub(super) fn press(harness: &mut Drawn, role: Role, label: &str) {
    harness.get_by_role_and_label(role, label).click();
    harness.run_steps(3);
}
