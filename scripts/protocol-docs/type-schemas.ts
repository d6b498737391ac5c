// Makes JSON Schemas of the TypeScript types of the wires: what the room sends has types and no checks. The compiler is asked,
// so the documents say what the compiler holds the code to, comments of the fields included. For the documents alone.

import ts from 'typescript';
import type { JsonSchema } from './plain-schemas.js';

/** Types by name, each as it stands in its file; a union is one name for each of its members where `t` tells them apart. */
export class TypeSchemas {
  readonly #checker: ts.TypeChecker;
  readonly #exported = new Map<string, ts.Type>();
  readonly #referredTo = new Set<string>();

  /**
   * @param files sources whose exported types may be asked for
   * @param names component names, by name of the type: a type that has one is referred to and not written out again
   */
  constructor(
    files: readonly string[],
    private readonly names: ReadonlyMap<string, string>,
  ) {
    const options: ts.CompilerOptions = {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: true,
    };
    const program = ts.createProgram({ rootNames: [...files], options });
    this.#checker = program.getTypeChecker();
    for (const file of files) {
      const source = program.getSourceFile(file);
      const symbol = source && this.#checker.getSymbolAtLocation(source);
      if (symbol === undefined) throw new Error(`${file} exports nothing`);
      for (const one of this.#checker.getExportsOfModule(symbol))
        this.#exported.set(one.name, this.#checker.getDeclaredTypeOfSymbol(one));
    }
  }

  /** The schema of an exported type. @throws Error where there is none or it holds what JSON does not */
  schema(typeName: string): JsonSchema {
    return this.#write(this.#type(typeName), typeName, true);
  }

  /** Adds every component that is referred to and not there yet. */
  complete(schemas: Map<string, JsonSchema>): void {
    for (let added = true; added;) {
      added = false;
      for (const [typeName, component] of this.names) {
        if (schemas.has(component) || !this.#referredTo.has(component)) continue;
        schemas.set(component, this.schema(typeName));
        added = true;
      }
    }
  }

  /** The members of an exported union by the literal of their field `tag`. */
  members(typeName: string, tag: string): Map<string, JsonSchema> {
    const type = this.#type(typeName);
    const found = new Map<string, JsonSchema>();
    for (const one of type.isUnion() ? type.types : [type]) {
      const literal = this.#fieldType(one, tag);
      if (!literal?.isStringLiteral()) throw new Error(`A member of ${typeName} has no literal ${tag}`);
      found.set(literal.value, this.#write(one, `${typeName} ${literal.value}`, true));
    }
    return found;
  }

  /** What each function of an exported event map takes, and what its last argument, a callback, is called with. */
  events(typeName: string): Map<string, { payload: JsonSchema | null; reply: JsonSchema | null }> {
    const found = new Map<string, { payload: JsonSchema | null; reply: JsonSchema | null }>();
    for (const field of this.#type(typeName).getProperties()) {
      const where = `${typeName} ${field.name}`;
      const taken = this.#argumentsOf(this.#checker.getTypeOfSymbol(field));
      const done = taken.find((one) => one.getCallSignatures().length > 0);
      const payload = taken.find((one) => one !== done);
      const [reply] = done === undefined ? [] : this.#argumentsOf(done);
      found.set(field.name, {
        payload: payload === undefined ? null : this.#write(payload, where),
        reply: reply === undefined ? null : this.#write(reply, where),
      });
    }
    return found;
  }

  #argumentsOf(type: ts.Type): ts.Type[] {
    const [signature] = type.getCallSignatures();
    return (signature?.getParameters() ?? []).map((one) => this.#checker.getTypeOfSymbol(one));
  }

  /** Names of the fields of an exported type. */
  fields(typeName: string): string[] {
    return this.#type(typeName)
      .getProperties()
      .map(({ name }) => name);
  }

  #type(typeName: string): ts.Type {
    const type = this.#exported.get(typeName);
    if (type === undefined) throw new Error(`No type ${typeName}`);
    return type;
  }

  #fieldType(type: ts.Type, field: string): ts.Type | undefined {
    const symbol = type.getProperty(field);
    return symbol && this.#checker.getTypeOfSymbol(symbol);
  }

  #write(type: ts.Type, where: string, isRoot = false): JsonSchema {
    const component = isRoot ? undefined : this.#componentOf(type);
    if (component !== undefined) {
      this.#referredTo.add(component);
      return { $ref: `#/components/schemas/${component}` };
    }
    if (type.isUnion()) return this.#union(type, where);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    const { flags } = type;
    if (flags & ts.TypeFlags.BooleanLiteral) return { const: this.#checker.typeToString(type) === 'true' };
    if (flags & ts.TypeFlags.String) return { type: 'string' };
    if (flags & ts.TypeFlags.Number) return { type: 'number' };
    if (flags & ts.TypeFlags.Null) return { type: 'null' };
    if (flags & ts.TypeFlags.Unknown) return {};
    if (flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.NonPrimitive))
      return this.#object(type, where);
    throw new Error(`${where} holds ${this.#checker.typeToString(type)}, which JSON does not`);
  }

  #componentOf(type: ts.Type): string | undefined {
    const name = type.aliasSymbol?.name ?? type.symbol?.name;
    if (name === undefined || !this.#exported.has(name)) return undefined;
    return this.names.get(name);
  }

  #union(type: ts.UnionType, where: string): JsonSchema {
    const types = type.types.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined));
    const booleans = types.filter(({ flags }) => flags & ts.TypeFlags.BooleanLiteral);
    const strings = types.filter((one) => one.isStringLiteral());
    const rest = types.filter(
      (one) => !booleans.includes(one) && !strings.includes(one as ts.StringLiteralType),
    );
    const options: JsonSchema[] = [];
    if (booleans.length === 2) options.push({ type: 'boolean' });
    else options.push(...booleans.map((one) => this.#write(one, where)));
    if (strings.length === 1) options.push({ const: strings[0]?.value });
    else if (strings.length > 1) options.push({ type: 'string', enum: strings.map(({ value }) => value) });
    options.push(...rest.map((one) => this.#write(one, where)));
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { anyOf: options };
  }

  #object(type: ts.Type, where: string): JsonSchema {
    if (this.#checker.isTupleType(type)) throw new Error(`${where} holds a tuple`);
    if (this.#checker.isArrayType(type) || type.symbol?.name === 'ReadonlyArray') {
      const [item] = this.#checker.getTypeArguments(type as ts.TypeReference);
      return { type: 'array', items: item === undefined ? {} : this.#write(item, `${where}[]`) };
    }
    const index = type.getStringIndexType();
    if (index !== undefined)
      return { type: 'object', additionalProperties: this.#write(index, `${where}{}`) };
    const properties: Record<string, JsonSchema> = {};
    const required: string[] = [];
    for (const field of type.getProperties()) {
      const inner = `${where}.${field.name}`;
      const written = this.#write(this.#checker.getTypeOfSymbol(field), inner);
      const said = ts
        .displayPartsToString(field.getDocumentationComment(this.#checker))
        .replaceAll('\n', ' ');
      properties[field.name] = said === '' ? written : withWords(written, said);
      if (!(field.flags & ts.SymbolFlags.Optional)) required.push(field.name);
    }
    return { type: 'object', properties, ...(required.length > 0 ? { required } : {}) };
  }
}

/** Words beside a reference count for nothing in JSON Schema before 2019. */
function withWords(schema: JsonSchema, description: string): JsonSchema {
  return '$ref' in schema ? { description, allOf: [schema] } : { description, ...schema };
}
