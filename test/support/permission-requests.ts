import { toRequest } from '../../bin/commands/permissions.ts'
import { toolFamily } from '../../lib/permissions/rules/rule.ts'
import type { PermissionRequest } from '../../lib/permissions/types.ts'

/** The request for a call by name and raw arguments, as the tool describes it to `letta permissions check`. */
export function requestFor(
  tool: string,
  args: unknown,
  cwd: string,
  home: string,
): PermissionRequest {
  const known = toRequest(tool, args, cwd, home) ?? toRequest(toolFamily(tool), args, cwd, home)
  return known ?? { tool, access: 'execute', subject: { type: 'nothing' } }
}
