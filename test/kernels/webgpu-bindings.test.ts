/** What every WGSL file declares against what the plans bind to it. No device is needed. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultHyperParameters, type HyperParameters, RandomStream } from '../../engine/api';
import { buildFitPlan } from '../../engine/learn/fit-plan';
import { createLearningState } from '../../engine/learn/networks';
import { buildUpdatePlan } from '../../engine/learn/update-plan';
import type { Plan, View } from '../../engine/tensor/plan';
import { callsOf as callsOfDispatch, type KernelCall } from '../../engine/tensor/webgpu/dispatch';
import { lowerFused } from '../../engine/tensor/webgpu/fuse/lower-fused';
import { IndexTables, type Lowered, lowerPlan } from '../../engine/tensor/webgpu/lower';
import { moduleOf } from '../../engine/tensor/webgpu/pipelines';
import { shaders } from '../../engine/tensor/webgpu/shaders';
import { toyAgentCircuit } from '../learn/fixtures';
import { caseOf, cases } from './webgpu-cases';

const SEEDS = 6;
const PARALLEL = 16;

function learningPlans(change: Partial<HyperParameters>): Plan[] {
  const hyper = { ...defaultHyperParameters, width: 16, state: 4, layers: 2, members: 2, batch: 8, realCapacity: 16, ...change };
  const state = createLearningState([toyAgentCircuit(0, 3, 2), toyAgentCircuit(1, 4, 3)], hyper, new RandomStream(1), 1);
  return [buildUpdatePlan(state, hyper, [2, 2]), buildFitPlan(state, hyper, [4, 4])];
}

/** Launches one by one, and plans of the learning as they are run. */
const lowered: readonly (readonly [string, Lowered])[] = [
  ...Object.keys(cases).flatMap((name) =>
    Array.from({ length: SEEDS }, (_, seed) => [name, lowerPlan(caseOf(name, seed + 1).plan, PARALLEL)] as const),
  ),
  ...[{}, { transformer: 1 }].flatMap((change) =>
    learningPlans(change).map((plan) => {
      const options = { parallel: PARALLEL, join: true, mostBuffers: 10, memory: 32_768 - 4096 };
      return [plan.name, lowerFused(plan, options, new IndexTables(plan.indices))] as const;
    }),
  ),
];
const callsOf = ({ dispatches }: Lowered): readonly KernelCall[] => dispatches.flatMap(callsOfDispatch);
const keyOf = (view: View) => (view.space === 'variable' ? `variable:${view.group}` : view.space);

const DECLARATION = /@group\(0\) @binding\((\d+)\) var<(uniform|storage, read|storage, read_write)> (\w+): ([^;]+);/g;

describe('bindings', () => {
  it('of every pipeline are declared as they are bound', () => {
    for (const [i, [name, plan]] of lowered.entries()) {
      for (const dispatch of plan.dispatches) {
        const { code, storages, bindings, words, label } = moduleOf(dispatch, i % 2 > 0);
        const calls = callsOfDispatch(dispatch);
        const said = `${name}: ${label}`;
        const declared = [...code.matchAll(DECLARATION)].map(([, binding, access, as, type]) => ({
          binding: Number(binding),
          access,
          as,
          type,
        }));
        expect(
          declared.map(({ binding }) => binding),
          said,
        ).toEqual([...storages.keys(), storages.length]);
        const written = new Set(
          calls.flatMap(({ shader, operands }) =>
            operands.flatMap((view, i) => (view && shader.operands[i]!.access === 'out' ? [keyOf(view)] : [])),
          ),
        );
        for (const { binding, access, as, type } of declared.slice(1)) {
          const key = storages[binding - 1]!;
          expect(access, `${said}: ${key}`).toBe(written.has(key) ? 'storage, read_write' : 'storage, read');
          expect(bindings.written.has(binding), `${said}: ${key}`).toBe(written.has(key));
          expect(type, `${said}: ${as}`).toBe(key === 'index' ? 'array<i32>' : type === 'array<vec4f>' ? type : 'array<f32>');
        }
        const block = /struct Params \{([^}]*)\}/.exec(code);
        if (block) expect(block[1]!.split(',').length, said).toBe(words.length);
        else expect(declared[0]!.type, said).toBe(`array<vec4u, ${words.length / 4}>`);
      }
    }
  });

  it('of every call are what its file asks for, and lie within what is bound', () => {
    for (const [name, plan] of lowered) {
      for (const { shader, operands, indices, uniforms, constants, label } of callsOf(plan)) {
        const said = `${name}: ${label}, ${shader.name}.wgsl`;
        expect(operands.length, said).toBe(shader.operands.length);
        expect(indices.length, said).toBe(shader.indices.length);
        for (const [i, { optional }] of shader.operands.entries()) if (!optional) expect(operands[i], said).not.toBeNull();
        for (const { name: uniform } of shader.uniforms) expect(uniforms[uniform], `${said}: ${uniform}`).toBeTypeOf('number');
        expect(Object.keys(constants).sort(), said).toEqual([...shader.constants].sort());
        for (const view of operands) {
          if (view?.space !== 'arena') continue;
          expect(view.offset + (view.rows - 1) * view.stride + view.columns, said).toBeLessThanOrEqual(plan.arenaLength);
        }
        const tables = plan.tables.storage().length;
        for (const { offset, length } of indices) expect(offset + length, said).toBeLessThanOrEqual(tables);
      }
    }
  });

  it('reach every file, and every file uses what it declares', () => {
    const folder = new URL('../../shaders/', import.meta.url);
    const texts = new Map(
      readdirSync(folder).map((file) => [file.replace('.wgsl', ''), readFileSync(new URL(file, folder), 'utf8')] as const),
    );
    const taken = [...texts.values()].flatMap((text) =>
      [...text.matchAll(/^\/\/! (?:include|paste) ([\w-]+)/gm)].map(([, file]) => file!),
    );
    const run = lowered.flatMap(([, plan]) => callsOf(plan).map(({ shader }) => shader.name));
    // What uses subgroups takes the place of a file that does not.
    const reached = (file: string) => run.includes(file) || taken.includes(file.replace(/-subgroups$/, ''));
    expect([...texts.keys()].filter((file) => !reached(file))).toEqual([]);
    for (const { name, form, operands, indices, uniforms, constants, body } of Object.values(shaders)) {
      const code = body.replace(/^\/\/.*$/gm, '');
      const uses = (pattern: string, what: string) => expect(code, `${name}.wgsl: ${what}`).toMatch(new RegExp(pattern));
      // The program of an elementwise kernel is written for each.
      if (name === 'elementwise') continue;
      for (const { name: operand } of operands)
        uses(`\\b(set_|has_)?${operand}(_at|_flat|_quad\\w*|_offset|_stride)?\\b`, operand);
      for (const index of indices) uses(`\\b${index}(_at|_length)\\b`, index);
      // Points and rows are counted by what calls the file.
      const counted = form === 'blocks' ? [] : ['rows', 'columns'];
      for (const { name: uniform } of uniforms) if (!counted.includes(uniform)) uses(`\\bparams\\.${uniform}\\b`, uniform);
      for (const constant of constants) uses(`\\b${constant}\\b`, constant);
    }
  });
});
