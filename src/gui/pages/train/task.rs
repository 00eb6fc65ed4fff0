//! What a new run learns: where its rows come from, the label and its task in plain words, what stands beside the text.

use super::super::PageContext;
use super::form::chips;
use crate::engine::flow::plan::set_task;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::task::Task;
use crate::engine::train::evidence::TableEvidence;
use crate::gui::i18n::Text;
use crate::gui::i18n::train::form as f;
use crate::gui::state::train::TrainInputs;
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

/// Label, task and columns of a draft.
pub(super) fn ui(
    cx: &PageContext<'_>,
    ui: &mut Ui,
    inputs: &TrainInputs,
    (config, show_columns): (&mut TrainConfig, &mut bool),
) {
    match &inputs.evidence {
        Some(evidence) => label_and_task(cx, ui, evidence, config),
        // The label of a feature set is what it was built for.
        None => {
            let (name, _) = f::task(config.task);
            ui.horizontal(|ui| {
                for (heading, told) in [(f::LABEL, inputs.data.label.as_str()), (f::TASK, cx.t(name))] {
                    widgets::labelled(ui, cx.t(heading), |ui| {
                        ui.label(RichText::new(told).color(palette(ui).text))
                    });
                    ui.add_space(space::GAP);
                }
            });
            ui.add_space(space::TIGHT);
        }
    }
    let label = config.data.label.clone();
    let without = |columns: &[String], taken: &[&[String]]| -> Vec<String> {
        let is_free = |name: &&String| **name != label && !taken.iter().any(|other| other.contains(name));
        columns.iter().filter(is_free).cloned().collect()
    };
    let data = &mut config.data;
    let offered = without(&inputs.data.text, &[]);
    chips(cx, ui, cx.t(f::TEXT_COLUMNS), &offered, &mut data.text);
    let offered = without(&inputs.data.numeric, &[&data.text, &data.categorical]);
    columns(cx, ui, f::NUMERIC_COLUMNS, &offered, (&mut data.numeric, show_columns));
    let offered = without(&inputs.data.categorical, &[&data.text, &data.numeric]);
    if !inputs.data.categorical.is_empty() {
        columns(
            cx,
            ui,
            f::CATEGORICAL_COLUMNS,
            &offered,
            (&mut data.categorical, show_columns),
        );
    }
    if config.task == Task::Graded && inputs.evidence.is_some() {
        lists(cx, ui, inputs, config);
    }
}

/// Columns beside the text: a few as they are, many as a count that opens.
fn columns(
    cx: &PageContext<'_>,
    ui: &mut Ui,
    heading: Text,
    offered: &[String],
    (chosen, show_all): (&mut Vec<String>, &mut bool),
) {
    const FEW: usize = 8;
    if offered.len() <= FEW {
        return chips(cx, ui, cx.t(heading), offered, chosen);
    }
    if *show_all {
        chips(cx, ui, cx.t(heading), offered, chosen);
    } else {
        ui.label(
            RichText::new(cx.t(heading))
                .font(text::small())
                .color(palette(ui).text_2),
        );
    }
    ui.horizontal(|ui| {
        let told = f::chosen(cx.lang(), chosen.len(), offered.len());
        ui.label(RichText::new(told).color(palette(ui).text));
        let action = if *show_all { f::FEWER } else { f::CHOOSE };
        if widgets::link(ui, cx.t(action)).clicked() {
            *show_all = !*show_all;
        }
    });
}

fn label_and_task(cx: &PageContext<'_>, ui: &mut Ui, evidence: &TableEvidence, config: &mut TrainConfig) {
    let p = palette(ui);
    let names: Vec<(String, String)> = evidence
        .labels
        .iter()
        .map(|label| (label.column.clone(), label.column.clone()))
        .collect();
    if names.is_empty() {
        widgets::tone_text(ui, crate::gui::theme::Tone::Warning, cx.t(f::NO_LABEL));
        return;
    }
    let chosen = widgets::choice(ui, cx.t(f::LABEL), &mut config.data.label, &names);
    let Some(label) = evidence.label(&config.data.label) else {
        return;
    };
    if chosen {
        let name = config.data.label.clone();
        for part in [
            &mut config.data.text,
            &mut config.data.numeric,
            &mut config.data.categorical,
        ] {
            part.retain(|column| *column != name);
        }
        set_task(config, label.task, evidence);
    }
    ui.label(RichText::new(cx.b(&label.why)).font(text::small()).color(p.text_2));
    ui.add_space(space::TIGHT);
    ui.label(RichText::new(cx.t(f::TASK)).font(text::small()).color(p.text_2));
    for task in Task::ALL.into_iter().filter(|task| label.allows(*task)) {
        let (name, why) = f::task(task);
        if widgets::radio(ui, config.task == task, cx.t(name))
            .on_hover_text(cx.t(why))
            .clicked()
            && config.task != task
        {
            set_task(config, task, evidence);
        }
    }
    let (_, why) = f::task(config.task);
    ui.label(RichText::new(cx.t(why)).font(text::small()).color(p.text_2));
    ui.add_space(space::TIGHT);
}

/// Which column forms the lists that are ranked; none is one list of all rows.
fn lists(cx: &PageContext<'_>, ui: &mut Ui, inputs: &TrainInputs, config: &mut TrainConfig) {
    let columns = inputs
        .evidence
        .iter()
        .flat_map(|evidence| evidence.group.iter().chain(&evidence.categorical));
    let mut entries = vec![(None, cx.t(f::ONE_LIST).to_owned())];
    for name in columns.filter(|name| **name != config.data.label) {
        let entry = (Some(name.clone()), name.clone());
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    if widgets::choice(ui, cx.t(f::LISTS), &mut config.data.group, &entries) {
        config
            .task
            .usual_metric(config.data.group.is_some())
            .clone_into(&mut config.metric);
    }
}

#[cfg(test)]
#[path = "task_tests.rs"]
mod tests;
