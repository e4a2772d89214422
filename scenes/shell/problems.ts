/**
 * Problems as lines under the scenes, never over what is being worked on: what happened, what to do; details on request.
 * Errors stay until dismissed.
 */
import type { Problem } from '../source/source';
import { element } from './dom';
import type { Studio } from './scene';

export function createProblemList(studio: Studio): HTMLElement {
  const root = element('div', { className: 'problems', role: 'region', ariaLabel: 'Problems' });
  const render = () => {
    const problems = studio.problems.value;
    root.hidden = problems.length === 0;
    root.replaceChildren(...problems.map((problem) => createProblem(problem, studio)));
  };
  render();
  studio.problems.subscribe(render);
  return root;
}

function createProblem(problem: Problem, studio: Studio): HTMLElement {
  const dismiss = () => studio.problems.set(studio.problems.value.filter((other) => other.id !== problem.id));
  const article = element(
    'article',
    {
      className: 'problem',
      role: problem.level === 'error' ? 'alert' : 'status',
      dataset: { level: problem.level, problem: problem.id },
    },
    element('p', { className: 'problem-title' }, problem.title),
    element('p', { className: 'problem-remedy' }, problem.remedy),
  );
  if (problem.link) {
    const { title, search } = problem.link;
    article.append(element('a', { className: 'problem-link', href: `${location.pathname}${search}` }, title));
  }
  if (problem.detail) {
    article.append(element('details', {}, element('summary', {}, 'Details'), element('pre', {}, problem.detail)));
  }
  article.append(element('button', { type: 'button', className: 'problem-close', ariaLabel: 'Dismiss', onclick: dismiss }, '×'));
  return article;
}
