import fc from 'fast-check'

/** Values that no valid request contains. */
export const invalidValues: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', ' ', 0, -1, 0.5, 2 ** 53, -(2 ** 63), 1e308, [], {}),
  fc.constantFrom('__proto__', 'constructor', 'toString', '\u0000', '\ud800', '%', "';--", '../..'),
  fc.constantFrom<unknown>([[]], [null], [{}], { type: 'approval' }, { role: 'user' }),
  fc.constant('x'.repeat(100_000)),
  fc.constant(JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}')),
  fc.constant(nested(190)),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
)

function nested(depth: number): unknown {
  return depth === 0 ? 0 : [nested(depth - 1)]
}

export interface FuzzSchema {
  readonly type?: string | readonly string[]
  readonly anyOf?: readonly FuzzSchema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, FuzzSchema>>
  readonly items?: FuzzSchema
  readonly required?: string[]
}

/** Values that match a schema in most of their parts. `known` are strings to use for string fields. */
export function nearlyValid(schema: FuzzSchema, known: readonly string[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 30, arbitrary: fitting(schema, known) },
    { weight: 1, arbitrary: invalidValues },
  )
}

function fitting(schema: FuzzSchema, known: readonly string[]): fc.Arbitrary<unknown> {
  if (schema.anyOf !== undefined)
    return fc.oneof(...schema.anyOf.map((one) => nearlyValid(one, known)))
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.const !== undefined) return fc.constant(schema.const)
  const { properties = {}, items = {}, required = [] } = schema
  if (Array.isArray(schema.type)) {
    return fc.oneof(...schema.type.map((type) => fitting({ ...schema, type }, known)))
  }
  switch (schema.type) {
    case 'object':
      if (Object.keys(properties).length === 0) return fc.dictionary(fc.string(), invalidValues)
      return fc.record(
        Object.fromEntries(
          Object.entries(properties).map(([name, one]) => [name, nearlyValid(one, known)]),
        ),
        { requiredKeys: required },
      )
    case 'array':
      return fc.array(nearlyValid(items, known), { maxLength: 3 })
    case 'string':
      return fc.constantFrom('a word', ...known)
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
    case 'number':
      return fc.integer({ min: 1, max: 9 })
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}
