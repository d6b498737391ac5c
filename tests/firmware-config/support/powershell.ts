// Reads PowerShell with the grammar that editors use, and lists what a script calls and which newer words it uses.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

/** What is used of the grammar's syntax tree. */
export interface Syntax {
  type: string;
  text: string;
  isError: boolean;
  isMissing: boolean;
  startPosition: { row: number };
  children: Syntax[];
}

interface TreeSitter {
  Parser: {
    new (): { setLanguage(language: unknown): void; parse(text: string): { rootNode: Syntax } };
    init(): Promise<void>;
  };
  Language: { load(bytes: Uint8Array): Promise<unknown> };
}

/** A script as it was read, and what in it is no PowerShell. */
export interface Script {
  root: Syntax;
  faults: string[];
}

/** A reader of scripts. */
export async function openPowerShell(): Promise<(text: string) => Script> {
  // The grammar is one huge function: compiling it well takes half a minute and is worth nothing here.
  setFlagsFromString('--no-wasm-tier-up');
  setFlagsFromString('--no-wasm-dynamic-tiering');
  const require = createRequire(join(process.cwd(), 'package.json'));
  const program = require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter.js');
  const { Parser, Language } = require(program) as TreeSitter;
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(
    await Language.load(readFileSync(join(dirname(program), 'tree-sitter-powershell.wasm'))),
  );
  return (text) => {
    const { rootNode } = parser.parse(text);
    const faults = [...nodesOf(rootNode)]
      .filter((node) => node.isError || node.isMissing)
      .map((node) => `line ${node.startPosition.row + 1}: ${node.text}`);
    return { root: rootNode, faults };
  };
}

/** The node and all below it. */
export function* nodesOf(node: Syntax): Generator<Syntax> {
  yield node;
  for (const child of node.children) yield* nodesOf(child);
}

/** Texts of all nodes of a type. */
export const textsOf = (node: Syntax, type: string) =>
  [...nodesOf(node)].filter((found) => found.type === type).map((found) => found.text);
