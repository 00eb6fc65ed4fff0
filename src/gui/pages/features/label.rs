//! The label in words: after which event, which event follows, within how long; or a column.

use super::change;
use crate::engine::features::{FeatureSet, LabelRule, Scope};
use crate::gui::i18n::{Text, features as words};
use crate::gui::pages::PageContext;
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

pub(super) fn card(cx: &PageContext<'_>, ui: &mut Ui, set: Option<&FeatureSet>, shows_more: &mut bool) {
    widgets::card_titled(
        ui,
        cx.t(words::LABEL),
        |ui| {
            if widgets::link(ui, cx.t(words::MORE)).clicked() {
                *shows_more = !*shows_more;
            }
        },
        |ui| {
            ui.set_min_height(super::CHOICES_HEIGHT);
            let shown = cx.state.features.shown_rule().cloned();
            if let Some(edited) = editor(cx, ui, shown.clone())
                && Some(&edited) != shown.as_ref()
            {
                change(cx, |config| config.label = Some(edited));
            }
            if let Some(set) = set {
                let dropped = words::dropped(cx.lang(), set);
                ui.add_space(space::TIGHT);
                ui.label(RichText::new(dropped).font(text::small()).color(palette(ui).text_2));
            }
        },
    );
}

/// Draws the rule; returns it as it stands after this frame.
fn editor(cx: &PageContext<'_>, ui: &mut Ui, rule: Option<LabelRule>) -> Option<LabelRule> {
    let outline = cx.state.features.outline.value();
    let events: Vec<String> = outline.map_or_else(Vec::new, |o| o.events.iter().map(|e| e.0.clone()).collect());
    let columns: Vec<String> = outline.map_or_else(Vec::new, |outline| outline.columns.clone());
    let mut by_event = matches!(rule, Some(LabelRule::Followed { .. }));
    let was_by_event = by_event;
    if !events.is_empty() {
        ui.horizontal(|ui| {
            for (value, label) in [(true, words::EVENT_LABEL), (false, words::COLUMN_LABEL)] {
                if widgets::toggle_chip(ui, by_event == value, cx.t(label)).clicked() {
                    by_event = value;
                }
            }
        });
        ui.add_space(space::TIGHT);
    }
    if by_event != was_by_event {
        return switched(cx, by_event, &columns);
    }
    match rule? {
        LabelRule::Followed {
            mut anchor,
            mut target,
            mut within_secs,
            mut scope,
        } => {
            chips(cx, ui, words::AN_EVENT, &events, &mut anchor);
            chips(cx, ui, words::FOLLOWED_BY, &events, &mut target);
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = space::GAP;
                let mut minutes = within_secs / 60.0;
                let changed = widgets::labelled(ui, cx.t(words::WITHIN), |ui| {
                    let drag = egui::DragValue::new(&mut minutes)
                        .range(0.1..=525_600.0)
                        .suffix(cx.t(words::MINUTES));
                    ui.add(drag).changed()
                });
                if changed {
                    within_secs = (minutes * 60.0).round().max(1.0);
                }
                let scopes: Vec<(Scope, String)> = [Scope::UserItem, Scope::SessionItem, Scope::Session]
                    .into_iter()
                    .map(|scope| (scope, words::scope(cx.lang(), scope).to_owned()))
                    .collect();
                widgets::choice(ui, cx.t(words::SHARED), &mut scope, &scopes);
            });
            Some(LabelRule::Followed {
                anchor,
                target,
                within_secs,
                scope,
            })
        }
        LabelRule::Column { mut column, positive } => {
            let entries: Vec<(String, String)> = columns.iter().map(|name| (name.clone(), name.clone())).collect();
            widgets::choice(ui, cx.t(words::COLUMN), &mut column, &entries);
            Some(LabelRule::Column { column, positive })
        }
    }
}

/// The rule of the other kind, as it is first offered.
fn switched(cx: &PageContext<'_>, by_event: bool, columns: &[String]) -> Option<LabelRule> {
    if !by_event {
        let column = columns.last()?.clone();
        return Some(LabelRule::Column {
            column,
            positive: Vec::new(),
        });
    }
    let outline = cx.state.features.outline.value()?;
    let kind = |at: usize| outline.events.get(at).map(|event| vec![event.0.clone()]);
    match &outline.rule {
        Some(rule @ LabelRule::Followed { .. }) => Some(rule.clone()),
        _ => Some(LabelRule::Followed {
            anchor: kind(0)?,
            target: kind(1).or_else(|| kind(0))?,
            within_secs: 3600.0,
            scope: Scope::UserItem,
        }),
    }
}

/// A chip an event; the last one that is on cannot be switched off.
fn chips(cx: &PageContext<'_>, ui: &mut Ui, label: Text, events: &[String], chosen: &mut Vec<String>) {
    widgets::labelled(ui, cx.t(label), |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(6.0, 6.0);
            // Without an outline yet, what is chosen is shown.
            let shown = if events.is_empty() {
                chosen.clone()
            } else {
                events.to_vec()
            };
            for event in shown {
                let at = chosen.iter().position(|name| *name == event);
                if widgets::toggle_chip(ui, at.is_some(), &event).clicked() {
                    match at {
                        Some(at) if chosen.len() > 1 => drop(chosen.remove(at)),
                        Some(_) => {}
                        None => chosen.push(event),
                    }
                }
            }
        });
    });
    ui.add_space(space::TIGHT);
}
