/** The doctor's report for people. */
import type { Diagnosis } from "./diagnosis.ts";
import type { LibraryFinding } from "./library.ts";

const width = 116;

/** A diagnosis as text. */
export function describeDiagnosis(diagnosis: Diagnosis): string {
  const {
    ok,
    bun,
    platform,
    opened,
    udp_buffers: buffers,
    open_to_listening_ms: listening,
    libraries,
    steam_libraries: steamLibraries,
    problems,
  } = diagnosis;
  const lines = [`Bun ${bun} on ${platform}`];
  if (buffers !== null) {
    const { receive, send } = buffers;
    lines.push(
      `UDP buffers: ${receive.default} bytes to receive (at most ${receive.most}), ${send.default} to send (at most ${send.most})`,
    );
  }
  if (listening !== null) lines.push(`From open to listening: ${listening} ms`);
  lines.push(
    "",
    "Libraries, in the order in which they are looked for:",
    ...libraries.flatMap((finding) => describeLibrary(finding, opened)),
    "",
    'Steam\'s own library, for those who open the network with backend: "steam" or gameServer:',
    ...steamLibraries.flatMap((finding) => describeLibrary(finding, null)),
    "",
    ...describeApi([...libraries, ...steamLibraries]),
  );
  lines.push(...(problems.length === 0 ? ["No problems."] : ["Problems:"]));
  for (const problem of problems)
    lines.push(`  - ${problem.what.replaceAll("\n", "\n    ")}`, `    To do: ${problem.do}`);
  lines.push(ok ? "OK: openNetworking() works here." : "FAILED: openNetworking() does not work here.");
  return `${lines.join("\n")}\n`;
}

function describeLibrary(finding: LibraryFinding, opened: string | null): string[] {
  const { place, outcome, kind, path, version, interfaces, build, needs, functions } = finding;
  const lines = [
    `  ${place}: ${outcome}${path !== null && path === opened ? ", and the one that openNetworking() takes" : ""}`,
  ];
  if (path !== null) lines.push(`    ${path}`);
  if (kind === null) return lines;
  const { available, missing, why } = functions;
  lines.push(
    `    ${kind} ${version}, ${available.length} of ${available.length + missing.length} functions`,
    ...(interfaces === null ? [] : [`    interfaces: ${describeInterfaces(interfaces)}`]),
    `    built: ${
      build === null
        ? "not told"
        : Object.entries(build)
            .map(([name, value]) => `${name} ${value}`)
            .join(", ")
    }`,
    `    needs: ${needs === null ? "can't be read on this platform" : needs.join(", ")}`,
  );
  const reasons = Map.groupBy(missing, (symbol) => why[symbol] ?? "");
  for (const [reason, symbols] of reasons) {
    lines.push(`    ${symbols.length} missing. ${reason}:`, ...wrap(symbols));
  }
  return lines;
}

function describeInterfaces(interfaces: Readonly<Record<string, string | null>>): string {
  return Object.entries(interfaces)
    .map(([name, version]) => `${name} ${version ?? "missing"}`)
    .join(", ");
}

/** What each library has of the API, a line for each function and signal. */
function describeApi(findings: readonly LibraryFinding[]): string[] {
  const found = [...new Map(findings.map((finding) => [finding.path, finding])).values()].flatMap(
    ({ kind, version, api }) => (api === null ? [] : [{ title: `${kind} ${version}`, ...api }]),
  );
  const [first] = found;
  if (first === undefined) return [];
  const lines = (of: "functions" | "signals") => {
    const names = Object.keys(first[of]);
    const head = [`${names.length} ${of}`, ...found.map(({ title }) => title)];
    const rows = names.map((name) => [name, ...found.map((library) => (library[of][name] ? "yes" : "no"))]);
    return [head, ...rows];
  };
  const rows = [...lines("functions"), ...lines("signals")];
  const widths = ["", ...found].map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return ["What they have of the API:", ...rows.map((row) => `  ${line(row).trimEnd()}`), ""];
}

function wrap(symbols: readonly string[]): string[] {
  const lines: string[] = [];
  for (const symbol of symbols) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + symbol.length + 1 <= width) lines[lines.length - 1] = `${last} ${symbol}`;
    else lines.push(`      ${symbol}`);
  }
  return lines;
}
