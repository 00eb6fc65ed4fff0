//! A metric's rows added up by unit, all at once or day by day.
//!
//! Invariant: adding the rows in any order gives the same units (up to rounding); units without any value are
//! in no arm and are counted.

use super::arm::{ArmSummary, ArmValues};
use super::config::{MetricKind, MetricSpec};
use super::quantile;
use super::table::{MISSING, UnitTable};

/// A metric's columns, one value a row, NaN = missing.
#[derive(Clone, Debug, Default)]
pub(super) struct MetricColumns {
    pub numerator: Vec<f64>,
    /// Ratio metrics.
    pub denominator: Vec<f64>,
    /// Mean of the unit's covariate, one value a unit; empty without.
    pub covariate_of_unit: Vec<f64>,
}

/// Running sums of all units.
#[derive(Clone, Debug)]
pub(super) struct UnitSums<'a> {
    spec: &'a MetricSpec,
    columns: &'a MetricColumns,
    table: &'a UnitTable,
    numerator: Vec<f64>,
    denominator: Vec<f64>,
    seen: Vec<bool>,
    /// Rows added, quantile metrics only.
    rows: Vec<u32>,
}

impl<'a> UnitSums<'a> {
    pub(super) fn new(spec: &'a MetricSpec, columns: &'a MetricColumns, table: &'a UnitTable) -> Self {
        let units = table.num_units();
        Self {
            spec,
            columns,
            table,
            numerator: vec![0.0; units],
            denominator: vec![0.0; if spec.kind == MetricKind::Ratio { units } else { 0 }],
            seen: vec![false; units],
            rows: Vec::new(),
        }
    }

    /// With all rows.
    pub(super) fn of_all_rows(spec: &'a MetricSpec, columns: &'a MetricColumns, table: &'a UnitTable) -> Self {
        let mut sums = Self::new(spec, columns, table);
        for row in 0..table.unit_of_row.len() {
            sums.add(row);
        }
        sums
    }

    pub(super) fn add(&mut self, row: usize) {
        let unit = self.table.unit_of_row[row];
        let value = self.columns.numerator[row];
        if unit == MISSING || !value.is_finite() {
            return;
        }
        let unit = unit as usize;
        match self.spec.kind {
            MetricKind::Proportion => {
                self.numerator[unit] = f64::max(self.numerator[unit], f64::from(u8::from(value > 0.0)))
            }
            MetricKind::Mean => self.numerator[unit] += value,
            MetricKind::Ratio => {
                let base = self.columns.denominator[row];
                if !base.is_finite() {
                    return;
                }
                self.numerator[unit] += value;
                self.denominator[unit] += base;
            }
            MetricKind::Quantile => self.rows.push(row as u32),
        }
        self.seen[unit] = true;
    }

    /// Units of the table without a value, in one arm.
    pub(super) fn missing(&self, arm: usize) -> u64 {
        let arms = self.table.arm_of_unit.iter().zip(&self.seen);
        arms.filter(|(of, seen)| usize::from(**of) == arm && !**seen).count() as u64
    }

    /// The units of an arm, all or those `keep` says yes to.
    pub(super) fn arm(&self, arm: usize, keep: impl Fn(usize) -> bool) -> ArmValues {
        let mut values = ArmValues::default();
        for unit in 0..self.seen.len() {
            if !self.seen[unit] || usize::from(self.table.arm_of_unit[unit]) != arm || !keep(unit) {
                continue;
            }
            values.numerator.push(self.numerator[unit]);
            if let Some(base) = self.denominator.get(unit) {
                values.denominator.push(*base);
            }
            if let Some(covariate) = self.columns.covariate_of_unit.get(unit) {
                values.covariate.push(*covariate);
            }
        }
        values
    }

    /// Number of units with a value in an arm, and its summary by the metric's kind.
    pub(super) fn summary(&self, arm: usize, keep: impl Fn(usize) -> bool) -> (u64, Option<ArmSummary>) {
        if let (MetricKind::Quantile, Some(p)) = (self.spec.kind, self.spec.quantile) {
            return self.quantile(arm, p, keep);
        }
        let values = self.arm(arm, keep);
        (values.len() as u64, values.summary(self.spec.kind))
    }

    fn quantile(&self, arm: usize, p: f64, keep: impl Fn(usize) -> bool) -> (u64, Option<ArmSummary>) {
        let mut dense = vec![MISSING; self.seen.len()];
        let mut units = 0u32;
        let mut rows = Vec::new();
        for &row in &self.rows {
            let unit = self.table.unit_of_row[row as usize] as usize;
            if usize::from(self.table.arm_of_unit[unit]) != arm || !keep(unit) {
                continue;
            }
            if dense[unit] == MISSING {
                dense[unit] = units;
                units += 1;
            }
            rows.push((dense[unit], self.columns.numerator[row as usize]));
        }
        (u64::from(units), quantile::summary(&rows, units as usize, p))
    }
}

/// Mean of each unit's covariate values, NaN where it has none.
pub(super) fn covariate_of_unit(column: &[f64], table: &UnitTable) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0f64); table.num_units()];
    for (value, &unit) in column.iter().zip(&table.unit_of_row) {
        if unit != MISSING && value.is_finite() {
            sums[unit as usize].0 += value;
            sums[unit as usize].1 += 1.0;
        }
    }
    sums.into_iter()
        .map(|(sum, count)| if count > 0.0 { sum / count } else { f64::NAN })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> UnitTable {
        UnitTable {
            arms: vec!["a".to_owned(), "b".to_owned()],
            arm_of_unit: vec![0, 1, 0],
            unit_of_row: vec![0, 1, 0, 2, MISSING, 1],
            ..UnitTable::default()
        }
    }

    #[test]
    fn rows_of_a_unit_add_up_by_kind() {
        let table = table();
        let columns = MetricColumns {
            numerator: vec![1.0, 2.0, 3.0, f64::NAN, 100.0, 0.0],
            denominator: vec![2.0, 4.0, 2.0, 1.0, 1.0, 1.0],
            covariate_of_unit: Vec::new(),
        };
        let arm = |kind, arm| {
            let spec = MetricSpec::new(kind, "m", "m");
            UnitSums::of_all_rows(&spec, &columns, &table).arm(arm, |_| true)
        };
        assert_eq!(arm(MetricKind::Mean, 0).numerator, [4.0]);
        assert_eq!(arm(MetricKind::Mean, 1).numerator, [2.0]);
        assert_eq!(arm(MetricKind::Proportion, 0).numerator, [1.0]);
        let ratio = arm(MetricKind::Ratio, 1);
        assert_eq!((ratio.numerator, ratio.denominator), (vec![2.0], vec![5.0]));
        let spec = MetricSpec::new(MetricKind::Mean, "m", "m");
        assert_eq!(UnitSums::of_all_rows(&spec, &columns, &table).missing(0), 1);
    }

    #[test]
    fn covariates_are_averaged_over_the_rows_that_have_one() {
        let found = covariate_of_unit(&[1.0, f64::NAN, 3.0, 7.0, 9.0, f64::NAN], &table());
        assert_eq!((found[0], found[2]), (2.0, 7.0));
        assert!(found[1].is_nan());
    }
}
