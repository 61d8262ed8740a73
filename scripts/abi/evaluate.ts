// SPDX-License-Identifier: Apache-2.0
// Evaluates the constant expressions that assembly/abi/*.ts may use: numerals, names read before, and integer operators.

import ts from 'typescript';

/** Values by name: "NETWORK_WINDOW_BYTES", "Action.Idle". */
export type KnownNumbers = Map<string, number>;

/** The expression's integer value, or undefined when it is not a constant. */
export function evaluate(node: ts.Expression, known: KnownNumbers): number | undefined {
  if (ts.isNumericLiteral(node)) return integer(Number(node.text));
  if (ts.isParenthesizedExpression(node)) return evaluate(node.expression, known);
  if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) return known.get(node.getText());
  if (ts.isPrefixUnaryExpression(node)) return negate(node, known);
  return ts.isBinaryExpression(node) ? combine(node, known) : undefined;
}

function negate(node: ts.PrefixUnaryExpression, known: KnownNumbers): number | undefined {
  const value = evaluate(node.operand, known);
  return value === undefined || node.operator !== ts.SyntaxKind.MinusToken ? undefined : -value;
}

function combine(node: ts.BinaryExpression, known: KnownNumbers): number | undefined {
  const left = evaluate(node.left, known);
  const right = evaluate(node.right, known);
  const operator = OPERATORS.get(node.operatorToken.kind);
  return left === undefined || right === undefined || !operator ? undefined : integer(operator(left, right));
}

const OPERATORS = new Map<ts.SyntaxKind, (left: number, right: number) => number>([
  [ts.SyntaxKind.PlusToken, (left, right) => left + right],
  [ts.SyntaxKind.MinusToken, (left, right) => left - right],
  [ts.SyntaxKind.AsteriskToken, (left, right) => left * right],
  [ts.SyntaxKind.LessThanLessThanToken, (left, right) => left << right],
  [ts.SyntaxKind.BarToken, (left, right) => left | right],
]);

function integer(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}
