//! What a check is: stable facts about the rule, the evidence it found, and how evidence becomes a finding.
//!
//! Invariant: a rule's English documentation is the doc comment of its violation struct, read from the
//! check's own source, so help and code cannot drift apart.

use super::context::{ColumnContext, Context};
use super::finding::{Dimension, Fact, Finding, Unit, example};
use super::fix::Fix;
use super::odd_cells::OddCells;
use super::odd_rows::OddRows;
use super::plot::FindingPlot;
use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::progress::Cancelled;
use std::sync::Arc;

/// The unchanging part of a rule.
#[derive(Clone, Copy, Debug)]
pub struct RuleInfo {
    /// Stable: letter of the dimension and two digits. Never reused.
    pub code: &'static str,
    pub name_en: &'static str,
    pub name_zh: &'static str,
    pub dimension: Dimension,
    /// Source text of the check's file, for its documentation.
    pub source: &'static str,
}

impl RuleInfo {
    pub fn name(&self) -> Bilingual {
        Bilingual::new(self.name_en, self.name_zh)
    }
}

pub type ColumnCheck = fn(&ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled>;
pub type LogCheck = fn(&Context<'_>) -> Result<Outcome, Cancelled>;

/// How a rule looks at the log.
#[derive(Clone, Copy)]
pub enum Check {
    /// Called for every column while its dictionary is at hand.
    Column(ColumnCheck),
    /// Called once for the log.
    Log(LogCheck),
}

#[derive(Clone, Copy)]
pub struct Rule {
    pub info: &'static RuleInfo,
    pub check: Check,
}

/// What a check of the whole log came to.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// No finding means the check passed.
    Checked(Vec<Finding>),
    /// The log lacks what the check needs.
    NotApplicable(Bilingual),
}

impl Outcome {
    pub fn missing_roles(en: &str, zh: &str) -> Self {
        Self::NotApplicable(Bilingual::new(
            format!("needs a column with role {en}"),
            format!("需要角色为{zh}的列"),
        ))
    }
}

/// The evidence of a check, able to say what it means.
pub trait Violation {
    const INFO: RuleInfo;

    /// The odd cells of one column, where that is what the evidence is.
    fn cells(&self) -> Option<&OddCells> {
        None
    }
    /// The odd rows of the log, where that is what the evidence is.
    fn rows(&self) -> Option<&OddRows> {
        None
    }
    /// A few words for the list.
    fn title(&self) -> Bilingual {
        match self.cells() {
            Some(cells) => cells.title((Self::INFO.name_en, Self::INFO.name_zh)),
            None => Self::INFO.name(),
        }
    }
    /// What was seen, with the numbers.
    fn message(&self) -> Bilingual;
    fn why(&self) -> Bilingual;
    /// The threshold applied and its reason.
    fn threshold(&self) -> Bilingual;
    /// The repair and the words for its button.
    fn fix(&self) -> Option<(Fix, Bilingual)> {
        None
    }
    fn facts(&self) -> Vec<Fact> {
        self.rows().map_or_else(Vec::new, |rows| rows.facts.clone())
    }
    fn plots(&self) -> Vec<FindingPlot> {
        let plots = self.cells().map(|cells| &cells.plots);
        let plots = plots.or_else(|| self.rows().map(|rows| &rows.plots));
        plots.cloned().unwrap_or_default()
    }
}

/// How much of the log a violation concerns.
pub struct Extent {
    pub severity: Severity,
    pub column: Option<String>,
    pub count: u64,
    pub unit: Unit,
    pub share: Option<f64>,
    /// Ascending.
    pub rows: Vec<u32>,
}

impl Extent {
    /// `rows` of a log of `total` rows.
    pub fn of_rows(severity: Severity, column: Option<&str>, rows: Vec<u32>, total: usize) -> Self {
        Self {
            severity,
            column: column.map(str::to_owned),
            count: rows.len() as u64,
            unit: Unit::Rows,
            share: (total > 0).then(|| rows.len() as f64 / total as f64),
            rows,
        }
    }
}

/// Examples kept with a finding.
const EXAMPLES: usize = 5;

/// Turns evidence into a finding.
pub fn finding<V: Violation>(context: &Context<'_>, violation: &V, extent: Extent) -> Finding {
    let (fix, fix_title) = violation.fix().unzip();
    Finding {
        code: V::INFO.code.to_owned(),
        dimension: V::INFO.dimension,
        severity: extent.severity,
        column: extent.column,
        count: extent.count,
        unit: extent.unit,
        share: extent.share,
        title: violation.title(),
        message: violation.message(),
        why: violation.why(),
        threshold: violation.threshold(),
        facts: violation.facts(),
        examples: extent
            .rows
            .iter()
            .take(EXAMPLES)
            .map(|&row| example(context.dataset, &context.columns, row as usize))
            .collect(),
        fix,
        fix_title,
        plots: violation.plots(),
        rows: Arc::new(extent.rows),
    }
}

/// A named number of the evidence.
pub fn fact(name: &str, en: &str, zh: &str, value: f64) -> Fact {
    Fact {
        name: name.to_owned(),
        label: Bilingual::new(en, zh),
        value,
    }
}
