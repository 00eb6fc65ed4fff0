//! What the metrics of classes and grades are called, and what each is.

use crate::engine::artifact::Bilingual;

/// The name for people.
pub fn metric_label(name: &str) -> Bilingual {
    let (en, zh) = match name {
        "accuracy" => ("Accuracy", "准确率"),
        "macro_f1" => ("Macro F1", "宏平均 F1"),
        "weighted_f1" => ("Weighted F1", "加权 F1"),
        "log_loss" => ("Log loss", "对数损失"),
        "top_3_accuracy" => ("Top-3 accuracy", "前 3 准确率"),
        "macro_auc" => ("Macro AUC", "宏平均 AUC"),
        "spearman" => ("Spearman", "Spearman 相关"),
        "kendall" => ("Kendall τ-b", "Kendall τ-b"),
        "ndcg@5" => ("nDCG@5", "nDCG@5"),
        "ndcg@10" => ("nDCG@10", "nDCG@10"),
        "rmse" => ("RMSE", "均方根误差"),
        "mae" => ("MAE", "平均绝对误差"),
        other => return Bilingual::new(other, other),
    };
    Bilingual::new(en, zh)
}

/// What is computed and by which convention.
pub fn metric_definition(name: &str) -> Bilingual {
    let (en, zh) = match name {
        "accuracy" => (
            "Share of rows whose most probable class is theirs",
            "概率最高的类别正确的行占比",
        ),
        "macro_f1" => (
            "Mean of the F1 of the classes that occur, every class alike",
            "出现过的各类别 F1 的均值，各类同等重要",
        ),
        "weighted_f1" => (
            "Mean of the classes' F1 weighted by their rows",
            "按行数加权的各类别 F1 均值",
        ),
        "log_loss" => (
            "Mean of −ln p(class), natural logarithm; p is kept 6e-8 away from 0",
            "−ln p(类别) 的均值（自然对数）；p 距 0 至少 6e-8",
        ),
        "top_3_accuracy" => (
            "Share of rows whose class is among the three most probable",
            "真实类别位于概率最高的三个之中的行占比",
        ),
        "macro_auc" => (
            "Area under the ROC curve of each class against all others, mean over the classes",
            "每个类别对其余类别的 ROC 曲线下面积，按类别取均值",
        ),
        "spearman" => (
            "Correlation of the ranks of score and label inside each list, mean over lists; ties share their mean rank",
            "列表内得分与标签秩的相关系数，按列表平均；同值取平均秩",
        ),
        "kendall" => (
            "Ordered minus disordered pairs over all pairs inside each list, corrected for ties (tau-b), mean over lists",
            "列表内同序对减逆序对之比，按同值修正（tau-b），按列表平均",
        ),
        "ndcg@5" | "ndcg@10" => (
            "Gain 2^label − 1 discounted by 1/log2(rank + 1) over that of the ideal order, mean over lists with a label above 0",
            "增益 2^标签 − 1 按 1/log2(名次 + 1) 折损，除以理想排序的值，对含正标签的列表取平均",
        ),
        "rmse" => (
            "Root of the mean squared difference of score and label",
            "得分与标签之差平方均值的平方根",
        ),
        "mae" => (
            "Mean absolute difference of score and label",
            "得分与标签之差绝对值的均值",
        ),
        other => return Bilingual::new(other, other),
    };
    Bilingual::new(en, zh)
}
