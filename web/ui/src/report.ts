// How a report's cells are written, sorted and lead to their calls. Pure.
import { duration } from './clock'
import type { Report, ReportColumn } from './contract'

export type Cell = string | number | null | undefined
/** How the server names seconds. */
export const SECONDS = '\u79d2'
/** Columns that count calls, and the outcome that finds them in the list of calls. */
const OUTCOME: Record<string, string> = {
  calls_in: '', entered: '', calls: '', answered: 'answered', closed: 'closed',
  abandoned_queue: 'abandoned_queue', abandoned_ring: 'abandoned_ring', abandoned_ivr: 'abandoned_ivr',
  contained: 'contained', blocked: 'blocked', voicemail: 'voicemail', overflowed: 'overflowed', outside: 'outside', callback: 'callback',
  nobody: 'nobody', fallback: 'fallback', lost: 'lost',
  dialled: '', reached: 'answered',
}
const PLACES = ['hotline', 'group', 'agent'] as const

/** Whether a column holds words and not figures. */
export function isText(column: ReportColumn): boolean {
  return column.unit === ''
}

/** A cell as people read it: seconds as mm:ss, shares with one decimal. */
export function written(value: Cell, unit: string): string {
  if (value === null || value === undefined || value === '') return '–'
  if (typeof value === 'string') return value
  if (unit === SECONDS) return duration(value)
  if (unit === '%') return `${value.toFixed(1)}%`
  return Number.isInteger(value) ? value.toLocaleString('en-US') : value.toFixed(2)
}

/** The calls behind a number, as the query of /calls; null when the number is not one of calls. */
export function callsBehind(
  column: ReportColumn, row: Record<string, Cell>, query: Record<string, string>,
): Record<string, string> | null {
  if (!(column.id in OUTCOME) || !row[column.id]) return null
  const found: Record<string, string> = { from: query.from, to: query.to }
  for (const place of PLACES) {
    const at = row[place] ?? query[place]
    if (at) found[place] = String(at)
  }
  const day = String(row.bucket ?? '').slice(0, 10)
  if (/^\d{4}-\d\d-\d\d$/.test(day)) found.from = found.to = day
  if (OUTCOME[column.id]) found.outcome = OUTCOME[column.id]
  if ('dialled' in row) found.direction = 'out'
  return found
}

/** The rows in the order of one column; numbers by size, nothing last. */
export function sorted(rows: Report['rows'], id: string, down: boolean): Report['rows'] {
  if (!id) return rows
  const turn = down ? -1 : 1
  return [...rows].sort((a, b) => {
    const [x, y] = [a[id], b[id]]
    if (x === null || x === undefined) return 1
    if (y === null || y === undefined) return -1
    return turn * (typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y)))
  })
}
