//! Documentation of the kinds of rules: enough to write a rules file by hand.
//!
//! Invariant: the keys listed are those the reader knows, and every example is a rules file that is read (tested).

use super::file::{COMMON_KEYS, KINDS};
use crate::engine::artifact::Bilingual;

/// What a kind of rule is about.
#[derive(Clone, Copy, Debug)]
pub struct KindInfo {
    /// The name in files and results.
    pub name: &'static str,
    label: (&'static str, &'static str),
    /// What must hold, in a sentence.
    what: (&'static str, &'static str),
    /// Its own keys, in the order of [`KINDS`].
    keys: &'static [&'static str],
    /// What else to know.
    notes: &'static str,
    /// The lines after `[[rule]]`.
    pub example: &'static str,
}

impl KindInfo {
    pub fn of(name: &str) -> Option<&'static Self> {
        INFOS.iter().find(|info| info.name == name)
    }

    /// The kind in a few words.
    pub fn label(&self) -> Bilingual {
        Bilingual::new(self.label.0, self.label.1)
    }

    /// What must hold, in a sentence.
    pub fn what(&self) -> Bilingual {
        Bilingual::new(self.what.0, self.what.1)
    }

    /// The keys that only this kind has, each with what it says.
    pub fn keys(&self) -> Vec<(&'static str, &'static str)> {
        let own = KINDS
            .iter()
            .find(|(name, _)| *name == self.name)
            .map_or(&[][..], |(_, keys)| keys);
        own.iter().copied().zip(self.keys.iter().copied()).collect()
    }

    /// The whole documentation as Markdown, starting with the name.
    pub fn documentation(&self) -> String {
        let mut out = format!(
            "# {} {} · {}\n\n{}.\n\n",
            self.name, self.label.0, self.label.1, self.what.0
        );
        for (key, says) in self.keys() {
            out += &format!("- `{key}`: {says}\n");
        }
        out += "\nKeys of every kind:\n\n";
        let common = COMMON_KEYS.iter().zip(COMMON);
        for (key, says) in common.filter(|(key, _)| !self.is_one_number() || **key != "mostly") {
            out += &format!("- `{key}`: {says}\n");
        }
        if !self.notes.is_empty() {
            out += &format!("\n{}\n", self.notes);
        }
        out + &format!(
            "\n    version = 1\n\n    [[rule]]\n    {}\n",
            self.example.replace('\n', "\n    ")
        )
    }

    fn is_one_number(&self) -> bool {
        self.name == "freshness"
    }
}

/// What the keys of every kind say, in the order of [`COMMON_KEYS`].
const COMMON: [&str; 5] = [
    "the name of the kind",
    "a condition as in a recipe, such as 'event_type = \"purchase\"': only rows that satisfy it are looked at",
    "the share that must hold, above 0 and up to 1; 1 where it is left out",
    "\"error\", \"warning\" or \"info\": what `--fail-on` looks at; \"error\" where it is left out",
    "why it is expected, for whoever reads that it is broken",
];

/// All kinds, in the order of [`KINDS`].
pub const INFOS: [KindInfo; 10] = [
    KindInfo {
        name: "not_null",
        label: ("has a value", "有值"),
        what: (
            "Every cell of a column has a value that could be read",
            "该列每个单元格都有可读取的值",
        ),
        keys: &["the column"],
        notes: "A text that could not be read as the type of its column is a value that could not be read.",
        example: "kind = \"not_null\"\ncolumn = \"user_id\"",
    },
    KindInfo {
        name: "in_set",
        label: ("one of a list", "取值列表"),
        what: ("Every value of a column is in a list", "该列每个取值都在列表中"),
        keys: &[
            "the column",
            "the list: texts in quotation marks, numbers, times as texts, true and false",
        ],
        notes: "Missing cells are not judged.",
        example: "kind = \"in_set\"\ncolumn = \"event_type\"\nvalues = [\"view\", \"cart\", \"purchase\"]\nmostly = 0.999",
    },
    KindInfo {
        name: "between",
        label: ("in a range", "范围"),
        what: (
            "Every number or time of a column lies in a range, its ends included",
            "该列每个数字或时间都在范围内（含端点）",
        ),
        keys: &[
            "a column of numbers or times",
            "the lower end, a number or a time such as \"2026-10-01 08:00\" (UTC); without it there is none",
            "the upper end; `min` or `max` must stand",
            "true: the lower end does not belong to the range",
            "true: the upper end does not belong to the range",
        ],
        notes: "Missing cells are not judged.",
        example: "kind = \"between\"\ncolumn = \"price\"\nmin = 0\nmax = 100000\nstrict_min = true\nseverity = \"warning\"",
    },
    KindInfo {
        name: "matches",
        label: ("pattern", "格式"),
        what: (
            "The whole of every cell matches a regular expression",
            "每个单元格整体匹配正则表达式",
        ),
        keys: &[
            "the column",
            "a regular expression (syntax of the Rust crate regex); single quotation marks save doubling every backslash",
        ],
        notes: "Missing cells are not judged.",
        example: "kind = \"matches\"\ncolumn = \"session_id\"\npattern = 's\\d{6,}'",
    },
    KindInfo {
        name: "unique_together",
        label: ("unique", "唯一"),
        what: (
            "No two rows have the same values in all of these columns",
            "任意两行在这些列上的取值不全相同",
        ),
        keys: &["one column, or a list of columns that are unique together"],
        notes: "Rows with a missing cell in one of the columns are not judged. Every row of a repeated combination fails.",
        example: "kind = \"unique_together\"\ncolumns = [\"user_id\", \"event_time\", \"event_type\"]",
    },
    KindInfo {
        name: "references",
        label: ("reference", "引用"),
        what: (
            "Every value of a column stands in a column of another table",
            "该列每个取值都存在于另一表的列中",
        ),
        keys: &[
            "the column",
            "\"items\" or \"users\" (the tables given beside the log), or a file, its path counted from the rules file",
            "the column of the other table; the same name where it is left out",
        ],
        notes: "Missing cells are not judged. Without the other table the rule is undefined, which is not passed.",
        example: "kind = \"references\"\ncolumn = \"item_id\"\ntable = \"items\"\nmostly = 0.99",
    },
    KindInfo {
        name: "monotone",
        label: ("order", "顺序"),
        what: (
            "No value is below the one before it, in the order of the file",
            "按文件顺序，取值不小于前一个值",
        ),
        keys: &[
            "a column of numbers or times",
            "one column or a list: each combination of their values is a sequence of its own",
            "\"increasing\" (where it is left out) or \"decreasing\"",
            "true: equal neighbours are a fault as well",
        ],
        notes: "Missing cells are left out of the sequence.",
        example: "kind = \"monotone\"\ncolumn = \"event_time\"\ngroup = [\"user_id\"]",
    },
    KindInfo {
        name: "row_condition",
        label: ("condition", "条件"),
        what: (
            "Every row satisfies a condition in the language of recipes",
            "每行满足条件（语法同清洗方案）",
        ),
        keys: &[
            "= != < <= > >=, in (…), between … and …, contains, starts_with, ends_with, matches, is null, and, or, not, brackets",
        ],
        notes: "Columns of unusual names stand in backquotes. A row on which a missing cell leaves the condition open is \
                not judged, as a CHECK of SQL.",
        example: "kind = \"row_condition\"\ncondition = 'price > 0 or event_type != \"purchase\"'",
    },
    KindInfo {
        name: "freshness",
        label: ("freshness", "新鲜度"),
        what: (
            "The newest time of a column is not older than a span",
            "该列最新时间距参照时刻不超过给定时长",
        ),
        keys: &[
            "a column of times",
            "a whole number and a unit: \"90 seconds\", \"15 minutes\", \"36 hours\", \"7 days\", \"2 weeks\"",
            "\"now\" (where it is left out), \"log_end\" (the newest time of the log's time column) or a moment",
        ],
        notes: "It is about one time, so `mostly` has no meaning. Times later than the moment are left out.",
        example: "kind = \"freshness\"\ncolumn = \"event_time\"\nwithin = \"36 hours\"",
    },
    KindInfo {
        name: "volume",
        label: ("volume", "行数"),
        what: (
            "The number of rows, of the log or of each day, lies in a range",
            "日志或每天的行数在范围内",
        ),
        keys: &[
            "the least rows",
            "the most rows; `min_rows` or `max_rows` must stand",
            "a column of times whose days (UTC) are counted; without it the rows of the log are",
            "true: the first and the last day are judged as well, though they may be cut",
        ],
        notes: "`mostly` is the share of days and has no meaning without `per_day`.",
        example: "kind = \"volume\"\nper_day = \"event_time\"\nmin_rows = 500\nmostly = 0.95",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rules::RuleFile;

    #[test]
    fn every_kind_is_documented_with_its_keys_and_an_example_that_is_read() {
        assert_eq!(COMMON.len(), COMMON_KEYS.len());
        for ((name, keys), info) in KINDS.iter().zip(&INFOS) {
            assert_eq!((*name, keys.len()), (info.name, info.keys.len()));
            let text = format!("version = 1\n\n[[rule]]\n{}\n", info.example);
            let file = RuleFile::parse(&text, "a.toml").unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(file.rules[0].expectation.kind(), *name);
            let told = info.documentation();
            for key in keys.iter().chain(&COMMON_KEYS) {
                let is_told = told.contains(&format!("- `{key}`: "));
                assert_eq!(is_told, !(*name == "freshness" && *key == "mostly"), "{name}: {key}");
            }
            assert!(told.contains("    [[rule]]\n    kind"), "{told}");
        }
        assert!(KindInfo::of("not_null").is_some() && KindInfo::of("none").is_none());
    }
}
