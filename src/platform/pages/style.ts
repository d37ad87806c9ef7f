import type { Palette } from './palette.js';

/** The looks of every page that a person is sent to: light and dark, from a phone up. */
export function styleOf({ light, dark }: Palette): string {
  return `
:root {
  color-scheme: light dark;
  --accent: ${light.accent};
  --on-accent: ${light.onAccent};
  --edge: ${light.edge};
  --link: ${light.link};
  --page: #f3f4f8;
  --card: #fff;
  --line: #d9dce5;
  --field: #858b9c;
  --text: #1f2430;
  --soft: #5b6172;
  --fault: #b3261e;
}

@media (prefers-color-scheme: dark) {
  :root {
    --accent: ${dark.accent};
    --on-accent: ${dark.onAccent};
    --edge: ${dark.edge};
    --link: ${dark.link};
    --page: #14161d;
    --card: #1e212b;
    --line: #343846;
    --field: #7d8499;
    --text: #e4e6ee;
    --soft: #a3a9b8;
    --fault: #ffb4ab;
  }
}

${REST}`;
}

const REST = `*,
*::before,
*::after {
  box-sizing: border-box;
}

body {
  margin: 0;
  padding: 32px 16px;
  background: var(--page);
  color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif;
  overflow-wrap: anywhere;
  -webkit-text-size-adjust: 100%;
}

header,
main {
  max-width: 440px;
  margin: 0 auto;
}

header {
  display: flex;
  align-items: center;
  gap: 10px;
  margin-bottom: 16px;
  font-size: 20px;
  font-weight: 700;
}

header svg {
  flex: none;
  width: 32px;
  height: 32px;
}

header img {
  display: block;
  width: auto;
  height: 40px;
  max-width: 100%;
  object-fit: contain;
  object-position: left;
}

header .pass {
  fill: var(--accent);
  stroke: var(--edge);
}

header .tick {
  stroke: var(--on-accent);
}

main {
  padding: 28px;
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 8px;
}

h1 {
  margin: 0 0 12px;
  font-size: 22px;
  line-height: 1.3;
}

p {
  margin: 0 0 16px;
}

p bdi {
  font-weight: 600;
}

.lead {
  margin-top: -8px;
}

dl,
ul {
  margin: 0 0 16px;
}

.before-list {
  margin-bottom: 8px;
}

ul {
  padding: 4px 16px;
  border: 1px solid var(--line);
  border-radius: 6px;
  list-style: none;
}

li {
  padding: 10px 0 10px 28px;
  position: relative;
}

li + li {
  border-top: 1px solid var(--line);
}

li::before {
  content: '';
  position: absolute;
  top: 15px;
  left: 5px;
  width: 7px;
  height: 12px;
  border: solid var(--link);
  border-width: 0 2.5px 2.5px 0;
  transform: rotate(45deg);
}

.badge {
  display: inline-block;
  padding: 0 8px;
  border: 1px solid var(--link);
  border-radius: 10px;
  color: var(--link);
  font-size: 13px;
  font-weight: 600;
}

dt,
.hint,
.soft {
  color: var(--soft);
  font-size: 14px;
}

dd {
  margin: 0 0 8px;
  font-weight: 600;
}

main > :last-child,
form > :last-child {
  margin-bottom: 0;
}

a {
  color: var(--link);
}

label {
  display: block;
  margin: 20px 0 6px;
  font-weight: 600;
}

.hint {
  margin: -4px 0 8px;
}

.fault {
  margin: 0 0 8px;
  color: var(--fault);
  font-weight: 600;
}

.notice {
  margin: 16px 0 0;
  padding: 10px 14px;
  border: 1px solid var(--fault);
  border-left-width: 5px;
  border-radius: 6px;
}

input {
  display: block;
  width: 100%;
  min-height: 48px;
  padding: 8px 12px;
  border: 1px solid var(--field);
  border-radius: 6px;
  background: var(--card);
  color: inherit;
  font: inherit;
}

input[aria-invalid] {
  border: 2px solid var(--fault);
}

button {
  display: block;
  width: 100%;
  min-height: 48px;
  margin: 24px 0 16px;
  padding: 8px 20px;
  border: 1px solid var(--edge);
  border-radius: 6px;
  background: var(--accent);
  color: var(--on-accent);
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}

button + button {
  margin-top: 0;
}

.second {
  border-color: var(--field);
  background: var(--card);
  color: var(--text);
}

.third {
  border-color: transparent;
  background: none;
  color: var(--link);
}

form > .third:last-child {
  margin: -4px 0 -10px;
}

button:hover {
  text-decoration: underline;
}

:focus-visible {
  outline: 3px solid var(--link);
  outline-offset: 2px;
}

.unseen {
  position: absolute;
  width: 1px;
  min-height: 0;
  height: 1px;
  margin: 0;
  padding: 0;
  border: 0;
  overflow: hidden;
  clip-path: inset(50%);
}

@media (width <= 480px) {
  body {
    padding: 20px 12px;
  }

  main {
    padding: 20px 18px;
  }
}
`;
