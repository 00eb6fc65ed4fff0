//! Long work off the UI thread: config in, result out, progress, cancel, one job a stage.
//!
//! Invariant: the UI thread only polls; a panic in a job becomes a failure the page shows.

use super::apply::ApplyContext;
use super::i18n::common as words;
use super::settings::Language;
use super::state::Stage;
use crate::engine::artifact::{Bilingual, with_causes};
use crate::engine::progress::{Cancelled, Progress};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Why a job has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobFailure {
    Cancelled,
    /// What happened, where, and what to do; shown on the page.
    Failed(String),
}

impl JobFailure {
    /// For stage errors: shows the error with its causes; a cancelled progress makes it `Cancelled`.
    pub fn from_error(error: &(dyn std::error::Error + 'static), progress: &Progress) -> Self {
        if progress.is_cancelled() {
            return Self::Cancelled;
        }
        Self::Failed(with_causes(error))
    }
}

impl JobFailure {
    /// The same for an error that knows its words in both languages.
    pub fn told(explained: &Bilingual, lang: Language, progress: &Progress) -> Self {
        if progress.is_cancelled() {
            return Self::Cancelled;
        }
        Self::Failed(lang.b(explained).to_owned())
    }
}

impl From<Cancelled> for JobFailure {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

/// What a finished job does to the state, on the UI thread.
pub type Completion = Box<dyn FnOnce(&mut ApplyContext<'_>) + Send>;

/// What a job does with its outcome; taken by whoever ends it first, the work or its cancellation.
type Done<T> = Box<dyn FnOnce(Result<T, JobFailure>, &mut ApplyContext<'_>) + Send>;

/// Ends a job as cancelled without waiting for its work.
type Abandon = Box<dyn FnOnce() -> Completion>;

/// Job id of deliveries that belong to no job.
const DELIVERY: u64 = 0;

/// A job as the tray shows it.
pub struct Job {
    pub id: u64,
    pub stage: Stage,
    pub title: Bilingual,
    pub progress: Progress,
    pub started: Instant,
}

impl Job {
    /// Seconds left by linear extrapolation; `None` until it means something.
    pub fn eta_secs(&self) -> Option<f64> {
        let fraction = f64::from(self.progress.snapshot().fraction);
        let elapsed = self.started.elapsed().as_secs_f64();
        (fraction > 0.05 && elapsed > 1.0).then(|| elapsed * (1.0 - fraction) / fraction)
    }
}

/// Runs jobs on the tokio runtime's blocking pool; at most one a stage.
pub struct JobQueue {
    runtime: tokio::runtime::Handle,
    context: egui::Context,
    running: Vec<Job>,
    /// By job id, of the jobs that need not be waited for.
    abandon: Vec<(u64, Abandon)>,
    next_id: u64,
    sender: Sender<(u64, Completion)>,
    finished: Receiver<(u64, Completion)>,
}

impl JobQueue {
    pub fn new(runtime: tokio::runtime::Handle, context: egui::Context) -> Self {
        let (sender, finished) = channel();
        Self {
            runtime,
            context,
            running: Vec::new(),
            abandon: Vec::new(),
            next_id: 1,
            sender,
            finished,
        }
    }

    /// Starts `work` for `stage`; a job already running for it is cancelled and its result dropped.
    /// `done` runs on the UI thread with the outcome. Returns the progress to show in a `Loadable`.
    pub fn start<T, W, D>(&mut self, stage: Stage, title: Bilingual, work: W, done: D) -> Progress
    where
        T: Send + 'static,
        W: FnOnce(&Progress) -> Result<T, JobFailure> + Send + 'static,
        D: FnOnce(Result<T, JobFailure>, &mut ApplyContext<'_>) + Send + 'static,
    {
        for job in self.running.iter().filter(|job| job.stage == stage) {
            job.progress.cancel();
        }
        self.running.retain(|job| job.stage != stage);
        self.forget_ended();
        let id = self.next_id;
        self.next_id += 1;
        let progress = Progress::new();
        let done: Arc<Mutex<Option<Done<T>>>> = Arc::new(Mutex::new(Some(Box::new(done))));
        if only_reads(stage) {
            let done = Arc::clone(&done);
            self.abandon
                .push((id, Box::new(move || completion(done, Err(JobFailure::Cancelled)))));
        }
        let (sender, context, worker_progress) = (self.sender.clone(), self.context.clone(), progress.clone());
        self.runtime.spawn_blocking(move || {
            let ended = catch_unwind(AssertUnwindSafe(|| work(&worker_progress)));
            let ended = ended.map_err(|panic| panic_detail(panic.as_ref()));
            let told = told(ended, move |outcome, cx| completion(done, outcome)(cx));
            // The receiver lives as long as the window; without it nobody waits for the result.
            if sender.send((id, told)).is_ok() {
                context.request_repaint();
            }
        });
        self.running.push(Job {
            id,
            stage,
            title,
            progress: progress.clone(),
            started: Instant::now(),
        });
        progress
    }

    /// Completions of jobs that ended since the last call; superseded jobs are dropped.
    pub(super) fn take_finished(&mut self) -> Vec<Completion> {
        let mut completions = Vec::new();
        while let Ok((id, completion)) = self.finished.try_recv() {
            if id == DELIVERY {
                completions.push(completion);
            } else if let Some(at) = self.running.iter().position(|job| job.id == id) {
                self.running.remove(at);
                completions.push(completion);
            }
        }
        self.forget_ended();
        completions
    }

    pub fn running(&self) -> &[Job] {
        &self.running
    }

    /// Asks the job of this stage to stop; the page shows the previous result again when it has. Work that only
    /// reads is not waited for: the page is free at once, and the work ends unseen at its next look.
    pub fn cancel_stage(&mut self, stage: Stage) {
        for job in self.running.iter().filter(|job| job.stage == stage) {
            job.progress.cancel();
            if let Some(at) = self.abandon.iter().position(|(id, _)| *id == job.id) {
                let (_, abandon) = self.abandon.remove(at);
                // The queue holds the receiver itself.
                if self.sender.send((job.id, abandon())).is_ok() {
                    self.context.request_repaint();
                }
            }
        }
    }

    fn forget_ended(&mut self) {
        let running = &self.running;
        self.abandon.retain(|(id, _)| running.iter().any(|job| job.id == *id));
    }

    /// Starts quick work that no stage waits for, beside its jobs; `done` runs on the UI thread with the outcome.
    pub fn beside<T, W, D>(&self, work: W, done: D)
    where
        T: Send + 'static,
        W: FnOnce() -> Result<T, JobFailure> + Send + 'static,
        D: FnOnce(Result<T, JobFailure>, &mut ApplyContext<'_>) + Send + 'static,
    {
        let deliver = self.deliverer();
        self.runtime.spawn_blocking(move || {
            let ended = catch_unwind(AssertUnwindSafe(work)).map_err(|panic| panic_detail(panic.as_ref()));
            deliver(told(ended, done));
        });
    }

    /// A function that hands something to do to the UI thread, from any thread.
    pub fn deliverer(&self) -> impl Fn(Completion) + Send + 'static {
        let (sender, context) = (self.sender.clone(), self.context.clone());
        move |completion| {
            // Without a receiver the window is gone, and with it the need for an answer.
            if sender.send((DELIVERY, completion)).is_ok() {
                context.request_repaint();
            }
        }
    }

    /// The runtime, for async waits that are not jobs (file dialogs, run watching).
    pub fn runtime(&self) -> &tokio::runtime::Handle {
        &self.runtime
    }

    pub fn context(&self) -> &egui::Context {
        &self.context
    }
}

/// Whether the jobs of a stage change nothing outside the window before their outcome is applied.
fn only_reads(stage: Stage) -> bool {
    matches!(stage, Stage::Data | Stage::Audit)
}

/// Hands the outcome over, unless the job has ended already.
fn completion<T>(done: Arc<Mutex<Option<Done<T>>>>, outcome: Result<T, JobFailure>) -> Completion
where
    T: Send + 'static,
{
    Box::new(move |cx| {
        let done = done.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(done) = done {
            done(outcome, cx);
        }
    })
}

/// What ended work does to the state; a panic becomes a failure.
fn told<T, D>(ended: Result<Result<T, JobFailure>, Option<String>>, done: D) -> Completion
where
    T: Send + 'static,
    D: FnOnce(Result<T, JobFailure>, &mut ApplyContext<'_>) + Send + 'static,
{
    Box::new(move |cx| {
        let outcome = ended.unwrap_or_else(|detail| {
            let lang = cx.state.settings.language;
            Err(JobFailure::Failed(words::internal_fault(lang, detail.as_deref())))
        });
        done(outcome, cx);
    })
}

/// What the panic said.
fn panic_detail(panic: &(dyn std::any::Any + Send)) -> Option<String> {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::command::Commands;
    use crate::gui::state::AppState;
    use std::time::Duration;

    /// A queue with a state its completions write to.
    struct Bench {
        state: AppState,
        queue: JobQueue,
        _runtime: tokio::runtime::Runtime,
    }

    impl Bench {
        fn new() -> Self {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .build()
                .expect("a runtime");
            Self {
                state: AppState::default(),
                queue: JobQueue::new(runtime.handle().clone(), egui::Context::default()),
                _runtime: runtime,
            }
        }

        /// Starts a job of the project stage whose outcome lands in the window's notice.
        fn start(&mut self, work: impl FnOnce(&Progress) -> Result<String, JobFailure> + Send + 'static) {
            self.start_stage(Stage::Project, work);
        }

        fn start_stage(
            &mut self,
            stage: Stage,
            work: impl FnOnce(&Progress) -> Result<String, JobFailure> + Send + 'static,
        ) {
            self.queue.start(stage, Bilingual::default(), work, |outcome, cx| {
                cx.state.project.notice = Some(match outcome {
                    Ok(text) | Err(JobFailure::Failed(text)) => text,
                    Err(JobFailure::Cancelled) => "cancelled".to_owned(),
                });
            });
        }

        /// Runs completions until a job has told something.
        fn told(&mut self) -> String {
            let deadline = Instant::now() + Duration::from_secs(10);
            loop {
                let commands = Commands::default();
                for done in self.queue.take_finished() {
                    done(&mut ApplyContext {
                        state: &mut self.state,
                        jobs: &mut self.queue,
                        commands: &commands,
                    });
                }
                if let Some(notice) = self.state.project.notice.take() {
                    return notice;
                }
                assert!(Instant::now() < deadline, "no job told anything");
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    }

    fn until_cancelled(progress: &Progress) -> Result<String, JobFailure> {
        loop {
            progress.check()?;
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn a_cancelled_job_ends_and_says_so() {
        let mut bench = Bench::new();
        bench.start(until_cancelled);
        assert_eq!(bench.queue.running().len(), 1);
        bench.queue.cancel_stage(Stage::Data);
        assert!(
            !bench.queue.running()[0].progress.is_cancelled(),
            "another stage's cancel"
        );
        bench.queue.cancel_stage(Stage::Project);
        assert_eq!(bench.told(), "cancelled");
        assert!(bench.queue.running().is_empty());
    }

    #[test]
    fn reading_is_not_waited_for() {
        let mut bench = Bench::new();
        let (release, wait) = channel::<()>();
        bench.start_stage(Stage::Data, move |_| {
            // Work that does not look at its progress for a long time.
            let _ = wait.recv();
            Ok("too late".to_owned())
        });
        let cancelled = Instant::now();
        bench.queue.cancel_stage(Stage::Data);
        assert_eq!(bench.told(), "cancelled");
        assert!(cancelled.elapsed() < Duration::from_millis(200));
        assert!(bench.queue.running().is_empty());
        drop(release);
        std::thread::sleep(Duration::from_millis(20));
        assert!(bench.queue.take_finished().is_empty(), "its outcome is dropped");
    }

    #[test]
    fn a_new_job_of_a_stage_takes_the_place_of_the_one_before() {
        let mut bench = Bench::new();
        bench.start(until_cancelled);
        bench.start(|_| Ok("second".to_owned()));
        assert_eq!(bench.queue.running().len(), 1);
        assert_eq!(bench.told(), "second");
        std::thread::sleep(Duration::from_millis(20));
        assert!(
            bench.queue.take_finished().is_empty(),
            "the first one's outcome is dropped"
        );
    }

    #[test]
    fn a_panic_becomes_a_failure() {
        let mut bench = Bench::new();
        bench.start(|_| panic!("index 9 of 3"));
        let told = bench.told();
        assert!(told.contains("index 9 of 3") && told.contains("try again"), "{told}");
    }
}
