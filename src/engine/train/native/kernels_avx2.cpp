// The kernels in AVX2 with FMA.
#define TS_LANES 8
#define TS_TILE_ROWS 6
#define TS_TILE_VECTORS 2
#define TS_TABLE kKernelsAvx2
#include "kernels_simd.h"
