/**
 * A page that reads and writes rooms with TanStack Query, the server of the kernel's own random schedules
 * (frontends/mizan-runtime/test/world.ts), and every step of theirs in a random order.
 *
 * In its favour: reads never fail, what it does by itself it does at once, and the developer forgets no invalidation.
 */

import { MutationObserver, QueryClient, QueryObserver, notifyManager } from "@tanstack/react-query";

import { MizanError, type Answer, type Bundle } from "../../../frontends/mizan-runtime/src/index.js";
import { canonical, type Json } from "../../../frontends/mizan-runtime/src/wire.js";
import { Dice, KINDS, Server, type Kind } from "../../../frontends/mizan-runtime/test/world.js";
import type { Recipe } from "./recipes.js";

export interface Write {
  readonly kind: Kind;
  readonly room: number;
  readonly id: number;
  readonly item: number;
}

const ROOMS = 2;
const ITEMS = 4;

notifyManager.setScheduler(queueMicrotask);

/** Whether what a schedule ends with is wrong: what is shown is not what the server has, and nothing is under way. */
export async function endsWrong(seed: number, actions: number, recipe: Recipe): Promise<boolean> {
  const world = new World(seed, recipe);
  world.mount(0);
  for (let action = 0; action < actions; action++) {
    world.act();
    await settled();
    for (let steps = world.dice.below(5); steps > 0 && (await world.step()); steps--);
  }
  while (await world.step());
  return world.isWrong();
}

class World {
  readonly dice: Dice;
  readonly #server = new Server();
  readonly #client = new QueryClient({ defaultOptions: { queries: { retry: false, gcTime: Infinity } } });
  readonly #mounted = new Map<number, QueryObserver<Bundle>>();
  readonly #messages: (() => void)[] = [];
  readonly #recipe: Recipe;
  #lastId = 0;

  constructor(seed: number, recipe: Recipe) {
    this.dice = new Dice(seed);
    this.#recipe = recipe;
    this.#client.mount();
  }

  /** Something that a user, or another one, does: as often as in the kernel's schedules. */
  act(): void {
    const room = this.dice.below(ROOMS);
    const what = this.dice.next();
    if (what < 0.6) this.#write(this.#anyWrite(room));
    else if (what < 0.75) this.mount(room);
    else if (what < 0.8) this.#unmount(room);
    else if (what < 0.95) this.#writeElsewhere(this.#anyWrite(room));
    else void this.#client.refetchQueries({ queryKey: ["room", room] });
  }

  mount(room: number): void {
    if (this.#mounted.has(room)) return;
    const observer = new QueryObserver<Bundle>(this.#client, {
      queryKey: ["room", room],
      queryFn: ({ signal }) => this.#read(room, signal),
    });
    observer.subscribe(() => undefined);
    this.#mounted.set(room, observer);
  }

  /** Let one message arrive; gives whether there was one. */
  async step(): Promise<boolean> {
    const [deliver] = this.#messages.splice(this.dice.below(this.#messages.length || 1), 1);
    if (deliver === undefined) return false;
    deliver();
    await settled();
    return true;
  }

  isWrong(): boolean {
    if (this.#client.isFetching() + this.#client.isMutating() > 0) throw new Error("It has not come to rest.");
    return [...this.#mounted].some(
      ([room, observer]) => spelled(observer.getCurrentResult().data) !== spelled(this.#server.bundle(room)),
    );
  }

  #anyWrite(room: number): Write {
    return { kind: this.dice.pick(KINDS), room, id: ++this.#lastId, item: this.dice.below(ITEMS) };
  }

  #unmount(room: number): void {
    this.#mounted.get(room)?.destroy();
    this.#mounted.delete(room);
  }

  #write(write: Write): void {
    const mutation = new MutationObserver<Answer, Error, Write, { readonly before: Bundle | undefined }>(this.#client, {
      mutationFn: (write) => this.#call(write),
      ...this.#recipe(this.#client),
    });
    mutation.mutate(write).catch(() => undefined);
  }

  /** Another client writes; the news of it reaches this one some time later. */
  #writeElsewhere(write: Write): void {
    this.#send(() => {
      this.#do(write);
      this.#send(() => void this.#client.invalidateQueries({ queryKey: keyOf(write) }));
    });
  }

  #read(room: number, signal: AbortSignal): Promise<Bundle> {
    return new Promise((resolve, reject) => {
      this.#send(() => {
        const bundle = this.#server.bundle(room);
        this.#send(() => (signal.aborted ? reject(new Error("aborted")) : resolve(bundle)));
      });
    });
  }

  /** Refused, broken and lost as often as in the kernel's schedules. */
  #call(write: Write): Promise<Answer> {
    const fate = this.dice.next();
    return new Promise((resolve, reject) => {
      this.#send(() => {
        if (fate < 0.13) {
          this.#send(() => reject(new MizanError({ code: "CONFLICT", message: "refused", status: 409 })));
          return;
        }
        const answer = this.#do(write);
        this.#send(() => (fate < 0.18 ? reject(new TypeError("the connection was lost")) : resolve(answer)));
      });
    });
  }

  #do({ kind, room, id, item }: Write): Answer {
    return this.#server.write(kind, room, id, item);
  }

  #send(deliver: () => void): void {
    this.#messages.push(deliver);
  }
}

/** What a write may change. */
export function keyOf({ kind, room }: Write): readonly unknown[] {
  return kind === "everything" ? ["room"] : ["room", room];
}

/** The order of items is nobody's. */
function spelled(bundle: Bundle | undefined): string {
  if (bundle === undefined) return "nothing";
  const items = [...(bundle["items"] as Json[])].map(canonical).sort();
  return canonical({ ...bundle, items });
}

/** After all that is done at once. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
