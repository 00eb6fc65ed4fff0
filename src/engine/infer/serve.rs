//! `touchstone-torch serve`: holds a model and scores what standard input asks for.

use super::scorer::Scorer;
use super::wire::{Reply, Request, send, to_bits};
use crate::engine::progress::Progress;
use crate::engine::train::TrainError;
use std::io::{BufRead, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often the progress is told.
const TOLD_EVERY: Duration = Duration::from_millis(100);

/// Answers requests until the input ends; then who asked is gone, and so is the need to score.
///
/// # Errors
/// The output cannot be written. What fails in scoring is an answer, no error.
pub fn serve(input: impl BufRead, output: impl Write + Send) -> std::io::Result<()> {
    let output = Mutex::new(output);
    let mut scorer = None;
    for line in input.lines() {
        let reply = match serde_json::from_str(&line?) {
            Ok(request) => told(&output, |progress| answer(&mut scorer, request, progress)).unwrap_or_else(failed),
            Err(error) => Reply::Failed {
                message: format!("the question is not understood: {error}"),
                hint: "Take both programs, touchstone and touchstone-torch, from one version.".to_owned(),
            },
        };
        say(&output, &reply)?;
    }
    Ok(())
}

fn failed(error: TrainError) -> Reply {
    Reply::Failed {
        message: error.to_string(),
        hint: error.hint().to_owned(),
    }
}

fn answer(scorer: &mut Option<Scorer>, request: Request, progress: &Progress) -> Result<Reply, TrainError> {
    let scores = |rows| match scorer.as_ref() {
        Some(scorer) => Ok((scorer, rows)),
        None => Err(TrainError::Beside {
            message: "no model was opened".to_owned(),
            hint: String::new(),
        }),
    };
    match request {
        Request::Open { model_dir, options } => {
            let opened = scorer.insert(Scorer::open(&model_dir, options)?);
            Ok(Reply::Card(Box::new(opened.card().clone())))
        }
        Request::Predict(rows) => {
            let (scorer, rows) = scores(rows)?;
            Ok(Reply::Predictions(scorer.predict(rows, progress)?))
        }
        Request::Logits(rows) => {
            let (scorer, rows) = scores(rows)?;
            let logits = scorer.logits(rows, progress)?;
            Ok(Reply::Logits(logits.iter().map(|row| to_bits(row)).collect()))
        }
    }
}

/// Does the work and tells how far it is, from a thread beside it.
fn told<T: Send>(output: &Mutex<impl Write + Send>, work: impl FnOnce(&Progress) -> T) -> T {
    let progress = Progress::new();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (seen, ended) = (progress.clone(), &done);
        let teller = scope.spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                std::thread::park_timeout(TOLD_EVERY);
                if !ended.load(Ordering::Relaxed) && say(output, &Reply::progress(seen.snapshot())).is_err() {
                    // Nobody listens any more.
                    seen.cancel();
                    return;
                }
            }
        });
        let result = work(&progress);
        done.store(true, Ordering::Relaxed);
        teller.thread().unpark();
        result
    })
}

fn say(output: &Mutex<impl Write>, reply: &Reply) -> std::io::Result<()> {
    let mut output = output.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    send(&mut *output, reply)
}
