//! `touchstone explain`: what a check of the audit looks for, why, and what it proposes.

use super::{ExitStatus, OutputArgs, UsageError};
use crate::engine::audit::explain::documentation;
use crate::engine::audit::registry::{RULES, rule};
use serde::Serialize;

/// Explain a check of the audit
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Code of the check, e.g. B02; without it all checks are listed
    pub code: Option<String>,
}

#[derive(Serialize)]
struct Explained {
    code: &'static str,
    name: crate::engine::artifact::Bilingual,
    dimension: crate::engine::audit::Dimension,
    documentation: String,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let Some(code) = &args.code else {
        let all: Vec<Explained> = RULES.iter().map(|rule| explained(rule.info)).collect();
        out.write_json(&all)?;
        for rule in &all {
            out.say(&format!("{}  {:<36} {}", rule.code, rule.name.en, rule.name.zh));
        }
        return Ok(ExitStatus::Done);
    };
    let found = rule(code).ok_or_else(|| {
        let codes: Vec<&str> = RULES.iter().map(|rule| rule.info.code).collect();
        UsageError(format!(
            "there is no check {code:?}; the checks are {}",
            codes.join(", ")
        ))
    })?;
    let explained = explained(found.info);
    out.write_json(&explained)?;
    out.say(&explained.documentation);
    Ok(ExitStatus::Done)
}

fn explained(info: &'static crate::engine::audit::registry::RuleInfo) -> Explained {
    Explained {
        code: info.code,
        name: info.name(),
        dimension: info.dimension,
        documentation: documentation(info),
    }
}
