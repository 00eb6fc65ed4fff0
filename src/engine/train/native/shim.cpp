// What tch cannot reach, in a few C functions over libtorch's public C++ interface.
//
// Each function returns nullptr, or a malloc'ed message that the caller frees with ts_free; no exception
// crosses this boundary. Tensors come as `at::Tensor*` and stay owned by the caller. Builds against a
// CPU-only libtorch: nothing here includes a CUDA header.

#include "guard.h"

#include <ATen/ATen.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/autocast_mode.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adamw.h>

#include <cstdint>
#include <cstdlib>
#include <vector>

using touchstone::guarded;

namespace {

at::DeviceType device_type(int cuda) { return cuda != 0 ? at::kCUDA : at::kCPU; }

std::vector<at::Tensor> gather(at::Tensor* const* tensors, int64_t count) {
  std::vector<at::Tensor> out;
  out.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) out.push_back(*tensors[i]);
  return out;
}

std::vector<at::Tensor> gradients(at::Tensor* const* tensors, int64_t count) {
  std::vector<at::Tensor> out;
  out.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    const at::Tensor& grad = tensors[i]->grad();
    TORCH_CHECK(grad.defined(), "parameter ", i, " has no gradient");
    out.push_back(grad);
  }
  return out;
}

}  // namespace

extern "C" {

void ts_free(char* message) { std::free(message); }

// Begins bf16 (or, with `half`, fp16) autocast on this thread; pairs with ts_autocast_end.
char* ts_autocast_begin(int cuda, int half) {
  return guarded([&] {
    const auto device = device_type(cuda);
    at::autocast::set_autocast_dtype(device, half != 0 ? at::kHalf : at::kBFloat16);
    at::autocast::set_autocast_enabled(device, true);
    at::autocast::increment_nesting();
  });
}

char* ts_autocast_end(int cuda) {
  return guarded([&] {
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(device_type(cuda), false);
  });
}

// Hands cached blocks of the accelerator back to its driver.
char* ts_release_memory() {
  return guarded([&] { at::accelerator::emptyCache(); });
}

// Free bytes of an accelerator, and the most that this process had allocated there.
char* ts_device_memory(int device, uint64_t* free, uint64_t* peak) {
  return guarded([&] {
    const auto index = static_cast<c10::DeviceIndex>(device);
    const uint64_t available = at::accelerator::getMemoryInfo(index).first;
    const auto stats = at::accelerator::getDeviceStats(index);
    *peak = static_cast<uint64_t>(stats.reserved_bytes[0].peak);
    *free = available;
  });
}

// Global L2 norm of the gradients, as a 0-d float tensor on their device; does not wait for the device.
char* ts_grad_norm(at::Tensor* const* params, int64_t count, at::Tensor** norm) {
  return guarded([&] {
    at::NoGradGuard no_grad;
    const auto norms = at::_foreach_norm(gradients(params, count), 2, at::kFloat);
    *norm = new at::Tensor(at::linalg_vector_norm(at::stack(norms)));
  });
}

// Drops the gradients, so that the next backward pass stores instead of adding.
char* ts_clear_grads(at::Tensor* const* params, int64_t count) {
  return guarded([&] {
    for (int64_t i = 0; i < count; ++i) params[i]->mutable_grad().reset();
  });
}

// One AdamW step of a group of parameters in place. `step` is a 0-d float tensor that already counts this
// step. Gradients are divided by `grad_scale`; nothing changes where `found_inf` is 1.
char* ts_fused_adamw(at::Tensor* const* params, at::Tensor* const* exp_avgs, at::Tensor* const* exp_avg_sqs,
                     int64_t count, const at::Tensor* step, const at::Tensor* grad_scale,
                     const at::Tensor* found_inf, double lr, double beta1, double beta2, double weight_decay,
                     double eps) {
  return guarded([&] {
    at::NoGradGuard no_grad;
    const std::vector<at::Tensor> steps(static_cast<size_t>(count), *step);
    at::_fused_adamw_(gather(params, count), gradients(params, count), gather(exp_avgs, count),
                      gather(exp_avg_sqs, count), {}, steps, lr, beta1, beta2, weight_decay, eps,
                      /*amsgrad=*/false, /*maximize=*/false, *grad_scale, *found_inf);
  });
}

}  // extern "C"
