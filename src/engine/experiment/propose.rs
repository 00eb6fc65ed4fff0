//! What an experiment log's columns are probably for: the settings a user starts from.
//!
//! Guesses go by role, name, type and values. Invariant: only columns of the table are named, and a proposal
//! is `None` rather than an analysis of the wrong column.

use super::config::{ExperimentConfig, Method, MetricKind, MetricRole, MetricSpec};
use super::input::is_binary;
use crate::engine::artifact::{ColumnType, Role};
use crate::engine::eval::columns::{categories, numbers};
use crate::engine::ingest::{ColumnInfo, Dataset};

const VARIANT_NAMES: [&str; 10] = [
    "variant",
    "version",
    "group",
    "arm",
    "bucket",
    "treatment",
    "experiment",
    "promotion",
    "实验组",
    "分组",
];
const UNIT_NAMES: [&str; 7] = ["unit", "user", "customer", "visitor", "device_id", "member", "用户"];
const CONTROL_NAMES: [&str; 9] = ["control", "baseline", "base", "a", "0", "none", "off", "old", "对照"];
const GOAL_NAMES: [&str; 8] = [
    "conver",
    "purchase",
    "order",
    "retention",
    "signup",
    "visit",
    "转化",
    "购买",
];
const SLOW_NAMES: [&str; 6] = ["latency", "duration", "_ms", "load_time", "response", "耗时"];
const PRE_NAMES: [&str; 5] = ["pre_", "prior_", "before_", "baseline_", "实验前"];
const MOST_VARIANTS: usize = 20;
const MOST_SEGMENT_VALUES: usize = 12;
const MOST_SEGMENTS: usize = 3;
const MOST_METRICS: usize = 8;

fn named(column: &ColumnInfo, names: &[&str]) -> bool {
    let name = column.name.to_lowercase();
    names.iter().any(|part| name.contains(part))
}

/// Settings to start from; `None` where no column looks like the variant.
pub fn propose(dataset: &Dataset) -> Option<ExperimentConfig> {
    let columns = &dataset.info.columns;
    let variants = |column: &&ColumnInfo| {
        categories(&dataset.frame, &column.name).is_ok_and(|found| (2..=MOST_VARIANTS).contains(&found.names.len()))
    };
    let by_role = columns.iter().filter(|column| column.role == Role::Variant);
    let by_name = VARIANT_NAMES
        .iter()
        .flat_map(|name| columns.iter().filter(move |column| named(column, &[name])));
    let variant = by_role.chain(by_name).find(variants)?;
    let control = control(&categories(&dataset.frame, &variant.name).ok()?.names)?;
    let unit = unit(dataset, variant);
    let time = columns.iter().find(|column| column.dtype == ColumnType::Time);
    let taken = |column: &ColumnInfo| {
        let others = [Some(variant), unit, time];
        others.into_iter().flatten().any(|other| other.name == column.name)
    };
    let free: Vec<&ColumnInfo> = columns.iter().filter(|column| !taken(column)).collect();
    let covariate = free
        .iter()
        .find(|column| is_number(column) && (column.role == Role::Covariate || named(column, &PRE_NAMES)));
    let numeric = free
        .iter()
        .filter(|column| covariate.is_none_or(|covariate| covariate.name != column.name));
    let metrics = metrics(dataset, &numeric.copied().collect::<Vec<_>>());
    if metrics.is_empty() {
        return None;
    }
    Some(ExperimentConfig {
        unit: unit.map(|column| column.name.clone()),
        variant: variant.name.clone(),
        control,
        covariate: covariate.map(|column| column.name.clone()),
        method: if covariate.is_some() {
            Method::Cuped
        } else {
            Method::Welch
        },
        segments: segments(dataset, &free),
        time: time.map(|column| column.name.clone()),
        metrics,
        ..ExperimentConfig::default()
    })
}

fn is_number(column: &ColumnInfo) -> bool {
    matches!(column.dtype, ColumnType::Integer | ColumnType::Float)
}

/// A value that is called control, or starts so; else the first by name.
fn control(names: &[String]) -> Option<String> {
    let lower = |name: &String| name.to_lowercase();
    let exact = names.iter().find(|name| CONTROL_NAMES.contains(&lower(name).as_str()));
    let starts = || {
        names.iter().find(|name| {
            let name = lower(name);
            ["control", "baseline", "no ", "no_", "no-", "对照"]
                .iter()
                .any(|start| name.starts_with(start))
        })
    };
    exact.or_else(starts).or_else(|| names.iter().min()).cloned()
}

/// A column with many values that names users or units.
fn unit<'a>(dataset: &'a Dataset, variant: &ColumnInfo) -> Option<&'a ColumnInfo> {
    let columns = dataset.info.columns.iter().filter(|column| column.name != variant.name);
    let likely = columns.filter(|column| {
        column.role == Role::User || (named(column, &UNIT_NAMES) && column.name.to_lowercase().contains("id"))
    });
    likely
        .into_iter()
        .find(|column| categories(&dataset.frame, &column.name).is_ok_and(|found| found.names.len() > MOST_VARIANTS))
}

fn segments(dataset: &Dataset, free: &[&ColumnInfo]) -> Vec<String> {
    let few = |column: &&&ColumnInfo| {
        column.dtype == ColumnType::Text
            && categories(&dataset.frame, &column.name)
                .is_ok_and(|found| (2..=MOST_SEGMENT_VALUES).contains(&found.names.len()))
    };
    free.iter()
        .filter(few)
        .take(MOST_SEGMENTS)
        .map(|column| column.name.clone())
        .collect()
}

fn metrics(dataset: &Dataset, free: &[&ColumnInfo]) -> Vec<MetricSpec> {
    let mut found = Vec::new();
    let has = |part: &str| free.iter().find(|column| is_number(column) && named(column, &[part]));
    if let (Some(clicks), Some(shown)) = (has("click"), has("impression")) {
        let mut ctr = MetricSpec::new(MetricKind::Ratio, "ctr", &clicks.name);
        ctr.denominator = Some(shown.name.clone());
        found.push(ctr);
    }
    for column in free {
        if !is_number(column) && column.dtype != ColumnType::Boolean {
            continue;
        }
        // Counts of what was shown are no aim of their own; identifiers are no metric.
        if named(column, &["impression", "click"]) && !found.is_empty() || column.name.to_lowercase().ends_with("id") {
            continue;
        }
        let Ok(values) = numbers(&dataset.frame, &column.name) else {
            continue;
        };
        let metric = if named(column, &SLOW_NAMES) {
            MetricSpec {
                quantile: Some(0.95),
                role: MetricRole::Guardrail,
                lower_is_better: true,
                ..MetricSpec::new(MetricKind::Quantile, &format!("{} p95", column.name), &column.name)
            }
        } else if is_binary(&values) {
            MetricSpec::new(MetricKind::Proportion, &column.name, &column.name)
        } else {
            MetricSpec::new(MetricKind::Mean, &column.name, &column.name)
        };
        found.push(metric);
    }
    let goal = |metric: &MetricSpec| {
        let name = metric.name.to_lowercase();
        GOAL_NAMES
            .iter()
            .position(|part| name.contains(part))
            .unwrap_or(GOAL_NAMES.len())
    };
    found.sort_by_key(|metric| (metric.role == MetricRole::Guardrail, goal(metric)));
    found.truncate(MOST_METRICS);
    if let Some(first) = found.first_mut().filter(|metric| metric.role != MetricRole::Guardrail) {
        first.role = MetricRole::Goal;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_recognised() {
        let pick = |names: &[&str]| control(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(pick(&["treatment", "control"]).as_deref(), Some("control"));
        assert_eq!(
            pick(&["Womens E-Mail", "No E-Mail", "Mens E-Mail"]).as_deref(),
            Some("No E-Mail")
        );
        assert_eq!(pick(&["gate_40", "gate_30"]).as_deref(), Some("gate_30"));
        assert_eq!(pick(&["B", "A"]).as_deref(), Some("A"));
        assert_eq!(pick(&[]), None);
    }
}
