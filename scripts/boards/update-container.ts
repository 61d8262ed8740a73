// SPDX-License-Identifier: Apache-2.0
// The container by which a device takes a new module: COSE_Sign1 (RFC 9052 §4.2) around a manifest, then the module as a byte string,
// together a CBOR sequence. boards/update/UPDATE.md has the format. Written and read here; the device reads it in
// boards/update/ipa_container.c.

import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { cdeDecodeOptions, cdeEncodeOptions, decodeSequence, encode, Tag } from 'cbor2';

/** What the maker says of a module. */
export interface Manifest {
  /** Name of the variant: "ipad-min". At most 31 bytes. */
  readonly variant: string;
  /** Larger with each release, from 1 on; 32 bits. */
  readonly sequence: number;
  /** Of the interface between module and host. */
  readonly abiVersion: number;
  /** Bits of `Feature`. */
  readonly features: number;
  /** Linear memory that the module uses, in bytes. */
  readonly memoryBytes: number;
  readonly moduleBytes: number;
  /** SHA-512 of the module. */
  readonly digest: Uint8Array;
}

/** A container as it was read. */
export interface Container {
  /** The first bytes of the SHA-512 of the public key that it says it is signed by. */
  readonly keyId: Uint8Array;
  readonly manifest: Manifest;
  readonly signature: Uint8Array;
  /** What the signature is about: Sig_structure (RFC 9052 §4.4). */
  readonly signed: Uint8Array;
  readonly module: Uint8Array;
  /** Bytes in front of the module. */
  readonly headBytes: number;
}

/** A file that is no container, or does not fit together; a module or key that no container can be made of. */
export class ContainerError extends Error {
  override readonly name = 'ContainerError';
}

/** Features of WebAssembly beyond 1.0 that a module may need. */
export const Feature = { BulkMemory: 1 } as const;

const CONTENT_TYPE = 'application/vnd.ipa-wasm.manifest+cbor';
/** The most that a device keeps room for (IPA_CONTAINER_HEAD_BYTES). */
export const MOST_HEAD_BYTES = 320;
const COSE_SIGN1 = 18;
/** Headers of RFC 9052 §3.1, and the algorithm EdDSA. */
const HEADER = { algorithm: 1, contentType: 3, keyId: 4 } as const;
const EDDSA = -8;
const KEY_ID_BYTES = 8;
const FORMAT_VERSION = 1;
const MOST_VARIANT_BYTES = 31;
const SIGNATURE_BYTES = 64;
const DIGEST_BYTES = 64;

const sha512 = (bytes: Uint8Array): Uint8Array => plain(createHash('sha512').update(bytes).digest());
/** Buffers have a type of their own in the encoder. */
const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);
/** The deterministic encoding (RFC 8949 §4.2.1). */
const deterministic = (value: unknown): Uint8Array => plain(encode(value, cdeEncodeOptions));

/** The 32 bytes of an Ed25519 public key, of either half of the pair. @throws ContainerError when it is another kind of key */
export function publicKeyBytes(key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType !== 'ed25519') throw new ContainerError(`the key is of type ${key.asymmetricKeyType}, it must be ed25519`);
  const { x } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return plain(Buffer.from(x ?? '', 'base64url'));
}

/** The name by which a container says what key it is signed by. */
export const keyIdOf = (key: KeyObject): Uint8Array => sha512(publicKeyBytes(key)).subarray(0, KEY_ID_BYTES);

/** What a module is in a manifest: all but its length and digest, which are those of its bytes. */
export type ModuleDescription = Omit<Manifest, 'moduleBytes' | 'digest'>;

/** Signs a module. @throws ContainerError */
export function makeContainer(module: Uint8Array, description: ModuleDescription, key: KeyObject): Uint8Array {
  checkDescription(description);
  if (module.length === 0) throw new ContainerError('the module is empty');
  const manifest = encodeManifest({ ...description, moduleBytes: module.length, digest: sha512(module) });
  return signManifest(manifest, module, key);
}

/** Signs these bytes as manifest, whatever they are. Exported for tests, and for formats to come. */
export function signManifest(manifest: Uint8Array, module: Uint8Array, key: KeyObject): Uint8Array {
  const protectedHeader = deterministic(
    new Map<number, unknown>([
      [HEADER.algorithm, EDDSA],
      [HEADER.contentType, CONTENT_TYPE],
    ]),
  );
  const signature = plain(sign(null, sigStructure(protectedHeader, manifest), key));
  const unprotected = new Map([[HEADER.keyId, keyIdOf(key)]]);
  const head = deterministic(new Tag(COSE_SIGN1, [protectedHeader, unprotected, manifest, signature]));
  return plain(Buffer.concat([head, deterministic(plain(module))]));
}

function checkDescription({ variant, sequence, ...numbers }: ModuleDescription): void {
  const nameBytes = Buffer.byteLength(variant);
  if (nameBytes < 1 || nameBytes > MOST_VARIANT_BYTES)
    throw new ContainerError(`the name of the variant has ${nameBytes} bytes, 1 to ${MOST_VARIANT_BYTES} are allowed`);
  if (!isUint32(sequence) || sequence === 0) throw new ContainerError(`the sequence is ${sequence}, it must be 1 to ${2 ** 32 - 1}`);
  for (const [name, value] of Object.entries(numbers)) if (!isUint32(value)) throw new ContainerError(`${name} is ${value}`);
}

const isUint32 = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32;

function encodeManifest(manifest: Manifest): Uint8Array {
  const { variant, sequence, abiVersion, features, memoryBytes, moduleBytes, digest } = manifest;
  const members = [FORMAT_VERSION, variant, sequence, abiVersion, features, memoryBytes, moduleBytes, digest];
  return deterministic(new Map(members.map((value, index) => [index + 1, value])));
}

const sigStructure = (protectedHeader: Uint8Array, payload: Uint8Array): Uint8Array =>
  deterministic(['Signature1', protectedHeader, new Uint8Array(), payload]);

/**
 * Reads a container. That its form is right and the module is the one of the manifest is checked; the signature is not. @throws
 * ContainerError
 */
export function readContainer(file: Uint8Array): Container {
  const [sign1, module, ...rest] = itemsOf(file);
  if (!(sign1 instanceof Tag) || Number(sign1.tag) !== COSE_SIGN1 || !Array.isArray(sign1.contents) || sign1.contents.length !== 4)
    throw new ContainerError('not a COSE_Sign1 object');
  const [protectedHeader, unprotected, payload, signature] = sign1.contents as unknown[];
  const keyId = unprotected instanceof Map && unprotected.size === 1 ? unprotected.get(HEADER.keyId) : undefined;
  if (!isBytes(protectedHeader) || !isBytes(payload) || !isBytes(signature, SIGNATURE_BYTES) || !isBytes(keyId, KEY_ID_BYTES))
    throw new ContainerError('not a COSE_Sign1 object with key, payload and signature');
  if (!isBytes(module) || rest.length > 0) throw new ContainerError('what follows the COSE_Sign1 object is not one byte string');
  const [header, ...afterHeader] = itemsOf(protectedHeader);
  if (!(header instanceof Map) || afterHeader.length > 0 || header.size !== 2 || header.get(HEADER.algorithm) !== EDDSA)
    throw new ContainerError('not signed with EdDSA');
  if (header.get(HEADER.contentType) !== CONTENT_TYPE) throw new ContainerError('the content is not a manifest');
  const manifest = readManifest(payload);
  checkModule(manifest, module);
  const signed = sigStructure(protectedHeader, payload);
  return { keyId, manifest, signature, signed, module, headBytes: file.length - module.length };
}

/** Whether the signature is this key's. */
export const isSignedBy = ({ signed, signature }: Container, key: KeyObject): boolean => verify(null, signed, key, signature);

/** The items of a CBOR sequence that is encoded in the deterministic way. */
function itemsOf(bytes: Uint8Array): unknown[] {
  try {
    return [...decodeSequence(plain(bytes), { ...cdeDecodeOptions, preferMap: true })];
  } catch (error) {
    throw new ContainerError(`not deterministic CBOR: ${(error as Error).message}`, { cause: error });
  }
}

function isBytes(value: unknown, length?: number): value is Uint8Array {
  return value instanceof Uint8Array && (length === undefined || value.length === length);
}

function readManifest(payload: Uint8Array): Manifest {
  const [members, ...rest] = itemsOf(payload);
  if (!(members instanceof Map) || rest.length > 0) throw new ContainerError('the payload is not a manifest');
  if (members.get(1) !== FORMAT_VERSION) throw new ContainerError(`the manifest is of format ${members.get(1)}, not ${FORMAT_VERSION}`);
  const values = [2, 3, 4, 5, 6, 7, 8].map((member) => members.get(member));
  const [variant, sequence, abiVersion, features, memoryBytes, moduleBytes, digest] = values;
  if (members.size !== 8 || typeof variant !== 'string' || !isBytes(digest, DIGEST_BYTES))
    throw new ContainerError('the manifest has other members than it must have');
  if (![sequence, abiVersion, features, memoryBytes, moduleBytes].every(isUint32))
    throw new ContainerError('the manifest has a number out of range');
  return { variant, sequence, abiVersion, features, memoryBytes, moduleBytes, digest } as Manifest;
}

function checkModule(manifest: Manifest, module: Uint8Array): void {
  if (module.length !== manifest.moduleBytes)
    throw new ContainerError(`the module has ${module.length} bytes, the manifest says ${manifest.moduleBytes}`);
  if (Buffer.compare(sha512(module), manifest.digest) !== 0) throw new ContainerError('the module is not the one of the manifest');
}
