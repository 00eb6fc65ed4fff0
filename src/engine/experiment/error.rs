//! Why an experiment could not be read.

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
