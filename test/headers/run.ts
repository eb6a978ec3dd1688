/** Runs a program and gives what it prints; throws with its complaints when it fails or is not there. */
export async function run(command: readonly string[], input = ""): Promise<string> {
  const [program = ""] = command;
  if (!Bun.which(program)) throw new Error(`The headers can't be checked: there is no ${program} on this machine`);
  const child = Bun.spawn([...command], { stdin: Buffer.from(input), stdout: "pipe", stderr: "pipe" });
  const [output, complaints, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (status !== 0) throw new Error(`${program} failed with status ${status}:\n${complaints.slice(0, 4000)}`);
  return output;
}

/** The C++ compiler of this machine. */
export function compiler(): string {
  const candidates = [process.env["CXX"], "c++", "g++", "clang++"];
  const found = candidates.find((candidate) => candidate && Bun.which(candidate));
  if (!found) throw new Error("The headers can't be checked: no C++ compiler; install one or name it in CXX");
  return found;
}
