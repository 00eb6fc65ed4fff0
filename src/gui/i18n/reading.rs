//! Words of how a file is read: decisions, their choices, the first rows.

use super::{Text, number};
use crate::engine::ingest::{FileFormat, LineEnding, Ragged, ReadingPart, TimeChoice};
use crate::gui::settings::Language;

pub const TITLE: Text = Text::new("How this file is read", "此文件的读取方式");
pub const APPLY: Text = Text::new("Apply to the whole log", "应用到整个日志");
pub const RESET: Text = Text::new("Reset to what was found", "恢复为自动识别");
pub const CLOSE: Text = Text::new("Back", "返回");
pub const FILE: Text = Text::new("File", "文件");
pub const COLUMNS: Text = Text::new("Columns", "列");
pub const FIRST_ROWS: Text = Text::new("First rows", "前几行");
pub const AS_FOUND: Text = Text::new("as found", "按识别结果");
pub const SET_BY_YOU: Text = Text::new("set by you", "由您设定");
pub const STATE: Text = Text::new("What becomes of it", "处理结果");
pub const SKIPPED_FOOTER: Text = Text::new("skipped: footer", "跳过：尾部");
pub const READ: Text = Text::new("read", "已读");
pub const NOT_SHOWN: Text = Text::new("not shown", "未显示");
pub const SKIPPED: Text = Text::new("skipped", "跳过");
pub const REJECTED: Text = Text::new("rejected", "拒绝");
pub const MADE_TO_FIT: Text = Text::new("made to fit", "已补齐或截断");
pub const NO_PARQUET: Text = Text::new(
    "A Parquet file says itself how it is read; only roles can be changed.",
    "Parquet 文件自带读取方式；只能更改列的角色。",
);
pub const OTHER: Text = Text::new("Another character", "其他字符");
pub const STARTS: Text = Text::new("First characters of the columns", "各列的起始字符");
pub const STARTS_HINT: Text = Text::new("1, 12, 30", "1, 12, 30");
pub const USUAL_NULLS: Text = Text::new("the usual spellings", "常见写法");
pub const ONLY_EMPTY: Text = Text::new("only empty cells", "仅空单元格");
pub const THESE: Text = Text::new("these spellings", "以下写法");
pub const NULLS_HINT: Text = Text::new("NA, null, -, 空", "NA, null, -, 空");
pub const TRUE_WORDS: Text = Text::new("Words for true", "表示真的词");
pub const FALSE_WORDS: Text = Text::new("Words for false", "表示假的词");
pub const TRUE_HINT: Text = Text::new("yes, 是, 1", "是, yes, 1");
pub const FALSE_HINT: Text = Text::new("no, 否, 0", "否, no, 0");
pub const NONE: Text = Text::new("none", "无");
pub const DOUBLED: Text = Text::new("quotes are doubled", "引号成对书写");
pub const SPACE: Text = Text::new("space", "空格");
pub const PATTERN: Text = Text::new("Pattern", "格式串");
pub const OWN_PATTERN: Text = Text::new("a pattern of your own", "自定义格式串");
pub const PATTERN_HINT: Text = Text::new("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M");
pub const LATIN: Text = Text::new("windows-1252 (Latin-1)", "windows-1252（Latin-1）");
pub const GB: Text = Text::new("GB18030 (GBK)", "GB18030（GBK）");
pub const NOT_ALL_FILES: Text = Text::new(
    "The first eight files are looked at here; all are read when you apply.",
    "此处只查看前八个文件；应用时读取全部。",
);

/// What a decision is about.
pub fn part(part: ReadingPart) -> Text {
    match part {
        ReadingPart::Format => Text::new("Format of the lines", "行的格式"),
        ReadingPart::Encoding => Text::new("Encoding", "编码"),
        ReadingPart::LineEnding => Text::new("Line ending", "换行符"),
        ReadingPart::Delimiter => Text::new("Delimiter", "分隔符"),
        ReadingPart::Quote => Text::new("Quote", "引号"),
        ReadingPart::Escape => Text::new("Escape", "转义符"),
        ReadingPart::Comments => Text::new("Comment lines begin with", "注释行的前缀"),
        ReadingPart::Preamble => Text::new("Lines before the table", "表前的行数"),
        ReadingPart::Header => Text::new("Header", "表头"),
        ReadingPart::Footer => Text::new("Lines after the table", "表后的行数"),
        ReadingPart::Ragged => Text::new("Rows with too few or too many fields", "字段过少或过多的行"),
        ReadingPart::Nulls => Text::new("Written for null", "空值的写法"),
        ReadingPart::Booleans => Text::new("True and false", "真与假"),
    }
}

/// What holds where nothing was seen and nothing decided.
pub fn unseen(part: ReadingPart) -> Text {
    match part {
        ReadingPart::Format => Text::new(
            "No JSON objects, no columns of fixed width",
            "不是 JSON 对象，也不是定宽列",
        ),
        ReadingPart::Escape => Text::new("No backslash stands before a quote", "引号前没有反斜杠"),
        ReadingPart::Comments => Text::new("No comment lines in the sample", "样本中没有注释行"),
        ReadingPart::Preamble => Text::new("The table begins on the first line", "表从第一行开始"),
        ReadingPart::Footer => Text::new(
            "No lines after a blank line at the end that fit no row",
            "末尾空行之后没有不符合数据行的内容",
        ),
        ReadingPart::Ragged => Text::new(
            "They are kept aside with their line and cause",
            "连同行号和原因单独保留",
        ),
        ReadingPart::Nulls => Text::new(
            "NA, N/A, null, None, NaN, nil, -, --, \\N, (null), <NA>, #N/A and their like, 空, 空值, and the empty cell",
            "NA、N/A、null、None、NaN、nil、-、--、\\N、(null)、<NA>、#N/A 等写法，空、空值，以及空单元格",
        ),
        ReadingPart::Booleans => Text::new(
            "Usual: true/false, yes/no, t/f, y/n, on/off, 是/否, 真/假",
            "常见写法：true/false、yes/no、t/f、y/n、on/off、是/否、真/假",
        ),
        _ => Text::new("Nothing of the kind was seen", "未发现此类内容"),
    }
}

pub fn format(format: FileFormat) -> Text {
    match format {
        FileFormat::Csv => Text::new("cells between delimiters", "分隔符分隔"),
        FileFormat::FixedWidth => Text::new("fixed width", "定宽"),
        FileFormat::Jsonl => Text::new("JSON Lines", "JSON Lines"),
    }
}

pub fn line_ending(end: LineEnding) -> Text {
    match end {
        LineEnding::Lf => Text::new("LF", "LF"),
        LineEnding::Crlf => Text::new("CRLF", "CRLF"),
        LineEnding::Cr => Text::new("CR", "CR"),
    }
}

pub fn ragged(ragged: Ragged) -> Text {
    match ragged {
        Ragged::Reject => Text::new("reject them", "拒绝"),
        Ragged::Pad => Text::new("pad with nulls, cut", "以空值补齐、截断"),
    }
}

pub fn time(choice: &TimeChoice) -> Text {
    match choice {
        TimeChoice::DayFirst => Text::new("day first (31/12/2019)", "日在前（31/12/2019）"),
        TimeChoice::MonthFirst => Text::new("month first (12/31/2019)", "月在前（12/31/2019）"),
        TimeChoice::EpochSeconds => Text::new("seconds since 1970", "1970 年以来的秒数"),
        TimeChoice::EpochMillis => Text::new("milliseconds since 1970", "1970 年以来的毫秒数"),
        TimeChoice::EpochMicros => Text::new("microseconds since 1970", "1970 年以来的微秒数"),
        TimeChoice::Compact => Text::new("yyyymmdd", "yyyymmdd"),
        TimeChoice::Pattern(_) => OWN_PATTERN,
    }
}

/// `Type of price`
pub fn type_of(lang: Language, column: &str) -> String {
    match lang {
        Language::English => format!("Type of {column}"),
        Language::Chinese => format!("{column} 的类型"),
    }
}

/// `Written as, price`
pub fn written_as(lang: Language, column: &str) -> String {
    match lang {
        Language::English => format!("Format of {column}"),
        Language::Chinese => format!("{column} 的格式"),
    }
}

/// `found: integer`
pub fn found(lang: Language, value: &str) -> String {
    match lang {
        Language::English => format!("found: {value}"),
        Language::Chinese => format!("识别：{value}"),
    }
}

/// `9 columns · 100 of about 1,200,000 rows · 3 rejected · 12 cells not of the type · 24 ms`
pub fn facts(lang: Language, seen: &crate::engine::ingest::Preview) -> String {
    let info = &seen.log.info;
    let n = number::count;
    let invalid: u64 = info.columns.iter().map(|column| column.invalid).sum();
    let about = seen.expected_rows.filter(|_| !seen.whole);
    let (columns, rows, rejected) = (info.columns.len(), info.rows.accepted, info.rows.rejected);
    let mut parts = Vec::new();
    match lang {
        Language::English => {
            parts.push(format!("{columns} columns"));
            parts.push(match about {
                Some(all) => format!("{} of about {} rows read", n(rows), n(all)),
                None if seen.whole => format!("{} rows, all there are", n(rows)),
                None => format!("the first {} rows", n(rows)),
            });
            parts.push(format!("{} rejected", n(rejected)));
            parts.push(format!("{} cells not of the type", n(invalid)));
            parts.push(format!("{} ms", info.elapsed_ms));
        }
        Language::Chinese => {
            parts.push(format!("{columns} 列"));
            parts.push(match about {
                Some(all) => format!("已读 {} 行，共约 {} 行", n(rows), n(all)),
                None if seen.whole => format!("共 {} 行", n(rows)),
                None => format!("前 {} 行", n(rows)),
            });
            parts.push(format!("拒绝 {} 行", n(rejected)));
            parts.push(format!("{} 个单元格类型不符", n(invalid)));
            parts.push(format!("{} 毫秒", info.elapsed_ms));
        }
    }
    parts.join(" · ")
}

/// `Choices for columns that are gone are left out: price`
pub fn unknown_columns(lang: Language, names: &[String]) -> String {
    match lang {
        Language::English => format!(
            "Choices for columns that are gone will be dropped: {}",
            names.join(", ")
        ),
        Language::Chinese => format!("将放弃对已不存在的列的设定：{}", names.join("、")),
    }
}
