//! `touchstone explain`: what a check of the audit looks for, why, and what it proposes; what a kind of rule judges.

use super::{ExitStatus, OutputArgs, UsageError};
use crate::engine::audit::drift;
use crate::engine::audit::explain::documentation;
use crate::engine::audit::registry::{RULES, RuleInfo};
use crate::engine::rules::explain::{INFOS, KindInfo};
use serde::Serialize;

/// Explain a check of the audit, or a kind of rule
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Code of the check, e.g. B02, or kind of rule, e.g. between; without it all are listed
    pub code: Option<String>,
}

#[derive(Serialize)]
struct Explained {
    code: &'static str,
    name: crate::engine::artifact::Bilingual,
    /// Absent for a kind of rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    dimension: Option<crate::engine::audit::Dimension>,
    documentation: String,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let Some(code) = &args.code else {
        let all: Vec<Explained> = infos().map(explained).chain(INFOS.iter().map(of_kind)).collect();
        out.write_json(&all)?;
        for known in &all {
            out.say(&format!("{:<15}  {:<36} {}", known.code, known.name.en, known.name.zh));
        }
        return Ok(ExitStatus::Done);
    };
    let check = infos().find(|info| info.code.eq_ignore_ascii_case(code)).map(explained);
    let kind = || KindInfo::of(&code.to_ascii_lowercase()).map(of_kind);
    let explained = check.or_else(kind).ok_or_else(|| {
        let codes: Vec<&str> = infos().map(|info| info.code).collect();
        let kinds: Vec<&str> = INFOS.iter().map(|info| info.name).collect();
        UsageError(format!(
            "there is no check or kind of rule {code:?}; the checks are {}; the kinds of rules are {}",
            codes.join(", "),
            kinds.join(", ")
        ))
    })?;
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
        dimension: Some(info.dimension),
        documentation: documentation(info),
    }
}

fn of_kind(info: &'static KindInfo) -> Explained {
    Explained {
        code: info.name,
        name: info.label(),
        dimension: None,
        documentation: info.documentation(),
    }
}
