/** Marks throw-away copies of agents and their blocks, so that those that a killed process has left are removed. */
export const COPY_TAG = 'letta-workbench:copy'
