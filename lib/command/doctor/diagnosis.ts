/** All that the doctor finds out. */
import { libraryPlaces, steamPlaces } from "../../../sdk/locate.ts";
import { examine, type LibraryFinding } from "./library.ts";
import { udpBuffers, type UdpBuffers } from "./machine.ts";
import { findProblems, type Problem } from "./problems.ts";
import { tryOpening } from "./trial.ts";

/** What `doctor --json` prints. */
export interface Diagnosis {
  /** Whether `openNetworking()` opens a library here that listens. */
  readonly ok: boolean;
  readonly bun: string;
  readonly platform: string;
  /** The library that `openNetworking()` takes here, null when it fails. */
  readonly opened: string | null;
  /** From before that library was loaded until a listen socket was there. */
  readonly open_to_listening_ms: number | null;
  /** Limits of this machine; null where it does not tell. */
  readonly udp_buffers: UdpBuffers | null;
  /** Every place where a library is looked for, in order, and what is there. */
  readonly libraries: readonly LibraryFinding[];
  /** Every place where Steam's own library is looked for, by those who ask for it. */
  readonly steam_libraries: readonly LibraryFinding[];
  readonly problems: readonly Problem[];
}

/** Looks at everything. */
export function diagnose(): Diagnosis {
  const trial = tryOpening();
  const libraries = libraryPlaces().map(examine);
  const buffers = udpBuffers();
  return {
    ok: trial.ok,
    bun: Bun.version,
    platform: `${process.platform} ${process.arch}`,
    opened: trial.ok ? trial.path : null,
    open_to_listening_ms: trial.ok ? Number(trial.openToListeningMilliseconds.toFixed(3)) : null,
    udp_buffers: buffers ?? null,
    libraries,
    steam_libraries: steamPlaces().map(examine),
    problems: findProblems(trial, libraries, buffers),
  };
}
