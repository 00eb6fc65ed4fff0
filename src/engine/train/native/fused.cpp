// Parts of the encoder as single operations with their own backward passes, for the CPU: residual + dropout + layer
// norm, bias + GELU, and attention over rows of any lengths without padding. The kernels are those of kernels.h; which
// set of them runs is decided once, by what this processor has.
//
// Each function returns nullptr, or a malloc'ed message that the caller frees with ts_free.

#include "guard.h"
#include "kernels.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

namespace touchstone {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Sums over rows are gathered in so many parts, whatever the number of threads, so that they round the same.
constexpr int64_t kParts = 16;

// TOUCHSTONE_KERNELS=avx2 or =none keeps to less than the processor has.
const Kernels* find_kernels() {
#if defined(TS_KERNELS)
  const char* const asked = std::getenv("TOUCHSTONE_KERNELS");
  const std::string limit = asked == nullptr ? "" : asked;
  __builtin_cpu_init();
  if (limit == "none") return nullptr;
  if (limit != "avx2" && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    return &kKernelsAvx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &kKernelsAvx2;
#endif
  return nullptr;
}

const Kernels* chosen_kernels() {
  static const Kernels* const found = find_kernels();
  return found;
}

const Kernels& kernels() {
  const Kernels* const found = chosen_kernels();
  TORCH_CHECK(found != nullptr, "this processor has neither AVX-512 nor AVX2");
  return *found;
}

// Place in the kernels' tables.
int kind_of(const Tensor& tensor) {
  TORCH_CHECK(tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kBFloat16, "fp32 or bf16 expected, got ",
              tensor.scalar_type());
  return tensor.scalar_type() == at::kBFloat16 ? 1 : 0;
}

Tensor rows_of(const Tensor& tensor, int64_t width) {
  TORCH_CHECK(tensor.dim() == 2 && tensor.size(1) == width, "rows of ", width, " expected, got ", tensor.sizes());
  return tensor.contiguous();
}

const float* floats(const Tensor& tensor) { return tensor.const_data_ptr<float>(); }

// Calls `body` with each part of `rows` rows and its place among the sums [parts, sums].
template <typename F>
Tensor summed(int64_t rows, int64_t sums, const F& body) {
  const int64_t parts = std::min(kParts, std::max<int64_t>(rows, 1));
  Tensor gathered = at::zeros({parts, sums}, at::kFloat);
  float* const at = gathered.mutable_data_ptr<float>();
  at::parallel_for(0, parts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; ++part) {
      body(rows * part / parts, rows * (part + 1) / parts, at + part * sums);
    }
  });
  return gathered.sum(0);
}

struct Call {
  uint64_t key;
  int64_t first;
  uint32_t threshold;
  float scale;

  Drops drops() const { return {key, threshold, scale}; }
};

void keep(AutogradContext* ctx, const Call& call) {
  ctx->saved_data["key"] = static_cast<int64_t>(call.key);
  ctx->saved_data["first"] = call.first;
  ctx->saved_data["threshold"] = static_cast<int64_t>(call.threshold);
  ctx->saved_data["scale"] = static_cast<double>(call.scale);
}

Call kept_call(AutogradContext* ctx) {
  return {static_cast<uint64_t>(ctx->saved_data["key"].toInt()), ctx->saved_data["first"].toInt(),
          static_cast<uint32_t>(ctx->saved_data["threshold"].toInt()),
          static_cast<float>(ctx->saved_data["scale"].toDouble())};
}

struct ResidualNorm : torch::autograd::Function<ResidualNorm> {
  static Tensor forward(AutogradContext* ctx, const Tensor& h_in, const Tensor& bias, const Tensor& residual_in,
                        const Tensor& gamma, const Tensor& beta, double eps, const Call& call) {
    const int64_t width = gamma.numel();
    const Tensor h = rows_of(h_in, width), residual = rows_of(residual_in.to(at::kFloat), width);
    const int64_t rows = h.size(0);
    TORCH_CHECK(residual.size(0) == rows, "as many residuals as rows");
    Tensor y = at::empty_like(residual), statistics = at::empty({2, rows}, residual.options());
    float* const found = statistics.mutable_data_ptr<float>();
    const NormShape shape{width, static_cast<float>(eps), call.drops(), call.first};
    const NormForward of{h.const_data_ptr(), floats(bias), floats(residual), floats(gamma), floats(beta),
                         y.mutable_data_ptr<float>(), found, found + rows};
    const auto run = kernels().norm_forward[kind_of(h)];
    at::parallel_for(0, rows, 16, [&](int64_t begin, int64_t end) { run(shape, of, begin, end); });
    ctx->save_for_backward({h, bias, residual, gamma, statistics});
    ctx->saved_data["eps"] = eps;
    ctx->saved_data["residual_kind"] = static_cast<int64_t>(residual_in.scalar_type());
    keep(ctx, call);
    return y;
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const variable_list saved = ctx->get_saved_variables();
    const Tensor &h = saved[0], &bias = saved[1], &residual = saved[2], &gamma = saved[3], &statistics = saved[4];
    const int64_t rows = h.size(0), width = gamma.numel();
    const Tensor y_grad = rows_of(grads[0].to(at::kFloat), width);
    const Call call = kept_call(ctx);
    Tensor h_grad = at::empty_like(h), residual_grad = at::empty_like(residual);
    const NormShape shape{width, static_cast<float>(ctx->saved_data["eps"].toDouble()), call.drops(), call.first};
    const auto run = kernels().norm_backward[kind_of(h)];
    const Tensor sums = summed(rows, 3 * width, [&](int64_t begin, int64_t end, float* at) {
      const NormBackward of{floats(y_grad), h.const_data_ptr(), floats(bias), floats(residual), floats(gamma),
                            floats(statistics), floats(statistics) + rows, h_grad.mutable_data_ptr(),
                            residual_grad.mutable_data_ptr<float>(), at, at + width, at + 2 * width};
      run(shape, of, begin, end);
    });
    const auto residual_kind = static_cast<at::ScalarType>(ctx->saved_data["residual_kind"].toInt());
    return {h_grad,
            sums.slice(0, 0, width),
            residual_grad.to(residual_kind),
            sums.slice(0, width, 2 * width),
            sums.slice(0, 2 * width, 3 * width),
            Tensor(),
            Tensor()};
  }
};

struct BiasGelu : torch::autograd::Function<BiasGelu> {
  static Tensor forward(AutogradContext* ctx, const Tensor& h_in, const Tensor& bias) {
    const int64_t width = bias.numel();
    const Tensor h = rows_of(h_in, width);
    Tensor a = at::empty_like(h);
    const auto run = kernels().gelu_forward[kind_of(h)];
    at::parallel_for(0, h.size(0), 16, [&](int64_t begin, int64_t end) {
      run(h.const_data_ptr(), floats(bias), a.mutable_data_ptr(), width, begin, end);
    });
    ctx->save_for_backward({h, bias});
    return a;
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const variable_list saved = ctx->get_saved_variables();
    const Tensor &h = saved[0], &bias = saved[1];
    const int64_t width = bias.numel();
    const Tensor a_grad = rows_of(grads[0].to(h.scalar_type()), width);
    Tensor h_grad = at::empty_like(h);
    const auto run = kernels().gelu_backward[kind_of(h)];
    const Tensor bias_grad = summed(h.size(0), width, [&](int64_t begin, int64_t end, float* at) {
      run(a_grad.const_data_ptr(), h.const_data_ptr(), floats(bias), h_grad.mutable_data_ptr(), at, width, begin, end);
    });
    return {h_grad, bias_grad};
  }
};

// Rows of text end to end: row r takes the tokens starts[r]..starts[r + 1].
struct Layout {
  std::vector<int64_t> starts;
  int64_t heads;
  bool single;  // one query a row instead of one a token

  int64_t rows() const { return static_cast<int64_t>(starts.size()) - 1; }

  // The shape of a row's heads, and where its queries begin.
  AttentionShape shape(int64_t row, int64_t hidden, const Call& call) const {
    const int64_t width = hidden / heads, keys = starts[row + 1] - starts[row];
    return {single ? 1 : keys, keys, width, hidden, 1.0f / std::sqrt(static_cast<float>(width)), call.drops(), 0};
  }
};

// Calls `body` for each head of each row: shape, offsets of its queries and its keys, offset of its log sum, scratch.
template <typename F>
void each_head(const Layout& layout, int64_t hidden, const Call& call, const F& body) {
  const int64_t rows = layout.rows(), width = hidden / layout.heads;
  int64_t longest = 0;
  for (int64_t row = 0; row < rows; ++row) longest = std::max(longest, layout.starts[row + 1] - layout.starts[row]);
  // Rows are ordered by length: dealt out to the threads in turn, so that each has as much to do. The heads of a row
  // follow each other, because they share its lines of the cache.
  std::vector<int64_t> order;
  const int64_t hands = std::max(1, at::get_num_threads());
  for (int64_t hand = 0; hand < hands; ++hand) {
    for (int64_t row = hand; row < rows; row += hands) order.push_back(row);
  }
  at::parallel_for(0, rows * layout.heads, 1, [&](int64_t begin, int64_t end) {
    AttentionShape most = layout.shape(0, hidden, call);
    most.keys = longest;
    most.queries = layout.single ? 1 : longest;
    Tensor scratch = at::empty({kernels().attention_scratch(most)}, at::kFloat);
    float* const room = scratch.mutable_data_ptr<float>();
    for (int64_t task = begin; task < end; ++task) {
      const int64_t row = order[task / layout.heads], head = task % layout.heads, start = layout.starts[row];
      AttentionShape shape = layout.shape(row, hidden, call);
      shape.first = ((call.first + start) * layout.heads + head * shape.keys) * shape.queries;
      if (layout.single) shape.first = (call.first + start) * layout.heads + head * shape.keys;
      const int64_t query = layout.single ? row : start;
      const int64_t sums = layout.single ? row * layout.heads + head : start * layout.heads + head * shape.keys;
      body(shape, query * hidden + head * width, start * hidden + head * width, sums, room);
    }
  });
}

const char* at_offset(const Tensor& tensor, int64_t offset) {
  return static_cast<const char*>(tensor.const_data_ptr()) + offset * static_cast<int64_t>(tensor.element_size());
}

char* at_offset_mut(Tensor& tensor, int64_t offset) {
  return static_cast<char*>(tensor.mutable_data_ptr()) + offset * static_cast<int64_t>(tensor.element_size());
}

struct Attention : torch::autograd::Function<Attention> {
  static Tensor forward(AutogradContext* ctx, const Tensor& q_in, const Tensor& k_in, const Tensor& v_in,
                        const Layout& layout, const Call& call) {
    const int64_t hidden = k_in.size(1);
    const Tensor q = rows_of(q_in, hidden), k = rows_of(k_in, hidden), v = rows_of(v_in, hidden);
    TORCH_CHECK(hidden % layout.heads == 0 && k.size(0) == layout.starts.back() && v.size(0) == k.size(0) &&
                    q.size(0) == (layout.single ? layout.rows() : k.size(0)),
                "queries ", q.sizes(), " and keys ", k.sizes(), " of ", layout.rows(), " rows do not agree");
    TORCH_CHECK(q.scalar_type() == k.scalar_type() && v.scalar_type() == k.scalar_type(), "one kind of numbers");
    Tensor out = at::empty_like(q), log_sums = at::empty({q.size(0) * layout.heads}, at::kFloat);
    const auto run = kernels().attention_forward[kind_of(q)];
    each_head(layout, hidden, call, [&](const AttentionShape& shape, int64_t at_q, int64_t at_k, int64_t sums, float* room) {
      run(shape,
          {at_offset(q, at_q), at_offset(k, at_k), at_offset(v, at_k), at_offset_mut(out, at_q),
           log_sums.mutable_data_ptr<float>() + sums},
          room);
    });
    ctx->save_for_backward({q, k, v, log_sums});
    ctx->saved_data["starts"] = layout.starts;
    ctx->saved_data["heads"] = layout.heads;
    ctx->saved_data["single"] = layout.single;
    keep(ctx, call);
    return out;
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const variable_list saved = ctx->get_saved_variables();
    const Tensor &q = saved[0], &k = saved[1], &v = saved[2], &log_sums = saved[3];
    const Layout layout{ctx->saved_data["starts"].toIntVector(), ctx->saved_data["heads"].toInt(),
                        ctx->saved_data["single"].toBool()};
    const Tensor out_grad = rows_of(grads[0].to(q.scalar_type()), k.size(1));
    Tensor q_grad = at::empty_like(q), k_grad = at::empty_like(k), v_grad = at::empty_like(v);
    const auto run = kernels().attention_backward[kind_of(q)];
    each_head(layout, k.size(1), kept_call(ctx),
              [&](const AttentionShape& shape, int64_t at_q, int64_t at_k, int64_t sums, float* room) {
                run(shape,
                    {at_offset(q, at_q), at_offset(k, at_k), at_offset(v, at_k), at_offset(out_grad, at_q),
                     floats(log_sums) + sums, at_offset_mut(q_grad, at_q), at_offset_mut(k_grad, at_k),
                     at_offset_mut(v_grad, at_k)},
                    room);
              });
    return {q_grad, k_grad, v_grad, Tensor(), Tensor()};
  }
};

}  // namespace
}  // namespace touchstone

using touchstone::Call;

extern "C" {

// Values a row must be a multiple of this; 0 = this processor has no kernels.
int64_t ts_fused_lanes() {
  const touchstone::Kernels* found = touchstone::chosen_kernels();
  return found == nullptr ? 0 : found->lanes;
}

// LN(residual + dropout(h + bias)) * gamma + beta over rows of floats; h may be bf16.
char* ts_residual_norm(const at::Tensor* h, const at::Tensor* bias, const at::Tensor* residual,
                       const at::Tensor* gamma, const at::Tensor* beta, double eps, const Call* call,
                       at::Tensor** out) {
  return touchstone::guarded([&] {
    *out = new at::Tensor(touchstone::ResidualNorm::apply(*h, *bias, *residual, *gamma, *beta, eps, *call));
  });
}

// gelu(h + bias), of the kind of h.
char* ts_bias_gelu(const at::Tensor* h, const at::Tensor* bias, at::Tensor** out) {
  return touchstone::guarded([&] { *out = new at::Tensor(touchstone::BiasGelu::apply(*h, *bias)); });
}

// Attention of `rows` rows of text whose tokens begin at starts[0..rows] and end at starts[rows].
char* ts_attention(const at::Tensor* q, const at::Tensor* k, const at::Tensor* v, const int64_t* starts, int64_t rows,
                   int64_t heads, int single, const Call* call, at::Tensor** out) {
  return touchstone::guarded([&] {
    touchstone::Layout layout{std::vector<int64_t>(starts, starts + rows + 1), heads, single != 0};
    *out = new at::Tensor(touchstone::Attention::apply(*q, *k, *v, layout, *call));
  });
}

}  // extern "C"
