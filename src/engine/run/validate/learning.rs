//! What is wrong with how a model is to learn: layers, loss, schedule, parts of a batch.

use super::super::config::{DeviceChoice, Loss, Method, Precision, TrainConfig};
use super::Found;

impl Found {
    pub(super) fn learning(&mut self, config: &TrainConfig) {
        self.require(
            config.layer_decay > 0.0 && config.layer_decay <= 1.0,
            "layer_decay",
            "the share of the rate from layer to layer must be above 0 and at most 1; 1 is all alike, 0.9 is usual",
            "逐层学习率系数须大于 0 且不超过 1；1 表示各层相同，常用 0.9",
        );
        let (field, weight) = match config.loss {
            Loss::CrossEntropy | Loss::Balanced => ("loss", 1.0),
            Loss::Weighted { positive_weight } => ("loss.positive_weight", positive_weight),
            // 0 is plain cross-entropy.
            Loss::Focal { gamma } => ("loss.gamma", gamma + f64::MIN_POSITIVE),
        };
        self.require(
            weight.is_finite() && weight > 0.0,
            field,
            "the weight of positives must be above 0, the focusing at least 0; 2 is usual for both",
            "正例权重须大于 0，聚焦系数须不小于 0；两者常用 2",
        );
        self.require(
            (0.0..1.0).contains(&config.label_smoothing),
            "label_smoothing",
            "the label smoothing must be at least 0 and below 1; 0.1 is usual",
            "标签平滑须不小于 0 且小于 1；常用 0.1",
        );
        self.require(
            config.schedule_power.is_finite() && config.schedule_power > 0.0,
            "schedule_power",
            "the power of the schedule must be above 0; 1 is a straight line",
            "学习率衰减的幂须大于 0；1 为直线",
        );
        self.require(
            config.micro_batch_size != Some(0),
            "micro_batch_size",
            "at least 1 row must be computed at one time; leave it out to compute as many as memory holds",
            "每次至少计算 1 行；不填写则按可用内存决定",
        );
        self.require(
            !(config.gradient_checkpointing && config.method == Method::HeadOnly),
            "gradient_checkpointing",
            "saves nothing where only the head learns, since no layer is kept; switch it off",
            "仅训练分类头时无需保留各层，梯度检查点没有作用；请关闭",
        );
        self.require(
            config.precision != Precision::Fp16 || config.device != DeviceChoice::Cpu,
            "precision",
            "fp16 is for CUDA devices; on the CPU choose auto, bf16 or fp32",
            "fp16 仅用于 CUDA 设备；CPU 请选择自动、bf16 或 fp32",
        );
        self.require(
            config.checkpoint_budget_mb != Some(0),
            "checkpoint_budget_mb",
            "the checkpoints need room on the disk: leave the limit out, or give more than 0 MB",
            "检查点需要磁盘空间：请不填写上限，或大于 0 MB",
        );
    }
}
