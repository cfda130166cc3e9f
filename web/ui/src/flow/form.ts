// A node's form from the JSON Schema of its kind: which control each field has.
import type { NodeKind } from './flow'

export type Control = 'prompts' | 'name' | 'choice' | 'tick' | 'number' | 'words' | 'map' | 'rows' | 'parts' | 'list' | 'raw'
export interface Slot { name: string; control: Control; role: string; from: string[]; required: boolean; preset: unknown; inner: Slot[]; short: boolean; least?: number; most?: number; step?: string }
type Schema = Record<string, any>

const flat = (schema: Schema, all: Schema): Schema => {
  const some = (schema.anyOf ?? schema.allOf ?? []).find((s: Schema) => s.type !== 'null')
  const ref = schema.$ref ?? some?.$ref
  const found = ref ? all.$defs?.[ref.split('/').at(-1)!] ?? {} : some ?? schema
  return { ...found, default: schema.default, title: schema.title }
}

function control(schema: Schema, role: string, all: Schema): Control {
  if (schema.enum) return 'choice'
  if (schema.type === 'boolean') return 'tick'
  if (schema.type === 'integer' || schema.type === 'number') return 'number'
  if (schema.type === 'string') return role && role !== 'prompt' ? 'name' : role === 'prompt' ? 'prompts' : 'words'
  if (schema.type === 'array') {
    const items = flat(schema.items ?? {}, all)
    if (items.type === 'string') return role === 'prompt' ? 'prompts' : 'list'
    if (items.properties) return items.required?.length ? 'rows' : 'parts'
  }
  if (schema.type === 'object') {
    const value = schema.additionalProperties ?? Object.values(schema.patternProperties ?? {})[0]
    if (value && typeof value === 'object' && flat(value, all).type === 'string') return 'map'
  }
  return 'raw'
}

function slot(name: string, schema: Schema, all: Schema, kind: NodeKind, path: string, required: boolean): Slot {
  const whole = flat(schema, all)
  const role = kind.roles[path] ?? (name === 'agent' ? 'agent' : '')
  const items = whole.type === 'array' ? flat(whole.items ?? {}, all) : {}
  const value = whole.additionalProperties ?? Object.values(whole.patternProperties ?? {})[0] ?? {}
  const inner = Object.entries(items.properties ?? {}).map(([key, part]) => slot(key, part as Schema, all, kind, `${path}.${key}`, items.required?.includes(key) ?? false))
  return {
    name, control: control(whole, role, all), role, from: whole.enum ?? flat(value, all).enum ?? [], required, preset: schema.default, inner,
    short: ['number', 'tick'].includes(control(whole, role, all)) || /^\^?\[[^\]]*\]\??\$?$/.test(whole.pattern ?? ''),
    least: whole.minimum, most: whole.maximum, step: whole.type === 'number' ? 'any' : '1',
  }
}

/** The fields of a kind, in the order people write them; what keys mean stands beside the keys. */
export function slotsOf(kind: NodeKind): Slot[] {
  const schema = kind.fields as Schema
  const properties = Object.entries(schema.properties ?? {}) as [string, Schema][]
  const beside = kind.roles.keys === 'node'
  return properties
    .filter(([name]) => name !== 'kind' && !(beside && name === 'labels'))
    .map(([name, part]) => slot(name, part, schema, kind, name, schema.required?.includes(name) ?? false))
}

/** What is written, as a list; one name alone needs none. */
export const listed = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : value === null || value === undefined || value === '' ? [] : [String(value)])

/** Whether a word of YAML means yes. */
export const truth = (value: unknown): boolean => ['true', 'yes', 'on', '1'].includes(String(value).toLowerCase())
