//! What every page must offer while it has nothing, while it works, and after it failed.

use super::screen::{Screen, assert_sent};
use super::seen::Seen;
use egui::Role;
use egui_kittest::kittest::Queryable as _;
use touchstone::engine::progress::Progress;
use touchstone::gui::command::Command;
use touchstone::gui::i18n::{Text, common, welcome};
use touchstone::gui::loadable::Loadable;
use touchstone::gui::settings::Language;
use touchstone::gui::state::{AppState, Stage};

/// The phase of [`under_way`].
const PHASE: Text = Text::new("counting pairs", "统计组合");

/// Why a job failed, as an engine says it.
pub const ERROR: &str = "line 7 of events.csv has 3 fields, the header has 9";

/// A job that handled 1,200 rows and is 40 % through.
pub fn under_way() -> Progress {
    let progress = Progress::new();
    progress.phase(PHASE.en, PHASE.zh);
    progress.set(0.4);
    progress.set_rows(1200);
    progress
}

/// Nothing yet: the page says what it is for and what to do first, and offers that. Returns what the button asks for.
#[track_caller]
pub fn empty_answer(screen: &mut Screen, lang: Language, [headline, why, action]: [Text; 3]) -> Vec<Command> {
    screen.must_show(lang.t(headline));
    screen.must_show(lang.t(why));
    assert_eq!(screen.outside(), [""; 0]);
    assert_eq!(screen.cut_off(), [""; 0]);
    screen.answer(Role::Button, lang.t(action))
}

/// At work: the phase, how far it is and a bar, and a way to stop exactly this job.
#[track_caller]
pub fn assert_loading(screen: &mut Screen, lang: Language, stage: Stage) {
    screen.must_show_part(lang.t(PHASE));
    screen.must_show_part("40 %");
    screen.must_show_part(match lang {
        Language::English => "1,200 rows",
        Language::Chinese => "1,200 行",
    });
    assert!(screen.count_of_role(Role::ProgressIndicator) >= 1, "no bar");
    assert_eq!(screen.outside(), [""; 0]);
    assert_eq!(screen.cut_off(), [""; 0]);
    let asked = screen.answer(Role::Button, lang.t(common::CANCEL));
    assert_sent!(asked, Command::CancelJob(known) if *known == stage);
}

/// Failed: the page says so with the reason, and offers a way out. Returns what the way out asks for.
#[track_caller]
pub fn failed_answer(screen: &mut Screen, lang: Language, way_out: Text) -> Vec<Command> {
    screen.must_show(lang.t(common::FAILED));
    screen.must_show(ERROR);
    assert_eq!(screen.outside(), [""; 0]);
    assert_eq!(screen.cut_off(), [""; 0]);
    screen.first_answer(Role::Button, lang.t(way_out))
}

/// A failure that leaves the page as it is: the reason stands beside what was there before.
#[track_caller]
pub fn assert_told<S>(seen: &Seen<S>) {
    seen.must_show_part(ERROR);
    assert_eq!(seen.outside(), [""; 0]);
}

/// `5012338` → `5,012,338`; written apart from the window's own.
pub fn grouped(n: u64) -> String {
    if n < 1000 {
        return n.to_string();
    }
    format!("{},{:03}", grouped(n / 1000), n % 1000)
}

#[test]
fn digits_are_grouped_by_three() {
    assert_eq!(
        [0, 999, 1000, 12_045, 5_012_338].map(grouped),
        ["0", "999", "1,000", "12,045", "5,012,338"]
    );
}

/// A job that ended with [`ERROR`].
pub fn failed<T>() -> Loadable<T> {
    Loadable::Failed {
        error: ERROR.to_owned(),
        previous: None,
    }
}

/// The window before anything was opened.
pub fn nothing(language: Language) -> AppState {
    let mut state = AppState::default();
    state.settings.language = language;
    state
}

/// Types a path into the one field of the page and presses the button beside it.
pub fn type_path(screen: &mut Screen, path: &str) -> Vec<Command> {
    screen.0.get_by_role(Role::TextInput).focus();
    screen.0.run_ok();
    screen.0.get_by_role(Role::TextInput).type_text(path);
    screen.draw();
    screen.answer(Role::Button, welcome::GO.en)
}
