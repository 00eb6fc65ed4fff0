//! The training loop: batch → forward → loss → backward → step; evaluation, checkpoints and commands between steps.
//!
//! In: a model, prepared rows, settings. Out: the state at the end, weights on the disk. Invariant: what is learnt
//! depends on settings, rows and the step number only, never on time, commands or how often it was interrupted.

use super::TrainError;
use super::batch::Prepared;
use super::checkpoint::{self, Loaded, Store};
use super::dropout::DropoutDraws;
use super::loss::RowLoss;
use super::meter::{Meter, Seen};
use super::model::Model;
use super::optimizer::Optimizer;
use super::weights::Named;
use super::{During as _, shim, step};
use crate::engine::progress::Progress;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::control::Command;
use crate::engine::run::event::{EventBody, SamplePrediction};
use crate::engine::run::task::Task;
use crate::engine::train::batches::{BatchPlan, EpochBatches};
use crate::engine::train::divergence::Divergence;
use crate::engine::train::faults::Faults;
use crate::engine::train::host::Host;
use crate::engine::train::schedule::LearningRate;
use crate::engine::train::state::{Best, TrainerState};
use crate::engine::train::tasks::{Predictions, TaskRules};
use crate::engine::train::validate::{Measure, Validated};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Without an evaluation for so long, a checkpoint is written all the same.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(600);
const PAUSE_POLL: Duration = Duration::from_millis(200);

/// A validation row shown at each evaluation: its index and its text.
pub type Sample = (u32, String);

/// What the loop needs beside the model.
pub struct Job<'a> {
    pub config: &'a TrainConfig,
    pub train: &'a Prepared,
    pub valid: &'a Prepared,
    pub rules: &'a dyn TaskRules,
    pub samples: Vec<Sample>,
    pub store: Store,
    /// The metric that decides "best".
    pub metric: String,
    pub measure: Measure,
    pub eval_every: u64,
    pub rate: LearningRate,
    pub faults: Faults,
}

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    AllSteps,
    /// No better evaluation for `early_stopping_patience` of them.
    Early,
    /// By command.
    Stopped,
}

/// The loop and all that changes in it.
pub struct Fit<'a> {
    job: Job<'a>,
    model: &'a Model,
    optimizer: Optimizer,
    plan: BatchPlan,
    loss: RowLoss,
    epoch: Option<(u64, EpochBatches)>,
    pub state: TrainerState,
    pub meter: Meter,
    /// Weights of the best step where no checkpoint could be written.
    best_weights: Option<Named>,
    divergence: Divergence,
    /// Rows scored at one time; halved where they do not fit.
    eval_batch: usize,
    last_saved: Instant,
    last_good: u64,
    /// Its owner asked it to stop.
    stops: bool,
}

impl<'a> Fit<'a> {
    pub fn new(job: Job<'a>, model: &'a Model, optimizer: Optimizer, state: TrainerState) -> Self {
        let plan = job.train.plan(job.config);
        let labels = (&job.train.labels[..], job.rules.outputs());
        Self {
            loss: RowLoss::new(job.config, plan.log_odds_shift(), labels),
            meter: Meter::new(&state),
            last_good: state.step,
            last_saved: Instant::now(),
            best_weights: None,
            stops: false,
            divergence: Divergence::new(state.opening_loss),
            eval_batch: job.config.eval_batch_size,
            epoch: None,
            job,
            model,
            optimizer,
            plan,
            state,
        }
    }

    pub fn model(&self) -> &'a Model {
        self.model
    }

    /// Continues from a checkpoint of the same settings and rows; a fork takes up its source's with its own.
    pub fn restore(&mut self, loaded: &Loaded) -> Result<(), TrainError> {
        let fork = self.job.config.forked_at() == Some(loaded.state.step);
        let refuse = |reason: String| TrainError::Checkpoint {
            path: loaded.path.clone(),
            reason,
        };
        for (same, what) in [
            (loaded.state.config == self.state.config, "the configuration"),
            (loaded.state.data == self.state.data, "the training rows"),
            (
                loaded.state.total_steps == self.state.total_steps,
                "the number of steps",
            ),
        ] {
            if !same && !fork {
                return Err(refuse(format!(
                    "{what} changed since it was written; start a new run instead"
                )));
            }
        }
        self.model.load_values(&loaded.weights)?;
        self.optimizer.restore(&loaded.moments).map_err(refuse)?;
        self.meter = Meter::new(&loaded.state);
        self.last_good = loaded.state.step;
        self.state = if fork {
            loaded.state.forked(&self.state, &self.job.metric)
        } else {
            loaded.state.clone()
        };
        self.divergence = Divergence::new(self.state.opening_loss);
        if fork && self.state.step >= self.state.total_steps {
            let total = self.state.total_steps;
            return Err(refuse(format!(
                "the run ends at step {total}, where this checkpoint is already; give it more epochs or steps"
            )));
        }
        Ok(())
    }

    /// Trains to the end, to an early stop, or to the owner's stop.
    pub fn run(&mut self, host: &mut dyn Host) -> Result<Ended, TrainError> {
        while self.state.step < self.state.total_steps {
            if self.obey(host)? {
                self.stops = true;
                self.save(host, false)?;
                return Ok(Ended::Stopped);
            }
            self.step(host)?;
            let step = self.state.step;
            if step.is_multiple_of(self.job.eval_every) || step == self.state.total_steps {
                let best = self.evaluate(host)?;
                if self.save(host, best)? {
                    return Ok(Ended::Stopped);
                }
                if self.out_of_patience() && step < self.state.total_steps {
                    return Ok(Ended::Early);
                }
            } else if self.last_saved.elapsed() > CHECKPOINT_INTERVAL && self.save(host, false)? {
                return Ok(Ended::Stopped);
            }
        }
        Ok(Ended::AllSteps)
    }

    fn out_of_patience(&self) -> bool {
        let patience = self.job.config.early_stopping_patience;
        patience.is_some_and(|patience| self.state.evaluations_without_gain >= patience.max(1))
    }

    /// One optimiser step.
    pub fn step(&mut self, host: &mut dyn Host) -> Result<(), TrainError> {
        let started = Instant::now();
        let done = self.state.step;
        let per_epoch = self.plan.steps_per_epoch();
        let (epoch, place) = (done / per_epoch, (done % per_epoch) as usize);
        if self.epoch.as_ref().is_none_or(|(held, _)| *held != epoch) {
            self.epoch = Some((epoch, self.plan.epoch(epoch)));
        }
        let rows = self
            .epoch
            .as_ref()
            .map_or_else(Vec::new, |(_, batches)| batches.rows(place).to_vec());
        let device = self.model.compute.device;
        let gradient = self.gradient(&rows, host)?;
        let learning_rate = self.job.rate.at(done);
        let norm = self.optimizer.step(learning_rate, self.job.config.max_grad_norm)?;
        self.state.step += 1;
        self.state.samples += rows.len() as u64;
        let step::Gradient { losses, tokens } = gradient;
        self.meter.add(done + 1, rows, tokens, losses, norm, started.elapsed());
        if self.meter.is_due(device == tch::Device::Cpu) {
            self.report(learning_rate, false, host)?;
        }
        Ok(())
    }

    /// The gradient of these rows. Where memory runs out, fewer rows are computed at one time from then on; what is
    /// learnt stays the same.
    pub fn gradient(&mut self, rows: &[u32], host: &mut dyn Host) -> Result<step::Gradient, TrainError> {
        loop {
            let done = self.state.step;
            let device = self.model.compute.device;
            let at_once = self.state.micro_batch.and_then(|size| usize::try_from(size).ok());
            let found = step::gradient(
                &step::Work {
                    model: self.model,
                    rows: self.job.train,
                    loss: &self.loss,
                    draws: DropoutDraws::new(self.job.config.seed, done, device),
                    micro_batch: at_once,
                    recompute: self.job.config.gradient_checkpointing,
                    loss_scale: self.optimizer.loss_scale(),
                    faults: self.job.faults,
                },
                rows,
            );
            let size = at_once.unwrap_or(rows.len()).min(rows.len());
            match found {
                Err(TrainError::OutOfMemory { message, .. }) if size > 1 => {
                    self.optimizer.drop_gradients()?;
                    shim::release_memory(device)?;
                    let micro_batch = size.div_ceil(2) as u64;
                    self.state.micro_batch = Some(micro_batch);
                    host.emit(done, EventBody::MemoryShort { micro_batch, message })?;
                }
                other => return other,
            }
        }
    }

    /// Tells the owner of every step so far. What a checkpoint holds is on the loss curve then, so a resume finds it
    /// without a gap and goes on without a repeat.
    pub fn report_all(&mut self, host: &mut dyn Host) -> Result<(), TrainError> {
        self.report(self.job.rate.at(self.state.step.saturating_sub(1)), true, host)
    }

    /// Reads the losses of the steps since the last look, and tells the owner at most four times a second unless `now`.
    fn report(&mut self, learning_rate: f64, now: bool, host: &mut dyn Host) -> Result<(), TrainError> {
        let seen = self.meter.read(self.optimizer.loss_scale().is_some())?;
        if let Some((step, rows)) = seen.not_finite {
            return Err(TrainError::NotFinite {
                step,
                batch: self.name_batch(step),
                rows: self.name_rows(&rows),
                last_good: self.last_good,
            });
        }
        self.state.train_secs = self.meter.train_secs;
        for &step in &seen.skipped {
            self.state.skipped += 1;
            let (skipped, scale) = (self.state.skipped, self.optimizer.loss_scale());
            let loss_scale = scale.map(|scale| scale.f_double_value(&[])).transpose();
            let loss_scale = loss_scale.during("reading the loss scale")?;
            host.emit(step, EventBody::StepSkipped { skipped, loss_scale })?;
        }
        self.judge_losses(&seen)?;
        let epoch = self.state.step as f64 / self.plan.steps_per_epoch() as f64;
        match self.meter.event(learning_rate, epoch, now) {
            Some(event) => host.emit(self.state.step, event),
            None => Ok(()),
        }
    }

    /// Ends a run that goes nowhere.
    fn judge_losses(&mut self, seen: &Seen) -> Result<(), TrainError> {
        let skipped = seen.skipped.iter().map(|&step| (step, &[][..], None));
        let steps = seen
            .steps
            .iter()
            .map(|(step, loss, rows)| (*step, &rows[..], Some(*loss)));
        for (step, rows, loss) in skipped.chain(steps) {
            let reason = match loss {
                Some(loss) => self.divergence.loss(loss),
                None => self.divergence.skipped(step),
            };
            if let Some(reason) = reason {
                return Err(TrainError::Diverged {
                    reason,
                    step,
                    batch: self.name_batch(step),
                    rows: self.name_rows(rows),
                    last_good: self.last_good,
                });
            }
        }
        self.state.opening_loss = self.divergence.opening();
        Ok(())
    }

    /// Both counted from 1, as people do.
    fn name_batch(&self, step: u64) -> String {
        let (before, per_epoch) = (step.saturating_sub(1), self.plan.steps_per_epoch());
        format!("batch {} of epoch {}", before % per_epoch + 1, before / per_epoch + 1)
    }

    fn name_rows(&self, rows: &[u32]) -> Vec<String> {
        let mut names: Vec<String> = rows
            .iter()
            .take(8)
            .map(|&row| match self.job.train.lines.get(row as usize) {
                Some(line) => format!("line {line}"),
                None => format!("row {row}"),
            })
            .collect();
        if rows.len() > names.len() {
            names.push(format!("and {} more", rows.len() - names.len()));
        }
        names
    }

    /// Scores the validation rows; true if they were never scored better.
    pub fn evaluate(&mut self, host: &mut dyn Host) -> Result<bool, TrainError> {
        let step = self.state.step;
        host.phase(step, "evaluating")?;
        self.report_all(host)?;
        let valid = self.job.valid;
        let predicted = self.predict(valid, host)?;
        let metrics = self.metrics(&predicted, valid);
        let best = match metrics.get(&self.job.metric) {
            Some(&value) => self.judge(value, &metrics),
            None => {
                host.warn(step, format!("{} is undefined on the validation rows", self.job.metric))?;
                false
            }
        };
        let samples = self.job.samples.iter().map(|(row, text)| {
            let label = valid.labels[*row as usize];
            let (score, classes) = self.job.rules.sample(predicted.row(*row as usize), label);
            SamplePrediction {
                text: text.clone(),
                label: f64::from(label),
                score: f64::from(score),
                classes,
            }
        });
        let samples = samples.collect();
        host.emit(step, EventBody::Evaluated { metrics, best, samples })?;
        host.phase(step, "training")?;
        Ok(best)
    }

    /// What the model says of rows; fewer at one time where they do not fit into memory.
    pub fn predict(&mut self, rows: &Prepared, host: &mut dyn Host) -> Result<Predictions, TrainError> {
        loop {
            let how = (self.job.rules.task(), self.eval_batch);
            match self.model.predict(rows, how, &Progress::new()) {
                Err(TrainError::OutOfMemory { message, .. }) if self.eval_batch > 1 => {
                    shim::release_memory(self.model.compute.device)?;
                    self.eval_batch = self.eval_batch.div_ceil(2);
                    let told = format!("scoring {} rows at one time: {message}", self.eval_batch);
                    host.warn(self.state.step, told)?;
                }
                other => return other,
            }
        }
    }

    /// The metrics of labelled rows, those of the evaluation stage where the task is binary.
    pub fn metrics(&self, predicted: &Predictions, rows: &Prepared) -> BTreeMap<String, f64> {
        if self.job.rules.task() != Task::Binary {
            return self.job.rules.metrics(predicted, &rows.labels, &rows.groups);
        }
        (self.job.measure)(&Validated {
            scores: &predicted.values,
            labels: &rows.labels,
            groups: (!rows.groups.is_empty()).then_some(&rows.groups),
            metric: &self.job.metric,
        })
    }

    fn judge(&mut self, value: f64, metrics: &BTreeMap<String, f64>) -> bool {
        let better = self.state.best.as_ref().is_none_or(|best| best.is_beaten_by(value));
        if better {
            self.state.evaluations_without_gain = 0;
            self.state.best = Some(Best {
                metric: self.job.metric.clone(),
                value,
                step: self.state.step,
                metrics: metrics.clone(),
            });
        } else {
            self.state.evaluations_without_gain += 1;
        }
        better
    }

    /// Writes a checkpoint. On a full disk the run waits for room; any other failure costs a checkpoint, not the run.
    /// True if the run is to stop.
    fn save(&mut self, host: &mut dyn Host, best: bool) -> Result<bool, TrainError> {
        let step = self.state.step;
        self.report_all(host)?;
        self.state.wall_secs = self.meter.wall_secs();
        self.last_saved = Instant::now();
        // The curve must reach as far as the checkpoint, whatever happens next.
        if let Err(error) = host.flush() {
            tracing::warn!("{error}");
        }
        loop {
            let error = match self.job.store.save(self.model, &self.optimizer, &self.state) {
                Ok(path) => {
                    self.saved(&path, best, host)?;
                    return Ok(self.stops);
                }
                Err(error) => error,
            };
            if error.is_disk_full() && !self.stops {
                // One more try after the wait; a run that is to stop ends without.
                self.stops = self.wait_for_room(&error, host)?;
                continue;
            }
            if best {
                self.best_weights = Some(checkpoint::snapshot(self.model)?);
            }
            let message = format!(
                "no checkpoint at step {step}: {error}; training goes on, a resume would start from step {}",
                self.last_good
            );
            host.warn(step, message)?;
            return Ok(self.stops);
        }
    }

    fn saved(&mut self, path: &std::path::Path, best: bool, host: &mut dyn Host) -> Result<(), TrainError> {
        let step = self.state.step;
        self.last_good = step;
        if best {
            self.best_weights = None;
        }
        let path = path.display().to_string();
        host.emit(step, EventBody::Checkpoint { path, best })?;
        let best_step = self.state.best.as_ref().map(|best| best.step);
        if let Err(error) = self.job.store.prune(best_step) {
            host.warn(step, format!("an old checkpoint stays: {error}"))?;
        }
        Ok(())
    }

    /// Holds the run until there is room for a checkpoint, or its owner says `continue`; true if it says `stop`.
    fn wait_for_room(&mut self, error: &TrainError, host: &mut dyn Host) -> Result<bool, TrainError> {
        let (step, needed) = (self.state.step, self.job.store.bytes_of_one(self.model));
        let message = format!(
            "the disk is full: {error}. The run waits at step {step} until {:.1} MB are free; the checkpoint of step {} is whole",
            needed as f64 / 1e6,
            self.last_good
        );
        host.warn(step, message)?;
        host.emit(step, EventBody::Paused)?;
        self.meter.pause();
        let stops = loop {
            if self.job.store.free_bytes().is_none_or(|free| free >= needed) {
                std::thread::sleep(PAUSE_POLL);
                break false;
            }
            match host.poll(step) {
                Some(Command::Stop) => break true,
                Some(Command::Continue) => break false,
                _ => std::thread::sleep(PAUSE_POLL),
            }
        };
        self.meter.resume();
        host.emit(step, EventBody::Continued)?;
        Ok(stops)
    }

    /// Carries out the owner's commands; true if the run is to stop.
    fn obey(&mut self, host: &mut dyn Host) -> Result<bool, TrainError> {
        let mut paused = false;
        loop {
            match host.poll(self.state.step) {
                Some(Command::Stop) => return Ok(true),
                Some(Command::Checkpoint) => {
                    if self.save(host, false)? {
                        return Ok(true);
                    }
                }
                Some(Command::Pause) if !paused => {
                    paused = true;
                    if self.save(host, false)? {
                        return Ok(true);
                    }
                    host.emit(self.state.step, EventBody::Paused)?;
                    self.meter.pause();
                }
                Some(Command::Continue) if paused => {
                    host.emit(self.state.step, EventBody::Continued)?;
                    self.meter.resume();
                    return Ok(false);
                }
                Some(_) => {}
                None if paused => std::thread::sleep(PAUSE_POLL),
                None => return Ok(false),
            }
        }
    }

    /// Puts the best weights back into the model, evaluating now if that never happened.
    pub fn take_best(&mut self, host: &mut dyn Host) -> Result<(), TrainError> {
        if self.state.best.is_none() {
            self.evaluate(host)?;
        }
        let Some(best) = &self.state.best else { return Ok(()) };
        if let Some(weights) = &self.best_weights {
            return self.model.load_values(weights);
        }
        if best.step == self.state.step {
            return Ok(());
        }
        let loaded = self.job.store.load(best.step)?;
        self.model.load_values(&loaded.weights)
    }

    pub fn optimizer(&self) -> &Optimizer {
        &self.optimizer
    }

    pub fn job(&self) -> &Job<'a> {
        &self.job
    }

    pub fn plan(&self) -> &BatchPlan {
        &self.plan
    }

    /// Copies of the tensors that learn, for tests.
    #[cfg(test)]
    pub fn weights(&self) -> Vec<tch::Tensor> {
        self.model.trainable_tensors().iter().map(tch::Tensor::copy).collect()
    }
}
