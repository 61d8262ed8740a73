/* SPDX-License-Identifier: Apache-2.0 */
/* What WAMR's core calls of its platform, and its allocator, which is the arena: WAMR's own takes more flash and RAM. */

#include <string.h>

#include "bh_platform.h"
#include "ipa_arena.h"
#include "mem_alloc.h"

/** A handle that is not NULL; there is one arena. */
static char the_arena;

mem_allocator_t mem_allocator_create(void *mem, uint32_t size) {
  (void)mem;
  (void)size;
  return &the_arena;
}

int mem_allocator_destroy(mem_allocator_t allocator) {
  (void)allocator;
  return 0;
}

void *mem_allocator_malloc(mem_allocator_t allocator, uint32_t size) {
  (void)allocator;
  return ipa_arena_take(size);
}

void *mem_allocator_realloc(mem_allocator_t allocator, void *ptr, uint32_t size) {
  (void)allocator;
  return ipa_arena_resize(ptr, size);
}

void mem_allocator_free(mem_allocator_t allocator, void *ptr) {
  (void)allocator;
  ipa_arena_release(ptr);
}

/* Aligned to more than 8, and a heap inside the module's memory: nothing asks for them, because ipa_wamr.c does not. */

void *mem_allocator_malloc_aligned(mem_allocator_t allocator, uint32_t size, uint32_t alignment) {
  (void)allocator;
  return alignment <= 8 ? ipa_arena_take(size) : NULL;
}

uint32 mem_allocator_get_heap_struct_size(void) { return 0; }

mem_allocator_t mem_allocator_create_with_struct_and_pool(void *struct_buf, uint32_t struct_buf_size, void *pool_buf,
                                                          uint32_t pool_buf_size) {
  (void)struct_buf;
  (void)struct_buf_size;
  (void)pool_buf;
  (void)pool_buf_size;
  return NULL;
}

int mem_allocator_migrate(mem_allocator_t allocator, char *pool_buf_new, uint32 pool_buf_size) {
  (void)allocator;
  (void)pool_buf_new;
  (void)pool_buf_size;
  return -1;
}

bool mem_allocator_is_heap_corrupted(mem_allocator_t allocator) {
  (void)allocator;
  return false;
}

bool mem_allocator_get_alloc_info(mem_allocator_t allocator, void *mem_alloc_info) {
  (void)allocator;
  (void)mem_alloc_info;
  return false;
}

int bh_platform_init(void) { return 0; }
void bh_platform_destroy(void) {}

/** The module's memory. */
void *os_mmap(void *hint, size_t size, int prot, int flags, os_file_handle file) {
  (void)hint;
  (void)prot;
  (void)flags;
  (void)file;
  void *taken = size <= UINT32_MAX ? ipa_arena_take((uint32_t)size) : NULL;
  return taken == NULL ? NULL : memset(taken, 0, size);
}

void os_munmap(void *addr, size_t size) {
  (void)size;
  ipa_arena_release(addr);
}

int os_mprotect(void *addr, size_t size, int prot) {
  (void)addr;
  (void)size;
  (void)prot;
  return 0;
}

/** Memory never grows. */
void *os_mremap(void *old_addr, size_t old_size, size_t new_size) {
  (void)old_addr;
  (void)old_size;
  (void)new_size;
  return NULL;
}

/* No memory but the arena. */

void *os_malloc(unsigned size) {
  (void)size;
  return NULL;
}

void *os_realloc(void *ptr, unsigned size) {
  (void)ptr;
  (void)size;
  return NULL;
}

void os_free(void *ptr) { (void)ptr; }

/* One thread, whose stack nothing checks. */

int os_mutex_init(korp_mutex *mutex) {
  (void)mutex;
  return 0;
}

int os_mutex_destroy(korp_mutex *mutex) {
  (void)mutex;
  return 0;
}

int os_mutex_lock(korp_mutex *mutex) {
  (void)mutex;
  return 0;
}

int os_mutex_unlock(korp_mutex *mutex) {
  (void)mutex;
  return 0;
}

korp_tid os_self_thread(void) { return 0; }
uint8 *os_thread_get_stack_boundary(void) { return NULL; }

/* Nothing is printed. */

int os_printf(const char *format, ...) {
  (void)format;
  return 0;
}

int os_vprintf(const char *format, va_list ap) {
  (void)format;
  (void)ap;
  return 0;
}

int ipa_wamr_copy_text_list(char *text, size_t bytes, const char *format, va_list list) {
  (void)list;
  if (bytes == 0) return 0;
  const size_t length = strlen(format) < bytes ? strlen(format) : bytes - 1;
  memcpy(text, format, length);
  text[length] = '\0';
  return (int)length;
}

int ipa_wamr_copy_text(char *text, size_t bytes, const char *format, ...) {
  va_list none;
  va_start(none, format);
  const int length = ipa_wamr_copy_text_list(text, bytes, format, none);
  va_end(none);
  return length;
}

static void swap(uint8_t *one, uint8_t *other, size_t bytes) {
  for (size_t index = 0; index < bytes; index++) {
    const uint8_t byte = one[index];
    one[index] = other[index];
    other[index] = byte;
  }
}

void ipa_wamr_sort(void *items, size_t count, size_t bytes, int (*compare)(const void *, const void *)) {
  uint8_t *first = items;
  for (size_t sorted = 1; sorted < count; sorted++)
    for (uint8_t *item = first + sorted * bytes; item > first && compare(item - bytes, item) > 0; item -= bytes)
      swap(item - bytes, item, bytes);
}

void bh_log_set_verbose_level(uint32_t level) { (void)level; }

/* What only an imported function needs, and a module that imports is refused. */

void invokeNative(void (*function)(void), uint32_t *arguments, uint32_t stacked);
void wasm_trap_delete(void *trap);

void invokeNative(void (*function)(void), uint32_t *arguments, uint32_t stacked) {
  (void)function;
  (void)arguments;
  (void)stacked;
}

void wasm_trap_delete(void *trap) { (void)trap; }
