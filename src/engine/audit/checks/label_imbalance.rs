//! L01: one class, or one kind of event, is rare.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::distinct::{Distinct, NULL};
use crate::engine::audit::finding::{Dimension, Fact};
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::plots::rows_label;
use crate::engine::audit::rule::{Extent, Outcome, RuleInfo, Violation, fact, finding};
use crate::engine::audit::wording::{percent, thousands};
use crate::engine::ingest::EventKind;
use crate::engine::progress::Cancelled;

/// Label imbalance (L01)
///
/// ## What it checks
/// If there is a label column with 2 to 20 values: the share of its rarest value. Otherwise, in a log with
/// purchases: their share among all events. Reported below 10 %.
///
/// ## Why it matters
/// With 2 % positives a model that always says no is 98 % accurate. Read average precision and calibration
/// instead, and keep the positives when sampling.
///
/// ## Example
/// 1.6 % of the events are purchases.
///
/// ## Proposed fix
/// None: class weights or sampling belong to training.
pub struct LabelImbalance {
    class: String,
    count: u64,
    total: u64,
    is_label: bool,
    limit: f64,
    bars: Vec<(String, f64, bool)>,
}

impl Violation for LabelImbalance {
    const INFO: RuleInfo = RuleInfo {
        code: "L01",
        name_en: "Label imbalance",
        name_zh: "标签不平衡",
        dimension: Dimension::Behaviour,
        source: include_str!("label_imbalance.rs"),
    };

    fn title(&self) -> Bilingual {
        let share = percent(self.count as f64 / self.total as f64);
        Bilingual::new(
            format!("Label imbalance: {share} {}", self.class),
            format!("标签不平衡：{} 占 {share}", self.class),
        )
    }

    fn message(&self) -> Bilingual {
        let (count, total, class) = (thousands(self.count), thousands(self.total), &self.class);
        let share = percent(self.count as f64 / self.total as f64);
        if self.is_label {
            Bilingual::new(
                format!("The rarest label, {class}, stands in {count} of {total} labelled rows ({share})."),
                format!("最少的标签 {class} 在 {total} 个有标签的行中占 {count} 行（{share}）。"),
            )
        } else {
            Bilingual::new(
                format!("{count} of {total} events ({share}) are {class}."),
                format!("{total} 个事件中有 {count} 个（{share}）是 {class}。"),
            )
        }
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A model that never predicts the rare class is nearly always right: read average precision and calibration, not accuracy.",
            "从不预测稀有类的模型几乎总是“正确”：请看平均精度与校准，而不是准确率。",
        )
    }

    fn threshold(&self) -> Bilingual {
        let limit = percent(self.limit);
        Bilingual::new(
            format!("Below {limit} accuracy stops telling models apart."),
            format!("低于 {limit} 时，准确率已无法区分模型。"),
        )
    }

    fn facts(&self) -> Vec<Fact> {
        vec![fact(
            "total",
            "Labelled rows or events",
            "有标签的行或事件",
            self.total as f64,
        )]
    }

    fn plots(&self) -> Vec<FindingPlot> {
        let title = Bilingual::new("Rows by class", "各类别行数");
        vec![FindingPlot::bars(
            title,
            Bilingual::new("class", "类别"),
            rows_label(),
            self.bars.clone(),
        )]
    }
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let limit = context.thresholds().imbalance_share;
    let seen = match context.dataset.column_with_role(Role::Label) {
        Some(column) => rarest_label(context, column)?,
        None => purchases(context),
    };
    let Some((violation, rows)) = seen else {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "needs a label with 2 to 20 values, or purchases beside other events",
            "需要有 2 至 20 个取值的标签列，或购买与其他事件并存",
        )));
    };
    if violation.count as f64 >= limit * violation.total as f64 {
        return Ok(Outcome::Checked(Vec::new()));
    }
    let role = if violation.is_label { Role::Label } else { Role::Event };
    let mut extent = Extent::of_rows(
        Severity::Info,
        context.column_name(role).as_deref(),
        rows,
        context.num_rows(),
    );
    extent.share = Some(violation.count as f64 / violation.total as f64);
    Ok(Outcome::Checked(vec![finding(context, &violation, extent)]))
}

fn rarest_label(context: &Context<'_>, column: usize) -> Result<Option<(LabelImbalance, Vec<u32>)>, Cancelled> {
    const MOST_CLASSES: usize = 20;
    let cells = context.columns[column].cells();
    let distinct = Distinct::of(cells, context.progress)?;
    if !(2..=MOST_CLASSES).contains(&distinct.num_values()) {
        return Ok(None);
    }
    let name = |code: usize| cells.value(distinct.first_row[code] as usize).to_string();
    let rarest = (0..distinct.num_values())
        .min_by_key(|&code| (distinct.counts[code], name(code)))
        .unwrap_or(0);
    let mut flagged = vec![false; distinct.num_values()];
    flagged[rarest] = true;
    let violation = LabelImbalance {
        class: name(rarest),
        count: u64::from(distinct.counts[rarest]),
        total: distinct.num_filled(),
        is_label: true,
        limit: context.thresholds().imbalance_share,
        bars: bars((0..distinct.num_values()).map(|code| (name(code), distinct.counts[code], code == rarest))),
    };
    Ok(Some((violation, distinct.rows_where(&flagged))))
}

fn purchases(context: &Context<'_>) -> Option<(LabelImbalance, Vec<u32>)> {
    let event = context.log.event.as_ref()?;
    let codes = context.event_codes(&[EventKind::Purchase]);
    let counts = event.counts();
    if codes.is_empty() || codes.len() == counts.len() {
        return None;
    }
    let names = context.event_names();
    let rows: Vec<u32> = (0..event.codes.len() as u32)
        .filter(|&row| codes.contains(&event.codes[row as usize]))
        .collect();
    let class = codes
        .iter()
        .map(|&code| names[code as usize].clone())
        .collect::<Vec<_>>()
        .join(" / ");
    let violation = LabelImbalance {
        class,
        count: rows.len() as u64,
        total: event.codes.iter().filter(|&&code| code != NULL).count() as u64,
        is_label: false,
        limit: context.thresholds().imbalance_share,
        bars: bars((0..counts.len()).map(|code| (names[code].clone(), counts[code], codes.contains(&(code as u32))))),
    };
    Some((violation, rows))
}

fn bars(classes: impl Iterator<Item = (String, u32, bool)>) -> Vec<(String, f64, bool)> {
    let mut bars: Vec<(String, f64, bool)> = classes
        .map(|(name, count, rare)| (name, f64::from(count), rare))
        .collect();
    bars.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    bars.truncate(12);
    bars
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn a_label_column_wins_over_events() {
        let labels = |ones: usize| {
            (0..100)
                .map(|row| Some(i64::from(row < ones as i64)))
                .collect::<Vec<_>>()
        };
        let found = findings(&table(vec![("label", Col::I(labels(4)))]), "L01");
        assert_eq!(
            (found[0].count, found[0].share, found[0].rows.len()),
            (4, Some(0.04), 4)
        );
        assert!(findings(&table(vec![("label", Col::I(labels(10)))]), "L01").is_empty());
        let mut events = vec![Some("view"); 99];
        events.push(Some("purchase"));
        assert_eq!(
            findings(&table(vec![("event", Col::S(events))]), "L01")[0]
                .rows
                .as_slice(),
            [99]
        );
    }
}
