//! Words of the compare page.

use super::evaluate::shown_name;
use super::{Text, number};
use crate::engine::compare::{Comparison, PairResult};
use crate::gui::settings::Language;

pub const TITLE: Text = Text::new("Compare", "对比");
pub const JOB: Text = Text::new("Compare models", "对比模型");
pub const NO_EVALUATION: Text = Text::new(
    "There is no current evaluation to compare; evaluate the models first",
    "还没有可对比的评估结果；请先评估模型",
);
pub const EMPTY: Text = Text::new(
    "Which model is better, and can the rows tell?",
    "哪个模型更好？数据能说明吗？",
);
pub const EMPTY_WHY: Text = Text::new(
    "Puts two or more models on the same test rows and tests every difference: interval, p-value adjusted for all comparisons, wins and losses by group. Evaluate the models first.",
    "把两个或更多模型放在同一批测试数据上，检验每个差异：区间、多重校正后的 p 值、按组的胜负。请先评估模型。",
);
pub const NOTHING: Text = Text::new(
    "There is only one model on the test rows; train a second one to compare",
    "测试集上只有一个模型；再训练一个才能对比",
);
pub const RUN: Text = Text::new("Compare the models", "开始对比");
pub const AGAIN: Text = Text::new("Compare again", "重新对比");
pub const TO_EVALUATE: Text = Text::new("Go to Evaluate", "前往评估");
pub const TO_TRAIN: Text = Text::new("Go to Train", "前往训练");
pub const MODELS: Text = Text::new("Models", "模型");
pub const PAIR: Text = Text::new("Pair", "模型对");
pub const METRICS: Text = Text::new("Metrics", "指标");
pub const METRIC: Text = Text::new("Metric", "指标");
pub const BETTER_IS: Text = Text::new("Better is", "方向");
pub const HIGHER: Text = Text::new("higher", "越高越好");
pub const LOWER: Text = Text::new("lower", "越低越好");
pub const DIFFERENCE: Text = Text::new("B − A", "B − A");
pub const EFFECT: Text = Text::new("Difference, % of A", "差异（占 A 的 %）");
pub const P: Text = Text::new("p adjusted", "校正 p 值");
pub const TEST: Text = Text::new("Test", "检验");
pub const UNDEFINED: Text = Text::new("undefined", "无定义");
pub const WIN: Text = Text::new("B better", "B 更好");
pub const TIE: Text = Text::new("equal", "相同");
pub const LOSS: Text = Text::new("A better", "A 更好");
pub const OUTCOMES: Text = Text::new("Wins and losses", "胜负");
pub const CHANGES: Text = Text::new("Groups that differ most", "差异最大的组");
pub const GROUP: Text = Text::new("Group", "组");
pub const SEGMENTS: Text = Text::new("By segment", "按分段");
pub const DETAILS: Text = Text::new("This difference", "该差异");
pub const STANDARD_ERROR: Text = Text::new("Standard error", "标准误");
pub const DETECTABLE: Text = Text::new("Smallest detectable difference", "可检出的最小差异");
pub const EFFECT_SIZE: Text = Text::new("Effect size", "效应量");
pub const CROSS_CHECK: Text = Text::new("Cross-check", "交叉验证");
pub const RAW_P: Text = Text::new("p, not adjusted", "p 值（未校正）");
pub const INTERVAL: Text = Text::new("Interval", "区间");
pub const COHEN_DZ: Text = Text::new("Cohen's dz", "Cohen's dz");
pub const DISCORDANT_ODDS: Text = Text::new("only B right : only A right", "仅 B 对 : 仅 A 对");
pub const NO_GROUPS: Text = Text::new(
    "This metric has no values by group or row",
    "该指标没有按组或按行的取值",
);
pub const NO_SEGMENTS: Text = Text::new("No segment column was evaluated", "评估时没有分段列");
pub const NOTES: Text = Text::new("Worth knowing", "需要知道的");

/// `6,012 rows · 812 groups · p adjusted by Holm over 10 tests · groups are independent`
pub fn facts(lang: Language, found: &Comparison) -> String {
    let mut parts = vec![super::common::rows(lang, found.n)];
    if let Some(groups) = found.num_groups {
        let groups = number::count(groups);
        parts.push(match lang {
            Language::English => format!("{groups} groups"),
            Language::Chinese => format!("{groups} 组"),
        });
    }
    let by_group = found.unit == "group";
    parts.push(match lang {
        Language::English => format!("p adjusted by Holm over {} tests", found.family_size),
        Language::Chinese => format!("p 值按 Holm 对 {} 个检验校正", found.family_size),
    });
    parts.push(match lang {
        Language::English => format!("{} taken as independent", if by_group { "groups" } else { "rows" }),
        Language::Chinese => format!("以{}为独立单位", if by_group { "组" } else { "行" }),
    });
    parts.join(" · ")
}

/// What the pair's letters stand for.
pub fn pair(lang: Language, pair: &PairResult) -> String {
    format!("A = {}   B = {}", shown_name(lang, &pair.a), shown_name(lang, &pair.b))
}

/// The second line of the verdict card.
pub fn reasons(lang: Language, pair: &PairResult) -> String {
    let test = pair.test.map(|test| lang.b(&test.label()).to_owned());
    let outcome = pair.win_tie_loss.map(|outcome| {
        let (wins, losses, ties) = (outcome.b_better, outcome.a_better, outcome.equal);
        match lang {
            Language::English => {
                format!("{} better on {wins}, worse on {losses}, equal on {ties}", pair.b)
            }
            Language::Chinese => format!("{} 胜 {wins}，负 {losses}，平 {ties}", shown_name(lang, &pair.b)),
        }
    });
    let detectable = pair.smallest_detectable.map(|size| {
        let size = number::compact(size);
        match lang {
            Language::English => format!("differences from about {size} can be detected"),
            Language::Chinese => format!("可检出约 {size} 以上的差异"),
        }
    });
    [test, outcome, detectable]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}
