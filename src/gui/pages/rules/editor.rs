//! A rule being written: its form, what is wrong with it, and what it says about the open log before it is saved.

use super::detail::{columns_first, examples_ui};
use super::form;
use super::list::status_ui;
use super::{heading, send};
use crate::engine::artifact::Bilingual;
use crate::engine::rules::{Rule, RuleDraft, to_toml};
use crate::gui::command::rules::RulesCommand;
use crate::gui::i18n::{common, rules as words};
use crate::gui::loadable::Loadable;
use crate::gui::pages::PageContext;
use crate::gui::state::audit::AuditedLog;
use crate::gui::state::rules::Trial;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

/// Height kept for what the rule says about the log.
const RESULT_HEIGHT: f32 = 268.0;

/// Widget state of the form.
pub(super) struct Editor {
    draft: RuleDraft,
    /// The rule it takes the place of.
    place: Option<(usize, Rule)>,
    /// The rule that was last asked to be tried, so that it is asked for once.
    asked: Option<Rule>,
}

/// How the form was left.
pub(super) enum Ended {
    Saved { is_new: bool },
    Cancelled,
}

impl Editor {
    /// A new rule of the most usual kind.
    pub(super) fn of_new(cx: &PageContext<'_>) -> Self {
        let log = cx.state.data.dataset.value().map(|log| &*log.info);
        Self {
            draft: RuleDraft::new("not_null", log),
            place: None,
            asked: None,
        }
    }

    pub(super) fn of_rule(index: usize, rule: &Rule) -> Self {
        Self {
            draft: RuleDraft::of(rule),
            place: Some((index, rule.clone())),
            asked: None,
        }
    }

    /// A new rule that starts as another one.
    pub(super) fn of_copy(rule: &Rule) -> Self {
        Self {
            draft: RuleDraft::of(rule),
            place: None,
            asked: None,
        }
    }

    pub(super) fn ui(&mut self, cx: &PageContext<'_>, height: f32, ui: &mut Ui) -> Option<Ended> {
        let Self { draft, place, .. } = self;
        let rule = draft.rule();
        let mut ended = None;
        let gap = space::TIGHT + ui.spacing().item_spacing.y;
        let form_height = (height - RESULT_HEIGHT - gap).max(220.0);
        let title = cx.t(if place.is_some() {
            words::EDIT_RULE
        } else {
            words::NEW_RULE
        });
        widgets::card(ui, |ui| {
            ui.set_height(form_height - 2.0 * f32::from(space::CARD_Y));
            let rule = rule.as_ref().ok();
            heading(ui, title, |ui| ended = buttons_ui(cx, place.as_ref(), rule, ui));
            egui::ScrollArea::vertical()
                .id_salt("rule form")
                .auto_shrink([false, false])
                .show(ui, |ui| form::ui(cx, draft, ui));
        });
        ui.add_space(space::TIGHT);
        widgets::card(ui, |ui| {
            ui.set_height(RESULT_HEIGHT - 2.0 * f32::from(space::CARD_Y));
            self.result_ui(cx, &rule, ui);
        });
        ended
    }

    /// What is wrong with the rule, or what becomes of it on the open log.
    fn result_ui(&mut self, cx: &PageContext<'_>, rule: &Result<Rule, Bilingual>, ui: &mut Ui) {
        let p = palette(ui);
        let rule = match rule {
            Ok(rule) => rule,
            Err(why) => {
                widgets::tone_text(ui, Tone::Danger, cx.t(words::NOT_A_RULE_YET));
                ui.label(RichText::new(cx.b(why)).color(p.text));
                return;
            }
        };
        ui.horizontal(|ui| {
            ui.set_min_height(22.0);
            ui.label(RichText::new(cx.b(&rule.title())).font(text::body()).color(p.text));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                in_file_ui(cx, rule, ui)
            });
        });
        if cx.state.data.dataset.ready().is_none() {
            ui.label(RichText::new(cx.t(words::NO_LOG_TO_TRY)).color(p.text_2));
            return;
        }
        self.keep_trial_current(cx, rule);
        let trial = &cx.state.rules.trial;
        let current = trial.value().filter(|trial| trial.outcome.rule == *rule);
        match (current, trial) {
            (_, Loadable::Failed { error, .. }) => {
                widgets::tone_text(ui, Tone::Danger, error);
            }
            (Some(trial), _) => trial_ui(cx, trial, rule, ui),
            (None, _) => {
                ui.label(RichText::new(cx.t(common::WORKING)).color(p.text_2));
            }
        }
    }

    /// Asks for the rule to be judged, once for each rule, as soon as nothing else of this stage is under way.
    fn keep_trial_current(&mut self, cx: &PageContext<'_>, rule: &Rule) {
        let state = &cx.state.rules;
        let log = cx.state.data.dataset.ready().map(|log| &log.info.hash);
        let is_current = |trial: &Trial| trial.outcome.rule == *rule && Some(&trial.log) == log;
        let is_known = state.trial.ready().is_some_and(|trial| is_current(trial));
        let waits = state.check.is_loading() || state.suggestions.is_loading();
        let was_lost = matches!(state.trial, Loadable::Empty | Loadable::Ready(_));
        if is_known || waits || (self.asked.as_ref() == Some(rule) && !was_lost) {
            return;
        }
        self.asked = Some(rule.clone());
        send(cx, RulesCommand::Try(Box::new(rule.clone())));
    }
}

/// Save and cancel, drawn from the right.
fn buttons_ui(cx: &PageContext<'_>, place: Option<&(usize, Rule)>, rule: Option<&Rule>, ui: &mut Ui) -> Option<Ended> {
    let mut ended = None;
    let is_changed = place.is_none_or(|(_, old)| rule != Some(old));
    let label = cx.t(if place.is_some() {
        words::SAVE_RULE
    } else {
        words::ADD_RULE
    });
    let save = widgets::primary_button(ui, label, rule.is_some() && is_changed);
    if let Some(rule) = rule.filter(|_| save.clicked()) {
        let new = Box::new(rule.clone());
        send(
            cx,
            match place {
                Some((index, old)) => RulesCommand::Replace {
                    index: *index,
                    old: Box::new(old.clone()),
                    new,
                },
                None => RulesCommand::Add(new),
            },
        );
        let is_new = place.is_none();
        ended = Some(Ended::Saved { is_new });
    }
    if widgets::secondary_button(ui, cx.t(common::CANCEL)).clicked() {
        ended = Some(Ended::Cancelled);
    }
    ended
}

/// The rule as the file will have it, behind a link.
fn in_file_ui(cx: &PageContext<'_>, rule: &Rule, ui: &mut Ui) {
    let link = widgets::link(ui, cx.t(words::AS_IN_FILE));
    egui::Popup::from_toggle_button_response(&link).width(420.0).show(|ui| {
        let lines = to_toml(std::slice::from_ref(rule));
        let label = egui::Label::new(RichText::new(lines.trim_end()).font(text::mono()));
        ui.add(label.selectable(true));
    });
}

fn trial_ui(cx: &PageContext<'_>, trial: &Trial, rule: &Rule, ui: &mut Ui) {
    let outcome = &trial.outcome;
    ui.horizontal_wrapped(|ui| {
        status_ui(cx, Some(outcome), ui);
        ui.label(RichText::new(cx.b(&outcome.message)).color(palette(ui).text));
    });
    let columns = columns_first(rule);
    let logs = [cx.state.rules.rows.as_ref(), cx.state.audit.log.as_ref()];
    let is_same = |log: &&std::sync::Arc<AuditedLog>| log.hash() == &trial.log;
    let log = logs.into_iter().flatten().find(is_same);
    match log {
        Some(log) if !outcome.failing_rows.is_empty() => {
            widgets::log_rows(ui, "trial-rows", log, (&outcome.failing_rows, &columns), cx.lang());
        }
        _ if !outcome.examples.is_empty() => examples_ui(cx, &outcome.examples, &columns, ui),
        _ => {}
    }
}
