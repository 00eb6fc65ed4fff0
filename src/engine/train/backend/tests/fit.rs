//! The loop: it learns, it resumes bit by bit, it survives a full disk, it stops at a loss that is no number.

use super::{learnable_rows, lora, rates, tiny_folder, tiny_model};
use crate::engine::progress::Progress;
use crate::engine::run::config::{Method, Schedule, TrainConfig};
use crate::engine::run::control::Command;
use crate::engine::run::event::EventBody;
use crate::engine::run::task::Task;
use crate::engine::train::TrainError;
use crate::engine::train::backend::batch::Prepared;
use crate::engine::train::backend::checkpoint::Store;
use crate::engine::train::backend::fit::{Ended, Fit, Job};
use crate::engine::train::backend::model::Model;
use crate::engine::train::backend::optimizer::Optimizer;
use crate::engine::train::faults::Faults;
use crate::engine::train::host::Recorder;
use crate::engine::train::schedule::LearningRate;
use crate::engine::train::state::TrainerState;
use crate::engine::train::tasks::{self, TaskRules};
use crate::engine::train::validate::basic_metrics;
use std::collections::BTreeMap;
use std::path::Path;
use tch::Tensor;

pub const STEPS: u64 = 12;

fn config() -> TrainConfig {
    TrainConfig {
        batch_size: 8,
        eval_batch_size: 16,
        learning_rate: 3e-3,
        ..TrainConfig::default()
    }
}

pub struct Bench {
    pub dir: tempfile::TempDir,
    pub config: TrainConfig,
    method: Method,
    train: Prepared,
    valid: Prepared,
    rules: Box<dyn TaskRules>,
    steps: u64,
    pub faults: Faults,
}

impl Bench {
    pub fn new(method: Method) -> Self {
        let dir = tempfile::tempdir().expect("temp");
        tiny_folder(&dir.path().join("base"));
        Self {
            dir,
            config: config(),
            method,
            train: learnable_rows(37, 1),
            valid: learnable_rows(30, 2),
            rules: tasks::of(Task::Binary, &[]),
            steps: STEPS,
            faults: Faults::default(),
        }
    }

    pub fn model(&self) -> Model {
        tiny_model(&self.dir.path().join("base"), &self.method, 0.1).expect("model")
    }

    pub fn fit<'a>(&'a self, model: &'a Model, checkpoints: &Path) -> Fit<'a> {
        let job = Job {
            config: &self.config,
            train: &self.train,
            valid: &self.valid,
            rules: &*self.rules,
            samples: vec![(0, "first".to_owned())],
            store: Store::new(checkpoints, self.config.keep_last),
            metric: self.config.metric.clone(),
            measure: basic_metrics,
            faults: self.faults,
            eval_every: self.config.eval_every_steps.unwrap_or(5),
            rate: LearningRate::new(self.config.learning_rate, Schedule::Linear, 0.1, self.steps),
        };
        let state = TrainerState {
            total_steps: self.steps,
            seed: self.config.seed,
            micro_batch: self.config.micro_batch_size.map(|rows| rows as u64),
            data: self.train.hash(),
            ..TrainerState::default()
        };
        let optimizer = Optimizer::new(model, &rates(self.config.weight_decay)).expect("optimizer");
        Fit::new(job, model, optimizer, state)
    }
}

fn metrics(model: &Model, bench: &Bench) -> BTreeMap<String, f64> {
    let predicted = model
        .predict(&bench.valid, (Task::Binary, 16), &Progress::new())
        .expect("scores");
    bench.rules.metrics(&predicted, &bench.valid.labels, &[])
}

fn bits(tensors: &[Tensor]) -> Vec<Vec<u32>> {
    let values = |t: &Tensor| Vec::<f32>::try_from(t.contiguous().view(-1)).expect("floats");
    tensors
        .iter()
        .map(|t| values(t).into_iter().map(f32::to_bits).collect())
        .collect()
}

/// Steps of the loss points after `from`, and the sum of the losses of all their steps: a point is the mean over the
/// steps since the one before, so a step that is left out or told twice changes the sum.
fn losses(host: &Recorder, from: u64) -> (Vec<u64>, f64) {
    let (mut steps, mut sum, mut last) = (Vec::new(), 0.0, from);
    for (step, body) in &host.events {
        if let EventBody::Train { loss, .. } = body {
            assert!(*step > last, "step {step} after {last}");
            sum += loss * (step - last) as f64;
            steps.push(*step);
            last = *step;
        }
    }
    (steps, sum)
}

#[test]
fn interrupted_at_any_step_it_ends_with_the_same_bits() {
    for method in [Method::Full, lora()] {
        let bench = Bench::new(method);
        let whole = {
            let model = bench.model();
            let mut fit = bench.fit(&model, &bench.dir.path().join("whole"));
            let mut host = Recorder::default();
            assert_eq!(fit.run(&mut host).expect("fit"), Ended::AllSteps);
            let (told, loss_sum) = losses(&host, 0);
            assert!([5, 10, STEPS].iter().all(|step| told.contains(step)), "{told:?}");
            (bits(&fit.weights()), fit.state.best.clone(), loss_sum)
        };
        for stop_at in 1..STEPS {
            let checkpoints = bench.dir.path().join(format!("stop-{stop_at}"));
            let first = {
                let model = bench.model();
                let mut fit = bench.fit(&model, &checkpoints);
                let mut host = Recorder::default();
                host.script.push_back((stop_at, Command::Stop));
                assert_eq!(fit.run(&mut host).expect("fit"), Ended::Stopped);
                assert_eq!(fit.state.step, stop_at);
                losses(&host, 0)
            };
            assert_eq!(first.0.last(), Some(&stop_at), "the curve ends where the checkpoint is");
            let model = bench.model();
            let mut fit = bench.fit(&model, &checkpoints);
            let (latest, complaints) = Store::new(&checkpoints, 1).latest();
            assert!(complaints.is_empty(), "{complaints:?}");
            fit.restore(&latest.expect("checkpoint")).expect("restore");
            let mut host = Recorder::default();
            assert_eq!(fit.run(&mut host).expect("fit"), Ended::AllSteps);
            let second = losses(&host, stop_at);
            assert_eq!(second.0.last(), Some(&STEPS));
            assert!(
                (first.1 + second.1 - whole.2).abs() < 1e-9,
                "{first:?} {second:?} {}",
                whole.2
            );
            assert!(
                bits(&fit.weights()) == whole.0,
                "other weights after a stop at step {stop_at}"
            );
            assert_eq!(fit.state.best, whole.1);
        }
    }
}

#[test]
fn it_learns_and_the_best_weights_come_back() {
    let mut bench = Bench::new(Method::Full);
    (bench.steps, bench.train) = (250, learnable_rows(400, 1));
    bench.config.eval_every_steps = Some(50);
    let model = bench.model();
    let mut fit = bench.fit(&model, &bench.dir.path().join("c"));
    let mut host = Recorder::default();
    fit.run(&mut host).expect("fit");
    let best = fit.state.best.clone().expect("best");
    assert!(best.value > 0.8, "AUC {}", best.value);
    fit.take_best(&mut host).expect("best");
    let again = metrics(&model, &bench);
    assert_eq!(again["auc"], best.value);
    let losses: Vec<f64> = host
        .events
        .iter()
        .filter_map(|(_, body)| match body {
            EventBody::Train {
                loss, padding_share, ..
            } => {
                assert_eq!(*padding_share, 0.0);
                Some(*loss)
            }
            _ => None,
        })
        .collect();
    assert!(losses.first() > losses.last(), "{losses:?}");
}

#[test]
fn only_best_and_last_checkpoints_stay() {
    let mut bench = Bench::new(Method::Full);
    (bench.steps, bench.config.keep_last, bench.config.eval_every_steps) = (20, 2, Some(4));
    let model = bench.model();
    let mut fit = bench.fit(&model, &bench.dir.path().join("c"));
    fit.run(&mut Recorder::default()).expect("fit");
    let steps = Store::new(&bench.dir.path().join("c"), 2).steps();
    let mut expected = vec![16, 20];
    let best = fit.state.best.expect("best").step;
    if !expected.contains(&best) {
        expected.insert(0, best);
    }
    assert_eq!(steps, expected);
}

#[test]
fn early_stopping_counts_evaluations_without_gain() {
    let mut bench = Bench::new(Method::Full);
    bench.config.learning_rate = 0.0;
    (bench.config.early_stopping_patience, bench.config.eval_every_steps) = (Some(2), Some(3));
    let model = bench.model();
    let mut fit = bench.fit(&model, &bench.dir.path().join("c"));
    assert_eq!(fit.run(&mut Recorder::default()).expect("fit"), Ended::Early);
    // Best at 3, no gain at 6 and at 9.
    assert_eq!((fit.state.step, fit.state.best.expect("best").step), (9, 3));
}

#[test]
fn a_disk_that_takes_no_checkpoint_costs_the_checkpoint_only() {
    let bench = Bench::new(Method::Full);
    let blocked = bench.dir.path().join("blocked");
    // A file where the folder should be: every write below fails, as on a full disk.
    std::fs::write(&blocked, "").expect("file");
    let model = bench.model();
    let mut fit = bench.fit(&model, &blocked);
    let mut host = Recorder::default();
    assert_eq!(fit.run(&mut host).expect("fit"), Ended::AllSteps);
    let warnings = host
        .events
        .iter()
        .filter(|(_, body)| matches!(body, EventBody::Warning { message } if message.contains("no checkpoint")))
        .count();
    assert_eq!(warnings, 3, "at steps 5, 10 and 12");
    let best = fit.state.best.clone().expect("best");
    fit.take_best(&mut host).expect("the best weights were kept in memory");
    assert_eq!(metrics(&model, &bench)["auc"], best.value);
}

#[test]
fn a_loss_that_is_no_number_stops_the_run_and_names_the_rows() {
    let mut bench = Bench::new(Method::Full);
    bench.train.lines = (0..37).map(|row| row + 2).collect();
    let model = bench.model();
    let mut fit = bench.fit(&model, &bench.dir.path().join("c"));
    // Word 30 is poisoned; the rows that hold it are the culprits.
    {
        let _no_grad = tch::no_grad_guard();
        let mut row = model.params["bert.embeddings.word_embeddings.weight"].get(30);
        let _filled = row.fill_(f64::NAN);
    }
    let poisoned: Vec<String> = (0..37)
        .filter(|&row| bench.train.tokens.ids(row).contains(&30))
        .map(|row| format!("line {}", row + 2))
        .collect();
    assert!(!poisoned.is_empty());
    let error = fit.run(&mut Recorder::default()).expect_err("no number");
    let TrainError::NotFinite {
        rows, batch, last_good, ..
    } = &error
    else {
        panic!("{error}")
    };
    assert!(
        !rows.is_empty() && rows.iter().all(|row| poisoned.contains(row)),
        "{rows:?} of {poisoned:?}"
    );
    assert_eq!(*last_good, 0);
    assert!(
        batch.ends_with("of epoch 1") && error.to_string().contains(batch),
        "{error}"
    );
}

#[test]
fn a_damaged_checkpoint_is_passed_over_with_a_complaint() {
    let mut bench = Bench::new(Method::Full);
    bench.config.keep_last = 3;
    let checkpoints = bench.dir.path().join("c");
    let model = bench.model();
    bench
        .fit(&model, &checkpoints)
        .run(&mut Recorder::default())
        .expect("fit");
    let store = Store::new(&checkpoints, 3);
    assert_eq!(store.steps(), [5, 10, 12]);
    let file = store.path_of(12).join("weights.safetensors");
    let mut bytes = std::fs::read(&file).expect("read");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&file, bytes).expect("write");
    let (latest, complaints) = store.latest();
    assert_eq!(latest.expect("older one").state.step, 10);
    assert!(
        complaints.len() == 1 && complaints[0].contains("damaged"),
        "{complaints:?}"
    );
}

#[test]
fn pause_waits_and_a_checkpoint_can_be_asked_for() {
    let bench = Bench::new(Method::Full);
    let checkpoints = bench.dir.path().join("c");
    let model = bench.model();
    let mut fit = bench.fit(&model, &checkpoints);
    let mut host = Recorder::default();
    for command in [Command::Pause, Command::Checkpoint, Command::Continue, Command::Stop] {
        host.script.push_back((1, command));
    }
    assert_eq!(fit.run(&mut host).expect("fit"), Ended::Stopped);
    let names: Vec<&str> = host
        .events
        .iter()
        .filter_map(|(_, body)| match body {
            EventBody::Paused => Some("paused"),
            EventBody::Continued => Some("continued"),
            EventBody::Checkpoint { .. } => Some("checkpoint"),
            _ => None,
        })
        .collect();
    assert_eq!(names[..4], ["checkpoint", "paused", "checkpoint", "continued"]);
}
