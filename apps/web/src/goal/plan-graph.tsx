import type { Task } from '@chorale/lib-client';
import type { Edge, Node, NodeTypes } from '@xyflow/react';
import {
  Background,
  Controls,
  MarkerType,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
} from '@xyflow/react';
import type { ReactNode, RefObject } from 'react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { waitsForPerson } from '../status/tone.ts';
import { type Direction, type GraphLayout, layOut, neighbourOf } from './graph-layout.ts';
import { boundsOf, firstView, isInView } from './first-view.ts';
import { buildGraph, type GraphModel, relatedTasks, shapeOf } from './graph-model.ts';
import styles from './plan-graph.module.css';
import './react-flow.css';
import { TaskNode, type TaskNodeData } from './task-node.tsx';

interface PlanGraphProps {
  readonly tasks: readonly Task[];
  readonly selected: number | undefined;
  readonly onSelect: (taskNo: number | undefined) => void;
}

/** From here on a map in the corner shows where one is. */
const nodesForMap = 30;
const zoomMin = 0.08;
const moveMs = 200;
/** Below this only names are shown, larger. */
const farZoom = 0.6;
/** Below this not even names: each task is a field in the colour of its state. */
const fieldZoom = 0.28;

const nodeTypes: NodeTypes = { task: TaskNode };
export function PlanGraph(props: PlanGraphProps): ReactNode {
  return (
    <ReactFlowProvider>
      <Graph {...props} />
    </ReactFlowProvider>
  );
}

function Graph({ tasks, selected, onSelect }: PlanGraphProps): ReactNode {
  const frame = useRef<HTMLElement>(null);
  const model = useMemo(() => buildGraph(tasks), [tasks]);
  const shape = shapeOf(model);
  // A layout is costly and depends on the shape alone: tasks that only change their state stay where they are.
  const [laidOut, setLaidOut] = useState(() => ({ shape, boxes: layOut(model) }));
  if (laidOut.shape !== shape) setLaidOut({ shape, boxes: layOut(model) });
  const { boxes } = laidOut;
  const onMove = useMoveFocus(model, boxes, frame);
  const shows = useStore(({ transform }) =>
    transform[2] < fieldZoom ? 'fields' : transform[2] < farZoom ? 'names' : 'all',
  );
  useViews(frame, { boxes, model, selected });
  const nodes = useMemo(() => nodesOf(model, boxes, { selected, onMove }), [model, boxes, selected, onMove]);
  const edges = useMemo(() => edgesOf(model, selected), [model, selected]);
  return (
    <section
      ref={frame}
      className={styles.graph}
      data-shows={shows}
      aria-label="Plan: tasks and what they need. Arrow keys move between tasks."
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        onNodeClick={(_event, node) => onSelect(Number(node.id))}
        onPaneClick={() => onSelect(undefined)}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        onlyRenderVisibleElements={nodes.length > nodesForMap}
        minZoom={zoomMin}
        maxZoom={1.6}
        panOnScroll
        zoomOnDoubleClick={false}
        proOptions={{ hideAttribution: true }}
      >
        <Background className={styles.dots ?? ''} gap={22} size={1} />
        <Controls showInteractive={false} position="bottom-left" fitViewOptions={{ duration: moveMs, maxZoom: 1 }} />
        {nodes.length > nodesForMap ? (
          <MiniMap pannable zoomable position="bottom-right" ariaLabel="Map of the plan" nodeClassName={miniClass} />
        ) : null}
      </ReactFlow>
    </section>
  );
}

/** Sets the first view, again when tasks come, and keeps the chosen task in view when its panel takes room. */
function useViews(frame: RefObject<HTMLElement | null>, { boxes, model, selected }: ViewedGraph): void {
  const { setViewport, getViewport, setCenter } = useReactFlow();
  const shownBoxes = useRef<GraphLayout>(undefined);
  useEffect(() => {
    const size = sizeOf(frame);
    if (size === undefined || shownBoxes.current === boxes) return;
    const first = shownBoxes.current === undefined;
    shownBoxes.current = boxes;
    const urgent = model.nodes.find(
      ({ task }) => waitsForPerson(task) || task.state === 'running' || task.state === 'failed',
    );
    const lookAt = selected ?? urgent?.task.no;
    const view = firstView(boundsOf(boxes.values()), size, lookAt === undefined ? undefined : boxes.get(lookAt));
    void setViewport(view, { duration: first ? 0 : moveMs });
  }, [boxes, model, selected, frame, setViewport]);
  useEffect(() => {
    const size = sizeOf(frame);
    const box = selected === undefined ? undefined : boxes.get(selected);
    if (size === undefined || box === undefined || isInView(box, size, getViewport())) return;
    void setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom: getViewport().zoom, duration: moveMs });
  }, [selected, boxes, frame, getViewport, setCenter]);
}

interface ViewedGraph {
  readonly boxes: GraphLayout;
  readonly model: GraphModel;
  readonly selected: number | undefined;
}

function sizeOf(frame: RefObject<HTMLElement | null>): { readonly width: number; readonly height: number } | undefined {
  const element = frame.current;
  return element === null ? undefined : { width: element.clientWidth, height: element.clientHeight };
}

function useMoveFocus(
  model: GraphModel,
  boxes: GraphLayout,
  frame: RefObject<HTMLElement | null>,
): TaskNodeData['onMove'] {
  const { setCenter, getZoom } = useReactFlow();
  return useCallback(
    (from: number, to: Direction) => {
      const next = neighbourOf(model, boxes, { from, to });
      const box = next === undefined ? undefined : boxes.get(next);
      if (box === undefined) return;
      const focus = (): void =>
        frame.current?.querySelector<HTMLElement>(`[data-task="${next}"]`)?.focus({ preventScroll: true });
      // Now, when it is drawn already; else when the view has come to it.
      focus();
      void setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom: getZoom(), duration: moveMs }).then(focus);
    },
    [model, boxes, frame, setCenter, getZoom],
  );
}

interface NodeContext {
  readonly selected: number | undefined;
  readonly onMove: TaskNodeData['onMove'];
}

function nodesOf(
  { nodes, edges }: GraphModel,
  boxes: GraphLayout,
  { selected, onMove }: NodeContext,
): Node<TaskNodeData>[] {
  const related = selected === undefined ? undefined : relatedTasks({ nodes, edges }, selected);
  return nodes.flatMap(({ task, items }, index) => {
    const box = boxes.get(task.no);
    if (box === undefined) return [];
    return {
      id: String(task.no),
      type: 'task',
      position: { x: box.x, y: box.y },
      width: box.width,
      height: box.height,
      data: {
        task,
        items,
        chosen: task.no === selected,
        dimmed: related?.has(task.no) === false,
        entry: index === 0,
        onMove,
      },
    };
  });
}

function edgesOf(model: GraphModel, selected: number | undefined): Edge[] {
  const states = new Map(model.nodes.map(({ task }) => [task.no, task]));
  return model.edges.map(({ from, to }) => {
    const need = states.get(from);
    const chosen = selected === from || selected === to;
    const passed = need !== undefined && need.finishedAt !== undefined && need.state === 'succeeded';
    return {
      id: `${from}-${to}`,
      source: String(from),
      target: String(to),
      animated: states.get(to)?.state === 'running',
      className: [styles.edge, passed ? styles.passed : '', chosen ? styles.chosenEdge : ''].join(' '),
      markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, color: 'var(--border-strong)' },
    };
  });
}

function miniClass(node: Node): string {
  const { task } = node.data as TaskNodeData;
  return `mini-${waitsForPerson(task) ? 'ask' : task.state}`;
}
