// A flow as an indented list: each node once, below the branch that reaches it first.
import type { Drawn, FlowEdge } from './flow'

export interface Leaf {
  id: string
  node: string
  edges: FlowEdge[]
  depth: number
  again: boolean
  missing: boolean
  loose: boolean
}

/** The nodes in the order they are reached; those reached twice are named again without their own. */
export function treeOf(drawn: Drawn): Leaf[] {
  const known = new Set(drawn.nodes.map((n) => n.name))
  const seen = new Set<string>()
  const leaves: Leaf[] = []
  const put = (node: string, edges: FlowEdge[], depth: number, id: string, loose = false): void => {
    const again = seen.has(node)
    leaves.push({ id, node, edges, depth, again, missing: !known.has(node), loose })
    if (again || !known.has(node)) return
    seen.add(node)
    const ways = new Map<string, FlowEdge[]>()
    for (const edge of drawn.edges) {
      if (edge.node === node && edge.to) ways.set(edge.to, [...(ways.get(edge.to) ?? []), edge])
    }
    for (const [to, by] of ways) put(to, by, depth + 1, `${id}/${to}`)
  }
  if (drawn.start) put(drawn.start, [], 0, drawn.start)
  for (const { name } of drawn.nodes) if (!seen.has(name)) put(name, [], 0, `?${name}`, true)
  return leaves
}
