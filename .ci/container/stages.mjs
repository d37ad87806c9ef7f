// Reads a Dockerfile into its stages, and each of these into its steps.
import { DockerfileParser } from 'dockerfile-ast';

/** @returns {{ name: string, steps: { keyword: string, flags: Map, words: string[], text: string }[] }[]} */
export function readStages(dockerfile) {
  const stages = [];
  for (const instruction of DockerfileParser.parse(dockerfile).getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      stages.push({ name: instruction.getBuildStage() ?? `${stages.length}`, steps: [] });
    } else {
      stages.at(-1).steps.push(readStep(instruction));
    }
  }
  return stages;
}

function readStep(instruction) {
  const flags = (instruction.getFlags?.() ?? []).map((flag) => [flag.getName(), flag.getValue()]);
  return {
    keyword: instruction.getKeyword(),
    flags: new Map(flags),
    words: instruction.getArguments().map((argument) => argument.getValue()),
    text: instruction.getArgumentsContent() ?? '',
  };
}

/** What stands in the exec form: `["node", "main.js"]`, perhaps after a HEALTHCHECK's flags and its CMD. */
export function execForm({ keyword, text }) {
  const list = /\[.*\]$/s.exec(text)?.[0];
  if (!list) throw new Error(`${keyword} is not in the exec form`);
  return JSON.parse(list);
}

/** The names that an allow-list lets into the build: `*` first, then a `!name` a line. */
export function readAllowList(dockerignore) {
  const [first, ...others] = dockerignore.split('\n').filter((line) => /^[^#]/.test(line));
  if (first !== '*' || !others.every((line) => /^![\w./-]+$/.test(line))) {
    throw new Error('.dockerignore is no list of a * and then !names');
  }
  return others.map((line) => line.slice(1));
}
