/** `steam-sockets doctor`: what is there, what is missing, and how to mend it. */
import { defineCommand } from "./command.ts";
import { diagnose } from "./doctor/diagnosis.ts";
import { describeDiagnosis } from "./doctor/text.ts";

/** The command. */
export const doctor = defineCommand({
  name: "doctor",
  summary: "Tell which networking libraries are there, what they can do, what is missing, and how to mend it.",
  options: { json: { does: "print the findings as one line of JSON" } },
  details: `It builds nothing and changes nothing. STEAM_SOCKETS_LIBRARY may name any library to be looked at, and
STEAM_SOCKETS_STEAM_API that of Steam.
Exit code 0: openNetworking() works here. Exit code 1: not so; the problems tell what to do.`,
  async run({ json }) {
    const diagnosis = diagnose();
    process.stdout.write(json ? `${JSON.stringify(diagnosis)}\n` : describeDiagnosis(diagnosis));
    return diagnosis.ok ? 0 : 1;
  },
});
