/** A headless Chromium, where there is one: opens a page, and asks it things over the DevTools protocol. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { waitUntil } from "./pump.ts";

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** Where it is; undefined where there is none. */
export function findBrowser(): string | undefined {
  return ["chromium", "chromium-browser", "google-chrome"].map((name) => Bun.which(name)).find(Boolean) ?? undefined;
}

/** A browser that shows one page. */
export class Browser implements AsyncDisposable {
  /** What went wrong on the page: exceptions, and what it wrote as errors. */
  readonly complaints: string[] = [];
  readonly #process: Subprocess;
  readonly #folder: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  #calls = 0;

  private constructor(process: Subprocess, folder: string, socket: WebSocket) {
    this.#process = process;
    this.#folder = folder;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(JSON.parse(String(data)));
  }

  /** Opens a page. */
  static async open(program: string, url: string, size = "1280,760"): Promise<Browser> {
    const folder = await mkdtemp(join(tmpdir(), "steam-sockets-browser-"));
    const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"];
    const process = Bun.spawn(
      [program, ...flags, `--window-size=${size}`, `--user-data-dir=${folder}`, "about:blank"],
      {
        stdio: ["ignore", "ignore", "ignore"],
      },
    );
    let port = "";
    await waitUntil("the browser listens", async () => {
      const text = await readFile(join(folder, "DevToolsActivePort"), "utf8").catch(() => "");
      port = text.split("\n")[0] ?? "";
      return port !== "";
    });
    const pages = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
      type: string;
      webSocketDebuggerUrl: string;
    }[];
    const page = pages.find(({ type }) => type === "page");
    if (page === undefined) throw new Error("The browser shows no page");
    const socket = new WebSocket(page.webSocketDebuggerUrl);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    const browser = new Browser(process, folder, socket);
    await browser.call("Runtime.enable");
    await browser.call("Page.enable");
    await browser.call("Page.navigate", { url });
    return browser;
  }

  /** The value of an expression on the page. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    return (answer["result"] as { value?: unknown }).value;
  }

  /** What the page looks like now, as PNG. */
  async screenshot(): Promise<Uint8Array> {
    const { data } = await this.call("Page.captureScreenshot", { format: "png" });
    return Buffer.from(String(data), "base64");
  }

  /** Calls a method of the DevTools protocol. */
  call(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#calls;
    const answer = Promise.withResolvers<Record<string, unknown>>();
    this.#waiting.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return answer.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    this.#process.kill();
    await this.#process.exited;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #take({ id, method, params, result, error }: Answer): void {
    if (method === "Runtime.exceptionThrown") this.complaints.push(JSON.stringify(params));
    if (method === "Runtime.consoleAPICalled" && (params as { type: string }).type === "error") {
      this.complaints.push(JSON.stringify(params));
    }
    const answer = id === undefined ? undefined : this.#waiting.get(id);
    if (error === undefined) answer?.resolve(result ?? {});
    else answer?.reject(new Error(error.message));
  }
}
