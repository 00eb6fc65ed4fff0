//! State of the experiments page: the log that was read, the settings, the report, the plan of a next test.

use super::{AppState, StageMark, StageStatus};
use crate::engine::artifact::ColumnType;
use crate::engine::eval::columns::categories;
use crate::engine::experiment::{Decision, ExperimentReport, Plan};
use crate::engine::ingest::Dataset;
use crate::gui::apply::flow::StageOutcome;
use crate::gui::loadable::Loadable;
use std::path::PathBuf;
use std::sync::Arc;

pub use crate::engine::flow::choices::ExperimentChoice;

#[derive(Default)]
pub struct ExperimentsState {
    pub report: Loadable<ExperimentReport>,
    /// The log in memory, so that other settings need not read it again.
    pub log: Option<Arc<ExperimentLog>>,
    pub choice: ExperimentChoice,
    /// The last request found no experiment log: there is nothing to read.
    pub nothing_to_read: bool,
    /// Answer of the planner, or why there is none.
    pub plan: Option<Result<Plan, String>>,
}

/// A log and what its columns could serve as.
#[derive(Debug)]
pub struct ExperimentLog {
    pub files: Vec<PathBuf>,
    pub dataset: Dataset,
    pub columns: Vec<LogColumn>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LogColumn {
    pub name: String,
    pub dtype: ColumnType,
    /// The distinct values in order, where there are at most `MOST_VALUES`; else empty.
    pub values: Vec<String>,
}

/// More distinct values make no variant and no segment.
pub const MOST_VALUES: usize = 20;

impl ExperimentLog {
    /// Looks at every column once; called in the job, never while drawing.
    pub fn new(files: Vec<PathBuf>, dataset: Dataset) -> Self {
        let columns = dataset.info.columns.iter().map(|column| {
            let found = categories(&dataset.frame, &column.name).map(|found| found.names);
            let mut values = found
                .ok()
                .filter(|names| names.len() <= MOST_VALUES)
                .unwrap_or_default();
            values.sort_unstable();
            LogColumn {
                name: column.name.clone(),
                dtype: column.dtype,
                values,
            }
        });
        let columns = columns.collect();
        Self {
            files,
            dataset,
            columns,
        }
    }
}

impl ExperimentsState {
    /// Mark and count for the navigation.
    pub fn status(&self, _state: &AppState) -> StageStatus {
        let mark = match &self.report {
            Loadable::Empty => StageMark::Nothing,
            Loadable::Loading { .. } => StageMark::Running,
            Loadable::Failed { .. } => StageMark::NeedsAttention,
            Loadable::Ready(report) if report.verdict.decision == Decision::Blocked => StageMark::NeedsAttention,
            Loadable::Ready(_) => StageMark::Done,
        };
        let count = self.report.value().map(|report| report.metrics.len().to_string());
        StageStatus { mark, count }
    }

    /// How this stage stands for a run of the whole flow.
    pub fn outcome(&self) -> StageOutcome {
        match &self.report {
            _ if self.nothing_to_read => StageOutcome::Done,
            Loadable::Ready(_) => StageOutcome::Done,
            Loadable::Failed { error, .. } => StageOutcome::Failed(error.clone()),
            Loadable::Empty | Loadable::Loading { .. } => StageOutcome::Pending,
        }
    }
}
