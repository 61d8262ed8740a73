// SPDX-License-Identifier: Apache-2.0
// The part of the WebAssembly JavaScript interface that is used here. TypeScript declares it only together with the whole
// of the browser's globals, which must not become visible in a program for Node.

declare namespace WebAssembly {
  type Exports = Record<string, unknown>;

  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): { module: string; name: string; kind: string }[];
    static exports(module: Module): { name: string; kind: string }[];
  }

  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
    readonly exports: Exports;
  }

  class Memory {
    readonly buffer: ArrayBuffer;
  }

  class Global {
    readonly value: unknown;
  }
}
