// One flow on the bench: its text is the truth, everything drawn comes from the server's reading.
import { computed, markRaw, ref, watch } from 'vue'
import { api } from '../api'
import type { components } from '../api.d'
import { complain, language, said, word } from '../words'

type Schemas = components['schemas']
export type Drawn = Schemas['Drawn']
export type FlowNode = Schemas['FlowNode']
export type FlowEdge = Schemas['FlowEdge']
export type Fault = Schemas['FlowFault']
export type Kinds = Schemas['FlowKinds']
export type NodeKind = Schemas['NodeKind']
export type NamedText = Schemas['NamedText']
export type Seen = Schemas['FlowSeen']
export interface Counts { nodes: Record<string, { hits: number; hangups: number; avg_s: number | null }>; edges: Record<string, number> }
export interface Change { do: 'set' | 'add' | 'rename' | 'drop'; node?: string; to?: string; fields?: Record<string, unknown> }
export type Bench = ReturnType<typeof openBench>

const TYPING_MS = 350
const kept = (name: string) => `yingda.flow.${name}`

/** Put a flow on the bench: load it, edit its text, undo, publish. */
export function openBench(name: string) {
  const drawn = ref<Drawn | null>(null)
  const kinds = ref<Kinds | null>(null)
  const counts = ref<Counts | null>(null)
  const published = ref('')
  const version = ref(0)
  const mayEdit = ref(false)
  const hotlines = ref<string[]>([])
  const text = ref('')
  const chosen = ref('')
  const lit = ref<string[]>([])
  const restored = ref(false)
  const past = ref<string[]>([])
  const future = ref<string[]>([])
  let asked = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const dirty = computed(() => text.value !== published.value)
  const errors = computed(() => drawn.value?.faults.filter((f) => !f.advice) ?? [])
  const advice = computed(() => drawn.value?.faults.filter((f) => f.advice) ?? [])
  const nodes = computed(() => new Map(drawn.value?.nodes.map((n) => [n.name, n]) ?? []))
  const node = computed(() => nodes.value.get(chosen.value))
  const prompts = computed(() => new Map(kinds.value?.prompts.map((p) => [p.name, p]) ?? []))

  async function load(): Promise<void> {
    const [seen, all] = await Promise.all([api.get<Seen>(`/flows/${name}`), api.get<Kinds>('/flows/kinds')])
    kinds.value = all
    published.value = seen.drawn.text
    version.value = seen.version
    mayEdit.value = seen.may_edit
    hotlines.value = seen.hotlines
    past.value = []
    future.value = []
    take(seen.drawn)
    if (!nodes.value.has(chosen.value)) chosen.value = seen.drawn.start
    api.get<Counts>(`/flows/${name}/counts`).then((found) => (counts.value = found)).catch(() => null)
  }

  /** After a reload of the page: take up what was not published. */
  async function restore(): Promise<void> {
    const draft = JSON.parse(sessionStorage.getItem(kept(name)) ?? 'null') as { text: string; base: number } | null
    if (!mayEdit.value || !draft || draft.text === published.value) return
    version.value = draft.base
    restored.value = true
    await write(draft.text)
  }

  function take(found: Drawn): void {
    drawn.value = found
    text.value = found.text
  }

  function remember(): void {
    past.value = [...past.value.slice(-99), text.value]
    future.value = []
  }

  /** Read a text anew; the newest question counts. */
  async function check(wanted: string): Promise<void> {
    const mine = ++asked
    try {
      const found = await api.post<Drawn>('/flows/check', { name, text: wanted })
      if (mine === asked && text.value === wanted) drawn.value = found
    } catch (error) {
      complain(error)
    }
  }

  /** Take over a whole text at once. */
  async function write(wanted: string): Promise<void> {
    if (wanted === text.value) return
    remember()
    text.value = wanted
    await check(wanted)
  }

  /** Somebody types: what stood before the first letter is one step of undo. */
  function type(wanted: string): void {
    if (!timer) remember()
    clearTimeout(timer)
    text.value = wanted
    timer = setTimeout(() => {
      timer = undefined
      void check(text.value)
    }, TYPING_MS)
  }

  /** Have the server change one thing of the text. */
  async function change(wish: Change): Promise<boolean> {
    try {
      const before = text.value
      const found = await api.post<Drawn>('/flows/rewrite', { name, text: before, ...wish })
      asked++
      if (found.text !== before) remember()
      take(found)
      return true
    } catch (error) {
      complain(error)
      return false
    }
  }

  function step(from: typeof past, to: typeof past): void {
    const wanted = from.value.at(-1)
    if (wanted === undefined) return
    from.value = from.value.slice(0, -1)
    to.value = [...to.value, text.value]
    text.value = wanted
    void check(wanted)
  }

  async function discard(): Promise<void> {
    restored.value = false
    sessionStorage.removeItem(kept(name))
    await load()
  }

  watch(text, () => {
    if (dirty.value && mayEdit.value) sessionStorage.setItem(kept(name), JSON.stringify({ text: text.value, base: version.value }))
    else sessionStorage.removeItem(kept(name))
  })

  return markRaw({
    name, drawn, kinds, counts, published, version, mayEdit, hotlines, text, chosen, lit, restored, past, future,
    dirty, errors, advice, nodes, node, prompts, load, restore, write, type, change, discard,
    undo: () => step(past, future), redo: () => step(future, past),
  })
}

/** What a prompt says, in the language of the page where it is known. */
export function promptText(bench: Bench, name: string): string {
  const found = bench.prompts.value.get(name)
  if (!found) return ''
  return said({ zh: found.zh || found.en, en: found.en || found.zh })
}

/** The first words that a node says. */
export function firstWords(bench: Bench, node: FlowNode): string {
  return node.prompts.map((p) => promptText(bench, p) || p).join(' ')
}

/** A branch in words: the key and what it means, or what happened. */
export function edgeText(edge: FlowEdge): string {
  if (edge.key && edge.label.length === 1) return [edge.label, edge.meaning].filter(Boolean).join(' ')
  if (edge.label === 'next') return ''
  return word('flow.edge', edge.label)
}

/** The name of a kind of node in words. */
export const kindText = (kind: string): string => (kind ? word('flow.kind', kind) : '?')

/** What is wrong, in the language of the page. */
export const faultText = (fault: Fault): string => (language() === 'en' ? fault.en : fault.zh)
