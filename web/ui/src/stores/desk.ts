// One agent's desk: the shift, the phone, the call in hand and its summary.
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { api } from '../api'
import { adopt, noCall, reconcile, reduceCall } from '../call'
import { now } from '../clock'
import type { AgentNow, Card, DeskPhone, LiveMessage, PhoneKind, Shift, Today } from '../contract'
import { afterPaint, keepTab, notify } from '../page'
import { phoneLogin, type Way } from '../network'
import { Phone } from '../phone'
import { chime, Ringer } from '../sound'
import { callerOf, complain, t } from '../words'
import { useFloor } from './floor'
import { useSession } from './session'
import { useSummary } from './summary'

const SHIFT = 'yingda.shift'
const WAY = 'yingda.way'
const AUTO = 'yingda.auto'
const AUTO_MS = 500
const LATEST_RING_MS = 150
const LATEST_CARD_MS = 300
const HANG_UP_PAUSE_MS = 1000
const RENEW_MS = 60_000
const RENEW_BEFORE_MS = 600_000

/** The way that the last network test on this machine found. */
const lastWay = (): Way => (localStorage.getItem(WAY) === 'relay' ? 'relay' : 'direct')

export const useDesk = defineStore('desk', () => {
  const session = useSession()
  const floor = useFloor()
  const summary = useSummary()
  const call = ref(noCall())
  const own = ref<AgentNow | null>(null)
  const today = ref<Today | null>(null)
  const elsewhere = ref(false)
  const taking = ref(false)
  const kind = ref<PhoneKind | ''>('')
  /** What the own desk phone can be asked to do; asked for once it is the kind of this shift. */
  const deskPhone = ref<DeskPhone | null>(null)
  const ringer = new Ringer()
  /** Groups may have their calls taken by themselves; this agent at this machine may not want it. */
  const auto = ref(localStorage.getItem(AUTO) !== 'off')
  let taken = false
  let painted = 0
  let renewing = 0
  let leaveTab: (() => void) | null = null
  let lastHangUp = 0
  let deaf: (() => void) | null = null

  const phone = new Phone({
    incoming: (resumed, byItself) => {
      taken = !resumed && byItself && auto.value
      if (resumed) return
      if (taken) {
        chime()
        setTimeout(() => phone.state.call === 'incoming' && phone.answer(), AUTO_MS)
        return
      }
      if (painted === call.value.card?.offer) ringer.start()
      else setTimeout(() => phone.state.call === 'incoming' && ringer.start(), LATEST_RING_MS)
    },
    up: () => ringer.stop(),
    ended: () => ringer.stop(),
  })

  function setAuto(on: boolean): void {
    auto.value = on
    localStorage.setItem(AUTO, on ? 'on' : 'off')
  }

  const signedIn = computed(() => own.value !== null && own.value.state !== 'offline')
  /** In a shift whose browser phone is not here: another tab, another computer, or nowhere. */
  const away = computed(() => elsewhere.value || (signedIn.value && kind.value === 'browser' && !phone.state.wanted && !taking.value))
  const viaBrowser = computed(() => kind.value === 'browser')
  const phoneFine = computed(() => !viaBrowser.value || phone.state.registered)

  function hearOwn(row: AgentNow): void {
    const before = own.value?.state
    own.value = row
    if (row.phone) kind.value = row.phone
    settle(reconcile(call.value, row))
    if (lacks(row.call)) setTimeout(() => lacks(row.call) && void fetchCard(row.call!), LATEST_CARD_MS)
    if (before && before !== row.state && ['ready', 'break', 'wrapping'].includes(row.state)) void loadToday()
  }

  /** The row may come just before its `call.offered`: only a card that stays away is asked for. */
  const lacks = (id: string | null) => Boolean(id) && own.value?.call === id && call.value.card?.call !== id

  async function fetchCard(id: string): Promise<void> {
    const card = await api.get<Card>(`/calls/${id}/context`).catch(() => null)
    if (card && own.value && lacks(id)) {
      settle(adopt(card, own.value))
      if (call.value.phase === 'offered' || call.value.phase === 'ringing') void shown(card)
    }
  }

  function settle(next: typeof call.value): void {
    const before = call.value
    call.value = next
    const left = before.card && before.card.call !== next.card?.call ? before.card.call : ''
    if (left) void summary.leave(left)
    if (next.card && next.phase !== 'none') summary.open(next.card.call)
    if (next.phase !== 'offered' && next.phase !== 'ringing') ringer.stop()
  }

  async function shown(card: Card): Promise<void> {
    await afterPaint()
    if (call.value.card?.offer !== card.offer) return
    painted = card.offer
    if (phone.state.call === 'incoming' && !taken) ringer.start()
    await api.post(`/calls/${card.call}/painted`, { ms: Math.max(0, Math.round(now() - card.offered)) }).catch(() => null)
  }

  function hear(message: LiveMessage): void {
    const me = session.me?.agent
    if (!me) return
    if (message.ev === 'me.state') return hearOwn(message.data)
    const row = floor.board.agents[me]
    const boards = message.ev === 'board.snapshot' || message.ev === 'board.delta'
    if (boards) {
      const told = (message.data.agents ?? []).some((a: AgentNow) => a.number === me)
      if (told && row) hearOwn(row)
      return
    }
    if (message.agent && message.agent !== me) return
    settle(reduceCall(call.value, message.ev, message.data, message.ts))
    if (message.ev !== 'call.offered') return
    notify(t('ring.title'), message.data.customer?.name || callerOf(message.data))
    void shown(message.data)
  }

  /** Begin to follow this agent; a page opened again in a shift takes its phone back. */
  async function open(): Promise<void> {
    deaf ??= floor.hear(hear)
    const row = floor.board.agents[session.me?.agent ?? '']
    if (row) hearOwn(row)
    const kept = sessionStorage.getItem(SHIFT)
    void loadToday()
    if (kept && !phone.state.wanted) await takeShift(JSON.parse(kept))
  }

  async function takeShift(shift: Shift, steal = false): Promise<void> {
    kind.value = shift.phone
    if (shift.phone !== 'browser' || !shift.sip) return
    taking.value = true
    const held = await keepTab(session.me!.agent!, steal, lostTab).finally(() => (taking.value = false))
    elsewhere.value = held === null
    leaveTab = held
    if (held) phone.start(shift.sip, shift.way)
    clearInterval(renewing)
    if (held && shift.way === 'relay') renewing = window.setInterval(() => void renew(shift), RENEW_MS)
  }

  /** A log-in to a relay ends after a while: a shift longer than it needs new ones in time. */
  async function renew(shift: Shift): Promise<void> {
    const until = shift.sip?.ice?.[0]?.until ?? 0
    if (!phone.state.wanted || until - now() > RENEW_BEFORE_MS) return
    const login = await phoneLogin().catch(() => null)
    if (!login) return
    shift.sip = login
    phone.renew(login.ice)
    sessionStorage.setItem(SHIFT, JSON.stringify(shift))
  }

  function lostTab(): void {
    elsewhere.value = true
    leaveTab = null
    phone.stop()
  }

  /** Begin work with this kind of phone; a browser phone needs its microphone first. */
  async function signIn(phoneKind: PhoneKind, { steal = false, way = lastWay() } = {}): Promise<void> {
    localStorage.setItem(WAY, way)
    const shift = { ...(await api.post<Shift>('/me/shift', { phone: phoneKind })), way }
    sessionStorage.setItem(SHIFT, JSON.stringify(shift))
    await takeShift(shift, steal)
  }

  /** Take the phone over from the other tab. */
  async function takeOver(): Promise<void> {
    const kept = sessionStorage.getItem(SHIFT)
    if (kept) await takeShift(JSON.parse(kept), true)
    else await signIn('browser', { steal: true })
  }

  async function signOut(): Promise<void> {
    await api.del('/me/shift')
    close()
    sessionStorage.removeItem(SHIFT)
  }

  /** Let go of phone and card, as at log-out. */
  function close(): void {
    phone.stop()
    clearInterval(renewing)
    ringer.stop()
    leaveTab?.()
    leaveTab = null
    elsewhere.value = false
    call.value = noCall()
    if (session.me) return
    deaf?.()
    deaf = null
    own.value = null
  }

  async function loadToday(): Promise<void> {
    today.value = await api.get<Today>('/me/today').catch(() => today.value)
  }

  const act = (path: string, body: unknown = {}) =>
    call.value.card ? api.post(`/calls/${call.value.card.call}/${path}`, body).catch(complain) : null

  const setState = (state: 'ready' | 'break', reason = '') =>
    api.put('/me/state', { state, ...(reason ? { reason } : {}) }).catch(complain)
  const wrapUp = (action: 'done' | 'extend') => api.post('/me/wrapup', { action }).catch(complain)

  function answer(): void {
    ringer.stop()
    if (kind.value === 'phone') void act('answer')
    else phone.answer()
  }
  const decline = (reason: string) => act('decline', { offer: call.value.card?.offer, reason })
  const hold = () => act(call.value.phase === 'held' ? 'retrieve' : 'hold')
  const transfer = (to_kind: 'agent' | 'group', to: string) => act('transfer', { to_kind, to })
  /** Call somebody; a refusal is thrown to whoever asked. */
  const dial = (wish: { to?: string; of_call?: string; hotline: string; consent: string }) => api.post('/calls', wish)
  const mayDial = computed(() => signedIn.value && ['none', 'wrapup'].includes(call.value.phase) && Boolean(own.value?.reachable))
  function hangUp(): void {
    if (Date.now() - lastHangUp < HANG_UP_PAUSE_MS) return
    lastHangUp = Date.now()
    if (phone.state.call === 'up' && call.value.phase === 'talking') phone.hangUp()
    else void act('hangup')
  }

  // a page that goes away in a call takes the agent's sound with it
  window.addEventListener('beforeunload', (event) => phone.state.call === 'up' && event.preventDefault())

  watch(
    () => kind.value === 'phone' && signedIn.value,
    async (wanted) => {
      deskPhone.value = wanted ? await api.get<DeskPhone>('/me/desk-phone').catch(() => null) : null
    },
    { immediate: true },
  )
  watch(
    () => phone.state.fault,
    (fault) => {
      if (fault === 'elsewhere') elsewhere.value = true
      else if (fault) sessionStorage.removeItem(SHIFT)
    },
  )

  return {
    call, own, today, kind, deskPhone, away, phone: phone.state, signedIn, viaBrowser, phoneFine,
    mayDial, auto, setAuto, dial, open, close, signIn, takeOver, signOut, setState, wrapUp, answer, decline, hold, transfer, hangUp,
    mute: (on: boolean) => phone.mute(on), key: (tone: string) => phone.key(tone), loadToday,
  }
})
