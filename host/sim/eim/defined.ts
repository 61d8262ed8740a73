// SPDX-License-Identifier: Apache-2.0
// Optional fields: absent, not present with the value undefined.

/** The fields that have a value. */
export type Defined<Fields extends object> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

/** Leaves out every field whose value is undefined; meant to be spread into an object with optional fields. */
export function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<Fields>;
}
