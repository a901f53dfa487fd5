/** A server in memory, for tests of what shows its answers: typed by the descriptors, without HTTP or with it. */

import type { Context, ServerFunction } from "./descriptors.js";
import { MizanError } from "./errors.js";
import { Mizan, type MizanOptions } from "./mizan.js";
import type { Answer, Bundle, Invalidation, Json, Params, Reply } from "./wire.js";

type Answering = (given: Params) => unknown;

type Texts = { readonly [context: string]: readonly string[] };

/** What was asked for. */
export interface Asked {
  readonly name: string;
  readonly given: Params;
}

/** What answers a client's reads and calls; a call makes stale what its function declares to affect. */
export class MockServer {
  /** The reads and calls so far, in order. */
  readonly reads: Asked[] = [];
  readonly calls: Asked[] = [];
  readonly #contexts = new Map<string, Answering>();
  readonly #functions = new Map<string, Answering>();
  /** What each function makes stale. */
  readonly #affects = new Map<string, readonly Invalidation[]>();
  readonly #texts: Texts;

  /** *texts*: the parameters of each context that are texts, even where they look like numbers; for `respond` alone. */
  constructor(texts: Texts = {}) {
    this.#texts = texts;
  }

  /** From now on a context answers so. What it throws as a `MizanError` is the server's answer. */
  context<P extends object, S extends object>({ name }: Context<P, S>, answer: (params: P) => S | Promise<S>): this {
    this.#contexts.set(name, answer as unknown as Answering);
    return this;
  }

  /** From now on a function answers so. */
  function<A extends object, R, X extends object, E extends object>(
    { name, affects = [] }: ServerFunction<A, R, X, E>,
    answer: (args: A) => R | Promise<R>,
  ): this {
    this.#affects.set(name, affects);
    this.#functions.set(name, answer as unknown as Answering);
    return this;
  }

  /** A client of this server. */
  client(options: MizanOptions = {}): Mizan {
    return new Mizan({
      tabs: false,
      live: () => ({
        id: null,
        fetch: (context, params) => this.#read(context, params),
        call: (info, args) => this.#call(info, args),
        close: () => undefined,
      }),
      ...options,
    });
  }

  /**
   * The answer to a request over HTTP: for msw (`http.all("/api/mizan/*", ({ request }) => server.respond(request))`), for a
   * browser's driver, or for a client whose `fetch` it is. Without files, and several reads are several requests.
   */
  async respond(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const [, context] = /\/ctx\/([^/]+)\/$/.exec(pathname) ?? [];
    try {
      if (pathname.endsWith("/session/")) return Response.json({ csrfToken: "of-a-test" });
      if (context !== undefined) {
        const name = decodeURIComponent(context);
        return Response.json((await this.#read(name, paramsOf(searchParams, this.#texts[name] ?? []))).bundle);
      }
      if (request.method !== "POST" || !pathname.endsWith("/call/")) throw failure("NOT_FOUND", pathname, 404);
      const { fn, args = {} } = (await request.json()) as { readonly fn: string; readonly args?: Params };
      return Response.json(await this.#call({ name: fn, affects: this.#affects.get(fn) as readonly string[] }, args));
    } catch (error) {
      if (!(error instanceof MizanError)) throw error;
      const { code, message, details, data, status } = error;
      return Response.json({ error: { code, message, details, data } }, { status });
    }
  }

  async #read(name: string, given: Params): Promise<Reply> {
    this.reads.push({ name, given });
    return { bundle: (await this.#answer(this.#contexts, name, given)) as Bundle };
  }

  async #call({ name, affects = [] }: ServerFunction, given: Params): Promise<Answer> {
    this.calls.push({ name, given });
    const result = (await this.#answer(this.#functions, name, given)) as Json;
    return { result, invalidate: affects as readonly Invalidation[] };
  }

  async #answer(answers: ReadonlyMap<string, Answering>, name: string, given: Params): Promise<unknown> {
    const answer = answers.get(name);
    if (answer === undefined) throw failure("NOT_FOUND", `The test has not said what "${name}" answers.`, 404);
    return await answer(given);
  }
}

/** An error for an answer to throw. @param status that of a refusal where nothing is said */
export function failure(code: string, message = code, status = 400, data?: Json): MizanError {
  return new MizanError({ code, message, status, data });
}

/** The values of a query, of which *texts* are none of JSON. */
function paramsOf(query: URLSearchParams, texts: readonly string[]): Params {
  const names = [...new Set(query.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = query.getAll(name).map((text) => (texts.includes(name) ? text : valueOf(text)));
      return [name, values.length > 1 ? values : (values[0] as Json)];
    }),
  );
}

function valueOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
