//! A fine-tuned model held by `touchstone-torch`, asked over pipes.

use super::ScoreOptions;
use super::wire::{Reply, Request, from_bits, send};
use crate::engine::progress::Progress;
use crate::engine::torch_program;
use crate::engine::train::data::Rows;
use crate::engine::train::tasks::{self, Predictions, TaskRules};
use crate::engine::train::{ModelCard, TrainError};
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often a cancelled job is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Of what the program complained about, so much is kept.
const MOST_COMPLAINT_BYTES: u64 = 16 << 10;

/// A model ready to score, in a process of its own that ends with this value.
#[derive(Debug)]
pub struct ScorerClient {
    process: Process,
    card: ModelCard,
    rules: Box<dyn TaskRules>,
}

impl ScorerClient {
    /// Loads a model folder. Without `touchstone.json` it must be a text-only `BertForSequenceClassification`.
    ///
    /// # Errors
    /// There is no program with libtorch, it does not start, or the folder holds no such model.
    pub fn open(model_dir: &Path, options: ScoreOptions) -> Result<Self, TrainError> {
        let program = torch_program::find().ok_or(TrainError::TorchUnavailable)?;
        let mut process = Process::start(&program).map_err(TrainError::io("start", &program))?;
        let request = Request::Open {
            model_dir: model_dir.to_owned(),
            options,
        };
        match process.ask(&request, &Progress::new())? {
            Reply::Card(card) => Ok(Self {
                process,
                rules: tasks::of(card.task, &card.classes),
                card: *card,
            }),
            other => Err(unexpected(&other)),
        }
    }

    /// What the model expects.
    pub fn card(&self) -> &ModelCard {
        &self.card
    }

    /// How the model's answers are read.
    pub fn rules(&self) -> &dyn TaskRules {
        &*self.rules
    }

    /// What the model says of each row: a probability, one a class, or the grade.
    ///
    /// # Errors
    /// Rows that do not fit the model, a lack of memory, a process that ended, a cancelled `progress`.
    pub fn predict(&mut self, rows: Rows, progress: &Progress) -> Result<Predictions, TrainError> {
        match self.process.ask(&Request::Predict(rows), progress)? {
            Reply::Predictions(predictions) => Ok(predictions),
            other => Err(unexpected(&other)),
        }
    }

    /// Probability of label 1 of each row, of a binary model.
    ///
    /// # Errors
    /// As for [`Self::predict`].
    pub fn score(&mut self, rows: Rows, progress: &Progress) -> Result<Vec<f32>, TrainError> {
        Ok(self.predict(rows, progress)?.values)
    }

    /// What the classifier gives before it becomes a probability: the logits of each row.
    ///
    /// # Errors
    /// As for [`Self::predict`].
    pub fn logits(&mut self, rows: Rows, progress: &Progress) -> Result<Vec<Vec<f32>>, TrainError> {
        match self.process.ask(&Request::Logits(rows), progress)? {
            Reply::Logits(rows) => Ok(rows.iter().map(|bits| from_bits(bits)).collect()),
            other => Err(unexpected(&other)),
        }
    }
}

/// `touchstone-torch serve` with a line to it and one from it.
#[derive(Debug)]
struct Process {
    child: Child,
    questions: Option<ChildStdin>,
    answers: Receiver<std::io::Result<String>>,
    complaints: Option<JoinHandle<String>>,
}

impl Process {
    fn start(program: &Path) -> std::io::Result<Self> {
        let mut child = Command::new(program)
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (said, answers) = channel();
        if let Some(stdout) = child.stdout.take() {
            let listen = move || {
                for line in BufReader::new(stdout).lines() {
                    if said.send(line).is_err() {
                        return;
                    }
                }
            };
            thread("scorer-answers").spawn(listen)?;
        }
        let complaints = match child.stderr.take() {
            Some(stderr) => Some(thread("scorer-complaints").spawn(move || complaints(stderr))?),
            None => None,
        };
        Ok(Self {
            questions: child.stdin.take(),
            child,
            answers,
            complaints,
        })
    }

    /// Sends a request and waits for its answer; a cancelled job ends the process.
    fn ask(&mut self, request: &Request, progress: &Progress) -> Result<Reply, TrainError> {
        let sent = self.questions.as_mut().map(|to| send(to, request));
        if !matches!(sent, Some(Ok(()))) {
            return Err(self.ended());
        }
        loop {
            if progress.is_cancelled() {
                // What it computes is of no use to anyone; `drop` reaps it.
                let _ = self.child.kill();
            }
            progress.check()?;
            let line = match self.answers.recv_timeout(LOOK_EVERY) {
                Ok(Ok(line)) => line,
                Err(RecvTimeoutError::Timeout) => continue,
                Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => return Err(self.ended()),
            };
            match serde_json::from_str(&line) {
                Ok(Reply::Progress { fraction, en, zh }) => {
                    progress.phase(&en, &zh);
                    progress.set(f64::from(fraction));
                }
                Ok(Reply::Failed { message, hint }) => return Err(TrainError::Beside { message, hint }),
                Ok(reply) => return Ok(reply),
                Err(error) => return Err(misunderstood(&error.to_string())),
            }
        }
    }

    /// The process is gone; what it said last is the best reason there is.
    fn ended(&mut self) -> TrainError {
        self.questions = None;
        let status = self.child.wait();
        let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
        let words = self.complaints.take().and_then(|thread| thread.join().ok());
        let words = words.unwrap_or_default();
        let last = words.lines().rfind(|line| !line.trim().is_empty());
        let reason = last.map_or_else(|| status.clone(), |last| format!("{status}: {}", last.trim()));
        TrainError::from_torch("scoring in its own process", &reason)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // What it may still compute, nobody waits for.
        self.questions = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn thread(name: &str) -> std::thread::Builder {
    std::thread::Builder::new().name(name.to_owned())
}

/// What the program complains about; the rest is read and dropped, so that it never waits for a full pipe.
fn complaints(mut from: impl Read) -> String {
    let mut kept = Vec::new();
    let _ = from.by_ref().take(MOST_COMPLAINT_BYTES).read_to_end(&mut kept);
    let _ = std::io::copy(&mut from, &mut std::io::sink());
    String::from_utf8_lossy(&kept).into_owned()
}

fn unexpected(reply: &Reply) -> TrainError {
    let mut words = format!("{reply:?}");
    words.truncate(words.floor_char_boundary(200));
    misunderstood(&words)
}

fn misunderstood(what: &str) -> TrainError {
    TrainError::Beside {
        message: format!("the answer of the scoring process is not understood: {what}"),
        hint: "Take both programs, touchstone and touchstone-torch, from one version.".to_owned(),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    /// A program that answers as `script` does.
    fn process(folder: &Path, script: &str) -> Process {
        let program = folder.join("program");
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("write");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("mode");
        Process::start(&program).expect("it starts")
    }

    fn request() -> Request {
        Request::Predict(Rows::default())
    }

    #[test]
    fn progress_is_passed_on_and_the_answer_ends_it() {
        let folder = tempfile::tempdir().expect("temp dir");
        let script = "read line\n\
                      echo '{\"progress\":{\"fraction\":0.5,\"en\":\"scoring\",\"zh\":\"打分\"}}'\n\
                      echo '{\"predictions\":{\"width\":1,\"values\":[1056964608,2143289344]}}'\nread line";
        let progress = Progress::new();
        let reply = process(folder.path(), script)
            .ask(&request(), &progress)
            .expect("an answer");
        let Reply::Predictions(Predictions { values, .. }) = reply else {
            panic!("{reply:?}")
        };
        assert_eq!(values[0], 0.5);
        assert!(values[1].is_nan());
        assert_eq!(progress.snapshot().phase.zh, "打分");
    }

    #[test]
    fn a_crash_is_an_error_with_the_last_words() {
        let folder = tempfile::tempdir().expect("temp dir");
        let mut crashing = process(folder.path(), "read line\necho 'terminate called' >&2\nkill -SEGV $$");
        let error = crashing.ask(&request(), &Progress::new()).expect_err("it is gone");
        assert!(error.to_string().contains("terminate called"), "{error}");
        assert!(error.to_string().contains("signal"), "{error}");
        // Asked again it still is.
        assert!(crashing.ask(&request(), &Progress::new()).is_err());
    }

    #[test]
    fn a_cancelled_job_does_not_wait_for_the_answer() {
        let folder = tempfile::tempdir().expect("temp dir");
        let mut slow = process(folder.path(), "read line\nexec sleep 60");
        let progress = Progress::new();
        progress.cancel();
        let started = std::time::Instant::now();
        let error = slow.ask(&request(), &progress).expect_err("cancelled");
        drop(slow);
        assert!(matches!(error, TrainError::Cancelled(_)), "{error}");
        assert!(started.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn another_version_is_named() {
        let folder = tempfile::tempdir().expect("temp dir");
        let mut other = process(folder.path(), "read line\necho '{\"better\":1}'\nread line");
        let error = other.ask(&request(), &Progress::new()).expect_err("not understood");
        assert!(error.hint().contains("one version"), "{error}");
    }
}
