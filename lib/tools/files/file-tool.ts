import type { Tool } from '../tool.ts'
import type { Workspace } from '../workspace.ts'
import {
  applyChange,
  type FileEdit,
  type FileEditResult,
  outdatedBy,
  previewChange,
  proposeText,
} from './file-change.ts'
import type { StoredFile } from './files.ts'
import { absoluteFile, pathLabel, pathSubject } from './paths.ts'

interface FileTool<Args> extends Pick<Tool<Args>, 'name' | 'description' | 'parameters'> {
  /** The file to change, as the agent wrote it. */
  path(args: Args): string
  /** Appended to the file's name in the transcript. */
  labelSuffix?(args: Args): string
  readonly isIndivisible?: boolean
  /** As `FileEdit.compute`, for a call. */
  compute(args: Args, before: StoredFile | null, target: EditTarget): FileEditResult
}

interface EditTarget {
  /** Absolute. */
  readonly path: string
  readonly workspace: Workspace
}

/** A tool that changes one file: its preview is a diff, and a run makes exactly that change. */
export function createFileTool<Args>(tool: FileTool<Args>): Tool<Args> {
  const { name, description, parameters } = tool
  const toEdit = (args: Args, workspace: Workspace): FileEdit => {
    const path = absoluteFile(tool.path(args), workspace)
    return {
      tool: name,
      path,
      compute: (before) => tool.compute(args, before, { path, workspace }),
      ...(tool.isIndivisible ? { isIndivisible: true } : {}),
    }
  }
  return {
    name,
    access: 'write',
    description,
    parameters,
    label: (args, workspace) =>
      pathLabel(tool.path(args), workspace) + (tool.labelSuffix?.(args) ?? ''),
    subject: (args, workspace) => pathSubject(tool.path(args), workspace),
    ...(tool.isIndivisible
      ? {}
      : {
          editing: {
            propose: (args, context) => proposeText(toEdit(args, context.workspace), context),
          },
        }),
    preview: async (args, context) => previewChange(toEdit(args, context.workspace), context),
    outdatedBy: (args, context) => outdatedBy(toEdit(args, context.workspace), context),
    run: async (args, context) => applyChange(toEdit(args, context.workspace), context),
  }
}
