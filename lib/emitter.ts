/** Handlers by event name. What a handler throws never keeps the others from running. */

/** A function that takes an event. What it returns is ignored. */
export type Handler<Event> = (event: Event) => unknown;

/** Handlers of the events named in `Events`. */
export class Emitter<Events extends object> {
  readonly #names: ReadonlySet<keyof Events>;
  readonly #handlers = new Map<keyof Events, Registration[]>();

  /** @param names the events that there are. */
  constructor(names: readonly (keyof Events)[]) {
    this.#names = new Set(names);
  }

  /** Calls `handler` at each event of this name, until `off`. A handler added twice is called twice. */
  on<Name extends keyof Events>(name: Name, handler: Handler<Events[Name]>): void {
    this.#add(name, handler, false);
  }

  /** Calls `handler` at the next event of this name only. */
  once<Name extends keyof Events>(name: Name, handler: Handler<Events[Name]>): void {
    this.#add(name, handler, true);
  }

  /** Takes back one `on` or `once` of this handler; without a handler, all of this name. */
  off<Name extends keyof Events>(name: Name, handler?: Handler<Events[Name]>): void {
    const registrations = this.#handlers.get(name) ?? [];
    const index = registrations.findLastIndex((registration) => registration.handler === handler);
    // Always a new list: an event may be on its way through the old one.
    this.#handlers.set(
      name,
      registrations.filter((_, at) => (handler === undefined ? false : at !== index)),
    );
  }

  /** Whether anybody listens. */
  has(name: keyof Events): boolean {
    return (this.#handlers.get(name)?.length ?? 0) > 0;
  }

  /**
   * Calls the handlers of this name in the order in which they were added; gives what they threw to `failed`.
   * @param wanted asked before each handler; false ends the delivery.
   */
  emit<Name extends keyof Events>(
    name: Name,
    event: Events[Name],
    failed: (error: unknown) => void,
    wanted: () => boolean = () => true,
  ): void {
    for (const registration of this.#handlers.get(name) ?? []) {
      if (!wanted()) return;
      if (registration.once) this.#remove(name, registration);
      try {
        registration.handler(event);
      } catch (error) {
        failed(error);
      }
    }
  }

  #add(name: keyof Events, handler: unknown, once: boolean): void {
    if (!this.#names.has(name)) {
      throw new TypeError(`There is no event ${String(name)}; there are ${[...this.#names].join(", ")}`);
    }
    if (!isHandler(handler)) throw new TypeError(`The handler of ${String(name)} must be a function`);
    this.#handlers.set(name, [...(this.#handlers.get(name) ?? []), { handler, once }]);
  }

  #remove(name: keyof Events, registration: Registration): void {
    this.#handlers.set(
      name,
      (this.#handlers.get(name) ?? []).filter((other) => other !== registration),
    );
  }
}

interface Registration {
  readonly handler: (event: unknown) => unknown;
  readonly once: boolean;
}

function isHandler(value: unknown): value is (event: unknown) => unknown {
  return typeof value === "function";
}
