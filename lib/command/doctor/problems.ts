/** What is not as it should be, and what to do about it. */
import { LibraryNotFoundError, LibraryStartError } from "../../../sdk/errors.ts";
import { LIBRARY_VARIABLE } from "../../../sdk/locate.ts";
import { PLATFORM_PACKAGE } from "../../../sdk/packaged.ts";
import { isCheckout } from "../library.ts";
import type { LibraryFinding } from "./library.ts";
import type { UdpBuffers } from "./machine.ts";
import type { Trial } from "./trial.ts";

/** Something to be mended. */
export interface Problem {
  /** What is wrong. */
  readonly what: string;
  /** What to do. */
  readonly do: string;
}

const leastBun = ">=1.4.0";
const testedPlatform = "linux x64";
// What Linux itself sets.
const usualBufferBytes = 212_992;

/** All problems, the gravest first. */
export function findProblems(
  trial: Trial,
  libraries: readonly LibraryFinding[],
  buffers: UdpBuffers | undefined,
): Problem[] {
  return [
    ...problemsOfTrial(trial),
    ...problemsOfBun(),
    ...libraries.flatMap(problemsOfBuild),
    ...(buffers === undefined ? [] : problemsOfBuffers(buffers)),
  ];
}

function problemsOfTrial(trial: Trial): Problem[] {
  if (trial.ok) return [];
  const named = process.env[LIBRARY_VARIABLE];
  const isMissing = trial.error instanceof LibraryNotFoundError;
  // The places are listed on their own.
  const what = isMissing ? "No networking library was found where one is looked for" : trial.error.message;
  const build = isMissing ? "bun run native" : "bun run native --force";
  if (named) {
    const instead = `unset ${LIBRARY_VARIABLE}, so that this package's own library is used: it is ${named} now`;
    return [{ what, do: trial.error instanceof LibraryStartError ? `Do as it says, or ${instead}` : capital(instead) }];
  }
  return [{ what, do: isCheckout ? build : `bun add ${PLATFORM_PACKAGE}` }];
}

function capital(text: string): string {
  return text.replace(/^./, (letter) => letter.toUpperCase());
}

function problemsOfBun(): Problem[] {
  const problems: Problem[] = [];
  if (!Bun.semver.satisfies(Bun.version, leastBun)) {
    problems.push({ what: `Bun is ${Bun.version}, and ${leastBun} is needed`, do: "bun upgrade, or npx -y bun@1.4" });
  }
  const platform = `${process.platform} ${process.arch}`;
  if (platform !== testedPlatform) {
    problems.push({
      what: `This package is tested on ${testedPlatform} only, and this is ${platform}`,
      do: "Run its tests in a checkout: bun run test",
    });
  }
  return problems;
}

function problemsOfBuild({ kind, path, build }: LibraryFinding): Problem[] {
  if (kind !== "gns" || build?.["buildType"] === "Release") return [];
  return [
    {
      what: `${path} ${build === null ? "does not tell how it was built" : "is no release build"}; a debug build is many times slower`,
      do: `Where speed counts, unset ${LIBRARY_VARIABLE} so that this package's own library is used`,
    },
  ];
}

function problemsOfBuffers({ receive, send }: UdpBuffers): Problem[] {
  const limits = [
    { name: "net.core.rmem_max", bytes: receive.most },
    { name: "net.core.wmem_max", bytes: send.most },
  ];
  return limits
    .filter(({ bytes }) => bytes < usualBufferBytes)
    .map(({ name, bytes }) => ({
      what: `${name} is ${bytes}: a UDP socket can't have more buffer, and drops what comes in a burst`,
      do: `sudo sysctl -w ${name}=${2 * usualBufferBytes}`,
    }));
}
