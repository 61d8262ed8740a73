/* SPDX-License-Identifier: Apache-2.0 */
/* Looks over a WebAssembly module before an interpreter gets it: wasm3 trusts what it is given. */
#ifndef IPA_IMAGE_H
#define IPA_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Whether these bytes are a WebAssembly module with whole sections in order, code and data among them, that imports nothing and starts
 * nothing, with one memory of one page. `memory_bytes` gets the value of the global that it exports as __heap_base: it uses the page below
 * that. Not checked are the instructions: WAMR does that, and with wasm3 a damaged one is for the port's checksum to find.
 */
bool ipa_image_check(const uint8_t *wasm, uint32_t length, uint32_t *memory_bytes);

#endif
