// SPDX-License-Identifier: Apache-2.0
// Packages that whoever does not need them need not have: loaded at the first use, and unknown to the compiler, so that this project can
// be built without them.

/** Loads a package. Rejects with Error that says what `purpose` needs it for, how it is installed, and `otherwise`. */
export async function optionalPackage<Contents>(name: string, purpose: string, otherwise: string): Promise<Contents> {
  try {
    return (await import(name)) as Contents;
  } catch (cause) {
    throw new Error(
      `${purpose} needs the optional package ${name}, which cannot be loaded; install it with: npm install ${name}, ${otherwise}`,
      { cause },
    );
  }
}
