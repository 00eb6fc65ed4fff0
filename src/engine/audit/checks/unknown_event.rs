//! V02: event types that are not part of the vocabulary of a shop.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::cells::Value;
use crate::engine::audit::context::Context;
use crate::engine::audit::distinct::NULL;
use crate::engine::audit::finding::{Dimension, Fact};
use crate::engine::audit::fix::{Condition, Fix};
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::plots::rows_label;
use crate::engine::audit::rule::{Extent, Outcome, RuleInfo, Violation, fact, finding};
use crate::engine::audit::wording::{percent, quoted, thousands};
use crate::engine::progress::Cancelled;
use std::collections::BTreeMap;

/// Unknown event type (V02)
///
/// ## What it checks
/// Rows whose event type is none of the known kinds (view, click, cart, favourite, purchase, review, search and
/// their usual spellings in English and Chinese). If no type at all is known, the log uses a vocabulary of its
/// own and that is reported as information.
///
/// ## Why it matters
/// Misspelt and test events fall out of every funnel and label without a word.
///
/// ## Example
/// `veiw` in 31 rows, `test_event` in 12.
///
/// ## Proposed fix
/// Map a type that is one or two letters away from a known one in the log; drop the others.
pub struct UnknownEvent {
    column: String,
    /// Unknown names with their rows, most frequent first.
    names: Vec<(String, u64)>,
    rows: u64,
    total: u64,
    none_known: bool,
    mapping: BTreeMap<String, Option<String>>,
    bars: Vec<(String, f64, bool)>,
}

impl Violation for UnknownEvent {
    const INFO: RuleInfo = RuleInfo {
        code: "V02",
        name_en: "Unknown event type",
        name_zh: "未知事件类型",
        dimension: Dimension::Validity,
        source: include_str!("unknown_event.rs"),
    };

    fn message(&self) -> Bilingual {
        let names: Vec<String> = self.names.iter().map(|(name, _)| name.clone()).collect();
        let (names, types) = (quoted(&names, 4), thousands(names.len() as u64));
        let (rows, share) = (thousands(self.rows), percent(self.rows as f64 / self.total as f64));
        if self.none_known {
            return Bilingual::new(
                format!("None of the {types} event types ({names}) is known; the log has a vocabulary of its own."),
                format!("{types} 种事件类型（{names}）均不在已知词表中；该日志使用自己的命名。"),
            );
        }
        Bilingual::new(
            format!("{rows} rows ({share}) have an unknown event type: {names}."),
            format!("{rows} 行（{share}）的事件类型未知：{names}。"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Misspelt and test events fall out of every funnel and label without a word.",
            "拼错的和测试用的事件会悄悄掉出所有漏斗和标签。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any type outside the known vocabulary, as long as other types are known.",
            "只要其他类型可识别，任何词表之外的类型都会报告。",
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        if self.none_known {
            return None;
        }
        if self.mapping.len() == self.names.len() {
            let fix = Fix::MapValues {
                column: self.column.clone(),
                mapping: self.mapping.clone(),
            };
            return Some((fix, Bilingual::new("Map to the known types", "映射到已知类型")));
        }
        let values = self.names.iter().map(|(name, _)| Value::Text(name.clone())).collect();
        let fix = Fix::DropRows {
            condition: Condition::In {
                column: self.column.clone(),
                values,
            },
        };
        Some((fix, Bilingual::new("Drop these rows", "删除这些行")))
    }

    fn facts(&self) -> Vec<Fact> {
        vec![fact("types", "Unknown types", "未知类型数", self.names.len() as f64)]
    }

    fn plots(&self) -> Vec<FindingPlot> {
        let title = Bilingual::new("Rows by event type", "各事件类型的行数");
        vec![FindingPlot::bars(
            title,
            Bilingual::new("event type", "事件类型"),
            rows_label(),
            self.bars.clone(),
        )]
    }
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let (Some(event), Some(column)) = (&context.log.event, context.column_name(Role::Event)) else {
        return Ok(Outcome::missing_roles("event", "事件"));
    };
    let names = context.event_names();
    let is_unknown: Vec<bool> = context.log.event_kinds.iter().map(Option::is_none).collect();
    if !is_unknown.contains(&true) {
        return Ok(Outcome::Checked(Vec::new()));
    }
    let none_known = !is_unknown.contains(&false);
    let flagged = |code: u32| code != NULL && is_unknown[code as usize];
    let rows: Vec<u32> = (0..event.codes.len() as u32)
        .filter(|&row| flagged(event.codes[row as usize]))
        .collect();
    let mut counted: Vec<(String, u64, bool)> = names
        .iter()
        .zip(event.counts())
        .zip(&is_unknown)
        .map(|((name, count), &unknown)| (name.clone(), u64::from(count), unknown))
        .collect();
    counted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let known: Vec<&String> = counted.iter().filter(|entry| !entry.2).map(|entry| &entry.0).collect();
    let unknown: Vec<(String, u64)> = counted
        .iter()
        .filter(|entry| entry.2)
        .map(|entry| (entry.0.clone(), entry.1))
        .collect();
    let mapping = unknown
        .iter()
        .filter_map(|(name, _)| Some((name.clone(), Some(nearest(name, &known)?))))
        .collect();
    let violation = UnknownEvent {
        column: column.clone(),
        rows: rows.len() as u64,
        total: event.codes.len() as u64,
        none_known,
        mapping,
        bars: counted
            .into_iter()
            .take(12)
            .map(|(name, count, unknown)| (name, count as f64, unknown))
            .collect(),
        names: unknown,
    };
    let severity = if none_known { Severity::Info } else { Severity::Warning };
    let extent = Extent::of_rows(severity, Some(&column), rows, event.codes.len());
    Ok(Outcome::Checked(vec![finding(context, &violation, extent)]))
}

/// The known name at most two edits away, if the name is long enough for that to mean something.
fn nearest(name: &str, known: &[&String]) -> Option<String> {
    let near = known
        .iter()
        .map(|other| (edits(&name.to_lowercase(), &other.to_lowercase()), *other));
    let (distance, best) = near.min()?;
    (distance <= 2 && name.chars().count() >= 4).then(|| best.clone())
}

/// Edit distance with swaps of neighbours (optimal string alignment).
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1)
                .min(rows[i][j - 1] + 1)
                .min(rows[i - 1][j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::edits;
    use crate::engine::artifact::Severity;
    use crate::engine::audit::fix::Fix;
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn a_misspelling_is_mapped_and_a_stranger_is_dropped() {
        let check = |names: Vec<Option<&'static str>>| findings(&table(vec![("event", Col::S(names))]), "V02");
        let found = check(vec![Some("view"), Some("veiw"), Some("purchase"), Some("view")]);
        assert_eq!(found[0].rows.as_slice(), [1]);
        assert!(
            matches!(&found[0].fix, Some(Fix::MapValues { mapping, .. }) if mapping["veiw"].as_deref() == Some("view"))
        );
        let found = check(vec![Some("view"), Some("test_event"), Some("view")]);
        assert!(matches!(&found[0].fix, Some(Fix::DropRows { .. })));
        assert!(check(vec![Some("view"), None]).is_empty());
        assert_eq!(check(vec![Some("zzz9"), Some("qqq7")])[0].severity, Severity::Info);
    }

    #[test]
    fn edit_distance_of_published_pairs() {
        assert_eq!(
            (edits("kitten", "sitting"), edits("veiw", "view"), edits("", "ab")),
            (3, 1, 2)
        );
    }
}
