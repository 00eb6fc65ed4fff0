//! Text files → `Dataset`: types are proposed from a sample, checked against every row, and mended by
//! reading the refuted columns again.

use super::columns::ColumnBuilder;
use super::dataset::{ColumnInfo, Dataset, DatasetInfo, InvalidCell, RowCounts, SourceFile};
use super::encoding;
use super::error::IngestError;
use super::frame::{Frame, FrameColumn};
use super::names::Hints;
use super::options::ReadOptions;
use super::pass::{self, FileOutcome, PassConfig, PassOutcome, Task};
use super::plan::{self, Plan};
use super::prepare::{self, Prepared};
use super::roles;
use super::source::Source;
use super::stats::CellStats;
use super::time::TimeFormat;
use crate::engine::artifact::{Bilingual, ContentHash, Role};
use crate::engine::progress::Progress;
use std::sync::Arc;

/// Passes after which a column that still changes its type stays text.
const MAX_PASSES: usize = 4;

/// A table column while its type is being decided.
struct Candidate {
    name: String,
    hints: Hints,
    plan: Plan,
    /// Chosen by the user or settled: not revised.
    fixed: bool,
    sample: CellStats,
    /// Cells refuting day-first or month-first dates, whichever was tried.
    refuting: Option<(TimeFormat, u64)>,
}

/// Reads text files as one log.
pub(super) fn read(
    name: String,
    sources: &[Source],
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Dataset, IngestError> {
    let mut files = Vec::with_capacity(sources.len());
    for source in sources {
        progress.check()?;
        files.push(prepare::prepare(source, options, None)?);
    }
    progress.phase("reading", "读取");
    loop {
        let (names, differences) = prepare::reconcile(&mut files);
        check_names(options, &names)?;
        let mut candidates = propose(&names, &files, options);
        let outcome = read_rows(&files, &mut candidates, progress)?;
        if revise_encodings(&mut files, &outcome.files, options)? {
            continue;
        }
        return assemble(name, files, differences, candidates, outcome, options);
    }
}

fn check_names(options: &ReadOptions, names: &[String]) -> Result<(), IngestError> {
    match options
        .types
        .keys()
        .chain(options.roles.keys())
        .find(|column| !names.contains(column))
    {
        None => Ok(()),
        Some(column) => Err(IngestError::NoSuchColumn {
            column: column.clone(),
            known: names.to_vec(),
        }),
    }
}

/// Types by the sampled records of all files.
fn propose(names: &[String], files: &[Prepared], options: &ReadOptions) -> Vec<Candidate> {
    let nameless = !files.iter().any(|file| file.dialect.header);
    let mut candidates: Vec<Candidate> = names
        .iter()
        .enumerate()
        .map(|(column, name)| {
            let sample = sample_stats(column, files);
            Candidate {
                name: name.clone(),
                hints: Hints::of(name),
                plan: plan::TEXT,
                fixed: false,
                sample,
                refuting: None,
            }
        })
        .collect();
    if nameless {
        hint_at_nameless_time(&mut candidates);
    }
    for candidate in &mut candidates {
        candidate.plan = plan::decide(&candidate.sample, candidate.hints);
        if options.text_only {
            (candidate.plan, candidate.fixed) = (Plan::Text { null_spellings: false }, true);
        } else if let Some(&dtype) = options.types.get(&candidate.name) {
            (candidate.plan, candidate.fixed) = (plan::force(dtype, &candidate.sample, candidate.hints), true);
        }
    }
    candidates
}

fn sample_stats(column: usize, files: &[Prepared]) -> CellStats {
    let mut stats = CellStats::default();
    for file in files {
        let Some(field) = file.task.layout.fields[column] else {
            continue;
        };
        let rows = file.records.iter().skip(file.task.layout.header_rows);
        for record in rows.filter(|record| record.cells.len() == file.task.layout.width) {
            stats.add(&record.cells[field]);
        }
    }
    stats
}

/// Without names, the one column whose integers are all seconds since 1970 in this century is the time.
fn hint_at_nameless_time(candidates: &mut [Candidate]) {
    let epochs: Vec<usize> = (0..candidates.len())
        .filter(|&column| {
            let stats = &candidates[column].sample;
            let (most, cells) = (stats.epoch_seconds.max(stats.epoch_millis), stats.cells);
            cells > 0 && most == cells && stats.int == cells
        })
        .collect();
    if let [column] = epochs[..]
        && candidates
            .iter()
            .all(|candidate| candidate.sample.times() * 2 < candidate.sample.cells.max(1))
    {
        candidates[column].hints.time = true;
    }
}

/// Passes over the files until every column's type holds for all its rows.
fn read_rows(
    files: &[Prepared],
    candidates: &mut [Candidate],
    progress: &Progress,
) -> Result<PassOutcome, IngestError> {
    let tasks: Vec<Task> = files.iter().map(|file| file.task.clone()).collect();
    let mut wanted = vec![true; candidates.len()];
    let mut whole: Option<PassOutcome> = None;
    for number in 0..MAX_PASSES {
        let plans: Vec<Plan> = candidates.iter().map(|candidate| candidate.plan).collect();
        let config = PassConfig {
            tasks: &tasks,
            plans: &plans,
            wanted: &wanted,
            first: number == 0,
        };
        let range = if number == 0 { (0.0, 0.9) } else { (0.9, 0.95) };
        let outcome = pass::run(&config, progress, range)?;
        let whole = match &mut whole {
            None => whole.insert(outcome),
            Some(whole) => {
                for (column, found) in outcome.columns.into_iter().enumerate() {
                    if found.is_some() {
                        whole.columns[column] = found;
                    }
                }
                whole
            }
        };
        for (column, candidate) in candidates.iter_mut().enumerate() {
            let last = number + 2 >= MAX_PASSES;
            wanted[column] = wanted[column]
                && whole.columns[column]
                    .as_ref()
                    .is_some_and(|built| candidate.is_refuted(built, last));
            if wanted[column] {
                // Its memory is free before the column is read again.
                whole.columns[column] = None;
            }
        }
        if !wanted.contains(&true) {
            break;
        }
        progress.phase(
            "reading columns again with the type all rows fit",
            "按全部数据的类型重读部分列",
        );
    }
    whole.ok_or_else(|| IngestError::Table {
        detail: "no pass was made".to_owned(),
    })
}

impl Candidate {
    /// Whether all rows ask for another plan, which is then set.
    fn is_refuted(&mut self, built: &ColumnBuilder, last: bool) -> bool {
        if self.fixed {
            return false;
        }
        let valid = (built.len() as u64).saturating_sub(built.nulls + built.num_invalid);
        let mut stats = built.stats;
        if !matches!(self.plan, Plan::Text { .. }) {
            stats.merge(&plan::counts_of_parsed(self.plan, valid));
        }
        let plan = match (self.plan, plan::decide(&stats, self.hints)) {
            (Plan::Time(tried @ (TimeFormat::DayFirst | TimeFormat::MonthFirst)), Plan::Time(_)) => {
                Plan::Time(self.other_order(tried, &built.stats))
            }
            (_, plan) => plan,
        };
        if plan == self.plan {
            return false;
        }
        self.plan = if last { plan::TEXT } else { plan };
        self.fixed = last;
        true
    }

    /// Day first or month first, whichever leaves fewer dates unread.
    fn other_order(&mut self, tried: TimeFormat, unread: &CellStats) -> TimeFormat {
        let (refuting, other) = match tried {
            TimeFormat::DayFirst => (unread.month_first, TimeFormat::MonthFirst),
            _ => (unread.day_first, TimeFormat::DayFirst),
        };
        match self.refuting {
            // Both were tried: the one with fewer unread dates stays.
            Some((before, unread_before)) => {
                self.fixed = true;
                if unread_before < refuting { before } else { tried }
            }
            None if refuting > 0 => {
                self.refuting = Some((tried, refuting));
                other
            }
            None => tried,
        }
    }
}

/// A file believed to be UTF-8 whose characters beyond ASCII are mostly not is read again in the encoding they fit.
fn revise_encodings(
    files: &mut [Prepared],
    outcomes: &[FileOutcome],
    options: &ReadOptions,
) -> Result<bool, IngestError> {
    let mut revised = false;
    for (file, outcome) in files.iter_mut().zip(outcomes) {
        if file.encoding_certain || outcome.undecodable * 20 <= outcome.rows_beyond_ascii {
            continue;
        }
        let mut found = encoding::legacy(&outcome.bad_bytes);
        found.certain = true;
        *file = prepare::prepare(&file.task.source.clone(), options, Some(found))?;
        revised = true;
    }
    Ok(revised)
}

fn assemble(
    name: String,
    files: Vec<Prepared>,
    differences: Vec<Vec<Bilingual>>,
    candidates: Vec<Candidate>,
    outcome: PassOutcome,
    options: &ReadOptions,
) -> Result<Dataset, IngestError> {
    let mut frame_columns: Vec<FrameColumn> = Vec::new();
    let mut columns: Vec<ColumnInfo> = Vec::new();
    let mut invalid: Vec<InvalidCell> = Vec::new();
    let rows = outcome.lines.len();
    for (index, (candidate, built)) in candidates.iter().zip(outcome.columns).enumerate() {
        let mut built = built.unwrap_or_else(|| ColumnBuilder::new(candidate.plan, 0));
        columns.push(ColumnInfo {
            name: candidate.name.clone(),
            dtype: candidate.plan.column_type(),
            role: Role::Other,
            confidence: 0.0,
            why: Bilingual::default(),
            time_format: plan::time_format_name(candidate.plan, &candidate.sample),
            nulls: built.nulls,
            invalid: built.num_invalid,
        });
        let kept = std::mem::take(&mut built.invalid);
        invalid.extend(kept.into_iter().map(|(row, raw)| InvalidCell {
            row,
            column: index,
            raw,
        }));
        frame_columns.push(built.finish(&candidate.name));
    }
    invalid.sort_by_key(|cell| (cell.row, cell.column));
    let frame = Frame::new(rows, frame_columns).map_err(|detail| IngestError::Table { detail })?;
    roles::assign(&mut columns, &frame, options);
    let sources = describe_sources(&files, &outcome.files, differences);
    let several = sources.len() > 1;
    let counts = sources
        .iter()
        .fold(RowCounts::default(), |sum, source| sum.plus(source.rows));
    let mut dialect = files.into_iter().next().map(|file| file.dialect).unwrap_or_default();
    if let Some(first) = outcome.files.first() {
        dialect.footer_lines = first.footer_lines;
        dialect.evidence.extend(first.cut_short.clone());
        if first.footer_lines > 0 {
            let lines = first.footer_lines;
            dialect.evidence.push(Bilingual::new(
                format!("{lines} lines after the table are skipped: they follow a blank line and fit no row"),
                format!("跳过表后的 {lines} 行：它们位于空行之后，且不符合任何数据行"),
            ));
        }
    }
    Ok(Dataset {
        info: Arc::new(DatasetInfo {
            name,
            hash: log_hash(&outcome.files, options),
            sources,
            dialect,
            rows: counts,
            columns,
            elapsed_ms: 0,
        }),
        frame,
        lines: Arc::new(outcome.lines),
        source_of_row: several.then(|| Arc::new(outcome.source_of_row)),
        rejects: Arc::new(outcome.rejects),
        invalid: Arc::new(invalid),
    })
}

fn describe_sources(files: &[Prepared], outcomes: &[FileOutcome], differences: Vec<Vec<Bilingual>>) -> Vec<SourceFile> {
    files
        .iter()
        .zip(outcomes)
        .zip(differences)
        .map(|((file, outcome), mut schema_differences)| {
            schema_differences.extend(outcome.cut_short.clone());
            SourceFile {
                path: file.task.source.path.clone(),
                bytes: file.task.source.bytes,
                rows: outcome.counts,
                schema_differences,
            }
        })
        .collect()
}

fn log_hash(files: &[FileOutcome], options: &ReadOptions) -> ContentHash {
    let hashes: Vec<String> = files
        .iter()
        .map(|file| file.hash.map_or_else(String::new, |hash| hash.to_hex().to_string()))
        .collect();
    ContentHash::of_json(&(hashes, options))
}
