//! Carries out the requests of the compare page.

use super::ApplyContext;
use crate::engine::artifact::ContentHash;
use crate::engine::compare::{compare_rows, default_models};
use crate::engine::eval::suite::ScoredRows;
use crate::engine::project::{ArtefactKind, ArtefactRecord};
use crate::engine::run::now_ms;
use crate::gui::command::compare::CompareCommand;
use crate::gui::i18n::compare as words;
use crate::gui::jobs::JobFailure;
use crate::gui::loadable::Loadable;
use crate::gui::state::Stage;
use crate::gui::state::compare::{CompareChoice, Compared};
use std::sync::Arc;

const SETTING: &str = "compare";

pub fn apply(command: CompareCommand, cx: &mut ApplyContext<'_>) {
    if let CompareCommand::RunWith(choice) = command {
        cx.state.compare.choice = *choice;
        let choice = cx.state.compare.choice.clone();
        cx.state.project.save_setting(SETTING, &choice);
    }
    run(cx);
}

fn run(cx: &mut ApplyContext<'_>) {
    let lang = cx.state.settings.language;
    cx.state.compare.nothing_to_compare = false;
    let Some(evaluations) = cx.state.evaluate.evaluations.ready().cloned() else {
        let why = cx.state.settings.language.t(words::NO_EVALUATION).to_owned();
        cx.state.compare.comparison.finish(Err(JobFailure::Failed(why)));
        return;
    };
    let rows = Arc::clone(&evaluations.rows);
    let names = chosen_models(&rows, &cx.state.compare.choice);
    if names.len() < 2 {
        cx.state.compare.comparison = Loadable::Empty;
        cx.state.compare.nothing_to_compare = true;
        return;
    }
    let config = cx.state.compare.choice.config.clone();
    let progress = cx.jobs.start(
        Stage::Compare,
        words::JOB.into(),
        move |progress| {
            let compared = compare_rows(&rows, &names, &config, progress);
            compared
                .map(|comparison| Compared {
                    comparison,
                    created_ms: now_ms(),
                })
                .map_err(|error| JobFailure::told(&error.explain(), lang, progress))
        },
        |outcome, cx| {
            cx.state.compare.comparison.finish(outcome);
            record(cx);
        },
    );
    cx.state.compare.comparison.start(progress);
}

/// The chosen models that exist, else the default ones.
fn chosen_models(rows: &ScoredRows, choice: &CompareChoice) -> Vec<String> {
    let exists = |name: &&String| rows.models.iter().any(|model| model.name == **name);
    let chosen: Vec<String> = choice.models.iter().filter(exists).cloned().collect();
    if chosen.len() >= 2 {
        chosen
    } else {
        default_models(rows)
    }
}

/// Adds a finished comparison to the catalogue, as the child of the scored data.
fn record(cx: &mut ApplyContext<'_>) {
    let Some(found) = cx.state.compare.comparison.ready().cloned() else {
        return;
    };
    let hash = ContentHash::of_json(&found.comparison);
    let names: Vec<&str> = found
        .comparison
        .models
        .iter()
        .map(|model| model.name.as_str())
        .collect();
    let mut artefact = ArtefactRecord::new(ArtefactKind::Comparison, hash, names.join(" / "), found.created_ms);
    let evaluations = cx.state.evaluate.evaluations.value();
    artefact.inputs = evaluations.map(|found| found.rows.data.clone()).into_iter().collect();
    match serde_json::to_value(&found.comparison) {
        Ok(content) => {
            artefact.content = content;
            cx.state.project.record(&artefact);
        }
        Err(error) => cx.state.project.notice = Some(error.to_string()),
    }
}

/// Reads what the project that was just opened holds of this stage: the newest comparison, if it was read from the
/// data that the newest evaluation was.
pub fn restore(cx: &mut ApplyContext<'_>) {
    cx.state.compare.choice = cx.state.project.setting(SETTING);
    let comparison = cx.state.project.latest(ArtefactKind::Comparison);
    let evaluation = cx.state.project.latest(ArtefactKind::Evaluation);
    let (Some(comparison), Some(evaluation)) = (comparison, evaluation) else {
        return;
    };
    if comparison.inputs != evaluation.inputs {
        return;
    }
    let created_ms = comparison.created_ms;
    if let Ok(comparison) = serde_json::from_value(comparison.content.clone()) {
        let found = Compared { comparison, created_ms };
        cx.state.compare.comparison.finish(Ok(found));
    }
}
