// The live board as data: a snapshot, then deltas folded into it. Pure, no socket here.
import type { AgentNow, Board, CallNow, Delta, GroupNow, Incident, PbxNow, SwitchNow, TrunkNow } from './contract'

export interface BoardState {
  pbx: PbxNow
  groups: Record<string, GroupNow>
  agents: Record<string, AgentNow>
  calls: Record<string, CallNow>
  incidents: Incident[]
  switches: SwitchNow[]
  trunks: TrunkNow[]
}

/** A board on which nothing is known yet. */
export function emptyBoard(): BoardState {
  return { pbx: { up: true, since: 0 }, groups: {}, agents: {}, calls: {}, incidents: [], switches: [], trunks: [] }
}

const byKey = <T>(rows: T[], key: (row: T) => string): Record<string, T> =>
  Object.fromEntries(rows.map((row) => [key(row), row]))

/** The board that a snapshot describes. */
export function fromSnapshot(board: Board): BoardState {
  return {
    pbx: board.pbx ?? { up: true, since: 0 },
    groups: byKey(board.groups ?? [], (g) => g.id),
    agents: byKey(board.agents ?? [], (a) => a.number),
    calls: byKey(board.calls ?? [], (c) => c.call),
    incidents: board.incidents ?? [],
    switches: board.switches ?? [],
    trunks: board.trunks ?? [],
  }
}

/** Fold one delta into the board, in place. */
export function applyDelta(board: BoardState, delta: Delta): void {
  for (const agent of delta.agents ?? []) board.agents[agent.number] = agent
  for (const call of delta.calls ?? []) board.calls[call.call] = call
  for (const call of delta.gone ?? []) delete board.calls[call]
  for (const group of delta.groups ?? []) board.groups[group.id] = group
  if (delta.pbx) board.pbx = delta.pbx
  if (delta.incidents) board.incidents = delta.incidents
  if (delta.switches) board.switches = delta.switches
  if (delta.trunks) board.trunks = delta.trunks
}

/** Calls that wait for a person, longest first. */
export function waitingCalls(board: BoardState): CallNow[] {
  return Object.values(board.calls)
    .filter((c) => c.state === 'waiting' || c.state === 'offered' || c.state === 'ringing')
    .sort((a, b) => (a.entered ?? a.since) - (b.entered ?? b.since))
}

/** Calls in talk, hold or the flow, oldest first. */
export function activeCalls(board: BoardState): CallNow[] {
  return Object.values(board.calls)
    .filter((c) => !['waiting', 'offered', 'ringing'].includes(c.state))
    .sort((a, b) => a.since - b.since)
}

/** Share of answered within the target among all that entered, in percent; null when none did. */
export function serviceLevel(group: GroupNow): number | null {
  const done = group.today.answered + group.today.abandoned
  return done ? (100 * group.today.within) / done : null
}
