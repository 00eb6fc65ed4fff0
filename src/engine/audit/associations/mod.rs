//! How columns hang together: one measure for each pair, with the rows it rests on, and what is missing together.
//!
//! In: the columns' dictionaries. Out: `Associations`, part of the audit report.
//! Invariant: nothing is sampled; each pair stands once; a pair is computed over the rows in which both columns are
//! filled, and what was not computed is counted and named.
//!
//! Work is done on the codes of the dictionaries, so that a pair costs one or two passes over the rows and no sort.
//! The audit stops at a budget of passes; `associate_all` computes every pair.

mod columns;
mod correlation_ratio;
mod cramers_v;
mod missingness;
mod spearman;

#[cfg(test)]
mod tests;

pub use columns::{LeftOut, LeftOutReason, VariableScale};
pub use missingness::{MissingPair, Missingness};

use super::AuditError;
use super::cells::ColumnCells;
use super::distinct::Distinct;
use super::profile::ColumnProfile;
use crate::engine::artifact::Bilingual;
use crate::engine::ingest::dataset::Dataset;
use crate::engine::progress::{Cancelled, Progress};
use columns::{Limits, Variable};
use missingness::NullRows;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A coefficient that says how strongly two columns are associated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Spearman's rank correlation of two numbers or times, ties by mid-ranks: −1 … 1.
    Spearman,
    /// Cramér's V of two categories, bias-corrected (Bergsma 2013): 0 … 1.
    CramersV,
    /// Correlation ratio η of a category and a number or time (Fisher 1925): 0 … 1.
    CorrelationRatio,
}

impl Measure {
    pub const ALL: [Self; 3] = [Self::Spearman, Self::CramersV, Self::CorrelationRatio];

    pub fn label(self) -> Bilingual {
        match self {
            Self::Spearman => Bilingual::new("Spearman's ρ", "Spearman 秩相关 ρ"),
            Self::CramersV => Bilingual::new("Cramér's V (bias-corrected)", "Cramér V（偏差校正）"),
            Self::CorrelationRatio => Bilingual::new("correlation ratio η", "相关比 η"),
        }
    }

    pub fn definition(self) -> Bilingual {
        match self {
            Self::Spearman => Bilingual::new(
                "Two numbers, a time by its epoch: Pearson's correlation of their ranks, ties by mid-ranks. −1 to 1.",
                "两个数值列（时间按时间戳计）：秩的皮尔逊相关，同值取平均秩。取值 −1 至 1。",
            ),
            Self::CramersV => Bilingual::new(
                "Two categories: from χ² of their table, with Bergsma's (2013) correction of bias. 0 to 1.",
                "两个类目列：由列联表的 χ² 计算，采用 Bergsma（2013）偏差校正。取值 0 至 1。",
            ),
            Self::CorrelationRatio => Bilingual::new(
                "Category and number or time: root of the share of its variance that lies between categories. 0 to 1.",
                "类目与数值或时间：类目间方差占其总方差之比的平方根。取值 0 至 1。",
            ),
        }
    }
}

/// Two columns; `a` stands before `b` in the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Association {
    pub a: String,
    pub b: String,
    pub measure: Measure,
    /// `None` where a column does not vary in the common rows.
    pub value: Option<f64>,
    /// Rows in which both columns are filled.
    pub n: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssociatedColumn {
    pub name: String,
    pub scale: VariableScale,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Associations {
    /// The columns compared, in the order of the file.
    pub columns: Vec<AssociatedColumn>,
    /// Each pair once, strongest first.
    pub pairs: Vec<Association>,
    /// Pairs of `columns` that were too dear for the audit; 0 after `associate_all`.
    pub pairs_left: u64,
    pub left_out: Vec<LeftOut>,
    pub missingness: Missingness,
}

impl Associations {
    /// The pair of two columns, whichever is named first.
    pub fn pair(&self, one: &str, other: &str) -> Option<&Association> {
        let is_pair = |pair: &&Association| (pair.a == one && pair.b == other) || (pair.a == other && pair.b == one);
        self.pairs.iter().find(is_pair)
    }

    /// True if something was left for `associate_all`.
    pub fn is_partial(&self) -> bool {
        self.pairs_left > 0 || self.left_out.iter().any(|left| left.reason.is_about_cost())
    }
}

/// What one column contributes, taken while its dictionary is in memory.
pub(super) struct ColumnPart {
    variable: Result<Variable, LeftOutReason>,
    nulls: Option<NullRows>,
}

impl ColumnPart {
    /// For the audit: wide dictionaries are left out.
    pub(super) fn cheap(cells: &ColumnCells, distinct: &Distinct, profile: &ColumnProfile) -> Self {
        Self::of(cells, distinct, profile, Limits::CHEAP)
    }

    fn of(cells: &ColumnCells, distinct: &Distinct, profile: &ColumnProfile, limits: Limits) -> Self {
        Self {
            variable: Variable::of(cells.cells(), distinct, profile, limits),
            nulls: NullRows::of(distinct),
        }
    }
}

/// Passes over the rows, times rows, that an audit may spend: about a quarter of a second on two cores.
const AUDIT_BUDGET: u64 = 120_000_000;

/// The associations an audit can afford.
pub(super) fn associate(
    profiles: &[ColumnProfile],
    parts: &[ColumnPart],
    progress: &Progress,
) -> Result<Associations, Cancelled> {
    within(profiles, parts, AUDIT_BUDGET, progress)
}

/// Every pair of columns, however wide; reads the whole table once more.
pub fn associate_all(
    dataset: &Dataset,
    profiles: &[ColumnProfile],
    progress: &Progress,
) -> Result<Associations, AuditError> {
    progress.phase("associating columns", "计算列间关联");
    let part = |(index, profile): (usize, &ColumnProfile)| {
        let cells = ColumnCells::new(dataset, index)?;
        let distinct = Distinct::of(cells.cells(), progress)?;
        Ok(ColumnPart::of(&cells, &distinct, profile, Limits::NONE))
    };
    let parts: Vec<ColumnPart> = profiles
        .par_iter()
        .enumerate()
        .with_max_len(1)
        .map(part)
        .collect::<Result<_, AuditError>>()?;
    Ok(within(profiles, &parts, u64::MAX, progress)?)
}

/// The pairs in the order of their cost, until the budget is spent.
fn within(
    profiles: &[ColumnProfile],
    parts: &[ColumnPart],
    budget: u64,
    progress: &Progress,
) -> Result<Associations, Cancelled> {
    let variables: Vec<(&str, &Variable)> = profiles
        .iter()
        .zip(parts)
        .filter_map(|(profile, part)| Some((profile.name.as_str(), part.variable.as_ref().ok()?)))
        .collect();
    let mut pairs: Vec<(usize, usize)> = (0..variables.len())
        .flat_map(|a| (a + 1..variables.len()).map(move |b| (a, b)))
        .collect();
    let passes = |&(a, b): &(usize, usize)| cost(variables[a].1, variables[b].1);
    pairs.sort_by_key(passes);
    let mut left = budget;
    let affordable = pairs.iter().take_while(|pair| {
        let enough = passes(pair) <= left;
        left = left.saturating_sub(passes(pair));
        enough
    });
    let num = affordable.count();
    let mut found: Vec<Association> = pairs[..num]
        .par_iter()
        .with_max_len(1)
        .map(|&(a, b)| {
            progress.check()?;
            let (measure, (value, n)) = measured(variables[a].1, variables[b].1);
            Ok(Association {
                a: variables[a].0.to_owned(),
                b: variables[b].0.to_owned(),
                measure,
                value,
                n,
            })
        })
        .collect::<Result<_, Cancelled>>()?;
    strongest_first(&mut found);
    let nulls = profiles.iter().zip(parts);
    let nulls = nulls.filter_map(|(profile, part)| Some((profile.name.as_str(), part.nulls.as_ref()?)));
    Ok(Associations {
        columns: variables
            .iter()
            .map(|(name, variable)| AssociatedColumn {
                name: (*name).to_owned(),
                scale: variable.scale(),
            })
            .collect(),
        pairs: found,
        pairs_left: (pairs.len() - num) as u64,
        left_out: left_out(profiles, parts),
        missingness: missingness::missingness(nulls.collect()),
    })
}

fn strongest_first(pairs: &mut [Association]) {
    let strength = |pair: &Association| pair.value.map_or(-1.0, f64::abs);
    pairs.sort_by(|x, y| {
        strength(y)
            .total_cmp(&strength(x))
            .then_with(|| (&x.a, &x.b).cmp(&(&y.a, &y.b)))
    });
}

fn left_out(profiles: &[ColumnProfile], parts: &[ColumnPart]) -> Vec<LeftOut> {
    let columns = profiles.iter().zip(parts);
    columns
        .filter_map(|(profile, part)| {
            Some(LeftOut {
                column: profile.name.clone(),
                reason: *part.variable.as_ref().err()?,
            })
        })
        .collect()
}

/// Passes over the rows that a pair takes, times rows.
fn cost(a: &Variable, b: &Variable) -> u64 {
    let both_numbers = a.scale() == VariableScale::Number && b.scale() == VariableScale::Number;
    let passes = if both_numbers && (a.has_nulls() || b.has_nulls()) {
        2
    } else {
        1
    };
    passes * a.num_rows() as u64
}

/// The measure that fits the scales, its value and the common rows.
fn measured(a: &Variable, b: &Variable) -> (Measure, (Option<f64>, u64)) {
    use VariableScale::{Category, Number};
    match (a.scale(), b.scale()) {
        (Number, Number) => (Measure::Spearman, spearman::rho(a, b)),
        (Category, Category) => (Measure::CramersV, cramers_v::corrected(a, b)),
        (Category, Number) => (Measure::CorrelationRatio, correlation_ratio::eta(a, b)),
        (Number, Category) => (Measure::CorrelationRatio, correlation_ratio::eta(b, a)),
    }
}
