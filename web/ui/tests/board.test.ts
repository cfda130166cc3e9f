import { describe, expect, it } from 'vitest'
import { activeCalls, applyDelta, emptyBoard, fromSnapshot, serviceLevel, waitingCalls } from '../src/board'
import type { AgentNow, Board, CallNow, GroupNow } from '../src/contract'

const group = (id: string, waiting = 0): GroupNow => ({
  id, name: id, waiting, longest_since: null, ready: 0, ringing: 0, talking: 0, wrapping: 0, on_break: 0, signed_in: 0,
  today: { entered: 0, answered: 0, abandoned: 0, within: 0 },
})
const agent = (number: string, state: AgentNow['state'] = 'ready'): AgentNow => ({
  number, name: number, site: '', groups: ['vip'], state, reason: '', since: 1, until: null, phone: 'browser',
  reachable: true, call: null, presence: 'ready', today: { answered: 0, missed: 0, talk_s: 0 },
})
const call = (id: string, state: CallNow['state'], entered: number | null = null): CallNow => ({
  call: id, hotline: '4008000001', hotline_name: '', brand: '', caller: '', state, group: 'vip', agent: null,
  since: 1, entered, place: null, intent: '', priority: 5,
})
const snapshot: Board = {
  pbx: { up: true, since: 1 }, groups: [group('vip', 2)], agents: [agent('8001')],
  calls: [call('B', 'waiting', 20), call('A', 'ringing', 10), call('C', 'talking')],
}

describe('the board', () => {
  it('is what the snapshot says, and nothing before', () => {
    expect(Object.keys(emptyBoard().calls)).toEqual([])
    const board = fromSnapshot(snapshot)
    expect(board.groups.vip.waiting).toBe(2)
    expect(board.agents['8001'].state).toBe('ready')
  })

  it('takes rows over whole and lets calls go', () => {
    const board = fromSnapshot(snapshot)
    applyDelta(board, { agents: [agent('8001', 'talking')], calls: [call('D', 'ivr')], gone: ['A', 'never'], groups: [group('vip', 1)] })
    expect(board.agents['8001'].state).toBe('talking')
    expect(Object.keys(board.calls).sort()).toEqual(['B', 'C', 'D'])
    expect(board.groups.vip.waiting).toBe(1)
    expect(board.pbx.up).toBe(true)
  })

  it('hears that the exchange is gone', () => {
    const board = fromSnapshot(snapshot)
    applyDelta(board, { pbx: { up: false, since: 5 } })
    expect(board.pbx.up).toBe(false)
  })

  it('has the trunks as they were told last', () => {
    const line = { name: 'carrier', in_use: 1, peak: 2, channels: 30, registered: true, refused_today: 0 }
    const board = fromSnapshot({ ...snapshot, trunks: [line] })
    expect(board.trunks).toEqual([line])
    applyDelta(board, { calls: [call('E', 'ivr')] })
    expect(board.trunks).toEqual([line])
    applyDelta(board, { trunks: [{ ...line, in_use: 2 }] })
    expect(board.trunks[0].in_use).toBe(2)
    expect(fromSnapshot(snapshot).trunks).toEqual([])
  })

  it('lists who waits longest first, apart from those served', () => {
    const board = fromSnapshot(snapshot)
    expect(waitingCalls(board).map((c) => c.call)).toEqual(['A', 'B'])
    expect(activeCalls(board).map((c) => c.call)).toEqual(['C'])
  })

  it('gives no service level where nobody called', () => {
    expect(serviceLevel(group('vip'))).toBeNull()
    expect(serviceLevel({ ...group('vip'), today: { entered: 9, answered: 6, abandoned: 2, within: 6 } })).toBe(75)
  })
})
