//! The log by unit: who is in which arm, since when, in which segment, and which rows are theirs.
//!
//! Rows in, `UnitTable` out. Invariant: every row is counted once in `rows`; a unit that carries several
//! variants is in no arm; arms are the control, then the others by name.

use super::config::ExperimentConfig;
use super::error::ExperimentError;
use super::report::ExperimentRows;

/// The code of a missing cell, as in the ingest and evaluation stages.
pub(super) const MISSING: u32 = u32::MAX;
const MOST_VARIANTS: usize = 20;

/// A coded text column.
#[derive(Clone, Debug, Default)]
pub(super) struct Coded {
    pub name: String,
    pub codes: Vec<u32>,
    pub values: Vec<String>,
}

/// The columns of a log that say who and when; all of one length.
#[derive(Clone, Debug, Default)]
pub(super) struct LogColumns {
    /// Dense codes; `MISSING` where empty.
    pub units: Vec<u32>,
    pub num_units: usize,
    pub variant: Coded,
    pub segments: Vec<Coded>,
    /// Days since 1970-01-01; `None` a row without time.
    pub days: Option<Vec<Option<i32>>>,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct UnitTable {
    /// Names of the arms, the control first.
    pub arms: Vec<String>,
    /// Arm of each unit that counts.
    pub arm_of_unit: Vec<u16>,
    /// Unit of each row, `MISSING` where the row does not count.
    pub unit_of_row: Vec<u32>,
    /// Code of each unit in each segment column, from its first row.
    pub segments: Vec<Coded>,
    pub rows: ExperimentRows,
    pub mixed_units: u64,
    /// Rows that count, in order of day; empty without times.
    pub rows_by_day: Vec<(i32, u32)>,
}

impl UnitTable {
    pub(super) fn new(log: &LogColumns, config: &ExperimentConfig) -> Result<Self, ExperimentError> {
        let (arms, arm_of_code) = arms(log, config)?;
        let mut rows = ExperimentRows {
            total: log.units.len() as u64,
            ..ExperimentRows::default()
        };
        let mut variant_of_unit = vec![UNSEEN; log.num_units];
        for (&unit, &variant) in log.units.iter().zip(&log.variant.codes) {
            if unit == MISSING || variant == MISSING {
                continue;
            }
            let seen = &mut variant_of_unit[unit as usize];
            *seen = match *seen {
                UNSEEN => variant,
                known if known == variant => known,
                _ => MIXED,
            };
        }
        let mut dense = vec![MISSING; log.num_units];
        let mut table = Self {
            arms,
            unit_of_row: Vec::with_capacity(log.units.len()),
            segments: log
                .segments
                .iter()
                .map(|segment| Coded {
                    codes: Vec::new(),
                    ..segment.clone()
                })
                .collect(),
            mixed_units: variant_of_unit.iter().filter(|&&variant| variant == MIXED).count() as u64,
            ..Self::default()
        };
        for (row, (&unit, &variant)) in log.units.iter().zip(&log.variant.codes).enumerate() {
            let kept = if unit == MISSING {
                rows.without_unit += 1;
                MISSING
            } else if variant == MISSING {
                rows.without_variant += 1;
                MISSING
            } else if variant_of_unit[unit as usize] == MIXED {
                rows.of_mixed_units += 1;
                MISSING
            } else {
                rows.used += 1;
                let known = &mut dense[unit as usize];
                if *known == MISSING {
                    *known = table.arm_of_unit.len() as u32;
                    table.arm_of_unit.push(arm_of_code[variant as usize]);
                    for (segment, source) in table.segments.iter_mut().zip(&log.segments) {
                        segment.codes.push(source.codes[row]);
                    }
                }
                *known
            };
            table.unit_of_row.push(kept);
        }
        if table.arm_of_unit.is_empty() {
            return Err(ExperimentError::NoUnits);
        }
        table.rows = rows;
        table.rows_by_day = rows_by_day(log, &table.unit_of_row);
        Ok(table)
    }

    pub(super) fn num_units(&self) -> usize {
        self.arm_of_unit.len()
    }

    /// Units of each arm.
    pub(super) fn arm_sizes(&self) -> Vec<u64> {
        let mut sizes = vec![0; self.arms.len()];
        for &arm in &self.arm_of_unit {
            sizes[usize::from(arm)] += 1;
        }
        sizes
    }
}

const UNSEEN: u32 = u32::MAX;
const MIXED: u32 = u32::MAX - 1;

/// Names of the arms, control first, and the arm of each variant code.
fn arms(log: &LogColumns, config: &ExperimentConfig) -> Result<(Vec<String>, Vec<u16>), ExperimentError> {
    let names = &log.variant.values;
    if names.len() < 2 || names.len() > MOST_VARIANTS {
        return Err(ExperimentError::VariantCount {
            column: log.variant.name.clone(),
            count: names.len(),
            most: MOST_VARIANTS,
        });
    }
    let mut sorted: Vec<String> = names.clone();
    sorted.sort_unstable();
    let Some(control) = sorted.iter().position(|name| *name == config.control) else {
        return Err(ExperimentError::UnknownControl {
            column: log.variant.name.clone(),
            control: config.control.clone(),
            known: sorted.join(", "),
        });
    };
    let control = sorted.remove(control);
    sorted.insert(0, control);
    let arm = |name: &String| sorted.iter().position(|arm| arm == name).unwrap_or_default() as u16;
    let arm_of_code = names.iter().map(arm).collect();
    Ok((sorted, arm_of_code))
}

fn rows_by_day(log: &LogColumns, unit_of_row: &[u32]) -> Vec<(i32, u32)> {
    let Some(days) = &log.days else { return Vec::new() };
    let mut rows: Vec<(i32, u32)> = days
        .iter()
        .zip(unit_of_row)
        .enumerate()
        .filter(|(_, (_, unit))| **unit != MISSING)
        .filter_map(|(row, (day, _))| Some(((*day)?, row as u32)))
        .collect();
    rows.sort_unstable();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(units: &[u32], variants: &[u32]) -> LogColumns {
        LogColumns {
            units: units.to_vec(),
            num_units: units
                .iter()
                .filter(|&&unit| unit != MISSING)
                .map(|unit| unit + 1)
                .max()
                .unwrap_or(0) as usize,
            variant: Coded {
                name: "variant".to_owned(),
                codes: variants.to_vec(),
                values: vec!["b".to_owned(), "a".to_owned()],
            },
            ..LogColumns::default()
        }
    }

    fn config(control: &str) -> ExperimentConfig {
        ExperimentConfig {
            control: control.to_owned(),
            ..ExperimentConfig::default()
        }
    }

    #[test]
    fn every_row_is_counted_once_and_mixed_units_are_left_out() {
        let log = log(&[0, 1, 0, 2, MISSING, 1, 3], &[0, 1, 0, 1, 0, 0, MISSING]);
        let table = UnitTable::new(&log, &config("b")).expect("two arms");
        let rows = table.rows;
        assert_eq!(
            rows.total,
            rows.used + rows.without_unit + rows.without_variant + rows.of_mixed_units
        );
        assert_eq!((rows.used, rows.of_mixed_units, table.mixed_units), (3, 2, 1));
        assert_eq!(table.unit_of_row, [0, MISSING, 0, 1, MISSING, MISSING, MISSING]);
        assert_eq!(
            (table.arms.as_slice(), table.arm_of_unit.as_slice()),
            (&["b".to_owned(), "a".to_owned()][..], &[0, 1][..])
        );
    }

    #[test]
    fn wrong_columns_are_told_apart() {
        let log = log(&[0, 1], &[0, 1]);
        let unknown = UnitTable::new(&log, &config("c"))
            .expect_err("no such control")
            .to_string();
        assert!(unknown.contains("`c`") && unknown.contains("a, b"), "{unknown}");
        let mut many = log;
        many.variant.values = (0..50).map(|i| i.to_string()).collect();
        assert!(matches!(
            UnitTable::new(&many, &config("1")),
            Err(ExperimentError::VariantCount { count: 50, .. })
        ));
    }
}
