#include <lzma.h>

// A macro with a cast, which Swift does not import.
static const uint32_t tracestat_lzma_concatenated = LZMA_CONCATENATED;
