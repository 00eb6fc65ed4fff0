//! The physical line of each row, held as runs: nearly all rows of a log follow each other line by line.
//!
//! Invariant: a run starts where a row does not stand on the line after the row before it; runs are never empty.

/// 1-based physical lines of rows; eight bytes a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineNumbers {
    /// First row of each run and its line.
    runs: Vec<(u32, u32)>,
    len: usize,
    next: u32,
}

impl LineNumbers {
    /// Rows on the lines from `first` on, without a gap.
    pub fn consecutive(first: u32, len: usize) -> Self {
        if len == 0 {
            return Self::default();
        }
        Self {
            runs: vec![(0, first)],
            len,
            next: first.wrapping_add(len as u32),
        }
    }

    /// The line of the next row.
    pub fn push(&mut self, line: u32) {
        if self.len == 0 || line != self.next {
            self.runs.push((self.len as u32, line));
        }
        self.len += 1;
        self.next = line.wrapping_add(1);
    }

    /// How many rows have a line.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The line of a row; `None` beyond the last.
    pub fn get(&self, row: usize) -> Option<u32> {
        if row >= self.len {
            return None;
        }
        let run = self.runs.partition_point(|&(start, _)| start as usize <= row);
        let (start, line) = *self.runs.get(run.checked_sub(1)?)?;
        Some(line.wrapping_add(row as u32 - start))
    }

    /// All lines in the order of the rows.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        let ends = self.runs.iter().skip(1).map(|&(start, _)| start);
        let ends = ends.chain([self.len as u32]);
        let runs = self.runs.iter().zip(ends);
        runs.flat_map(|(&(start, line), end)| (0..end - start).map(move |at| line.wrapping_add(at)))
    }

    /// The lines of the first rows.
    pub fn head(&self, rows: usize) -> Self {
        self.iter().take(rows).collect()
    }
}

impl Extend<u32> for LineNumbers {
    fn extend<I: IntoIterator<Item = u32>>(&mut self, lines: I) {
        lines.into_iter().for_each(|line| self.push(line));
    }
}

impl FromIterator<u32> for LineNumbers {
    fn from_iter<I: IntoIterator<Item = u32>>(lines: I) -> Self {
        let mut out = Self::default();
        out.extend(lines);
        out
    }
}

impl<const N: usize> PartialEq<[u32; N]> for LineNumbers {
    fn eq(&self, other: &[u32; N]) -> bool {
        self.iter().eq(other.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn behaves_like_a_vector(steps in prop::collection::vec(0_u32..4, 0..60)) {
            let mut line = 1;
            let lines: Vec<u32> = steps.iter().map(|step| { line += step; line }).collect();
            let numbers: LineNumbers = lines.iter().copied().collect();
            prop_assert_eq!(numbers.len(), lines.len());
            prop_assert_eq!(numbers.iter().collect::<Vec<_>>(), lines.clone());
            for row in 0..=lines.len() {
                prop_assert_eq!(numbers.get(row), lines.get(row).copied());
            }
            let half = lines.len() / 2;
            prop_assert_eq!(numbers.head(half).iter().collect::<Vec<_>>(), lines[..half].to_vec());
        }
    }

    #[test]
    fn a_log_without_gaps_is_one_run() {
        let numbers = LineNumbers::consecutive(2, 1_000);
        assert_eq!(
            (numbers.runs.len(), numbers.get(999), numbers.get(1_000)),
            (1, Some(1_001), None)
        );
        assert_eq!(numbers, (2..1_002).collect::<LineNumbers>());
        assert!(LineNumbers::consecutive(5, 0).is_empty());
    }
}
