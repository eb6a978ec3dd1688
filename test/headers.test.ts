/** What ffi/ says of the C interface, compared with the real headers through a C++ compiler. */
import { beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import * as enums from "../ffi/enums.ts";
import { networking, symbolOf } from "../ffi/functions/index.ts";
import { callbackPacking, layoutOf, type Header } from "../ffi/layout.ts";
import { loadFunctions } from "../ffi/load.ts";
import * as structs from "../ffi/structs.ts";
import { ffiTypesOf, parseDeclaration, statedTypesOf } from "./headers/declaration.ts";
import {
  addStruct,
  declarationFor,
  differences,
  ourFacts,
  ourFunctionFacts,
  ourFunctions,
  ourStructs,
  ourTypeFacts,
  ourValues,
  theirFacts,
  theirFunctionFacts,
  theirTypeFacts,
} from "./headers/facts.ts";
import { RealHeaders, gnsSources, steamLibrary } from "./headers/headers.ts";
import { undeclared } from "./headers/undeclared.ts";
import { valuesOf } from "./headers/values.ts";

const names = ["gns", "steam", "helper"] as const satisfies readonly Header[];
const headers = new Map<Header, RealHeaders>();

beforeAll(async () => {
  for (const name of names) headers.set(name, await RealHeaders.open(name));
}, 300_000);

function headerOf(name: Header): RealHeaders {
  const header = headers.get(name);
  if (!header) throw new Error(`The headers of ${name} could not be read`);
  return header;
}

describe.each(names)("the headers of %s", (name) => {
  test.each([4, 8] as const)("agree on structs, enums and constants at packing %d", async (packing) => {
    const header = headerOf(name);
    const ours = ourFacts(header, packing);
    expect(ours.size).toBeGreaterThan(20);
    expect(differences(ours, await theirFacts(header, packing))).toEqual([]);
  });

  test.each([4, 8] as const)("put values into fields where we read the same ones, at packing %d", async (packing) => {
    const { put, read } = await valuesOf(headerOf(name), packing);
    expect(put.size).toBeGreaterThan(60);
    expect(differences(read, put)).toEqual([]);
    // Each value tells its field apart, but for those of one bit or byte.
    const values = [...put.values()].filter((value) => value.length > 3);
    expect(new Set(values).size).toBe(values.length);
  });

  test("agree on the type of every function", async () => {
    const header = headerOf(name);
    const ours = ourFunctionFacts(header);
    expect(ours.size).toBeGreaterThan(10);
    expect(differences(ours, await theirFunctionFacts(header, ours))).toEqual([]);
  });

  test("agree on what the scalar types are to bun:ffi", async () => {
    const header = headerOf(name);
    const ours = ourTypeFacts(header);
    expect(ours.size).toBeGreaterThan(3);
    expect(differences(ours, await theirTypeFacts(header, ours))).toEqual([]);
  });

  test("declare no function of these interfaces that we lack", () => {
    const pattern =
      name === "helper"
        ? /\bsteam_sockets_\w+(?=\()/g
        : /\b(?:SteamAPI_I?Steam(?:GameServer)?(?:Networking(?!_)|DatagramHostedAddress)\w+|(?:Game|Steam)NetworkingSockets_\w+)(?=\()/g;
    const known = new Set(ourFunctions.map(({ declared }) => symbolOf(declared)));
    const theirs = new Set(headerOf(name).text.match(pattern));
    // Accessors of the C++ interfaces, and of Steam's older P2P interface.
    const others = /(Sockets|Messages|Utils)_(Lib(V\d+)?|SteamAPI)$|GameServerNetworking_v\d+$/;
    expect([...theirs].filter((symbol) => !known.has(symbol) && !others.test(symbol))).toEqual([]);
  });

  test("declare no enumerator of these enums that we lack", () => {
    const missing = Object.values<enums.CNames>(enums.cNames)
      .filter(({ prefix }) => prefix !== "" && !prefix.startsWith("STEAM_SOCKETS_"))
      .flatMap(({ prefix }) => headerOf(name).text.match(new RegExp(`\\b${prefix}\\w+(?=\\s*[=,}])`, "g")) ?? [])
      .filter((enumerator) => !ourValues.has(enumerator) && !/_Force32bit$/i.test(enumerator));
    expect([...new Set(missing)]).toEqual([]);
  });
});

describe("every name of ours", () => {
  function headersThat(declare: (header: RealHeaders) => boolean): Header[] {
    return names.filter((name) => declare(headerOf(name)));
  }

  test("that is a function stands in the headers of the libraries that we say have it", () => {
    const wrong = ourFunctions
      .map(({ declared, headers }) => ({ symbol: symbolOf(declared), headers }))
      .filter(({ symbol }) => !(symbol in undeclared))
      .filter(({ symbol, headers }) => !headers.every((name) => headerOf(name).declares(symbol)));
    expect(wrong).toEqual([]);
  });

  test("that is a function of one library stands in no other's header", () => {
    const wrong = ourFunctions
      .filter(({ declared }) => declared.form === undefined)
      .map(({ declared, headers }) => ({ symbol: symbolOf(declared), headers }))
      .filter(({ symbol, headers }) => names.some((n) => !headers.includes(n) && headerOf(n).declares(symbol)));
    expect(wrong).toEqual([]);
  });

  test("that is a struct is defined where we say and nowhere else", () => {
    const wrong = Object.entries(ourStructs)
      .filter(([name]) => !(name in undeclared))
      .map(([name, struct]) => ({ name, ours: [...struct.headers], theirs: headersThat((h) => h.defines(name)) }))
      .filter(({ ours, theirs }) => !Bun.deepEquals(ours, theirs));
    expect(wrong).toEqual([]);
  });

  test("that is an enumerator or a constant stands in some header", () => {
    const homeless = [...ourValues.keys()].filter((name) => headersThat((h) => h.declares(name)).length === 0);
    expect(homeless.filter((name) => !(name in undeclared))).toEqual([]);
  });

  test("that is excused is ours, and in no header indeed", () => {
    const known = new Set([
      ...ourFunctions.map(({ declared }) => symbolOf(declared)),
      ...Object.keys(ourStructs),
      ...ourValues.keys(),
    ]);
    const stale = Object.keys(undeclared).filter(
      (name) =>
        !known.has(name) ||
        headersThat((header) => (name in ourStructs ? header.defines(name) : header.declares(name))).length > 0,
    );
    expect(stale).toEqual([]);
  });
});

describe("what no header declares", () => {
  test("GameNetworkingSockets' manual poll mode is as in its source", async () => {
    const file = "src/steamnetworkingsockets/clientlib/steamnetworkingsockets_socketthread.cpp";
    const source = squeeze(await Bun.file(join(await gnsSources(), file)).text());
    for (const declared of [networking.gns.SetManualPollMode, networking.gns.Poll]) {
      expect(source).toContain(squeeze(declared.c));
    }
  });

  test("historical reasons for an end are as in the header's comments", () => {
    const { except } = enums.cNames.ConnectionEnd;
    for (const [member, cName] of Object.entries(except)) {
      const value = enums.ConnectionEnd[member as keyof typeof except];
      for (const name of ["gns", "steam"] as const) expect(headerOf(name).original).toContain(`//${cName} = ${value},`);
    }
  });

  test("the types of options are as in GameNetworkingSockets' source, else as in the header's comments", async () => {
    const file = "src/steamnetworkingsockets/clientlib/csteamnetworkingsockets.cpp";
    const source = await Bun.file(join(await gnsSources(), file)).text();
    const typeNames = new Map(Object.entries(enums.ConfigDataType).map(([name, value]) => [value, name]));
    const options = Object.entries(enums.configDataTypes);
    expect(options.map(([option, type]) => `${option}: ${typeNames.get(type)}`)).toEqual(
      options.map(([option]) => `${option}: ${typeInSource(source, option) ?? typeInComment(option)}`),
    );
  });

  test("a real libsteam_api has all that we say Steam has, and its hosted address is as long as ours", async () => {
    const { functions, missing } = loadFunctions(await steamLibrary(), networking, "steam");
    const expected = ourFunctions.filter(({ headers }) => headers.includes("gns") && !headers.includes("steam"));
    expect(missing.toSorted()).toEqual(
      [
        ...expected.filter(({ declared }) => declared.form === undefined).map(({ declared }) => symbolOf(declared)),
        symbolOf(networking.sockets.SteamNetworkingSockets_SteamAPI_v013),
        symbolOf(networking.sockets.SteamGameServerNetworkingSockets_SteamAPI_v013),
      ].toSorted(),
    );
    const memory = new Uint8Array(256).fill(1);
    functions.hostedAddress.Clear?.(memory);
    expect(memory.indexOf(1)).toBe(layoutOf(structs.SteamDatagramHostedAddress).size);
  });
});

describe("the types for bun:ffi", () => {
  test("follow from the declaration beside them", () => {
    for (const { declared } of ourFunctions) {
      expect({ c: declared.c, ...statedTypesOf(declared) }).toEqual({ c: declared.c, ...ffiTypesOf(declared.c) });
    }
  });

  test("serve Steam's form of a declaration as well", () => {
    const differing = ourFunctions.filter(({ declared }) => declared.cSteam !== undefined);
    expect(differing.map(({ declared }) => symbolOf(declared))).toEqual([
      "SteamAPI_ISteamNetworkingSockets_SendMessages",
      "SteamAPI_SteamNetworkingIPAddr_ToString",
      "SteamAPI_SteamNetworkingIdentity_ToString",
    ]);
    for (const { declared } of differing) {
      const steam = ffiTypesOf(declarationFor("steam", declared));
      const wide = steam.args.map((type, at) => (type === "u32" && declared.args[at] === "u64" ? "u64" : type));
      // SendMessages takes one argument less there; a callee does not see one too many.
      expect(wide).toEqual(statedTypesOf(declared).args.slice(0, wide.length));
      expect(steam.returns).toBe(statedTypesOf(declared).returns);
    }
  });
});

describe("the comparison sees", () => {
  const info = structs.SteamNetConnectionInfo_t;

  test("one offset that is off", async () => {
    const header = headerOf("gns");
    const broken = ourFacts(header, callbackPacking).set("SteamNetConnectionInfo_t.m_nUserData", "8 bytes at 140");
    expect(differences(broken, await theirFacts(header, callbackPacking))).toEqual([
      "SteamNetConnectionInfo_t.m_nUserData: ours 8 bytes at 140, the header's 8 bytes at 136",
    ]);
  });

  test("a field of the wrong type, and all that it moves", async () => {
    const header = headerOf("steam");
    const fields = { ...info.fields, userData: { c: "m_nUserData", type: "u32" } as const };
    const broken = ourFacts(header, callbackPacking);
    addStruct(broken, "SteamNetConnectionInfo_t", { ...info, fields }, callbackPacking);
    const found = differences(broken, await theirFacts(header, callbackPacking));
    expect(found).toContain("SteamNetConnectionInfo_t.m_nUserData: ours 4 bytes at 136, the header's 8 bytes at 136");
    expect(found).toContain("SteamNetConnectionInfo_t.m_eState: ours 4 bytes at 172, the header's 4 bytes at 176");
  });

  test("a field of the wrong type that lies where it should", async () => {
    const { fields, ...rest } = structs.SteamNetConnectionRealTimeStatus_t;
    const wrong = {
      ping: { c: "m_nPing", type: "f32" },
      maxJitter: { c: "m_usecMaxJitter", type: "u32" },
    } as const;
    const { put, read } = await valuesOf(headerOf("steam"), callbackPacking, {
      SteamNetConnectionRealTimeStatus_t: { ...rest, fields: { ...fields, ...wrong } },
    });
    expect(differences(read, put).map((line) => line.slice(0, line.indexOf(":")))).toEqual([
      "SteamNetConnectionRealTimeStatus_t.m_nPing",
      "SteamNetConnectionRealTimeStatus_t.m_usecMaxJitter",
    ]);
  });

  test("a function of the wrong type", async () => {
    const header = headerOf("gns");
    const c = "void SteamAPI_SteamNetworkingMessage_t_Release(SteamNetworkingMessage_t *self, int extra)";
    const ours = new Map([[parseDeclaration(c).symbol, c]]);
    expect(differences(ours, await theirFunctionFacts(header, ours))).toHaveLength(1);
  });

  test("a name that no header has", () => {
    for (const name of names) expect(headerOf(name).declares("k_ESteamNetworkingConfig_NoSuchOption")).toBe(false);
  });
});

function typeInSource(source: string, option: string): string | undefined {
  const [, type] = new RegExp(`_CONFIGVAL\\(\\s*([\\w:* ]+?),\\s*${option},`).exec(source) ?? [];
  return type && configType(squeeze(type));
}

/** Comments tell scope and type in brackets, before the option or on its line. */
function typeInComment(option: string): string {
  const header = headerOf("gns").original;
  const line = header.indexOf(`k_ESteamNetworkingConfig_${option} =`);
  const before = header.slice(0, header.indexOf("\n", line));
  return configType([...before.matchAll(/\[(?:connection|global) (\w+)/g)].at(-1)?.[1] ?? "");
}

function configType(type: string): string {
  const types: Readonly<Record<string, keyof typeof enums.ConfigDataType>> = {
    int32: "Int32",
    int64: "Int64",
    float: "Float",
    string: "String",
    "std::string": "String",
    "void*": "Ptr",
  };
  return types[type] ?? (type.startsWith("Fn") ? "Ptr" : `unknown type ${type}`);
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, "");
}
