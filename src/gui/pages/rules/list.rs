//! The list of the project's rules: each in words, with its tolerance and what became of it.

use super::{heading, send};
use crate::engine::rules::explain::KindInfo;
use crate::engine::rules::{Rule, RuleOutcome, RuleStatus};
use crate::gui::command::rules::RulesCommand;
use crate::gui::i18n::rules as words;
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette, space};
use crate::gui::widgets::{self, BarState, Column};
use egui::Ui;

/// Width of the outcomes over loads.
const STRIP: f32 = 72.0;

/// Draws the list; the index of a rule that was clicked.
pub(super) fn card(cx: &PageContext<'_>, selected: usize, height: f32, ui: &mut Ui) -> Option<usize> {
    let state = &cx.state.rules;
    let rules = state.sheet.rules();
    widgets::card(ui, |ui| {
        ui.set_height(height - 2.0 * f32::from(space::CARD_Y));
        heading(ui, cx.t(words::IN_FILE), |ui| undo_ui(cx, ui));
        let columns = [
            Column::rest(cx.t(words::RULE)),
            Column::right(cx.t(words::AT_LEAST), 72.0),
            Column::left(cx.t(words::OUTCOME), 92.0),
            Column::left(cx.t(words::OVER_LOADS), STRIP + 16.0),
            Column::right(cx.t(words::FAILING), 84.0),
        ];
        let table_height = ui.available_height();
        let shown = (!rules.is_empty()).then_some(selected);
        let size = (rules.len(), table_height, shown);
        widgets::table(ui, "rules list", &columns, size, |row, index| {
            let rule = &rules[index];
            let outcome = state.outcome(rule);
            row.col(|ui| widgets::cell(ui, cx.b(&rule.title()), palette(ui).text));
            row.col(|ui| widgets::cell_right(ui, &words::mostly(rule), palette(ui).text_2));
            row.col(|ui| status_ui(cx, outcome, ui));
            row.col(|ui| history_strip(cx, rule, STRIP, ui));
            row.col(|ui| {
                let failed = outcome.filter(|outcome| outcome.status != RuleStatus::Undefined);
                let failed = failed.map_or_else(|| "–".to_owned(), |outcome| words::failed(cx.lang(), outcome));
                widgets::cell_right(ui, &failed, palette(ui).text);
            });
        })
    })
    .inner
}

fn undo_ui(cx: &PageContext<'_>, ui: &mut Ui) {
    let state = &cx.state.rules;
    for (enabled, label, command) in [
        (!state.future.is_empty(), words::REDO, RulesCommand::Redo),
        (!state.past.is_empty(), words::UNDO, RulesCommand::Undo),
    ] {
        ui.add_enabled_ui(enabled, |ui| {
            if widgets::link(ui, cx.t(label)).clicked() {
                send(cx, command);
            }
        });
    }
}

/// Passed, failed, not judged or not checked, by shape, word and colour.
pub(super) fn status_ui(cx: &PageContext<'_>, outcome: Option<&RuleOutcome>, ui: &mut Ui) {
    let (tone, word) = match outcome.map(|outcome| outcome.status) {
        None => (Tone::Quiet, words::NOT_CHECKED),
        Some(RuleStatus::Passed) => (Tone::Success, words::PASSED),
        Some(RuleStatus::Undefined) => (Tone::Warning, words::NOT_JUDGED),
        Some(RuleStatus::Failed) => {
            let tone = outcome.map_or(Tone::Danger, |outcome| outcome.rule.severity.into());
            (tone, words::FAILED)
        }
    };
    widgets::tone_text(ui, tone, cx.t(word));
}

/// What became of the rule over loads, as bars.
pub(super) fn history_strip(cx: &PageContext<'_>, rule: &Rule, width: f32, ui: &mut Ui) {
    let told = cx.state.rules.history.of_rule(rule);
    let bars: Vec<(BarState, String)> = told
        .iter()
        .map(|(check, record)| {
            let state = match record.status {
                RuleStatus::Passed => BarState::Passed,
                RuleStatus::Failed => BarState::Failed(record.rule.severity.into()),
                RuleStatus::Undefined => BarState::NotJudged,
            };
            let at = (check.log_name.as_str(), check.checked_ms);
            (state, words::check_told(cx.lang(), at, record))
        })
        .collect();
    let passed = bars.iter().filter(|(state, _)| *state == BarState::Passed).count();
    let label = words::passed_over_loads(cx.lang(), passed, bars.len());
    widgets::outcome_strip(ui, &label, &bars, width);
}

/// The kind in a few words.
pub(super) fn kind_label(cx: &PageContext<'_>, rule: &Rule) -> String {
    let kind = rule.expectation.kind();
    KindInfo::of(kind).map_or_else(|| kind.to_owned(), |info| cx.b(&info.label()).to_owned())
}
