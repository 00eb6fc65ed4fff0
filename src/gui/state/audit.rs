//! State of the audit page: the report, the log it is about, and what was done with its findings.

use super::audit_views::{ArrangedRows, Indexing, RepairPreview};
use super::{AppState, StageMark, StageStatus};
use crate::engine::artifact::{ContentHash, Severity};
use crate::engine::audit::associations::Associations;
use crate::engine::audit::cells::ColumnCells;
use crate::engine::audit::row_index::LogIndex;
use crate::engine::audit::row_view::RowQuery;
use crate::engine::audit::{Acceptances, AuditError, AuditRecord, AuditReport, Value};
use crate::engine::ingest::Dataset;
use crate::engine::ingest::dataset::ColumnInfo;
use crate::engine::progress::{Cancelled, Progress};
use crate::engine::text::ColumnTokens;
use crate::gui::apply::flow::StageOutcome;
use crate::gui::loadable::Loadable;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Default)]
pub struct AuditState {
    pub report: Loadable<AuditReport>,
    /// All pairs of columns, where they were asked for; shown in place of the report's.
    pub associations: Loadable<Associations>,
    /// Token statistics of the columns they were asked for, with the base model's name.
    pub tokens: Loadable<BTreeMap<String, (String, ColumnTokens)>>,
    /// The log the report is about; its rows stand behind the findings.
    pub log: Option<Arc<AuditedLog>>,
    /// Seconds the last audit took.
    pub secs: Option<f64>,
    /// Findings that may stay, as the project keeps them.
    pub accepted: Acceptances,
    /// The project's audits, newest first.
    pub history: Arc<[AuditRecord]>,
    /// The rows of the open finding as they are asked for.
    pub rows: ArrangedRows,
    /// The log's columns being prepared for questions about its rows; none where that is done or not worth it.
    pub indexing: Option<Indexing>,
    /// What the repair of the open finding does.
    pub repair: RepairPreview,
    /// Last thing that was exported, to say where it lies.
    pub exported: Option<String>,
}

/// The audited rows, ready to be read cell by cell.
pub struct AuditedLog {
    pub(in crate::gui) dataset: Arc<Dataset>,
    columns: Vec<ColumnCells>,
    index: LogIndex,
}

impl AuditedLog {
    pub fn new(dataset: Arc<Dataset>) -> Result<Self, AuditError> {
        let columns = (0..dataset.info.columns.len())
            .map(|index| ColumnCells::new(&dataset, index))
            .collect::<Result<Vec<_>, _>>()?;
        let index = LogIndex::new(columns.len());
        Ok(Self {
            dataset,
            columns,
            index,
        })
    }

    pub fn hash(&self) -> &ContentHash {
        &self.dataset.info.hash
    }

    /// The log and its columns, for the engine.
    pub fn parts(&self) -> (&Dataset, &[ColumnCells]) {
        (&self.dataset, &self.columns)
    }

    pub fn num_rows(&self) -> usize {
        self.columns.first().map_or(0, ColumnCells::len)
    }

    /// The columns as they are prepared for questions about the rows.
    pub fn index(&self) -> &LogIndex {
        &self.index
    }

    /// Prepares the columns, in at most `room` bytes.
    pub fn prepare(&self, room: usize, progress: &Progress) -> Result<(), Cancelled> {
        self.index.build(&self.columns, room, progress)
    }

    /// Chooses and orders rows of the log.
    pub fn arrange(&self, rows: &[u32], query: &RowQuery, progress: &Progress) -> Result<Vec<u32>, Cancelled> {
        self.index.arrange(self.parts(), rows, query, progress)
    }

    pub fn columns(&self) -> &[ColumnInfo] {
        &self.dataset.info.columns
    }

    /// Line of the file a row starts on.
    pub fn line(&self, row: u32) -> u32 {
        self.dataset.lines.get(row as usize).unwrap_or(row + 1)
    }

    /// Name of the file a row comes from, where there are several.
    pub fn file(&self, row: u32) -> Option<String> {
        let source = *self.dataset.source_of_row.as_ref()?.get(row as usize)?;
        let path = &self.dataset.info.sources.get(usize::from(source))?.path;
        Some(path.file_name()?.to_string_lossy().into_owned())
    }

    pub fn has_files(&self) -> bool {
        self.dataset.source_of_row.is_some()
    }

    /// A cell; the raw text where it did not parse.
    pub fn value(&self, row: u32, column: usize) -> Value {
        let Some(cells) = self.columns.get(column) else {
            return Value::Null;
        };
        let value = cells.cells().value(row as usize);
        if value != Value::Null || self.dataset.info.columns[column].invalid == 0 {
            return value;
        }
        // Invalid cells are in row order, so the few candidates of a row are found by bisection.
        let cells = &self.dataset.invalid;
        let start = cells.partition_point(|cell| cell.row < u64::from(row));
        let of_row = cells[start..].iter().take_while(|cell| cell.row == u64::from(row));
        let raw = of_row.into_iter().find(|cell| cell.column == column);
        raw.map_or(Value::Null, |cell| Value::Text(cell.raw.clone()))
    }
}

impl AuditState {
    /// Mark and count for the navigation.
    pub fn status(&self, state: &AppState) -> StageStatus {
        if self.report.is_loading() {
            return StageStatus::new(StageMark::Running);
        }
        let Some(report) = self.report.value() else {
            let mark = if self.report.error().is_some() {
                StageMark::NeedsAttention
            } else {
                StageMark::Nothing
            };
            return StageStatus::new(mark);
        };
        let mark = if self.is_stale(state) {
            StageMark::Stale
        } else if self.worst_open(report) > Some(Severity::Info) {
            StageMark::NeedsAttention
        } else {
            StageMark::Done
        };
        StageStatus {
            mark,
            count: Some(self.num_open(report).to_string()),
        }
    }

    /// Findings nobody accepted.
    pub fn num_open(&self, report: &AuditReport) -> usize {
        let open = report.findings.iter().filter(|finding| self.accepted.is_open(finding));
        open.count()
    }

    fn worst_open(&self, report: &AuditReport) -> Option<Severity> {
        let open = report.findings.iter().filter(|finding| self.accepted.is_open(finding));
        open.map(|finding| finding.severity).max()
    }

    /// The audit before the one that is shown.
    pub fn former(&self) -> Option<&AuditRecord> {
        let report = self.report.value()?;
        let (made_ms, log) = (report.provenance.created_ms, report.provenance.inputs.first());
        // A window that may not write finds its own log's record of another time there.
        let is_same = |record: &&AuditRecord| Some(&record.log) == log && record.scores == report.scores;
        let mut earlier = self.history.iter().filter(|record| record.made_ms < made_ms);
        earlier.find(|record| !is_same(record))
    }

    /// True if another log was loaded since.
    pub fn is_stale(&self, state: &AppState) -> bool {
        let (Some(report), Some(data)) = (self.report.value(), state.data.dataset.ready()) else {
            return false;
        };
        report.provenance.inputs.first() != Some(&data.info.hash)
    }

    /// How this stage stands for a run of the whole flow.
    pub fn outcome(&self) -> StageOutcome {
        match &self.report {
            Loadable::Ready(_) => StageOutcome::Done,
            Loadable::Failed { error, .. } => StageOutcome::Failed(error.clone()),
            Loadable::Empty | Loadable::Loading { .. } => StageOutcome::Pending,
        }
    }
}
