//! What the loop tells its owner of the steps it did, and what it thinks of their losses.

use super::Fit;
use crate::engine::run::event::EventBody;
use crate::engine::train::TrainError;
use crate::engine::train::backend::During as _;
use crate::engine::train::backend::meter::Seen;
use crate::engine::train::host::Host;

impl Fit<'_> {
    /// Tells the owner of every step so far. What a checkpoint holds is on the loss curve then, so a resume finds it
    /// without a gap and goes on without a repeat.
    pub fn report_all(&mut self, host: &mut dyn Host) -> Result<(), TrainError> {
        self.report(self.job.rate.at(self.state.step.saturating_sub(1)), true, host)
    }

    /// Reads the losses of the steps since the last look, and tells the owner at most four times a second unless `now`.
    pub(super) fn report(&mut self, learning_rate: f64, now: bool, host: &mut dyn Host) -> Result<(), TrainError> {
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
}
