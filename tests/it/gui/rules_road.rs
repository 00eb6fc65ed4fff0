//! The road of the rules through the real window: suggested, accepted, written by hand, saved, opened again.

use super::Window;
use crate::program::{Folder, sample_file};
use egui::Role;
use std::path::Path;
use std::time::Duration;
use touchstone::engine::flow::rules::{kept_check, project_rules};
use touchstone::engine::project::Project;
use touchstone::engine::rules::{RuleFile, RuleSheet};
use touchstone::gui::LaunchOptions;
use touchstone::gui::app::App;
use touchstone::gui::command::Command;
use touchstone::gui::command::rules::RulesCommand;
use touchstone::gui::i18n::rules as words;
use touchstone::gui::pages::Page;
use touchstone::gui::state::{Stage, StageMark};

const SOON: Duration = Duration::from_secs(90);

fn project(folder: &Folder) -> std::path::PathBuf {
    let project = folder.join("shop");
    std::fs::create_dir(&project).expect("writable");
    for name in ["events.csv", "items.csv"] {
        std::fs::copy(sample_file(name), project.join(name)).expect("a sample");
    }
    project
}

fn open(project: &Path) -> Window {
    let mut window = Window::open(LaunchOptions {
        project: Some(project.to_owned()),
        page: Some(Page::Rules),
        ..LaunchOptions::default()
    });
    window.wait("audited", SOON, |app| app.state.audit.report.ready().is_some());
    window
}

fn is_checked(app: &App) -> bool {
    let rules = &app.state.rules;
    rules.check.ready().is_some() && !rules.is_stale(&app.state.data) && rules.rows.is_some()
}

fn send(window: &Window, command: RulesCommand) {
    window.app().send(Command::Rules(command));
}

#[test]
fn suggested_rules_are_accepted_kept_and_there_when_the_project_is_opened_again() {
    let folder = Folder::new();
    let project = project(&folder);
    let mut window = open(&project);
    window.press_once(Role::Button, words::SUGGEST_FROM_LOG.en);
    window.wait("suggested", SOON, |app| app.state.rules.suggestions.ready().is_some());
    let found = window.app().state.rules.suggestions.ready().expect("found").clone();
    let held = found.found.rules.iter().filter(|rule| rule.accepted).count();
    window.press_once(Role::Button, &words::accept(window.language(), held));
    window.wait("checked", SOON, is_checked);
    let rules = window.app().state.rules.sheet.rules().to_vec();
    assert_eq!(rules.len(), held);
    let check = window.app().state.rules.check.ready().expect("checked").clone();
    window.wait("kept", SOON, |app| {
        let project = app.state.project.project.ready().expect("open");
        kept_check(project).is_some_and(|kept| kept.outcomes.len() == held)
    });
    drop(window);

    let text = std::fs::read_to_string(project.join("rules.toml")).expect("the project's own file");
    assert_eq!(RuleFile::parse(&text, "rules.toml").expect("sound").rules, rules);
    assert!(text.contains("# back-test: passed"), "{text}");

    let mut window = Window::open(LaunchOptions {
        project: Some(project),
        page: Some(Page::Rules),
        ..LaunchOptions::default()
    });
    window.wait("open", SOON, |app| app.state.project.project.ready().is_some());
    let told = |window: &Window| {
        let check = window.app().state.rules.check.value().expect("outcomes").clone();
        let told = check
            .outcomes
            .iter()
            .map(|outcome| (outcome.status, outcome.failed, outcome.message.en.clone()));
        told.collect::<Vec<_>>()
    };
    let before: Vec<_> = check
        .outcomes
        .iter()
        .map(|outcome| (outcome.status, outcome.failed))
        .collect();
    let kept: Vec<_> = told(&window)
        .into_iter()
        .map(|(status, failed, _)| (status, failed))
        .collect();
    assert_eq!(kept, before, "what was kept is shown at once");
    window.wait("checked again behind the audit", SOON, is_checked);
    window.must_show(&rules[0].title().en);
    window.must_show(&check.outcomes[0].message.en);
    let mark = window.app().state.status(Stage::Rules).mark;
    assert!(matches!(mark, StageMark::Done | StageMark::NeedsAttention), "{mark:?}");
}

#[test]
fn a_rule_is_written_with_a_live_count_changed_deleted_and_had_back() {
    let folder = Folder::new();
    let project = project(&folder);
    let mut window = open(&project);
    window.press_once(Role::Button, words::WRITE.en);
    window.wait("tried", SOON, |app| app.state.rules.trial.ready().is_some());
    let trial = window.app().state.rules.trial.ready().expect("tried").clone();
    window.must_show(&trial.outcome.message.en);
    window.press_once(Role::Button, words::ADD_RULE.en);
    window.wait("checked", SOON, is_checked);
    let check = window.app().state.rules.check.ready().expect("checked").clone();
    assert_eq!(
        (check.outcomes[0].failed, &check.outcomes[0].rule),
        (trial.outcome.failed, &trial.outcome.rule),
        "the live count told the truth"
    );
    let rule = trial.outcome.rule.clone();
    window.press_once(Role::Button, words::DELETE.en);
    window.wait("gone", SOON, |app| app.state.rules.sheet.rules().is_empty());
    assert!(!project.join("rules.toml").exists());
    send(&window, RulesCommand::Undo);
    window.wait("back", SOON, |app| {
        app.state.rules.sheet.rules().len() == 1 && is_checked(app)
    });
    let text = std::fs::read_to_string(project.join("rules.toml")).expect("back on the disk");
    assert_eq!(RuleFile::parse(&text, "rules.toml").expect("sound").rules, [rule]);
}

#[test]
fn a_rules_file_is_opened_and_saved_with_its_comments_and_edits_on_the_disk_are_taken_over() {
    let folder = Folder::new();
    let project = project(&folder);
    let text = "# ours\nversion = 1\n\n# known\n[[rule]] # first\nkind = \"not_null\"\ncolumn = \"user_id\" # who\n";
    let file = folder.write("team.toml", text);
    let mut window = open(&project);
    send(&window, RulesCommand::ReadFrom(file));
    window.wait("checked", SOON, is_checked);
    let saved = folder.join("saved.toml");
    send(&window, RulesCommand::WriteTo(saved.clone()));
    window.wait("saved", SOON, |app| app.state.rules.saved.is_some());
    assert_eq!(std::fs::read_to_string(&saved).expect("written"), text);
    assert_eq!(std::fs::read_to_string(project.join("rules.toml")).expect("kept"), text);

    // Somebody adds a rule by hand; the next change in the window is made to that file.
    let by_hand = format!("{text}\n# by hand\n[[rule]]\nkind = \"not_null\"\ncolumn = \"product_id\"\n");
    std::fs::write(project.join("rules.toml"), &by_hand).expect("writable");
    let old = window.app().state.rules.sheet.rules()[0].clone();
    let mut new = old.clone();
    new.mostly = 0.5;
    let (old, new) = (Box::new(old), Box::new(new));
    send(&window, RulesCommand::Replace { index: 0, old, new });
    window.wait("checked", SOON, |app| {
        app.state.rules.sheet.rules().len() == 2 && is_checked(app)
    });
    let now = std::fs::read_to_string(project.join("rules.toml")).expect("kept");
    assert_eq!(
        now,
        by_hand.replace("\"user_id\" # who\n", "\"user_id\" # who\nmostly = 0.5\n")
    );

    // A slip made by hand is told, and mended by hand.
    std::fs::write(project.join("rules.toml"), "version = 1\n[[rule]]\nkind = \"nul\"\n").expect("writable");
    send(&window, RulesCommand::Reload);
    window.wait("told", SOON, |app| app.state.rules.broken.is_some());
    window.must_show_part("line 3");
    std::fs::write(project.join("rules.toml"), text).expect("writable");
    window.press_once(Role::Button, words::READ_AGAIN.en);
    window.wait("mended", SOON, |app| {
        app.state.rules.broken.is_none() && is_checked(app)
    });
    assert_eq!(
        window.app().state.rules.sheet,
        RuleSheet::parse(text, "team.toml").expect("sound")
    );
    drop(window);
    let project = Project::open(&project).expect("closed by now");
    assert!(project_rules(&project).expect("sound").is_some());
}
