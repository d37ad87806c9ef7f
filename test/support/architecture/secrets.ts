import ts from 'typescript';
import { eachNode } from './tree.js';

const SECRET = /(secret|password|passphrase|pepper)s?$/i;

/** Where such a text is no secret, and why. */
const NO_SECRETS: Readonly<Record<string, string>> = {
  'src/demo.ts': 'its people have public passwords: loopback only, and never in production',
  'src/oauth/token-examples.ts': 'shows the form with the password of the demo',
  'src/platform/settings/secret-strength.ts': 'names the published samples in order to refuse them',
  'src/protocol/token-request.ts': 'names the parameters of the grant called password',
};

/** A value in the source is everybody's secret, whichever way it becomes the default. */
export const noSecretHasADefault = eachNode((node, path) => {
  if (path in NO_SECRETS) return undefined;
  const given = assignment(node);
  if (!given || !SECRET.test(given.name) || !holdsText(given.value)) return undefined;
  return `gives ${given.name} a value`;
});

function assignment(node: ts.Node): { name: string; value: ts.Expression } | undefined {
  if (ts.isBinaryExpression(node) && ASSIGNS.has(node.operatorToken.kind)) {
    return { name: lastName(node.left), value: node.right };
  }
  const declares =
    ts.isVariableDeclaration(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node);
  if (!declares || !node.initializer) return undefined;
  return { name: lastName(node.name), value: node.initializer };
}

const ASSIGNS = new Set([
  ts.SyntaxKind.EqualsToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.BarBarEqualsToken,
  ts.SyntaxKind.QuestionQuestionToken,
  ts.SyntaxKind.QuestionQuestionEqualsToken,
]);

/** `env['AUTH_SECRET']`, `this.secret` and `secret` are all called by their last word. */
function lastName(node: ts.Node): string {
  if (ts.isElementAccessExpression(node)) return lastName(node.argumentExpression);
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  return ts.isStringLiteralLike(node) ? node.text : node.getText();
}

/** Whether a text, a list of texts or bytes of a text may come out. */
function holdsText(value: ts.Expression): boolean {
  if (ts.isStringLiteralLike(value)) return value.text !== '';
  if (ts.isTemplateExpression(value)) return false;
  if (ts.isArrayLiteralExpression(value)) return value.elements.some(holdsText);
  if (ts.isConditionalExpression(value)) {
    return holdsText(value.whenTrue) || holdsText(value.whenFalse);
  }
  if (ts.isBinaryExpression(value) && ASSIGNS.has(value.operatorToken.kind)) {
    return holdsText(value.right);
  }
  if (ts.isCallExpression(value) && value.expression.getText() === 'Buffer.from') {
    return value.arguments.slice(0, 1).some(holdsText);
  }
  const wrapped =
    ts.isParenthesizedExpression(value) ||
    ts.isAsExpression(value) ||
    ts.isSatisfiesExpression(value) ||
    ts.isNonNullExpression(value);
  return wrapped && holdsText(value.expression);
}
