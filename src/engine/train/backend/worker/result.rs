//! The end of a run: the best model is tested, exported and described.

use super::super::fit::{Ended, Fit};
use super::super::model::Model;
use super::super::{TrainError, export};
use super::Session;
use crate::engine::models;
use crate::engine::run::event::EventBody;
use crate::engine::train::card::ModelCard;
use crate::engine::train::energy::Use;
use crate::engine::train::host::Host;
use crate::engine::train::origin::{FileFacts, Origin, RowFacts};
use crate::engine::train::readme::{self, Facts};
use crate::engine::train::run_host::RunHost;
use crate::engine::train::state::Best;
use std::collections::BTreeMap;

impl Session<'_> {
    /// Tests the best model, exports it, and says how the run ended.
    pub(super) fn finish(&self, fit: &mut Fit<'_>, ended: Ended, host: &mut RunHost) -> Result<(), TrainError> {
        fit.take_best(host)?;
        let step = fit.state.step;
        let best = fit
            .state
            .best
            .clone()
            .unwrap_or_else(|| Best::undefined(&self.config.metric, step));
        let mut test_metrics = BTreeMap::new();
        if let Some(test) = self.parts.test.as_ref().filter(|_| ended != Ended::Stopped) {
            host.phase(step, "testing")?;
            let predicted = fit.predict(test, host)?;
            test_metrics = fit.metrics(&predicted, test);
        }
        host.phase(step, "exporting")?;
        self.export(fit, &best, &test_metrics)?;
        if ended == Ended::Stopped {
            let reason = format!(
                "stopped by request at step {step}; the model of step {} was exported",
                best.step
            );
            return host.emit(step, EventBody::Stopped { reason });
        }
        host.emit(
            step,
            EventBody::Finished {
                best_step: best.step,
                best_metric: best.metric,
                best_value: best.value,
                stopped_early: ended == Ended::Early,
                test_metrics,
                samples_per_sec: fit.state.samples as f64 / fit.state.train_secs.max(1e-9),
                wall_secs: fit.meter.wall_secs(),
                model: self.dir.model_path().display().to_string(),
            },
        )
    }

    fn export(&self, fit: &Fit<'_>, best: &Best, test_metrics: &BTreeMap<String, f64>) -> Result<(), TrainError> {
        let model = fit.model();
        let card = self.card(model, best);
        let gpus = u32::from(model.compute.device != tch::Device::Cpu);
        let facts = Facts {
            card: &card,
            config: self.config,
            origin: &Origin::of(self.dir, self.config),
            base_weights: models::weight_files(&self.base_dir)?
                .iter()
                .map(|file| FileFacts::of(file))
                .collect(),
            rows: [
                ("train", Some(&self.parts.train)),
                ("valid", Some(&self.parts.valid)),
                ("test", self.parts.test.as_ref()),
            ]
            .into_iter()
            .filter_map(|(part, rows)| Some(RowFacts::of(part, &rows?.labels, &*self.parts.rules)))
            .collect(),
            parameters: model.parameter_counts(),
            device: &self.chosen.device,
            precision: self.chosen.precision,
            test_metrics,
            samples_per_sec: fit.state.samples as f64 / fit.state.train_secs.max(1e-9),
            use_: Use::of_this_process(fit.meter.wall_secs(), gpus),
        };
        let export = export::Export {
            base_dir: &self.base_dir,
            rules: &*self.parts.rules,
            method: &self.config.method,
            card: &card,
            readme: &readme::markdown(&facts),
        };
        export::write_model(&self.dir.model_path(), model, &export)
    }

    fn card(&self, model: &Model, best: &Best) -> ModelCard {
        ModelCard {
            version: ModelCard::version_for(self.config.task, !self.parts.categorical.is_empty()),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            task: self.config.task,
            classes: self.parts.rules.classes().to_vec(),
            pooling: model.shape.pooling,
            max_length: self.config.max_length,
            text: self.config.data.text.clone(),
            numeric: self.parts.columns.clone(),
            categorical: self.parts.categorical.clone(),
            fusion_size: usize::try_from(model.shape.fusion_size).unwrap_or(0),
            label: self.config.data.label.clone(),
            base_model: self.config.base_model.clone(),
            best_step: best.step,
            valid_metrics: best.metrics.clone(),
        }
    }
}
