//! Requests of the features page.

use crate::engine::features::FeatureConfig;

#[derive(Debug)]
pub enum FeaturesCommand {
    /// Do this stage with what is chosen, or its defaults (the flow sends it too): build the feature set.
    Run,
    /// Look the log over, so that label and features can be chosen.
    Outline,
    SetConfig(Box<FeatureConfig>),
}
