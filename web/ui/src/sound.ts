// What the browser itself makes to hear: the ring tone, level meters, and a voice for test calls.

let context: AudioContext | null = null

/** The page's audio; ask after a click, or it stays suspended. */
export function audio(): AudioContext {
  context ??= new AudioContext()
  if (context.state === 'suspended') void context.resume()
  return context
}

/** Rings as a phone does here: 450 Hz, one second on, four off. */
export class Ringer {
  private beat = 0
  private tone: OscillatorNode | null = null

  start(): void {
    if (this.beat) return
    this.once()
    this.beat = window.setInterval(() => this.once(), 4000)
  }

  stop(): void {
    clearInterval(this.beat)
    this.beat = 0
    this.tone?.stop()
    this.tone = null
  }

  private once(): void {
    const sound = audio()
    const gain = sound.createGain()
    const tone = sound.createOscillator()
    tone.frequency.value = 450
    const at = sound.currentTime
    gain.gain.setValueAtTime(0, at)
    gain.gain.linearRampToValueAtTime(0.12, at + 0.03)
    gain.gain.setValueAtTime(0.12, at + 0.97)
    gain.gain.linearRampToValueAtTime(0, at + 1)
    tone.connect(gain).connect(sound.destination)
    tone.start()
    tone.stop(at + 1)
    this.tone = tone
  }
}

/** One short high tone: a call is taken by itself. */
export function chime(): void {
  const sound = audio()
  const gain = sound.createGain()
  const tone = sound.createOscillator()
  tone.frequency.value = 880
  gain.gain.setValueAtTime(0.12, sound.currentTime)
  gain.gain.linearRampToValueAtTime(0, sound.currentTime + 0.3)
  tone.connect(gain).connect(sound.destination)
  tone.start()
  tone.stop(sound.currentTime + 0.3)
}

/** Watch how loud a stream is, 0–1, until the returned function is called. */
export function watchLevel(stream: MediaStream, tell: (level: number) => void): () => void {
  const source = audio().createMediaStreamSource(stream)
  const analyser = audio().createAnalyser()
  analyser.fftSize = 1024
  source.connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const timer = window.setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length
    const db = 10 * Math.log10(power + 1e-9)
    tell(Math.min(1, Math.max(0, (db + 60) / 55)))
  }, 100)
  return () => {
    clearInterval(timer)
    source.disconnect()
  }
}

export interface Voice { stream: MediaStream; stop: () => void }

const SYLLABLES = [
  [730, 1090], [270, 2290], [570, 840], [300, 870], [530, 1840], [660, 1720], [440, 1020], [490, 1350],
]

/** A made-up voice without words: a buzz through two formants that speaks, pauses, speaks again. */
export function builtInVoice(): Voice {
  const sound = audio()
  const out = sound.createMediaStreamDestination()
  const loud = sound.createGain()
  loud.gain.value = 0
  const cords = sound.createOscillator()
  cords.type = 'sawtooth'
  const formants = [0, 1].map(() => {
    const filter = sound.createBiquadFilter()
    filter.type = 'bandpass'
    filter.Q.value = 7
    cords.connect(filter).connect(loud)
    return filter
  })
  loud.connect(out)
  cords.start()
  let step = 0
  const timer = window.setInterval(() => {
    const at = sound.currentTime
    const pausing = step % 12 > 8
    const shape = SYLLABLES[(step * 5 + Math.floor(step / 12)) % SYLLABLES.length]
    formants.forEach((filter, i) => filter.frequency.setTargetAtTime(shape[i], at, 0.03))
    cords.frequency.setTargetAtTime(150 + 45 * Math.sin(step * 0.9), at, 0.05)
    loud.gain.setTargetAtTime(pausing ? 0 : 0.9, at, 0.02)
    if (!pausing) loud.gain.setTargetAtTime(0.15, at + 0.15, 0.03)
    step++
  }, 210)
  return {
    stream: out.stream,
    stop: () => {
      clearInterval(timer)
      cords.stop()
    },
  }
}

export type MicrophoneFault = 'insecure' | 'none' | 'denied' | 'busy'

/** Open the microphone, or say why it cannot be had. */
export async function microphone(): Promise<MediaStream | MicrophoneFault> {
  if (!window.isSecureContext || !navigator.mediaDevices) return 'insecure'
  try {
    const wishes = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
    return await navigator.mediaDevices.getUserMedia({ audio: wishes })
  } catch (error) {
    const name = (error as DOMException).name
    if (name === 'NotFoundError') return 'none'
    return name === 'NotAllowedError' ? 'denied' : 'busy'
  }
}
