/** What actions throw. */

/** The name of the error that an action throws, empty where it throws none. */
export function thrownName(action: () => unknown): string {
  try {
    action();
    return "";
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}
