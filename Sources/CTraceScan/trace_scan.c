#include "trace_scan.h"

// A place where an AMF0 string header may be in one of its spellings: p is at the backslash of `\2\0\`, or at the 0 of `x02\x00`.
static int is_amf(const uint8_t *begin, const uint8_t *end, const uint8_t *p) {
  if (*p == '\\') return end - p >= 5 && p[4] == '\\';
  return p > begin && p[-1] == 'x' && end - p >= 6 && p[4] == '0' && p[5] == '0';
}

static int any_amf(const uint8_t *begin, const uint8_t *end, const uint8_t *p, uint64_t places) {
  for (; places; places &= places - 1) {
    const uint8_t *at = p + __builtin_ctzll(places);
    if (at < end && is_amf(begin, end, at)) return 1;
  }
  return 0;
}

void trace_newline_masks_portable(const uint8_t *p, uint64_t blocks, uint64_t *masks) {
  for (uint64_t i = 0; i < blocks; i++) masks[i] = trace_newline_mask(p + 64 * i);
}

int trace_contains_amf_portable(const uint8_t *p, uint64_t n) {
  for (uint64_t i = 0; i < n; i += 64) {
    const uint8_t *q = p + i;
    uint64_t places = trace_equal_mask(q + 1, '2') & trace_equal_mask(q + 2, '\\');
    if (places == 0) continue;
    places &= (trace_equal_mask(q, '\\') & trace_equal_mask(q + 3, '0')) | (trace_equal_mask(q, '0') & trace_equal_mask(q + 3, 'x'));
    if (places && any_amf(p, p + n, q, places)) return 1;
  }
  return 0;
}

#if defined(__x86_64__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i equal(const uint8_t *p, __m256i wanted) {
  return _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)p), wanted);
}

AVX2 static void newline_masks_avx2(const uint8_t *p, uint64_t blocks, uint64_t *masks) {
  const __m256i newline = _mm256_set1_epi8('\n');
  for (uint64_t i = 0; i < blocks; i++, p += 64) {
    uint64_t low = (uint32_t)_mm256_movemask_epi8(equal(p, newline));
    uint64_t high = (uint32_t)_mm256_movemask_epi8(equal(p + 32, newline));
    masks[i] = low | high << 32;
  }
}

AVX2 static int contains_amf_avx2(const uint8_t *p, uint64_t n) {
  const __m256i backslash = _mm256_set1_epi8('\\'), two = _mm256_set1_epi8('2');
  const __m256i zero = _mm256_set1_epi8('0'), x = _mm256_set1_epi8('x');
  for (uint64_t i = 0; i < n; i += 32) {
    const uint8_t *q = p + i;
    __m256i octal = _mm256_and_si256(equal(q, backslash), equal(q + 3, zero));
    __m256i hex = _mm256_and_si256(equal(q, zero), equal(q + 3, x));
    __m256i both = _mm256_and_si256(equal(q + 1, two), equal(q + 2, backslash));
    uint64_t places = (uint32_t)_mm256_movemask_epi8(_mm256_and_si256(both, _mm256_or_si256(octal, hex)));
    if (places && any_amf(p, p + n, q, places)) return 1;
  }
  return 0;
}

// Set before main, so that no thread sees it change.
static int has_avx2;
__attribute__((constructor)) static void look_at_processor(void) {
  __builtin_cpu_init();
  has_avx2 = __builtin_cpu_supports("avx2");
}
#endif

void trace_newline_masks(const uint8_t *p, uint64_t blocks, uint64_t *masks) {
#if defined(__x86_64__)
  if (has_avx2) {
    newline_masks_avx2(p, blocks, masks);
    return;
  }
#endif
  trace_newline_masks_portable(p, blocks, masks);
}

int trace_contains_amf(const uint8_t *p, uint64_t n) {
#if defined(__x86_64__)
  if (has_avx2) return contains_amf_avx2(p, n);
#endif
  return trace_contains_amf_portable(p, n);
}
