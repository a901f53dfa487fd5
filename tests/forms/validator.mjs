/** A validator of zod for each field of a form, made of nothing but what the interface document says (protocol.md
 * section 11); says which of the values that it is given are refused. Reads {form, values, missing}, writes [[name]]. */

import { readFileSync } from "node:fs"
import * as z from "zod"

/** What Python's str.strip() takes away. */
const SPACE = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
const STRIPPED = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "gu")
const PLAIN = /^[+-]?(\d+)(?:\.(\d+))?$/
const MOST_DIGITS = 15

const isEmpty = (value) =>
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)

export function validatorOf(field) {
    const present = checked(typeOf(field.shape), field)
    return z
        .preprocess((value) => (field.strip && typeof value === "string" ? value.replace(STRIPPED, "") : value), z.unknown())
        .superRefine((value, context) => {
            if (isEmpty(value) || value === false) {
                const refused = field.required && !(value === false && !isBoolean(field.shape))
                if (refused) context.addIssue("required")
                if (isEmpty(value) || refused) return
            }
            const found = present.safeParse(value)
            if (!found.success) context.addIssue(found.error.issues[0].message)
        })
}

const isBoolean = (shape) =>
    shape.kind === "optional" ? isBoolean(shape.item) : shape.kind === "primitive" && shape.name === "boolean"

function typeOf(shape) {
    switch (shape.kind) {
        case "optional":
            return typeOf(shape.item).nullable()
        case "list":
            return z.array(typeOf(shape.item))
        case "enum":
            return z.enum(shape.values)
        case "primitive":
            return { boolean: z.boolean(), string: z.string(), number: z.number(), integer: z.number().refine(Number.isInteger) }[
                shape.name
            ]
        default:
            return z.unknown()
    }
}

function checked(type, field) {
    let made = type
    const add = (isRight, name) => (made = made.refine(isRight, name))
    if (isDecimal(field.shape)) {
        add((text) => isDecimalWithin(text, field), "decimal")
    } else {
        if (field.min !== undefined) add((value) => value >= field.min, "min")
        if (field.max !== undefined) add((value) => value <= field.max, "max")
        if (field.step !== undefined) add((value) => isStep(value - (field.min ?? 0), field.step), "step")
    }
    if (field.min_length !== undefined) add((text) => [...text].length >= field.min_length, "min-length")
    if (field.max_length !== undefined) add((text) => [...text].length <= field.max_length, "max-length")
    for (const pattern of field.patterns ?? []) {
        const expression = new RegExp(pattern, "su")
        add((text) => expression.test(text), "pattern")
    }
    return made
}

const isStep = (distance, step) => !Number.isSafeInteger(distance) || distance % step === 0

const isDecimal = (shape) =>
    shape.kind === "optional" ? isDecimal(shape.item) : shape.kind === "primitive" && shape.format === "decimal"

function isDecimalWithin(text, field) {
    const plain = PLAIN.exec(text.replace(STRIPPED, ""))
    if (plain === null) return true
    const [whole, places] = [plain[1].replace(/^0+/, ""), plain[2] ?? ""]
    const { max_digits: digits, decimal_places: limit } = field
    if (limit !== undefined && places.length > limit) return false
    if (digits !== undefined && limit !== undefined && whole.length > digits - limit) return false
    const comparable = (bound) => bound !== undefined && PLAIN.test(bound) && `${bound}`.length <= MOST_DIGITS
    if (plain[0].length > MOST_DIGITS) return true
    return !(comparable(field.min) && +plain[0] < +field.min) && !(comparable(field.max) && +plain[0] > +field.max)
}

const { form, values, missing } = JSON.parse(readFileSync(0, "utf8"))
const validators = form.fields.filter((field) => !field.disabled).map((field) => [field.name, validatorOf(field)])
const refusedOf = (value) =>
    validators.filter(([, validator]) => !validator.safeParse(value).success).map(([name]) => name)
process.stdout.write(JSON.stringify(values.map((value) => refusedOf(value === missing ? undefined : value))))
