/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the frame of a WebAssembly module: sections, memory, globals and exports. */

#include "ipa_image.h"

#include <string.h>

#define HEADER_BYTES 8u
#define PAGE_BYTES 65536u

enum section { CUSTOM = 0, IMPORT = 2, MEMORY = 5, GLOBAL = 6, EXPORT = 7, START = 8, CODE = 10, DATA = 11, DATA_COUNT = 12 };
enum { TYPE_I32 = 0x7f, TYPE_I64 = 0x7e, KIND_GLOBAL = 3, I32_CONST = 0x41, I64_CONST = 0x42, END = 0x0b };

/** Bytes still to read; `bad` once they ended too early or were something else. */
struct reader {
  const uint8_t *at;
  const uint8_t *end;
  bool bad;
};

static uint8_t read_byte(struct reader *reader) {
  if (reader->at < reader->end) return *reader->at++;
  reader->bad = true;
  return 0;
}

/** A number in LEB128 of at most `most_bytes`; more than 32 bits are cut off. */
static uint32_t read_number(struct reader *reader, uint32_t most_bytes) {
  uint32_t value = 0;
  for (uint32_t index = 0; index < most_bytes; index++) {
    const uint8_t byte = read_byte(reader);
    if (index < 5) value |= (uint32_t)(byte & 0x7f) << (7 * index);
    if ((byte & 0x80) == 0) return value;
  }
  reader->bad = true;
  return 0;
}

static uint32_t read_count(struct reader *reader) { return read_number(reader, 5); }

/** The next `length` bytes, as a reader of their own. */
static struct reader read_part(struct reader *reader, uint32_t length) {
  struct reader part = {reader->at, reader->at, false};
  if (length > (uint32_t)(reader->end - reader->at)) {
    reader->bad = true;
    return part;
  }
  part.end = reader->at += length;
  return part;
}

/** What the check wants to know of a module. */
struct findings {
  struct reader sections[DATA_COUNT + 1];
};

/** DataCount is the one section whose place is not that of its number. */
static uint32_t place_of(uint32_t section) {
  if (section == DATA_COUNT) return CODE;
  return section < CODE ? section : section + 1;
}

/** Finds the sections: each once and in order, and the last ends with the module. */
static bool find_sections(struct reader *module, struct findings *findings) {
  uint32_t place = 0;
  while (module->at < module->end && !module->bad) {
    const uint8_t section = read_byte(module);
    const struct reader content = read_part(module, read_count(module));
    if (section == CUSTOM) continue;
    if (section > DATA_COUNT || place_of(section) <= place) return false;
    place = place_of(section);
    findings->sections[section] = content;
  }
  return !module->bad;
}

/** Value of the constant global of this index; 0 when it is another kind of global, or none. */
static uint32_t constant_global(struct reader globals, uint32_t wanted) {
  const uint32_t count = read_count(&globals);
  for (uint32_t index = 0; index < count && !globals.bad; index++) {
    const uint8_t type = read_byte(&globals);
    const bool is_mutable = read_byte(&globals) != 0;
    const uint8_t opcode = read_byte(&globals);
    if (opcode != (type == TYPE_I64 ? I64_CONST : I32_CONST)) return 0;
    const uint32_t value = read_number(&globals, 10);
    if (read_byte(&globals) != END) return 0;
    if (index == wanted) return type == TYPE_I32 && !is_mutable && !globals.bad ? value : 0;
  }
  return 0;
}

/** Index of the exported global of this name; UINT32_MAX when there is none, or the section is damaged. */
static uint32_t exported_global(struct reader exports, const char *name) {
  uint32_t found = UINT32_MAX;
  const uint32_t count = read_count(&exports);
  for (uint32_t index = 0; index < count && !exports.bad; index++) {
    const struct reader called = read_part(&exports, read_count(&exports));
    const bool is_global = read_byte(&exports) == KIND_GLOBAL;
    const uint32_t which = read_count(&exports);
    const uint32_t length = (uint32_t)(called.end - called.at);
    if (is_global && length == strlen(name) && memcmp(called.at, name, length) == 0) found = which;
  }
  return exports.bad || exports.at != exports.end ? UINT32_MAX : found;
}

/** Whether there is one memory, of one page. */
static bool has_one_page(struct reader memories) {
  if (read_count(&memories) != 1) return false;
  const bool is_limited = read_byte(&memories) == 1;
  return read_count(&memories) == 1 && (!is_limited || read_count(&memories) == 1) && !memories.bad;
}

bool ipa_image_check(const uint8_t *wasm, uint32_t length, uint32_t *memory_bytes) {
  static const uint8_t header[HEADER_BYTES] = {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00};
  if (wasm == NULL || length < HEADER_BYTES || memcmp(wasm, header, HEADER_BYTES) != 0) return false;
  struct reader module = {wasm + HEADER_BYTES, wasm + length, false};
  struct findings findings = {0};
  if (!find_sections(&module, &findings)) return false;
  const struct reader *sections = findings.sections;
  if (sections[IMPORT].at != sections[IMPORT].end || sections[START].at != NULL) return false;
  /* without the last section it would still be a module */
  if (sections[CODE].at == NULL || sections[DATA].at == NULL) return false;
  if (!has_one_page(sections[MEMORY])) return false;
  *memory_bytes = constant_global(sections[GLOBAL], exported_global(sections[EXPORT], "__heap_base"));
  return *memory_bytes > 0 && *memory_bytes <= PAGE_BYTES;
}
