//! A column as the measures read it: narrow codes, and for numbers their values and order.
//!
//! In: a dictionary. Out: `Variable`, or why the column takes part in no pair.
//! Invariant: a code is `NULL` where the cell is null or infinite; codes are dense.

use crate::engine::artifact::Bilingual;
use crate::engine::audit::cells::Cells;
use crate::engine::audit::distinct::{Distinct, NULL};
use crate::engine::audit::profile::{ColumnKind, ColumnProfile};
use serde::{Deserialize, Serialize};

/// How a column is measured; a time is a number, its epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VariableScale {
    Number,
    Category,
}

/// Why a column takes part in no pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOutReason {
    Empty,
    Constant,
    Identifier,
    FreeCode,
    Text,
    /// In audits of earlier versions only.
    Time,
    /// More categories than the audit tabulates.
    ManyCategories,
    /// More different numbers or times than the audit ranks.
    ManyNumbers,
}

impl LeftOutReason {
    pub fn label(self) -> Bilingual {
        match self {
            Self::Empty => Bilingual::new("no value", "没有值"),
            Self::Constant => Bilingual::new("a single value", "只有一个值"),
            Self::Identifier => Bilingual::new("identifier", "标识"),
            Self::FreeCode => Bilingual::new("free code", "自由编码"),
            Self::Text => Bilingual::new("free text", "自由文本"),
            Self::Time => Bilingual::new("time", "时间"),
            Self::ManyCategories => Bilingual::new(
                "more than 5,000 categories: computed on request",
                "类目超过 5,000 个：按需计算",
            ),
            Self::ManyNumbers => Bilingual::new(
                "more than 65,535 different numbers or times: computed on request",
                "不同数值或时间超过 65,535 个：按需计算",
            ),
        }
    }

    /// Left out because of what it would take, not because of what it is.
    pub fn is_about_cost(self) -> bool {
        matches!(self, Self::ManyCategories | Self::ManyNumbers)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    pub column: String,
    pub reason: LeftOutReason,
}

/// How wide a dictionary may be.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    categories: usize,
    numbers: usize,
}

impl Limits {
    pub(super) const CHEAP: Self = Self {
        categories: 5_000,
        numbers: u16::MAX as usize,
    };
    pub(super) const NONE: Self = Self {
        categories: usize::MAX,
        numbers: usize::MAX,
    };
}

/// One code a row in as few bytes as hold it; the highest value of the type is null.
enum Narrow {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

/// Rows decoded at a time: both blocks stay in the fastest cache.
const BLOCK: usize = 4_096;

impl Narrow {
    fn of(codes: impl Iterator<Item = u32>, num: usize) -> Self {
        if num <= usize::from(u8::MAX) {
            Self::One(codes.map(|code| u8::try_from(code).unwrap_or(u8::MAX)).collect())
        } else if num <= usize::from(u16::MAX) {
            Self::Two(codes.map(|code| u16::try_from(code).unwrap_or(u16::MAX)).collect())
        } else {
            Self::Four(codes.collect())
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::One(codes) => codes.len(),
            Self::Two(codes) => codes.len(),
            Self::Four(codes) => codes.len(),
        }
    }

    /// The codes from `start` on.
    fn decode(&self, start: usize, out: &mut [u32]) {
        match self {
            Self::One(codes) => {
                for (out, &code) in out.iter_mut().zip(&codes[start..]) {
                    *out = if code == u8::MAX { NULL } else { u32::from(code) };
                }
            }
            Self::Two(codes) => {
                for (out, &code) in out.iter_mut().zip(&codes[start..]) {
                    *out = if code == u16::MAX { NULL } else { u32::from(code) };
                }
            }
            Self::Four(codes) => out.copy_from_slice(&codes[start..start + out.len()]),
        }
    }
}

/// A column that is compared with others.
pub(super) struct Variable {
    codes: Narrow,
    /// Rows of each code.
    pub counts: Vec<u32>,
    filled: u64,
    numbers: Option<Numbers>,
}

/// The values of a column of numbers.
pub(super) struct Numbers {
    /// By code.
    pub values: Vec<f64>,
    /// Codes in ascending order of value.
    pub ascending: Vec<u32>,
}

impl Variable {
    pub(super) fn of(
        cells: Cells<'_>,
        distinct: &Distinct,
        profile: &ColumnProfile,
        limits: Limits,
    ) -> Result<Self, LeftOutReason> {
        let num = distinct.num_values();
        match profile.kind {
            ColumnKind::Empty => Err(LeftOutReason::Empty),
            ColumnKind::Constant => Err(LeftOutReason::Constant),
            ColumnKind::Identifier => Err(LeftOutReason::Identifier),
            ColumnKind::FreeCode => Err(LeftOutReason::FreeCode),
            ColumnKind::Text => Err(LeftOutReason::Text),
            ColumnKind::Category | ColumnKind::Boolean if num > limits.categories => Err(LeftOutReason::ManyCategories),
            ColumnKind::Number | ColumnKind::Time if num > limits.numbers => Err(LeftOutReason::ManyNumbers),
            ColumnKind::Category | ColumnKind::Boolean => Ok(Self {
                codes: Narrow::of(distinct.codes.iter().copied(), num),
                counts: distinct.counts.clone(),
                filled: distinct.num_filled(),
                numbers: None,
            }),
            ColumnKind::Number | ColumnKind::Time => Ok(Self::number(cells, distinct)),
        }
    }

    fn number(cells: Cells<'_>, distinct: &Distinct) -> Self {
        let number = |&row: &u32| cells.number(row as usize).unwrap_or(f64::NAN);
        let values: Vec<f64> = distinct.first_row.iter().map(number).collect();
        // No mean exists with an infinite value, so those cells count as not filled.
        let is_finite = |code: u32| values.get(code as usize).is_some_and(|value| value.is_finite());
        let codes = distinct
            .codes
            .iter()
            .map(|&code| if is_finite(code) { code } else { NULL });
        let codes = Narrow::of(codes, values.len());
        let counts: Vec<u32> = (0..values.len())
            .map(|code| {
                if values[code].is_finite() {
                    distinct.counts[code]
                } else {
                    0
                }
            })
            .collect();
        let mut ascending: Vec<u32> = (0..values.len() as u32).filter(|&code| is_finite(code)).collect();
        ascending.sort_unstable_by(|&x, &y| values[x as usize].total_cmp(&values[y as usize]));
        Self {
            codes,
            filled: counts.iter().map(|&count| u64::from(count)).sum(),
            counts,
            numbers: Some(Numbers { values, ascending }),
        }
    }

    pub(super) fn scale(&self) -> VariableScale {
        if self.numbers.is_some() {
            VariableScale::Number
        } else {
            VariableScale::Category
        }
    }

    pub(super) fn num_rows(&self) -> usize {
        self.codes.len()
    }

    pub(super) fn has_nulls(&self) -> bool {
        self.filled < self.num_rows() as u64
    }

    /// Different values, null not counted.
    pub(super) fn num_values(&self) -> usize {
        self.counts.len()
    }

    /// Values and their order; empty for a category.
    pub(super) fn numbers(&self) -> (&[f64], &[u32]) {
        self.numbers
            .as_ref()
            .map_or((&[], &[]), |numbers| (&numbers.values, &numbers.ascending))
    }
}

/// Calls `visit` with the codes of both columns in every row in which both are filled, in row order.
pub(super) fn for_each_common(a: &Variable, b: &Variable, mut visit: impl FnMut(usize, usize)) {
    let (mut codes_a, mut codes_b) = ([0_u32; BLOCK], [0_u32; BLOCK]);
    let rows = a.num_rows().min(b.num_rows());
    for start in (0..rows).step_by(BLOCK) {
        let num = BLOCK.min(rows - start);
        a.codes.decode(start, &mut codes_a[..num]);
        b.codes.decode(start, &mut codes_b[..num]);
        for (&code_a, &code_b) in codes_a[..num].iter().zip(&codes_b[..num]) {
            if code_a != NULL && code_b != NULL {
                visit(code_a as usize, code_b as usize);
            }
        }
    }
}
