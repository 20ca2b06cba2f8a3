/** Cells of notebooks. */

export const notNotebook = (path: string): string =>
  `${path} is not a valid Jupyter notebook (nbformat 4)`

export const emptyNotebook = (path: string): string => `The notebook ${path} has no cells.`

export const CELL_ID_REQUIRED = 'cell_id is required'

export const CELL_TYPE_REQUIRED = 'cell_type is required to insert a cell'

export const cellReplaced = (id = ''): string => `Replaced cell ${id}`

export const cellInserted = (id: string): string => `Inserted cell ${id}`

export const cellDeleted = (id = ''): string => `Deleted cell ${id}`

export const editedIn = (path: string, edit: string): string => `${edit} in ${path}`

export const cellNotFound = (id: string, available: readonly string[]): string =>
  `Cell "${id}" not found. Available: ${available.join(', ') || 'none'}`
