#include "trace_scan.h"

// Whether a name may follow the length whose escape (`7`, `14` or `f`) is at p: media hold the header's two bytes often, and seldom a letter then.
static int starts_name(const uint8_t *p, const uint8_t *end) {
  int digits = 0;
  while (digits < 3 && p < end && *p >= '0' && *p <= '7') p++, digits++;
  if (digits == 0) p++;
  if (p >= end) return 1;
  // Cut behind the length, it may still be known by that.
  return (uint8_t)((*p | 0x20) - 'a') < 26 || *p == '_' || *p == '@' || *p == '|' || *p == '"';
}

// A place where an AMF0 string header may be in one of its spellings: p is at the backslash of `\2\0\`, or at the 0 of `x02\x00`.
static int is_amf(const uint8_t *begin, const uint8_t *end, const uint8_t *p) {
  if (*p == '\\') return end - p >= 5 && p[4] == '\\' && starts_name(p + 5, end);
  return p > begin && p[-1] == 'x' && end - p >= 6 && p[4] == '0' && p[5] == '0';
}

static int any_amf(const uint8_t *begin, const uint8_t *end, const uint8_t *p, uint64_t places) {
  for (; places; places &= places - 1) {
    const uint8_t *at = p + __builtin_ctzll(places);
    if (at < end && is_amf(begin, end, at)) return 1;
  }
  return 0;
}

// How many blocks are asked together whether they may hold an AMF0 header.
enum { GROUP = 16 };

// Places of the bits of a block's mask: two at once, since few blocks hold more lines' ends, and without a branch that tells one from none.
// FIRST gives the lowest bit's place, and any number for 0.
#define PUT(out, at, mask, FIRST)                                    \
  do {                                                               \
    uint64_t rest = (mask);                                          \
    uint32_t *next = (out) + __builtin_popcountll(rest);             \
    (out)[0] = (at) + (uint32_t)FIRST(rest);                         \
    rest &= rest - 1;                                                \
    (out)[1] = (at) + (uint32_t)FIRST(rest);                         \
    while (__builtin_expect((rest &= rest - 1) != 0, 0)) {           \
      (out)[2] = (at) + (uint32_t)FIRST(rest);                       \
      (out)++;                                                       \
    }                                                                \
    (out) = next;                                                    \
  } while (0)

static inline int first_bit(uint64_t mask) { return __builtin_ctzll(mask | 1ULL << 63); }

// Lines that ended in a group of blocks, from `first` to `out`, where the group may hold the header or what is before its first newline may.
static inline void mark_lines(uint32_t *first, uint32_t *out, int holds, int *pending) {
  if (!(holds | *pending) || (!holds && first == out)) return;
  uint32_t *end = holds ? out : first + 1;
  for (; first != end; first++) *first |= TRACE_MAY_HOLD_AMF;
  *pending = holds;
}

static uint64_t newlines_portable(const uint8_t *p, uint64_t blocks, uint32_t *places, int *pending) {
  uint32_t *out = places;
  for (uint64_t i = 0; i < blocks;) {
    uint32_t *first = out;
    uint64_t amf = 0;
    for (uint64_t end = i + GROUP < blocks ? i + GROUP : blocks; i < end; i++) {
      const uint8_t *q = p + 64 * i;
      PUT(out, (uint32_t)(64 * i), trace_newline_mask(q), first_bit);
      amf |= trace_equal_mask(q, '2') & trace_equal_mask(q + 1, '\\') & (trace_equal_mask(q + 2, '0') | trace_equal_mask(q + 2, 'x'));
    }
    mark_lines(first, out, amf != 0, pending);
  }
  return (uint64_t)(out - places);
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
#define AVX2 __attribute__((target("avx2,bmi,popcnt")))
#define AVX512 __attribute__((target("avx512bw,avx512vl,bmi,popcnt")))

AVX2 static inline __m256i equal(const uint8_t *p, __m256i wanted) {
  return _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)p), wanted);
}

AVX2 static uint64_t newlines_avx2(const uint8_t *p, uint64_t blocks, uint32_t *places, int *pending) {
  const __m256i newline = _mm256_set1_epi8('\n'), backslash = _mm256_set1_epi8('\\'), two = _mm256_set1_epi8('2');
  // '0' and 'x' differ in bits of 0x48 only.
  const __m256i differing = _mm256_set1_epi8(0x48), x = _mm256_set1_epi8('x');
  uint32_t *out = places;
  for (uint64_t i = 0; i < blocks;) {
    uint32_t *first = out;
    __m256i amf = _mm256_setzero_si256();
    for (uint64_t end = i + GROUP < blocks ? i + GROUP : blocks; i < end; i++) {
      uint64_t mask = 0;
      for (int half = 0; half < 2; half++) {
        const uint8_t *q = p + 64 * i + 32 * half;
        __m256i here = _mm256_loadu_si256((const __m256i *)q), after = _mm256_loadu_si256((const __m256i *)(q + 2));
        mask |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(here, newline)) << (32 * half);
        __m256i next = _mm256_cmpeq_epi8(_mm256_or_si256(after, differing), x);
        __m256i both = _mm256_and_si256(_mm256_cmpeq_epi8(here, two), equal(q + 1, backslash));
        amf = _mm256_or_si256(amf, _mm256_and_si256(both, next));
      }
      PUT(out, (uint32_t)(64 * i), mask, _tzcnt_u64);
    }
    mark_lines(first, out, _mm256_movemask_epi8(amf) != 0, pending);
  }
  return (uint64_t)(out - places);
}

AVX512 static uint64_t newlines_avx512(const uint8_t *p, uint64_t blocks, uint32_t *places, int *pending) {
  const __m512i newline = _mm512_set1_epi8('\n'), backslash = _mm512_set1_epi8('\\'), two = _mm512_set1_epi8('2');
  const __m512i differing = _mm512_set1_epi8(0x48), x = _mm512_set1_epi8('x');
  uint32_t *out = places;
  for (uint64_t i = 0; i < blocks;) {
    uint32_t *first = out;
    uint64_t amf = 0;
    for (uint64_t end = i + GROUP < blocks ? i + GROUP : blocks; i < end; i++) {
      const uint8_t *q = p + 64 * i;
      __m512i here = _mm512_loadu_si512(q);
      uint64_t mask = _mm512_cmpeq_epi8_mask(here, newline);
      __mmask64 both = _mm512_mask_cmpeq_epi8_mask(_mm512_cmpeq_epi8_mask(here, two), _mm512_loadu_si512(q + 1), backslash);
      amf |= _mm512_mask_cmpeq_epi8_mask(both, _mm512_or_si512(_mm512_loadu_si512(q + 2), differing), x);
      PUT(out, (uint32_t)(64 * i), mask, _tzcnt_u64);
    }
    mark_lines(first, out, amf != 0, pending);
  }
  return (uint64_t)(out - places);
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

// What this one can, as trace_newlines_level has it. Set before main, so that no thread sees it change.
static int level_here;
__attribute__((constructor)) static void look_at_processor(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("popcnt")) return;
  // With VBMI2 came processors that do not slow down for it.
  int has_avx512 = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2");
  level_here = has_avx512 ? 2 : 1;
}
#else
enum { level_here = 0 };
#endif

uint64_t trace_newlines_level(int level, const uint8_t *p, uint64_t blocks, uint32_t *places, int *pending) {
  if (level > level_here) return UINT64_MAX;
#if defined(__x86_64__)
  if (level == 2) return newlines_avx512(p, blocks, places, pending);
  if (level == 1) return newlines_avx2(p, blocks, places, pending);
#endif
  return newlines_portable(p, blocks, places, pending);
}

uint64_t trace_newlines(const uint8_t *p, uint64_t blocks, uint32_t *places, int *pending) {
  return trace_newlines_level(level_here, p, blocks, places, pending);
}

int trace_contains_amf(const uint8_t *p, uint64_t n) {
#if defined(__x86_64__)
  if (level_here > 0) return contains_amf_avx2(p, n);
#endif
  return trace_contains_amf_portable(p, n);
}
