//! State of the train page: what can be trained on, the runs as last seen, and which one is shown.

use super::{AppState, StageMark, StageStatus};
use crate::engine::artifact::ContentHash;
use crate::engine::features::FeatureSet;
use crate::engine::flow::plan::{table_config, train_config};
use crate::engine::models::BaseModel;
use crate::engine::project::{ArtefactKind, ArtefactRecord};
use crate::engine::run::config::{TrainConfig, TrainData};
use crate::engine::run::replay::curve;
use crate::engine::run::status::RunStatus;
use crate::engine::run::trash::TrashedRun;
use crate::engine::run::trial::TrialReport;
use crate::engine::train::evidence::TableEvidence;
use crate::engine::train::own_table::OwnTable;
use crate::gui::apply::flow::StageOutcome;
use crate::gui::i18n::{common, number, train as words};
use crate::gui::loadable::Loadable;
use crate::gui::runs::{RunList, RunSnapshot, RunWatcher};
use crate::gui::settings::Language;
use std::path::Path;
use std::sync::Arc;

#[derive(Default)]
pub struct TrainState {
    /// Newest first; empty until the first list arrived (`is_listed`).
    pub runs: Arc<RunList>,
    pub is_listed: bool,
    /// Id of the run that is shown; the newest where none was chosen.
    pub selected: Option<String>,
    /// Id of the run started last, on its way, or why it did not start.
    pub started: Loadable<String>,
    /// The latest trial of a form's settings.
    pub trial: Loadable<Trial>,
    /// Why the last request to a run failed.
    pub error: Option<String>,
    /// What the newest feature set offers; `None` where there is none.
    pub inputs: Option<Arc<TrainInputs>>,
    /// The project's table itself, looked at and divided when that was asked for.
    pub table: Loadable<TrainInputs>,
    /// Base models in the cache, by name.
    pub base_models: Arc<[String]>,
    /// The models of the cache and the catalogue, for the list of models.
    pub models: Arc<[BaseModel]>,
    /// Memory that is free on this machine, when last asked.
    pub free_memory_bytes: Option<u64>,
    /// The model that is being fetched or imported, or why that failed.
    pub fetched: Loadable<String>,
    /// The run deleted last, as long as that can be undone with a click.
    pub deleted: Option<TrashedRun>,
    /// Widths of the base models that were looked at, by name or folder; the usual learning rates depend on them.
    pub hidden_sizes: std::collections::BTreeMap<String, usize>,
    /// The run the whole flow waits for.
    pub flow_run: FlowRun,
    /// Runs whose end is recorded in the catalogue.
    pub recorded: std::collections::BTreeSet<String>,
    pub watcher: Option<RunWatcher>,
    /// Runs that are compared, beside the shown one: their curves are read in full.
    pub looked_at: std::collections::BTreeSet<String>,
}

/// Measured steps of a configuration.
#[derive(Debug)]
pub struct Trial {
    pub config: TrainConfig,
    pub report: TrialReport,
}

/// Where the stage stands for a run of the whole flow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FlowRun {
    #[default]
    None,
    Starting,
    Run(String),
    /// It cannot even start.
    Impossible(String),
}

/// A feature set as the form sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrainInputs {
    pub name: String,
    pub hash: ContentHash,
    /// Its tables and every column it offers.
    pub data: TrainData,
    pub train_rows: u64,
    /// Share of training rows labelled 1.
    pub positive_share: Option<f64>,
    /// What the columns of a table could be; `None` for a feature set, whose label is decided.
    pub evidence: Option<TableEvidence>,
}

impl TrainInputs {
    /// What the feature set in `dir` offers.
    pub fn of(set: &FeatureSet, dir: &Path) -> Self {
        let train = set.split.parts.iter().find(|part| part.name == "train");
        Self {
            name: set.name.clone(),
            hash: set.hash.clone(),
            data: set.train_data(dir),
            train_rows: train.map_or(0, |part| part.rows),
            positive_share: train.and_then(|part| part.positive_rate),
            evidence: None,
        }
    }

    /// What a table of the analyst's own offers: every column for what it could be.
    pub fn of_table(table: OwnTable) -> Self {
        let OwnTable {
            name,
            hash,
            data,
            train_rows,
            evidence,
        } = table;
        Self {
            name,
            hash,
            data: TrainData {
                text: evidence.text.clone(),
                numeric: evidence.numeric.clone(),
                categorical: evidence.categorical.clone(),
                ..data
            },
            train_rows,
            positive_share: None,
            evidence: Some(evidence),
        }
    }

    /// Share of training rows labelled 1 under these settings, where that is known.
    pub fn positive_share_of(&self, config: &TrainConfig) -> Option<f64> {
        match &self.evidence {
            Some(evidence) => evidence.label(&config.data.label)?.positive_share,
            None => self.positive_share,
        }
    }

    /// The settings a run of the whole flow takes, in the window as on the command line.
    pub fn default_config(&self) -> TrainConfig {
        if let Some(evidence) = &self.evidence {
            return table_config(evidence, self.data.clone(), None, self.train_rows);
        }
        train_config(self.data.clone(), self.train_rows, self.positive_share)
    }
}

/// True if the catalogue says that this run was trained on the feature set of this hash.
pub fn is_trained_on(artefacts: &[ArtefactRecord], run_id: &str, set: &ContentHash) -> bool {
    artefacts
        .iter()
        .any(|known| known.kind == ArtefactKind::Run && known.name == run_id && known.inputs.contains(set))
}

impl TrainState {
    /// The run that is shown: the chosen one, else what trains now, else the newest that has something to show.
    pub fn shown(&self) -> Option<&RunSnapshot> {
        let runs = &self.runs.runs;
        let chosen = self.selected.as_deref().and_then(|run_id| self.runs.get(run_id));
        let begun = || runs.iter().find(|run| run.status != RunStatus::Waiting);
        chosen
            .or_else(|| self.runs.live().next())
            .or_else(begun)
            .or_else(|| runs.first())
    }

    /// A run ended with a model that can be evaluated.
    pub fn has_model(&self) -> bool {
        let ended = |run: &RunSnapshot| matches!(run.status, RunStatus::Finished | RunStatus::Stopped);
        self.runs.runs.iter().any(ended)
    }

    /// Mark and count for the navigation.
    pub fn status(&self, state: &AppState) -> StageStatus {
        let runs = &self.runs.runs;
        let Some(newest) = runs.first() else {
            let mark = if self.started.is_loading() {
                StageMark::Running
            } else if self.started.error().is_some() {
                StageMark::NeedsAttention
            } else {
                StageMark::Nothing
            };
            return StageStatus::new(mark);
        };
        let is_done = |run: &RunSnapshot| matches!(run.status, RunStatus::Finished | RunStatus::Stopped);
        let mark = if runs.iter().any(|run| run.status.is_live()) {
            StageMark::Running
        } else if self.started.error().is_some()
            || matches!(newest.status, RunStatus::Crashed | RunStatus::Failed { .. })
        {
            StageMark::NeedsAttention
        } else if !runs.iter().any(is_done) {
            StageMark::Nothing
        } else if self.is_stale(&state.project.artefacts) {
            StageMark::Stale
        } else {
            StageMark::Done
        };
        StageStatus {
            mark,
            count: Some(number::count(runs.len() as u64)),
        }
    }

    /// There are runs, and none was trained on the newest feature set.
    pub fn is_stale(&self, artefacts: &[ArtefactRecord]) -> bool {
        let (Some(inputs), runs) = (&self.inputs, &self.runs.runs) else {
            return false;
        };
        // The catalogue hears of a run when it ends, and of one made elsewhere without its feature set: nothing is said
        // about those.
        let mut known = runs
            .iter()
            .filter(|run| {
                let of_run = |record: &&ArtefactRecord| record.kind == ArtefactKind::Run && record.name == run.run_id;
                artefacts.iter().filter(of_run).any(|record| !record.inputs.is_empty())
            })
            .peekable();
        let fits = |run: &RunSnapshot| is_trained_on(artefacts, &run.run_id, &inputs.hash);
        known.peek().is_some() && !known.any(fits)
    }

    /// How this stage stands for a run of the whole flow.
    pub fn outcome(&self) -> StageOutcome {
        let run_id = match &self.flow_run {
            FlowRun::None | FlowRun::Starting => {
                return self
                    .started
                    .error()
                    .map_or(StageOutcome::Pending, |why| StageOutcome::Failed(why.to_owned()));
            }
            FlowRun::Impossible(why) => return StageOutcome::Failed(why.clone()),
            FlowRun::Run(run_id) => run_id,
        };
        match self.runs.get(run_id).map(|run| (&run.status, &run.last_words)) {
            Some((RunStatus::Finished | RunStatus::Stopped, _)) => StageOutcome::Done,
            Some((RunStatus::Failed { message, .. }, _)) => StageOutcome::Failed(message.clone()),
            Some((RunStatus::Crashed, words)) => {
                let last = words.lines().last().unwrap_or_default();
                StageOutcome::Failed(format!("{run_id}: {last}"))
            }
            _ => StageOutcome::Pending,
        }
    }

    /// The runs that wait, for the tray.
    pub fn queue_line(&self, lang: Language) -> Option<String> {
        let waiting = &self.runs.queue.waiting;
        let name = |run_id: &String| match self.runs.get(run_id) {
            Some(run) => words::run_name(lang, &run.short_name()).to_lowercase(),
            None => run_id.clone(),
        };
        (!waiting.is_empty()).then(|| words::runs::queue_line(lang, &waiting.iter().map(name).collect::<Vec<_>>()))
    }

    /// The live run in one line for the tray.
    pub fn tray_line(&self, lang: Language) -> Option<TrayLine> {
        let run = self.runs.live().next()?;
        let view = &run.view;
        let mut detail = vec![words::status(lang, &run.status).to_owned()];
        if let Some(phase) = &view.phase {
            detail.push(lang.b(&crate::engine::run::event::phase_label(phase)).to_owned());
        }
        if let Some(total) = view.total_steps() {
            detail.push(words::step_of(lang, view.step, total));
        }
        if let Some(speed) = view.last(curve::SAMPLES_PER_SEC) {
            detail.push(words::samples_per_sec(lang, speed));
        }
        if let Some(secs) = view.eta_secs() {
            detail.push(common::time_left(lang, secs));
        }
        Some(TrayLine {
            text: words::tray_title(lang, &run.config.base_model, &run.short_name()),
            fraction: view.fraction() as f32,
            detail: detail.join(" · "),
        })
    }
}

/// What the tray says of a live run: `Fine-tune · run 12`, a bar, `step 744 / 1,200 · 27 samples/s · 8 min left`.
#[derive(Clone, Debug, PartialEq)]
pub struct TrayLine {
    pub text: String,
    pub fraction: f32,
    pub detail: String,
}
