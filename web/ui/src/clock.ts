// The server's time as this browser knows it, and how instants and durations are written.
import { onScopeDispose, ref, type Ref } from 'vue'

let offset = -Infinity

/** Learn the server's clock from a stamp (UTC ms) of now or a little earlier: the freshest wins. */
export function learn(ts: number, local = Date.now()): void {
  offset = Math.max(offset, ts - local)
}

/** The server's time now, UTC ms; this machine's own while nothing was learnt. */
export function now(): number {
  return Date.now() + (Number.isFinite(offset) ? offset : 0)
}

const ticking: Ref<number> = ref(now())
let users = 0
let timer = 0

/** A reactive clock that moves each half second while somebody looks at it. */
export function useNow(): Ref<number> {
  ticking.value = now()
  if (users++ === 0) timer = window.setInterval(() => (ticking.value = now()), 500)
  onScopeDispose(() => {
    if (--users === 0) clearInterval(timer)
  })
  return ticking
}

const two = (n: number) => String(n).padStart(2, '0')

/** Seconds as mm:ss, or h:mm:ss from an hour on. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return '–'
  const s = Math.max(0, Math.floor(seconds))
  const hours = Math.floor(s / 3600)
  const rest = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
  return hours ? `${hours}:${rest}` : rest
}

const stamp = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit',
  hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false,
})

/** UTC ms as YYYY-MM-DD HH:mm:ss in Asia/Shanghai. */
export function instant(ms: number | null | undefined): string {
  return ms ? stamp.format(new Date(ms)) : '–'
}

/** UTC ms as HH:mm:ss in Asia/Shanghai. */
export function clockTime(ms: number | null | undefined): string {
  return ms ? stamp.format(new Date(ms)).slice(11) : '–'
}

/** The Shanghai day of an instant, YYYY-MM-DD. */
export function day(ms: number): string {
  return stamp.format(new Date(ms)).slice(0, 10)
}

const DAY = 86_400_000

/** The day ranges people ask for, as [from, to] in YYYY-MM-DD, both included. */
export function preset(name: string, at: number): [string, string] {
  const today = day(at)
  if (name === 'yesterday') return [day(at - DAY), day(at - DAY)]
  if (name === 'week') return [day(at - 6 * DAY), today]
  if (name === 'month') return [`${today.slice(0, 8)}01`, today]
  return [today, today]
}
