//! Words of the frame around the pages.

use super::Text;
use crate::gui::settings::Language;
use crate::gui::state::StageMark;

pub const GROUP_DATA: Text = Text::new("Data", "数据");
pub const GROUP_MODEL: Text = Text::new("Model", "模型");
pub const GROUP_DECIDE: Text = Text::new("Decide", "决策");
pub const LINEAGE: Text = Text::new("Lineage", "血缘");
pub const SETTINGS: Text = Text::new("Settings", "设置");
pub const WELCOME: Text = Text::new("Welcome page", "欢迎页");
pub const NO_PROJECT: Text = Text::new("No project", "未打开项目");
pub const OPEN_PROJECT: Text = Text::new("Open project…", "打开项目…");
pub const CLOSE_PROJECT: Text = Text::new("Close project", "关闭项目");
pub const READ_ONLY: Text = Text::new("read-only", "只读");
pub const READ_ONLY_WHY: Text = Text::new(
    "The project is open in another window; nothing can be changed here",
    "项目已在另一个窗口中打开，此处不能修改",
);
pub const THEME: Text = Text::new("Theme", "主题");
pub const DARK: Text = Text::new("Dark", "深色");
pub const LIGHT: Text = Text::new("Light", "浅色");
pub const SYSTEM: Text = Text::new("System", "跟随系统");
pub const LANGUAGE: Text = Text::new("Language", "语言");
pub const DISMISS: Text = Text::new("Dismiss", "知道了");
pub const COMMANDS: Text = Text::new("Search or run a command", "搜索或执行命令");
pub const NO_COMMAND: Text = Text::new("Nothing has that name", "没有匹配的命令");
pub const KIND_PAGE: Text = Text::new("page", "页面");
pub const KIND_ACTION: Text = Text::new("action", "操作");
pub const KIND_PROJECT: Text = Text::new("recent project", "最近项目");
pub const RUN_AUDIT: Text = Text::new("Audit the log again", "重新审计日志");
pub const EXPORT_AUDIT: Text = Text::new("Export the quality report…", "导出质量报告…");
pub const OPEN_ITEMS: Text = Text::new("Choose the item table…", "选择商品表…");
pub const DROP: Text = Text::new("Release to open", "松开鼠标即可打开");
pub const DROP_WHY: Text = Text::new(
    "A project folder is opened; log files, or a folder of them, are read as one log. Nothing in your files is changed.",
    "项目文件夹将直接打开；日志文件或其文件夹将作为一份日志读取。不会修改您的文件。",
);

/// The first of the files that hover over the window, and how many there are beyond them.
pub fn dropped(lang: Language, names: &[String]) -> String {
    const SHOWN: usize = 3;
    let first = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>();
    let more = names.len().saturating_sub(SHOWN);
    match (lang, more) {
        (Language::English, 0) => first.join(", "),
        (Language::Chinese, 0) => first.join("、"),
        (Language::English, more) => format!("{} and {more} more", first.join(", ")),
        (Language::Chinese, more) => format!("{} 等，另有 {more} 个", first.join("、")),
    }
}
pub const IDLE: Text = Text::new("Nothing is running", "没有正在运行的任务");

/// A language's own name, the same whatever language is shown.
pub fn native_name(language: Language) -> &'static str {
    match language {
        Language::English => "English",
        Language::Chinese => "中文",
    }
}

/// The same, short enough for the top bar.
pub fn native_mark(language: Language) -> &'static str {
    match language {
        Language::English => "EN",
        Language::Chinese => "中文",
    }
}

/// What a stage mark means, for hover and screen readers.
pub fn mark(mark: StageMark) -> Text {
    match mark {
        StageMark::Nothing => Text::new("nothing yet", "尚无结果"),
        StageMark::Running => Text::new("running", "运行中"),
        StageMark::Done => Text::new("done", "已完成"),
        StageMark::NeedsAttention => Text::new("needs attention", "需要关注"),
        StageMark::Stale => Text::new("out of date", "已过期"),
    }
}

pub fn jobs(lang: Language, n: usize) -> String {
    match (lang, n) {
        (Language::English, 1) => "1 job running".to_owned(),
        (Language::English, n) => format!("{n} jobs running"),
        (Language::Chinese, n) => format!("{n} 个任务运行中"),
    }
}
