import { DockerfileParser, type Instruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';

/** Says of the text what is wrong with it; nothing when it holds. */
export type Rule = (text: string) => string[];

interface Stage {
  readonly name: string | null;
  readonly image: string;
  readonly instructions: readonly Instruction[];
}

export const linterFindsNothing: Rule = (text) =>
  validate(text).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`);

/** A tag that moves from one major version to the next breaks a build that nobody changed. */
export const everyBaseHasItsVersion: Rule = (text) => {
  const stages = stagesOf(text);
  const names = stages.map(({ name }) => name);
  return stages
    .filter(({ image }) => !names.includes(image) && !/:\d[\w.-]*$/.test(image))
    .map(({ image }) => `${image} names no version`);
};

/** A module that was compiled against the C library of another Debian may not load. */
export const basesAreOfOneKind: Rule = (text) => {
  const kinds = new Set(stagesOf(text).map(({ image }) => image.replace(/-slim$/, '')));
  return kinds.size === 1 ? [] : [`built on ${[...kinds].join(' and ')}`];
};

/** By number, for Kubernetes' runAsNonRoot cannot tell who a name is. */
export const runsAsNobodyImportant: Rule = (text) => {
  const last = lastStage(text);
  const users = last.filter((each) => each.getKeyword() === 'USER');
  const user = users.at(-1)?.getArgumentsContent() ?? 'root';
  return /^[1-9]\d*:[1-9]\d*$/.test(user) ? [] : [`runs as ${user}`];
};

export const tellsItsHealth: Rule = (text) => {
  const checks = lastStage(text).filter((each) => each.getKeyword() === 'HEALTHCHECK');
  const check = checks.at(-1)?.getArgumentsContent() ?? 'NONE';
  return /\bCMD \[.*\/health\/ready/s.test(check) ? [] : [`its health check is ${check}`];
};

/** Started through a shell or npm, the server would not get the signal to stop. */
export function startsTheServerItself(command: string): Rule {
  return (text) => {
    const words = JSON.stringify(command.split(' ')).replaceAll(',', ', ');
    const starts = lastStage(text)
      .filter((each) => ['CMD', 'ENTRYPOINT'].includes(each.getKeyword()))
      .map(String);
    return starts.join() === `CMD ${words}` ? [] : [`it starts with ${starts.join() || 'nothing'}`];
  };
}

/** ADD unpacks archives and fetches URLs, which nobody asked for. */
export const nothingIsAdded: Rule = (text) =>
  allInstructions(text)
    .filter((each) => each.getKeyword() === 'ADD')
    .map(String);

/** What a build argument or a variable of the image holds can be read from the image. */
export const holdsNoSecret: Rule = (text) =>
  allInstructions(text)
    .filter((each) => ['ARG', 'ENV'].includes(each.getKeyword()))
    .filter((each) =>
      /(secret|password|passphrase|credentials?|token|key)(=|\s|$)/i.test(`${each}`),
    )
    .map(String);

/** The last stage takes what the others made, so none of their tools comes along. */
export const lastStageOnlyCollects: Rule = (text) =>
  lastStage(text)
    .filter((each) => each.getKeyword() === 'RUN')
    .filter((each) => /\b(npm|npx|yarn|apt-get|curl|wget)\b/.test(`${each}`))
    .map(String);

/** Of the stage from which the last one takes its packages. */
export const installsNothingForDevelopment: Rule = (text) => {
  const copies = lastStage(text).map(String).join('\n');
  const source = /^COPY --from=(\S+) \S*node_modules /m.exec(copies)?.[1];
  const stage = stagesOf(text).find(({ name }) => name === source);
  if (!stage) return ['no stage gives it its packages'];
  const installs = stage.instructions.map(String).filter((each) => /\bnpm (ci|i)/.test(each));
  return installs.filter((each) => !/\bnpm ci --omit=dev\b/.test(each));
};

function lastStage(text: string): readonly Instruction[] {
  return stagesOf(text).at(-1)?.instructions ?? [];
}

function allInstructions(text: string): readonly Instruction[] {
  return DockerfileParser.parse(text).getInstructions();
}

function stagesOf(text: string): readonly Stage[] {
  const file = DockerfileParser.parse(text);
  const starts = file.getFROMs();
  return starts.map((from, index) => ({
    name: from.getBuildStage(),
    image: from.getImage() ?? '',
    instructions: file
      .getInstructions()
      .filter((each) => lineOf(each) >= lineOf(from))
      .filter((each) => lineOf(each) < lineOf(starts[index + 1])),
  }));
}

function lineOf(instruction: Instruction | undefined): number {
  return instruction?.getRange().start.line ?? Infinity;
}
