//! U01: rows that equal an earlier row in every column.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::duplicates::Duplicates;
use crate::engine::audit::finding::{Dimension, Fact};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::plots::over_time;
use crate::engine::audit::rule::{Extent, Outcome, RuleInfo, Violation, fact, finding};
use crate::engine::audit::wording::{percent, thousands};
use crate::engine::progress::Cancelled;

/// Duplicate rows (U01)
///
/// ## What it checks
/// Rows that are equal in every column, null being equal to null. Tools disagree on what they count, so all
/// three numbers are given: groups of equal rows, rows in those groups, and surplus rows (all but the first of
/// each group). The finding's count, share and rows are the surplus: what dropping duplicates removes.
///
/// ## Why it matters
/// A file loaded twice or a retried delivery inflates every count, and the same event on both sides of a split
/// leaks the answer.
///
/// ## Example
/// 40,119 surplus rows in 39,800 groups (79,919 rows in groups).
///
/// ## Proposed fix
/// Keep the first row of each group.
pub struct DuplicateRows {
    groups: u64,
    rows_in_groups: u64,
    surplus: u64,
    total: u64,
    error_share: f64,
    plots: Vec<FindingPlot>,
}

impl Violation for DuplicateRows {
    const INFO: RuleInfo = RuleInfo {
        code: "U01",
        name_en: "Duplicate rows",
        name_zh: "重复行",
        dimension: Dimension::Uniqueness,
        source: include_str!("duplicate_rows.rs"),
    };

    fn title(&self) -> Bilingual {
        Bilingual::new("Duplicate rows (surplus)", "重复行（多余部分）")
    }

    fn message(&self) -> Bilingual {
        let [surplus, groups, members] = [self.surplus, self.groups, self.rows_in_groups].map(thousands);
        let share = percent(self.surplus as f64 / self.total as f64);
        Bilingual::new(
            format!(
                "{surplus} rows ({share}) repeat an earlier row in every column: {groups} groups of equal rows hold {members} rows."
            ),
            format!("{surplus} 行（{share}）与之前的某一行完全相同：共 {groups} 组相同的行，包含 {members} 行。"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Copies inflate every count, and the same event on both sides of a split leaks the answer.",
            "重复数据会抬高所有计数；同一事件若同时落在训练集和测试集，会泄漏答案。",
        )
    }

    fn threshold(&self) -> Bilingual {
        let share = percent(self.error_share);
        Bilingual::new(
            format!(
                "Any copy is a warning; above {share} the shift is larger than most A/B effects, so it is an error."
            ),
            format!("有重复即警告；超过 {share} 时偏差已大于多数 A/B 实验效果，判为错误。"),
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        let fix = Fix::DropDuplicates { columns: Vec::new() };
        Some((fix, Bilingual::new("Keep the first of each group", "每组只保留第一行")))
    }

    fn facts(&self) -> Vec<Fact> {
        vec![
            fact("groups", "Groups of equal rows", "相同行的组数", self.groups as f64),
            fact(
                "rows_in_groups",
                "Rows in groups",
                "组内行数",
                self.rows_in_groups as f64,
            ),
            fact("surplus", "Surplus rows", "多余行数", self.surplus as f64),
        ]
    }

    fn plots(&self) -> Vec<FindingPlot> {
        self.plots.clone()
    }
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let found = context.duplicates()?;
    if found.surplus.is_empty() {
        return Ok(Outcome::Checked(Vec::new()));
    }
    let total = context.num_rows();
    let error_share = context.thresholds().duplicate_error_share;
    let violation = DuplicateRows {
        groups: found.groups,
        rows_in_groups: found.rows_in_groups,
        surplus: found.surplus.len() as u64,
        total: total as u64,
        error_share,
        plots: over_time(context, &found.surplus)
            .into_iter()
            .chain([sizes_plot(found)])
            .collect(),
    };
    let is_error = found.surplus.len() as f64 > error_share * total as f64;
    let severity = if is_error { Severity::Error } else { Severity::Warning };
    let extent = Extent::of_rows(severity, None, found.surplus.clone(), total);
    Ok(Outcome::Checked(vec![finding(context, &violation, extent)]))
}

fn sizes_plot(found: &Duplicates) -> FindingPlot {
    const LAST: usize = 8;
    let mut bars: Vec<(String, f64, bool)> = Vec::new();
    for (place, &groups) in found.groups_by_size.iter().enumerate() {
        if place < LAST {
            bars.push(((place + 2).to_string(), groups as f64, true));
        } else if let Some(last) = bars.last_mut() {
            last.0 = format!("{}+", LAST + 1);
            last.1 += groups as f64;
        }
    }
    FindingPlot::bars(
        Bilingual::new("Groups by number of equal rows", "各组的重复次数"),
        Bilingual::new("equal rows", "相同行数"),
        Bilingual::new("groups", "组数"),
        bars,
    )
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};
    use proptest::prelude::*;
    use std::collections::HashMap;

    #[test]
    fn all_three_definitions_agree_with_the_published_cases() {
        // Deequ's AnalyzerTests: [a, b, a, c] has one group, two rows in groups, one surplus row.
        let data = table(vec![("x", Col::S(vec![Some("a"), Some("b"), Some("a"), Some("c")]))]);
        let found = &findings(&data, "U01")[0];
        assert_eq!(
            ["groups", "rows_in_groups", "surplus"].map(|name| found.fact(name)),
            [Some(1.0), Some(2.0), Some(1.0)]
        );
        assert_eq!((found.rows.as_slice(), found.share), (&[2][..], Some(0.25)));
    }

    #[test]
    fn nulls_and_not_a_number_are_equal_to_themselves() {
        let data = table(vec![
            ("x", Col::S(vec![None, None, Some(""), None])),
            ("y", Col::F(vec![Some(f64::NAN), Some(f64::NAN), None, Some(1.0)])),
        ]);
        assert_eq!(findings(&data, "U01")[0].rows.as_slice(), [1]);
    }

    proptest! {
        #[test]
        fn matches_a_plain_group_by(rows in prop::collection::vec((0i64..4, prop::option::of("[ab]{0,1}")), 2..80)) {
            let mut groups: HashMap<(i64, Option<String>), u64> = HashMap::new();
            rows.iter().for_each(|row| *groups.entry(row.clone()).or_default() += 1);
            let surplus: u64 = groups.values().map(|count| count - 1).sum();
            let in_groups: u64 = groups.values().filter(|&&count| count > 1).sum();
            let data = table(vec![
                ("x", Col::I(rows.iter().map(|row| Some(row.0)).collect())),
                ("y", Col::S(rows.iter().map(|row| row.1.as_deref()).collect())),
            ]);
            let found = findings(&data, "U01");
            prop_assert_eq!(found.first().map_or(0, |f| f.count), surplus);
            prop_assert_eq!(found.first().and_then(|f| f.fact("rows_in_groups")).unwrap_or(0.0), in_groups as f64);
        }
    }
}
