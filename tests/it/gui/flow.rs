//! From the Welcome page through every stage by one click, on real engines.
//!
//! Training runs in a process of its own, which the window starts from the program named in
//! `TOUCHSTONE_BIN`; the test therefore runs itself again with that and an empty home folder.

use super::Window;
use crate::program::Folder;
use crate::tiny_model::{shop_words, write_model};
use egui::Role;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use touchstone::gui::LaunchOptions;
use touchstone::gui::i18n::flow as words;
use touchstone::gui::state::flow::FLOW;
use touchstone::gui::state::{Stage, StageMark};

const HERE: &str = "gui::flow::one_click_goes_through_every_stage";

/// All stages of the sample shop with a tiny model, on two busy cores.
const WITHIN: Duration = Duration::from_secs(240);

#[test]
#[ignore = "the pages of some stages do nothing yet"]
fn one_click_goes_through_every_stage() {
    if std::env::var_os("TOUCHSTONE_BIN").is_none() {
        return in_a_process_of_its_own();
    }
    let home = std::env::var_os("HOME").expect("set by the outer test");
    let home = Path::new(&home);
    write_model(&home.join("cache/touchstone/models/minilm-l6"), &shop_words());
    let mut window = Window::open(LaunchOptions {
        sample_home: Some(home.join("projects")),
        ..LaunchOptions::default()
    });
    window.press_once(Role::Button, words::RUN.en);
    window.wait("at the end of the flow", WITHIN, |app| {
        app.state.flow.finished || app.state.flow.stopped.is_some()
    });
    let state = &window.app().state;
    assert_eq!(state.flow.stopped, None, "the flow stopped");
    for stage in FLOW {
        let mark = state.status(stage).mark;
        let is_done = matches!(mark, StageMark::Done | StageMark::NeedsAttention);
        assert!(is_done, "{stage:?} is {mark:?} at the end");
    }
    assert!(
        state.status(Stage::Audit).count.is_some(),
        "the audit found planted defects"
    );
    assert!(home.join("projects/Sample shop/project.db").is_file());
}

fn in_a_process_of_its_own() {
    let folder = Folder::new();
    let program = std::env::current_exe().expect("this test program");
    let output = Command::new(program)
        .args(["--exact", HERE, "--include-ignored", "--nocapture"])
        .env("TOUCHSTONE_BIN", env!("CARGO_BIN_EXE_touchstone"))
        .env("HOME", folder.path())
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("XDG_DATA_HOME", folder.join("data"))
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
