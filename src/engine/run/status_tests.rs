//! Every state from the evidence that makes it.

use super::*;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::event::{EVENT_VERSION, Event, EventBody};
use crate::engine::run::liveness::ProcessId;
use crate::engine::run::lock::WorkerLock;

const NOW_MS: u64 = 1_000_000;

fn view(bodies: Vec<EventBody>) -> RunView {
    let mut view = RunView::default();
    for (seq, body) in bodies.into_iter().enumerate() {
        view.apply(&Event {
            v: EVENT_VERSION,
            seq: seq as u64,
            wall_ms: 500_000 + seq as u64,
            step: seq as u64,
            body,
            writer: 1,
        });
    }
    view
}

fn started(pid: u32) -> EventBody {
    EventBody::Started {
        pid,
        pid_start_secs: 400,
        device: String::new(),
        precision: String::new(),
        total_steps: 10,
        epochs: 1.0,
        train_rows: 1,
        valid_rows: 1,
        params_total: 1,
        params_trainable: 1,
    }
}

fn evaluated() -> EventBody {
    EventBody::Evaluated {
        metrics: std::collections::BTreeMap::new(),
        best: false,
        samples: Vec::new(),
    }
}

fn stopped() -> EventBody {
    EventBody::Stopped {
        reason: "asked".to_owned(),
    }
}

/// `(pid, launched_ms, liveness)`.
type Who = Option<(u32, u64, Liveness)>;

fn check(bodies: Vec<EventBody>, worker: Who, launch: Who, command: Option<Command>, expected: &RunStatus) {
    let record = |who: Who| {
        who.map(|(pid, launched_ms, liveness)| {
            let process = ProcessId { pid, start_secs: 400 };
            let record = WorkerRecord {
                process,
                host: "here".to_owned(),
                launched_ms,
            };
            (record, liveness)
        })
    };
    let evidence = Evidence {
        worker: record(worker),
        launch: record(launch),
        command,
        now_ms: NOW_MS,
    };
    assert_eq!(&status(&view(bodies), &evidence), expected, "{evidence:?}");
}

#[test]
fn live_states() {
    use Liveness::{Alive, Dead};
    let worker = Some((7, 499_000, Alive));
    let step = || vec![started(7), evaluated()];
    check(vec![], None, None, None, &RunStatus::Waiting);
    check(vec![], None, Some((7, 1, Alive)), None, &RunStatus::Starting);
    check(vec![], worker, None, None, &RunStatus::Starting);
    check(vec![started(7)], worker, None, None, &RunStatus::Starting);
    check(step(), worker, None, None, &RunStatus::Running);
    check(step(), worker, None, Some(Command::Pause), &RunStatus::Running);
    check(step(), worker, None, Some(Command::Stop), &RunStatus::Stopping);
    let mut paused = step();
    paused.push(EventBody::Paused);
    check(paused, worker, None, None, &RunStatus::Paused);
    // A second start that was refused does not hide the worker that runs.
    check(step(), worker, Some((8, 600_000, Dead)), None, &RunStatus::Running);
    // A resumed run before its new worker has said anything.
    let ended = || vec![started(7), evaluated(), stopped()];
    check(ended(), Some((8, 600_000, Alive)), None, None, &RunStatus::Starting);
    let old = Some((7, 499_000, Dead));
    check(ended(), old, Some((8, 600_000, Alive)), None, &RunStatus::Starting);
}

#[test]
fn ended_states() {
    use Liveness::{Alive, Dead, Elsewhere};
    let dead = Some((7, 499_000, Dead));
    let launched = Some((7, 498_000, Dead));
    let ended = || vec![started(7), evaluated(), stopped()];
    check(ended(), dead, launched, Some(Command::Stop), &RunStatus::Stopped);
    check(ended(), None, None, None, &RunStatus::Stopped);
    // On its way out after its last word.
    check(ended(), Some((7, 499_000, Alive)), None, None, &RunStatus::Stopped);
    check(
        vec![started(7), evaluated()],
        dead,
        launched,
        Some(Command::Stop),
        &RunStatus::Crashed,
    );
    // Died before its first event: a missing library, say.
    check(vec![], None, launched, None, &RunStatus::Crashed);
    check(ended(), dead, Some((8, 600_000, Dead)), None, &RunStatus::Crashed);
    // On a shared disk only silence tells.
    check(
        vec![started(7), evaluated()],
        Some((7, 499_000, Elsewhere)),
        None,
        None,
        &RunStatus::Crashed,
    );
    check(
        vec![started(7), evaluated()],
        Some((7, NOW_MS - 5000, Elsewhere)),
        None,
        None,
        &RunStatus::Running,
    );
    let failed = EventBody::Failed {
        message: "out of memory".to_owned(),
        hint: "smaller batch".to_owned(),
    };
    check(
        vec![started(7), failed],
        dead,
        None,
        None,
        &RunStatus::Failed {
            message: "out of memory".to_owned(),
            hint: "smaller batch".to_owned(),
        },
    );
}

#[test]
fn a_reused_pid_does_not_keep_a_run_alive() {
    let folder = tempfile::tempdir().expect("temp dir");
    let run = RunDir::create_at(folder.path(), &TrainConfig::default()).expect("create");
    let lock = WorkerLock::acquire(&run, 1).expect("lock");
    let mut view = view(vec![started(std::process::id()), evaluated()]);
    let current = ProcessId::current();
    if let Some(attempt) = &mut view.attempt {
        attempt.process = current;
    }
    let evidence = Evidence::gather(&run, &view, NOW_MS);
    assert_eq!(status(&view, &evidence), RunStatus::Running);
    // The same pid, but the process that wrote the record started an hour earlier.
    drop(lock);
    let earlier = ProcessId {
        start_secs: current.start_secs - 3600,
        ..current
    };
    let record = format!(
        "{{\"pid\":{},\"start_secs\":{},\"host\":{:?},\"launched_ms\":1}}",
        earlier.pid,
        earlier.start_secs,
        host_name()
    );
    std::fs::write(run.path().join("worker.json"), record).expect("write");
    if let Some(attempt) = &mut view.attempt {
        attempt.process = earlier;
    }
    let evidence = Evidence::gather(&run, &view, NOW_MS);
    assert_eq!(status(&view, &evidence), RunStatus::Crashed);
}
