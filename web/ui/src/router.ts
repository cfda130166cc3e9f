// Which page stands at which address, and who may see it.
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import type { Role } from './contract'
import { useSession } from './stores/session'
import { t } from './words'

declare module 'vue-router' {
  interface RouteMeta { open?: boolean; role?: Role; title?: string }
}

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: () => home() },
  { path: '/login', component: () => import('./pages/LoginPage.vue'), meta: { open: true, title: 'login' } },
  { path: '/desk', component: () => import('./pages/DeskPage.vue'), meta: { title: 'desk' } },
  { path: '/live', component: () => import('./pages/LivePage.vue'), meta: { role: 'supervisor', title: 'live' } },
  { path: '/calls', component: () => import('./pages/CallsPage.vue'), meta: { title: 'calls' } },
  { path: '/calls/:id', component: () => import('./pages/CallPage.vue'), meta: { title: 'call' } },
  { path: '/messages', component: () => import('./pages/MessagesPage.vue'), meta: { title: 'messages' } },
  { path: '/reports/:kind?', component: () => import('./pages/ReportsPage.vue'), meta: { role: 'supervisor', title: 'reports' } },
  { path: '/admin/:part?', component: () => import('./pages/AdminPage.vue'), meta: { role: 'manager', title: 'admin' } },
  { path: '/flows/:name', component: () => import('./pages/FlowPage.vue'), meta: { role: 'manager', title: 'flows' } },
  { path: '/me', component: () => import('./pages/MePage.vue'), meta: { title: 'me' } },
  { path: '/call/:token', component: () => import('./pages/TestCallPage.vue'), meta: { open: true, title: 'test' } },
  { path: '/:rest(.*)*', component: () => import('./pages/NothingPage.vue'), meta: { open: true, title: 'nothing' } },
]

export const router = createRouter({ history: createWebHistory(), routes })

/** The first page of whoever is logged in. */
export function home(): string {
  const session = useSession()
  if (!session.me) return '/login'
  return session.me.agent ? '/desk' : session.may('supervisor') ? '/live' : '/calls'
}

router.beforeEach(async (to) => {
  if (to.meta.open) return true
  const session = useSession()
  if (!session.me) {
    try {
      await session.load()
    } catch {
      return { path: '/login', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
    }
  }
  if (session.me?.must_change && to.path !== '/me') return '/me'
  if (to.path === '/desk' && !session.me?.agent) return home()
  if (to.meta.role && !session.may(to.meta.role)) return home()
  return true
})

router.afterEach((to) => {
  document.title = `${t(`page.${to.meta.title ?? 'desk'}`)} · ${t('product')}`
})
