//! Safe wrappers of the C++ under `native` and of the C library's allocator settings.
//!
//! Invariant: the only file of the engine with `unsafe`; each block says why it is sound.
#![allow(unsafe_code)]

use super::TrainError;
use super::dropout::Drops;
use std::ffi::{CStr, c_char, c_int};
use std::marker::PhantomData;
use tch::{Device, Kind, TchError, Tensor};
use torch_sys::C_tensor;

unsafe extern "C" {
    fn ts_free(message: *mut c_char);
    fn ts_autocast_begin(cuda: c_int, half: c_int) -> *mut c_char;
    fn ts_release_memory() -> *mut c_char;
    fn ts_device_memory(device: c_int, free: *mut u64, peak: *mut u64) -> *mut c_char;
    fn ts_autocast_end(cuda: c_int) -> *mut c_char;
    fn ts_grad_norm(params: *const *const C_tensor, count: i64, norm: *mut *mut C_tensor) -> *mut c_char;
    fn ts_clear_grads(params: *const *const C_tensor, count: i64) -> *mut c_char;
    fn ts_fused_adamw(
        params: *const *const C_tensor,
        exp_avgs: *const *const C_tensor,
        exp_avg_sqs: *const *const C_tensor,
        count: i64,
        step: *const C_tensor,
        grad_scale: *const C_tensor,
        found_inf: *const C_tensor,
        lr: f64,
        beta1: f64,
        beta2: f64,
        weight_decay: f64,
        eps: f64,
    ) -> *mut c_char;
    fn ts_fused_lanes() -> i64;
    fn ts_residual_norm(
        h: *const C_tensor,
        bias: *const C_tensor,
        residual: *const C_tensor,
        gamma: *const C_tensor,
        beta: *const C_tensor,
        eps: f64,
        drops: *const Drops,
        out: *mut *mut C_tensor,
    ) -> *mut c_char;
    fn ts_bias_gelu(h: *const C_tensor, bias: *const C_tensor, out: *mut *mut C_tensor) -> *mut c_char;
    fn ts_attention(
        q: *const C_tensor,
        k: *const C_tensor,
        v: *const C_tensor,
        starts: *const i64,
        rows: i64,
        heads: i64,
        single: c_int,
        drops: *const Drops,
        out: *mut *mut C_tensor,
    ) -> *mut c_char;
}

fn outcome(message: *mut c_char, during: &'static str) -> Result<(), TrainError> {
    if message.is_null() {
        return Ok(());
    }
    // SAFETY: not null, so a NUL-terminated string the shim allocated and hands over.
    let text = unsafe { CStr::from_ptr(message) }.to_string_lossy().into_owned();
    // SAFETY: allocated by the shim, freed once, not used afterwards.
    unsafe { ts_free(message) };
    Err(TrainError::from_torch(during, &text))
}

fn pointers(tensors: &[Tensor]) -> Vec<*const C_tensor> {
    tensors.iter().map(Tensor::as_ptr).collect()
}

fn is_cuda(device: Device) -> c_int {
    c_int::from(matches!(device, Device::Cuda(_)))
}

/// bf16 or fp16 autocast on this thread for as long as the guard lives.
pub struct Autocast {
    cuda: c_int,
    // The state is thread-local, so the guard must end where it began.
    not_send: PhantomData<*const ()>,
}

impl Autocast {
    /// `kind` is `Half` or `BFloat16`.
    pub fn begin(device: Device, kind: Kind) -> Result<Self, TrainError> {
        let (cuda, half) = (is_cuda(device), c_int::from(kind == Kind::Half));
        // SAFETY: takes no pointer.
        outcome(unsafe { ts_autocast_begin(cuda, half) }, "switching to half precision")?;
        Ok(Self {
            cuda,
            not_send: PhantomData,
        })
    }
}

impl Drop for Autocast {
    fn drop(&mut self) {
        // SAFETY: takes no pointer.
        if let Err(error) = outcome(unsafe { ts_autocast_end(self.cuda) }, "leaving half precision") {
            tracing::error!("{error}");
        }
    }
}

/// Global L2 norm of the parameters' gradients, on their device, without waiting for it.
pub fn grad_norm(params: &[Tensor]) -> Result<Tensor, TrainError> {
    let list = pointers(params);
    let mut norm: *mut C_tensor = std::ptr::null_mut();
    // SAFETY: `list` holds valid tensors for the whole call; `norm` is written once on success.
    let message = unsafe { ts_grad_norm(list.as_ptr(), list.len() as i64, &mut norm) };
    outcome(message, "measuring the gradient")?;
    // SAFETY: on success `norm` is a new tensor nobody else owns.
    Ok(unsafe { Tensor::from_ptr(norm) })
}

/// Drops the gradients, so that the next backward pass stores instead of adding.
pub fn clear_grads(params: &[Tensor]) -> Result<(), TrainError> {
    let list = pointers(params);
    // SAFETY: `list` holds valid tensors for the whole call.
    outcome(
        unsafe { ts_clear_grads(list.as_ptr(), list.len() as i64) },
        "clearing gradients",
    )
}

/// Parameters of one group with their moments, in the same order.
pub struct AdamGroup<'a> {
    pub params: &'a [Tensor],
    pub exp_avgs: &'a [Tensor],
    pub exp_avg_sqs: &'a [Tensor],
    pub learning_rate: f64,
    pub weight_decay: f64,
}

/// AdamW's constants (Loshchilov and Hutter 2019, algorithm 2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamConstants {
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
}

/// One AdamW step in place. `step` already counts it; gradients are divided by `grad_scale`; nothing changes
/// where `found_inf` is 1.
pub fn fused_adamw(
    group: &AdamGroup<'_>,
    constants: AdamConstants,
    step: &Tensor,
    grad_scale: &Tensor,
    found_inf: &Tensor,
) -> Result<(), TrainError> {
    let (params, first, second) = (
        pointers(group.params),
        pointers(group.exp_avgs),
        pointers(group.exp_avg_sqs),
    );
    assert!(
        params.len() == first.len() && params.len() == second.len(),
        "one pair of moments a parameter"
    );
    // SAFETY: three lists of `params.len()` valid tensors, and three valid tensors, all alive during the call;
    // the shim writes into parameters and moments through libtorch, which tch allows through shared handles.
    let message = unsafe {
        ts_fused_adamw(
            params.as_ptr(),
            first.as_ptr(),
            second.as_ptr(),
            params.len() as i64,
            step.as_ptr(),
            grad_scale.as_ptr(),
            found_inf.as_ptr(),
            group.learning_rate,
            constants.beta1,
            constants.beta2,
            group.weight_decay,
            constants.eps,
        )
    };
    outcome(message, "updating the weights")
}

/// Values a row must be a multiple of this for the fused operations; `None` where this processor has none.
pub fn fused_lanes() -> Option<usize> {
    // SAFETY: takes no pointer.
    let lanes = unsafe { ts_fused_lanes() };
    usize::try_from(lanes).ok().filter(|lanes| *lanes > 0)
}

/// A new tensor from a function of the shim that writes one on success.
fn made(call: impl FnOnce(*mut *mut C_tensor) -> *mut c_char) -> Result<Tensor, TchError> {
    let mut out: *mut C_tensor = std::ptr::null_mut();
    outcome(call(&mut out), "a fused operation").map_err(|error| TchError::Torch(error.to_string()))?;
    // SAFETY: on success `out` is a new tensor nobody else owns.
    Ok(unsafe { Tensor::from_ptr(out) })
}

/// Scale, shift and ε of a layer norm.
pub type NormWeights<'a> = (&'a Tensor, &'a Tensor, f64);

/// LN(residual + dropout(h + bias)) over rows [rows, width] on the CPU; fp32, `h` may be bf16.
pub fn residual_norm(
    (h, bias): (&Tensor, &Tensor),
    residual: &Tensor,
    (gamma, beta, eps): NormWeights<'_>,
    drops: &Drops,
) -> Result<Tensor, TchError> {
    let [h, bias, residual, gamma, beta] = [h, bias, residual, gamma, beta].map(Tensor::as_ptr);
    // SAFETY: five valid tensors and `drops`, alive during the call; the shim checks kinds and sizes.
    made(|out| unsafe { ts_residual_norm(h, bias, residual, gamma, beta, eps, drops, out) })
}

/// gelu(h + bias) over rows [rows, width] on the CPU, of the kind of `h`.
pub fn bias_gelu(h: &Tensor, bias: &Tensor) -> Result<Tensor, TchError> {
    // SAFETY: two valid tensors, alive during the call; the shim checks kinds and sizes.
    made(|out| unsafe { ts_bias_gelu(h.as_ptr(), bias.as_ptr(), out) })
}

/// softmax(QKᵀ/√d)·V of each row of text on the CPU. Tokens [tokens, hidden] of row r are `starts[r]..starts[r + 1]`;
/// `single` = one query a row.
pub fn attention(
    [q, k, v]: [&Tensor; 3],
    starts: &[i64],
    (heads, single): (i64, bool),
    drops: &Drops,
) -> Result<Tensor, TchError> {
    let rows = starts.len().saturating_sub(1) as i64;
    let [q, k, v] = [q, k, v].map(Tensor::as_ptr);
    // SAFETY: three valid tensors, `rows` + 1 starts and `drops`, alive during the call; the shim checks the rest.
    made(|out| unsafe { ts_attention(q, k, v, starts.as_ptr(), rows, heads, c_int::from(single), drops, out) })
}

/// The values of a contiguous float tensor on the CPU that nobody else uses yet.
pub fn values_mut(tensor: &mut Tensor) -> &mut [f32] {
    assert!(
        tensor.kind() == Kind::Float && tensor.device() == Device::Cpu && tensor.is_contiguous(),
        "a contiguous float tensor on the CPU"
    );
    // SAFETY: checked above; libtorch aligns storage to 64 bytes, and the exclusive borrow keeps other users of
    // this handle away while the slice lives.
    unsafe { std::slice::from_raw_parts_mut(tensor.data_ptr().cast::<f32>(), tensor.numel()) }
}

/// Tells glibc to keep freed memory instead of mapping and unmapping large temporaries each step.
pub fn keep_freed_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: sets two parameters of the allocator; no memory is touched.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, i32::MAX);
        libc::mallopt(libc::M_TRIM_THRESHOLD, i32::MAX);
    }
}

/// Gives memory that nobody uses back to the system: the device's cache, and the C library's free pages.
pub fn release_memory(device: Device) -> Result<(), TrainError> {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: hands free pages back; no allocation is touched.
    unsafe {
        libc::malloc_trim(0);
    }
    if is_cuda(device) == 0 {
        return Ok(());
    }
    // SAFETY: takes no pointer.
    outcome(unsafe { ts_release_memory() }, "releasing memory")
}

/// Free bytes of a CUDA device, and the most bytes this process ever held there; `None` on the CPU.
pub fn device_memory(device: Device) -> Result<Option<(u64, u64)>, TrainError> {
    let Device::Cuda(index) = device else { return Ok(None) };
    let index = c_int::try_from(index).unwrap_or(0);
    let (mut free, mut peak) = (0u64, 0u64);
    // SAFETY: both pointers are valid for the call, and written only on success.
    outcome(
        unsafe { ts_device_memory(index, &mut free, &mut peak) },
        "reading the device's memory",
    )?;
    Ok(Some((free, peak)))
}

/// Free bytes, for this user, on the disk that holds a folder; `None` where it cannot be told.
#[cfg(unix)]
pub fn free_disk_bytes(folder: &std::path::Path) -> Option<u64> {
    use std::os::unix::ffi::OsStrExt as _;
    let path = std::ffi::CString::new(folder.as_os_str().as_bytes()).ok()?;
    let mut found = std::mem::MaybeUninit::<libc::statvfs>::uninit();
    // SAFETY: a NUL-terminated path, and room for what is written on success.
    let code = unsafe { libc::statvfs(path.as_ptr(), found.as_mut_ptr()) };
    // SAFETY: on success the whole structure was written.
    let found = (code == 0).then(|| unsafe { found.assume_init() })?;
    // The fields differ in width between systems; a float is exact enough for free space.
    Some((found.f_bavail as f64 * found.f_frsize as f64) as u64)
}

#[cfg(not(unix))]
pub fn free_disk_bytes(_folder: &std::path::Path) -> Option<u64> {
    None
}

/// Loads a shared library for the rest of the process so that it can register itself with libtorch; the loader's
/// message if it cannot.
#[cfg(unix)]
pub fn load_library(name: &str) -> Result<(), String> {
    let name = std::ffi::CString::new(name).map_err(|error| error.to_string())?;
    // SAFETY: a NUL-terminated name; the handle is kept open on purpose.
    let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_GLOBAL) };
    if !handle.is_null() {
        return Ok(());
    }
    // SAFETY: dlerror returns null or a NUL-terminated string valid until the next call on this thread.
    let message = unsafe { libc::dlerror() };
    if message.is_null() {
        return Err("the loader gave no reason".to_owned());
    }
    // SAFETY: see above.
    Err(unsafe { CStr::from_ptr(message) }.to_string_lossy().into_owned())
}

/// Major compute capability of a CUDA device, asked of its driver: 7 = Volta and Turing, 8 = Ampere; `None` where
/// there is no driver.
#[cfg(unix)]
pub fn cuda_compute_major(index: usize) -> Option<i32> {
    /// CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR of cuda.h
    const MAJOR: c_int = 75;
    type Init = unsafe extern "C" fn(u32) -> c_int;
    type Get = unsafe extern "C" fn(*mut c_int, c_int) -> c_int;
    type Attribute = unsafe extern "C" fn(*mut c_int, c_int, c_int) -> c_int;
    let index = c_int::try_from(index).ok()?;
    // SAFETY: a NUL-terminated name; the driver is kept open, as libtorch does.
    let driver = unsafe { libc::dlopen(c"libcuda.so.1".as_ptr(), libc::RTLD_NOW) };
    if driver.is_null() {
        return None;
    }
    let find = |name: &CStr| {
        // SAFETY: an open library and a NUL-terminated name.
        let found = unsafe { libc::dlsym(driver, name.as_ptr()) };
        (!found.is_null()).then_some(found)
    };
    let (init, get, attribute) = (find(c"cuInit")?, find(c"cuDeviceGet")?, find(c"cuDeviceGetAttribute")?);
    // SAFETY: the driver's documented signatures (cuda.h): CUresult and CUdevice are ints.
    let (init, get, attribute) = unsafe {
        (
            std::mem::transmute::<*mut libc::c_void, Init>(init),
            std::mem::transmute::<*mut libc::c_void, Get>(get),
            std::mem::transmute::<*mut libc::c_void, Attribute>(attribute),
        )
    };
    let (mut device, mut major) = (0, 0);
    // SAFETY: both pointers are valid for the calls.
    let codes = unsafe { [init(0), get(&mut device, index), attribute(&mut major, MAJOR, device)] };
    (codes == [0; 3]).then_some(major)
}

#[cfg(not(unix))]
pub fn cuda_compute_major(_index: usize) -> Option<i32> {
    None
}

#[cfg(not(unix))]
pub fn load_library(_name: &str) -> Result<(), String> {
    Err("loading CUDA at run time is only done on Unix systems".to_owned())
}
