//! Words of the list of all runs: filters, comparison, queue, trash, notes.

use crate::gui::i18n::{Text, number};
use crate::gui::settings::Language;

pub const FILTER_RUNS: Text = Text::new("Filter the runs", "筛选任务");
pub const ALL: Text = Text::new("all", "全部");
pub const LIVE: Text = Text::new("under way", "进行中");
pub const DONE: Text = Text::new("done", "已结束");
pub const BROKEN: Text = Text::new("failed", "失败");
pub const WAITING: Text = Text::new("not started", "未启动");
pub const ARCHIVED: Text = Text::new("archived too", "含已归档");
pub const SCROLL: Text = Text::new("Scroll the runs", "滚动任务列表");
pub const NAME: Text = Text::new("Name", "名称");
pub const TAGS: Text = Text::new("Tags", "标记");
pub const BATCH: Text = Text::new("Batch", "批大小");
pub const EPOCHS: Text = Text::new("Epochs", "轮数");
pub const WORKED: Text = Text::new("Worked", "用时");
pub const STARTED: Text = Text::new("Started", "开始时间");

pub const OVERLAY: Text = Text::new("Overlay", "曲线叠加");
pub const DIFFERENCES: Text = Text::new("Only what differs", "仅看差异");
pub const SCATTER: Text = Text::new("Scatter", "散点");
pub const QUEUE: Text = Text::new("Queue", "队列");
pub const TRASH: Text = Text::new("Trash", "回收站");
pub const CHOOSE_ALL: Text = Text::new("Choose all listed", "全选");
pub const CHOOSE_NONE: Text = Text::new("Choose none", "清除选择");
pub const CHOOSE_RUNS: Text = Text::new(
    "Tick runs above to draw them in one plot",
    "勾选上方任务，曲线将绘于同一图中",
);
pub const CHOOSE_TWO: Text = Text::new(
    "Tick two or more runs above to see in what they differ",
    "勾选上方两个或更多任务，查看其差异",
);
pub const CURVE: Text = Text::new("Curve that is compared", "对比的曲线");
pub const SETTING: Text = Text::new("Setting or result", "设置或结果");
pub const ACROSS: Text = Text::new("Across", "横轴");
pub const UP: Text = Text::new("Up", "纵轴");
pub const NO_POINTS: Text = Text::new("No run has both of these numbers", "没有同时具备这两个数值的任务");

pub const NOW: Text = Text::new("now", "进行中");
pub const EARLIER: Text = Text::new("Earlier", "提前");
pub const LATER: Text = Text::new("Later", "延后");
pub const UNQUEUE: Text = Text::new("Take out of the queue", "移出队列");
pub const START_NOW: Text = Text::new("Start", "开始训练");
pub const ADD_TO_QUEUE: Text = Text::new("Add to the queue", "加入队列");
pub const HOLD: Text = Text::new("Hold the queue", "暂停队列");
pub const RELEASE: Text = Text::new("Let the queue go on", "继续队列");
pub const HELD: Text = Text::new("held", "已暂停");
pub const FORGET_PROBLEMS: Text = Text::new("Dismiss the messages", "清除提示");
pub const QUEUE_EMPTY: Text = Text::new("No run waits", "没有排队的任务");
pub const QUEUE_WHY: Text = Text::new(
    "Runs are trained one at a time, also after this window is closed",
    "任务依次训练；关闭此窗口后队列仍会继续",
);
pub const TRASH_EMPTY: Text = Text::new("No run is in the trash", "回收站中没有任务");
pub const RESTORE: Text = Text::new("Restore", "恢复");
pub const UNDO: Text = Text::new("Undo", "撤销");

pub const FORK: Text = Text::new("Go on from a checkpoint…", "从检查点分支…");
pub const REPEAT: Text = Text::new("Repeat with other settings…", "更改设置后重新运行…");
pub const ARCHIVE: Text = Text::new("Archive", "归档");
pub const UNARCHIVE: Text = Text::new("Take out of the archive", "取消归档");

pub const NOTES: Text = Text::new("Notes", "备注");
pub const NOTE: Text = Text::new("Note", "备注");
pub const NOTE_HINT: Text = Text::new("What was tried, what was learnt", "尝试了什么，得到什么结论");
pub const TAGS_HINT: Text = Text::new("such as baseline, keep (with commas)", "例如：基线，保留（以逗号分隔）");
pub const SAVE: Text = Text::new("Save", "保存");

pub const VIEW_RUN: Text = Text::new("This run", "当前任务");
pub const VIEW_CHARTS: Text = Text::new("All curves", "全部曲线");
pub const VIEW_RUNS: Text = Text::new("All runs", "全部任务");
pub const VIEW_MODELS: Text = Text::new("Base models", "基础模型");

pub fn deleted(lang: Language, run_id: &str) -> String {
    match lang {
        Language::English => format!("{run_id} is in the trash"),
        Language::Chinese => format!("{run_id} 已移到回收站"),
    }
}

pub fn shown_of(lang: Language, shown: usize, all: usize) -> String {
    let (shown, all) = (number::count(shown as u64), number::count(all as u64));
    match lang {
        Language::English => format!("{shown} of {all}"),
        Language::Chinese => format!("{shown} / {all}"),
    }
}

pub fn first_of(lang: Language, shown: usize, all: usize) -> String {
    match lang {
        Language::English => format!("The first {shown} of {all} chosen runs"),
        Language::Chinese => format!("所选 {all} 个任务中的前 {shown} 个"),
    }
}

pub fn queued(lang: Language, place: usize) -> String {
    match lang {
        Language::English => format!("queued, {place}"),
        Language::Chinese => format!("排队第 {place}"),
    }
}

pub fn compare_run(lang: Language, short_name: &str) -> String {
    match lang {
        Language::English => format!("Compare run {short_name}"),
        Language::Chinese => format!("对比任务 {short_name}"),
    }
}

/// `goes on from step 300 of run 3`
pub fn origin(lang: Language, run: &str, step: Option<u64>) -> String {
    match (lang, step.map(number::count)) {
        (Language::English, Some(step)) => format!("goes on from step {step} of {}", run.to_lowercase()),
        (Language::English, None) => format!("repeats {}", run.to_lowercase()),
        (Language::Chinese, Some(step)) => format!("自{run}第 {step} 步分支"),
        (Language::Chinese, None) => format!("重新运行{run}"),
    }
}

/// `Queue: run 13, run 14`
pub fn queue_line(lang: Language, names: &[String]) -> String {
    let shown = names.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(3);
    match (lang, more) {
        (Language::English, 0) => format!("Queue: {shown}"),
        (Language::English, more) => format!("Queue: {shown} and {more} more"),
        (Language::Chinese, 0) => format!("队列：{shown}"),
        (Language::Chinese, more) => format!("队列：{shown} 等，另有 {more} 个"),
    }
}
