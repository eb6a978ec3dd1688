/** What comes of bad input. */
import { expect } from "bun:test";

/** A value as plain JavaScript could pass it, past the types. */
export function untyped<Type>(value: unknown): Type {
  return value as Type;
}

/** Expects an error of this class, exactly, whose message has these words: what is wrong, or what to do. */
export function expectRefusal(action: () => unknown, type: new (...args: never[]) => Error, words: RegExp): void {
  let thrown: unknown;
  try {
    action();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(type);
  if (!(thrown instanceof Error)) return;
  expect(thrown.name).toBe(type.name);
  expect(thrown.message).toMatch(words);
}
