import type { KernelName, LaunchOf } from '../plan';
import type { Matrix } from './matrix';

/** A launch with its views resolved. Optional operands that are absent are null. */
export interface Operands<Name extends KernelName> {
  readonly inputs: readonly (Matrix | null)[];
  readonly outputs: readonly (Matrix | null)[];
  readonly index: readonly Int32Array[];
  readonly attributes: LaunchOf<Name>['attributes'];
}

export type ReferenceKernel<Name extends KernelName> = (operands: Operands<Name>) => void;
/** Operands that a kernel always has. */
export type Present = readonly Matrix[];
