//! What can go wrong with a run folder, its log, its control file and its worker process.

use crate::engine::artifact::{Bilingual, with_causes};
use std::io;
use std::path::{Path, PathBuf};

/// Errors of the `run` module. The cause of an IO error is its source, not part of the sentence.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("cannot {action} {}", path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("{} is not a run folder: it has no config.json", path.display())]
    NotARun { path: PathBuf },
    #[error("{}, line {line}, column {column}: {message}", path.display())]
    BadJson {
        path: PathBuf,
        line: usize,
        column: usize,
        message: String,
    },
    #[error("{} already holds a run; resume it or choose another folder", path.display())]
    AlreadyExists { path: PathBuf },
    #[error("the run is being trained by process {pid} already; watch it, or stop it first: {}", path.display())]
    AlreadyRunning { pid: u32, path: PathBuf },
    #[error("no worker is training this run; resume it first: {}", path.display())]
    NotRunning { path: PathBuf },
    #[error("the run is finished; start a new one to train further: {}", path.display())]
    AlreadyFinished { path: PathBuf },
    #[error("cannot find the program to start as a worker")]
    NoProgram { source: io::Error },
    #[error("cannot start the worker {}", program.display())]
    Spawn { program: PathBuf, source: io::Error },
    #[error("process {pid} did not end; end it by hand and resume the run")]
    CannotKill { pid: u32 },
    #[error("the trial failed: {message}. {hint}")]
    Trial { message: String, hint: String },
    #[error("there is no checkpoint of step {step} in {}; it has: {known}", path.display())]
    NoCheckpoint { step: u64, known: String, path: PathBuf },
    #[error("{} has no checkpoint yet; repeat the run instead", path.display())]
    NoCheckpoints { path: PathBuf },
    #[error(
        "a fork keeps base model, method, texts and numbers of its checkpoint; `{field}` differs: start a new run instead"
    )]
    CannotFork { field: String },
    #[error("`{setting}` is no setting of a run: {reason}")]
    BadSetting { setting: String, reason: String },
    #[error("a run named {run_id} is there already; rename or delete it before this one is restored")]
    NameTaken { run_id: String },
    #[error("{run_id} is not in the queue")]
    NotQueued { run_id: String },
    #[error("{run_id} is {status}; only a run that is not under way and not finished can be queued")]
    CannotQueue { run_id: String, status: &'static str },
}

impl RunError {
    /// The message with its causes in both languages.
    pub fn explain(&self) -> Bilingual {
        let zh = match self {
            Self::Io { path, source, .. } => format!("无法读写 {}：{source}", path.display()),
            Self::NotARun { path } => format!("{} 不是任务文件夹：缺少 config.json", path.display()),
            Self::BadJson {
                path,
                line,
                column,
                message,
            } => format!("{} 第 {line} 行第 {column} 列：{message}", path.display()),
            Self::AlreadyExists { path } => format!("{} 中已有任务；请继续它或选择其他文件夹", path.display()),
            Self::AlreadyRunning { pid, path } => {
                format!("该任务正由进程 {pid} 训练；请查看它或先停止它：{}", path.display())
            }
            Self::NotRunning { path } => format!("没有进程在训练该任务；请先继续它：{}", path.display()),
            Self::AlreadyFinished { path } => {
                format!("该任务已完成；如需继续训练请新建任务：{}", path.display())
            }
            Self::NoProgram { source } => format!("找不到可作为训练进程启动的程序：{source}"),
            Self::Spawn { program, source } => format!("无法启动训练进程 {}：{source}", program.display()),
            Self::Trial { message, hint } => format!("试运行失败：{message}。{hint}"),
            Self::CannotKill { pid } => format!("进程 {pid} 没有结束；请手动结束后继续该任务"),
            Self::NoCheckpoint { step, known, path } => {
                format!("{} 中没有第 {step} 步的检查点；现有：{known}", path.display())
            }
            Self::NoCheckpoints { path } => format!("{} 尚无检查点；请改为重新运行", path.display()),
            Self::CannotFork { field } => {
                format!("分支须沿用检查点的基础模型、方法、文本列与数值列；`{field}` 不同：请新建任务")
            }
            Self::BadSetting { setting, reason } => format!("`{setting}` 不是任务的设置：{reason}"),
            Self::NameTaken { run_id } => format!("已有名为 {run_id} 的任务；请先改名或删除后再恢复"),
            Self::NotQueued { run_id } => format!("{run_id} 不在队列中"),
            Self::CannotQueue { run_id, status } => {
                format!("{run_id} 的状态为 {status}；只有未在运行且未完成的任务可以排队")
            }
        };
        Bilingual::new(with_causes(self), zh)
    }

    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    pub(crate) fn json(path: &Path, error: &serde_json::Error) -> Self {
        let full = error.to_string();
        // serde_json appends the place to its sentence; here it stands in front.
        let message = full.split(" at line ").next().unwrap_or(&full).to_owned();
        Self::BadJson {
            path: path.to_owned(),
            line: error.line(),
            column: error.column(),
            message,
        }
    }
}
