/**
 * Blocks of linear memory: first fit over a list of free ranges sorted by address, neighbours merged when freed.
 * Everything is aligned to 64 bytes. It only knows addresses; `grow` makes the memory reach them.
 */
export interface Allocator {
  /** Address of a block of at least `bytes` bytes. */
  allocate(bytes: number): number;
  free(address: number): void;
  readonly used: number;
}

const ALIGNMENT = 64;

export function createAllocator(start: number, grow: (end: number) => void): Allocator {
  const free: { start: number; end: number }[] = [];
  const sizes = new Map<number, number>();
  let top = Math.ceil(start / ALIGNMENT) * ALIGNMENT;
  let used = 0;

  function take(size: number): number {
    const index = free.findIndex((range) => range.end - range.start >= size);
    if (index < 0) {
      grow(top + size);
      top += size;
      return top - size;
    }
    const range = free[index]!;
    const address = range.start;
    range.start += size;
    if (range.start === range.end) free.splice(index, 1);
    return address;
  }

  return {
    allocate(bytes) {
      const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
      const address = take(size);
      sizes.set(address, size);
      used += size;
      return address;
    },
    free(address) {
      const size = sizes.get(address);
      if (size === undefined) throw new Error(`address ${address} is not an allocated block; it may have been freed already`);
      sizes.delete(address);
      used -= size;
      let index = free.findIndex((range) => range.start > address);
      if (index < 0) index = free.length;
      free.splice(index, 0, { start: address, end: address + size });
      const next = free[index + 1];
      if (next && free[index]!.end === next.start) {
        free[index]!.end = next.end;
        free.splice(index + 1, 1);
      }
      const previous = free[index - 1];
      if (previous && previous.end === free[index]!.start) {
        previous.end = free[index]!.end;
        free.splice(index, 1);
      }
      const last = free[free.length - 1];
      if (last && last.end === top) {
        top = last.start;
        free.pop();
      }
    },
    get used() {
      return used;
    },
  };
}
