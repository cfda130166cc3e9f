// The life of the call on one agent's desk: offered or dialled, talking, held, wrap-up. Pure.
import type { AgentNow, Card } from './contract'

export type Phase = 'none' | 'offered' | 'ringing' | 'dialling' | 'talking' | 'held' | 'wrapup'

export interface Missed { call: string; reason: string; ts: number; caller: string }

/** How far a call out is: the own phone rings, the other side is dialled, it rings there. */
export type Dialled = 'own' | 'dialled' | 'rings'
/** A call that rang here and elsewhere, and that somebody else answered. */
export interface Taken { call: string; by: string; ts: number; caller: string }
export interface NotReached { call: string; why: string; ts: number; to: string }

export interface DeskCall {
  phase: Phase
  card: Card | null
  talkSince: number
  heldSince: number
  wrapUntil: number | null
  wrapSince: number
  missed: Missed | null
  taken: Taken | null
  dialled: Dialled
  notReached: NotReached | null
}

/** No call on the desk. */
export function noCall(): DeskCall {
  return {
    phase: 'none', card: null, talkSince: 0, heldSince: 0, wrapUntil: null, wrapSince: 0, missed: null, taken: null,
    dialled: 'own', notReached: null,
  }
}

type Move = (desk: DeskCall, data: any, ts: number) => DeskCall

const mine = (desk: DeskCall, data: any) => desk.card !== null && desk.card.call === data.call
const dials = (desk: DeskCall, data: any) => mine(desk, data) && desk.phase === 'dialling'
const waits = (desk: DeskCall) => desk.phase === 'offered' || desk.phase === 'ringing'

const MOVES: Record<string, Move> = {
  'call.offered': (_desk, card: Card) => ({ ...noCall(), phase: 'offered', card }),
  'call.ringing': (desk, data) =>
    mine(desk, data) && desk.phase === 'offered' ? { ...desk, phase: 'ringing' } : desk,
  'call.cancelled': (desk, data, ts) => {
    if (!mine(desk, data) || !waits(desk)) return desk
    const by = data.by_name || data.by
    return by ? { ...noCall(), taken: { call: data.call, by, ts, caller: desk.card!.caller } } : noCall()
  },
  'call.missed': (desk, data, ts) =>
    mine(desk, data) && waits(desk)
      ? { ...noCall(), missed: { call: data.call, reason: data.reason, ts, caller: desk.card!.caller } }
      : desk,
  'call.answered': (desk, data, ts) =>
    mine(desk, data) && waits(desk) ? { ...desk, phase: 'talking', talkSince: ts } : desk,
  'call.held': (desk, data, ts) =>
    mine(desk, data) && (desk.phase === 'talking' || desk.phase === 'held') ? { ...desk, phase: 'held', heldSince: ts } : desk,
  'call.retrieved': (desk, data) => (mine(desk, data) ? { ...desk, phase: 'talking', heldSince: 0 } : desk),
  'call.wrapup': (desk, data, ts) =>
    mine(desk, data)
      ? { ...desk, phase: 'wrapup', wrapSince: ts, wrapUntil: data.seconds ? ts + data.seconds * 1000 : null }
      : desk,
  'call.ended': (desk, data) => {
    if (!mine(desk, data)) return desk
    return waits(desk) ? noCall() : { ...desk, phase: 'wrapup', heldSince: 0 }
  },
  'call.dialling': (_desk, card: Card) => ({ ...noCall(), phase: 'dialling', card }),
  'call.dial_began': (desk, data) => (dials(desk, data) ? { ...desk, dialled: 'dialled' } : desk),
  'call.far_ringing': (desk, data) => (dials(desk, data) ? { ...desk, dialled: 'rings' } : desk),
  'call.far_answered': (desk, data, ts) => (dials(desk, data) ? { ...desk, phase: 'talking', talkSince: ts } : desk),
  'call.not_reached': (desk, data, ts) =>
    dials(desk, data)
      ? { ...noCall(), notReached: { call: data.call, why: data.why, ts, to: desk.card!.caller } }
      : desk,
  'pop.updated': (desk, card: Card) =>
    mine(desk, card) ? { ...desk, card: { ...desk.card!, ...card } } : desk,
}

/** What the desk shows after one event that came at `ts` (server UTC ms). */
export function reduceCall(desk: DeskCall, ev: string, data: any, ts: number): DeskCall {
  return MOVES[ev]?.(desk, data, ts) ?? desk
}

const PHASE_OF: Partial<Record<AgentNow['state'], Phase>> = {
  reserved: 'offered', ringing: 'ringing', dialling: 'dialling', talking: 'talking', holding: 'held', wrapping: 'wrapup',
}

/** Heal the desk from the agent's own row: it wins over events that were lost. */
export function reconcile(desk: DeskCall, agent: AgentNow): DeskCall {
  const phase = PHASE_OF[agent.state] ?? 'none'
  if (phase === 'none') return desk.phase === 'none' ? desk : { ...noCall(), missed: desk.missed, taken: desk.taken, notReached: desk.notReached }
  if (!desk.card || (agent.call && desk.card.call !== agent.call)) return desk
  const healed = { ...desk, phase }
  if (phase === 'talking' && !desk.talkSince) healed.talkSince = agent.since
  if (phase === 'held' && !desk.heldSince) healed.heldSince = agent.since
  if (phase === 'wrapup') {
    healed.wrapSince = agent.since
    healed.wrapUntil = agent.until
  }
  return healed
}

/** The desk of a page that opened, or came back, in the middle of a call. */
export function adopt(card: Card, agent: AgentNow): DeskCall {
  const desk = { ...noCall(), card, talkSince: agent.since }
  return reconcile(desk, agent)
}
