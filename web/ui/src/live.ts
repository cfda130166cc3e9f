// The one socket from the server: resync when a message is missing, honest about its age.
import { reactive } from 'vue'
import { learn } from './clock'
import type { LiveMessage } from './contract'

const STALE_MS = 3000
const RETRY_MS = [250, 500, 1000, 2000, 4000]

export interface LiveState { open: boolean; stale: boolean; lastAt: number }
export type Listener = (message: LiveMessage) => void

/** One live connection; `listen` gets every message in order, after a snapshot. */
export class Live {
  readonly state: LiveState = reactive({ open: false, stale: false, lastAt: 0 })
  private socket: WebSocket | null = null
  private seq = -1
  private tries = 0
  private wanted = false
  private watch = 0
  private retry = 0

  constructor(private readonly listen: Listener, private readonly path = '/api/v1/live') {}

  start(): void {
    if (this.wanted) return
    this.wanted = true
    this.state.lastAt = Date.now()
    this.watch = window.setInterval(() => this.look(), 500)
    this.connect()
  }

  stop(): void {
    this.wanted = false
    clearInterval(this.watch)
    clearTimeout(this.retry)
    this.socket?.close()
    this.socket = null
    this.state.open = this.state.stale = false
  }

  private connect(): void {
    const origin = location.origin.replace(/^http/, 'ws')
    const socket = new WebSocket(origin + this.path)
    this.socket = socket
    this.seq = -1
    socket.onopen = () => (this.state.open = true)
    socket.onmessage = (event) => this.take(socket, event.data)
    socket.onclose = () => this.closed(socket)
  }

  private closed(socket: WebSocket): void {
    if (socket !== this.socket) return
    this.socket = null
    this.state.open = false
    if (!this.wanted) return
    const wait = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)]
    this.retry = window.setTimeout(() => this.connect(), wait)
  }

  private take(socket: WebSocket, text: string): void {
    if (socket !== this.socket) return
    const message = JSON.parse(text) as LiveMessage
    this.tries = 0
    this.state.lastAt = Date.now()
    this.state.stale = false
    if (message.ts) learn(message.ts)
    if (!this.inOrder(message)) return this.resync()
    this.listen(message)
  }

  private inOrder(message: LiveMessage): boolean {
    if (typeof message.seq !== 'number') return true
    const expected = this.seq + 1
    const fresh = this.seq < 0 || message.ev === 'board.snapshot'
    this.seq = message.seq
    return fresh || message.seq === expected
  }

  /** Start over from a snapshot: a message is missing. */
  private resync(): void {
    const socket = this.socket
    this.socket = null
    socket?.close()
    this.connect()
  }

  /** The server beats after 1.2 to 2.4 s without news, so silence means that nobody is there. */
  private look(): void {
    const silent = Date.now() - this.state.lastAt
    this.state.stale = silent > STALE_MS && !document.hidden
    if (this.state.open && !document.hidden && silent > 3 * STALE_MS) this.socket?.close()
  }
}
