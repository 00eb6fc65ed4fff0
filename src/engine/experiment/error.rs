//! Why an experiment could not be read.

use crate::engine::artifact::Bilingual;
use crate::engine::eval::columns::ColumnError;
use crate::engine::progress::Cancelled;

#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    #[error("`{text}` is no metric: {why}; write KIND:NAME=COL[/COL][@COL], e.g. ratio:ctr=clicks/impressions")]
    BadMetric { text: String, why: String },
    #[error("{what}")]
    BadSetting { what: String },
    #[error(transparent)]
    Column(#[from] ColumnError),
    #[error("column `{name}` holds neither times nor whole days; parse it as time first")]
    NotTime { name: String },
    #[error("column `{column}` has no variant `{control}`; it has {known}")]
    UnknownControl {
        column: String,
        control: String,
        known: String,
    },
    #[error("column `{column}` has {count} variants; an experiment has two to {most} (is it the right column?)")]
    VariantCount { column: String, count: usize, most: usize },
    #[error("no unit is left: rows need a unit and a variant, and units with several variants are left out")]
    NoUnits,
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl ExperimentError {
    /// The message in both languages.
    pub fn explain(&self) -> Bilingual {
        let zh = match self {
            Self::BadMetric { text, why } => {
                format!("`{text}` 不是指标：{why}；请写作 KIND:NAME=COL[/COL][@COL]，例如 ratio:ctr=clicks/impressions")
            }
            Self::BadSetting { what } => format!("设置无效：{what}"),
            Self::Column(error) => return error.explain(),
            Self::NotTime { name } => format!("列 `{name}` 既不是时间也不是整日；请先将其解析为时间"),
            Self::UnknownControl { column, control, known } => {
                format!("列 `{column}` 没有分组 `{control}`；现有 {known}")
            }
            Self::VariantCount { column, count, most } => {
                format!("列 `{column}` 有 {count} 个分组；一个实验应有 2 到 {most} 个（是否选错了列？）")
            }
            Self::NoUnits => "没有可用的单元：每行需要单元与分组，属于多个分组的单元会被剔除".to_owned(),
            Self::Cancelled(_) => "已取消".to_owned(),
        };
        Bilingual::new(self.to_string(), zh)
    }
}
