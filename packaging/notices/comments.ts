/** What the comments of a source file say of its authors and its licence. */

// Blocks, and runs of lines.
const COMMENTS = /\/\*[\s\S]*?\*\/|(?:^[ \t]*(?:\/\/|;|#(?![ \t]*[a-z])).*(?:\r?\n|$))+/gm;

const IS_NOTICE = /copyright|\(c\) *\d{4}|licen[sc]ed|SPDX-License-Identifier|public domain/i;

/** The comments that are notices, without what makes them comments. */
export function noticesIn(source: string): string[] {
  return [...source.matchAll(COMMENTS)].map(([comment]) => plain(comment)).filter((text) => IS_NOTICE.test(text));
}

function plain(comment: string): string {
  const lines = comment
    .replace(/^\/\*+/, "")
    .replace(/\*+\/$/, "")
    .split("\n")
    .map((line) => line.replace(/^[ \t]*(?:\/\/+|\*+(?!\/)|;+|#+)?[ \t]?/, "").trimEnd());
  // Lines that only draw.
  const text = lines.map((line) => (/^[-=*#/\s]*$/.test(line) ? "" : line)).join("\n");
  return text.replaceAll(/\n{3,}/g, "\n\n").trim();
}
