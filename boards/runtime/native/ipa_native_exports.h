/* SPDX-License-Identifier: Apache-2.0 */
/* ipa_module.h for a module in C. Included at the end of ipa_module.c, so that the compiler sees callers and callees together. */

#include <setjmp.h>

#ifdef __cplusplus
#error "compile ipa_module.c as C"
#endif

u8 ipa_memory[IPA_MEMORY_BYTES] __attribute__((aligned(16)));

static jmp_buf way_out;
static u8 has_way_out;

/** The functions that only read the state have no way out: there the processor's fault handler decides. */
_Noreturn void ipa_trap(void) {
  if (has_way_out) longjmp(way_out, 1);
  __builtin_trap();
}

/** A result on its way out. */
static int32_t leave(int32_t result) {
  has_way_out = 0;
  return result;
}

/** What is not inside the memory is nothing: the module says where, and a fault in it must not become a write elsewhere. */
static u8 *ipa_span(u32 address, u32 *length) {
  if (address > IPA_MEMORY_BYTES) address = IPA_MEMORY_BYTES;
  if (*length > IPA_MEMORY_BYTES - address) *length = IPA_MEMORY_BYTES - address;
  return ipa_memory + address;
}

int32_t ipa_start(const uint8_t *wasm, uint32_t length) {
  (void)wasm;
  (void)length;
  memset(ipa_memory, 0, sizeof ipa_memory);
  initialise();
  return export_ipa_abi_version() == IPA_ABI_VERSION ? 0 : IPA_HOST_BAD_MODULE;
}

int32_t ipa_poll(uint32_t now_ms) {
  if (setjmp(way_out) != 0) return leave(IPA_HOST_TRAPPED);
  has_way_out = 1;
  return leave((int32_t)export_ipa_poll(now_ms));
}

int32_t ipa_event(int32_t kind, int32_t argument, uint32_t length) {
  if (setjmp(way_out) != 0) return leave(IPA_HOST_TRAPPED);
  has_way_out = 1;
  return leave((int32_t)export_ipa_event((u32)kind, (u32)argument, length));
}

int32_t ipa_argument(void) { return (int32_t)export_ipa_argument(); }

const uint8_t *ipa_data(uint32_t *length) {
  *length = export_ipa_length();
  return ipa_span(export_ipa_data(), length);
}

uint8_t *ipa_window(int32_t kind, uint32_t *size) {
  *size = export_ipa_window_size((u32)kind);
  return ipa_span(export_ipa_window((u32)kind), size);
}

uint8_t *ipa_state(uint32_t *size) {
  *size = export_ipa_state_size();
  return ipa_span(export_ipa_state(), size);
}
