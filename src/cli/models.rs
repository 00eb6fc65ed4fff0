//! `touchstone models`: list, pull or import base models.

use super::{ExitStatus, OutputArgs};
use crate::engine::models::{self, BaseModel, PullOptions};
use serde::Serialize;
use std::path::PathBuf;

/// List, pull or import base models
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Show the cached models and those that can be pulled
    List,
    /// Fetch a model into the cache: one of the list, or any of the Hugging Face hub by OWNER/REPO (at HF_ENDPOINT where
    /// that is set); its weights' SHA-256 is checked, and what was fetched before a break is not fetched again
    Pull {
        name: String,
        /// Take it from this folder instead of the network
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
        /// Open no connection
        #[arg(long)]
        offline: bool,
    },
    /// Copy a Hugging Face BERT folder into the cache
    Import {
        dir: PathBuf,
        /// Name in the cache (default: the folder's name)
        #[arg(long)]
        name: Option<String>,
    },
}

#[derive(Serialize)]
struct Imported {
    name: String,
    dir: PathBuf,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    match &args.action {
        Action::List => list(out)?,
        Action::Pull { name, from, offline } => {
            let options = PullOptions {
                from: from.clone(),
                offline: *offline,
            };
            let (progress, bar) = out.progress();
            let pulled = models::pull(name, &options, &progress);
            drop(bar);
            let pulled = pulled?;
            let hash = if pulled.checked {
                "SHA-256 checked".to_owned()
            } else {
                format!("SHA-256 {}, which nothing could check it against", pulled.sha256)
            };
            out.say(&format!(
                "{} is in {} (from {}, {hash})",
                pulled.name,
                pulled.dir.display(),
                pulled.source
            ));
            out.write_json(&pulled)?;
        }
        Action::Import { dir, name } => {
            let (progress, bar) = out.progress();
            let imported = models::import(dir, name.as_deref(), &progress);
            drop(bar);
            let dir = imported?;
            let name = dir
                .file_name()
                .map(|n| n.to_string_lossy().into_owned())
                .unwrap_or_default();
            out.say(&format!("{name} is in {}", dir.display()));
            out.write_json(&Imported { name, dir })?;
        }
    }
    Ok(ExitStatus::Done)
}

fn list(out: &OutputArgs) -> anyhow::Result<()> {
    let models = models::list()?;
    let on_hub = |model: &BaseModel| !model.cached && !model.pinned;
    models
        .iter()
        .filter(|model| !on_hub(model))
        .for_each(|model| say_model(model, out));
    out.say(
        "\nNot fetched yet; `touchstone models pull NAME` fetches it, or any other OWNER/REPO of the Hugging Face hub, and \
         checks it against the hash that the hub tells:",
    );
    models
        .iter()
        .filter(|model| on_hub(model))
        .for_each(|model| say_on_hub(model, out));
    out.write_json(&models)
}

fn say_on_hub(model: &BaseModel, out: &OutputArgs) {
    out.say(&model.name);
    out.say(&format!(
        "{:<16} {} layers, hidden {}, {:.0} M parameters, about {:.0} MB, languages: {}, licence: {}",
        "",
        model.layers,
        model.hidden_size,
        model.parameters as f64 / 1e6,
        model.bytes as f64 / 1e6,
        model.languages,
        model.licence
    ));
}

fn say_model(model: &BaseModel, out: &OutputArgs) {
    let state = match (&model.problem, model.cached) {
        (Some(problem), _) => format!("unusable: {problem}"),
        (None, true) => format!(
            "{} layers, hidden {}, {} tokens, {:.1} M parameters, {:.0} MB",
            model.layers,
            model.hidden_size,
            model.vocab_size,
            model.parameters as f64 / 1e6,
            model.bytes as f64 / 1e6
        ),
        (None, false) => format!("not in the cache; run `touchstone models pull {}`", model.name),
    };
    out.say(&format!("{:<16} {state}", model.name));
    let told = [
        ("languages", &model.languages),
        ("licence", &model.licence),
        ("hub", &model.hub),
        ("revision", &model.revision),
    ];
    let told: Vec<String> = told
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    if !told.is_empty() {
        out.say(&format!("{:<16} {}", "", told.join(", ")));
    }
    if !model.title.is_empty() {
        out.say(&format!("{:<16} {}", "", model.title));
    }
}
