// Small doings of the browser page itself: painting, one tab per phone, notifications.

/** Resolves once what was changed now has been painted. */
export function afterPaint(): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, 400)
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        clearTimeout(late)
        resolve()
      }),
    )
  })
}

/**
 * Hold the phone of `agent` for this tab alone. Gives how to let go, or null when another tab has
 * it; `lost` is called when another tab takes it over.
 */
export async function keepTab(agent: string, steal: boolean, lost: () => void): Promise<(() => void) | null> {
  if (!navigator.locks) return () => undefined
  for (let tries = 0; tries < 4; tries++) {
    const held = await takeLock(agent, steal, lost)
    if (held) return held
    // the page that was here before a reload may not have let go yet
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  return null
}

function takeLock(agent: string, steal: boolean, lost: () => void): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    let released = false
    const options = steal ? { steal: true } : { ifAvailable: true }
    navigator.locks
      .request(`yingda-phone-${agent}`, options, (lock) => {
        if (!lock) return resolve(null)
        return new Promise<void>((release) =>
          resolve(() => {
            released = true
            release()
          }),
        )
      })
      .catch(() => !released && lost())
  })
}

/** Tell a person who looks elsewhere that a call came, if they allowed it. */
export function notify(title: string, body: string): void {
  if (!document.hidden || !('Notification' in window) || Notification.permission !== 'granted') return
  const shown = new Notification(title, { body, tag: 'yingda-call' })
  shown.onclick = () => window.focus()
}

/** Ask once whether calls may be announced while the page is hidden. */
export function askToNotify(): void {
  if ('Notification' in window && Notification.permission === 'default') void Notification.requestPermission()
}
