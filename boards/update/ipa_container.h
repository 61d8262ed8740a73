/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a container: a COSE_Sign1 (RFC 9052 §4.2) around the manifest of a module. UPDATE.md has the format. */
#ifndef IPA_CONTAINER_H
#define IPA_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "ipa_sha512.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The longest head: a device keeps this much RAM for it, and this much flash in each slot. */
#define IPA_CONTAINER_HEAD_BYTES (320u)
/** Length of a key's name: the first bytes of the SHA-512 of the public key. */
#define IPA_CONTAINER_KEY_ID_BYTES (8u)
/** The longest name of a variant. */
#define IPA_CONTAINER_VARIANT_BYTES (31u)

/** Why a container is refused, or a module not started. Below ipa_host_error. */
enum ipa_update_error {
  /** More bytes are needed to say anything: the container is cut off, when no more come. */
  IPA_UPDATE_INCOMPLETE = -512,
  /**
   * Not a container: another form, another algorithm or content type, a length that is not written in the shortest way, too long a head.
   */
  IPA_UPDATE_BAD_CONTAINER = -513,
  /** Signed by a key that this device does not know. */
  IPA_UPDATE_UNKNOWN_KEY = -514,
  /** The signature is wrong: head changed, or another key under the same name. */
  IPA_UPDATE_BAD_SIGNATURE = -515,
  /** Signed, but of a format that this firmware does not know. */
  IPA_UPDATE_OTHER_FORMAT = -516,
  /** Signed, but not a manifest: members are missing, unknown, in another order or of another kind. */
  IPA_UPDATE_BAD_MANIFEST = -517,
  /** For devices with another variant of the module. */
  IPA_UPDATE_OTHER_VARIANT = -518,
  /** The interface between module and host is of another version: this firmware cannot run it. */
  IPA_UPDATE_OTHER_ABI = -519,
  /** The module needs features of WebAssembly that this runtime does not have. */
  IPA_UPDATE_MISSING_FEATURE = -520,
  /** The module needs more linear memory than this device has. */
  IPA_UPDATE_TOO_MUCH_MEMORY = -521,
  /** Not newer than what is installed, waiting or was given up, or older than this firmware allows. */
  IPA_UPDATE_NOT_NEWER = -522,
  /** The module does not fit into a slot. */
  IPA_UPDATE_TOO_LARGE = -523,
  /** The module is not the one that was signed, or the flash did not keep it. */
  IPA_UPDATE_BAD_DIGEST = -524,
  /** Bytes after the end of the container. */
  IPA_UPDATE_TRAILING_BYTES = -525,
  /** The flash could not be erased, programmed or read. */
  IPA_UPDATE_FLASH_FAILED = -526,
  /** The module that runs is on trial: the slot that is not in use has the one to go back to. */
  IPA_UPDATE_ON_TRIAL = -527,
  /** No slot has a module that may be started. */
  IPA_UPDATE_NO_MODULE = -528,
};

/** Features of WebAssembly beyond 1.0, as bits of member `features`. */
enum ipa_update_feature {
  /** memory.copy, memory.fill and a data count section. */
  IPA_UPDATE_FEATURE_BULK_MEMORY = 1,
};

/** A key that modules may be signed by. */
struct ipa_update_key {
  /** The first bytes of the SHA-512 of `public_key`. */
  uint8_t id[IPA_CONTAINER_KEY_ID_BYTES];
  /** Ed25519. */
  uint8_t public_key[32];
};

/** What the maker says of a module. Points into the head it was read from. */
struct ipa_manifest {
  /** Which module: "ipad-min"; not ended by a zero. */
  const char *variant;
  uint32_t variant_length;
  /** Larger with each release, never 0. */
  uint32_t sequence;
  /** That of assembly/ABI.md. */
  uint32_t abi_version;
  /** Bits of ipa_update_feature. */
  uint32_t features;
  /** Linear memory that the module uses (`__heap_base`), in bytes. */
  uint32_t memory_bytes;
  /** Length of the module in bytes. */
  uint32_t module_bytes;
  /** SHA-512 of the module. */
  const uint8_t *digest;
};

/** A head that has been found whole. Points into the bytes it was read from. */
struct ipa_container {
  const uint8_t *key_id;
  /** The protected header and the manifest as they stand, each a byte string of CBOR with its length in front. */
  const uint8_t *protected_header;
  uint32_t protected_length;
  const uint8_t *payload;
  uint32_t payload_length;
  const uint8_t *manifest;
  uint32_t manifest_length;
  const uint8_t *signature;
  /** Length of the module as the byte string that follows says it; not signed. */
  uint32_t module_bytes;
  /** Length of all this: the module begins behind it. */
  uint32_t length;
};

/**
 * Finds the parts of a head at the beginning of `bytes`, whatever follows. Returns 0, IPA_UPDATE_INCOMPLETE, or IPA_UPDATE_BAD_CONTAINER
 * as soon as the bytes show it. What it says is not to be believed before ipa_container_verify.
 */
int32_t ipa_container_read(const uint8_t *bytes, uint32_t length, struct ipa_container *container);

/** Checks the signature. Returns 0, IPA_UPDATE_UNKNOWN_KEY or IPA_UPDATE_BAD_SIGNATURE. */
int32_t ipa_container_verify(const struct ipa_container *container, const struct ipa_update_key *keys, uint32_t key_count);

/**
 * Reads the manifest of a head whose signature is right. Returns 0, IPA_UPDATE_OTHER_FORMAT, IPA_UPDATE_BAD_MANIFEST, or
 * IPA_UPDATE_BAD_CONTAINER when the length in front of the module is not the one that was signed.
 */
int32_t ipa_manifest_read(const struct ipa_container *container, struct ipa_manifest *manifest);

/**
 * Checks an Ed25519 signature (RFC 8032 §5.1.7) of `hash`, which has been given the first half of the signature, the key and the message.
 */
bool ipa_ed25519_check(struct ipa_sha512 *hash, const uint8_t signature[64], const uint8_t public_key[32]);

#ifdef __cplusplus
}
#endif

#endif
