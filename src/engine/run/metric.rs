//! Names of the metrics that may decide which evaluation is best: which there are, which way is better, what they need.
//!
//! A run's folder can be read without the evaluation stage, so the names stand here; a test of `eval` holds both lists
//! to one another.

/// Metrics over all validation rows. `loss` is another name of `log_loss`; those that need a threshold use 0.5.
pub const ROW_METRICS: [&str; 11] = [
    "auc",
    "average_precision",
    "log_loss",
    "brier",
    "ece",
    "accuracy",
    "precision",
    "recall",
    "f1",
    "mcc",
    "loss",
];

/// Metrics of ranked lists over the whole list, averaged over groups.
pub const LIST_METRICS: [&str; 4] = ["ndcg", "map", "mrr", "gauc"];

/// Metrics of ranked lists up to a cut-off, named `ndcg@10`.
pub const CUT_METRICS: [&str; 6] = ["ndcg", "recall", "precision", "map", "hit_rate", "mrr"];

/// True if a higher value of the metric is better.
pub fn higher_is_better(metric: &str) -> bool {
    !matches!(metric, "log_loss" | "loss" | "brier" | "ece" | "rmse" | "mae")
}

/// Cut-off of a metric of ranked lists: `Some(10)` for `ndcg@10`.
pub fn cut_off(metric: &str) -> Option<usize> {
    let (kind, k) = metric.split_once('@')?;
    // As it is written: `ndcg@010` is no name.
    let k = k
        .parse::<usize>()
        .ok()
        .filter(|k| *k > 0 && k.to_string() == metric[kind.len() + 1..])?;
    CUT_METRICS.contains(&kind).then_some(k)
}

/// True if it ranks rows within groups, so that a group column must be chosen.
pub fn needs_groups(metric: &str) -> bool {
    cut_off(metric).is_some() || LIST_METRICS.contains(&metric)
}

/// True if rows of both labels are needed for it to have a value.
pub fn needs_both_labels(metric: &str) -> bool {
    !matches!(metric, "log_loss" | "loss" | "brier" | "ece" | "accuracy")
}

/// True if there is a metric of this name.
pub fn is_known(metric: &str) -> bool {
    ROW_METRICS.contains(&metric) || needs_groups(metric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_they_need() {
        for (name, groups) in [
            ("auc", false),
            ("brier", false),
            ("mrr", true),
            ("ndcg@10", true),
            ("hit_rate@5", true),
        ] {
            assert!(is_known(name) && needs_groups(name) == groups, "{name}");
        }
        for name in [
            "AUC", "", "ndcg@", "ndcg@0", "ndcg@010", "ndcg@x", "gauc@5", "auc@5", "hit_rate",
        ] {
            assert!(!is_known(name), "{name}");
        }
        assert_eq!((cut_off("recall@20"), cut_off("recall")), (Some(20), None));
        assert!(!higher_is_better("ece") && higher_is_better("ndcg@10") && higher_is_better("auc"));
        assert!(needs_both_labels("auc") && !needs_both_labels("brier"));
    }
}
