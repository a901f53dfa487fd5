/** Names that nobody guesses. */

/** 32 characters at random. `crypto.randomUUID` is for secure contexts alone, and a server under development is often none. */
export function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
