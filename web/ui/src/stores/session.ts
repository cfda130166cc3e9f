// Who is logged in and what the firm looks like.
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api, setCsrf } from '../api'
import type { Me, Meta } from '../contract'
import { languageOf, nameOf, speak, word, type Language } from '../words'

const SYSTEM_REASONS = ['signed_in', 'missed', 'phone_lost']

export const useSession = defineStore('session', () => {
  const me = ref<Me | null>(null)
  const meta = ref<Meta | null>(null)

  /** Whether the server lets this person do it (`number.reveal`, `recording.listen`, …). */
  const can = (permission: string) => me.value?.permissions.includes(permission) ?? false

  /** Whether any of these rights is there; none asked for is always there. */
  const may = (rights: readonly string[] = []) => !rights.length || rights.some(can)

  async function load(): Promise<void> {
    const found = await api.get<Me>('/me')
    setCsrf(found.csrf)
    speak(languageOf(found.language))
    meta.value = await api.get<Meta>('/meta')
    me.value = found
  }

  async function login(name: string, password: string, language: Language): Promise<void> {
    await api.post('/session', { login: name, password, language: language === 'en' ? 'en' : 'zh' })
    await load()
    if (languageOf(me.value?.language) !== language) await setLanguage(language)
  }

  function forget(): void {
    me.value = meta.value = null
    setCsrf('')
  }

  async function logout(): Promise<void> {
    await api.del('/session').catch(() => null)
    forget()
  }

  async function setLanguage(language: Language): Promise<void> {
    speak(language)
    if (!me.value) return
    await api.put('/me', { language: language === 'en' ? 'en' : 'zh' })
    me.value.language = language
  }

  async function reloadMeta(): Promise<void> {
    meta.value = await api.get<Meta>('/meta')
  }

  const names = (rows: { id: string; name?: any; zh?: string; en?: string }[] | undefined) =>
    Object.fromEntries((rows ?? []).map((row) => [row.id, nameOf(row)]))
  const groupNames = computed(() => names(meta.value?.groups))
  const siteNames = computed(() => names(meta.value?.sites))
  const brandNames = computed(() => names(meta.value?.brands))
  /** The firm's break reasons, and those that the system itself gives. */
  const reasonNames = computed(() => ({
    ...Object.fromEntries(SYSTEM_REASONS.map((id) => [id, word('reason', id)])),
    ...names(meta.value?.break_reasons),
  }) as Record<string, string>)
  const categoryNames = computed(() => names(meta.value?.summary.categories))
  const resultNames = computed(() => names(meta.value?.summary.results))
  const agentNames = computed(() =>
    Object.fromEntries((meta.value?.agents ?? []).map((a) => [a.number, a.name])),
  )

  return {
    me, meta, may, can, load, login, logout, forget, setLanguage, reloadMeta,
    groupNames, siteNames, brandNames, reasonNames, categoryNames, resultNames, agentNames,
  }
})
