//! Words of the evaluation of classes and grades.

use crate::engine::eval::tasks::TaskEvaluation;
use crate::gui::i18n::{Text, common, number};
use crate::gui::settings::Language;

pub const MATRIX: Text = Text::new("Confusions", "混淆矩阵");
pub const RIGHT: Text = Text::new("right", "正确");
pub const WRONG: Text = Text::new("taken for another", "误判");
pub const CLASSES: Text = Text::new("Each class", "各类别");
pub const CLASS: Text = Text::new("Class", "类别");
pub const F1_INTERVAL: Text = Text::new("F1 interval, line = macro F1", "F1 区间，竖线为宏平均");
pub const GRADES: Text = Text::new("What the model says of the rows of each grade", "各等级的行得到的预测");
pub const GRADE: Text = Text::new("Grade", "等级");
pub const TENTH: Text = Text::new("10 %", "10%");
pub const MEDIAN: Text = Text::new("median", "中位数");
pub const NINETIETH: Text = Text::new("90 %", "90%");
pub const NO_GRADES: Text = Text::new(
    "The label has more than twenty different values, so they are not listed one by one",
    "标签的取值超过二十个，不逐一列出",
);

/// How the matrix is read, and what of it is drawn.
pub fn matrix(lang: Language, drawn: usize, all: usize) -> String {
    match (lang, drawn < all) {
        (Language::English, false) => "rows: what it is; columns: what it was taken for".to_owned(),
        (Language::English, true) => {
            format!("the {drawn} most frequent of {all} classes; rows: what it is; columns: what it was taken for")
        }
        (Language::Chinese, false) => "行为真实类别，列为预测类别".to_owned(),
        (Language::Chinese, true) => format!("{all} 个类别中最常见的 {drawn} 个；行为真实类别，列为预测类别"),
    }
}

pub fn confused(lang: Language, is: &str, taken: &str, count: u64, share: f64) -> String {
    let (count, share) = (number::count(count), number::share(share));
    match lang {
        Language::English => format!("{is} taken for {taken}: {count} rows, {share} of {is}"),
        Language::Chinese => format!("{is} 被判为 {taken}：{count} 行，占 {is} 的 {share}"),
    }
}

/// `test.parquet · 3,500 rows · 10 classes · 1,000 resamples of rows`
pub fn facts(lang: Language, data: &str, found: &TaskEvaluation, elapsed_ms: u64) -> String {
    let mut parts = vec![data.to_owned(), common::rows(lang, found.n)];
    if !found.classes.is_empty() {
        let classes = number::count(found.classes.len() as u64);
        parts.push(match lang {
            Language::English => format!("{classes} classes"),
            Language::Chinese => format!("{classes} 个类别"),
        });
    }
    if let Some(lists) = found.lists {
        let lists = number::count(lists);
        parts.push(match lang {
            Language::English => format!("{lists} ranked lists"),
            Language::Chinese => format!("{lists} 个列表"),
        });
    }
    if let Some(method) = &found.interval_method {
        let times = number::count(method.resamples);
        let by_list = method.unit == "group";
        parts.push(match lang {
            Language::English => format!("{times} resamples of {}", if by_list { "lists" } else { "rows" }),
            Language::Chinese => format!("按{}重抽样 {times} 次", if by_list { "列表" } else { "行" }),
        });
    }
    if elapsed_ms > 0 {
        parts.push(format!("{} s", number::fixed(elapsed_ms as f64 / 1000.0, 1)));
    }
    parts.join(" · ")
}
