//! What rules are checked on: a log with its columns in one piece, the tables beside it, and the moment "now".

use crate::engine::artifact::Bilingual;
use crate::engine::audit::cells::{Cells, ColumnCells};
use crate::engine::audit::distinct::{Distinct, NULL};
use crate::engine::audit::{AuditError, Example, Fact, example};
use crate::engine::ingest::dataset::{ColumnInfo, Dataset};
use crate::engine::ingest::{ReadOptions, read_log};
use crate::engine::progress::{Cancelled, Progress};
use crate::engine::recipe::closest;
use crate::engine::recipe::condition::{Condition, ConditionError};
use crate::engine::rules::Judged;
use crate::engine::rules::file::RuleFile;
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::path::Path;

/// Tables that rules refer to.
#[derive(Default)]
pub struct Tables<'a> {
    pub items: Option<&'a Dataset>,
    pub users: Option<&'a Dataset>,
    /// By the name in the rules file; the reason where a file could not be read.
    pub files: BTreeMap<String, Result<Dataset, String>>,
}

impl Tables<'_> {
    /// Reads the tables a rules file names; paths count from `folder`, the one the rules file is in.
    /// A table that cannot be read makes its rules undefined, not the check fail.
    pub fn read_files(&mut self, rules: &RuleFile, folder: &Path, progress: &Progress) -> Result<(), Cancelled> {
        for name in rules.table_files() {
            let table = read_log(&[folder.join(name)], &ReadOptions::default(), progress);
            progress.check()?;
            self.files
                .insert(name.to_owned(), table.map_err(|error| error.to_string()));
        }
        Ok(())
    }

    pub(super) fn find(&self, name: &str) -> Result<&Dataset, Stop> {
        match name {
            "items" => self
                .items
                .ok_or_else(|| undefined("no item table was given beside the log", "没有随日志提供商品表")),
            "users" => self
                .users
                .ok_or_else(|| undefined("no user table was given beside the log", "没有随日志提供用户表")),
            _ => match self.files.get(name) {
                Some(Ok(table)) => Ok(table),
                Some(Err(why)) => Err(undefined(
                    format!("the table `{name}` cannot be read: {why}"),
                    format!("无法读取表 `{name}`：{why}"),
                )),
                None => Err(undefined(
                    format!("the table `{name}` was not read"),
                    format!("未读取表 `{name}`"),
                )),
            },
        }
    }
}

/// Why a rule was not judged.
#[derive(Debug)]
pub(super) enum Stop {
    Undefined(Bilingual),
    Cancelled(Cancelled),
}

impl From<Cancelled> for Stop {
    fn from(cancelled: Cancelled) -> Self {
        Self::Cancelled(cancelled)
    }
}

impl From<ConditionError> for Stop {
    fn from(error: ConditionError) -> Self {
        Self::Undefined(error.message)
    }
}

pub(super) fn undefined(en: impl Into<String>, zh: impl Into<String>) -> Stop {
    Stop::Undefined(Bilingual::new(en, zh))
}

/// What a kind found out.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    pub unit: Judged,
    pub missing: u64,
    pub checked: u64,
    pub failed: u64,
    /// Rows behind `failed`, ascending.
    pub rows: Vec<u32>,
    /// Overrides the sentence about shares.
    pub message: Option<Bilingual>,
    pub facts: Vec<Fact>,
}

impl Verdict {
    pub fn pass(&mut self) {
        self.checked += 1;
    }

    pub fn fail(&mut self, row: usize) {
        self.checked += 1;
        self.failed += 1;
        self.rows.push(row as u32);
    }
}

/// Rows a rule is about.
#[derive(Debug)]
pub(super) struct Scope {
    inside: Option<Vec<bool>>,
    len: usize,
}

impl Scope {
    pub fn of(subject: &Subject<'_>, filter: Option<&str>, mask: Option<&[bool]>) -> Result<Self, Stop> {
        let mut inside = mask.map(<[bool]>::to_vec);
        if let Some(filter) = filter {
            let holds = Condition::parse(filter)?.evaluate(&subject.dataset.frame)?;
            match &mut inside {
                None => inside = Some(holds),
                Some(inside) => inside.iter_mut().zip(holds).for_each(|(a, b)| *a = *a && b),
            }
        }
        let len = subject.dataset.num_rows();
        Ok(Self { inside, len })
    }

    /// The rows in order.
    pub fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.len).filter(|&row| self.inside.as_ref().is_none_or(|inside| inside[row]))
    }

    pub fn count(&self) -> u64 {
        match &self.inside {
            None => self.len as u64,
            Some(inside) => inside.iter().filter(|&&is_inside| is_inside).count() as u64,
        }
    }
}

/// One column of the log.
pub(super) struct Column<'a> {
    pub index: usize,
    pub info: &'a ColumnInfo,
    pub cells: Cells<'a>,
}

/// The log with what its rules need, made once for all of them.
pub(super) struct Subject<'a> {
    pub dataset: &'a Dataset,
    columns: Vec<ColumnCells>,
    pub tables: &'a Tables<'a>,
    pub now_micros: i64,
    pub progress: &'a Progress,
}

impl<'a> Subject<'a> {
    pub fn new(
        dataset: &'a Dataset,
        tables: &'a Tables<'a>,
        now_ms: u64,
        progress: &'a Progress,
    ) -> Result<Self, AuditError> {
        let rows = dataset.num_rows();
        let most = u32::MAX as usize - 1;
        if rows > most {
            return Err(AuditError::TooManyRows { rows, most });
        }
        let columns = (0..dataset.info.columns.len()).map(|index| ColumnCells::new(dataset, index));
        Ok(Self {
            dataset,
            columns: columns.collect::<Result<_, _>>()?,
            tables,
            now_micros: i64::try_from(now_ms).unwrap_or(i64::MAX / 1_000).saturating_mul(1_000),
            progress,
        })
    }

    pub fn column(&self, name: &str) -> Result<Column<'_>, Stop> {
        let index = column_index(self.dataset, name)?;
        Ok(Column {
            index,
            info: &self.dataset.info.columns[index],
            cells: self.columns[index].cells(),
        })
    }

    pub fn example(&self, row: u32) -> Example {
        example(self.dataset, &self.columns, row as usize)
    }

    /// Rows whose cell of a column has a text that could not be read as the column's type.
    pub fn unread(&self, column: &Column<'_>) -> Result<Unread, Stop> {
        let cells = self.dataset.invalid.iter().filter(|cell| cell.column == column.index);
        let rows: Vec<u32> = cells.map(|cell| cell.row as u32).collect();
        let known = column.info.invalid;
        if rows.len() as u64 == known {
            return Ok(Unread(rows));
        }
        let (name, dtype) = (&column.info.name, column.info.dtype.name());
        Err(undefined(
            format!(
                "{known} cells of `{name}` could not be read as {dtype}, more than are kept with their rows; repair the column first"
            ),
            format!("列 `{name}` 有 {known} 个单元格无法按 {dtype} 读取，超过可保留的数量；请先修复该列"),
        ))
    }

    /// One dense code a row for the combination of these columns; `NULL` where one of them has no value.
    pub fn combined_codes(&self, names: &[String]) -> Result<(Vec<u32>, usize), Stop> {
        let mut combined: Option<(Vec<u32>, usize)> = None;
        for name in names {
            let distinct = Distinct::of(self.column(name)?.cells, self.progress)?;
            let values = distinct.num_values();
            combined = Some(match combined {
                None => (distinct.codes.to_vec(), values),
                Some((codes, _)) => combine(codes, &distinct.codes, self.progress)?,
            });
        }
        Ok(combined.unwrap_or_default())
    }
}

/// Rows, ascending.
pub(super) struct Unread(Vec<u32>);

impl Unread {
    pub fn contains(&self, row: usize) -> bool {
        !self.0.is_empty() && self.0.binary_search(&(row as u32)).is_ok()
    }
}

fn combine(mut left: Vec<u32>, right: &[u32], progress: &Progress) -> Result<(Vec<u32>, usize), Cancelled> {
    let mut code_of: HashMap<u64, u32> = HashMap::new();
    for (row, (code, &other)) in left.iter_mut().zip(right).enumerate() {
        if row % (1 << 16) == 0 {
            progress.check()?;
        }
        if *code == NULL || other == NULL {
            *code = NULL;
            continue;
        }
        let next = code_of.len() as u32;
        *code = *code_of.entry(u64::from(*code) << 32 | u64::from(other)).or_insert(next);
    }
    let values = code_of.len();
    Ok((left, values))
}

/// The place of a column, or the name that may have been meant.
pub(super) fn column_index(table: &Dataset, name: &str) -> Result<usize, Stop> {
    table.column_index(name).ok_or_else(|| {
        let names: Vec<&str> = table.info.columns.iter().map(|column| column.name.as_str()).collect();
        let of = &table.info.name;
        match closest(name, &names) {
            Some(near) => undefined(
                format!("there is no column `{name}` in {of}; did you mean `{near}`?"),
                format!("{of} 中没有列 `{name}`；是否指 `{near}`？"),
            ),
            None => undefined(
                format!(
                    "there is no column `{name}` in {of}; the columns are {}",
                    names.join(", ")
                ),
                format!("{of} 中没有列 `{name}`；现有列：{}", names.join("、")),
            ),
        }
    })
}
