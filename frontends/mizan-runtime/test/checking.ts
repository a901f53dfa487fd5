/** What must hold in every state of a world, and at its end. */

import { canonical, type Json } from "../src/wire.js";
import { SLOTS, World, settled } from "./world.js";

/** A promise of the kernel that was broken. */
export class Violation extends Error {
  override readonly name = "Violation";
}

/** Play one schedule to its end. Gives how many views were checked. */
export async function play(seed: number, actions = 12, rooms = 2): Promise<number> {
  const world = new World(seed, rooms, seed % 2 === 1, seed % 3 === 2);
  const seen = new Map<string, Set<number>>();
  let checked = 0;
  world.mount(0);
  for (let action = 0; action < actions; action++) {
    if (seed % 4 === 3 && world.dice.chance(0.1)) {
      world.reset();
      seen.clear();
    } else {
      world.act();
    }
    await settled();
    checked += check(world, seen, rooms, seed);
    for (let steps = world.dice.below(5); steps > 0 && (await world.step()); steps--) {
      checked += check(world, seen, rooms, seed);
    }
  }
  const finishAll = async () => {
    for (let steps = 0; await world.step(); steps++) {
      checked += check(world, seen, rooms, seed);
      if (steps > 1000) throw new Violation(`seed ${seed}: it never comes to rest`);
    }
  };
  await finishAll();
  world.calm();
  await settled();
  await finishAll();
  finish(world, rooms, seed);
  return checked;
}

function check(world: World, seen: Map<string, Set<number>>, rooms: number, seed: number): number {
  let checked = 0;
  for (let room = 0; room < rooms; room++) {
    const entry = world.entry(room);
    for (const name of SLOTS) {
      const slot = entry.slot(name);
      checked++;
      if (name === "size") continue;
      const shown = writesIn(slot.value);
      const distinct = new Set(shown);
      const where = `seed ${seed}, room ${room}, ${name}: ${JSON.stringify(slot.value)}`;
      if (distinct.size < shown.length) throw new Violation(`${where} shows something twice`);
      if (!slot.isStale) {
        for (const id of toldOf(world, room, name)) {
          if (!distinct.has(id)) throw new Violation(`${where} is fresh and lacks ${id}`);
        }
      }
      for (const id of world.expectedIn(room, name)) {
        if (slot.isPresent && !distinct.has(id)) throw new Violation(`${where} hides the expected ${id}`);
      }
      // What has been told and shown does not vanish again.
      const key = `${room} ${name}`;
      const before = seen.get(key) ?? new Set();
      for (const id of before) if (!distinct.has(id)) throw new Violation(`${where} has lost ${id}`);
      seen.set(key, new Set(toldOf(world, room, name).filter((id) => distinct.has(id))));
    }
  }
  return checked;
}

function finish(world: World, rooms: number, seed: number): void {
  for (let room = 0; room < rooms; room++) {
    if (!world.isMounted(room)) continue;
    const entry = world.entry(room);
    if (entry.isStale || entry.isFetching) throw new Violation(`seed ${seed}, room ${room}: still stale at rest`);
    const truth = world.server.bundle(room);
    for (const name of SLOTS) {
      const shown = entry.slot(name).value;
      if (canonical(sorted(shown)) !== canonical(sorted(truth[name]))) {
        throw new Violation(
          `seed ${seed}, room ${room}, ${name}: ${JSON.stringify(shown)} at rest, the server has ${JSON.stringify(truth[name])}`,
        );
      }
    }
  }
}

function toldOf(world: World, room: number, name: string): number[] {
  const told = [...(world.told.get(room) ?? [])];
  return name === "items" ? told.filter((id) => world.itemsOf.has(id)) : told;
}

function writesIn(value: Json | undefined): number[] {
  if (value === undefined) return [];
  return (value as readonly Json[]).flatMap((item) =>
    typeof item === "number" ? [item] : [...(item as { writes: readonly number[] }).writes],
  );
}

/** The order of items that were merged is the client's; that of the log is the server's. */
function sorted(value: Json | undefined): Json {
  if (!Array.isArray(value) || typeof value[0] !== "object") return value ?? null;
  return [...(value as Json[])].sort((left, right) => (canonical(left) < canonical(right) ? -1 : 1));
}
