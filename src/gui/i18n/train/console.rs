//! What the events of a run say in the console.

use crate::engine::run::event::{EventBody, phase_label};
use crate::engine::run::replay::ConsoleLine;
use crate::gui::i18n::number;
use crate::gui::settings::Language;

/// What an event says in the console.
pub fn console_line(lang: Language, line: &ConsoleLine) -> String {
    let event = match line {
        ConsoleLine::Event(event) => event,
        ConsoleLine::Corrupt { line, message } => {
            return match lang {
                Language::English => format!("line {line} of events.jsonl cannot be read: {message}"),
                Language::Chinese => format!("events.jsonl 第 {line} 行无法读取：{message}"),
            };
        }
    };
    let t = |en: &str, zh: &str| match lang {
        Language::English => en.to_owned(),
        Language::Chinese => zh.to_owned(),
    };
    match &event.body {
        EventBody::Started {
            device,
            precision,
            train_rows,
            valid_rows,
            params_trainable,
            ..
        } => {
            let counts = [*train_rows, *valid_rows, *params_trainable].map(number::count);
            let [train, valid, params] = counts;
            match lang {
                Language::English => format!(
                    "started on {device}, {precision}: {train} training and {valid} validation rows, {params} weights learn"
                ),
                Language::Chinese => {
                    format!("已启动（{device}，{precision}）：训练 {train} 行，验证 {valid} 行，可训练参数 {params}")
                }
            }
        }
        EventBody::Resumed { from_step } => t(
            &format!("resumed from step {from_step}"),
            &format!("从第 {from_step} 步恢复"),
        ),
        EventBody::Phase { name } => lang.b(&phase_label(name)).to_owned(),
        EventBody::Evaluated { metrics, best, .. } => {
            let values: Vec<String> = metrics
                .iter()
                .map(|(name, value)| format!("{name} {}", number::fixed(*value, 4)))
                .collect();
            let best = if *best {
                t(", the best so far", "，目前最佳")
            } else {
                String::new()
            };
            format!("{} {}{best}", t("evaluated:", "评估："), values.join("  "))
        }
        EventBody::Checkpoint { path, best } => {
            let best = if *best {
                t(" (best)", "（最佳）")
            } else {
                String::new()
            };
            format!("{} {path}{best}", t("checkpoint", "检查点"))
        }
        EventBody::MemoryShort { micro_batch, message } => {
            let rows = number::count(*micro_batch);
            t(
                &format!(
                    "memory ran out: from here on {rows} rows at one time; batch and steps stay as they are ({message})"
                ),
                &format!("内存不足：此后每次计算 {rows} 行，批大小与步数不变（{message}）"),
            )
        }
        EventBody::StepSkipped { skipped, loss_scale } => {
            let (skipped, scale) = (number::count(*skipped), loss_scale.map(|scale| format!("{scale:.0}")));
            let scale = scale.unwrap_or_else(|| "–".to_owned());
            t(
                &format!(
                    "the gradient was not finite, the step changed nothing ({skipped} so far); loss scale now {scale}"
                ),
                &format!("梯度非有限值，本步未更新参数（累计 {skipped} 步）；损失缩放系数现为 {scale}"),
            )
        }
        EventBody::Paused => t("paused", "已暂停"),
        EventBody::Continued => t("goes on", "继续训练"),
        EventBody::Warning { message } | EventBody::Log { message } => message.clone(),
        EventBody::Stopped { reason } => format!("{} {reason}", t("stopped:", "已停止：")),
        EventBody::Finished { stopped_early, .. } if *stopped_early => t(
            "done: stopped early, since the metric no longer improved",
            "已完成：指标不再提升，提前停止",
        ),
        EventBody::Finished { .. } => t("done", "已完成"),
        EventBody::Failed { message, hint } => format!("{} {message} {hint}", t("failed:", "失败：")),
        EventBody::Train { .. } | EventBody::Machine { .. } | EventBody::Compute(_) | EventBody::Heartbeat { .. } => {
            String::new()
        }
    }
}
