// What the server says and takes, in types: times are UTC milliseconds unless named _s (seconds).

export type Role = 'agent' | 'supervisor' | 'manager' | 'admin'
export type AgentState =
  | 'offline' | 'ready' | 'reserved' | 'ringing' | 'talking' | 'holding' | 'wrapping' | 'break'
export type CallState = 'ivr' | 'waiting' | 'offered' | 'ringing' | 'talking' | 'held' | 'after'
export type PhoneKind = 'browser' | 'phone'

export interface Me {
  id: number | string
  login: string
  name: string
  role: Role
  agent: string | null
  language: string
  csrf: string
  must_change: boolean
  permissions: string[]
}

export interface Named { id: string; name: string }
export interface HotlineRef { number: string; name: string; brand: string }
export interface AgentRef { number: string; name: string; site: string; groups: string[] }
export interface BreakReason { id: string; zh: string; en: string; max_minutes?: number }

export interface Meta {
  firm: string | { name: string }
  hotlines: HotlineRef[]
  groups: Named[]
  agents: AgentRef[]
  sites: Named[]
  brands: Named[]
  break_reasons: BreakReason[]
  decline_reasons: Named[]
  summary: { categories: Named[]; results: Named[] }
  version: number
  secure: boolean
}

export interface SipLogin { username: string; password: string; domain: string; ws: string }
export interface Shift { phone: PhoneKind; sip: SipLogin | null }

export interface GroupNow {
  id: string
  name: string
  waiting: number
  longest_since: number | null
  ready: number
  ringing: number
  talking: number
  wrapping: number
  on_break: number
  signed_in: number
  today: { entered: number; answered: number; abandoned: number; within: number }
}

export interface AgentNow {
  number: string
  name: string
  site: string
  groups: string[]
  state: AgentState
  reason: string
  since: number
  until: number | null
  phone: PhoneKind | ''
  reachable: boolean
  call: string | null
  presence: 'ready' | 'break' | 'offline'
  today: { answered: number; missed: number; talk_s: number }
}

export interface CallNow {
  call: string
  hotline: string
  hotline_name: string
  brand: string
  caller: string
  state: CallState
  group: string | null
  agent: string | null
  since: number
  entered: number | null
  place: number | null
  intent: string
}

export interface PbxNow { up: boolean; since: number }
export interface Board { pbx: PbxNow; groups: GroupNow[]; agents: AgentNow[]; calls: CallNow[] }
export interface Delta {
  agents?: AgentNow[]
  calls?: CallNow[]
  gone?: string[]
  groups?: GroupNow[]
  pbx?: PbxNow
}

export interface Customer {
  id: string
  name: string
  level: string
  tags: string[]
  fields: Record<string, unknown>
  url: string
}
export type CustomerStatus = 'found' | 'unknown' | 'slow' | 'down' | 'off' | 'pending'

export interface Card {
  call: string
  offer: number
  agent: string
  hotline: string
  hotline_name: string
  brand: string
  group: string
  group_name: string
  caller: string
  caller_place: string
  customer: Customer | null
  customer_status: CustomerStatus
  ivr: { node: string; digits: string; meant: string }[]
  waited_s: number
  offered: number
  ring_s: number
  nth_48h: number
  last_agent: string
  state: string
}

export interface LiveMessage { ev: string; seq: number; ts: number; data: any; agent?: string }

export interface Today {
  answered: number
  missed: number
  talk_s: number
  wrap_s: number
  avg_talk_s: number | null
  csat: number | null
  followups: number
}

export interface CallRow {
  call: string
  started: number
  hotline: string
  hotline_name: string
  caller: string
  called: string
  outcome: string
  group: string | null
  agent: string | null
  agent_name: string
  ivr_s: number
  wait_s: number
  ring_s: number
  talk_s: number
  hold_s: number
  wrap_s: number
  total_s: number
  by: string
  cause: string
  intent: string
  score: number | null
  has_recording: boolean
  has_message: boolean
  summary_category: string | null
}
export interface CallPage { rows: CallRow[]; next: string | null; total: number }

export interface Segment {
  n: number
  kind: string
  started: number
  ended: number | null
  ms: number
  group: string | null
  agent: string | null
  node: string | null
  keys: string | null
  result: string | null
  by: string | null
}
export interface CallDetail {
  call: CallRow
  segments: Segment[]
  recording: Record<string, unknown> | null
  survey: Record<string, unknown> | null
  summary: { category: string; result: string; note: string; [key: string]: unknown } | null
}
export interface Peaks { seconds: number; caller: number[]; agent: number[] }

export interface ReportColumn { id: string; zh: string; en: string; unit: string }
export interface Report {
  kind: string
  from: string | number
  to: string | number
  by: string
  formula: Record<string, string>
  columns: ReportColumn[]
  total?: Record<string, string | number | null>
  rows: Record<string, string | number | null>[]
}

export interface TestCaller { sip: SipLogin; hotlines: HotlineRef[] }
