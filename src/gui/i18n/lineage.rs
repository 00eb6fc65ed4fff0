//! Words of the Lineage page.

use super::Text;
use crate::engine::project::ArtefactKind;

pub const FACTS: Text = Text::new(
    "Every result, what it was made from, newest first; the code is the start of its content hash",
    "所有结果及其来源，最新的在前；编号为内容哈希的开头",
);
pub const EMPTY: Text = Text::new("Nothing has been made yet", "还没有任何结果");
pub const EMPTY_WHY: Text = Text::new(
    "Open a project and run a stage; each result appears here with the data and settings it came from.",
    "打开项目并运行任一步骤；每个结果都会连同其数据和设置来源显示在这里。",
);
pub const TO_DATA: Text = Text::new("Go to Data", "前往数据页");
pub const KIND: Text = Text::new("Kind", "类型");
pub const NAME: Text = Text::new("Name", "名称");
pub const MADE: Text = Text::new("Made", "时间");
pub const HASH: Text = Text::new("Hash", "哈希");
pub const MADE_FROM: Text = Text::new("Made from", "来源");

pub fn kind(kind: ArtefactKind) -> Text {
    match kind {
        ArtefactKind::Dataset => Text::new("Dataset", "数据集"),
        ArtefactKind::Audit => Text::new("Audit", "审计报告"),
        ArtefactKind::Recipe => Text::new("Recipe", "清洗方案"),
        ArtefactKind::CleanDataset => Text::new("Clean dataset", "清洗后数据"),
        ArtefactKind::FeatureSet => Text::new("Feature set", "特征集"),
        ArtefactKind::Run => Text::new("Run", "训练任务"),
        ArtefactKind::Model => Text::new("Model", "模型"),
        ArtefactKind::Evaluation => Text::new("Evaluation", "能力评估"),
        ArtefactKind::Comparison => Text::new("Comparison", "模型对比"),
        ArtefactKind::Experiment => Text::new("Experiment", "A/B 实验"),
    }
}
