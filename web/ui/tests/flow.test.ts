import { describe, expect, it } from 'vitest'
import type { Drawn, NodeKind } from '../src/flow/flow'
import { listed, slotsOf, truth } from '../src/flow/form'
import { joined, place } from '../src/flow/layout'
import { treeOf } from '../src/flow/tree'

const node = (name: string, kind = 'play') => ({ name, kind, line: 1, fields: {}, whole: true, person: false, prompts: [] })
const edge = (node: string, label: string, to: string, key = false) => ({ node, label, to, key, meaning: '' })
const drawn = {
  text: '', title: '', start: 'a', values: {}, faults: [],
  nodes: ['a', 'b', 'c', 'alone'].map((n) => node(n)),
  edges: [edge('a', '1', 'b', true), edge('a', '2', 'c', true), edge('b', 'saved', 'c'), edge('b', 'empty', 'c'), edge('c', 'next', 'a'), edge('c', 'end', ''), edge('c', 'otherwise', 'gone')],
} as unknown as Drawn

describe('the list of a flow', () => {
  const leaves = treeOf(drawn)
  it('has each node once with its own below, again only by name', () => {
    expect(leaves.filter((l) => !l.again).map((l) => [l.node, l.depth])).toEqual([['a', 0], ['b', 1], ['c', 2], ['gone', 3], ['alone', 0]])
    expect(leaves.filter((l) => l.again).map((l) => l.node)).toEqual(['a', 'c'])
  })
  it('names what is missing and what is not reached', () => {
    expect(leaves.find((l) => l.missing)?.node).toBe('gone')
    expect(leaves.find((l) => l.loose)?.node).toBe('alone')
    expect(new Set(leaves.map((l) => l.id)).size).toBe(leaves.length)
  })
})

describe('the picture of a flow', () => {
  it('joins branches between the same two nodes', () => {
    expect(joined(drawn).find((l) => l.id === 'b>c')?.edges.map((e) => e.label)).toEqual(['saved', 'empty'])
  })
  it('places every node apart, missing ones too, and gives each line a way', () => {
    for (const way of ['TB', 'LR'] as const) {
      const { boxes, lines } = place(drawn, way, 58, () => 'x')
      expect(boxes.map((b) => b.id).sort()).toEqual(['a', 'alone', 'b', 'c', 'gone'])
      expect(new Set(boxes.map((b) => `${b.x},${b.y}`)).size).toBe(5)
      for (const line of joined(drawn)) expect(lines.get(line.id)?.path).toMatch(/^M [-\d.]+ [-\d.]+ (Q|L) /)
    }
  })
})

describe('the form of a node', () => {
  const kind = {
    kind: 'menu', roles: { keys: 'node', prompts: 'prompt', otherwise: 'node', 'cases.to': 'node' },
    fields: {
      required: ['keys', 'otherwise'],
      $defs: { Case: { properties: { if: { type: 'string' }, to: { type: 'string' } }, required: ['if', 'to'] }, Part: { properties: { prompt: { anyOf: [{ type: 'string' }, { type: 'null' }] } } } },
      properties: {
        kind: { const: 'menu', type: 'string' }, prompts: { type: 'array', items: { type: 'string' } }, keys: { type: 'object', additionalProperties: { type: 'string' } }, labels: { type: 'object', additionalProperties: { type: 'string' } },
        tries: { type: 'integer', default: 3, minimum: 1, maximum: 9 }, priority: { anyOf: [{ type: 'integer', minimum: 0 }, { type: 'null' }], default: null }, otherwise: { type: 'string' }, star: { type: 'string', pattern: '^[A-Z]?$' },
        cases: { type: 'array', items: { $ref: '#/$defs/Case' } }, parts: { type: 'array', items: { $ref: '#/$defs/Part' } }, method: { type: 'string', enum: ['GET', 'POST'] }, body: { type: 'object', additionalProperties: true },
      },
    },
  } as unknown as NodeKind
  it('has a control for each field', () => {
    const slots = Object.fromEntries(slotsOf(kind).map((s) => [s.name, s]))
    expect(Object.fromEntries(Object.values(slots).map((s) => [s.name, s.control]))).toEqual({ prompts: 'prompts', keys: 'map', tries: 'number', priority: 'number', otherwise: 'name', star: 'words', cases: 'rows', parts: 'parts', method: 'choice', body: 'raw' })
    expect([slots.otherwise.required, slots.tries.required, slots.tries.most, slots.star.short]).toEqual([true, false, 9, true])
    expect(slots.cases.inner.map((s) => [s.name, s.role])).toEqual([['if', ''], ['to', 'node']])
  })
  it('reads what YAML leaves as text', () => {
    expect([listed('a'), listed(['a', 'b']), listed(undefined)]).toEqual([['a'], ['a', 'b'], []])
    expect(['true', 'no', true, undefined].map(truth)).toEqual([true, false, true, false])
  })
})
