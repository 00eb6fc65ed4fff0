//! Fixed width: the cells of a column stand at the same characters of every line, padded with spaces.
//!
//! Invariant: one line gives one record of as many cells as there are columns; a line of nothing but dashes, as
//! stands under a header, gives a blank one.

use super::rewritten::{FORMAT, push_cell};

/// Fewer lines than this show no pattern.
const LEAST_LINES: usize = 5;
/// Share of a column's cells that begin, or end, at the same character.
const ALIGNED: f64 = 0.9;
/// Share of the lines in which a column must hold something.
const FILLED: f64 = 0.5;

/// Where each column begins, in characters; the first at 0, and each reaches to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    starts: Vec<usize>,
}

/// A run of characters `start..end` that some line fills.
#[derive(Clone, Copy)]
struct Block {
    start: usize,
    end: usize,
    is_left_aligned: bool,
    is_right_aligned: bool,
}

impl Columns {
    /// Finds the columns of whole lines; `None` where the text is no padded table: a tab, no common gap, or cells
    /// that begin and end anywhere.
    pub(super) fn find(lines: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(lines).ok()?;
        let lines: Vec<Vec<char>> = text
            .lines()
            .map(str::trim_end)
            .filter(|line| !line.is_empty() && !is_ruler(line.as_bytes()))
            .map(|line| line.chars().collect())
            .collect();
        if lines.len() < LEAST_LINES || lines.iter().flatten().any(|character| character.is_control()) {
            return None;
        }
        let blocks = blocks(&lines);
        let fit = blocks
            .iter()
            .all(|block| block.is_left_aligned || block.is_right_aligned);
        (blocks.len() > 1 && fit).then(|| Self {
            starts: starts(&blocks),
        })
    }

    /// Columns whose first characters, counted from 1, the user gave.
    pub(super) fn at(starts: &[u32]) -> Self {
        Self {
            starts: starts.iter().map(|&start| start as usize - 1).collect(),
        }
    }

    pub(super) fn count(&self) -> usize {
        self.starts.len()
    }

    /// First characters of the columns counted from 1, as people count them: `1, 12, 30`.
    pub(super) fn described(&self) -> String {
        let starts: Vec<String> = self.starts.iter().map(|start| (start + 1).to_string()).collect();
        starts.join(", ")
    }

    /// Cuts whole lines into cells without their padding.
    pub(super) fn rewrite(&self, lines: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(lines.len());
        for line in lines.split_inclusive(|&byte| byte == b'\n') {
            let text = line.trim_ascii_end();
            if !text.is_empty() && !is_ruler(text) {
                self.push_cells(text, &mut out);
            }
            out.push(FORMAT.newline);
        }
        out
    }

    fn push_cells(&self, line: &[u8], out: &mut Vec<u8>) {
        // Bytes that begin a character: whatever the encoding of the file, the lines are UTF-8 here.
        let mut characters = (0..line.len()).filter(|&at| line[at] & 0xC0 != 0x80);
        let mut passed = 0;
        let mut cut = 0;
        for (column, &start) in self.starts.iter().enumerate() {
            let from = cut;
            let next = self.starts.get(column + 1);
            cut = next.map_or(line.len(), |next| {
                let at = characters.nth(next - passed).unwrap_or(line.len());
                passed = next + 1;
                at
            });
            if start > 0 {
                out.push(FORMAT.delimiter);
            }
            push_cell(out, line.get(from..cut).unwrap_or_default().trim_ascii(), false);
        }
    }
}

fn is_ruler(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b'-' | b'=' | b' '))
}

/// The runs of characters that any line fills, with how the cells stand in them. A column that most lines leave
/// empty belongs to the one before it: words of a longer text, not a column.
fn blocks(lines: &[Vec<char>]) -> Vec<Block> {
    let width = lines.iter().map(Vec::len).max().unwrap_or(0);
    let is_filled = |line: &[char], at: usize| line.get(at).is_some_and(|character| *character != ' ');
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for at in 0..width {
        if !lines.iter().any(|line| is_filled(line, at)) {
            continue;
        }
        match runs.last_mut() {
            Some(run) if run.1 == at => run.1 += 1,
            _ => runs.push((at, at + 1)),
        }
    }
    let mut found: Vec<Block> = Vec::new();
    for (start, end) in runs {
        let cell = |line: &&Vec<char>| (start..end).any(|at| is_filled(line, at));
        let filled = lines.iter().filter(cell).count();
        if let Some(before) = found.last_mut()
            && (filled as f64) < FILLED * lines.len() as f64
        {
            before.end = end;
            continue;
        }
        // The first line may name the columns; names stand left above numbers that stand right.
        let below: Vec<&Vec<char>> = lines.iter().skip(1).filter(cell).collect();
        let share = |at: usize| {
            let count = below.iter().filter(|line| is_filled(line, at)).count();
            count as f64 / below.len().max(1) as f64
        };
        found.push(Block {
            start,
            end,
            is_left_aligned: share(start) >= ALIGNED,
            is_right_aligned: share(end - 1) >= ALIGNED,
        });
    }
    found
}

/// Where to cut: the gap belongs to the side that may grow into it in lines not looked at.
fn starts(blocks: &[Block]) -> Vec<usize> {
    let mut starts = vec![0];
    for pair in blocks.windows(2) {
        let (gap, next) = (pair[0].end, pair[1].start);
        starts.push(match (pair[0].is_left_aligned, pair[1].is_right_aligned) {
            (true, true) => (gap + next).div_ceil(2),
            (false, true) => gap,
            (_, false) => next,
        });
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
user      item          price  city
--------- ------------ ------- --------
u1        red dress      19.90 上海
u20       shoe            5.00 Paris
u300      bag of bags   120.00 北京
u4        hat             7.25
u5        red hat         8.10 New York
";

    fn cells(columns: &Columns, lines: &str) -> Vec<Vec<String>> {
        let text = String::from_utf8(columns.rewrite(lines.as_bytes())).expect("text stays text");
        let records = text.split_terminator('\u{1E}');
        records
            .map(|record| record.split('\u{1F}').map(str::to_owned).collect())
            .collect()
    }

    #[test]
    fn a_padded_table_is_cut_at_its_gaps() {
        let columns = Columns::find(TABLE.as_bytes()).expect("aligned");
        assert_eq!(columns.count(), 4);
        let cells = cells(&columns, TABLE);
        assert_eq!(cells[0], ["user", "item", "price", "city"]);
        assert_eq!(cells[1], [""], "the ruler is a blank record");
        assert_eq!(cells[4], ["u300", "bag of bags", "120.00", "北京"]);
        assert_eq!(cells[5], ["u4", "hat", "7.25", ""]);
        assert_eq!(cells[6], ["u5", "red hat", "8.10", "New York"]);
    }

    #[test]
    fn longer_cells_below_what_was_looked_at_are_not_cut() {
        let columns = Columns::find(TABLE.as_bytes()).expect("aligned");
        let line = "u12345678 a longer one 12345.00 Lhasa\n";
        assert_eq!(
            cells(&columns, line)[0],
            ["u12345678", "a longer one", "12345.00", "Lhasa"]
        );
    }

    #[test]
    fn prose_lists_and_tables_with_tabs_are_no_fixed_width() {
        let prose = "This is a text of some lines\nthat nobody padded with anything\nand so it has words anywhere\n\
                     which begin where they like to\nand end there, too, of course\nuntil it ends\n";
        assert_eq!(Columns::find(prose.as_bytes()), None);
        assert_eq!(Columns::find("a\nb\nc\nd\ne\nf\n".as_bytes()), None);
        assert_eq!(Columns::find(TABLE.replace("  ", "\t").as_bytes()), None);
        assert_eq!(Columns::find("a  1\nb  2\n".as_bytes()), None, "two lines show nothing");
    }
}
