// Tries the way from this page to the exchange before a shift: a call to the echo, direct, then by relay.
import JsSIP from 'jssip'
import type { RTCSession } from 'jssip/lib/RTCSession'
import { api } from './api'
import type { SipLogin } from './contract'

const JOIN_MS = 4000
const ANSWER_MS = 6000
const SOUND_MS = 3000
const RELAY_MS = 4000
const LOOK_MS = 100
const ENOUGH = 10

/** How sound gets through. */
export type Way = 'direct' | 'relay'
/** What is in the way; each has its own sentence in `shift.net.fault`. */
export type NetworkFault = 'socket' | 'pbx' | 'refused' | 'udp' | 'turn' | 'relay'
export type NetworkResult = { way: Way; ms: number } | { fault: NetworkFault }

type Echo = { ms: number } | { fault: 'silent' | 'pbx' | 'refused' }

/** The browser's settings for a way; on the direct one no server is asked, so that none can slow it. */
export function route(way: Way, login: SipLogin): RTCConfiguration {
  return way === 'direct' ? { iceServers: [] } : { iceServers: login.ice, iceTransportPolicy: 'relay' }
}

/** Try the ways in turn: the first on which sound comes back, or what is blocked. At most some 20 s. */
export async function tryNetwork(login: SipLogin, stream: MediaStream): Promise<NetworkResult> {
  const ua = agent(login)
  try {
    if (!(await joins(ua))) return { fault: await whyNoSocket() }
    const direct = await echo(ua, login, stream, 'direct')
    if ('ms' in direct) return { way: 'direct', ms: direct.ms }
    if (direct.fault !== 'silent') return { fault: direct.fault }
    if (!login.ice?.length) return { fault: 'udp' }
    if (!(await relayAnswers(login))) return { fault: 'turn' }
    const relay = await echo(ua, login, stream, 'relay')
    if ('ms' in relay) return { way: 'relay', ms: relay.ms }
    return { fault: relay.fault === 'silent' ? 'relay' : relay.fault }
  } finally {
    ua.stop()
  }
}

function agent(login: SipLogin): JsSIP.UA {
  const origin = location.origin.replace(/^http/, 'ws')
  return new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(login.ws.startsWith('/') ? origin + login.ws : login.ws)],
    uri: `sip:${login.username}@${login.domain}`,
    authorization_user: login.username,
    password: login.password,
    register: false,
    session_timers: false,
    user_agent: 'Yingda',
  })
}

function joins(ua: JsSIP.UA): Promise<boolean> {
  return new Promise((done) => {
    const late = window.setTimeout(() => done(false), JOIN_MS)
    const settle = (fine: boolean) => {
      clearTimeout(late)
      done(fine)
    }
    ua.on('connected', () => settle(true))
    ua.on('disconnected', () => settle(false))
    ua.start()
  })
}

/** The pages came through and the socket did not: is the exchange away, or does something between refuse it? */
async function whyNoSocket(): Promise<NetworkFault> {
  const ready = await fetch('/readyz').then((answer) => answer.json()).catch(() => null)
  return ready && !ready.pbx ? 'pbx' : 'socket'
}

function echo(ua: JsSIP.UA, login: SipLogin, stream: MediaStream, way: Way): Promise<Echo> {
  return new Promise((done) => {
    const session: RTCSession = ua.call(`sip:echo@${login.domain}`, {
      mediaStream: stream,
      mediaConstraints: { audio: true, video: false },
      pcConfig: route(way, login),
      rtcOfferConstraints: { offerToReceiveAudio: true },
    })
    let over = false
    const late = window.setTimeout(() => settle({ fault: 'pbx' }), ANSWER_MS)
    const settle = (result: Echo) => {
      if (over) return
      over = true
      clearTimeout(late)
      if (!session.isEnded()) session.terminate()
      done(result)
    }
    session.once('icecandidate', ({ ready }: any) => window.setTimeout(ready, 50))
    session.on('failed', ({ cause }: any) => settle({ fault: REFUSALS.includes(cause) ? 'refused' : 'pbx' }))
    session.on('ended', () => settle({ fault: 'silent' }))
    session.on('confirmed', () => {
      clearTimeout(late)
      void comesBack(session.connection).then((ms) => settle(ms === null ? { fault: 'silent' } : { ms }))
    })
  })
}
const REFUSALS: string[] = [JsSIP.C.causes.AUTHENTICATION_ERROR, JsSIP.C.causes.REJECTED, JsSIP.C.causes.NOT_FOUND]

/** The round trip in ms once some packets came back, or null when they do not. */
async function comesBack(connection: RTCPeerConnection): Promise<number | null> {
  const until = Date.now() + SOUND_MS
  while (Date.now() < until && connection.signalingState !== 'closed') {
    const seen = [...(await connection.getStats()).values()]
    const packets = seen.find((one) => one.type === 'inbound-rtp')?.packetsReceived ?? 0
    if (packets >= ENOUGH) return roundTrip(seen)
    await new Promise((next) => setTimeout(next, LOOK_MS))
  }
  return null
}

function roundTrip(seen: any[]): number {
  const transport = seen.find((one) => one.type === 'transport')
  const pair = seen.find((one) => one.id === transport?.selectedCandidatePairId)
    ?? seen.find((one) => one.type === 'candidate-pair' && one.nominated)
  return Math.round((pair?.currentRoundTripTime ?? 0) * 1000)
}

/** Whether a relay takes our log-in and gives an address. */
async function relayAnswers(login: SipLogin): Promise<boolean> {
  const connection = new RTCPeerConnection(route('relay', login))
  connection.addTransceiver('audio')
  try {
    const found = new Promise<boolean>((done) => {
      connection.addEventListener('icecandidate', ({ candidate }) => candidate && done(true))
      window.setTimeout(() => done(false), RELAY_MS)
    })
    await connection.setLocalDescription(await connection.createOffer())
    return await found
  } finally {
    connection.close()
  }
}

/** The log-in of this agent's browser phone, with fresh log-ins to the relays. */
export const phoneLogin = (): Promise<SipLogin> => api.post<SipLogin>('/me/phone')
