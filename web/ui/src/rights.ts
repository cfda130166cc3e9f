// Which rights open the parts of the pages; the server refuses by the same names.
export const CALLS = ['calls.see', 'calls.see_own'] as const
export const LIVE = ['board.see', 'board.own_groups'] as const
/** Any of these opens the administration, which then shows only its own parts. */
export const ADMIN = ['admin.config', 'admin.users', 'audit.see', 'config.history'] as const
