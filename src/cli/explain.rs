//! `touchstone explain`: what a check of the audit looks for, why, and what it proposes.

use super::{ExitStatus, OutputArgs, UsageError};
use crate::engine::audit::drift;
use crate::engine::audit::explain::documentation;
use crate::engine::audit::registry::{RULES, RuleInfo};
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
        let all: Vec<Explained> = infos().map(explained).collect();
        out.write_json(&all)?;
        for rule in &all {
            out.say(&format!("{}  {:<36} {}", rule.code, rule.name.en, rule.name.zh));
        }
        return Ok(ExitStatus::Done);
    };
    let found = infos()
        .find(|info| info.code.eq_ignore_ascii_case(code))
        .ok_or_else(|| {
            let codes: Vec<&str> = infos().map(|info| info.code).collect();
            UsageError(format!(
                "there is no check {code:?}; the checks are {}",
                codes.join(", ")
            ))
        })?;
    let explained = explained(found);
    out.write_json(&explained)?;
    out.say(&explained.documentation);
    Ok(ExitStatus::Done)
}

/// The checks of a log, and those against a reference.
fn infos() -> impl Iterator<Item = &'static RuleInfo> {
    static AGAINST_A_REFERENCE: [RuleInfo; 4] = drift::INFOS;
    RULES.iter().map(|rule| rule.info).chain(&AGAINST_A_REFERENCE)
}

fn explained(info: &'static RuleInfo) -> Explained {
    Explained {
        code: info.code,
        name: info.name(),
        dimension: info.dimension,
        documentation: documentation(info),
    }
}
