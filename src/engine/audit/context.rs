//! What the checks look at: the dataset, its columns, the log's dense codes, and orders computed once.
//!
//! In: `Dataset` and `AuditOptions`. Out: `Context` for log checks, `ColumnContext` for column checks.
//! Invariant: everything here is computed at most once per audit and never changed by a check.

use super::AuditError;
use super::cells::{Cells, ColumnCells, Value};
use super::column_words::name_has;
use super::core_time::CoreTime;
use super::distinct::Distinct;
use super::duplicates::Duplicates;
use super::options::{AuditOptions, Thresholds};
use super::personal_columns::kinds_of_values;
use super::plots::TimeBins;
use super::profile::{ColumnKind, ColumnProfile};
use super::session_spans::SessionSpans;
use super::text_marks::{Marks, marks};
use super::user_items::UserItemOrder;
use crate::engine::artifact::{ColumnType, Role};
use crate::engine::ingest::dataset::{ColumnInfo, Dataset};
use crate::engine::ingest::log::{EventLog, NULL_TIME};
use crate::engine::ingest::{Codes, EventKind};
use crate::engine::progress::{Cancelled, Progress};
use rayon::prelude::*;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

/// One column with everything a column check needs.
pub struct ColumnContext<'a> {
    pub context: &'a Context<'a>,
    pub index: usize,
    pub info: &'a ColumnInfo,
    pub cells: Cells<'a>,
    pub distinct: &'a Distinct,
    pub profile: &'a ColumnProfile,
    pub(super) marks: OnceLock<Vec<Marks>>,
    pub(super) personal: OnceLock<Vec<u16>>,
}

impl ColumnContext<'_> {
    pub fn num_rows(&self) -> usize {
        self.distinct.codes.len()
    }

    pub fn thresholds(&self) -> &Thresholds {
        &self.context.options.thresholds
    }

    /// What is odd about each distinct text, by code; empty for columns that hold no words: other types, and
    /// keys of users, items and sessions.
    pub fn text_marks(&self) -> &[Marks] {
        self.marks.get_or_init(|| {
            let is_key = matches!(self.info.role, Role::User | Role::Item | Role::Session);
            if self.info.dtype != ColumnType::Text || is_key || self.profile.kind == ColumnKind::Identifier {
                return Vec::new();
            }
            let rows = self.distinct.first_row.par_iter();
            rows.map(|&row| marks(self.cells.text(row as usize).unwrap_or_default()))
                .collect()
        })
    }

    /// Kinds of personal data in each distinct value, one bit each.
    pub fn personal_kinds(&self) -> &[u16] {
        self.personal.get_or_init(|| kinds_of_values(self))
    }

    /// Which distinct texts carry a mark.
    pub fn marked(&self, mark: Marks) -> Vec<bool> {
        self.text_marks().iter().map(|marks| marks.contains(mark)).collect()
    }

    /// Which distinct values pass a test of numbers; times are microseconds since 1970.
    pub fn flag_numbers(&self, test: impl Fn(f64) -> bool) -> Vec<bool> {
        let rows = self.distinct.first_row.iter();
        rows.map(|&row| self.cells.number(row as usize).is_some_and(&test))
            .collect()
    }

    /// Whether all distinct values are numbers that pass a test; times are microseconds since 1970.
    pub fn all_numbers(&self, test: impl Fn(f64) -> bool) -> bool {
        let mut rows = self.distinct.first_row.iter();
        rows.all(|&row| self.cells.number(row as usize).is_some_and(&test))
    }

    /// Which distinct texts pass a test.
    pub fn flag_texts(&self, test: impl Fn(&str) -> bool) -> Vec<bool> {
        let rows = self.distinct.first_row.iter();
        rows.map(|&row| self.cells.text(row as usize).is_some_and(&test))
            .collect()
    }

    /// Whether the column's name holds one of the words.
    pub fn name_has(&self, words: &[&str]) -> bool {
        name_has(&self.info.name, words)
    }

    /// Rows and raw texts of the cells that were filled but did not parse, in row order.
    pub fn invalid_cells(&self) -> Vec<(u32, &str)> {
        if self.info.invalid == 0 {
            return Vec::new();
        }
        let cells = self.context.dataset.invalid.iter();
        cells
            .filter(|cell| cell.column == self.index)
            .map(|cell| (cell.row as u32, cell.raw.trim()))
            .collect()
    }

    /// The value of a code of this column.
    pub fn value_of(&self, code: usize) -> Value {
        self.cells.value(self.distinct.first_row[code] as usize)
    }
}

/// The log as the checks see it.
pub struct Context<'a> {
    pub dataset: &'a Dataset,
    pub options: &'a AuditOptions<'a>,
    pub columns: Vec<ColumnCells>,
    pub log: EventLog,
    pub progress: &'a Progress,
    /// Hash of each row's cells, summed up column by column; gone once the duplicates are found.
    row_hashes: RwLock<Vec<AtomicU64>>,
    user_items: Mutex<Option<Arc<UserItemOrder>>>,
    session_spans: Mutex<Option<Arc<SessionSpans>>>,
    num_pairs: OnceLock<u64>,
    core_time: OnceLock<Option<CoreTime>>,
    duplicates: OnceLock<Duplicates>,
    time_bins: OnceLock<Option<TimeBins>>,
}

impl<'a> Context<'a> {
    pub fn new(
        dataset: &'a Dataset,
        options: &'a AuditOptions<'a>,
        progress: &'a Progress,
    ) -> Result<Self, AuditError> {
        let columns = (0..dataset.info.columns.len())
            .map(|index| ColumnCells::new(dataset, index))
            .collect::<Result<Vec<_>, _>>()?;
        progress.check()?;
        let log = EventLog::from_dataset(dataset);
        progress.check()?;
        Ok(Self {
            dataset,
            options,
            columns,
            log,
            progress,
            row_hashes: RwLock::new((0..dataset.num_rows()).map(|_| AtomicU64::new(0)).collect()),
            user_items: Mutex::new(None),
            session_spans: Mutex::new(None),
            num_pairs: OnceLock::new(),
            core_time: OnceLock::new(),
            duplicates: OnceLock::new(),
            time_bins: OnceLock::new(),
        })
    }

    pub fn num_rows(&self) -> usize {
        self.dataset.num_rows()
    }

    pub fn thresholds(&self) -> &Thresholds {
        &self.options.thresholds
    }

    pub fn now_micros(&self) -> i64 {
        i64::try_from(self.options.now_ms)
            .unwrap_or(i64::MAX / 1_000)
            .saturating_mul(1_000)
    }

    /// First and last time in microseconds that can be right.
    pub fn possible_times(&self) -> RangeInclusive<i64> {
        let thresholds = self.thresholds();
        let latest = self
            .now_micros()
            .saturating_add(thresholds.future_slack_secs.saturating_mul(1_000_000));
        thresholds.earliest_time_secs.saturating_mul(1_000_000)..=latest
    }

    /// The dense codes of a role's column, where the log holds them.
    pub fn codes(&self, role: Role) -> Option<&Codes> {
        let log = &self.log;
        match role {
            Role::User => log.user.as_ref(),
            Role::Item => log.item.as_ref(),
            Role::Event => log.event.as_ref(),
            Role::Session => log.session.as_ref(),
            Role::Query => log.query.as_ref(),
            Role::Category => log.category.as_ref(),
            _ => None,
        }
    }

    /// Name of the first column with a role.
    pub fn column_name(&self, role: Role) -> Option<String> {
        let index = self.dataset.column_with_role(role)?;
        Some(self.dataset.info.columns[index].name.clone())
    }

    /// Cells of the first column with a role.
    pub fn cells(&self, role: Role) -> Option<Cells<'_>> {
        Some(self.columns[self.dataset.column_with_role(role)?].cells())
    }

    /// The dictionary of a column, taken over from the log's codes where they are of this very column.
    pub fn distinct(&self, index: usize) -> Result<Distinct, Cancelled> {
        let column = &self.columns[index];
        let is_whole = matches!(column.dtype(), ColumnType::Text | ColumnType::Integer);
        let role = self.dataset.info.columns[index].role;
        let is_first = self.dataset.column_with_role(role) == Some(index);
        match self.codes(role).filter(|_| is_first) {
            Some(codes) if is_whole => Ok(Distinct::from_codes(codes)),
            _ => Distinct::of(column.cells(), self.progress),
        }
    }

    /// Time of a row in microseconds, if it has one.
    pub fn time_of(&self, row: u32) -> Option<i64> {
        let time = *self.log.time.as_ref()?.get(row as usize)?;
        (time != NULL_TIME).then_some(time)
    }

    /// What a row's event means, where its name says so.
    pub fn kind_of(&self, row: u32) -> Option<EventKind> {
        let code = *self.log.event.as_ref()?.codes.get(row as usize)?;
        self.log.event_kinds.get(code as usize).copied().flatten()
    }

    /// Event codes of the given kinds.
    pub fn event_codes(&self, kinds: &[EventKind]) -> Vec<u32> {
        let is_kind = |kind: &Option<EventKind>| kind.is_some_and(|kind| kinds.contains(&kind));
        (0..self.log.event_kinds.len() as u32)
            .filter(|&code| is_kind(&self.log.event_kinds[code as usize]))
            .collect()
    }

    /// Names of the event types by code, as written in the log.
    pub fn event_names(&self) -> Vec<String> {
        let Some((event, cells)) = self.log.event.as_ref().zip(self.cells(Role::Event)) else {
            return Vec::new();
        };
        event
            .first_row
            .iter()
            .map(|&row| cells.value(row as usize).to_string())
            .collect()
    }

    /// One user's rows that have a time, in order of time.
    pub fn timed_rows_of_user(&self, user: u32) -> &[u32] {
        let rows = self.log.rows_of_user(user);
        // Rows without a time come first of their user's.
        let timed = self.log.time.as_ref().map_or(rows.len(), |time| {
            rows.partition_point(|&row| time[row as usize] == NULL_TIME)
        });
        &rows[timed..]
    }

    /// Rows in order of user, item, event and time; `None` without users, items and times.
    pub fn user_items(&self) -> Result<Option<Arc<UserItemOrder>>, Cancelled> {
        let log = &self.log;
        let (Some(user), Some(item), Some(time)) = (&log.user, &log.item, &log.time) else {
            return Ok(None);
        };
        let mut held = self.user_items.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(order) = &*held {
            return Ok(Some(Arc::clone(order)));
        }
        let order = Arc::new(UserItemOrder::new(user, item, log.event.as_ref(), time, self.progress)?);
        *held = Some(Arc::clone(&order));
        Ok(Some(order))
    }

    /// Sessions in time; `None` without sessions and times.
    pub fn session_spans(&self) -> Result<Option<Arc<SessionSpans>>, Cancelled> {
        let (Some(session), Some(time)) = (&self.log.session, self.log.time.as_deref()) else {
            return Ok(None);
        };
        let mut held = self.session_spans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(spans) = &*held {
            return Ok(Some(Arc::clone(spans)));
        }
        let pause = (self.thresholds().session_gap_mins * 60e6) as i64;
        let spans = SessionSpans::new(session, time, (pause, &self.possible_times()), self.progress)?;
        Ok(Some(Arc::clone(held.insert(Arc::new(spans)))))
    }

    /// Frees the largest order of all; who asks for it again has it made again.
    pub fn forget_user_items(&self) {
        *self.user_items.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// How many different (user, item) pairs occur; `None` without users, items and times.
    pub fn num_pairs(&self) -> Result<Option<u64>, Cancelled> {
        if let Some(&pairs) = self.num_pairs.get() {
            return Ok(Some(pairs));
        }
        let order = self.user_items()?;
        Ok(order.map(|order| *self.num_pairs.get_or_init(|| order.num_pairs())))
    }

    /// The stretch of time in which nearly all events lie; `None` without times.
    pub fn core_time(&self) -> Option<&CoreTime> {
        let core = self
            .core_time
            .get_or_init(|| CoreTime::find(self.log.time.as_deref()?, &self.possible_times(), self.thresholds()));
        core.as_ref()
    }

    /// Rows of the log over its core, for plots.
    pub fn time_bins(&self) -> Option<&TimeBins> {
        self.time_bins.get_or_init(|| TimeBins::new(self)).as_ref()
    }

    /// Rows that equal an earlier row. Valid once all columns were added to the row hashes.
    pub fn duplicates(&self) -> Result<&Duplicates, Cancelled> {
        if let Some(found) = self.duplicates.get() {
            return Ok(found);
        }
        let mut hashes = self.row_hashes.write().unwrap_or_else(PoisonError::into_inner);
        // Whoever waited for the lock finds the hashes gone and the duplicates there.
        if let Some(found) = self.duplicates.get() {
            return Ok(found);
        }
        let found = Duplicates::find(self, &hashes)?;
        *hashes = Vec::new();
        Ok(self.duplicates.get_or_init(|| found))
    }

    /// Adds a column's codes to the hash of each row. Addition commutes, so columns may come in any order.
    pub fn add_to_row_hashes(&self, column: usize, codes: &[u32]) {
        let salt = crate::engine::random::mix64(column as u64 + 1);
        let hashes = self.row_hashes.read().unwrap_or_else(PoisonError::into_inner);
        for (hash, &code) in hashes.iter().zip(codes) {
            hash.fetch_add(crate::engine::random::mix64(u64::from(code) ^ salt), Ordering::Relaxed);
        }
    }

    /// True if two rows are equal in every column.
    pub fn same_rows(&self, a: usize, b: usize) -> bool {
        self.columns.iter().all(|column| column.cells().same(a, b))
    }
}
