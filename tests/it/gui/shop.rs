//! One sample shop taken through the whole flow by the command line, and the window's state of it.
//!
//! Invariant: every artefact is the engine's own; no number in a state is written by hand. The project's folder is
//! gone once all of it is in memory, since drawing a page reads no file.

use crate::program::Folder;
use crate::tiny_model::{shop_words, write_model};
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};
use touchstone::engine::artifact::ContentHash;
use touchstone::engine::audit::{AuditOptions, AuditReport, SideTables, audit};
use touchstone::engine::compare::Comparison;
use touchstone::engine::eval::EvaluationReport;
use touchstone::engine::eval::suite::ScoredRows;
use touchstone::engine::experiment::ExperimentReport;
use touchstone::engine::features::{FeatureSet, LogOutline, outline};
use touchstone::engine::flow::rules::check_rules;
use touchstone::engine::flow::sources::Sources;
use touchstone::engine::flow::stages::features_dir;
use touchstone::engine::ingest::{Dataset, ReadOptions, read_log};
use touchstone::engine::progress::Progress;
use touchstone::engine::project::{ArtefactKind, ArtefactRecord, Project};
use touchstone::engine::recipe::{Applied, Recipe, apply, preview, suggest};
use touchstone::engine::rules::suggest::suggest as suggest_rules;
use touchstone::engine::rules::{RuleSheet, Tables};
use touchstone::engine::run::now_ms;
use touchstone::gui::loadable::Loadable;
use touchstone::gui::runs::{RunList, RunWatcher};
use touchstone::gui::settings::{Language, ThemeChoice};
use touchstone::gui::state::AppState;
use touchstone::gui::state::audit::AuditedLog;
use touchstone::gui::state::compare::Compared;
use touchstone::gui::state::evaluate::Evaluations;
use touchstone::gui::state::experiments::{ExperimentChoice, ExperimentLog};
use touchstone::gui::state::recipe::RecipePreview;
use touchstone::gui::state::rules::FromLog;
use touchstone::gui::state::train::TrainInputs;

const ROWS: &str = "4000";

/// One rule of every kind; some hold, some do not, one cannot be judged.
pub const RULES: &str = r#"version = 1

[[rule]]
kind = "not_null"
column = "user_id"

[[rule]]
kind = "in_set"
column = "event_type"
values = ["view", "cart"]
severity = "warning"
reason = "searches are kept elsewhere"

[[rule]]
kind = "between"
column = "price"
min = 0
where = 'event_type = "purchase"'
mostly = 0.5

[[rule]]
kind = "matches"
column = "user_id"
pattern = 'no such user'

[[rule]]
kind = "unique_together"
columns = ["user_id", "event_time"]
mostly = 0.9

[[rule]]
kind = "references"
column = "product_id"
table = "items"
mostly = 0.75

[[rule]]
kind = "monotone"
column = "event_time"
group = ["user_id"]
severity = "info"

[[rule]]
kind = "row_condition"
condition = 'price > 0'

[[rule]]
kind = "freshness"
column = "event_time"
within = "36 hours"
against = "log_end"

[[rule]]
kind = "volume"
per_day = "event_time"
min_rows = 1

[[rule]]
kind = "references"
column = "user_id"
table = "users"
"#;

/// What the flow made.
pub struct Shop {
    pub project: Arc<Project>,
    pub sources: Sources,
    pub artefacts: Vec<ArtefactRecord>,
    pub log: Arc<Dataset>,
    pub items: Arc<Dataset>,
    pub report: Arc<AuditReport>,
    audited: Arc<AuditedLog>,
    pub recipe: Recipe,
    pub applied: Arc<Applied>,
    pub outline: Arc<LogOutline>,
    pub set: Arc<FeatureSet>,
    pub inputs: Arc<TrainInputs>,
    pub runs: Arc<RunList>,
    pub evaluations: Arc<Evaluations>,
    pub compared: Arc<Compared>,
    pub experiment: Arc<ExperimentReport>,
    pub experiment_log: Arc<ExperimentLog>,
}

static SHOP: LazyLock<Shop> = LazyLock::new(Shop::make);

/// The shop; made by the first test that asks.
pub fn shop() -> &'static Shop {
    &SHOP
}

fn read(path: &Path) -> Dataset {
    read_log(&[path.to_owned()], &ReadOptions::default(), &Progress::new()).expect("a readable table")
}

/// Follows the runs as the window does, until all of them are read.
fn runs_of(project: &Project) -> Arc<RunList> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .expect("a runtime");
    let mut watcher = RunWatcher::start(project.runs_dir(), runtime.handle(), || {});
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let list = watcher.take_new();
        let is_read = |list: &Arc<RunList>| !list.runs.is_empty() && list.runs.iter().all(|run| run.is_complete);
        if let Some(list) = list.filter(is_read) {
            return list;
        }
        assert!(Instant::now() < deadline, "the runs were not read");
        std::thread::sleep(Duration::from_millis(10));
    }
}

impl Shop {
    fn make() -> Self {
        let folder = Folder::new();
        folder.run(&["sample", "shop", "--rows", ROWS]).with_code(0);
        write_model(&folder.join("home/cache/touchstone/models/minilm-l6"), &shop_words());
        folder.run(&["flow", "shop"]).with_code(0);
        let project = Arc::new(Project::open(&folder.join("shop")).expect("a project"));
        let progress = Progress::new();
        let sources = Sources::load(&project).expect("readable settings");
        let artefacts = project.artefacts(None).expect("a catalogue");
        let latest = |kind| artefacts.iter().find(|artefact| artefact.kind == kind).expect("made");

        let log = Arc::new(read(&sources.events[0]));
        let items = Arc::new(read(sources.items.as_deref().expect("an item table")));
        // As the flow audits: orphans of the user table have a repair too.
        let users = read(sources.users.as_deref().expect("a user table"));
        let tables = SideTables {
            items: Some(&*items),
            users: Some(&users),
        };
        let options = AuditOptions::new(now_ms()).with_tables(tables);
        let report = Arc::new(audit(&log, &options, &progress).expect("an audit"));
        let recipe = suggest(&report);
        let applied = Arc::new(apply(&log, &recipe, &progress).expect("it applies"));
        let outline = outline(&applied.dataset, Some(&*items), None, &progress).expect("an outline");
        let dir = features_dir(&project);
        let set = FeatureSet::load(&dir).expect("a feature set");
        let evaluation = latest(ArtefactKind::Evaluation);
        let comparison = latest(ArtefactKind::Comparison);
        let experiment_path = sources.experiment.clone().expect("an experiment log");
        Self {
            audited: Arc::new(AuditedLog::new(Arc::clone(&log)).expect("readable rows")),
            outline: Arc::new(outline),
            inputs: Arc::new(TrainInputs::of(&set, &dir)),
            set: Arc::new(set),
            runs: runs_of(&project),
            evaluations: Arc::new(Evaluations {
                report: content::<EvaluationReport>(evaluation),
                rows: Arc::new(ScoredRows::read(&project.data_dir().join("scores.parquet")).expect("scores")),
                created_ms: evaluation.created_ms,
            }),
            compared: Arc::new(Compared {
                comparison: content::<Comparison>(comparison),
                created_ms: comparison.created_ms,
            }),
            experiment: Arc::new(content(latest(ArtefactKind::Experiment))),
            experiment_log: Arc::new(ExperimentLog::new(
                vec![experiment_path.clone()],
                read(&experiment_path),
            )),
            project,
            sources,
            artefacts: artefacts.clone(),
            log,
            items,
            report,
            recipe,
            applied,
        }
    }

    /// The state with the project open and nothing else done.
    pub fn opened(&self, language: Language) -> AppState {
        let mut state = AppState::default();
        state.settings.language = language;
        state.project.project = Loadable::Ready(Arc::clone(&self.project));
        state.project.sources = self.sources.clone();
        state.train.is_listed = true;
        state.train.base_models = Arc::from(["minilm-l6".to_owned()]);
        state
    }

    /// The state with the log and the item table read.
    pub fn read(&self, language: Language) -> AppState {
        let mut state = self.opened(language);
        state.data.dataset = Loadable::Ready(Arc::clone(&self.log));
        state.data.items = Loadable::Ready(Arc::clone(&self.items));
        state
    }

    /// The state with all stages done, as the window has it after the flow.
    pub fn done(&self, language: Language) -> AppState {
        let mut state = self.read(language);
        state.project.artefacts = self.artefacts.clone();
        state.audit.report = Loadable::Ready(Arc::clone(&self.report));
        state.audit.log = Some(Arc::clone(&self.audited));
        self.with_rules(&mut state, RULES);
        state.recipe.recipe = self.recipe.clone();
        state.recipe.is_decided = true;
        state.recipe.applied = Loadable::Ready(Arc::clone(&self.applied));
        self.select_step(&mut state, None);
        state.features.set = Loadable::Ready(Arc::clone(&self.set));
        state.features.outline = Loadable::Ready(Arc::clone(&self.outline));
        state.train.inputs = Some(Arc::clone(&self.inputs));
        state.train.runs = Arc::clone(&self.runs);
        state.evaluate.evaluations = Loadable::Ready(Arc::clone(&self.evaluations));
        state.compare.comparison = Loadable::Ready(Arc::clone(&self.compared));
        state.experiments.report = Loadable::Ready(Arc::clone(&self.experiment));
        state.experiments.log = Some(Arc::clone(&self.experiment_log));
        state.experiments.choice = ExperimentChoice {
            files: Vec::new(),
            config: Some(self.experiment.config.clone()),
        };
        state
    }

    /// The same in a theme.
    pub fn done_in(&self, language: Language, theme: ThemeChoice) -> AppState {
        let mut state = self.done(language);
        state.settings.theme = theme;
        state
    }

    /// Gives the project these rules (TOML), checked on the log as the window's job does.
    pub fn with_rules(&self, state: &mut AppState, text: &str) {
        let sheet = RuleSheet::parse(text, "rules.toml").expect("a sound file");
        let tables = Tables {
            items: Some(&*self.items),
            ..Tables::default()
        };
        let (log, folder) = (&*self.log, self.project.folder());
        let check = check_rules(sheet.rules(), (log, tables), folder, now_ms(), &Progress::new());
        state.rules.sheet = sheet;
        state.rules.check = Loadable::Ready(Arc::new(check.expect("readable rows")));
        state.rules.rows = Some(Arc::clone(&self.audited));
    }

    /// What the log suggests, as the window's job finds it.
    pub fn suggestions(&self) -> Arc<FromLog> {
        let tables = Tables {
            items: Some(&*self.items),
            ..Tables::default()
        };
        let found = suggest_rules(&self.log, None, &tables, now_ms(), &Progress::new()).expect("readable rows");
        Arc::new(FromLog {
            found,
            log: self.log.info.hash.clone(),
        })
    }

    /// Chooses a step of the recipe and previews it, as the window's preview job does.
    pub fn select_step(&self, state: &mut AppState, selected: Option<usize>) {
        state.recipe.selected = selected;
        let recipe = &state.recipe.recipe;
        let preview = preview(&self.log, recipe, selected, 200, &Progress::new()).expect("not cancelled");
        let key: ContentHash = state.recipe.preview_key(&state.data).expect("a log is open");
        state.recipe.preview = Loadable::Ready(Arc::new(RecipePreview {
            preview,
            key,
            elapsed_ms: 1,
        }));
    }
}

/// What the catalogue keeps of an artefact.
fn content<T: serde::de::DeserializeOwned>(artefact: &ArtefactRecord) -> T {
    serde_json::from_value(artefact.content.clone()).expect("the artefact as it was written")
}
