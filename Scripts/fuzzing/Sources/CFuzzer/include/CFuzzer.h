// What libFuzzer offers to a program with a main of its own (compiler-rt/include/fuzzer and lib/fuzzer/FuzzerInterface.h of LLVM).
#ifndef TRACESTAT_CFUZZER_H
#define TRACESTAT_CFUZZER_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*run)(const uint8_t *data, size_t size));

// Mutates `data` in place with libFuzzer's own mutations; gives the new size.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

// AddressSanitizer's own (sanitizer/asan_interface.h): reads and writes of poisoned bytes end the process.
void __asan_poison_memory_region(void const volatile *address, size_t size);
void __asan_unpoison_memory_region(void const volatile *address, size_t size);

#endif
