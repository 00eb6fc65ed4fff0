//! A trial: a few real steps, measured; from them the time and the memory of the whole run.
//!
//! In: a run folder made for the trial. Out: `trial.json` there. Invariant: exports nothing; the checkpoint it writes
//! to measure the disk lies in the trial's folder.

use super::TrainError;
use super::fit::Fit;
use super::worker::{Session, prepare_session};
use super::{During as _, shim};
use crate::engine::run::RunDir;
use crate::engine::run::event::EventBody;
use crate::engine::run::trial::TrialReport;
use crate::engine::train::hardware;
use crate::engine::train::host::Recorder;
use crate::engine::train::memory;
use crate::engine::train::validate::Measure;
use std::time::Instant;

/// Runs the trial of the configuration in `run_dir` in this process.
pub fn run(run_dir: &std::path::Path, steps: u64, measure: Measure) -> Result<(), TrainError> {
    let started = Instant::now();
    let dir = RunDir::open(run_dir)?;
    shim::keep_freed_memory();
    let config = dir.config()?;
    let mut host = Recorder::default();
    let (session, model, optimizer) = prepare_session(&dir, &config, measure, &mut host)?;
    let (job, state) = session.plan(&model, &mut host)?;
    let mut fit = Fit::new(job, &model, optimizer, state);
    let load_secs = started.elapsed().as_secs_f64();
    let report = measured(&session, &mut fit, (steps, load_secs), &mut host)?;
    Ok(report.write(&dir)?)
}

fn measured(
    session: &Session<'_>,
    fit: &mut Fit<'_>,
    (steps, load_secs): (u64, f64),
    host: &mut Recorder,
) -> Result<TrialReport, TrainError> {
    let (config, parts) = (session.config, &session.parts);
    let model = fit.model();
    let longest_row = fit.warm_up(host)?;
    let mut times = Vec::new();
    let first_step = fit.state.step;
    let (rows_before, tokens_before) = (fit.state.samples, fit.meter.tokens_seen);
    // No more steps than the run has.
    for _ in 0..steps.min(fit.state.total_steps).max(1) {
        let at = Instant::now();
        fit.step(host)?;
        // Reading a loss waits for the device.
        fit.report_all(host)?;
        times.push(at.elapsed().as_secs_f64());
    }
    let count = fit.state.step - first_step;
    let secs: f64 = times.iter().sum();
    let rows = (fit.state.samples - rows_before) as f64;
    let tokens = (fit.meter.tokens_seen - tokens_before) as f64;
    let per_epoch = fit.plan().steps_per_epoch() as f64;
    let epoch_tokens = tokens_of_an_epoch(fit);
    let train_secs = secs / tokens.max(1.0) * epoch_tokens * fit.state.total_steps as f64 / per_epoch;
    let evaluations = fit.state.total_steps.div_ceil(fit.job().eval_every);
    let eval_secs = fit.secs_of_an_evaluation(host)? * evaluations as f64;
    let at = Instant::now();
    let checkpoint = session.store.save(model, fit.optimizer(), &fit.state);
    let written = checkpoint
        .is_ok()
        .then(|| at.elapsed().as_secs_f64() * evaluations as f64);
    if let Err(error) = checkpoint {
        host.events.push((
            0,
            EventBody::Warning {
                message: error.to_string(),
            },
        ));
    }
    let compute = model.compute;
    let half = compute.bf16 || compute.fp16;
    let load = memory::Load::of(config, &model.config, model.parameter_counts(), half, model.place());
    let at_once = fit
        .state
        .micro_batch
        .unwrap_or(config.batch_size as u64)
        .min(parts.train.num_rows() as u64);
    Ok(TrialReport {
        steps: count,
        step_secs: secs / count.max(1) as f64,
        longest_step_secs: times.iter().copied().fold(0.0, f64::max),
        samples_per_sec: rows / secs.max(1e-9),
        tokens_per_sec: tokens / secs.max(1e-9),
        peak_bytes: hardware::peak_resident_bytes(),
        device_peak_bytes: shim::device_memory(compute.device)?.map(|(_, peak)| peak),
        estimated_bytes: load.step_bytes(at_once, longest_row),
        batch_size: config.batch_size as u64,
        micro_batch: fit.state.micro_batch,
        device: session.chosen.device.clone(),
        precision: session.chosen.precision.to_owned(),
        total_steps: fit.state.total_steps,
        evaluations,
        checkpoint_bytes: session.store.bytes_of_one(model),
        load_secs,
        train_secs,
        eval_secs,
        checkpoint_secs: written,
        notes: notes(host),
    })
}

/// Tokens of the first epoch, by the plan of its batches.
fn tokens_of_an_epoch(fit: &Fit<'_>) -> f64 {
    let (lengths, batches) = (fit.job().train.lengths(), fit.plan().epoch(0));
    let rows = (0..batches.len()).flat_map(|batch| batches.rows(batch));
    rows.map(|&row| f64::from(lengths[row as usize])).sum()
}

fn notes(host: &Recorder) -> Vec<String> {
    let told = host.events.iter().filter_map(|(_, body)| match body {
        EventBody::Warning { message } => Some(message.clone()),
        EventBody::MemoryShort { micro_batch, message } => Some(format!(
            "memory ran out with more than {micro_batch} rows at one time: {message}"
        )),
        _ => None,
    });
    told.collect()
}

impl Fit<'_> {
    /// A step with the longest rows of the training, so that a lack of memory shows at once; returns their length.
    fn warm_up(&mut self, host: &mut Recorder) -> Result<u64, TrainError> {
        let lengths = self.job().train.lengths();
        let mut order: Vec<u32> = (0..u32::try_from(lengths.len()).unwrap_or(u32::MAX)).collect();
        order.sort_by_key(|&row| lengths[row as usize]);
        let longest = order.split_off(order.len().saturating_sub(self.job().config.batch_size));
        self.gradient(&longest, host)?;
        self.optimizer().drop_gradients()?;
        Ok(longest.last().map_or(1, |&row| u64::from(lengths[row as usize])))
    }

    /// Seconds that scoring all validation rows takes, by one batch of middling length.
    fn secs_of_an_evaluation(&self, host: &mut Recorder) -> Result<f64, TrainError> {
        let rows = self.job().valid;
        let lengths = rows.lengths();
        let mut order: Vec<u32> = (0..u32::try_from(lengths.len()).unwrap_or(u32::MAX)).collect();
        order.sort_by_key(|&row| lengths[row as usize]);
        let size = self.job().config.eval_batch_size.min(order.len());
        let start = (order.len() - size) / 2;
        let some = &order[start..start + size];
        let (model, mut secs) = (self.model(), f64::INFINITY);
        let batch = rows.batch(some, model.compute.device).during("scoring")?;
        // The first pass warms caches.
        for _ in 0..2 {
            let at = Instant::now();
            let _no_grad = tch::no_grad_guard();
            let _autocast = model.compute.autocast()?;
            let logits = model
                .forward(&batch, None)
                .and_then(|logits| logits.f_to_device(tch::Device::Cpu));
            match logits.during("scoring") {
                Ok(_) => secs = secs.min(at.elapsed().as_secs_f64()),
                Err(TrainError::OutOfMemory { message, .. }) => {
                    host.events.push((0, EventBody::Warning { message }));
                    return Ok(0.0);
                }
                Err(error) => return Err(error),
            }
        }
        let tokens = |rows: &[u32]| rows.iter().map(|&row| f64::from(lengths[row as usize])).sum::<f64>();
        Ok(secs / tokens(some).max(1.0) * tokens(&order))
    }
}
