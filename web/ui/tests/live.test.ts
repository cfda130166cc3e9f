import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Live } from '../src/live'

class Socket {
  static made: Socket[] = []
  onopen?: () => void
  onclose?: () => void
  onmessage?: (event: { data: string }) => void
  closed = false
  constructor(readonly url: string) {
    Socket.made.push(this)
  }
  close() {
    this.closed = true
    this.onclose?.()
  }
  say(ev: string, seq: number) {
    this.onmessage?.({ data: JSON.stringify({ ev, seq, ts: Date.now(), data: {} }) })
  }
}

describe('the live socket', () => {
  const heard: string[] = []
  let live: Live

  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('WebSocket', Socket)
    Socket.made = []
    heard.length = 0
    live = new Live((message) => heard.push(message.ev))
    live.start()
    Socket.made[0].onopen?.()
  })
  afterEach(() => {
    live.stop()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('passes messages on in order', () => {
    for (const [i, ev] of ['sys.engine', 'board.snapshot', 'board.delta'].entries()) Socket.made[0].say(ev, i + 1)
    expect(heard).toEqual(['sys.engine', 'board.snapshot', 'board.delta'])
  })

  it('begins anew when a message is missing', () => {
    Socket.made[0].say('board.snapshot', 1)
    Socket.made[0].say('board.delta', 3)
    expect(heard).toEqual(['board.snapshot'])
    expect(Socket.made).toHaveLength(2)
    Socket.made[1].say('board.snapshot', 1)
    expect(heard).toHaveLength(2)
  })

  it('joins again after a cut and says that it is stale after 3 s', () => {
    Socket.made[0].say('board.snapshot', 1)
    Socket.made[0].close()
    vi.advanceTimersByTime(300)
    expect(Socket.made).toHaveLength(2)
    expect(live.state.stale).toBe(false)
    vi.advanceTimersByTime(3500)
    expect(live.state.stale).toBe(true)
    Socket.made.at(-1)!.onopen?.()
    Socket.made.at(-1)!.say('board.snapshot', 1)
    expect(live.state.stale).toBe(false)
  })

  it('does not believe an open socket that has fallen silent', () => {
    Socket.made[0].say('board.snapshot', 1)
    vi.advanceTimersByTime(4000)
    expect(live.state.stale).toBe(true)
  })

  it('stops for good', () => {
    live.stop()
    vi.advanceTimersByTime(10_000)
    expect(Socket.made).toHaveLength(1)
  })
})
