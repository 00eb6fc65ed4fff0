//! A fake worker, a shell script, driven through its whole life.

use super::*;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::control;
use crate::engine::run::replay::Outcome;
use crate::engine::run::watch::RunWatch;
use std::os::unix::fs::PermissionsExt as _;

/// Says `started`, trains, obeys control.json; `$MODE` beside it chooses how it ends.
const WORKER: &str = r#"#!/bin/sh
[ "$1" = worker ] || exit 64
cd "$2" || exit 65
echo "worker on stderr" >&2
mode=$(cat mode)
[ "$mode" = dies_first ] && exit 7
ticks=$(cut -d' ' -f22 /proc/$$/stat)
boot=$(sed -n 's/^btime //p' /proc/stat)
start=$((boot + ticks / $(getconf CLK_TCK)))
seq=$(cat events.jsonl 2>/dev/null | wc -l)
say() { echo "{\"v\":1,\"seq\":$seq,\"wall_ms\":$(date +%s%3N),\"step\":$1,$2}" >> events.jsonl; seq=$((seq+1)); }
say 0 "\"type\":\"started\",\"pid\":$$,\"pid_start_secs\":$start,\"device\":\"cpu\",\"precision\":\"fp32\",\"total_steps\":1000,\"epochs\":1,\"train_rows\":1,\"valid_rows\":1,\"params_total\":1,\"params_trainable\":1"
step=0; paused=0
while true; do
  case $(cat control.json) in
    *stop*) say $step '"type":"stopped","reason":"asked"'; exit 0 ;;
    *pause*) [ $paused = 0 ] && { say $step '"type":"paused"'; paused=1; } ;;
    *) [ $paused = 1 ] && { say $step '"type":"continued"'; paused=0; }
       step=$((step+1))
       say $step '"type":"train","loss":0.5,"learning_rate":0.1,"grad_norm":1,"epoch":0.1,"samples_per_sec":1,"tokens_per_sec":1,"padding_share":0,"rss_bytes":1' ;;
  esac
  [ "$mode" = crashes ] && [ $step = 3 ] && kill -9 $$
  sleep 0.02
done
"#;

struct Stage {
    folder: tempfile::TempDir,
    run: RunDir,
    launcher: Launcher,
}

impl Stage {
    fn new(mode: &str) -> Self {
        let folder = tempfile::tempdir().expect("temp dir");
        let program = folder.path().join("fake-worker");
        std::fs::write(&program, WORKER).expect("script");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("executable");
        let run = RunDir::create(&folder.path().join("runs"), "2026-11-22", &TrainConfig::default()).expect("create");
        std::fs::write(run.path().join("mode"), mode).expect("mode");
        Self {
            folder,
            run,
            launcher: Launcher::new(program),
        }
    }

    fn watch(&self) -> RunWatch {
        RunWatch::open(self.run.clone()).expect("open")
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // No test may leave its worker behind.
        drop(kill(&self.run, Duration::ZERO));
    }
}

fn wait_for(watch: &mut RunWatch, what: &str, done: impl Fn(&RunWatch) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        watch.poll(now_ms()).expect("poll");
        if done(watch) {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("no {what}: {:?}, step {}", watch.status(), watch.view().step);
}

fn wait_for_status(watch: &mut RunWatch, expected: &RunStatus) {
    wait_for(watch, expected.name(), |watch| watch.status() == expected);
}

/// What a page does to a run: every arrow of the life of a worker.
#[test]
fn pause_continue_stop_and_resume() {
    let stage = Stage::new("obeys");
    let mut watch = stage.watch();
    watch.poll(now_ms()).expect("poll");
    assert_eq!(*watch.status(), RunStatus::Waiting);
    assert!(matches!(pause(&stage.run), Err(RunError::NotRunning { .. })));
    let handle = stage.launcher.start(&stage.run).expect("start");
    wait_for_status(&mut watch, &RunStatus::Running);
    assert!(matches!(
        stage.launcher.start(&stage.run),
        Err(RunError::AlreadyRunning { pid, .. }) if pid == handle.process.pid
    ));
    assert!(stage.run.clone().delete(&stage.folder.path().join("trash")).is_err());

    pause(&stage.run).expect("pause");
    wait_for_status(&mut watch, &RunStatus::Paused);
    let held = watch.view().step;
    unpause(&stage.run).expect("continue");
    wait_for(&mut watch, "further step", |watch| watch.view().step > held);
    assert_eq!(*watch.status(), RunStatus::Running);

    stop(&stage.run).expect("stop");
    wait_for_status(&mut watch, &RunStatus::Stopped);
    assert!(matches!(&watch.view().outcome, Some(Outcome::Stopped { reason }) if reason == "asked"));
    wait_for(&mut watch, "exit", |_| handle.has_exited());
    assert!(handle.exit_status().is_some_and(|status| status.success()));
    assert!(
        stage
            .run
            .stderr_tail(1000)
            .expect("stderr")
            .contains("worker on stderr")
    );

    // Resume takes the stop back, else the worker would end at once.
    stage.launcher.resume(&stage.run, watch.status()).expect("resume");
    assert_eq!(
        control::read(&stage.run).expect("control").map(|c| c.command),
        Some(Command::Continue)
    );
    wait_for_status(&mut watch, &RunStatus::Running);
    assert_eq!(watch.view().attempts, 2);
    kill(&stage.run, Duration::from_secs(5)).expect("kill");
    wait_for_status(&mut watch, &RunStatus::Crashed);
    assert!(matches!(
        kill(&stage.run, Duration::ZERO),
        Err(RunError::NotRunning { .. })
    ));
    assert!(matches!(
        stage.launcher.resume(&stage.run, &RunStatus::Finished),
        Err(RunError::AlreadyFinished { .. })
    ));
}

#[test]
fn a_worker_killed_by_the_system_is_a_crash_that_can_be_resumed() {
    let stage = Stage::new("crashes");
    let mut watch = stage.watch();
    stage.launcher.start(&stage.run).expect("start");
    wait_for_status(&mut watch, &RunStatus::Crashed);
    assert_eq!(watch.view().step, 3);
    assert!(watch.status().can_start());
    std::fs::write(stage.run.path().join("mode"), "obeys").expect("mode");
    stage.launcher.start(&stage.run).expect("resume");
    wait_for_status(&mut watch, &RunStatus::Running);
}

#[test]
fn a_worker_that_dies_before_its_first_word_is_a_crash_too() {
    let stage = Stage::new("dies_first");
    let mut watch = stage.watch();
    let handle = stage.launcher.start(&stage.run).expect("start");
    wait_for_status(&mut watch, &RunStatus::Crashed);
    wait_for(&mut watch, "exit code", |_| handle.exit_status().is_some());
    assert_eq!(handle.exit_status().and_then(|status| status.code()), Some(7));
    let missing = Launcher::new("/no/such/program");
    assert!(matches!(missing.start(&stage.run), Err(RunError::Spawn { .. })));
}

#[test]
fn the_worker_is_out_of_reach_of_the_terminal() {
    let stage = Stage::new("obeys");
    let handle = stage.launcher.start(&stage.run).expect("start");
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", handle.process.pid)).expect("it runs");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    assert_eq!(fields[2], handle.process.pid.to_string(), "its own process group");
}
