import { UserError } from '../util/user-error.ts'

/** There is no model to create an agent with. In a separate file, because the workbench knows it before its first frame. */
export class NoModel extends UserError {
  override readonly name = 'NoModel'
}
