//! Carries out the requests of the compare page.

use super::ApplyContext;
use crate::engine::artifact::ContentHash;
use crate::engine::compare::compare_rows;
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
const MAX_DEFAULT_MODELS: usize = 4;

pub fn apply(command: CompareCommand, cx: &mut ApplyContext<'_>) {
    if let CompareCommand::RunWith(choice) = command {
        cx.state.compare.choice = *choice;
        let choice = cx.state.compare.choice.clone();
        cx.state.project.save_setting(SETTING, &choice);
    }
    run(cx);
}

fn run(cx: &mut ApplyContext<'_>) {
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
    let evaluation_ms = evaluations.created_ms;
    let progress = cx.jobs.start(
        Stage::Compare,
        words::JOB.into(),
        move |progress| {
            let compared = compare_rows(&rows, &names, &config, progress);
            compared
                .map(|comparison| Compared {
                    comparison,
                    evaluation_ms,
                })
                .map_err(|error| JobFailure::from_error(&error, progress))
        },
        |outcome, cx| {
            cx.state.compare.comparison.finish(outcome);
            record(cx);
        },
    );
    cx.state.compare.comparison.start(progress);
}

/// The chosen models that exist, in the order of choice; baselines first by default, so that "better" reads as
/// "the model beats the baseline".
pub fn chosen_models(rows: &ScoredRows, choice: &CompareChoice) -> Vec<String> {
    let exists = |name: &&String| rows.models.iter().any(|model| model.name == **name);
    let chosen: Vec<String> = choice.models.iter().filter(exists).cloned().collect();
    if chosen.len() >= 2 {
        return chosen;
    }
    let mut names: Vec<String> = rows
        .models
        .iter()
        .map(|model| model.name.clone())
        .take(MAX_DEFAULT_MODELS)
        .collect();
    names.reverse();
    names
}

/// Adds a finished comparison to the catalogue.
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
    let mut artefact = ArtefactRecord::new(ArtefactKind::Comparison, hash, names.join(" / "), now_ms());
    let evaluation = cx
        .state
        .project
        .latest(ArtefactKind::Evaluation)
        .map(|artefact| artefact.hash.clone());
    artefact.inputs = evaluation.into_iter().collect();
    let content = serde_json::json!({ "comparison": found.comparison, "evaluation_ms": found.evaluation_ms });
    artefact.content = content;
    cx.state.project.record(&artefact);
}

/// Reads what the project that was just opened holds of this stage.
pub fn restore(cx: &mut ApplyContext<'_>) {
    cx.state.compare.choice = cx.state.project.setting(SETTING);
    let Some(artefact) = cx.state.project.latest(ArtefactKind::Comparison) else {
        return;
    };
    // What was recorded from the command line is of another form; the page then starts empty.
    let comparison = serde_json::from_value(artefact.content["comparison"].clone());
    let evaluation_ms = artefact.content["evaluation_ms"].as_u64();
    if let (Ok(comparison), Some(evaluation_ms)) = (comparison, evaluation_ms) {
        let found = Compared {
            comparison,
            evaluation_ms,
        };
        cx.state.compare.comparison.finish(Ok(found));
    }
}
