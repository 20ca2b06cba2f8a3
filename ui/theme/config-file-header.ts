import * as z from 'zod'

/** The fields that themes and keymaps have in common. */
export function configFileHeader(inherits: string) {
  return {
    $schema: z.string().optional().describe('Where an editor finds the JSON Schema of this file.'),
    name: z.string().optional().describe('For people; the name in use is the name of the file.'),
    inherits: z.string().optional().describe(inherits),
  }
}
