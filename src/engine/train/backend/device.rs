//! Which device trains or scores, and why not the other one.
//!
//! One binary serves both: it links the CPU part of libtorch only, and opens `libtorch_cuda` here, at run time,
//! when it is there. Invariant: nothing asks libtorch about CUDA before that.

use super::model::Compute;
use super::{TrainError, shim};
use crate::engine::doctor::libtorch;
use crate::engine::run::config::{DeviceChoice, Precision};
use crate::engine::torch_program::TorchReport;
use crate::engine::train::hardware;
use std::sync::OnceLock;
use tch::{Cuda, Device};

/// The device chosen, and what to tell the user about it.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub(crate) compute: Compute,
    /// e.g. `cuda:0` or `cpu (AMD EPYC, 2 threads)`
    pub device: String,
    /// `bf16` or `fp32`
    pub precision: &'static str,
    /// What was asked for and could not be had.
    pub notes: Vec<String>,
}

static CUDA: OnceLock<Result<(), String>> = OnceLock::new();

/// Opens libtorch's CUDA part once; the reason if CUDA cannot be used.
fn cuda() -> &'static Result<(), String> {
    CUDA.get_or_init(|| {
        if !hardware::gpu_seen() {
            return Err("no NVIDIA GPU or driver was found on this machine".to_owned());
        }
        shim::load_library("libtorch_cuda.so")
            .map_err(|reason| format!("a GPU is there, but libtorch's CUDA part cannot be loaded ({reason})"))?;
        if Cuda::is_available() && Cuda::device_count() > 0 {
            Ok(())
        } else {
            Err("libtorch's CUDA part is loaded, but finds no usable device (is the driver new enough?)".to_owned())
        }
    })
}

/// Sets the number of threads, then chooses device and precision.
pub fn choose(device: DeviceChoice, precision: Precision) -> Result<Chosen, TrainError> {
    tch::set_num_threads(i32::try_from(hardware::threads()).unwrap_or(1));
    let mut notes = Vec::new();
    let device = match (device, cuda()) {
        (DeviceChoice::Cpu, _) => Device::Cpu,
        (_, Ok(())) => Device::Cuda(0),
        (DeviceChoice::Cuda, Err(reason)) => return Err(TrainError::Device { reason: reason.clone() }),
        (DeviceChoice::Auto, Err(reason)) => {
            if hardware::gpu_seen() {
                notes.push(format!("training on the CPU: {reason}"));
            }
            Device::Cpu
        }
    };
    let (native, half) = native_formats(device);
    if precision == Precision::Bf16 && !native {
        let what = if device == Device::Cpu { "CPU" } else { "CUDA device" };
        notes.push(format!(
            "this {what} has no native bf16; bf16 will be slower than fp32 here"
        ));
    }
    if precision == Precision::Fp16 && device == Device::Cpu {
        notes.push("fp16 is for CUDA devices; on this CPU it is computed in the precision that suits it".to_owned());
    }
    let (bf16, fp16) = formats(precision, device != Device::Cpu, native, half);
    Ok(Chosen {
        compute: Compute {
            device,
            bf16,
            fp16,
            fused: device == Device::Cpu && !fp16,
        },
        device: match device {
            Device::Cuda(index) => format!("cuda:{index}"),
            _ => format!("cpu ({}, {} threads)", hardware::cpu_name(), tch::get_num_threads()),
        },
        precision: match (bf16, fp16) {
            (true, _) => "bf16",
            (_, true) => "fp16",
            _ => "fp32",
        },
        notes,
    })
}

/// What libtorch says of itself and of the GPUs.
pub fn report() -> TorchReport {
    let usable = cuda().is_ok();
    TorchReport {
        cuda_usable: usable,
        gpu_count: if usable { Cuda::device_count() } else { 0 },
        folder: libtorch::loaded_folder(),
    }
}

/// Whether a device computes bf16 and fp16 in hardware: Ampere and later both, Volta and Turing fp16 only.
fn native_formats(device: Device) -> (bool, bool) {
    let Device::Cuda(index) = device else {
        return (hardware::cpu_has_bf16(), false);
    };
    match shim::cuda_compute_major(index) {
        Some(major) => (major >= 8, major >= 7),
        None => (true, true),
    }
}

/// (bf16, fp16) for a precision on a device that computes them in hardware or not.
fn formats(precision: Precision, is_cuda: bool, native_bf16: bool, native_fp16: bool) -> (bool, bool) {
    match precision {
        Precision::Fp32 => (false, false),
        Precision::Bf16 => (true, false),
        Precision::Fp16 if is_cuda => (false, true),
        Precision::Auto | Precision::Fp16 => (native_bf16, !native_bf16 && native_fp16),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn automatic_precision_is_what_the_device_computes() {
        let (ampere, turing, pascal, old_cpu) = (
            (true, true, true),
            (true, false, true),
            (true, false, false),
            (false, false, false),
        );
        let auto = |(cuda, bf16, fp16)| formats(Precision::Auto, cuda, bf16, fp16);
        assert_eq!(
            [ampere, turing, pascal, old_cpu].map(auto),
            [(true, false), (false, true), (false, false), (false, false)]
        );
        assert_eq!(formats(Precision::Fp16, true, true, true), (false, true));
        assert_eq!(
            formats(Precision::Fp16, false, true, false),
            (true, false),
            "no fp16 on the CPU"
        );
        assert_eq!(formats(Precision::Bf16, true, false, true), (true, false));
        assert_eq!(formats(Precision::Fp32, true, true, true), (false, false));
    }
}
