//! Column profiles: exact counts, moments, quantiles, entropy, top values, a histogram, and what texts are made of.
//!
//! In: a column's cells and its dictionary. Out: `ColumnProfile`, the `columns` of the audit report.
//! Invariant: nothing is sampled or sketched; numbers that do not exist for a type are `None`.

mod code;
mod entropy;
mod histogram;
mod language;
mod length;
mod number;
mod script;
mod text;
mod top;

pub use histogram::Histogram;
pub use language::TextLanguage;
pub use length::Lengths;
pub use number::{Quantiles, WeightedValues};
pub use script::Script;
pub use text::{LanguageShare, ScriptShare, TextProfile};
pub use top::TopValue;

use super::cells::{Cells, ColumnCells, Value, iso_time};
use super::distinct::Distinct;
use crate::engine::artifact::{ColumnType, Role};
use crate::engine::ingest::dataset::ColumnInfo;
use crate::engine::progress::{Cancelled, Progress};
use serde::{Deserialize, Serialize};

/// How a column behaves, found from its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// No value at all.
    Empty,
    /// One value in every filled row.
    Constant,
    Boolean,
    Time,
    /// Names a user, an item, a session or a row.
    Identifier,
    /// Few values that repeat.
    Category,
    Number,
    /// Irregular codes that name no row: article numbers, tracking numbers, model names.
    FreeCode,
    Text,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    pub name: String,
    pub dtype: ColumnType,
    pub role: Role,
    pub kind: ColumnKind,
    /// Rows that hold a value; `count + nulls` is the number of rows.
    pub count: u64,
    /// Rows without a value, cells that did not parse included.
    pub nulls: u64,
    /// Cells that were filled in the file but did not parse as `dtype`; part of `nulls`.
    pub invalid: u64,
    /// Different values, null not counted.
    pub distinct: u64,
    /// `distinct / count`.
    pub uniqueness: Option<f64>,
    /// Smallest and largest value; text by Unicode order, times as ISO 8601 in UTC.
    pub min: Option<Value>,
    pub max: Option<Value>,
    pub mean: Option<f64>,
    /// Sample standard deviation (divisor n − 1); seconds for times.
    pub std: Option<f64>,
    /// Moment coefficient g₁ = m₃ / m₂^1.5 (Joanes & Gill 1998).
    pub skewness: Option<f64>,
    /// Excess kurtosis g₂ = m₄ / m₂² − 3 (Joanes & Gill 1998); 0 for a normal distribution.
    #[serde(default)]
    pub kurtosis: Option<f64>,
    /// Shannon entropy of the values in bits, −Σ p·log₂ p over the filled rows (Shannon 1948): 0 for a constant,
    /// log₂ of `distinct` if all values are equally frequent.
    #[serde(default)]
    pub entropy_bits: Option<f64>,
    /// Linear interpolation between order statistics (type 7 of Hyndman & Fan 1996).
    pub quantiles: Option<Quantiles>,
    /// Infinite values; left out of the moments and the histogram.
    pub infinite: u64,
    pub zeros: Option<u64>,
    pub negatives: Option<u64>,
    /// The most frequent values, by count, then by value.
    pub top: Vec<TopValue>,
    pub histogram: Option<Histogram>,
    /// Length in Unicode characters; text only.
    pub length: Option<Lengths>,
    /// Scripts, languages and repeats; columns of texts and categories only.
    #[serde(default)]
    pub text: Option<TextProfile>,
    /// The first different values of the column.
    pub examples: Vec<Value>,
}

/// How many top values and examples are kept.
pub const TOP_VALUES: usize = 10;
pub const EXAMPLES: usize = 5;

/// Profiles one column from its dictionary.
pub fn profile(
    info: &ColumnInfo,
    column: &ColumnCells,
    distinct: &Distinct,
    progress: &Progress,
) -> Result<ColumnProfile, Cancelled> {
    let cells = column.cells();
    let mut out = counts(info, cells, distinct);
    progress.check()?;
    match cells {
        Cells::Text(_) | Cells::Coded(_) => text_profile(&mut out, cells, distinct),
        Cells::Boolean(_) => number_profile(&mut out, cells, distinct),
        Cells::Time(_) => time_profile(&mut out, cells, distinct),
        Cells::Integer(_) | Cells::Float(_) => number_profile(&mut out, cells, distinct),
    }
    out.top = top::top_values(cells, distinct, TOP_VALUES);
    out.kind = kind_of(&out, cells, distinct);
    progress.check()?;
    if info.dtype == ColumnType::Text && matches!(out.kind, ColumnKind::Text | ColumnKind::Category) {
        out.text = TextProfile::of(cells, distinct);
    }
    Ok(out)
}

fn counts(info: &ColumnInfo, cells: Cells<'_>, distinct: &Distinct) -> ColumnProfile {
    let (count, num_values) = (distinct.num_filled(), distinct.num_values() as u64);
    ColumnProfile {
        name: info.name.clone(),
        dtype: info.dtype,
        role: info.role,
        kind: ColumnKind::Empty,
        count,
        nulls: distinct.nulls,
        invalid: info.invalid,
        distinct: num_values,
        uniqueness: (count > 0).then(|| num_values as f64 / count as f64),
        min: None,
        max: None,
        mean: None,
        std: None,
        skewness: None,
        kurtosis: None,
        entropy_bits: entropy::bits(distinct),
        quantiles: None,
        infinite: 0,
        zeros: None,
        negatives: None,
        top: Vec::new(),
        histogram: None,
        length: None,
        text: None,
        examples: distinct
            .first_row
            .iter()
            .take(EXAMPLES)
            .map(|&row| cells.value(row as usize))
            .collect(),
    }
}

fn text_profile(out: &mut ColumnProfile, cells: Cells<'_>, distinct: &Distinct) {
    let by_text = |a: &&u32, b: &&u32| cells.compare(**a as usize, **b as usize);
    out.min = distinct
        .first_row
        .iter()
        .min_by(by_text)
        .map(|&row| cells.value(row as usize));
    out.max = distinct
        .first_row
        .iter()
        .max_by(by_text)
        .map(|&row| cells.value(row as usize));
    out.length = Lengths::of(cells, distinct);
}

fn number_profile(out: &mut ColumnProfile, cells: Cells<'_>, distinct: &Distinct) {
    let extreme = |row: Option<&u32>| row.map(|&row| cells.value(row as usize));
    let by_value = |a: &&u32, b: &&u32| cells.compare(**a as usize, **b as usize);
    out.min = extreme(distinct.first_row.iter().min_by(by_value));
    out.max = extreme(distinct.first_row.iter().max_by(by_value));
    let values = WeightedValues::of(cells, distinct);
    out.infinite = values.infinite;
    out.zeros = Some(values.count_where(|value| value == 0.0));
    out.negatives = Some(values.count_where(|value| value < 0.0));
    if let Some(moments) = values.moments() {
        out.mean = Some(moments.mean);
        out.std = moments.std;
        out.skewness = moments.skewness;
        out.kurtosis = moments.kurtosis;
    }
    out.quantiles = values.quantiles(|value| {
        if value.fract() == 0.0 && value.abs() < 9.0e15 {
            Value::Integer(value as i64)
        } else {
            Value::Number(value)
        }
    });
    if out.dtype != ColumnType::Boolean {
        out.histogram = Histogram::of(&values);
    }
}

fn time_profile(out: &mut ColumnProfile, cells: Cells<'_>, distinct: &Distinct) {
    let values = WeightedValues::of(cells, distinct);
    // Microseconds since 1970 are whole numbers below 2^53 until the year 2255, so f64 holds them exactly.
    let text = |value: f64| Value::Text(iso_time(value.round() as i64));
    out.quantiles = values.quantiles(text);
    let by_value = |a: &&u32, b: &&u32| cells.compare(**a as usize, **b as usize);
    out.min = distinct
        .first_row
        .iter()
        .min_by(by_value)
        .map(|&row| cells.value(row as usize));
    out.max = distinct
        .first_row
        .iter()
        .max_by(by_value)
        .map(|&row| cells.value(row as usize));
    out.std = values
        .moments()
        .and_then(|moments| moments.std)
        .map(|micros| micros / 1e6);
    out.histogram = Histogram::of(&values).map(|histogram| histogram.scaled(1e-6));
}

/// At most this many values, each seen twice or more on average, make a category (ydata-profiling uses 50).
const CATEGORY_VALUES: u64 = 50;

fn kind_of(profile: &ColumnProfile, cells: Cells<'_>, distinct: &Distinct) -> ColumnKind {
    let names_something = matches!(profile.role, Role::User | Role::Item | Role::Session);
    match profile.dtype {
        _ if profile.count == 0 => ColumnKind::Empty,
        _ if profile.distinct == 1 && profile.count > 1 => ColumnKind::Constant,
        ColumnType::Boolean => ColumnKind::Boolean,
        ColumnType::Time => ColumnKind::Time,
        _ if names_something => ColumnKind::Identifier,
        ColumnType::Float => ColumnKind::Number,
        ColumnType::Integer if matches!(profile.role, Role::Category | Role::Brand | Role::Event | Role::Variant) => {
            ColumnKind::Category
        }
        ColumnType::Integer => ColumnKind::Number,
        ColumnType::Text => text_kind(profile, cells, distinct),
    }
}

fn text_kind(profile: &ColumnProfile, cells: Cells<'_>, distinct: &Distinct) -> ColumnKind {
    let repeats = profile.distinct * 2 <= profile.count;
    let is_category_role = matches!(profile.role, Role::Category | Role::Brand | Role::Event | Role::Variant);
    let is_free_text = matches!(profile.role, Role::Text | Role::Query);
    if is_category_role || (repeats && profile.distinct <= CATEGORY_VALUES && !is_free_text) {
        ColumnKind::Category
    } else if !is_free_text && profile.uniqueness == Some(1.0) && profile.length.as_ref().is_some_and(|l| l.max <= 64) {
        ColumnKind::Identifier
    } else if !is_free_text && code::are_codes(cells, distinct) {
        ColumnKind::FreeCode
    } else {
        ColumnKind::Text
    }
}

#[cfg(test)]
mod tests;
