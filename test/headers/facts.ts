import * as constants from "../../ffi/constants.ts";
import * as enums from "../../ffi/enums.ts";
import { helper, networking, type FlatFunction } from "../../ffi/functions/index.ts";
import { layoutOf, type CallbackPacking, type Header, type Struct } from "../../ffi/layout.ts";
import * as structs from "../../ffi/structs.ts";
import { parseDeclaration, scalarTypes } from "./declaration.ts";
import type { RealHeaders } from "./headers.ts";

/** What is said of the interface, by name: sizes, offsets, values, types. */
export type Facts = ReadonlyMap<string, string>;

/** Every struct of ours by its C name. */
export const ourStructs: Readonly<Record<string, Struct>> = structs;

/** Every enumerator and constant of ours by its C name. */
export const ourValues: ReadonlyMap<string, string> = new Map([
  ...Object.entries(enums.cNames).flatMap(([name, names]) =>
    Object.entries(enums[name as keyof typeof enums.cNames]).map(
      ([member, value]) => [enums.cNameOf(names, member), String(value)] as const,
    ),
  ),
  ...Object.entries(constants).flatMap(([name, value]) =>
    typeof value === "object" ? [] : [[cNameOfConstant(name), String(value)] as const],
  ),
]);

/** Every function of ours, with the headers that should declare it. */
export const ourFunctions: readonly { readonly declared: FlatFunction; readonly headers: readonly Header[] }[] = [
  ...Object.values(networking).flatMap((group) =>
    Object.values<FlatFunction>(group).map((declared) => {
      const only = declared.only ?? declared.form;
      return { declared, headers: only ? [only] : (["gns", "steam"] as const) };
    }),
  ),
  ...Object.values<FlatFunction>(helper).map((declared) => ({ declared, headers: ["helper"] as const })),
];

/** A function's declaration as a library's header should have it. */
export function declarationFor(header: Header, declared: FlatFunction): string {
  return (header === "steam" && declared.cSteam) || declared.c;
}

/** What we say of the structs and values that a header declares. */
export function ourFacts(header: RealHeaders, packing: CallbackPacking): Map<string, string> {
  const facts = new Map<string, string>();
  for (const [name, struct] of Object.entries(ourStructs)) {
    if (struct.headers.includes(header.name) && header.defines(name)) addStruct(facts, name, struct, packing);
  }
  for (const [name, value] of ourValues) if (header.declares(name)) facts.set(name, value);
  return facts;
}

/** What we say of one struct. */
export function addStruct(facts: Map<string, string>, name: string, struct: Struct, packing: CallbackPacking): void {
  const layout = layoutOf(struct, packing);
  facts.set(name, `${layout.size} bytes, aligned to ${layout.align}`);
  for (const [field, { c }] of Object.entries(struct.fields)) {
    facts.set(`${name}.${c}`, `${layout.sizes[field]} bytes at ${layout.offsets[field]}`);
  }
}

/** What the compiler says of the same. */
export async function theirFacts(header: RealHeaders, packing: CallbackPacking): Promise<Facts> {
  const lines: string[] = [];
  for (const [name, { headers, fields }] of Object.entries(ourStructs)) {
    if (!headers.includes(header.name) || !header.defines(name)) continue;
    lines.push(`printf("${name}\\t%zu bytes, aligned to %zu\\n", sizeof(${name}), alignof(${name}));`);
    for (const { c } of Object.values(fields)) {
      const size = `sizeof(((${name} *)0)->${c})`;
      lines.push(`printf("${name}.${c}\\t%zu bytes at %zu\\n", ${size}, offsetof(${name}, ${c}));`);
    }
  }
  for (const name of ourValues.keys()) if (header.declares(name)) lines.push(`say("${name}", ${name});`);
  const say = `
    void say(const char *name, long long value) { printf("%s\\t%lld\\n", name, value); }
    void say(const char *name, const char *value) { printf("%s\\t%s\\n", name, value); }`;
  return header.ask(say, lines.join("\n"), packing);
}

/** The functions of ours that a header declares, each with the type that we say it has. */
export function ourFunctionFacts(header: RealHeaders, functions = ourFunctions): Facts {
  const facts = new Map<string, string>();
  for (const { declared, headers } of functions) {
    const c = declarationFor(header.name, declared);
    const { symbol } = parseDeclaration(c);
    if (headers.includes(header.name) && header.declares(symbol)) facts.set(symbol, c);
  }
  return facts;
}

/** Of each of these, what the compiler says of its type: our declaration again, or that it is another. */
export async function theirFunctionFacts(header: RealHeaders, ours: Facts): Promise<Facts> {
  const declarations = [...ours.values()].map((c) => `  ${c};`).join("\n");
  const lines = [...ours].map(([symbol, c]) => {
    const same = `std::is_same<decltype(&::${symbol}), decltype(&ours::${symbol})>::value`;
    return `printf("${symbol}\\t%s\\n", ${same} ? "${c}" : "another type");`;
  });
  return header.ask(`namespace ours {\n${declarations}\n}`, lines.join("\n"));
}

/** What we say the scalar types are that a header's functions use. */
export function ourTypeFacts(header: RealHeaders): Facts {
  const used = [...ourFunctionFacts(header).values()].join(" ");
  return new Map(Object.entries(scalarTypes).filter(([name]) => new RegExp(`\\b${name}\\b`).test(used)));
}

/** What the compiler says of the same. */
export async function theirTypeFacts(header: RealHeaders, ours: Facts): Promise<Facts> {
  const kind = `
    template <class T> void say(const char *name) {
      if (std::is_pointer<T>::value) printf("%s\\tptr\\n", name);
      else if (std::is_same<T, bool>::value) printf("%s\\tbool\\n", name);
      else if (std::is_floating_point<T>::value) printf("%s\\tf%zu\\n", name, 8 * sizeof(T));
      else printf("%s\\t%c%zu\\n", name, std::is_enum<T>::value || std::is_signed<T>::value ? 'i' : 'u', 8 * sizeof(T));
    }`;
  return header.ask(kind, [...ours.keys()].map((name) => `say<${name}>("${name}");`).join("\n"));
}

/** Where two accounts differ, one line for each name. */
export function differences(ours: Facts, theirs: Facts): string[] {
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((name) => ours.get(name) !== theirs.get(name))
    .map((name) => `${name}: ours ${ours.get(name) ?? "missing"}, the header's ${theirs.get(name) ?? "missing"}`);
}

function cNameOfConstant(name: string): string {
  const cName = constants.constantNames[name];
  if (cName === undefined) throw new Error(`The constant ${name} has no C name`);
  return cName;
}
