/** Where a circuit's folder is dropped, or chosen: circuit.json, a netlist and models, read as text. */
import { messageOf } from '../../engine/api';
import type { CircuitFiles } from '../../engine/api/circuit';
import { element, setText } from '../shell/dom';

/** A circuit's files are some kilobytes, models some megabytes; a folder of something else is not read. */
const LARGEST_BYTES = 32 * 1024 * 1024;

/** @param load takes the files and says what came of it; what it throws is shown in place */
export function createDropZone(load: (files: CircuitFiles) => Promise<string>): HTMLElement {
  const status = element('p', { className: 'drop-status', role: 'status' });
  const input = element('input', { type: 'file', multiple: true, ariaLabel: 'Files of a circuit' });
  input.onchange = () => void take([...(input.files ?? [])]);
  const root = element(
    'div',
    { className: 'drop-zone' },
    element('p', {}, 'Drop the files of a circuit here (circuit.json, its netlist, models), or choose them: '),
    input,
    status,
  );

  async function take(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    status.dataset.level = '';
    setText(status, 'Reading …');
    try {
      const total = files.reduce((sum, { size }) => sum + size, 0);
      if (total > LARGEST_BYTES)
        throw new Error('these files are larger than 32 MiB; a circuit is circuit.json, a netlist and models');
      const texts = await Promise.all(files.map(async (file) => [file.name, await file.text()] as const));
      setText(status, await load(Object.fromEntries(texts)));
    } catch (error) {
      status.dataset.level = 'error';
      setText(status, messageOf(error));
    }
  }

  const over = (on: boolean) => (event: DragEvent) => {
    event.preventDefault();
    root.dataset.over = String(on);
  };
  root.ondragover = over(true);
  root.ondragleave = over(false);
  root.ondrop = (event) => {
    over(false)(event);
    void filesOf(event.dataTransfer).then(take);
  };
  return root;
}

/** Files that were dropped; of a folder those directly in it. */
async function filesOf(transfer: DataTransfer | null): Promise<readonly File[]> {
  const entries = [...(transfer?.items ?? [])].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found = await Promise.all(
    entries.map(async (entry) => (entry.isDirectory ? childrenOf(entry as FileSystemDirectoryEntry) : [entry])),
  );
  const files = found.flat().filter((entry): entry is FileSystemFileEntry => entry.isFile);
  return Promise.all(files.map((entry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject))));
}

function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => folder.createReader().readEntries(resolve, reject));
}
