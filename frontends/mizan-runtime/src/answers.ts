/** Calls, and what their answers say of entries. */

import type { Entry } from "./entry.js";
import { MizanError } from "./errors.js";
import { EVERYTHING, type Call, type Kernel, type Pending } from "./kernel.js";
import { planOf } from "./merges.js";
import { relation } from "./scope.js";
import { outdated } from "./sending.js";
import { MERGED, type Mode, type Slot } from "./slot.js";
import type { Answer, Json, Merge, News, Shown, Stale } from "./wire.js";

const REPLACE: Mode = { kind: "replace" };
/** Anything may have changed. */
export const DOUBT: News = [{ context: EVERYTHING }];
/** As many as the server takes. */
const MOST_SHOWN = 16;

/** Make *call*, and tell the entries of *kernel* what has come of it. @throws MizanError as `Kernel.call` */
export async function perform(kernel: Kernel, call: Call): Promise<Json> {
  const { info, args, options, epoch } = call;
  try {
    options.signal?.throwIfAborted();
    // For somebody else it waits for nothing.
    if (epoch === kernel.epoch) await kernel.ready?.(info, options);
    if (epoch !== kernel.epoch) throw outdated();
    const answer = await (kernel.live?.call(info, args, options) ??
      kernel.transport.call(info, args, shown(kernel, info.affects ?? []), options));
    accept(kernel, call, answer);
    return answer.result;
  } catch (error) {
    fail(kernel, call, error);
    throw error;
  }
}

/** Those that are shown of *contexts*. */
function shown(kernel: Kernel, contexts: readonly string[]): Shown[] {
  return kernel
    .entries()
    .filter((entry) => entry.isMounted && contexts.includes(entry.context))
    .slice(0, MOST_SHOWN)
    .map(({ context, params }) => ({ context, params }));
}

/** Of an answer from before a reset nothing is shown: what it says of another's entries is news for those of whoever asks now. */
function accept(kernel: Kernel, { info, sent, epoch, pending }: Call, answer: Answer): void {
  const now = kernel.tick();
  const { invalidate = [], merge: merges = [], refresh = [] } = answer;
  const news = [...invalidate, ...merges.map(asInvalidation)];
  if (epoch !== kernel.epoch || invalidate.includes(EVERYTHING)) {
    kernel.emit({ kind: "answer", id: sent, answer, refused: merges });
    return hear(kernel, epoch, news, now);
  }
  const merged = new Set<Slot>();
  const refused: Merge[] = [];
  const overtaken = new Set<Slot>();
  const put = (entry: Entry, name: string, mode: Mode, value: Json): boolean => {
    const slot = entry.mark().slot(name);
    // Something else has touched it while the call was under way, so that nobody knows which of the two the server did first;
    // what this answer has said before does not count.
    if (slot.touched > sent && slot.touched < now) overtaken.add(slot);
    const update = overtaken.has(slot) ? null : planOf(mode, value, slot.content);
    const isTaken = update !== null && slot.hold(mode.kind, now, update);
    if (isTaken) merged.add(slot);
    else entry.invalidate(now, name);
    return isTaken;
  };
  // First of all, so that the rest of the answer finds the entries, and before anything is touched now.
  for (const entry of refresh) kernel.known(entry)?.mark().learn(entry.scope);
  for (const merge of merges) {
    const { context, slot: name, value } = merge;
    kernel.touched.set(context, now);
    for (const entry of kernel.entries()) {
      const is = entry.context === context && relation(entry, merge, name);
      // Only the server knows whether it is this entry's.
      if (is === "maybe") entry.invalidate(now, name);
      if (is === "same" && !put(entry, name, info.modes?.[context]?.[name] ?? REPLACE, value)) refused.push(merge);
    }
  }
  for (const entry of refresh) {
    const known = kernel.known(entry);
    if (!known) continue;
    known.error = null;
    for (const [name, value] of Object.entries(entry.bundle)) put(known, name, REPLACE, value);
  }
  kernel.change(invalidate, now);
  settle(pending, (slot) => {
    // What the answer does not mention has not changed.
    if (slot.touched < now) return null;
    return merged.has(slot) ? MERGED : now;
  });
  kernel.emit({ kind: "answer", id: sent, answer, refused });
  conclude(kernel, news);
}

function fail(kernel: Kernel, { sent, epoch, pending }: Call, error: unknown): void {
  const now = kernel.tick();
  const isKnown = error instanceof MizanError && (isRefusal(error) || error.invalidate.includes(EVERYTHING));
  kernel.emit({ kind: "failure", id: sent, error });
  settle(pending, () => (isKnown ? null : now));
  hear(kernel, epoch, isKnown ? error.invalidate : DOUBT, now);
}

/**
 * Hear, here and in the other windows, what an answer to a call of *epoch* says beside its content. Whoever asks now may have read
 * before the call was done.
 */
export function hear(kernel: Kernel, epoch: number, said: News, now: number): void {
  // That somebody else is asking may have been heard already, by the viewer that the same answer names.
  const news = epoch === kernel.epoch ? said : said.filter((item) => item !== EVERYTHING);
  if (news.includes(EVERYTHING)) kernel.clear();
  else kernel.change(news, now);
  conclude(kernel, news);
}

/** Show what has changed, and tell the other windows of *news*. */
function conclude(kernel: Kernel, news: News): void {
  kernel.conclude();
  if (news.length > 0) kernel.tell?.(news);
}

/** Whether the call is known to have done nothing: the server answered, and says so, or it was never sent. */
export function isRefusal({ status, code }: MizanError): boolean {
  return (status >= 400 && status < 500) || status === 501 || code === "OFFLINE";
}

/** Tell the layers of a call until when they stay; null where it has done nothing. */
function settle(pending: readonly Pending[], untilOf: (slot: Slot) => number | null): void {
  for (const [entry, slot, layer] of pending) {
    const until = untilOf(slot);
    entry.mark();
    if (until === null) slot.withdraw(layer);
    else layer.until = until;
  }
}

/** Elsewhere nobody knows when this merge was made, relative to what they have read. */
function asInvalidation({ context, slot, params }: Merge): Stale {
  return { context, function: slot, ...(params && { params }) };
}
