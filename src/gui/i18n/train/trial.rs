//! Words of the trial before a run.

use crate::gui::i18n::{Text, number};
use crate::gui::settings::Language;

pub const TRY: Text = Text::new("Try 10 steps", "试训练 10 步");
pub const TRY_WHY: Text = Text::new(
    "Trains ten steps aside, measures time and memory, and leaves nothing behind",
    "另起进程训练十步，测量耗时与内存，不留下任何文件",
);
pub const CANCEL: Text = Text::new("Cancel the trial", "取消试训练");
pub const RUNNING: Text = Text::new("loading the model and training ten steps…", "正在加载模型并训练十步…");
pub const OTHER_SETTINGS: Text = Text::new(
    "The settings have changed since the trial; try again",
    "设置已变更，请重新试训练",
);
pub const WHOLE_RUN: Text = Text::new("The whole run", "整个任务");
pub const STEP: Text = Text::new("A step", "每步");
pub const SPEED: Text = Text::new("Speed", "速度");
pub const MEMORY: Text = Text::new("Memory", "内存");
pub const PARTS: Text = Text::new("Of which", "其中");

pub fn whole_run(lang: Language, span: &str, steps: u64) -> String {
    let steps = number::count(steps);
    match lang {
        Language::English => format!("about {span} for {steps} steps"),
        Language::Chinese => format!("{steps} 步，约 {span}"),
    }
}

pub fn step(lang: Language, secs: f64, longest: f64) -> String {
    match lang {
        Language::English => format!("{secs:.2} s, the longest {longest:.2} s"),
        Language::Chinese => format!("{secs:.2} 秒，最长 {longest:.2} 秒"),
    }
}

pub fn speed(lang: Language, samples: f64, tokens: f64) -> String {
    let tokens = number::count(tokens.round().max(0.0) as u64);
    match lang {
        Language::English => format!("{samples:.1} samples/s, {tokens} tokens/s"),
        Language::Chinese => format!("{samples:.1} 样本/秒，{tokens} 词元/秒"),
    }
}

pub fn memory(lang: Language, peak: &str, estimated: &str) -> String {
    match lang {
        Language::English => format!("{peak} at most (estimated {estimated})"),
        Language::Chinese => format!("最多 {peak}（估计 {estimated}）"),
    }
}

pub fn device_memory(lang: Language, device: &str, host: &str) -> String {
    match lang {
        Language::English => format!("{device} on the device; beside it {host}"),
        Language::Chinese => format!("设备 {device}；主机 {host}"),
    }
}

/// Loading, training, evaluating, writing checkpoints.
pub fn parts(lang: Language, [load, train, eval, checkpoints]: [String; 4]) -> String {
    match lang {
        Language::English => {
            format!("training {train}, evaluations {eval}, checkpoints {checkpoints}, loading {load}")
        }
        Language::Chinese => format!("训练 {train}，评估 {eval}，检查点 {checkpoints}，加载 {load}"),
    }
}

pub fn micro_batch(lang: Language, rows: u64, batch: u64) -> String {
    let (rows, batch) = (number::count(rows), number::count(batch));
    match lang {
        Language::English => {
            format!("{rows} rows at one time, since {batch} do not fit into memory; the result is the same")
        }
        Language::Chinese => format!("内存放不下 {batch} 行，每次计算 {rows} 行；结果相同"),
    }
}

pub fn measured_on(lang: Language, steps: u64, device: &str, precision: &str) -> String {
    match lang {
        Language::English => {
            format!("measured over {steps} steps on {device}, {precision}; early stopping may end it sooner")
        }
        Language::Chinese => format!("在 {device}（{precision}）上测量 {steps} 步；提前停止会更早结束"),
    }
}
