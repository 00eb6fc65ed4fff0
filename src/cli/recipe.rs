//! `touchstone recipe`: suggest a recipe from an audit's findings, or check one.

use super::kept::{Kept, LogFiles};
use super::reading::ReadingArgs;
use super::{ExitStatus, OutputArgs, write_file};
use crate::engine::audit::{AuditOptions, SideTables, audit};
use crate::engine::ingest::{ReadOptions, read_log};
use crate::engine::progress::Progress;
use crate::engine::recipe::{Recipe, suggest};
use crate::engine::run::now_ms;
use std::path::{Path, PathBuf};

/// Suggest a recipe from an audit's findings
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one in the life of the program")]
enum Command {
    /// Write the recipe an audit of the log proposes
    Suggest(SuggestArgs),
    /// Check that a recipe can be read and say what it does
    Show {
        /// The recipe (JSON)
        recipe: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
struct SuggestArgs {
    /// Files or folders; several make one log
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where to write the recipe
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Item table, to find orphan items
    #[arg(long, value_name = "FILE")]
    items: Option<PathBuf>,
    /// User table, to find orphan users
    #[arg(long, value_name = "FILE")]
    users: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadingArgs,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    match &args.command {
        Command::Suggest(args) => suggest_recipe(args, out),
        Command::Show { recipe } => {
            let recipe = super::clean::read_recipe(recipe)?;
            out.write_json(&recipe)?;
            say(&recipe, out);
            Ok(ExitStatus::Done)
        }
    }
}

fn suggest_recipe(args: &SuggestArgs, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let options = args.reading.options(false)?;
    let kept = Kept::open(out)?;
    let (progress, bar) = out.progress();
    let dataset = read_log(&args.files, &options, &progress)?;
    let side = |path: Option<&Path>, progress: &Progress| {
        path.map(|path| read_log(&[path.to_owned()], &ReadOptions::default(), progress))
            .transpose()
    };
    let items = side(args.items.as_deref(), &progress)?;
    let users = side(args.users.as_deref(), &progress)?;
    let tables = SideTables {
        items: items.as_ref(),
        users: users.as_ref(),
    };
    let now = now_ms();
    let report = audit(&dataset, &AuditOptions::new(now).with_tables(tables), &progress)?;
    let recipe = suggest(&report);
    drop(bar);
    write_file(&args.out, recipe.to_json() + "\n", "the recipe")?;
    if let Some(kept) = kept {
        let files = LogFiles {
            log: &args.files,
            items: args.items.as_deref(),
            users: args.users.as_deref(),
            options: &options,
        };
        let read = [Some(&dataset), tables.items, tables.users];
        kept.log(&files, &read.into_iter().flatten().collect::<Vec<_>>())?;
        kept.audit(&report)?;
        kept.proposed_recipe(&recipe, &dataset)?;
    }
    out.write_json(&recipe)?;
    say(&recipe, out);
    Ok(ExitStatus::Done)
}

fn say(recipe: &Recipe, out: &OutputArgs) {
    let on = recipe.steps.iter().filter(|step| step.enabled).count();
    out.say(&format!(
        "{} steps, {on} switched on; hash {}",
        recipe.steps.len(),
        recipe.hash().short()
    ));
    for (index, step) in recipe.steps.iter().enumerate() {
        let state = if step.enabled { "" } else { " (off)" };
        let finding = step
            .finding
            .as_deref()
            .map_or_else(String::new, |code| format!(" [{code}]"));
        out.say(&format!(
            "{:>3}. {}{finding}{state}: {}",
            index + 1,
            step.action.title().en,
            step.action.describe().en
        ));
    }
}
