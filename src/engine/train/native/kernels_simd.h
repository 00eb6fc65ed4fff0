// The kernels of kernels.h, for the instructions that the including file is compiled with.

#include "kernels.h"
#include "simd.h"

#include <cmath>

namespace touchstone {
namespace {

// Longest row of a norm; the draws of a row are held on the stack.
constexpr int64_t kChunk = 1024;

// h + bias, dropped, on top of the residual, of one row into `s`.
template <typename T>
inline void stream_row(const NormShape& shape, const T* h, const float* bias, const float* residual, int64_t row,
                       float* s) {
  uint64_t room[kChunk / 4 + 10];
  for (int64_t at = 0; at < shape.width; at += kChunk) {
    const int64_t end = at + kChunk < shape.width ? at + kChunk : shape.width;
    const uint16_t* lanes = nullptr;
    if (shape.drops.threshold != 0) lanes = draw(shape.drops, shape.first + row * shape.width + at, end - at, room);
    for (int64_t j = at; j < end; j += kLanes) {
      vf value = load(h + j) + load(bias + j);
      if (lanes != nullptr) value *= kept(shape.drops, lanes + (j - at));
      store(s + j, value + load(residual + j));
    }
  }
}

constexpr int64_t kMostWidth = 8192;

template <typename T>
void norm_forward(const NormShape& shape, const NormForward& of, int64_t begin, int64_t end) {
  const int64_t width = shape.width;
  alignas(64) float s[kMostWidth];
  for (int64_t row = begin; row < end; ++row) {
    stream_row(shape, static_cast<const T*>(of.h) + row * width, of.bias, of.residual + row * width, row, s);
    vf total = {};
    for (int64_t j = 0; j < width; j += kLanes) total += load(s + j);
    const float mean = sum(total) / static_cast<float>(width);
    vf squares = {};
    for (int64_t j = 0; j < width; j += kLanes) {
      const vf distance = load(s + j) - mean;
      squares += distance * distance;
    }
    const float inverse = 1.0f / std::sqrt(sum(squares) / static_cast<float>(width) + shape.eps);
    of.mean[row] = mean;
    of.inverse_deviation[row] = inverse;
    float* y = of.y + row * width;
    for (int64_t j = 0; j < width; j += kLanes) {
      store(y + j, (load(s + j) - mean) * inverse * load(of.gamma + j) + load(of.beta + j));
    }
  }
}

template <typename T>
void norm_backward(const NormShape& shape, const NormBackward& of, int64_t begin, int64_t end) {
  const int64_t width = shape.width;
  const float count = static_cast<float>(width);
  alignas(64) float s[kMostWidth];
  uint64_t room[kChunk / 4 + 10];
  for (int64_t row = begin; row < end; ++row) {
    stream_row(shape, static_cast<const T*>(of.h) + row * width, of.bias, of.residual + row * width, row, s);
    const float *y_grad = of.y_grad + row * width, mean = of.mean[row], inverse = of.inverse_deviation[row];
    vf plain = {}, along = {};
    for (int64_t j = 0; j < width; j += kLanes) {
      const vf unit = (load(s + j) - mean) * inverse, grad = load(y_grad + j);
      store(of.gamma_grad + j, load(of.gamma_grad + j) + grad * unit);
      store(of.beta_grad + j, load(of.beta_grad + j) + grad);
      const vf scaled = grad * load(of.gamma + j);
      plain += scaled;
      along += scaled * unit;
      store(s + j, unit);
    }
    const float offset = sum(plain) / count, slope = sum(along) / count;
    float* residual_grad = of.residual_grad + row * width;
    T* h_grad = static_cast<T*>(of.h_grad) + row * width;
    for (int64_t at = 0; at < width; at += kChunk) {
      const int64_t stop = at + kChunk < width ? at + kChunk : width;
      const uint16_t* lanes = nullptr;
      if (shape.drops.threshold != 0) lanes = draw(shape.drops, shape.first + row * width + at, stop - at, room);
      for (int64_t j = at; j < stop; j += kLanes) {
        vf grad = (load(y_grad + j) * load(of.gamma + j) - offset - load(s + j) * slope) * inverse;
        store(residual_grad + j, grad);
        if (lanes != nullptr) grad *= kept(shape.drops, lanes + (j - at));
        store(h_grad + j, grad);
        store(of.bias_grad + j, load(of.bias_grad + j) + grad);
      }
    }
  }
}

template <typename T>
void gelu_forward(const void* h, const float* bias, void* a, int64_t width, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; ++row) {
    const T* from = static_cast<const T*>(h) + row * width;
    T* to = static_cast<T*>(a) + row * width;
    for (int64_t j = 0; j < width; j += kLanes) {
      const vf x = load(from + j) + load(bias + j);
      store(to + j, x * normal(x).below);
    }
  }
}

template <typename T>
void gelu_backward(const void* a_grad, const void* h, const float* bias, void* h_grad, float* bias_grad, int64_t width,
                   int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; ++row) {
    const T* above = static_cast<const T*>(a_grad) + row * width;
    const T* from = static_cast<const T*>(h) + row * width;
    T* to = static_cast<T*>(h_grad) + row * width;
    for (int64_t j = 0; j < width; j += kLanes) {
      const vf x = load(from + j) + load(bias + j);
      const Normal at = normal(x);
      const vf grad = load(above + j) * (at.below + x * at.density);
      store(to + j, grad);
      store(bias_grad + j, load(bias_grad + j) + grad);
    }
  }
}

inline int64_t padded(int64_t count) { return (count + kLanes - 1) / kLanes * kLanes; }

// Rows [count, width] `stride` apart into dense rows of `to_stride`, times `scale`; the padding becomes 0.
template <typename T>
inline void gather(const T* from, int64_t count, int64_t width, int64_t stride, float scale, float* to,
                   int64_t to_stride) {
  for (int64_t i = 0; i < count; ++i) {
    const T* row = from + i * stride;
    float* out = to + i * to_stride;
    int64_t j = 0;
    for (; j + kLanes <= width; j += kLanes) store(out + j, load(row + j) * scale);
    if (j < width) {
      T rest[kLanes] = {};
      std::memcpy(rest, row + j, static_cast<size_t>(width - j) * sizeof(T));
      store(out + j, load(rest) * scale);
    }
  }
}

template <typename T>
inline void scatter(const float* from, int64_t from_stride, int64_t count, int64_t width, int64_t stride, float scale,
                    T* to) {
  for (int64_t i = 0; i < count; ++i) {
    T* row = to + i * stride;
    const float* in = from + i * from_stride;
    int64_t j = 0;
    for (; j + kLanes <= width; j += kLanes) store(row + j, load(in + j) * scale);
    if (j < width) {
      T rest[kLanes];
      store(rest, load(in + j) * scale);
      std::memcpy(row + j, rest, static_cast<size_t>(width - j) * sizeof(T));
    }
  }
}

// Dense rows [count, width] into columns; columns count.. up to the padding become 0.
inline void transpose(const float* from, int64_t from_stride, int64_t count, int64_t width, float* to,
                      int64_t to_stride) {
  for (int64_t p = 0; p < width; ++p) {
    float* line = to + p * to_stride;
    for (int64_t i = 0; i < count; ++i) line[i] = from[i * from_stride + p];
    for (int64_t i = count; i < to_stride; ++i) line[i] = 0;
  }
}

// The scratch of one head, carved into arrays.
struct Room {
  int64_t width, keys;  // padded
  float *q, *k, *v, *grad, *across, *shares, *share_grads, *result;
  uint64_t* draws;

  Room(const AttentionShape& of, float* at) : width(padded(of.width)), keys(padded(of.keys)) {
    const auto take = [&](int64_t count) {
      float* found = at;
      at += padded(count);
      return found;
    };
    q = take(of.queries * width);
    k = take(of.keys * width);
    v = take(of.keys * width);
    grad = take(of.queries * width);
    across = take(width * keys);
    shares = take(of.queries * keys);
    share_grads = take(of.queries * keys);
    result = take((of.queries > of.keys ? of.queries : of.keys) * width);
    draws = reinterpret_cast<uint64_t*>(take(keys + 64));
    taken = at;
  }

  float* taken;
};

int64_t attention_scratch(const AttentionShape& of) {
  float* none = nullptr;
  return Room(of, none).taken - none;
}

// Dropout of one query's shares, `lanes` those of its draws.
inline const uint16_t* draw_shares(const AttentionShape& of, int64_t query, uint64_t* room) {
  return of.drops.threshold == 0 ? nullptr : draw(of.drops, of.first + query * of.keys, of.keys, room);
}

// exp of the scores less `most`; what is beyond the last key becomes 0. Returns the sum.
inline float exponentials(float* scores, int64_t keys, int64_t room, float most) {
  vf total = {};
  for (int64_t j = 0; j < room; j += kLanes) {
    vf value = exponential(load(scores + j) - most);
    if (j + kLanes > keys) {
      float lanes[kLanes];
      store(lanes, value);
      for (int64_t lane = keys - j; lane < kLanes; ++lane) lanes[lane] = 0;
      value = load(lanes);
    }
    total += value;
    store(scores + j, value);
  }
  return sum(total);
}

inline float most_of(const float* scores, int64_t keys) {
  vf most = splat(-INFINITY);
  int64_t j = 0;
  for (; j + kLanes <= keys; j += kLanes) most = maximum(most, load(scores + j));
  float found = greatest(most);
  for (; j < keys; ++j) found = scores[j] > found ? scores[j] : found;
  return found;
}

template <typename T>
void attention_forward(const AttentionShape& of, const AttentionForward& arrays, float* scratch) {
  const Room room(of, scratch);
  gather(static_cast<const T*>(arrays.q), of.queries, of.width, of.stride, of.scale, room.q, room.width);
  gather(static_cast<const T*>(arrays.k), of.keys, of.width, of.stride, 1.0f, room.k, room.width);
  gather(static_cast<const T*>(arrays.v), of.keys, of.width, of.stride, 1.0f, room.v, room.width);
  transpose(room.k, room.width, of.keys, of.width, room.across, room.keys);
  multiply(of.queries, room.keys, of.width, room.q, room.width, 1, room.across, room.keys, room.shares, room.keys);
  for (int64_t i = 0; i < of.queries; ++i) {
    float* row = room.shares + i * room.keys;
    const float most = most_of(row, of.keys);
    const float total = exponentials(row, of.keys, room.keys, most);
    arrays.log_sum[i] = most + std::log(total);
    const float inverse = 1.0f / total;
    const uint16_t* lanes = draw_shares(of, i, room.draws);
    for (int64_t j = 0; j < room.keys; j += kLanes) {
      vf share = load(row + j) * inverse;
      if (lanes != nullptr) share *= kept(of.drops, lanes + j);
      store(row + j, share);
    }
  }
  multiply(of.queries, room.width, of.keys, room.shares, room.keys, 1, room.v, room.width, room.result, room.width);
  scatter(room.result, room.width, of.queries, of.width, of.stride, 1.0f, static_cast<T*>(arrays.out));
}

template <typename T>
void attention_backward(const AttentionShape& of, const AttentionBackward& arrays, float* scratch) {
  const Room room(of, scratch);
  gather(static_cast<const T*>(arrays.q), of.queries, of.width, of.stride, of.scale, room.q, room.width);
  gather(static_cast<const T*>(arrays.k), of.keys, of.width, of.stride, 1.0f, room.k, room.width);
  gather(static_cast<const T*>(arrays.v), of.keys, of.width, of.stride, 1.0f, room.v, room.width);
  gather(static_cast<const T*>(arrays.out_grad), of.queries, of.width, of.stride, 1.0f, room.grad, room.width);
  transpose(room.k, room.width, of.keys, of.width, room.across, room.keys);
  multiply(of.queries, room.keys, of.width, room.q, room.width, 1, room.across, room.keys, room.shares, room.keys);
  transpose(room.v, room.width, of.keys, of.width, room.across, room.keys);
  multiply(of.queries, room.keys, of.width, room.grad, room.width, 1, room.across, room.keys, room.share_grads,
           room.keys);
  // Shares after dropout into `shares`, gradients of the scores into `share_grads`.
  for (int64_t i = 0; i < of.queries; ++i) {
    float *row = room.shares + i * room.keys, *grads = room.share_grads + i * room.keys;
    exponentials(row, of.keys, room.keys, arrays.log_sum[i]);
    const uint16_t* lanes = draw_shares(of, i, room.draws);
    vf along = {};
    for (int64_t j = 0; j < room.keys; j += kLanes) {
      const vf factor = lanes != nullptr ? kept(of.drops, lanes + j) : splat(1.0f);
      const vf grad = load(grads + j) * factor;
      along += grad * load(row + j);
      store(grads + j, grad);
    }
    const float mean = sum(along);
    for (int64_t j = 0; j < room.keys; j += kLanes) {
      const vf share = load(row + j);
      store(grads + j, share * (load(grads + j) - mean));
      if (lanes != nullptr) store(row + j, share * kept(of.drops, lanes + j));
    }
  }
  multiply(of.keys, room.width, of.queries, room.shares, 1, room.keys, room.grad, room.width, room.result, room.width);
  scatter(room.result, room.width, of.keys, of.width, of.stride, 1.0f, static_cast<T*>(arrays.v_grad));
  multiply(of.queries, room.width, of.keys, room.share_grads, room.keys, 1, room.k, room.width, room.result,
           room.width);
  scatter(room.result, room.width, of.queries, of.width, of.stride, of.scale, static_cast<T*>(arrays.q_grad));
  // The queries hold the scale already.
  multiply(of.keys, room.width, of.queries, room.share_grads, 1, room.keys, room.q, room.width, room.result,
           room.width);
  scatter(room.result, room.width, of.keys, of.width, of.stride, 1.0f, static_cast<T*>(arrays.k_grad));
}

}  // namespace

const Kernels TS_TABLE = {
    {norm_forward<float>, norm_forward<Half>},
    {norm_backward<float>, norm_backward<Half>},
    {gelu_forward<float>, gelu_forward<Half>},
    {gelu_backward<float>, gelu_backward<Half>},
    attention_scratch,
    {attention_forward<float>, attention_forward<Half>},
    {attention_backward<float>, attention_backward<Half>},
    kLanes,
};

}  // namespace touchstone
