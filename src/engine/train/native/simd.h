// Vectors of TS_LANES values in the compiler's own extension, and the elementary functions of the kernels.
//
// Included by one translation unit for each set of instructions; everything is in an anonymous namespace, so that the
// linker never takes one set's code for another's.

#include <cstdint>
#include <cstring>
#include <immintrin.h>

namespace touchstone {
namespace {

constexpr int64_t kLanes = TS_LANES;

typedef float vf __attribute__((vector_size(TS_LANES * 4)));
typedef int32_t vi __attribute__((vector_size(TS_LANES * 4)));
typedef uint32_t vu __attribute__((vector_size(TS_LANES * 4)));
typedef uint16_t vh __attribute__((vector_size(TS_LANES * 2)));

struct Half {
  uint16_t bits;
};

inline vf splat(float value) { return vf{} + value; }

inline vf load(const float* at) {
  vf out;
  std::memcpy(&out, at, sizeof out);
  return out;
}

inline vf load(const Half* at) {
  vh narrow;
  std::memcpy(&narrow, at, sizeof narrow);
  const vu wide = __builtin_convertvector(narrow, vu) << 16;
  return (vf)wide;
}

inline void store(float* at, vf value) { std::memcpy(at, &value, sizeof value); }

// To the nearest, ties to even; what is no number stays none.
inline void store(Half* at, vf value) {
  const vu bits = (vu)value;
  const vu rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const vi is_number = value == value;
  const vu kept = ((vu)is_number & rounded) | (~(vu)is_number & 0x7fc0u);
  const vh narrow = __builtin_convertvector(kept, vh);
  std::memcpy(at, &narrow, sizeof narrow);
}

inline vf maximum(vf a, vf b) { return a > b ? a : b; }

// 1 / x: the processor's estimate and one step of Newton's (relative error below 3e-7).
inline vf reciprocal(vf x) {
#if TS_LANES == 16
  const vf estimate = (vf)_mm512_rcp14_ps((__m512)x);
#else
  const vf estimate = (vf)_mm256_rcp_ps((__m256)x);
#endif
  return estimate * (2.0f - x * estimate);
}

inline float sum(vf value) {
  float lanes[TS_LANES], total = 0;
  std::memcpy(lanes, &value, sizeof value);
  for (float lane : lanes) total += lane;
  return total;
}

inline float greatest(vf value) {
  float lanes[TS_LANES];
  std::memcpy(lanes, &value, sizeof value);
  float found = lanes[0];
  for (float lane : lanes) found = lane > found ? lane : found;
  return found;
}

// exp of what is at most 88, by 2^n * exp(r), |r| <= log(2)/2, a polynomial of degree 6 (relative error below 2e-7).
// Below -87 it is exp(-87); what is no number stays none.
inline vf exponential(vf x) {
  const vf limited = x < splat(-87.0f) ? splat(-87.0f) : x;
  const float shift = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const vf n = (limited * 1.44269504f + shift) - shift;
  const vf r = (limited - n * 0.693359375f) + n * 2.12194440e-4f;
  vf p = splat(1.0f / 720);
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const vi power = (__builtin_convertvector(n, vi) + 127) << 23;
  return p * (vf)power;
}

// The normal distribution's function and density.
struct Normal {
  vf below, density;
};

// erf by Abramowitz and Stegun 7.1.26 (absolute error below 1.5e-7).
inline Normal normal(vf x) {
  const vf bell = exponential(x * x * -0.5f);
  const vf z = (vf)((vi)x & 0x7fffffff) * 0.70710678f;
  const vf t = reciprocal(z * 0.3275911f + 1.0f);
  vf p = splat(1.061405429f);
  p = p * t + -1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t + -0.284496736f;
  p = p * t + 0.254829592f;
  const vf above = p * t * bell * 0.5f;  // 1 - the function at |x|
  return {x < splat(0.0f) ? above : 1.0f - above, bell * 0.39894228f};
}

inline uint64_t mix64(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// The lanes of the draws of values first..first + count, in `room` (count / 4 + 10 draws).
inline const uint16_t* draw(const Drops& drops, int64_t first, int64_t count, uint64_t* room) {
  const int64_t begin = first / 4, draws = ((first + count + 3) / 4 - begin + 7) / 8 * 8;
  const uint64_t golden = 0x9E3779B97F4A7C15u;
  const uint64_t base = drops.key + (static_cast<uint64_t>(begin) + 1) * golden;
  for (int64_t n = 0; n < draws; ++n) room[n] = mix64(base + static_cast<uint64_t>(n) * golden);
  return reinterpret_cast<const uint16_t*>(room) + first % 4;
}

// 0 where dropped, else the scale.
inline vf kept(const Drops& drops, const uint16_t* lanes) {
  vh narrow;
  std::memcpy(&narrow, lanes, sizeof narrow);
  const vi wide = __builtin_convertvector(narrow, vi);
  const vi keep = wide >= (vi{} + static_cast<int32_t>(drops.threshold));
  return (vf)(keep & (vi)splat(drops.scale));
}

// C = A B for rows of C: element (i, p) of A is a[i * rows + p * columns]; B is k x n, dense but for `b_stride`.
template <int R, int V>
inline void tile(int64_t k, const float* a, int64_t rows, int64_t columns, const float* b, int64_t b_stride, float* c,
                 int64_t c_stride) {
  vf total[R][V] = {};
  for (int64_t p = 0; p < k; ++p) {
    vf line[V];
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) line[v] = load(b + p * b_stride + v * kLanes);
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i) {
      const vf factor = splat(a[i * rows + p * columns]);
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) total[i][v] += factor * line[v];
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < R; ++i) {
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) store(c + i * c_stride + v * kLanes, total[i][v]);
  }
}

template <int R, int V>
inline void tile_of(int64_t r, int64_t k, const float* a, int64_t rows, int64_t columns, const float* b,
                    int64_t b_stride, float* c, int64_t c_stride) {
  if (r == R) return tile<R, V>(k, a, rows, columns, b, b_stride, c, c_stride);
  if constexpr (R > 1) tile_of<R - 1, V>(r, k, a, rows, columns, b, b_stride, c, c_stride);
}

template <int V>
inline void panel(int64_t m, int64_t k, const float* a, int64_t rows, int64_t columns, const float* b,
                  int64_t b_stride, float* c, int64_t c_stride) {
  for (int64_t i = 0; i < m; i += TS_TILE_ROWS) {
    const int64_t r = m - i < TS_TILE_ROWS ? m - i : TS_TILE_ROWS;
    tile_of<TS_TILE_ROWS, V>(r, k, a + i * rows, rows, columns, b, b_stride, c + i * c_stride, c_stride);
  }
}

// C (m x n) = A (m x k) B (k x n); n is a multiple of the lanes.
inline void multiply(int64_t m, int64_t n, int64_t k, const float* a, int64_t rows, int64_t columns, const float* b,
                     int64_t b_stride, float* c, int64_t c_stride) {
  for (int64_t at = 0; at < n;) {
    const int64_t left = (n - at) / kLanes;
    if (TS_TILE_VECTORS >= 3 && left >= 3 && left != 4) {
      panel<TS_TILE_VECTORS>(m, k, a, rows, columns, b + at, b_stride, c + at, c_stride);
      at += TS_TILE_VECTORS * kLanes;
    } else if (left >= 2) {
      panel<2>(m, k, a, rows, columns, b + at, b_stride, c + at, c_stride);
      at += 2 * kLanes;
    } else {
      panel<1>(m, k, a, rows, columns, b + at, b_stride, c + at, c_stride);
      at += kLanes;
    }
  }
}

}  // namespace
}  // namespace touchstone
