// What the server says and takes, in types: times are UTC milliseconds unless named _s (seconds).
// REST shapes come from the server's own openapi.json; what the live socket says is written here.
import type { components } from './api.d'

type Schemas = components['schemas']

export type Role = 'agent' | 'qa' | 'auditor' | 'supervisor' | 'manager' | 'admin'
export type AgentState =
  | 'offline' | 'ready' | 'unreachable' | 'reserved' | 'ringing' | 'talking' | 'holding' | 'wrapping' | 'dialling' | 'break'
export type CallState = 'ivr' | 'waiting' | 'offered' | 'ringing' | 'talking' | 'held' | 'after' | 'dialling'
export type PhoneKind = 'browser' | 'phone' | 'mobile'

export type Me = Omit<Schemas['Me'], 'role'> & { role: Role }

export type ApiKey = Schemas['KeyRow']
export type Remit = { groups: string[]; hotlines: string[]; sites: string[] }

export type Named = Schemas['Named']
export type Words = Schemas['Words']

export type Meta = Schemas['Meta']

export type SipLogin = Schemas['SipLogin']
export type DeskPhone = Schemas['DeskPhone']
export type Shift = Omit<Schemas['ShiftBegun'], 'phone'> & { phone: PhoneKind; way?: 'direct' | 'relay' }

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
  priority: number
  callback?: boolean
}

export type Waits = Schemas['Waits']

export interface PbxNow { up: boolean; since: number; draining?: boolean }
export type Incident = Schemas['Incident']
export type DaySeen = Schemas['DaySeen']
export type DaysSeen = Schemas['DaysSeen']
export type Probed = Schemas['Probed']
export type SwitchNow = Schemas['SwitchNow']
export type TrunkNow = Schemas['TrunkNow']
export interface Board { pbx: PbxNow; groups: GroupNow[]; agents: AgentNow[]; calls: CallNow[]; incidents?: Incident[]; switches?: SwitchNow[]; trunks?: TrunkNow[] }
export interface Delta {
  agents?: AgentNow[]
  calls?: CallNow[]
  gone?: string[]
  groups?: GroupNow[]
  pbx?: PbxNow
  incidents?: Incident[]
  switches?: SwitchNow[]
  trunks?: TrunkNow[]
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
  direction: 'in' | 'out'
  caller_id: string
  consent: string
  state: string
}

export interface LiveMessage { ev: string; seq: number; ts: number; data: any; agent?: string }

export type Today = Schemas['Today']

export type CallRow = Schemas['CallRow']
export type CallPage = Schemas['CallPage']

export type Segment = Schemas['Segment']
export type CallDetail = Schemas['CallDetail']
export type Signalling = Schemas['Signalling']
export interface Peaks { seconds: number; caller: number[]; agent: number[] }

export type ReportColumn = Schemas['ReportColumn']
export type Cell = string | number | null
export type Report = Omit<Schemas['ReportData'], 'rows' | 'total'> & { rows: Record<string, Cell>[]; total?: Record<string, Cell> }

export type Tongue = 'zh' | 'en'
export type Prompts = Schemas['PromptList']
export type PromptRow = Schemas['PromptRow']
export type Voiced = Schemas['Voiced']
export type TakeRow = Schemas['TakeRow']
export type LongTake = Schemas['LongTake']
export type MessagePage = Schemas['MessagePage']
export type MessageRow = Schemas['MessageRow']
export type TestCaller = Schemas['TestCaller']
