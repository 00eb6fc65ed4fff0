//! What a model says of rows: probabilities, grades, logits.
//!
//! Invariant: row i of a result is row i of the rows, whatever batches they were computed in.

use super::batch::Prepared;
use super::model::Model;
use super::{During as _, TrainError};
use crate::engine::progress::Progress;
use crate::engine::run::task::Task;
use crate::engine::train::batches::scoring_batches;
use crate::engine::train::tasks::Predictions;
use tch::{Device, Kind, TchError, Tensor};

impl Model {
    /// Probability of label 1 of each row.
    fn probabilities(logits: &Tensor) -> Result<Vec<f32>, TchError> {
        let logits = logits.f_to_kind(Kind::Float)?;
        let share = match logits.size().get(1) {
            Some(1) => logits.f_sigmoid()?.f_select(1, 0)?,
            _ => logits.f_softmax(-1, None::<Kind>)?.f_select(1, 1)?,
        };
        Vec::try_from(share.f_to_device(Device::Cpu)?.f_contiguous()?)
    }

    /// Scores all rows; row i of the result is row i of `rows`. Checks for cancellation between batches.
    pub fn score(&self, rows: &Prepared, batch_size: usize, progress: &Progress) -> Result<Vec<f32>, TrainError> {
        self.each_row(rows, batch_size, progress, Self::probabilities)
    }

    /// What the model says of all rows in the words of the task: a probability, one a class, or the number itself.
    pub fn predict(
        &self,
        rows: &Prepared,
        (task, batch_size): (Task, usize),
        progress: &Progress,
    ) -> Result<Predictions, TrainError> {
        let read = |logits: &Tensor| {
            let logits = logits.f_to_kind(Kind::Float)?;
            let answers = match task {
                Task::Multiclass => logits.f_softmax(-1, None::<Kind>)?,
                Task::Binary | Task::Graded => logits,
            };
            Vec::<Vec<f32>>::try_from(answers.f_to_device(Device::Cpu)?)
        };
        Ok(match task {
            Task::Binary => Predictions {
                width: 1,
                values: self.score(rows, batch_size, progress)?,
            },
            Task::Multiclass | Task::Graded => Predictions {
                width: usize::try_from(self.shape.labels).unwrap_or(1),
                values: self.each_row(rows, batch_size, progress, read)?.concat(),
            },
        })
    }

    /// The logits of all rows, in their order.
    pub fn logits(&self, rows: &Prepared, batch_size: usize, progress: &Progress) -> Result<Vec<Vec<f32>>, TrainError> {
        self.each_row(rows, batch_size, progress, |logits| {
            Vec::try_from(logits.f_to_kind(Kind::Float)?.f_to_device(Device::Cpu)?)
        })
    }

    /// What `read` finds in the logits of each batch, put in the order of the rows.
    fn each_row<T: Clone + Default>(
        &self,
        rows: &Prepared,
        batch_size: usize,
        progress: &Progress,
        read: impl Fn(&Tensor) -> Result<Vec<T>, TchError>,
    ) -> Result<Vec<T>, TrainError> {
        let _no_grad = tch::no_grad_guard();
        let mut results = vec![T::default(); rows.num_rows()];
        let mut done = 0;
        for indices in scoring_batches(&rows.lengths(), batch_size) {
            progress.check()?;
            let batch = rows.batch(&indices, self.compute.device).during("scoring")?;
            let _autocast = self.compute.autocast()?;
            let found = self
                .forward(&batch, None)
                .and_then(|logits| read(&logits))
                .during("scoring")?;
            for (&row, result) in indices.iter().zip(found) {
                results[row as usize] = result;
            }
            done += indices.len();
            progress.set(done as f64 / rows.num_rows() as f64);
            progress.set_rows(done as u64);
        }
        Ok(results)
    }
}
