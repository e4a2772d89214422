/** Questions before something is done that cannot be undone, or needs to be told how. */
import type { BranchChanges, RecordedRun, RunListing } from '../../engine/api/questions';
import { formatCount, formatQuantity } from '../format/engineering';
import { element } from '../shell/dom';
import type { Studio } from '../shell/scene';

/** A dialog with a form: gone once it is closed. `submit` throws what is wrong, which is shown in it. */
function ask(title: string, action: string, content: readonly Node[], submit: () => Promise<void>): void {
  const problem = element('p', { className: 'form-problem', role: 'alert' });
  const confirm = element('button', { type: 'submit', className: 'accent' }, action);
  const form = element(
    'form',
    { method: 'dialog' },
    element('h2', {}, title),
    ...content,
    problem,
    element(
      'div',
      { className: 'form-actions' },
      element('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel'),
      confirm,
    ),
  );
  const dialog: HTMLDialogElement = element('dialog', { className: 'form-dialog', ariaLabel: title }, form);
  form.onsubmit = (event) => {
    event.preventDefault();
    confirm.disabled = true;
    problem.textContent = '';
    submit().then(
      () => dialog.close(),
      (error: Error) => {
        problem.textContent = error.message;
        confirm.disabled = false;
      },
    );
  };
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
}

export function askToDelete(run: RunListing, remove: () => Promise<void>): void {
  const circuits = run.circuits.map(({ id }) => id).join(', ');
  ask(
    `Delete ${run.id}?`,
    'Delete',
    [
      element(
        'p',
        {},
        `${formatCount(run.training)} simulations of ${circuits} and ${formatQuantity(run.bytes, 'B')} on disk. What was simulated is lost for good.`,
      ),
    ],
    remove,
  );
}

const NUMBERS = ['budget'];
const NOTHING = 'nothing';

/**
 * Asks what a branch is to change, and makes it.
 * @param tick that is looked at: the last checkpoint before it is taken
 * @param go leads to the new run
 */
export function askToBranch(studio: Studio, run: RecordedRun, tick: number, go: (branch: string) => void): void {
  const { checkpoints, catalogue, listing } = run;
  const from = checkpoints.findLast((checkpoint) => checkpoint.tick <= tick) ?? checkpoints[0];
  if (!from) {
    studio.report({
      id: 'branch',
      level: 'note',
      title: `${listing.id} has no checkpoint yet, so nothing can branch off from it.`,
      remedy: 'The first one comes after a few seconds of training.',
    });
    return;
  }
  const { configuration, hyperParameters = {}, schedule } = catalogue;
  const present: Readonly<Record<string, unknown>> = {
    schedule,
    budget: configuration.budget,
    targets: configuration.targets,
    ...hyperParameters,
  };
  const place = element(
    'select',
    { name: 'checkpoint' },
    ...checkpoints.map((one) =>
      element(
        'option',
        { value: String(one.tick), selected: one === from },
        `tick ${formatCount(one.tick)}, ${formatCount(one.simulations)} simulations`,
      ),
    ),
  );
  const setting = element(
    'select',
    { name: 'setting' },
    element('option', { value: NOTHING }, 'nothing: the same run once more'),
    ...Object.keys(present).map((name) => element('option', { value: name }, name)),
  );
  const value = element('input', { name: 'value', type: 'text', autocomplete: 'off', spellcheck: false, disabled: true });
  setting.onchange = () => {
    value.disabled = setting.value === NOTHING;
    value.value = value.disabled ? '' : String(present[setting.value]);
    if (!value.disabled) value.select();
  };
  const field = (label: string, control: HTMLElement) => element('label', {}, element('span', {}, label), control);
  ask(
    `Branch off from ${listing.id}`,
    'Branch and train',
    [
      element(
        'p',
        {},
        'A run of its own goes on from a checkpoint, with one setting changed. The one that trains here now is kept as it is.',
      ),
      field('Checkpoint', place),
      field('Setting', setting),
      field('New value', value),
    ],
    async () => {
      const changes = changesOf(setting.value, value.value, present);
      const { run: branch } = await studio.ask('branch-run', { run: listing.id, tick: Number(place.value), changes });
      go(branch);
    },
  );
}

function changesOf(name: string, text: string, present: Readonly<Record<string, unknown>>): BranchChanges {
  if (name === NOTHING) return {};
  const number = typeof present[name] === 'number' || NUMBERS.includes(name);
  if (number && (text.trim() === '' || Number.isNaN(Number(text))))
    throw new Error(`${name} is “${text}”; expected a number such as ${String(present[name])}`);
  const value = number ? Number(text) : text.trim();
  return name === 'schedule' || name === 'budget' || name === 'targets'
    ? ({ [name]: value } as BranchChanges)
    : { hyperParameters: { [name]: value } };
}
