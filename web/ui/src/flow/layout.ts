// Where boxes stand: dagre ranks them, top to bottom or left to right.
import { Graph, layout } from '@dagrejs/dagre'
import type { Drawn, FlowEdge } from './flow'

export const BOX = { width: 208, height: 58 }
/** With today's counts below. */
export const TALL = 78
export type Way = 'TB' | 'LR'
export interface Placed { id: string; x: number; y: number }
export interface Joined { id: string; from: string; to: string; edges: FlowEdge[] }

/** Branches between the same two nodes are one line; those that stay or end are none. */
export function joined(drawn: Drawn): Joined[] {
  const lines = new Map<string, Joined>()
  for (const edge of drawn.edges) {
    if (!edge.to) continue
    const id = `${edge.node}>${edge.to}`
    const line = lines.get(id) ?? { id, from: edge.node, to: edge.to, edges: [] }
    line.edges.push(edge)
    lines.set(id, line)
  }
  return [...lines.values()]
}

export interface Line { path: string; x: number; y: number }

/** A line through dagre's points, its corners rounded. */
function curve(points: { x: number; y: number }[]): string {
  const [first, ...rest] = points
  const parts = [`M ${first.x} ${first.y}`]
  rest.forEach((p, i) => {
    const next = rest[i + 1]
    parts.push(next && i < rest.length - 2 ? `Q ${p.x} ${p.y} ${(p.x + next.x) / 2} ${(p.y + next.y) / 2}` : next ? `Q ${p.x} ${p.y} ${next.x} ${next.y}` : i === 0 ? `L ${p.x} ${p.y}` : '')
  })
  return parts.join(' ').trim()
}

/** Place every node, those that are named but missing included. */
export function place(drawn: Drawn, way: Way, height: number, labelled: (edges: FlowEdge[]) => string): { boxes: Placed[]; lines: Map<string, Line> } {
  const graph = new Graph()
  graph.setGraph({ rankdir: way, nodesep: way === 'TB' ? 28 : 20, ranksep: way === 'TB' ? 46 : 96, marginx: 16, marginy: 16 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { name } of drawn.nodes) graph.setNode(name, { ...BOX, height })
  for (const line of joined(drawn)) {
    if (!graph.hasNode(line.to)) graph.setNode(line.to, { ...BOX, height })
    const text = labelled(line.edges)
    graph.setEdge(line.from, line.to, { width: Math.min(140, text.length * 12), height: text ? 18 : 0, labelpos: 'c' })
  }
  layout(graph)
  const boxes = graph.nodes().map((id) => {
    const spot = graph.node(id) as { x: number; y: number }
    return { id, x: spot.x - BOX.width / 2, y: spot.y - height / 2 }
  })
  const lines = new Map<string, Line>()
  for (const one of graph.edges()) {
    const drawnLine = graph.edge(one) as { points: { x: number; y: number }[]; x?: number; y?: number }
    const middle = drawnLine.points[Math.floor(drawnLine.points.length / 2)]
    lines.set(`${one.v}>${one.w}`, { path: curve(drawnLine.points), x: drawnLine.x ?? middle.x, y: drawnLine.y ?? middle.y })
  }
  return { boxes, lines }
}
