//! Which dense layers get a low-rank adapter, and the adapters' first values.

use super::TrainError;
use super::params;
use super::weights::Named;

/// PEFT's rule: a target names a module or the end of its path.
pub fn add_adapters(named: &mut Named, rank: usize, targets: &[String], seed: u64) -> Result<(), TrainError> {
    let modules: Vec<(String, i64, i64)> = named
        .iter()
        .filter(|(name, tensor)| name.starts_with("bert.encoder.") && name.ends_with(".weight") && tensor.dim() == 2)
        .map(|(name, tensor)| {
            (
                name.trim_end_matches(".weight").to_owned(),
                tensor.size()[0],
                tensor.size()[1],
            )
        })
        .collect();
    if rank == 0 {
        return Err(TrainError::config("method.rank", "is 0, expected at least 1"));
    }
    for target in targets {
        if !modules.iter().any(|(name, ..)| matches_target(name, target)) {
            return Err(TrainError::config(
                "method.targets",
                format!(
                    "names '{target}', which no layer has; use query, key, value, attention.output.dense, intermediate.dense, output.dense"
                ),
            ));
        }
    }
    let rank = rank as i64;
    for (name, outputs, inputs) in modules {
        if targets.iter().any(|target| matches_target(&name, target)) {
            let (a, b) = params::draw_adapter(&name, outputs, inputs, rank, seed)?;
            named.insert(format!("{name}.lora_A.weight"), a);
            named.insert(format!("{name}.lora_B.weight"), b);
        }
    }
    Ok(())
}

/// True if `target` is `name` or ends its path.
pub fn matches_target(name: &str, target: &str) -> bool {
    name == target || name.strip_suffix(target).is_some_and(|rest| rest.ends_with('.'))
}
