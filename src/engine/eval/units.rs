//! What a bootstrap draws: rows, or whole groups of rows.
//!
//! Invariant: every row belongs to exactly one unit.

use super::input::{MISSING_CODE, ResampleUnit};

/// Groups from which on `ResampleUnit::Auto` draws groups.
pub const MIN_GROUPS_TO_RESAMPLE: usize = 30;

/// What is drawn: rows, or groups of rows.
#[derive(Clone, Debug)]
pub(crate) struct Units {
    /// Unit of each row; `None` = each row is its own.
    pub of_row: Option<Vec<u32>>,
    pub count: usize,
}

impl Units {
    /// `codes` are the groups of the rows; rows without a group are units of their own.
    pub fn new(choice: ResampleUnit, codes: Option<&[u32]>, num_rows: usize) -> Self {
        let rows = Self {
            of_row: None,
            count: num_rows,
        };
        let Some(codes) = codes.filter(|_| choice != ResampleUnit::Row) else {
            return rows;
        };
        let mut unit_of_code = vec![
            MISSING_CODE;
            codes
                .iter()
                .filter(|&&c| c != MISSING_CODE)
                .max()
                .map_or(0, |&c| c as usize + 1)
        ];
        let mut count = 0_u32;
        let mut next = || {
            count += 1;
            count - 1
        };
        let of_row: Vec<u32> = codes
            .iter()
            .map(|&code| {
                if code == MISSING_CODE {
                    return next();
                }
                let unit = &mut unit_of_code[code as usize];
                if *unit == MISSING_CODE {
                    *unit = next();
                }
                *unit
            })
            .collect();
        if choice == ResampleUnit::Auto && (count as usize) < MIN_GROUPS_TO_RESAMPLE {
            return rows;
        }
        Self {
            of_row: Some(of_row),
            count: count as usize,
        }
    }

    pub fn are_groups(&self) -> bool {
        self.of_row.is_some()
    }

    /// The unit of each row in the given order.
    pub fn in_order(&self, order: &[u32]) -> Vec<u32> {
        match &self.of_row {
            None => order.to_vec(),
            Some(of_row) => order.iter().map(|&row| of_row[row as usize]).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_groups_fall_back_to_rows() {
        let codes: Vec<u32> = (0..100).map(|row| row % 4).collect();
        assert!(!Units::new(ResampleUnit::Auto, Some(&codes), 100).are_groups());
        let forced = Units::new(ResampleUnit::Group, Some(&codes), 100);
        assert_eq!((forced.are_groups(), forced.count), (true, 4));
        let with_missing = Units::new(ResampleUnit::Group, Some(&[7, MISSING_CODE, 7, MISSING_CODE]), 4);
        assert_eq!(with_missing.of_row.as_deref(), Some(&[0, 1, 0, 2][..]));
    }
}
