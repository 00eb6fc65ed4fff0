//! Why a recipe cannot be read or applied: which step, which column, what to do.

use super::cells::UnsupportedType;
use super::condition::ConditionError;
use crate::engine::artifact::{Bilingual, ColumnType, Role};
use crate::engine::progress::Cancelled;

/// A recipe could not be read or applied. Step numbers are 1-based, as people count.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    #[error("step {number} ({kind}): {source}")]
    Step {
        number: usize,
        kind: &'static str,
        source: StepError,
    },
    #[error("not a recipe: {0}")]
    Syntax(#[source] serde_json::Error),
    #[error("step {number} ({kind}) has the unknown field `{field}`; its fields are {known}")]
    UnknownField {
        number: usize,
        kind: &'static str,
        field: String,
        known: String,
    },
    #[error("the recipe has version {found}, this program reads up to {supported}; update the program")]
    Version { found: u32, supported: u32 },
    #[error("the log has {rows} rows; a recipe works on at most {max}")]
    TooManyRows { rows: usize, max: usize },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("the table could not be rebuilt: {0}")]
    Table(#[from] polars::error::PolarsError),
}

/// Why one step does not work on this table.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    #[error("there is no column `{column}`{}", hint(.closest))]
    UnknownColumn { column: String, closest: Option<String> },
    #[error("column `{column}` holds {found}, this step needs {needed}")]
    WrongType {
        column: String,
        found: &'static str,
        needed: &'static str,
    },
    #[error("no column has the role {}; set it on the Data page or name the column in the step", role.name())]
    NoRole { role: Role },
    #[error("{0}")]
    Condition(#[from] ConditionError),
    #[error("column `{column}` has no value at all, so there is no {wanted} to fill in")]
    NothingToFillFrom { column: String, wanted: &'static str },
    #[error("`{value}` cannot be put into column `{column}`, which holds {dtype}")]
    ValueType {
        column: String,
        value: String,
        dtype: &'static str,
    },
    #[error("{field} is {value}; it must be {needed}")]
    OutOfRange {
        field: &'static str,
        value: String,
        needed: &'static str,
    },
    #[error("`{format}` is not a time format: {reason}")]
    TimeFormat { format: String, reason: &'static str },
    #[error("{0}")]
    Unsupported(#[from] UnsupportedType),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("{0}")]
    Table(#[from] polars::error::PolarsError),
}

fn hint(closest: &Option<String>) -> String {
    closest
        .as_ref()
        .map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

impl StepError {
    pub(super) fn wrong_type(column: &str, found: ColumnType, needed: &'static str) -> Self {
        Self::WrongType {
            column: column.to_owned(),
            found: found.name(),
            needed,
        }
    }
}

impl RecipeError {
    /// The step that failed, counted from 0.
    pub fn step_index(&self) -> Option<usize> {
        match self {
            Self::Step { number, .. } | Self::UnknownField { number, .. } => number.checked_sub(1),
            _ => None,
        }
    }

    /// The same message in both languages.
    pub fn explain(&self) -> Bilingual {
        let zh = match self {
            Self::Step { number, source, .. } => format!("第 {number} 步：{}", source.chinese()),
            Self::Syntax(error) => format!("不是有效的清洗方案：{error}"),
            Self::UnknownField {
                number, field, known, ..
            } => format!("第 {number} 步有未知字段 `{field}`；可用字段：{known}"),
            Self::Version { found, supported } => {
                format!("清洗方案版本为 {found}，本程序最高支持 {supported}；请更新程序")
            }
            Self::TooManyRows { rows, max } => format!("日志有 {rows} 行，清洗方案最多处理 {max} 行"),
            Self::Cancelled(_) => "已取消".to_owned(),
            Self::Table(error) => format!("无法重建数据表：{error}"),
        };
        Bilingual::new(self.to_string(), zh)
    }
}

impl StepError {
    fn chinese(&self) -> String {
        match self {
            Self::UnknownColumn { column, closest } => {
                let hint = closest
                    .as_ref()
                    .map_or_else(String::new, |name| format!("；是否指 `{name}`？"));
                format!("没有列 `{column}`{hint}")
            }
            Self::WrongType { column, found, needed } => format!("列 `{column}` 的类型是 {found}，此步骤需要 {needed}"),
            Self::NoRole { role } => {
                format!(
                    "没有列的角色是“{}”；请在数据页设置，或在步骤中指定列名",
                    role.label().zh
                )
            }
            Self::Condition(error) => format!("{}（条件的第 {} 个字符）", error.message.zh, error.at),
            Self::NothingToFillFrom { column, .. } => format!("列 `{column}` 没有任何值，无法计算填充值"),
            Self::ValueType { column, value, dtype } => format!("`{value}` 不能填入类型为 {dtype} 的列 `{column}`"),
            Self::OutOfRange { field, value, needed } => format!("{field} 为 {value}，应为 {needed}"),
            Self::TimeFormat { format, .. } => format!("`{format}` 不是有效的时间格式"),
            Self::Cancelled(_) => "已取消".to_owned(),
            Self::Unsupported(_) | Self::Table(_) => self.to_string(),
        }
    }
}

/// The name nearest to `wanted` by edits, if it is near enough to be a slip of the keyboard.
pub(in crate::engine) fn closest<'a>(wanted: &str, names: &[&'a str]) -> Option<&'a str> {
    let limit = (wanted.chars().count() / 3).max(1);
    names
        .iter()
        .map(|name| (edit_distance(&wanted.to_lowercase(), &name.to_lowercase()), *name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// Optimal string alignment distance in characters: insert, delete, substitute, exchange two neighbours.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let substitute = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = substitute.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_other_names_are_not() {
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(edit_distance("pirce", "price"), 1);
        assert_eq!(closest("prize", &["brand", "price"]), Some("price"));
        assert_eq!(closest("Price", &["brand", "price"]), Some("price"));
        assert_eq!(closest("quantity", &["brand", "price"]), None);
    }
}
