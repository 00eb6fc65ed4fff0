//! The training loop: batch → forward → loss → backward → step; evaluation, checkpoints and commands between steps.
//!
//! In: a model, prepared rows, settings. Out: the state at the end, weights on the disk. Invariant: what is learnt
//! depends on settings, rows and the step number only, never on time, commands or how often it was interrupted.

mod evaluate;
mod report;
mod save;

use super::TrainError;
use super::batch::Prepared;
use super::checkpoint::{Loaded, Store};
use super::dropout::DropoutDraws;
use super::loss::RowLoss;
use super::meter::Meter;
use super::model::Model;
use super::optimizer::Optimizer;
use super::weights::Named;
use super::{shim, step};
use crate::engine::run::config::TrainConfig;
use crate::engine::run::control::Command;
use crate::engine::run::event::EventBody;
use crate::engine::train::batches::{BatchPlan, EpochBatches};
use crate::engine::train::divergence::Divergence;
use crate::engine::train::faults::Faults;
use crate::engine::train::host::Host;
use crate::engine::train::schedule::LearningRate;
use crate::engine::train::state::TrainerState;
use crate::engine::train::tasks::TaskRules;
use crate::engine::train::validate::Measure;
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
