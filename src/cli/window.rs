//! `touchstone [PROJECT]`: opens the window.

use super::{ExitStatus, UsageError};
use std::path::PathBuf;

/// How the window opens; used by screenshots and tests.
#[derive(Debug, clap::Args)]
pub struct WindowArgs {
    /// Page to show first
    #[arg(long, hide = true)]
    page: Option<String>,
    /// `en` or `zh`
    #[arg(long, hide = true)]
    lang: Option<String>,
    /// `dark`, `light` or `system`
    #[arg(long, hide = true)]
    theme: Option<String>,
    /// Window size in points, e.g. `1440x900`
    #[arg(long, hide = true)]
    size: Option<String>,
}

/// Opens the window and returns when it is closed.
#[cfg(feature = "gui")]
pub fn open(project: Option<PathBuf>, args: &WindowArgs) -> anyhow::Result<ExitStatus> {
    use crate::gui::LaunchOptions;
    let options = LaunchOptions {
        project: project.map(|path| std::path::absolute(&path).unwrap_or(path)),
        page: parse(args.page.as_deref(), "page", crate::gui::pages::Page::from_name)?,
        language: parse(args.lang.as_deref(), "lang", language)?,
        theme: parse(args.theme.as_deref(), "theme", theme)?,
        ready_file: std::env::var_os("TOUCHSTONE_READY_FILE").map(PathBuf::from),
        inner_size: parse(args.size.as_deref(), "size", size)?,
        sample_home: None,
    };
    crate::gui::open(options)?;
    Ok(ExitStatus::Done)
}

#[cfg(not(feature = "gui"))]
pub fn open(_project: Option<PathBuf>, _args: &WindowArgs) -> anyhow::Result<ExitStatus> {
    Err(UsageError("this build has no window; run `touchstone --help` for the commands".to_owned()).into())
}

#[cfg(feature = "gui")]
fn parse<T>(value: Option<&str>, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, UsageError> {
    value
        .map(|text| read(text).ok_or_else(|| UsageError(format!("--{name} does not know `{text}`"))))
        .transpose()
}

#[cfg(feature = "gui")]
fn language(name: &str) -> Option<crate::gui::settings::Language> {
    use crate::gui::settings::Language;
    match name {
        "en" => Some(Language::English),
        "zh" => Some(Language::Chinese),
        _ => None,
    }
}

#[cfg(feature = "gui")]
fn theme(name: &str) -> Option<crate::gui::settings::ThemeChoice> {
    use crate::gui::settings::ThemeChoice;
    match name {
        "dark" => Some(ThemeChoice::Dark),
        "light" => Some(ThemeChoice::Light),
        "system" => Some(ThemeChoice::System),
        _ => None,
    }
}

#[cfg(feature = "gui")]
fn size(text: &str) -> Option<[f32; 2]> {
    let (width, height) = text.split_once('x')?;
    Some([width.parse().ok()?, height.parse().ok()?])
}
