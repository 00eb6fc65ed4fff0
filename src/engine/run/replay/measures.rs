//! The numbers of a run's curves, from the events that carry them.

use super::{RunView, curve};
use crate::engine::run::event::{Event, EventBody};
use crate::engine::run::series::Series;

impl RunView {
    pub(super) fn train(&mut self, event: &Event) {
        let EventBody::Train {
            loss,
            learning_rate,
            grad_norm,
            epoch,
            samples_per_sec,
            tokens_per_sec,
            padding_share,
            rss_bytes,
        } = event.body
        else {
            return;
        };
        self.advance(event.step);
        self.phase = None;
        self.epoch = epoch;
        self.rss_bytes = Some(rss_bytes);
        for (name, value) in [
            (curve::TRAIN_LOSS, loss),
            (curve::LEARNING_RATE, learning_rate),
            (curve::GRAD_NORM, grad_norm),
            (curve::SAMPLES_PER_SEC, samples_per_sec),
            (curve::TOKENS_PER_SEC, tokens_per_sec),
            (curve::PADDING_SHARE, padding_share),
            (curve::RSS_BYTES, rss_bytes as f64),
        ] {
            self.point(name, event.step, value);
        }
        if let Some(share) = self.flop_utilisation(samples_per_sec, tokens_per_sec) {
            self.point(curve::FLOP_UTILISATION, event.step, share);
        }
        self.pace.step(event.step);
        self.epochs.push(event.step, epoch);
        self.seconds.push(event.step, self.pace.active_secs());
    }

    pub(super) fn machine(&mut self, event: &Event) {
        let EventBody::Machine {
            cpu_cores,
            rss_bytes,
            gpu,
        } = &event.body
        else {
            return;
        };
        self.rss_bytes = Some(*rss_bytes);
        self.point(curve::CPU_CORES, event.step, *cpu_cores);
        let Some(gpu) = gpu else { return };
        self.point(curve::GPU_BUSY, event.step, gpu.busy);
        self.point(curve::GPU_MEMORY, event.step, gpu.memory_used_bytes as f64);
        for (name, value) in [
            (curve::GPU_POWER, gpu.power_watts),
            (curve::GPU_TEMPERATURE, gpu.temperature_celsius),
        ] {
            if let Some(value) = value {
                self.point(name, event.step, value);
            }
        }
        self.gpu = Some(gpu.clone());
    }

    /// Adds a point to a curve; a value that is not finite is counted instead.
    pub(super) fn point(&mut self, name: &str, step: u64, value: f64) {
        if !self.series.contains_key(name) {
            self.series.insert(name.to_owned(), Series::default());
        }
        let placed = self.series.get_mut(name).is_some_and(|series| series.push(step, value));
        self.not_finite += u64::from(!placed);
    }

    /// See [`curve::FLOP_UTILISATION`]; `None` where the device's rate is not known.
    fn flop_utilisation(&self, samples_per_sec: f64, tokens_per_sec: f64) -> Option<f64> {
        let facts = self.compute.as_ref()?;
        let peak = facts.peak_per_sec.filter(|peak| *peak > 0.0)?;
        let length = tokens_per_sec / samples_per_sec;
        let share = tokens_per_sec * (facts.per_token + facts.per_token_and_length * length) / peak;
        share.is_finite().then_some(share)
    }
}
