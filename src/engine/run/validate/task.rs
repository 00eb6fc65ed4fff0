//! What is wrong with a task: its metric, its loss, its categories.

use super::super::config::{Loss, TrainConfig};
use super::super::task::Task;
use super::Found;

impl Found {
    pub(super) fn task(&mut self, config: &TrainConfig) {
        self.metric(config);
        self.loss_of_task(config);
        let data = &config.data;
        for name in &data.categorical {
            let uses = [&data.text, &data.numeric, &data.categorical];
            let count = uses.into_iter().flatten().filter(|used| *used == name).count();
            self.require(
                count == 1,
                "data.categorical",
                format!("`{name}` is named twice among the inputs; let it be text, a number or a category"),
                format!("`{name}` 在输入列中出现多次；请只作为文本、数值或类别之一"),
            );
        }
        self.require(
            config.negatives_per_positive.is_none() || config.task == Task::Binary,
            "negatives_per_positive",
            "only a label of 0 and 1 has negatives to take turns; leave it out for this task",
            "只有 0/1 标签才有可轮换的负例；此任务请不要填写",
        );
    }

    fn metric(&mut self, config: &TrainConfig) {
        if config.task == Task::Binary {
            return self.deciding_metric(config);
        }
        let (metric, known) = (config.metric.as_str(), config.task.metrics());
        self.require(
            known.contains(&metric),
            "metric",
            format!("`{metric}` is not one of {}", known.join(", ")),
            format!("`{metric}` 不在可选指标之中：{}", known.join("、")),
        );
        self.require(
            !metric.starts_with("ndcg@") || config.data.group.is_some(),
            "data.group",
            format!("{metric} judges ranked lists: name the column that forms them, such as the query, or choose another metric"),
            format!("{metric} 评价排序列表：请指定构成列表的列（如查询词），或选择其他指标"),
        );
    }

    fn loss_of_task(&mut self, config: &TrainConfig) {
        match config.task {
            Task::Binary => {}
            Task::Multiclass => self.require(
                !matches!(config.loss, Loss::Weighted { .. }),
                "loss.kind",
                "`weighted` weighs the label 1, and classes have none; use `balanced`, which weighs rare classes up",
                "`weighted` 是对标签 1 加权，而多分类没有标签 1；请用 `balanced`，它会提高少数类的权重",
            ),
            Task::Graded => self.require(
                config.loss == Loss::CrossEntropy && config.label_smoothing == 0.0,
                "loss.kind",
                "a graded label is learnt by its squared error; leave the loss and the label smoothing as they are",
                "分级标签按平方误差学习；请不要改动损失函数与标签平滑",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::value_problems;
    use super::*;

    fn good(task: Task) -> TrainConfig {
        let mut config = TrainConfig {
            task,
            metric: task.usual_metric(false).to_owned(),
            ..TrainConfig::default()
        };
        config.data.train = "t.csv".into();
        config.data.text = vec!["text".to_owned()];
        config.data.label = "label".to_owned();
        config
    }

    #[test]
    fn each_task_takes_its_own_metrics_and_losses() {
        type Spoil = fn(&mut TrainConfig);
        let cases: [(Task, &str, Spoil); 8] = [
            (Task::Multiclass, "metric", |c| c.metric = "auc".to_owned()),
            (Task::Multiclass, "loss.kind", |c| {
                c.loss = Loss::Weighted { positive_weight: 2.0 };
            }),
            (Task::Multiclass, "negatives_per_positive", |c| {
                c.negatives_per_positive = Some(3.0);
            }),
            (Task::Graded, "loss.kind", |c| c.loss = Loss::Focal { gamma: 2.0 }),
            (Task::Graded, "loss.kind", |c| c.label_smoothing = 0.1),
            (Task::Graded, "data.group", |c| c.metric = "ndcg@10".to_owned()),
            (Task::Binary, "data.categorical", |c| {
                c.data.categorical = vec!["text".to_owned()];
            }),
            (Task::Binary, "data.label", |c| {
                c.data.categorical = vec!["label".to_owned()];
            }),
        ];
        for (task, field, spoil) in cases {
            let mut config = good(task);
            assert_eq!(value_problems(&config), [], "{task:?}");
            spoil(&mut config);
            let fields: Vec<_> = value_problems(&config).iter().map(|found| found.field).collect();
            assert_eq!(fields, [field], "{task:?}");
        }
    }

    #[test]
    fn settings_of_before_are_written_as_before() {
        let json = serde_json::to_value(TrainConfig::default()).expect("plain data");
        assert!(json.get("task").is_none() && json["data"].get("categorical").is_none());
        let back: TrainConfig = serde_json::from_value(json).expect("readable");
        assert_eq!(back, TrainConfig::default());
        for task in Task::ALL {
            assert_eq!(Task::from_name(task.name()), Some(task));
            assert!(task.metrics().contains(&task.usual_metric(true)));
        }
    }
}
