//! From the Welcome page through every stage, by one click and page by page, on real engines.
//!
//! Training runs in a process of its own, which the window starts from the program named in
//! `TOUCHSTONE_BIN`; a test therefore runs itself again with that and an empty home folder.

use super::Window;
use crate::program::{Folder, MADE_BY_THE_FLOW};
use crate::tiny_model::{shop_words, write_model};
use egui::Role;
use egui_kittest::kittest::Queryable as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use touchstone::engine::audit::AuditReport;
use touchstone::engine::flow::catalogue;
use touchstone::engine::run::status::RunStatus;
use touchstone::gui::LaunchOptions;
use touchstone::gui::app::App;
use touchstone::gui::i18n::{self, Text, flow as words};
use touchstone::gui::pages::Page;
use touchstone::gui::state::flow::FLOW;
use touchstone::gui::state::{Stage, StageMark};

/// All stages of the sample shop with a tiny model, on two busy cores.
const WITHIN: Duration = Duration::from_secs(300);
/// One job on a few thousand rows, on two busy cores.
const JOB: Duration = Duration::from_secs(120);

/// The folder this test may use, in the process that may start workers; runs the test there and ends here else.
macro_rules! own_home {
    ($name:literal) => {
        match home_of_this_process() {
            Some(home) => home,
            None => return in_a_process_of_its_own(concat!("gui::flow::", $name)),
        }
    };
}

#[test]
fn one_click_goes_through_every_stage() {
    let home = own_home!("one_click_goes_through_every_stage");
    let mut window = first_start(&home);
    window.press_once(Role::Button, words::RUN.en);
    window.wait("at the end of the flow", WITHIN, |app| {
        app.state.flow.finished || app.state.flow.stopped.is_some()
    });
    let state = &window.app().state;
    assert_eq!(state.flow.stopped, None, "the flow stopped");
    assert_all_done(&window);
    assert!(
        state.status(Stage::Audit).count.is_some(),
        "the audit found planted defects"
    );
    assert!(home.join("projects/Sample shop/project.db").is_file());
}

#[test]
fn each_page_leads_to_the_next_by_its_own_button() {
    let home = own_home!("each_page_leads_to_the_next_by_its_own_button");
    let made = Command::new(env!("CARGO_BIN_EXE_touchstone"))
        .args(["sample", "--rows", "4000"])
        .arg(home.join("projects/Sample shop"))
        .status();
    assert!(made.expect("the program starts").success());
    let mut window = first_start(&home);
    window.press_once(Role::Button, i18n::welcome::OPEN_SAMPLE.en);
    window.wait("read and audited", JOB, |app| app.state.audit.report.ready().is_some());
    window.wait("kept", JOB, |app| {
        app.state.status(Stage::Audit).count.is_some() && kept_audit(app).is_some()
    });
    let kept = kept_audit(window.app()).expect("the whole report is kept");
    let shown = window.app().state.audit.report.ready().expect("audited").clone();
    let told = |report: &AuditReport| -> Vec<_> {
        let findings = report.findings.iter();
        let told = findings.map(|found| (found.code.clone(), found.count, found.examples.len(), found.plots.len()));
        told.collect()
    };
    assert_eq!(told(&kept), told(&shown), "with its examples and plots");
    assert_eq!(
        (kept.columns.len(), kept.checks.len()),
        (shown.columns.len(), shown.checks.len())
    );

    on(&mut window, Page::Data, i18n::data::AUDIT);
    repair_what_was_found(&mut window);
    apply_the_recipe(&mut window);
    build_features(&mut window);
    train(&mut window);

    on(&mut window, Page::Evaluate, i18n::evaluate::RUN);
    window.wait("evaluated", JOB, |app| app.state.evaluate.evaluations.ready().is_some());
    on(&mut window, Page::Evaluate, i18n::evaluate::TO_COMPARE);
    on(&mut window, Page::Compare, i18n::compare::RUN);
    window.wait("compared", JOB, |app| app.state.compare.comparison.ready().is_some());
    let compared = window.app().state.compare.comparison.ready().expect("compared").clone();
    window.must_show(&compared.comparison.verdict.en);

    go(&mut window, Page::Experiments);
    on(&mut window, Page::Experiments, i18n::experiments::RUN);
    window.wait("read", JOB, |app| app.state.experiments.report.ready().is_some());
    let report = window.app().state.experiments.report.ready().expect("read").clone();
    window.must_show(&report.verdict.headline.en);

    assert_all_done(&window);
    go(&mut window, Page::Lineage);
    for kind in MADE_BY_THE_FLOW {
        window.must_show(i18n::lineage::kind(kind).en);
    }
}

/// Adds the repair of the duplicates by its own button, then all others by the page's main one.
fn repair_what_was_found(window: &mut Window) {
    assert_eq!(page(window), Page::Audit);
    let report = window.app().state.audit.report.ready().expect("audited").clone();
    let duplicates = report.with_code("U01").next().expect("the sample plants duplicates");
    filter(window, "U01");
    let fix = duplicates.fix_title.as_ref().expect("duplicates can be dropped");
    window.press(Role::Button, &format!("+ {}", fix.en));
    assert_eq!(window.app().state.recipe.recipe.steps.len(), 1);
    window.must_show(i18n::audit::ADDED.en);
    let rest = window.starting_with(Role::Button, "Add ");
    window.press(Role::Button, &rest);
    let steps = window.app().state.recipe.recipe.steps.len();
    assert!(steps > 1, "`{rest}` left {steps} steps");
}

/// What `touchstone report` finds of the audit.
fn kept_audit(app: &App) -> Option<AuditReport> {
    catalogue::kept_audit(app.state.project.project.ready()?)
}

fn filter(window: &mut Window, code: &str) {
    let name = i18n::audit::SEARCH.en;
    window.0.get_by_role_and_label(Role::TextInput, name).focus();
    window.0.run_ok();
    window.0.get_by_role_and_label(Role::TextInput, name).type_text(code);
    window.draw();
}

fn apply_the_recipe(window: &mut Window) {
    go(window, Page::Recipe);
    window.wait("previewed", JOB, |app| app.state.recipe.preview.ready().is_some());
    assert_eq!(window.app().state.recipe.selected, Some(0), "a step is open at once");
    window.must_show(i18n::recipe::EFFECT.en);
    let expected = |app: &App| app.state.recipe.preview.value().map(|found| found.preview.rows_out);
    let previewed = expected(window.app());
    on(window, Page::Recipe, i18n::recipe::APPLY);
    window.wait("applied", JOB, |app| app.state.recipe.applied.ready().is_some());
    let state = &window.app().state;
    let applied = state.recipe.applied.ready().expect("applied");
    assert_eq!(
        Some(applied.dataset.num_rows() as u64),
        previewed,
        "the preview told the truth"
    );
    assert_eq!(state.status(Stage::Recipe).mark, StageMark::Done);
}

fn build_features(window: &mut Window) {
    go(window, Page::Features);
    window.wait("looked over", JOB, |app| app.state.features.outline.ready().is_some());
    on(window, Page::Features, i18n::features::BUILD);
    window.wait("built", JOB, |app| app.state.features.set.ready().is_some());
    on(window, Page::Features, i18n::features::TO_TRAIN);
}

/// A run with the form's own settings, watched to its end.
fn train(window: &mut Window) {
    window.wait("offered for training", JOB, |app| {
        app.state.train.is_listed && app.state.train.inputs.is_some()
    });
    on(window, Page::Train, i18n::train::NEW_RUN);
    window.press_once(Role::Button, i18n::train::form::START.en);
    window.wait("trained", WITHIN, |app| {
        let run = app.state.train.runs.runs.first();
        run.is_some_and(|run| !run.status.is_live() && run.status != RunStatus::Waiting)
    });
    let run = window.app().state.train.runs.runs[0].clone();
    assert_eq!(run.status, RunStatus::Finished, "{}", run.last_words);
    on(window, Page::Train, i18n::train::EVALUATE);
}

fn page(window: &Window) -> Page {
    window.app().state.settings.page
}

/// Presses a button of the page that must be open.
#[track_caller]
fn on(window: &mut Window, expected: Page, button: Text) {
    assert_eq!(page(window), expected);
    window.press_once(Role::Button, button.en);
    window.draw();
}

/// Opens a page by the navigation.
#[track_caller]
fn go(window: &mut Window, to: Page) {
    window.press_once(Role::Button, to.title().en);
    window.draw();
    assert_eq!(page(window), to);
}

fn assert_all_done(window: &Window) {
    for stage in FLOW {
        let mark = window.app().state.status(stage).mark;
        let is_done = matches!(mark, StageMark::Done | StageMark::NeedsAttention);
        assert!(is_done, "{stage:?} is {mark:?} at the end");
    }
}

/// The window as a new user sees it, with a tiny base model in place of the real one.
fn first_start(home: &Path) -> Window {
    write_model(&home.join("cache/touchstone/models/minilm-l6"), &shop_words());
    Window::open(LaunchOptions {
        sample_home: Some(home.join("projects")),
        ..LaunchOptions::default()
    })
}

fn home_of_this_process() -> Option<PathBuf> {
    std::env::var_os("TOUCHSTONE_BIN")?;
    Some(std::env::var_os("HOME").expect("set by the outer test").into())
}

fn in_a_process_of_its_own(name: &str) {
    let folder = Folder::new();
    let program = std::env::current_exe().expect("this test program");
    let output = Command::new(program)
        .args(["--exact", name, "--nocapture"])
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
