// The kernels in AVX-512 (F, BW, DQ, VL).
#define TS_LANES 16
#define TS_TILE_ROWS 8
#define TS_TILE_VECTORS 3
#define TS_TABLE kKernelsAvx512
#include "kernels_simd.h"
