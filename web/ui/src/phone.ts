// The softphone: registers over our own /sip, answers, hangs up, mutes, sends keys. Wraps JsSIP.
import JsSIP from 'jssip'
import type { RTCSession } from 'jssip/lib/RTCSession'
import { reactive } from 'vue'
import type { SipLogin } from './contract'
import { route, type Way } from './network'

const WATCHDOG_MS = 3000
const GATHER_MS = 50
const KICKED = 4001

export interface PhoneState {
  wanted: boolean
  registered: boolean
  /** When the registration was lost, ms of this machine; 0 while it stands. */
  lostAt: number
  call: 'none' | 'incoming' | 'outgoing' | 'up'
  muted: boolean
  fault: string
}

type Ears = {
  incoming?: (resumed: boolean, auto: boolean) => void; up?: () => void
  ended?: (cause: string) => void; heard?: (stream: MediaStream) => void
}

/** One phone of this page: at most one call at a time. */
export class Phone {
  readonly state: PhoneState = reactive({
    wanted: false, registered: false, lostAt: 0, call: 'none', muted: false, fault: '',
  })
  private ua: JsSIP.UA | null = null
  private login: SipLogin | null = null
  private way: Way = 'direct'
  private session: RTCSession | null = null
  private dog = 0
  private readonly player = new Audio()

  constructor(private readonly ears: Ears = {}, private readonly source?: () => MediaStream | undefined) {
    this.player.autoplay = true
  }

  /** Register and stay registered until `stop`; sound goes the way that the network test found. */
  start(login: SipLogin, way: Way = 'direct'): void {
    this.stop()
    this.login = login
    this.way = way
    this.state.wanted = true
    this.state.fault = ''
    this.state.lostAt = Date.now()
    this.open(login)
    this.dog = window.setInterval(() => this.watch(), 1000)
  }

  /** Leave: ends a running call, then the registration. */
  stop(): void {
    clearInterval(this.dog)
    this.ua?.stop()
    this.ua = null
    this.session = null
    Object.assign(this.state, { wanted: false, registered: false, call: 'none', muted: false })
  }

  /** Take fresh log-ins to the relays, for the calls to come. */
  renew(ice: SipLogin['ice']): void {
    if (this.login) this.login = { ...this.login, ice }
  }

  answer(): void {
    if (this.session?.direction !== 'incoming' || this.session.isEstablished()) return
    this.session.answer(this.media())
  }

  call(number: string): void {
    if (!this.ua || !this.login || this.session) return
    this.ua.call(`sip:${number}@${this.login.domain}`, this.media())
  }

  hangUp(): void {
    this.session?.terminate()
  }

  mute(on: boolean): void {
    if (!this.session) return
    if (on) this.session.mute({ audio: true })
    else this.session.unmute({ audio: true })
    this.state.muted = on
  }

  key(tone: string): void {
    this.session?.sendDTMF(tone, { duration: 120, transportType: 'RFC2833' as never })
  }

  private media(): object {
    const stream = this.source?.()
    return {
      mediaConstraints: { audio: true, video: false },
      ...(stream ? { mediaStream: stream } : {}),
      pcConfig: this.login ? route(this.way, this.login) : { iceServers: [] },
      rtcOfferConstraints: { offerToReceiveAudio: true },
      sessionTimersExpires: 1800,
    }
  }

  private open(login: SipLogin): void {
    const origin = location.origin.replace(/^http/, 'ws')
    const socket = new JsSIP.WebSocketInterface(login.ws.startsWith('/') ? origin + login.ws : login.ws)
    const ua = new JsSIP.UA({
      sockets: [socket],
      uri: `sip:${login.username}@${login.domain}`,
      authorization_user: login.username,
      password: login.password,
      register_expires: 300,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 3,
      user_agent: 'Yingda',
    })
    this.ua = ua
    ua.on('registered', () => this.reached(ua, true))
    ua.on('unregistered', () => this.reached(ua, false))
    ua.on('disconnected', ({ code }: { code?: number }) => {
      this.reached(ua, false)
      if (code === KICKED) this.refuse(ua, 'elsewhere')
    })
    ua.on('registrationFailed', ({ cause }) => {
      this.reached(ua, false)
      if (cause === JsSIP.C.causes.AUTHENTICATION_ERROR || cause === JsSIP.C.causes.REJECTED) this.refuse(ua, cause)
    })
    ua.on('newRTCSession', ({ session, originator, request }: any) => {
      if (ua === this.ua) this.take(session, originator === 'remote' ? request : null)
    })
    ua.start()
  }

  /** A wrong secret, or a phone opened elsewhere, is never tried in a loop. */
  private refuse(ua: JsSIP.UA, cause: string): void {
    if (ua !== this.ua) return
    clearInterval(this.dog)
    this.state.fault = cause
    ua.stop()
  }

  private reached(ua: JsSIP.UA, registered: boolean): void {
    if (ua !== this.ua || this.state.registered === registered) return
    this.state.registered = registered
    this.state.lostAt = registered ? 0 : Date.now()
    if (registered) this.state.fault = ''
  }

  /** A REGISTER can be lost while the PBX starts: begin anew instead of waiting for SIP's 32 s. */
  private watch(): void {
    const { registered, lostAt } = this.state
    if (registered || this.session || !this.login || Date.now() - lostAt < WATCHDOG_MS) return
    this.state.lostAt = Date.now()
    const old = this.ua
    this.ua = null
    old?.stop()
    this.open(this.login)
  }

  private take(session: RTCSession, request: { getHeader(name: string): string } | null): void {
    const resumed = Boolean(request?.getHeader('X-Resume'))
    if (this.session && !resumed) {
      session.terminate({ status_code: 486 })
      return
    }
    const old = this.session
    this.session = session
    if (old && !old.isEnded()) old.terminate()
    this.state.call = request ? 'incoming' : 'outgoing'
    this.state.muted = false
    this.gather(session)
    for (const event of ['accepted', 'confirmed'] as const) session.on(event, () => this.settle(session))
    session.on('ended', ({ cause }: any) => this.over(session, cause))
    session.on('failed', ({ cause }: any) => this.over(session, cause))
    if (session.connection) this.hear(session.connection)
    else session.on('peerconnection', ({ peerconnection }: any) => this.hear(peerconnection))
    if (!request) return
    // a talk taken up again, or a call that this agent asked for: picked up without ringing
    const asked = resumed || Boolean(request.getHeader('X-Dial'))
    this.ears.incoming?.(asked, Boolean(request.getHeader('X-Auto-Answer')))
    if (asked) this.answer()
  }

  /** Go soon after the first address found: gathering them all can take 40 s. */
  private gather(session: RTCSession): void {
    session.once('icecandidate', ({ ready }: any) => window.setTimeout(ready, GATHER_MS))
  }

  private hear(connection: RTCPeerConnection): void {
    connection.addEventListener('track', ({ streams, track }) => {
      const stream = streams[0] ?? new MediaStream([track])
      this.player.srcObject = stream
      void this.player.play().catch(() => null)
      this.ears.heard?.(stream)
    })
  }

  private settle(session: RTCSession): void {
    if (session !== this.session || this.state.call === 'up') return
    this.state.call = 'up'
    this.ears.up?.()
  }

  private over(session: RTCSession, cause: string): void {
    if (session !== this.session) return
    this.session = this.player.srcObject = null
    Object.assign(this.state, { call: 'none', muted: false })
    this.ears.ended?.(cause)
  }
}
