// SPDX-License-Identifier: Apache-2.0
// What assembly/abi/*.ts says, as data: enums and constants in the order of their files.

/** One named number. */
export interface AbiConstant {
  readonly name: string;
  /** The text of its doc comment, on one line; never empty. */
  readonly doc: string;
  readonly value: number;
  /** Written in hexadecimal in the source, so written so in the outputs. */
  readonly hexadecimal: boolean;
}

/** One `const enum`. */
export interface AbiEnum {
  readonly name: string;
  readonly doc: string;
  readonly members: readonly AbiConstant[];
}

/** One file of assembly/abi/. */
export interface AbiFile {
  /** File name without folder and extension: "actions". */
  readonly name: string;
  /** The comment at the top of the file, without the licence line. */
  readonly doc: string;
  readonly entries: readonly (AbiEnum | AbiConstant)[];
}

/** Tells the two kinds of entry apart. */
export function isEnum(entry: AbiEnum | AbiConstant): entry is AbiEnum {
  return 'members' in entry;
}

/** The number as it is written in every output. */
export function numeral(constant: AbiConstant): string {
  return constant.hexadecimal ? `0x${constant.value.toString(16).padStart(2, '0')}` : String(constant.value);
}
