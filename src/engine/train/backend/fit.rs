//! The training loop: batch → forward → loss → backward → step; evaluation, checkpoints and commands between steps.
//!
//! In: a model, prepared rows, settings. Out: the state at the end, weights on the disk. Invariant: what is learnt
//! depends on settings, rows and the step number only, never on time, commands or how often it was interrupted.

use super::TrainError;
use super::batch::Prepared;
use super::checkpoint::{self, Loaded, Store};
use super::dropout::DropoutDraws;
use super::loss::RowLoss;
use super::meter::Meter;
use super::model::Model;
use super::optimizer::Optimizer;
use super::step;
use super::weights::Named;
use crate::engine::progress::Progress;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::control::Command;
use crate::engine::run::event::{EventBody, SamplePrediction};
use crate::engine::train::batches::{BatchPlan, EpochBatches};
use crate::engine::train::host::Host;
use crate::engine::train::schedule::LearningRate;
use crate::engine::train::state::{Best, TrainerState};
use crate::engine::train::validate;
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
    pub samples: Vec<Sample>,
    pub store: Store,
    /// The metric that decides "best".
    pub metric: String,
    pub eval_every: u64,
    pub rate: LearningRate,
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
    epoch: Option<(u64, EpochBatches)>,
    pub state: TrainerState,
    pub meter: Meter,
    /// Weights of the best step where no checkpoint could be written.
    best_weights: Option<Named>,
    last_saved: Instant,
    last_good: u64,
}

impl<'a> Fit<'a> {
    pub fn new(job: Job<'a>, model: &'a Model, optimizer: Optimizer, state: TrainerState) -> Self {
        let plan = job.train.plan(job.config);
        Self {
            meter: Meter::new(&state),
            last_good: state.step,
            last_saved: Instant::now(),
            best_weights: None,
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
                self.save(host, false)?;
                return Ok(Ended::Stopped);
            }
            self.step(host)?;
            let step = self.state.step;
            if step.is_multiple_of(self.job.eval_every) || step == self.state.total_steps {
                let best = self.evaluate(host)?;
                self.save(host, best)?;
                if self.out_of_patience() && step < self.state.total_steps {
                    return Ok(Ended::Early);
                }
            } else if self.last_saved.elapsed() > CHECKPOINT_INTERVAL {
                self.save(host, false)?;
            }
        }
        Ok(Ended::AllSteps)
    }

    fn out_of_patience(&self) -> bool {
        let patience = self.job.config.early_stopping_patience;
        patience.is_some_and(|patience| self.state.evaluations_without_gain >= patience.max(1))
    }

    /// One optimiser step.
    fn step(&mut self, host: &mut dyn Host) -> Result<(), TrainError> {
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
        let model = self.model;
        let device = model.compute.device;
        let gradient = step::gradient(
            &step::Work {
                model,
                rows: self.job.train,
                loss: RowLoss::new(self.job.config, self.plan.log_odds_shift()),
                draws: DropoutDraws::new(self.job.config.seed, done, device),
                micro_batch: self.job.config.micro_batch_size,
            },
            &rows,
        )?;
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

    /// Tells the owner of every step so far. What a checkpoint holds is on the loss curve then, so a resume finds it
    /// without a gap and goes on without a repeat.
    fn report_all(&mut self, host: &mut dyn Host) -> Result<(), TrainError> {
        self.report(self.job.rate.at(self.state.step.saturating_sub(1)), true, host)
    }

    /// Reads the losses of the steps since the last look, and tells the owner at most four times a second unless `now`.
    fn report(&mut self, learning_rate: f64, now: bool, host: &mut dyn Host) -> Result<(), TrainError> {
        let seen = self.meter.read()?;
        if let Some((step, rows)) = seen.not_finite {
            return Err(TrainError::NotFinite {
                step,
                rows: self.name_rows(&rows),
                last_good: self.last_good,
            });
        }
        self.state.train_secs = self.meter.train_secs;
        for step in seen.skipped {
            host.warn(
                step,
                format!("step {step}: the gradient is not finite; the step was skipped"),
            )?;
        }
        let epoch = self.state.step as f64 / self.plan.steps_per_epoch() as f64;
        match self.meter.event(learning_rate, epoch, now) {
            Some(event) => host.emit(self.state.step, event),
            None => Ok(()),
        }
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
        let scores = self
            .model
            .score(valid, self.job.config.eval_batch_size, &Progress::new())?;
        let metrics = validate::metrics(&scores, &valid.labels);
        let best = match metrics.get(&self.job.metric) {
            Some(&value) => self.judge(value, &metrics),
            None => {
                host.warn(step, format!("{} is undefined on the validation rows", self.job.metric))?;
                false
            }
        };
        let samples = self.job.samples.iter().map(|(row, text)| SamplePrediction {
            text: text.clone(),
            label: f64::from(valid.labels[*row as usize]),
            score: f64::from(scores[*row as usize]),
        });
        let samples = samples.collect();
        host.emit(step, EventBody::Evaluated { metrics, best, samples })?;
        host.phase(step, "training")?;
        Ok(best)
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

    /// Writes a checkpoint. A full disk costs a checkpoint, not the run.
    fn save(&mut self, host: &mut dyn Host, best: bool) -> Result<(), TrainError> {
        let step = self.state.step;
        self.report_all(host)?;
        self.state.wall_secs = self.meter.wall_secs();
        self.last_saved = Instant::now();
        match self.job.store.save(self.model, &self.optimizer, &self.state) {
            Ok(path) => {
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
            }
            Err(error) => {
                if best {
                    self.best_weights = Some(checkpoint::snapshot(self.model)?);
                }
                host.warn(
                    step,
                    format!(
                        "no checkpoint at step {step}: {error}; training goes on, a resume would start from step {}",
                        self.last_good
                    ),
                )?;
            }
        }
        Ok(())
    }

    /// Carries out the owner's commands; true if the run is to stop.
    fn obey(&mut self, host: &mut dyn Host) -> Result<bool, TrainError> {
        let mut paused = false;
        loop {
            match host.poll(self.state.step) {
                Some(Command::Stop) => return Ok(true),
                Some(Command::Checkpoint) => self.save(host, false)?,
                Some(Command::Pause) if !paused => {
                    paused = true;
                    self.save(host, false)?;
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

    /// Copies of the tensors that learn, for tests.
    #[cfg(test)]
    pub fn weights(&self) -> Vec<tch::Tensor> {
        self.model.trainable_tensors().iter().map(tch::Tensor::copy).collect()
    }
}
