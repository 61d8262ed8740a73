// SPDX-License-Identifier: Apache-2.0
// The profile that comes to be while its elements are processed one after the other.
import type { StoredFile } from '../../state/non-volatile.js';
import { ELEMENT_STATUS, ElementError, type ElementStatus } from './status.js';

/** A directory or file by its path: file identifiers below the MF in upper-case hexadecimal, nothing for the MF itself. */
export interface DraftFile {
  readonly directory: boolean;
  /** Undefined when neither the package nor a template known here says it. */
  readonly sizeBytes: number | undefined;
}

/** A network access application. */
export interface Naa {
  /** Tag of the profile element that created it. */
  readonly element: number;
  readonly path: string;
  readonly identification: number;
  hasAlgorithm: boolean;
}

/** PINs that a directory's PIN status template names. */
interface PinDemand {
  readonly path: string;
  readonly references: readonly number[];
  readonly identification: number;
}

export interface Draft {
  /** Largest major version of profile packages that is supported. */
  readonly majorVersion: number;
  /** Non-volatile bytes for files and applications. */
  readonly memoryBytes: number;
  /** Digits of the header; undefined until it was read. */
  iccid: string | undefined;
  ended: boolean;
  readonly identifications: Set<number>;
  /** Elements left out because nothing demands them. */
  readonly warnings: ElementStatus[];
  readonly files: Map<string, DraftFile>;
  /** Directory that PIN codes are for: the first one of the last element that created any. */
  pinContext: string | undefined;
  /** Key references by directory. */
  readonly pins: Map<string, Set<number>>;
  readonly pinDemands: PinDemand[];
  pukReferences: Set<number> | undefined;
  readonly naas: Naa[];
  /** In hexadecimal. */
  readonly adfAids: Set<string>;
  /** AIDs of security domains, RFM and other application instances, in hexadecimal. */
  readonly instanceAids: Set<string>;
  readonly securityDomainAids: Set<string>;
  /** AIDs of applet classes by load package, in hexadecimal. */
  readonly packages: Map<string, Set<string>>;
  /** Toolkit application references, in hexadecimal. */
  readonly references: Set<string>;
  /** Files of MF and NAAs with their contents. */
  readonly stored: StoredFile[];
  /** Bytes that files and applications need. */
  neededBytes: number;
}

export function emptyDraft(majorVersion: number, memoryBytes: number): Draft {
  return {
    majorVersion,
    memoryBytes,
    iccid: undefined,
    ended: false,
    identifications: new Set(),
    warnings: [],
    files: new Map(),
    pinContext: undefined,
    pins: new Map(),
    pinDemands: [],
    pukReferences: undefined,
    naas: [],
    adfAids: new Set(),
    instanceAids: new Set(),
    securityDomainAids: new Set(),
    packages: new Map(),
    references: new Set(),
    stored: [],
    neededBytes: 0,
  };
}

/** Takes memory before anything is put into it. Throws ElementError notEnoughMemory. */
export function reserve(draft: Draft, bytes: number): void {
  draft.neededBytes += bytes;
  if (draft.neededBytes > draft.memoryBytes)
    throw new ElementError(ELEMENT_STATUS.notEnoughMemory, `${draft.neededBytes} bytes do not fit`);
}

/** Adds to a set what must not be in it yet. Throws ElementError badValues. */
export function addOnce<T>(set: Set<T>, value: T, what: string): void {
  if (set.has(value)) throw new ElementError(ELEMENT_STATUS.badValues, `${what} ${value} twice`);
  set.add(value);
}
