//! One line of `events.jsonl`: what the worker says, in the order it happened.

use crate::engine::artifact::Bilingual;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// Version of the line format; a reader refuses higher ones.
pub const EVENT_VERSION: u32 = 1;

/// `{"v":1,"seq":12,"wall_ms":…,"step":300,"type":"train",…}`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub v: u32,
    /// 0, 1, 2, … without gaps over the whole file, attempts included.
    pub seq: u64,
    /// Unix time in milliseconds of the worker's clock.
    pub wall_ms: u64,
    /// Optimiser steps done when it happened.
    pub step: u64,
    #[serde(flatten)]
    pub body: EventBody,
    /// Number of the writer, from 1: each attempt opens the log anew, and loads its model before it says `started`.
    /// 0 in logs that do not tell.
    #[serde(default)]
    pub writer: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EventBody {
    /// First event of each attempt.
    Started {
        pid: u32,
        /// Start time of the process in seconds since the epoch, so that a reused pid is not taken for the worker.
        pid_start_secs: u64,
        device: String,
        precision: String,
        total_steps: u64,
        epochs: f64,
        train_rows: u64,
        valid_rows: u64,
        params_total: u64,
        params_trainable: u64,
    },
    /// Points of earlier attempts after `from_step` are void.
    Resumed {
        from_step: u64,
    },
    /// A long phase before or between steps (`loading_model`, `tokenizing`, `evaluating`, `exporting`).
    Phase {
        name: String,
    },
    Train {
        #[serde(deserialize_with = "null_as_nan")]
        loss: f64,
        #[serde(deserialize_with = "null_as_nan")]
        learning_rate: f64,
        /// Global gradient norm before clipping.
        #[serde(deserialize_with = "null_as_nan")]
        grad_norm: f64,
        epoch: f64,
        #[serde(deserialize_with = "null_as_nan")]
        samples_per_sec: f64,
        #[serde(deserialize_with = "null_as_nan")]
        tokens_per_sec: f64,
        /// Padded share of all token positions, 0..=1.
        #[serde(deserialize_with = "null_as_nan")]
        padding_share: f64,
        rss_bytes: u64,
    },
    /// Metrics on the validation rows (`loss`, `auc`, …); `best` if it beats all before.
    Evaluated {
        #[serde(deserialize_with = "skip_nulls")]
        metrics: BTreeMap<String, f64>,
        best: bool,
        #[serde(default)]
        samples: Vec<SamplePrediction>,
    },
    Checkpoint {
        path: String,
        best: bool,
    },
    /// Memory ran out: from this step on so many rows are computed at one time. Batches and steps stay as they are.
    MemoryShort {
        micro_batch: u64,
        message: String,
    },
    /// The gradient of the step was not finite (fp16 overflow), so it changed nothing.
    StepSkipped {
        /// Steps skipped so far.
        skipped: u64,
        /// Factor of the loss after it; absent without loss scaling.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        loss_scale: Option<f64>,
    },
    Paused,
    Continued,
    Warning {
        message: String,
    },
    Log {
        message: String,
    },
    /// Terminal: stopped by request; the best model so far was exported.
    Stopped {
        reason: String,
    },
    /// Terminal: all steps done or stopped early.
    Finished {
        best_step: u64,
        best_metric: String,
        #[serde(deserialize_with = "null_as_nan")]
        best_value: f64,
        stopped_early: bool,
        #[serde(default, deserialize_with = "skip_nulls")]
        test_metrics: BTreeMap<String, f64>,
        #[serde(deserialize_with = "null_as_nan")]
        samples_per_sec: f64,
        wall_secs: f64,
        model: String,
    },
    /// Terminal: the worker gave up; `hint` says what to do.
    Failed {
        message: String,
        hint: String,
    },
    /// What the arithmetic costs and what the device can do; once an attempt.
    Compute(ComputeFacts),
    /// How busy process and devices are, every few seconds.
    Machine {
        /// Cores the worker kept busy since the last event of this kind.
        #[serde(deserialize_with = "null_as_nan")]
        cpu_cores: f64,
        rss_bytes: u64,
        #[serde(default)]
        gpu: Option<GpuUse>,
    },
    /// Sent when nothing else was for a while, so that silence means trouble.
    Heartbeat {
        rss_bytes: u64,
    },
}

impl EventBody {
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Stopped { .. } | Self::Finished { .. } | Self::Failed { .. })
    }
}

/// What a phase of the worker is called for people; an unknown name is shown as it is.
pub fn phase_label(name: &str) -> Bilingual {
    let (en, zh) = match name {
        "loading_model" => ("loading the model", "加载模型"),
        "loading_data" | "reading" => ("reading the rows", "读取数据"),
        "tokenizing" => ("tokenising the texts", "文本分词"),
        "evaluating" => ("evaluating", "评估"),
        "testing" => ("scoring the test rows", "测试集打分"),
        "exporting" => ("exporting the model", "导出模型"),
        "resuming" => ("loading the checkpoint", "载入检查点"),
        "training" => ("training", "训练"),
        other => return Bilingual::new(other.replace('_', " "), other.replace('_', " ")),
    };
    Bilingual::new(en, zh)
}

/// Floating-point operations of training, and the rate of the device. With S tokens a row, a token costs
/// `per_token + per_token_and_length · S`, forward and backward; the model FLOP utilisation is what the tokens of a
/// second cost over `peak_per_sec`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComputeFacts {
    pub per_token: f64,
    pub per_token_and_length: f64,
    /// Measured with large matrix products in the precision of the run; `None` where it could not be measured.
    #[serde(default)]
    pub peak_per_sec: Option<f64>,
    /// Unix time in milliseconds of that measurement.
    #[serde(default)]
    pub measured_ms: u64,
}

/// A GPU as its driver sees it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GpuUse {
    /// Share of time in which something ran on it, 0..=1.
    pub busy: f64,
    pub memory_used_bytes: u64,
    pub memory_total_bytes: u64,
    pub power_watts: Option<f64>,
    pub temperature_celsius: Option<f64>,
}

/// A fixed validation row scored at each evaluation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SamplePrediction {
    pub text: String,
    #[serde(deserialize_with = "null_as_nan")]
    pub label: f64,
    #[serde(deserialize_with = "null_as_nan")]
    pub score: f64,
    /// Of classes: what it is and what the model takes it for; `score` is the probability of what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<[String; 2]>,
}

/// JSON has no NaN: a diverged loss is written as `null` and must not make its line unreadable.
fn null_as_nan<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

fn skip_nulls<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, f64>, D::Error> {
    let all = BTreeMap::<String, Option<f64>>::deserialize(deserializer)?;
    Ok(all
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diverged_step_is_readable_and_has_no_nan_in_its_json() {
        let event = Event {
            v: EVENT_VERSION,
            seq: 3,
            wall_ms: 1_700_000_000_123,
            step: 7,
            body: EventBody::Train {
                loss: f64::NAN,
                learning_rate: 5e-5,
                grad_norm: f64::INFINITY,
                epoch: 0.5,
                samples_per_sec: 27.4,
                tokens_per_sec: 2192.0,
                padding_share: 0.0,
                rss_bytes: 1 << 33,
            },
            writer: 2,
        };
        let json = serde_json::to_string(&event).expect("plain data");
        assert!(
            json.starts_with(
                "{\"v\":1,\"seq\":3,\"wall_ms\":1700000000123,\"step\":7,\"type\":\"train\",\"loss\":null"
            )
        );
        let back: Event = serde_json::from_str(&json).expect("readable");
        assert_eq!(back.writer, 2);
        let EventBody::Train {
            loss,
            grad_norm,
            rss_bytes,
            learning_rate,
            ..
        } = back.body
        else {
            panic!("a train event");
        };
        assert!(loss.is_nan() && grad_norm.is_nan());
        assert_eq!((rss_bytes, learning_rate), (1 << 33, 5e-5));
    }

    #[test]
    fn undefined_metrics_are_left_out() {
        let line =
            r#"{"v":1,"seq":0,"wall_ms":1,"step":1,"type":"evaluated","metrics":{"auc":null,"loss":0.5},"best":false}"#;
        let event: Event = serde_json::from_str(line).expect("readable");
        assert_eq!(event.writer, 0, "a log that does not tell");
        let EventBody::Evaluated { metrics, .. } = event.body else {
            panic!("an evaluation");
        };
        assert_eq!(metrics, BTreeMap::from([("loss".to_owned(), 0.5)]));
    }
}
