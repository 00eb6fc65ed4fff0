//! Text files → `Dataset`: types are proposed from a sample, checked against every row, and mended by
//! reading the refuted columns again.

use super::assemble::assemble;
use super::columns::ColumnBuilder;
use super::dataset::Dataset;
use super::encoding;
use super::error::IngestError;
use super::evidence::Seen;
use super::names::Hints;
use super::options::ReadOptions;
use super::outcome::{FileOutcome, PassOutcome};
use super::pass::{self, PassConfig, Task};
use super::plan::{self, Plan};
use super::prepare::{self, Looking, Prepared};
use super::reconcile;
use super::source::Source;
use super::spellings::Spellings;
use super::stats::CellStats;
use super::time::TimeFormat;
use crate::engine::artifact::ColumnType;
use crate::engine::progress::Progress;

/// Passes after which a column that still changes its type stays text.
const MAX_PASSES: usize = 4;

/// A table column while its type is being decided.
pub(super) struct Candidate {
    pub name: String,
    hints: Hints,
    pub plan: Plan,
    /// Chosen by the user or settled: not revised.
    fixed: bool,
    /// Forms, spellings and examples of the sampled cells.
    pub seen: Seen,
    /// What the sample alone showed.
    pub proposed: ColumnType,
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
    let looking = Looking {
        options,
        progress,
        most_bytes: usize::MAX,
        lenient: false,
    };
    let files = prepare_all(sources, looking)?;
    progress.phase("reading", "读取");
    let mut passes = 0;
    let read = read_prepared(name, files, looking, &mut |config| {
        if passes == 1 {
            progress.phase(
                "reading columns again with the type all rows fit",
                "按全部数据的类型重读部分列",
            );
        }
        passes += 1;
        let range = if config.first { (0.0, 0.9) } else { (0.9, 0.95) };
        pass::run(config, progress, range)
    })?;
    Ok(read.log)
}

/// Looks at the start of each file.
pub(super) fn prepare_all(sources: &[Source], looking: Looking<'_>) -> Result<Vec<Prepared>, IngestError> {
    let mut files = Vec::with_capacity(sources.len());
    for source in sources {
        looking.progress.check()?;
        files.push(prepare::prepare(source, looking, None)?);
    }
    Ok(files)
}

/// A log with the physical lines of its first file's rows that were made to fit.
pub(super) struct ReadLog {
    pub log: Dataset,
    pub ragged_lines: Vec<u64>,
}

/// Reads prepared files with a function that makes one pass over them.
pub(super) fn read_prepared(
    name: String,
    mut files: Vec<Prepared>,
    looking: Looking<'_>,
    pass: &mut dyn FnMut(&PassConfig<'_>) -> Result<PassOutcome, IngestError>,
) -> Result<ReadLog, IngestError> {
    let options = looking.options;
    loop {
        let (names, differences) = reconcile::reconcile(&mut files);
        if !looking.lenient {
            check_names(options, &names)?;
        }
        let mut candidates = propose(&names, &files, options);
        let outcome = read_rows(&files, &mut candidates, pass)?;
        if revise_encodings(&mut files, &outcome.files, looking)? {
            continue;
        }
        looking.progress.check()?;
        let ragged_lines = outcome
            .files
            .first()
            .map_or_else(Vec::new, |file| file.ragged.lines.clone());
        let log = assemble(name, files, differences, candidates, outcome, options)?;
        return Ok(ReadLog { log, ragged_lines });
    }
}

fn check_names(options: &ReadOptions, names: &[String]) -> Result<(), IngestError> {
    match options
        .types
        .keys()
        .chain(options.roles.keys())
        .chain(options.times.keys())
        .chain(options.numbers.keys())
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
    let spellings = Spellings::of(options);
    let mut candidates: Vec<Candidate> = names
        .iter()
        .enumerate()
        .map(|(column, name)| Candidate {
            name: name.clone(),
            hints: Hints::of(name),
            plan: plan::TEXT,
            fixed: false,
            seen: see(column, files, &spellings),
            proposed: ColumnType::Text,
            refuting: None,
        })
        .collect();
    if nameless {
        hint_at_nameless_time(&mut candidates);
    }
    for candidate in &mut candidates {
        let stats = &candidate.seen.stats;
        let chosen = chosen_plan(&candidate.name, stats, candidate.hints, options);
        candidate.fixed = chosen.is_some();
        candidate.plan = chosen.unwrap_or_else(|| plan::decide(stats, candidate.hints));
        candidate.proposed = candidate.plan.column_type();
    }
    candidates
}

/// The plan that follows from what the user chose for a column.
fn chosen_plan(name: &str, stats: &CellStats, hints: Hints, options: &ReadOptions) -> Option<Plan> {
    if options.text_only {
        return Some(Plan::Text { null_spellings: false });
    }
    let dtype = options.types.get(name).copied();
    if let Some(choice) = options.times.get(name) {
        return Some(plan::chosen_time(choice));
    }
    if let Some(&format) = options.numbers.get(name) {
        return Some(plan::chosen_number(format, dtype));
    }
    dtype.map(|dtype| plan::force(dtype, stats, hints))
}

fn see(column: usize, files: &[Prepared], spellings: &Spellings) -> Seen {
    let mut seen = Seen::default();
    for file in files {
        let Some(field) = file.task.layout.fields[column] else {
            continue;
        };
        let rows = file.records.iter().skip(file.task.layout.header_rows);
        for record in rows.filter(|record| record.cells.len() == file.task.layout.width) {
            seen.add(&record.cells[field], spellings);
        }
    }
    seen
}

/// Without names, the one column whose integers are all seconds since 1970 in this century is the time.
fn hint_at_nameless_time(candidates: &mut [Candidate]) {
    let epochs: Vec<usize> = (0..candidates.len())
        .filter(|&column| {
            let stats = &candidates[column].seen.stats;
            let (most, cells) = (stats.epoch_seconds.max(stats.epoch_millis), stats.cells);
            cells > 0 && most == cells && stats.int == cells
        })
        .collect();
    if let [column] = epochs[..]
        && candidates
            .iter()
            .all(|candidate| candidate.seen.stats.times() * 2 < candidate.seen.stats.cells.max(1))
    {
        candidates[column].hints.time = true;
    }
}

/// Passes over the files until every column's type holds for all its rows.
fn read_rows(
    files: &[Prepared],
    candidates: &mut [Candidate],
    pass: &mut dyn FnMut(&PassConfig<'_>) -> Result<PassOutcome, IngestError>,
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
        let outcome = pass(&config)?;
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
    looking: Looking<'_>,
) -> Result<bool, IngestError> {
    let mut revised = false;
    for (file, outcome) in files.iter_mut().zip(outcomes) {
        if file.encoding_certain || outcome.undecodable * 20 <= outcome.rows_beyond_ascii {
            continue;
        }
        let mut found = encoding::legacy(&outcome.bad_bytes);
        found.certain = true;
        *file = prepare::prepare(&file.task.source.clone(), looking, Some(found))?;
        revised = true;
    }
    Ok(revised)
}
