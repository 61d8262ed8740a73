// SPDX-License-Identifier: Apache-2.0
// A guard: the optimiser can make one function of two that differ in the address of a scalar, and hand the address in. Once scalars are
// globals, such a function would read and write what nobody uses any more.

import { isAccess, type Range } from './access.js';
import { constant, functions, isList, type List, lists, type Node, visit } from './tree.js';

/** What is added to a parameter to make an address of it, by the number of the parameter. */
type Offsets = Map<number, Set<number>>;

/** Throws when a function loads or stores at an address that it is given, and is given that of a scalar in `range`. */
export function refuseScalarArguments(module: List, range: Range): void {
  const offsets = offsetsOf(module, range.end);
  for (const caller of functions(module)) {
    visit(caller, (node) => {
      if (node[0] !== 'call') return;
      const [callee = '', wanted] = [String(node[1]), offsets.get(String(node[1]))];
      lists(node).forEach((argument, index) => {
        for (const offset of wanted?.get(index) ?? []) {
          const address = constantsIn(argument).find((each) => each + offset >= range.begin && each + offset < range.end);
          if (address !== undefined) throw new Error(complaint(String(caller[1]), callee, address + offset));
        }
      });
    });
  }
}

function complaint(caller: string, callee: string, address: number): string {
  return (
    `${caller} gives ${callee} the address ${address}, where a scalar lies, to load or store at: scalars must be used by constant ` +
    'address. Compile at a shrink level that does not merge functions (scripts/compile.ts), or write the source otherwise'
  );
}

/** For each function which parameters are addresses, its own or of those that it calls with them. */
function offsetsOf(module: List, end: number): Map<string, Offsets> {
  const offsets = new Map(functions(module).map((each): [string, Offsets] => [String(each[1]), new Map()]));
  for (let isNew = true; isNew; ) {
    isNew = false;
    for (const each of functions(module)) {
      const own = offsets.get(String(each[1]));
      const parameters = lists(each).filter(([kind]) => kind === 'param');
      const note = (address: Node | undefined, offset: number) => {
        for (const { local, added } of localsIn(address)) {
          const index = parameters.findIndex(([, name]) => name === local);
          const sum = offset + added;
          // what is farther reaches no scalar, and recursion must end
          if (index < 0 || Math.abs(sum) > end || own?.get(index)?.has(sum)) continue;
          own?.set(index, (own.get(index) ?? new Set()).add(sum));
          isNew = true;
        }
      };
      visit(each, (node) => {
        for (const { address, offset } of addressesIn(node, offsets)) note(address, offset);
      });
    }
  }
  return offsets;
}

/** The operands of an instruction that are addresses, and what it adds to them. */
function addressesIn(node: List, offsets: ReadonlyMap<string, Offsets>): { address: Node | undefined; offset: number }[] {
  const operands = lists(node);
  if (node[0] === 'memory.copy' || node[0] === 'memory.fill')
    return operands.slice(0, node[0] === 'memory.copy' ? 2 : 1).map((address) => ({ address, offset: 0 }));
  if (node[0] === 'call')
    return [...(offsets.get(String(node[1])) ?? [])].flatMap(([index, added]) =>
      [...added].map((offset) => ({ address: operands[index], offset })),
    );
  if (!isAccess(node)) return [];
  const offset = node.find((word) => typeof word === 'string' && word.startsWith('offset='));
  return [{ address: operands[0], offset: Number(String(offset ?? 'offset=0').slice(7)) }];
}

/** The constants that a value is, or is chosen of. */
function constantsIn(node: Node | undefined): number[] {
  if (!isList(node)) return [];
  const value = constant(node);
  if (value !== undefined) return [value];
  if (node[0] === 'local.tee') return lists(node).flatMap(constantsIn);
  if (node[0] === 'select') return lists(node).slice(0, 2).flatMap(constantsIn);
  return node[0] === 'if'
    ? lists(node)
        .slice(-2)
        .flatMap((arm) => constantsIn(arm.at(-1)))
    : [];
}

/** The locals that an address is, or is made of by adding a constant. */
function localsIn(node: Node | undefined): { readonly local: string; readonly added: number }[] {
  if (!isList(node)) return [];
  const operands = lists(node);
  switch (node[0]) {
    case 'local.get':
      return [{ local: String(node[1]), added: 0 }];
    case 'local.tee':
      return localsIn(operands[0]);
    case 'select':
      return operands.slice(0, 2).flatMap(localsIn);
    case 'i32.add': {
      const added = operands.map(constant).find((value) => value !== undefined);
      return added === undefined ? [] : operands.flatMap(localsIn).map(({ local, added: more }) => ({ local, added: added + more }));
    }
    default:
      return [];
  }
}
