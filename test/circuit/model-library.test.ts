import { describe, expect, it } from 'vitest';
import { logicalLines, words } from '../../engine/circuit/deck/logical-lines';
import { readModelLibrary } from '../../engine/circuit/deck/model-library';
import { pruneModels } from '../../engine/circuit/deck/prune-models';

describe('logicalLines', () => {
  it('joins continuations, drops comments, keeps line numbers', () => {
    const lines = logicalLines('* title\nm1 a b\n* between\n+ w = 1u $ wide\n\nr1 a b 1k ; one\n');
    expect(lines).toEqual([
      { text: 'm1 a b w=1u', line: 2 },
      { text: 'r1 a b 1k', line: 6 },
    ]);
  });

  it('keeps quoted, braced and parenthesised parts whole', () => {
    expect(words("b1 out 0 v='a + b' {x y} pulse(1 2 3)")).toEqual(['b1', 'out', '0', "v='a + b'", '{x y}', 'pulse(1 2 3)']);
  });
});

const LIBRARY = `
.lib typical
.lib 'models.lib' core
.param late = 'switch*2 + 1'
.endl
.lib ff
.param late = 9
.endl
.lib core
.model nch.0 nmos level=54 lmin=1e-7 lmax=1e-6 wmin=1e-7 wmax=1e-6 vth0=late
.model nch.1 nmos level=54 lmin=1e-7 lmax=1e-6
+ wmin=1e-6 wmax=1e-5 vth0 = 'late+0.5' u0=4.6066597e-009
.model dio d (is=1e-14 n=1)
.subckt cell a b w=1u
m1 a b 0 0 nch w='w' l=0.3u
.ends
.endl
`;
const read = (name: string) => (name === 'models.lib' ? LIBRARY : null);
const library = readModelLibrary('.lib models.lib typical', read, { switch: 0 });

describe('readModelLibrary', () => {
  it('resolves sections, and cards that use parameters defined later', () => {
    expect(library.models.get('nch')?.map(({ text }) => text)).toEqual([
      '.model nch.0 nmos level=54 lmin=1e-7 lmax=1e-6 wmin=1e-7 wmax=1e-6 vth0=1',
      '.model nch.1 nmos level=54 lmin=1e-7 lmax=1e-6 wmin=1e-6 wmax=1e-5 vth0=1.5 u0=4.6066597e-009',
    ]);
    expect(library.models.get('dio')?.[0]?.text).toBe('.model dio d is=1e-14 n=1');
  });

  it('says which file or section is missing', () => {
    expect(() => readModelLibrary('.include nowhere', read)).toThrow(/"nowhere", which cannot be resolved/);
    expect(() => readModelLibrary('.lib models.lib ss', read)).toThrow(/section ss of models.lib/);
  });

  it('does not follow files that include one another for ever', () => {
    expect(() => readModelLibrary('.include a', () => '.include a')).toThrow(/do not include one another/);
  });
});

describe('pruneModels', () => {
  it('takes only the bins that sizes fall in', () => {
    expect(pruneModels('m1 d g s b nch w=0.5u l=0.3u', library)).toContain('nch.0');
    expect(pruneModels('m1 d g s b nch w=0.5u l=0.3u', library)).not.toContain('nch.1');
  });

  it('takes both bins at their common edge, and all where the size is an expression', () => {
    for (const size of ['w=1u', "w='2*x'"]) {
      const text = pruneModels(`m1 d g s b nch ${size} l=0.3u`, library);
      expect(text).toContain('nch.0');
      expect(text).toContain('nch.1');
    }
  });

  it('counts the width of a finger', () => {
    expect(pruneModels('m1 d g s b nch w=4u nf=8 l=0.3u', library)).not.toContain('nch.1');
  });

  it('follows subcircuits to their models', () => {
    const text = pruneModels('x1 a b cell w=2u', library);
    expect(text).toContain('.subckt cell');
    expect(text).toContain('nch.1');
    expect(text).not.toContain('dio');
  });
});
