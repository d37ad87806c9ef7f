import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Rule } from './dockerfile.js';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition?: string }>>;
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly healthcheck?: object;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
}

/** Generated from their declarations. */
const SETTINGS = new Set(
  [...readFileSync('.env.example', 'utf8').matchAll(/^#(\w+)=/gm)].map(([, name]) => name),
);
/** What the client library and the image of PostgreSQL read. */
const OF_POSTGRES = new Set(['PGPASSWORD', 'POSTGRES_USER', 'POSTGRES_DB', 'POSTGRES_PASSWORD']);
const isSecret = (name: string): boolean => /SECRET|PASSWORD/.test(name);

/** A secret that stands in the file is everybody's, and so is one that it falls back on. */
export const secretsComeFromOutside: Rule = (text) =>
  variables(text)
    .filter(({ name, value }) =>
      isSecret(name)
        ? !/^\$\{\w+:\?[^{}]+\}$/.test(value)
        : URL.canParse(value) && new URL(value).password !== '',
    )
    .map(({ service, name }) => `${service} has ${name} without asking for it`);

export const everyVariableIsKnown: Rule = (text) => {
  const known = (name: string): boolean => SETTINGS.has(name) || OF_POSTGRES.has(name);
  const set = variables(text).map(({ name }) => name);
  const asked = [...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
  return [...set, ...asked].filter((name) => !known(name)).map((name) => `${name} is no setting`);
};

/** TLS ends in a proxy on this machine, and nobody else has to reach the server, nor anybody the database. */
export const onlyThisMachineReachesTheServer: Rule = (text) =>
  services(text).flatMap(([service, { ports = [] }]) =>
    ports
      .filter((port) => service !== 'hallpass' || !port.startsWith('127.0.0.1:'))
      .map((port) => `${service} publishes ${port}`),
  );

export const tablesComeFirst: Rule = (text) => {
  const { hallpass, migrate, db } = Object.fromEntries(services(text));
  const faults: [boolean, string][] = [
    [migrate?.command?.join(' ') !== 'npm run migration:run', 'migrate does not migrate'],
    [migrate?.image !== hallpass?.image, 'migrate is of another version'],
    [waitsFor(migrate, 'db') !== 'service_healthy', 'migrate does not wait for the database'],
    [!db?.healthcheck, 'nobody knows when the database answers'],
    [
      waitsFor(hallpass, 'migrate') !== 'service_completed_successfully',
      'the server does not wait for its tables',
    ],
  ];
  return faults.filter(([wrong]) => wrong).map(([, what]) => what);
};

export const theImageTellsItsHealth: Rule = (text) =>
  Object.fromEntries(services(text))['hallpass']?.healthcheck ? ['it has another check'] : [];

/** Of what is built here; PostgreSQL needs more while it makes its files. */
export const ourContainersMayDoLittle: Rule = (text) =>
  services(text)
    .filter(([, service]) => service.build)
    .filter(
      ([, { read_only, cap_drop, security_opt }]) =>
        read_only !== true ||
        cap_drop?.join() !== 'ALL' ||
        !security_opt?.includes('no-new-privileges:true'),
    )
    .map(([name]) => `${name} may do more than it needs`);

export const everyImageHasItsVersion: Rule = (text) =>
  services(text)
    .filter(([, { build, image }]) => !build && !/:\d[\w.-]*$/.test(image))
    .map(([, { image }]) => `${image} names no version`);

function waitsFor(service: Service | undefined, other: string): string | undefined {
  return service?.depends_on?.[other]?.condition;
}

function variables(text: string): { service: string; name: string; value: string }[] {
  return services(text).flatMap(([service, { environment = {} }]) =>
    Object.entries(environment).map(([name, value]) => ({ service, name, value: `${value}` })),
  );
}

function services(text: string): [string, Service][] {
  const file = parse(text, { merge: true }) as { services: Record<string, Service> };
  return Object.entries(file.services);
}
