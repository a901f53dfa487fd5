/** Calls, and what their answers say of entries. */

import type { Entry } from "./entry.js";
import { MizanError } from "./errors.js";
import { EVERYTHING, type Call, type Kernel, type Pending } from "./kernel.js";
import { planOf } from "./merges.js";
import { relation } from "./scope.js";
import { MERGED, type Mode, type Slot } from "./slot.js";
import type { Answer, Json, Merge, News, Shown, Stale } from "./wire.js";

const REPLACE: Mode = { kind: "replace" };
/** As many as the server takes. */
const MOST_SHOWN = 16;

/** Make *call*, and tell the entries of *kernel* what has come of it. @throws MizanError as `Kernel.call` */
export async function perform(kernel: Kernel, call: Call): Promise<Json> {
  const { info, args, options, epoch } = call;
  try {
    // For somebody else it waits for nothing.
    if (epoch === kernel.epoch) await kernel.ready?.(info);
    // What one viewer wanted is not done as another.
    if (epoch !== kernel.epoch) throw new MizanError({ code: "OFFLINE", message: "Somebody else is asking." });
    const answer = await (kernel.live?.call(info, args) ??
      kernel.transport.call(info, args, shown(kernel, info.affects ?? []), options));
    if (epoch === kernel.epoch) accept(kernel, call, answer);
    return answer.result;
  } catch (error) {
    if (epoch === kernel.epoch) fail(kernel, call, error);
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

function accept(kernel: Kernel, { info, sent, pending }: Call, answer: Answer): void {
  const now = kernel.tick();
  const { invalidate = [], merge: merges = [], refresh = [] } = answer;
  if (invalidate.includes(EVERYTHING)) {
    kernel.emit({ kind: "answer", id: sent, answer, refused: [] });
    return beginAnew(kernel);
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
  const brought = refresh.flatMap((entry) => {
    const known = kernel.known(entry);
    return known === undefined ? [] : [{ ...entry, known }];
  });
  // First of all, so that the rest of the answer finds the entries, and before anything is touched now.
  for (const { known, scope } of brought) known.mark().learn(scope);
  for (const merge of merges) {
    const { context, slot: name, value } = merge;
    kernel.touched.set(context, now);
    for (const entry of kernel.entries()) {
      if (entry.context !== context || relation(entry, merge, name) === "other") continue;
      // Else only the server knows whether it is this entry's.
      if (relation(entry, merge, name) !== "same") entry.invalidate(now, name);
      else if (!put(entry, name, info.modes?.[context]?.[name] ?? REPLACE, value)) refused.push(merge);
    }
  }
  for (const { known, bundle } of brought) {
    known.error = null;
    for (const [name, value] of Object.entries(bundle)) put(known, name, REPLACE, value);
  }
  kernel.change(invalidate, now);
  settle(pending, (slot) => {
    // What the answer does not mention has not changed.
    if (slot.touched < now) return null;
    return merged.has(slot) ? MERGED : now;
  });
  kernel.emit({ kind: "answer", id: sent, answer, refused });
  kernel.conclude();
  tell(kernel, [...invalidate, ...merges.map(asInvalidation)]);
}

function fail(kernel: Kernel, { sent, pending }: Call, error: unknown): void {
  const now = kernel.tick();
  const refusal = error instanceof MizanError && isRefusal(error) ? error : null;
  kernel.emit({ kind: "failure", id: sent, error });
  if (error instanceof MizanError && error.invalidate.includes(EVERYTHING)) return beginAnew(kernel);
  settle(pending, () => (refusal === null ? now : null));
  kernel.change(refusal === null ? [EVERYTHING] : refusal.invalidate, now);
  kernel.conclude();
  if (refusal !== null) tell(kernel, refusal.invalidate);
}

/** Who has called is somebody else now: everything is forgotten, in the other windows, too. */
function beginAnew(kernel: Kernel): void {
  kernel.clear();
  tell(kernel, [EVERYTHING]);
}

/** Whether the call is known to have done nothing: the server answered, and says so, or it was never sent. */
export function isRefusal({ status, code }: MizanError): boolean {
  return (status >= 400 && status < 500) || status === 501 || code === "OFFLINE";
}

/** Others must hear of *news*. */
function tell(kernel: Kernel, news: News): void {
  if (news.length > 0) kernel.tell?.(news);
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
  return { context, function: slot, ...(params === undefined ? {} : { params }) };
}
