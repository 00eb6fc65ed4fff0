//! Loss scaling for fp16: the loss is multiplied so that small gradients do not vanish in half precision.
//!
//! Dynamic (Micikevicius et al. 2018, "Mixed precision training", section 3.2), with the constants of
//! `torch.amp.GradScaler`: a step whose gradient is not finite is skipped and halves the scale; 2,000 good steps in a
//! row double it. Everything stays on the device, so nothing waits for it. Invariant: scale and counter are all its
//! state, and a checkpoint holds them.

use super::weights::Named;
use tch::{Device, Kind, TchError, Tensor};

pub const START: f64 = 65_536.0;
pub const GROWTH_INTERVAL: f64 = 2_000.0;
/// Doubling stops here: fp16 ends at 65,504, so a larger factor serves no gradient.
const HIGHEST: f64 = 16_777_216.0;
const LOWEST: f64 = 1.0 / 1_048_576.0;
const SCALE: &str = "scaler.scale";
const GOOD_STEPS: &str = "scaler.good_steps";

/// Scale of the loss and the number of good steps since it changed, 0-d floats.
#[derive(Debug)]
pub struct LossScaler {
    scale: Tensor,
    good_steps: Tensor,
}

impl LossScaler {
    pub fn new(device: Device) -> Result<Self, TchError> {
        let options = (Kind::Float, device);
        Ok(Self {
            scale: Tensor::f_full([], START, options)?,
            good_steps: Tensor::f_zeros([], options)?,
        })
    }

    /// The factor as it stands.
    pub fn scale(&self) -> &Tensor {
        &self.scale
    }

    /// Takes in a step: `not_finite` is a 0-d float, 1 where its gradient was not finite, else 0.
    pub fn update(&mut self, not_finite: &Tensor) -> Result<(), TchError> {
        let _no_grad = tch::no_grad_guard();
        let is_bad = not_finite.f_gt(0.5)?;
        let counted = self.good_steps.f_add_scalar(1.0)?;
        let is_due = counted.f_ge(GROWTH_INTERVAL)?;
        let grown = self.scale.f_mul_scalar(2.0)?.f_clamp_max(HIGHEST)?;
        let shrunk = self.scale.f_mul_scalar(0.5)?.f_clamp_min(LOWEST)?;
        let kept = grown.f_where_self(&is_due, &self.scale)?;
        self.scale = shrunk.f_where_self(&is_bad, &kept)?;
        let starts_anew = is_bad.f_logical_or(&is_due)?;
        self.good_steps = counted.f_zeros_like()?.f_where_self(&starts_anew, &counted)?;
        Ok(())
    }

    pub fn save(&self, state: &mut Named) {
        state.insert(SCALE.to_owned(), self.scale.shallow_clone());
        state.insert(GOOD_STEPS.to_owned(), self.good_steps.shallow_clone());
    }

    /// Restores what `save` gave; a checkpoint of another precision leaves it at its start.
    pub fn restore(&mut self, state: &Named) -> Result<(), TchError> {
        let _no_grad = tch::no_grad_guard();
        for (name, tensor) in [(SCALE, &mut self.scale), (GOOD_STEPS, &mut self.good_steps)] {
            if let Some(value) = state.get(name) {
                *tensor = value.f_to_device_(tensor.device(), Kind::Float, false, true)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(tensor: &Tensor) -> f64 {
        tensor.double_value(&[])
    }

    #[test]
    fn infinities_halve_the_scale_and_good_steps_double_it() {
        let mut scaler = LossScaler::new(Device::Cpu).expect("scaler");
        let (good, bad) = (Tensor::from(0.0f32), Tensor::from(1.0f32));
        scaler.update(&bad).expect("update");
        scaler.update(&bad).expect("update");
        assert_eq!((value(&scaler.scale), value(&scaler.good_steps)), (START / 4.0, 0.0));
        for _ in 0..1_999 {
            scaler.update(&good).expect("update");
        }
        assert_eq!(
            (value(&scaler.scale), value(&scaler.good_steps)),
            (START / 4.0, 1_999.0)
        );
        scaler.update(&good).expect("update");
        assert_eq!((value(&scaler.scale), value(&scaler.good_steps)), (START / 2.0, 0.0));
        scaler.update(&good).expect("update");
        scaler.update(&bad).expect("update");
        assert_eq!((value(&scaler.scale), value(&scaler.good_steps)), (START / 4.0, 0.0));
        for _ in 0..100 {
            scaler.update(&bad).expect("update");
        }
        assert_eq!(value(&scaler.scale), LOWEST);
    }

    #[test]
    fn a_checkpoint_holds_its_state() {
        let mut scaler = LossScaler::new(Device::Cpu).expect("scaler");
        scaler.update(&Tensor::from(1.0f32)).expect("update");
        scaler.update(&Tensor::from(0.0f32)).expect("update");
        let mut state = Named::new();
        scaler.save(&mut state);
        let mut other = LossScaler::new(Device::Cpu).expect("scaler");
        other.restore(&state).expect("restore");
        assert_eq!((value(&other.scale), value(&other.good_steps)), (START / 2.0, 1.0));
        let mut fresh = LossScaler::new(Device::Cpu).expect("scaler");
        fresh.restore(&Named::new()).expect("a checkpoint of fp32");
        assert_eq!(value(&fresh.scale), START);
    }
}
