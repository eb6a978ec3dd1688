/** Connections that are sent the same, in one piece for native code. */
import type { ConnectionHandle } from "../values/handles.ts";

const first = 64;

/** A set of connections, and their handles in a row. */
export class Audience<Member extends { readonly handle: ConnectionHandle }> {
  #handles = new Uint32Array(first);
  readonly #members: Member[] = [];
  readonly #places = new Map<Member, number>();

  /** How many there are. */
  get size(): number {
    return this.#members.length;
  }

  /** All of them. Not to be kept. */
  get members(): readonly Member[] {
    return this.#members;
  }

  /** Their handles, in the same order. Not to be kept. */
  get handles(): Uint32Array {
    return this.#handles.subarray(0, this.#members.length);
  }

  has(member: Member): boolean {
    return this.#places.has(member);
  }

  /** False when it is one already. */
  add(member: Member): boolean {
    if (this.#places.has(member)) return false;
    const place = this.#members.push(member) - 1;
    if (place === this.#handles.length) {
      const larger = new Uint32Array(2 * place);
      larger.set(this.#handles);
      this.#handles = larger;
    }
    this.#handles[place] = member.handle;
    this.#places.set(member, place);
    return true;
  }

  /** False when it is none. The last one takes its place. */
  delete(member: Member): boolean {
    const place = this.#places.get(member);
    const last = this.#members.at(-1);
    if (place === undefined || last === undefined) return false;
    this.#members[place] = last;
    this.#handles[place] = this.#handles[this.#members.length - 1]!;
    this.#places.set(last, place);
    this.#members.pop();
    this.#places.delete(member);
    return true;
  }
}
