/** Arguments with files: `multipart/form-data`, with progress where the browser tells of it (docs/protocol.md section 9). */

import type { Sending } from "./descriptors.js";
import type { Codec, Json, Params } from "./wire.js";

/** For a function's `uploads`: its arguments as JSON, and behind it each file under the path that it has in them. */
export function upload(
  args: Params,
  { onProgress }: Sending,
  json: Codec = JSON,
): { readonly body: FormData; readonly send?: typeof globalThis.fetch } {
  const files: [path: string, file: Blob][] = [];
  const body = new FormData();
  body.append("args", json.stringify(withoutFiles(args, "", files) ?? {}));
  for (const [path, file] of files) body.append(path, file);
  const isTold = onProgress !== undefined && typeof XMLHttpRequest !== "undefined";
  return isTold ? { body, send: sending(onProgress) } : { body };
}

/** *value* without its files, which go into *files*; undefined where that leaves nothing. */
function withoutFiles(value: unknown, path: string, files: [string, Blob][]): Json | undefined {
  if (value instanceof Blob) {
    files.push([path, value]);
    return undefined;
  }
  if (value === null || typeof value !== "object") return value as Json | undefined;
  const members = Object.entries(value).map(([name, member]) => {
    const own = path === "" ? name : `${path}.${name}`;
    return [name, withoutFiles(member, own, files)] as const;
  });
  const left = members.filter((member): member is readonly [string, Json] => member[1] !== undefined);
  if (left.length === 0 && members.length > 0) return undefined;
  return Array.isArray(value) ? left.map(([, member]) => member) : Object.fromEntries(left);
}

/** As `fetch` for one request, which cannot say how much it has sent. */
function sending(onProgress: (sent: number, total: number) => void): typeof globalThis.fetch {
  return (input, init = {}) =>
    new Promise<XMLHttpRequest>((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(init.method ?? "GET", String(input));
      request.responseType = "blob";
      request.withCredentials = init.credentials === "include";
      new Headers(init.headers).forEach((value, name) => request.setRequestHeader(name, value));
      request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
      request.onload = () => resolve(request);
      request.onerror = () => reject(new TypeError("The request has failed."));
      request.onabort = () => reject(init.signal?.reason ?? new DOMException("It was ended.", "AbortError"));
      init.signal?.addEventListener("abort", () => request.abort());
      if (init.signal?.aborted) request.onabort(new ProgressEvent("abort"));
      else request.send(init.body as XMLHttpRequestBodyInit);
    }).then(responseOf);
}

/** Statuses of answers that have no body. */
const BODILESS: readonly number[] = [204, 205, 304];

function responseOf(request: XMLHttpRequest): Response {
  const lines = request
    .getAllResponseHeaders()
    .trim()
    .split(/[\r\n]+/);
  const headers = new Headers(
    lines
      .filter((line) => line !== "")
      .map((line) => {
        const [name = "", ...value] = line.split(":");
        return [name.trim(), value.join(":").trim()];
      }),
  );
  const { status, response } = request;
  return new Response(BODILESS.includes(status) ? null : (response as Blob), { status, headers });
}
