/** What the clients' own check (mizan-runtime/forms) refuses. Reads {form, values, missing}, writes [[name]], as validator.mjs does. */

import { readFileSync } from "node:fs"
import { check } from "../../frontends/mizan-runtime/dist/forms.js"

function kindOf(shape) {
    switch (shape.kind) {
        case "optional":
            return kindOf(shape.item)
        case "list":
            return { type: "list", item: kindOf(shape.item) }
        case "enum":
            return { type: "enum", values: shape.values }
        case "primitive":
            return { type: shape.format === "decimal" ? "decimal" : shape.name }
        default:
            return { type: shape.kind === "upload" ? "upload" : "any" }
    }
}

const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase())

/** As the generator writes a field (protocol/mizan-codegen). */
const specOf = ({ shape, ...said }) => ({
    ...Object.fromEntries(Object.entries(said).map(([name, value]) => [camel(name), value])),
    kind: kindOf(shape),
})

const { form, values, missing } = JSON.parse(readFileSync(0, "utf8"))
const specs = form.fields.filter((field) => !field.disabled).map(specOf)
const refusedOf = (value) => specs.filter((spec) => check(spec, value) !== null).map(({ name }) => name)
process.stdout.write(JSON.stringify(values.map((value) => refusedOf(value === missing ? undefined : value))))
