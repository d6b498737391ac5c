// Finds the codes by which the rules may refuse each command: the code of its decision is read, and of every function of the
// rules that it calls. What is found may be more than ever happens, never less. For the documents alone.

import { sep } from 'node:path';
import ts from 'typescript';

export class RefusalFinder {
  readonly #checker: ts.TypeChecker;
  readonly #deciders = new Map<string, ts.Node>();
  readonly #codes: ReadonlySet<string>;

  /** @param file the rules' decide.ts, from which all decisions are reached */
  constructor(file: string, codes: readonly string[]) {
    const program = ts.createProgram({
      rootNames: [file],
      options: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        types: [],
      },
    });
    this.#checker = program.getTypeChecker();
    this.#codes = new Set(codes);
    for (const source of program.getSourceFiles()) if (isRule(source)) this.#collect(source);
  }

  /** The codes of one command's decision. @throws Error where no decision has this name */
  of(command: string): Set<string> {
    const decider = this.#deciders.get(command);
    if (decider === undefined) throw new Error(`No decision about ${command}`);
    const found = new Set<string>();
    this.#walk(decider, found, new Set());
    return found;
  }

  /** Decisions are the fields of constants of the type `Deciders<...>`. */
  #collect(node: ts.Node): void {
    if (ts.isVariableDeclaration(node) && node.type?.getText().startsWith('Deciders<') && node.initializer)
      if (ts.isObjectLiteralExpression(node.initializer))
        for (const field of node.initializer.properties)
          if (field.name !== undefined && (ts.isStringLiteral(field.name) || ts.isIdentifier(field.name)))
            this.#deciders.set(field.name.text, field);
    ts.forEachChild(node, (child) => this.#collect(child));
  }

  #walk(node: ts.Node, found: Set<string>, seen: Set<ts.Node>): void {
    if (seen.has(node)) return;
    seen.add(node);
    if (ts.isStringLiteral(node) && this.#codes.has(node.text) && this.#isCode(node)) found.add(node.text);
    if (ts.isIdentifier(node)) {
      const called = this.#functionOf(node);
      if (called !== null) this.#walk(called, found, seen);
    }
    ts.forEachChild(node, (child) => this.#walk(child, found, seen));
  }

  /** A word that stands where a code is wanted; words like 'paused' are phases elsewhere. */
  #isCode(literal: ts.StringLiteral): boolean {
    const { parent } = literal;
    if (ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name) && parent.name.text === 'code')
      return true;
    const wanted = this.#checker.getContextualType(literal);
    const words = wanted?.isUnion() ? wanted.types.filter((one) => one.isStringLiteral()) : [];
    return words.length >= this.#codes.size;
  }

  #functionOf(name: ts.Identifier): ts.Node | null {
    const symbol = this.#checker.getSymbolAtLocation(name);
    if (symbol === undefined) return null;
    const real = symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
    const declared = real.valueDeclaration;
    if (declared === undefined || !isRule(declared.getSourceFile())) return null;
    if (ts.isFunctionDeclaration(declared)) return declared;
    const isFunction =
      ts.isVariableDeclaration(declared) &&
      declared.initializer !== undefined &&
      ts.isArrowFunction(declared.initializer);
    return isFunction ? declared : null;
  }
}

function isRule(source: ts.SourceFile): boolean {
  return source.fileName.replaceAll(sep, '/').includes('/server/core/');
}
