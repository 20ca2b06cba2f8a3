import { parse } from 'yaml'

/**
 * Every scalar is a string: no numbers, dates or booleans, so that an id `007` stays one. This module is loaded when it is needed, and
 * not the package: in the bundle, a dynamic import of a CommonJS package has no names but `default`.
 */
export function parseYaml(text: string): object {
  return parse(text, { schema: 'failsafe', logLevel: 'error' })
}
