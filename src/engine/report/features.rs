//! A feature set and a recipe as HTML: label, split with its leak checks, scores of the features; steps and effects.

use super::ReportLanguage;
use super::numbers::{four, significant};
use super::page::{Page, escape};
use crate::engine::artifact::Severity;
use crate::engine::audit::{percent, thousands};
use crate::engine::features::FeatureSet;
use crate::engine::recipe::{Recipe, StepReport};

/// The feature set inside a page of several results.
pub(super) fn feature_sections(page: &mut Page, set: &FeatureSet) {
    let language = page.language();
    page.cards(&[
        (
            language.pick("Examples", "样本").to_owned(),
            thousands(set.label.rows),
            match language {
                ReportLanguage::English => format!("of {} candidates", thousands(set.label.candidates)),
                ReportLanguage::Chinese => format!("候选 {}", thousands(set.label.candidates)),
            },
        ),
        (
            language.pick("Positive", "正例").to_owned(),
            percent(set.label.positive_rate),
            thousands(set.label.positives),
        ),
        (
            language.pick("Features chosen", "已选特征").to_owned(),
            (set.numeric.len() + set.categorical.len()).to_string(),
            match language {
                ReportLanguage::English => format!("of {} scored", set.features.len()),
                ReportLanguage::Chinese => format!("共评分 {}", set.features.len()),
            },
        ),
        (
            language.pick("Text", "文本").to_owned(),
            set.text.join(" + "),
            String::new(),
        ),
        (
            language.pick("Split", "划分").to_owned(),
            set.split.strategy.name().to_owned(),
            format!("{} {}", language.pick("seed", "随机种子"), set.split.seed),
        ),
    ]);
    page.push(&format!("<p>{}</p>", escape(language.of(&set.label.description))));
    parts(page, set);
    for leak in &set.split.leaks {
        let (sign, class) = if leak.severity > Severity::Info {
            ("▲", "warning")
        } else {
            ("■", "info")
        };
        page.push(&format!(
            "<p><span class=\"{class}\">{sign}</span> {}</p>",
            escape(language.of(&leak.message))
        ));
    }
    scores(page, set);
}

fn parts(page: &mut Page, set: &FeatureSet) {
    let language = page.language();
    let rows: Vec<Vec<String>> = set
        .split
        .parts
        .iter()
        .map(|part| {
            let number = |value: Option<u64>| value.map_or_else(|| "–".to_owned(), thousands);
            let time = |micros: Option<i64>| {
                let time = micros.and_then(chrono::DateTime::from_timestamp_micros);
                time.map_or_else(|| "–".to_owned(), |time| time.format("%Y-%m-%d %H:%M").to_string())
            };
            vec![
                escape(&part.name),
                thousands(part.rows),
                thousands(part.positives),
                part.positive_rate
                    .map_or_else(|| "–".to_owned(), |rate| escape(&percent(rate))),
                number(part.users),
                number(part.items),
                time(part.first_time),
                time(part.last_time),
            ]
        })
        .collect();
    let head = [
        language.pick("Part", "部分"),
        language.pick("Rows", "行数"),
        language.pick("Positive", "正例"),
        language.pick("Rate", "正例率"),
        language.pick("Users", "用户"),
        language.pick("Items", "商品"),
        language.pick("From (UTC)", "起（UTC）"),
        language.pick("To (UTC)", "止（UTC）"),
    ];
    page.table(&head.map(str::to_owned), &rows, &[1, 2, 3, 4, 5]);
}

fn scores(page: &mut Page, set: &FeatureSet) {
    let language = page.language();
    page.push(&format!("<h3>{}</h3>", language.pick("Features by rank", "特征排名")));
    let rows: Vec<Vec<String>> = set
        .by_rank()
        .into_iter()
        .map(|feature| {
            let scores = &feature.scores;
            let state = match (scores.leak, scores.selected) {
                (true, _) => format!("<span class=\"error\">● {}</span>", language.pick("leak", "泄漏")),
                (false, true) => format!("<span class=\"ok\">✓ {}</span>", language.pick("chosen", "入选")),
                (false, false) => String::new(),
            };
            vec![
                scores.mrmr_rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string()),
                escape(&feature.name),
                escape(language.of(&feature.description)),
                significant(scores.chi2),
                four(scores.mutual_info),
                four(scores.information_value),
                four(scores.psi),
                four(scores.auc),
                state,
            ]
        })
        .collect();
    let head = [
        language.pick("Rank", "排名"),
        language.pick("Feature", "特征"),
        "",
        "χ²",
        "MI",
        "IV",
        "PSI",
        "AUC",
        "",
    ];
    page.table(&head.map(str::to_owned), &rows, &[0, 3, 4, 5, 6, 7]);
}

/// The recipe's steps, with what each did where it was applied.
pub(super) fn recipe_sections(page: &mut Page, recipe: &Recipe, effects: &[StepReport]) {
    let language = page.language();
    if recipe.steps.is_empty() {
        page.push(&format!("<p>{}</p>", language.pick("No steps.", "没有步骤。")));
        return;
    }
    let rows: Vec<Vec<String>> = recipe
        .steps
        .iter()
        .enumerate()
        .map(|(place, step)| {
            let effect = effects.get(place).filter(|effect| effect.step == step.action.kind());
            let number =
                |read: fn(&StepReport) -> u64| effect.map_or_else(|| "–".to_owned(), |effect| thousands(read(effect)));
            vec![
                (place + 1).to_string(),
                escape(language.of(&step.action.title())),
                escape(language.of(&step.action.describe())),
                step.finding.as_deref().map_or_else(String::new, escape),
                if step.enabled {
                    format!("<span class=\"ok\">✓ {}</span>", language.pick("on", "启用"))
                } else {
                    format!("– {}", language.pick("off", "关闭"))
                },
                number(|effect| effect.rows_in - effect.rows_out),
                number(|effect| effect.cells_changed),
                number(|effect| effect.rows_out),
            ]
        })
        .collect();
    let head = [
        "",
        language.pick("Step", "步骤"),
        "",
        language.pick("Finding", "发现"),
        "",
        language.pick("Rows dropped", "删除行"),
        language.pick("Cells changed", "修改单元格"),
        language.pick("Rows left", "剩余行"),
    ];
    page.table(&head.map(str::to_owned), &rows, &[0, 5, 6, 7]);
}
