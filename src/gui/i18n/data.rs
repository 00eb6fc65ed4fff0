//! Words of the data page.

use super::{Text, number};
use crate::engine::ingest::RowCounts;
use crate::gui::settings::Language;

pub const TITLE: Text = Text::new("Data", "数据");
pub const READING: Text = Text::new("Reading the log", "读取日志");
pub const PREVIEWING: Text = Text::new("Reading the first rows", "读取前几行");
pub const CHANGE: Text = Text::new("Change how it is read…", "更改读取方式…");
pub const NO_LOG: Text = Text::new(
    "The project has no log yet; open one, or drop files on the window",
    "项目中还没有日志；请打开日志，或将文件拖到窗口中",
);
pub const EMPTY: Text = Text::new("Open a behaviour log", "打开行为日志");
pub const EMPTY_WHY: Text = Text::new(
    "One row an event: who, what, when. CSV, TSV, fixed width, JSON Lines (also .gz, .zst) or Parquet: one file, several, a folder, or a path with * and ?. How it is read is found, shown, and yours to change; nothing in your files is changed.",
    "每行一个事件：谁、什么商品、什么时间。支持 CSV、TSV、定宽、JSON Lines（可为 .gz、.zst）或 Parquet：单个文件、多个文件、文件夹，或含 * 和 ? 的路径。读取方式会自动识别、显示并可更改；不会修改您的文件。",
);
pub const OPEN: Text = Text::new("Open a log…", "打开日志…");
pub const AS_DETECTED: Text = Text::new("Read as it is detected", "按自动识别读取");
pub const OPEN_ANOTHER: Text = Text::new("Open another log…", "打开其他日志…");
pub const ITEMS: Text = Text::new("Item table…", "商品表…");
pub const PATH_HINT: Text = Text::new("or type a path", "或输入路径");
pub const AUDIT: Text = Text::new("See the quality report", "查看质量报告");
pub const DIALECT: Text = Text::new("How it was read", "读取方式");
pub const COLUMNS: Text = Text::new("Columns", "列");
pub const ROWS: Text = Text::new("Rows", "数据行");
pub const REJECTED: Text = Text::new("Rejected lines", "被拒绝的行");
pub const INVALID: Text = Text::new("Cells of another type", "与列类型不符的单元格");
pub const COLUMN: Text = Text::new("Column", "列名");
pub const TYPE: Text = Text::new("Type", "类型");
pub const ROLE: Text = Text::new("Role", "角色");
pub const WHY: Text = Text::new("Why", "依据");
pub const MISSING: Text = Text::new("Missing", "缺失");
pub const INVALID_COUNT: Text = Text::new("Not of the type", "类型不符");
pub const EXAMPLE: Text = Text::new("Example", "示例");
pub const CAUSE: Text = Text::new("Cause", "原因");
pub const RAW: Text = Text::new("Text in the file", "原文");
pub const VALUE: Text = Text::new("Value", "值");
pub const FILE: Text = Text::new("File", "文件");
pub const FORMAT: Text = Text::new("Format", "格式");
pub const ENCODING: Text = Text::new("Encoding", "编码");
pub const DELIMITER: Text = Text::new("Delimiter", "分隔符");
pub const QUOTE: Text = Text::new("Quote", "引号");
pub const HEADER: Text = Text::new("Header", "表头");
pub const LINE_ENDING: Text = Text::new("Line ending", "换行符");
pub const FILES: Text = Text::new("Files", "文件数");
pub const SIZE: Text = Text::new("Size", "大小");
pub const YES: Text = Text::new("yes", "有");
pub const NO: Text = Text::new("no", "无");
pub const NONE: Text = Text::new("none", "无");
pub const TAB: Text = Text::new("tab", "制表符");
pub const DETECT: Text = Text::new("found in the file", "自动识别");
pub const EVIDENCE: Text = Text::new("Evidence", "判断依据");
pub const ALL_ACCEPTED: Text = Text::new("Every record fits the table", "所有记录都符合表结构");

/// `3 of 12 files differ from the first`
pub fn differing(lang: Language, files: usize, all: usize) -> String {
    match lang {
        Language::English => format!("{files} of {all} files differ from the first"),
        Language::Chinese => format!("{all} 个文件中有 {files} 个与第一个不同"),
    }
}

/// `60,012 accepted + 24 rejected + 1 skipped = 60,037 records`
pub fn facts(lang: Language, rows: RowCounts, elapsed_ms: u64) -> String {
    let n = number::count;
    let secs = number::span_secs(elapsed_ms as f64 / 1000.0, lang);
    match lang {
        Language::English => format!(
            "{} accepted + {} rejected + {} skipped = {} records · {secs}",
            n(rows.accepted),
            n(rows.rejected),
            n(rows.skipped),
            n(rows.total)
        ),
        Language::Chinese => format!(
            "{} 接受 + {} 拒绝 + {} 跳过 = {} 条记录 · {secs}",
            n(rows.accepted),
            n(rows.rejected),
            n(rows.skipped),
            n(rows.total)
        ),
    }
}
