// Byte scans that pure Swift does several times slower: newline positions and short patterns, 64 bytes a step. What is asked once a line is
// inline here; what runs over many bytes is in trace_scan.c, once for any processor and once for AVX2.
// Every function may read up to 66 bytes past the last byte it is asked about: chunk buffers are padded for it (LineChunk.padding).
#ifndef TRACE_SCAN_H
#define TRACE_SCAN_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>

static inline uint64_t trace_equal_mask(const uint8_t *p, uint8_t byte) {
  const __m128i wanted = _mm_set1_epi8((char)byte);
  uint64_t mask = 0;
  for (int i = 0; i < 4; i++) {
    __m128i block = _mm_loadu_si128((const __m128i *)(p + 16 * i));
    mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, wanted)) << (16 * i);
  }
  return mask;
}
#else
// Portable: eight bytes at a time, the top bit of each equal byte gathered by a multiplication.
static inline uint64_t trace_equal_mask(const uint8_t *p, uint8_t byte) {
  const uint64_t low = 0x7f7f7f7f7f7f7f7fULL, wanted = 0x0101010101010101ULL * byte;
  uint64_t mask = 0;
  for (int i = 0; i < 8; i++) {
    uint64_t word;
    memcpy(&word, p + 8 * i, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    word ^= wanted;
    uint64_t zero = ~(((word & low) + low) | word | low);
    mask |= (((zero >> 7) * 0x0102040810204080ULL) >> 56) << (8 * i);
  }
  return mask;
}
#endif

// Bit i is set where p[i] is a newline.
static inline uint64_t trace_newline_mask(const uint8_t *p) { return trace_equal_mask(p, '\n'); }

// Writes where in `blocks` runs of 64 bytes each the newlines are, and returns how many there are; `places` has room for two more than bytes,
// which are fewer than 1 << 31. A place has this bit where a string header that trace_contains_amf finds may be on the line that ends there.
#define TRACE_MAY_HOLD_AMF 0x80000000u
// `pending` says so of the bytes since the last newline before p, and is left saying so of those since the last newline found.
uint64_t trace_newlines(const uint8_t *p, uint64_t blocks, uint32_t *places, int *pending);
// The same as other processors run it: 0 portable, 1 AVX2, 2 AVX-512. UINT64_MAX where this one lacks that.
uint64_t trace_newlines_level(int level, const uint8_t *p, uint64_t blocks, uint32_t *places, int *pending);

// Whether the header of an AMF0 string of less than 256 bytes, 02 00, occurs in the n bytes at p in strace's spelling: `\2\0\` with what a name
// may begin with behind the length, or with -x `x02\x00`.
// Reads up to 66 bytes past them.
int trace_contains_amf(const uint8_t *p, uint64_t n);

// The same without AVX2.
int trace_contains_amf_portable(const uint8_t *p, uint64_t n);

// The first occurrence of the k bytes at `needle` in the n at p, or NULL (memmem is not in every libc's namespace).
static inline const uint8_t *trace_find(const uint8_t *p, uint64_t n, const uint8_t *needle, uint64_t k) {
  const uint8_t *end = p + n;
  if (k == 0) return p;
  while ((uint64_t)(end - p) >= k && (p = (const uint8_t *)memchr(p, needle[0], (size_t)(end - p) - (size_t)k + 1)) != NULL) {
    if (memcmp(p, needle, (size_t)k) == 0) return p;
    p++;
  }
  return NULL;
}

// Bit i is set where p[i] is a decimal digit, for the 32 bytes at p.
static inline uint32_t trace_digit_mask32(const uint8_t *p) {
#if defined(__SSE2__)
  const __m128i zero = _mm_set1_epi8('0'), nine = _mm_set1_epi8(9);
  __m128i low = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)p), zero), high = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(p + 16)), zero);
  uint32_t a = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(low, nine), low));
  uint32_t b = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(high, nine), high));
  return a | b << 16;
#else
  uint32_t mask = 0;
  for (int i = 0; i < 32; i++) mask |= (uint32_t)((uint8_t)(p[i] - '0') < 10) << i;
  return mask;
#endif
}

// Index of the first `byte` among the 16 at p, or 16.
static inline int trace_index16(const uint8_t *p, uint8_t byte) {
#if defined(__SSE2__)
  unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)p), _mm_set1_epi8((char)byte)));
  return mask ? __builtin_ctz(mask) : 16;
#else
  int i = 0;
  while (i < 16 && p[i] != byte) i++;
  return i;
#endif
}

// Where an address ends that blanks precede, as perf aligns them: one to 16 hex digits with a blank behind them, all within the 32 bytes at p. Its
// distance from p, or 0 where there is none.
static inline int trace_address_end(const uint8_t *p) {
#if defined(__SSE2__)
  const __m128i blank = _mm_set1_epi8(' '), zero = _mm_set1_epi8('0'), nine = _mm_set1_epi8(9);
  const __m128i a = _mm_set1_epi8('a'), five = _mm_set1_epi8(5);
  uint32_t blanks = 0, digits = 0;
  for (int i = 0; i < 2; i++) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(p + 16 * i));
    __m128i decimal = _mm_sub_epi8(bytes, zero), letter = _mm_sub_epi8(_mm_or_si128(bytes, blank), a);
    __m128i is_digit = _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(decimal, nine), decimal), _mm_cmpeq_epi8(_mm_min_epu8(letter, five), letter));
    blanks |= (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, blank)) << (16 * i);
    digits |= (uint32_t)_mm_movemask_epi8(is_digit) << (16 * i);
  }
#else
  uint32_t blanks = 0, digits = 0;
  for (int i = 0; i < 32; i++) {
    blanks |= (uint32_t)(p[i] == ' ') << i;
    digits |= (uint32_t)((uint8_t)(p[i] - '0') < 10 || (uint8_t)((p[i] | 0x20) - 'a') < 6) << i;
  }
#endif
  int start = __builtin_ctzll(~(uint64_t)blanks), count = __builtin_ctzll(~((uint64_t)digits >> start)), end = start + count;
  return count > 0 && count <= 16 && end < 32 && (blanks >> end & 1) ? end : 0;
}

// Whether the n bytes at p and q are the same; reads up to 15 bytes past them.
static inline int trace_is_equal(const uint8_t *p, const uint8_t *q, uint64_t n) {
#if defined(__SSE2__)
  for (; n > 16; n -= 16, p += 16, q += 16) {
    if (_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)p), _mm_loadu_si128((const __m128i *)q))) != 0xffff) return 0;
  }
  unsigned equal = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)p), _mm_loadu_si128((const __m128i *)q)));
  return (~equal & ((1u << n) - 1)) == 0;
#else
  return memcmp(p, q, (size_t)n) == 0;
#endif
}

// Loads eight bytes in memory order; the caller guarantees they may be read.
static inline uint64_t trace_load8(const uint8_t *p) {
  uint64_t word;
  memcpy(&word, p, 8);
  return word;
}

#endif
