// Kernels of the encoder on the CPU, compiled for each set of vector instructions and chosen at run time.
//
// Arrays are row-major and dense unless a stride is given. Everything is computed in fp32; `Half` says that the arrays
// of a dense layer's output hold bf16. Each call works on the rows it is given, so that calls on different rows may run
// at the same time.

#pragma once

#include <cstdint>

namespace touchstone {

// Which values are dropped: value n is when lane n % 4 of the draw n / 4 is below `threshold`
// (`fill_mask` of dropout.rs, which draws the same).
struct Drops {
  uint64_t key;
  uint32_t threshold;  // of 65536; 0 = nothing is dropped
  float scale;         // of what is kept
};

// y = LN(residual + dropout(h + bias)), Ba et al. 2016; `width` values a row.
struct NormShape {
  int64_t width;
  float eps;
  Drops drops;
  int64_t first;  // number of the first row's first value among the draws
};

struct NormForward {
  const void* h;
  const float *bias, *residual, *gamma, *beta;
  float *y, *mean, *inverse_deviation;  // the last two: one a row
};

struct NormBackward {
  const float* y_grad;
  const void* h;
  const float *bias, *residual, *gamma, *mean, *inverse_deviation;
  void* h_grad;
  float* residual_grad;
  float *bias_grad, *gamma_grad, *beta_grad;  // [width] each, added to
};

// softmax(QK'/sqrt(d))V of one head of one row of text; queries, keys and values are `stride` apart.
struct AttentionShape {
  int64_t queries, keys, width, stride;
  float scale;
  Drops drops;
  int64_t first;  // number of the first share among the draws
};

struct AttentionForward {
  const void *q, *k, *v;
  void* out;
  float* log_sum;  // log of the sum of exp of a query's scores: one a query
};

struct AttentionBackward {
  const void *q, *k, *v, *out_grad;
  const float* log_sum;
  void *q_grad, *k_grad, *v_grad;
};

struct Kernels {
  // `norm_*`: rows begin..end of the arrays.
  void (*norm_forward[2])(const NormShape&, const NormForward&, int64_t begin, int64_t end);
  void (*norm_backward[2])(const NormShape&, const NormBackward&, int64_t begin, int64_t end);
  // a = gelu(h + bias) with the exact normal distribution (Hendrycks and Gimpel 2016), in place of neither.
  void (*gelu_forward[2])(const void* h, const float* bias, void* a, int64_t width, int64_t begin, int64_t end);
  void (*gelu_backward[2])(const void* a_grad, const void* h, const float* bias, void* h_grad, float* bias_grad,
                           int64_t width, int64_t begin, int64_t end);
  // `scratch` holds attention_scratch() floats, aligned to 64 bytes.
  int64_t (*attention_scratch)(const AttentionShape&);
  void (*attention_forward[2])(const AttentionShape&, const AttentionForward&, float* scratch);
  void (*attention_backward[2])(const AttentionShape&, const AttentionBackward&, float* scratch);
  // Widths of rows must be multiples of this.
  int64_t lanes;
};

extern const Kernels kKernelsAvx2;
extern const Kernels kKernelsAvx512;

}  // namespace touchstone
