//! The fold against an obvious re-implementation, in portions, and its answers on a told story.

use super::*;
use crate::engine::run::event::{EVENT_VERSION, SamplePrediction};

/// Numbers events and lets a second pass between them.
#[derive(Default)]
struct Story {
    items: Vec<LogItem>,
    wall_ms: u64,
    /// 0: a log that does not tell.
    writer: u32,
}

impl Story {
    fn tell(&mut self, step: u64, body: EventBody) -> &mut Self {
        self.wall_ms += 1000;
        self.items.push(LogItem::Event(Event {
            v: EVENT_VERSION,
            seq: self.items.len() as u64,
            wall_ms: self.wall_ms,
            step,
            body,
            writer: self.writer,
        }));
        self
    }

    fn view(&self) -> RunView {
        let mut view = RunView::default();
        self.items.iter().for_each(|item| view.apply_item(item));
        view
    }
}

fn started(pid: u32) -> EventBody {
    EventBody::Started {
        pid,
        pid_start_secs: 100,
        device: "cpu".to_owned(),
        precision: "fp32".to_owned(),
        total_steps: 100,
        epochs: 1.0,
        train_rows: 3200,
        valid_rows: 400,
        params_total: 22_000_000,
        params_trainable: 22_000_000,
    }
}

fn train(loss: f64) -> EventBody {
    EventBody::Train {
        loss,
        learning_rate: 1e-4,
        grad_norm: 1.0,
        epoch: 0.5,
        samples_per_sec: 32.0,
        tokens_per_sec: 2000.0,
        padding_share: 0.25,
        rss_bytes: 1 << 30,
    }
}

fn evaluated(auc: f64, best: bool) -> EventBody {
    EventBody::Evaluated {
        metrics: BTreeMap::from([("auc".to_owned(), auc), ("loss".to_owned(), 1.0 - auc)]),
        best,
        samples: vec![SamplePrediction {
            text: "宽松版型".to_owned(),
            label: 1.0,
            score: auc,
            classes: None,
        }],
    }
}

fn checkpoint() -> EventBody {
    EventBody::Checkpoint {
        path: "checkpoints/step".to_owned(),
        best: false,
    }
}

fn finished(best_value: f64) -> EventBody {
    EventBody::Finished {
        best_step: 40,
        best_metric: "auc".to_owned(),
        best_value,
        stopped_early: true,
        test_metrics: BTreeMap::from([("auc".to_owned(), 0.9)]),
        samples_per_sec: 31.0,
        wall_secs: 60.0,
        model: "model".to_owned(),
    }
}

fn steps(view: &RunView, curve: &str) -> Vec<u64> {
    view.series
        .get(curve)
        .map(|series| series.iter().map(|[step, _]| step as u64).collect())
        .unwrap_or_default()
}

#[test]
fn a_resume_hides_what_the_earlier_attempt_did_after_its_checkpoint() {
    let mut story = Story::default();
    story.tell(0, started(1));
    for step in 1..=4 {
        story.tell(step * 10, train(1.0 / step as f64));
        story.tell(step * 10, evaluated(0.5 + step as f64 / 10.0, true));
        if step == 2 {
            story.tell(20, checkpoint());
        }
    }
    story.tell(40, checkpoint());
    let before = story.view();
    assert_eq!(before.best().map(|best| best.step), Some(40));
    assert_eq!(before.samples.len(), 4);

    story.tell(0, started(2)).tell(20, EventBody::Resumed { from_step: 20 });
    let resumed = story.view();
    assert_eq!(steps(&resumed, curve::TRAIN_LOSS), [10, 20]);
    assert_eq!(steps(&resumed, "valid/auc"), [10, 20]);
    assert_eq!(resumed.best().map(|best| best.step), Some(20));
    assert_eq!(resumed.samples.last().map(|set| set.step), Some(20));
    assert_eq!((resumed.step, resumed.attempts), (20, 2));
    let marks: Vec<_> = resumed.marks().iter().map(|mark| (mark.step, mark.kind)).collect();
    assert_eq!(
        marks,
        [
            (20, MarkKind::Checkpoint),
            (20, MarkKind::Resumed),
            (20, MarkKind::Best)
        ]
    );
    assert_eq!(
        resumed.attempt.as_ref().and_then(|attempt| attempt.resumed_from),
        Some(20)
    );
    // The console still tells what happened.
    assert_eq!(resumed.console.len(), before.console.len() + 2);

    story.tell(30, train(0.3));
    assert_eq!(steps(&story.view(), curve::TRAIN_LOSS), [10, 20, 30]);
}

#[test]
fn values_that_are_not_finite_are_counted_and_on_no_curve() {
    let mut story = Story::default();
    story.tell(0, started(1)).tell(10, train(0.5)).tell(20, train(f64::NAN));
    story.tell(30, train(f64::INFINITY)).tell(40, train(0.25));
    let view = story.view();
    assert_eq!(steps(&view, curve::TRAIN_LOSS), [10, 40]);
    assert_eq!(steps(&view, curve::LEARNING_RATE), [10, 20, 30, 40]);
    assert_eq!((view.not_finite, view.last(curve::TRAIN_LOSS)), (2, Some(0.25)));
}

#[test]
fn time_left_follows_the_pace_of_work_without_pauses() {
    let mut story = Story::default();
    story.tell(0, started(1));
    assert_eq!(story.view().eta_secs(), None);
    // One event a second, two steps each: 0.5 s a step.
    for step in 1..=10 {
        story.tell(step * 2, train(0.5));
    }
    assert_eq!(story.view().eta_secs(), Some(40.0));
    story.tell(20, EventBody::Paused);
    assert!(story.view().paused);
    assert_eq!(story.view().eta_secs(), None);
    story.wall_ms += 3_600_000;
    story.tell(20, EventBody::Continued);
    for step in 11..=20 {
        story.tell(step * 2, train(0.5));
    }
    let view = story.view();
    // 20 events a second apart, one of them the pause notice: 38 steps in 20 s of work, 60 steps left.
    assert_eq!(view.eta_secs(), Some(60.0 / (38.0 / 20.0)));
    assert_eq!(view.active_secs(), 21.0);
    story.wall_ms += 3_600_000;
    story.tell(0, started(2));
    assert_eq!(
        story.view().active_secs(),
        21.0,
        "a gap between attempts is nobody's work"
    );
    assert!(!story.view().paused);
}

fn phase(name: &str) -> EventBody {
    EventBody::Phase { name: name.to_owned() }
}

/// The worker loads model and rows before it says `started`, so its first word is another.
#[test]
fn the_time_between_attempts_is_nobodys_work_whatever_the_new_one_says_first() {
    const GAP_MS: u64 = 3_600_000;
    let mut story = Story {
        writer: 1,
        ..Story::default()
    };
    story.tell(0, phase("loading_model")).tell(0, started(1));
    story.tell(10, train(0.5)).tell(20, train(0.4)).tell(20, checkpoint());
    story.tell(30, train(0.3));
    assert_eq!(story.view().active_secs(), 5.0);

    // Killed; taken up an hour later: 2 s of loading, then 10 steps a second.
    (story.wall_ms, story.writer) = (story.wall_ms + GAP_MS, 2);
    story.tell(0, phase("loading_model"));
    assert_eq!(story.view().active_secs(), 5.0);
    story.tell(0, phase("tokenizing")).tell(20, started(2));
    story.tell(20, EventBody::Resumed { from_step: 20 });
    assert_eq!(
        story.view().eta_secs(),
        None,
        "the pace of the attempt before is not that of this one"
    );
    story.tell(30, train(0.3)).tell(40, train(0.2));
    let view = story.view();
    assert_eq!(view.active_secs(), 10.0);
    assert_eq!(view.eta_secs(), Some(6.0), "60 steps left at 10 a second");

    // Stopped while paused, a start that fails at once, and one that works: two more gaps.
    story.tell(40, EventBody::Paused);
    story.wall_ms += GAP_MS;
    story.tell(
        40,
        EventBody::Stopped {
            reason: "asked".to_owned(),
        },
    );
    assert_eq!(story.view().active_secs(), 11.0);
    let failed = EventBody::Failed {
        message: "no such file".to_owned(),
        hint: "bring it back".to_owned(),
    };
    (story.wall_ms, story.writer) = (story.wall_ms + GAP_MS, 3);
    story.tell(0, failed);
    (story.wall_ms, story.writer) = (story.wall_ms + GAP_MS, 4);
    story.tell(0, phase("loading_model")).tell(40, started(4));
    assert_eq!(story.view().active_secs(), 12.0);
    assert_eq!(story.view().attempts, 3);
}

#[test]
fn the_end_is_told_and_a_new_attempt_takes_it_back() {
    let mut story = Story::default();
    story
        .tell(0, started(1))
        .tell(40, evaluated(0.9, true))
        .tell(100, finished(f64::NAN));
    let view = story.view();
    let Some(Outcome::Finished(finish)) = &view.outcome else {
        panic!("finished");
    };
    assert_eq!(finish.best_value, None, "NaN is no value");
    assert_eq!(finish.test_metrics["auc"], 0.9);
    assert_eq!(view.ended_ms(), Some(3000));
    story.tell(0, started(2));
    assert_eq!((story.view().outcome, story.view().ended_ms()), (None, None));
}

#[test]
fn corrupt_lines_and_resets_are_shown_and_obeyed() {
    let mut view = RunView::default();
    view.apply_item(&LogItem::Corrupt {
        line: 3,
        message: "x".to_owned(),
    });
    assert_eq!((view.corrupt_lines, view.console.len()), (1, 1));
    view.apply_item(&LogItem::Reset);
    assert_eq!(view, RunView::default());
}

#[test]
fn the_console_is_bounded_and_says_so() {
    let mut story = Story::default();
    for step in 0..CONSOLE_LINES as u64 + 7 {
        story.tell(
            step,
            EventBody::Log {
                message: step.to_string(),
            },
        );
    }
    let view = story.view();
    assert_eq!((view.console.len(), view.console_dropped), (CONSOLE_LINES, 7));
}

#[test]
fn a_clock_that_steps_back_takes_no_time_away_and_hides_nothing() {
    let mut story = Story {
        writer: 1,
        ..Story::default()
    };
    story.tell(0, started(7));
    for step in 1..=5 {
        story.tell(step, train(0.7));
    }
    // Set back by an hour, as a corrected clock is; then on at its pace.
    story.wall_ms = story.wall_ms.saturating_sub(3_600_000);
    for step in 6..=9 {
        story.tell(step, train(0.6));
    }
    let view = story.view();
    assert_eq!((view.step, view.last(curve::TRAIN_LOSS)), (9, Some(0.6)));
    assert_eq!(steps(&view, curve::TRAIN_LOSS), (1..=9).collect::<Vec<_>>());
    // Five seconds before, three after; the second at the jump cannot be told.
    assert_eq!(view.active_secs(), 8.0);
    assert!(
        view.eta_secs().is_some_and(|secs| secs > 60.0 && secs < 120.0),
        "{:?}",
        view.eta_secs()
    );
    assert!(view.last_event_ms >= view.started_ms);
}

#[test]
fn short_memory_and_skipped_steps_are_marks() {
    let mut story = Story::default();
    story.tell(0, started(1));
    story.tell(
        3,
        EventBody::MemoryShort {
            micro_batch: 8,
            message: "can't allocate memory".to_owned(),
        },
    );
    story.tell(
        5,
        EventBody::StepSkipped {
            skipped: 1,
            loss_scale: Some(32_768.0),
        },
    );
    let marks: Vec<(u64, MarkKind)> = story.view().marks().iter().map(|mark| (mark.step, mark.kind)).collect();
    assert_eq!(marks, [(3, MarkKind::MemoryShort), (5, MarkKind::StepSkipped)]);
}

#[path = "replay_prefix_tests.rs"]
mod prefixes;
