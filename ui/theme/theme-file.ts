import * as z from 'zod'
import { configFileHeader } from './config-file-header.ts'
import { STYLE_NAMES, styleSchema } from './styles.ts'

const header = {
  ...configFileHeader(
    'Another theme, by the name of its file. What this file does not set is taken from it.',
  ),
  vars: z
    .record(z.string(), z.string())
    .default({})
    .describe('Names for colors. A theme that inherits from this one may give them other values.'),
  basicColors: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'The same names for terminals with 16 colors: one of the sixteen names, default, or dim for a weaker default. Other colors are reduced by their hue.',
    ),
}

/** A complete theme file, as it is documented. */
export const themeFileSchema = z.strictObject({
  ...header,
  styles: z
    .partialRecord(z.enum(STYLE_NAMES), styleSchema)
    .default({})
    .describe('How each kind of text is drawn.'),
})

/** Used for reading: an invalid style is reported on its own, and the others are used. */
export const themeSchema = z.object({
  ...header,
  styles: z.record(z.string(), z.unknown()).default({}),
})
