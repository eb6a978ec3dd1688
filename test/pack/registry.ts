/** A package registry on this machine that has our packages and nothing else, to install them as users do. */
import { basename } from "node:path";
import { mainManifest, platformManifest, version } from "../../packaging/manifests.ts";
import { tarballName } from "../../packaging/pack.ts";
import { packageName, targets } from "../../packaging/targets.ts";
import ownManifest from "../../package.json";

/** A registry that serves tarballs. */
export class Registry implements Disposable {
  /** Tarballs that were asked for. */
  readonly served: string[] = [];
  readonly #server: Bun.Server<undefined>;
  readonly #tarballs: ReadonlyMap<string, string>;

  /** @param tarballs paths; the packages of all others are known here, but not to be had. */
  constructor(tarballs: readonly string[]) {
    this.#tarballs = new Map(tarballs.map((path) => [basename(path), path]));
    this.#server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) => this.#answer(new URL(request.url)),
    });
  }

  get url(): string {
    return this.#server.url.href;
  }

  [Symbol.dispose](): void {
    void this.#server.stop(true);
  }

  async #answer({ pathname }: URL): Promise<Response> {
    const tarball = this.#tarballs.get(basename(pathname));
    if (tarball !== undefined) {
      this.served.push(basename(pathname));
      return new Response(Bun.file(tarball));
    }
    const manifest = manifests.get(decodeURIComponent(pathname.slice(1)));
    if (manifest === undefined) return new Response(null, { status: 404 });
    const dist = await this.#dist(tarballName(manifest.name));
    return Response.json({
      name: manifest.name,
      "dist-tags": { latest: version },
      versions: { [version]: { ...manifest, dist } },
    });
  }

  async #dist(name: string): Promise<Record<string, string>> {
    const path = this.#tarballs.get(name);
    const tarball = `${this.url}${name}`;
    if (path === undefined) return { tarball };
    const digest = new Bun.CryptoHasher("sha512").update(await Bun.file(path).bytes()).digest("base64");
    return { tarball, integrity: `sha512-${digest}` };
  }
}

interface Manifest extends Record<string, unknown> {
  name: string;
}

const manifests: ReadonlyMap<string, Manifest> = new Map(
  [
    { ...mainManifest(ownManifest), name: ownManifest.name },
    ...targets.map((target) => ({ ...platformManifest(target), name: packageName(target) })),
  ].map((manifest) => [manifest.name, manifest]),
);
