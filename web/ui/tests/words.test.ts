import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import flowEn from '../src/flow/text/en'
import flowZh from '../src/flow/text/zh-CN'
import en from '../src/text/en'
import zh from '../src/text/zh-CN'

type Tree = { [key: string]: string | Tree }
const flat = (tree: Tree, at = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [[at + key, value] as [string, string]] : flat(value, `${at}${key}.`)))
const chinese = new Map(flat({ ...zh, ...flowZh } as Tree))
const english = new Map(flat({ ...en, ...flowEn } as Tree))

const src = join(import.meta.dirname, '../src')
const files = readdirSync(src, { recursive: true }).map(String)
const vue = files.filter((name) => name.endsWith('.vue'))
const sources = files.filter((name) => /\.(vue|ts)$/.test(name) && !name.startsWith('text'))
const read = (name: string) => readFileSync(join(src, name), 'utf8')
const HAN = /\p{Script=Han}/u
const slots = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()

describe('the words of the pages', () => {
  it('are the same keys in both languages', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  })

  it('carry the same values in both languages, none empty', () => {
    for (const [key, text] of chinese) {
      expect(text.trim(), key).not.toBe('')
      expect(slots(english.get(key)!), key).toEqual(slots(text))
    }
  })

  it('are English in the English list', () => {
    const own = ['language.zh', 'nav.other']
    expect([...english].filter(([key, text]) => HAN.test(text) && !own.includes(key))).toEqual([])
  })

  it('stand in the lists and not in the pages', () => {
    const html = (text: string) => text.slice(text.indexOf('<template'))
    expect(vue.filter((name) => HAN.test(html(read(name))))).toEqual([])
  })

  it('exist for every key that a page names', () => {
    const named = sources.flatMap((name) => [...read(name).matchAll(/(?:\$t|\bt)\('([\w.-]+)'/g)].map((m) => m[1]))
    expect(named.length).toBeGreaterThan(150)
    expect([...new Set(named)].filter((key) => !chinese.has(key))).toEqual([])
  })

  it('have a word for each state, phase and outcome', () => {
    const keys = [
      ...['offline', 'ready', 'reserved', 'ringing', 'talking', 'holding', 'wrapping', 'break'].map((k) => `state.${k}`),
      ...['ivr', 'waiting', 'offered', 'ringing', 'talking', 'held', 'after'].map((k) => `callstate.${k}`),
      ...['answered', 'abandoned_ivr', 'abandoned_queue', 'abandoned_ring', 'closed', 'nobody', 'voicemail', 'overflowed', 'contained', 'blocked', 'fallback', 'lost'].map((k) => `outcome.${k}`),
      ...['stale', 'engine', 'pbx', 'phone', 'refused'].map((k) => `banner.${k}`),
      ...['insecure', 'none', 'denied', 'busy'].map((k) => `shift.fault.${k}`),
    ]
    expect(keys.filter((key) => !chinese.has(key))).toEqual([])
  })
})
