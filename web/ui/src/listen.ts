// One thing is heard at a time: a new sound ends the one before.
let playing: HTMLAudioElement | null = null

/** Play a sound of the server; rejects when it cannot be played. */
export async function hear(url: string): Promise<void> {
  hush()
  playing = new Audio(url)
  await playing.play()
}

/** End what is playing. */
export function hush(): void {
  playing?.pause()
  playing = null
}
