//! State of the data page: the log as it was read, the item table, and what the analyst overrides.

use super::{AppState, StageMark, StageStatus};
use crate::engine::ingest::{Dataset, FrameColumn, Preview, ReadOptions};
use crate::engine::recipe::cells::Cells;
use crate::gui::apply::flow::StageOutcome;
use crate::gui::loadable::Loadable;

#[derive(Default)]
pub struct DataState {
    pub dataset: Loadable<Dataset>,
    /// Loaded with the log when the project names an item table.
    pub items: Loadable<Dataset>,
    /// Overrides of what is detected; saved with the project.
    pub options: ReadOptions,
    /// Overrides that are tried on the first rows and not applied yet.
    pub draft: Option<ReadOptions>,
    /// The first rows, read with the draft, or with the options where there is none.
    pub preview: Loadable<ReadPreview>,
}

/// First rows and what they were read with.
pub struct ReadPreview {
    pub first: Preview,
    pub options: ReadOptions,
}

impl DataState {
    /// Mark and count for the navigation.
    pub fn status(&self, _state: &AppState) -> StageStatus {
        let mark = match &self.dataset {
            Loadable::Empty => StageMark::Nothing,
            Loadable::Loading { .. } => StageMark::Running,
            Loadable::Failed { .. } => StageMark::NeedsAttention,
            Loadable::Ready(log) if log.info.rows.rejected > 0 => StageMark::NeedsAttention,
            Loadable::Ready(_) => StageMark::Done,
        };
        StageStatus::new(mark)
    }

    /// What the first rows are read with.
    pub fn trial(&self) -> &ReadOptions {
        self.draft.as_ref().unwrap_or(&self.options)
    }

    /// Whether something is tried that the log was not read with.
    pub fn has_changes(&self) -> bool {
        self.draft.as_ref().is_some_and(|draft| *draft != self.options)
    }

    /// How this stage stands for a run of the whole flow.
    pub fn outcome(&self) -> StageOutcome {
        match &self.dataset {
            Loadable::Ready(_) => StageOutcome::Done,
            Loadable::Failed { error, .. } => StageOutcome::Failed(error.clone()),
            Loadable::Empty | Loadable::Loading { .. } => StageOutcome::Pending,
        }
    }

    /// Name and rows of the log that is open, for the top bar.
    pub fn open_log(&self) -> Option<(String, u64)> {
        let log = self.dataset.value()?;
        Some((log.info.name.clone(), log.info.rows.accepted))
    }
}

/// The text of one cell, `None` where it is missing.
pub fn cell_text(dataset: &Dataset, column: usize, row: usize) -> Option<String> {
    match dataset.frame.stored().get(column)? {
        FrameColumn::Texts { texts, .. } => texts.get(row).map(str::to_owned),
        FrameColumn::Plain(column) => Cells::of(column).ok()?.show(row),
    }
}
