/** THIRD-PARTY-NOTICES: the terms of all software that a library is made of, generated from what was compiled. */
import { readFileSync } from "node:fs";
import type { CrossBuild } from "../../ffi/native/build.ts";
import type { Target } from "../targets.ts";
import { noticesIn } from "./comments.ts";
import { type Component, componentsOf } from "./components.ts";

const LINE = "=".repeat(100);
const THIN_LINE = "-".repeat(100);

/**
 * Writes the text.
 * @throws Error when something is inside that says nothing of its terms.
 */
export function notices(target: Target, build: CrossBuild): string {
  const components = componentsOf(target, build);
  const list = components.map(({ name }) => `  - ${name}\n`).join("");
  return `The library in this package is made of steam-sockets (see LICENSE) and of\n\n${list}
Their terms follow: first the whole licences, then what single files say besides.

${components.map(describe).join("\n")}`;
}

function describe(component: Component): string {
  const licences = distinct(component.licences.map((path) => readText(path).trim()));
  if (licences.length === 0) throw new Error(`${component.name} has no licence`);
  const said = distinct(component.sources.flatMap((path) => noticesIn(readText(path))));
  const parts = [...licences, ...said.filter((text) => !licences.some((licence) => licence.includes(text)))];
  return `${LINE}\n${component.name}\n${LINE}\n\n${parts.join(`\n\n${THIN_LINE}\n\n`)}\n`;
}

// Older files are not in UTF-8.
function readText(path: string): string {
  const bytes = readFileSync(path);
  const text = bytes.toString("utf8");
  return text.includes("\ufffd") ? bytes.toString("latin1") : text;
}

// By what they say, not how they are set.
function distinct(texts: readonly string[]): string[] {
  return [...new Map(texts.map((text) => [text.replaceAll(/\s+/g, " "), text])).values()];
}
