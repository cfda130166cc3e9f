import { describe, expect, it } from 'vitest'
import { adopt, noCall, reconcile, reduceCall } from '../src/call'
import type { AgentNow, Card } from '../src/contract'

const card = (call = 'A', offer = 1): Card => ({
  call, offer, agent: '8001', hotline: '4008000001', hotline_name: '', brand: '', group: 'vip', group_name: '',
  caller: '138****8000', caller_place: '', customer: null, customer_status: 'pending', ivr: [], waited_s: 3, offered: 100,
  ring_s: 20, nth_48h: 1, last_agent: '', direction: 'in', caller_id: '', consent: '', state: 'offered',
})
const row = (state: AgentNow['state'], call: string | null = 'A'): AgentNow => ({
  number: '8001', name: '', site: '', groups: [], state, reason: '', since: 500, until: null, phone: 'browser',
  reachable: true, call, presence: 'ready', today: { answered: 0, missed: 0, talk_s: 0 },
})
const run = (...events: [string, any, number][]) => events.reduce((desk, [ev, data, ts]) => reduceCall(desk, ev, data, ts), noCall())

describe('a call on the desk', () => {
  it('rings, is answered, held, taken back and wrapped up', () => {
    const steps: [string, any, number][] = [
      ['call.offered', card(), 100], ['call.ringing', { call: 'A', offer: 1 }, 110], ['call.answered', { call: 'A', offer: 1 }, 200],
      ['call.held', { call: 'A' }, 300], ['call.retrieved', { call: 'A' }, 400], ['call.ended', { call: 'A', by: 'caller' }, 500],
      ['call.wrapup', { call: 'A', seconds: 15 }, 510],
    ]
    const phases = steps.map((_, i) => run(...steps.slice(0, i + 1)).phase)
    expect(phases).toEqual(['offered', 'ringing', 'talking', 'held', 'talking', 'wrapup', 'wrapup'])
    expect(run(...steps)).toMatchObject({ talkSince: 200, wrapSince: 510, wrapUntil: 15_510 })
  })

  it('tells of a missed call and clears the card', () => {
    const desk = run(['call.offered', card(), 1], ['call.missed', { call: 'A', reason: 'timeout' }, 2])
    expect(desk).toMatchObject({ phase: 'none', card: null, missed: { call: 'A', reason: 'timeout', caller: '138****8000' } })
    expect(run(['call.offered', card(), 1], ['call.cancelled', { call: 'A', offer: 1 }, 2]).phase).toBe('none')
  })

  it('ignores what is said of another call', () => {
    const desk = run(['call.offered', card(), 1])
    expect(reduceCall(desk, 'call.answered', { call: 'Z' }, 2)).toBe(desk)
    expect(reduceCall(desk, 'no.such', {}, 2)).toBe(desk)
    expect(reduceCall(noCall(), 'call.ended', { call: 'A' }, 2).phase).toBe('none')
  })

  it('does not cancel a talk by a late cancel or miss', () => {
    const talking = run(['call.offered', card(), 1], ['call.answered', { call: 'A' }, 2])
    expect(reduceCall(talking, 'call.cancelled', { call: 'A', offer: 1 }, 3).phase).toBe('talking')
    expect(reduceCall(talking, 'call.missed', { call: 'A', reason: 'timeout' }, 3).phase).toBe('talking')
  })

  it('takes a late customer into the card', () => {
    const customer = { id: '1', name: '王女士', level: '', tags: [], fields: {}, url: '' }
    const desk = run(['call.offered', card(), 1], ['pop.updated', { ...card(), customer, customer_status: 'found' }, 2])
    expect(desk.card?.customer?.name).toBe('王女士')
    expect(desk.phase).toBe('offered')
  })

  it('is healed by the own row when events were lost', () => {
    const desk = run(['call.offered', card(), 1])
    expect(reconcile(desk, row('talking'))).toMatchObject({ phase: 'talking', talkSince: 500 })
    expect(reconcile(desk, row('ready', null)).card).toBeNull()
    expect(reconcile(desk, row('talking', 'OTHER'))).toBe(desk)
  })

  it('is taken up again by a page that was reloaded', () => {
    expect(adopt(card(), row('holding'))).toMatchObject({ phase: 'held', heldSince: 500 })
    expect(adopt(card(), { ...row('wrapping'), until: 900 })).toMatchObject({ phase: 'wrapup', wrapUntil: 900 })
  })

  it('follows a call out until it is answered or nobody was reached', () => {
    const out = { ...card(), direction: 'out' as const }
    const began: [string, any, number][] = [['call.dialling', out, 1], ['call.dial_began', { call: 'A' }, 2], ['call.far_ringing', { call: 'A' }, 3]]
    expect(run(...began)).toMatchObject({ phase: 'dialling', dialled: 'rings' })
    expect(run(...began, ['call.far_answered', { call: 'A' }, 4])).toMatchObject({ phase: 'talking', talkSince: 4 })
    expect(run(...began, ['call.not_reached', { call: 'A', why: 'busy' }, 5])).toMatchObject({ phase: 'none', notReached: { why: 'busy', ts: 5 } })
    expect(reduceCall(noCall(), 'call.not_reached', { call: 'B' }, 2).notReached).toBeNull()
  })
})
