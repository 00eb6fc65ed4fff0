//! Opening projects: by path, by dropping files, twice, and where it cannot work.

use super::Window;
use crate::program::Folder;
use egui::Role;
use egui_kittest::kittest::Queryable as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use touchstone::gui::LaunchOptions;
use touchstone::gui::command::Command;
use touchstone::gui::command::data::DataCommand;
use touchstone::gui::command::project::ProjectCommand;
use touchstone::gui::i18n::{common, shell as words};
use touchstone::gui::pages::Page;

const SOON: Duration = Duration::from_secs(30);

fn is_open(app: &touchstone::gui::app::App) -> bool {
    app.state.project.project.ready().is_some()
}

fn empty_project(folder: &Folder) -> PathBuf {
    let project = folder.join("shop");
    std::fs::create_dir(&project).expect("writable");
    project
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn a_project_given_at_start_is_opened_and_remembered() {
    let folder = Folder::new();
    let project = empty_project(&folder);
    let mut window = Window::open(LaunchOptions {
        project: Some(project.clone()),
        page: Some(Page::Lineage),
        ..LaunchOptions::default()
    });
    window.wait("open", SOON, is_open);
    assert_eq!(window.app().state.settings.page, Page::Lineage);
    assert_eq!(window.app().state.settings.recent_projects, [project]);
    assert!(window.shows("Nothing has been made yet"));
    window.press(Role::Button, "shop  ▾");
    window.press(Role::Button, words::CLOSE_PROJECT.en);
    assert!(!is_open(window.app()));
    assert_eq!(window.app().state.settings.page, Page::Welcome);
    assert!(window.shows("shop"), "the closed project is among the recent ones");
}

#[test]
fn a_second_window_is_read_only_and_says_so() {
    let folder = Folder::new();
    let project = empty_project(&folder);
    let options = LaunchOptions {
        project: Some(project),
        ..LaunchOptions::default()
    };
    let mut first = Window::open(options.clone());
    first.wait("open", SOON, is_open);
    assert!(!first.shows(words::READ_ONLY.en));
    let mut second = Window::open(options);
    second.wait("open", SOON, is_open);
    assert!(second.shows(words::READ_ONLY.en));
    assert!(second.shows(words::READ_ONLY_WHY.en));
    second.press(Role::Button, words::DISMISS.en);
    assert!(second.app().state.project.notice.is_none());
    drop(second);
    drop(first);
}

#[test]
fn what_cannot_be_opened_is_told_on_the_welcome_page() {
    let folder = Folder::new();
    let project = empty_project(&folder);
    std::fs::write(project.join("project.db"), "no database").expect("writable");
    let mut window = Window::open(LaunchOptions::default());
    window.0.state().send(Command::Project(ProjectCommand::Open(project)));
    window.wait("failed", SOON, |app| app.state.project.project.error().is_some());
    assert_eq!(window.app().state.settings.page, Page::Welcome);
    assert!(window.shows_part("project.db"), "{}", window.texts().join("\n"));
    // The way out is still there.
    window.0.get_by_role_and_label(Role::Button, "Open the sample project");
}

#[test]
fn a_typed_path_opens_a_log_in_a_project_beside_it() {
    let folder = Folder::new();
    let log = folder.write(
        "clicks.csv",
        "user_id,item_id,event_type,event_time\n1,2,view,2025-01-01 00:00:00\n",
    );
    let mut window = Window::open(LaunchOptions::default());
    let field = window.0.get_by_role(Role::TextInput);
    field.focus();
    window.0.run_ok();
    window
        .0
        .get_by_role(Role::TextInput)
        .type_text(log.to_str().expect("plain"));
    window.draw();
    window.press(Role::Button, "Open");
    window.wait("open", SOON, is_open);
    assert_eq!(window.app().state.settings.page, Page::Data);
    assert!(folder.join("clicks touchstone/project.db").is_file());
    assert_eq!(window.app().state.project.sources.events, [log]);
}

#[test]
fn a_dropped_log_is_opened_and_hovering_files_are_welcomed() {
    let folder = Folder::new();
    let log = folder.write("day.csv", "user_id,event_time\n1,2025-01-01 00:00:00\n");
    let mut window = Window::open(LaunchOptions::default());
    window.0.input_mut().dropped_files.push(Arc::new(Dropped(log.clone())));
    window.0.step();
    window.wait("open", SOON, is_open);
    assert_eq!(window.app().state.project.sources.events, [log]);
}

#[test]
fn files_dropped_together_are_one_log() {
    let folder = Folder::new();
    let day = |day: u64| {
        let text = format!("user_id,event_time\n{day},2025-01-0{day} 00:00:00\n7,2025-01-0{day} 12:00:00\n");
        folder.write(&format!("day{day}.csv"), &text)
    };
    let days: Vec<PathBuf> = (1..=3).map(day).collect();
    let mut window = Window::open(LaunchOptions::default());
    for path in &days {
        window.0.input_mut().dropped_files.push(Arc::new(Dropped(path.clone())));
    }
    window.0.step();
    window.wait("read", SOON, |app| app.state.data.dataset.ready().is_some());
    assert_eq!(window.app().state.project.sources.events, days);
    let log = window.app().state.data.dataset.ready().expect("one log").clone();
    assert_eq!((log.num_rows(), log.info.sources.len()), (6, 3));
    // Dropped on an open project they take the place of its log.
    for path in &days[1..] {
        window.0.input_mut().dropped_files.push(Arc::new(Dropped(path.clone())));
    }
    window.0.step();
    window.wait("read again", SOON, |app| {
        app.state.data.dataset.ready().is_some_and(|log| log.num_rows() == 4)
    });
    assert_eq!(window.app().state.project.sources.events, days[1..]);
}

#[test]
fn a_log_opened_on_the_data_page_gets_a_project_beside_it() {
    let folder = Folder::new();
    let log = folder.write(
        "orders.csv",
        "user_id,item_id,event_type,event_time\n1,2,view,2025-01-01 00:00:00\n",
    );
    let mut window = Window::open(LaunchOptions {
        page: Some(Page::Data),
        ..LaunchOptions::default()
    });
    window.0.get_by_role(Role::TextInput).focus();
    window.0.run_ok();
    window
        .0
        .get_by_role(Role::TextInput)
        .type_text(log.to_str().expect("plain"));
    window.draw();
    window.press(Role::Button, "Open");
    window.wait("read", SOON, |app| app.state.data.dataset.ready().is_some());
    assert!(is_open(window.app()));
    assert!(folder.join("orders touchstone/project.db").is_file());
}

#[test]
fn a_file_that_is_no_table_is_told_and_leaves_no_folder() {
    let folder = Folder::new();
    let picture = folder.write("photo.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice());
    let mut window = Window::open(LaunchOptions {
        page: Some(Page::Data),
        ..LaunchOptions::default()
    });
    window.0.state().send(Command::Data(DataCommand::Open(vec![picture])));
    window.wait("failed", SOON, |app| app.state.project.project.error().is_some());
    window.must_show_part("photo.csv");
    assert!(!folder.join("photo touchstone").exists());
}

#[test]
fn a_log_that_is_not_there_is_told_on_the_data_page_with_a_way_out() {
    let folder = Folder::new();
    let mut window = Window::open(LaunchOptions {
        project: Some(empty_project(&folder)),
        page: Some(Page::Data),
        ..LaunchOptions::default()
    });
    window.wait("open", SOON, is_open);
    let absent = folder.join("absent.csv");
    window
        .0
        .state()
        .send(Command::Data(DataCommand::Open(vec![absent.clone()])));
    window.wait("failed", SOON, |app| app.state.data.dataset.error().is_some());
    window.must_show_part("absent.csv");
    // The file arrives; trying again is enough.
    std::fs::write(&absent, "user_id,event_time\n1,2025-01-01 00:00:00\n").expect("writable");
    window.press_once(Role::Button, common::RETRY.en);
    window.wait("read", SOON, |app| app.state.data.dataset.ready().is_some());
    assert_eq!(window.app().state.data.open_log(), Some(("absent".to_owned(), 1)));
}
