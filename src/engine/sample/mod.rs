//! Sample: a small shop that behaves like one, with every planted defect counted.
//!
//! Nothing in, a folder out: events.csv, items.csv, users.csv, experiment.csv, app_log.csv, orders.csv and truth.json.
//! Invariant: the files are a pure function of `SampleConfig`, memory does not grow with the rows written
//! (only with users and items), and truth.json counts what was written.

mod ab_log;
mod app_log;
mod app_visits;
mod catalogue;
mod codes;
mod csv;
mod events;
mod order_texts;
mod orders;
mod plant;
mod propensity;
mod query;
mod rows;
mod shoppers;
mod truth;
mod unusual;
mod visit;
mod vocabulary;

#[cfg(test)]
mod tests;

pub use ab_log::ExperimentTruth;
pub use propensity::KnownAuc;
pub use truth::{Planted, Truth};

use crate::engine::progress::{Cancelled, Progress};
use ab_log::AbLog;
use app_log::AppLog;
use catalogue::Catalogue;
use events::{World, Written, write_events};
use orders::Orders;
use serde::{Deserialize, Serialize};
use shoppers::Shopper;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use unusual::Plan;

/// Fewer rows than this do not make a shop.
pub const LEAST_ROWS: u64 = 2000;
/// Rows of the committed sample and of a sample nobody chose the size of.
pub const DEFAULT_ROWS: u64 = 14_000;
/// About how many rows a visit leaves; with it the shop gets as many shoppers as fill four weeks.
const ROWS_PER_VISIT: f64 = 26.0;
/// Monday, 2025-10-06, in days since 1970-01-01.
const FIRST_DAY: i64 = 20_367;

/// What to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleConfig {
    /// Data lines of events.csv.
    pub rows: u64,
    pub seed: u64,
    /// Plant no defect.
    pub clean: bool,
}

/// Why no sample was written.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    #[error("{rows} rows are too few for a shop; ask for {LEAST_ROWS} or more")]
    TooFewRows { rows: u64 },
    #[error("cannot write {}; check that the folder may be written and the disk has room", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl SampleError {
    fn events(source: std::io::Error) -> Self {
        Self::write(Path::new("events.csv"), source)
    }

    fn write(path: &Path, source: std::io::Error) -> Self {
        Self::Write {
            path: path.to_owned(),
            source,
        }
    }
}

/// Writes the sample shop with its planted defects into a project folder.
pub fn write_project(folder: &Path, rows: u64, seed: u64, progress: &Progress) -> Result<(), SampleError> {
    let clean = false;
    write(folder, &SampleConfig { rows, seed, clean }, progress).map(|_truth| ())
}

/// Writes the sample into `dir`, which is made if it is not there; files of the same names are replaced,
/// each at once. Returns the content of truth.json.
pub fn write(dir: &Path, config: &SampleConfig, progress: &Progress) -> Result<Truth, SampleError> {
    if config.rows < LEAST_ROWS {
        return Err(SampleError::TooFewRows { rows: config.rows });
    }
    std::fs::create_dir_all(dir).map_err(|source| SampleError::write(dir, source))?;
    progress.phase("making the shop", "搭建商店");
    let num_items = (800 + config.rows / 250).min(2_000_000) as usize;
    // Goods that are launched late: as many as get about as many rows each as the others.
    let launched = if config.clean { 0 } else { num_items / 25 };
    let catalogue = Catalogue::new(config.seed, num_items, launched, FIRST_DAY);
    let num_items = num_items + launched;
    let shopper = |idx| Shopper::new(config.seed, idx, FIRST_DAY);
    let unusual_rows = if config.clean {
        0
    } else {
        Plan::expected_rows(config.rows)
    };
    let shoppers = enough_shoppers(config.rows.saturating_sub(unusual_rows), shopper);
    let plan = if config.clean {
        Plan::empty()
    } else {
        Plan::new(config.seed, config.rows, shoppers.len() as u64)
    };
    progress.check()?;

    let num_users = shoppers.len() as u64 + plan.extra_shoppers;
    // A few goods of the catalogue are never shown to anybody.
    let unshown_items = if config.clean { 0 } else { 8 + num_items as u64 / 200 };
    let listed_items = num_items as u64 + unshown_items;
    table(dir, "users.csv", shoppers::HEADER, num_users, |idx, out| {
        shopper(idx).write_row(out)
    })?;
    let unshown = Catalogue::unshown(config.seed, num_items..listed_items as usize, FIRST_DAY);
    let listed: Vec<_> = catalogue.items.iter().chain(&unshown).collect();
    table(dir, "items.csv", catalogue::HEADER, listed_items, |idx, out| {
        catalogue::write_row(listed[idx as usize], out);
    })?;
    progress.phase("writing the experiment", "写入实验日志");
    progress.set(0.05);
    let mut ab_log = AbLog::new(config.seed, config.clean, FIRST_DAY + 7);
    let num_units = (2 * config.rows / 5).clamp(1000, 1_000_000);
    table(dir, "experiment.csv", ab_log::HEADER, num_units, |idx, out| {
        ab_log.write_unit(idx, out)
    })?;

    let mut planted = small_tables(dir, config, &catalogue)?;
    progress.check()?;
    progress.phase("writing events", "写入行为日志");
    let world = World {
        config,
        catalogue: &catalogue,
        shoppers: &shoppers,
        plan: &plan,
        first_day: FIRST_DAY,
        unshown_items,
    };
    let written = replace(dir, "events.csv", |out| write_events(&world, out, progress))?;
    let mut truth = truth_of(config, (num_users, listed_items), written, ab_log.truth());
    truth.defects.append(&mut planted);
    write_truth(dir, &truth)?;
    progress.set(1.0);
    Ok(truth)
}

/// The app's log and the orders; returns what was planted in them.
fn small_tables(dir: &Path, config: &SampleConfig, catalogue: &Catalogue) -> Result<Vec<Planted>, SampleError> {
    let (seed, rows, clean) = (config.seed, config.rows, config.clean);
    let app_log = AppLog::new(seed, rows, clean, catalogue, FIRST_DAY);
    table(dir, app_log::NAME, app_log::HEADER, app_log.len(), |idx, out| {
        app_log.write_row(idx as usize, catalogue, out);
    })?;
    let mut orders = Orders::new(seed, rows, clean, FIRST_DAY);
    table(dir, orders::NAME, orders::HEADER, orders::count(rows), |idx, out| {
        orders.write_row(idx, catalogue, out);
    })?;
    let mut planted = app_log.planted;
    planted.extend(orders.planted());
    Ok(planted)
}

/// As many shoppers as leave the wanted rows in four weeks.
fn enough_shoppers(rows: u64, shopper: impl Fn(u64) -> Shopper) -> Vec<Shopper> {
    let mut left = rows as f64 / ROWS_PER_VISIT;
    let mut shoppers = Vec::new();
    while left > 0.0 {
        let next = shopper(shoppers.len() as u64);
        left -= next.expected_visits();
        shoppers.push(next);
    }
    shoppers
}

fn truth_of(config: &SampleConfig, (users, items): (u64, u64), written: Written, experiment: ExperimentTruth) -> Truth {
    let ledger = &written.ledger;
    let malformed = truth::malformed(ledger);
    let propensities = written.known.summary();
    Truth {
        version: 1,
        seed: config.seed,
        clean: config.clean,
        rows: ledger.rows,
        rows_accepted: ledger.rows - malformed,
        rows_malformed: malformed,
        users,
        items,
        event_types: truth::event_types(ledger),
        first_unix_secs: ledger.first_secs,
        last_unix_secs: ledger.last_secs,
        views_of_top_tenth: truth::views_of_top_tenth(written.views_per_item),
        empty_by_nature: truth::empty_by_nature(ledger),
        defects: if config.clean {
            Vec::new()
        } else {
            truth::defects(ledger)
        },
        propensity_auc: propensities.first().and_then(|known| known.propensity_auc),
        propensities,
        experiment,
    }
}

fn write_truth(dir: &Path, truth: &Truth) -> Result<(), SampleError> {
    replace(dir, "truth.json", |mut out| {
        let failed = |source: std::io::Error| SampleError::write(&dir.join("truth.json"), source);
        serde_json::to_writer_pretty(&mut out, truth).map_err(|error| failed(error.into()))?;
        out.write_all(b"\n").and_then(|()| out.flush()).map_err(failed)
    })
}

/// Writes a table row by row.
fn table(
    dir: &Path,
    name: &str,
    header: &str,
    num_rows: u64,
    mut row: impl FnMut(u64, &mut Vec<u8>),
) -> Result<(), SampleError> {
    replace(dir, name, |mut out| {
        let mut line = header.as_bytes().to_vec();
        for idx in 0..num_rows {
            row(idx, &mut line);
            out.write_all(&line)
                .map_err(|source| SampleError::write(&dir.join(name), source))?;
            line.clear();
        }
        out.flush()
            .map_err(|source| SampleError::write(&dir.join(name), source))
    })
}

/// Writes a file beside its place and moves it there when it is whole.
fn replace<T>(
    dir: &Path,
    name: &str,
    fill: impl FnOnce(BufWriter<&File>) -> Result<T, SampleError>,
) -> Result<T, SampleError> {
    let place = dir.join(name);
    let failed = |source| SampleError::write(&place, source);
    let part = dir.join(format!(".{name}.part"));
    let file = File::create(&part).map_err(failed)?;
    let filled = fill(BufWriter::with_capacity(1 << 18, &file));
    let moved = filled.and_then(|filled| std::fs::rename(&part, &place).map(|()| filled).map_err(failed));
    if moved.is_err() && std::fs::remove_file(&part).is_err() {
        tracing::warn!("could not remove {}", part.display());
    }
    moved
}
