//! Carries out the requests of the evaluate page.

use super::ApplyContext;
use crate::engine::eval::EvaluationReport;
use crate::engine::eval::suite::{self, ScoredRows, SuiteError};
use crate::engine::flow::catalogue;
use crate::engine::progress::Progress;
use crate::engine::project::{ArtefactKind, ArtefactRecord};
use crate::engine::run::now_ms;
use crate::gui::command::evaluate::EvaluateCommand;
use crate::gui::i18n::evaluate as words;
use crate::gui::jobs::JobFailure;
use crate::gui::state::Stage;
use crate::gui::state::evaluate::{EvaluateChoice, Evaluations};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

const SETTING: &str = "evaluate";
/// Below the project's data folder.
const SCORES_FILE: &str = "scores.parquet";

pub fn apply(command: EvaluateCommand, cx: &mut ApplyContext<'_>) {
    if let EvaluateCommand::RunWith(choice) = command {
        cx.state.evaluate.choice = *choice;
        let choice = cx.state.evaluate.choice.clone();
        cx.state.project.save_setting(SETTING, &choice);
    }
    run(cx);
}

fn run(cx: &mut ApplyContext<'_>) {
    let lang = cx.state.settings.language;
    let Some(project) = cx.state.project.project.ready() else {
        let why = cx.state.settings.language.t(words::NO_PROJECT).to_owned();
        cx.state.evaluate.evaluations.finish(Err(JobFailure::Failed(why)));
        return;
    };
    let runs = project.runs_dir();
    let store = (!project.is_read_only()).then(|| project.data_dir().join(SCORES_FILE));
    let choice = cx.state.evaluate.choice.clone();
    let progress = cx.jobs.start(
        Stage::Evaluate,
        words::JOB.into(),
        move |progress| {
            evaluate_runs(&runs, store.as_deref(), &choice, progress)
                .map_err(|error| JobFailure::told(&error.explain(), lang, progress))
        },
        |outcome, cx| {
            cx.state.evaluate.evaluations.finish(outcome);
            record(cx);
        },
    );
    cx.state.evaluate.evaluations.start(progress);
}

fn evaluate_runs(
    runs: &Path,
    store: Option<&Path>,
    choice: &EvaluateChoice,
    progress: &Progress,
) -> Result<Evaluations, SuiteError> {
    let started = Instant::now();
    let created_ms = now_ms();
    let (mut report, rows) = suite::evaluate_runs(runs, (&choice.suite, &choice.config), created_ms, progress)?;
    if let Some(path) = store {
        rows.write(path)?;
    }
    report.elapsed_ms = started.elapsed().as_millis() as u64;
    Ok(Evaluations {
        report,
        rows: Arc::new(rows),
        created_ms,
    })
}

/// Adds a finished evaluation to the catalogue.
fn record(cx: &mut ApplyContext<'_>) {
    let Some(found) = cx.state.evaluate.evaluations.ready().cloned() else {
        return;
    };
    let (data, made) = (&found.rows.data, found.created_ms);
    // What the models were evaluated on stands between the feature set and the evaluation.
    if let Some(set) = cx.state.features.set.ready().map(|set| set.hash.clone()) {
        let is_known = cx.state.project.artefacts.iter().any(|known| known.hash == *data);
        if !is_known {
            cx.state.project.record(&catalogue::test_rows(&found.rows, &set, made));
        }
    }
    cx.state
        .project
        .record(&catalogue::evaluation(&found.report, data, made));
}

/// Reads what the project that was just opened holds of this stage.
pub fn restore(cx: &mut ApplyContext<'_>) {
    let lang = cx.state.settings.language;
    cx.state.evaluate.choice = cx.state.project.setting(SETTING);
    let Some(project) = cx.state.project.project.ready() else {
        return;
    };
    let path = project.data_dir().join(SCORES_FILE);
    let Some(artefact) = cx.state.project.latest(ArtefactKind::Evaluation).cloned() else {
        return;
    };
    if !path.is_file() {
        return;
    }
    let progress = cx.jobs.start(
        Stage::Evaluate,
        words::RESTORE_JOB.into(),
        move |progress| read_back(path, artefact).map_err(|error| JobFailure::told(&error.explain(), lang, progress)),
        |outcome, cx| {
            // What was recorded from the command line is of another form; the page then starts empty.
            let outcome = outcome.and_then(|found| found.ok_or(JobFailure::Cancelled));
            cx.state.evaluate.evaluations.finish(outcome);
        },
    );
    cx.state.evaluate.evaluations.start(progress);
}

fn read_back(path: PathBuf, artefact: ArtefactRecord) -> Result<Option<Evaluations>, SuiteError> {
    let created_ms = artefact.created_ms;
    let Ok(report) = serde_json::from_value::<EvaluationReport>(artefact.content) else {
        return Ok(None);
    };
    let rows = ScoredRows::read(&path)?;
    let same = report
        .models
        .iter()
        .map(|model| &model.model_name)
        .eq(rows.models.iter().map(|model| &model.name));
    Ok(same.then(|| Evaluations {
        report,
        rows: Arc::new(rows),
        created_ms,
    }))
}
