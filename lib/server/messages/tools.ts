/** Results that the model reads when it calls a tool of the server with wrong arguments. */

// Verbatim: Letta server and the Python interpreter.
export const BLOCK_READ_ONLY = 'Error This block is read-only and cannot be edited.'
export const labelUnknown = (label: string, available: readonly string[]): string =>
  `'Block field ${label} does not exist (available sections = ${available.join(', ')})'`
export const invalidInsertLine = (line: number, lastLine: number): string =>
  `Invalid \`insert_line\` parameter: ${line}. It should be within the range of lines of the memory block: [0, ${lastLine}], or -1 to append to the end of the memory block.`
// Verbatim.
export const oldStringRepeated = (text: string, lines: readonly number[]): string =>
  `No replacement was performed. Multiple occurrences of old_string \`${text}\` in lines [${lines.join(', ')}]. Please ensure it is unique.`
export const oldStringMissing = (text: string, label: string): string =>
  `No replacement was performed, old_string \`${text}\` did not appear verbatim in memory block with label \`${label}\`.`
export const lineNumberPrefix = (argument: string): string =>
  `${argument} contains a line number prefix, which is not allowed. Do not include line numbers when calling memory tools (line numbers are for display purposes only).`
export const lineNumberWarning = (argument: string): string =>
  `${argument} contains a line number warning, which is not allowed. Do not include line number information when calling memory tools (line numbers are for display purposes only).`
export const unknownMemoryToolCommand = (command: string, supported: readonly string[]): string =>
  `Error: Unknown command '${command}'. Supported commands: ${supported.join(', ')}`
export const commandArgumentRequired = (argument: string, command: string): string =>
  `Error: ${argument} is required for ${command} command`
export const RENAME_ARGUMENTS_MISSING =
  'Error: path and description are required for update_description command, or old_path and new_path are required for rename command'
export const blockCreated = (label: string): string =>
  `Successfully created memory block '${label}'. ${recompiled('with the new memory block')}`
export const blockRemoved = (label: string): string =>
  `Successfully deleted memory block '${label}'. ${recompiled('without this memory block')}`
export const descriptionUpdated = (label: string): string =>
  `Successfully updated description of memory block '${label}'. ${recompiled('with the new description')}`
export const blockRenamed = (before: string, after: string): string =>
  `Successfully renamed memory block '${before}' to '${after}'. ${recompiled('with the renamed memory block')}`
export const invalidDate = (argument: string, text: string): string =>
  `Invalid ${argument} format: ${text}. Use ISO 8601 format (YYYY-MM-DD or YYYY-MM-DDTHH:MM)`
export const toolNotAllowed = (name: string, available: readonly string[]): string =>
  `[ToolConstraintError] Cannot call ${name}, valid tools include: [${available.map((one) => `'${one}'`).join(', ')}].`
export const executionError = (tool: string, pythonClass: string, text: string): string =>
  `Error executing function ${tool}: ${pythonClass}: ${text}`
export const NO_RESULTS = 'No results found.'
export const showingResults = (count: number): string => `Showing ${count} results:`

/** As the Python interpreter words it. */
export function missingArguments(tool: string, names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`)
  const last = quoted.at(-1) ?? ''
  const others = quoted.slice(0, -1)
  const comma = others.length > 1 ? ',' : ''
  const listed = others.length === 0 ? last : `${others.join(', ')}${comma} and ${last}`
  const plural = names.length === 1 ? '' : 's'
  return `${tool}() missing ${names.length} required positional argument${plural}: ${listed}`
}

function recompiled(how: string): string {
  return `Your system prompt has been recompiled ${how} and is now active in your context.`
}

// Texts of the embedded server.
export const callCutOff = (tool: string): string =>
  `The call of ${tool} did not run: your answer reached the limit of output tokens before its arguments were complete. Write less in one call: make several smaller calls, for example a part of a file in each.`
export const pythonToolNotRun = (name: string): string =>
  `Error: tool ${name} did not run, because this server does not run Python tools.`
export const PATH_WITHOUT_BLOCK = 'Error: the path does not name a memory block.'
export const labelExists = (label: string): string =>
  `Error: a memory block with label '${label}' already exists.`
export const ARGUMENTS_NOT_AN_OBJECT = 'Invalid arguments: expected a JSON object.'
export const invalidToolArguments = (problem: string): string => `Invalid arguments: ${problem}`
export const toolNotFound = (name: string): string => `Tool ${name} not found`
