//! One rule: what it says, what became of it, and the rows that break it.

use super::list::{history_strip, kind_label, status_ui};
use super::send;
use crate::engine::artifact::Severity;
use crate::engine::audit::Example;
use crate::engine::rules::{Rule, RuleOutcome, RuleStatus};
use crate::gui::command::rules::RulesCommand;
use crate::gui::i18n::number::{compact, count, share};
use crate::gui::i18n::{common, rules as words};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, Column};
use egui::{RichText, Ui};

/// What a button of the rule asks the page for.
pub(super) enum Asked {
    Edit,
    Copy,
}

pub(super) fn ui(cx: &PageContext<'_>, (index, rule): (usize, &Rule), height: f32, ui: &mut Ui) -> Option<Asked> {
    let top = ui.cursor().top();
    let outcome = cx.state.rules.outcome(rule);
    let mut asked = None;
    widgets::card(ui, |ui| {
        title_ui(cx, rule, outcome, ui);
        let p = palette(ui);
        match outcome {
            Some(outcome) => ui.label(RichText::new(cx.b(&outcome.message)).color(p.text)),
            None => ui.label(RichText::new(cx.t(words::NOT_CHECKED_WHY)).color(p.text_2)),
        };
        if let Some(reason) = &rule.reason {
            ui.label(RichText::new(words::reason(cx.lang(), reason)).color(p.text_2));
        }
        facts_ui(cx, outcome, ui);
        history_ui(cx, rule, ui);
        ui.add_space(space::TIGHT);
        ui.horizontal(|ui| {
            if widgets::secondary_button(ui, cx.t(words::EDIT)).clicked() {
                asked = Some(Asked::Edit);
            }
            if widgets::secondary_button(ui, cx.t(words::COPY)).clicked() {
                asked = Some(Asked::Copy);
            }
            if widgets::secondary_button(ui, cx.t(words::DELETE)).clicked() {
                let old = Box::new(rule.clone());
                send(cx, RulesCommand::Remove { index, old });
            }
        });
    });
    ui.add_space(space::TIGHT);
    let left = (height - (ui.cursor().top() - top)).max(180.0);
    widgets::card(ui, |ui| {
        ui.set_height(left - 2.0 * f32::from(space::CARD_Y));
        ui.horizontal(|ui| {
            ui.set_min_height(24.0);
            ui.label(RichText::new(cx.t(words::ROWS_BEHIND)).color(palette(ui).text_2));
            if let Some(outcome) = outcome.filter(|outcome| !outcome.failing_rows.is_empty()) {
                widgets::chip(ui, &count(outcome.failing_rows.len() as u64), Tone::Quiet);
            }
        });
        ui.add_space(space::TIGHT);
        rows_ui(cx, rule, outcome, ui);
    });
    asked
}

fn title_ui(cx: &PageContext<'_>, rule: &Rule, outcome: Option<&RuleOutcome>, ui: &mut Ui) {
    let p = palette(ui);
    ui.label(RichText::new(cx.b(&rule.title())).size(15.0).color(p.text));
    ui.horizontal_wrapped(|ui| {
        status_ui(cx, outcome, ui);
        if let Some(part) = outcome.and_then(|outcome| outcome.share) {
            widgets::chip(ui, &words::failing_share(cx.lang(), &share(part)), Tone::Quiet);
        }
        // Beside a rule that passed the bare word would read as its outcome.
        let severity = match rule.severity {
            Severity::Error => words::COUNTS_AS_ERROR,
            Severity::Warning => words::COUNTS_AS_WARNING,
            Severity::Info => words::COUNTS_AS_INFO,
        };
        widgets::chip(ui, cx.t(severity), Tone::Quiet);
        widgets::chip(ui, &kind_label(cx, rule), Tone::Quiet);
        for column in rule.expectation.columns() {
            widgets::chip(ui, column, Tone::Accent);
        }
        if rule.expectation.has_share() {
            widgets::chip(ui, &words::must_hold(cx.lang(), rule), Tone::Quiet);
        }
    });
    ui.add_space(space::TIGHT);
}

fn facts_ui(cx: &PageContext<'_>, outcome: Option<&RuleOutcome>, ui: &mut Ui) {
    let facts = outcome.map_or(&[][..], |outcome| &outcome.facts);
    let pairs: Vec<(String, String)> = facts
        .iter()
        .map(|fact| (cx.b(&fact.label).to_owned(), compact(fact.value)))
        .collect();
    if !pairs.is_empty() {
        widgets::key_values(ui, "rule facts", &pairs);
    }
}

/// The outcomes of all loads that had the rule, and how the failing share moved.
fn history_ui(cx: &PageContext<'_>, rule: &Rule, ui: &mut Ui) {
    let told = cx.state.rules.history.of_rule(rule);
    if told.len() < 2 {
        return;
    }
    let passed = told
        .iter()
        .filter(|(_, record)| record.status == RuleStatus::Passed)
        .count();
    let shares: Vec<f64> = told.iter().filter_map(|(_, record)| record.share).collect();
    let color = palette(ui).text_2;
    ui.horizontal(|ui| {
        ui.set_min_height(22.0);
        let summary = words::passed_over_loads(cx.lang(), passed, told.len());
        ui.label(RichText::new(summary).color(color));
        history_strip(cx, rule, (8.0 * told.len() as f32).min(240.0), ui);
        if let (Some(first), Some(last)) = (shares.first(), shares.last()) {
            ui.label(RichText::new(cx.t(words::FAILING_SHARE)).color(color));
            widgets::sparkline(ui, &shares, palette(ui).series(0), 96.0);
            ui.label(RichText::new(format!("{} → {}", share(*first), share(*last))).color(color));
        }
    });
}

/// All failing rows where the log is at hand, else the examples that are kept with the outcome.
fn rows_ui(cx: &PageContext<'_>, rule: &Rule, outcome: Option<&RuleOutcome>, ui: &mut Ui) {
    let say = |ui: &mut Ui, word| {
        let color = palette(ui).text_2;
        ui.label(RichText::new(cx.t(word)).color(color));
    };
    let Some(outcome) = outcome else {
        return say(ui, words::NO_OUTCOME);
    };
    let columns = columns_first(rule);
    let log = cx.state.rules.rows.as_ref().filter(|log| {
        let checked = cx.state.rules.check.value().map(|check| &check.log);
        checked == Some(log.hash())
    });
    match log {
        Some(log) if !outcome.failing_rows.is_empty() => {
            widgets::log_rows(ui, "rule-rows", log, (&outcome.failing_rows, &columns), cx.lang());
        }
        _ if !outcome.examples.is_empty() => examples_ui(cx, &outcome.examples, &columns, ui),
        _ if outcome.failed > 0 || outcome.status == RuleStatus::Failed => say(ui, words::ABOUT_THE_LOG),
        _ if outcome.status == RuleStatus::Undefined => say(ui, words::NO_OUTCOME),
        _ => say(ui, words::NO_ROW_BREAKS),
    }
}

/// Columns the rule is about, which stand before the others.
pub(super) fn columns_first(rule: &Rule) -> Vec<&str> {
    rule.expectation.columns()
}

/// The first failing rows as they are kept with the project.
pub(super) fn examples_ui(cx: &PageContext<'_>, examples: &[Example], first: &[&str], ui: &mut Ui) {
    let note = words::first_rows(cx.lang(), examples.len());
    ui.label(RichText::new(note).font(text::small()).color(palette(ui).text_2));
    let mut names: Vec<&str> = examples
        .first()
        .map(|example| example.values.keys().map(String::as_str).collect())
        .unwrap_or_default();
    names.sort_by_key(|name| first.iter().position(|known| known == name).unwrap_or(first.len()));
    let mut columns = vec![Column::right(cx.t(common::LINE), 72.0)];
    columns.extend(names.iter().map(|name| Column::left(*name, 110.0)));
    let height = ui.available_height();
    egui::ScrollArea::horizontal()
        .id_salt("rule examples scroll")
        .show(ui, |ui| {
            widgets::table(
                ui,
                "rule examples",
                &columns,
                (examples.len(), height, None),
                |row, place| {
                    let example = &examples[place];
                    row.col(|ui| widgets::cell_right(ui, &count(u64::from(example.line)), palette(ui).text_2));
                    for name in &names {
                        row.col(|ui| {
                            let value = example.values.get(*name).map(ToString::to_string).unwrap_or_default();
                            widgets::cell(ui, &value, palette(ui).text);
                        });
                    }
                },
            );
        });
}
