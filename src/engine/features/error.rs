//! Why no feature set was built.

use crate::engine::artifact::{Bilingual, Role};
use crate::engine::progress::Cancelled;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum FeatureError {
    #[error("no column has the role {}; set it on the Data page or with --roles", role.name())]
    NoRole { role: Role },
    #[error("there is no column `{column}`; the columns are {known}")]
    UnknownColumn { column: String, known: String },
    #[error(
        "column `{column}` holds `{value}` (line {line}), which is neither 0/1 nor true/false; say with `positive` which values count as positive"
    )]
    NotALabel { column: String, value: String, line: u32 },
    #[error("the log has no event `{kind}`; its events are {known}")]
    UnknownEvent { kind: String, known: String },
    #[error(
        "no label rule fits this table: it has neither events to follow nor a column with the role label; name one with `label`"
    )]
    NoLabelRule,
    #[error("no rows are left to learn from: {rows} rows in the log, {why}")]
    NoRows { rows: usize, why: String },
    #[error("{field} is {value}; it must be {needed}")]
    OutOfRange {
        field: &'static str,
        value: String,
        needed: &'static str,
    },
    #[error("the part {part} would have no rows; use other ratios or more rows")]
    EmptyPart { part: &'static str },
    #[error("there is no feature `{name}`; see the candidates for their names")]
    UnknownFeature { name: String },
    #[error("{} is not empty and holds no feature set; choose another folder", path.display())]
    FolderInUse { path: PathBuf },
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} is not a feature set: {reason}", path.display())]
    NotAFeatureSet { path: PathBuf, reason: String },
    #[error("{0}")]
    Unsupported(#[from] crate::engine::recipe::cells::UnsupportedType),
    #[error("the table could not be written or read: {0}")]
    Table(#[from] polars::error::PolarsError),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl FeatureError {
    /// The same message in both languages.
    pub fn explain(&self) -> Bilingual {
        let zh = match self {
            Self::NoRole { role } => format!("没有列的角色是“{}”；请在数据页设置", role.label().zh),
            Self::UnknownColumn { column, known } => format!("没有列 `{column}`；现有列：{known}"),
            Self::NotALabel { column, value, line } => {
                format!("列 `{column}` 第 {line} 行为 `{value}`，不是 0/1 或 true/false；请指定哪些取值为正例")
            }
            Self::UnknownEvent { kind, known } => format!("日志中没有事件 `{kind}`；现有事件：{known}"),
            Self::NoLabelRule => "该表没有可用的标签规则：既没有事件，也没有标签列；请指定标签".to_owned(),
            Self::NoRows { rows, why } => format!("没有可供学习的行：日志共 {rows} 行，{why}"),
            Self::OutOfRange { field, value, needed } => format!("{field} 为 {value}，应为 {needed}"),
            Self::EmptyPart { part } => format!("{part} 部分没有行；请调整比例或增加行数"),
            Self::UnknownFeature { name } => format!("没有特征 `{name}`"),
            Self::FolderInUse { path } => format!("{} 不为空且不是特征集；请选择其他文件夹", path.display()),
            Self::Cancelled(_) => "已取消".to_owned(),
            Self::Io { path, source, .. } => format!("文件操作失败：{source}（{}）", path.display()),
            Self::NotAFeatureSet { path, reason } => format!("{} 不是特征集：{reason}", path.display()),
            Self::Unsupported(_) | Self::Table(_) => self.to_string(),
        };
        Bilingual::new(self.to_string(), zh)
    }
}
