//! Words about running the whole flow.

use super::Text;
use crate::gui::settings::Language;

pub const RUN: Text = Text::new("Run the whole flow", "运行完整流程");
pub const STOP: Text = Text::new("Stop the flow", "停止流程");

pub fn stage_of(lang: Language, stage: usize, of: usize) -> String {
    match lang {
        Language::English => format!("Whole flow: stage {stage} of {of}"),
        Language::Chinese => format!("完整流程：第 {stage} / {of} 步"),
    }
}

pub fn stopped(lang: Language, why: &str) -> String {
    match lang {
        Language::English => format!("The flow stopped: {why}"),
        Language::Chinese => format!("流程已停止：{why}"),
    }
}
