//! Scores of the seven dimensions, and what each finding took from them.
//!
//! In: findings. Out: `Scores`.
//! Formula: score = 100 · Π (1 − w·√s) over the findings of a dimension, with s the finding's share and w its
//! weight: 0.6 for an error, 0.3 for a warning, 0 for information. The root makes a defect in 1 % of the rows
//! cost a tenth of its weight: trust is lost long before half of the rows are wrong. A defect that concerns the
//! cells of one attribute counts a third of one that concerns whole rows.
//! Invariant: no finding raises a score; without findings above information a dimension scores 100.

use super::finding::{Dimension, Finding};
use crate::engine::artifact::{Bilingual, Severity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const ERROR_WEIGHT: f64 = 0.6;
const WARNING_WEIGHT: f64 = 0.3;
/// Missing cells of an attribute, a constant column, strangers in a column: the rest of the row stays usable.
const CELL_FACTOR: f64 = 1.0 / 3.0;

/// Rules about the cells of one column, besides all rules of texts (X).
const CELL_RULES: [&str; 17] = [
    "C01", "C02", "C03", "C04", "C06", "K04", "T04", "T06", "T07", "V03", "V05", "V06", "V07", "V08", "V09", "V10",
    "V11",
];

/// 0..=100 a dimension.
pub type Scores = BTreeMap<Dimension, f64>;

/// What one finding took from its dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScorePart {
    pub dimension: Dimension,
    pub code: String,
    pub column: Option<String>,
    /// Points lost; the parts of a dimension and its score add up to 100.
    pub points: f64,
}

/// Scores all dimensions; parts are in the order of the findings.
pub fn score(findings: &[Finding]) -> (Scores, Vec<ScorePart>) {
    let mut scores: Scores = Dimension::ALL.into_iter().map(|dimension| (dimension, 100.0)).collect();
    let mut parts = Vec::new();
    for finding in findings {
        let kept = 1.0 - weight(finding) * finding.share.unwrap_or(0.0).clamp(0.0, 1.0).sqrt();
        let score = scores.entry(finding.dimension).or_insert(100.0);
        let points = *score * (1.0 - kept);
        *score *= kept;
        if points > 0.0 {
            parts.push(ScorePart {
                dimension: finding.dimension,
                code: finding.code.clone(),
                column: finding.column.clone(),
                points,
            });
        }
    }
    (scores, parts)
}

/// The scores without the findings that are `left_out`. Each part says what its finding took from what was left by those
/// before it, which gives its factor back.
pub fn score_without(scores: &Scores, parts: &[ScorePart], left_out: impl Fn(&ScorePart) -> bool) -> Scores {
    let without = |dimension: Dimension| {
        let (mut reached, mut kept) = (100.0, 100.0);
        for part in parts.iter().filter(|part| part.dimension == dimension) {
            let next: f64 = reached - part.points;
            if !left_out(part) && reached > 0.0 {
                kept *= next / reached;
            }
            reached = next;
        }
        kept
    };
    scores
        .keys()
        .map(|&dimension| (dimension, without(dimension)))
        .collect()
}

fn weight(finding: &Finding) -> f64 {
    let weight = match finding.severity {
        Severity::Error => ERROR_WEIGHT,
        Severity::Warning => WARNING_WEIGHT,
        Severity::Info => 0.0,
    };
    // An error in a column is a key without which the row is lost.
    let code = finding.code.as_str();
    let concerns_cells = (CELL_RULES.contains(&code) || code.starts_with('X')) && finding.severity != Severity::Error;
    if concerns_cells { weight * CELL_FACTOR } else { weight }
}

/// The formula in words, for the page and the report.
pub fn formula() -> Bilingual {
    Bilingual::new(
        "Score = 100 · Π (1 − w·√share): w is 0.6 for an error, 0.3 for a warning, 0.1 for a warning about cells of one column, 0 for information.",
        "分数 = 100 · Π（1 − w·√占比）：错误 w = 0.6，警告 0.3，仅涉及单列单元格的警告 0.1，信息为 0。",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::fixture;

    fn finding(code: &str, dimension: Dimension, severity: Severity, share: Option<f64>) -> Finding {
        Finding {
            dimension,
            share,
            ..fixture::finding(code, None, severity, 1)
        }
    }

    #[test]
    fn the_formula_and_its_parts_add_up() {
        let findings = [
            finding("U01", Dimension::Uniqueness, Severity::Error, Some(0.04)),
            finding("U02", Dimension::Uniqueness, Severity::Warning, Some(0.01)),
            finding("C01", Dimension::Completeness, Severity::Warning, Some(0.25)),
            finding("B04", Dimension::Behaviour, Severity::Info, Some(0.9)),
            finding("K03", Dimension::Consistency, Severity::Warning, None),
        ];
        let (scores, parts) = score(&findings);
        let expected = 100.0 * (1.0 - 0.6 * 0.2) * (1.0 - 0.3 * 0.1);
        assert!((scores[&Dimension::Uniqueness] - expected).abs() < 1e-9);
        assert!((scores[&Dimension::Completeness] - 95.0).abs() < 1e-9);
        assert_eq!(
            (scores[&Dimension::Behaviour], scores[&Dimension::Consistency]),
            (100.0, 100.0)
        );
        let lost: f64 = parts
            .iter()
            .filter(|part| part.dimension == Dimension::Uniqueness)
            .map(|part| part.points)
            .sum();
        assert!((lost + scores[&Dimension::Uniqueness] - 100.0).abs() < 1e-9);
    }
    #[test]
    fn scores_without_some_findings_are_those_of_the_others() {
        let [first, second, third] = [
            finding("U01", Dimension::Uniqueness, Severity::Error, Some(0.04)),
            finding("U02", Dimension::Uniqueness, Severity::Warning, Some(0.01)),
            finding("U03", Dimension::Uniqueness, Severity::Error, Some(0.5)),
        ];
        let (scores, parts) = score(&[first.clone(), second, third.clone()]);
        let without = score_without(&scores, &parts, |part| part.code == "U02");
        let (expected, _) = score(&[first, third]);
        for (dimension, score) in expected {
            assert!((without[&dimension] - score).abs() < 1e-9, "{dimension:?}");
        }
    }
}
