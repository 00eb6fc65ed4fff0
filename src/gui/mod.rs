//! The window: the only place that names the window toolkit.
//!
//! Who may change what: `App::logic` drains finished jobs and run snapshots, then applies commands;
//! `App::ui` draws from `&AppState`. Pages own widget state only and send `Command`s; no page sees
//! another page, a file, a table library or a process.

pub mod app;
pub mod apply;
pub mod command;
pub mod dialog;
pub mod i18n;
pub mod jobs;
pub mod launch;
pub mod loadable;
pub mod pages;
pub mod runs;
pub mod settings;
pub mod shell;
pub mod state;
pub mod theme;
pub mod widgets;

pub use launch::{LaunchOptions, open};
