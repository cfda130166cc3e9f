// The summary (小结) of the call in hand: a draft that survives a reload, saved once or more.
import { defineStore } from 'pinia'
import { computed, reactive, ref, watch } from 'vue'
import { api } from '../api'

export interface Draft { category: string; result: string; note: string }
const EMPTY: Draft = { category: '', result: '', note: '' }
const key = (call: string) => `yingda.draft.${call}`

export const useSummary = defineStore('summary', () => {
  const call = ref('')
  const draft = reactive<Draft>({ ...EMPTY })
  const saved = ref('')
  const text = computed(() => JSON.stringify(draft))
  const filled = computed(() => Boolean(draft.category || draft.result || draft.note))
  const dirty = computed(() => filled.value && saved.value !== text.value)

  watch(text, () => {
    if (call.value && dirty.value) localStorage.setItem(key(call.value), text.value)
  })

  /** Take up the draft of this call. */
  function open(id: string): void {
    if (call.value === id) return
    call.value = id
    saved.value = ''
    const kept = localStorage.getItem(key(id))
    Object.assign(draft, EMPTY, kept ? JSON.parse(kept) : {})
  }

  async function save(): Promise<void> {
    const id = call.value
    const sent = text.value
    await api.put(`/calls/${id}/summary`, { ...draft })
    localStorage.removeItem(key(id))
    if (call.value === id) saved.value = sent
  }

  /** The call left the desk: what was typed is saved without being asked. */
  async function leave(id: string): Promise<void> {
    if (call.value !== id) return
    if (dirty.value) await save().catch(() => null)
    if (call.value !== id) return
    call.value = ''
    Object.assign(draft, EMPTY)
  }

  return { call, draft, filled, dirty, save, open, leave }
})
