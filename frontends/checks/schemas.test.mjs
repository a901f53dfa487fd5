/** Generated schemas as Standard Schema: what they refuse the server refuses, and what may be fine over there they take. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";

import { build } from "esbuild";

const ROOT = join(import.meta.dirname, "../..");
mkdirSync(join(import.meta.dirname, "build"), { recursive: true });
const folder = mkdtempSync(join(import.meta.dirname, "build/schemas-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const INTERFACE = `ir version=2
type "Kind" {
    enum {
        value "plain"
        value 7
    }
}
type "Node" {
    struct {
        field "kind" required=#true {
            ref "Kind"
        }
        field "next" required=#false {
            optional {
                ref "Node"
            }
        }
    }
}
type "SaveInput" {
    struct {
        field "name" required=#true {
            primitive "string" min-length=2 max-length=3
        }
        field "count" required=#false {
            primitive "integer" min=1 exclusive-max=10 multiple-of=3
        }
        field "when" required=#false {
            primitive "string" format="date-time"
        }
        field "tags" required=#false {
            list max-length=2 {
                primitive "string"
            }
        }
        field "pair" required=#false {
            tuple {
                primitive "boolean"
                primitive "number"
            }
        }
        field "node" required=#false {
            ref "Node"
        }
        field "file" required=#false {
            upload
        }
    }
}
function "save" {
    camel "save"
    transport "http"
    input "SaveInput"
    output "Node" nullable=#false
}
`;

const GOOD = [
  { name: "ab" },
  { name: "😀😀😀" },
  { name: "ab", count: 9, when: "whatever the server takes", tags: ["a", "b"], pair: [true, 0.5] },
  { name: "ab", node: { kind: 7, next: { kind: "plain", next: null } } },
  { name: "ab", file: new Blob(["x"]) },
];
const BAD = [
  {},
  { name: "a" },
  { name: "abcd" },
  { name: 5 },
  { name: "ab", count: 0 },
  { name: "ab", count: 10 },
  { name: "ab", count: 4 },
  { name: "ab", count: 4.5 },
  { name: "ab", count: undefined },
  { name: "ab", tags: ["a", "b", "c"] },
  { name: "ab", pair: [true] },
  { name: "ab", node: { kind: "other" } },
  { name: "ab", node: { kind: "plain", next: { kind: 8 } } },
  { name: "ab", file: "x" },
  { name: "ab", more: 1 },
];

for (const validator of ["zod", "valibot"]) {
  test(`schemas of ${validator}`, async () => {
    const place = join(folder, validator);
    mkdirSync(place);
    writeFileSync(join(place, "interface.kdl"), INTERFACE);
    const generator = join(ROOT, "protocol/mizan-generate/bin/mizan-generate.mjs");
    const options = ["--output", join(place, "api"), "--schemas", validator];
    execFileSync(process.execPath, [generator, join(place, "interface.kdl"), ...options]);
    const bundle = join(place, "schemas.mjs");
    const entryPoints = [join(place, "api/schemas.ts")];
    await build({ entryPoints, bundle: true, format: "esm", platform: "node", outfile: bundle });
    const { saveArgsSchema } = await import(bundle);
    const problems = async (value) => (await saveArgsSchema["~standard"].validate(value)).issues ?? [];
    for (const value of GOOD) assert.deepEqual(await problems(value), [], JSON.stringify(value));
    for (const value of BAD) assert.notEqual((await problems(value)).length, 0, JSON.stringify(value));
  });
}
