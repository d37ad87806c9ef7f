import type { Rule } from './dockerfile.js';

/** What the build needs, and no list of what it must not see, on which tomorrow's secret would be missing. */
export const onlyWhatIsNamedGetsIn: Rule = (text) => {
  const [first, ...others] = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const wrong = others.filter((line) => !/^!(src|LICENSE|[\w-]+\.(json|ts))$/.test(line));
  return first === '*' ? wrong : ['it does not begin with *'];
};
