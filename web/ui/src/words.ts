// The languages of the pages: which is spoken, and small ways to say names and errors.
import { ElMessage } from 'element-plus/es/components/message/index'
import 'element-plus/es/components/message/style/css'
import { createI18n } from 'vue-i18n'
import { ApiError } from './api'
import en from './text/en'
import zh from './text/zh-CN'

export type Language = 'zh-CN' | 'en'
const KEPT = 'yingda.language'

/** The language a stored or server-side name stands for. */
export function languageOf(name: string | null | undefined): Language {
  return name?.startsWith('en') ? 'en' : 'zh-CN'
}

export const i18n = createI18n({
  legacy: false,
  locale: languageOf(localStorage.getItem(KEPT)),
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh, en },
  missing: (_, key) => console.error(`no text for ${key}`),
})

const global = i18n.global
export const t = global.t as (key: string, named?: Record<string, unknown>) => string

/** The language spoken now. */
export function language(): Language {
  return global.locale.value as Language
}

/** Speak this language from now on, also after the next start. */
export function speak(name: Language): void {
  global.locale.value = name
  localStorage.setItem(KEPT, name)
  document.documentElement.lang = name
}

type Words = string | { zh: string; en: string } | null | undefined

/** A name of the configuration in the language spoken. */
export function said(words: Words): string {
  if (!words || typeof words === 'string') return words ?? ''
  return language() === 'en' ? words.en : words.zh
}

/** The name of a chosen thing that carries either `name` or `zh`/`en`. */
export function nameOf(thing: { name?: Words; zh?: string; en?: string } | undefined): string {
  if (!thing) return ''
  return said(thing.name ?? { zh: thing.zh ?? '', en: thing.en ?? '' })
}

/** The caller's number as we got it, masked; in words where there is none to show. */
export function callerOf(call: { caller: string; callback?: boolean } | null | undefined): string {
  const caller = call ? call.caller || t('card.hidden') : ''
  return call?.callback ? t('card.callback', { caller }) : caller
}

/** `base.key` where the word list has it, else the bare key: for values the server may add to. */
export function word(base: string, key: string | null | undefined): string {
  if (!key) return '–'
  return global.te(`${base}.${key}`) || global.te(`${base}.${key}`, 'zh-CN') ? t(`${base}.${key}`) : key
}

/** What went wrong, in a sentence for the reader. */
export function sentence(error: unknown): string {
  if (!(error instanceof ApiError)) return t('error.unexpected')
  if (error.code === 'unreachable') return t('error.unreachable')
  return error.sentence(language())
}

/** Show a failure. */
export function complain(error: unknown): void {
  ElMessage.error({ message: sentence(error), duration: 5000, grouping: true })
}

/** Show that something is not as it should be. */
export function warn(message: string): void {
  ElMessage.warning({ message, duration: 5000, grouping: true })
}

/** Show that a caller left a message. */
export function tellMessage(left: { group_name: string; seconds: number }): void {
  ElMessage.info({ message: t('messages.news', { box: left.group_name, s: Math.round(left.seconds) }), duration: 6000, grouping: true })
}

/** Show that something was done. */
export function confirmDone(message: string): void {
  ElMessage.success({ message, grouping: true })
}
