/** Calls and their arguments. */

// Verbatim: Letta Code
export const INTERRUPTED = 'Interrupted by user'

// Verbatim: Letta Code
export const unknownTool = (name: string, available: readonly string[]): string =>
  `Tool not found: ${name}. Available tools: ${available.join(', ')}`

export const callRepeated = (tool: string, callId: string): string =>
  `${tool}: this call (${callId}) was run before, at least in part, and is not run again. Check what it has done before you request it again.`

export const SYMLINK_CHANGED =
  'A symbolic link in the path was changed after the call was checked; nothing was done.'

export const invalidArguments = (tool: string, reason: string): string => `${tool}: ${reason}`

export const argumentsNotJson = (reason: string): string =>
  `the arguments are not valid JSON (${reason})`

export const argumentsNotObject = (received: string): string =>
  `the arguments must be an object, received ${received}`

export const duplicateArgument = (name: string): string =>
  `duplicate argument "${name}"; nothing was run`

// Verbatim: Letta Code
export const missingParameters = (
  tool: string,
  missing: readonly string[],
  received: readonly string[],
): string =>
  `${tool} tool missing required ${missing.length > 1 ? 'parameters' : 'parameter'}: ${missing.join(', ')}. Received parameters: ${received.join(', ')}`

export const wrongParameterType = (
  tool: string,
  parameter: string,
  { expected, received }: { readonly expected: string; readonly received: string },
): string =>
  `${tool}: Parameter '${parameter}' must be ${/^[aeio]/.test(expected) ? 'an' : 'a'} ${expected}, received ${received}`

export const wrongParameter = (tool: string, parameter: string, reason: string): string =>
  `${tool}: Parameter '${parameter}': ${reason}`
