//! A table of the analyst's own as training, validation and test rows.
//!
//! In: a table. Out: three Parquet files. Invariant: a pure function of the rows and the seed; rows of one query stay
//! together, so that no list is known before it is judged.

use super::TrainError;
use super::evidence::TableEvidence;
use crate::engine::artifact::{ContentHash, Role};
use crate::engine::features::split::{SplitInput, split};
use crate::engine::features::{Part, SplitConfig, Strategy};
use crate::engine::ingest::Dataset;
use crate::engine::ingest::write::write_table;
use crate::engine::progress::Progress;
use crate::engine::run::config::TrainData;
use polars::prelude::{BooleanChunked, NewChunkedArray as _};
use std::path::Path;

/// A table that can be trained on.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnTable {
    pub name: String,
    pub hash: ContentHash,
    /// The three files; columns are chosen later.
    pub data: TrainData,
    pub train_rows: u64,
    pub evidence: TableEvidence,
}

/// Divides the rows into `dir/train.parquet`, `valid.parquet` and `test.parquet` (8 : 1 : 1) and looks at the columns.
///
/// # Errors
/// Too few rows, or a file that cannot be written.
pub fn prepare(dataset: &Dataset, dir: &Path, seed: u64, progress: &Progress) -> Result<OwnTable, TrainError> {
    progress.phase("looking at the columns", "查看各列");
    let evidence = TableEvidence::of(dataset);
    progress.check()?;
    progress.phase("dividing the rows", "划分数据");
    let query = dataset.column_with_role(Role::Query);
    let lists = query.and_then(|at| dataset.frame.stored().get(at)).map(|column| {
        let codes = column.codes();
        let keys = codes.codes.iter().map(|&code| Some(u64::from(code)));
        keys.collect::<Vec<_>>()
    });
    let input = SplitInput {
        num_rows: dataset.num_rows(),
        times: None,
        users: lists.as_deref(),
        seed,
    };
    let strategy = if lists.is_some() {
        Strategy::User
    } else {
        Strategy::Random
    };
    let config = SplitConfig {
        strategy: Some(strategy),
        ..SplitConfig::default()
    };
    let table = |reason: String| TrainError::Table {
        path: dir.to_owned(),
        reason,
    };
    let found = split(&input, &config).map_err(|error| table(error.to_string()))?;
    std::fs::create_dir_all(dir).map_err(TrainError::io("create", dir))?;
    let mut train_rows = 0;
    let mut file = |part: Part| -> Result<std::path::PathBuf, TrainError> {
        let keep: Vec<bool> = found.parts.iter().map(|of| *of == Some(part)).collect();
        let rows = keep.iter().filter(|keep| **keep).count();
        if rows == 0 {
            return Err(TrainError::TooFewRows {
                what: format!("{} rows are too few to train, validate and test on", dataset.num_rows()),
            });
        }
        if part == Part::Train {
            train_rows = rows as u64;
        }
        let path = dir.join(format!("{}.parquet", part.name()));
        let mask = BooleanChunked::from_slice("keep".into(), &keep);
        let part = dataset.frame.filter(&mask).map_err(|error| table(error.to_string()))?;
        write_table(&part, &path).map_err(|error| table(error.to_string()))?;
        progress.check()?;
        Ok(path)
    };
    let data = TrainData {
        train: file(Part::Train)?,
        valid: Some(file(Part::Valid)?),
        test: Some(file(Part::Test)?),
        valid_ratio: 0.0,
        ..TrainData::default()
    };
    Ok(OwnTable {
        name: dataset.info.name.clone(),
        hash: dataset.info.hash.clone(),
        data,
        train_rows,
        evidence,
    })
}
