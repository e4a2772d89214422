import type { AgentState } from '../../api';
import { type SafeTensor, writeSafetensors } from '../../tensor/safetensors';

/** Networks of M3; moments, target networks and buffers are no weights. */
const NETWORKS = ['actor', 'critic', 'model'];
const MOMENT = /^\w+\.[mv]\./;

/**
 * Weights as safetensors files under the names and shapes of the official Mamba code, one file a network: members of an
 * ensemble, which compute side by side and lie stacked in the checkpoint, are taken apart. An agent without networks of
 * that kind gets one file with all of its tensors.
 */
export function exportWeights(
  tensors: AgentState['tensors'],
  metadata: Readonly<Record<string, string>>,
): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const network of NETWORKS) {
    const own = [...tensors].filter(([name]) => name.startsWith(`${network}.`) && !MOMENT.test(name));
    const members = tensors.get(`${network}.norm_f.weight`)?.shape[0];
    if (own.length === 0 || members === undefined) continue;
    for (let member = 0; member < members; member++) {
      const part = new Map(
        own.map(([name, tensor]) => {
          const official = name.slice(network.length + 1);
          return [official, officialShape(official, memberOf(tensor, member, members))];
        }),
      );
      files.set(`${members > 1 ? `${network}-${member}` : network}.safetensors`, writeSafetensors(part, metadata));
    }
  }
  if (files.size === 0 && tensors.size > 0) files.set('tensors.safetensors', writeSafetensors(tensors, metadata));
  return files;
}

function memberOf({ shape, values }: SafeTensor, member: number, members: number): SafeTensor {
  const rows = shape[0]! / members;
  const length = values.length / members;
  return { shape: [rows, ...shape.slice(1)], values: values.subarray(member * length, (member + 1) * length) };
}

/** Vectors have one dimension there, and the depthwise convolution three. */
function officialShape(name: string, { shape, values }: SafeTensor): SafeTensor {
  if (/(?:^|\.)(?:norm|norm_f)\.weight$|\.bias$|\.D$/.test(name)) return { shape: [values.length], values };
  if (name.endsWith('conv1d.weight')) return { shape: [shape[0]!, 1, shape[1]!], values };
  return { shape, values };
}
