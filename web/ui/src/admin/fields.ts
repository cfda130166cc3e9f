// What may be edited of the configuration's lists: tables that the one editor draws.

export type FieldKind = 'text' | 'number' | 'tick' | 'choice' | 'many' | 'list' | 'levels' | 'words' | 'rows' | 'part' | 'lines'
export interface Field {
  name: string
  kind: FieldKind
  /** Its text, where another field of the same name says something else. */
  label?: string
  /** Where choices come from: a list of the firm's configuration. */
  from?: 'groups' | 'sites' | 'brands' | 'flows' | 'calendars' | 'languages' | 'skills' | 'strategies' | 'turned_away' | 'metrics' | 'receivers' | 'kinds'
  /** Only given when the entry is new. */
  key?: boolean
  unit?: 's'
  /** Fractions may be given. */
  fraction?: boolean
  min?: number
  max?: number
  needed?: boolean
  hidden?: boolean
  /** Stands under "more" in the form. */
  more?: boolean
  hint?: boolean
  /** The columns of `rows` or of a `part` that may be absent, and what a new one holds. */
  columns?: Field[]
  fresh?: Record<string, unknown>
}
export interface Section { path: string; key: string; add: boolean; drop: boolean; fields: Field[]; fresh: Record<string, unknown> }

const id: Field = { name: 'id', kind: 'text', key: true, needed: true }
const named: Field = { name: 'name', kind: 'words', needed: true }
const number: Field = { name: 'number', kind: 'text', key: true, needed: true }
const why: Field = { name: 'why', kind: 'text' }

export const SECTIONS: Record<string, Section> = {
  agents: {
    path: '/admin/agents', key: 'number', add: true, drop: true,
    fresh: { number: '', name: '', site: '', groups: [], mobile: '', skills: {}, helps: [] },
    fields: [
      number,
      { name: 'name', kind: 'text', needed: true },
      { name: 'site', kind: 'choice', from: 'sites', needed: true },
      { name: 'groups', kind: 'levels', from: 'groups', needed: true },
      { name: 'skills', kind: 'levels', from: 'skills' },
      { name: 'mobile', kind: 'text' },
      {
        name: 'helps', kind: 'rows', hidden: true, more: true, fresh: { group: '', level: 5, until: '' },
        columns: [{ name: 'group', kind: 'choice', from: 'groups' }, { name: 'level', kind: 'number', min: 1, max: 9 }, { name: 'until', kind: 'text', hint: true }],
      },
    ],
  },
  groups: {
    path: '/admin/groups', key: 'id', add: true, drop: true,
    fresh: {
      id: '', name: '', strategy: 'longest_idle', ring_s: 20, wrap_s: 15, service_level_s: 20, announce_s: 15, priority: 5, survey: true,
      needs: '', steps: [], sticky_s: 0, sticky_days: 30, misses: 2, decline_s: 60, wrap_until_done: false, announce_wait: true, redial_min: 5,
      callback: false, callback_tries: 3, callback_retry_min: 5, callback_hours: 24, tips: [], tip_s: 60, max_length: 0, max_wait_s: 0, ring_several: 0, greet: true, whisper: true, auto_answer: false,
    },
    fields: [
      id,
      { name: 'name', kind: 'text', needed: true },
      { name: 'strategy', kind: 'choice', from: 'strategies', needed: true },
      { name: 'ring_s', kind: 'number', unit: 's', min: 5, max: 120 },
      { name: 'wrap_s', kind: 'number', unit: 's', min: 0, max: 3600 },
      { name: 'service_level_s', kind: 'number', unit: 's', min: 1, max: 3600 },
      { name: 'announce_s', kind: 'number', unit: 's', min: 0, max: 600, hidden: true },
      { name: 'priority', kind: 'number', min: 1, max: 10 },
      { name: 'needs', kind: 'text', hint: true },
      {
        name: 'steps', kind: 'rows', hidden: true, fresh: { after_s: 30, needs: '', also: [] },
        columns: [{ name: 'after_s', kind: 'number', min: 1, max: 7200 }, { name: 'needs', kind: 'text' }, { name: 'also', kind: 'many', from: 'groups' }],
      },
      { name: 'announce_wait', kind: 'tick', hidden: true, more: true },
      { name: 'redial_min', kind: 'number', min: 0, max: 60, hidden: true, more: true },
      { name: 'ring_several', kind: 'number', min: 0, max: 10, hidden: true, more: true },
      { name: 'greet', kind: 'tick', hidden: true, more: true },
      { name: 'whisper', kind: 'tick', hidden: true, more: true },
      { name: 'callback', kind: 'tick', hidden: true, more: true },
      { name: 'callback_tries', kind: 'number', min: 1, max: 10, hidden: true, more: true },
      { name: 'callback_retry_min', kind: 'number', min: 1, max: 240, hidden: true, more: true },
      { name: 'callback_hours', kind: 'number', min: 1, max: 48, hidden: true, more: true },
      { name: 'tips', kind: 'list', hidden: true, more: true },
      { name: 'tip_s', kind: 'number', unit: 's', min: 15, max: 3600, hidden: true, more: true },
      { name: 'max_length', kind: 'number', min: 0, max: 10000, hidden: true, more: true },
      { name: 'max_wait_s', kind: 'number', unit: 's', min: 0, max: 14400, hidden: true, more: true },
      { name: 'auto_answer', kind: 'tick', hidden: true, more: true },
      { name: 'sticky_s', kind: 'number', unit: 's', min: 0, max: 600, hidden: true, more: true },
      { name: 'sticky_days', kind: 'number', min: 1, max: 365, hidden: true, more: true },
      { name: 'misses', kind: 'number', min: 1, max: 10, hidden: true, more: true },
      { name: 'decline_s', kind: 'number', unit: 's', min: 0, max: 3600, hidden: true, more: true },
      { name: 'wrap_until_done', kind: 'tick', hidden: true, more: true },
      { name: 'survey', kind: 'tick' },
    ],
  },
  hotlines: {
    path: '/admin/hotlines', key: 'number', add: false, drop: false, fresh: {},
    fields: [
      number,
      { name: 'name', kind: 'text', needed: true },
      { name: 'brand', kind: 'choice', from: 'brands', needed: true },
      { name: 'flow', kind: 'choice', from: 'flows', needed: true },
      { name: 'calendar', kind: 'choice', from: 'calendars', needed: true },
      { name: 'language', kind: 'choice', from: 'languages', hidden: true },
      { name: 'also_called', kind: 'list', hidden: true },
      { name: 'caller_ids', kind: 'list' },
      { name: 'head_start_s', kind: 'number', unit: 's', min: 0, max: 3600, hidden: true },
      {
        name: 'canary', kind: 'part', hidden: true, fresh: { flow: '', percent: 10, numbers: [] },
        columns: [{ name: 'flow', kind: 'choice', from: 'flows', needed: true }, { name: 'percent', kind: 'number', min: 0, max: 100 }, { name: 'numbers', kind: 'list' }],
      },
      { name: 'survey', kind: 'tick' },
      { name: 'recording', kind: 'tick' },
    ],
  },
  skills: { path: '/admin/skills', key: 'id', add: true, drop: true, fresh: { id: '', name: { zh: '', en: '' } }, fields: [id, named] },
  break_reasons: {
    path: '/admin/break-reasons', key: 'id', add: true, drop: true,
    fresh: { id: '', name: { zh: '', en: '' }, max_minutes: 15, quota: 0 },
    fields: [id, named, { name: 'max_minutes', kind: 'number', min: 1, max: 1440 }, { name: 'quota', kind: 'number', min: 0, max: 1000 }],
  },
  decline_reasons: { path: '/admin/decline-reasons', key: 'id', add: true, drop: true, fresh: { id: '', name: { zh: '', en: '' } }, fields: [id, named] },
  vip: {
    path: '/admin/vip', key: 'number', add: true, drop: true, fresh: { number: '', level: 1, why: '' },
    fields: [number, { name: 'level', kind: 'number', min: 1, max: 9 }, why],
  },
  blacklist: {
    path: '/admin/blacklist', key: 'number', add: true, drop: true, fresh: { number: '', do: 'reject', since: '', why: '' },
    fields: [number, { name: 'do', kind: 'choice', from: 'turned_away', needed: true }, { name: 'since', kind: 'text' }, why],
  },
  alarms: {
    path: '/admin/alarms', key: 'id', add: true, drop: true,
    fresh: { id: '', name: { zh: '', en: '' }, metric: 'longest_wait', about: '', limit: 60, for_s: 60, calm_s: 60, receivers: [], escalate: [], escalate_min: 15, quiet: [], timezone: 'Asia/Shanghai', enabled: true },
    fields: [
      { ...id, hidden: true }, named,
      { name: 'metric', kind: 'choice', from: 'metrics', needed: true },
      { name: 'about', kind: 'text', hidden: true, hint: true },
      { name: 'limit', kind: 'number', min: 0, max: 1000000, fraction: true },
      { name: 'for_s', kind: 'number', unit: 's', min: 0, max: 86400 },
      { name: 'receivers', kind: 'many', from: 'receivers' },
      { name: 'escalate', kind: 'many', from: 'receivers' },
      { name: 'escalate_min', kind: 'number', min: 1, max: 1440, hidden: true },
      {
        name: 'quiet', kind: 'rows', hidden: true, more: true, fresh: { from: '22:00', to: '07:00' },
        columns: [{ name: 'from', kind: 'text', needed: true }, { name: 'to', kind: 'text', needed: true }],
      },
      { name: 'calm_s', kind: 'number', unit: 's', min: 10, max: 3600, hidden: true, more: true },
      { name: 'timezone', kind: 'text', needed: true, hidden: true, more: true },
      { name: 'enabled', kind: 'tick' },
    ],
  },
  receivers: {
    path: '/admin/receivers', key: 'id', add: true, drop: true,
    fresh: { id: '', name: '', kind: 'mail', language: 'zh', to: [], url: '', secret_ref: '', sign_ref: '', headers: [], body: '', expect: '', enabled: true },
    fields: [
      id,
      { name: 'name', kind: 'text', needed: true },
      { name: 'kind', kind: 'choice', from: 'kinds', needed: true },
      { name: 'language', kind: 'choice', from: 'languages', hidden: true },
      { name: 'to', label: 'recipients', kind: 'list' },
      { name: 'secret_ref', kind: 'text', hint: true },
      { name: 'url', kind: 'text', hidden: true, hint: true },
      { name: 'sign_ref', kind: 'text', hidden: true, more: true, hint: true },
      { name: 'headers', kind: 'lines', hidden: true, more: true, hint: true },
      { name: 'body', kind: 'text', hidden: true, more: true, hint: true },
      { name: 'expect', kind: 'text', hidden: true, more: true },
      { name: 'enabled', kind: 'tick' },
    ],
  },
  do_not_call: {
    path: '/admin/do-not-call', key: 'number', add: true, drop: true,
    fresh: { number: '', since: '', why: '' },
    fields: [number, { name: 'since', kind: 'text' }, why],
  },
}
