/** The socket of a client: opened when something is shown, opened again when it is lost, and not kept where nobody looks. */

import { MizanError } from "../errors.js";
import { PASSING } from "../http.js";
import type { Live, Mizan, MizanEvent } from "../mizan.js";
import { randomName } from "../random.js";
import type { Answer, Params, Reply } from "../wire.js";
import { SUBPROTOCOL } from "./frames.js";
import { Lost, Session } from "./session.js";
import { SignalStream } from "./stream.js";

export interface SocketOptions {
  /** Where the socket is; `ws/` under the client's `baseUrl` where nothing is said. */
  readonly url?: string;
  /** Milliseconds before the first attempt to connect again; each further one waits twice as long, up to `longestDelay`. */
  readonly delay?: number;
  readonly longestDelay?: number;
  /** After how many milliseconds out of sight a page lets go of its connection. */
  readonly hiddenAfter?: number;
  /** Where the browser's own is not to be used, or there is none. */
  readonly WebSocket?: typeof globalThis.WebSocket;
}

/** Milliseconds for which an entry is still watched that nobody looks at any longer. */
const LINGER = 5000;
/** Milliseconds, at most, before what could not be read is tried again: of what is not watched no signal will come. */
const LATER = 30_000;
/** Failed attempts after which something on the way may not let sockets through. */
const MANY_FAILURES = 3;
/** Milliseconds between attempts where it seems that there is nothing to connect to. */
const RARELY = 300_000;
/** Before a token expires another is obtained, this many milliseconds earlier. */
const EARLIER = 30_000;
const NORMAL = 1000;
/** The server's word for: who has connected is no longer logged in. */
const SESSION_ENDED = 4401;

/** The connection of *mizan*; one with the default options where it has been given none. */
export function connectionOf(mizan: Mizan): Connection {
  if (mizan.live instanceof Connection) return mizan.live;
  const connection = new Connection(mizan);
  mizan.live = connection;
  return connection;
}

export class Connection implements Live {
  readonly session: Session;
  /**
   * Another for each connection: to calls of one that was lost nobody gets the answer, though they may go on, so that whoever
   * comes back has to be told of what they change like everybody else.
   */
  #id = "";
  readonly #mizan: Mizan;
  readonly #options: SocketOptions;
  readonly #WebSocket: typeof globalThis.WebSocket | undefined;
  readonly #leaving = new AbortController();
  #socket: WebSocket | null = null;
  /** Another after each that was given up. */
  #attempt = 0;
  #isConnecting = false;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #sweep: ReturnType<typeof setTimeout> | undefined;
  #later: ReturnType<typeof setTimeout> | undefined;
  #hide: ReturnType<typeof setTimeout> | undefined;
  #renew: ReturnType<typeof setTimeout> | undefined;
  #isHidden = false;
  readonly #stream: SignalStream;

  constructor(mizan: Mizan, options: SocketOptions = {}) {
    this.#mizan = mizan;
    this.#options = options;
    // A server that renders pages has nobody to tell.
    this.#WebSocket = options.WebSocket ?? (typeof window === "undefined" ? undefined : globalThis.WebSocket);
    this.session = new Session({
      json: mizan.http.json,
      entries: () => mizan.entries(),
      frame: (direction, frame) => mizan.emit({ kind: "frame", isOut: direction === "out", frame }),
      wanted: () => this.#connect(),
      later: (task) => {
        const timer = setTimeout(task, later());
        this.#leaving.signal.addEventListener("abort", () => clearTimeout(timer));
      },
    });
    this.#stream = new SignalStream(mizan);
    if (this.#WebSocket === undefined) return;
    const stop = mizan.on((event) => this.#hear(event));
    this.#leaving.signal.addEventListener("abort", stop);
    if (typeof document === "undefined") return;
    document.addEventListener("visibilitychange", () => this.#look(), { signal: this.#leaving.signal });
  }

  get id(): string | null {
    return this.session.isReady ? this.#id : null;
  }

  fetch(context: string, params: Params, signal: AbortSignal): Promise<Reply> | null {
    return this.session.isReady ? this.#read(context, params, signal) : null;
  }

  call(...call: Parameters<Session["call"]>): Promise<Answer> | null {
    return this.session.call(...call);
  }

  close(): void {
    this.#leaving.abort();
    this.#stream.close();
    for (const timer of [this.#retry, this.#sweep, this.#later, this.#hide, this.#renew]) clearTimeout(timer);
    this.#disconnect();
    this.session.giveUp();
  }

  /** Read over the socket, again while the server says "not now"; over HTTP when the socket is lost. */
  async #read(context: string, params: Params, signal: AbortSignal): Promise<Reply> {
    const { http } = this.#mizan;
    for (let attempt = 0; ; attempt++) {
      try {
        return await (this.session.fetch(context, params, signal) ?? http.fetch(context, params, signal));
      } catch (error) {
        if (signal.aborted || !(error instanceof MizanError)) throw error;
        if (error instanceof Lost) return http.fetch(context, params, signal);
        // Over HTTP as often as that has been tried.
        if (attempt >= http.retries || !this.session.isReady || !PASSING.includes(error.status)) throw error;
        await http.rest(attempt, signal);
      }
    }
  }

  #hear(event: MizanEvent): void {
    this.session.hear(event);
    if (event.kind === "read") {
      if (event.entry.error !== null && !event.entry.isFetching) this.#readLater();
    } else if (event.kind === "mount") {
      if (!event.entry.isMounted) this.#sweepSoon();
      this.#connect();
    } else if (event.kind === "reset") {
      // Who connected is not who asks now.
      this.#disconnect();
      this.session.forget();
      this.#connect();
    } else if (event.kind === "online") {
      this.#failures = 0;
      if (event.isOnline) this.#connect();
      else this.#disconnect();
    }
  }

  #look(): void {
    clearTimeout(this.#hide);
    if (document.visibilityState === "hidden") {
      this.#hide = setTimeout(() => {
        this.#isHidden = true;
        this.#stream.close();
        this.#disconnect();
      }, this.#options.hiddenAfter ?? 60_000);
    } else {
      this.#isHidden = false;
      this.#failures = 0;
      this.#connect();
    }
  }

  #sweepSoon(): void {
    this.#sweep ??= setTimeout(() => {
      this.#sweep = undefined;
      this.session.sweep();
    }, LINGER);
  }

  /** What is shown and could not be read is read again, though there is no news. A new connection does so at once. */
  #readLater(): void {
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      if (!this.session.isReady) return;
      const failed = this.#mizan.entries().filter((entry) => entry.isMounted && entry.error !== null);
      for (const entry of failed) if (!entry.isBusy) entry.refetch();
    }, later());
  }

  /** Open a socket where one is wanted and there is none. */
  #connect(): void {
    if (this.#WebSocket === undefined || this.#leaving.signal.aborted) return this.session.giveUp();
    const isVain = this.#isHidden || !this.#mizan.isOnline;
    if (this.#socket !== null || this.#isConnecting || isVain || !this.session.isWanted) return;
    clearTimeout(this.#retry);
    this.#isConnecting = true;
    const attempt = this.#attempt;
    void this.#open(this.#WebSocket, attempt)
      // Somebody else may be asking by now.
      .catch(() => (attempt === this.#attempt ? this.#failed() : this.#again(0)))
      .finally(() => (this.#isConnecting = false));
  }

  /** @throws where nobody can say who asks, or the browser lets no such socket be made */
  async #open(WebSocket: typeof globalThis.WebSocket, attempt: number): Promise<void> {
    const { http } = this.#mizan;
    const tokens = http.hasToken ? (await http.sender()).token : null;
    const known = tokens?.get();
    const token = await known;
    if (attempt !== this.#attempt) throw new Lost();
    const socket = new WebSocket(this.#url(), SUBPROTOCOL);
    this.#socket = socket;
    socket.onopen = async () => {
      this.session.open((text) => socket.send(text));
      try {
        if (token != null) await this.#say(token);
      } catch (error) {
        if (error instanceof Lost) return;
        tokens?.drop(known);
      }
      if (this.#socket !== socket) return;
      this.#stream.close();
      this.session.resume();
      this.#mizan.emit({ kind: "live", isOpen: true });
    };
    socket.onmessage = ({ data }) => {
      // One that opens and says nothing (something on the way lets it through and nobody is there) has failed, too.
      this.#failures = 0;
      try {
        this.session.receive(String(data));
      } catch {
        socket.close(4400);
      }
    };
    socket.onclose = ({ code }) => {
      if (this.#socket === socket) this.#closed(code);
    };
  }

  /** Say by *token* who asks, and again before it is no longer good. */
  async #say(token: { readonly text: string; readonly expiresIn: number }, isRenewal = false): Promise<void> {
    const answer = await this.session.request({ action: "auth", token: token.text });
    // The first time it is nobody who becomes somebody, and what is here is theirs already.
    if (isRenewal && answer.invalidate?.includes("*")) this.#mizan.invalidate(["*"]);
    const { expires_in: expiresIn = token.expiresIn } = (answer.data ?? {}) as { expires_in?: number };
    clearTimeout(this.#renew);
    const wait = Math.max(expiresIn * 1000 - EARLIER, expiresIn * 500);
    this.#renew = setTimeout(() => void this.#sayAgain().catch(() => undefined), Math.min(wait, 2 ** 31 - 1));
  }

  async #sayAgain(): Promise<void> {
    const tokens = (await this.#mizan.http.sender()).token;
    tokens.drop();
    const token = await tokens.get();
    if (token !== null && this.session.isReady) await this.#say(token, true);
  }

  #closed(code: number): void {
    this.#disconnect();
    if (code === SESSION_ENDED) {
      if (this.#mizan.http.hasToken) this.#mizan.http.reset();
      // A reset connects again, as whoever asks now.
      else return this.#mizan.reset();
    }
    this.#failed();
  }

  #failed(): void {
    this.#failures++;
    this.session.giveUp();
    const { delay = 500, longestDelay = 30_000 } = this.#options;
    const isVain = this.#failures >= MANY_FAILURES;
    if (isVain) this.#stream.open();
    const wait = Math.min(delay * 2 ** (this.#failures - 1), isVain && this.#stream.isGone ? RARELY : longestDelay);
    this.#again(wait * (0.5 + Math.random() / 2));
  }

  #again(wait: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), wait);
  }

  #disconnect(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#attempt++;
    clearTimeout(this.#retry);
    clearTimeout(this.#renew);
    const wasOpen = this.session.isReady;
    this.session.close();
    socket?.close(NORMAL);
    if (wasOpen) this.#mizan.emit({ kind: "live", isOpen: false });
  }

  #url(): string {
    const url = new URL(this.#options.url ?? `${this.#mizan.http.baseUrl}/ws/`, globalThis.location?.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.searchParams.set("socket", (this.#id = randomName()));
    return url.href;
  }
}

/** Not all pages at the same time. */
function later(): number {
  return LATER * (0.5 + Math.random() / 2);
}
