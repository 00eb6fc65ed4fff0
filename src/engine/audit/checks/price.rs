//! V01: prices of zero and below.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::cells::Value;
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Fact, Finding};
use crate::engine::audit::fix::{Condition, Fix};
use crate::engine::audit::plot::{Axis, FindingPlot, Marks};
use crate::engine::audit::plots::{over_time, rows_label};
use crate::engine::audit::rule::{Extent, RuleInfo, Violation, fact, finding};
use crate::engine::audit::wording::{percent, thousands};
use crate::engine::progress::Cancelled;

/// Price zero or negative (V01)
///
/// ## What it checks
/// Rows whose price (each column with role price) is below 0 or equal to 0; both are counted apart.
///
/// ## Why it matters
/// Negative prices are refunds or broken signs, zeros are gifts, placeholders or failed look-ups. Both pull
/// revenue, average order value and price features down.
///
/// ## Example
/// 413 of 77,628 rows have `UnitPrice` at or below 0.
///
/// ## Proposed fix
/// Drop the rows.
pub struct PriceNotPositive {
    column: String,
    negative: u64,
    zero: u64,
    total: u64,
    plots: Vec<FindingPlot>,
}

impl Violation for PriceNotPositive {
    const INFO: RuleInfo = RuleInfo {
        code: "V01",
        name_en: "Price zero or negative",
        name_zh: "价格为零或负数",
        dimension: Dimension::Validity,
        source: include_str!("price.rs"),
    };

    fn title(&self) -> Bilingual {
        Bilingual::new(
            format!("{} zero or negative", self.column),
            format!("{} 为零或负数", self.column),
        )
    }

    fn message(&self) -> Bilingual {
        let (negative, zero) = (thousands(self.negative), thousands(self.zero));
        let share = percent((self.negative + self.zero) as f64 / self.total as f64);
        let column = &self.column;
        Bilingual::new(
            format!("{column} is negative in {negative} rows and zero in {zero} ({share} of all rows)."),
            format!("{column} 有 {negative} 行为负、{zero} 行为零（占全部行的 {share}）。"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Refunds, gifts and failed look-ups are not prices; they pull revenue and price features down.",
            "退款、赠品和查询失败并不是价格，会拉低营收和价格特征。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any price at or below 0: a sale has a price.",
            "任何小于等于 0 的价格：成交必有价格。",
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        let fix = Fix::DropRows {
            condition: Condition::LessOrEqual {
                column: self.column.clone(),
                value: Value::Integer(0),
            },
        };
        Some((fix, Bilingual::new("Drop these rows", "删除这些行")))
    }

    fn facts(&self) -> Vec<Fact> {
        vec![
            fact("negative", "Below 0", "小于 0", self.negative as f64),
            fact("zero", "Equal to 0", "等于 0", self.zero as f64),
        ]
    }

    fn plots(&self) -> Vec<FindingPlot> {
        self.plots.clone()
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let (Some(negative), Some(zero)) = (column.profile.negatives, column.profile.zeros) else {
        return Ok(Vec::new());
    };
    if column.info.role != Role::Price || negative + zero == 0 {
        return Ok(Vec::new());
    }
    let value = |row: u32| column.cells.number(row as usize);
    let first_rows = column.distinct.first_row.iter();
    let flagged: Vec<bool> = first_rows
        .map(|&row| value(row).is_some_and(|price| price <= 0.0))
        .collect();
    let rows = column.distinct.rows_where(&flagged);
    let violation = PriceNotPositive {
        column: column.info.name.clone(),
        negative,
        zero,
        total: column.num_rows() as u64,
        plots: distribution(column)
            .into_iter()
            .chain(over_time(column.context, &rows))
            .collect(),
    };
    let extent = Extent::of_rows(Severity::Warning, Some(&column.info.name), rows, column.num_rows());
    Ok(vec![finding(column.context, &violation, extent)])
}

/// Prices between the 1st and 99th percentile, zero included.
fn distribution(column: &ColumnContext<'_>) -> Option<FindingPlot> {
    const BINS: usize = 50;
    let number = |value: &Value| match value {
        Value::Integer(value) => Some(*value as f64),
        Value::Number(value) => Some(*value),
        _ => None,
    };
    let quantiles = column.profile.quantiles.as_ref()?;
    let (low, high) = (number(&quantiles.p0)?, number(&quantiles.p99)?.max(0.0));
    let low = low.max(-high.abs()).min(0.0);
    let width = (high - low) / BINS as f64;
    if !(width.is_finite() && width > 0.0) {
        return None;
    }
    let (mut counts, mut flagged) = (vec![0.0; BINS], vec![0.0; BINS]);
    for (&row, &count) in column.distinct.first_row.iter().zip(&column.distinct.counts) {
        let Some(price) = column
            .cells
            .number(row as usize)
            .filter(|price| (low..=high).contains(price))
        else {
            continue;
        };
        let bin = (((price - low) / width) as usize).min(BINS - 1);
        counts[bin] += f64::from(count);
        if price <= 0.0 {
            flagged[bin] += f64::from(count);
        }
    }
    let marks = Marks::Histogram {
        edges: (0..=BINS).map(|bin| low + bin as f64 * width).collect(),
        counts,
        flagged,
    };
    let title = Bilingual::new("Prices up to the 99th percentile", "价格分布（至 99 分位）");
    let label = Bilingual::new(column.info.name.clone(), column.info.name.clone());
    let plot = FindingPlot::new(title, label, rows_label(), marks);
    Some(plot.with_threshold(Axis::X, 0.0, Bilingual::new("0", "0")))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn zero_and_negative_are_counted_apart_and_only_prices_are_looked_at() {
        let prices = vec![Some(1.5), Some(0.0), Some(-0.0), Some(-2.0), None, Some(f64::NAN)];
        let data = table(vec![("price", Col::F(prices.clone())), ("rating", Col::F(prices))]);
        let found = findings(&data, "V01");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].rows.as_slice(), [1, 2, 3]);
        assert_eq!(
            (found[0].fact("negative"), found[0].fact("zero")),
            (Some(1.0), Some(2.0))
        );
    }
}
