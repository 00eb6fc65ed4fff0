//! The validation rows within the loop: scored, told, and judged against the best so far.

use super::Fit;
use crate::engine::progress::Progress;
use crate::engine::run::event::{EventBody, SamplePrediction};
use crate::engine::run::task::Task;
use crate::engine::train::TrainError;
use crate::engine::train::backend::batch::Prepared;
use crate::engine::train::backend::shim;
use crate::engine::train::host::Host;
use crate::engine::train::state::Best;
use crate::engine::train::tasks::Predictions;
use crate::engine::train::validate::Validated;
use std::collections::BTreeMap;

impl Fit<'_> {
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
}
