//! Which device trains or scores, and why not the other one.
//!
//! One binary serves both: it links the CPU part of libtorch only, and opens `libtorch_cuda` here, at run time,
//! when it is there. Invariant: nothing asks libtorch about CUDA before that.

use super::model::Compute;
use super::{TrainError, shim};
use crate::engine::run::config::{DeviceChoice, Precision};
use crate::engine::train::hardware::{self, DeviceReport};
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
    let native = device != Device::Cpu || hardware::cpu_has_bf16();
    if precision == Precision::Bf16 && !native {
        notes.push("this CPU has no native bf16; bf16 will be slower than fp32 here".to_owned());
    }
    if precision == Precision::Fp16 && device == Device::Cpu {
        notes.push("fp16 is for CUDA devices; on this CPU it is computed in the precision that suits it".to_owned());
    }
    let fp16 = precision == Precision::Fp16 && device != Device::Cpu;
    let bf16 = match precision {
        Precision::Auto => native,
        Precision::Fp16 => native && !fp16,
        Precision::Fp32 => false,
        Precision::Bf16 => true,
    };
    Ok(Chosen {
        compute: Compute { device, bf16, fp16 },
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

/// What works here and what does not.
pub fn report() -> Result<DeviceReport, TrainError> {
    let cuda = cuda();
    Ok(DeviceReport {
        cpu: hardware::cpu_name(),
        threads: hardware::threads(),
        cpu_bf16: hardware::cpu_has_bf16(),
        gpu_seen: hardware::gpu_seen(),
        cuda_library: shim::load_library("libtorch_cuda.so").is_ok(),
        cuda_devices: if cuda.is_ok() {
            usize::try_from(Cuda::device_count()).unwrap_or(0)
        } else {
            0
        },
        cuda_problem: cuda.as_ref().err().cloned(),
    })
}
