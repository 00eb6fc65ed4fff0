//! Words of the curves of a run.

use super::{LEARNING_RATE, PADDING, STEP, TRAIN_LOSS, runs, valid_metric};
use crate::gui::i18n::{Text, number};
use crate::gui::settings::Language;

pub const NO_STEPS: Text = Text::new("Drawn from the first step on", "自第一步起绘制");
pub const NO_EVALUATION: Text = Text::new("Drawn from the first evaluation on", "自首次评估起绘制");
pub const STEPS: Text = Text::new("steps", "步");
pub const EPOCHS: Text = Text::new("epochs", "轮");
pub const TIME: Text = Text::new("time", "时间");
pub const LOG: Text = Text::new("log scale", "对数坐标");
pub const SMOOTHING: Text = Text::new("Smoothing", "平滑");
pub const EPOCH_AXIS: Text = Text::new("epoch", "轮");
pub const SECONDS: Text = Text::new("seconds of work", "工作时间（秒）");
pub const MINUTES: Text = Text::new("minutes of work", "工作时间（分钟）");
pub const HOURS: Text = Text::new("hours of work", "工作时间（小时）");
pub const NO_CURVES: Text = Text::new("Curves appear here with the first steps", "训练开始后，此处显示曲线");

pub const GRAD_NORM: Text = Text::new("Gradient norm", "梯度范数");
pub const SAMPLES_PER_SEC: Text = Text::new("Samples a second", "每秒样本数");
pub const TOKENS_PER_SEC: Text = Text::new("Tokens a second", "每秒词元数");
pub const FLOP_UTILISATION: Text = Text::new("Compute use (MFU)", "算力利用率 (MFU)");
pub const COMPUTE: Text = Text::new("Compute use", "算力利用率");
pub const COMPUTE_WHY: Text = Text::new(
    "Model FLOP utilisation: what the tokens of a second cost in arithmetic, over the measured rate of large matrix products on this device",
    "模型算力利用率 (MFU)：每秒词元所需的浮点运算量与本设备实测矩阵乘法速率之比",
);
pub const OF_PEAK: Text = Text::new("of the measured peak", "占实测峰值");
pub const CPU_CORES: Text = Text::new("CPU cores in use", "占用的 CPU 核数");
pub const MEMORY: Text = Text::new("Memory of the worker", "训练进程内存");
pub const GPU_BUSY: Text = Text::new("GPU busy", "GPU 使用率");
pub const GPU_MEMORY: Text = Text::new("GPU memory", "GPU 显存");
pub const GPU_POWER: Text = Text::new("GPU power", "GPU 功率");
pub const GPU_TEMPERATURE: Text = Text::new("GPU temperature", "GPU 温度");
pub const NO_PEAK: Text = Text::new(
    "Compute use is unknown: the rate of this device could not be measured",
    "算力利用率未知：无法测量本设备的速率",
);

/// `Compute use is measured against 95 GFLOP/s, the rate of large matrix products on this device (2026-11-30 18:02)`
pub fn peak(lang: Language, per_sec: f64, measured: &str) -> String {
    let rate = if per_sec >= 1e12 {
        format!("{} TFLOP/s", number::compact(per_sec / 1e12))
    } else {
        format!("{} GFLOP/s", number::compact(per_sec / 1e9))
    };
    match lang {
        Language::English => {
            format!(
                "Compute use is measured against {rate}, the rate of large matrix products on this device ({measured})"
            )
        }
        Language::Chinese => format!("算力利用率以 {rate} 为基准，即本设备大矩阵乘法的实测速率（{measured}）"),
    }
}

/// `GPU 97 %, 41 GB, 540 W, 61 °C`
pub fn gpu(lang: Language, gpu: &crate::engine::run::event::GpuUse) -> String {
    let mut told = vec![
        format!("GPU {}", number::share(gpu.busy)),
        number::bytes(gpu.memory_used_bytes),
    ];
    told.extend(gpu.power_watts.map(|watts| format!("{watts:.0} W")));
    told.extend(gpu.temperature_celsius.map(|celsius| format!("{celsius:.0} °C")));
    match lang {
        Language::English => told.join(", "),
        Language::Chinese => told.join("，"),
    }
}

/// Name of a curve or of a setting; one without a name of its own is shown as it is stored.
pub fn curve_name(lang: Language, name: &str) -> String {
    use crate::engine::run::replay::curve;
    if let Some(metric) = name.strip_prefix("valid/") {
        return valid_metric(lang, metric);
    }
    lang.t(match name {
        curve::TRAIN_LOSS => TRAIN_LOSS,
        curve::LEARNING_RATE => LEARNING_RATE,
        curve::GRAD_NORM => GRAD_NORM,
        curve::SAMPLES_PER_SEC => SAMPLES_PER_SEC,
        curve::TOKENS_PER_SEC => TOKENS_PER_SEC,
        curve::FLOP_UTILISATION => FLOP_UTILISATION,
        curve::PADDING_SHARE => PADDING,
        curve::CPU_CORES => CPU_CORES,
        curve::RSS_BYTES => MEMORY,
        curve::GPU_BUSY => GPU_BUSY,
        curve::GPU_MEMORY => GPU_MEMORY,
        curve::GPU_POWER => GPU_POWER,
        curve::GPU_TEMPERATURE => GPU_TEMPERATURE,
        "step" => STEP,
        "active_secs" => runs::WORKED,
        "batch_size" => runs::BATCH,
        "epochs" => runs::EPOCHS,
        other => return other.to_owned(),
    })
    .to_owned()
}
