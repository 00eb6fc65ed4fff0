//! The worker's side of a run: reads `config.json`, trains, writes events, exports the best model.
//!
//! In: a run folder. Out: `events.jsonl`, `checkpoints/`, `model/`. Invariant: whatever happens, an error or a
//! panic included, the log ends with a terminal event; only a killed process leaves none.

mod result;

use super::checkpoint::Store;
use super::device::{self, Chosen};
use super::fit::{Fit, Job};
use super::model::{Model, Start};
use super::optimizer::{Optimizer, Rates};
use super::prepare::{self, Parts};
use super::{TrainError, peak, shim};
use crate::engine::artifact::ContentHash;
use crate::engine::models;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::control::ControlReader;
use crate::engine::run::event::{ComputeFacts, EventBody};
use crate::engine::run::liveness::ProcessId;
use crate::engine::run::{RunDir, validate as config_check};
use crate::engine::train::cost::TokenCost;
use crate::engine::train::faults::Faults;
use crate::engine::train::host::Host;
use crate::engine::train::memory;
use crate::engine::train::run_host::{Heartbeat, RunHost};
use crate::engine::train::schedule::LearningRate;
use crate::engine::train::state::TrainerState;
use crate::engine::train::validate::Measure;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Evaluations a run without `eval_every_steps`, unless they would take too long.
const EVALUATIONS: u64 = 10;
const FEWEST_EVALUATIONS: u64 = 3;
/// Scoring a row costs about a third of learning from it (no backward pass).
const SCORED_PER_LEARNT: f64 = 3.0;
/// Share of the time of the training steps that evaluations may take.
const EVALUATION_SHARE: f64 = 0.25;

/// Trains (or resumes) the run in `run_dir` in this process, until it ends, fails or is stopped. The caller holds
/// the run's `WorkerLock`.
///
/// `measure` judges the validation and test rows.
pub fn run(run_dir: &Path, measure: Measure) -> Result<(), TrainError> {
    let dir = RunDir::open(run_dir)?;
    shim::keep_freed_memory();
    let mut host = RunHost::open(&dir, ControlReader::new(&dir))?;
    let _heartbeat = Heartbeat::start(&host);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        dir.config()
            .map_err(TrainError::from)
            .and_then(|c| train(&dir, &c, measure, &mut host))
    }));
    let (step, error) = match outcome {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => (host.last_step(), error),
        Err(panic) => {
            let words = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("unknown cause");
            (host.last_step(), TrainError::from_torch("training (panic)", words))
        }
    };
    host.emit(
        step,
        EventBody::Failed {
            message: error.to_string(),
            hint: error.hint().to_owned(),
        },
    )?;
    Err(error)
}

fn check(config: &TrainConfig) -> Result<(), TrainError> {
    match config_check::problems(config).into_iter().next() {
        Some(problem) => Err(TrainError::config(problem.field, problem.message.en)),
        None => Ok(()),
    }
}

fn train(dir: &RunDir, config: &TrainConfig, measure: Measure, host: &mut RunHost) -> Result<(), TrainError> {
    let (session, model, optimizer) = prepare_session(dir, config, measure, host)?;
    let (job, state) = session.plan(&model, host)?;
    let mut fit = Fit::new(job, &model, optimizer, state);
    session.start(&mut fit, host)?;
    let facts = compute_facts(TokenCost::of(&model.config, config), &session.chosen);
    host.emit(fit.state.step, EventBody::Compute(facts))?;
    let ended = fit.run(host)?;
    session.finish(&mut fit, ended, host)
}

/// Everything read, checked and loaded, up to the first step.
pub(crate) fn prepare_session<'a>(
    dir: &'a RunDir,
    config: &'a TrainConfig,
    measure: Measure,
    host: &mut dyn Host,
) -> Result<(Session<'a>, Model, Optimizer), TrainError> {
    check(config)?;
    host.phase(0, "loading_model")?;
    let base_dir = models::resolve(&config.base_model)?;
    let base = models::inspect(&base_dir)?;
    let tokenizer = prepare::open_tokenizer(config, &base_dir, &base.config)?;
    let chosen = device::choose(config.device, config.precision)?;
    for note in &chosen.notes {
        host.warn(0, note.clone())?;
    }
    let parts = prepare::prepare(config, &tokenizer, host)?;
    parts.inputs().keep(dir.path(), &dir.checkpoints_path())?;
    host.phase(0, "loading_model")?;
    let start = Start {
        pooling: config.pooling,
        numeric_columns: parts.columns.len(),
        categorical: &parts.categorical,
        outputs: parts.rules.outputs(),
        first_bias: parts.rules.first_bias(&parts.train.labels),
        method: &config.method,
        frozen_layers: config.frozen_layers,
        seed: config.seed,
    };
    let model = Model::for_training(&base_dir, base.config, &start, chosen.compute)?;
    let session = Session {
        store: Store::new(&dir.checkpoints_path(), config.keep_last).with_budget(config.checkpoint_budget_mb),
        dir,
        config,
        base_dir,
        parts,
        chosen,
        measure,
    };
    let factor = config.head_rate() / config.learning_rate;
    if factor != 1.0 {
        let rate = config.head_rate();
        host.log(
            0,
            format!("the head, which is new, learns at {rate:.1e}, {factor:.1} times as fast as the rest"),
        )?;
    }
    let rates = Rates {
        weight_decay: config.weight_decay,
        head_factor: factor,
        layer_decay: config.layer_decay,
    };
    let optimizer = Optimizer::new(&model, &rates)?;
    Ok((session, model, optimizer))
}

/// What a token costs and what the device can do.
fn compute_facts(cost: TokenCost, chosen: &Chosen) -> ComputeFacts {
    let peak = peak::of(chosen);
    ComputeFacts {
        per_token: cost.fixed,
        per_token_and_length: cost.by_length,
        peak_per_sec: peak.map(|peak| peak.flops),
        measured_ms: peak.map_or(0, |peak| peak.measured_ms),
    }
}

/// Hash of the settings that change what is learnt; the others may differ when a run is resumed.
fn learning_settings(config: &TrainConfig) -> ContentHash {
    let mut kept = config.clone();
    let default = TrainConfig::default();
    kept.name = String::new();
    kept.keep_last = default.keep_last;
    kept.eval_batch_size = default.eval_batch_size;
    kept.early_stopping_patience = None;
    kept.eval_every_steps = None;
    kept.micro_batch_size = None;
    kept.checkpoint_budget_mb = None;
    kept.gradient_checkpointing = false;
    kept.device = default.device;
    kept.precision = default.precision;
    kept.origin = None;
    kept.data = crate::engine::run::config::TrainData::default();
    ContentHash::of_json(&kept)
}

/// Steps from one evaluation to the next: ten times a run, fewer where there are many validation rows.
fn eval_every(total_steps: u64, batch_size: usize, valid_rows: usize) -> u64 {
    let learnt = total_steps as f64 * batch_size as f64;
    let affordable = learnt * SCORED_PER_LEARNT * EVALUATION_SHARE / valid_rows.max(1) as f64;
    let evaluations = (affordable as u64).clamp(FEWEST_EVALUATIONS, EVALUATIONS);
    total_steps.div_ceil(evaluations)
}

/// All that a run needs beside its model.
pub(crate) struct Session<'a> {
    dir: &'a RunDir,
    pub config: &'a TrainConfig,
    base_dir: PathBuf,
    pub parts: Parts,
    pub chosen: Chosen,
    pub store: Store,
    measure: Measure,
}

impl Session<'_> {
    /// The loop's settings and the state before the first step.
    pub fn plan(&self, model: &Model, host: &mut dyn Host) -> Result<(Job<'_>, TrainerState), TrainError> {
        let (config, parts) = (self.config, &self.parts);
        let plan = parts.train.plan(config);
        let per_epoch = plan.steps_per_epoch();
        if plan.log_odds_shift() != 0.0 {
            let (taken, rows) = (plan.rows_per_epoch(), parts.train.num_rows());
            let message = format!(
                "each epoch takes {taken} of {rows} training rows: all positive ones, and negative ones in turn; the training loss is that of these rows, the scores stay probabilities of all rows"
            );
            host.log(0, message)?;
        }
        let total_steps = match config.max_steps {
            Some(steps) => steps,
            None => ((per_epoch as f64 * config.epochs).ceil() as u64).max(1),
        };
        let metric = self.metric_to_choose_by(parts, host)?;
        let state = TrainerState {
            total_steps,
            seed: config.seed,
            config: learning_settings(config),
            data: parts.train.hash(),
            ..TrainerState::default()
        };
        let state = TrainerState {
            micro_batch: self.rows_at_once(model, host)?,
            ..state
        };
        let job = Job {
            faults: Faults::planted(),
            config,
            train: &parts.train,
            valid: &parts.valid,
            rules: &*parts.rules,
            samples: parts.samples.clone(),
            store: self.store.clone(),
            metric,
            measure: self.measure,
            eval_every: config
                .eval_every_steps
                .unwrap_or_else(|| eval_every(total_steps, config.batch_size, parts.valid.num_rows()))
                .max(1),
            rate: LearningRate::new(config.learning_rate, config.schedule, config.warmup_ratio, total_steps)
                .with_power(config.schedule_power),
        };
        Ok((job, state))
    }

    /// What the best step is chosen by; tells where that is not what was asked for, or says little.
    fn metric_to_choose_by(&self, parts: &Parts, host: &mut dyn Host) -> Result<String, TrainError> {
        let (metric, labels) = (&self.config.metric, &parts.valid.labels);
        if !parts.rules.needs_two_labels(metric) {
            return Ok(metric.clone());
        }
        if labels.iter().all(|label| *label == labels[0]) {
            let fallback = parts.rules.metric_of_one_label();
            let message = format!(
                "all validation rows have the same label, so {metric} is undefined; the best step is chosen by {fallback}"
            );
            host.warn(0, message)?;
            return Ok(fallback.to_owned());
        }
        if let Some(caution) = parts.rules.caution(labels) {
            host.warn(
                0,
                format!(
                    "{caution}, so the step with the highest {metric} is partly chosen by chance; hold out more rows"
                ),
            )?;
        }
        Ok(metric.clone())
    }

    /// Rows of a batch that fit into memory at one time; `None` = all.
    fn rows_at_once(&self, model: &Model, host: &mut dyn Host) -> Result<Option<u64>, TrainError> {
        let config = self.config;
        if let Some(rows) = config.micro_batch_size {
            return Ok((rows < config.batch_size).then_some(rows as u64));
        }
        let compute = model.compute;
        let free = match shim::device_memory(compute.device)? {
            Some((free, _)) => free,
            None => memory::free_bytes(),
        };
        let half = compute.bf16 || compute.fp16;
        let load = memory::Load::of(config, &model.config, model.parameter_counts(), half, model.place());
        let longest = u64::from(self.parts.train.lengths().into_iter().max().unwrap_or(1));
        let rows = load.rows_that_fit(config.batch_size, longest, free);
        if rows >= config.batch_size {
            return Ok(None);
        }
        let gigabytes = |bytes: u64| bytes as f64 / 1e9;
        let message = format!(
            "a batch of {} rows needs about {:.1} GB of {:.1} GB that are free: {rows} rows are computed at one time, the result is the same",
            config.batch_size,
            gigabytes(load.step_bytes(config.batch_size as u64, longest)),
            gigabytes(free),
        );
        host.log(0, message)?;
        Ok(Some(rows as u64))
    }

    /// Resumes if there is something to resume from, and says how the run starts.
    fn start(&self, fit: &mut Fit<'_>, host: &mut RunHost) -> Result<(), TrainError> {
        let (latest, complaints) = self.store.latest();
        let (params_total, params_trainable) = fit.model().parameter_counts();
        let process = ProcessId::current();
        let step = latest.as_ref().map_or(0, |loaded| loaded.state.step);
        host.emit(
            step,
            EventBody::Started {
                pid: process.pid,
                pid_start_secs: process.start_secs,
                device: self.chosen.device.clone(),
                precision: self.chosen.precision.to_owned(),
                total_steps: fit.state.total_steps,
                epochs: self.config.epochs,
                train_rows: self.parts.train.num_rows() as u64,
                valid_rows: self.parts.valid.num_rows() as u64,
                params_total,
                params_trainable,
            },
        )?;
        for complaint in complaints {
            host.warn(step, complaint)?;
        }
        if let Some(note) = self.store.check_room(fit.model())? {
            host.warn(step, note)?;
        }
        if let Some(loaded) = latest {
            fit.restore(&loaded)?;
            host.emit(step, EventBody::Resumed { from_step: step })?;
        }
        host.phase(step, "training")
    }
}
