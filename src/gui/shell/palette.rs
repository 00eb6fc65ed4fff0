//! Ctrl+K: every page and every action of the window by name, from the keyboard.

use crate::gui::command::audit::AuditCommand;
use crate::gui::command::data::DataCommand;
use crate::gui::command::project::ProjectCommand;
use crate::gui::command::rules::RulesCommand;
use crate::gui::command::{Command, Commands};
use crate::gui::i18n::{Text, flow as flow_words, rules, shell as words, welcome};
use crate::gui::pages::{Page, PageContext};
use crate::gui::settings::{Language, ThemeChoice};
use crate::gui::state::AppState;
use crate::gui::theme::{palette, space, text};
use egui::{Button, Id, Key, KeyboardShortcut, Modal, Modifiers, RichText, ScrollArea, TextEdit, Ui};
use std::path::PathBuf;

/// Opens the palette; shown in the top bar.
pub const SHORTCUT: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::K);

const WIDTH: f32 = 520.0;
const LIST_HEIGHT: f32 = 340.0;

/// What an entry does.
#[derive(Clone, Debug, PartialEq)]
enum Action {
    Go(Page),
    Language(Language),
    Theme(ThemeChoice),
    RunFlow,
    Sample,
    OpenLog,
    OpenFolder,
    Recent(PathBuf),
    OpenItems,
    Audit,
    ExportAudit,
    CheckRules,
    SuggestRules,
    CloseProject,
}

impl Action {
    fn send(self, commands: &Commands) {
        let project = |command| commands.send(Command::Project(command));
        match self {
            Self::Go(page) => commands.send(Command::Go(page)),
            Self::Language(language) => commands.send(Command::SetLanguage(language)),
            Self::Theme(theme) => commands.send(Command::SetTheme(theme)),
            Self::RunFlow => project(ProjectCommand::RunFlow),
            Self::Sample => project(ProjectCommand::CreateSample { run_flow: false }),
            Self::OpenLog => project(ProjectCommand::PickLog),
            Self::OpenFolder => project(ProjectCommand::PickFolder),
            Self::Recent(folder) => {
                project(ProjectCommand::Open(folder));
                commands.send(Command::Go(Page::Data));
            }
            Self::OpenItems => commands.send(Command::Data(DataCommand::PickItems)),
            Self::Audit => {
                commands.send(Command::Go(Page::Audit));
                commands.send(Command::Audit(AuditCommand::Run));
            }
            Self::ExportAudit => commands.send(Command::Audit(AuditCommand::Export)),
            Self::CheckRules | Self::SuggestRules => {
                let is_check = self == Self::CheckRules;
                commands.send(Command::Go(Page::Rules));
                commands.send(Command::Rules(if is_check {
                    RulesCommand::Check
                } else {
                    RulesCommand::Suggest
                }));
            }
            Self::CloseProject => project(ProjectCommand::Close),
        }
    }
}

#[derive(Clone, Debug)]
struct Entry {
    label: String,
    /// What kind of thing it is, in a quiet colour on the right.
    kind: &'static str,
    action: Action,
}

/// Widget state.
#[derive(Default)]
pub struct CommandPalette {
    is_open: bool,
    search: String,
    selected: usize,
}

impl CommandPalette {
    pub fn open(&mut self) {
        *self = Self {
            is_open: true,
            ..Self::default()
        };
    }

    /// Draws it over the window while it is open.
    pub fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        if ui.input_mut(|i| i.consume_shortcut(&SHORTCUT)) {
            self.open();
        }
        if !self.is_open {
            return;
        }
        let shown: Vec<Entry> = entries(cx.state)
            .into_iter()
            .filter(|entry| matches(&entry.label, &self.search))
            .collect();
        self.move_selection(ui, shown.len());
        let mut chosen = ui
            .input_mut(|i| i.consume_key(Modifiers::NONE, Key::Enter))
            .then(|| shown.get(self.selected).cloned())
            .flatten();
        let modal = Modal::new(Id::unique("command palette")).show(ui, |ui| {
            ui.set_width(WIDTH);
            let field = TextEdit::singleline(&mut self.search)
                .hint_text(cx.t(words::COMMANDS))
                .desired_width(f32::INFINITY);
            let field = ui.add(field).accessible_name(cx.t(words::COMMANDS));
            field.request_focus();
            if field.changed() {
                self.selected = 0;
            }
            ui.add_space(space::TIGHT);
            if let Some(entry) = self.list_ui(cx, ui, &shown) {
                chosen = Some(entry);
            }
        });
        if modal.should_close() {
            self.is_open = false;
        }
        if let Some(entry) = chosen {
            self.is_open = false;
            entry.action.send(cx.commands);
        }
    }

    fn move_selection(&mut self, ui: &Ui, count: usize) {
        let down = ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::ArrowDown));
        let up = ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::ArrowUp));
        if down {
            self.selected += 1;
        }
        if up {
            self.selected = self.selected.saturating_sub(1);
        }
        self.selected = self.selected.min(count.saturating_sub(1));
    }

    /// The entry that was clicked.
    fn list_ui(&self, cx: &PageContext<'_>, ui: &mut Ui, shown: &[Entry]) -> Option<Entry> {
        let p = palette(ui);
        if shown.is_empty() {
            ui.label(RichText::new(cx.t(words::NO_COMMAND)).color(p.text_2));
            return None;
        }
        let mut clicked = None;
        ScrollArea::vertical().max_height(LIST_HEIGHT).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            for (index, entry) in shown.iter().enumerate() {
                let selected = index == self.selected;
                let kind = RichText::new(entry.kind).font(text::small()).color(p.text_2);
                let label = RichText::new(&entry.label).color(if selected { p.accent } else { p.text });
                let button = Button::selectable(selected, label).right_text(kind);
                let response = ui.add_sized([ui.available_width(), space::ROW], button);
                if selected {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    clicked = Some(entry.clone());
                }
            }
        });
        clicked
    }
}

/// Every word of the search occurs in the label, whatever the case.
fn matches(label: &str, search: &str) -> bool {
    let label = label.to_lowercase();
    search
        .to_lowercase()
        .split_whitespace()
        .all(|word| label.contains(word))
}

/// What can be done now, pages first.
fn entries(state: &AppState) -> Vec<Entry> {
    let lang = state.settings.language;
    let mut out = Vec::new();
    let mut add = |label: String, kind: Text, action| {
        out.push(Entry {
            label,
            kind: lang.t(kind),
            action,
        });
    };
    for page in Page::ALL {
        add(lang.t(page.title()).to_owned(), words::KIND_PAGE, Action::Go(page));
    }
    let project = state.project.project.value().is_some();
    let mut act = |text: Text, action| add(lang.t(text).to_owned(), words::KIND_ACTION, action);
    if project {
        act(flow_words::RUN, Action::RunFlow);
        act(words::RUN_AUDIT, Action::Audit);
        if state.audit.report.value().is_some() {
            act(words::EXPORT_AUDIT, Action::ExportAudit);
        }
        if !state.rules.sheet.rules().is_empty() {
            act(rules::CHECK_ALL, Action::CheckRules);
        }
        act(rules::SUGGEST_FROM_LOG, Action::SuggestRules);
        act(words::OPEN_ITEMS, Action::OpenItems);
        act(words::CLOSE_PROJECT, Action::CloseProject);
    }
    act(welcome::OPEN_LOG, Action::OpenLog);
    act(words::OPEN_PROJECT, Action::OpenFolder);
    act(welcome::OPEN_SAMPLE, Action::Sample);
    for language in [Language::English, Language::Chinese] {
        let label = format!("{}: {}", lang.t(words::LANGUAGE), words::native_name(language));
        add(label, words::KIND_ACTION, Action::Language(language));
    }
    let themes = [
        (ThemeChoice::Dark, words::DARK),
        (ThemeChoice::Light, words::LIGHT),
        (ThemeChoice::System, words::SYSTEM),
    ];
    for (theme, name) in themes {
        let label = format!("{}: {}", lang.t(words::THEME), lang.t(name));
        add(label, words::KIND_ACTION, Action::Theme(theme));
    }
    for folder in &state.settings.recent_projects {
        let name = folder.file_name().unwrap_or(folder.as_os_str());
        add(
            name.to_string_lossy().into_owned(),
            words::KIND_PROJECT,
            Action::Recent(folder.clone()),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_words_in_any_order_and_case() {
        assert!(matches("Run the whole flow", "FLOW run"));
        assert!(matches("主题: 深色", "深"));
        assert!(!matches("Run the whole flow", "flow audit"));
        assert!(matches("anything", "  "));
    }

    #[test]
    fn without_a_project_nothing_is_offered_that_needs_one() {
        let all = entries(&AppState::default());
        assert!(all.iter().any(|entry| entry.action == Action::Go(Page::Experiments)));
        assert!(all.iter().any(|entry| entry.action == Action::Sample));
        for needs_project in [
            Action::RunFlow,
            Action::Audit,
            Action::ExportAudit,
            Action::SuggestRules,
            Action::CloseProject,
        ] {
            assert!(
                all.iter().all(|entry| entry.action != needs_project),
                "{needs_project:?}"
            );
        }
    }
}
