// What may be edited of agents, groups and hotlines: tables that the one editor draws.

export type FieldKind = 'text' | 'number' | 'tick' | 'choice' | 'many' | 'list'
export interface Field {
  name: string
  kind: FieldKind
  /** Where choices come from: a list of the firm's configuration. */
  from?: 'groups' | 'sites' | 'brands' | 'flows' | 'calendars' | 'languages'
  /** Only given when the entry is new. */
  key?: boolean
  unit?: 's'
  min?: number
  max?: number
  needed?: boolean
  hidden?: boolean
}
export interface Section { path: string; key: string; add: boolean; drop: boolean; fields: Field[]; fresh: Record<string, unknown> }

export const SECTIONS: Record<string, Section> = {
  agents: {
    path: '/admin/agents', key: 'number', add: true, drop: true,
    fresh: { number: '', name: '', site: '', groups: [], mobile: '' },
    fields: [
      { name: 'number', kind: 'text', key: true, needed: true },
      { name: 'name', kind: 'text', needed: true },
      { name: 'site', kind: 'choice', from: 'sites', needed: true },
      { name: 'groups', kind: 'many', from: 'groups', needed: true },
      { name: 'mobile', kind: 'text' },
    ],
  },
  groups: {
    path: '/admin/groups', key: 'id', add: true, drop: true,
    fresh: { id: '', name: '', ring_s: 20, wrap_s: 15, service_level_s: 20, announce_s: 15, priority: 5, survey: true },
    fields: [
      { name: 'id', kind: 'text', key: true, needed: true },
      { name: 'name', kind: 'text', needed: true },
      { name: 'ring_s', kind: 'number', unit: 's', min: 5, max: 120 },
      { name: 'wrap_s', kind: 'number', unit: 's', min: 0, max: 3600 },
      { name: 'service_level_s', kind: 'number', unit: 's', min: 1, max: 3600 },
      { name: 'announce_s', kind: 'number', unit: 's', min: 0, max: 600 },
      { name: 'priority', kind: 'number', min: 1, max: 10 },
      { name: 'survey', kind: 'tick' },
    ],
  },
  hotlines: {
    path: '/admin/hotlines', key: 'number', add: false, drop: false, fresh: {},
    fields: [
      { name: 'number', kind: 'text', key: true, needed: true },
      { name: 'name', kind: 'text', needed: true },
      { name: 'brand', kind: 'choice', from: 'brands', needed: true },
      { name: 'flow', kind: 'choice', from: 'flows', needed: true },
      { name: 'calendar', kind: 'choice', from: 'calendars', needed: true },
      { name: 'language', kind: 'choice', from: 'languages', hidden: true },
      { name: 'also_called', kind: 'list', hidden: true },
      { name: 'caller_ids', kind: 'list' },
      { name: 'survey', kind: 'tick' },
      { name: 'recording', kind: 'tick' },
    ],
  },
  do_not_call: {
    path: '/admin/do-not-call', key: 'number', add: true, drop: true,
    fresh: { number: '', since: '', why: '' },
    fields: [
      { name: 'number', kind: 'text', key: true, needed: true },
      { name: 'since', kind: 'text' },
      { name: 'why', kind: 'text' },
    ],
  },
}
